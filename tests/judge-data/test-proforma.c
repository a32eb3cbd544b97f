/* The proforma, and what it says of a profile. */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/proforma.h"
#include "tests/suite.h"

static const char form[] =
	"proforma \"A cell\"\n"
	"device henb\n"
	"table A.1 ics \"Ways\"\n"
	"tunnel o.1 \"5.1\"\n"
	"    asks \"Through a tunnel?\"\n"
	"plain o.1 \"5.2\"\n"
	"    asks \"On the Internet?\"\n"
	"ipsec c \"5.3\"\n"
	"    asks \"IPsec?\"\n"
	"    when tunnel and not plain or both then m else x\n"
	"both o \"5.4\"\n"
	"    asks \"Both?\"\n"
	"files m \"5.5\"\n"
	"    asks \"Files?\"\n"
	"    rests I-08 C-17\n"
	"iuh x \"5.6\"\n"
	"    asks \"Iuh?\"\n"
	"table B.1 ixit \"Values\"\n"
	"device.serial text \"A.3.3.1\"\n"
	"    asks \"Serial number\"\n"
	"    needed always\n"
	"device.key key \"35.206\"\n"
	"    asks \"K\"\n"
	"    needed ipsec\n"
	"hms.authentication none|basic|digest \"3.4.4\"\n"
	"    asks \"Login\"\n"
	"config.tac 1..65535 \"6\"\n"
	"    asks \"Area\"\n"
	"device.name text:4 \"6\"\n"
	"    asks \"Name\"\n"
	"    needed both\n"
	"role.port port \"-\"\n"
	"    asks \"Port\"\n"
	"table C.1 limits \"Limits\"\n"
	"limit.reply 30s standard \"TR-069 3.2.2\"\n"
	"    asks \"Reply\"\n"
	"table D.1 triggers \"Triggers\"\n"
	"power-on \"5.1\"\n"
	"    asks \"How?\"\n";

#define HEAD "profile \"P\"\ndevice henb\nmap m\n"
#define GOOD                                                                                   \
	HEAD "ics\n tunnel no\n plain yes\n ipsec no\n both no\n files yes\nixit\n"            \
	     " device.serial \"1\"\nlimits\n limit.reply 30 s standard \"TR-069 3.2.2\"\n"

static struct diagnostics diagnostics;
static struct proforma *proforma;

static void setup(void)
{
	diagnostics = (struct diagnostics){ 0 };
	proforma = proforma_parse(form, strlen(form), "form", &diagnostics);
}

static void teardown(void)
{
	proforma_free(proforma);
	diagnostics_clear(&diagnostics);
}

static void check(const char *text)
{
	diagnostics_clear(&diagnostics);
	diagnostics = (struct diagnostics){ 0 };
	struct profile *profile = profile_parse(text, strlen(text), "p", &diagnostics);

	diagnostics_print(&diagnostics, stderr);
	ck_assert_ptr_nonnull(profile);
	proforma_check(proforma, profile, &diagnostics);
	profile_free(profile);
}

/* One thing is said, of that kind, at that line, and it holds the text. */
static void says(const char *text, enum diagnostic_kind kind, int line, const char *expected)
{
	check(text);
	for (size_t i = 0; i < diagnostics.count; i++) {
		const struct diagnostic *each = &diagnostics.list[i];

		if (each->kind == kind && each->line == line && strstr(each->text, expected))
			return;
	}
	diagnostics_print(&diagnostics, stderr);
	ck_abort_msg("nothing says \"%s\" at line %d", expected, line);
}

START_TEST(what_the_rows_say)
{
	ck_assert_ptr_nonnull(proforma);
	ck_assert_str_eq(proforma_title(proforma), "A cell");
	ck_assert_str_eq(proforma_device(proforma), "henb");
	const struct proforma_row *row = proforma_row(proforma, PROFORMA_ICS, "ipsec");
	char *text = proforma_status_text(row);

	ck_assert_str_eq(text, "c: m when tunnel and not plain or both, else x");
	free(text);
	ck_assert_str_eq(row->table->number, "A.1");
	ck_assert_str_eq(row->clause, "5.3");
	row = proforma_row(proforma, PROFORMA_ICS, "files");
	ck_assert_uint_eq(row->rest_count, 2);
	ck_assert_str_eq(row->rests[1], "C-17");
	ck_assert_int_eq(proforma_row(proforma, PROFORMA_ICS, "plain")->choice, 1);
	ck_assert_ptr_null(proforma_row(proforma, PROFORMA_ICS, "device.serial"));
	ck_assert_int_eq(proforma_row(proforma, PROFORMA_LIMITS, "limit.reply")->microseconds,
			 30000000);
	ck_assert_ptr_nonnull(proforma_row(proforma, PROFORMA_TRIGGERS, "power-on"));
}
END_TEST

