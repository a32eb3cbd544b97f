/* TLS streams: what the ends get, what the tap sees, and who refuses whom. */
#include <stdlib.h>
#include <string.h>

#include "harness/loop/certificate.h"
#include "harness/loop/pki.h"
#include "harness/loop/tls-context.h"
#include "tests/loop/talk.h"
#include "tests/suite.h"

#define HOST "serving-hems.lab.example"

enum { LARGE = 1000000, ROUNDS = 300 };

struct lab { /* a server with a certificate, a client that trusts the CA */
	struct talk talk;
	struct pki *pki;
	SSL_CTX *server, *client;
};

static void lab_start(struct lab *lab, enum pki_flaw flaw, const struct pki_versions *versions,
		      int client_certificate, const char *device)
{
	struct problem problem = { "" };
	struct loop *loop = loop_new(CLOCK_VIRTUAL_TIME);

	memset(lab, 0, sizeof(*lab));
	lab->pki = pki_new(loop_now(loop) / SECONDS(1), &problem);
	lab->server = pki_server(lab->pki, HOST, "127.0.21.1", flaw, versions, client_certificate,
				 &lab->talk.tap, &problem);
	ck_assert_msg(lab->server != NULL, "%s", problem.text);
	lab->client = pki_client(lab->pki, device, true, loop, &problem);
	ck_assert_msg(lab->client != NULL, "%s", problem.text);
	talk_start_on(&lab->talk, loop, lab->server);
}

static void lab_stop(struct lab *lab)
{
	talk_stop(&lab->talk);
	pki_free(lab->pki);
}

static void saw(const struct lab *lab, const char *text)
{
	ck_assert_msg(strstr(buffer_text(&lab->talk.seen.tls), text) != NULL,
		      "\"%s\" is not in: %s", text, buffer_text(&lab->talk.seen.tls));
}

static void saw_not(const struct lab *lab, const char *text)
{
	ck_assert_msg(strstr(buffer_text(&lab->talk.seen.tls), text) == NULL,
		      "\"%s\" is in: %s", text, buffer_text(&lab->talk.seen.tls));
}

static const struct pki_versions versions_of[] = {
	{ TLS1_3_VERSION, TLS1_3_VERSION },
	{ TLS1_2_VERSION, TLS1_2_VERSION },
};

START_TEST(handshake_and_talk)
{
	struct lab lab;

	lab_start(&lab, PKI_GOOD, &versions_of[_i], 0, NULL);
	talk_connect(&lab.talk, lab.client, HOST);
	stream_write(lab.talk.client.stream, "question", 8);
	talk_run(&lab.talk, 20);
	stream_write(lab.talk.server.stream, "answer", 6);
	talk_run(&lab.talk, 20);
	ck_assert_str_eq(buffer_text(&lab.talk.server.octets), "question");
	ck_assert_str_eq(buffer_text(&lab.talk.client.octets), "answer");
	ck_assert_uint_eq(lab.talk.seen.plain[1], 8);
	ck_assert_uint_eq(lab.talk.seen.plain[0], 6);
	ck_assert_uint_gt(lab.talk.seen.wire[1], 300);
	saw(&lab, "TlsClientHello>(server-name=" HOST ";versions=TLSv1.3 TLSv1.2;)");
	saw(&lab, "TlsCertificate<(subject=CN=" HOST ",O=femtoproof lab;names=" HOST
		  " 127.0.21.1;not-before=20");
	saw(&lab, _i ? "TlsEstablished>(version=TLSv1.2;" : "TlsEstablished>(version=TLSv1.3;");
	saw(&lab, "server-name=" HOST ";client-certificate=;)");
	ck_assert_ptr_nonnull(strstr(buffer_text(&lab.talk.seen.keys),
				     _i ? "CLIENT_RANDOM " : "CLIENT_HANDSHAKE_TRAFFIC_SECRET "));
	ck_assert_ptr_nonnull(stream_tls(lab.talk.server.stream));
	stream_close(lab.talk.server.stream);
	lab.talk.server.stream = NULL;
	talk_run(&lab.talk, 20);
	ck_assert_int_eq(lab.talk.client.ended, 1);
	ck_assert_str_eq(lab.talk.client.problem.text, "");
	lab_stop(&lab);
}
END_TEST

