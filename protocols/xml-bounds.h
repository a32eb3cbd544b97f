/*
 * xml-bounds: how large is a document, found in one pass before it is parsed. libxml2 bounds depth
 * by itself, but compares each attribute of an element with each, and looks each prefix up in all
 * declarations in force: some MiB would keep it busy for minutes.
 */
#ifndef PROTOCOLS_XML_BOUNDS_H
#define PROTOCOLS_XML_BOUNDS_H

#include <stddef.h>

#include "protocols/problem.h"

/* NULL: the document is within the limits (limits.h), as far as it is well-formed. Else the name of
 * the limit that it exceeds, and in problem which. */
const char *xml_bounds_exceeded(const char *octets, size_t length, struct problem *problem);

#endif
