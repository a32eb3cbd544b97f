/* alt, opt, par, loop and their mixtures, in both outcomes. */
#include <stdio.h>
#include <string.h>

#include "tests/judge/trial.h"

static struct trial trial;

static void begin(const char *body)
{
	trial_begin(&trial, body);
	trial.brief = true;
}

/* "henb -> serving-hems : NAME" at a second. */
static void device(double seconds, const char *name)
{
	char notation[96];

	snprintf(notation, sizeof(notation), "henb -> serving-hems : %s", name);
	trial_say(&trial, seconds, notation, NULL);
}

static void finish(enum verdict verdict)
{
	judge_end(trial.judge, INT64_C(1000000000) + 3600 * INT64_C(1000000), "the run ends");
	trial_verdict(&trial, verdict);
	trial_end(&trial);
}

static const char alternatives[] =
	"alt \"a\"\n"
	"    henb -> serving-hems : FactoryResetResponse [1]\n"
	"    henb -> serving-hems : RebootResponse [2]\n"
	"or \"b\"\n"
	"    henb -> serving-hems : ScheduleInformResponse [3]\n"
	"end\n"
	"henb -> serving-hems : TransferComplete [4]\n";

START_TEST(alt_is_settled_by_the_first_message_that_fits)
{
	begin(alternatives);
	device(1, "ScheduleInformResponse");
	device(2, "TransferComplete");
	trial_expect(&trial, "step pass [3]\nstep pass [4]\n");
	finish(VERDICT_PASS);
}
END_TEST

START_TEST(alt_once_settled_has_no_way_back)
{
	begin(alternatives);
	device(1, "FactoryResetResponse");
	device(2, "ScheduleInformResponse");
	trial_expect(&trial, "step pass [1]\nunmatched fail [2]\nnote none []\n");
	finish(VERDICT_FAIL);
}
END_TEST

START_TEST(alt_with_no_guard_that_holds_is_left_out)
{
	begin("alt when ics('ipsec')\n"
	      "    henb -> serving-hems : FactoryResetResponse [1]\n"
	      "or when not(ics('alarms'))\n"
	      "    henb -> serving-hems : ScheduleInformResponse [2]\n"
	      "end\n"
	      "henb -> serving-hems : TransferComplete [3]\n");
	device(1, "TransferComplete");
	trial_expect(&trial, "step pass [3]\n");
	finish(VERDICT_PASS);
}
END_TEST

START_TEST(alt_takes_only_branches_whose_guard_holds)
{
	begin("alt when ics('ipsec')\n"
	      "    henb -> serving-hems : FactoryResetResponse [1]\n"
	      "or when ics('alarms')\n"
	      "    henb -> serving-hems : ScheduleInformResponse [2]\n"
	      "end\n");
	device(1, "FactoryResetResponse");
	trial_expect(&trial, "unmatched fail [2]\n");
	finish(VERDICT_FAIL);
}
END_TEST

START_TEST(alt_chooses_by_checks)
{
	begin("alt\n"
	      "    henb -> serving-hems : FactoryResetResponse [1]\n"
	      "        check Command = 'a'\n"
	      "or\n"
	      "    henb -> serving-hems : FactoryResetResponse [2]\n"
	      "        check Command = 'b'\n"
	      "end\n");
	trial_say(&trial, 1, "henb -> serving-hems : FactoryResetResponse", "<Command>b</Command>");
	trial_expect(&trial, "step pass [2]\n");
	finish(VERDICT_PASS);
}
END_TEST

START_TEST(alt_is_late_with_its_most_patient_branch)
{
	begin("alt\n"
	      "    henb -> serving-hems : FactoryResetResponse [1] within 5s\n"
	      "or\n"
	      "    henb -> serving-hems : ScheduleInformResponse [2] within 50s\n"
	      "end\n");
	trial_time(&trial, 40);
	trial_expect(&trial, "");
	device(45, "ScheduleInformResponse");
	trial_expect(&trial, "step pass [2]\n");
	finish(VERDICT_PASS);
}
END_TEST

START_TEST(alt_with_a_wait_is_settled_by_time)
{
	const char *body = "alt\n"
			   "    henb -> serving-hems : FactoryResetResponse [1]\n"
			   "or\n"
			   "    wait 10s\n"
			   "    henb -> serving-hems : ScheduleInformResponse [2]\n"
			   "end\n";

	begin(body);
	device(12, "ScheduleInformResponse");
	trial_expect(&trial, "step pass [2]\n");
	finish(VERDICT_PASS);
	begin(body);
	device(2, "FactoryResetResponse");
	trial_expect(&trial, "step pass [1]\n");
	finish(VERDICT_PASS);
}
END_TEST

