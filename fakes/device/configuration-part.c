#include "fakes/device/configuration-part.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "protocols/memory.h"
#include "protocols/xml.h"

#define PART_MOST (1 << 20) /* octets: more than the lab ever sends */

/* An element with one attribute, before that sibling; NULL: at the end. */
static void add_frame(xmlNode *root, const char *name, xmlNode *before, const char *attribute,
		      const char *value)
{
	xmlNode *node = xmlNewDocNode(root->doc, root->ns, (const xmlChar *)name, NULL);

	if (!node || !xmlNewProp(node, (const xmlChar *)attribute, (const xmlChar *)value))
		memory_exhausted();
	if (before)
		xmlAddPrevSibling(before, node);
	else
		xmlAddChild(root, node);
}

/* Gives the tree the frame of a CM file, where it has none. */
static void mend(xmlNode *root)
{
	xmlNodeSetName(root, (const xmlChar *)"configDataFile");
	if (!xml_child(root, "fileHeader"))
		add_frame(root, "fileHeader", xml_child(root, NULL), "fileFormatVersion", "-");
	if (!xml_child(root, "fileFooter"))
		add_frame(root, "fileFooter", NULL, "dateTime", "-");
}

bool configuration_part(const struct buffer *octets, struct buffer *whole)
{
	const int options = XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR |
			    XML_PARSE_NOWARNING;
	xmlDoc *document;
	xmlNode *root;
	xmlChar *text = NULL;
	int length = 0;

	if (!octets->length || octets->length > PART_MOST)
		return false;
	document = xmlReadMemory((const char *)octets->octets, (int)octets->length, NULL, NULL,
				 options);
	root = document ? xmlDocGetRootElement(document) : NULL;
	if (root && xml_child(root, "configData")) {
		mend(root);
		xmlDocDumpMemory(document, &text, &length);
		buffer_add(whole, text, (size_t)length);
		xmlFree(text);
	}
	xmlFreeDoc(document);
	return length > 0;
}
