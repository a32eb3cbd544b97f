/* Connection Requests of the HMS fake, at a scripted device. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp.h"
#include "protocols/http-auth.h"
#include "protocols/memory.h"
#include "tests/fakes/hms-client.h"
#include "tests/suite.h"

enum behaviour { CHECKS, CLOSES_ON_401, SILENT, TALKS_WITHOUT_END };

struct cell { /* the device's Connection Request server, and what passed the tap */
	struct place_of_test test;
	struct listener *listener;
	struct stream *stream;
	struct http_parser *parser;
	enum behaviour behaviour;
	const char *username, *password;
	unsigned accepted, challenged, granted, refused;
	bool over; /* a connection was answered for good, or closed */
	struct address source;
	/* the tap */
	unsigned opens, ends;
	struct buffer sent, received;
	const char *limit; /* that was reached; NULL = none */
};

static struct cell cell;

static uint64_t tap_open(void *context, const struct address *from, const struct address *to,
			 int64_t time, enum transport transport)
{
	struct cell *at = context;

	(void)time;
	(void)to;
	ck_assert_int_eq(transport, TRANSPORT_HTTP);
	at->source = *from;
	return ++at->opens;
}

static void tap_plain(void *context, uint64_t connection, bool from_client, int64_t time,
		      const void *octets, size_t length)
{
	struct cell *at = context;

	(void)time;
	ck_assert_uint_eq(connection, at->opens);
	buffer_add(from_client ? &at->sent : &at->received, octets, length);
}

static void tap_end(void *context, uint64_t connection, bool from_client, int64_t time,
		    enum stream_end how)
{
	struct cell *at = context;

	(void)time;
	(void)how;
	ck_assert_uint_le(connection, at->opens);
	at->ends += from_client;
}

static void tap_limit(void *context, uint64_t connection, bool from_client, int64_t time,
		      const char *limit, const char *why)
{
	struct cell *at = context;

	(void)time;
	ck_assert_uint_le(connection, at->opens);
	ck_assert(!from_client && *why);
	at->limit = limit;
}

static const struct tap tap = {
	.context = &cell, .open = tap_open, .plain = tap_plain, .end = tap_end, .limit = tap_limit,
};

static void answer(struct stream *stream, int status, const char *challenge, bool close)
{
	struct http_message *response = http_response_new(status, http_reason(status));
	struct buffer out = { 0 };

	if (challenge)
		http_header_add(response, "WWW-Authenticate", challenge);
	if (close)
		http_header_add(response, "Connection", "close");
	http_write(response, &out);
	http_message_free(response);
	stream_write(stream, out.octets, out.length);
	buffer_free(&out);
	if (!close)
		return;
	stream_close(stream);
	cell.stream = NULL;
	http_parser_free(cell.parser);
	cell.parser = NULL;
}

static void handle(struct stream *stream, const struct http_message *request)
{
	static const char challenge_text[] =
		"Digest realm=\"cell\", nonce=\"n1\", qop=\"auth\", algorithm=MD5, opaque=\"o\"";
	const char *field = http_header_get(request, "Authorization");
	struct http_challenge challenge;
	struct http_credentials credentials;

	ck_assert_str_eq(request->method, "GET");
	ck_assert_str_eq(request->target, "/cr");
	if (cell.behaviour == TALKS_WITHOUT_END) {
		char *text = memory_format("HTTP/1.1 200 OK\r\n\r\n%0200000d", 7);

		stream_write(stream, text, strlen(text));
		free(text);
		return;
	}
	ck_assert_int_eq(http_challenge_parse(challenge_text, &challenge, NULL), 0);
	if (!field) {
		cell.challenged++;
		answer(stream, 401, challenge_text, cell.behaviour == CLOSES_ON_401);
		return;
	}
	ck_assert_int_eq(http_credentials_parse(field, &credentials, NULL), 0);
	bool good = !http_credentials_check(&credentials, &challenge, cell.username, cell.password,
					    "GET", "/cr", NULL);

	cell.granted += good;
	cell.refused += !good;
	cell.over = good;
	answer(stream, good ? 204 : 401, good ? NULL : challenge_text, false);
}

static void on_octets(void *context, struct stream *stream, const void *octets, size_t length)
{
	size_t used;

	(void)context;
	if (cell.behaviour == SILENT)
		return;
	if (http_parser_feed(cell.parser, octets, length, &used, NULL) != HTTP_DONE)
		return;
	struct http_message *request = http_parser_take(cell.parser);

	handle(stream, request);
	http_message_free(request);
}

