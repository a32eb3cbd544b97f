/* Deadlines with their sources, waits, the settle time, the end. */
#include <stdlib.h>

#include "protocols/memory.h"
#include "tests/judge/trial.h"

#define START INT64_C(1000000000)
#define SECOND INT64_C(1000000)

static struct trial trial;

START_TEST(a_limit_of_a_standard_fails)
{
	trial_begin(&trial, "henb -> serving-hems : Inform [1] within $limit.session\n"
			    "henb -> serving-hems : FactoryResetResponse [2]\n");
	ck_assert_int_eq(judge_deadline(trial.judge), START + 30 * SECOND + 1);
	trial_time(&trial, 30);
	trial_expect(&trial, "");
	trial_time(&trial, 31);
	trial_expect(&trial, "step fail [1] it did not come within 30 s, a limit of the standard: "
			     "TR-069 3.2.2\n"
			     "  awaited henb -> serving-hems : Inform  [1]\n"
			     "  came    nothing\n"
			     "note none [] not reached: 2\n");
	ck_assert(judge_finished(trial.judge, false));
	trial_verdict(&trial, VERDICT_FAIL);
	trial_end(&trial);
}
END_TEST

START_TEST(a_limit_of_the_lab_is_inconc)
{
	trial_begin(&trial, "henb -> serving-hems : Inform [1] within 1500ms\n");
	trial.brief = true;
	trial_time(&trial, 2);
	trial_expect(&trial, "step inconc [1]\n");
	trial_verdict(&trial, VERDICT_INCONC);
	trial_end(&trial);
}
END_TEST

START_TEST(in_the_last_moment_is_in_time)
{
	trial_begin(&trial, "henb -> serving-hems : Inform [1] within $limit.session\n");
	trial_say(&trial, 30, "henb -> serving-hems : Inform", NULL);
	trial_expect(&trial, "step pass [1] as the chart says\n");
	trial_end(&trial);
}
END_TEST

START_TEST(without_within_there_is_the_labs_step)
{
	trial_begin(&trial, "henb -> serving-hems : Inform [1]\n");
	ck_assert_int_eq(judge_deadline(trial.judge), START + 20 * SECOND + 1);
	trial_end(&trial);
}
END_TEST

START_TEST(within_counts_from_what_came_before)
{
	trial_begin(&trial, "henb -> serving-hems : FactoryResetResponse [1] within 10s\n"
			    "opt\n"
			    "    henb -> serving-hems : GetRPCMethods [2]\n"
			    "end\n"
			    "henb -> serving-hems : Inform [3] within 10s\n"
			    "    check elapsed() < 8\n");
	trial.brief = true;
	trial_say(&trial, 9, "henb -> serving-hems : FactoryResetResponse", NULL);
	trial_say(&trial, 18, "henb -> serving-hems : GetRPCMethods", NULL);
	trial_say(&trial, 25, "henb -> serving-hems : Inform", NULL);
	trial_expect(&trial, "step pass [1]\nstep pass [2]\nstep pass [3]\n");
	trial_end(&trial);
}
END_TEST

START_TEST(the_time_scale_stretches_the_labs_limits_only)
{
	struct judge_listener none = { .finding = NULL };
	struct judge *judge;

	trial_begin(&trial, "henb -> serving-hems : Inform [1] within $limit.s1\n");
	trial.environment.time_scale = 3;
	judge = judge_new(trial.chart, &trial.environment, &none);
	judge_start(judge, 0);
	ck_assert_int_eq(judge_deadline(judge), 30 * SECOND + 1);
	judge_free(judge);
	trial_end(&trial);
	trial_begin(&trial, "henb -> serving-hems : Inform [1] within $limit.session\n");
	trial.environment.time_scale = 3;
	judge = judge_new(trial.chart, &trial.environment, &none);
	judge_start(judge, 0);
	ck_assert_int_eq(judge_deadline(judge), 30 * SECOND + 1);
	judge_free(judge);
	trial_end(&trial);
}
END_TEST

