#include "protocols/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/memory.h"
#include "protocols/xml-build.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD in UTF-8 */

struct message *message_new(const char *protocol, const char *name)
{
	struct message *message = memory_new(sizeof(*message));
	xmlDoc *document = xml_build_document();
	xmlNode *root = xml_build_element(document, NULL, xml_build_name(document, "message"));

	message->protocol = protocol;
	memory_place(message->name, sizeof(message->name), name);
	message->document = document;
	xmlDocSetRootElement(document, root);
	xml_build_attribute(root, xml_build_name(document, "protocol"), protocol,
			    strlen(protocol));
	xml_build_attribute(root, xml_build_name(document, "name"), message->name,
			    strlen(message->name));
	message->body = xml_build_element(document, root, xml_build_name(document, message->name));
	return message;
}

void message_free(struct message *message)
{
	if (!message)
		return;
	xml_build_release(message->document);
	buffer_free(&message->envelope);
	buffer_free(&message->skeleton);
	free(message);
}

bool message_is_inside(const struct message *message)
{
	return message->source.place == PLACE_CORE || message->destination.place == PLACE_CORE;
}

void message_set_path(struct message *message)
{
	xmlNode *root = message->body->parent;

	if (!xmlHasProp(root, (const xmlChar *)"path"))
		message_attribute(root, "path", "%s",
				  message_is_inside(message) ? "inside" : "outside");
}

void message_rename(struct message *message, const char *name)
{
	xmlNode *root = message->body->parent;

	memory_place(message->name, sizeof(message->name), name);
	xmlSetProp(root, (const xmlChar *)"name", (const xmlChar *)message->name);
	xmlNodeSetName(message->body, (const xmlChar *)message->name);
}

xmlNode *message_facet(struct message *message, const char *name)
{
	xmlNode *node, *root = message->body->parent;

	for (node = root->children; node && node != message->body; node = node->next)
		if (!strcmp((const char *)node->name, name))
			return node;
	node = xml_build_element(message->document, NULL, xml_build_name(message->document, name));
	return xmlAddPrevSibling(message->body, node);
}

/* The number of octets of the character at text that XML 1.0 allows, or 0. */
static size_t character_length(const unsigned char *text)
{
	unsigned value, count, least, position;

	if (text[0] < 0x80)
		return text[0] >= 0x20 || text[0] == '\t' || text[0] == '\n' || text[0] == '\r';
	if (text[0] >= 0xc2 && text[0] < 0xe0)
		count = 1, value = text[0] & 0x1fu, least = 0x80;
	else if (text[0] >= 0xe0 && text[0] < 0xf0)
		count = 2, value = text[0] & 0x0fu, least = 0x800;
	else if (text[0] >= 0xf0 && text[0] < 0xf5)
		count = 3, value = text[0] & 0x07u, least = 0x10000;
	else
		return 0;
	for (position = 1; position <= count; position++) {
		if ((text[position] & 0xc0u) != 0x80)
			return 0;
		value = value << 6 | (text[position] & 0x3fu);
	}
	if (value < least || value > 0x10ffff || (value >= 0xd800 && value < 0xe000) ||
	    value == 0xfffe || value == 0xffff)
		return 0;
	return count + 1;
}

/* How many octets, of the first ones, are surely characters of ASCII that XML 1.0 allows. */
static size_t plain_length(const unsigned char *octets, size_t length)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highest = ones << 7;
	size_t good = 0;
	uint64_t word;

	for (; length - good >= sizeof(word); good += sizeof(word)) {
		memcpy(&word, octets + good, sizeof(word));
		/* Eight at a time: none from 0x80 on, and none that borrows below 0x20. */
		if ((word | (word - 0x20 * ones)) & highest)
			break;
	}
	while (good < length && octets[good] >= 0x20 && octets[good] < 0x80)
		good++;
	return good;
}

/* The text itself when XML can hold it, else a repaired copy in *repaired. */
static const char *presentable(const char *text, size_t *length, struct buffer *repaired)
{
	const unsigned char *octets = (const unsigned char *)text;
	size_t good = 0, one;

	*length = strlen(text);
	good = plain_length(octets, *length);
	while (octets[good] && (one = character_length(octets + good)))
		good += one;
	if (!octets[good])
		return text;
	buffer_add(repaired, octets, good);
	while (octets[good]) {
		one = character_length(octets + good);
		if (one)
			buffer_add(repaired, octets + good, one);
		else
			buffer_add_text(repaired, REPLACEMENT);
		good += one ? one : 1;
	}
	*length = repaired->length;
	return buffer_text(repaired);
}

static void attribute_set(xmlNode *node, const char *name, const char *value)
{
	struct buffer repaired = {0};
	size_t length;
	const char *text = presentable(value ? value : "", &length, &repaired);
	const xmlAttr *old = node->properties;

	const xmlChar *kept = node->doc && node->doc->dict ? xml_build_name(node->doc, name)
							   : NULL;

	/* The names of attributes are of the dictionary, too, unless somebody brought his own. */
	while (old && old->name != kept &&
	       (old->name[0] != (xmlChar)name[0] || strcmp((const char *)old->name, name)))
		old = old->next;
	if (!old && kept)
		xml_build_attribute(node, kept, text, length);
	else if (!xmlSetProp(node, (const xmlChar *)name, (const xmlChar *)text))
		memory_exhausted();
	buffer_free(&repaired);
}

void message_attribute(xmlNode *node, const char *name, const char *format, ...)
{
	va_list arguments;
	char *text = NULL;

	va_start(arguments, format);
	if (!strcmp(format, "%s")) {
		attribute_set(node, name, va_arg(arguments, const char *));
	} else {
		if (vasprintf(&text, format, arguments) < 0)
			memory_exhausted();
		attribute_set(node, name, text);
		free(text);
	}
	va_end(arguments);
}

void message_number(xmlNode *node, const char *name, uint64_t number)
{
	char text[24];
	size_t at = sizeof(text) - 1;

	text[at] = '\0';
	do {
		text[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	attribute_set(node, name, text + at);
}

xmlNode *message_child(xmlNode *parent, const char *name, const char *text)
{
	struct buffer repaired = {0};
	xmlNode *node;
	size_t length;

	if (parent->doc && parent->doc->dict)
		node = xml_build_element(parent->doc, parent, xml_build_name(parent->doc, name));
	else
		node = xmlAddChild(parent, xmlNewDocNode(parent->doc, NULL, (const xmlChar *)name,
							 NULL));
	if (!node)
		memory_exhausted();
	if (text && *text) {
		text = presentable(text, &length, &repaired);
		xml_build_text(node, text, length);
		buffer_free(&repaired);
	}
	return node;
}
