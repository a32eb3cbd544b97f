/*
 * Skeletons (protocols/cwmp-skeleton.h): envelopes with the same one get the same answer from the
 * grammar. Shown for every single change of every sample, for many with random texts, and from the
 * schemas themselves for the elements whose text counts by its length alone.
 */
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/grammar.h"
#include "protocols/cwmp-skeleton.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"
#include "protocols/xml.h"
#include "tests/grammar/samples.h"
#include "tests/grammar/shipped.h"
#include "tests/suite.h"

#define SEEN_MOST 65536
#define RANDOM_TEXTS 6000

static struct grammar *new_grammar(bool remember)
{
	struct grammar *grammar = shipped_grammar();

	grammar_remember(grammar, remember);
	return grammar;
}

static enum grammar_answer ask(struct grammar *grammar, const struct message *message)
{
	const struct grammar_breach *breach;
	struct problem problem = { "" };
	enum grammar_answer answer = grammar_ask(grammar, message, &breach, &problem);

	ck_assert_msg(answer != GRAMMAR_UNKNOWN, "%s", problem.text);
	return answer;
}

/* --- all skeletons so far, with the answer of libxml2 --- */

static struct seen {
	uint8_t *skeleton;
	size_t length;
	enum grammar_answer answer;
} seen[SEEN_MOST];
static size_t seen_count, again;
static const xmlDict *names; /* that all skeletons so far are of */

static void forget_all(void)
{
	for (size_t i = 0; i < SEEN_MOST; i++)
		free(seen[i].skeleton);
	memset(seen, 0, sizeof(seen));
	seen_count = 0;
}

static struct seen *place_of(const struct buffer *skeleton)
{
	uint32_t hash = 2166136261u;
	size_t place;

	for (size_t i = 0; i < skeleton->length; i++)
		hash = (hash ^ skeleton->octets[i]) * 16777619u;
	place = hash % SEEN_MOST;
	while (seen[place].skeleton &&
	       (seen[place].length != skeleton->length ||
		memcmp(seen[place].skeleton, skeleton->octets, skeleton->length) != 0))
		place = (place + 1) % SEEN_MOST;
	return &seen[place];
}

static void look_at(struct grammar *quick, struct grammar *slow, const char *text, size_t length)
{
	struct message *message = cwmp_decode(text, length);
	enum grammar_answer answer = ask(slow, message);

	ck_assert_msg(ask(quick, message) == answer, "remembered otherwise: %.*s", (int)length,
		      text);
	if (message->document->dict != names || seen_count > SEEN_MOST / 2)
		forget_all();
	names = message->document->dict;
	if (message->skeleton.length) {
		struct seen *place = place_of(&message->skeleton);

		if (place->skeleton) {
			again++;
			ck_assert_msg(place->answer == answer, "the same skeleton, %s here: %.*s",
				      answer == GRAMMAR_VALID ? "valid" : "not valid", (int)length,
				      text);
		} else {
			place->skeleton = memory_new(message->skeleton.length);
			memcpy(place->skeleton, message->skeleton.octets,
			       message->skeleton.length);
			place->length = message->skeleton.length;
			place->answer = answer;
			seen_count++;
		}
	}
	message_free(message);
}

static void look_at_document(struct grammar *quick, struct grammar *slow, xmlDoc *document)
{
	xmlChar *text;
	int length;

	xmlDocDumpMemory(document, &text, &length);
	look_at(quick, slow, (const char *)text, (size_t)length);
	xmlFree(text);
}

START_TEST(every_change_is_seen_through_the_skeleton)
{
	struct grammar *quick = new_grammar(true), *slow = new_grammar(false);

	for (size_t i = 0; i < sample_count; i++) {
		char *text = sample_envelope(&samples[i], _i);
		xmlDoc *document = xmlReadMemory(text, (int)strlen(text), NULL, NULL, 0);
		size_t count = mutations(document);
		struct mutation done;

		look_at_document(quick, slow, document);
		xmlFreeDoc(document);
		for (size_t number = 0; number < count; number++) {
			document = xmlReadMemory(text, (int)strlen(text), NULL, NULL, 0);
			if (mutate(document, number, &done))
				look_at_document(quick, slow, document);
			xmlFreeDoc(document);
		}
		free(text);
	}
	ck_assert_uint_gt(again, 1000);
	ck_assert_uint_lt(grammar_judged(quick), grammar_judged(slow));
	grammar_free(quick);
	grammar_free(slow);
	forget_all();
}
END_TEST

/* --- random texts --- */

static uint64_t state;

static unsigned pick(unsigned count)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(state >> 33) % count;
}

static void add_digits(struct buffer *text, unsigned count)
{
	while (count--)
		buffer_add_u8(text, (uint8_t)('0' + pick(10)));
}

