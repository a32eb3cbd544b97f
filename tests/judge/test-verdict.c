/* Verdict arithmetic: only ever worse; none at the end is an error. */
#include "harness/judge/verdict.h"
#include "tests/suite.h"

START_TEST(the_worse_of_two)
{
	for (enum verdict a = VERDICT_NONE; a <= VERDICT_ERROR; a++) {
		for (enum verdict b = VERDICT_NONE; b <= VERDICT_ERROR; b++) {
			ck_assert_int_eq(verdict_worse(a, b), a > b ? a : b);
			ck_assert_int_eq(verdict_worse(a, b), verdict_worse(b, a));
			ck_assert_int_ge(verdict_worse(a, b), a);
		}
	}
}
END_TEST

START_TEST(the_final_word)
{
	ck_assert_int_eq(verdict_final(VERDICT_NONE), VERDICT_ERROR);
	for (enum verdict a = VERDICT_PASS; a <= VERDICT_ERROR; a++)
		ck_assert_int_eq(verdict_final(a), a);
}
END_TEST

START_TEST(names)
{
	ck_assert_str_eq(verdict_name(VERDICT_NONE), "none");
	ck_assert_str_eq(verdict_name(VERDICT_PASS), "pass");
	ck_assert_str_eq(verdict_name(VERDICT_INCONC), "inconc");
	ck_assert_str_eq(verdict_name(VERDICT_FAIL), "fail");
	ck_assert_str_eq(verdict_name(VERDICT_ERROR), "error");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("judge: verdict");
	TCase *verdict = tcase_create("verdict");

	tcase_add_test(verdict, the_worse_of_two);
	tcase_add_test(verdict, the_final_word);
	tcase_add_test(verdict, names);
	suite_add_tcase(suite, verdict);
	return suite_run(suite);
}
