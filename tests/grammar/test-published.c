/*
 * The schemas in RELAX NG against the XML Schemas that the Broadband Forum published: for every RPC
 * and version, valid envelopes and thousands with one change each get the same answer from both,
 * but for the differences listed here. The published files are not part of this tree; where they
 * are not at hand the test is skipped.
 */
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocols/memory.h"
#include "tests/grammar/samples.h"
#include "tests/suite.h"

#define PUBLISHED "../shared/data/bbf"

#define BASE64 "libxml2 passes over characters that base64 does not have (XML Schema part 2, 3.2.16)"

/* Where the two differ, with the reason. NULL: any. */
static const struct difference {
	bool ours; /* we take it, the published schema does not; false: the other way round */
	const char *kind, *element, *detail;
	const char *reason;
} differences[] = {
	{ true, "type", NULL, NULL,
	  "SOAP 1.1 5.1 lets any element say its type; XML Schema wants one derived from the "
	  "declared one" },
	{ true, "foreign-attribute", NULL, NULL, "SOAP 1.1 4.1.1: encodingStyle stands anywhere" },
	{ true, "id-attribute", NULL, NULL, "SOAP 1.1 5.1: any element may have an id" },
	{ true, "text", NULL, " 1 ",
	  "unsignedInt collapses white space (XML Schema part 2), libxml2's XML Schema does not" },
	{ true, "text", "EventCode", "1 Foo  Bar", "text is a token here, a string there" },
	{ true, "text", "FileType", "1 Foo  Bar", "text is a token here, a string there" },
	{ true, "text", "WindowMode", "1 Foo  Bar", "text is a token here, a string there" },
	{ true, "text", "URL", NULL,
	  "in InstallOpStruct it is an anyURI there, of which libxml2 has its own ideas" },
	{ true, "text", "faultcode", NULL,
	  "a QName there, also of no form that SOAP names; agents leave the prefix out" },
	{ false, "other-array-type", NULL, NULL, "arrayType is any string there, SOAP 1.1 5.4.2 "
	  "wants a length" },
	{ false, "other-understand", NULL, NULL,
	  "libxml2 does not hold an attribute to its fixed value when it is declared by ref" },
	{ false, "remove", "(RPC)", NULL, "SOAP lets a Body be empty, TR-069 3.5 does not" },
	{ false, "double", "(RPC)", NULL, "a Body holds one RPC, TR-069 3.5" },
	{ false, "new-before", "(RPC)", NULL, "a Body holds one RPC, TR-069 3.5" },
	{ false, "rename", "Fault", NULL, "SOAP's wildcards let unknown elements pass" },
	{ false, "text", "base64", NULL, BASE64 },
	{ false, "text", "Value", "2026-02-30T00:00:00Z", BASE64 },
	{ false, "text", "Value", "2026-02-03", BASE64 },
	{ false, "text", "Value", "0000-01-01T00:00:00Z", BASE64 },
	{ false, "text", "Value", "2026-02-03T24:00:00Z", BASE64 },
	{ false, "text", "Value", "\303\244\303\244", BASE64 },
	{ false, "type", "Value", "x:base64Binary", BASE64 },
	{ false, "type", "Value", "e:base64", BASE64 },
	{ false, "attribute", "detail", NULL, "SOAP lets the detail have any attribute" },
};

#define DIFFERENCES (sizeof(differences) / sizeof(differences[0]))

static bool used[DIFFERENCES];

static bool listed(const struct mutation *done, bool ours)
{
	for (size_t i = 0; i < DIFFERENCES; i++) {
		const struct difference *row = &differences[i];

		if (row->ours == ours && (!row->kind || !strcmp(row->kind, done->kind)) &&
		    (!row->element ||
		     !strcmp(row->element, done->is_rpc ? "(RPC)" : done->element) ||
		     !strcmp(row->element, done->element)) &&
		    (!row->detail || !strcmp(row->detail, done->detail))) {
			used[i] = true;
			return true;
		}
	}
	return false;
}

/* --- the two schemas of a version --- */

static xmlExternalEntityLoader usual_loader;

/* What the published schemas import by URL stands beside this test, or beside themselves. */
static xmlParserInput *load(const char *url, const char *id, xmlParserCtxt *parser)
{
	static const char forum[] = "http://www.broadband-forum.org/cwmp/";
	char *name = NULL, *path;
	xmlParserInput *input;

	if (!strcmp(url, "http://schemas.xmlsoap.org/soap/envelope/"))
		name = memory_text("tests/grammar/soap-envelope.xsd");
	else if (!strcmp(url, "http://schemas.xmlsoap.org/soap/encoding/"))
		name = memory_text("tests/grammar/soap-encoding.xsd");
	else if (!strncmp(url, forum, sizeof(forum) - 1))
		name = memory_format(PUBLISHED "/%s", url + sizeof(forum) - 1);
	path = name ? suite_path(name) : memory_text(url);
	input = usual_loader(path, id, parser);
	free(path);
	free(name);
	return input;
}

