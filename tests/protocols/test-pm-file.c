/* PM files: what is written is read back, the schema, names, and each fact about values. */
#include <libxml/relaxng.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/file-message.h"
#include "protocols/memory.h"
#include "protocols/pm-file.h"
#include "protocols/pm-past.h"
#include "protocols/xml.h"
#include "tests/suite.h"

#define T INT64_C(1767225600) /* 2026-01-01T00:00:00Z */

static const char *const types[] = { "RRC.Att", "RRC.Succ" };
static const char *const results[] = { "12", "NIL", "3.5" };

struct sample {
	struct pm_file file;
	struct pm_info infos[2];
	struct pm_value value;
};

static void make(struct sample *sample)
{
	*sample = (struct sample){
		.value = { "HNB=1", results, 2 },
		.file = { .version = "32.435 V10.0", .vendor = "a<\"b&", .prefix = "DC=x",
			  .sender = "HNB=1", .element = "HNB=1", .begin = T, .end = T + 900 },
	};
	for (int i = 0; i < 2; i++)
		sample->infos[i] = (struct pm_info){ .id = "s", .duration = 450, .report = 900,
						     .end = T + 450 * (i + 1), .types = types,
						     .type_count = 2, .values = &sample->value,
						     .value_count = 1 };
	sample->file.infos = sample->infos;
	sample->file.info_count = 2;
}

static struct message *message_of(const struct sample *sample, const char *path)
{
	struct file_request request = { .transport = "http", .path = path };
	struct file_contents *contents = file_contents_new();
	struct buffer out = { 0 };

	pm_file_write(&sample->file, &out);
	file_contents_add(contents, out.octets, out.length);
	struct message *message = file_message_contents(&request, contents, true, -1);

	file_contents_free(contents);
	buffer_free(&out);
	return message;
}

/* An attribute of the facet, or of its child; "-" = it is not there. Of a static buffer. */
static const char *fact(struct message *message, const char *child, const char *name)
{
	static char room[300];
	xmlNode *facet = message_facet(message, "pm");
	char *text = xml_attribute(child ? xml_child(facet, child) : facet, name);

	memory_place(room, sizeof(room), text ? text : "-");
	free(text);
	return room;
}

static const char *fact_of(const struct sample *sample, const char *name)
{
	struct message *message = message_of(sample, "/up/x");
	ck_assert(pm_file_describe(message));
	const char *text = fact(message, NULL, name);

	message_free(message);
	return text;
}

START_TEST(lawful_file)
{
	static const char *const facts[][2] = {
		{ "begin", "2026-01-01T00:00:00Z" }, { "begin-at", "1767225600" },
		{ "end-at", "1767226500" }, { "spans", "900" }, { "zoned", "true" },
		{ "periods", "2" }, { "granularity", "450" }, { "report", "900" },
		{ "element", "HNB=1" }, { "sender", "HNB=1" }, { "prefix", "DC=x" },
		{ "counts", "-" }, { "order", "-" }, { "positions", "-" }, { "adjoin", "-" },
		{ "beyond", "-" }, { "elements", "-" },
	};
	struct sample sample;

	make(&sample);
	for (int form = 0; form < 2; form++) {
		sample.file.positional = form == 1;
		for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
			ck_assert_str_eq(fact_of(&sample, facts[i][0]), facts[i][1]);
		ck_assert_str_eq(fact_of(&sample, "positional"), form ? "true" : "false");
	}
}
END_TEST

START_TEST(wrong_values)
{
	struct sample sample;

	make(&sample);
	sample.value.result_count = 3;
	ck_assert_str_eq(fact_of(&sample, "counts"),
			 "measInfo 1, measValue 1: 3 results for 2 measTypes");
	make(&sample);
	sample.file.end = T;
	ck_assert_str_ne(fact_of(&sample, "order"), "-");
	make(&sample);
	sample.infos[1].end = T + 901;
	ck_assert_str_eq(fact_of(&sample, "beyond"),
			 "measInfo 2: its period ends 1 s behind the file's end");
	ck_assert_str_eq(fact_of(&sample, "adjoin"),
			 "measInfo 2: its period begins 1 s from the end of the one before");
	make(&sample);
	sample.infos[1].report = 60;
	ck_assert_str_eq(fact_of(&sample, "report"), "");
	make(&sample);
	sample.file.clock.zone = PM_ZONE_NONE;
	ck_assert_str_eq(fact_of(&sample, "zoned"), "false");
	sample.file.clock = (struct pm_clock){ PM_ZONE_OFFSET, -90 };
	ck_assert_str_eq(fact_of(&sample, "begin"), "2025-12-31T22:30:00-01:30");
	ck_assert_str_eq(fact_of(&sample, "begin-at"), "1767225600");
}
END_TEST

