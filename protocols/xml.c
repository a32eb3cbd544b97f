#include "protocols/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"
#include "protocols/xml-bounds.h"

/* Called at "<!DOCTYPE": entities could be declared after it, so nothing after it is read. */
static void xml_refuse_doctype(void *context, const xmlChar *name, const xmlChar *external,
			       const xmlChar *system)
{
	xmlParserCtxt *parser = context;

	(void)name;
	(void)external;
	(void)system;
	*(bool *)parser->_private = true;
	xmlStopParser(parser);
}

/* After the first mistake that counts, libxml2 would go on, only to find more of them. */
static void xml_stop_at_error(void *context, xmlError *error)
{
	if (error->level == XML_ERR_FATAL)
		xmlStopParser(context);
}

static int xml_complain(const xmlParserCtxt *parser, bool doctype, struct problem *problem)
{
	const xmlError *error = &parser->lastError;
	size_t length = error->message ? strcspn(error->message, "\r\n") : 0;

	if (doctype)
		return problem_set(problem, "a document type declaration is not allowed");
	if (!length)
		return problem_set(problem, "not an XML document");
	return problem_set(problem, "line %d, column %d: %.*s", error->line, error->int2,
			   (int)(length > 300 ? 300 : length), error->message);
}

xmlDoc *xml_parse(const void *octets, size_t length, struct problem *problem)
{
	const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
			    XML_PARSE_NOCDATA | XML_PARSE_COMPACT;
	bool doctype = false;
	xmlParserCtxt *parser;
	xmlDoc *document;

	if (!length) {
		problem_set(problem, "the document is empty");
		return NULL;
	}
	if (xml_bounds_exceeded(octets, length, problem))
		return NULL;
	parser = xmlNewParserCtxt();
	if (!parser)
		memory_exhausted();
	parser->_private = &doctype;
	parser->sax->internalSubset = xml_refuse_doctype;
	parser->sax->serror = xml_stop_at_error;
	document = xmlCtxtReadMemory(parser, octets, (int)length, NULL, NULL, options);
	if (document && (doctype || !xmlDocGetRootElement(document))) {
		xmlFreeDoc(document);
		document = NULL;
	}
	if (!document)
		xml_complain(parser, doctype, problem);
	xmlFreeParserCtxt(parser);
	return document;
}

static xmlNode *xml_element_from(xmlNode *node, const char *name)
{
	for (; node; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		if (!name || !strcmp((const char *)node->name, name))
			return node;
	}
	return NULL;
}

xmlNode *xml_child(const xmlNode *parent, const char *name)
{
	return parent ? xml_element_from(parent->children, name) : NULL;
}

xmlNode *xml_next(const xmlNode *element, const char *name)
{
	return element ? xml_element_from(element->next, name) : NULL;
}

static const char space[] = " \t\r\n";

const char *xml_plain_text(const xmlNode *element)
{
	const xmlNode *only = element ? element->children : NULL;
	const char *text;

	if (!element || element->type != XML_ELEMENT_NODE)
		return NULL;
	if (!only)
		return "";
	if (only->next || only->type != XML_TEXT_NODE || !only->content)
		return NULL;
	text = (const char *)only->content;
	size_t length = strlen(text);
	if (length > 0 && (strchr(space, text[0]) || strchr(space, text[length - 1])))
		return NULL;
	return text;
}

bool xml_text_is(const xmlNode *element, const char *wanted)
{
	const char *plain = xml_plain_text(element);
	char *text = plain ? NULL : xml_text(element);
	bool same = strcmp(plain ? plain : text, wanted) == 0;

	free(text);
	return same;
}

static char *trimmed(const char *text)
{
	size_t length;

	text += strspn(text, space);
	length = strlen(text);
	while (length && strchr(space, text[length - 1]))
		length--;
	return memory_text_length(text, length);
}

char *xml_text(const xmlNode *element)
{
	const char *plain = xml_plain_text(element);
	xmlChar *content;
	char *text;

	if (plain)
		return memory_text(plain);
	content = element ? xmlNodeGetContent(element) : NULL;
	text = trimmed(content ? (const char *)content : "");
	xmlFree(content);
	return text;
}

char *xml_child_text(const xmlNode *parent, const char *name)
{
	xmlNode *child = xml_child(parent, name);

	return child ? xml_text(child) : NULL;
}

char *xml_attribute(const xmlNode *element, const char *name)
{
	xmlChar *value = element ? xmlGetNoNsProp(element, (const xmlChar *)name) : NULL;
	char *text = memory_text((const char *)value);

	xmlFree(value);
	return text;
}
