/* How a message finds its arrow; what is passed over; exact texts of findings. */
#include <stdio.h>
#include <string.h>

#include "tests/judge/trial.h"

static struct trial trial;

static void finish(enum verdict verdict)
{
	judge_end(trial.judge, INT64_C(1000000000) + 60 * INT64_C(1000000), "the run ends");
	trial_verdict(&trial, verdict);
	trial_end(&trial);
}

static const char registration[] =
	"henb -> serving-hems : Inform [1.1]\n"
	"    check DeviceId/SerialNumber = $device.serial  -- the Device ID names this HeNB\n"
	"    check event('0 BOOTSTRAP')                    -- the HeMS URL changed\n"
	"henb <- serving-hems : InformResponse [1.2]\n"
	"henb <- serving-hems : SetParameterValues [2.1]\n"
	"henb -> serving-hems : SetParameterValuesResponse [2.2]\n"
	"    check Status = 0 or Status = 1\n"
	"opt\n"
	"    henb -> serving-hems : SessionEnd [3]\n"
	"end\n";

static void to_hems(double seconds, const char *name, const char *content)
{
	char notation[96];

	snprintf(notation, sizeof(notation), "henb -> serving-hems : %s", name);
	trial_say(&trial, seconds, notation, content);
}

static void from_hems(double seconds, const char *name, const char *content)
{
	char notation[96];

	snprintf(notation, sizeof(notation), "serving-hems -> henb : %s", name);
	trial_say(&trial, seconds, notation, content);
}

START_TEST(a_chart_walked_to_its_end)
{
	trial_begin(&trial, registration);
	to_hems(1, "Inform", INFORM("0 BOOTSTRAP"));
	from_hems(1.1, "InformResponse", NULL);
	to_hems(1.2, "EmptyPost", NULL);
	from_hems(1.3, "SetParameterValues", NULL);
	ck_assert(!judge_finished(trial.judge, false));
	to_hems(1.4, "SetParameterValuesResponse", "<Status>0</Status>");
	ck_assert(judge_finished(trial.judge, false));
	ck_assert(!judge_finished(trial.judge, true));
	from_hems(1.5, "EmptyResponse", NULL);
	to_hems(1.6, "SessionEnd", NULL);
	trial_expect(&trial, "step pass [1.1] as the chart says\n"
			     "step pass [1.2] as the chart says\n"
			     "step pass [2.1] as the chart says\n"
			     "step pass [2.2] as the chart says\n"
			     "step pass [3] as the chart says\n");
	to_hems(3, "Inform", INFORM("2 PERIODIC")); /* the settle time: nothing is unmatched */
	trial_time(&trial, 6.7);
	ck_assert(judge_finished(trial.judge, true));
	trial_expect(&trial, "");
	finish(VERDICT_PASS);
}
END_TEST

START_TEST(a_failed_check_says_field_and_values_and_the_chart_goes_on)
{
	trial_begin(&trial, registration);
	to_hems(1, "Inform", "<DeviceId><SerialNumber>7</SerialNumber></DeviceId>");
	from_hems(1.1, "InformResponse", NULL);
	from_hems(1.3, "SetParameterValues", NULL);
	to_hems(1.4, "SetParameterValuesResponse", "<Status>2</Status>");
	trial_expect(&trial,
		     "step fail [1.1] the Device ID names this HeNB: it does not hold that "
		     "DeviceId/SerialNumber = $device.serial\n"
		     "  awaited henb -> serving-hems : Inform  [1.1]\n"
		     "  came    henb -> serving-hems : Inform\n"
		     "  DeviceId/SerialNumber: expected 000001, actual 7\n"
		     "step pass [1.2] as the chart says\n"
		     "step pass [2.1] as the chart says\n"
		     "step fail [2.2] it does not hold that Status = 0 or Status = 1\n"
		     "  awaited henb -> serving-hems : SetParameterValuesResponse  [2.2]\n"
		     "  came    henb -> serving-hems : SetParameterValuesResponse\n"
		     "  Status: expected 0 or 1, actual 2\n");
	finish(VERDICT_FAIL);
}
END_TEST

