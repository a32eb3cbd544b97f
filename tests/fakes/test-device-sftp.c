/*
 * The device's SFTP with the file server's, on virtual time: each way to go about it, each fault, and
 * the fault code of TR-069 A.5.1 that comes of it.
 */
#include <stdlib.h>
#include <string.h>

#include "fakes/device/file-client.h"
#include "fakes/fake.h"
#include "protocols/memory.h"
#include "protocols/xml.h"
#include "tests/fakes/hms-script.h"
#include "tests/suite.h"

#define ROLE "file-server"

struct lab {
	struct loop *loop;
	struct profile *profile;
	struct bench *bench;
	struct pki *pki;
	struct script script;
	struct tap tap;
	struct stage stage;
	struct dissector *dissector;
	struct fake *fake;
	struct generator random;
	struct file_client_options options;
	struct file_client *client;
	struct buffer said;     /* by the dissector: "FileGet transport path ..." */
	struct buffer contents; /* fetched */
	int fault;              /* -1 = nobody called back */
	char text[256];
	bool got;
	struct address ends[2]; /* of the last connection: client, server */
	uint64_t connection;
};

/* --- the tap --- */

static void add_attribute(struct buffer *out, const xmlNode *body, const char *name)
{
	char *value = xml_attribute(body, name);

	if (value && *value)
		buffer_format(out, " %s=%s", name, value);
	free(value);
}

static void keep(void *context, struct message *message)
{
	static const char *const names[] = { "transport", "user", "method", "path", "accepted",
					     "outcome", "status", "size", "whole" };
	struct lab *lab = context;

	buffer_format(&lab->said, "%s", message->name);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add_attribute(&lab->said, message->body, names[i]);
	buffer_add_text(&lab->said, "; ");
	message_free(message);
}

static uint64_t tap_open(void *context, const struct address *client, const struct address *server,
			 int64_t time, enum transport transport)
{
	struct lab *lab = context;

	if (transport != TRANSPORT_GUESS)
		dissector_listener(lab->dissector, server, transport, false);
	lab->ends[0] = *client;
	lab->ends[1] = *server;
	lab->connection = dissector_open(lab->dissector, client, server, time);
	return lab->connection;
}

static void tap_plain(void *context, uint64_t connection, bool from_client, int64_t time,
		      const void *octets, size_t length)
{
	struct lab *lab = context;

	dissector_octets(lab->dissector, connection, from_client, time, 1, octets, length);
}

static void tap_end(void *context, uint64_t connection, bool from_client, int64_t time,
		    enum stream_end how)
{
	struct lab *lab = context;

	dissector_end(lab->dissector, connection, from_client, time, 1, how);
}

static void tap_clear(void *context, uint64_t connection, bool from_client, int64_t time,
		      const void *octets, size_t length)
{
	struct lab *lab = context;
	const struct address *client = &lab->ends[0], *server = &lab->ends[1];

	ck_assert_uint_eq(connection, lab->connection);
	dissector_clear(lab->dissector, from_client ? client : server, from_client ? server : client,
			time, 1, octets, length);
}

/* --- the lab --- */

static struct profile *load_profile(void)
{
	const char *source = getenv("FEMTOPROOF_SOURCE");
	char *file = memory_format("%s/tests/fakes/hms.profile", source ? source : ".");
	char *maps = memory_format("%s/scenarios/maps", source ? source : ".");
	struct diagnostics diagnostics = { 0 };
	struct profile *profile = profile_load(file, maps, &diagnostics);

	diagnostics_clear(&diagnostics);
	free(file);
	free(maps);
	ck_assert_ptr_nonnull(profile);
	profile_set(profile, ROLE ".username", "cell");
	profile_set(profile, ROLE ".password", "secret");
	return profile;
}

