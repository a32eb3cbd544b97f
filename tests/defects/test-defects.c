/*
 * test-defects: each defect of the simulated device is caught where the tables say, by the
 * first finding of the scenario that is not a pass; no other scenario is disturbed by it. Prints
 * TAP, and the matrix of statements and defects.
 *
 *   test-defects [--complete] [--mixtures N] [--seed S] [--keep FOLDER] [--quiet] [--trust]
 *                [DEFECT]...
 *
 * Each defect is tried on one device that it is caught on, in one data model, drawn from the seed,
 * in the scenarios that its rows name and one in twelve of the others; with --complete on all, in
 * all, in all of them. --mixtures: instead, N times a defect beside lawful variants, which must not
 * hide it, in all scenarios. --trust: the figures at the end; SEED in the environment does as well.
 * SCENARIOS in the environment, names with spaces between: these alone, for a change of a few.
 * --keep: what was found on the usual devices, for same-verdicts.
 */
#include <libxml/parser.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/device.h"
#include "protocols/memory.h"
#include "tests/defects/expectation.h"
#include "tests/defects/findings.h"
#include "tests/defects/mixture.h"
#include "tests/defects/pool.h"
#include "tests/defects/sample.h"
#include "tests/defects/shape.h"

enum { VARIANTS_LEAST = 1, VARIANTS_MOST = 3, PROGRESS = 100, OTHERS = 24 };

struct trials;

struct trial { /* a defect on a device */
	const struct trials *of;
	const struct device_trait *defect;
	const struct shape *shape;
	struct mixture mixture;
	bool good, caught, placed;
};

struct trials {
	struct expectations henb, hnb;
	struct exclusions exclusions;
	struct trial *list;
	size_t count, failed;
	uint64_t seed;
	size_t every; /* of the scenarios that no row names, one is taken; 0 = all */
	bool quiet;
	const char *keep; /* a folder, or NULL */
	char **only; /* names of defects, NULL at the end; none = all */
};

static const struct expectations *shape_expectations(const struct trials *trials,
						     const struct shape *shape)
{
	return strcmp(shape->device, "henb") == 0 ? &trials->henb : &trials->hnb;
}

static const struct expectations *trial_expectations(const struct trial *trial)
{
	return shape_expectations(trial->of, trial->shape);
}

