#include "protocols/xml-build.h"

#include <libxml/dict.h>
#include <libxml/parserInternals.h> /* xmlStringText */
#include <stdint.h>
#include <string.h>

#include "protocols/limits.h"
#include "protocols/memory.h"


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
	if (current.dictionary && xmlDictSize(current.dictionary) > LIMIT_XML_NAMES) {
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

/* Most names are literals of the program: they are known again by their address, and looked at only
 * to be sure. */
const xmlChar *xml_build_name(const xmlDoc *document, const char *name)
{
	static _Thread_local struct {
		unsigned long generation;
		const char *name;
		const xmlChar *kept;
	} lately[LATELY];
	size_t place = ((uintptr_t)name ^ (uintptr_t)name >> 8) % LATELY;

	if (document->dict != current.dictionary)
		return xml_build_keep(document->dict, name, strlen(name));
	if (lately[place].name != name || lately[place].generation != current.generation ||
	    strcmp((const char *)lately[place].kept, name) != 0) {
		lately[place].kept = xml_build_keep(document->dict, name, strlen(name));
		lately[place].name = name;
		lately[place].generation = current.generation;
	}
	return lately[place].kept;
}

/* What a document gave back is used again: each is a block of libxml2's own, so that libxml2
 * may free what was made here, and the other way round. Under the address sanitizer nothing is
 * kept, for it to see what is used too late. */
#if defined(__SANITIZE_ADDRESS__)
#define SPARE_MOST 0 /* gcc */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SPARE_MOST 0 /* clang */
#endif
#endif
#ifndef SPARE_MOST
#define SPARE_MOST 4096
#endif

struct spare {
	struct spare *next;
};

struct spares { /* blocks of one size */
	struct spare *first;
	size_t count;
};

static _Thread_local struct spares spare_nodes, spare_attributes;

static void *spare_take(struct spares *spares, size_t size)
{
	struct spare *block = spares->first;

	if (block) {
		spares->first = block->next;
		spares->count--;
	} else {
		block = xmlMalloc(size);
		if (!block)
			memory_exhausted();
	}
	return memset(block, 0, size);
}

static void spare_give(struct spares *spares, void *released)
{
	struct spare *block = released;

	if (spares->count + 1 > SPARE_MOST) {
		xmlFree(released);
		return;
	}
	block->next = spares->first;
	spares->first = block;
	spares->count++;
}

/* Stands in _private of what was made here: its name is of the document's dictionary, in which
 * libxml2 keeps a new name, too. So nobody has to look whether it is. */
static char made_here;

static xmlNode *new_node(xmlDoc *document, xmlElementType type, const xmlChar *name)
{
	xmlNode *node = spare_take(&spare_nodes, sizeof(*node));

	node->_private = &made_here;
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
	xmlAttr *attribute = spare_take(&spare_attributes, sizeof(*attribute));
	xmlAttr *last = node->properties;

	attribute->_private = &made_here;
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

static void release_string(xmlDict *dictionary, const xmlChar *string)
{
	if (string && !xmlDictOwns(dictionary, string))
		xmlFree((void *)(uintptr_t)string);
}

static void release_text(xmlDict *dictionary, xmlNode *text)
{
	if (text->content != (xmlChar *)&text->properties)
		release_string(dictionary, text->content);
	spare_give(&spare_nodes, text);
}

static void release_attributes(xmlDict *dictionary, xmlAttr *attribute)
{
	while (attribute) {
		xmlAttr *next = attribute->next;
		xmlNode *text = attribute->children;

		if (attribute->atype != 0 || attribute->psvi ||
		    (text && (text->next || text->type != XML_TEXT_NODE))) {
			xmlFreeProp(attribute);
		} else {
			if (text)
				release_text(dictionary, text);
			if (attribute->_private != &made_here)
				release_string(dictionary, attribute->name);
			spare_give(&spare_attributes, attribute);
		}
		attribute = next;
	}
}

/* A node whose children are gone; what is seldom in a message is left to libxml2. */
static void release_node(xmlDict *dictionary, xmlNode *node)
{
	if (node->type == XML_TEXT_NODE) {
		release_text(dictionary, node);
	} else if (node->type != XML_ELEMENT_NODE || node->nsDef) {
		xmlFreeNode(node);
	} else {
		release_attributes(dictionary, node->properties);
		if (node->_private != &made_here)
			release_string(dictionary, node->name);
		spare_give(&spare_nodes, node);
	}
}

void xml_build_release(xmlDoc *document)
{
	xmlNode *node = document ? document->children : NULL;

	if (!node || !document->dict || document->intSubset || document->ids) {
		xmlFreeDoc(document);
		return;
	}
	while (node != (xmlNode *)document) {
		if (node->type == XML_ELEMENT_NODE && node->children) {
			node = node->children;
			continue;
		}
		xmlNode *next = node->next, *parent = node->parent;

		release_node(document->dict, node);
		if (!next)
			parent->children = NULL;
		node = next ? next : parent;
	}
	xmlFreeDoc(document);
}
