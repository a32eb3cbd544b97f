#include <stdlib.h>
#include <string.h>

#include "harness/judge/statements.h"
#include "tests/suite.h"

static const char good[] =
	"standard \"TS 32.593\"\n"
	"clause 5.1.3 \"Registration\"\n"
	"HENB-5.1.3-01  -  M  henb\n"
	"    says  \"is connected\"\n"
	"HENB-5.1.3-02  [1.1]  C  henb,serving-hems   -- both\n"
	"    says  \"informs\"\n"
	"    when  \"the URL changed\"\n"
	"    pass  \"DeviceId\"\n"
	"    fail  \"none\"\n"
	"    see   \"TR-069 A.3.3.1\"\n"
	"clause 5.2 \"Next\"\n"
	"HENB-5.2-01  [A]  R  -\n"
	"    says  \"nothing\"\n";

static struct diagnostics diagnostics;

static void setup(void)
{
	diagnostics = (struct diagnostics){ 0 };
}

static void teardown(void)
{
	diagnostics_clear(&diagnostics);
}

START_TEST(what_the_lines_say)
{
	struct statements *statements = statements_parse(good, strlen(good), "a", &diagnostics);

	ck_assert_ptr_nonnull(statements);
	ck_assert_uint_eq(statements_count(statements), 3);
	const struct statement *statement = statements_find(statements, "HENB-5.1.3-02");
	ck_assert_ptr_eq(statement, statements_at(statements, 1));
	ck_assert_str_eq(statement->id, "HENB-5.1.3-02");
	ck_assert_str_eq(statement->standard, "TS 32.593");
	ck_assert_str_eq(statement->clause, "5.1.3");
	ck_assert_str_eq(statement->title, "Registration");
	ck_assert_str_eq(statement->step, "1.1");
	ck_assert_int_eq(statement->status, 'C');
	ck_assert_str_eq(statement_status_name(statement->status), "conditional");
	ck_assert_str_eq(statement->role, "henb,serving-hems");
	ck_assert_str_eq(statement->statement, "informs");
	ck_assert_str_eq(statement->condition, "the URL changed");
	ck_assert_str_eq(statement->pass, "DeviceId");
	ck_assert_str_eq(statement->fail, "none");
	ck_assert_str_eq(statement->reference, "TR-069 A.3.3.1");
	statement = statements_at(statements, 0);
	ck_assert_str_eq(statement->step, "");
	ck_assert_str_eq(statement->pass, "");
	statement = statements_at(statements, 2);
	ck_assert_str_eq(statement->clause, "5.2");
	ck_assert_str_eq(statement->role, "");
	ck_assert_ptr_null(statements_at(statements, 3));
	ck_assert_ptr_null(statements_find(statements, "HENB-9"));
	statements_free(statements);
}
END_TEST

#define HEAD "standard \"S\"\nclause 1 \"T\"\n" /* two lines */

static const struct {
	const char *text;
	struct {
		int line, column;
		const char *piece;
	} found[4];
} mistakes[] = {
	{ "A-1 - M henb\n says \"x\"\n", { { 1, 1, "before its clause" } } },
	{ "clause 1 \"T\"\n", { { 1, 1, "before its standard" } } },
	{ HEAD "A-1 - M henb\nA-2 - M henb\n says \"x\"\n", { { 3, 1, "A-1 has no text" } } },
	{ HEAD "A-1 - M henb\n says \"x\"\nA-1 - M henb\n says \"x\"\n", { { 5, 1, "second time" } } },
	{ HEAD "A-1 1.1 X hemb\n says \"x\"\n",
	  { { 3, 5, "[1.1]" }, { 3, 9, "expected M, O, C, N, I or R" },
	    { 3, 11, "did you mean \"henb\"" } } },
	{ HEAD "A-1 - M\n says \"x\"\n", { { 3, 8, "who must do it" } } },
	{ HEAD "A-1 - M henb x\n say \"x\"\n says x\n says \"x\"\n",
	  { { 3, 14, "end of the line" }, { 4, 2, "did you mean \"says\"" }, { 5, 7, "in quotes" } } },
	{ HEAD "A-1 - M henb\n says \"x\"\n says \"y\"\n", { { 5, 2, "a second \"says\"" } } },
	{ HEAD " says \"x\"\n", { { 3, 2, "below no statement" } } },
};

