/*
 * xml-scan: a quick reader of plain XML. It knows only what nearly every envelope is made of:
 * ASCII, tags, attributes, text, the five predefined entities. At anything else, right or
 * wrong (comments, other encodings, errors of any kind), it gives up, and libxml2 has to read
 * the document and decide. So it need not be complete, but what it accepts it must read just
 * as libxml2 does.
 */
#ifndef PROTOCOLS_XML_SCAN_H
#define PROTOCOLS_XML_SCAN_H

#include <libxml/parser.h>
#include <stddef.h>

struct xml_scan_handler { /* as libxml2's SAX interface calls them */
	startElementNsSAX2Func start;
	endElementNsSAX2Func end;
	charactersSAXFunc text; /* all text between two tags at once, unless entities part it */
};

/* 0: the document was read to its end; -1: gave up. Names and URIs come from the dictionary. */
int xml_scan(const char *octets, size_t length, xmlDict *dictionary,
	     const struct xml_scan_handler *handler, void *context);

#endif
