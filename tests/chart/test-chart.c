/* What a chart holds after loading: the tree, uses put in place, texts, lint, rules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/chart/chart.h"
#include "harness/chart/vocabulary.h"
#include "protocols/memory.h"
#include "tests/suite.h"

static const char header[] = "scenario \"Test\"\n"
			     "clause TS 32.593 5.1.3 mandatory\n"
			     "covers A-01 .. A-03, B\n"
			     "roles henb, serving-hems, public-dns\n";

static struct diagnostics diagnostics;

static struct chart *chart_of(const char *body, const char *root)
{
	char *text = memory_format("%s%s", header, body);
	struct chart *chart =
	    chart_parse(text, strlen(text), "test.flow", root, NULL, &diagnostics);

	free(text);
	return chart;
}

static struct chart *good_chart(const char *body, const char *root)
{
	struct chart *chart = chart_of(body, root);

	if (!chart)
		diagnostics_print(&diagnostics, stderr);
	ck_assert_ptr_nonnull(chart);
	ck_assert_uint_eq(diagnostics.count, 0);
	return chart;
}

static void finish(void)
{
	diagnostics_clear(&diagnostics);
}

START_TEST(test_header)
{
	struct chart *chart =
	    good_chart("needs tls, not ipsec\ntags one, two\nclause TR-069 A.3.3.1\n"
		       "henb -> serving-hems : Inform\n",
		       ".");

	ck_assert_str_eq(chart->title, "Test");
	ck_assert_str_eq(chart->standard, "TS 32.593");
	ck_assert_str_eq(chart->clause, "5.1.3");
	ck_assert_int_eq(chart->status, STATUS_MANDATORY);
	ck_assert_uint_eq(chart->clause_count, 2);
	ck_assert_str_eq(chart->clauses[1].standard, "TR-069");
	ck_assert_str_eq(chart->clauses[1].number, "A.3.3.1");
	ck_assert_int_eq(chart->clauses[1].status, STATUS_NONE);
	ck_assert_uint_eq(chart->cover_count, 4);
	ck_assert_str_eq(chart->covers[1].text, "A-02");
	ck_assert_str_eq(chart->covers[3].text, "B");
	ck_assert(!chart->covers[1].negated);
	ck_assert_uint_eq(chart->need_count, 2);
	ck_assert(chart->needs[1].negated);
	ck_assert_str_eq(chart->needs[1].text, "ipsec");
	ck_assert_uint_eq(chart->tag_count, 2);
	ck_assert_str_eq(chart->name, "test.flow");
	ck_assert(!chart->is_fragment);
	chart_free(chart);
}
END_TEST

START_TEST(test_arrow)
{
	struct chart *chart = good_chart(
	    "henb <- serving-hems : SetParameterValues  [2.1]  within 1.5s standard \"X 1\"\n"
	    "    set  Device.A = \"x\" as xsd:int\n"
	    "    set  ParameterKey = true   -- why\n"
	    "    with delay 5s with http-status 503\n"
	    "    check (1 = 1 -- first\n"
	    "           or 2 = 2) -- second\n"
	    "    keep  id = @id\n",
	    ".");
	const struct arrow *arrow = chart->body->first->arrow;

	ck_assert_str_eq(arrow->from, "serving-hems");
	ck_assert_str_eq(arrow->to, "henb");
	ck_assert_str_eq(arrow->message, "SetParameterValues");
	ck_assert_str_eq(arrow->step, "2.1");
	ck_assert_int_eq(arrow->number, 1);
	ck_assert_int_eq(arrow->at.line, 5);
	ck_assert_int_eq(arrow->within->microseconds, 1500000);
	ck_assert_int_eq(arrow->within->source, LIMIT_STANDARD);
	ck_assert_str_eq(arrow->within->reference, "X 1");
	ck_assert_uint_eq(arrow->setting_count, 2);
	ck_assert(arrow->settings[0].is_parameter);
	ck_assert_str_eq(arrow->settings[0].value->text, "\"x\"");
	ck_assert_str_eq(arrow->settings[1].value->comment, "why");
	ck_assert_str_eq(arrow->settings[0].type, "xsd:int");
	ck_assert(!arrow->settings[1].is_parameter);
	ck_assert_str_eq(arrow->settings[1].value->text, "'true'");
	ck_assert_uint_eq(arrow->fault_count, 2);
	ck_assert_str_eq(arrow->faults[0].kind->name, "delay");
	ck_assert_int_eq(arrow->faults[0].number, 5000000);
	ck_assert_int_eq(arrow->faults[1].number, 503);
	ck_assert_uint_eq(arrow->check_count, 1);
	ck_assert_ptr_nonnull(arrow->checks[0]->compiled);
	ck_assert_str_eq(arrow->checks[0]->comment, "first");
	ck_assert_str_eq(arrow->keeps[0].name, "id");
	char *text = arrow_text(arrow);
	ck_assert_str_eq(text, "serving-hems -> henb : SetParameterValues  [2.1]");
	free(text);
	chart_free(chart);
}
END_TEST

START_TEST(test_blocks)
{
	struct chart *chart = good_chart("henb does raise-alarm severity=\"Major\" [0]\n"
					 "alt \"one\" when 1 = 1\n"
					 "  henb -> serving-hems : Inform\n"
					 "or\n"
					 "or \"three\"\n"
					 "  henb -> serving-hems : EmptyPost\n"
					 "end\n"
					 "loop 2..*\n"
					 "  par\n"
					 "    henb -> public-dns : DnsQuery\n"
					 "  and\n"
					 "    wait $limit.x\n"
					 "  end\n"
					 "end\n"
					 "never for 30s\n"
					 "  henb -> serving-hems : Inform\n"
					 "end\n",
					 ".");
	const struct item *item = chart->body->first;

	ck_assert_int_eq(item->kind, ITEM_ACTION);
	ck_assert_str_eq(item->action->name, "raise-alarm");
	ck_assert_str_eq(item->action->step, "0");
	ck_assert_str_eq(item->action->arguments[0].value->text, "\"Major\"");
	item = item->next;
	ck_assert_int_eq(item->kind, ITEM_ALT);
	ck_assert_str_eq(item->branches->title, "one");
	ck_assert_str_eq(item->branches->guard->text, "1 = 1");
	ck_assert_int_eq(item->branches->first->arrow->number, 2);
	ck_assert_ptr_null(item->branches->next->first);
	ck_assert_str_eq(item->branches->next->next->title, "three");
	ck_assert_ptr_null(item->branches->next->next->next);
	item = item->next;
	ck_assert_int_eq(item->kind, ITEM_LOOP);
	ck_assert_int_eq(item->least, 2);
	ck_assert_int_eq(item->most, -1);
	ck_assert_int_eq(item->branches->first->kind, ITEM_PAR);
	const struct item *wait = item->branches->first->branches->next->first;
	ck_assert_int_eq(wait->kind, ITEM_WAIT);
	ck_assert_str_eq(wait->duration->variable, "limit.x");
	item = item->next;
	ck_assert_int_eq(item->kind, ITEM_NEVER);
	ck_assert_int_eq(item->duration->microseconds, 30000000);
	ck_assert_ptr_null(item->next);
	ck_assert_int_eq(chart->step_count, 5);
	chart_free(chart);
}
END_TEST

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

START_TEST(test_use)
{
	char folder[] = "/tmp/femtoproof-chart-XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(folder));
	char *inner = memory_format("%s/inner.flow", folder);
	char *outer = memory_format("%s/outer.flow", folder);
	write_file(inner,
		   "fragment \"Inner\"\nparameters device, hms, why\n"
		   "device -> hms : Inform  within $why\n    check $hms.url != concat($hms, '')\n");
	write_file(outer,
		   "fragment \"Outer\"\nparameters cell, what\n"
		   "roles serving-hems\n"
		   "use inner.flow device=cell, hms=serving-hems, why=$limit.x\n"
		   "serving-hems -> cell : Reboot\n    set CommandKey = concat($what, 'y')\n");
	struct chart *chart = good_chart("use outer.flow cell=henb what=\"x\"\n"
					 "use outer.flow cell=henb what=3\n",
					 folder);
	const struct item *first = chart->body->first;
	ck_assert_int_eq(first->kind, ITEM_SEQUENCE);
	ck_assert_str_eq(first->use->file, "outer.flow");
	ck_assert_str_eq(first->branches->title, "Outer");
	const struct arrow *inform = first->branches->first->branches->first->arrow;
	ck_assert_str_eq(inform->from, "henb");
	ck_assert_str_eq(inform->to, "serving-hems");
	ck_assert_str_eq(inform->within->variable, "limit.x");
	ck_assert_str_eq(inform->checks[0]->text,
			 "$serving-hems.url != concat('serving-hems', '')");
	const struct arrow *reboot = first->branches->first->next->arrow;
	ck_assert_str_eq(reboot->settings[0].value->text, "concat(\"x\", 'y')");
	reboot = first->next->branches->first->next->arrow;
	ck_assert_str_eq(reboot->settings[0].value->text, "concat(3, 'y')");
	ck_assert_int_eq(reboot->number, 4);
	chart_free(chart);

	write_file(inner, "fragment \"Inner\"\nparameters device, hms, why\n"
			  "use outer.flow cell=device what=1\n");
	ck_assert_ptr_null(chart_of("use outer.flow cell=henb what=\"x\"\n", folder));
	ck_assert_str_eq(diagnostics.list[0].text, "\"outer.flow\" uses itself");
	ck_assert_int_eq(diagnostics.list[0].line, 3);
	unlink(inner);
	unlink(outer);
	rmdir(folder);
	free(inner);
	free(outer);
}
END_TEST

START_TEST(test_explain)
{
	struct chart *chart =
	    good_chart("needs tls\nhenb -> serving-hems : Inform  [1]  within 90s\n"
		       "    check  Status = 0   -- done\n"
		       "opt \"maybe\"\n    henb <- serving-hems : InformResponse\nend\n"
		       "wait 300s + $limit.step or 5%\n",
		       ".");
	char *text = chart_explain(chart);

	ck_assert_str_eq(text, "Test\n"
			       "TS 32.593 clause 5.1.3 (mandatory)\n"
			       "Statements: A-01, A-02, A-03, B\n"
			       "Roles: henb, serving-hems, public-dns\n"
			       "Needs: tls\n"
			       "\n"
			       "1. [1] henb sends Inform to serving-hems, within 90 seconds\n"
			       "    it must hold that Status = 0  (done)\n"
			       "2. Perhaps: maybe\n"
			       "    2.1. serving-hems answers henb with InformResponse\n"
			       "3. Nothing is done for 5 minutes and $limit.step (5 % if that is more)\n");
	free(text);
	chart_free(chart);
}
END_TEST

START_TEST(test_bad_octets)
{
	ck_assert_ptr_null(chart_of("henb -> serving-hems : Inform -- \xff\n", "."));
	ck_assert_str_eq(diagnostics.list[0].text,
			 "this is no text in UTF-8: the line has other octets in it");
	ck_assert_int_eq(diagnostics.list[0].line, 5);
	ck_assert_ptr_null(chart_parse("a\0b", 3, "x", ".", NULL, &diagnostics));
	ck_assert_ptr_null(chart_parse("", 0, "x", ".", NULL, &diagnostics));
	ck_assert_ptr_null(chart_load("/nonexistent/x.flow", "/", NULL, &diagnostics));
	ck_assert_ptr_null(chart_load("/", "/", NULL, &diagnostics));
}
END_TEST

/* The empty word is none of a fault's words. */
START_TEST(test_empty_word)
{
	ck_assert_ptr_null(chart_of("henb <- serving-hems : InformResponse  with redirect \"\"\n",
				    "."));
	ck_assert_str_eq(diagnostics.list[0].text,
			 "fault \"redirect\" wants one of: 301 302 307");
}
END_TEST

