#include "harness/commands/commands.h"

#include <string.h>

#include "harness/scenario-set.h"

static const struct option_row options[] = {
	{ "profile", "FILE", 'p', "whose variables the scenarios may use" },
	{ NULL, NULL, 0, NULL },
};

struct look { /* at the readings of a chart */
	const struct scenario_set *set;
	const struct chart *chart;
	struct diagnostics *diagnostics;
};

static bool is_covered(const struct look *look, const char *reading)
{
	for (size_t i = 0; i < look->chart->cover_count; i++) {
		const struct statement *statement =
			statements_find(look->set->statements, look->chart->covers[i].text);

		for (size_t j = 0; statement && j < statement->rest_count; j++)
			if (strcmp(statement->rests[j], reading) == 0)
				return true;
	}
	return false;
}

/* What a verdict rests on must rest in the catalogue, too. */
static void look_at_reading(void *context, const struct reference *reading)
{
	struct look *look = context;
	const struct statement *statement =
		statements_find(look->set->statements, reading->text);

	if (statement && statement->status != 'R')
		diagnostics_add(look->diagnostics, DIAGNOSTIC_WARNING, &reading->at, NULL,
				"%s is a statement; a check rests on readings, as I-03", reading->text);
	else if (!look->chart->is_fragment && !is_covered(look, reading->text))
		diagnostics_add(look->diagnostics, DIAGNOSTIC_WARNING, &reading->at, NULL,
				"no statement that the scenario covers rests on %s", reading->text);
}

static void look_at_chart(const struct scenario_set *set, const struct chart *chart,
			  struct diagnostics *diagnostics)
{
	struct look look = { set, chart, diagnostics };

	chart_lint(chart, diagnostics);
	chart_rests(chart, look_at_reading, &look);
}

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
		look_at_chart(&set, set.list[i].chart, &diagnostics);
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
		   "used twice, a reading that no covered statement rests on. Exit status 2 when there is a mistake, 0 otherwise.",
	.options = options,
	.run = check,
};
