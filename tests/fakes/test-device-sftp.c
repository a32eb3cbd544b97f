/*
 * The device's SFTP with the file server's, on virtual time: each way to go about it, each fault, and
 * the fault code of TR-069 A.5.1 that comes of it.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fakes/file-lab.h"

/* --- ways --- */

static const struct { struct file_sftp_way way; const char *address; } ways[] = {
	{ { .looks = false }, NULL },
	{ { .looks = true }, NULL },
	{ { .small_blocks = true }, NULL },
	{ { .ahead = true, .small_blocks = true }, NULL },
	{ { .no_goodbye = true }, NULL },
	{ { .looks = false }, "::1" },
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static char *text_of(size_t length)
{
	char *text = memory_new(length + 1);

	memset(text, 'x', length);
	return text;
}

START_TEST(there_and_back)
{
	char *large = text_of(200000);
	struct file_lab lab;

	file_lab_start(&lab, ways[_i].address ? ROLE ".address" : NULL, ways[_i].address);
	if (ways[_i].address)
		address_parse("::1", &lab.options.http.local);
	lab.options.sftp = ways[_i].way;
	file_lab_put(&lab, "sftp", "pm/a%20b", "contents\n");
	ck_assert_msg(lab.fault == 0, "%d %s", lab.fault, lab.text);
	file_lab_said(&lab, "SshHostKey transport=sftp; FileLogin transport=sftp user=cell method=password; "
		   "FileLoginResponse transport=sftp user=cell accepted=true status=52; "
		   "FilePut transport=sftp user=cell method=WRITE path=/pm/a b; "
		   "FileContents transport=sftp user=cell method=WRITE path=/pm/a b size=9 whole=true; "
		   "FilePutResponse transport=sftp user=cell method=WRITE path=/pm/a b outcome=ok "
		   "status=0; ");
	file_lab_get(&lab, "sftp", "pm/a%20b");
	ck_assert_msg(lab.fault == 0, "%d %s", lab.fault, lab.text);
	ck_assert_str_eq(buffer_text(&lab.contents), "contents\n");
	file_lab_said(&lab, "FileGetResponse transport=sftp user=cell method=READ path=/pm/a b outcome=ok "
		   "status=0 size=9 whole=true; ");
	file_lab_put(&lab, "sftp", "pm/", ""); /* its own name; empty */
	ck_assert_int_eq(lab.fault, 0);
	file_lab_said(&lab, "path=/pm/name size=0 whole=true");
	file_lab_get(&lab, "sftp", "pm/name");
	ck_assert_int_eq(lab.fault, 0);
	ck_assert(lab.got && lab.contents.length == 0);
	file_lab_put(&lab, "sftp", "large", large);
	file_lab_get(&lab, "sftp", "large");
	ck_assert_msg(lab.fault == 0, "%d %s", lab.fault, lab.text);
	ck_assert_str_eq(buffer_text(&lab.contents), large);
	free(large);
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
	{ "login-refused", 9016, 9011 }, /* SFTP says no more than that it is denied */
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
	int expected = faults[_i].get;
	struct file_lab lab;
	char *cue;

	if (expected < 0)
		return;
	file_lab_start(&lab, NULL, NULL);
	cue = memory_format("FileGetResponse with %s", faults[_i].cue);
	ck_assert_int_eq(script_add(&lab.script, cue), 0);
	file_lab_get(&lab, "sftp", "cm");
	ck_assert_msg(lab.fault == expected, "%s: %d %s", cue, lab.fault, lab.text);
	ck_assert(lab.got == (expected == 0));
	ck_assert_uint_eq(script_left(&lab.script), 0);
	free(cue);
	file_lab_stop(&lab);
}
END_TEST

START_TEST(faulty_put)
{
	int expected = faults[_i].put;
	struct file_lab lab;
	char *cue;

	if (expected < 0)
		return;
	file_lab_start(&lab, NULL, NULL);
	cue = memory_format("FilePutResponse with %s", faults[_i].cue);
	ck_assert_int_eq(script_add(&lab.script, cue), 0);
	file_lab_put(&lab, "sftp", "pm", "0123456789012345678901234567890123456789");
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
	file_lab_get(&lab, "sftp", "cm");
	ck_assert_int_eq(lab.fault, 9012);
	file_lab_put(&lab, "sftp", "pm", "x");
	ck_assert_int_eq(lab.fault, 9012);
	lab.options.http.username = NULL; /* nobody is let in without a name */
	file_lab_get(&lab, "sftp", "cm");
	ck_assert_int_eq(lab.fault, 9012);
	lab.options.http.username = "cell";
	lab.options.http.password = "secret";
	ck_assert_int_eq(script_add(&lab.script, "FileLoginResponse with login-refused"), 0);
	file_lab_put(&lab, "sftp", "pm", "x");
	ck_assert_int_eq(lab.fault, 9012);
	file_lab_put(&lab, "sftp", "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	file_lab_stop(&lab);
}
END_TEST

START_TEST(nobody_listens)
{
	struct file_lab lab;

	file_lab_start(&lab, NULL, NULL);
	file_lab_fetch(&lab, "sftp://127.0.40.9:1/x");
	ck_assert_int_eq(lab.fault, 9015);
	file_lab_stop(&lab);
}
END_TEST

START_TEST(host_key)
{
	struct file_lab lab;

	file_lab_start(&lab, NULL, NULL);
	ck_assert_int_eq(script_add(&lab.script, "SshHostKey with unknown-host-key"), 0);
	file_lab_put(&lab, "sftp", "pm", "x");
	ck_assert_int_eq(lab.fault, 9011);
	ck_assert_uint_eq(script_left(&lab.script), 0);
	ck_assert_int_eq(script_add(&lab.script, "SshHostKey with unknown-host-key"), 0);
	file_lab_get(&lab, "sftp", "pm");
	ck_assert_int_eq(lab.fault, 9015);
	file_lab_said_not(&lab, "FileLogin");
	file_lab_put(&lab, "sftp", "pm", "x"); /* the right one again */
	ck_assert_int_eq(lab.fault, 0);
	buffer_clear(&lab.said);
	lab.options.host_key = NULL; /* the defect */
	ck_assert_int_eq(script_add(&lab.script, "SshHostKey with unknown-host-key"), 0);
	file_lab_put(&lab, "sftp", "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	file_lab_said(&lab, "FileLogin");
	file_lab_stop(&lab);
}
END_TEST

START_TEST(everybody_is_welcome)
{
	struct file_lab lab;

	file_lab_start(&lab, ROLE ".username", "");
	profile_set(lab.profile, ROLE ".password", "");
	file_server_fake.stop(lab.fake);
	lab.fake = file_server_fake.start(&lab.stage, ROLE, NULL);
	lab.options.host_key = bench_variable(lab.bench, ROLE ".host-key");
	lab.options.http.username = NULL;
	file_lab_put(&lab, "sftp", "pm", "x");
	ck_assert_msg(lab.fault == 0, "%d %s", lab.fault, lab.text);
	file_lab_said(&lab, "FileLogin transport=sftp user=anonymous method=anonymous; ");
	file_lab_stop(&lab);
}
END_TEST

/* --- defects: what is seen of them --- */

START_TEST(defects)
{
	struct file_lab lab;

	file_lab_start(&lab, NULL, NULL);
	lab.options.sftp = (struct file_sftp_way){ .other_user = true };
	file_lab_put(&lab, "sftp", "pm", "x");
	ck_assert_int_eq(lab.fault, 9012);
	file_lab_said(&lab, "FileLogin transport=sftp user=root method=password; ");
	lab.options.sftp = (struct file_sftp_way){ .left_open = true };
	file_lab_put(&lab, "sftp", "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	file_lab_said(&lab, "path=/pm size=1 whole=false; ");
	lab.options.sftp = (struct file_sftp_way){ .no_folder = true };
	file_lab_put(&lab, "sftp", "a/b", "x");
	file_lab_said(&lab, "FilePut transport=sftp user=cell method=WRITE path=/b; ");
	lab.options.sftp = (struct file_sftp_way){ .refusal_counts = true };
	file_lab_get(&lab, "sftp", "nothing");
	ck_assert_int_eq(lab.fault, 0);
	ck_assert(!lab.got);
	lab.options.sftp = (struct file_sftp_way){ .first_read = true };
	ck_assert_int_eq(script_add(&lab.script, "FileGetResponse with slow 10"), 0);
	file_lab_get(&lab, "sftp", "cm");
	ck_assert_int_eq(lab.fault, 0);
	ck_assert_uint_lt(lab.contents.length, 200);
	file_lab_stop(&lab);
}
END_TEST

START_TEST(broken_off)
{
	struct file_lab lab;

	file_lab_start(&lab, NULL, NULL);
	for (int rounds = 0; rounds < 40; rounds++) {
		file_lab_begin_put(&lab, "sftp", "pm", "contents");
		for (int i = 0; i < rounds; i++)
			loop_once(lab.loop);
		file_client_free(lab.client);
		lab.client = NULL;
		file_server_fake.reset(lab.fake);
	}
	file_lab_stop(&lab);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("device-sftp");
	TCase *tests = tcase_create("sftp");

	tcase_add_loop_test(tests, there_and_back, 0, WAYS);
	tcase_add_loop_test(tests, faulty_get, 0, FAULTS);
	tcase_add_loop_test(tests, faulty_put, 0, FAULTS);
	tcase_add_test(tests, credentials);
	tcase_add_test(tests, nobody_listens);
	tcase_add_test(tests, host_key);
	tcase_add_test(tests, everybody_is_welcome);
	tcase_add_test(tests, defects);
	tcase_add_test(tests, broken_off);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
