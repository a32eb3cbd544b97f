/* Cues and actions of a live run. */
#include <stdlib.h>
#include <string.h>

#include "tests/judge/trial.h"

static struct trial trial;

static bool no_dns(void *context, const struct arrow *arrow)
{
	(void)context;
	return strcmp(arrow->message, "DnsResponse") != 0;
}

START_TEST(a_cue_has_its_settings_evaluated)
{
	trial_begin(&trial, "henb -> serving-hems : Inform [1]\n"
			    "henb <- serving-hems : SetParameterValues [2]\n"
			    "    set ServerList = concat('a', $device.serial)\n"
			    "    set AdminState = 1\n"
			    "    set SoftwareVersion = 'x' as xsd:int\n"
			    "henb -> serving-hems : SetParameterValuesResponse [3]\n");
	ck_assert_ptr_null(judge_cue(trial.judge, "serving-hems", NULL, NULL, NULL));
	trial_say(&trial, 1, "henb -> serving-hems : Inform", NULL);
	ck_assert_ptr_null(judge_cue(trial.judge, "public-dns", NULL, NULL, NULL));
	ck_assert_ptr_null(judge_cue(trial.judge, "serving-hems", "public-dns", NULL, NULL));
	const struct cue *cue = judge_cue(trial.judge, "serving-hems", "henb", no_dns, NULL);

	ck_assert_ptr_nonnull(cue);
	ck_assert_str_eq(cue->arrow->message, "SetParameterValues");
	ck_assert_str_eq(cue->to, "henb");
	ck_assert_uint_eq(cue->setting_count, 3);
	ck_assert_str_eq(cue->settings[0].name,
			 "Device.Services.FAPService.1.FAPControl.LTE.Gateway.S1SigLinkServerList");
	ck_assert(cue->settings[0].is_parameter);
	ck_assert_str_eq(cue->settings[0].value, "a000001");
	ck_assert_str_eq(cue->settings[0].type, "xsd:string");
	ck_assert_str_eq(cue->settings[1].value, "1");
	ck_assert_str_eq(cue->settings[1].type, "xsd:boolean");
	ck_assert_str_eq(cue->settings[2].type, "xsd:int");
	judge_cue_taken(trial.judge, cue->arrow);
	ck_assert_ptr_null(judge_cue(trial.judge, "serving-hems", NULL, NULL, NULL));
	trial_say(&trial, 2, "serving-hems -> henb : SetParameterValues", NULL);
	trial_expect(&trial, "step pass [1] as the chart says\nstep pass [2] as the chart says\n");
	trial_end(&trial);
}
END_TEST

START_TEST(a_cue_names_a_parameter_by_what_was_kept)
{
	trial_begin(&trial, "henb -> serving-hems : Inform [1]\n"
			    "    keep row = concat('', 3)\n"
			    "henb <- serving-hems : SetParameterValues [2]\n"
			    "    set Device.T.{$row}.A{$device.serial} = 'x'\n"
			    "henb <- serving-hems : GetParameterValues [3]\n"
			    "    get Device.T.{$row}.\n");
	trial_say(&trial, 1, "henb -> serving-hems : Inform", NULL);
	const struct cue *cue = judge_cue(trial.judge, "serving-hems", NULL, NULL, NULL);

	ck_assert_ptr_nonnull(cue);
	ck_assert_str_eq(cue->settings[0].name, "Device.T.3.A000001");
	judge_cue_taken(trial.judge, cue->arrow);
	trial_say(&trial, 2, "serving-hems -> henb : SetParameterValues", NULL);
	cue = judge_cue(trial.judge, "serving-hems", NULL, NULL, NULL);
	ck_assert_ptr_nonnull(cue);
	ck_assert_str_eq(cue->settings[0].name, "Device.T.3.");
	trial_end(&trial);
}
END_TEST

START_TEST(a_cue_that_vanishes_is_settled_when_taken)
{
	trial_begin(&trial, "henb <- serving-hems : InformResponse [1] with no-answer\n"
			    "henb -> serving-hems : Inform [2] within 5s\n");
	const struct cue *cue = judge_cue(trial.judge, "serving-hems", NULL, NULL, NULL);

	ck_assert_ptr_nonnull(cue);
	judge_cue_taken(trial.judge, cue->arrow);
	trial_expect(&trial, "step pass [1] nothing of it is to be seen\n");
	trial_say(&trial, 1, "henb -> serving-hems : Inform", NULL);
	trial_expect(&trial, "step pass [2] as the chart says\n");
	trial_end(&trial);
}
END_TEST

