/* Streams that become TLS in mid-connection, and sessions that other streams take up. */
#include <stdlib.h>
#include <string.h>

#include "harness/loop/pki.h"
#include "tests/loop/talk.h"
#include "tests/suite.h"

#define HOST "file-server.lab.example"

enum { ROUNDS = 300 };

static const struct pki_versions versions_of[] = {
	{ TLS1_3_VERSION, TLS1_3_VERSION },
	{ TLS1_2_VERSION, TLS1_2_VERSION },
};

struct lab {
	struct talk talk;
	struct pki *pki;
	SSL_CTX *server, *client;
	struct end first_client, first_server; /* an earlier connection */
};

static void lab_start(struct lab *lab, const struct pki_versions *versions)
{
	struct problem problem = { "" };
	struct loop *loop = loop_new(CLOCK_VIRTUAL_TIME);

	memset(lab, 0, sizeof(*lab));
	lab->pki = pki_new(loop_now(loop) / SECONDS(1), &problem);
	lab->server = pki_server(lab->pki, HOST, "127.0.21.1", PKI_GOOD, versions, 0,
				 &lab->talk.tap, &problem);
	lab->client = pki_client(lab->pki, NULL, true, loop, &problem);
	ck_assert(lab->server && lab->client);
	talk_start_on(&lab->talk, loop, NULL);
}

static void lab_stop(struct lab *lab)
{
	stream_close(lab->first_client.stream);
	stream_close(lab->first_server.stream);
	buffer_free(&lab->first_client.octets);
	buffer_free(&lab->first_server.octets);
	talk_stop(&lab->talk);
	pki_free(lab->pki);
}

/* The connection is put aside, for the next. */
static void put_aside(struct lab *lab)
{
	lab->first_client = lab->talk.client;
	lab->first_server = lab->talk.server;
	memset(&lab->talk.client, 0, sizeof(lab->talk.client));
	memset(&lab->talk.server, 0, sizeof(lab->talk.server));
	if (lab->first_client.stream)
		stream_set_events(lab->first_client.stream, &end_events, &lab->first_client);
	if (lab->first_server.stream)
		stream_set_events(lab->first_server.stream, &end_events, &lab->first_server);
}

static void connect_plain(struct lab *lab)
{
	talk_connect(&lab->talk, NULL, NULL);
	talk_run(&lab->talk, 20);
	ck_assert_ptr_nonnull(lab->talk.server.stream);
}

/* backwards: who connected is TLS's server. */
static void upgrade(struct lab *lab, bool backwards, const struct end *client_session,
		    const struct end *server_session)
{
	struct talk *talk = &lab->talk;
	const struct stream_tls_wish server = {
		.context = lab->server, .resumable = true,
		.session = server_session ? server_session->stream : NULL,
	};
	const struct stream_tls_wish client = {
		.context = lab->client, .client = true, .server_name = HOST, .resumable = true,
		.session = client_session ? client_session->stream : NULL,
	};

	stream_start_tls(backwards ? talk->client.stream : talk->server.stream, &server);
	stream_start_tls(backwards ? talk->server.stream : talk->client.stream, &client);
	talk_run(talk, ROUNDS);
}

static void saw(const struct lab *lab, const char *text)
{
	ck_assert_msg(strstr(buffer_text(&lab->talk.seen.tls), text) != NULL,
		      "\"%s\" is not in: %s", text, buffer_text(&lab->talk.seen.tls));
}

START_TEST(clear_then_tls)
{
	struct lab lab;

	lab_start(&lab, &versions_of[_i]);
	connect_plain(&lab);
	stream_write(lab.talk.client.stream, "AUTH", 4);
	talk_run(&lab.talk, 20);
	stream_write(lab.talk.server.stream, "234", 3);
	talk_run(&lab.talk, 20);
	ck_assert_uint_eq(lab.talk.seen.wire[1], 4);
	ck_assert_uint_eq(lab.talk.seen.wire[0], 3);
	upgrade(&lab, false, NULL, NULL);
	ck_assert_int_eq(lab.talk.client.opened, 2);
	ck_assert_int_eq(lab.talk.server.opened, 2);
	stream_write(lab.talk.client.stream, "USER", 4);
	talk_run(&lab.talk, 20);
	stream_write(lab.talk.server.stream, "331 ", 4);
	talk_run(&lab.talk, 20);
	ck_assert_str_eq(buffer_text(&lab.talk.server.octets), "AUTHUSER");
	ck_assert_str_eq(buffer_text(&lab.talk.client.octets), "234331 ");
	ck_assert_uint_eq(lab.talk.seen.plain[1], 8);
	ck_assert_uint_eq(lab.talk.seen.plain[0], 7);
	ck_assert_uint_gt(lab.talk.seen.wire[1], 300);
	saw(&lab, "TlsClientHello>(server-name=" HOST ";");
	saw(&lab, "TlsCertificate<(subject=CN=" HOST);
	saw(&lab, _i ? "TlsEstablished>(version=TLSv1.2;" : "TlsEstablished>(version=TLSv1.3;");
	saw(&lab, "resumed=false;");
	ck_assert_ptr_nonnull(strstr(buffer_text(&lab.talk.seen.keys),
				     _i ? "CLIENT_RANDOM " : "CLIENT_HANDSHAKE_TRAFFIC_SECRET "));
	stream_close(lab.talk.client.stream);
	lab.talk.client.stream = NULL;
	talk_run(&lab.talk, 20);
	ck_assert_int_eq(lab.talk.server.ended, 1);
	ck_assert_str_eq(lab.talk.server.problem.text, "");
	lab_stop(&lab);
}
END_TEST

