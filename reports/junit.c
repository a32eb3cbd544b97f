#include "reports/junit.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/xml.h"

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

/* One finding that made the verdict worse: its step, the sentence, and the two notations. */
static void put_finding(FILE *out, const xmlNode *finding)
{
	char *step = xml_attribute(finding, "step"), *id = xml_attribute(finding, "id");
	char *text = xml_child_text(finding, "text"), *packet = xml_attribute(finding, "packet");

	fprintf(out, "%s%s%s%s: ", (const char *)finding->name, step || id ? " " : "",
		step ? step : "", id ? id : "");
	put_escaped(out, text);
	fputc('\n', out);
	put_line(out, "awaited", finding, "awaited");
	put_line(out, "came", finding, "came");
	put_line(out, "field", finding, "field");
	put_line(out, "expected", finding, "expected");
	put_line(out, "actual", finding, "actual");
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

static void put_scenario(FILE *out, const xmlNode *scenario)
{
	const xmlNode *verdict = xml_child(scenario, "verdict");

	put_case(out, scenario, "name");
	if (verdict)
		put_attribute(out, "time", verdict, "at");
	if (verdict && attribute_is(verdict, "value", "pass")) {
		fputs("/>\n", out);
		return;
	}
	fputs(">\n", out);
	if (verdict && attribute_is(verdict, "value", "fail"))
		put_outcome(out, scenario, "failure", "fail");
	else if (verdict && attribute_is(verdict, "value", "inconc"))
		put_outcome(out, scenario, "error", "inconclusive");
	else
		put_outcome(out, scenario, "error", "error");
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
	for (const xmlNode *node = root ? root->children : NULL; node; node = node->next) {
		if (is_element(node, "scenario"))
			put_scenario(out, node);
		else if (is_element(node, "not-selected"))
			put_not_selected(out, node);
	}
	fputs("</testsuite>\n", out);
	return ferror(out) ? -1 : 0;
}
