/* HTTP of the file server fake: what it gives and takes, and each fault of a cue. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"
#include "tests/fakes/hms-client.h"
#include "tests/grammar/shipped.h"
#include "tests/suite.h"

#define VALUE "Device.ManagementServer.PeriodicInformInterval=600"
#define GET "GET /cm.xml HTTP/1.1\r\nHost: files\r\n\r\n"
#define PUT "PUT /pm/a.xml HTTP/1.1\r\nHost: files\r\nContent-Length: 20\r\n\r\n01234567890123456789"

static struct place_of_test test;
static struct client client;

static void begin_with(const char *const *settings)
{
	memset(&client, 0, sizeof(client));
	test_begin(&test, "file-server", settings);
	client_open(&client, &test, NULL);
}

static void begin(const char *cue)
{
	static const char *const open[] = { "file-server.authentication=none", NULL };

	begin_with(open);
	if (cue)
		test_cue(&test, cue);
}

static void end(void)
{
	client_close(&client);
	test_end(&test);
}

static const struct http_message *ask(const char *request)
{
	client_send(&client, request, strlen(request));
	return client_receive(&client);
}

/* The status of the answer in a new place; the cue is taken. */
static int status_of(const char *cue, const char *request)
{
	begin(cue);
	const struct http_message *answer = ask(request);
	int status = answer ? answer->status : 0;

	ck_assert_uint_eq(script_left(&test.script), 0);
	end();
	return status;
}

static bool holds(const struct http_message *answer, const char *text)
{
	return memmem(answer->body.octets, answer->body.length, text, strlen(text)) != NULL;
}

START_TEST(test_get)
{
	begin("FileGetResponse " VALUE);
	const struct http_message *answer = ask(GET);

	ck_assert_int_eq(answer->status, 200);
	ck_assert(holds(answer, ">600</"));
	ck_assert(holds(answer, "configDataFile>"));
	ck_assert_uint_eq(script_left(&test.script), 0);
	answer = ask(GET); /* no cue: no file */
	ck_assert_int_eq(answer->status, 404);
	end();
}
END_TEST

START_TEST(test_put)
{
	ck_assert_int_eq(status_of("FilePutResponse", PUT), 201);
	ck_assert_int_eq(status_of(NULL, PUT), 201); /* welcome without a cue, too */
	ck_assert_int_eq(status_of("FilePutResponse", "POST / HTTP/1.1\r\nHost: files\r\n"
				   "Content-Length: 2\r\n\r\nab"), 200);
	ck_assert_int_eq(status_of(NULL, "DELETE /a HTTP/1.1\r\nHost: files\r\n\r\n"), 405);
}
END_TEST

/* A HEAD asks for no file: the cue of the GET behind it is still there. */
START_TEST(test_head)
{
	begin("FileGetResponse " VALUE);
	const struct http_message *answer =
		ask("HEAD /cm.xml HTTP/1.1\r\nHost: files\r\nConnection: close\r\n\r\n");

	ck_assert_int_eq(answer->status, 200);
	ck_assert_uint_eq(answer->body.length, 0);
	ck_assert_uint_eq(script_left(&test.script), 1);
	end();
}
END_TEST

START_TEST(test_refusals)
{
	ck_assert_int_eq(status_of("FileGetResponse with not-found", GET), 404);
	ck_assert_int_eq(status_of("FileGetResponse with no-permission", GET), 403);
	ck_assert_int_eq(status_of("FileGetResponse with login-refused", GET), 401);
	ck_assert_int_eq(status_of("FileGetResponse with redirect 307", GET), 307);
	ck_assert_int_eq(status_of("FilePutResponse with no-permission", PUT), 403);
	ck_assert_int_eq(status_of("FilePutResponse with disk-full 10", PUT), 507);
}
END_TEST