/* Our own close_notify answers the client's: it is the client that closed. */
START_TEST(client_closes_first)
{
	struct lab lab;

	lab_start(&lab, PKI_GOOD, &versions_of[_i], 0, NULL);
	talk_connect(&lab.talk, lab.client, HOST);
	stream_write(lab.talk.client.stream, "question", 8);
	talk_run(&lab.talk, 20);
	ck_assert_ptr_null(strstr(buffer_text(&lab.talk.seen.log), "end"));
	stream_close(lab.talk.client.stream);
	lab.talk.client.stream = NULL;
	talk_run(&lab.talk, 20);
	const char *end = strstr(buffer_text(&lab.talk.seen.log), "end");
	ck_assert_ptr_nonnull(end);
	ck_assert_msg(strncmp(end, "end>", 4) == 0, "%s", buffer_text(&lab.talk.seen.log));
	ck_assert_int_eq(lab.talk.seen.ends[0], 1);
	ck_assert_int_eq(lab.talk.seen.ends[1], 1);
	lab_stop(&lab);
}
END_TEST

START_TEST(address_as_server_name)
{
	struct lab lab;

	lab_start(&lab, PKI_GOOD, NULL, 0, NULL);
	talk_connect(&lab.talk, lab.client, "127.0.21.1");
	talk_run(&lab.talk, ROUNDS);
	ck_assert_int_eq(lab.talk.client.opened, 1);
	saw(&lab, "TlsClientHello>(server-name=;");
	lab_stop(&lab);
}
END_TEST

/* Certificate flaw, the alert that the client answers it with. */
static const struct {
	enum pki_flaw flaw;
	const char *alert, *why;
} flaws[] = {
	{ PKI_UNTRUSTED, "unknown_ca", "unable to get local issuer certificate" },
	{ PKI_EXPIRED, "certificate_expired", "certificate has expired" },
	{ PKI_NOT_YET_VALID, "bad_certificate", "certificate is not yet valid" },
	{ PKI_MISNAMED, "bad_certificate", "hostname mismatch" },
	{ PKI_SELF_SIGNED, "unknown_ca", "self-signed certificate" },
};

START_TEST(flaw_is_refused)
{
	struct lab lab;
	char text[64];

	lab_start(&lab, flaws[_i / 2].flaw, &versions_of[_i % 2], 0, NULL);
	talk_connect(&lab.talk, lab.client, HOST);
	talk_run(&lab.talk, ROUNDS);
	ck_assert_int_eq(lab.talk.client.opened, 0);
	ck_assert_int_eq(lab.talk.client.ended, 1);
	ck_assert_msg(strstr(lab.talk.client.problem.text, flaws[_i / 2].why) != NULL, "%s",
		      lab.talk.client.problem.text);
	ck_assert_int_eq(lab.talk.server.opened, 0);
	ck_assert_int_eq(lab.talk.server.ended, 1);
	snprintf(text, sizeof(text), "TlsRefused>(alert=%s;", flaws[_i / 2].alert);
	saw(&lab, "TlsCertificate<(");
	saw(&lab, text);
	saw_not(&lab, "TlsEstablished");
	saw_not(&lab, "TlsFailed");
	lab_stop(&lab);
}
END_TEST

START_TEST(flaw_is_not_seen_without_verification)
{
	struct lab lab;
	struct problem problem;

	lab_start(&lab, flaws[_i].flaw, NULL, 0, NULL);
	talk_connect(&lab.talk, pki_client(lab.pki, NULL, false, lab.talk.loop, &problem), HOST);
	talk_run(&lab.talk, ROUNDS);
	ck_assert_int_eq(lab.talk.client.opened, 1);
	saw(&lab, "TlsEstablished");
	lab_stop(&lab);
}
END_TEST

