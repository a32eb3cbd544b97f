#include "harness/commands/commands.h"

#include <stdlib.h>
#include <string.h>

#include "harness/data-folder.h"
#include "harness/run-capture.h"
#include "harness/run.h"
#include "harness/scenario-set.h"
#include "protocols/memory.h"
#include "reports/junit.h"

#include <libxml/parser.h>

enum { OPTION_TIME_SCALE = 256 };

static const struct option_row options[] = {
	{ "profile", "FILE", 'p', "the device in the capture, and whose address is whose" },
	{ "out", "FOLDER", 'o', "write run.xml and junit.xml there (default: no files)" },
	{ "tag", "TAG", 't', "only scenarios with this tag; may be repeated" },
	{ "keys", "FILE", 'k',
	  "keys of IKE and ESP, rows of Wireshark's ikev2_decryption_table or esp_sa; may be"
	  " repeated" },
	{ "time-scale", "FACTOR", OPTION_TIME_SCALE, "stretch the lab's limits" },
	{ "quiet", NULL, 'q', "verdicts only, and what is wrong" },
	{ NULL, NULL, 0, NULL },
};

struct settings {
	struct scenario_options scenarios;
	struct capture_job job;
	struct word_list tags, keys;
	const char *out;
	bool quiet;
};

static int read_option(struct settings *settings, int letter)
{
	char *end;

	switch (letter) {
	case 'p': settings->scenarios.profile = optarg; break;
	case 'o': settings->out = optarg; break;
	case 't': word_list_add(&settings->tags, optarg); break;
	case 'k': word_list_add(&settings->keys, optarg); break;
	case 'q': settings->quiet = true; break;
	case OPTION_TIME_SCALE:
		settings->job.time_scale = strtod(optarg, &end);
		if (*end || !(settings->job.time_scale >= 0.01))
			return 1 + command_wrong(&command_judge, "--time-scale takes a factor, not %s",
						 optarg);
		break;
	case 'h': return 1 + EXIT_ALL_PASSED;
	default: return 1 + EXIT_WRONG_INPUT;
	}
	return 0;
}

static int open_log(struct settings *settings, struct problem *problem)
{
	const struct run_log_header header = { .program = "femtoproof " VERSION,
					       .bench = "capture",
					       .command = settings->job.file };
	char digest[65];

	if (!settings->out)
		return 0;
	if (make_folder(settings->out, problem) < 0)
		return -1;
	char *file = memory_format("%s/run.xml", settings->out);
	settings->job.log = run_log_new(file, &header, problem);
	free(file);
	if (!settings->job.log)
		return -1;
	file_sha256(settings->job.file, digest);
	run_log_input(settings->job.log, "capture", settings->job.file, digest);
	return 0;
}

static int write_reports(struct settings *settings, struct problem *problem)
{
	if (!settings->job.log)
		return 0;
	if (run_log_close(settings->job.log, problem) < 0)
		return -1;
	return run_write_junit(settings->out, problem);
}

static int judge_set(struct settings *settings, const struct scenario_set *set)
{
	struct run_totals totals = { 0 };
	struct problem problem = { "" };
	size_t number = 0, count = scenario_set_selected(set);
	int result = open_log(settings, &problem);

	settings->job.set = set;
	settings->job.terminal = terminal_new(stdout, settings->quiet);
	if (result == 0 && set->given) {
		if (settings->job.log) {
			run_log_severities(settings->job.log, set->given, &set->rules);
			run_log_profile(settings->job.log, set->given,
					scenario_proforma(set, set->given));
		}
		terminal_severities(settings->job.terminal, set->given, &set->rules);
	}
	for (size_t i = 0; i < set->count && result == 0; i++) {
		const struct scenario *scenario = &set->list[i];
		enum verdict verdict;

		if (!scenario->selected) {
			totals.not_selected++;
			if (settings->job.log)
				run_log_not_selected(settings->job.log, scenario->chart,
						     scenario->item, scenario->reason);
			continue;
		}
		result = run_capture(&settings->job, scenario, ++number, count, &verdict,
				       &problem);
		if (result == 0)
			totals.verdicts[verdict]++;
	}
	if (result == 0 && write_reports(settings, &problem) < 0)
		result = -1;
	if (result == 0)
		terminal_summary(settings->job.terminal, totals.verdicts, totals.not_selected,
				 settings->out);
	terminal_free(settings->job.terminal);
	if (result < 0)
		return command_wrong(&command_judge, "%s", problem.text);
	if (count == 0)
		return command_wrong(&command_judge, "no scenario is selected");
	return run_exit_status(&totals);
}

static int judge(int argc, char **argv)
{
	struct settings settings = { 0 };
	struct diagnostics diagnostics = { 0 };
	struct problem problem = { "" };
	struct scenario_set set;
	int status = 0;

	for (int letter; !status && (letter = command_option(&command_judge, argc, argv)) != -1;)
		status = read_option(&settings, letter);
	if (!status && optind >= argc)
		status = 1 + command_wrong(&command_judge, "which capture? See --help");
	else if (!status && is_folder(argv[optind]))
		status = 1 + command_wrong(&command_judge, "%s is a folder, not a capture",
					   argv[optind]);
	else if (!status && !is_file(argv[optind]))
		status = 1 + command_wrong(&command_judge, "there is no file %s", argv[optind]);
	else if (!status && capture_probe(argv[optind], &problem) < 0)
		status = 1 + command_wrong(&command_judge, "%s", problem.text);
	if (!status) {
		settings.job.file = argv[optind];
		settings.job.keys = settings.keys.list;
		settings.job.key_count = settings.keys.count;
		settings.job.profile_given = settings.scenarios.profile != NULL;
		settings.scenarios.unknown = true;
		settings.scenarios.arguments = argv + optind + 1;
		settings.scenarios.argument_count = argc - optind - 1;
		settings.scenarios.tags = settings.tags.list;
		settings.scenarios.tag_count = settings.tags.count;
		if (scenario_set_load(&set, &settings.scenarios, &diagnostics, &problem) < 0)
			status = 1 + command_mistakes(&command_judge, &diagnostics, &problem);
		else
			status = 1 + judge_set(&settings, &set);
		scenario_set_clear(&set);
		diagnostics_clear(&diagnostics);
	}
	free(settings.tags.list);
	free(settings.keys.list);
	return status - 1;
}

const struct command command_judge = {
	.name = "judge",
	.arguments = "CAPTURE [SCENARIO|FOLDER]...",
	.summary = "judge a capture (pcap, pcapng) by scenarios",
	.details = "Plain HTTP, CWMP, DNS, S1AP and HNBAP are decoded; IKE and ESP too, with their keys (those\n"
		   "in the folder wireshark beside the capture are used by themselves). Whose address is\n"
		   "whose comes from the profile (ROLE.address, ROLE.port), or is inferred, and then said.\n"
		   "Exit status as of run.",
	.options = options,
	.run = judge,
};