/* However a text is cut or spoilt, it is read to the end without harm. */
START_TEST(test_spoilt)
{
	char *path = suite_path("scenarios/LANGUAGE.md");
	size_t length;
	char *text = suite_read(path, &length);
	char *copy = memory_new(length + 1);
	size_t step = 97;

	for (size_t cut = 0; cut < length; cut += step * 7) {
		chart_free(chart_parse(text + cut, length - cut > 4000 ? 4000 : length - cut, "x",
				       ".", NULL, &diagnostics));
		diagnostics_clear(&diagnostics);
	}
	const char *whole = strstr(text, "scenario  \"HeNB registration");
	size_t size = (size_t)(strstr(whole, "```") - whole);
	for (size_t i = 0; i < size; i++) {
		memcpy(copy, whole, size);
		copy[i] = (char)(copy[i] ^ (1 << (i % 7)));
		chart_free(chart_parse(copy, size, "x", ".", NULL, &diagnostics));
		chart_free(chart_parse(whole, i, "x", ".", NULL, &diagnostics));
		chart_free(chart_parse(whole + i, size - i, "x", ".", NULL, &diagnostics));
		diagnostics_clear(&diagnostics);
	}
	free(copy);
	free(text);
	free(path);
}
END_TEST

START_TEST(test_deep)
{
	struct {
		const char *head, *part;
		int count;
	} deep[] = {
		{ "", "opt\n", 5000 },
		{ "henb -> serving-hems : Inform\n check ", "(", 4000 },
		{ "henb -> serving-hems : Inform\n check ", "[", 4000 },
		{ "henb -> serving-hems : Inform\n check 1", " + 1", 900 },
		{ "henb -> serving-hems : Inform\n check a", "/a", 2000 },
		{ "henb -> serving-hems : Inform\n check ", "a", 20000 },
		{ "henb -> serving-hems : Inform\n check matches(a, '", "(", 3000 },
		{ "henb -> serving-hems : ", "-", 20000 },
	};

	for (size_t i = 0; i < sizeof(deep) / sizeof(deep[0]); i++) {
		size_t length = strlen(deep[i].head), part = strlen(deep[i].part);
		char *text = memory_new(length + part * (size_t)deep[i].count + 1);

		memcpy(text, deep[i].head, length);
		for (int j = 0; j < deep[i].count; j++)
			memcpy(text + length + (size_t)j * part, deep[i].part, part);
		chart_free(chart_of(text, "."));
		free(text);
		ck_assert_uint_le(diagnostics.count, 120);
		diagnostics_clear(&diagnostics);
	}
}
END_TEST

