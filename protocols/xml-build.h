/*
 * xml-build: making the nodes of messages. libxml2's own calls look everything up again and
 * copy each name; a message has some hundred nodes and a capture many thousand messages.
 * All message documents share a dictionary, so that a name is kept once.
 */
#ifndef PROTOCOLS_XML_BUILD_H
#define PROTOCOLS_XML_BUILD_H

#include <libxml/tree.h>
#include <stddef.h>

/* The dictionary of names in use now; the caller adds a reference to keep it. */
xmlDict *xml_build_dictionary(void);
/* A document that shares it. */
xmlDoc *xml_build_document(void);
/* Frees a document of any kind, quicker than xmlFreeDoc when it was made here. */
void xml_build_release(xmlDoc *document);
/* A string in a dictionary: as xmlDictLookup, but quicker for what came lately. */
const xmlChar *xml_build_keep(xmlDict *dictionary, const char *text, size_t length);
/* The name in the document's dictionary. */
const xmlChar *xml_build_name(const xmlDoc *document, const char *name);
/* An element with a name of the dictionary, at the end of parent unless that is NULL. */
xmlNode *xml_build_element(xmlDoc *document, xmlNode *parent, const xmlChar *name);
/* Text at the end of an element. */
void xml_build_text(xmlNode *parent, const char *text, size_t length);
/* An attribute that the element does not have yet; name: of the dictionary. */
void xml_build_attribute(xmlNode *node, const xmlChar *name, const char *value, size_t length);
/* Likewise, the value is of the dictionary too. */
void xml_build_shared(xmlNode *node, const xmlChar *name, const xmlChar *value);

#endif
