/* What the elements, attributes and texts of an envelope become in the message's document. */
#include <string.h>

#include "protocols/cwmp-decode-parts.h"
#include "protocols/cwmp.h"
#include "protocols/xml-build.h"

static const xmlChar *word(const char *text)
{
	return (const xmlChar *)text;
}

static bool same(const xmlChar *text, const char *other)
{
	return !strcmp((const char *)text, other);
}

static void add_shared(xmlNode *node, const char *name, const xmlChar *value)
{
	xml_build_shared(node, xml_build_name(node->doc, name), value);
}

static void note_undeclared(struct decoder *decoder, const char *prefix)
{
	if (!decoder->undeclared)
		message_attribute(decoder->soap, "undeclared-prefix", "%s", prefix);
	decoder->undeclared = true;
}

/* Keeps the declarations of an element, and which XML Schema the envelope speaks of. */
static void declare(struct decoder *decoder, int count, const xmlChar **namespaces)
{
	int index;

	for (index = 0; index < count; index++) {
		const xmlChar *uri = namespaces[2 * index + 1];
		struct declaration *declaration;

		if (decoder->declaration_count == NAMESPACES_MOST)
			return;
		declaration = &decoder->declarations[decoder->declaration_count++];
		declaration->prefix = namespaces[2 * index];
		declaration->uri = uri;
		declaration->depth = decoder->depth;
		if (!uri || !strstr((const char *)uri, "/XMLSchema"))
			continue;
		if (strstr((const char *)uri, "/XMLSchema-instance")) {
			if (!decoder->has_xsi)
				add_shared(decoder->soap, "xsi", uri);
			decoder->has_xsi = true;
		} else {
			if (!decoder->has_xsd)
				add_shared(decoder->soap, "xsd", uri);
			decoder->has_xsd = true;
		}
	}
}

/* What the prefix of a qualified name in a value stands for; NULL: nothing. */
static const xmlChar *resolve(const struct decoder *decoder, const char *prefix, size_t length)
{
	size_t index = decoder->declaration_count;

	while (index--) {
		const char *declared = (const char *)decoder->declarations[index].prefix;

		if (declared && strlen(declared) == length && !memcmp(declared, prefix, length))
			return decoder->declarations[index].uri;
	}
	return NULL;
}

/* What an unprefixed name stands for; NULL: no namespace. */
static const xmlChar *resolve_default(const struct decoder *decoder)
{
	size_t index = decoder->declaration_count;

	while (index--)
		if (!decoder->declarations[index].prefix)
			return decoder->declarations[index].uri;
	return NULL;
}

/* The namespace of the qualified name in an xsi:type, for the skeleton. */
static void tell_type(struct decoder *decoder, const char *value, size_t length)
{
	const char *colon = memchr(value, ':', length);
	const xmlChar *uri = colon ? resolve(decoder, value, (size_t)(colon - value))
				   : resolve_default(decoder);

	/* White space, a prefix that nobody declared, or more than we keep: libxml2 has to look. */
	if ((colon && !uri) || memchr(value, ' ', length) || memchr(value, '\t', length) ||
	    memchr(value, '\n', length) || decoder->declaration_count == NAMESPACES_MOST)
		decoder->skeleton.none = true;
	else
		skeleton_type(&decoder->skeleton, uri, value, length);
}

static void tell_attributes(struct decoder *decoder, int count, const xmlChar **attributes)
{
	int index;

	for (index = 0; index < count; index++, attributes += 5) {
		const char *value = (const char *)attributes[3];
		size_t length = (size_t)(attributes[4] - attributes[3]);

		if (attributes[1] && !attributes[2])
			decoder->skeleton.none = true;
		skeleton_attribute(&decoder->skeleton, attributes[0], attributes[2], value,
				   length);
		if (attributes[2] && same(attributes[0], "type") &&
		    same(attributes[2], "http://www.w3.org/2001/XMLSchema-instance"))
			tell_type(decoder, value, length);
	}
}

/* The value of xsi:type or arrayType is a qualified name: its namespace is kept beside it. */
static void add_type(struct decoder *decoder, xmlNode *node, bool is_type, const char *value,
		     size_t length)
{
	const char *end = value + length, *colon;
	const xmlChar *uri;

	while (value < end && strchr(" \t\r\n", *value))
		value++;
	colon = memchr(value, ':', (size_t)(end - value));
	if (!colon)
		return;
	uri = resolve(decoder, value, (size_t)(colon - value));
	if (uri && is_type) {
		add_shared(node, "type-ns", uri);
	} else if (!uri && decoder->declaration_count < NAMESPACES_MOST) {
		char prefix[64];

		snprintf(prefix, sizeof(prefix), "%.*s", (int)(colon - value), value);
		note_undeclared(decoder, prefix);
	}
}

/* attributes: five pointers each: name, prefix, URI, begin and end of the value. */
static void add_attributes(struct decoder *decoder, xmlNode *node, int count,
			   const xmlChar **attributes)
{
	int index;

	for (index = 0; index < count; index++, attributes += 5) {
		const char *name = (const char *)attributes[0];
		const char *value = (const char *)attributes[3];
		size_t length = (size_t)(attributes[4] - attributes[3]);

		if (attributes[1] && !attributes[2])
			note_undeclared(decoder, (const char *)attributes[1]);
		/* The same local name with two prefixes: the first one stands. */
		if (!index || !xmlHasProp(node, attributes[0]))
			xml_build_attribute(node, attributes[0], value, length);
		if (!strcmp(name, "type") || !strcmp(name, "arrayType"))
			add_type(decoder, node, name[0] == 't', value, length);
	}
}

