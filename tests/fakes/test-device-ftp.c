/*
 * The device's FTP with the file server's, on virtual time: each way to go about it, each fault, and the
 * fault code of TR-069 A.5.1 that comes of it.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fakes/file-lab.h"

/* --- ways --- */

static const char *const schemes[] = { "ftp", "ftpes", "ftps" };

static const struct { struct file_ftp_way way; const char *address; } ways[] = {
	{ { .active = false }, NULL },
	{ { .pasv_only = true }, NULL },
	{ { .active = true }, NULL },
	{ { .own_sessions = true }, NULL },
	{ { .active = false }, "::1" },
	{ { .active = true }, "::1" },
	{ { .pasv_only = true }, "::1" }, /* PASV has no IPv6 */
	{ { .asks = true }, NULL },
	{ { .folders = true }, NULL },
	{ { .sizes = true }, NULL },
	{ { .lists = true }, NULL },
	{ { .lists = true, .active = true }, NULL },
	{ { .rests = true }, NULL },
	{ { .appends = true }, NULL },
	{ { .no_quit = true }, NULL },
	{ { .asks = true, .folders = true, .sizes = true, .lists = true, .rests = true,
	    .appends = true, .no_quit = true, .own_sessions = true }, NULL },
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

START_TEST(there_and_back)
{
	const char *scheme = schemes[_i / WAYS];
	bool secure = _i / WAYS > 0;
	struct file_lab lab;

	file_lab_start(&lab, ways[_i % WAYS].address ? ROLE ".address" : NULL, ways[_i % WAYS].address);
	if (ways[_i % WAYS].address)
		address_parse("::1", &lab.options.http.local);
	lab.options.ftp = ways[_i % WAYS].way;
	file_lab_put(&lab, scheme, "pm/a%20b", "contents\n");
	ck_assert_msg(lab.fault == 0, "%d %s", lab.fault, lab.text);
	file_lab_said(&lab, secure ? "FileLogin transport=ftps user=cell method=password; "
			  : "FileLogin transport=ftp user=cell method=password; ");
	file_lab_said(&lab, "path=/pm/a b size=9 whole=true ");
	file_lab_said(&lab, secure ? "protected=true; " : "protected=false; ");
	file_lab_said(&lab, "path=/pm/a b outcome=ok status=226; ");
	if (secure)
		file_lab_said(&lab, ways[_i % WAYS].way.own_sessions ? "Tls resumed=false; FileContents"
							    : "Tls resumed=true; FileContents");
	file_lab_get(&lab, scheme, "pm/a%20b");
	ck_assert_msg(lab.fault == 0, "%d %s", lab.fault, lab.text);
	ck_assert_str_eq(buffer_text(&lab.contents), "contents\n");
	file_lab_put(&lab, scheme, "pm/", ""); /* its own name; empty */
	ck_assert_int_eq(lab.fault, 0);
	file_lab_said(&lab, "path=/pm/name size=0 whole=true");
	file_lab_get(&lab, scheme, "pm/name");
	ck_assert_int_eq(lab.fault, 0);
	ck_assert(lab.got && lab.contents.length == 0);
	file_lab_stop(&lab);
}
END_TEST

/* --- faults --- */

static const struct {
	const char *cue; /* "" = none */
	int get, put;    /* fault codes; -1 = it is no fault of that */
} faults[] = {
	{ "not-found", 9016, 9011 },
	{ "no-permission", 9016, 9011 },
	{ "login-refused", 9012, 9012 },
	{ "cut-off 20", 9017, 9011 },
	{ "cut-off 0", 9017, -1 },
	{ "cut-off 100000", 0, 0 },
	{ "stalled 20", 9017, 9011 },
	{ "truncated-file 30", 0, -1 },
	{ "wrong-size 5", 0, -1 },
	{ "wrong-size 99999", 9017, -1 },
	{ "corrupted", 0, -1 },
	{ "slow 100", 0, -1 },
	{ "slow 50", -1, 0 },
	{ "delay 20", 0, 0 },
	{ "no-answer", 9015, 9011 },
	{ "disk-full 20", -1, 9011 },
};

enum { FAULTS = sizeof(faults) / sizeof(faults[0]) };

START_TEST(faulty_get)
{
	const char *scheme = schemes[_i / FAULTS];
	int expected = faults[_i % FAULTS].get;
	struct file_lab lab;
	char *cue;

	if (expected < 0)
		return;
	file_lab_start(&lab, NULL, NULL);
	cue = memory_format("FileGetResponse with %s", faults[_i % FAULTS].cue);
	ck_assert_int_eq(script_add(&lab.script, cue), 0);
	file_lab_get(&lab, scheme, "cm");
	ck_assert_msg(lab.fault == expected, "%s: %d %s", cue, lab.fault, lab.text);
	ck_assert(lab.got == (expected == 0));
	ck_assert_uint_eq(script_left(&lab.script), 0);
	free(cue);
	file_lab_stop(&lab);
}
END_TEST

START_TEST(faulty_put)
{
	const char *scheme = schemes[_i / FAULTS];
	int expected = faults[_i % FAULTS].put;
	struct file_lab lab;
	char *cue;

	if (expected < 0)
		return;
	file_lab_start(&lab, NULL, NULL);
	cue = memory_format("FilePutResponse with %s", faults[_i % FAULTS].cue);
	ck_assert_int_eq(script_add(&lab.script, cue), 0);
	file_lab_put(&lab, scheme, "pm", "0123456789012345678901234567890123456789");
	ck_assert_msg(lab.fault == expected, "%s: %d %s", cue, lab.fault, lab.text);
	free(cue);
	file_lab_stop(&lab);
}
END_TEST

START_TEST(credentials)
{
	struct file_lab lab;

	file_lab_start(&lab, NULL, NULL);
	lab.options.http.password = "wrong";
	file_lab_get(&lab, schemes[_i], "cm");
	ck_assert_int_eq(lab.fault, 9012);
	file_lab_put(&lab, schemes[_i], "pm", "x");
	ck_assert_int_eq(lab.fault, 9012);
	lab.options.http.password = "sec\nret";
	file_lab_get(&lab, schemes[_i], "cm");
	ck_assert_int_eq(lab.fault, 9012);
	lab.options.http.password = "secret";
	ck_assert_int_eq(script_add(&lab.script, "FileLoginResponse with login-refused"), 0);
	file_lab_put(&lab, schemes[_i], "pm", "x");
	ck_assert_int_eq(lab.fault, 9012);
	file_lab_put(&lab, schemes[_i], "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	file_lab_stop(&lab);
}
END_TEST

START_TEST(nobody_listens)
{
	struct file_lab lab;

	file_lab_start(&lab, NULL, NULL);
	file_lab_fetch(&lab, "ftp://127.0.40.9:1/x");
	ck_assert_int_eq(lab.fault, 9015);
	file_lab_stop(&lab);
}
END_TEST

static const char *const certificates[] = { "expired", "misnamed", "untrusted", "self-signed" };

START_TEST(certificate)
{
	const char *scheme = schemes[1 + _i % 2];
	struct file_lab lab;
	char *cue = memory_format("TlsCertificate with wrong-certificate %s", certificates[_i / 2]);

	file_lab_start(&lab, NULL, NULL);
	script_add(&lab.script, cue);
	file_lab_get(&lab, scheme, "cm");
	ck_assert_msg(lab.fault == 9015, "%d %s", lab.fault, lab.text);
	file_lab_said_not(&lab, "FileLogin");
	lab.options.ftp.unverified = true; /* the defect */
	script_add(&lab.script, cue);
	file_lab_put(&lab, scheme, "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	file_lab_said(&lab, "FileLogin");
	free(cue);
	file_lab_stop(&lab);
}
END_TEST

START_TEST(session_reuse_required)
{
	struct file_lab lab;

	file_lab_start(&lab, ROLE ".ftps-reuse", "required");
	file_lab_put(&lab, schemes[1 + _i], "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	lab.options.ftp.own_sessions = true;
	file_lab_put(&lab, schemes[1 + _i], "pm", "x");
	ck_assert_int_eq(lab.fault, 9011);
	file_lab_said(&lab, "outcome=failed status=522");
	file_lab_stop(&lab);
}
END_TEST

/* --- defects: what is seen of them --- */

START_TEST(defects)
{
	struct file_lab lab;

	file_lab_start(&lab, ROLE ".username", "");
	profile_set(lab.profile, ROLE ".password", "");
	lab.options.ftp.anonymous = true;
	file_lab_put(&lab, "ftp", "pm", "x");
	file_lab_said(&lab, "FileLogin transport=ftp user=anonymous method=anonymous; ");
	lab.options.ftp = (struct file_ftp_way){ .clear_data = true };
	buffer_clear(&lab.said);
	file_lab_put(&lab, schemes[1 + _i], "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	file_lab_said(&lab, "FileContents transport=ftps user=cell method=STOR path=/pm size=1 whole=true "
		   "protected=false; ");
	lab.options.ftp = (struct file_ftp_way){ .broken_word = true };
	file_lab_put(&lab, schemes[1 + _i], "pm", "x");
	ck_assert_int_eq(lab.fault, 9011);
	lab.options.ftp = (struct file_ftp_way){ .ascii = true };
	ck_assert_int_eq(script_add(&lab.script, "FileGetResponse"), 0);
	file_lab_get(&lab, "ftp", "cm"); /* the lines' ends are changed on the way */
	ck_assert_int_eq(lab.fault, 0);
	ck_assert_ptr_nonnull(memmem(lab.contents.octets, lab.contents.length, "\r\n", 2));
	file_lab_stop(&lab);
}
END_TEST

START_TEST(defects_in_clear)
{
	struct file_lab lab;

	file_lab_start(&lab, NULL, NULL);
	lab.options.ftp = (struct file_ftp_way){ .password_first = true };
	file_lab_put(&lab, "ftpes", "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	file_lab_said(&lab, "FileLogin transport=ftp user=cell");
	file_lab_said(&lab, "FileLogin transport=ftps user=cell");
	buffer_clear(&lab.said);
	lab.options.ftp = (struct file_ftp_way){ .in_clear = true };
	file_lab_put(&lab, "ftpes", "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	file_lab_said_not(&lab, "transport=ftps");
	lab.options.ftp = (struct file_ftp_way){ .http = true };
	buffer_clear(&lab.said);
	file_lab_put(&lab, "ftp", "pm", "x");
	ck_assert_int_ne(lab.fault, 0);
	file_lab_said_not(&lab, "FilePut");
	file_lab_stop(&lab);
}
END_TEST

START_TEST(defects_of_files)
{
	struct file_lab lab;

	file_lab_start(&lab, NULL, NULL);
	lab.options.ftp = (struct file_ftp_way){ .no_folder = true };
	file_lab_put(&lab, "ftp", "folder/pm", "x");
	file_lab_said(&lab, "FilePut transport=ftp user=cell method=STOR path=/pm");
	lab.options.ftp = (struct file_ftp_way){ .half = true };
	file_lab_put(&lab, "ftp", "half", "12345678");
	ck_assert_int_eq(lab.fault, 0);
	file_lab_said(&lab, "path=/half size=4 whole=true");
	lab.options.ftp = (struct file_ftp_way){ .refusal_counts = true };
	lab.got = false;
	file_lab_get(&lab, "ftp", "nowhere");
	ck_assert_int_eq(lab.fault, 0);
	ck_assert(!lab.got);
	file_lab_said(&lab, "path=/nowhere outcome=not-found status=550");
	file_lab_stop(&lab);
}
END_TEST

START_TEST(broken_off)
{
	struct file_lab lab;

	file_lab_start(&lab, NULL, NULL);
	for (int rounds = 0; rounds < 40; rounds++) {
		file_lab_begin_put(&lab, schemes[_i], "pm", "contents");
		for (int i = 0; i < rounds; i++)
			loop_once(lab.loop);
		file_client_free(lab.client);
		lab.client = NULL;
		file_server_fake.reset(lab.fake);
	}
	file_lab_stop(&lab);
}
END_TEST

START_TEST(urls)
{
	static const struct { const char *url; int fault; } cases[] = {
		{ "ftp://host/a", 0 }, { "FTPS://host:99/", 0 }, { "ftpes://[::1]/a%41", 0 },
		{ "ftp://u:p@host/a", 9003 }, { "ftp:///a", 9003 }, { "ftp://host:x/", 9003 },
		{ "ftp://host/%0d%0aDELE", 9003 }, { "ftp://host/%4", 9003 }, { "ftp://ho st/", 9003 },
		{ "gopher://host/", 9013 }, { "host", 9003 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(file_client_url_fault(cases[i].url) == cases[i].fault, "%s",
			      cases[i].url);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("device-ftp");
	TCase *tests = tcase_create("ftp");

	tcase_add_loop_test(tests, there_and_back, 0, 3 * WAYS);
	tcase_add_loop_test(tests, faulty_get, 0, 3 * FAULTS);
	tcase_add_loop_test(tests, faulty_put, 0, 3 * FAULTS);
	tcase_add_loop_test(tests, credentials, 0, 3);
	tcase_add_test(tests, nobody_listens);
	tcase_add_loop_test(tests, certificate, 0, 8);
	tcase_add_loop_test(tests, session_reuse_required, 0, 2);
	tcase_add_loop_test(tests, defects, 0, 2);
	tcase_add_test(tests, defects_in_clear);
	tcase_add_test(tests, defects_of_files);
	tcase_add_loop_test(tests, broken_off, 0, 3);
	tcase_add_test(tests, urls);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