START_TEST(test_rules)
{
	static const char text[] = "rule ONE \"first\"\n clause TR-069 3.5\n for device -> * : *\n"
				   " when /message/answers\n check 1 = 1 -- why\n check 2\n"
				   "rule TWO \"second\"\n severity warning\n clause TR-069 3.4.1\n"
				   " check 3\n for hms <- device : Inform\n";
	struct rules rules = { 0 };

	ck_assert_int_eq(rules_parse(text, strlen(text), "x.rules", NULL, &rules, &diagnostics), 0);
	ck_assert_uint_eq(rules.count, 2);
	ck_assert_str_eq(rules.rules[0]->id, "ONE");
	ck_assert_str_eq(rules.rules[0]->statement, "first");
	ck_assert_str_eq(rules.rules[0]->standard, "TR-069");
	ck_assert_str_eq(rules.rules[0]->clause, "3.5");
	ck_assert_int_eq(rules.rules[0]->severity, SEVERITY_FAIL);
	ck_assert_uint_eq(rules.rules[0]->pattern->check_count, 2);
	ck_assert_str_eq(rules.rules[0]->pattern->to, "*");
	ck_assert_ptr_nonnull(rules.rules[0]->guard->compiled);
	ck_assert_int_eq(rules.rules[1]->severity, SEVERITY_WARNING);
	ck_assert_str_eq(rules.rules[1]->pattern->from, "device");
	ck_assert_str_eq(rules.rules[1]->pattern->to, "hms");
	ck_assert_uint_eq(rules.rules[1]->pattern->check_count, 1);
	/* Another file adds; a rule of the first one is not to be defined again. */
	ck_assert_int_eq(rules_parse(text, strlen(text), "y.rules", NULL, &rules, &diagnostics),
			 -1);
	ck_assert_uint_eq(diagnostics.errors, 2);
	rules_free(&rules);
}
END_TEST

