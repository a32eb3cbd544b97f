#include "reports/conformance.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/xml.h"
#include "reports/readings.h"

static const char *or_nothing(const char *text)
{
	return text ? text : "";
}

static bool attribute_is(const xmlNode *node, const char *name, const char *value)
{
	char *text = xml_attribute(node, name);
	bool same = text && strcmp(text, value) == 0;

	free(text);
	return same;
}

static void put_line(FILE *out, const xmlNode *node, const char *label, const char *name)
{
	char *text = xml_attribute(node, name);

	if (text)
		fprintf(out, "%-10s %s\n", label, text);
	free(text);
}

static void put_item(FILE *out, const xmlNode *item)
{
	char *table = xml_attribute(item, "table"), *name = xml_attribute(item, "name");
	char *answer = xml_attribute(item, "answer"), *status = xml_attribute(item, "status");
	char *clause = xml_attribute(item, "clause"), *rests = xml_attribute(item, "rests");
	char *comment = xml_text(item);

	fprintf(out, "  %-5s %-20s %-5s %-22s %s", or_nothing(table), or_nothing(name),
		or_nothing(answer), or_nothing(clause), status ? status : "own");
	if (attribute_is(item, "declined", "true"))
		fputs("; DECLARED NOT CONFORMANT", out);
	if (rests)
		fprintf(out, "; rests on %s", rests);
	if (comment && *comment)
		fprintf(out, "; \"%s\"", comment);
	fputc('\n', out);
	free(table);
	free(name);
	free(answer);
	free(status);
	free(clause);
	free(rests);
	free(comment);
}

static void put_value(FILE *out, const xmlNode *value)
{
	char *table = xml_attribute(value, "table"), *name = xml_attribute(value, "name");
	char *text = xml_text(value);

	fprintf(out, "  %-5s %-36s %s\n", or_nothing(table), or_nothing(name),
		attribute_is(value, "secret", "true") ? "(secret)" : or_nothing(text));
	free(table);
	free(name);
	free(text);
}

static void put_limit(FILE *out, const xmlNode *limit)
{
	char *name = xml_attribute(limit, "name"), *seconds = xml_attribute(limit, "seconds");
	char *source = xml_attribute(limit, "source"), *rests = xml_attribute(limit, "rests");
	char *reference = xml_attribute(limit, "reference");

	fprintf(out, "  %-5s %-28s %8s s  %s%s%s%s%s\n", "", or_nothing(name), or_nothing(seconds),
		or_nothing(source), reference ? " " : "", or_nothing(reference),
		rests ? "; rests on " : "", or_nothing(rests));
	free(name);
	free(seconds);
	free(source);
	free(reference);
	free(rests);
}

static void put_trigger(FILE *out, const xmlNode *trigger)
{
	char *name = xml_attribute(trigger, "name"), *kind = xml_attribute(trigger, "kind");
	char *text = xml_text(trigger);

	fprintf(out, "  %-5s %-28s %s%s%s\n", "", or_nothing(name), or_nothing(kind),
		text && *text ? " " : "", or_nothing(text));
	free(name);
	free(kind);
	free(text);
}

static void put_part(FILE *out, const xmlNode *profile, const char *title, const char *element,
		     void (*put)(FILE *out, const xmlNode *node))
{
	const xmlNode *node = xml_child(profile, element);

	if (node)
		fprintf(out, "\n%s\n", title);
	for (; node; node = xml_next(node, element))
		put(out, node);
}

static void put_profile(FILE *out, const xmlNode *profile)
{
	char *declined = xml_attribute(profile, "declined");

	fputc('\n', out);
	put_line(out, profile, "device", "title");
	put_line(out, profile, "profile", "file");
	put_line(out, profile, "role", "device");
	put_line(out, profile, "data model", "map");
	if (declined && strcmp(declined, "0") != 0)
		fprintf(out, "%-10s mandatory items declined: %s\n", "ICS", declined);
	free(declined);
	put_part(out, profile, "ICS", "item", put_item);
	put_part(out, profile, "IXIT", "value", put_value);
	put_part(out, profile, "Limits", "limit", put_limit);
	put_part(out, profile, "Triggers", "trigger", put_trigger);
}

static void put_text(FILE *out, const char *text)
{
	fputs(or_nothing(text), out);
}

static void put_scenario(FILE *out, const xmlNode *scenario)
{
	const xmlNode *verdict = xml_child(scenario, "verdict");
	char *name = xml_attribute(scenario, "name"), *clause = xml_attribute(scenario, "clause");
	char *standard = xml_attribute(scenario, "standard");
	char *value = verdict ? xml_attribute(verdict, "value") : NULL;
	char *reason = verdict ? xml_text(verdict) : NULL;

	fprintf(out, "  %-7s %-40s %s %s%s%s\n", value ? value : "stopped", or_nothing(name),
		or_nothing(standard), or_nothing(clause), reason && *reason ? "\n          " : "",
		or_nothing(reason));
	readings_write(out, scenario, "          ", put_text);
	free(name);
	free(clause);
	free(standard);
	free(value);
	free(reason);
}

static void put_not_selected(FILE *out, const xmlNode *node)
{
	char *name = xml_attribute(node, "scenario"), *reason = xml_attribute(node, "reason");

	fprintf(out, "  %-40s %s\n", or_nothing(name), or_nothing(reason));
	free(name);
	free(reason);
}

int conformance_write(const xmlDoc *run, FILE *out)
{
	const xmlNode *root = xmlDocGetRootElement(run);

	fputs("Report of a conformance test\n\n", out);
	if (!root)
		return -1;
	put_line(out, root, "program", "program");
	put_line(out, root, "started", "started");
	put_line(out, root, "bench", "bench");
	put_line(out, root, "command", "command");
	for (const xmlNode *node = xml_child(root, "profile"); node; node = xml_next(node, "profile"))
		put_profile(out, node);
	put_part(out, root, "Verdicts", "scenario", put_scenario);
	put_part(out, root, "Not selected", "not-selected", put_not_selected);
	return ferror(out) ? -1 : 0;
}
