#include "harness/commands/commands.h"

#include <stdlib.h>
#include <string.h>

#include "fakes/device/device.h"
#include "harness/loop/bench-plan.h"
#include "harness/loop/lab-interface.h"
#include "harness/loop/lab-network.h"
#include "harness/run.h"
#include "harness/scenario-set.h"
#include "protocols/memory.h"

enum { OPTION_BENCH = 256, OPTION_DEFECT, OPTION_VARIANT, OPTION_TIME_SCALE, OPTION_EXPLAIN,
       OPTION_DEVICE_COMMAND };

static const struct option_row options[] = {
	{ "profile", "FILE", 'p', "the device under test; without it, the simulated device" },
	{ "bench", "KIND", OPTION_BENCH,
	  "where the run takes place: loopback, netns or if:INTERFACE (else as the profile says)" },
	{ "out", "FOLDER", 'o', "the report's folder (default femtoproof-run)" },
	{ "tag", "TAG", 't', "only scenarios with this tag; may be repeated" },
	{ "explain", NULL, OPTION_EXPLAIN, "say of each scenario why it is selected or not; run none" },
	{ "defect", "NAME", OPTION_DEFECT, "give the simulated device a defect; may be repeated" },
	{ "variant", "NAME", OPTION_VARIANT, "let it differ lawfully; may be repeated" },
	{ "device-command", "CMD", OPTION_DEVICE_COMMAND,
	  "the device under test is this command, run in its network; ended after the run" },
	{ "time-scale", "FACTOR", OPTION_TIME_SCALE, "stretch the lab's limits (a standard's never)" },
	{ "quiet", NULL, 'q', "verdicts only, and what is wrong" },
	{ NULL, NULL, 0, NULL },
};

struct settings {
	struct scenario_options scenarios;
	struct run_options run;
	struct word_list tags, defects, variants;
	bool explain;
};

/* 0 go on, else an exit status + 1. */
static int read_option(struct settings *settings, int letter)
{
	struct problem problem = { "" };
	enum bench_form form;
	char *end;

	switch (letter) {
	case 'p': settings->scenarios.profile = optarg; break;
	case 'o': settings->run.out = optarg; break;
	case 't': word_list_add(&settings->tags, optarg); break;
	case 'q': settings->run.quiet = true; break;
	case OPTION_DEVICE_COMMAND: settings->run.device_command = optarg; break;
	case OPTION_EXPLAIN: settings->explain = true; break;
	case OPTION_DEFECT: word_list_add(&settings->defects, optarg); break;
	case OPTION_VARIANT: word_list_add(&settings->variants, optarg); break;
	case OPTION_BENCH:
		if (bench_plan_form(optarg, &form, &problem) < 0)
			return 1 + command_wrong(&command_run, "%s", problem.text);
		settings->run.bench = optarg;
		break;
	case OPTION_TIME_SCALE:
		settings->run.time_scale = strtod(optarg, &end);
		if (*end || end == optarg || !(settings->run.time_scale >= 0.01 &&
					       settings->run.time_scale <= 1000))
			return 1 + command_wrong(&command_run,
						 "--time-scale takes a factor from 0.01 to 1000, not %s",
						 optarg);
		break;
	case 'h': return 1 + EXIT_ALL_PASSED;
	default: return 1 + EXIT_WRONG_INPUT;
	}
	return 0;
}

static void explain(const struct scenario_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct scenario *scenario = &set->list[i];

		printf("%-12s %s  %s%s%s\n", scenario->selected ? "selected" : "not selected",
		       scenario->chart->name, scenario->chart->title,
		       scenario->reason ? ": " : "", scenario->reason ? scenario->reason : "");
	}
}

/* Every name must be in the device's table; 0, or an exit status. */
static int check_traits(const struct word_list *words, const char *what,
			const struct device_trait *(*table)(size_t *count))
{
	size_t count;
	const struct device_trait *traits = table(&count);
	const char **names = memory_new(count * sizeof(*names));
	int status = 0;

	for (size_t i = 0; i < count; i++)
		names[i] = traits[i].name;
	for (size_t i = 0; i < words->count && !status; i++) {
		bool known = false;

		for (size_t j = 0; j < count; j++)
			known |= strcmp(words->list[i], names[j]) == 0;
		if (known)
			continue;
		const char *near = nearest_word(words->list[i], names, count);
		status = command_wrong(&command_run,
				       "the simulated device has no %s %s%s%s; see femtoproof device "
				       "--list-%ss",
				       what, words->list[i], near ? "; did you mean " : "",
				       near ? near : "", what);
	}
	free(names);
	return status;
}

/* Two variants of one group contradict each other; 0, or an exit status. */
static int check_groups(const struct word_list *words)
{
	size_t count;
	const struct device_trait *variants = device_variants(&count);
	const struct device_trait *given[64];
	size_t found = 0;

	for (size_t i = 0; i < words->count; i++) {
		size_t row = 0;

		while (row < count && strcmp(variants[row].name, words->list[i]) != 0)
			row++;
		for (size_t k = 0; k < found && variants[row].group[0]; k++)
			if (given[k] != &variants[row] &&
			    strcmp(given[k]->group, variants[row].group) == 0)
				return command_wrong(&command_run, "variants %s and %s contradict "
						     "each other", given[k]->name, words->list[i]);
		if (found < sizeof(given) / sizeof(*given))
			given[found++] = &variants[row];
	}
	return 0;
}

