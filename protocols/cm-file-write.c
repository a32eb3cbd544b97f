/* cm-file-write: a list of values becomes a tree of elements in the order of the format, and that a
 * file. */
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/cm-file.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

/* One more than there can be rows: what the table does not list comes last. */
#define UNLISTED 1000

static size_t order_of(enum cm_generation generation, const char *path, size_t length)
{
	const struct cm_element *row = cm_element_find(generation, path, length), *each;
	const char *name = path + length;

	while (name > path && name[-1] != '/')
		name--;
	if (strncmp(name, "Modifier", 8) == 0)
		return 0; /* says what is to become of all that follows */
	for (size_t i = 0; row && (each = cm_element_at(i)); i++)
		if (each == row)
			return i + 1;
	return UNLISTED;
}

struct placing { /* of one value */
	const struct cm_file *file;
	const char *path;
	struct problem *problem;
};

/* An element's place is told by its _private field: its order, the number of its row plus 1. */
static size_t order_at(const xmlNode *node)
{
	return (size_t)(uintptr_t)node->_private;
}

static xmlNode *new_child(xmlNode *parent, const char *name, size_t order)
{
	xmlNode *child = xmlNewDocNode(parent->doc, parent->ns, (const xmlChar *)name, NULL);
	xmlNode *before = xml_child(parent, NULL);

	if (!child)
		memory_exhausted();
	child->_private = (void *)(uintptr_t)order;
	while (before && order_at(before) <= order)
		before = xml_next(before, NULL);
	if (before)
		xmlAddPrevSibling(before, child);
	else
		xmlAddChild(parent, child);
	return child;
}

/* The Nth child of the name; those before it, which no value names, come into being with it: they are
 * there, and nothing becomes of them. */
static xmlNode *child_number(xmlNode *parent, const char *name, unsigned long number,
			     size_t order)
{
	xmlNode *child = xml_child(parent, name);

	if (!child)
		child = new_child(parent, name, order);
	while (--number > 0) {
		xmlNode *next = xml_next(child, name);

		child = next ? next : new_child(parent, name, order);
	}
	return child;
}

/* Goes down the path, making what is not there. NULL with problem. */
static xmlNode *descend(const struct placing *placing, xmlNode *node)
{
	const char *path = placing->path;

	for (const char *at = path; *at;) {
		size_t length = strcspn(at, "/"), word = strcspn(at, "/[");
		char *name = memory_text_length(at, word);
		unsigned long number = at[word] == '[' ? strtoul(at + word + 1, NULL, 10) : 1;

		if (number < 1 || number > CM_VALUES_MOST) {
			problem_set(placing->problem, "%s: there is no such instance", path);
			free(name);
			return NULL;
		}
		node = child_number(node, name, number,
				    order_of(placing->file->generation, path,
					     (size_t)(at + length - path)));
		free(name);
		at += length + (at[length] == '/');
	}
	return node;
}

static int place(const struct cm_file *file, xmlNode *data, const struct cm_value *value,
		 struct problem *problem)
{
	const struct placing placing = { file, value->element, problem };
	xmlNode *node;

	if (!cm_element_fits(file->generation, value->element))
		return problem_set(problem, "a CM file has no place for %s", value->element);
	node = descend(&placing, data);
	if (!node)
		return -1;
	if (node->children)
		return problem_set(problem, "%s has a place for one value only", value->element);
	xmlNode *text = xmlNewDocText(data->doc, (const xmlChar *)cm_element_spelling(
							 value->element, value->value));
	if (!text)
		memory_exhausted();
	xmlAddChild(node, text);
	return 0;
}

static void add_attribute(xmlNode *node, const char *name, const char *value)
{
	if (value && !xmlNewProp(node, (const xmlChar *)name, (const xmlChar *)value))
		memory_exhausted();
}

static xmlNode *add_element(xmlNode *parent, const char *name)
{
	xmlNode *child = xmlNewTextChild(parent, NULL, (const xmlChar *)name, NULL);

	if (!child)
		memory_exhausted();
	return child;
}

/* Two spaces a level, for people who look at it. */
static void dump(xmlDoc *document, struct buffer *out)
{
	xmlChar *text = NULL;
	int length = 0;

	xmlDocDumpFormatMemoryEnc(document, &text, &length, "UTF-8", 1);
	if (!text)
		memory_exhausted();
	buffer_add(out, text, (size_t)length);
	xmlFree(text);
}

static void set_namespace(xmlNode *root, const char *name)
{
	xmlNs *ns = strcmp(name, "none") ? xmlNewNs(root, (const xmlChar *)name, NULL) : NULL;

	xmlSetNs(root, ns);
}

int cm_file_write(const struct cm_file *file, struct buffer *out, struct problem *problem)
{
	bool lte = file->generation == CM_LTE;
	xmlDoc *document = xmlNewDoc((const xmlChar *)"1.0");
	xmlNode *root = document ? xmlNewDocNode(document, NULL,
						 (const xmlChar *)"configDataFile", NULL) : NULL;
	int result = 0;

	if (!root)
		memory_exhausted();
	xmlDocSetRootElement(document, root);
	set_namespace(root, file->ns ? file->ns : lte ? CM_LTE_NAMESPACE : CM_UMTS_NAMESPACE);
	xmlNode *header = add_element(root, "fileHeader");

	add_attribute(header, "fileFormatVersion",
		      file->version ? file->version : lte ? "32.594 V12.0" : "32.584 V12.0");
	add_attribute(header, "senderName", file->sender);
	add_attribute(header, "vendorName", file->vendor);
	xmlNode *data = add_element(root, "configData");

	add_attribute(add_element(data, "managedElement"), "localDn", file->managed_element);
	for (size_t i = 0; i < file->count && result == 0; i++)
		result = place(file, data, &file->values[i], problem);
	add_attribute(add_element(root, "fileFooter"), "dateTime",
		      file->date_time ? file->date_time : "0001-01-01T00:00:00Z");
	if (result == 0)
		dump(document, out);
	xmlFreeDoc(document);
	return result;
}