static xmlRelaxNGValidCtxt *validator(void)
{
	static xmlRelaxNG *schema;

	if (!schema) {
		char *path = suite_path("scenarios/schemas/pm-file.rng");
		xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(path);

		schema = xmlRelaxNGParse(parser);
		xmlRelaxNGFreeParserCtxt(parser);
		free(path);
		ck_assert(schema != NULL);
	}
	return xmlRelaxNGNewValidCtxt(schema);
}

static void ignore(void *context, xmlError *error)
{
	(void)context;
	(void)error;
}

static bool is_valid(const char *text)
{
	struct problem problem = { "" };
	xmlDoc *document = xml_parse(text, strlen(text), &problem);
	xmlRelaxNGValidCtxt *context = validator();

	ck_assert_msg(document != NULL, "%s", problem.text);
	xmlRelaxNGSetValidStructuredErrors(context, (xmlStructuredErrorFunc)ignore, NULL);
	bool valid = xmlRelaxNGValidateDoc(context, document) == 0;

	xmlRelaxNGFreeValidCtxt(context);
	xmlFreeDoc(document);
	return valid;
}

/* Each takes something that must be there, or changes it to what must not; one lawful change. */
static const struct {
	const char *old, *new;
	bool valid;
} changes[] = {
	{ "", "", true },
	{ " vendorName=\"a&lt;&quot;b&amp;\"", "", true },
	{ "<repPeriod duration=\"PT900S\"/>", "", true },
	{ "</measResults>\n", "</measResults><suspect>true</suspect>", true },
	{ "<measResults>12 NIL<", "<measResults>\n -1.5  .5 <", true },
	{ "<granPeriod", "<job jobId=\"1\"/><granPeriod", true },
	{ "#measCollec", "#other", false },
	{ " fileFormatVersion=\"32.435 V10.0\"", "", false },
	{ "<fileSender localDn=\"HNB=1\"/>", "", false },
	{ "beginTime=\"2026-01-01T00:00:00Z\"", "", false },
	{ "beginTime=\"2026-01-01", "beginTime=\"2026-13-01", false },
	{ "<managedElement localDn=\"HNB=1\"/>", "", false },
	{ "duration=\"PT450S\"", "duration=\"PT7M30S\"", false },
	{ "duration=\"PT900S\"", "duration=\"900\"", false },
	{ " measObjLdn=\"HNB=1\"", "", false },
	{ "12 NIL", "12 nil", false },
	{ "12 NIL", "12 many", false },
	{ "<measResults>", "<suspect>true</suspect><measResults>", false },
	{ "<fileFooter>\n<measCollec endTime=\"2026-01-01T00:15:00Z\"/>\n</fileFooter>\n", "", false },
	{ "<measTypes>", "<measType p=\"0\">x</measType><measTypes>", false },
};

START_TEST(schema)
{
	struct buffer out = { 0 };
	struct sample sample;

	make(&sample);
	pm_file_write(&sample.file, &out);
	const char *text = buffer_text(&out), *at = strstr(text, changes[_i].old);

	ck_assert_msg(at != NULL, "%s", text);
	char *changed = memory_format("%.*s%s%s", (int)(at - text), text, changes[_i].new,
				      at + strlen(changes[_i].old));
	ck_assert_msg(is_valid(changed) == changes[_i].valid, "%s", changed);
	free(changed);
	buffer_free(&out);
}
END_TEST

START_TEST(schema_of_places)
{
	struct buffer out = { 0 };
	struct sample sample;

	make(&sample);
	sample.file.positional = true;
	pm_file_write(&sample.file, &out);
	ck_assert(is_valid(buffer_text(&out)));
	buffer_free(&out);
}
END_TEST

