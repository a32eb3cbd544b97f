/*
 * same-verdicts: the same suite says the same each time. The honest devices are run again and
 * again, each defect twice; every verdict and finding, with its time, place and packet, is compared
 * with that of the first run. What a finding says in words is not: ports and nonces stand there.
 *
 *   same-verdicts [--runs N] [--trust]
 */
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/device.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"
#include "tests/defects/findings.h"
#include "tests/defects/pool.h"

struct repeats {
	size_t runs; /* of the honest devices; then two of each defect */
	size_t other;
	struct buffer first; /* what the first of the same runs found */
};

static char *repeat_arguments(void *context, size_t number)
{
	const struct repeats *repeats = context;
	size_t count;
	const struct device_trait *defects = device_defects(&count);

	if (number < repeats->runs)
		return memory_text("henb hnb");
	return memory_format("--defect %s henb hnb", defects[(number - repeats->runs) / 2].name);
}

static bool is_finding(const xmlNode *node)
{
	static const char *const names[] = { "step", "rule", "never", "unmatched", "verdict" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (finding_named(node, names[i]))
			return true;
	return false;
}

static void add_finding(struct buffer *out, const xmlNode *node)
{
	buffer_format(out, "%s", (const char *)node->name);
	for (const xmlAttr *at = node->properties; at; at = at->next) {
		xmlChar *value = xmlNodeGetContent((const xmlNode *)at);

		buffer_format(out, " %s=%s", (const char *)at->name, (const char *)value);
		xmlFree(value);
	}
	buffer_add_text(out, "\n");
}

static void add_findings(struct buffer *out, const xmlDoc *log)
{
	const xmlNode *root = log ? xmlDocGetRootElement(log) : NULL;

	for (const xmlNode *scenario = root ? root->children : NULL; scenario;
	     scenario = scenario->next) {
		char *name = finding_named(scenario, "scenario") ? finding_chart(scenario, "name")
								 : NULL;
		if (name)
			buffer_format(out, "%s\n", name);
		for (const xmlNode *node = name ? scenario->children : NULL; node; node = node->next)
			if (is_finding(node))
				add_finding(out, node);
		free(name);
	}
}

/* The first line that differs, for people. */
static void print_difference(const char *first, const char *other)
{
	size_t at = 0, line = 0;

	while (first[at] && first[at] == other[at])
		if (first[at++] == '\n')
			line = at;
	printf("# first %.*s\n# now   %.*s\n", (int)strcspn(first + line, "\n"), first + line,
	       (int)strcspn(other + line, "\n"), other + line);
}

static void ended(void *context, const struct pool_run *run)
{
	struct repeats *repeats = context;
	bool anew = run->number == 0 || (run->number >= repeats->runs &&
					 (run->number - repeats->runs) % 2 == 0);
	struct buffer found = { 0 };

	buffer_format(&found, "status %d\n", run->status);
	add_findings(&found, run->log);
	if (anew) {
		buffer_free(&repeats->first);
		repeats->first = found;
		return;
	}
	if (strcmp(buffer_text(&found), buffer_text(&repeats->first)) != 0) {
		char *arguments = repeat_arguments(context, run->number);

		repeats->other++;
		print_difference(buffer_text(&repeats->first), buffer_text(&found));
		printf("# run %zu: femtoproof run %s\n", run->number, arguments);
		free(arguments);
	}
	buffer_free(&found);
}

int main(int argc, char **argv)
{
	struct repeats repeats = { .runs = strtoull(pool_environment("RUNS", "20"), NULL, 10) };
	bool trust = false;
	size_t count;

	for (int i = 1; i < argc; i++) {
		trust |= strcmp(argv[i], "--trust") == 0;
		if (strcmp(argv[i], "--runs") == 0 && i + 1 < argc)
			repeats.runs = strtoull(argv[++i], NULL, 10);
	}
	device_defects(&count);
	const struct pool_work work = { .count = repeats.runs + 2 * count, .context = &repeats,
					.arguments = repeat_arguments, .ended = ended };
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!pool_run(&work))
		return 99;
	if (trust)
		printf("trust changed-verdicts %zu/%zu\n", repeats.other, repeats.runs + count);
	else
		printf("1..1\n%s 1 - %zu runs of the honest devices and two of each of %zu defects "
		       "say the same\n", repeats.other ? "not ok" : "ok", repeats.runs, count);
	buffer_free(&repeats.first);
	xmlCleanupParser();
	return trust && repeats.other ? 1 : 0;
}
