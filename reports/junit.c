#include "reports/junit.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/xml.h"
#include "reports/readings.h"

struct counts {
	unsigned tests, failures, errors, skipped;
};

static void put_escaped(FILE *out, const char *text)
{
	for (; text && *text; text++) {
		switch (*text) {
		case '&': fputs("&amp;", out); break;
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '"': fputs("&quot;", out); break;
		case '\n': fputs("&#10;", out); break;
		default: fputc(*text, out);
		}
	}
}

static void put_attribute(FILE *out, const char *name, const xmlNode *node, const char *from)
{
	char *value = xml_attribute(node, from);

	fprintf(out, " %s=\"", name);
	put_escaped(out, value);
	fputc('"', out);
	free(value);
}

static bool attribute_is(const xmlNode *node, const char *name, const char *value)
{
	char *text = xml_attribute(node, name);
	bool same = text && strcmp(text, value) == 0;

	free(text);
	return same;
}

static bool is_element(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

/* A scenario without a verdict is one that a killed run was in: an error. */
static void count_case(const xmlNode *node, struct counts *counts)
{
	if (is_element(node, "not-selected")) {
		counts->tests++;
		counts->skipped++;
	} else if (is_element(node, "scenario")) {
		const xmlNode *verdict = xml_child(node, "verdict");

		counts->tests++;
		if (verdict && attribute_is(verdict, "value", "fail"))
			counts->failures++;
		else if (!verdict || !attribute_is(verdict, "value", "pass"))
			counts->errors++;
	}
}

static void put_case(FILE *out, const xmlNode *node, const char *name)
{
	fputs("  <testcase", out);
	put_attribute(out, "name", node, "title");
	put_attribute(out, "classname", node, name);
	put_attribute(out, "file", node, name);
}

static void put_line(FILE *out, const char *label, const xmlNode *finding, const char *child)
{
	char *text = xml_child_text(finding, child);

	if (text && *text) {
		fprintf(out, "  %-8s  ", label);
		put_escaped(out, text);
		fputc('\n', out);
	}
	free(text);
}

static bool is_changed(const xmlNode *finding)
{
	return is_element(finding, "rule") && xmlHasProp((xmlNode *)(uintptr_t)finding,
							 (const xmlChar *)"standard");
}

/* The profile has raised or lowered the rule. */
static void put_severity(FILE *out, const xmlNode *finding)
{
	char *standard = xml_attribute(finding, "standard");
	char *reason = xml_attribute(finding, "reason");

	if (standard && is_changed(finding)) {
		fprintf(out, "  severity  %s by the profile from %s%s",
			attribute_is(finding, "warning", "true") ? "lowered" : "raised", standard,
			reason && *reason ? ": " : "");
		put_escaped(out, reason);
		fputc('\n', out);
	}
	free(standard);
	free(reason);
}

/* One finding that made the verdict worse: its step, the sentence, and the two notations. */
static void put_finding(FILE *out, const xmlNode *finding)
{
	char *step = xml_attribute(finding, "step"), *id = xml_attribute(finding, "id");
	char *text = xml_child_text(finding, "text"), *packet = xml_attribute(finding, "packet");

	fprintf(out, "%s%s%s%s%s: ", (const char *)finding->name, step ? " " : "",
		step ? step : "", id ? " " : "", id ? id : "");
	put_escaped(out, text);
	fputc('\n', out);
	put_line(out, "awaited", finding, "awaited");
	put_line(out, "came", finding, "came");
	put_line(out, "field", finding, "field");
	put_line(out, "expected", finding, "expected");
	put_line(out, "actual", finding, "actual");
	put_line(out, "rests on", finding, "rests");
	put_severity(out, finding);
	if (packet)
		fprintf(out, "  packet    %s\n", packet);
	free(step);
	free(id);
	free(text);
	free(packet);
}

static void put_findings(FILE *out, const xmlNode *scenario)
{
	for (const xmlNode *node = scenario->children; node; node = node->next) {
		if (node->type != XML_ELEMENT_NODE || is_element(node, "verdict") ||
		    is_element(node, "message"))
			continue;
		if (attribute_is(node, "verdict", "fail") ||
		    attribute_is(node, "verdict", "inconc") ||
		    attribute_is(node, "verdict", "error"))
			put_finding(out, node);
	}
}

static void put_outcome(FILE *out, const xmlNode *scenario, const char *element, const char *type)
{
	char *reason = xml_child_text(scenario, "verdict");

	fprintf(out, "    <%s type=\"%s\" message=\"", element, type);
	put_escaped(out, reason ? reason : "the run stopped in this scenario");
	fputs("\">", out);
	put_findings(out, scenario);
	fprintf(out, "</%s>\n", element);
	free(reason);
}

static bool is_lowered(const xmlNode *node)
{
	return is_changed(node) && attribute_is(node, "warning", "true");
}

static bool has_lowered(const xmlNode *scenario)
{
	for (const xmlNode *node = scenario->children; node; node = node->next)
		if (is_lowered(node))
			return true;
	return false;
}

/* What would have been a failure, had the profile not lowered the rule; and the readings that the
 * verdict rests on, whatever it is. */
static void put_said(FILE *out, const xmlNode *scenario)
{
	if (!has_lowered(scenario) && !readings_any(scenario))
		return;
	fputs("    <system-out>", out);
	for (const xmlNode *node = scenario->children; node; node = node->next)
		if (is_lowered(node))
			put_finding(out, node);
	readings_write(out, scenario, "", put_escaped);
	fputs("</system-out>\n", out);
}

/* "severity RULE" = "lowered from fail to warning: REASON" */
static void put_property(FILE *out, const xmlNode *change)
{
	char *rule = xml_attribute(change, "rule"), *reason = xml_attribute(change, "reason");
	char *standard = xml_attribute(change, "standard"), *set = xml_attribute(change, "set");

	fprintf(out, "    <property name=\"severity %s\" value=\"%s from %s to %s%s", rule,
		set && strcmp(set, "fail") == 0 ? "raised" : "lowered", standard, set,
		reason ? ": " : "");
	put_escaped(out, reason);
	fputs("\"/>\n", out);
	free(rule);
	free(reason);
	free(standard);
	free(set);
}

/* "ics PROFILE ITEM" = "no (m, TS 32.593 5.1.3), declared not conformant: COMMENT" */
static void put_item(FILE *out, const xmlNode *profile, const xmlNode *item)
{
	char *title = xml_attribute(profile, "title"), *name = xml_attribute(item, "name");
	char *answer = xml_attribute(item, "answer"), *status = xml_attribute(item, "status");
	char *clause = xml_attribute(item, "clause"), *comment = xml_text(item);

	fputs("    <property name=\"ics ", out);
	put_escaped(out, title);
	fprintf(out, ": %s\" value=\"%s (", name, answer);
	put_escaped(out, status ? status : "own");
	put_escaped(out, clause ? ", " : "");
	put_escaped(out, clause);
	fprintf(out, ")%s%s", attribute_is(item, "declined", "true") ? ", declared not conformant" : "",
		comment && *comment ? ": " : "");
	put_escaped(out, comment);
	fputs("\"/>\n", out);
	free(title);
	free(name);
	free(answer);
	free(status);
	free(clause);
	free(comment);
}

static void put_properties(FILE *out, const xmlNode *root)
{
	const xmlNode *change = root ? xml_child(root, "severity") : NULL;
	const xmlNode *profile = root ? xml_child(root, "profile") : NULL;

	if (!change && !profile)
		return;
	fputs("  <properties>\n", out);
	for (; profile; profile = xml_next(profile, "profile"))
		for (const xmlNode *item = xml_child(profile, "item"); item;
		     item = xml_next(item, "item"))
			put_item(out, profile, item);
	for (; change; change = xml_next(change, "severity"))
		put_property(out, change);
	fputs("  </properties>\n", out);
}

static void put_scenario(FILE *out, const xmlNode *scenario)
{
	const xmlNode *verdict = xml_child(scenario, "verdict");

	put_case(out, scenario, "name");
	if (verdict)
		put_attribute(out, "time", verdict, "at");
	if (verdict && attribute_is(verdict, "value", "pass") && !has_lowered(scenario) &&
	    !readings_any(scenario)) {
		fputs("/>\n", out);
		return;
	}
	fputs(">\n", out);
	if (verdict && attribute_is(verdict, "value", "fail"))
		put_outcome(out, scenario, "failure", "fail");
	else if (verdict && attribute_is(verdict, "value", "inconc"))
		put_outcome(out, scenario, "error", "inconclusive");
	else if (!verdict || !attribute_is(verdict, "value", "pass"))
		put_outcome(out, scenario, "error", "error");
	put_said(out, scenario);
	fputs("  </testcase>\n", out);
}

static void put_not_selected(FILE *out, const xmlNode *node)
{
	put_case(out, node, "scenario");
	fputs(">\n    <skipped", out);
	put_attribute(out, "message", node, "reason");
	fputs("/>\n  </testcase>\n", out);
}

int junit_write(const xmlDoc *run, FILE *out)
{
	const xmlNode *root = xmlDocGetRootElement(run);
	struct counts counts = { 0 };

	for (const xmlNode *node = root ? root->children : NULL; node; node = node->next)
		count_case(node, &counts);
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", out);
	fprintf(out, "<testsuite name=\"femtoproof\" tests=\"%u\" failures=\"%u\" errors=\"%u\" "
		"skipped=\"%u\"",
		counts.tests, counts.failures, counts.errors, counts.skipped);
	if (root)
		put_attribute(out, "timestamp", root, "started");
	fputs(">\n", out);
	put_properties(out, root);
	for (const xmlNode *node = root ? root->children : NULL; node; node = node->next) {
		if (is_element(node, "scenario"))
			put_scenario(out, node);
		else if (is_element(node, "not-selected"))
			put_not_selected(out, node);
	}
	fputs("</testsuite>\n", out);
	return ferror(out) ? -1 : 0;
}
