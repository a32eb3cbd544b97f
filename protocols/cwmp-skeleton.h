/*
 * cwmp-skeleton: what the grammar of CWMP (scenarios/schemas) could see in an envelope, without
 * what it cannot: two envelopes with the same skeleton are both valid or both not.
 *
 * A skeleton has every element, attribute and namespace as it stands; only the text of leaves is
 * given by a class, and only where the grammar gives all members of the class the same answer:
 *   - text of elements that are limited in length alone, by the smallest of the limits 32, 64,
 *     256, 1024 that it keeps;
 *   - a dateTime written out in full; a number of 2, 3 or 5 to 9 digits, by how many;
 * all other text stands in it octet by octet. An envelope that cannot be told this way (text
 * between elements, an undeclared prefix, more than SKELETON_MOST octets) has none.
 *
 * Names and namespaces are addresses in the message's dictionary (xml-build.h): skeletons of
 * documents with another dictionary must not be compared.
 */
#ifndef PROTOCOLS_CWMP_SKELETON_H
#define PROTOCOLS_CWMP_SKELETON_H

#include <libxml/xmlstring.h>
#include <stdbool.h>
#include <stddef.h>

#include "protocols/buffer.h"

#define SKELETON_MOST 65536

struct skeleton {
	struct buffer octets;
	bool none;        /* it cannot be told */
	bool free;        /* the open element's text is limited in length alone */
	bool typed;       /* the open element has an xsi:type that is not a string's */
	bool other;       /* ... nor one of int, unsignedInt, boolean, dateTime */
};

/* An element begins; name and uri are of the dictionary, uri may be NULL. */
void skeleton_start(struct skeleton *skeleton, const xmlChar *name, const xmlChar *uri);
/* An attribute of it; of xsi:type also what the prefix of its value stands for, NULL = nothing. */
void skeleton_attribute(struct skeleton *skeleton, const xmlChar *name, const xmlChar *uri,
			const char *value, size_t length);
void skeleton_type(struct skeleton *skeleton, const xmlChar *type_uri, const char *value,
		   size_t length);
/* All text of a leaf, as it stands and without the white space at its ends. */
void skeleton_text(struct skeleton *skeleton, const char *text, size_t length, bool padded);
void skeleton_end(struct skeleton *skeleton);

/* Is the text of elements with that name limited in length alone, in every place and version?
 * The tests hold this against the schemas. Value is one when it is no other type's. */
bool skeleton_is_free(const char *name);

#endif
