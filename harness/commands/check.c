#include "harness/commands/commands.h"

#include "harness/scenario-set.h"

static const struct option_row options[] = {
	{ "profile", "FILE", 'p', "whose variables the scenarios may use" },
	{ NULL, NULL, 0, NULL },
};

static int check(int argc, char **argv)
{
	struct scenario_options wanted = { .fragments_too = true };
	struct diagnostics diagnostics = { 0 };
	struct problem problem = { "" };
	struct scenario_set set;
	int status = EXIT_ALL_PASSED, letter;

	while ((letter = command_option(&command_check, argc, argv)) != -1) {
		if (letter == 'h' || letter == '?')
			return letter == 'h' ? EXIT_ALL_PASSED : EXIT_WRONG_INPUT;
		wanted.profile = optarg;
	}
	wanted.arguments = argv + optind;
	wanted.argument_count = argc - optind;
	if (scenario_set_load(&set, &wanted, &diagnostics, &problem) < 0)
		status = EXIT_WRONG_INPUT;
	for (size_t i = 0; i < set.count; i++)
		chart_lint(set.list[i].chart, &diagnostics);
	diagnostics_print(&diagnostics, stderr);
	if (problem.text[0])
		command_wrong(&command_check, "%s", problem.text);
	printf("%zu scenarios and fragments, %zu mistakes, %zu warnings\n", set.count,
	       diagnostics.errors, diagnostics.count - diagnostics.errors);
	scenario_set_clear(&set);
	diagnostics_clear(&diagnostics);
	return status;
}

const struct command command_check = {
	.name = "check",
	.arguments = "[SCENARIO|FOLDER]...",
	.summary = "look for mistakes in scenarios without running them",
	.details = "Warnings: no clause, an arrow that cannot be reached, a keep that nothing uses, a step\n"
		   "used twice. Exit status 2 when there is a mistake, 0 otherwise.",
	.options = options,
	.run = check,
};
