#include "protocols/xml-write.h"

#include <libxml/parserInternals.h> /* xmlStringText */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "protocols/memory.h"

/* What stands for an octet; NULL: itself. */
static const char *escaped(unsigned char octet, bool attribute)
{
	switch (octet) {
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '&': return "&amp;";
	case '"': return attribute ? "&quot;" : NULL;
	case '\n': return attribute ? "&#10;" : NULL;
	case '\t': return attribute ? "&#9;" : NULL;
	default: return NULL;
	}
}

/* false: there are characters that libxml2 writes as numbers. */
static bool write_text(struct buffer *out, const char *text, bool attribute)
{
	const char *start = text;

	for (; *text; text++) {
		unsigned char octet = (unsigned char)*text;
		const char *instead;

		if (octet >= 0x80 || (octet < 0x20 && octet != '\n' && octet != '\t'))
			return false;
		if (octet > '>' || !(instead = escaped(octet, attribute)))
			continue;
		buffer_add(out, start, (size_t)(text - start));
		buffer_add_text(out, instead);
		start = text + 1;
	}
	buffer_add(out, start, (size_t)(text - start));
	return true;
}

static bool write_attributes(struct buffer *out, const xmlNode *element)
{
	for (const xmlAttr *each = element->properties; each; each = each->next) {
		const xmlNode *value = each->children;

		if (each->ns || (value && (value->next || value->type != XML_TEXT_NODE)))
			return false;
		buffer_add(out, " ", 1);
		buffer_add_text(out, (const char *)each->name);
		buffer_add(out, "=\"", 2);
		if (value && value->content &&
		    !write_text(out, (const char *)value->content, true))
			return false;
		buffer_add(out, "\"", 1);
	}
	return true;
}

static bool write_start(struct buffer *out, const xmlNode *element)
{
	if (element->ns || element->nsDef)
		return false;
	buffer_add(out, "<", 1);
	buffer_add_text(out, (const char *)element->name);
	if (!write_attributes(out, element))
		return false;
	if (element->children)
		buffer_add(out, ">", 1);
	else
		buffer_add(out, "/>", 2);
	return true;
}

static void write_end(struct buffer *out, const xmlNode *element)
{
	buffer_add(out, "</", 2);
	buffer_add_text(out, (const char *)element->name);
	buffer_add(out, ">", 1);
}

/* false: there is something in it that stands seldom in a message, for libxml2 to write. */
static bool write_plain(struct buffer *out, const xmlNode *top)
{
	const xmlNode *node = top;

	while (true) {
		if (node->type == XML_TEXT_NODE) {
			if (node->name != xmlStringText ||
			    (node->content && !write_text(out, (const char *)node->content, false)))
				return false;
		} else if (node->type != XML_ELEMENT_NODE || !write_start(out, node)) {
			return false;
		}
		if (node->type == XML_ELEMENT_NODE && node->children) {
			node = node->children;
			continue;
		}
		while (node != top && !node->next) {
			node = node->parent;
			write_end(out, node);
		}
		if (node == top)
			return true;
		node = node->next;
	}
}

void xml_write(struct buffer *out, const xmlNode *element)
{
	size_t before = out->length;

	if (write_plain(out, element))
		return;
	if (out->length > before) {
		out->length = before;
		out->octets[before] = '\0';
	}
	xmlBuffer *text = xmlBufferCreate();
	if (!text || xmlNodeDump(text, element->doc, (xmlNode *)(uintptr_t)element, 0, 0) < 0)
		memory_exhausted();
	buffer_add(out, xmlBufferContent(text), (size_t)xmlBufferLength(text));
	xmlBufferFree(text);
}