/* Defects and variants are the simulated device's; a real one has its own. */
static int check_simulated(const struct settings *settings, const struct scenario_set *set)
{
	const char *simulated =
		set->given ? profile_variable(set->given, "device.simulated") : "yes";

	bool is_ours = !set->given || (simulated && strcmp(simulated, "yes") == 0);

	if (settings->run.device_command && is_ours)
		return command_wrong(&command_run, "--device-command needs the profile of the "
				     "device that the command is (--profile, device.simulated no)");
	if (settings->defects.count + settings->variants.count == 0 ||
	    (simulated && strcmp(simulated, "yes") == 0))
		return 0;
	return command_wrong(&command_run, "--defect and --variant are for the simulated device, "
			     "and the profile is of another (device.simulated is not yes)");
}

/* A bench that is asked for by hand, and cannot be made here; 0, or an exit status + 1. */
static int check_bench(const char *bench)
{
	const struct lab_network_options plain = { 0 };
	struct problem problem = { "" };
	int result = 0;

	if (bench && strncmp(bench, "if:", 3) == 0)
		result = lab_interface_possible(bench + 3, &problem);
	else if (bench && strcmp(bench, "netns") == 0)
		result = lab_network_possible(&plain, &problem);
	if (result == 0)
		return 0;
	return 1 + command_wrong(&command_run, "the bench %s cannot be made here: %s", bench,
				 problem.text);
}

static int run_set(const struct settings *settings, const struct scenario_set *set)
{
	struct run_totals totals = { 0 };
	struct problem problem = { "" };

	if (settings->explain) {
		explain(set);
		return scenario_set_selected(set) ? EXIT_ALL_PASSED : EXIT_WRONG_INPUT;
	}
	if (scenario_set_selected(set) == 0) {
		explain(set);
		return command_wrong(&command_run, "no scenario is selected");
	}
	int status = check_simulated(settings, set);
	if (status)
		return status;
	if (run_scenarios(set, &settings->run, &totals, &problem) < 0) {
		command_wrong(&command_run, "%s", problem.text);
		status = run_exit_status(&totals);
		return status == EXIT_ALL_PASSED ? EXIT_NOT_CERTAIN : status;
	}
	return run_exit_status(&totals);
}

static char *command_line(int argc, char **argv)
{
	char *line = memory_text("femtoproof");

	for (int i = 0; i < argc; i++) {
		char *longer = memory_format("%s %s", line, argv[i]);

		free(line);
		line = longer;
	}
	return line;
}

static int run(int argc, char **argv)
{
	struct settings settings = { .run = { .out = "femtoproof-run",
					      .terminal = stdout } };
	struct diagnostics diagnostics = { 0 };
	struct problem problem = { "" };
	struct scenario_set set;
	char *line = command_line(argc, argv);
	int status = 0;

	for (int letter; !status && (letter = command_option(&command_run, argc, argv)) != -1;)
		status = read_option(&settings, letter);
	if (!status && (check_traits(&settings.defects, "defect", device_defects) ||
			check_traits(&settings.variants, "variant", device_variants) ||
			check_groups(&settings.variants)))
		status = 1 + EXIT_WRONG_INPUT;
	settings.scenarios.arguments = argv + optind;
	settings.scenarios.argument_count = argc - optind;
	settings.scenarios.tags = settings.tags.list;
	settings.scenarios.tag_count = settings.tags.count;
	settings.run.defects = settings.defects.list;
	settings.run.defect_count = settings.defects.count;
	settings.run.variants = settings.variants.list;
	settings.run.variant_count = settings.variants.count;
	settings.run.command = line;
	settings.scenarios.to_run = true;
	settings.scenarios.bench = settings.run.bench;
	if (!status)
		status = check_bench(settings.run.bench);
	if (!status) {
		if (scenario_set_load(&set, &settings.scenarios, &diagnostics, &problem) < 0)
			status = 1 + command_mistakes(&command_run, &diagnostics, &problem);
		else
			status = 1 + run_set(&settings, &set);
		scenario_set_clear(&set);
		diagnostics_clear(&diagnostics);
	}
	free(line);
	free(settings.tags.list);
	free(settings.defects.list);
	free(settings.variants.list);
	return status - 1;
}

const struct command command_run = {
	.name = "run",
	.arguments = "[SCENARIO|FOLDER]...",
	.summary = "run scenarios against a device and give verdicts",
	.details = "Without a scenario, all that come with the program are taken. With no profile the\n"
		   "simulated device is tested, on virtual time. The report folder holds run.xml,\n"
		   "run.pcapng and junit.xml.\n\n"
		   "exit status: 0 all selected scenarios passed; 1 at least one fail; 2 the command,\n"
		   "a scenario or a profile is wrong, or nothing was selected; 3 no fail, but an\n"
		   "inconc or error",
	.options = options,
	.run = run,
};
