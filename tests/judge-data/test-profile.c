#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/judge/profile.h"
#include "tests/suite.h"

static const char good[] =
	"profile  \"A cell\"\n"
	"device   henb   -- the one under test\n"
	"map      henb-device2\n"
	"ics\n"
	"    tls    yes\n"
	"    ipsec  no   \"no tunnel in this build\"\n"
	"\n"
	"ixit\n"
	"    device.serial      \"000 001\"\n"
	"    serving-hems.port  7547\n"
	"limits\n"
	"    limit.session             90 s   lab\n"
	"    limit.connection-request  30s    standard \"TR-069 3.2.2\"\n"
	"    limit.settle              500ms\n"
	"triggers\n"
	"    raise-alarm  command \"ssh cell \\\"alarm\\\" $severity\"\n"
	"    power-on     ask     \"Switch it on\"\n"
	"rules\n"
	"    CWMP-SOAPACTION  warning \"being mended\"\n"
	"    CWMP-STATUS      fail\n";

static struct diagnostics diagnostics;

static void setup(void)
{
	diagnostics = (struct diagnostics){ 0 };
}

static void teardown(void)
{
	diagnostics_clear(&diagnostics);
}

static struct profile *good_profile(void)
{
	struct profile *profile = profile_parse(good, strlen(good), "a.profile", &diagnostics);

	if (!profile)
		diagnostics_print(&diagnostics, stderr);
	ck_assert_ptr_nonnull(profile);
	return profile;
}

START_TEST(what_the_lines_say)
{
	struct profile *profile = good_profile();

	ck_assert_str_eq(profile_title(profile), "A cell");
	ck_assert_str_eq(profile_file(profile), "a.profile");
	ck_assert_str_eq(profile_device(profile), "henb");
	ck_assert_str_eq(profile_map_name(profile), "henb-device2");
	ck_assert_ptr_null(profile_map(profile));
	ck_assert(profile_ics(profile, "tls")->supported);
	ck_assert_ptr_null(profile_ics(profile, "tls")->comment);
	ck_assert(!profile_ics(profile, "ipsec")->supported);
	ck_assert_str_eq(profile_ics(profile, "ipsec")->comment, "no tunnel in this build");
	ck_assert_ptr_null(profile_ics(profile, "s1"));
	ck_assert_str_eq(profile_ics_at(profile, 1)->name, "ipsec");
	ck_assert_ptr_null(profile_ics_at(profile, 2));
	ck_assert_str_eq(profile_variable(profile, "device.serial"), "000 001");
	ck_assert_str_eq(profile_variable(profile, "serving-hems.port"), "7547");
	ck_assert_ptr_null(profile_variable(profile, "serving-hems.host"));
	ck_assert_str_eq(profile_variable_at(profile, 0), "device.serial");
	ck_assert_ptr_null(profile_variable_at(profile, 2));
	profile_free(profile);
}
END_TEST

START_TEST(limits_have_a_source)
{
	struct profile *profile = good_profile();
	struct limit limit;

	ck_assert(profile_limit(profile, "limit.session", &limit));
	ck_assert(limit.microseconds == 90000000 && limit.source == LIMIT_LAB && !limit.reference);
	ck_assert(profile_limit(profile, "limit.connection-request", &limit));
	ck_assert(limit.microseconds == 30000000 && limit.source == LIMIT_STANDARD);
	ck_assert_str_eq(limit.reference, "TR-069 3.2.2");
	ck_assert(profile_limit(profile, "limit.settle", &limit));
	ck_assert(limit.microseconds == 500000 && limit.source == LIMIT_LAB);
	ck_assert(!profile_limit(profile, "limit.nothing", &limit));
	profile_free(profile);
}
END_TEST