static const char optional[] =
	"henb -> serving-hems : FactoryResetResponse [1]\n"
	"opt \"it may\"\n"
	"    henb -> serving-hems : ScheduleInformResponse [2]\n"
	"    henb -> serving-hems : GetRPCMethods [3]\n"
	"end\n"
	"henb -> serving-hems : TransferComplete [4]\n";

START_TEST(opt_may_be_left_out)
{
	begin(optional);
	device(1, "FactoryResetResponse");
	device(2, "TransferComplete");
	trial_expect(&trial, "step pass [1]\nstep pass [4]\n");
	finish(VERDICT_PASS);
}
END_TEST

START_TEST(opt_that_began_must_be_finished)
{
	begin(optional);
	device(1, "FactoryResetResponse");
	device(2, "ScheduleInformResponse");
	device(3, "TransferComplete");
	trial_expect(&trial, "step pass [1]\nstep pass [2]\nunmatched fail [3]\nnote none []\n");
	finish(VERDICT_FAIL);
	begin(optional);
	device(1, "FactoryResetResponse");
	device(2, "ScheduleInformResponse");
	device(3, "GetRPCMethods");
	device(4, "TransferComplete");
	trial_expect(&trial,
		     "step pass [1]\nstep pass [2]\nstep pass [3]\nstep pass [4]\n");
	finish(VERDICT_PASS);
}
END_TEST

START_TEST(opt_does_not_come_twice)
{
	begin(optional);
	device(1, "FactoryResetResponse");
	device(2, "ScheduleInformResponse");
	device(3, "GetRPCMethods");
	device(4, "ScheduleInformResponse");
	trial_expect(&trial, "step pass [1]\nstep pass [2]\nstep pass [3]\nunmatched fail [4]\n");
	finish(VERDICT_FAIL);
}
END_TEST

START_TEST(opt_whose_guard_fails_is_not_there)
{
	begin("opt when ics('ipsec')\n"
	      "    henb -> serving-hems : FactoryResetResponse [1]\n"
	      "end\n"
	      "henb -> serving-hems : TransferComplete [2]\n");
	device(1, "FactoryResetResponse");
	trial_expect(&trial, "unmatched fail [2]\n");
	finish(VERDICT_FAIL);
}
END_TEST

START_TEST(a_guard_sees_what_was_kept_before_it)
{
	const char *body = "henb -> serving-hems : FactoryResetResponse [1]\n"
			   "    keep mode = Command\n"
			   "opt when $mode = 'long'\n"
			   "    henb -> serving-hems : ScheduleInformResponse [2]\n"
			   "end\n"
			   "henb -> serving-hems : TransferComplete [3]\n";

	begin(body);
	trial_say(&trial, 1, "henb -> serving-hems : FactoryResetResponse",
		  "<Command>long</Command>");
	device(2, "ScheduleInformResponse");
	device(3, "TransferComplete");
	trial_expect(&trial, "step pass [1]\nstep pass [2]\nstep pass [3]\n");
	finish(VERDICT_PASS);
	begin(body);
	trial_say(&trial, 1, "henb -> serving-hems : FactoryResetResponse",
		  "<Command>short</Command>");
	device(2, "ScheduleInformResponse");
	trial_expect(&trial, "step pass [1]\nunmatched fail [3]\n");
	finish(VERDICT_FAIL);
}
END_TEST

static const char parallel[] =
	"par\n"
	"    henb -> serving-hems : FactoryResetResponse [1]\n"
	"    henb -> serving-hems : RebootResponse [2]\n"
	"and\n"
	"    henb -> serving-hems : ScheduleInformResponse [3]\n"
	"    henb -> serving-hems : DownloadResponse [4]\n"
	"end\n"
	"henb -> serving-hems : TransferComplete [5]\n";

/* Every interleaving of two branches of two arrows. */
START_TEST(par_interleaves)
{
	static const char *const orders[] = { "1234", "1324", "1342", "3124", "3142", "3412" };
	static const char *const names[] = { "FactoryResetResponse", "RebootResponse",
					     "ScheduleInformResponse", "DownloadResponse" };
	const char *order = orders[_i];
	char log[128] = "";

	begin(parallel);
	for (int i = 0; i < 4; i++) {
		device(1 + i, names[order[i] - '1']);
		snprintf(log + strlen(log), sizeof(log) - strlen(log), "step pass [%c]\n",
			 order[i]);
	}
	device(9, "TransferComplete");
	strcat(log, "step pass [5]\n");
	trial_expect(&trial, log);
	finish(VERDICT_PASS);
}
END_TEST