static void lab_start(struct lab *lab, const char *name, const char *value)
{
	struct problem problem = { "" };

	*lab = (struct lab){ .fault = -1 };
	lab->profile = load_profile();
	if (name)
		profile_set(lab->profile, name, value);
	lab->loop = loop_new(CLOCK_VIRTUAL_TIME);
	lab->bench = bench_new("loopback", lab->profile, &problem);
	lab->pki = pki_new(loop_now(lab->loop) / SECONDS(1), &problem);
	lab->dissector = dissector_new(keep, lab);
	lab->tap = (struct tap){ .context = lab, .open = tap_open, .plain = tap_plain,
				 .end = tap_end, .clear = tap_clear };
	lab->script.from = ROLE;
	lab->script.to = "henb";
	lab->stage = (struct stage){ .loop = lab->loop, .bench = lab->bench, .pki = lab->pki,
				     .profile = lab->profile, .tap = &lab->tap, .cue = script_cue,
				     .cue_taken = script_cue_taken, .context = &lab->script };
	lab->fake = file_server_fake.start(&lab->stage, ROLE, &problem);
	ck_assert_msg(lab->fake != NULL, "%s", problem.text);
	generator_seed(&lab->random, 1);
	lab->options.http = (struct http_client_options){
		.loop = lab->loop, .username = "cell", .password = "secret", .random = &lab->random,
		.local = { .family = 4, .octets = { 127, 0, 1, 1 } },
	};
	lab->options.host_key = bench_variable(lab->bench, ROLE ".host-key");
	ck_assert_ptr_nonnull(lab->options.host_key);
	buffer_add_text(&lab->said, "");
}

static void run(struct lab *lab, int64_t time)
{
	loop_after(lab->loop, time, (timer_callback)loop_stop, lab->loop);
	loop_run(lab->loop);
}

static void lab_stop(struct lab *lab)
{
	file_client_free(lab->client);
	file_server_fake.stop(lab->fake);
	run(lab, SECONDS(60));
	ck_assert_uint_eq(loop_lost(lab->loop), 0);
	dissector_free(lab->dissector);
	pki_free(lab->pki);
	bench_free(lab->bench);
	loop_free(lab->loop);
	profile_free(lab->profile);
	buffer_free(&lab->said);
	buffer_free(&lab->contents);
}

static void done(void *context, const struct file_client_result *result)
{
	struct lab *lab = context;

	ck_assert_int_eq(lab->fault, -1);
	lab->fault = result->fault;
	lab->got = result->contents != NULL;
	snprintf(lab->text, sizeof(lab->text), "%s", result->text);
	if (result->contents)
		buffer_add(&lab->contents, result->contents->octets, result->contents->length);
	file_client_free(lab->client);
	lab->client = NULL;
}

/* The server's URL, by its address, with a path behind it. */
static char *url_of(struct lab *lab, const char *path)
{
	const char *port = bench_variable(lab->bench, ROLE ".sftp-port");
	const char *address = bench_variable(lab->bench, ROLE ".address");
	bool ipv6 = strchr(address, ':') != NULL;

	return memory_format("sftp://%s%s%s:%s/%s", ipv6 ? "[" : "", address, ipv6 ? "]" : "", port,
			     path);
}

static void begin_put(struct lab *lab, const char *path, const char *text)
{
	struct buffer octets = { 0 };
	char *url = url_of(lab, path);
	struct problem problem = { "" };

	buffer_add_text(&octets, text);
	lab->fault = -1;
	lab->client = file_client_put(&lab->options, url, "name", &octets, done, lab, &problem);
	ck_assert_msg(lab->client != NULL, "%s", problem.text);
	buffer_free(&octets);
	free(url);
}

static void put(struct lab *lab, const char *path, const char *text)
{
	begin_put(lab, path, text);
	run(lab, SECONDS(600));
}

static void get(struct lab *lab, const char *path)
{
	char *url = url_of(lab, path);
	struct problem problem = { "" };

	lab->fault = -1;
	buffer_clear(&lab->contents);
	lab->client = file_client_get(&lab->options, url, done, lab, &problem);
	ck_assert_msg(lab->client != NULL, "%s", problem.text);
	run(lab, SECONDS(600));
	free(url);
}

static void said(const struct lab *lab, const char *text)
{
	ck_assert_msg(strstr(buffer_text(&lab->said), text) != NULL, "\"%s\" is not in: %s", text,
		      buffer_text(&lab->said));
}