START_TEST(test_nearest)
{
	static const char *const words[] = { "check", "keep", "serving-hems", "serving-hms" };

	ck_assert_str_eq(nearest_word("chekc", words, 4), "check");
	ck_assert_str_eq(nearest_word("serving-hem", words, 4), "serving-hems");
	ck_assert_ptr_null(nearest_word("foo", words, 4));
	ck_assert_ptr_null(nearest_word("k", words, 4));
	ck_assert_ptr_null(nearest_word("", words, 4));
}
END_TEST

START_TEST(test_names)
{
	struct vocabulary vocabulary = { 0 };
	char name[32];

	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 1000; i++) {
			snprintf(name, sizeof(name), "Name-%d", i);
			names_add(&vocabulary.parameters, name);
		}
	ck_assert_uint_eq(vocabulary.parameters.count, 1000);
	ck_assert_str_eq(vocabulary.parameters.list[7], "Name-7");
	ck_assert(vocabulary_parameter(&vocabulary, "Name-999"));
	ck_assert(vocabulary_parameter(&vocabulary, "Name-999.rest"));
	ck_assert(vocabulary_parameter(&vocabulary, "Device.Anything"));
	ck_assert(vocabulary_parameter(&vocabulary, "InternetGatewayDevice."));
	ck_assert(!vocabulary_parameter(&vocabulary, "Name-99x"));
	ck_assert(!vocabulary_parameter(&vocabulary, "Dev"));
	ck_assert(!vocabulary_parameter(&vocabulary, ""));
	vocabulary_clear(&vocabulary);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chart");
	TCase *tcase = tcase_create("chart");

	tcase_add_checked_fixture(tcase, NULL, finish);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, test_header);
	tcase_add_test(tcase, test_arrow);
	tcase_add_test(tcase, test_blocks);
	tcase_add_test(tcase, test_use);
	tcase_add_test(tcase, test_explain);
	tcase_add_test(tcase, test_bad_octets);
	tcase_add_test(tcase, test_empty_word);
	tcase_add_test(tcase, test_spoilt);
	tcase_add_test(tcase, test_deep);
	tcase_add_test(tcase, test_rules);
	tcase_add_test(tcase, test_nearest);
	tcase_add_test(tcase, test_names);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