START_TEST(a_row_of_a_class_is_of_its_roles)
{
	ck_assert_ptr_nonnull(proforma_row(proforma, PROFORMA_IXIT, "serving-hems.authentication"));
	ck_assert_ptr_nonnull(proforma_row(proforma, PROFORMA_IXIT, "mme.port"));
	ck_assert_ptr_null(proforma_row(proforma, PROFORMA_IXIT, "mme.authentication"));
	ck_assert_ptr_null(proforma_row(proforma, PROFORMA_IXIT, "nobody.port"));
}
END_TEST

START_TEST(a_good_profile_has_nothing_said_of_it)
{
	check(GOOD);
	diagnostics_print(&diagnostics, stderr);
	ck_assert_uint_eq(diagnostics.count, 0);
	check(HEAD "ics\n tunnel no\n plain yes\n ipsec no\n both no\n files yes\n x-own yes\n"
		   "ixit\n device.serial \"1\"\n config.tac 65535\n device.name \"\xc3\xa4\x62\x63\x64\"\n x-mine.a b\n serving-hems.port 80\n"
		   "limits\n limit.reply 30 s standard \"TR-069 3.2.2\"\n limit.x-own 1 s\n");
	diagnostics_print(&diagnostics, stderr);
	ck_assert_uint_eq(diagnostics.count, 0);
}
END_TEST

START_TEST(answers_are_held_against_their_status)
{
	says(HEAD "ics\n tunnel no\n plain no\n", DIAGNOSTIC_WARNING, 5,
	     "no item of the group o.1 is answered yes");
	says(HEAD "ics\n plain yes\n files no\n", DIAGNOSTIC_WARNING, 6,
	     "files is answered no, and is mandatory (5.5): declared not conformant");
	says(HEAD "ics\n tunnel yes\n ipsec no\n", DIAGNOSTIC_WARNING, 6,
	     "is mandatory (5.3) when tunnel and not plain or both");
	says(HEAD "ics\n plain yes\n both yes\n ipsec no\n", DIAGNOSTIC_WARNING, 7,
	     "is mandatory (5.3)");
	says(HEAD "ics\n plain yes\n ipsec yes\n", DIAGNOSTIC_ERROR, 6, "contradicts");
	says(HEAD "ics\n iuh yes\n", DIAGNOSTIC_ERROR, 5, "is not of a henb");
	says(HEAD "ics\n plain yes\n", DIAGNOSTIC_WARNING, 1, "files is not answered");
	says(HEAD "ics\n plain yes\n", DIAGNOSTIC_WARNING, 1, "does not answer both");
	says(HEAD "ics\n tunel yes\n", DIAGNOSTIC_ERROR, 5, "did you mean \"tunnel\"?");
}
END_TEST

START_TEST(values_are_held_against_their_kind)
{
	says(HEAD "ics\n plain yes\n", DIAGNOSTIC_ERROR, 1, "the ixit lacks device.serial");
	says(HEAD "ics\n tunnel yes\n ipsec yes\n", DIAGNOSTIC_ERROR, 1,
	     "lacks device.key (K), which is needed when ipsec");
	says(HEAD "ixit\n device.serial \"?\"\n", DIAGNOSTIC_ERROR, 5, "still to be filled in");
	says(HEAD "ixit\n mme.port 70000\n", DIAGNOSTIC_ERROR, 5, "a port from 1 to 65535");
	says(HEAD "ixit\n initial-hems.authentication basics\n", DIAGNOSTIC_ERROR, 5,
	     "expected none|basic|digest");
	says(HEAD "ixit\n config.tac 0\n", DIAGNOSTIC_ERROR, 5,
	     "expected a whole number from 1 to 65535");
	says(HEAD "ixit\n config.tac 65536\n", DIAGNOSTIC_ERROR, 5, "\"65536\" does not fit");
	says(HEAD "ixit\n config.tac 99999999999999999999\n", DIAGNOSTIC_ERROR, 5, "does not fit");
	says(HEAD "ixit\n config.tac 007\n", DIAGNOSTIC_ERROR, 5, "without zeros before it");
	says(HEAD "ixit\n device.name \"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\x65\"\n",
	     DIAGNOSTIC_ERROR, 5, "expected a text of at most 4 characters");
	says(HEAD "ics\n both no\nixit\n device.name \"?\"\n", DIAGNOSTIC_ERROR, 7,
	     "expected a text of at most 4 characters, or no such line: it is needed only when both");
	says(HEAD "ixit\n device.serail 1\n", DIAGNOSTIC_ERROR, 5,
	     "did you mean \"device.serial\"?");
	says("profile \"?\"\ndevice henb\nmap m\n", DIAGNOSTIC_ERROR, 1, "title");
}
END_TEST