/* $limit.session is 30 s of a standard, $limit.step 20 s of the laboratory. */
START_TEST(a_sum_is_of_whom_its_first_part_is_of)
{
	static const struct {
		const char *within;
		double scale;
		int64_t seconds;
	} cases[] = {
		{ "30s + $limit.step", 0, 50 },
		{ "30s + $limit.step", 2, 100 },
		{ "30s + $limit.step standard \"TR-069 3.2.1\"", 2, 70 },
		{ "$limit.session + $limit.step - 5s", 0, 45 },
		{ "$limit.session + $limit.step", 2, 70 },
		{ "10s - $limit.step", 0, 0 },
		{ "300s + $limit.step or 5%", 0, 320 },
		{ "400s + $limit.step or 5%", 0, 420 },
		{ "600s + $limit.step or 5%", 0, 630 },
		{ "600s - $limit.step or 5%", 0, 570 },
		{ "600s + $limit.step or 5%", 2, 1260 },
		{ "600s + $limit.step or 5% standard \"TR-196\"", 2, 660 },
		{ "200s + 400s + 10s or 2.5%", 0, 615 },
		{ "10s - 20s + 5s or 100%", 0, 0 },
	};
	struct judge_listener none = { .finding = NULL };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *body = memory_format("henb -> serving-hems : Inform [1] within %s\n",
					   cases[i].within);
		struct judge *judge;

		trial_begin(&trial, body);
		trial.environment.time_scale = cases[i].scale;
		judge = judge_new(trial.chart, &trial.environment, &none);
		judge_start(judge, START);
		ck_assert_int_eq(judge_deadline(judge), START + cases[i].seconds * SECOND + 1);
		judge_free(judge);
		trial_end(&trial);
		free(body);
	}
	trial_begin(&trial, "henb -> serving-hems : Inform [1] within 1s + $limit.step standard \"X 1\"\n");
	trial_time(&trial, 22);
	trial_expect(&trial, "step fail [1] it did not come within 21 s, a limit of the standard: X 1 "
			     "(20 s of it are the lab's)\n"
			     "  awaited henb -> serving-hems : Inform  [1]\n"
			     "  came    nothing\n");
	trial_end(&trial);
}
END_TEST

START_TEST(an_optional_message_that_comes_late)
{
	trial_begin(&trial, "henb -> serving-hems : FactoryResetResponse [1]\n"
			    "opt\n"
			    "    henb -> serving-hems : ScheduleInformResponse [2] within 2s\n"
			    "end\n"
			    "henb -> serving-hems : TransferComplete [3] within 60s\n");
	trial_say(&trial, 1, "henb -> serving-hems : FactoryResetResponse", NULL);
	trial_say(&trial, 5, "henb -> serving-hems : ScheduleInformResponse", NULL);
	trial_say(&trial, 6, "henb -> serving-hems : TransferComplete", NULL);
	trial_expect(&trial, "step pass [1] as the chart says\n"
			     "step inconc [2] it came after 4 s, allowed are 2 s\n"
			     "  awaited henb -> serving-hems : ScheduleInformResponse  [2]\n"
			     "  came    henb -> serving-hems : ScheduleInformResponse\n"
			     "step pass [3] as the chart says\n");
	trial_verdict(&trial, VERDICT_INCONC);
	trial_end(&trial);
}
END_TEST

START_TEST(a_wait_lets_time_pass)
{
	const char *body = "wait 10s\n"
			   "henb -> serving-hems : Inform [1] within 5s\n";

	trial_begin(&trial, body);
	ck_assert_int_eq(judge_deadline(trial.judge), START + 10 * SECOND);
	trial_time(&trial, 10);
	ck_assert_int_eq(judge_deadline(trial.judge), START + 15 * SECOND + 1);
	trial_say(&trial, 12, "henb -> serving-hems : Inform", NULL);
	trial_expect(&trial, "step pass [1] as the chart says\n");
	trial_end(&trial);
	trial_begin(&trial, body);
	trial_say(&trial, 5, "henb -> serving-hems : Inform", NULL);
	trial_expect(&trial, "unmatched fail [] nothing awaited it\n"
			     "  awaited nothing: the chart waits\n"
			     "  came    henb -> serving-hems : Inform\n"
			     "note none [] not reached: 1\n");
	trial_end(&trial);
}
END_TEST

