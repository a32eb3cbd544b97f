/* never, beside the flow. */
#include "tests/judge/trial.h"

#define START INT64_C(1000000000)
#define SECOND INT64_C(1000000)

static struct trial trial;

static const char beside[] = "never for 10s\n"
			     "    henb -> serving-hems : FactoryResetResponse [1]\n"
			     "        check Command = 'bad'\n"
			     "end\n"
			     "henb -> serving-hems : Inform [2]\n";

START_TEST(nothing_came)
{
	trial_begin(&trial, beside);
	trial_say(&trial, 1, "henb -> serving-hems : Inform", NULL);
	ck_assert(!judge_finished(trial.judge, false));
	ck_assert_int_eq(judge_deadline(trial.judge), START + 10 * SECOND);
	trial_time(&trial, 10);
	trial_expect(&trial, "step pass [2] as the chart says\n"
			     "step pass [1] it did not come for 10 s\n");
	ck_assert(judge_finished(trial.judge, true));
	trial_verdict(&trial, VERDICT_PASS);
	trial_end(&trial);
}
END_TEST

START_TEST(what_must_not_come_came)
{
	trial_begin(&trial, beside);
	trial_say(&trial, 1, "henb -> serving-hems : FactoryResetResponse", "<Command>bad</Command>");
	trial_expect(&trial, "never fail [1] it came, and must not\n"
			     "  awaited never henb -> serving-hems : FactoryResetResponse  [1]\n"
			     "  came    henb -> serving-hems : FactoryResetResponse\n");
	trial_say(&trial, 2, "henb -> serving-hems : Inform", NULL);
	trial_time(&trial, 11);
	trial_expect(&trial, "step pass [2] as the chart says\n");
	trial_verdict(&trial, VERDICT_FAIL);
	trial_end(&trial);
}
END_TEST

START_TEST(another_message_of_the_name_is_unmatched_not_never)
{
	trial_begin(&trial, beside);
	trial.brief = true;
	trial_say(&trial, 1, "henb -> serving-hems : FactoryResetResponse", "<Command>good</Command>");
	trial_expect(&trial, "unmatched fail [2]\n");
	trial_end(&trial);
}
END_TEST

START_TEST(it_begins_when_control_reaches_it)
{
	const char *body = "henb -> serving-hems : FactoryResetResponse [1]\n"
			   "never\n"
			   "    henb -> serving-hems : FactoryResetResponse [2]\n"
			   "end\n"
			   "henb -> serving-hems : Inform [3]\n";

	trial_begin(&trial, body);
	trial.brief = true;
	trial_say(&trial, 1, "henb -> serving-hems : FactoryResetResponse", NULL);
	trial_say(&trial, 2, "henb -> serving-hems : Inform", NULL);
	trial_expect(&trial, "step pass [1]\nstep pass [3]\n");
	trial_time(&trial, 7);
	trial_expect(&trial, "step pass [2]\n");
	trial_end(&trial);
	trial_begin(&trial, body);
	trial.brief = true;
	trial_say(&trial, 1, "henb -> serving-hems : FactoryResetResponse", NULL);
	trial_say(&trial, 2, "henb -> serving-hems : Inform", NULL);
	/* in the settle time */
	trial_say(&trial, 3, "henb -> serving-hems : FactoryResetResponse", NULL);
	trial_expect(&trial, "step pass [1]\nstep pass [3]\nnever fail [2]\n");
	trial_end(&trial);
}
END_TEST

START_TEST(it_watches_after_the_chart_stopped)
{
	trial_begin(&trial, beside);
	trial.brief = true;
	trial_say(&trial, 1, "henb -> serving-hems : TransferComplete", NULL);
	trial_say(&trial, 2, "henb -> serving-hems : FactoryResetResponse", "<Command>bad</Command>");
	trial_expect(&trial, "unmatched fail [2]\nnever fail [1]\n");
	trial_end(&trial);
}
END_TEST

/* Behind something that may be left out it watches already, but not for what is awaited. */
START_TEST(it_stands_behind_an_opt)
{
	const char *body = "henb -> serving-hems : FactoryResetResponse [1]\n"
			   "opt\n"
			   "    henb -> serving-hems : Inform [2]\n"
			   "end\n"
			   "never for 10s\n"
			   "    henb -> serving-hems : Inform [3]\n"
			   "end\n";

	trial_begin(&trial, body);
	trial.brief = true;
	trial_say(&trial, 1, "henb -> serving-hems : FactoryResetResponse", NULL);
	trial_say(&trial, 2, "henb -> serving-hems : Inform", NULL);
	trial_expect(&trial, "step pass [1]\nstep pass [2]\n");
	trial_say(&trial, 3, "henb -> serving-hems : Inform", NULL);
	trial_expect(&trial, "never fail [3]\n");
	trial_end(&trial);
	trial_begin(&trial, body);
	trial.brief = true;
	trial_say(&trial, 1, "henb -> serving-hems : FactoryResetResponse", NULL);
	trial_time(&trial, 20);
	trial_expect(&trial, "step pass [1]\nstep pass [3]\n");
	trial_verdict(&trial, VERDICT_PASS);
	trial_end(&trial);
}
END_TEST

START_TEST(a_capture_that_ends_before_its_time)
{
	trial_begin(&trial, beside);
	trial_say(&trial, 1, "henb -> serving-hems : Inform", NULL);
	judge_end(trial.judge, START + 4 * SECOND, "the capture ends");
	trial_expect(&trial, "step pass [2] as the chart says\n"
			     "step inconc [1] the capture ends 6 s before the time is over\n");
	trial_verdict(&trial, VERDICT_INCONC);
	trial_end(&trial);
}
END_TEST

START_TEST(a_chart_of_nothing_but_a_never)
{
	trial_begin(&trial, "never for 60s\n"
			    "    henb -> serving-hems : Inform [1]\n"
			    "end\n");
	trial_time(&trial, 70);
	trial_verdict(&trial, VERDICT_PASS);
	trial_end(&trial);
	trial_begin(&trial, "never for 60s\n"
			    "    henb -> serving-hems : Inform [1]\n"
			    "end\n");
	trial_say(&trial, 59, "henb -> serving-hems : Inform", NULL);
	trial_time(&trial, 70);
	trial_verdict(&trial, VERDICT_FAIL);
	trial_end(&trial);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("judge: never");
	TCase *never = tcase_create("never");

	tcase_add_test(never, nothing_came);
	tcase_add_test(never, what_must_not_come_came);
	tcase_add_test(never, another_message_of_the_name_is_unmatched_not_never);
	tcase_add_test(never, it_begins_when_control_reaches_it);
	tcase_add_test(never, it_watches_after_the_chart_stopped);
	tcase_add_test(never, it_stands_behind_an_opt);
	tcase_add_test(never, a_capture_that_ends_before_its_time);
	tcase_add_test(never, a_chart_of_nothing_but_a_never);
	suite_add_tcase(suite, never);
	return suite_run(suite);
}