struct pair {
	xmlRelaxNG *ours;
	xmlSchema *published;
	xmlRelaxNGValidCtxt *our_validator;
	xmlSchemaValidCtxt *their_validator;
};

static void quiet(void *context, xmlError *error)
{
	(void)context;
	(void)error;
}

static void pair_begin(struct pair *pair, int version)
{
	char *relative = memory_format("scenarios/schemas/cwmp-1-%d.rng", version);
	char *path = suite_path(relative);
	xmlRelaxNGParserCtxt *ours = xmlRelaxNGNewParserCtxt(path);
	xmlSchemaParserCtxt *theirs;

	pair->ours = xmlRelaxNGParse(ours);
	ck_assert_msg(pair->ours != NULL, "%s", path);
	xmlRelaxNGFreeParserCtxt(ours);
	free(path);
	free(relative);
	relative = memory_format(PUBLISHED "/cwmp-1-%d.xsd", version);
	path = suite_path(relative);
	usual_loader = xmlGetExternalEntityLoader();
	xmlSetExternalEntityLoader(load);
	theirs = xmlSchemaNewParserCtxt(path);
	pair->published = xmlSchemaParse(theirs);
	xmlSetExternalEntityLoader(usual_loader);
	ck_assert_msg(pair->published != NULL, "%s", path);
	xmlSchemaFreeParserCtxt(theirs);
	free(path);
	free(relative);
	pair->our_validator = xmlRelaxNGNewValidCtxt(pair->ours);
	pair->their_validator = xmlSchemaNewValidCtxt(pair->published);
	xmlRelaxNGSetValidStructuredErrors(pair->our_validator, (xmlStructuredErrorFunc)quiet,
					   NULL);
	xmlSchemaSetValidStructuredErrors(pair->their_validator, (xmlStructuredErrorFunc)quiet,
					  NULL);
}

static void pair_end(struct pair *pair)
{
	xmlRelaxNGFreeValidCtxt(pair->our_validator);
	xmlSchemaFreeValidCtxt(pair->their_validator);
	xmlRelaxNGFree(pair->ours);
	xmlSchemaFree(pair->published);
}

static xmlDoc *parsed(const char *text)
{
	xmlDoc *document = xmlReadMemory(text, (int)strlen(text), NULL, NULL, XML_PARSE_NONET);

	ck_assert(document != NULL);
	return document;
}

static bool ours_takes(struct pair *pair, xmlDoc *document)
{
	return xmlRelaxNGValidateDoc(pair->our_validator, document) == 0;
}

static bool theirs_takes(struct pair *pair, xmlDoc *document)
{
	return xmlSchemaValidateDoc(pair->their_validator, document) == 0;
}

static unsigned unlisted, compared;

static void compare(struct pair *pair, int version, const char *text, size_t number)
{
	xmlDoc *document = parsed(text);
	struct mutation done;

	if (mutate(document, number, &done)) {
		bool ours = ours_takes(pair, document), theirs = theirs_takes(pair, document);

		compared++;
		if (ours != theirs && !listed(&done, ours) && unlisted++ < 20)
			printf("# 1.%d %s %s \"%.60s\": %s take it\n", version, done.kind,
			       done.element, done.detail, ours ? "only we" : "only they");
	}
	xmlFreeDoc(document);
}

static bool at_hand(void)
{
	char *path = suite_path(PUBLISHED "/cwmp-1-1.xsd");
	bool there = access(path, R_OK) == 0;

	free(path);
	return there;
}

static void compare_version(int version)
{
	struct pair pair;

	pair_begin(&pair, version);
	for (size_t i = 0; i < sample_count; i++) {
		char *text;
		xmlDoc *document;
		size_t count;

		if (samples[i].since > version)
			continue;
		text = sample_envelope(&samples[i], version);
		document = parsed(text);
		ck_assert_msg(ours_takes(&pair, document), "ours: %s", text);
		ck_assert_msg(theirs_takes(&pair, document), "theirs: %s", text);
		count = mutations(document);
		xmlFreeDoc(document);
		for (size_t number = 0; number < count; number++)
			compare(&pair, version, text, number);
		free(text);
	}
	pair_end(&pair);
}

START_TEST(both_give_the_same_answers)
{
	if (!at_hand()) {
		printf("# skipped: the comparison with the published schemas: no %s\n", PUBLISHED);
		return;
	}
	for (int version = 0; version < 5; version++)
		compare_version(version);
	ck_assert_msg(compared > 100000, "%u compared", compared);
	ck_assert_msg(unlisted == 0, "%u differences are not listed", unlisted);
	for (size_t i = 0; i < DIFFERENCES; i++)
		ck_assert_msg(used[i], "no longer a difference: %s", differences[i].reason);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("grammar: published schemas");
	TCase *both = tcase_create("both");

	tcase_set_timeout(both, 300);
	tcase_add_test(both, both_give_the_same_answers);
	suite_add_tcase(suite, both);
	return suite_run(suite);
}
