/*
 * xml-write: the text of an element, as xmlNodeDump writes it unformatted. The run log writes
 * every message: libxml2's own way there goes through several layers for each octet.
 */
#ifndef PROTOCOLS_XML_WRITE_H
#define PROTOCOLS_XML_WRITE_H

#include <libxml/tree.h>

#include "protocols/buffer.h"

void xml_write(struct buffer *out, const xmlNode *element);

#endif
