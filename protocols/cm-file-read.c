/* cm-file-read: the values of a file, and whether it is one. */
#include <stdlib.h>
#include <string.h>

#include "protocols/cm-file.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

#define DEPTH_MOST 16 /* FAPService/CellConfig/UMTS/RAN/FDDFAP/NeighborList/InterRATCell/GSM has 8 */

struct reading {
	struct cm_file *file;
	struct problem *problem;
	struct buffer path;
};

static bool is(const xmlNode *node, const char *name)
{
	return node && strcmp((const char *)node->name, name) == 0;
}

static int line_of(const xmlNode *node)
{
	return (int)xmlGetLineNo((xmlNode *)(uintptr_t)node);
}

static bool in_namespace(const xmlNode *node, const xmlNode *root)
{
	return node->ns && strcmp((const char *)node->ns->href,
				  (const char *)root->ns->href) == 0;
}

static size_t row_number(const struct reading *reading, size_t parent, const char *name)
{
	char *path = memory_format("%.*s%s%s", (int)parent, buffer_text(&reading->path),
				   parent ? "/" : "", name);
	const struct cm_element *row =
		cm_element_find(reading->file->generation, path, strlen(path));
	size_t number = 0;

	free(path);
	while (row && cm_element_at(number) != row)
		number++;
	return row ? number + 1 : 0;
}

/* How many of its name stand before it, plus 1. */
static unsigned number_of(const xmlNode *node)
{
	unsigned number = 1;

	for (const xmlNode *at = node->prev; at; at = at->prev)
		number += at->type == XML_ELEMENT_NODE &&
			  xmlStrcmp(at->name, node->name) == 0;
	return number;
}

static bool repeats(const struct reading *reading, const xmlNode *node)
{
	const struct cm_element *row =
		cm_element_find(reading->file->generation, buffer_text(&reading->path),
				reading->path.length);

	return row ? row->kind == CM_MANY || row->kind == CM_OPEN_MANY
		   : xml_child(node, NULL) != NULL;
}

/* An empty one is no value. */
static bool is_group(const struct reading *reading, const xmlNode *node)
{
	const struct cm_element *row =
		cm_element_find(reading->file->generation, buffer_text(&reading->path),
				reading->path.length);

	return xml_child(node, NULL) || (row && row->kind != CM_LEAF);
}

static int read_children(struct reading *reading, const xmlNode *parent, int depth);

static int read_leaf(struct reading *reading, const xmlNode *node)
{
	if (reading->file->count == CM_VALUES_MOST)
		return problem_set(reading->problem, "it has more than %d values",
				   CM_VALUES_MOST);
	char *value = xml_text(node);

	cm_file_add(reading->file, buffer_text(&reading->path), value);
	free(value);
	return 0;
}

/* An element and what stands in it; the path is the parent's again afterwards. */
static int read_element(struct reading *reading, const xmlNode *node, int depth)
{
	size_t parent = reading->path.length;
	int result;

	buffer_format(&reading->path, "%s%s", parent ? "/" : "", (const char *)node->name);
	if (repeats(reading, node))
		buffer_format(&reading->path, "[%u]", number_of(node));
	result = is_group(reading, node) ? read_children(reading, node, depth + 1)
					 : read_leaf(reading, node);
	reading->path.length = parent;
	reading->path.octets[parent] = '\0';
	return result;
}

static int read_children(struct reading *reading, const xmlNode *parent, int depth)
{
	size_t last = 0, length = reading->path.length;

	if (depth > DEPTH_MOST)
		return problem_set(reading->problem, "line %d: elements too deep inside one another",
				   line_of(parent));
	for (const xmlNode *at = xml_child(parent, NULL); at; at = xml_next(at, NULL)) {
		const char *name = (const char *)at->name;

		if (cm_element_is_vendor(name) || is(at, "managedElement"))
			continue;
		if (!in_namespace(at, xmlDocGetRootElement(at->doc)))
			return problem_set(reading->problem, "line %d: %s is in another namespace",
					   line_of(at), name);
		size_t row = row_number(reading, length, name);

		if (row && row < last)
			return problem_set(reading->problem, "line %d: %s is out of its order",
					   line_of(at), name);
		last = row ? row : last;
		if (read_element(reading, at, depth) < 0)
			return -1;
	}
	return 0;
}

static int read_data(struct reading *reading, const xmlNode *data)
{
	const xmlNode *element = xml_child(data, NULL);

	if (!is(element, "managedElement"))
		return problem_set(reading->problem,
				   "line %d: configData does not begin with managedElement",
				   line_of(data));
	if (!reading->file->managed_element)
		reading->file->managed_element = xml_attribute(element, "localDn");
	return read_children(reading, data, 0);
}

static int read_header(struct cm_file *file, const xmlNode *header, struct problem *problem)
{
	if (!is(header, "fileHeader"))
		return problem_set(problem, "it does not begin with fileHeader");
	file->version = xml_attribute(header, "fileFormatVersion");
	file->sender = xml_attribute(header, "senderName");
	file->vendor = xml_attribute(header, "vendorName");
	return file->version ? 0 : problem_set(problem, "its header has no fileFormatVersion");
}

static int read_root(struct cm_file *file, const xmlNode *root, struct problem *problem)
{
	const char *ns = root && root->ns ? (const char *)root->ns->href : "";

	if (!is(root, "configDataFile"))
		return problem_set(problem, "its root is no configDataFile");
	if (strcmp(ns, CM_UMTS_NAMESPACE) != 0 && strcmp(ns, CM_LTE_NAMESPACE) != 0)
		return problem_set(problem, "configDataFile is not in the namespace of a CM file");
	file->generation = strcmp(ns, CM_LTE_NAMESPACE) == 0 ? CM_LTE : CM_UMTS;
	return 0;
}

static int read_document(struct reading *reading, const xmlNode *root)
{
	struct problem *problem = reading->problem;
	const xmlNode *at;

	if (read_root(reading->file, root, problem) < 0)
		return -1;
	at = xml_child(root, NULL);
	if (read_header(reading->file, at, problem) < 0)
		return -1;
	for (at = xml_next(at, NULL); is(at, "configData"); at = xml_next(at, NULL))
		if (read_data(reading, at) < 0)
			return -1;
	if (!is(at, "fileFooter") || xml_next(at, NULL))
		return problem_set(problem, "it does not end with fileFooter");
	reading->file->date_time = xml_attribute(at, "dateTime");
	return reading->file->date_time ? 0
					: problem_set(problem, "its footer has no dateTime");
}

int cm_file_read(const void *octets, size_t length, struct cm_file *file, struct problem *problem)
{
	struct reading reading = { .file = file, .problem = problem };
	xmlDoc *document = NULL;
	int result;

	cm_file_clear(file);
	if (!length)
		return problem_set(problem, "the file is empty");
	document = xml_parse(octets, length, problem);
	if (!document)
		return -1;
	result = read_document(&reading, xmlDocGetRootElement(document));
	xmlFreeDoc(document);
	buffer_free(&reading.path);
	if (result < 0)
		cm_file_clear(file);
	return result;
}
