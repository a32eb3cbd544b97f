#include "tests/defects/findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/memory.h"

/* The attribute's text, "" when it is not there. */
static char *attribute(const xmlNode *node, const char *name)
{
	xmlChar *value = node ? xmlGetProp(node, (const xmlChar *)name) : NULL;
	char *text = memory_text(value ? (const char *)value : "");

	xmlFree(value);
	return text;
}

bool finding_attribute_is(const xmlNode *node, const char *name, const char *wanted)
{
	char *value = attribute(node, name);
	bool is = strcmp(value, wanted) == 0;

	free(value);
	return is;
}

bool finding_named(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

xmlNode *finding_child(const xmlNode *node, const char *name)
{
	xmlNode *at = node->children;

	while (at && !finding_named(at, name))
		at = at->next;
	return at;
}

char *finding_chart(const xmlNode *node, const char *name)
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
	bool judged = finding_named(node, "step") || finding_named(node, "rule") ||
		      finding_named(node, "never") || finding_named(node, "unmatched");

	return judged && !finding_attribute_is(node, "verdict", "pass") &&
	       !finding_attribute_is(node, "verdict", "none");
}

bool finding_is_warning(const xmlNode *node)
{
	return node && node->type == XML_ELEMENT_NODE &&
	       finding_attribute_is(node, "warning", "true");
}

/* Is it a warning of which no variant is the cause? */
static bool is_own_warning(const xmlNode *node, const struct mixture *variants)
{
	char *rule = attribute(node, "id");
	bool own = finding_is_warning(node) && !mixture_warns(variants, rule);

	free(rule);
	return own;
}

const xmlNode *finding_first(const xmlNode *scenario, const struct mixture *variants)
{
	const xmlNode *warning = NULL;

	for (const xmlNode *node = scenario->children; node; node = node->next) {
		if (is_bad(node))
			return node;
		if (!warning && is_own_warning(node, variants))
			warning = node;
	}
	return warning;
}

static bool at_place(const xmlNode *finding, const char *place)
{
	return strcmp(place, "*") == 0 || finding_attribute_is(finding, "step", place) ||
	       finding_attribute_is(finding, "id", place) ||
	       (finding_attribute_is(finding, "step", "") &&
		finding_attribute_is(finding, "notation", place));
}

static bool says(const xmlNode *finding, const char *words)
{
	xmlChar *content = xmlNodeGetContent(finding);
	bool found = strstr((const char *)content, words) != NULL;

	xmlFree(content);
	return found;
}

char *finding_text(const xmlNode *finding)
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

bool finding_fits(const xmlNode *finding, const struct expectation *row)
{
	bool warning = strcmp(row->finding, "warning") == 0;

	if (!finding || !at_place(finding, row->place) || !says(finding, row->words))
		return false;
	return warning ? finding_is_warning(finding) : finding_named(finding, row->finding);
}

bool finding_covers(const xmlNode *scenario, const char *statement, size_t length)
{
	const xmlNode *list = finding_child(scenario, "covers");
	xmlChar *content = list ? xmlNodeGetContent(list) : NULL;
	const char *at = content ? (const char *)content : "";
	bool found = false;

	for (size_t own; !found && (at += strspn(at, " \n"), own = strcspn(at, " \n")); at += own)
		found = own == length && strncmp(at, statement, length) == 0;
	xmlFree(content);
	return found;
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

void findings_list(struct buffer *out, const xmlDoc *log, int status)
{
	const xmlNode *root = log ? xmlDocGetRootElement(log) : NULL;

	buffer_format(out, "status %d\n", status);
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

static char *path_kept(const char *folder, const char *defect, const char *device)
{
	return memory_format("%s/%s.%s", folder, defect, device);
}

bool findings_keep(const char *folder, const char *defect, const char *device,
		   const struct buffer *list)
{
	char *path = path_kept(folder, defect, device);
	FILE *file = fopen(path, "w");
	bool good = file && fwrite(list->octets, 1, list->length, file) == list->length;

	good = file && fclose(file) == 0 && good;
	free(path);
	return good;
}

char *findings_kept(const char *folder, const char *defect, const char *device)
{
	char *path = path_kept(folder, defect, device), octets[4096];
	FILE *file = fopen(path, "r");
	struct buffer text = { 0 };

	for (size_t got; file && (got = fread(octets, 1, sizeof(octets), file)) > 0;)
		buffer_add(&text, octets, got);
	if (file)
		fclose(file);
	char *list = memory_text(buffer_text(&text));

	buffer_free(&text);
	free(path);
	return list;
}
