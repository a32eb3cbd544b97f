#include "harness/commands/commands.h"

#include <stdlib.h>

#include "harness/chart/vocabulary.h"
#include "harness/scenario-set.h"

static const struct option_row options[] = {
	{ NULL, NULL, 0, NULL },
};

struct told { /* the readings of a scenario, each once */
	const struct scenario_set *set;
	struct names names;
};

static void heard(void *context, const struct reference *reading)
{
	struct told *told = context;
	const struct statement *each = statements_find(told->set->statements, reading->text);

	if (!each || names_have(&told->names, each->id))
		return;
	names_add(&told->names, each->id);
	printf("%s%s: %s\n", told->names.count == 1 ? "\nIt rests on\n" : "", each->id,
	       each->statement);
}

static void print_scenario(const struct scenario_set *set, const struct chart *chart, bool first)
{
	struct told told = { .set = set };
	char *prose = chart_explain(chart);

	printf("%s%s", first ? "" : "\n", prose);
	chart_rests(chart, heard, &told);
	names_clear(&told.names);
	free(prose);
}

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
		print_scenario(&set, set.list[i].chart, i == 0);
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
