#include "harness/commands/commands.h"

#include <stdlib.h>
#include <string.h>

#include "harness/data-folder.h"
#include "harness/scenario-set.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

#include <libxml/parser.h>

static const struct option_row options[] = {
	{ "missing", NULL, 'm', "only the statements that no scenario covers" },
	{ NULL, NULL, 0, NULL },
};

struct outcome { /* the last verdict of a scenario in the runs given */
	char *scenario, *verdict;
};

struct outcomes {
	struct outcome *list;
	size_t count;
};

struct tally {
	unsigned statements, informative, covered, passed;
};

static void add_outcome(struct outcomes *outcomes, char *scenario, char *verdict)
{
	for (size_t i = 0; scenario && i < outcomes->count; i++) {
		if (strcmp(outcomes->list[i].scenario, scenario) != 0)
			continue;
		free(outcomes->list[i].verdict);
		outcomes->list[i].verdict = verdict;
		free(scenario);
		return;
	}
	outcomes->list = memory_resize(outcomes->list, outcomes->count + 1,
				       sizeof(*outcomes->list));
	outcomes->list[outcomes->count++] = (struct outcome){ scenario, verdict };
}

static int read_run(const char *run, struct outcomes *outcomes)
{
	char *log = is_folder(run) ? memory_format("%s/run.xml", run) : memory_text(run);
	xmlDoc *document = xmlReadFile(log, NULL, XML_PARSE_NONET | XML_PARSE_HUGE |
				       XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

	if (!document) {
		command_wrong(&command_coverage, "%s is not a run log that can be read", log);
		free(log);
		return -1;
	}
	const xmlNode *root = xmlDocGetRootElement(document);
	for (const xmlNode *node = xml_child(root, "scenario"); node;
	     node = xml_next(node, "scenario")) {
		const xmlNode *verdict = xml_child(node, "verdict");
		char *name = xml_attribute(node, "name");

		if (name)
			add_outcome(outcomes, name, verdict ? xml_attribute(verdict, "value")
							    : memory_text("stopped"));
	}
	xmlFreeDoc(document);
	free(log);
	return 0;
}

static bool covers(const struct chart *chart, const char *id)
{
	for (size_t i = 0; i < chart->cover_count; i++)
		if (strcmp(chart->covers[i].text, id) == 0)
			return true;
	return false;
}

static const char *verdict_of(const struct outcomes *outcomes, const char *scenario)
{
	for (size_t i = 0; i < outcomes->count; i++)
		if (strcmp(outcomes->list[i].scenario, scenario) == 0)
			return outcomes->list[i].verdict;
	return "-";
}

static void count_statement(const struct statement *statement, bool covered, bool passed,
			    struct tally *tally)
{
	if (statement->status == 'I') {
		tally->informative++;
		return;
	}
	tally->statements++;
	tally->covered += covered;
	tally->passed += passed;
}

static void print_statement(const struct statement *statement, const struct scenario_set *set,
			    const struct outcomes *outcomes, bool missing, struct tally *tally)
{
	bool covered = false, passed = false;

	if (statement->status == 'R') /* a reading: verdicts rest on it, it is not tested itself */
		return;
	for (size_t i = 0; i < set->count; i++) {
		const struct chart *chart = set->list[i].chart;

		if (!covers(chart, statement->id))
			continue;
		const char *verdict = verdict_of(outcomes, chart->name);
		if (!missing)
			printf("%-18s %-12s %-40s %s\n", statement->id,
			       statement_status_name(statement->status), chart->name, verdict);
		covered = true;
		passed |= strcmp(verdict, "pass") == 0;
	}
	if (!covered)
		printf("%-18s %-12s %-40s %s\n", statement->id,
		       statement_status_name(statement->status),
		       statement->untested[0] ? "not testable" : "not covered",
		       statement->untested[0] ? statement->untested : statement->statement);
	for (size_t i = 0; !missing && i < statement->rest_count; i++)
		printf("%18s rests on %s\n", "", statement->rests[i]);
	count_statement(statement, covered, passed, tally);
}

struct resting { /* do a scenario's arrows or checks rest on it? */
	const char *reading;
	bool rests;
};

static void heard_reading(void *context, const struct reference *reading)
{
	struct resting *resting = context;

	resting->rests |= strcmp(reading->text, resting->reading) == 0;
}

static bool rests_on(const struct statement *statement, const char *reading)
{
	for (size_t i = 0; i < statement->rest_count; i++)
		if (strcmp(statement->rests[i], reading) == 0)
			return true;
	return false;
}

static void print_reading(const struct statement *reading, const struct scenario_set *set)
{
	const struct statement *each;

	printf("%-6s %s\n", reading->id, reading->statement);
	if (reading->profile[0])
		printf("%7sset or turned by  %s\n", "", reading->profile);
	for (size_t i = 0; (each = statements_at(set->statements, i)); i++)
		if (rests_on(each, reading->id))
			printf("%7sstatement  %s\n", "", each->id);
	for (size_t i = 0; i < set->count; i++) {
		struct resting resting = { .reading = reading->id };

		chart_rests(set->list[i].chart, heard_reading, &resting);
		if (resting.rests)
			printf("%7sscenario   %s\n", "", set->list[i].chart->name);
	}
}

/* How unclear places are read, and what rests on that. */
static void print_readings(const struct scenario_set *set)
{
	const struct statement *each;

	printf("\nreadings of unclear and contradicting places, with what rests on them\n\n");
	for (size_t i = 0; (each = statements_at(set->statements, i)); i++)
		if (each->status == 'R')
			print_reading(each, set);
}

static int print_coverage(const struct scenario_set *set, const struct outcomes *outcomes,
			  bool missing)
{
	const struct statements *statements = set->statements;
	struct tally tally = { 0 };

	for (size_t i = 0; i < statements_count(statements); i++)
		print_statement(statements_at(statements, i), set, outcomes, missing, &tally);
	printf("\n%u statements: %u covered (%u of them with a pass in the runs given), %u not "
	       "covered; %u more are informative\n",
	       tally.statements, tally.covered, tally.passed, tally.statements - tally.covered,
	       tally.informative);
	if (!missing)
		print_readings(set);
	return EXIT_ALL_PASSED;
}

static int coverage(int argc, char **argv)
{
	struct scenario_options wanted = { 0 };
	struct diagnostics diagnostics = { 0 };
	struct problem problem = { "" };
	struct outcomes outcomes = { 0 };
	struct scenario_set set;
	bool missing = false;
	int status = EXIT_ALL_PASSED, letter;

	while ((letter = command_option(&command_coverage, argc, argv)) != -1) {
		if (letter == 'h' || letter == '?')
			return letter == 'h' ? EXIT_ALL_PASSED : EXIT_WRONG_INPUT;
		missing = true;
	}
	for (int i = optind; i < argc; i++)
		if (read_run(argv[i], &outcomes) < 0)
			status = EXIT_WRONG_INPUT;
	if (status == EXIT_ALL_PASSED) {
		if (scenario_set_load(&set, &wanted, &diagnostics, &problem) < 0)
			status = command_mistakes(&command_coverage, &diagnostics, &problem);
		else
			status = print_coverage(&set, &outcomes, missing);
		scenario_set_clear(&set);
	}
	for (size_t i = 0; i < outcomes.count; i++) {
		free(outcomes.list[i].scenario);
		free(outcomes.list[i].verdict);
	}
	free(outcomes.list);
	diagnostics_clear(&diagnostics);
	return status;
}

const struct command command_coverage = {
	.name = "coverage",
	.arguments = "[RUN]...",
	.summary = "show, statement by statement, what covers it and the last verdict",
	.details = "RUN is a report folder or its run.xml; of several runs the last verdict counts.",
	.options = options,
	.run = coverage,
};