START_TEST(par_keeps_the_order_in_a_branch)
{
	begin(parallel);
	device(1, "ScheduleInformResponse");
	device(2, "RebootResponse");
	trial_expect(&trial, "step pass [3]\nunmatched fail [1]\nnote none []\n");
	finish(VERDICT_FAIL);
}
END_TEST

START_TEST(par_is_over_when_all_branches_are)
{
	begin(parallel);
	device(1, "FactoryResetResponse");
	device(2, "RebootResponse");
	device(3, "TransferComplete");
	trial_expect(&trial, "step pass [1]\nstep pass [2]\nunmatched fail [3]\nnote none []\n");
	finish(VERDICT_FAIL);
}
END_TEST

START_TEST(each_par_branch_has_its_own_deadline)
{
	begin("par\n"
	      "    henb -> serving-hems : FactoryResetResponse [1] within 5s\n"
	      "and\n"
	      "    henb -> serving-hems : ScheduleInformResponse [2] within 50s\n"
	      "end\n");
	device(2, "ScheduleInformResponse");
	trial_time(&trial, 5);
	trial_expect(&trial, "step pass [2]\n");
	trial_time(&trial, 6);
	trial_expect(&trial, "step inconc [1]\n");
	finish(VERDICT_INCONC);
}
END_TEST

START_TEST(loop_bounds)
{
	const char *body = "loop 2..3\n"
			   "    henb -> serving-hems : FactoryResetResponse [1]\n"
			   "end\n"
			   "henb -> serving-hems : TransferComplete [2]\n";

	for (int count = 0; count <= 4; count++) {
		bool good = count == 2 || count == 3;

		begin(body);
		for (int i = 0; i < count; i++)
			device(i, "FactoryResetResponse");
		device(9, "TransferComplete");
		finish(good ? VERDICT_PASS : VERDICT_FAIL);
	}
}
END_TEST

START_TEST(loop_without_bound)
{
	begin("loop 0..*\n"
	      "    henb -> serving-hems : FactoryResetResponse [1]\n"
	      "    henb <- serving-hems : KickedResponse [2]\n"
	      "end\n"
	      "henb -> serving-hems : TransferComplete [3]\n");
	for (int i = 0; i < 1000; i++) {
		device(i, "FactoryResetResponse");
		trial_say(&trial, i + 0.5, "serving-hems -> henb : KickedResponse", NULL);
	}
	device(1001, "TransferComplete");
	finish(VERDICT_PASS);
}
END_TEST

START_TEST(loop_that_began_a_turn_must_finish_it)
{
	begin("loop 1..*\n"
	      "    henb -> serving-hems : FactoryResetResponse [1]\n"
	      "    henb -> serving-hems : ScheduleInformResponse [2]\n"
	      "end\n"
	      "henb -> serving-hems : TransferComplete [3]\n");
	device(1, "FactoryResetResponse");
	device(2, "ScheduleInformResponse");
	device(3, "FactoryResetResponse");
	device(4, "TransferComplete");
	trial_expect(&trial, "step pass [1]\nstep pass [2]\nstep pass [1]\nunmatched fail [2]\n"
			     "note none []\n");
	finish(VERDICT_FAIL);
}
END_TEST

START_TEST(loop_ends_when_its_guard_fails)
{
	begin("henb -> serving-hems : FactoryResetResponse [0]\n"
	      "    keep last = Command\n"
	      "loop 0..* when not($last = 'yes')\n"
	      "    henb -> serving-hems : FactoryResetResponse [1]\n"
	      "        keep last = Command\n"
	      "end\n"
	      "henb -> serving-hems : TransferComplete [2]\n");
	device(1, "FactoryResetResponse");
	trial_say(&trial, 2, "henb -> serving-hems : FactoryResetResponse",
		  "<Command>yes</Command>");
	trial_say(&trial, 3, "henb -> serving-hems : FactoryResetResponse", NULL);
	trial_expect(&trial, "step pass [0]\nstep pass [1]\nunmatched fail [2]\n");
	finish(VERDICT_FAIL);
}
END_TEST

