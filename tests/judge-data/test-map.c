#include <stdlib.h>
#include <string.h>

#include "harness/judge/data-model-map.h"
#include "tests/suite.h"

static const char good[] =
	"root Device.\n"
	"at   Services.FAPService.1.\n"
	"AdminState      FAPControl.AdminState  boolean      rw  -              false -- locked\n"
	"OpState         FAPControl.OpState     boolean      r   forced,active  -\n"
	"ServerList      Gateway.ServerList     string(8)[16] rw -              \"\"\n"
	"Latitude        GPS.Latitude           int(-90:90)  r   can-deny,location  -48\n"
	"at   .\n"
	"Alarm           FaultMgmt.Alarm.{i}.   object       r   rows=2         -\n"
	"Mechanism       FaultMgmt.Alarm.{i}.Mechanism  enum(\"0 Now\",\"1 Later\")  rw  -  \"1 Later\"\n"
	"-               FaultMgmt.Alarm.{i}.Cause      string(8)  r  -  -\n"
	"-               FaultMgmt.AlarmNumberOfEntries uint       r  -  -\n"
	"row  Alarm.2  Cause=\"hot, wet\"  Mechanism=\"0 Now\"\n"
	"Interval        Device.Perf.Interval   uint(1:)     rw  -  -\n"
	"Time            Perf.Time              dateTime     rw  -  -\n"
	"Password        Perf.Password          string(16)   rw  hidden,secret  -\n"
	"Key             Perf.Key               base64(8)    rw  -  -\n"
	"Table           Perf.Row.{i}.          object       rw  -  -\n"
	"RowUrl          Perf.Row.{i}.URL       string(256)  rw  -  -\n";

static struct diagnostics diagnostics;

static void setup(void)
{
	diagnostics = (struct diagnostics){ 0 };
}

static void teardown(void)
{
	diagnostics_clear(&diagnostics);
}

static struct data_model_map *parse(const char *text)
{
	return map_parse(text, strlen(text), "folder/test.map", NULL, &diagnostics);
}

/* The map of the good text; ends the test when it is not good. */
static struct data_model_map *good_map(void)
{
	struct data_model_map *map = parse(good);

	if (!map)
		diagnostics_print(&diagnostics, stderr);
	ck_assert_ptr_nonnull(map);
	return map;
}

static void expect_path(const struct data_model_map *map, const char *name, const char *path)
{
	char *found = map_path(map, name);

	if (path)
		ck_assert_str_eq(found, path);
	else
		ck_assert_msg(!found, "%s gave %s", name, found);
	free(found);
}

START_TEST(entries_say_what_the_lines_say)
{
	struct data_model_map *map = good_map();
	const struct map_entry *entry = map_find(map, "OpState");

	ck_assert_str_eq(map_name(map), "test");
	ck_assert_str_eq(map_root(map), "Device.");
	ck_assert_str_eq(entry->path, "Device.Services.FAPService.1.FAPControl.OpState");
	ck_assert(entry->forced && entry->active && !entry->writable && !entry->location);
	ck_assert_str_eq(map_type_name(entry), "xsd:boolean");
	entry = map_find(map, "ServerList");
	ck_assert(entry->list && entry->list_most == 16 && entry->most == 8 && entry->writable);
	ck_assert_str_eq(map_type_name(entry), "xsd:string");
	entry = map_find(map, "Latitude");
	ck_assert(entry->can_deny && entry->location && entry->least == -90 && entry->most == 90);
	entry = map_find(map, "Password");
	ck_assert(entry->hidden && entry->secret);
	entry = map_find(map, "Alarm");
	ck_assert(entry->type == TYPE_OBJECT && entry->rows == 2 && !entry->writable);
	ck_assert(map_find(map, "Table")->writable);
	ck_assert_ptr_null(map_find(map, "Nothing"));
	map_free(map);
}
END_TEST

