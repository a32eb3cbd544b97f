/*
 * The quick reader by itself: of what it accepts, libxml2 must tell the very same. And the tree
 * that xml_parse makes of the input can be walked, searched and freed.
 */
#include <libxml/parser.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/xml-build.h"
#include "protocols/xml-scan.h"
#include "protocols/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

#define LENGTH_MOST 100000

/* What was told so far; text in several pieces is one. */
static void tell(struct buffer *told, char kind, const xmlChar *text, size_t length)
{
	buffer_add(told, &kind, 1);
	if (text)
		buffer_add(told, text, length);
}

static void tell_word(struct buffer *told, const xmlChar *text)
{
	tell(told, text ? '|' : '-', text, text ? strlen((const char *)text) : 0);
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix,
		     const xmlChar *uri, int namespace_count, const xmlChar **namespaces,
		     int attribute_count, int defaulted, const xmlChar **attributes)
{
	(void)defaulted;
	tell(context, '<', NULL, 0);
	tell_word(context, name);
	tell_word(context, prefix);
	tell_word(context, uri);
	for (int i = 0; i < 2 * namespace_count; i++)
		tell_word(context, namespaces[i]);
	for (int i = 0; i < attribute_count; i++, attributes += 5) {
		for (int part = 0; part < 3; part++)
			tell_word(context, attributes[part]);
		tell(context, '=', attributes[3], (size_t)(attributes[4] - attributes[3]));
	}
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	tell(context, '>', NULL, 0);
	tell_word(context, name);
	tell_word(context, prefix);
	tell_word(context, uri);
}

static void on_text(void *context, const xmlChar *text, int length)
{
	buffer_add(context, text, (size_t)length);
}

static void on_warning(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

/* Does libxml2 take it, and what does it tell? */
static int read_well(const uint8_t *octets, size_t length, struct buffer *told)
{
	xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC, .startElementNs = on_start,
				 .endElementNs = on_end, .characters = on_text,
				 .ignorableWhitespace = on_text, .cdataBlock = on_text,
				 .error = on_warning, .warning = on_warning};

	return xmlSAXUserParseMemory(&handler, told, (const char *)octets, (int)length);
}

static void compare(const uint8_t *octets, size_t length)
{
	static const struct xml_scan_handler handler = {on_start, on_end, on_text};
	struct buffer quick = {0}, well = {0};
	xmlDict *dictionary = xmlDictCreate();

	if (!xml_scan((const char *)octets, length, dictionary, &handler, &quick)) {
		if (read_well(octets, length, &well) || well.length != quick.length ||
		    memcmp(well.octets, quick.octets, well.length))
			abort();
	}
	xmlDictFree(dictionary);
	buffer_free(&quick);
	buffer_free(&well);
}

static size_t walk(const xmlNode *element)
{
	char *text = xml_text(element), *type = xml_attribute(element, "type");
	size_t sum = strlen(text) + (type ? strlen(type) : 0);
	const char *plain = xml_plain_text(element);

	if (plain && (strcmp(plain, text) || !xml_text_is(element, plain)))
		abort();
	free(text);
	free(type);
	for (xmlNode *child = xml_child(element, NULL); child; child = xml_next(child, NULL))
		sum += walk(child);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	struct problem problem = {""};
	xmlDoc *document;

	if (length > LENGTH_MOST)
		return 0;
	compare(octets, length);
	document = xml_parse(octets, length, &problem);
	if (document)
		walk(xmlDocGetRootElement(document));
	else if (!problem.text[0])
		abort();
	xmlFreeDoc(document);
	return 0;
}