START_TEST(triggers_and_rules)
{
	struct profile *profile = good_profile();
	ck_assert_int_eq(profile_trigger(profile, "raise-alarm")->kind, TRIGGER_COMMAND);
	ck_assert_str_eq(profile_trigger(profile, "raise-alarm")->text,
			 "ssh cell \"alarm\" $severity");
	ck_assert_int_eq(profile_trigger(profile, "power-on")->kind, TRIGGER_ASK);
	ck_assert_str_eq(profile_trigger(profile, "power-on")->action, "power-on");
	ck_assert_ptr_null(profile_trigger(profile, "move"));
	ck_assert_int_eq(profile_rule(profile, "CWMP-SOAPACTION")->severity, SEVERITY_WARNING);
	ck_assert_str_eq(profile_rule(profile, "CWMP-SOAPACTION")->reason, "being mended");
	ck_assert_int_eq(profile_rule(profile, "CWMP-STATUS")->severity, SEVERITY_FAIL);
	ck_assert_ptr_null(profile_rule(profile, "CWMP-STATUS")->reason);
	ck_assert_str_eq(profile_rule_at(profile, 1)->rule, "CWMP-STATUS");
	ck_assert_ptr_null(profile_rule_at(profile, 2));
	ck_assert_ptr_null(profile_rule(profile, "CWMP-ID"));
	profile_free(profile);
}
END_TEST

START_TEST(a_variable_can_be_set)
{
	struct profile *profile = good_profile();

	profile_set(profile, "device.serial", "2");
	profile_set(profile, "device.new", "3");
	profile_set(profile, "device.new", profile_variable(profile, "device.new"));
	ck_assert_str_eq(profile_variable(profile, "device.serial"), "2");
	ck_assert_str_eq(profile_variable(profile, "device.new"), "3");
	profile_free(profile);
}
END_TEST

START_TEST(names_go_to_the_vocabulary)
{
	struct profile *profile = good_profile();
	struct vocabulary vocabulary = { 0 };

	profile_names(profile, &vocabulary);
	ck_assert(names_have(&vocabulary.variables, "device.serial"));
	ck_assert(names_have(&vocabulary.variables, "limit.session"));
	ck_assert(names_have(&vocabulary.items, "ipsec"));
	ck_assert(!names_have(&vocabulary.variables, "ipsec"));
	vocabulary_clear(&vocabulary);
	profile_free(profile);
}
END_TEST

#define HEAD "profile \"P\"\ndevice henb\nmap m\n" /* three lines */

static const struct {
	const char *text;
	struct {
		int line, column;
		const char *piece;
	} found[4];
} mistakes[] = {
	{ "", { { 1, 1, "profile \"TITLE\"" }, { 1, 1, "device ROLE" }, { 1, 1, "map NAME" } } },
	{ "profile P\ndevice hemb\nmap\n",
	  { { 1, 9, "title in quotes" }, { 2, 8, "did you mean \"henb\"" }, { 3, 4, "name of a data" } } },
	{ HEAD "profil \"X\"\n", { { 4, 1, "did you mean \"profile\"" } } },
	{ HEAD "map other\n", { { 4, 1, "a second \"map\"" } } },
	{ HEAD "  tls yes\n", { { 4, 3, "stands in no section" } } },
	{ HEAD "ics\n tls maybe\n TLS yes\n tls yes no\n a.b yes\n",
	  { { 5, 6, "expected yes or no" }, { 6, 2, "is no name" }, { 7, 10, "comment in quotes" },
	    { 8, 2, "is no name" } } },
	{ HEAD "ics\n tls yes\n tls no\n", { { 6, 2, "a second time" } } },
	{ HEAD "ixit\n serial 1\n device.serial\n device.serial 1 2\n limit.x 3\n",
	  { { 5, 2, "with a dot" }, { 6, 15, "expected a value" }, { 7, 18, "end of the line" },
	    { 8, 2, "in the section limits" } } },
	{ HEAD "limits\n limit.x fast\n limit.x 3 weeks\n limit.x 3 s lob\n limit.x 3 s standard\n",
	  { { 5, 10, "is no duration" }, { 6, 10, "is no duration" }, { 7, 14, "expected lab or" },
	    { 8, 22, "clause in quotes" } } },
	{ HEAD "limits\n session 3 s\n lim.x 3 s\n limit.x 3 s lab x\n",
	  { { 5, 2, "with a dot" }, { 6, 2, "is no limit" }, { 7, 18, "end of the line" } } },
	{ HEAD "triggers\n raise-alam ask \"x\"\n power-on aks \"x\"\n power-on ask x\n",
	  { { 5, 2, "did you mean \"raise-alarm\"" }, { 6, 11, "did you mean \"ask\"" },
	    { 7, 15, "in quotes" } } },
	{ HEAD "triggers\n close-session ask \"x\"\n", { { 5, 2, "action of the device" } } },
	{ HEAD "rules\n A-B fatal\n A-B\n",
	  { { 5, 6, "severity is called \"fatal\"" }, { 6, 5, "fail or warning" } } },
	{ HEAD "include other.part\n", { { 4, 9, "nothing can be included" } } },
	{ HEAD "ixit\n device.a \"open\n", { { 5, 11, "not closed" } } },
};

