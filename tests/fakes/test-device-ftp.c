/*
 * The device's FTP with the file server's, on virtual time: each way to go about it, each fault, and the
 * fault code of TR-069 A.5.1 that comes of it.
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
					     "outcome", "status", "size", "whole", "protected" };
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
	return dissector_open(lab->dissector, client, server, time);
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

static void tap_tls(void *context, uint64_t connection, bool from_client, int64_t time,
		    const char *message, const char *const *attributes)
{
	struct lab *lab = context;

	(void)from_client;
	(void)time;
	if (strcmp(message, "TlsEstablished") != 0)
		return;
	dissector_tls(lab->dissector, connection, attributes);
	for (; attributes[0]; attributes += 2)
		if (!strcmp(attributes[0], "resumed"))
			buffer_format(&lab->said, "Tls resumed=%s; ", attributes[1]);
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
				 .end = tap_end, .tls = tap_tls };
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
		.tls = pki_client(lab->pki, NULL, true, lab->loop, &problem),
	};
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

/* The server's URL for a scheme, by its address, with a path behind it. */
static char *url_of(struct lab *lab, const char *scheme, const char *path)
{
	char *name = memory_format("%s.%s-port", ROLE, strcmp(scheme, "ftps") ? "ftp" : "ftps");
	const char *port = bench_variable(lab->bench, name);
	const char *address = bench_variable(lab->bench, ROLE ".address");
	bool ipv6 = strchr(address, ':') != NULL;
	char *url = memory_format("%s://%s%s%s:%s/%s", scheme, ipv6 ? "[" : "", address,
				  ipv6 ? "]" : "", port, path);

	free(name);
	return url;
}

static void begin_put(struct lab *lab, const char *scheme, const char *path, const char *text)
{
	struct buffer octets = { 0 };
	char *url = url_of(lab, scheme, path);
	struct problem problem = { "" };

	buffer_add_text(&octets, text);
	lab->fault = -1;
	lab->client = file_client_put(&lab->options, url, "name", &octets, done, lab, &problem);
	ck_assert_msg(lab->client != NULL, "%s", problem.text);
	buffer_free(&octets);
	free(url);
}

static void put(struct lab *lab, const char *scheme, const char *path, const char *text)
{
	begin_put(lab, scheme, path, text);
	run(lab, SECONDS(600));
}

static void get(struct lab *lab, const char *scheme, const char *path)
{
	char *url = url_of(lab, scheme, path);
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
	struct lab lab;

	lab_start(&lab, ways[_i % WAYS].address ? ROLE ".address" : NULL, ways[_i % WAYS].address);
	if (ways[_i % WAYS].address)
		address_parse("::1", &lab.options.http.local);
	lab.options.ftp = ways[_i % WAYS].way;
	put(&lab, scheme, "pm/a%20b", "contents\n");
	ck_assert_msg(lab.fault == 0, "%d %s", lab.fault, lab.text);
	said(&lab, secure ? "FileLogin transport=ftps user=cell method=password; "
			  : "FileLogin transport=ftp user=cell method=password; ");
	said(&lab, "path=/pm/a b size=9 whole=true ");
	said(&lab, secure ? "protected=true; " : "protected=false; ");
	said(&lab, "path=/pm/a b outcome=ok status=226; ");
	if (secure)
		said(&lab, ways[_i % WAYS].way.own_sessions ? "Tls resumed=false; FileContents"
							    : "Tls resumed=true; FileContents");
	get(&lab, scheme, "pm/a%20b");
	ck_assert_msg(lab.fault == 0, "%d %s", lab.fault, lab.text);
	ck_assert_str_eq(buffer_text(&lab.contents), "contents\n");
	put(&lab, scheme, "pm/", ""); /* its own name; empty */
	ck_assert_int_eq(lab.fault, 0);
	said(&lab, "path=/pm/name size=0 whole=true");
	get(&lab, scheme, "pm/name");
	ck_assert_int_eq(lab.fault, 0);
	ck_assert(lab.got && lab.contents.length == 0);
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
	struct lab lab;
	char *cue;

	if (expected < 0)
		return;
	lab_start(&lab, NULL, NULL);
	cue = memory_format("FileGetResponse with %s", faults[_i % FAULTS].cue);
	ck_assert_int_eq(script_add(&lab.script, cue), 0);
	get(&lab, scheme, "cm");
	ck_assert_msg(lab.fault == expected, "%s: %d %s", cue, lab.fault, lab.text);
	ck_assert(lab.got == (expected == 0));
	ck_assert_uint_eq(script_left(&lab.script), 0);
	free(cue);
	lab_stop(&lab);
}
END_TEST