/* The certificate is good for a year of the loop's clock, not of the computer's. */
START_TEST(verification_uses_the_loops_clock)
{
	struct lab lab;

	lab_start(&lab, PKI_GOOD, NULL, 0, NULL);
	loop_after(lab.talk.loop, SECONDS(86400) * 400, (timer_callback)loop_stop, lab.talk.loop);
	loop_run(lab.talk.loop);
	talk_connect(&lab.talk, lab.client, HOST);
	talk_run(&lab.talk, ROUNDS);
	saw(&lab, "TlsRefused>(alert=certificate_expired;");
	lab_stop(&lab);
}
END_TEST

START_TEST(client_certificate)
{
	struct lab lab;

	lab_start(&lab, PKI_GOOD, &versions_of[_i], 2, "000001.lab.example");
	talk_connect(&lab.talk, lab.client, HOST);
	talk_run(&lab.talk, ROUNDS);
	ck_assert_int_eq(lab.talk.server.opened, 1);
	saw(&lab, "client-certificate=CN=000001.lab.example,O=femtoproof lab;");
	lab_stop(&lab);
}
END_TEST

START_TEST(client_certificate_missing)
{
	struct lab lab;

	lab_start(&lab, PKI_GOOD, &versions_of[_i], 2, NULL);
	talk_connect(&lab.talk, lab.client, HOST);
	talk_run(&lab.talk, ROUNDS);
	ck_assert_int_eq(lab.talk.server.opened, 0);
	ck_assert_int_eq(lab.talk.server.ended, 1);
	ck_assert_int_eq(lab.talk.client.ended, 1);
	saw(&lab, _i ? "TlsFailed<(alert=handshake_failure;" :
		       "TlsFailed<(alert=certificate_required;");
	lab_stop(&lab);
}
END_TEST

START_TEST(client_certificate_asked_only)
{
	struct lab lab;

	lab_start(&lab, PKI_GOOD, NULL, 1, NULL);
	talk_connect(&lab.talk, lab.client, HOST);
	talk_run(&lab.talk, ROUNDS);
	ck_assert_int_eq(lab.talk.server.opened, 1);
	saw(&lab, "client-certificate=;");
	lab_stop(&lab);
}
END_TEST

/* Whatever is shown is taken, and said. */
START_TEST(client_certificate_looked_at)
{
	static const struct { int64_t from, until; const char *trust; } cases[] = {
		{ 0, 0, "client-trust=ok;" },
		{ -86400, 86400, "client-trust=self-signed;" },
	};
	struct lab lab;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		lab_start(&lab, PKI_GOOD, &versions_of[_i], TLS_LOOKS_ONLY, "000001.lab.example");
		int64_t now = loop_now(lab.talk.loop) / SECONDS(1);
		const struct certificate_wishes wishes = {
			.use = CERTIFICATE_DEVICE, .subject = "own", .names = { "own", NULL },
			.from = now + cases[i].from, .until = now + cases[i].until,
		};
		struct certificate own = { NULL, NULL };

		if (cases[i].until) {
			ck_assert_int_eq(certificate_make(&wishes, &own, NULL), 0);
			tls_context_show(lab.client, &own);
			certificate_clear(&own);
		}
		talk_connect(&lab.talk, lab.client, HOST);
		talk_run(&lab.talk, ROUNDS);
		ck_assert_int_eq(lab.talk.server.opened, 1);
		saw(&lab, cases[i].trust);
		lab_stop(&lab);
	}
	lab_start(&lab, PKI_GOOD, &versions_of[_i], TLS_LOOKS_ONLY, "000001.lab.example");
	tls_context_show(lab.client, NULL);
	talk_connect(&lab.talk, lab.client, HOST);
	talk_run(&lab.talk, ROUNDS);
	ck_assert_int_eq(lab.talk.server.opened, 1);
	saw(&lab, "client-certificate=;");
	lab_stop(&lab);
}
END_TEST

START_TEST(large_transfer)
{
	struct lab lab;
	char *much = malloc(LARGE);

	for (size_t i = 0; i < LARGE; i++)
		much[i] = (char)(i * 7 + i / 251);
	lab_start(&lab, PKI_GOOD, &versions_of[_i], 0, NULL);
	lab.talk.server.echo = true;
	talk_connect(&lab.talk, lab.client, HOST);
	stream_write(lab.talk.client.stream, much, LARGE);
	talk_run(&lab.talk, 5000);
	ck_assert_uint_eq(lab.talk.client.octets.length, LARGE);
	ck_assert_mem_eq(lab.talk.client.octets.octets, much, LARGE);
	free(much);
	lab_stop(&lab);
}
END_TEST