START_TEST(mistakes_have_their_place)
{
	const char *text = mistakes[_i].text;

	ck_assert_ptr_null(profile_parse(text, strlen(text), "b.profile", &diagnostics));
	for (size_t i = 0; i < 4 && mistakes[_i].found[i].piece; i++) {
		ck_assert_msg(i < diagnostics.count, "mistake %zu is not found", i);
		const struct diagnostic *found = &diagnostics.list[i];
		ck_assert_msg(strstr(found->text, mistakes[_i].found[i].piece), "%d:%d: %s",
			      found->line, found->column, found->text);
		ck_assert_msg(found->line == mistakes[_i].found[i].line &&
			      found->column == mistakes[_i].found[i].column,
			      "at %d:%d: %s", found->line, found->column, found->text);
	}
}
END_TEST

/* A folder of its own with a profile, for what needs files. */
static void write_file(const char *folder, const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static struct profile *load_in(const char *folder, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return profile_load(path, folder, &diagnostics);
}

static void remove_folder(const char *folder)
{
	static const char *const names[] = { "a.profile", "b.part", "cell.map", "loop.profile" };
	char path[256];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

START_TEST(a_profile_builds_upon_another)
{
	char folder[] = "/tmp/femtoproof-profile-XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(folder));
	write_file(folder, "cell.map", "root Device.\nA B string r\n");
	write_file(folder, "b.part", "device hnb\nics\n tls yes\nixit\n device.serial 1\n device.oui A\n");
	write_file(folder, "a.profile", "profile \"P\"\ninclude b.part\nmap ./cell.map\ndevice henb\n"
					"ics\n tls no \"why\"\nixit\n device.serial 2\n");
	struct profile *profile = load_in(folder, "a.profile");
	ck_assert_ptr_nonnull(profile);
	ck_assert_str_eq(profile_device(profile), "henb");
	ck_assert(!profile_ics(profile, "tls")->supported);
	ck_assert_str_eq(profile_ics(profile, "tls")->comment, "why");
	ck_assert_str_eq(profile_variable(profile, "device.serial"), "2");
	ck_assert_str_eq(profile_variable(profile, "device.oui"), "A");
	ck_assert_str_eq(map_name(profile_map(profile)), "cell");
	profile_free(profile);
	remove_folder(folder);
}
END_TEST

START_TEST(files_that_cannot_be)
{
	char folder[] = "/tmp/femtoproof-profile-XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(folder));
	write_file(folder, "cell.map", "root Device.\nA B strin r\n");
	write_file(folder, "a.profile", "profile \"P\"\ndevice henb\nmap cel\ninclude no.part\n");
	write_file(folder, "loop.profile", "profile \"P\"\ndevice henb\nmap cell\ninclude loop.profile\n");
	ck_assert_ptr_null(load_in(folder, "a.profile"));
	ck_assert_uint_eq(diagnostics.count, 2);
	ck_assert_ptr_nonnull(strstr(diagnostics.list[0].text, "did you mean \"cell\""));
	ck_assert_int_eq(diagnostics.list[0].line, 3);
	ck_assert_ptr_nonnull(strstr(diagnostics.list[1].text, "No such file"));
	ck_assert_int_eq(diagnostics.list[1].line, 4);
	diagnostics_clear(&diagnostics);
	ck_assert_ptr_null(load_in(folder, "loop.profile"));
	ck_assert_ptr_nonnull(strstr(diagnostics.list[0].text, "too deep"));
	ck_assert_ptr_nonnull(strstr(diagnostics.list[1].text, "did you mean \"string\""));
	diagnostics_clear(&diagnostics);
	ck_assert_ptr_null(load_in(folder, "missing.profile"));
	ck_assert_uint_eq(diagnostics.count, 1);
	diagnostics_clear(&diagnostics);
	ck_assert_ptr_null(profile_load(folder, folder, &diagnostics));
	ck_assert_ptr_nonnull(strstr(diagnostics.list[0].text, "directory"));
	remove_folder(folder);
}
END_TEST

START_TEST(no_cut_and_no_flip_breaks_the_reader)
{
	size_t length = strlen(good);
	char *text = strdup(good);

	for (size_t i = 0; i < length; i++) {
		profile_free(profile_parse(good, i, "cut.profile", &diagnostics));
		text[i] = (char)(text[i] ^ (1 << (i % 8)));
		profile_free(profile_parse(text, length, "flip.profile", &diagnostics));
		text[i] = good[i];
		diagnostics_clear(&diagnostics);
	}
	free(text);
}
END_TEST

/* The profiles that come with the program: all are good and agree on names. */
static const char *const shipped[] = {
	"simulated-henb", "simulated-hnb", "simulated-henb-http", "simulated-hnb-http",
	"simulated-hnb-tr196-1", "simulated-hnb-device2", "simulated-henb-tr262",
};

START_TEST(shipped_profiles_are_good)
{
	static const char *const variables[] = {
		"device.simulated", "device.manufacturer", "device.oui", "device.product-class",
		"device.serial", "device.connection-request-username",
		"device.connection-request-password" };
	static const char *const limits[] = { "limit.step", "limit.session", "limit.settle",
					      "limit.connection-request", "limit.alarm" };
	char name[128];
	struct limit limit;

	snprintf(name, sizeof(name), "scenarios/profiles/%s.profile", shipped[_i]);
	char *file = suite_path(name), *maps = suite_path("scenarios/maps");
	struct profile *profile = profile_load(file, maps, &diagnostics);
	diagnostics_print(&diagnostics, stderr);
	ck_assert_ptr_nonnull(profile);
	ck_assert_str_eq(profile_device(profile), strstr(name, "henb") ? "henb" : "hnb");
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		ck_assert_msg(profile_variable(profile, variables[i]), "no %s", variables[i]);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		ck_assert_msg(profile_limit(profile, limits[i], &limit), "no %s", limits[i]);
	/* The alarms that the profile speaks of are the rows that the map has. */
	const struct data_model_map *map = profile_map(profile);
	char *path = map_path(map, "SupportedAlarm.2.ProbableCause");
	ck_assert_str_eq(map_value(map, path),
			 profile_variable(profile, "queued-alarm.probable-cause"));
	free(path);
	path = map_path(map, "ConnectionRequestPassword");
	ck_assert_str_eq(map_value(map, path),
			 profile_variable(profile, "device.connection-request-password"));
	free(path);
	profile_free(profile);
	free(file);
	free(maps);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("profile");
	TCase *tcase = tcase_create("profile");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, what_the_lines_say);
	tcase_add_test(tcase, limits_have_a_source);
	tcase_add_test(tcase, triggers_and_rules);
	tcase_add_test(tcase, a_variable_can_be_set);
	tcase_add_test(tcase, names_go_to_the_vocabulary);
	tcase_add_loop_test(tcase, mistakes_have_their_place, 0,
			    (int)(sizeof(mistakes) / sizeof(mistakes[0])));
	tcase_add_test(tcase, a_profile_builds_upon_another);
	tcase_add_test(tcase, files_that_cannot_be);
	tcase_add_test(tcase, no_cut_and_no_flip_breaks_the_reader);
	tcase_add_loop_test(tcase, shipped_profiles_are_good, 0,
			    (int)(sizeof(shipped) / sizeof(shipped[0])));
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