/* RFC 9110 10.1.1: refused before the body came. */
START_TEST(test_expectation)
{
	begin("FilePutResponse with no-permission");
	const struct http_message *answer =
		ask("PUT /a HTTP/1.1\r\nHost: files\r\nContent-Length: 20\r\n"
		    "Expect: 100-continue\r\n\r\n");

	ck_assert_int_eq(answer->status, 403);
	end();
	begin("FilePutResponse");
	answer = ask("PUT /a HTTP/1.1\r\nHost: files\r\nContent-Length: 2\r\n"
		     "Expect: 100-continue\r\n\r\n");
	ck_assert_int_eq(answer->status, 100);
	answer = ask("ab");
	ck_assert_int_eq(answer->status, 201);
	end();
}
END_TEST

START_TEST(test_credentials)
{
	static const char *const basic[] = { "file-server.authentication=basic",
					     "file-server.username=cell",
					     "file-server.password=secret", NULL };
	static const char good[] = "GET /a HTTP/1.1\r\nHost: files\r\n"
				   "Authorization: Basic Y2VsbDpzZWNyZXQ=\r\n\r\n";

	begin_with(basic);
	ck_assert_int_eq(ask(GET)->status, 401);
	ck_assert_int_eq(ask("GET /a HTTP/1.1\r\nHost: files\r\n"
			     "Authorization: Basic Y2VsbDpvdGhlcg==\r\n\r\n")->status, 401);
	test_cue(&test, "FileLoginResponse with login-refused");
	ck_assert_int_eq(ask(good)->status, 401);
	ck_assert_uint_eq(script_left(&test.script), 0);
	test_cue(&test, "FileGetResponse " VALUE);
	ck_assert_int_eq(ask(good)->status, 200);
	end();
}
END_TEST

START_TEST(test_contents_faults)
{
	begin("FileGetResponse " VALUE " with truncated-file 100");
	const struct http_message *answer = ask(GET);

	ck_assert_int_eq(answer->status, 200);
	ck_assert_uint_eq(answer->body.length, 100); /* and said to be whole */
	end();
	begin("FileGetResponse " VALUE " with wrong-size 100");
	answer = ask(GET);
	ck_assert_str_eq(http_header_get(answer, "Content-Length"), "100");
	end();
	begin("FileGetResponse " VALUE " with corrupted");
	answer = ask(GET);
	ck_assert_int_eq(answer->status, 200);
	ck_assert(holds(answer, "</PeriodicInformInterval>"));
	ck_assert(holds(answer, ")/configData>")); /* '<' with some bits turned */
	end();
	begin("FileGetResponse " VALUE " with truncated-file -30");
	answer = ask(GET);
	ck_assert(holds(answer, "</configData>") && !holds(answer, "</configDataFile>"));
	end();
}
END_TEST

START_TEST(test_misshapen)
{
	begin("FileGetResponse " VALUE " with wrong-root");
	const struct http_message *answer = ask(GET);

	ck_assert(holds(answer, "<unknownContent") && holds(answer, "</unknownContent>"));
	ck_assert(!holds(answer, "configDataFile"));
	end();
	begin("FileGetResponse " VALUE " with no-header");
	answer = ask(GET);
	ck_assert(!holds(answer, "fileHeader") && holds(answer, "fileFooter"));
	end();
	begin("FileGetResponse " VALUE " with no-footer");
	answer = ask(GET);
	ck_assert(holds(answer, "fileHeader") && !holds(answer, "fileFooter"));
	end();
}
END_TEST

static char complaint[400];

static void note_trouble(void *context, const struct arrow *arrow, const char *text)
{
	(void)context;
	(void)arrow;
	snprintf(complaint, sizeof(complaint), "%s", text);
}