START_TEST(mistakes_have_their_place)
{
	const char *text = mistakes[_i].text;

	ck_assert_ptr_null(statements_parse(text, strlen(text), "b", &diagnostics));
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

START_TEST(no_cut_and_no_flip_breaks_the_reader)
{
	size_t length = strlen(good);
	char *text = strdup(good);

	for (size_t i = 0; i < length; i++) {
		statements_free(statements_parse(good, i, "cut", &diagnostics));
		text[i] = (char)(text[i] ^ (1 << (i % 8)));
		statements_free(statements_parse(text, length, "flip", &diagnostics));
		text[i] = good[i];
		diagnostics_clear(&diagnostics);
	}
	free(text);
}
END_TEST

static struct statements *shipped(void)
{
	char *folder = suite_path("scenarios/statements");
	struct statements *statements = statements_load(folder, &diagnostics);

	diagnostics_print(&diagnostics, stderr);
	ck_assert_ptr_nonnull(statements);
	free(folder);
	return statements;
}

static void expect_id_of_clause(const struct statement *statement)
{
	char start[64];
	const char *standard = statement->standard;
	const char *name = strcmp(standard, "TS 32.593") == 0	? "HENB"
			   : strcmp(standard, "TS 32.583") == 0 ? "HNB"
								: "TR069";

	snprintf(start, sizeof(start), "%s-%s-", name, statement->clause);
	ck_assert_msg(strncmp(statement->id, start, strlen(start)) == 0, "%s", statement->id);
}

START_TEST(the_catalogue_is_whole)
{
	struct statements *statements = shipped();
	const struct statement *statement;
	size_t hnb = 0, henb = 0, common = 0, readings = 0;

	for (size_t i = 0; (statement = statements_at(statements, i)); i++) {
		ck_assert_str_ne(statement->statement, "");
		if (statement->status == 'R') {
			readings++;
			continue;
		}
		expect_id_of_clause(statement);
		henb += strncmp(statement->id, "HENB", 4) == 0;
		hnb += strncmp(statement->id, "HNB", 3) == 0;
		common += strncmp(statement->id, "TR069", 5) == 0;
	}
	ck_assert_uint_eq(hnb, 149);
	ck_assert_uint_eq(henb, 105);
	ck_assert_uint_eq(readings, 46);
	ck_assert_uint_eq(common, 34);
	statements_free(statements);
}
END_TEST

/* What a text refers to as "as HNB-5.1.1-12" or "(I-04)" exists. */
START_TEST(the_catalogue_refers_to_itself_rightly)
{
	struct statements *statements = shipped();
	const struct statement *statement;

	for (size_t i = 0; (statement = statements_at(statements, i)); i++) {
		const char *texts[] = { statement->statement, statement->pass, statement->reference };
		for (size_t k = 0; k < 3; k++) {
			const char *at = strstr(texts[k], "NB-");
			for (; at; at = strstr(at + 3, "NB-")) {
				const char *from = at > texts[k] && at[-1] == 'E' ? at - 2 : at - 1;
				char id[32] = "";
				size_t length = strspn(from, "HENB0123456789.-");
				if (length < 10)
					continue; /* a word such as HNB-GW */
				snprintf(id, sizeof(id), "%.*s", (int)length, from);
				ck_assert_msg(statements_find(statements, id), "%s: %s",
					      statement->id, id);
			}
		}
	}
	statements_free(statements);
}
END_TEST

START_TEST(ids_go_to_the_vocabulary)
{
	struct statements *statements = shipped();
	struct vocabulary vocabulary = { 0 };

	statements_names(statements, &vocabulary);
	ck_assert_uint_eq(vocabulary.statements.count, statements_count(statements));
	ck_assert(names_have(&vocabulary.statements, "HENB-5.1.3-02"));
	ck_assert(names_have(&vocabulary.statements, "I-04"));
	vocabulary_clear(&vocabulary);
	statements_free(statements);
	ck_assert_ptr_null(statements_load("/nonexistent", &diagnostics));
	ck_assert_ptr_nonnull(strstr(diagnostics.list[0].text, "No such file"));
}
END_TEST

static const char resting[] =
	"standard \"TS 32.593\"\n"
	"clause 5 \"Flows\"\n"
	"A-01  -  M  henb\n"
	"    says  \"asks inside\"\n"
	"    rests I-03 I-08\n"
	"A-02  -  I  henb\n"
	"    says  \"may be\"\n"
	"    untested \"nothing follows\"\n"
	"A-03  -  M  henb\n"
	"    says  \"tells at once\"\n"
	"    rests I-08\n"
	"I-03  -  R  -\n"
	"    says  \"the inner DNS is meant\"\n"
	"I-08  -  R  -\n"
	"    says  \"at once is 10 s\"\n"
	"    profile \"limit.alarm, limit.ip-change\"\n";

START_TEST(what_a_statement_rests_on)
{
	struct statements *statements =
		statements_parse(resting, strlen(resting), "a", &diagnostics);
	const struct reference ids[] = { { .text = (char[]){ "I-08" } },
					 { .text = (char[]){ "I-99" } } };

	diagnostics_print(&diagnostics, stderr);
	ck_assert_ptr_nonnull(statements);
	const struct statement *statement = statements_find(statements, "A-01");
	ck_assert_uint_eq(statement->rest_count, 2);
	ck_assert_str_eq(statement->rests[1], "I-08");
	ck_assert_str_eq(statements_find(statements, "A-02")->untested, "nothing follows");
	char *text = statements_rests(statements, ids, 2);
	ck_assert_str_eq(text, "I-08: at once is 10 s; I-99");
	free(text);
	ck_assert_ptr_null(statements_rests(statements, ids, 0));
	ck_assert_str_eq(statements_of_limit(statements, "limit.alarm")->id, "I-08");
	ck_assert_str_eq(statements_of_limit(statements, "limit.ip-change")->id, "I-08");
	ck_assert_ptr_null(statements_of_limit(statements, "limit.ip"));
	ck_assert_ptr_null(statements_of_limit(statements, "limit.step"));
	statements_free(statements);
}
END_TEST

START_TEST(what_a_chart_rests_on)
{
	struct statements *statements =
		statements_parse(resting, strlen(resting), "a", &diagnostics);
	struct reference covers[] = { { .text = (char[]){ "A-02" } }, { .text = (char[]){ "A-03" } },
				      { .text = (char[]){ "A-01" } }, { .text = (char[]){ "B-01" } } };
	const struct chart chart = { .covers = covers, .cover_count = 4 }, none = { .covers = NULL };
	const struct statement *readings[STATEMENTS_READINGS];

	ck_assert_uint_eq(statements_readings(statements, &chart, readings), 2);
	ck_assert_str_eq(readings[0]->id, "I-08"); /* once, where it is rested on first */
	ck_assert_str_eq(readings[1]->id, "I-03");
	ck_assert_uint_eq(statements_readings(statements, &none, readings), 0);
	ck_assert_uint_eq(statements_readings(NULL, &chart, readings), 0);
	statements_free(statements);
}
END_TEST

START_TEST(mistakes_of_what_it_rests_on)
{
	static const char *const wrong[][2] = {
		{ "    rests A-02\n", "is no reading" },
		{ "    rests I-77\n", "is no reading" },
		{ "    rests\n", "the id of a reading" },
		{ "    untested \"why\"\n", "below informative statements" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char text[600];
		bool said = false;

		diagnostics_clear(&diagnostics);
		diagnostics = (struct diagnostics){ 0 };
		snprintf(text, sizeof(text),
			 "standard \"S\"\nclause 1 \"C\"\nA-02  -  M  -\n    says \"x\"\n%s",
			 wrong[i][0]);
		ck_assert_ptr_null(statements_parse(text, strlen(text), "w", &diagnostics));
		for (size_t j = 0; j < diagnostics.count; j++)
			said |= strstr(diagnostics.list[j].text, wrong[i][1]) != NULL;
		ck_assert_msg(said, "nothing says %s", wrong[i][1]);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("statements");
	TCase *tcase = tcase_create("statements");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, what_the_lines_say);
	tcase_add_loop_test(tcase, mistakes_have_their_place, 0,
			    (int)(sizeof(mistakes) / sizeof(mistakes[0])));
	tcase_add_test(tcase, no_cut_and_no_flip_breaks_the_reader);
	tcase_add_test(tcase, the_catalogue_is_whole);
	tcase_add_test(tcase, the_catalogue_refers_to_itself_rightly);
	tcase_add_test(tcase, ids_go_to_the_vocabulary);
	tcase_add_test(tcase, what_a_statement_rests_on);
	tcase_add_test(tcase, what_a_chart_rests_on);
	tcase_add_test(tcase, mistakes_of_what_it_rests_on);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