/* p that are there twice, or that no measType has. */
START_TEST(places)
{
	static const char file[] =
		"<measCollecFile xmlns=\"" PM_FILE_NAMESPACE "\"><measData><measInfo>"
		"<measType p=\"1\">a</measType><measType p=\"%d\">b</measType><measValue>"
		"<r p=\"%d\">1</r><r p=\"%d\">2</r></measValue></measInfo></measData>"
		"</measCollecFile>";
	static const struct { int type, first, second; bool right; } rows[] = {
		{ 2, 1, 2, true }, { 2, 2, 1, true }, { 1, 1, 2, false },
		{ 2, 1, 1, false }, { 2, 1, 3, false },
	};
	struct file_request request = { .transport = "http", .path = "/" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct file_contents *contents = file_contents_new();
		char *text = memory_format(file, rows[i].type, rows[i].first, rows[i].second);

		file_contents_add(contents, text, strlen(text));
		struct message *message = file_message_contents(&request, contents, true, -1);
		ck_assert(pm_file_describe(message));
		ck_assert_int_eq(strcmp(fact(message, NULL, "positions"), "-") == 0, rows[i].right);
		ck_assert_str_eq(fact(message, NULL, "begin-at"), "");
		message_free(message);
		file_contents_free(contents);
		free(text);
	}
}
END_TEST

static const struct {
	const char *text;
	bool right;
	char type;
	int64_t begin, end;
	const char *unique;
	unsigned count;
} names[] = {
	{ "A20260101.0000+0000-0015+0000_HNB1.xml", true, 'A', T, T + 900, "HNB1", 0 },
	{ "A20260101.0100+0100-0115+0100.xml.gz", true, 'A', T, T + 900, "", 0 },
	{ "B20251231.2330+0000-20260101.0000+0000_x_-_3", true, 'B', T - 1800, T, "x", 3 },
	{ "C20260101.0000-0130-0015-0130_-job1_a_b.xml", true, 'C', T + 5400, T + 6300, "a_b", 0 },
	{ "E20260101.0000+0000-0015+0000.xml", false, 0, 0, 0, "", 0 },
	{ "A20260230.0000+0000-0015+0000.xml", false, 0, 0, 0, "", 0 },
	{ "A20260101.0000-0015.xml", false, 0, 0, 0, "", 0 },
	{ "A20260101.2460+0000-0015+0000.xml", false, 0, 0, 0, "", 0 },
	{ "A20260101.0000+0000-0015+0000-x.xml", false, 0, 0, 0, "", 0 },
	{ "A20260101.0000+0000-0015+0000_.xml", false, 0, 0, 0, "", 0 },
	{ "A20260101.0000+0000-0015+0000_x_-_0.xml", false, 0, 0, 0, "", 0 },
	{ "pm.xml", false, 0, 0, 0, "", 0 },
	{ "", false, 0, 0, 0, "", 0 },
};

START_TEST(name)
{
	struct problem problem = { "" };
	struct pm_name parts;

	ck_assert_int_eq(pm_name_parse(names[_i].text, &parts, &problem), names[_i].right ? 0 : -1);
	if (!names[_i].right) {
		ck_assert_str_ne(problem.text, "");
		return;
	}
	ck_assert_int_eq(parts.type, names[_i].type);
	ck_assert_int_eq(parts.begin, names[_i].begin);
	ck_assert_int_eq(parts.end, names[_i].end);
	ck_assert_str_eq(parts.unique, names[_i].unique);
	ck_assert_uint_eq(parts.count, names[_i].count);
}
END_TEST

START_TEST(name_written)
{
	struct pm_name parts = { .type = 'A', .begin = T - 900, .end = T, .unique = "HNB1",
				 .count = 2, .packed = true };
	struct pm_clock clock = { PM_ZONE_UTC, 0 };
	char *text = pm_name_write(&parts, &clock, false);

	ck_assert_str_eq(text, "A20251231.2345+0000-20260101.0000+0000_HNB1_-_2.xml.gz");
	free(text);
	clock = (struct pm_clock){ PM_ZONE_OFFSET, 120 };
	text = pm_name_write(&parts, &clock, false);
	ck_assert_str_eq(text, "A20260101.0145+0200-0200+0200_HNB1_-_2.xml.gz");
	free(text);
}
END_TEST

