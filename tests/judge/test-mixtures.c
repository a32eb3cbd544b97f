/* Seeded random messages, times, cues and actions against charts of every fragment: nothing
 * breaks, the verdict only gets worse, time goes on. */
#include "tests/judge/trial.h"

#define START INT64_C(1000000000)

static const char *const charts[] = {
	"loop 1..*\n"
	"    par\n"
	"        alt\n"
	"            henb -> serving-hems : FactoryResetResponse [1]\n"
	"        or\n"
	"            wait 3s\n"
	"            never for 4s\n"
	"                henb -> serving-hems : TransferComplete [2]\n"
	"            end\n"
	"            henb <- serving-hems : KickedResponse [3] with no-answer\n"
	"        end\n"
	"    and when ics('alarms')\n"
	"        opt\n"
	"            loop 0..2\n"
	"                henb -> serving-hems : ScheduleInformResponse [4]\n"
	"                    keep type = FileType\n"
	"            end\n"
	"            henb does raise-alarm [5]\n"
	"        end\n"
	"    end\n"
	"end\n"
	"henb -> serving-hems : Inform [6] within 30s\n",

	"opt\n"
	"    opt\n"
	"        henb -> serving-hems : FactoryResetResponse [1]\n"
	"    end\n"
	"    loop 2..3\n"
	"        opt\n"
	"            henb -> serving-hems : Inform [2] within 2s\n"
	"                check event('1 BOOT')\n"
	"        end\n"
	"        henb <- serving-hems : InformResponse [3]\n"
	"    end\n"
	"end\n"
	"never\n"
	"    henb -> serving-hems : TransferComplete [4]\n"
	"end\n"
	"alt\n"
	"    henb does power-off [5]\n"
	"or\n"
	"    henb -> serving-hems : ScheduleInformResponse [6]\n"
	"    loop 3\n"
	"        henb <- serving-hems : Reboot [7]\n"
	"        henb -> serving-hems : RebootResponse [8]\n"
	"    end\n"
	"end\n",
};

static const char *const says[] = {
	"henb -> serving-hems : FactoryResetResponse",
	"serving-hems -> henb : KickedResponse",
	"henb -> serving-hems : ScheduleInformResponse",
	"henb -> serving-hems : Inform",
	"serving-hems -> henb : InformResponse",
	"henb -> serving-hems : TransferComplete",
	"serving-hems -> henb : Reboot",
	"henb -> serving-hems : RebootResponse",
	"henb -> serving-hems : EmptyPost",
};

static unsigned next(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16 & 0x7fff;
}

static void something(struct trial *trial, unsigned *seed, double *now)
{
	const struct action *action;
	const struct cue *cue;

	switch (next(seed) % 8) {
	case 0:
		*now += next(seed) % 5;
		trial_time(trial, *now);
		break;
	case 1:
		cue = judge_cue(trial->judge, "serving-hems", NULL, NULL, NULL);
		if (cue)
			judge_cue_taken(trial->judge, cue->arrow);
		break;
	case 2:
		action = judge_action(trial->judge);
		if (action && next(seed) % 2)
			judge_action_done(trial->judge, action, VERDICT_PASS, NULL);
		break;
	default:
		*now += (next(seed) % 100) / 100.0;
		trial_say(trial, *now, says[next(seed) % (sizeof(says) / sizeof(says[0]))],
			  next(seed) % 2 ? INFORM("1 BOOT") : NULL);
	}
}

START_TEST(mixture)
{
	for (unsigned round = 0; round < 20; round++) {
		unsigned seed = (unsigned)_i * 1000 + round;
		enum verdict worst = VERDICT_NONE;
		struct trial trial;
		double now = 0;

		trial_begin_with(&trial, "", charts[_i % 2],
				 (_i / 2 % 2 ? TRIAL_OBSERVING : 0) | TRIAL_RULES);
		for (int i = 0; i < 40; i++) {
			something(&trial, &seed, &now);
			ck_assert_int_ge(judge_verdict(trial.judge), worst);
			worst = judge_verdict(trial.judge);
			trial_time(&trial, now);
			ck_assert_int_ge(judge_deadline(trial.judge), START + (int64_t)(now * 1e6));
		}
		judge_end(trial.judge, START + (int64_t)(now * 1e6), "the run ends");
		ck_assert(judge_finished(trial.judge, true));
		ck_assert_int_ge(judge_verdict(trial.judge), worst);
		ck_assert_int_gt(judge_verdict(trial.judge), VERDICT_NONE);
		trial_end(&trial);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("judge: mixtures");
	TCase *mixtures = tcase_create("mixtures");

	tcase_add_loop_test(mixtures, mixture, 0, 8);
	suite_add_tcase(suite, mixtures);
	return suite_run(suite);
}