static void said_not(const struct lab *lab, const char *text)
{
	ck_assert_msg(strstr(buffer_text(&lab->said), text) == NULL, "\"%s\" is in: %s", text,
		      buffer_text(&lab->said));
}

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
	struct lab lab;

	lab_start(&lab, ways[_i].address ? ROLE ".address" : NULL, ways[_i].address);
	if (ways[_i].address)
		address_parse("::1", &lab.options.http.local);
	lab.options.sftp = ways[_i].way;
	put(&lab, "pm/a%20b", "contents\n");
	ck_assert_msg(lab.fault == 0, "%d %s", lab.fault, lab.text);
	said(&lab, "SshHostKey transport=sftp; FileLogin transport=sftp user=cell method=password; "
		   "FileLoginResponse transport=sftp user=cell accepted=true status=52; "
		   "FilePut transport=sftp user=cell method=WRITE path=/pm/a b; "
		   "FileContents transport=sftp user=cell method=WRITE path=/pm/a b size=9 whole=true; "
		   "FilePutResponse transport=sftp user=cell method=WRITE path=/pm/a b outcome=ok "
		   "status=0; ");
	get(&lab, "pm/a%20b");
	ck_assert_msg(lab.fault == 0, "%d %s", lab.fault, lab.text);
	ck_assert_str_eq(buffer_text(&lab.contents), "contents\n");
	said(&lab, "FileGetResponse transport=sftp user=cell method=READ path=/pm/a b outcome=ok "
		   "status=0 size=9 whole=true; ");
	put(&lab, "pm/", ""); /* its own name; empty */
	ck_assert_int_eq(lab.fault, 0);
	said(&lab, "path=/pm/name size=0 whole=true");
	get(&lab, "pm/name");
	ck_assert_int_eq(lab.fault, 0);
	ck_assert(lab.got && lab.contents.length == 0);
	put(&lab, "large", large);
	get(&lab, "large");
	ck_assert_msg(lab.fault == 0, "%d %s", lab.fault, lab.text);
	ck_assert_str_eq(buffer_text(&lab.contents), large);
	free(large);
	lab_stop(&lab);
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
	struct lab lab;
	char *cue;

	if (expected < 0)
		return;
	lab_start(&lab, NULL, NULL);
	cue = memory_format("FileGetResponse with %s", faults[_i].cue);
	ck_assert_int_eq(script_add(&lab.script, cue), 0);
	get(&lab, "cm");
	ck_assert_msg(lab.fault == expected, "%s: %d %s", cue, lab.fault, lab.text);
	ck_assert(lab.got == (expected == 0));
	ck_assert_uint_eq(script_left(&lab.script), 0);
	free(cue);
	lab_stop(&lab);
}
END_TEST

START_TEST(faulty_put)
{
	int expected = faults[_i].put;
	struct lab lab;
	char *cue;

	if (expected < 0)
		return;
	lab_start(&lab, NULL, NULL);
	cue = memory_format("FilePutResponse with %s", faults[_i].cue);
	ck_assert_int_eq(script_add(&lab.script, cue), 0);
	put(&lab, "pm", "0123456789012345678901234567890123456789");
	ck_assert_msg(lab.fault == expected, "%s: %d %s", cue, lab.fault, lab.text);
	free(cue);
	lab_stop(&lab);
}
END_TEST