/* A file that is none, and is not to be none, does not go out. */
START_TEST(test_unfit)
{
	static const struct { const char *cue; int status; bool complains; } rows[] = {
		{ "FileGetResponse " VALUE, 200, false },
		{ "FileGetResponse " VALUE " with no-footer", 200, false },
		{ "FileGetResponse Device.ManagementServer.PeriodicInformInterval=often", 500, true },
		{ "FileGetResponse Device.ManagementServer.PeriodicInformInterval=often with unfit",
		  200, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(rows[i].cue);
		struct grammar *grammar = shipped_grammar();

		test.stage.grammar = grammar;
		test.stage.trouble = note_trouble;
		*complaint = '\0';
		ck_assert_int_eq(ask(GET)->status, rows[i].status);
		ck_assert_int_eq(strstr(complaint, "PeriodicInformInterval") != NULL,
				 rows[i].complains);
		end();
		grammar_free(grammar);
	}
}
END_TEST

/* How much of a file's octets came, and what became of the connection. */
static size_t came(const char *cue)
{
	begin(cue);
	client_send(&client, GET, strlen(GET));
	test_run(&test, &client.ended, SECONDS(100));
	ck_assert_uint_eq(script_left(&test.script), 0);
	char *head = memmem(client.raw.octets, client.raw.length, "\r\n\r\n", 4);

	ck_assert_ptr_nonnull(head);
	return client.raw.length - (size_t)(head + 4 - (char *)client.raw.octets);
}

START_TEST(test_broken_off)
{
	ck_assert_uint_eq(came("FileGetResponse " VALUE " with cut-off 100"), 100);
	ck_assert(client.ended && client.how == STREAM_RESET);
	end();
	ck_assert_uint_eq(came("FileGetResponse " VALUE " with stalled 100"), 100);
	ck_assert(!client.ended);
	end();
	begin("FilePutResponse with cut-off 10");
	client_send(&client, PUT, strlen(PUT));
	test_run(&test, &client.ended, SECONDS(100));
	ck_assert(client.ended && client.how == STREAM_RESET);
	end();
	begin("FilePutResponse with stalled 10");
	client_send(&client, PUT, strlen(PUT));
	test_run(&test, &client.ended, SECONDS(100));
	ck_assert(!client.ended);
	ck_assert_uint_eq(client.raw.length, 0);
	end();
}
END_TEST

/* On the loop's clock. */
static int64_t time_of(const char *cue, const char *request)
{
	begin(cue);
	int64_t start = loop_now(test.loop);
	const struct http_message *answer = ask(request);

	ck_assert(answer && answer->status < 300);
	int64_t time = loop_now(test.loop) - start;

	end();
	return time;
}

START_TEST(test_time)
{
	ck_assert_int_eq(time_of("FileGetResponse with delay 7s", GET), SECONDS(7));
	ck_assert_int_eq(time_of("FileGetResponse with slow 20s", GET), SECONDS(20));
	ck_assert_int_eq(time_of("FilePutResponse with slow 20s", PUT), SECONDS(20));
	begin("FileGetResponse with no-answer");
	client_send(&client, GET, strlen(GET));
	test_run(&test, &client.ended, SECONDS(1000));
	ck_assert(!client.ended);
	ck_assert_uint_eq(client.raw.length, 0);
	end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("file-http");
	TCase *requests = tcase_create("requests"), *faults = tcase_create("faults");

	tcase_set_timeout(requests, 60);
	tcase_set_timeout(faults, 60);
	tcase_add_test(requests, test_get);
	tcase_add_test(requests, test_put);
	tcase_add_test(requests, test_head);
	tcase_add_test(requests, test_expectation);
	tcase_add_test(requests, test_credentials);
	tcase_add_test(faults, test_refusals);
	tcase_add_test(faults, test_contents_faults);
	tcase_add_test(faults, test_misshapen);
	tcase_add_test(faults, test_unfit);
	tcase_add_test(faults, test_broken_off);
	tcase_add_test(faults, test_time);
	suite_add_tcase(suite, requests);
	suite_add_tcase(suite, faults);
	return suite_run(suite);
}
