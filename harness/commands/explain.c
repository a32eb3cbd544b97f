#include "harness/commands/commands.h"

#include <stdlib.h>

#include "harness/scenario-set.h"

static const struct option_row options[] = {
	{ NULL, NULL, 0, NULL },
};

static int explain(int argc, char **argv)
{
	struct scenario_options wanted = { .fragments_too = true };
	struct diagnostics diagnostics = { 0 };
	struct problem problem = { "" };
	struct scenario_set set;
	int status = EXIT_ALL_PASSED, letter;

	if ((letter = command_option(&command_explain, argc, argv)) != -1)
		return letter == 'h' ? EXIT_ALL_PASSED : EXIT_WRONG_INPUT;
	wanted.arguments = argv + optind;
	wanted.argument_count = argc - optind;
	if (wanted.argument_count == 0)
		return command_wrong(&command_explain, "which scenario? See femtoproof list");
	if (scenario_set_load(&set, &wanted, &diagnostics, &problem) < 0)
		status = command_mistakes(&command_explain, &diagnostics, &problem);
	for (size_t i = 0; status == EXIT_ALL_PASSED && i < set.count; i++) {
		char *prose = chart_explain(set.list[i].chart);

		printf("%s%s", i ? "\n" : "", prose);
		free(prose);
	}
	scenario_set_clear(&set);
	diagnostics_clear(&diagnostics);
	return status;
}

const struct command command_explain = {
	.name = "explain",
	.arguments = "SCENARIO|FOLDER...",
	.summary = "print a scenario as numbered prose",
	.options = options,
	.run = explain,
};