START_TEST(credentials)
{
	struct lab lab;

	lab_start(&lab, NULL, NULL);
	lab.options.http.password = "wrong";
	get(&lab, "cm");
	ck_assert_int_eq(lab.fault, 9012);
	put(&lab, "pm", "x");
	ck_assert_int_eq(lab.fault, 9012);
	lab.options.http.username = NULL; /* nobody is let in without a name */
	get(&lab, "cm");
	ck_assert_int_eq(lab.fault, 9012);
	lab.options.http.username = "cell";
	lab.options.http.password = "secret";
	ck_assert_int_eq(script_add(&lab.script, "FileLoginResponse with login-refused"), 0);
	put(&lab, "pm", "x");
	ck_assert_int_eq(lab.fault, 9012);
	put(&lab, "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	lab_stop(&lab);
}
END_TEST

START_TEST(nobody_listens)
{
	struct problem problem = { "" };
	struct lab lab;

	lab_start(&lab, NULL, NULL);
	lab.client = file_client_get(&lab.options, "sftp://127.0.40.9:1/x", done, &lab, &problem);
	run(&lab, SECONDS(600));
	ck_assert_int_eq(lab.fault, 9015);
	lab_stop(&lab);
}
END_TEST

START_TEST(host_key)
{
	struct lab lab;

	lab_start(&lab, NULL, NULL);
	ck_assert_int_eq(script_add(&lab.script, "SshHostKey with unknown-host-key"), 0);
	put(&lab, "pm", "x");
	ck_assert_int_eq(lab.fault, 9011);
	ck_assert_uint_eq(script_left(&lab.script), 0);
	ck_assert_int_eq(script_add(&lab.script, "SshHostKey with unknown-host-key"), 0);
	get(&lab, "pm");
	ck_assert_int_eq(lab.fault, 9015);
	said_not(&lab, "FileLogin");
	put(&lab, "pm", "x"); /* the right one again */
	ck_assert_int_eq(lab.fault, 0);
	buffer_clear(&lab.said);
	lab.options.host_key = NULL; /* the defect */
	ck_assert_int_eq(script_add(&lab.script, "SshHostKey with unknown-host-key"), 0);
	put(&lab, "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	said(&lab, "FileLogin");
	lab_stop(&lab);
}
END_TEST

START_TEST(everybody_is_welcome)
{
	struct lab lab;

	lab_start(&lab, ROLE ".username", "");
	profile_set(lab.profile, ROLE ".password", "");
	file_server_fake.stop(lab.fake);
	lab.fake = file_server_fake.start(&lab.stage, ROLE, NULL);
	lab.options.host_key = bench_variable(lab.bench, ROLE ".host-key");
	lab.options.http.username = NULL;
	put(&lab, "pm", "x");
	ck_assert_msg(lab.fault == 0, "%d %s", lab.fault, lab.text);
	said(&lab, "FileLogin transport=sftp user=anonymous method=anonymous; ");
	lab_stop(&lab);
}
END_TEST

/* --- defects: what is seen of them --- */

START_TEST(defects)
{
	struct lab lab;

	lab_start(&lab, NULL, NULL);
	lab.options.sftp = (struct file_sftp_way){ .other_user = true };
	put(&lab, "pm", "x");
	ck_assert_int_eq(lab.fault, 9012);
	said(&lab, "FileLogin transport=sftp user=root method=password; ");
	lab.options.sftp = (struct file_sftp_way){ .left_open = true };
	put(&lab, "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	said(&lab, "path=/pm size=1 whole=false; ");
	lab.options.sftp = (struct file_sftp_way){ .no_folder = true };
	put(&lab, "a/b", "x");
	said(&lab, "FilePut transport=sftp user=cell method=WRITE path=/b; ");
	lab.options.sftp = (struct file_sftp_way){ .refusal_counts = true };
	get(&lab, "nothing");
	ck_assert_int_eq(lab.fault, 0);
	ck_assert(!lab.got);
	lab.options.sftp = (struct file_sftp_way){ .first_read = true };
	ck_assert_int_eq(script_add(&lab.script, "FileGetResponse with slow 10"), 0);
	get(&lab, "cm");
	ck_assert_int_eq(lab.fault, 0);
	ck_assert_uint_lt(lab.contents.length, 200);
	lab_stop(&lab);
}
END_TEST

START_TEST(broken_off)
{
	struct lab lab;

	lab_start(&lab, NULL, NULL);
	for (int rounds = 0; rounds < 40; rounds++) {
		begin_put(&lab, "pm", "contents");
		for (int i = 0; i < rounds; i++)
			loop_once(lab.loop);
		file_client_free(lab.client);
		lab.client = NULL;
		file_server_fake.reset(lab.fake);
	}
	lab_stop(&lab);
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