/* RFC 4217 7: who is the FTP client is TLS's, too, where the server connects to it. */
START_TEST(who_connected_is_the_server)
{
	struct lab lab;

	lab_start(&lab, &versions_of[_i]);
	connect_plain(&lab);
	upgrade(&lab, true, NULL, NULL);
	ck_assert_int_eq(lab.talk.client.opened, 2);
	ck_assert_int_eq(lab.talk.server.opened, 2);
	stream_write(lab.talk.client.stream, "contents", 8);
	talk_run(&lab.talk, 20);
	ck_assert_str_eq(buffer_text(&lab.talk.server.octets), "contents");
	saw(&lab, "TlsClientHello<(server-name=" HOST ";");
	saw(&lab, "TlsCertificate>(");
	saw(&lab, "TlsEstablished<(");
	ck_assert_uint_eq(lab.talk.seen.plain[1], 8);
	lab_stop(&lab);
}
END_TEST

START_TEST(written_while_hands_are_shaken)
{
	struct lab lab;

	lab_start(&lab, NULL);
	connect_plain(&lab);
	const struct stream_tls_wish server = { .context = lab.server };
	const struct stream_tls_wish client = { .context = lab.client, .client = true,
						.server_name = HOST };

	stream_start_tls(lab.talk.client.stream, &client);
	stream_write(lab.talk.client.stream, "early", 5);
	stream_start_tls(lab.talk.server.stream, &server);
	stream_close(lab.talk.client.stream); /* and closed: it goes out first */
	lab.talk.client.stream = NULL;
	talk_run(&lab.talk, ROUNDS);
	ck_assert_str_eq(buffer_text(&lab.talk.server.octets), "early");
	ck_assert_int_eq(lab.talk.server.ended, 1);
	lab_stop(&lab);
}
END_TEST

START_TEST(clear_where_tls_is_due)
{
	struct lab lab;

	lab_start(&lab, NULL);
	connect_plain(&lab);
	const struct stream_tls_wish server = { .context = lab.server };

	stream_start_tls(lab.talk.server.stream, &server);
	stream_write(lab.talk.client.stream, "USER a\r\n", 8);
	talk_run(&lab.talk, 20);
	saw(&lab, "TlsFailed<(alert=none;why=the other end speaks in clear where TLS is due;)");
	ck_assert_int_eq(lab.talk.server.ended, 1);
	ck_assert_uint_eq(lab.talk.server.octets.length, 0);
	lab_stop(&lab);
}
END_TEST

START_TEST(left_in_the_handshake)
{
	struct lab lab;

	lab_start(&lab, NULL);
	connect_plain(&lab);
	const struct stream_tls_wish client = { .context = lab.client, .client = true,
						.server_name = HOST };

	stream_start_tls(lab.talk.client.stream, &client);
	talk_run(&lab.talk, 5);
	stream_close(lab.talk.server.stream);
	lab.talk.server.stream = NULL;
	talk_run(&lab.talk, ROUNDS);
	ck_assert_int_eq(lab.talk.client.opened, 1);
	ck_assert_int_eq(lab.talk.client.ended, 1);
	ck_assert_str_ne(lab.talk.client.problem.text, "");
	lab_stop(&lab);
}
END_TEST

/* A data connection takes up the control connection's session, in both directions. */
START_TEST(a_session_is_taken_up)
{
	struct lab lab;

	lab_start(&lab, &versions_of[_i % 2]);
	connect_plain(&lab);
	upgrade(&lab, false, NULL, NULL);
	ck_assert(!stream_resumed(lab.talk.client.stream));
	put_aside(&lab);
	connect_plain(&lab);
	upgrade(&lab, _i / 2, &lab.first_client, &lab.first_server);
	ck_assert_int_eq(lab.talk.client.opened, 2);
	ck_assert(stream_resumed(lab.talk.client.stream));
	ck_assert(stream_resumed(lab.talk.server.stream));
	saw(&lab, "resumed=true;");
	stream_write(lab.talk.client.stream, "contents", 8);
	stream_close(lab.talk.client.stream);
	lab.talk.client.stream = NULL;
	talk_run(&lab.talk, 20);
	ck_assert_str_eq(buffer_text(&lab.talk.server.octets), "contents");
	ck_assert_int_eq(lab.talk.server.how, STREAM_CLOSED);
	lab_stop(&lab);
}
END_TEST

/* Not offered, or offered to a stream that takes up none, or another's: a full handshake. */
START_TEST(a_session_is_not_taken_up)
{
	struct lab lab;

	lab_start(&lab, &versions_of[_i % 2]);
	connect_plain(&lab);
	upgrade(&lab, false, NULL, NULL);
	put_aside(&lab);
	connect_plain(&lab);
	upgrade(&lab, false, _i / 2 ? &lab.first_client : NULL, _i / 2 ? NULL : &lab.first_server);
	ck_assert_int_eq(lab.talk.client.opened, 2);
	ck_assert(!stream_resumed(lab.talk.client.stream));
	ck_assert(!stream_resumed(lab.talk.server.stream));
	lab_stop(&lab);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stream-upgrade");
	TCase *tests = tcase_create("tls");

	tcase_add_loop_test(tests, clear_then_tls, 0, 2);
	tcase_add_loop_test(tests, who_connected_is_the_server, 0, 2);
	tcase_add_test(tests, written_while_hands_are_shaken);
	tcase_add_test(tests, clear_where_tls_is_due);
	tcase_add_test(tests, left_in_the_handshake);
	tcase_add_loop_test(tests, a_session_is_taken_up, 0, 4);
	tcase_add_loop_test(tests, a_session_is_not_taken_up, 0, 4);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