START_TEST(an_event_that_is_missing)
{
	trial_begin(&trial, registration);
	to_hems(1, "Inform", INFORM("1 BOOT"));
	trial_expect(&trial, "step fail [1.1] the HeMS URL changed: it does not hold that "
			     "event('0 BOOTSTRAP')\n"
			     "  awaited henb -> serving-hems : Inform  [1.1]\n"
			     "  came    henb -> serving-hems : Inform\n"
			     "  Event: expected 0 BOOTSTRAP, actual 1 BOOT\n");
	trial_end(&trial);
}
END_TEST

START_TEST(an_unmatched_message_fails_the_step_that_waited)
{
	trial_begin(&trial, registration);
	to_hems(1, "TransferComplete", NULL);
	trial_expect(&trial, "unmatched fail [1.1] nothing awaited it\n"
			     "  awaited henb -> serving-hems : Inform  [1.1]\n"
			     "  came    henb -> serving-hems : TransferComplete\n"
			     "note none [] not reached: 1.2, 2.1, 2.2, 3\n");
	to_hems(2, "FactoryResetResponse", NULL);
	trial_expect(&trial, "");
	ck_assert(judge_finished(trial.judge, false));
	finish(VERDICT_FAIL);
}
END_TEST

START_TEST(a_broken_session_fails_the_step_that_waited)
{
	trial_begin(&trial, registration);
	to_hems(1, "Inform", INFORM("0 BOOTSTRAP"));
	from_hems(1.1, "InformResponse", NULL);
	trial.brief = true;
	to_hems(1.2, "SessionBroken", NULL);
	trial_expect(&trial, "step pass [1.1] as the chart says\n"
			     "step pass [1.2] as the chart says\n"
			     "unmatched fail [2.1]\nnote none []\n");
	finish(VERDICT_FAIL);
}
END_TEST

START_TEST(a_broken_session_may_be_awaited)
{
	trial_begin(&trial, "henb -> serving-hems : SessionBroken [1]\n");
	to_hems(1, "SessionBroken", NULL);
	trial_expect(&trial, "step pass [1] as the chart says\n");
	finish(VERDICT_PASS);
}
END_TEST

START_TEST(another_role_is_not_the_devices_blame)
{
	trial_begin_with(&trial, "", registration, TRIAL_OBSERVING);
	to_hems(1, "Inform", INFORM("0 BOOTSTRAP"));
	from_hems(1.1, "InformResponse", NULL);
	to_hems(1.2, "EmptyPost", NULL);
	from_hems(1.3, "EmptyResponse", NULL);
	to_hems(9, "Inform", INFORM("2 PERIODIC"));
	trial_expect(&trial, "step pass [1.1] as the chart says\n"
			     "step pass [1.2] as the chart says\n"
			     "unmatched inconc [2.1] serving-hems did something else before\n"
			     "  awaited serving-hems -> henb : SetParameterValues  [2.1]\n"
			     "  came    henb -> serving-hems : Inform\n"
			     "note none [] not reached: 2.2, 3\n");
	finish(VERDICT_INCONC);
}
END_TEST

START_TEST(a_check_on_another_role_is_inconc)
{
	trial_begin(&trial, "henb <- serving-hems : InformResponse [1]\n"
			    "    check MaxEnvelopes = 1\n");
	from_hems(1, "InformResponse", "<MaxEnvelopes>2</MaxEnvelopes>");
	trial_expect(&trial, "step inconc [1] it does not hold that MaxEnvelopes = 1\n"
			     "  awaited serving-hems -> henb : InformResponse  [1]\n"
			     "  came    serving-hems -> henb : InformResponse\n"
			     "  MaxEnvelopes: expected 1, actual 2\n");
	finish(VERDICT_INCONC);
}
END_TEST