START_TEST(names_become_paths)
{
	struct data_model_map *map = good_map();

	expect_path(map, "AdminState", "Device.Services.FAPService.1.FAPControl.AdminState");
	expect_path(map, "Alarm", "Device.FaultMgmt.Alarm.");
	expect_path(map, "Alarm.", "Device.FaultMgmt.Alarm.");
	expect_path(map, "Alarm.2", NULL);
	expect_path(map, "Alarm.2.", "Device.FaultMgmt.Alarm.2.");
	expect_path(map, "Alarm.2.Cause", "Device.FaultMgmt.Alarm.2.Cause");
	expect_path(map, "Alarm.2.Because", NULL);
	expect_path(map, "AdminState.x", NULL);
	expect_path(map, "Mechanism", "Device.FaultMgmt.Alarm.1.Mechanism");
	expect_path(map, "RowUrl", "Device.Perf.Row.1.URL");
	expect_path(map, "Device.X_VENDOR.Thing", "Device.X_VENDOR.Thing");
	expect_path(map, "InternetGatewayDevice.X", NULL);
	expect_path(map, "Nothing", NULL);
	expect_path(map, "", NULL);
	map_free(map);
}
END_TEST

START_TEST(paths_find_their_entry)
{
	struct data_model_map *map = good_map();
	const struct map_entry *table = map_find(map, "Alarm");

	ck_assert_ptr_eq(map_entry_of(map, "Device.FaultMgmt.Alarm.7.Mechanism"),
			 map_find(map, "Mechanism"));
	ck_assert_ptr_eq(map_entry_of(map, "Device.FaultMgmt.Alarm."), table);
	ck_assert_ptr_eq(map_entry_of(map, "Device.FaultMgmt.Alarm.7."), table);
	ck_assert_ptr_nonnull(map_entry_of(map, "Device.Services.FAPService.1.GPS."));
	ck_assert_ptr_nonnull(map_entry_of(map, "Device."));
	ck_assert_ptr_null(map_entry_of(map, "Device.Services.FAPService.2.GPS.Latitude"));
	ck_assert_ptr_null(map_entry_of(map, "Device.FaultMgmt.Alarm.0.Mechanism"));
	ck_assert_ptr_null(map_entry_of(map, "Device.FaultMgmt.Alarm.x.Mechanism"));
	ck_assert_ptr_null(map_entry_of(map, "Device.FaultMgmt.Alarm.7.Mechanism."));
	ck_assert_ptr_null(map_entry_of(map, ""));
	map_free(map);
}
END_TEST

START_TEST(an_object_comes_before_what_is_in_it)
{
	struct data_model_map *map = good_map();
	const struct map_entry *entry;
	bool services = false;

	for (size_t i = 0; (entry = map_at(map, i)); i++) {
		services = services || strcmp(entry->path, "Device.Services.FAPService.1.") == 0;
		if (strncmp(entry->path, "Device.Services.FAPService.1.G", 30) == 0)
			ck_assert(services);
		if (entry->type == TYPE_OBJECT)
			ck_assert_ptr_null(entry->value);
		else
			ck_assert_ptr_null(map_value_wrong(entry, entry->value));
	}
	ck_assert_str_eq(map_at(map, 0)->path, "Device.");
	map_free(map);
}
END_TEST

START_TEST(values_of_the_factory)
{
	struct data_model_map *map = good_map();

	ck_assert_str_eq(map_value(map, "Device.FaultMgmt.Alarm.2.Cause"), "hot, wet");
	ck_assert_str_eq(map_value(map, "Device.FaultMgmt.Alarm.1.Cause"), "");
	ck_assert_str_eq(map_value(map, "Device.FaultMgmt.Alarm.2.Mechanism"), "0 Now");
	ck_assert_str_eq(map_value(map, "Device.FaultMgmt.Alarm.1.Mechanism"), "1 Later");
	ck_assert_str_eq(map_value(map, "Device.FaultMgmt.AlarmNumberOfEntries"), "2");
	ck_assert_str_eq(map_value(map, "Device.Perf.Interval"), "1");
	ck_assert_str_eq(map_value(map, "Device.Perf.Time"), "0001-01-01T00:00:00Z");
	ck_assert_str_eq(map_value(map, "Device.Services.FAPService.1.FAPControl.OpState"), "false");
	ck_assert_ptr_null(map_value(map, "Device.FaultMgmt.Alarm.2."));
	ck_assert_ptr_null(map_value(map, "Device.Nothing"));
	map_free(map);
}
END_TEST

