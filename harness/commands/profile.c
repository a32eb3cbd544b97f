#include "harness/commands/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/data-folder.h"
#include "harness/profile-lint.h"
#include "harness/profile-scaffold.h"
#include "harness/scenario-set.h"
#include "protocols/memory.h"

static const struct option_row options[] = {
	{ "output", "FILE", 'o', "new: write there instead of to standard output" },
	{ NULL, NULL, 0, NULL },
};

static void say(const char *file, const struct scenario_set *set)
{
	size_t items = 0, raised = 0, lowered = 0;
	const struct rule_setting *setting;

	while (profile_ics_at(set->given, items))
		items++;
	for (size_t i = 0; (setting = profile_rule_at(set->given, i)); i++) {
		if (!profile_rule_changed(set->given, i, &set->rules))
			continue;
		raised += setting->severity == SEVERITY_FAIL;
		lowered += setting->severity == SEVERITY_WARNING;
	}
	printf("%s: \"%s\", a %s, %zu ICS items", file, profile_title(set->given),
	       profile_device(set->given), items);
	if (raised + lowered)
		printf(", %zu rules raised, %zu lowered", raised, lowered);
	putchar('\n');
}

static int check_profile(const char *file)
{
	const struct scenario_options settings = { .profile = file, .keep_going = true };
	struct diagnostics diagnostics = { 0 };
	struct problem problem = { "" };
	struct scenario_set set;
	int status = EXIT_ALL_PASSED;

	if (scenario_set_load(&set, &settings, &diagnostics, &problem) < 0) {
		if (problem.text[0])
			command_wrong(&command_profile, "%s", problem.text);
	} else {
		profile_lint(&set, &diagnostics);
	}
	if (diagnostics.errors > 0 || problem.text[0])
		status = EXIT_WRONG_INPUT;
	diagnostics_print(&diagnostics, stderr);
	if (status == EXIT_ALL_PASSED)
		say(file, &set);
	scenario_set_clear(&set);
	diagnostics_clear(&diagnostics);
	return status;
}

static int write_new(const struct proforma *proforma, const char *output)
{
	FILE *out = output ? fopen(output, "wx") : stdout;

	if (!out)
		return command_wrong(&command_profile, "cannot write %s: %s", output,
				     strerror(errno));
	profile_scaffold(proforma, out);
	bool written = !ferror(out);
	if (output && fclose(out) != 0)
		written = false;
	return written ? EXIT_ALL_PASSED
		       : command_wrong(&command_profile, "the profile could not be written");
}

static int new_profile(const char *device, const char *output)
{
	struct diagnostics diagnostics = { 0 };
	struct problem problem = { "" };
	char *folder = find_data_folder(&problem);
	int status;

	if (!folder)
		return command_wrong(&command_profile, "%s", problem.text);
	char *file = memory_format("%s/profiles/%s.proforma", folder, device);
	if (strcmp(device, "henb") != 0 && strcmp(device, "hnb") != 0) {
		status = command_wrong(&command_profile, "a profile is of a henb or of a hnb, not of a %s",
				       device);
	} else {
		struct proforma *proforma = proforma_load(file, &diagnostics);

		diagnostics_print(&diagnostics, stderr);
		status = proforma ? write_new(proforma, output) : EXIT_WRONG_INPUT;
		proforma_free(proforma);
	}
	diagnostics_clear(&diagnostics);
	free(file);
	free(folder);
	return status;
}

static int profile(int argc, char **argv)
{
	const char *output = NULL;
	int status = EXIT_ALL_PASSED, letter;

	while ((letter = command_option(&command_profile, argc, argv)) != -1) {
		if (letter == 'h' || letter == '?')
			return letter == 'h' ? EXIT_ALL_PASSED : EXIT_WRONG_INPUT;
		output = optarg;
	}
	if (argc - optind == 2 && strcmp(argv[optind], "new") == 0)
		return new_profile(argv[optind + 1], output);
	if (output || argc - optind < 2 || strcmp(argv[optind], "check") != 0)
		return command_wrong(&command_profile, "usage: femtoproof profile new henb|hnb "
				     "[-o FILE], femtoproof profile check FILE...");
	for (int i = optind + 1; i < argc; i++)
		if (check_profile(argv[i]) != EXIT_ALL_PASSED)
			status = EXIT_WRONG_INPUT;
	return status;
}

const struct command command_profile = {
	.name = "profile",
	.arguments = "new henb|hnb | check FILE...",
	.summary = "make a profile to be filled in; look for mistakes in profiles",
	.details = "new writes every ICS item, value, limit and trigger of the device's proforma, with its\n"
		   "clause and status; what is to be filled in stands there as \"?\". check holds a profile\n"
		   "against the proforma and against what the scenarios that it selects ask for.",
	.options = options,
	.run = profile,
};