START_TEST(full_fit_goes_before_name_fit)
{
	trial_begin(&trial, "loop 0..*\n"
			    "    henb -> serving-hems : Inform [1]\n"
			    "        check event('2 PERIODIC')\n"
			    "end\n"
			    "henb -> serving-hems : Inform [2]\n"
			    "    check event('4 VALUE CHANGE')\n");
	trial.brief = true;
	to_hems(1, "Inform", INFORM("2 PERIODIC"));
	to_hems(2, "Inform", INFORM("2 PERIODIC"));
	to_hems(3, "Inform", INFORM("4 VALUE CHANGE"));
	trial_expect(&trial, "step pass [1]\nstep pass [1]\nstep pass [2]\n");
	finish(VERDICT_PASS);
}
END_TEST

static const char tolerate[] = "tolerate\n"
			       "    henb -> serving-hems : Inform\n"
			       "        check event('2 PERIODIC')\n"
			       "end\n";

START_TEST(a_tolerated_session_is_tolerated_whole)
{
	trial_begin_with(&trial, tolerate,
			 "henb -> serving-hems : Inform [1]\n"
			 "    check event('4 VALUE CHANGE')\n", 0);
	trial_say_in(&trial, 1, 1, "henb -> serving-hems : Inform", INFORM("2 PERIODIC"));
	trial_say_in(&trial, 1, 2, "henb -> serving-hems : FactoryResetResponse", NULL);
	trial_say_in(&trial, 1, 3, "henb -> serving-hems : SessionBroken", NULL);
	trial_say_in(&trial, 2, 4, "henb -> serving-hems : Inform", INFORM("4 VALUE CHANGE"));
	trial_expect(&trial, "note none [] tolerated by the chart\n"
			     "step pass [1] as the chart says\n");
	finish(VERDICT_PASS);
}
END_TEST

START_TEST(what_is_not_tolerated_is_unmatched)
{
	trial_begin_with(&trial, tolerate, "henb -> serving-hems : FactoryResetResponse [1]\n", 0);
	trial.brief = true;
	trial_say_in(&trial, 1, 1, "henb -> serving-hems : Inform", INFORM("2 PERIODIC"));
	trial_say_in(&trial, 2, 2, "henb -> serving-hems : Inform", INFORM("1 BOOT"));
	trial_expect(&trial, "note none []\nunmatched fail [1]\n");
	finish(VERDICT_FAIL);
}
END_TEST

START_TEST(plumbing_repeats_and_background_are_passed_over)
{
	struct message *message = trial_message(2, "henb -> serving-hems : Inform", NULL);

	trial_begin(&trial, "henb -> serving-hems : FactoryResetResponse [1]\n");
	to_hems(1, "EmptyPost", NULL);
	to_hems(1, "SessionEnd", NULL);
	message->repeat = true;
	judge_message(trial.judge, message);
	message_free(message);
	to_hems(3, "GetRPCMethods", NULL);
	to_hems(3, "AutonomousTransferComplete", NULL);
	to_hems(3, "RequestDownload", NULL);
	to_hems(3, "Kicked", NULL);
	trial_say(&trial, 4, "henb -> public-dns : DnsQuery", NULL);
	trial_say(&trial, 5, "public-dns -> henb : DnsResponse", NULL);
	trial_expect(&trial, "");
	to_hems(6, "FactoryResetResponse", NULL);
	finish(VERDICT_PASS);
}
END_TEST

static void inform_again(double seconds)
{
	struct message *message = trial_message(seconds, "henb -> serving-hems : Inform", NULL);

	message->repeat = true;
	judge_message(trial.judge, message);
	message_free(message);
}

/* Behind a challenge of the HMS's own making the Inform that is said again is no step; behind one
 * that the chart has it is. */
