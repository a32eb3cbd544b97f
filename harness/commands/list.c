#include "harness/commands/commands.h"

#include <stdlib.h>

#include "harness/scenario-set.h"

static const struct option_row options[] = {
	{ "profile", "FILE", 'p', "whose ICS the selection is by" },
	{ "tag", "TAG", 't', "only scenarios with this tag; may be repeated" },
	{ NULL, NULL, 0, NULL },
};

static void print_words(const char *label, const struct reference *words, size_t count)
{
	if (count == 0)
		return;
	printf("    %-7s ", label);
	for (size_t i = 0; i < count; i++)
		printf("%s%s%s", i ? ", " : "", words[i].negated ? "not " : "", words[i].text);
	putchar('\n');
}

static void print_scenario(const struct scenario *scenario)
{
	const struct chart *chart = scenario->chart;

	printf("%s  %s\n    clause  %s %s %s\n", chart->name, chart->title,
	       chart->standard ? chart->standard : "-", chart->clause ? chart->clause : "",
	       clause_status_name(chart->status));
	print_words("tags", chart->tags, chart->tag_count);
	print_words("needs", chart->needs, chart->need_count);
	for (size_t i = 0; i < chart->after_count; i++)
		printf("    after   %s\n", chart->after[i]->name);
	if (!scenario->selected)
		printf("    not selected: %s\n", scenario->reason);
}

static int list(int argc, char **argv)
{
	struct scenario_options wanted = { 0 };
	struct diagnostics diagnostics = { 0 };
	struct problem problem = { "" };
	struct word_list tags = { 0 };
	struct scenario_set set;
	int status = EXIT_ALL_PASSED, letter;

	while ((letter = command_option(&command_list, argc, argv)) != -1) {
		if (letter == 'h' || letter == '?') {
			free(tags.list);
			return letter == 'h' ? EXIT_ALL_PASSED : EXIT_WRONG_INPUT;
		}
		if (letter == 'p')
			wanted.profile = optarg;
		else
			word_list_add(&tags, optarg);
	}
	wanted.arguments = argv + optind;
	wanted.argument_count = argc - optind;
	wanted.tags = tags.list;
	wanted.tag_count = tags.count;
	if (scenario_set_load(&set, &wanted, &diagnostics, &problem) < 0)
		status = command_mistakes(&command_list, &diagnostics, &problem);
	for (size_t i = 0; status == EXIT_ALL_PASSED && i < set.count; i++)
		print_scenario(&set.list[i]);
	scenario_set_clear(&set);
	diagnostics_clear(&diagnostics);
	free(tags.list);
	return status;
}

const struct command command_list = {
	.name = "list",
	.arguments = "[SCENARIO|FOLDER]...",
	.summary = "show scenarios: title, clause, status, tags, needs",
	.options = options,
	.run = list,
};
