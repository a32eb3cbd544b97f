/*
 * test-defects: each defect of the simulated device is caught where the tables say, by the
 * first finding of the scenario that is not a pass, for the HeNB and for the HNB, in each data
 * model; no other scenario is disturbed by it. Prints TAP, and the matrix of statements and defects.
 */
#include <libxml/parser.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fakes/device/device.h"
#include "protocols/memory.h"
#include "tests/defects/expectation.h"

struct shape { /* of the device: NULL = its usual profile */
	const char *device, *profile;
};

/* Each device, in each data model that it comes with. */
static const struct shape shapes[] = {
	{ "henb", NULL }, { "hnb", NULL }, { "henb", "simulated-henb-tr262" },
	{ "hnb", "simulated-hnb-device2" }, { "hnb", "simulated-hnb-tr196-1" },
};

struct trial { /* a defect on a device */
	const char *defect, *device, *profile;
	const struct expectations *expectations;
	bool good;
};

static unsigned tests, failed;

static const char *environment(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value && *value ? value : otherwise;
}

static void __attribute__((format(printf, 2, 3))) wrong(struct trial *trial, const char *format,
							 ...)
{
	va_list arguments;

	trial->good = false;
	printf("# %s, %s: ", trial->defect, trial->device);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

/* The attribute's text, "" when it is not there; freed with the others by texts_free. */
static char *attribute(const xmlNode *node, const char *name)
{
	xmlChar *value = node ? xmlGetProp(node, (const xmlChar *)name) : NULL;
	char *text = memory_text(value ? (const char *)value : "");

	xmlFree(value);
	return text;
}

static bool attribute_is(const xmlNode *node, const char *name, const char *wanted)
{
	char *value = attribute(node, name);
	bool is = strcmp(value, wanted) == 0;

	free(value);
	return is;
}

static bool named(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static xmlNode *child(const xmlNode *node, const char *name)
{
	xmlNode *at = node->children;

	while (at && !named(at, name))
		at = at->next;
	return at;
}

/* "henb/cm-set.flow" -> "cm-set" */
static char *short_name(const xmlNode *node, const char *name)
{
	char *file = attribute(node, name), *slash = strrchr(file, '/'), *dot;
	char *text = memory_text(slash ? slash + 1 : file);

	dot = strstr(text, ".flow");
	if (dot)
		*dot = '\0';
	free(file);
	return text;
}

static bool is_bad(const xmlNode *node)
{
	return (named(node, "step") || named(node, "rule") || named(node, "never") ||
		named(node, "unmatched")) &&
	       !attribute_is(node, "verdict", "pass") && !attribute_is(node, "verdict", "none");
}

static bool is_warning(const xmlNode *node)
{
	return node && node->type == XML_ELEMENT_NODE && attribute_is(node, "warning", "true");
}

/* The first finding that is not a pass; when there is none, the first warning. */
static const xmlNode *first_finding(const xmlNode *scenario)
{
	const xmlNode *warning = NULL;

	for (const xmlNode *node = scenario->children; node; node = node->next) {
		if (is_bad(node))
			return node;
		if (!warning && is_warning(node))
			warning = node;
	}
	return warning;
}

static bool at_place(const xmlNode *finding, const char *place)
{
	return strcmp(place, "*") == 0 || attribute_is(finding, "step", place) ||
	       attribute_is(finding, "id", place) ||
	       (attribute_is(finding, "step", "") && attribute_is(finding, "notation", place));
}

static bool says(const xmlNode *finding, const char *words)
{
	xmlChar *content = xmlNodeGetContent(finding);
	bool found = strstr((const char *)content, words) != NULL;

	xmlFree(content);
	return found;
}

/* What the finding is, for people; new memory. */
static char *finding_text(const xmlNode *finding)
{
	char *verdict, *notation, *id, *text;

	if (!finding)
		return memory_text("nothing");
	verdict = attribute(finding, "verdict");
	notation = attribute(finding, "notation");
	id = attribute(finding, "id");
	xmlChar *content = xmlNodeGetContent(finding);
	text = memory_format("%s %s at %s %s: %.200s", (const char *)finding->name, verdict,
			     notation, id, (const char *)content);
	xmlFree(content);
	free(verdict);
	free(notation);
	free(id);
	return text;
}

static bool fits(const xmlNode *finding, const struct expectation *row)
{
	bool warning = strcmp(row->finding, "warning") == 0;

	return finding && (warning ? is_warning(finding) : named(finding, row->finding)) &&
	       at_place(finding, row->place) && says(finding, row->words);
}

static bool covers(const xmlNode *scenario, const char *statement)
{
	const xmlNode *list = child(scenario, "covers");
	xmlChar *content = list ? xmlNodeGetContent(list) : NULL;
	size_t length = strlen(statement);
	const char *at = content ? (const char *)content : "";
	bool found = false;

	for (; !found && (at = strstr(at, statement)); at += length)
		found = at[length] == '\0' || at[length] == ' ' || at[length] == '\n';
	xmlFree(content);
	return found;
}

static void look_at_caught(struct trial *trial, const xmlNode *scenario,
			   const struct expectation *row)
{
	const xmlNode *verdict = child(scenario, "verdict"), *finding = first_finding(scenario);
	char *chart = finding ? short_name(finding, "chart") : memory_text("");
	char *text = finding_text(finding);

	if (!verdict || !attribute_is(verdict, "value", row->verdict))
		wrong(trial, "the verdict of %s is not %s", row->scenario, row->verdict);
	if (!fits(finding, row) || strcmp(chart, row->scenario) != 0)
		wrong(trial, "%s: wanted %s at %s (%s), found %s", row->scenario, row->finding,
		      row->place, row->words, text);
	if (row->statement && !covers(scenario, row->statement))
		wrong(trial, "%s does not cover %s", row->scenario, row->statement);
	free(text);
	free(chart);
}

/* Is it what a row says: the chart's own, or one for any scenario? verdict: of such a scenario. */
static bool is_foreseen(const struct trial *trial, const char *chart, const xmlNode *finding,
			const xmlNode *verdict)
{
	const struct expectations *all = trial->expectations;

	for (size_t i = 0; i < all->count; i++) {
		const struct expectation *row = &all->list[i];
		bool any = strcmp(row->scenario, "*") == 0;

		if (strcmp(row->defect, trial->defect) == 0 && fits(finding, row) &&
		    (any || strcmp(row->scenario, chart) == 0) &&
		    (!verdict || (any && attribute_is(verdict, "value", row->verdict))))
			return true;
	}
	return false;
}

/* A scenario that no row names: passes, or fails as it may, or one before it has failed. */
static void look_at_other(struct trial *trial, const xmlNode *scenario)
{
	const xmlNode *verdict = child(scenario, "verdict"), *finding = first_finding(scenario);
	char *name = short_name(scenario, "name");
	char *chart = finding ? short_name(finding, "chart") : memory_text("");
	char *text = finding_text(finding);
	bool own = strcmp(chart, name) == 0;
	bool clean = !finding && verdict && attribute_is(verdict, "value", "pass");
	bool before = !own && verdict &&
		      (attribute_is(verdict, "value", "inconc") ||
		       (is_warning(finding) && attribute_is(verdict, "value", "pass"))) &&
		      is_foreseen(trial, chart, finding, NULL);

	if (!clean && !before && !(own && verdict && is_foreseen(trial, chart, finding, verdict)))
		wrong(trial, "%s is disturbed: %s", name, text);
	free(text);
	free(chart);
	free(name);
}

static void look(struct trial *trial, const xmlDoc *log)
{
	const struct expectations *all = trial->expectations;
	size_t wanted = 0, seen = 0, statements = 0;

	for (size_t i = 0; i < all->count; i++) {
		bool mine = strcmp(all->list[i].defect, trial->defect) == 0;

		wanted += mine && strcmp(all->list[i].scenario, "*") != 0;
		statements += mine && all->list[i].statement;
	}
	if (statements == 0)
		wrong(trial, "the tables have no row with a statement");
	for (const xmlNode *node = xmlDocGetRootElement(log)->children; node; node = node->next) {
		if (!named(node, "scenario"))
			continue;
		char *name = short_name(node, "name");
		const struct expectation *row = expectation_find(all, trial->defect, name);

		if (row)
			look_at_caught(trial, node, row);
		else
			look_at_other(trial, node);
		seen += row != NULL;
		free(name);
	}
	if (seen != wanted)
		wrong(trial, "%zu scenarios of the table were run, not %zu", seen, wanted);
}

static void run(struct trial *trial, const char *folder)
{
	char *command = memory_format("'%s' run --quiet --defect %s%s%s --out '%s' %s >'%s.out' 2>&1",
				      environment("FEMTOPROOF", "./femtoproof"), trial->defect,
				      trial->profile ? " --profile " : "",
				      trial->profile ? trial->profile : "", folder, trial->device,
				      folder);
	char *file = memory_format("%s/run.xml", folder);

	trial->good = true;
	if (system(command) < 0)
		wrong(trial, "%s could not be run", command);
	xmlDoc *log = xmlReadFile(file, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
	if (log)
		look(trial, log);
	else
		wrong(trial, "%s left no run.xml", command);
	xmlFreeDoc(log);
	tests++;
	failed += !trial->good;
	printf("%s %u - %s is caught in the %s%s%s\n", trial->good ? "ok" : "not ok", tests,
	       trial->defect, strcmp(trial->device, "henb") == 0 ? "HeNB" : "HNB",
	       trial->profile ? ", " : "", trial->profile ? trial->profile : "");
	free(command);
	free(file);
}

/* Each statement once, in the table's order: the defects that it is tested by. */
static void print_matrix(const struct expectations *all, const char *device)
{
	printf("#\n# %s: statement, defects that break it\n",
	       strcmp(device, "henb") == 0 ? "HeNB, TS 32.593" : "HNB, TS 32.583");
	for (size_t i = 0; i < all->count; i++) {
		const char *statement = all->list[i].statement;
		bool earlier = statement == NULL;

		for (size_t k = 0; k < i && !earlier; k++)
			earlier = all->list[k].statement &&
				  strcmp(all->list[k].statement, statement) == 0;
		if (earlier)
			continue;
		printf("# %-16s", statement);
		for (size_t k = i; k < all->count; k++)
			if (all->list[k].statement &&
			    strcmp(all->list[k].statement, statement) == 0)
				printf(" %s(%s, %s)", all->list[k].defect, all->list[k].scenario,
				       strcmp(all->list[k].verdict, "pass") == 0
					       ? "warning" : all->list[k].verdict);
		putchar('\n');
	}
}

static void no_stranger(const struct expectations *all, const struct device_trait *defects,
			size_t count)
{
	for (size_t i = 0; i < all->count; i++) {
		size_t k = 0;

		while (k < count && strcmp(defects[k].name, all->list[i].defect) != 0)
			k++;
		if (k < count)
			continue;
		printf("# the device has no defect %s\n", all->list[i].defect);
		failed++;
	}
}

int main(void)
{
	const size_t shape_count = sizeof(shapes) / sizeof(*shapes);
	char folder[] = "/tmp/femtoproof-defects-XXXXXX";
	char *tables = memory_format("%s/tests/defects/tables",
				    environment("FEMTOPROOF_SOURCE", "."));
	char *data = memory_format("%s/scenarios", environment("FEMTOPROOF_SOURCE", "."));
	size_t count;
	const struct device_trait *defects = device_defects(&count);

	setenv("FEMTOPROOF_DATA", data, 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!mkdtemp(folder)) {
		puts("Bail out! no temporary folder");
		return 99;
	}
	char *out = memory_format("%s/run", folder);
	printf("1..%zu\n", shape_count * count + 1);
	for (size_t i = 0; i < shape_count; i++) {
		struct expectations expectations;

		if (!expectations_read(&expectations, tables, shapes[i].device))
			return 99;
		no_stranger(&expectations, defects, count);
		for (size_t k = 0; k < count; k++) {
			struct trial trial = { .defect = defects[k].name,
					       .device = shapes[i].device,
					       .profile = shapes[i].profile,
					       .expectations = &expectations };

			run(&trial, out);
		}
		if (!shapes[i].profile)
			print_matrix(&expectations, shapes[i].device);
		expectations_clear(&expectations);
	}
	printf("%s %u - every row of the table is a defect of the device, every one is caught\n",
	       failed == 0 ? "ok" : "not ok", tests + 1);
	char *remove = memory_format("rm -rf '%s'", folder);
	if (system(remove) != 0)
		puts("# the temporary folder is still there");
	free(remove);
	free(out);
	free(tables);
	free(data);
	xmlCleanupParser();
	return 0;
}
