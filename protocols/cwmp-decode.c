/*
 * An envelope is read in one pass straight into the message's document: no second tree is made,
 * since a capture has many thousands of them. Plain envelopes go through the quick reader of
 * xml-scan.h, all others and all errors through libxml2; both call the functions of
 * cwmp-decode-read.c.
 */
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp-decode-parts.h"
#include "protocols/cwmp.h"
#include "protocols/limits.h"
#include "protocols/memory.h"
#include "protocols/xml-bounds.h"
#include "protocols/xml-build.h"
#include "protocols/xml-scan.h"
#include "protocols/xml.h"

/* A plain document needs that much to have too many elements; the quick reader bounds the rest. */
#define BOUNDED_ANYWAY (4 * LIMIT_XML_ELEMENTS)

static const xmlChar *word(const char *text)
{
	return (const xmlChar *)text;
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
	kept->sax->startElementNs = cwmp_read_start;
	kept->sax->endElementNs = cwmp_read_end;
	kept->sax->characters = cwmp_read_text;
	kept->sax->ignorableWhitespace = cwmp_read_text;
	kept->sax->cdataBlock = cwmp_read_text;
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
	static const struct xml_scan_handler handler = {cwmp_read_start, cwmp_read_end, cwmp_read_text};
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
		buffer_free(&decoder.skeleton.octets);
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