START_TEST(a_repeat_is_a_step_when_the_chart_asks_for_it)
{
	trial_begin(&trial, "henb -> serving-hems : Inform [1]\n"
			    "henb <- serving-hems : InformResponse [2] with no-answer\n"
			    "henb -> serving-hems : Inform [3]\n    check RetryCount = 1\n");
	trial.brief = true;
	to_hems(1, "Inform", NULL);
	from_hems(2, "HttpChallenge", NULL);
	inform_again(3);
	trial_expect(&trial, "step pass [1]\n");
	to_hems(4, "Inform", "<RetryCount>1</RetryCount>");
	trial_expect(&trial, "step pass [3]\n");
	finish(VERDICT_PASS);
	trial_begin(&trial, "henb -> serving-hems : Inform [1]\n"
			    "henb <- serving-hems : InformResponse [2] with redirect 302\n"
			    "henb -> serving-hems : Inform [3]\n");
	trial.brief = true;
	to_hems(1, "Inform", NULL);
	from_hems(2, "HttpRedirect", NULL);
	inform_again(3);
	trial_expect(&trial, "step pass [1]\nstep pass [2]\nstep pass [3]\n");
	finish(VERDICT_PASS);
}
END_TEST

START_TEST(answers_to_uncharted_requests_are_passed_over)
{
	trial_begin_with(&trial, "", "henb -> serving-hems : FactoryResetResponse [1]\n", TRIAL_OBSERVING);
	from_hems(1, "GetParameterValues", NULL);
	to_hems(2, "GetParameterValuesResponse", NULL);
	from_hems(3, "Download", NULL);
	to_hems(4, "DownloadResponse", NULL);
	to_hems(5, "TransferComplete", NULL);
	from_hems(6, "Reboot", NULL);
	to_hems(7, "RebootResponse", NULL);
	trial_say_in(&trial, 3, 8, "henb -> serving-hems : Inform", INFORM("M Reboot"));
	trial_say_in(&trial, 3, 9, "henb -> serving-hems : SessionBroken", NULL);
	trial_expect(&trial, "note none [] not in the chart: serving-hems said GetParameterValues\n"
			     "note none [] not in the chart: serving-hems said Download\n"
			     "note none [] not in the chart: serving-hems said Reboot\n");
	trial.brief = true;
	to_hems(10, "ScheduleInformResponse", NULL);
	trial_expect(&trial, "unmatched fail [1]\n");
	finish(VERDICT_FAIL);
}
END_TEST

/* TR-069 3.2.2: a Connection Request brings one session about, a step or none. */
START_TEST(an_uncharted_connection_request_makes_one_session)
{
	trial_begin(&trial, "henb -> serving-hems : FactoryResetResponse [1]\n");
	trial.brief = true;
	from_hems(1, "ConnectionRequest", NULL);
	trial_say_in(&trial, 3, 2, "henb -> serving-hems : Inform", INFORM("6 CONNECTION REQUEST"));
	trial_expect(&trial, "note none []\n");
	trial_say_in(&trial, 4, 3, "henb -> serving-hems : Inform", INFORM("6 CONNECTION REQUEST"));
	trial_expect(&trial, "unmatched fail [1]\n");
	finish(VERDICT_FAIL);
	trial_begin(&trial, "henb -> serving-hems : Inform [1]\n"
			    "henb -> serving-hems : FactoryResetResponse [2]\n");
	trial.brief = true;
	from_hems(1, "ConnectionRequest", NULL);
	trial_say_in(&trial, 3, 2, "henb -> serving-hems : Inform", INFORM("6 CONNECTION REQUEST"));
	trial_expect(&trial, "note none []\nstep pass [1]\n");
	trial_say_in(&trial, 4, 3, "henb -> serving-hems : Inform", INFORM("6 CONNECTION REQUEST"));
	trial_expect(&trial, "unmatched fail [2]\n");
	finish(VERDICT_FAIL);
}
END_TEST