static void add_word(struct buffer *text)
{
	static const char *const characters[] = { "a", "Z", "9", " ", "  ", ".", "-", ":", "\t",
						  "\n", "\303\244", "\360\237\230\200", "+", "/",
						  "=", "&amp;", "&lt;" };
	static const unsigned lengths[] = { 1, 2, 6, 31, 32, 33, 63, 64, 65, 255, 256, 257, 1023,
					    1024, 1025 };
	unsigned length = lengths[pick(15)], odd = pick(4);

	for (unsigned i = 0; i < length; i++)
		buffer_add_text(text, pick(100) < odd * odd ? characters[pick(17)] : "x");
}

static void add_time(struct buffer *text)
{
	static const char *const zones[] = { "", "Z", "+01:00", "-14:00", "+14:01", "z", "+1:00",
					     ".5", ".123456789Z", ".Z", ".1234567890", "Z " };

	buffer_format(text, "%s%04u-%02u-%02uT%02u:%02u:%02u%s", pick(9) ? "" : "-", pick(3000),
		      pick(14), pick(33), pick(26), pick(62), pick(62), zones[pick(12)]);
}

static char *random_text(void)
{
	static const char *const events[] = { "1 BOOT", "M x", "X 00D09E e", "X ACME e", "2 P Q",
					      "10 A", "0 BOOTSTRAP", "1  BOOT", "true", "INF",
					      "NaN", "D.E.", "-0", "+5", "00", "0.0", "1e3" };
	struct buffer text = { 0 };
	unsigned kind = pick(8);
	char *copy;

	if (!pick(6))
		buffer_add_text(&text, pick(2) ? " " : "\n\t");
	if (kind < 2)
		add_digits(&text, 1 + pick(12));
	else if (kind < 4)
		add_time(&text);
	else if (kind < 7)
		add_word(&text);
	else
		buffer_add_text(&text, events[pick(17)]);
	if (!pick(6))
		buffer_add_text(&text, pick(2) ? " " : "\n");
	copy = memory_text(buffer_text(&text));
	buffer_free(&text);
	return copy;
}

/* Puts random texts into leaves of an envelope: into some of those with text between two tags. */
static void fill(const char *envelope, struct buffer *out)
{
	const char *at = envelope, *end;

	buffer_clear(out);
	while ((end = strchr(at, '>'))) {
		size_t text = strcspn(end + 1, "<");

		buffer_add(out, at, (size_t)(end + 1 - at));
		at = end + 1 + text;
		if (*at == '<' && at[1] == '/' && end[-1] != '/' && (text || !pick(8)) &&
		    strncmp(at, "</c:", 4) != 0 && !pick(4)) {
			char *random = random_text();

			buffer_add_text(out, random);
			free(random);
		} else {
			buffer_add(out, end + 1, text);
		}
	}
}

START_TEST(random_texts_are_seen_through_the_skeleton)
{
	struct grammar *quick = new_grammar(true), *slow = new_grammar(false);
	struct buffer text = { 0 };

	state = 4711 + (uint64_t)_i;
	again = 0;
	for (unsigned i = 0; i < RANDOM_TEXTS; i++) {
		char *envelope = sample_envelope(&samples[pick((unsigned)sample_count)], _i);

		fill(envelope, &text);
		look_at(quick, slow, buffer_text(&text), text.length);
		free(envelope);
	}
	ck_assert_uint_gt(again, 100);
	buffer_free(&text);
	grammar_free(quick);
	grammar_free(slow);
	forget_all();
}
END_TEST

/* --- the schemas --- */

static const char *const files[] = { "soap", "types", "value", "lists", "header", "faults",
				     "device-methods", "management-methods", "methods-1-2",
				     "cwmp-1-0", "cwmp-1-1", "namespace-1-2" };

#define FILES (sizeof(files) / sizeof(files[0]))

static xmlDoc *schemas[FILES];

static bool is(const xmlNode *node, const char *name)
{
	return strcmp((const char *)node->name, name) == 0;
}

static void load_schemas(void)
{
	for (size_t i = 0; i < FILES; i++) {
		char *name = memory_format("scenarios/schemas/%s.rng", files[i]);
		char *path = suite_path(name);

		schemas[i] = xmlReadFile(path, NULL, 0);
		ck_assert_msg(schemas[i] != NULL, "%s", path);
		free(path);
		free(name);
	}
}

static void free_schemas(void)
{
	for (size_t i = 0; i < FILES; i++)
		xmlFreeDoc(schemas[i]);
}

/* Is all that can be the text here a token that is limited in length alone? */
static void text_is_free(const xmlNode *pattern, const char *element);

static void define_is_free(const char *name, const char *element)
{
	for (size_t i = 0; i < FILES; i++)
		for (xmlNode *define = xml_child(xmlDocGetRootElement(schemas[i]), "define"); define;
		     define = xml_next(define, "define")) {
			char *other = xml_attribute(define, "name");

			if (!strcmp(other, name))
				text_is_free(define, element);
			free(other);
		}
}