/* The server must know when the file begins where it is to break it off. */
START_TEST(how_a_delivery_ends_is_asked_for_when_it_begins)
{
	trial_begin(&trial, "henb -> file-server : FilePut [1]\n"
			    "henb -> file-server : FileContents [2]\n"
			    "henb <- file-server : FilePutResponse [3] with disk-full 0\n"
			    "henb <- file-server : FileLoginResponse [4] with login-refused\n");
	ck_assert_ptr_null(judge_cue(trial.judge, "file-server", NULL, NULL, NULL));
	trial_say(&trial, 1, "henb -> file-server : FilePut", NULL);
	trial_expect(&trial, "step pass [1] as the chart says\n");
	const struct cue *cue = judge_cue(trial.judge, "file-server", NULL, NULL, NULL);

	ck_assert_ptr_nonnull(cue);
	ck_assert_str_eq(cue->arrow->message, "FilePutResponse");
	judge_cue_taken(trial.judge, cue->arrow);
	ck_assert_ptr_null(judge_cue(trial.judge, "file-server", NULL, NULL, NULL));
	trial_say(&trial, 2, "henb -> file-server : FileContents", NULL);
	trial_say(&trial, 3, "file-server -> henb : FilePutResponse", NULL);
	trial_expect(&trial, "step pass [2] as the chart says\nstep pass [3] as the chart says\n");
	cue = judge_cue(trial.judge, "file-server", NULL, NULL, NULL);
	ck_assert_ptr_nonnull(cue);
	ck_assert_str_eq(cue->arrow->message, "FileLoginResponse");
	trial_end(&trial);
}
END_TEST

START_TEST(a_taken_cue_settles_an_alt)
{
	trial_begin(&trial, "alt\n"
			    "    henb <- serving-hems : Reboot [1]\n"
			    "or\n"
			    "    henb <- serving-hems : FactoryReset [2]\n"
			    "end\n");
	const struct cue *cue = judge_cue(trial.judge, "serving-hems", NULL, NULL, NULL);

	ck_assert_str_eq(cue->arrow->step, "1");
	judge_cue_taken(trial.judge, cue->arrow);
	ck_assert_ptr_null(judge_cue(trial.judge, "serving-hems", NULL, NULL, NULL));
	trial_end(&trial);
}
END_TEST

START_TEST(a_delayed_cue_may_take_its_time)
{
	trial_begin(&trial, "henb <- serving-hems : InformResponse [1] with delay 100s\n");
	trial.brief = true;
	judge_cue_taken(trial.judge,
			judge_cue(trial.judge, "serving-hems", NULL, NULL, NULL)->arrow);
	trial_time(&trial, 110);
	trial_expect(&trial, "");
	trial_time(&trial, 121);
	trial_expect(&trial, "step inconc [1]\n");
	trial_end(&trial);
}
END_TEST

static const char with_action[] = "henb does raise-alarm severity=\"Major\" [1]\n"
				  "henb -> serving-hems : Inform [2]\n"
				  "henb does power-off [3]\n";

START_TEST(actions_have_their_turn)
{
	trial_begin(&trial, with_action);
	const struct action *action = judge_action(trial.judge);

	ck_assert_str_eq(action->name, "raise-alarm");
	ck_assert_ptr_eq(judge_action(trial.judge), action);
	char *severity = judge_action_value(trial.judge, action, "severity");
	ck_assert_str_eq(severity, "Major");
	free(severity);
	ck_assert_ptr_null(judge_action_value(trial.judge, action, "cause"));
	judge_action_done(trial.judge, action, VERDICT_PASS, NULL);
	ck_assert_ptr_null(judge_action(trial.judge));
	trial_say(&trial, 1, "henb -> serving-hems : Inform", NULL);
	judge_action_done(trial.judge, judge_action(trial.judge), VERDICT_PASS, NULL);
	trial_expect(&trial, "step pass [1] done\nstep pass [2] as the chart says\n"
			     "step pass [3] done\n");
	ck_assert(judge_finished(trial.judge, false));
	trial_end(&trial);
}
END_TEST

START_TEST(what_an_action_brings_about_may_come_before_it_is_done)
{
	trial_begin(&trial, with_action);
	const struct action *action = judge_action(trial.judge);

	trial_say(&trial, 1, "henb -> serving-hems : Inform", NULL);
	trial_expect(&trial, "step pass [2] as the chart says\n");
	judge_action_done(trial.judge, action, VERDICT_PASS, "yes");
	trial_expect(&trial, "step pass [1] yes\n");
	ck_assert_str_eq(judge_action(trial.judge)->name, "power-off");
	trial_end(&trial);
}
END_TEST

START_TEST(an_action_that_is_not_done_stops_the_chart)
{
	trial_begin(&trial, with_action);
	judge_action_done(trial.judge, judge_action(trial.judge), VERDICT_INCONC,
			  "the operator said no");
	trial_expect(&trial, "step inconc [1] the operator said no\n"
			     "note none [] not reached: 2, 3\n");
	ck_assert(judge_finished(trial.judge, false));
	ck_assert_ptr_null(judge_action(trial.judge));
	trial_end(&trial);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("judge: cues");
	TCase *cues = tcase_create("cues"), *actions = tcase_create("actions");

	tcase_add_test(cues, a_cue_has_its_settings_evaluated);
	tcase_add_test(cues, a_cue_names_a_parameter_by_what_was_kept);
	tcase_add_test(cues, a_cue_that_vanishes_is_settled_when_taken);
	tcase_add_test(cues, how_a_delivery_ends_is_asked_for_when_it_begins);
	tcase_add_test(cues, a_taken_cue_settles_an_alt);
	tcase_add_test(cues, a_delayed_cue_may_take_its_time);
	suite_add_tcase(suite, cues);
	tcase_add_test(actions, actions_have_their_turn);
	tcase_add_test(actions, what_an_action_brings_about_may_come_before_it_is_done);
	tcase_add_test(actions, an_action_that_is_not_done_stops_the_chart);
	suite_add_tcase(suite, actions);
	return suite_run(suite);
}