START_TEST(a_session_that_the_hms_broke_is_no_failure)
{
	struct message *broken = trial_message(2, "henb -> serving-hems : SessionBroken", NULL);

	trial_begin(&trial, "henb <- serving-hems : InformResponse [1]\n");
	trial.brief = true;
	message_attribute(broken->body, "by", "hms");
	judge_message(trial.judge, broken);
	message_free(broken);
	to_hems(3, "Inform", INFORM("1 BOOT"));
	trial_expect(&trial, "unmatched inconc [1]\n");
	finish(VERDICT_INCONC);
}
END_TEST

START_TEST(a_dns_query_for_another_name_is_no_failure)
{
	trial_begin(&trial, "henb -> public-dns : DnsQuery [1]\n"
			    "    check question/@name = 'serving-hems.lab.example'\n");
	trial_say(&trial, 1, "henb -> public-dns : DnsQuery", "<question name='ntp.example'/>");
	trial_say(&trial, 2, "henb -> public-dns : DnsQuery",
		  "<question name='serving-hems.lab.example'/>");
	trial_expect(&trial, "note none [1] passed over: it is not the one that is awaited\n"
			     "  awaited henb -> public-dns : DnsQuery  [1]\n"
			     "  came    henb -> public-dns : DnsQuery\n"
			     "  question/@name: expected serving-hems.lab.example, actual ntp.example\n"
			     "step pass [1] as the chart says\n");
	finish(VERDICT_PASS);
}
END_TEST

START_TEST(a_fault_appears_under_its_own_name)
{
	trial_begin(&trial, "henb <- serving-hems : InformResponse [1] with http-status 503\n"
			    "henb <- serving-hems : InformResponse [2] with http-status 401\n"
			    "henb <- serving-hems : InformResponse [3] with malformed-xml\n"
			    "henb <- serving-hems : InformResponse [4] with no-answer\n"
			    "henb -> serving-hems : FactoryResetResponse [5]\n");
	trial.brief = true;
	from_hems(1, "HttpError", NULL);
	from_hems(2, "HttpChallenge", NULL);
	from_hems(3, "Unreadable", NULL);
	to_hems(4, "FactoryResetResponse", NULL);
	trial_expect(&trial, "step pass [1]\nstep pass [2]\nstep pass [3]\nstep pass [5]\n");
	finish(VERDICT_PASS);
}
END_TEST

START_TEST(in_a_capture_what_vanishes_passes_and_actions_count_as_done)
{
	trial_begin_with(&trial, "",
			 "henb does power-on [0]\n"
			 "henb -> serving-hems : Inform [1]\n"
			 "henb <- serving-hems : InformResponse [2] with no-answer\n"
			 "henb -> serving-hems : Inform [3]\n", TRIAL_OBSERVING);
	trial_expect(&trial, "note none [0] nobody could see it: it counts as done\n");
	trial.brief = true;
	to_hems(1, "Inform", NULL);
	to_hems(9, "Inform", NULL);
	trial_expect(&trial, "step pass [1]\nstep pass [2]\nstep pass [3]\n");
	finish(VERDICT_PASS);
}
END_TEST

START_TEST(values_are_kept_and_inherited)
{
	struct trial later;

	trial_begin(&trial, "henb -> serving-hems : FactoryResetResponse [1]\n"
			    "    keep command = Command\n"
			    "henb -> serving-hems : ScheduleInformResponse [2]\n"
			    "    check FileType = $command\n");
	to_hems(1, "FactoryResetResponse", "<Command>x</Command>");
	to_hems(2, "ScheduleInformResponse", "<FileType>y</FileType>");
	trial_expect(&trial, "step pass [1] as the chart says\n"
			     "step fail [2] it does not hold that FileType = $command\n"
			     "  awaited henb -> serving-hems : ScheduleInformResponse  [2]\n"
			     "  came    henb -> serving-hems : ScheduleInformResponse\n"
			     "  FileType: expected x, actual y\n");
	trial_begin(&later, "opt\n"
			    "    henb -> serving-hems : FactoryResetResponse [1]\n"
			    "        keep command = Command\n"
			    "end\n"
			    "henb -> serving-hems : ScheduleInformResponse [2]\n"
			    "    check FileType = $command\n");
	judge_inherit(later.judge, trial.judge);
	trial_say(&later, 1, "henb -> serving-hems : ScheduleInformResponse", "<FileType>x</FileType>");
	trial_expect(&later, "step pass [2] as the chart says\n");
	trial_end(&later);
	finish(VERDICT_FAIL);
}
END_TEST