START_TEST(name_in_message)
{
	struct sample sample;

	make(&sample);
	struct message *message = message_of(&sample, "/a/A20260101.0000+0000-0015+0000_HNB1.xml");
	ck_assert(pm_file_describe(message));
	ck_assert_str_eq(fact(message, "name", "begin-at"), "1767225600");
	/* No element has a namespace, as a check wants it; the root says which it had. */
	const xmlNode *root = xml_child(message->body, "measCollecFile");
	char *ns = xml_attribute(root, "ns");
	ck_assert_str_eq(ns, PM_FILE_NAMESPACE);
	ck_assert_ptr_null(root->ns);
	ck_assert_ptr_null(xml_child(root, "fileHeader")->ns);
	ck_assert(!xmlHasProp(xml_child(root, "fileHeader"), (const xmlChar *)"ns"));
	free(ns);
	message_free(message);
	message = message_of(&sample, "/a/b.xml");
	ck_assert(pm_file_describe(message));
	ck_assert_str_ne(fact(message, "name", "wrong"), "-");
	message_free(message);
	message = file_message_put(&(struct file_request){ .transport = "http", .path = "/" });
	ck_assert(!pm_file_describe(message));
	message_free(message);
}
END_TEST

/* One file after the other, of one device and of another. */
START_TEST(one_after_the_other)
{
	static const struct {
		const char *host;
		int64_t begin, end;
		bool taken;
		const char *gap, *same, *before_taken, *overlap;
	} rows[] = {
		{ "192.0.2.1", T, T + 900, true, "-", "-", "-", "-" },
		{ "192.0.2.1", T + 900, T + 1800, true, "0", "false", "true", "-" },
		{ "192.0.2.2", T + 60, T + 960, false, "-", "-", "-", "-" },
		{ "192.0.2.1", T + 1810, T + 2700, false, "10", "false", "true", "-" },
		{ "192.0.2.1", T + 1810, T + 2700, true, "-890", "true", "false", "-" },
		{ "192.0.2.1", T + 1810, T + 2700, true, "-890", "true", "true", "-" },
		{ "192.0.2.2", T + 900, T + 1860, true, "-60", "false", "false", "60" },
		{ "192.0.2.2", T, T + 900, true, "-1860", "false", "true", "-" }, /* kept till now */
	};
	struct pm_past past = { .count = 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct file_request request = { .transport = "http", .path = "/a" };
		struct file_answer answer = { .outcome = rows[i].taken ? FILE_OK : FILE_FULL };
		struct sample sample;

		make(&sample);
		sample.file.begin = rows[i].begin;
		sample.file.end = rows[i].end;
		struct message *message = message_of(&sample, "/a"), *response;

		ck_assert_int_eq(address_parse(rows[i].host, &message->source), 0);
		message->time = (int64_t)i * 5000000;
		pm_past_look(&past, message);
		ck_assert_str_eq(fact(message, "previous", "gap"), rows[i].gap);
		ck_assert_str_eq(fact(message, "previous", "same"), rows[i].same);
		ck_assert_str_eq(fact(message, "previous", "taken"), rows[i].before_taken);
		ck_assert_str_eq(fact(message, "previous", "overlap"), rows[i].overlap);
		ck_assert_str_eq(fact(message, "previous", "twentieth"),
				 rows[i].overlap[0] == '-' ? "-" : "45.00");
		response = file_message_put_response(&request, &answer);
		response->destination = message->source;
		pm_past_look(&past, response);
		message_free(response);
		message_free(message);
	}
}
END_TEST