START_TEST(loop_of_what_may_be_left_out_ends)
{
	begin("loop 3..*\n"
	      "    opt\n"
	      "        henb -> serving-hems : FactoryResetResponse [1]\n"
	      "    end\n"
	      "end\n"
	      "henb -> serving-hems : TransferComplete [2]\n");
	device(1, "FactoryResetResponse");
	device(2, "TransferComplete");
	trial_expect(&trial, "step pass [1]\nstep pass [2]\n");
	finish(VERDICT_PASS);
}
END_TEST

static const char nested[] =
	"loop 1..2\n"
	"    par\n"
	"        alt\n"
	"            henb -> serving-hems : FactoryResetResponse [1]\n"
	"        or\n"
	"            opt\n"
	"                henb -> serving-hems : RebootResponse [2]\n"
	"            end\n"
	"            henb -> serving-hems : UploadResponse [3]\n"
	"        end\n"
	"    and\n"
	"        henb -> serving-hems : ScheduleInformResponse [4]\n"
	"    end\n"
	"end\n"
	"henb -> serving-hems : TransferComplete [5]\n";

START_TEST(fragments_in_fragments)
{
	begin(nested);
	device(1, "ScheduleInformResponse");
	device(2, "UploadResponse");
	device(3, "FactoryResetResponse");
	device(4, "ScheduleInformResponse");
	device(5, "TransferComplete");
	trial_expect(&trial, "step pass [4]\nstep pass [3]\nstep pass [1]\nstep pass [4]\n"
			     "step pass [5]\n");
	finish(VERDICT_PASS);
	begin(nested);
	device(1, "RebootResponse");
	device(2, "ScheduleInformResponse");
	device(3, "FactoryResetResponse");
	trial_expect(&trial, "step pass [2]\nstep pass [4]\nunmatched fail [3]\nnote none []\n");
	finish(VERDICT_FAIL);
}
END_TEST

START_TEST(an_undecided_par_behind_an_opt_begins_whole)
{
	begin("opt\n"
	      "    henb -> serving-hems : UploadResponse [1]\n"
	      "end\n"
	      "par\n"
	      "    henb -> serving-hems : FactoryResetResponse [2]\n"
	      "and when ics('ipsec')\n"
	      "    henb -> serving-hems : RebootResponse [3]\n"
	      "and\n"
	      "    henb -> serving-hems : ScheduleInformResponse [4]\n"
	      "end\n");
	device(1, "ScheduleInformResponse");
	device(2, "FactoryResetResponse");
	trial_expect(&trial, "step pass [4]\nstep pass [2]\n");
	finish(VERDICT_PASS);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("judge: fragments");
	TCase *alt = tcase_create("alt"), *opt = tcase_create("opt"), *par = tcase_create("par"),
	      *loop = tcase_create("loop");

	tcase_add_test(alt, alt_is_settled_by_the_first_message_that_fits);
	tcase_add_test(alt, alt_once_settled_has_no_way_back);
	tcase_add_test(alt, alt_with_no_guard_that_holds_is_left_out);
	tcase_add_test(alt, alt_takes_only_branches_whose_guard_holds);
	tcase_add_test(alt, alt_chooses_by_checks);
	tcase_add_test(alt, alt_is_late_with_its_most_patient_branch);
	tcase_add_test(alt, alt_with_a_wait_is_settled_by_time);
	suite_add_tcase(suite, alt);
	tcase_add_test(opt, opt_may_be_left_out);
	tcase_add_test(opt, opt_that_began_must_be_finished);
	tcase_add_test(opt, opt_does_not_come_twice);
	tcase_add_test(opt, opt_whose_guard_fails_is_not_there);
	tcase_add_test(opt, a_guard_sees_what_was_kept_before_it);
	suite_add_tcase(suite, opt);
	tcase_add_loop_test(par, par_interleaves, 0, 6);
	tcase_add_test(par, par_keeps_the_order_in_a_branch);
	tcase_add_test(par, par_is_over_when_all_branches_are);
	tcase_add_test(par, each_par_branch_has_its_own_deadline);
	tcase_add_test(par, an_undecided_par_behind_an_opt_begins_whole);
	suite_add_tcase(suite, par);
	tcase_add_test(loop, loop_bounds);
	tcase_add_test(loop, loop_without_bound);
	tcase_add_test(loop, loop_that_began_a_turn_must_finish_it);
	tcase_add_test(loop, loop_ends_when_its_guard_fails);
	tcase_add_test(loop, loop_of_what_may_be_left_out_ends);
	tcase_add_test(loop, fragments_in_fragments);
	suite_add_tcase(suite, loop);
	return suite_run(suite);
}
