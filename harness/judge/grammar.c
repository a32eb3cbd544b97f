#include "harness/judge/grammar.h"

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/grammar-words.h"
#include "protocols/limits.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

/* Skeletons remembered: a device has some dozens. Where two want the same place, the later one
 * has it. All together are at most PLACES * SKELETON_MOST octets. */
#define PLACES 256

#define SPECIFICATIONS "http://www.3gpp.org/ftp/specs/archive/32_series/"

struct place {
	uint8_t *skeleton;
	size_t length;
};

struct version {
	const char *ns, *file;
	xmlRelaxNG *schema;
	struct problem problem; /* why there is none */
	bool tried;
};

/* CWMP's, and behind them those of files. */
enum { CWMP_VERSIONS = 3, VERSIONS = 6 };

struct grammar {
	char *folder;
	struct version versions[VERSIONS];
	struct grammar_words *words[VERSIONS]; /* made when something is wrong */
	xmlDict *dictionary; /* that the skeletons' names are of; we have a reference */
	struct place places[PLACES];
	bool forgetful;
	uint64_t judged;
	/* The last envelope that was found wrong: a finding asks several times. */
	struct buffer last;
	struct grammar_breach breach;
};

struct grammar *grammar_new(const char *folder)
{
	struct grammar *grammar = memory_new(sizeof(*grammar));

	grammar->folder = memory_text(folder);
	grammar->versions[0] = (struct version){ .ns = "urn:dslforum-org:cwmp-1-0",
						 .file = "cwmp-1-0.rng" };
	grammar->versions[1] = (struct version){ .ns = "urn:dslforum-org:cwmp-1-1",
						 .file = "cwmp-1-1.rng" };
	grammar->versions[2] = (struct version){ .ns = "urn:dslforum-org:cwmp-1-2",
						 .file = "cwmp-1-4.rng" };
	grammar->versions[3] = (struct version){ .ns = SPECIFICATIONS "32.584#configData",
						 .file = "cm-file-umts.rng" };
	grammar->versions[4] = (struct version){ .ns = SPECIFICATIONS "32.594#configData",
						 .file = "cm-file-lte.rng" };
	grammar->versions[5] = (struct version){ .ns = SPECIFICATIONS "32.435#measCollec",
						 .file = "pm-file.rng" };
	return grammar;
}

static void forget_skeletons(struct grammar *grammar)
{
	for (size_t i = 0; i < PLACES; i++) {
		free(grammar->places[i].skeleton);
		grammar->places[i] = (struct place){ NULL, 0 };
	}
	if (grammar->dictionary)
		xmlDictFree(grammar->dictionary);
	grammar->dictionary = NULL;
}

static void forget_breach(struct grammar *grammar)
{
	free(grammar->breach.field);
	free(grammar->breach.expected);
	free(grammar->breach.actual);
	free(grammar->breach.text);
	grammar->breach = (struct grammar_breach){ NULL, NULL, NULL, NULL };
	buffer_clear(&grammar->last);
}

void grammar_free(struct grammar *grammar)
{
	if (!grammar)
		return;
	forget_skeletons(grammar);
	forget_breach(grammar);
	buffer_free(&grammar->last);
	for (size_t i = 0; i < VERSIONS; i++) {
		xmlRelaxNGFree(grammar->versions[i].schema);
		grammar_words_free(grammar->words[i]);
	}
	free(grammar->folder);
	free(grammar);
}

void grammar_remember(struct grammar *grammar, bool on)
{
	grammar->forgetful = !on;
	forget_skeletons(grammar);
}

uint64_t grammar_judged(const struct grammar *grammar)
{
	return grammar->judged;
}

/* --- what is remembered --- */

static struct place *place_of(struct grammar *grammar, const struct buffer *skeleton)
{
	uint64_t hash = skeleton->length, word;
	size_t i;