START_TEST(what_cannot_be_computed_is_an_error)
{
	trial_begin(&trial, "henb -> serving-hems : FactoryResetResponse [1]\n"
			    "    check matches(Command, Argument)\n");
	to_hems(1, "FactoryResetResponse", "<Command>aaaa</Command><Argument>(((</Argument>");
	trial_expect(&trial, "step error [1] t.flow:6: 'matches(Command, Argument)' cannot be "
			     "computed: '(((' is no regular expression\n"
			     "  awaited henb -> serving-hems : FactoryResetResponse  [1]\n"
			     "  came    henb -> serving-hems : FactoryResetResponse\n");
	finish(VERDICT_ERROR);
}
END_TEST

START_TEST(weird_messages_do_no_harm)
{
	struct message *message = trial_message(1, "henb -> serving-hems : Unreadable", NULL);

	trial_begin_with(&trial, "", registration, TRIAL_OBSERVING | TRIAL_RULES);
	xmlFreeDoc(message->document);
	message->document = NULL;
	message->body = NULL;
	judge_message(trial.judge, message);
	strcpy(message->name, "Inform");
	judge_message(trial.judge, message);
	message->from[0] = '\0';
	message->to[0] = '\0';
	judge_message(trial.judge, message);
	message_free(message);
	finish(VERDICT_FAIL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("judge: matching");
	TCase *arrows = tcase_create("arrows"), *others = tcase_create("others");

	tcase_add_test(arrows, a_chart_walked_to_its_end);
	tcase_add_test(arrows, a_failed_check_says_field_and_values_and_the_chart_goes_on);
	tcase_add_test(arrows, an_event_that_is_missing);
	tcase_add_test(arrows, an_unmatched_message_fails_the_step_that_waited);
	tcase_add_test(arrows, a_broken_session_fails_the_step_that_waited);
	tcase_add_test(arrows, a_broken_session_may_be_awaited);
	tcase_add_test(arrows, another_role_is_not_the_devices_blame);
	tcase_add_test(arrows, a_check_on_another_role_is_inconc);
	tcase_add_test(arrows, full_fit_goes_before_name_fit);
	tcase_add_test(arrows, values_are_kept_and_inherited);
	tcase_add_test(arrows, what_cannot_be_computed_is_an_error);
	suite_add_tcase(suite, arrows);
	tcase_add_test(others, a_tolerated_session_is_tolerated_whole);
	tcase_add_test(others, what_is_not_tolerated_is_unmatched);
	tcase_add_test(others, plumbing_repeats_and_background_are_passed_over);
	tcase_add_test(others, a_repeat_is_a_step_when_the_chart_asks_for_it);
	tcase_add_test(others, answers_to_uncharted_requests_are_passed_over);
	tcase_add_test(others, an_uncharted_connection_request_makes_one_session);
	tcase_add_test(others, a_session_that_the_hms_broke_is_no_failure);
	tcase_add_test(others, a_dns_query_for_another_name_is_no_failure);
	tcase_add_test(others, a_fault_appears_under_its_own_name);
	tcase_add_test(others, in_a_capture_what_vanishes_passes_and_actions_count_as_done);
	tcase_add_test(others, weird_messages_do_no_harm);
	suite_add_tcase(suite, others);
	return suite_run(suite);
}
