/* Rules: test.rules with the severities of test.profile. */
#include "tests/judge/trial.h"

#define START INT64_C(1000000000)
#define SECOND INT64_C(1000000)

static struct trial trial;

START_TEST(a_rule_that_holds_says_nothing)
{
	trial_begin_with(&trial, "", "henb -> serving-hems : Inform [1]\n", TRIAL_RULES);
	trial_say(&trial, 1, "henb -> serving-hems : Inform", INFORM("1 BOOT"));
	trial_expect(&trial, "step pass [1] as the chart says\n");
	trial_end(&trial);
}
END_TEST

START_TEST(a_broken_rule_fails_or_warns)
{
	trial_begin_with(&trial, "", "henb -> serving-hems : Inform [1]\n", TRIAL_RULES);
	trial_say(&trial, 1, "henb -> serving-hems : Inform",
		  "<DeviceId><SerialNumber>7</SerialNumber></DeviceId>"
		  "<MaxEnvelopes>2</MaxEnvelopes>");
	trial_expect(&trial,
		     "step pass [1] as the chart says\n"
		     "rule fail [1] SERIAL: the serial number is the device's\n"
		     "  DeviceId/SerialNumber: expected 000001, actual 7\n"
		     "rule none warning [1] ENVELOPES: MaxEnvelopes is 1\n"
		     "  MaxEnvelopes: expected 1, actual 2\n");
	judge_end(trial.judge, START + 9 * SECOND, "the run ends");
	trial_verdict(&trial, VERDICT_FAIL);
	trial_end(&trial);
}
END_TEST

START_TEST(the_profile_raises_and_lowers)
{
	trial_begin_with(&trial, "", "henb -> serving-hems : FactoryResetResponse [1]\n"
				     "henb -> serving-hems : ScheduleInformResponse [2]\n", TRIAL_RULES);
	trial_say(&trial, 1, "henb -> serving-hems : FactoryResetResponse", NULL);
	trial_say(&trial, 2, "henb -> serving-hems : ScheduleInformResponse", NULL);
	trial_expect(&trial,
		     "step pass [1] as the chart says\n"
		     "rule fail [1] RAISED: the profile makes this one fail\n"
		     "  Command: expected present, actual absent\n"
		     "step pass [2] as the chart says\n"
		     "rule none warning [2] LOWERED: the profile makes this one a warning\n"
		     "  FileType: expected present, actual absent\n");
	trial_end(&trial);
}
END_TEST

START_TEST(other_roles_are_only_noted_in_a_capture)
{
	const char *body = "henb <- serving-hems : InformResponse [1]\n";

	trial_begin_with(&trial, "", body, TRIAL_RULES);
	trial_say(&trial, 1, "serving-hems -> henb : InformResponse", NULL);
	trial_expect(&trial, "step pass [1] as the chart says\n");
	trial_end(&trial);
	trial_begin_with(&trial, "", body, TRIAL_RULES | TRIAL_OBSERVING);
	trial_say(&trial, 1, "serving-hems -> henb : InformResponse", NULL);
	trial_expect(&trial, "step pass [1] as the chart says\n"
			     "rule none warning [1] HMS-SIDE: not the device's: an HMS says "
			     "MaxEnvelopes\n"
			     "  MaxEnvelopes: expected 1, actual absent\n");
	judge_end(trial.judge, START + 9 * SECOND, "the capture ends");
	trial_verdict(&trial, VERDICT_PASS);
	trial_end(&trial);
}
END_TEST

START_TEST(rules_go_on_after_a_stop_and_are_summed_up)
{
	trial_begin_with(&trial, "", "henb -> serving-hems : Inform [1]\n", TRIAL_RULES);
	trial.brief = true;
	for (int i = 0; i < 25; i++)
		trial_say(&trial, 1, "henb -> serving-hems : FactoryResetResponse", NULL);
	trial_expect(&trial, "unmatched fail [1]\n"
			     "rule fail []\nrule fail []\nrule fail []\nrule fail []\n"
			     "rule fail []\nrule fail []\nrule fail []\nrule fail []\n"
			     "rule fail []\nrule fail []\nrule fail []\nrule fail []\n"
			     "rule fail []\nrule fail []\nrule fail []\nrule fail []\n"
			     "rule fail []\nrule fail []\nrule fail []\nrule fail []\n");
	trial.brief = false;
	trial_time(&trial, 7);
	trial_expect(&trial, "note none [] RAISED is broken 25 times; the first 20 are shown\n");
	trial_end(&trial);
}
END_TEST

static void say_again(const char *content)
{
	struct message *message =
		trial_message(2, "henb -> serving-hems : FactoryResetResponse", content);

	message->repeat = true;
	message->session = 7;
	judge_message(trial.judge, message);
	message_free(message);
}

/* Behind a 401: what the first saying broke is not said twice, what only the repeat breaks is. */
START_TEST(a_repeat_is_blamed_for_what_is_new_in_it)
{
	static const char reboot[] = "henb -> serving-hems : FactoryResetResponse";

	trial_begin_with(&trial, "", "henb -> serving-hems : Inform [1]\n", TRIAL_RULES);
	trial.brief = true;
	trial_say_in(&trial, 7, 1, reboot, NULL);
	trial_expect(&trial, "unmatched fail [1]\nrule fail []\n");
	say_again(NULL);
	trial_expect(&trial, "");
	trial_say_in(&trial, 7, 3, reboot, "<Command>x</Command>");
	trial_expect(&trial, "");
	say_again(NULL);
	trial_expect(&trial, "rule fail []\n");
	say_again(NULL);
	trial_expect(&trial, "");
	trial_end(&trial);
}
END_TEST

START_TEST(a_rule_is_silent_when_one_before_it_is_broken)
{
	static const char upload[] = "henb -> serving-hems : UploadResponse";

	trial_begin_with(&trial, "", "henb -> serving-hems : Inform [1]\n", TRIAL_RULES);
	trial_say(&trial, 1, "henb -> serving-hems : Inform", INFORM("1 BOOT"));
	trial_expect(&trial, "step pass [1] as the chart says\n");
	trial_say(&trial, 2, upload, NULL);
	trial_expect(&trial, "rule fail [] MORE-SPECIAL: it says the same in better words\n"
			     "  Command: expected present, actual absent\n");
	trial_say(&trial, 3, upload, "<Command/>");
	trial_expect(&trial, "rule fail [] LATER: it comes after MORE-SPECIAL, though it stands "
			     "before it\n  Status: expected present, actual absent\n");
	trial_say(&trial, 4, upload, "<Command/><Status/>");
	trial_expect(&trial, "");
	trial_end(&trial);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("judge: rules");
	TCase *rules = tcase_create("rules");

	tcase_add_test(rules, a_rule_that_holds_says_nothing);
	tcase_add_test(rules, a_broken_rule_fails_or_warns);
	tcase_add_test(rules, the_profile_raises_and_lowers);
	tcase_add_test(rules, other_roles_are_only_noted_in_a_capture);
	tcase_add_test(rules, rules_go_on_after_a_stop_and_are_summed_up);
	tcase_add_test(rules, a_repeat_is_blamed_for_what_is_new_in_it);
	tcase_add_test(rules, a_rule_is_silent_when_one_before_it_is_broken);
	suite_add_tcase(suite, rules);
	return suite_run(suite);
}