static void __attribute__((format(printf, 2, 3))) wrong(struct trial *trial, const char *format,
							 ...)
{
	va_list arguments;

	trial->good = false;
	printf("# %s, %s: ", trial->defect->name, trial->shape->device);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

static void look_at_caught(struct trial *trial, const xmlNode *scenario,
			   const struct expectation *row)
{
	const xmlNode *verdict = finding_child(scenario, "verdict");
	const xmlNode *finding = finding_first(scenario, &trial->mixture);
	char *chart = finding ? finding_chart(finding, "chart") : memory_text("");
	char *text = finding_text(finding);
	size_t length;

	if (!verdict || !finding_attribute_is(verdict, "value", row->verdict)) {
		trial->caught = false;
		wrong(trial, "the verdict of %s is not %s", row->scenario, row->verdict);
	}
	if (!finding_fits(finding, row) || strcmp(chart, row->scenario) != 0) {
		trial->placed = false;
		wrong(trial, "%s: wanted %s at %s (%s), found %s", row->scenario, row->finding,
		      row->place, row->words, text);
	}
	for (const char *at = row->statement; (length = expectation_statement(&at)); at += length)
		if (!finding_covers(scenario, at, length))
			wrong(trial, "%s does not cover %.*s", row->scenario, (int)length, at);
	free(text);
	free(chart);
}

/* Is it what a row says: the chart's own, or one for any scenario? verdict: of such a scenario. */
static bool is_foreseen(const struct trial *trial, const char *chart, const xmlNode *finding,
			const xmlNode *verdict)
{
	const struct expectations *all = trial_expectations(trial);

	for (size_t i = 0; i < all->count; i++) {
		const struct expectation *row = &all->list[i];
		bool any = strcmp(row->scenario, "*") == 0;

		if (strcmp(row->defect, trial->defect->name) == 0 && !row->foreign &&
		    finding_fits(finding, row) &&
		    (any || strcmp(row->scenario, chart) == 0) &&
		    (!verdict || (any && finding_attribute_is(verdict, "value", row->verdict))))
			return true;
	}
	return false;
}

/* A scenario that no row names: passes, or fails as it may, or one before it has failed. */
static void look_at_other(struct trial *trial, const xmlNode *scenario)
{
	const xmlNode *verdict = finding_child(scenario, "verdict");
	const xmlNode *finding = finding_first(scenario, &trial->mixture);
	char *name = finding_chart(scenario, "name");
	char *chart = finding ? finding_chart(finding, "chart") : memory_text("");
	char *text = finding_text(finding);
	bool own = strcmp(chart, name) == 0;
	bool clean = !finding && verdict && finding_attribute_is(verdict, "value", "pass");
	bool before = !own && verdict &&
		      (finding_attribute_is(verdict, "value", "inconc") ||
		       (finding_is_warning(finding) && finding_attribute_is(verdict, "value", "pass"))) &&
		      is_foreseen(trial, chart, finding, NULL);

	if (!clean && !before && !(own && verdict && is_foreseen(trial, chart, finding, verdict)))
		wrong(trial, "%s is disturbed: %s", name, text);
	free(text);
	free(chart);
	free(name);
}

static void look(struct trial *trial, const xmlDoc *log)
{
	const struct expectations *all = trial_expectations(trial);
	size_t wanted = 0, seen = 0, statements = 0;

	for (size_t i = 0; i < all->count; i++) {
		bool mine = strcmp(all->list[i].defect, trial->defect->name) == 0;

		wanted += mine && !all->list[i].foreign &&
			  strcmp(all->list[i].scenario, "*") != 0 &&
			  sample_allows(all->list[i].scenario) &&
			  shape_has(trial->shape, all->list[i].scenario);
		statements += mine && (all->list[i].statement || all->list[i].foreign);
	}
	if (statements == 0)
		wrong(trial, "the tables have no row with a statement");
	for (const xmlNode *node = xmlDocGetRootElement(log)->children; node; node = node->next) {
		if (!finding_named(node, "scenario"))
			continue;
		char *name = finding_chart(node, "name");
		const struct expectation *row = expectation_find(all, trial->defect->name, name);

		if (row)
			look_at_caught(trial, node, row);
		else if (!scenario_has_tunnel(trial->shape->device, name)) /* disturbed as its twin */
			look_at_other(trial, node);
		seen += row != NULL;
		free(name);
	}
	if (seen != wanted)
		trial->caught = false;
	if (seen != wanted)
		wrong(trial, "%zu scenarios of the table were run, not %zu", seen, wanted);
}

static void add(struct trials *trials, const struct device_trait *defect,
		const struct shape *shape, const struct mixture *mixture)
{
	trials->list = memory_resize(trials->list, trials->count + 1, sizeof(*trials->list));
	trials->list[trials->count] = (struct trial){ .of = trials, .defect = defect,
						      .shape = shape };
	if (mixture)
		trials->list[trials->count].mixture = *mixture;
	trials->count++;
}

/* Has the table of the shape's device a place where the defect is caught? */
static bool is_caught(const struct trials *trials, const char *defect, const struct shape *shape)
{
	const struct expectations *all = shape_expectations(trials, shape);

	for (size_t i = 0; i < all->count; i++)
		if (all->list[i].statement && strcmp(all->list[i].defect, defect) == 0 &&
		    shape_has(shape, all->list[i].scenario))
			return true;
	return false;
}

/* Is there no need to try it there? It has places, and none of them in that shape. */
static bool is_elsewhere(const struct trials *trials, const char *defect,
			 const struct shape *shape)
{
	const struct expectations *all = shape_expectations(trials, shape);
	bool any = false;

	for (size_t i = 0; i < all->count; i++)
		any |= all->list[i].statement && strcmp(all->list[i].defect, defect) == 0;
	return any && !is_caught(trials, defect, shape);
}

/* One of the shapes that a defect is caught in; of all, when the tables have no row of it. */
static size_t draw_shape(const struct trials *trials, uint64_t number, const char *defect)
{
	size_t own[SHAPES], count = 0;

	for (size_t k = 0; k < SHAPES; k++)
		if (is_caught(trials, defect, &shapes[k]))
			own[count++] = k;
	return count ? own[mixture_choice(trials->seed, number, count)]
		     : mixture_choice(trials->seed, number, SHAPES);
}

static bool is_wanted(const struct trials *trials, const struct device_trait *defect)
{
	char **name = trials->only;

	while (*name && strcmp(*name, defect->name) != 0)
		name++;
	return !trials->only[0] || *name;
}

static void add_all(struct trials *trials, bool complete)
{
	size_t count;
	const struct device_trait *defects = device_defects(&count);

	for (size_t i = 0; i < count; i++) {
		size_t drawn = draw_shape(trials, i, defects[i].name);

		for (size_t k = 0; k < SHAPES; k++)
			if (is_wanted(trials, &defects[i]) && (complete || k == drawn) &&
			    !is_elsewhere(trials, defects[i].name, &shapes[k]))
				add(trials, &defects[i], &shapes[k], NULL);
	}
}

static void add_mixtures(struct trials *trials, size_t wanted)
{
	size_t count;
	const struct device_trait *defects = device_defects(&count);

	for (uint64_t number = 1; trials->count < wanted; number++) {
		const struct device_trait *defect =
			&defects[mixture_choice(trials->seed, number, count)];
		struct mixture mixture;

		mixture_draw(trials->seed, number, VARIANTS_LEAST, VARIANTS_MOST, &mixture);
		for (size_t i = 0; i < mixture.count; i++)
			if (exclusion_find(&trials->exclusions, defect->name,
					   mixture.variants[i]->name))
				mixture.count = 0;
		if (mixture.count > 0 &&
		    !is_elsewhere(trials, defect->name, &shapes[number % SHAPES]))
			add(trials, defect, &shapes[number % SHAPES], &mixture);
	}
}

static bool is_named(void *context, const char *scenario)
{
	const struct trial *trial = context;

	return expectation_find(trial_expectations(trial), trial->defect->name, scenario) != NULL;
}

static char *trial_arguments(void *context, size_t number)
{
	const struct trials *trials = context;
	struct trial *trial = &trials->list[number];
	const struct sample sample = { .device = trial->shape->device, .seed = trials->seed,
				       .number = number, .every = trials->every,
				       .wanted = is_named, .context = trial };
	char *variants = mixture_arguments(&trial->mixture), *scenarios = sample_scenarios(&sample);
	char *shape = shape_arguments(trial->shape, scenarios);
	char *text = memory_format("--defect %s%s %s", trial->defect->name, variants, shape);

	free(variants);
	free(scenarios);
	free(shape);
	return text;
}

/* What was found on a device in its usual shape, in all scenarios. */
static void keep(const struct trials *trials, struct trial *trial, const struct pool_run *run)
{
	struct buffer list = { 0 };

	if (!trials->keep || trial->shape->profile || trial->mixture.count)
		return;
	findings_list(&list, run->log, run->status);
	if (!findings_keep(trials->keep, trial->defect->name, trial->shape->device, &list))
		wrong(trial, "its findings cannot be kept in %s", trials->keep);
	buffer_free(&list);
}

static void ended(void *context, const struct pool_run *run)
{
	struct trials *trials = context;
	struct trial *trial = &trials->list[run->number];
	char *shape = shape_name(trial->shape), *arguments = trial_arguments(context, run->number);

	trial->good = trial->caught = trial->placed = true;
	if (run->log)
		look(trial, run->log);
	else
		wrong(trial, "it left no run.xml: %s", run->said);
	trial->caught &= run->log != NULL;
	keep(trials, trial, run);
	trials->failed += !trial->good;
	if (!trial->good)
		printf("# again: femtoproof run %s\n", arguments);
	if (!trial->good || !trials->quiet)
		printf("%s %zu - %s is caught in the %s%s\n", trial->good ? "ok" : "not ok",
		       run->number + 1, trial->defect->name, shape,
		       trial->mixture.count ? ", beside variants" : "");
	if (trials->quiet && (run->number + 1) % PROGRESS == 0)
		printf("# %zu of %zu runs, %zu failed\n", run->number + 1, trials->count,
		       trials->failed);
	free(arguments);
	free(shape);
}

/* The defects that break a statement, from row first on: scenario, place, verdict. */
static void print_breakers(const struct expectations *all, size_t first, const char *statement,
			   size_t length)
{
	printf("# %-16.*s", (int)length, statement);
	for (size_t k = first; k < all->count; k++)
		if (expectation_about(&all->list[k], statement, length))
			printf(" %s(%s, %s, %s)", all->list[k].defect, all->list[k].scenario,
			       all->list[k].place,
			       strcmp(all->list[k].verdict, "pass") == 0 ? "warning"
									  : all->list[k].verdict);
	putchar('\n');
}

/* Each statement once, in the table's order: the defects that it is tested by. */
static void print_matrix(const struct expectations *all, const char *device)
{
	size_t length;

	printf("#\n# %s: statement, defects that break it\n",
	       strcmp(device, "henb") == 0 ? "HeNB, TS 32.593" : "HNB, TS 32.583");
	for (size_t i = 0; i < all->count; i++) {
		const char *at = all->list[i].statement;

		for (; (length = expectation_statement(&at)); at += length) {
			bool earlier = false;

			for (size_t k = 0; k < i && !earlier; k++)
				earlier = expectation_about(&all->list[k], at, length);
			if (!earlier)
				print_breakers(all, i, at, length);
		}
	}
}

/* How many rows are of no defect that the device has. */
static size_t strangers(const struct expectations *all, const struct device_trait *defects,
			size_t count)
{
	size_t found = 0;

	for (size_t i = 0; i < all->count; i++) {
		size_t k = 0;

		while (k < count && strcmp(defects[k].name, all->list[i].defect) != 0)
			k++;
		if (k < count)
			continue;
		printf("# the device has no defect %s\n", all->list[i].defect);
		found++;
	}
	return found;
}

/* A defect counts when all its trials do. */
static void print_trust(const struct trials *trials, bool mixtures)
{
	size_t count, caught = 0, placed = 0;
	const struct device_trait *defects = device_defects(&count);

	for (size_t i = 0; i < count && !mixtures; i++) {
		bool all = true, place = true;

		for (size_t k = 0; k < trials->count; k++)
			if (trials->list[k].defect == &defects[i]) {
				all &= trials->list[k].caught;
				place &= trials->list[k].placed && trials->list[k].good;
			}
		caught += all;
		placed += all && place;
	}
	if (mixtures)
		printf("trust defects-hidden-by-variants %zu/%zu\n", trials->failed,
		       trials->count);
	else
		printf("trust defects-caught %zu/%zu\ntrust defects-at-the-right-place %zu/%zu\n",
		       caught, count, placed, count);
}

static bool read_tables(struct trials *trials)
{
	const char *source = pool_environment("FEMTOPROOF_SOURCE", ".");
	char *tables = memory_format("%s/tests/defects/tables", source);
	char *hidden = memory_format("%s/tests/defects/exclusions", source);
	char *data = memory_format("%s/scenarios", source);
	bool good = expectations_read(&trials->henb, tables, "henb") &&
		    expectations_read(&trials->hnb, tables, "hnb") &&
		    exclusions_read(&trials->exclusions, hidden);

	setenv("FEMTOPROOF_DATA", data, 0);
	free(tables);
	free(hidden);
	free(data);
	return good;
}

static int report(struct trials *trials, bool mixtures, bool trust)
{
	size_t count;
	const struct device_trait *defects = device_defects(&count);

	if (!mixtures && !trials->quiet) {
		print_matrix(&trials->henb, "henb");
		print_matrix(&trials->hnb, "hnb");
	}
	trials->failed += strangers(&trials->henb, defects, count);
	printf("%s %zu - every row of the table is a defect of the device, every one is caught\n",
	       trials->failed == 0 ? "ok" : "not ok", trials->count + 1);
	if (trust)
		print_trust(trials, mixtures);
	return trust && trials->failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct trials trials = { .seed = strtoull(pool_environment("SEED", "1"), NULL, 10) };
	bool complete = false, trust = false;
	size_t mixtures = 0;

	trials.only = argv + argc;
	for (int i = 1; i < argc && trials.only == argv + argc; i++) {
		if (argv[i][0] != '-')
			trials.only = argv + i;
		complete |= strcmp(argv[i], "--complete") == 0;
		trust |= strcmp(argv[i], "--trust") == 0;
		trials.quiet |= strcmp(argv[i], "--quiet") == 0;
		if (strcmp(argv[i], "--mixtures") == 0 && i + 1 < argc)
			mixtures = strtoull(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
			trials.seed = strtoull(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--keep") == 0 && i + 1 < argc)
			trials.keep = argv[++i];
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!read_tables(&trials))
		return 99;
	if (mixtures)
		add_mixtures(&trials, mixtures);
	else
		add_all(&trials, complete);
	trials.every = mixtures || complete ? 0 : OTHERS;
	const struct pool_work work = { .count = trials.count, .arguments = trial_arguments,
					.ended = ended, .context = &trials };
	printf("1..%zu\n# seed %llu\n", trials.count + 1, (unsigned long long)trials.seed);
	if (!pool_run(&work))
		return 99;
	int status = report(&trials, mixtures > 0, trust);

	expectations_clear(&trials.henb);
	expectations_clear(&trials.hnb);
	exclusions_clear(&trials.exclusions);
	free(trials.list);
	xmlCleanupParser();
	return status;
}
