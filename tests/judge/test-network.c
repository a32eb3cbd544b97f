/* Tunnels and the backhaul in a chart, and beside one. */
#include "tests/judge/trial.h"

static struct trial trial;

static void begin(const char *body)
{
	trial_begin(&trial, body);
	trial.brief = true;
}

static void finish(const char *log, enum verdict verdict)
{
	trial_expect(&trial, log);
	trial_verdict(&trial, verdict);
	trial_end(&trial);
}

static void say(double seconds, const char *notation, const char *content)
{
	trial_say(&trial, seconds, notation, content);
}

#define IKE "henb -> serving-segw : "

START_TEST(a_chart_without_tunnels_has_none_in_its_way)
{
	begin("henb -> serving-hems : EmptyPost [1]\n");
	say(1, IKE "IkeSaInit", NULL);
	say(1, "serving-segw -> henb : IkeSaInitResponse", NULL);
	say(1, IKE "IkeAuth", NULL);
	say(2, IKE "EspPacket", NULL);
	say(2, "henb -> mme : SctpInit", NULL);
	say(2, "henb -> mme : S1SetupRequest", NULL);
	say(3, IKE "IkeInformational", "<D protocol=\"IKE\"/>");
	trial_expect(&trial, "");
	say(4, "henb -> serving-hems : EmptyPost", NULL);
	finish("step pass [1]\n", VERDICT_PASS);
}
END_TEST

static const char *const background[] = {
	IKE "IkeInformational", NULL,
	IKE "IkeInformationalResponse", NULL,
	IKE "CreateChildSa", "<SA/><N type=\"REKEY_SA\"/><TSi/><TSr/>",
	IKE "CreateChildSa", "<SA/><KE/>",
	IKE "CreateChildSa", "<SA/><TSi/><TSr/>",
	IKE "CreateChildSaResponse", "<SA/>",
	IKE "IkeInformational", "<N type=\"ADDITIONAL_IP4_ADDRESS\" number=\"16397\"/>",
	IKE "IkeInformational", "<D protocol=\"ESP\"/>",
	IKE "NatKeepalive", NULL,
	IKE "EspPacket", NULL,
	IKE "IkeEncrypted", NULL,
	IKE "IkeOther", NULL,
	"serving-segw -> henb : IkeOther", NULL,
};

START_TEST(what_keeps_a_tunnel_up_is_no_step)
{
	begin("henb -> serving-segw : IkeAuth [1]\n");
	say(1, background[2 * _i], background[2 * _i + 1]);
	trial_expect(&trial, "");
	say(2, IKE "IkeAuth", NULL);
	finish("step pass [1]\n", VERDICT_PASS);
}
END_TEST

static const char *const steps[] = {
	IKE "IkeSaInit", NULL,
	IKE "IkeInformational", "<D protocol=\"IKE\"/>",
	IKE "IkeInformational", "<N type=\"AUTHENTICATION_FAILED\" number=\"24\"/>",
	IKE "IkeMalformed", NULL,
};

START_TEST(what_changes_a_tunnel_is_one)
{
	begin("henb -> serving-segw : IkeAuth [1]\n");
	say(1, steps[2 * _i], steps[2 * _i + 1]);
	finish("unmatched fail [1]\n", VERDICT_FAIL);
}
END_TEST

START_TEST(the_backhaul_is_a_matter_of_its_own)
{
	begin("henb -> mme : S1SetupRequest [1]\n");
	say(1, IKE "IkeSaInit", NULL);
	say(1, "henb -> mme : SctpInit", NULL);
	trial_expect(&trial, "");
	say(2, "henb -> mme : S1apOther", NULL);
	finish("unmatched fail [1]\n", VERDICT_FAIL);
}
END_TEST

START_TEST(what_must_never_come_speaks_of_nothing)
{
	begin("never \"no tunnel\" for 10s\n    henb -> serving-segw : IkeAuth\nend\n"
	      "henb -> serving-hems : EmptyPost [1]\n");
	say(1, IKE "IkeSaInit", NULL);
	trial_expect(&trial, "");
	trial_time(&trial, 11);
	say(12, "henb -> serving-hems : EmptyPost", NULL);
	trial_verdict(&trial, VERDICT_PASS);
	trial_end(&trial);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("network");
	TCase *tcase = tcase_create("network");

	tcase_add_test(tcase, a_chart_without_tunnels_has_none_in_its_way);
	tcase_add_loop_test(tcase, what_keeps_a_tunnel_up_is_no_step, 0, 11);
	tcase_add_loop_test(tcase, what_changes_a_tunnel_is_one, 0, 4);
	tcase_add_test(tcase, the_backhaul_is_a_matter_of_its_own);
	tcase_add_test(tcase, what_must_never_come_speaks_of_nothing);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