static void text_is_free(const xmlNode *pattern, const char *element)
{
	for (xmlNode *node = xml_child(pattern, NULL); node; node = xml_next(node, NULL)) {
		char *name = xml_attribute(node, "name"), *type = xml_attribute(node, "type");

		if (is(node, "ref") && strncmp(name, "nil.", 4) != 0)
			define_is_free(name, element);
		else if (is(node, "data"))
			ck_assert_msg(!strcmp(type, "token"), "%s: %s", element, type);
		else if (is(node, "param"))
			ck_assert_msg(!strcmp(name, "maxLength"), "%s: %s", element, name);
		ck_assert_msg(!is(node, "value") && !is(node, "list"), "%s: a value", element);
		if (!is(node, "attribute") && !is(node, "ref") && !is(node, "element"))
			text_is_free(node, element);
		free(name);
		free(type);
	}
}

static unsigned free_elements;

/* Value is free without a type or with one of text; of that, tests above tell. */
static void look_for_elements(const xmlNode *pattern, const char *file)
{
	for (xmlNode *node = xml_child(pattern, NULL); node; node = xml_next(node, NULL)) {
		char *name = is(node, "element") ? xml_attribute(node, "name") : NULL;
		const char *local = name && strchr(name, ':') ? strchr(name, ':') + 1 : name;

		if (local && skeleton_is_free(local) && strcmp(file, "value") != 0) {
			free_elements++;
			text_is_free(node, local);
		}
		free(name);
		look_for_elements(node, file);
	}
}

/* All limits of length are limits that the skeleton knows, and all types of text are tokens. */
static void look_for_limits(const xmlNode *pattern)
{
	for (xmlNode *node = xml_child(pattern, NULL); node; node = xml_next(node, NULL)) {
		char *name = xml_attribute(node, "name"), *type = xml_attribute(node, "type");

		if (is(node, "param") && !strcmp(name, "maxLength"))
			ck_assert(xml_text_is(node, "32") || xml_text_is(node, "64") ||
				  xml_text_is(node, "256") || xml_text_is(node, "1024"));
		ck_assert(!is(node, "param") || (strcmp(name, "minLength") != 0 &&
						 strcmp(name, "length") != 0));
		ck_assert(!type || (strcmp(type, "string") != 0 &&
				    strcmp(type, "normalizedString") != 0));
		free(name);
		free(type);
		look_for_limits(node);
	}
}

START_TEST(free_elements_are_limited_in_length_alone)
{
	load_schemas();
	free_elements = 0;
	for (size_t i = 0; i < FILES; i++) {
		look_for_elements(xmlDocGetRootElement(schemas[i]), files[i]);
		look_for_limits(xmlDocGetRootElement(schemas[i]));
	}
	ck_assert_uint_gt(free_elements, 40);
	free_schemas();
}
END_TEST

/* --- what has none --- */

static size_t skeleton_of(const char *text)
{
	struct message *message = cwmp_decode(text, strlen(text));
	size_t length = message->skeleton.length;

	ck_assert_uint_eq(message->envelope.length, strlen(text));
	message_free(message);
	return length;
}

#define SOAP(more, body) \
	"<s:Envelope xmlns:s=\"" SOAP_1_1 "\" xmlns:c=\"" CWMP_1_1 "\" " more "><s:Body>" body \
	"</s:Body></s:Envelope>"

START_TEST(what_cannot_be_told_has_none)
{
	char *large = memory_new(2 * SKELETON_MOST), *text;

	ck_assert_uint_gt(skeleton_of(SOAP("", "<c:Inform/>")), 0);
	ck_assert_uint_eq(skeleton_of(SOAP("", "<c:Inform>x<a/></c:Inform>")), 0);
	ck_assert_uint_eq(skeleton_of(SOAP("", "<c:Inform/>x")), 0);
	ck_assert_uint_eq(skeleton_of(SOAP("", "<c:Inform><z:a/></c:Inform>")), 0);
	ck_assert_uint_eq(skeleton_of(SOAP("", "<c:Inform z:a=\"\"/>")), 0);
	memset(large, 'x', SKELETON_MOST + 10);
	text = memory_format("%s%s%s", "<s:Envelope xmlns:s=\"" SOAP_1_1 "\" xmlns:c=\"" CWMP_1_1
				       "\"><s:Body><c:Inform><a>",
			     large, "</a></c:Inform></s:Body></s:Envelope>");
	ck_assert_uint_eq(skeleton_of(text), 0);
	free(text);
	free(large);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("grammar: skeletons");
	TCase *skeletons = tcase_create("skeletons");

	tcase_set_timeout(skeletons, 300);
	tcase_add_loop_test(skeletons, every_change_is_seen_through_the_skeleton, 0, 3);
	tcase_add_loop_test(skeletons, random_texts_are_seen_through_the_skeleton, 0, 3);
	tcase_add_test(skeletons, free_elements_are_limited_in_length_alone);
	tcase_add_test(skeletons, what_cannot_be_told_has_none);
	suite_add_tcase(suite, skeletons);
	return suite_run(suite);
}