static void on_ended(void *context, struct stream *stream, enum stream_end how,
		     const struct problem *problem)
{
	(void)context;
	(void)how;
	(void)problem;
	stream_close(stream);
	cell.stream = NULL;
	http_parser_free(cell.parser);
	cell.parser = NULL;
	cell.over = true;
}

static void on_accepted(void *context, struct stream *stream)
{
	static const struct stream_events events = { .octets = on_octets, .ended = on_ended };

	(void)context;
	ck_assert_ptr_null(cell.stream);
	cell.accepted++;
	cell.stream = stream;
	cell.parser = http_parser_new(HTTP_REQUEST, NULL);
	stream_set_events(stream, &events, NULL);
}

/* A place whose device listens; url: how the HMS comes to know ("%u" = the port). */
static void begin(enum behaviour behaviour, const char *url, const char *const *settings)
{
	struct problem problem = { "" };
	struct address address;

	memset(&cell, 0, sizeof(cell));
	cell.behaviour = behaviour;
	cell.username = "cr-user";
	cell.password = "cr-secret";
	test_begin(&cell.test, "serving-hems", settings);
	cell.test.stage.tap = &tap;
	bench_address(cell.test.bench, "henb", &address);
	cell.listener = listener_new(cell.test.loop, &address, NULL, NULL, TRANSPORT_HTTP,
				     on_accepted, NULL, &problem);
	ck_assert_msg(cell.listener != NULL, "%s", problem.text);
	if (url) {
		char *full = memory_format("http://%s:%u/cr", url,
					   listener_address(cell.listener)->port);

		profile_set(cell.test.profile, "device.connection-request-url", full);
		free(full);
	}
}

static void end(void)
{
	listener_close(cell.listener);
	stream_close(cell.stream);
	http_parser_free(cell.parser);
	test_end(&cell.test);
	buffer_free(&cell.sent);
	buffer_free(&cell.received);
}

static void request(const char *cue, int64_t longest)
{
	test_cue(&cell.test, cue);
	hms_fake.cue(cell.test.fake);
	cell.over = false;
	test_run(&cell.test, &cell.over, longest);
	test_run(&cell.test, NULL, SECONDS(1));
}

START_TEST(test_good)
{
	struct address own;

	begin(CHECKS, "127.0.1.1", NULL);
	request("ConnectionRequest", SECONDS(20));
	ck_assert_uint_eq(cell.granted, 1);
	ck_assert_uint_eq(cell.challenged, 1);
	ck_assert_uint_eq(cell.accepted, 1); /* both in one connection */
	ck_assert_uint_eq(cell.opens, 1);
	ck_assert_uint_eq(cell.ends, 1);
	ck_assert_uint_eq(script_left(&cell.test.script), 0);
	bench_address(cell.test.bench, "serving-hems", &own);
	ck_assert(address_same_host(&own, &cell.source));
	ck_assert_int_eq(strncmp(buffer_text(&cell.sent), "GET /cr HTTP/1.1\r\n", 18), 0);
	ck_assert_ptr_nonnull(strstr(buffer_text(&cell.received), "HTTP/1.1 401"));
	ck_assert_ptr_nonnull(strstr(buffer_text(&cell.received), "HTTP/1.1 204"));
	end();
	begin(CLOSES_ON_401, "henb.lab.example", NULL);
	request("ConnectionRequest", SECONDS(20));
	ck_assert_uint_eq(cell.granted, 1);
	ck_assert_uint_eq(cell.opens, 2);
	ck_assert_uint_eq(cell.ends, 2);
	end();
}
END_TEST

START_TEST(test_credentials)
{
	begin(CHECKS, "127.0.1.1", NULL);
	request("ConnectionRequest with no-credentials", SECONDS(20));
	ck_assert_uint_eq(cell.challenged, 1);
	ck_assert_uint_eq(cell.granted + cell.refused, 0);
	request("ConnectionRequest with wrong-credentials", SECONDS(20));
	ck_assert_uint_eq(cell.granted, 0);
	ck_assert_uint_eq(cell.refused, 1);
	end();
	begin(CHECKS, "127.0.1.1",
	      (const char *const[]){ "device.connection-request-username=u",
				     "device.connection-request-password=p", NULL });
	cell.username = "u";
	cell.password = "p";
	request("ConnectionRequest", SECONDS(20));
	ck_assert_uint_eq(cell.granted, 1);
	end();
}
END_TEST

