/*
 * An envelope is read in one pass straight into the message's document: no second tree is made,
 * since a capture has many thousands of them. Plain envelopes go through the quick reader of
 * xml-scan.h, all others and all errors through libxml2; both call the same functions here.
 */
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/cwmp-skeleton.h"
#include "protocols/cwmp.h"
#include "protocols/limits.h"
#include "protocols/memory.h"
#include "protocols/xml-bounds.h"
#include "protocols/xml-build.h"
#include "protocols/xml-scan.h"
#include "protocols/xml.h"

#define NAMESPACES_MOST 64   /* declarations in force at one place; a usual envelope has 5 */
/* A plain document needs that much to have too many elements; the quick reader bounds the rest. */
#define BOUNDED_ANYWAY (4 * LIMIT_XML_ELEMENTS)

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

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix,
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

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
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

static void on_text(void *context, const xmlChar *text, int length)
{
	struct decoder *decoder = context;

	if (decoder->at && length > 0)
		buffer_add(&decoder->text, text, (size_t)length);
	else if (length > 0 && !is_space((const char *)text, (size_t)length))
		decoder->skeleton.none = true;
}

/* Entities could be declared after "<!DOCTYPE", so nothing after it is read. */
static void on_doctype(void *context, const xmlChar *name, const xmlChar *external,
		       const xmlChar *system)
{
	struct decoder *decoder = context;

	(void)name;
	(void)external;
	(void)system;
	decoder->doctype = true;
	xmlStopParser(decoder->parser);
}

/* After the first mistake that counts, libxml2 would go on, only to find more of them. */
static void on_error(void *context, xmlError *error)
{
	const struct decoder *decoder = context;

	if (error->level == XML_ERR_FATAL)
		xmlStopParser(decoder->parser);
}

/*
 * The parser is kept from one envelope to the next: making one costs more than reading a small
 * envelope. Nothing of one envelope is seen in the next.
 */
static xmlParserCtxt *take_parser(void)
{
	static _Thread_local xmlParserCtxt *kept;
	xmlDict *dictionary = xml_build_dictionary();

	if (kept && kept->dict != dictionary) {
		xmlFreeParserCtxt(kept);
		kept = NULL;
	}
	if (kept)
		return kept;
	kept = xmlNewParserCtxt();
	if (!kept)
		memory_exhausted();
	xmlDictFree(kept->dict);
	kept->dict = dictionary;
	xmlDictReference(dictionary);
	memset(kept->sax, 0, sizeof(*kept->sax));
	kept->sax->initialized = XML_SAX2_MAGIC;
	kept->sax->internalSubset = on_doctype;
	kept->sax->startElementNs = on_start;
	kept->sax->endElementNs = on_end;
	kept->sax->characters = on_text;
	kept->sax->ignorableWhitespace = on_text;
	kept->sax->cdataBlock = on_text;
	kept->sax->serror = on_error;
	return kept;
}

static struct message *unreadable(struct message *message, const char *why)
{
	struct message *other = message_new("cwmp", "Unreadable");

	message_attribute(other->body, "why", "%s", why);
	message_free(message);
	return other;
}

/* How many start tags named Envelope are there, whatever their prefix? */
static unsigned count_envelopes(const char *octets, size_t length)
{
	static const char name[] = "Envelope";
	const char *at = octets, *end = octets + length;
	unsigned count = 0;

	while (count < 1000 && (at = memmem(at, (size_t)(end - at), name, sizeof(name) - 1))) {
		const char *before = at;

		at += sizeof(name) - 1;
		if (at == end || !strchr(" \t\r\n>/", *at))
			continue;
		while (before > octets && !strchr("<>/ \t\r\n\"'", before[-1]))
			before--;
		count += before > octets && before[-1] == '<';
	}
	return count;
}

/* A SOAP Fault is flattened: what the CWMP fault inside says becomes the fault's own. */
static void flatten_fault(struct message *message)
{
	xmlNode *fault = message->body, *detail = xml_child(fault, "detail");
	xmlNode *wrong = detail ? NULL : xml_child(xml_child(fault, "faultstring"), "detail");
	xmlNode *inner = xml_child(detail ? detail : wrong, "Fault");
	xmlNode *child, *next;
	char *ns;

	if (wrong)
		xmlSetProp(fault, word("detail-in"), word("faultstring"));
	if (!inner)
		return;
	ns = xml_attribute(fault, "ns");
	if (ns)
		xmlSetProp(fault, word("soap-ns"), word(ns));
	free(ns);
	xmlUnsetProp(fault, word("ns"));
	ns = xml_attribute(inner, "ns");
	if (ns)
		xmlSetProp(fault, word("ns"), word(ns));
	free(ns);
	for (child = inner->children; child; child = next) {
		next = child->next;
		xmlUnlinkNode(child);
		xmlAddChild(fault, child);
	}
	detail = detail ? detail : wrong;
	xmlUnlinkNode(detail);
	xmlFreeNode(detail);
}

static struct message *conclude(struct decoder *decoder, const char *octets, size_t length)
{
	const xmlError *error = decoder->parser ? &decoder->parser->lastError : NULL;
	unsigned envelopes = 1;
	struct problem problem = {""};

