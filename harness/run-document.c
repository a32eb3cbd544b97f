#include "harness/run-document.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <stdbool.h>
#include <string.h>

#include "protocols/memory.h"

/* Depth inside a message, 0 = outside; kept in the parser's _private. */
static int *depth_of(void *context)
{
	return ((xmlParserCtxt *)context)->_private;
}

/* <run><scenario><message>: any other "message" is inside of one. */
static bool begins_message(const xmlParserCtxt *parser, const xmlChar *name)
{
	return parser->nodeNr == 2 && strcmp((const char *)name, "message") == 0;
}

static void start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
		  int namespace_count, const xmlChar **namespaces, int attribute_count,
		  int defaulted, const xmlChar **attributes)
{
	int *depth = depth_of(context);

	if (*depth > 0 || begins_message(context, name))
		++*depth;
	else
		xmlSAX2StartElementNs(context, name, prefix, uri, namespace_count, namespaces,
				      attribute_count, defaulted, attributes);
}

static void end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	int *depth = depth_of(context);

	if (*depth > 0)
		--*depth;
	else
		xmlSAX2EndElementNs(context, name, prefix, uri);
}

static void characters(void *context, const xmlChar *text, int length)
{
	if (*depth_of(context) == 0)
		xmlSAX2Characters(context, text, length);
}

xmlDoc *run_document(const char *file)
{
	xmlParserCtxt *parser = xmlNewParserCtxt();
	int depth = 0;

	if (!parser)
		memory_exhausted();
	parser->_private = &depth;
	parser->sax->startElementNs = start;
	parser->sax->endElementNs = end;
	parser->sax->characters = characters;
	parser->sax->ignorableWhitespace = characters;
	xmlDoc *document =
		xmlCtxtReadFile(parser, file, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
	xmlFreeParserCtxt(parser);
	return document;
}