/* Two devices behind one address; another report period; a longer granularity; a long pause. */
START_TEST(not_comparable)
{
	static const struct {
		const char *element;
		int64_t begin, report, granularity, waited;
		const char *steady, *overlap;
	} rows[] = {
		{ "HNB=1", T, 900, 450, 0, "-", "-" },
		{ "HNB=2", T + 30, 900, 450, 10, "-", "-" },
		{ "HNB=1", T + 840, 900, 450, 900, "true", "60" },
		{ "HNB=1", T + 1680, 300, 300, 900, "false", "-" },
		{ "HNB=1", T + 2520, 300, 450, 300, "false", "-" },
		{ "HNB=2", T + 870, 900, 450, 2000, "false", "-" },
	};
	struct pm_past past = { .count = 0 };
	int64_t now = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sample sample;

		make(&sample);
		sample.file.element = rows[i].element;
		sample.file.begin = rows[i].begin;
		sample.file.end = rows[i].begin + 900;
		for (int k = 0; k < 2; k++) {
			sample.infos[k].report = rows[i].report;
			sample.infos[k].duration = rows[i].granularity;
		}
		struct message *message = message_of(&sample, "/a");

		ck_assert_int_eq(address_parse("192.0.2.1", &message->source), 0);
		message->time = now += rows[i].waited * 1000000;
		pm_past_look(&past, message);
		ck_assert_str_eq(fact(message, "previous", "steady"), rows[i].steady);
		ck_assert_str_eq(fact(message, "previous", "overlap"), rows[i].overlap);
		message_free(message);
	}
}
END_TEST

/* Times of which some say no zone, periods of several rows, and the name's times. */
START_TEST(not_wrong)
{
	static const struct {
		const char *old, *new, *fact;
	} rows[] = {
		{ "endTime=\"2026-01-01T00:15:00Z\"/>\n</fileFooter>",
		  "endTime=\"2025-12-31T23:15:00\"/>\n</fileFooter>", "order" },
		{ "endTime=\"2026-01-01T00:15:00Z\"/>\n</fileFooter>",
		  "endTime=\"2025-12-31T23:15:00\"/>\n</fileFooter>", "beyond" },
		{ "endTime=\"2026-01-01T00:15:00Z\"/>\n<repPeriod",
		  "endTime=\"2026-01-01T00:01:00Z\"/>\n<repPeriod", "adjoin" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct file_request request = { .transport = "http", .path = "/" };
		struct file_contents *contents = file_contents_new();
		struct buffer out = { 0 };
		struct sample sample;

		make(&sample);
		pm_file_write(&sample.file, &out);
		const char *text = buffer_text(&out), *at = strstr(text, rows[i].old);
		ck_assert_ptr_nonnull(at);
		file_contents_add(contents, text, (size_t)(at - text));
		file_contents_add(contents, rows[i].new, strlen(rows[i].new));
		at += strlen(rows[i].old);
		file_contents_add(contents, at, strlen(at));
		struct message *message = file_message_contents(&request, contents, true, -1);
		ck_assert(pm_file_describe(message));
		ck_assert_str_eq(fact(message, NULL, rows[i].fact), "-");
		message_free(message);
		file_contents_free(contents);
		buffer_free(&out);
	}
}
END_TEST

START_TEST(times_of_name)
{
	static const struct {
		const char *path;
		bool right;
	} rows[] = {
		{ "/a/A20260101.0000+0000-0015+0000_HNB1.xml", true },
		{ "/a/A20260101.0100+0100-0115+0100_HNB1.xml", true },
		{ "/a/A20260101.0001+0000-0015+0000_HNB1.xml", false },
		{ "/a/A20260101.0000+0000-0014+0000_HNB1.xml", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sample sample;

		make(&sample);
		struct message *message = message_of(&sample, rows[i].path);

		ck_assert(pm_file_describe(message));
		ck_assert_int_eq(strcmp(fact(message, "name", "times"), "-") == 0, rows[i].right);
		message_free(message);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pm-file");
	TCase *all = tcase_create("all");

	tcase_add_test(all, lawful_file);
	tcase_add_test(all, wrong_values);
	tcase_add_loop_test(all, schema, 0, sizeof(changes) / sizeof(changes[0]));
	tcase_add_test(all, schema_of_places);
	tcase_add_test(all, places);
	tcase_add_loop_test(all, name, 0, sizeof(names) / sizeof(names[0]));
	tcase_add_test(all, name_written);
	tcase_add_test(all, name_in_message);
	tcase_add_test(all, one_after_the_other);
	tcase_add_test(all, not_comparable);
	tcase_add_test(all, not_wrong);
	tcase_add_test(all, times_of_name);
	suite_add_tcase(suite, all);
	return suite_run(suite);
}