static const struct {
	const char *name, *value, *wrong;
} values[] = {
	{ "AdminState", "true", NULL }, { "AdminState", "0", NULL },
	{ "AdminState", "yes", "type" }, { "AdminState", "", "type" },
	{ "Latitude", "-90", NULL }, { "Latitude", "+90", NULL }, { "Latitude", "91", "value" },
	{ "Latitude", "9.5", "type" }, { "Latitude", "-", "type" },
	{ "Latitude", "99999999999999999999", "value" },
	{ "Interval", "1", NULL }, { "Interval", "4294967295", NULL },
	{ "Interval", "0", "value" }, { "Interval", "4294967296", "value" },
	{ "Interval", "-1", "value" }, { "Interval", "often", "type" },
	{ "Mechanism", "0 Now", NULL }, { "Mechanism", "0", "value" }, { "Mechanism", "", "value" },
	{ "ServerList", "", NULL }, { "ServerList", "a,b", NULL }, { "ServerList", "a , b", NULL },
	{ "ServerList", "123456789", "value" }, { "ServerList", "1234,1234,1234,123", "value" },
	{ "ServerList", " ,  , ", NULL },
	{ "Password", "sixteen octets!!", NULL }, { "Password", "seventeen octets!", "value" },
	{ "Password", "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
		      "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", NULL },
	{ "Time", "2026-01-31T23:59:59Z", NULL }, { "Time", "2026-01-31T23:59:59.5+02:00", NULL },
	{ "Time", "2026-01-31T23:59:59", NULL }, { "Time", "2026-13-31T23:59:59Z", "type" },
	{ "Time", "2026-01-31", "type" }, { "Time", "2026-01-31T23:59:59.", "type" },
	{ "Time", "2026-01-31T23:59:59Zulu", "type" },
	{ "Key", "QUI=", NULL }, { "Key", "QUI", "type" }, { "Key", "Q=I=", "type" },
	{ "Key", "QUJDREVGR0hJ", "value" },
	{ "Alarm", "", "type" },
};

START_TEST(a_value_is_lawful_or_not)
{
	struct data_model_map *map = good_map();
	const char *wrong = map_value_wrong(map_find(map, values[_i].name), values[_i].value);

	if (values[_i].wrong)
		ck_assert_msg(wrong && strcmp(wrong, values[_i].wrong) == 0, "%s = \"%s\": %s",
			      values[_i].name, values[_i].value, wrong ? wrong : "lawful");
	else
		ck_assert_msg(!wrong, "%s = \"%s\": %s", values[_i].name, values[_i].value, wrong);
	map_free(map);
}
END_TEST