START_TEST(faulty_put)
{
	const char *scheme = schemes[_i / FAULTS];
	int expected = faults[_i % FAULTS].put;
	struct lab lab;
	char *cue;

	if (expected < 0)
		return;
	lab_start(&lab, NULL, NULL);
	cue = memory_format("FilePutResponse with %s", faults[_i % FAULTS].cue);
	ck_assert_int_eq(script_add(&lab.script, cue), 0);
	put(&lab, scheme, "pm", "0123456789012345678901234567890123456789");
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
	get(&lab, schemes[_i], "cm");
	ck_assert_int_eq(lab.fault, 9012);
	put(&lab, schemes[_i], "pm", "x");
	ck_assert_int_eq(lab.fault, 9012);
	lab.options.http.password = "sec\nret";
	get(&lab, schemes[_i], "cm");
	ck_assert_int_eq(lab.fault, 9012);
	lab.options.http.password = "secret";
	ck_assert_int_eq(script_add(&lab.script, "FileLoginResponse with login-refused"), 0);
	put(&lab, schemes[_i], "pm", "x");
	ck_assert_int_eq(lab.fault, 9012);
	put(&lab, schemes[_i], "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	lab_stop(&lab);
}
END_TEST

START_TEST(nobody_listens)
{
	struct problem problem = { "" };
	struct lab lab;

	lab_start(&lab, NULL, NULL);
	lab.client = file_client_get(&lab.options, "ftp://127.0.40.9:1/x", done, &lab, &problem);
	run(&lab, SECONDS(600));
	ck_assert_int_eq(lab.fault, 9015);
	lab_stop(&lab);
}
END_TEST

static const char *const certificates[] = { "expired", "misnamed", "untrusted", "self-signed" };

START_TEST(certificate)
{
	const char *scheme = schemes[1 + _i % 2];
	struct lab lab;
	char *cue = memory_format("TlsCertificate with wrong-certificate %s", certificates[_i / 2]);

	lab_start(&lab, NULL, NULL);
	script_add(&lab.script, cue);
	get(&lab, scheme, "cm");
	ck_assert_msg(lab.fault == 9015, "%d %s", lab.fault, lab.text);
	said_not(&lab, "FileLogin");
	lab.options.ftp.unverified = true; /* the defect */
	script_add(&lab.script, cue);
	put(&lab, scheme, "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	said(&lab, "FileLogin");
	free(cue);
	lab_stop(&lab);
}
END_TEST

START_TEST(session_reuse_required)
{
	struct lab lab;

	lab_start(&lab, ROLE ".ftps-reuse", "required");
	put(&lab, schemes[1 + _i], "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	lab.options.ftp.own_sessions = true;
	put(&lab, schemes[1 + _i], "pm", "x");
	ck_assert_int_eq(lab.fault, 9011);
	said(&lab, "outcome=failed status=522");
	lab_stop(&lab);
}
END_TEST

/* --- defects: what is seen of them --- */

START_TEST(defects)
{
	struct lab lab;

	lab_start(&lab, ROLE ".username", "");
	profile_set(lab.profile, ROLE ".password", "");
	lab.options.ftp.anonymous = true;
	put(&lab, "ftp", "pm", "x");
	said(&lab, "FileLogin transport=ftp user=anonymous method=anonymous; ");
	lab.options.ftp = (struct file_ftp_way){ .clear_data = true };
	buffer_clear(&lab.said);
	put(&lab, schemes[1 + _i], "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	said(&lab, "FileContents transport=ftps user=cell method=STOR path=/pm size=1 whole=true "
		   "protected=false; ");
	lab.options.ftp = (struct file_ftp_way){ .broken_word = true };
	put(&lab, schemes[1 + _i], "pm", "x");
	ck_assert_int_eq(lab.fault, 9011);
	lab.options.ftp = (struct file_ftp_way){ .ascii = true };
	ck_assert_int_eq(script_add(&lab.script, "FileGetResponse"), 0);
	get(&lab, "ftp", "cm"); /* the lines' ends are changed on the way */
	ck_assert_int_eq(lab.fault, 0);
	ck_assert_ptr_nonnull(memmem(lab.contents.octets, lab.contents.length, "\r\n", 2));
	lab_stop(&lab);
}
END_TEST

START_TEST(defects_in_clear)
{
	struct lab lab;

	lab_start(&lab, NULL, NULL);
	lab.options.ftp = (struct file_ftp_way){ .password_first = true };
	put(&lab, "ftpes", "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	said(&lab, "FileLogin transport=ftp user=cell");
	said(&lab, "FileLogin transport=ftps user=cell");
	buffer_clear(&lab.said);
	lab.options.ftp = (struct file_ftp_way){ .in_clear = true };
	put(&lab, "ftpes", "pm", "x");
	ck_assert_int_eq(lab.fault, 0);
	said_not(&lab, "transport=ftps");
	lab.options.ftp = (struct file_ftp_way){ .http = true };
	buffer_clear(&lab.said);
	put(&lab, "ftp", "pm", "x");
	ck_assert_int_ne(lab.fault, 0);
	said_not(&lab, "FilePut");
	lab_stop(&lab);
}
END_TEST

START_TEST(defects_of_files)
{
	struct lab lab;

	lab_start(&lab, NULL, NULL);
	lab.options.ftp = (struct file_ftp_way){ .no_folder = true };
	put(&lab, "ftp", "folder/pm", "x");
	said(&lab, "FilePut transport=ftp user=cell method=STOR path=/pm");
	lab.options.ftp = (struct file_ftp_way){ .half = true };
	put(&lab, "ftp", "half", "12345678");
	ck_assert_int_eq(lab.fault, 0);
	said(&lab, "path=/half size=4 whole=true");
	lab.options.ftp = (struct file_ftp_way){ .refusal_counts = true };
	lab.got = false;
	get(&lab, "ftp", "nowhere");
	ck_assert_int_eq(lab.fault, 0);
	ck_assert(!lab.got);
	said(&lab, "path=/nowhere outcome=not-found status=550");
	lab_stop(&lab);
}
END_TEST

START_TEST(broken_off)
{
	struct lab lab;

	lab_start(&lab, NULL, NULL);
	for (int rounds = 0; rounds < 40; rounds++) {
		begin_put(&lab, schemes[_i], "pm", "contents");
		for (int i = 0; i < rounds; i++)
			loop_once(lab.loop);
		file_client_free(lab.client);
		lab.client = NULL;
		file_server_fake.reset(lab.fake);
	}
	lab_stop(&lab);
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