/* Text that stood before a tag goes to the open element; leaf: it is all the element has. */
static void flush_text(struct decoder *decoder, bool leaf)
{
	static const char space[] = " \t\r\n";
	struct buffer *text = &decoder->text;
	const char *start;
	size_t length;

	if (!text->length)
		return;
	start = buffer_text(text) + strspn(buffer_text(text), space);
	length = text->length - (size_t)(start - buffer_text(text));
	while (length && strchr(space, start[length - 1]))
		length--;
	if (leaf)
		skeleton_text(&decoder->skeleton, start, length, length != text->length);
	else if (length)
		decoder->skeleton.none = true;
	if (decoder->at && length)
		xml_build_text(decoder->at, start, length);
	if (decoder->at && leaf && length != text->length &&
	    (length || !memchr(text->octets, '\n', text->length)))
		xmlSetProp(decoder->at, word("padded"), word("true"));
	buffer_clear(text);
}

static void start_envelope(struct decoder *decoder, const xmlChar *name, const xmlChar *uri,
			   int count, const xmlChar **attributes)
{
	int index;

	if (decoder->depth == 1) {
		decoder->is_envelope = same(name, "Envelope");
		message_attribute(decoder->soap, "ns", "%s", uri ? (const char *)uri : "");
	} else if (same(name, "Body")) {
		decoder->region = decoder->bodies++ ? REGION_SKIPPED : REGION_BODY;
	} else if (same(name, "Header") && !decoder->header) {
		decoder->region = REGION_HEADER;
		decoder->header = message_child(decoder->soap, "Header", NULL);
	} else {
		decoder->region = REGION_SKIPPED;
	}
	for (index = 0; index < count; index++, attributes += 5) {
		size_t length = (size_t)(attributes[4] - attributes[3]);

		if (decoder->has_style || !same(attributes[0], "encodingStyle"))
			continue;
		decoder->has_style = true;
		message_attribute(decoder->soap, "encodingStyle", "%.*s",
				  (int)(length > 200 ? 200 : length), (const char *)attributes[3]);
	}
}

/* The element that is the message: a method, its response or a Fault. */
static xmlNode *start_payload(struct decoder *decoder, const xmlChar *local)
{
	const char *name = (const char *)local;
	size_t length = strlen(name), tail = sizeof("Response") - 1;
	char method[MESSAGE_NAME];
	bool known = !strcmp(name, "Fault");

	if (!known && length < sizeof(method)) {
		memcpy(method, name, length + 1);
		if (length > tail && !strcmp(name + length - tail, "Response"))
			method[length - tail] = '\0';
		known = cwmp_method_find(method) != NULL;
	}
	message_rename(decoder->message, known ? name : "UnknownMethod");
	if (!known)
		add_shared(decoder->message->body, "method", local);
	return decoder->message->body;
}

static xmlNode *start_content(struct decoder *decoder, const xmlChar *name)
{
	if (decoder->region == REGION_BODY && decoder->depth == 3) {
		if (decoder->payloads++) {
			decoder->at = NULL;
			return NULL;
		}
		return start_payload(decoder, name);
	}
	if (decoder->region == REGION_HEADER && decoder->depth == 3) {
		decoder->headers++;
		decoder->at = decoder->header;
	}
	if (!decoder->at)
		return NULL;
	return xml_build_element(decoder->message->document, decoder->at, name);
}

void cwmp_read_start(void *context, const xmlChar *name, const xmlChar *prefix,
		     const xmlChar *uri, int namespace_count, const xmlChar **namespaces,
		     int attribute_count, int defaulted, const xmlChar **attributes)
{
	struct decoder *decoder = context;
	xmlNode *node;

	(void)defaulted;
	flush_text(decoder, false);
	decoder->depth++;
	decoder->leaf = true;
	declare(decoder, namespace_count, namespaces);
	skeleton_start(&decoder->skeleton, name, uri);
	tell_attributes(decoder, attribute_count, attributes);
	if (prefix && !uri) {
		note_undeclared(decoder, (const char *)prefix);
		decoder->skeleton.none = true;
	}
	if (decoder->depth <= 2) {
		start_envelope(decoder, name, uri, attribute_count, attributes);
		return;
	}
	if (decoder->region == REGION_SKIPPED)
		return;
	node = start_content(decoder, name);
	if (!node)
		return;
	decoder->at = node;
	if (uri)
		add_shared(node, "ns", uri);
	add_attributes(decoder, node, attribute_count, attributes);
}

void cwmp_read_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct decoder *decoder = context;

	(void)name;
	(void)prefix;
	(void)uri;
	flush_text(decoder, decoder->leaf);
	skeleton_end(&decoder->skeleton);
	decoder->leaf = false;
	if (decoder->depth == 3)
		decoder->at = NULL;
	else if (decoder->at)
		decoder->at = decoder->at->parent;
	while (decoder->declaration_count &&
	       decoder->declarations[decoder->declaration_count - 1].depth == decoder->depth)
		decoder->declaration_count--;
	decoder->depth--;
	if (decoder->depth == 1)
		decoder->region = REGION_NONE;
}

static bool is_space(const char *text, size_t length)
{
	while (length && strchr(" \t\r\n", text[length - 1]))
		length--;
	return !length;
}

void cwmp_read_text(void *context, const xmlChar *text, int length)
{
	struct decoder *decoder = context;

	if (decoder->at && length > 0)
		buffer_add(&decoder->text, text, (size_t)length);
	else if (length > 0 && !is_space((const char *)text, (size_t)length))
		decoder->skeleton.none = true;
}
