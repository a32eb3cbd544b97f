#include "protocols/xml-build.h"

#include <libxml/dict.h>
#include <libxml/parserInternals.h> /* xmlStringText */
#include <stdint.h>
#include <string.h>

#include "protocols/memory.h"

#define NAMES_MOST 20000 /* then a new dictionary begins: peers can invent names without end */

#define LATELY 256       /* names remembered: the RPCs have about as many */

/* A short text is kept inside its node, where an element has its attributes: so does libxml2. */
#define INSIDE (2 * sizeof(void *))

/* Kept from one message to the next; nothing but equal strings can be told apart by it. */
static _Thread_local struct {
	xmlDict *dictionary;
	unsigned long generation;
} current;

xmlDict *xml_build_dictionary(void)
{
	if (current.dictionary && xmlDictSize(current.dictionary) > NAMES_MOST) {
		xmlDictFree(current.dictionary);
		current.dictionary = NULL;
	}
	if (!current.dictionary) {
		current.dictionary = xmlDictCreate();
		current.generation++;
	}
	if (!current.dictionary)
		memory_exhausted();
	return current.dictionary;
}

xmlDoc *xml_build_document(void)
{
	xmlDoc *document = xmlNewDoc((const xmlChar *)"1.0");

	if (!document)
		memory_exhausted();
	document->dict = xml_build_dictionary();
	xmlDictReference(document->dict);
	return document;
}

const xmlChar *xml_build_keep(xmlDict *dictionary, const char *text, size_t length)
{
	static _Thread_local struct {
		unsigned long generation; /* of the dictionary: an address may be used again */
		size_t length;
		const xmlChar *kept;
	} lately[LATELY];
	unsigned char first = length ? (unsigned char)text[0] : 0;
	unsigned char middle = length ? (unsigned char)text[length / 2] : 0;
	unsigned char last = length ? (unsigned char)text[length - 1] : 0;
	size_t place = (length * 37 + first * 5u + middle * 3u + last) % LATELY;

	if (dictionary != current.dictionary)
		return xmlDictLookup(dictionary, (const xmlChar *)text, (int)length);
	if (lately[place].kept && lately[place].generation == current.generation &&
	    lately[place].length == length && !memcmp(lately[place].kept, text, length))
		return lately[place].kept;
	lately[place].kept = xmlDictLookup(dictionary, (const xmlChar *)text, (int)length);
	if (!lately[place].kept)
		memory_exhausted();
	lately[place].generation = current.generation;
	lately[place].length = length;
	return lately[place].kept;
}

const xmlChar *xml_build_name(const xmlDoc *document, const char *name)
{
	return xml_build_keep(document->dict, name, strlen(name));
}

static xmlNode *new_node(xmlDoc *document, xmlElementType type, const xmlChar *name)
{
	xmlNode *node = xmlMalloc(sizeof(*node));

	if (!node)
		memory_exhausted();
	memset(node, 0, sizeof(*node));
	node->type = type;
	node->name = name;
	node->doc = document;
	return node;
}

static void append(xmlNode *parent, xmlNode *node)
{
	node->parent = parent;
	node->prev = parent->last;
	if (parent->last)
		parent->last->next = node;
	else
		parent->children = node;
	parent->last = node;
}

xmlNode *xml_build_element(xmlDoc *document, xmlNode *parent, const xmlChar *name)
{
	xmlNode *node = new_node(document, XML_ELEMENT_NODE, name);

	if (parent)
		append(parent, node);
	return node;
}

static xmlNode *new_text(xmlDoc *document, const char *text, size_t length)
{
	xmlNode *node = new_node(document, XML_TEXT_NODE, xmlStringText);

	node->content = length < INSIDE ? (xmlChar *)&node->properties : xmlMalloc(length + 1);
	if (!node->content)
		memory_exhausted();
	memcpy(node->content, text, length);
	node->content[length] = '\0';
	return node;
}

void xml_build_text(xmlNode *parent, const char *text, size_t length)
{
	append(parent, new_text(parent->doc, text, length));
}

static void add_attribute(xmlNode *node, const xmlChar *name, xmlNode *text)
{
	xmlAttr *attribute = xmlMalloc(sizeof(*attribute)), *last = node->properties;

	if (!attribute)
		memory_exhausted();
	memset(attribute, 0, sizeof(*attribute));
	attribute->type = XML_ATTRIBUTE_NODE;
	attribute->name = name;
	attribute->doc = node->doc;
	attribute->parent = node;
	attribute->children = text;
	attribute->last = text;
	text->parent = (xmlNode *)attribute;
	while (last && last->next)
		last = last->next;
	attribute->prev = last;
	if (last)
		last->next = attribute;
	else
		node->properties = attribute;
}

void xml_build_attribute(xmlNode *node, const xmlChar *name, const char *value, size_t length)
{
	add_attribute(node, name, new_text(node->doc, value, length));
}

void xml_build_shared(xmlNode *node, const xmlChar *name, const xmlChar *value)
{
	xmlNode *text = new_node(node->doc, XML_TEXT_NODE, xmlStringText);

	text->content = (xmlChar *)(uintptr_t)value;
	add_attribute(node, name, text);
}