START_TEST(a_device_that_goes_on_by_itself_in_the_settle_time)
{
	trial_begin(&trial, "henb -> serving-hems : Inform [1]\n");
	trial_say(&trial, 1, "henb -> serving-hems : Inform", NULL);
	ck_assert_int_eq(judge_deadline(trial.judge), START + 6 * SECOND);
	trial_say(&trial, 2, "henb -> serving-hems : TransferComplete", NULL);
	ck_assert(judge_finished(trial.judge, false));
	ck_assert(!judge_finished(trial.judge, true));
	trial_time(&trial, 6);
	ck_assert(judge_finished(trial.judge, true));
	ck_assert_int_eq(judge_deadline(trial.judge), INT64_MAX);
	trial_verdict(&trial, VERDICT_PASS);
	trial_end(&trial);
}
END_TEST

START_TEST(the_end_leaves_the_waiting_inconc)
{
	trial_begin_with(&trial, "", "henb -> serving-hems : Inform [1]\n"
				     "henb <- serving-hems : InformResponse [2]\n"
				     "henb -> serving-hems : FactoryResetResponse [3]\n", TRIAL_OBSERVING);
	trial_say(&trial, 1, "henb -> serving-hems : Inform", NULL);
	judge_end(trial.judge, START + 5 * SECOND, "the capture ends");
	trial_expect(&trial, "step pass [1] as the chart says\n"
			     "step inconc [2] the capture ends before this came\n"
			     "  awaited serving-hems -> henb : InformResponse  [2]\n"
			     "  came    nothing\n"
			     "note none [] not reached: 3\n");
	trial_verdict(&trial, VERDICT_INCONC);
	trial_end(&trial);
}
END_TEST

START_TEST(a_deadline_that_passed_before_the_end_counts)
{
	trial_begin(&trial, "henb -> serving-hems : Inform [1] within $limit.session\n");
	trial.brief = true;
	judge_end(trial.judge, START + 50 * SECOND, "the capture ends");
	trial_expect(&trial, "step fail [1]\n");
	trial_end(&trial);
}
END_TEST

START_TEST(nothing_judged_is_an_error)
{
	trial_begin(&trial, "opt\n"
			    "    henb -> serving-hems : Inform [1]\n"
			    "end\n");
	judge_end(trial.judge, START + SECOND, "the run ends");
	trial_verdict(&trial, VERDICT_ERROR);
	trial_end(&trial);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("judge: time");
	TCase *limits = tcase_create("limits"), *end = tcase_create("end");

	tcase_add_test(limits, a_limit_of_a_standard_fails);
	tcase_add_test(limits, a_limit_of_the_lab_is_inconc);
	tcase_add_test(limits, in_the_last_moment_is_in_time);
	tcase_add_test(limits, without_within_there_is_the_labs_step);
	tcase_add_test(limits, within_counts_from_what_came_before);
	tcase_add_test(limits, the_time_scale_stretches_the_labs_limits_only);
	tcase_add_test(limits, a_sum_is_of_whom_its_first_part_is_of);
	tcase_add_test(limits, an_optional_message_that_comes_late);
	tcase_add_test(limits, a_wait_lets_time_pass);
	suite_add_tcase(suite, limits);
	tcase_add_test(end, a_device_that_goes_on_by_itself_in_the_settle_time);
	tcase_add_test(end, the_end_leaves_the_waiting_inconc);
	tcase_add_test(end, a_deadline_that_passed_before_the_end_counts);
	tcase_add_test(end, nothing_judged_is_an_error);
	suite_add_tcase(suite, end);
	return suite_run(suite);
}
