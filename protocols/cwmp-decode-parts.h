/*
 * cwmp-decode-parts: what the files that read an envelope share. Of no interest to others.
 */
#ifndef PROTOCOLS_CWMP_DECODE_PARTS_H
#define PROTOCOLS_CWMP_DECODE_PARTS_H

#include <libxml/parser.h>
#include <stdbool.h>

#include "protocols/cwmp-skeleton.h"
#include "protocols/message.h"

#define NAMESPACES_MOST 64 /* declarations in force at one place; a usual envelope has 5 */

enum region { REGION_NONE, REGION_HEADER, REGION_BODY, REGION_SKIPPED };

struct declaration {
	const xmlChar *prefix; /* owned by the parser's dictionary, like uri */
	const xmlChar *uri;
	unsigned depth;
};

struct decoder {
	xmlParserCtxt *parser;
	struct message *message;
	xmlNode *soap;
	xmlNode *header;
	xmlNode *at; /* the open element of the message's document, NULL outside */
	enum region region;
	unsigned depth; /* of the element being read, Envelope = 1 */
	unsigned bodies, headers, payloads;
	bool is_envelope, doctype, has_xsd, has_xsi, has_style, undeclared;
	bool leaf; /* the open element has no child so far */
	struct declaration declarations[NAMESPACES_MOST];
	size_t declaration_count;
	struct buffer text; /* character data since the last tag */
	struct skeleton skeleton;
};

/* cwmp-decode-read.c: called by the quick reader and by libxml2; context: the decoder */
void cwmp_read_start(void *context, const xmlChar *name, const xmlChar *prefix,
		     const xmlChar *uri, int namespace_count, const xmlChar **namespaces,
		     int attribute_count, int defaulted, const xmlChar **attributes);
void cwmp_read_end(void *context, const xmlChar *name, const xmlChar *prefix,
		   const xmlChar *uri);
void cwmp_read_text(void *context, const xmlChar *text, int length);

#endif