START_TEST(write_and_reset)
{
	struct lab lab;

	lab_start(&lab, PKI_GOOD, &versions_of[_i], 0, NULL);
	talk_connect(&lab.talk, lab.client, HOST);
	talk_run(&lab.talk, 20);
	stream_write_and_reset(lab.talk.server.stream, "half a bo", 9);
	lab.talk.server.stream = NULL;
	talk_run(&lab.talk, 20);
	ck_assert_str_eq(buffer_text(&lab.talk.client.octets), "half a bo");
	ck_assert_int_eq(lab.talk.client.how, STREAM_RESET);
	lab_stop(&lab);
}
END_TEST

START_TEST(client_leaves_in_the_handshake)
{
	/* A ClientHello record that promises more than comes. */
	static const char start[] = "\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03";
	struct lab lab;

	lab_start(&lab, PKI_GOOD, NULL, 0, NULL);
	talk_connect(&lab.talk, NULL, NULL);
	stream_write(lab.talk.client.stream, start, sizeof(start) - 1);
	talk_run(&lab.talk, 20);
	if (_i)
		stream_reset(lab.talk.client.stream);
	else
		stream_close(lab.talk.client.stream);
	lab.talk.client.stream = NULL;
	talk_run(&lab.talk, 20);
	saw(&lab, _i ? "TlsRefused>(alert=none;why=the connection was reset in the TLS handshake;)" :
		       "TlsRefused>(alert=none;why=the connection was closed in the TLS handshake;)");
	ck_assert_int_eq(lab.talk.server.ended, 1);
	lab_stop(&lab);
}
END_TEST

/* An untried connection (a port scan, curl's second try) is no refusal. */
START_TEST(client_that_says_nothing)
{
	struct lab lab;

	lab_start(&lab, PKI_GOOD, NULL, 0, NULL);
	talk_connect(&lab.talk, NULL, NULL);
	talk_run(&lab.talk, 20);
	stream_close(lab.talk.client.stream);
	lab.talk.client.stream = NULL;
	talk_run(&lab.talk, 20);
	ck_assert_str_eq(buffer_text(&lab.talk.seen.tls), "");
	ck_assert_int_eq(lab.talk.server.ended, 1);
	lab_stop(&lab);
}
END_TEST

START_TEST(client_that_speaks_http)
{
	struct lab lab;

	lab_start(&lab, PKI_GOOD, NULL, 0, NULL);
	talk_connect(&lab.talk, NULL, NULL);
	stream_write(lab.talk.client.stream, "GET / HTTP/1.1\r\n\r\n", 18);
	talk_run(&lab.talk, 20);
	saw(&lab, "TlsFailed<(alert=none;why=the other end speaks in clear where TLS is due;)");
	saw_not(&lab, "TlsClientHello");
	ck_assert_int_eq(lab.talk.server.ended, 1);
	ck_assert_uint_eq(lab.talk.server.octets.length, 0);
	ck_assert_uint_eq(lab.talk.seen.plain[1], 18);
	ck_assert_uint_eq(lab.talk.seen.wire[0], 0); /* it is not answered */
	lab_stop(&lab);
}
END_TEST

/* In two pieces: the server's end has been given up before the second. */
START_TEST(client_that_speaks_http_slowly)
{
	struct lab lab;

	lab_start(&lab, PKI_GOOD, NULL, 0, NULL);
	talk_connect(&lab.talk, NULL, NULL);
	lab.talk.client.keep_open = true;
	stream_write(lab.talk.client.stream, "POST / HTTP/1.1\r\n", 17);
	for (int i = 0; i < 20 && !lab.talk.server.ended; i++)
		talk_run(&lab.talk, 1);
	ck_assert_int_eq(lab.talk.server.ended, 1);
	stream_write(lab.talk.client.stream, "Content-Length: 0\r\n\r\n", 21);
	talk_run(&lab.talk, 20);
	ck_assert_uint_eq(lab.talk.seen.plain[1], 17 + 21);
	lab_stop(&lab);
}
END_TEST