/* Each with the place and a piece of the text of every mistake that must be found. */
static const struct {
	const char *text;
	struct {
		int line, column;
		const char *piece;
	} found[4];
} mistakes[] = {
	{ "", { { 1, 1, "expected a root" } } },
	{ "root Gadget.\n", { { 1, 6, "expected Device. or InternetGatewayDevice." } } },
	{ "root Device.\nroot Device.\n", { { 2, 1, "a second root" } } },
	{ "A B string r\n", { { 1, 1, "before the root" } } },
	{ "root Device.\nA B strin rw\nC D. object x\nE F int(9:1) r\n",
	  { { 2, 5, "did you mean \"string\"" }, { 3, 13, "expected r or rw" },
	    { 4, 5, "\"int(9:1)\" is no type" } } },
	{ "root Device.\nA B string\n", { { 2, 11, "expected the access" } } },
	{ "root Device.\nA B string r activ\n", { { 2, 14, "did you mean \"active\"" } } },
	{ "root Device.\nA B string(2) r - abc\n", { { 2, 19, "not lawful" } } },
	{ "root Device.\nA B string r - a b\n", { { 2, 18, "expected the end of the line" } } },
	{ "root Device.\nA B string r\nA C string r\n", { { 3, 1, "stands for Device.B already" } } },
	{ "root Device.\nA B string r\nC B int r\n", { { 3, 3, "a second time" } } },
	{ "root Device.\nA B. string r\nC D object r\n",
	  { { 2, 6, "expected object" }, { 3, 5, "ends in a dot" } } },
	{ "root Device.\nA B.{i}. object r rows=many\n", { { 2, 19, "expected a number" } } },
	{ "root Device.\nA B. object r rows=2\n", { { 2, 15, "ends in {i}" } } },
	{ "root Device.\nA B. object r - x\n", { { 2, 17, "no default" } } },
	{ "root Device.\nA .B string r\nC D..E string r\nF G/H string r\n",
	  { { 2, 3, "is no path" }, { 3, 3, "is no path" }, { 4, 3, "is no path" } } },
	{ "root Device.\nA B \"string r\n", { { 2, 5, "not closed" }, { 2, 5, "no type" } } },
	{ "root Device.\nA B enum r\nC D enum(a) r\nE F enum(\"a\" r\n",
	  { { 2, 5, "enum(\"a\",\"b\")" }, { 3, 5, "enum(" }, { 4, 5, "enum(" } } },
	{ "root Device.\nT B.{i}. object r rows=1\nA B.{i}.C int r\nrow T.2 C=1\nrow T.1 C\n"
	  "row T.1 C=x D=1\n",
	  { { 4, 5, "up to its rows=" }, { 5, 9, "FIELD=VALUE" }, { 6, 9, "not lawful" },
	    { 6, 13, "no parameter is called Device.B.1.D" } } },
	{ "root Device.\nE F enum(a) r\nT B.{i}. object r rows=1\nA B.{i}.C enum( r\nrow T.1 C=1\n",
	  { { 2, 5, "is no type" }, { 4, 11, "is no type" } } },
	{ "root Device.\nat B\n", { { 2, 4, "ends in a dot" } } },
	{ "root Device.\ninclude other.part\n", { { 2, 9, "nothing can be included" } } },
};

START_TEST(mistakes_have_their_place)
{
	ck_assert_ptr_null(parse(mistakes[_i].text));
	for (size_t i = 0; i < 4 && mistakes[_i].found[i].piece; i++) {
		ck_assert_msg(i < diagnostics.count, "mistake %zu is not found", i);
		const struct diagnostic *found = &diagnostics.list[i];
		ck_assert_str_eq(found->file, "folder/test.map");
		ck_assert_msg(strstr(found->text, mistakes[_i].found[i].piece), "%d:%d: %s",
			      found->line, found->column, found->text);
		ck_assert_msg(found->line == mistakes[_i].found[i].line &&
			      found->column == mistakes[_i].found[i].column,
			      "at %d:%d: %s", found->line, found->column, found->text);
	}
}
END_TEST

START_TEST(a_file_that_is_not_there)
{
	ck_assert_ptr_null(map_load("/nonexistent/a.map", &diagnostics));
	ck_assert_uint_eq(diagnostics.errors, 1);
	ck_assert_ptr_nonnull(strstr(diagnostics.list[0].text, "No such file"));
}
END_TEST

START_TEST(no_cut_and_no_flip_breaks_the_reader)
{
	size_t length = strlen(good);
	char *text = strdup(good);

	for (size_t i = 0; i < length; i++) {
		map_free(map_parse(good, i, "cut.map", NULL, &diagnostics));
		text[i] = (char)(text[i] ^ (1 << (i % 8)));
		map_free(map_parse(text, length, "flip.map", NULL, &diagnostics));
		text[i] = good[i];
		diagnostics_clear(&diagnostics);
	}
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("data model map");
	TCase *tcase = tcase_create("map");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, entries_say_what_the_lines_say);
	tcase_add_test(tcase, names_become_paths);
	tcase_add_test(tcase, paths_find_their_entry);
	tcase_add_test(tcase, an_object_comes_before_what_is_in_it);
	tcase_add_test(tcase, values_of_the_factory);
	tcase_add_loop_test(tcase, a_value_is_lawful_or_not, 0,
			    (int)(sizeof(values) / sizeof(values[0])));
	tcase_add_loop_test(tcase, mistakes_have_their_place, 0,
			    (int)(sizeof(mistakes) / sizeof(mistakes[0])));
	tcase_add_test(tcase, a_file_that_is_not_there);
	tcase_add_test(tcase, no_cut_and_no_flip_breaks_the_reader);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