	for (i = 0; i + sizeof(word) <= skeleton->length; i += sizeof(word)) {
		memcpy(&word, skeleton->octets + i, sizeof(word));
		hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	for (; i < skeleton->length; i++)
		hash = (hash ^ skeleton->octets[i]) * UINT64_C(0x9e3779b97f4a7c15);
	return &grammar->places[(hash >> 32) % PLACES];
}

static bool is_known(struct grammar *grammar, const struct message *message)
{
	const struct buffer *skeleton = &message->skeleton;
	const struct place *place;

	if (!skeleton->length || grammar->forgetful ||
	    message->document->dict != grammar->dictionary)
		return false;
	place = place_of(grammar, skeleton);
	return place->length == skeleton->length &&
	       memcmp(place->skeleton, skeleton->octets, place->length) == 0;
}

static void get_to_know(struct grammar *grammar, const struct message *message)
{
	const struct buffer *skeleton = &message->skeleton;
	struct place *place;

	if (!skeleton->length || grammar->forgetful)
		return;
	if (message->document->dict != grammar->dictionary) {
		forget_skeletons(grammar);
		grammar->dictionary = message->document->dict;
		xmlDictReference(grammar->dictionary);
	}
	place = place_of(grammar, skeleton);
	place->skeleton = memory_resize(place->skeleton, skeleton->length, 1);
	place->length = skeleton->length;
	memcpy(place->skeleton, skeleton->octets, place->length);
}

/* --- judging --- */

static void load_failed(void *context, xmlError *error)
{
	struct version *version = context;
	const char *text = error && error->message ? error->message : "unknown";

	if (version->problem.text[0] == '\0')
		problem_set(&version->problem, "%s: %.*s", version->file,
			    (int)strcspn(text, "\n"), text);
}

static xmlRelaxNG *schema_of(struct grammar *grammar, struct version *version)
{
	char *path;
	xmlRelaxNGParserCtxt *parser;

	if (version->tried)
		return version->schema;
	version->tried = true;
	path = memory_format("%s/%s", grammar->folder, version->file);
	parser = xmlRelaxNGNewParserCtxt(path);
	if (!parser)
		memory_exhausted();
	xmlRelaxNGSetParserStructuredErrors(parser, (xmlStructuredErrorFunc)load_failed, version);
	version->schema = xmlRelaxNGParse(parser);
	xmlRelaxNGFreeParserCtxt(parser);
	free(path);
	if (!version->schema && version->problem.text[0] == '\0')
		problem_set(&version->problem, "%s cannot be read", version->file);
	return version->schema;
}

static int version_of_namespace(const struct grammar *grammar, const xmlNode *element)
{
	for (int i = 0; element && element->ns && i < CWMP_VERSIONS; i++)
		if (strcmp((const char *)element->ns->href, grammar->versions[i].ns) == 0)
			return i;
	return -1;
}

static int version_among(const struct grammar *grammar, const xmlNode *parent)
{
	int version = -1;

	for (const xmlNode *child = xml_child(parent, NULL); child && version < 0;
	     child = xml_next(child, NULL))
		version = version_of_namespace(grammar, child);
	return version;
}

/* The RPC's namespace says it, or that of the fault in the detail, or of the header; without any
 * (CWMP-NAMESPACE has its say then) it is the version that the flows cite. */
static struct version *version_of(struct grammar *grammar, const xmlDoc *document)
{
	const xmlNode *envelope = xmlDocGetRootElement(document);
	const xmlNode *body = xml_child(envelope, "Body");
	int version = version_among(grammar, body);

	if (version < 0)
		version = version_among(grammar, xml_child(xml_child(body, "Fault"), "detail"));
	if (version < 0)
		version = version_among(grammar, xml_child(envelope, "Header"));
	return &grammar->versions[version < 0 ? 1 : version];
}

/* Comments and processing instructions say nothing; without them text is in one piece. */
static xmlDoc *read_envelope(const struct buffer *envelope)
{
	const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
			    XML_PARSE_NOCDATA;
	xmlParserCtxt *parser = xmlNewParserCtxt();
	xmlDoc *document;

	if (!parser)
		memory_exhausted();
	parser->sax->comment = NULL;
	parser->sax->processingInstruction = NULL;
	document = xmlCtxtReadMemory(parser, (const char *)envelope->octets,
				     (int)envelope->length, NULL, NULL, options);
	xmlFreeParserCtxt(parser);
	return document;
}

static int depth_of(const xmlNode *node)
{
	int depth = 0;

	for (; node; node = node->parent)
		depth++;
	return depth;
}

struct place_of_error {
	xmlNode *node;
	int depth;
};

/* The deepest place is the one that made all around it invalid; the first is where it began. */
static void note_error(void *context, xmlError *error)
{
	struct place_of_error *found = context;
	xmlNode *node = error->node;

	if (!node || node->type != XML_ELEMENT_NODE || depth_of(node) <= found->depth)
		return;
	found->node = node;
	found->depth = depth_of(node);
}

static void explain(struct grammar *grammar, const struct version *version,
		    const xmlDoc *document, const xmlNode *node)
{
	struct grammar_words **words = &grammar->words[version - grammar->versions];

	if (!*words)
		*words = grammar_words_new(grammar->folder, version->file);
	grammar_words_find(*words, node ? node : xmlDocGetRootElement(document),
			   &grammar->breach);
	grammar->breach.text = memory_format("%s: expected %s, found %s", grammar->breach.field,
					     grammar->breach.expected, grammar->breach.actual);
}

static enum grammar_answer judge_document(struct grammar *grammar, struct version *version,
					  xmlDoc *document, struct problem *problem)
{
	struct place_of_error found = { NULL, 0 };
	xmlRelaxNG *schema = schema_of(grammar, version);
	xmlRelaxNGValidCtxt *validator;
	int result;

	if (!schema) {
		*problem = version->problem;
		return GRAMMAR_UNKNOWN;
	}
	validator = xmlRelaxNGNewValidCtxt(schema);
	if (!validator)
		memory_exhausted();
	xmlRelaxNGSetValidStructuredErrors(validator, (xmlStructuredErrorFunc)note_error, &found);
	result = xmlRelaxNGValidateDoc(validator, document);
	xmlRelaxNGFreeValidCtxt(validator);
	grammar->judged++;
	if (result < 0) {
		problem_set(problem, "%s: the validator failed", version->file);
		return GRAMMAR_UNKNOWN;
	}
	if (result == 0)
		return GRAMMAR_VALID;
	explain(grammar, version, document, found.node);
	return GRAMMAR_BROKEN;
}

/* --- files --- */

/* The schema of a file, by the namespace of its root; NULL: it is of a kind that has none. */
static struct version *version_of_file(struct grammar *grammar, const xmlNode *root)
{
	char *ns = root ? xml_attribute(root, "ns") : NULL;
	struct version *version = NULL;