START_TEST(no_version_in_common)
{
	static const struct pki_versions old = { TLS1_VERSION, TLS1_VERSION };
	struct lab lab;

	lab_start(&lab, PKI_GOOD, &old, 0, NULL);
	talk_connect(&lab.talk, lab.client, HOST);
	talk_run(&lab.talk, ROUNDS);
	saw(&lab, "TlsFailed<(alert=protocol_version;");
	ck_assert_int_eq(lab.talk.client.ended, 1);
	ck_assert_ptr_nonnull(strstr(lab.talk.client.problem.text, "protocol_version"));
	lab_stop(&lab);
}
END_TEST

struct chooser {
	struct lab *lab;
	SSL_CTX *context;
	int asked;
};

static SSL_CTX *choose(void *context, struct stream *stream)
{
	struct chooser *chooser = context;

	ck_assert_ptr_eq(stream, chooser->lab->talk.server.stream);
	saw(chooser->lab, "TlsClientHello"); /* the tap has seen it already */
	chooser->asked++;
	return chooser->context;
}

START_TEST(certificate_chosen_at_the_client_hello)
{
	struct problem problem;
	struct lab lab;
	struct chooser chooser = { .lab = &lab };

	lab_start(&lab, PKI_GOOD, NULL, 0, NULL);
	chooser.context = pki_server(lab.pki, HOST, NULL, PKI_EXPIRED, NULL, 0, &lab.talk.tap,
				     &problem);
	listener_choose_tls(lab.talk.listener, choose, &chooser);
	talk_connect(&lab.talk, lab.client, HOST);
	talk_run(&lab.talk, ROUNDS);
	ck_assert_int_eq(chooser.asked, 1);
	saw(&lab, "TlsRefused>(alert=certificate_expired;");
	lab_stop(&lab);
}
END_TEST

START_TEST(choice_to_refuse)
{
	struct lab lab;
	struct chooser chooser = { .lab = &lab };

	lab_start(&lab, PKI_GOOD, NULL, 0, NULL);
	listener_choose_tls(lab.talk.listener, choose, &chooser);
	talk_connect(&lab.talk, lab.client, HOST);
	talk_run(&lab.talk, ROUNDS);
	saw(&lab, "TlsFailed<(alert=handshake_failure;");
	ck_assert_int_eq(lab.talk.server.ended, 1);
	ck_assert_ptr_nonnull(strstr(lab.talk.client.problem.text, "handshake_failure"));
	lab_stop(&lab);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stream-tls");
	TCase *tests = tcase_create("tls");

	tcase_add_loop_test(tests, handshake_and_talk, 0, 2);
	tcase_add_loop_test(tests, client_closes_first, 0, 2);
	tcase_add_test(tests, address_as_server_name);
	tcase_add_loop_test(tests, flaw_is_refused, 0, 10);
	tcase_add_loop_test(tests, flaw_is_not_seen_without_verification, 0, 5);
	tcase_add_test(tests, verification_uses_the_loops_clock);
	tcase_add_loop_test(tests, client_certificate, 0, 2);
	tcase_add_loop_test(tests, client_certificate_missing, 0, 2);
	tcase_add_loop_test(tests, client_certificate_looked_at, 0, 2);
	tcase_add_test(tests, client_certificate_asked_only);
	tcase_add_loop_test(tests, large_transfer, 0, 2);
	tcase_add_loop_test(tests, write_and_reset, 0, 2);
	tcase_add_loop_test(tests, client_leaves_in_the_handshake, 0, 2);
	tcase_add_test(tests, client_that_says_nothing);
	tcase_add_test(tests, client_that_speaks_http);
	tcase_add_test(tests, client_that_speaks_http_slowly);
	tcase_add_test(tests, no_version_in_common);
	tcase_add_test(tests, certificate_chosen_at_the_client_hello);
	tcase_add_test(tests, choice_to_refuse);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