/* Time goes on though the device says nothing, or more than it should. */
START_TEST(test_bad_device)
{
	begin(SILENT, "127.0.1.1", NULL);
	int64_t start = loop_now(cell.test.loop);

	request("ConnectionRequest", SECONDS(100));
	ck_assert_uint_eq(cell.accepted, 1);
	ck_assert(cell.over); /* the fake gave up */
	ck_assert_int_ge(loop_now(cell.test.loop) - start, SECONDS(30));
	ck_assert_int_le(loop_now(cell.test.loop) - start, SECONDS(33));
	ck_assert_str_eq(cell.limit ? cell.limit : "", "connection-request.time");
	end();
	begin(TALKS_WITHOUT_END, "127.0.1.1", NULL);
	request("ConnectionRequest", SECONDS(100));
	ck_assert(cell.over);
	ck_assert_uint_lt(cell.received.length, 150000);
	ck_assert_str_eq(cell.limit ? cell.limit : "", "connection-request.answer");
	end();
	begin(CHECKS, "127.0.1.1", NULL);
	listener_close(cell.listener); /* nobody there */
	cell.listener = NULL;
	request("ConnectionRequest", SECONDS(100));
	ck_assert_uint_eq(cell.opens, 0);
	end();
	begin(CHECKS, NULL, NULL);
	request("ConnectionRequest", SECONDS(1));
	ck_assert_uint_eq(script_left(&cell.test.script), 1); /* no URL is known: not taken */
	end();
	begin(SILENT, "127.0.1.1", NULL);
	test_cue(&cell.test, "ConnectionRequest");
	hms_fake.cue(cell.test.fake);
	test_run(&cell.test, NULL, MILLISECONDS(1));
	hms_fake.reset(cell.test.fake); /* in the middle of it */
	end();
}
END_TEST

START_TEST(test_delay)
{
	begin(CHECKS, "127.0.1.1", NULL);
	int64_t start = loop_now(cell.test.loop);

	request("ConnectionRequest with delay 12", SECONDS(20));
	ck_assert_uint_eq(cell.granted, 1);
	ck_assert_int_ge(loop_now(cell.test.loop) - start, SECONDS(12));
	request("ConnectionRequest with no-answer", SECONDS(20));
	ck_assert_uint_eq(cell.granted, 1);
	ck_assert_uint_eq(script_left(&cell.test.script), 0);
	end();
}
END_TEST

/* The URL comes from an Inform, the credentials from a SetParameterValues. */
START_TEST(test_learned)
{
	struct client client = { 0 };

	begin(CHECKS, NULL, NULL);
	client_open(&client, &cell.test, NULL);
	char *known = inform(CWMP_1_1, "1");
	char *text = memory_new(strlen(known) + 16), *port = strstr(known, ":7547/");

	sprintf(text, "%.*s:%u/%s", (int)(port - known), known,
		listener_address(cell.listener)->port, port + 6);
	message_free(client_message(client_post(&client, text, "")));
	test_cue(&cell.test, "SetParameterValues Device.ManagementServer.ConnectionRequestUsername=n "
			     "Device.ManagementServer.ConnectionRequestPassword=w");
	message_free(client_message(client_post(&client, "", "")));
	free(text);
	text = envelope(CWMP_1_1, "1",
			"<c:SetParameterValuesResponse><Status>0</Status>"
			"</c:SetParameterValuesResponse>");
	ck_assert_int_eq(client_post(&client, text, "")->status, 204);
	cell.username = "n";
	cell.password = "w";
	request("ConnectionRequest", SECONDS(20));
	ck_assert_uint_eq(cell.granted, 1);
	ck_assert_uint_eq(cell.challenged, 1);
	request("ConnectionRequest with old-nonce", SECONDS(20));
	ck_assert_uint_eq(cell.granted, 2);
	ck_assert_uint_eq(cell.challenged, 1);
	request("ConnectionRequest with old-nonce with wrong-credentials", SECONDS(20));
	ck_assert_uint_eq(cell.granted, 2);
	ck_assert_uint_eq(cell.refused, 2); /* once more, by the nonce of the answer */
	free(known);
	free(text);
	client_close(&client);
	free(client.cookies);
	end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hms-connection-request");
	TCase *tests = tcase_create("connection request");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, test_good);
	tcase_add_test(tests, test_credentials);
	tcase_add_test(tests, test_bad_device);
	tcase_add_test(tests, test_delay);
	tcase_add_test(tests, test_learned);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
