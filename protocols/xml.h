/*
 * xml: reading XML from a peer, safely: no network, no entity substitution, no DTD at all
 * (TR-069 messages never need one), bounded depth and size, and never a word on the
 * terminal.
 */
#ifndef PROTOCOLS_XML_H
#define PROTOCOLS_XML_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "protocols/problem.h"

/* The parsed document, or NULL with why (line and column in the text). */
xmlDoc *xml_parse(const void *octets, size_t length, struct problem *problem);
/* The first child element of that name, or NULL; the first at all when name is NULL. */
xmlNode *xml_child(const xmlNode *parent, const char *name);
xmlNode *xml_next(const xmlNode *element, const char *name); /* next sibling element, likewise */
/* All text below the element, white space at both ends removed: new memory; "" when NULL. */
char *xml_text(const xmlNode *element);
/* The same where it stands, or NULL when it has to be put together: from several nodes, or with
 * white space at an end. */
const char *xml_plain_text(const xmlNode *element);
bool xml_text_is(const xmlNode *element, const char *wanted); /* is xml_text that? */
/* The text of a child element, as xml_text; NULL when there is no such child. */
char *xml_child_text(const xmlNode *parent, const char *name);
/* An attribute's value in new memory, or NULL. */
char *xml_attribute(const xmlNode *element, const char *name);

#endif
