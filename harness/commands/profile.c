#include "harness/commands/commands.h"

#include <stdio.h>
#include <string.h>

#include "harness/scenario-set.h"

static const struct option_row options[] = {
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
	const struct scenario_options settings = { .profile = file };
	struct diagnostics diagnostics = { 0 };
	struct problem problem = { "" };
	struct scenario_set set;
	int status = EXIT_ALL_PASSED;

	if (scenario_set_begin(&set, &settings, &diagnostics, &problem) < 0) {
		status = EXIT_WRONG_INPUT;
		if (problem.text[0])
			command_wrong(&command_profile, "%s", problem.text);
	}
	diagnostics_print(&diagnostics, stderr);
	if (status == EXIT_ALL_PASSED)
		say(file, &set);
	scenario_set_clear(&set);
	diagnostics_clear(&diagnostics);
	return status;
}

static int profile(int argc, char **argv)
{
	int status = EXIT_ALL_PASSED, letter;

	if ((letter = command_option(&command_profile, argc, argv)) != -1)
		return letter == 'h' ? EXIT_ALL_PASSED : EXIT_WRONG_INPUT;
	if (argc - optind < 2 || strcmp(argv[optind], "check") != 0)
		return command_wrong(&command_profile, "usage: femtoproof profile check FILE...");
	for (int i = optind + 1; i < argc; i++)
		if (check_profile(argv[i]) != EXIT_ALL_PASSED)
			status = EXIT_WRONG_INPUT;
	return status;
}

const struct command command_profile = {
	.name = "profile",
	.arguments = "check FILE...",
	.summary = "look for mistakes in profiles",
	.options = options,
	.run = profile,
};