	for (int i = CWMP_VERSIONS; ns && i < VERSIONS; i++)
		if (strcmp(ns, grammar->versions[i].ns) == 0)
			version = &grammar->versions[i];
	free(ns);
	return version;
}

/* In a message an element says its namespace in ns=; a schema wants it to have it. */
static void restore_namespaces(xmlNode *at, xmlNs *outer)
{
	for (; at; at = xml_next(at, NULL)) {
		char *name = xml_attribute(at, "ns");

		at->ns = outer;
		if (name)
			at->ns = *name ? xmlSearchNsByHref(at->doc, at, (const xmlChar *)name) : NULL;
		if (name && (!*name || at->ns))
			xmlUnsetProp(at, (const xmlChar *)"ns");
		free(name);
		restore_namespaces(xml_child(at, NULL), at->ns);
	}
}

/* A vendor's elements, X_VENDOR_Name, are allowed where the schemas have no place for them (TS 32.584
 * 4.1): they are judged as if they were not there. */
static void strip_vendor(xmlNode *parent)
{
	xmlNode *next;

	for (xmlNode *at = xml_child(parent, NULL); at; at = next) {
		next = xml_next(at, NULL);
		if (at->name[0] != 'X' || at->name[1] != '_') {
			strip_vendor(at);
			continue;
		}
		xmlUnlinkNode(at);
		xmlFreeNode(at);
	}
}

/* A message of a file: the document stands in its body (file-message.h). */
static enum grammar_answer ask_file(struct grammar *grammar, const struct message *message,
				    const struct grammar_breach **breach, struct problem *problem)
{
	const xmlNode *root = xml_child(message->body, NULL);
	struct version *version = version_of_file(grammar, root);
	enum grammar_answer answer;
	xmlDoc *document;

	if (!version)
		return GRAMMAR_VALID;
	document = xmlNewDoc((const xmlChar *)"1.0");
	if (!document)
		memory_exhausted();
	xmlNode *copy = xmlDocCopyNode((xmlNode *)(uintptr_t)root, document, 1);
	if (!copy)
		memory_exhausted();
	xmlDocSetRootElement(document, copy);
	restore_namespaces(copy, NULL);
	strip_vendor(copy);
	forget_breach(grammar);
	answer = judge_document(grammar, version, document, problem);
	if (answer == GRAMMAR_BROKEN)
		*breach = &grammar->breach;
	xmlFreeDoc(document);
	return answer;
}

enum grammar_answer grammar_ask(struct grammar *grammar, const struct message *message,
				const struct grammar_breach **breach, struct problem *problem)
{
	const struct buffer *envelope = &message->envelope;
	enum grammar_answer answer;
	xmlDoc *document;

	*breach = NULL;
	if (strcmp(message->protocol, "file") == 0)
		return ask_file(grammar, message, breach, problem);
	if (!envelope->length || envelope->length > LIMIT_XML_GRAMMAR || is_known(grammar, message))
		return GRAMMAR_VALID;
	if (grammar->last.length == envelope->length &&
	    memcmp(grammar->last.octets, envelope->octets, envelope->length) == 0) {
		*breach = &grammar->breach;
		return GRAMMAR_BROKEN;
	}
	document = read_envelope(envelope);
	if (!document) /* more than one envelope: CWMP-ENVELOPE says so */
		return GRAMMAR_VALID;
	forget_breach(grammar);
	answer = judge_document(grammar, version_of(grammar, document), document, problem);
	xmlFreeDoc(document);
	if (answer == GRAMMAR_VALID)
		get_to_know(grammar, message);
	if (answer == GRAMMAR_BROKEN) {
		buffer_add(&grammar->last, envelope->octets, envelope->length);
		*breach = &grammar->breach;
	}
	return answer;
}