	if (decoder->doctype)
		return unreadable(decoder->message, "a document type declaration is not allowed");
	if (decoder->parser && !decoder->parser->wellFormed) {
		if (error->code == XML_ERR_DOCUMENT_END && decoder->is_envelope)
			envelopes = count_envelopes(octets, length);
		if (envelopes < 2) {
			size_t shown = error->message ? strcspn(error->message, "\r\n") : 0;

			problem_set(&problem, "no XML: line %d, column %d: %.*s", error->line,
				    error->int2, (int)(shown > 300 ? 300 : shown),
				    shown ? error->message : "");
			return unreadable(decoder->message, problem.text);
		}
	}
	if (!decoder->is_envelope)
		return unreadable(decoder->message, "the root element is no SOAP Envelope");
	if (!decoder->bodies)
		return unreadable(decoder->message, "the envelope has no Body");
	if (!decoder->payloads)
		return unreadable(decoder->message, "the envelope's Body is empty");
	message_number(decoder->soap, "envelopes", envelopes);
	message_number(decoder->soap, "bodies", decoder->bodies);
	message_number(decoder->soap, "payloads", decoder->payloads);
	message_number(decoder->soap, "headers", decoder->headers);
	if (!strcmp(decoder->message->name, "Fault"))
		flatten_fault(decoder->message);
	return decoder->message;
}

/* What the XML declaration says, if there is one: libxml2 keeps only a part of it. */
static void note_declaration(const char *octets, size_t length, xmlNode *soap)
{
	size_t mark = length >= 3 && !memcmp(octets, "\xef\xbb\xbf", 3) ? 3 : 0, size;
	bool there = length > mark + 6 && !memcmp(octets + mark, "<?xml", 5) &&
		     strchr(" \t\r\n", octets[mark + 5]);
	const char *end = there ? memmem(octets, length, "?>", 2) : NULL, *at;

	message_attribute(soap, "declaration", "%s", there ? "true" : "false");
	if (!end)
		return;
	at = memmem(octets, (size_t)(end - octets), "encoding", 8);
	if (!at)
		return;
	for (at += 8; at < end && *at && strchr(" \t\r\n='\"", *at);)
		at++;
	for (size = 0; at + size < end && !strchr(" '\"", at[size]) && size < 40;)
		size++;
	message_attribute(soap, "encoding", "%.*s", (int)size, at);
}

static void decoder_begin(struct decoder *decoder)
{
	message_free(decoder->message);
	buffer_free(&decoder->text);
	buffer_free(&decoder->skeleton.octets);
	memset(decoder, 0, sizeof(*decoder));
	decoder->message = message_new("cwmp", "Unreadable");
	decoder->soap = message_facet(decoder->message, "soap");
}

/* NULL, or the limit that the document exceeds. */
static const char *read_quickly_or_well(struct decoder *decoder, const char *text, size_t length,
					bool quick, struct problem *problem)
{
	static const struct xml_scan_handler handler = {on_start, on_end, on_text};
	const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
	const char *limit = NULL;

	decoder_begin(decoder);
	if (length > BOUNDED_ANYWAY)
		limit = xml_bounds_exceeded(text, length, problem);
	if (!limit && quick &&
	    !xml_scan(text, length, decoder->message->document->dict, &handler, decoder))
		return NULL;
	if (!limit && length <= BOUNDED_ANYWAY)
		limit = xml_bounds_exceeded(text, length, problem);
	if (limit)
		return limit;
	if (quick)
		decoder_begin(decoder);
	decoder->parser = take_parser();
	decoder->parser->userData = decoder;
	xmlCtxtReadMemory(decoder->parser, text, (int)length, NULL, NULL, options);
	decoder->parser->userData = NULL;
	return NULL;
}

/* For whoever wants to see it as it came: the grammar. */
static void keep_envelope(struct message *message, struct decoder *decoder, const char *octets,
			  size_t length)
{
	struct skeleton *skeleton = &decoder->skeleton;

	if (!strcmp(message->name, "Unreadable"))
		return;
	buffer_add(&message->envelope, octets, length);
	if (skeleton->none || skeleton->octets.length > SKELETON_MOST)
		return;
	message->skeleton = skeleton->octets;
	skeleton->octets = (struct buffer){0};
}

/* White space before the declaration and zero octets after the end are read over, but kept in
 * mind: agents send both. */
static struct message *decode(const char *octets, size_t length, bool quick)
{
	struct decoder decoder = {0};
	size_t leading = 0, trailing = 0;
	struct message *message;
	struct problem problem = {""};
	const char *limit;

	while (leading < length && octets[leading] && strchr(" \t\r\n", octets[leading]))
		leading++;
	while (trailing < length - leading && !octets[length - trailing - 1])
		trailing++;
	octets += leading;
	length -= leading + trailing;
	if (!length)
		return unreadable(NULL, leading + trailing ? "the body is only white space"
							   : "the body is empty");
	limit = read_quickly_or_well(&decoder, octets, length, quick, &problem);
	if (limit) {
		message = unreadable(decoder.message, problem.text);
		message_attribute(message->body, "limit", "%s", limit);
		buffer_free(&decoder.text);
		return message;
	}
	note_declaration(octets, length, decoder.soap);
	if (leading)
		message_number(decoder.soap, "leading-space", leading);
	if (trailing)
		message_number(decoder.soap, "trailing-zeros", trailing);
	message = conclude(&decoder, octets, length);
	keep_envelope(message, &decoder, octets, length);
	buffer_free(&decoder.text);
	buffer_free(&decoder.skeleton.octets);
	return message;
}

struct message *cwmp_decode(const void *octets, size_t length)
{
	return decode(octets, length, true);
}

struct message *cwmp_decode_slowly(const void *octets, size_t length)
{
	return decode(octets, length, false);
}

char *cwmp_id(const struct message *message)
{
	xmlNode *soap = xml_child(message->body->parent, "soap");

	return xml_child_text(xml_child(soap, "Header"), "ID");
}