START_TEST(a_wrong_secret_is_not_repeated)
{
	says(HEAD "ixit\n device.key abcdef\n", DIAGNOSTIC_ERROR, 5, "32 hexadecimal digits");
	for (size_t i = 0; i < diagnostics.count; i++)
		ck_assert_ptr_null(strstr(diagnostics.list[i].text, "abcdef"));
}
END_TEST

START_TEST(limits_are_held_against_who_sets_them)
{
	says(HEAD "limits\n limit.reply 30 s lab\n", DIAGNOSTIC_WARNING, 5, "set by TR-069 3.2.2");
	says(HEAD "limits\n limit.repply 30 s lab\n", DIAGNOSTIC_ERROR, 5, "limit.reply");
	says(HEAD, DIAGNOSTIC_WARNING, 1, "the limits lack limit.reply");
}
END_TEST

START_TEST(what_is_secret)
{
	ck_assert(proforma_secret(proforma, "device.key"));
	ck_assert(proforma_secret(NULL, "device.connection-request-password"));
	ck_assert(proforma_secret(NULL, "serving-segw.secret"));
	ck_assert(proforma_secret(NULL, "device.usim-opc"));
	ck_assert(!proforma_secret(proforma, "device.serial"));
	ck_assert(!proforma_secret(NULL, "device.secretary"));
}
END_TEST

START_TEST(mistakes_in_a_proforma)
{
	static const struct {
		const char *text, *said;
	} wrong[] = {
		{ "tunnel o \"5\"\n", "stands in no table" },
		{ "table A ics \"T\"\ntunnel q \"5\"\n", "no status" },
		{ "table A ics \"T\"\ntunnel c \"5\"\n asks \"A\"\n", "no line when" },
		{ "table A ics \"T\"\ntunnel o \"5\"\n", "asks nothing" },
		{ "table A ics \"T\"\na c \"5\"\n asks \"A\"\n when b then m else o\n",
		  "names \"b\"" },
		{ "table A ics \"T\"\na c \"5\"\n when a and then m else o\n", "condition ends" },
		{ "table A ics \"T\"\na c \"5\"\n when a b then m else o\n", "expected and, or" },
		{ "table A ics \"T\"\na c \"5\"\n when a then m\n", "expected else" },
		{ "table A ics \"T\"\na o \"5\"\n asks \"A\"\na o \"5\"\n", "second time" },
		{ "table A ixit \"T\"\na.b thing \"5\"\n", "kind of value" },
		{ "table A ixit \"T\"\na.b 9..8 \"5\"\n", "kind of value" },
		{ "table A ixit \"T\"\na.b text:0 \"5\"\n", "kind of value" },
		{ "table A triggers \"T\"\ndance \"5\"\n", "no action" },
		{ "table A limits \"T\"\nlimit.a soon lab \"5\"\n", "no duration" },
		{ "include other\n", "nothing can be included" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char text[400];
		bool said = false;

		diagnostics_clear(&diagnostics);
		diagnostics = (struct diagnostics){ 0 };
		snprintf(text, sizeof(text), "proforma \"P\"\ndevice hnb\n%s", wrong[i].text);
		ck_assert_ptr_null(proforma_parse(text, strlen(text), "w", &diagnostics));
		for (size_t j = 0; j < diagnostics.count; j++)
			said |= strstr(diagnostics.list[j].text, wrong[i].said) != NULL;
		ck_assert_msg(said, "nothing says \"%s\"", wrong[i].said);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("proforma");
	TCase *tcase = tcase_create("proforma");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, what_the_rows_say);
	tcase_add_test(tcase, a_row_of_a_class_is_of_its_roles);
	tcase_add_test(tcase, a_good_profile_has_nothing_said_of_it);
	tcase_add_test(tcase, answers_are_held_against_their_status);
	tcase_add_test(tcase, values_are_held_against_their_kind);
	tcase_add_test(tcase, a_wrong_secret_is_not_repeated);
	tcase_add_test(tcase, limits_are_held_against_who_sets_them);
	tcase_add_test(tcase, what_is_secret);
	tcase_add_test(tcase, mistakes_in_a_proforma);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
