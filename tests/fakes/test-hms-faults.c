/* The HMS fake's faults, its credentials and its certificates. */
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp.h"
#include "protocols/http-auth.h"
#include "protocols/memory.h"
#include "protocols/xml.h"
#include "tests/fakes/hms-client.h"
#include "tests/suite.h"

static struct place_of_test test;
static struct client client;

static void begin_with(const char *const *settings)
{
	memset(&client, 0, sizeof(client));
	test_begin(&test, "serving-hems", settings);
	client_open(&client, &test, NULL);
}

static void end(void)
{
	client_close(&client);
	free(client.cookies);
	test_end(&test);
}

static const struct http_message *post_inform(const char *headers)
{
	char *text = inform(CWMP_1_1, "42");
	const struct http_message *answer = client_post(&client, text, headers);

	free(text);
	return answer;
}

/* A new place; the Inform is answered with that fault. */
static const struct http_message *answer_with(const char *fault)
{
	char *line = memory_format("InformResponse with %s", fault);

	begin_with(NULL);
	test_cue(&test, line);
	free(line);
	const struct http_message *answer = post_inform("");

	ck_assert_uint_eq(script_left(&test.script), 0);
	return answer;
}

static struct message *message_with(const char *fault)
{
	return client_message(answer_with(fault));
}

START_TEST(test_envelope_faults)
{
	struct message *message = message_with("wrong-id");
	char *text = cwmp_id(message);

	ck_assert_str_eq(text, "42-wrong");
	free(text);
	message_free(message);
	end();
	message = message_with("no-id");
	ck_assert_ptr_null(cwmp_id(message));
	message_free(message);
	end();
	message = message_with("wrong-namespace");
	text = xml_attribute(message->body, "ns");
	ck_assert_str_eq(text ? text : "", "urn:dslforum-org:cwmp-1-3");
	free(text);
	message_free(message);
	end();
	message = message_with("malformed-xml");
	ck_assert_str_eq(message->name, "Unreadable");
	message_free(message);
	end();
	const struct http_message *answer = answer_with("wrong-envelope");

	ck_assert_ptr_nonnull(strstr(buffer_text(&answer->body), "2003/05/soap-envelope"));
	ck_assert_ptr_null(strstr(buffer_text(&answer->body), "schemas.xmlsoap.org/soap/envelope"));
	end();
}
END_TEST

START_TEST(test_status_faults)
{
	const struct http_message *answer = answer_with("http-status 503");

	ck_assert_int_eq(answer->status, 503);
	ck_assert_uint_eq(answer->body.length, 0);
	/* The device comes again with the same Inform. */
	struct message *message = client_message(post_inform(""));

	ck_assert_str_eq(message->name, "InformResponse");
	message_free(message);
	end();
	answer = answer_with("redirect 307");
	ck_assert_int_eq(answer->status, 307);
	char *elsewhere = memory_format("%s?redirect=1", test_variable(&test, "url"));
	ck_assert_str_eq(http_header_get(answer, "Location"), elsewhere);
	free(elsewhere);
	end();
	answer = answer_with("http-status 401");
	ck_assert_int_eq(answer->status, 401);
	ck_assert_ptr_nonnull(strstr(http_header_get(answer, "WWW-Authenticate"), "Digest"));
	end();
}
END_TEST

START_TEST(test_octet_faults)
{
	const struct http_message *answer = answer_with("chunked");

	ck_assert(answer->chunked);
	struct message *message = client_message(answer);

	ck_assert_str_eq(message->name, "InformResponse");
	message_free(message);
	end();
	ck_assert_ptr_null(answer_with("truncated-body"));
	ck_assert(client.ended && client.how == STREAM_CLOSED);
	ck_assert_uint_gt(http_parser_peek(client.parser)->content_length, 100);
	end();
	ck_assert_ptr_null(answer_with("content-length-long"));
	ck_assert(client.ended && client.how == STREAM_CLOSED);
	end();
	message = message_with("content-length-short");
	ck_assert_str_eq(message->name, "Unreadable");
	message_free(message);
	end();
	ck_assert_ptr_null(answer_with("reset"));
	ck_assert(client.ended && client.how == STREAM_RESET);
	end();
}
END_TEST

START_TEST(test_delay)
{
	begin_with(NULL);
	int64_t start = loop_now(test.loop);

	test_cue(&test, "InformResponse with delay 45");
	test_cue(&test, "Reboot");
	char *text = inform(CWMP_1_1, "42");
	char *two = memory_format("POST /serving-hems HTTP/1.1\r\nContent-Length: %zu\r\n\r\n%s"
				  "POST /serving-hems HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
				  strlen(text), text);

	client_send(&client, two, strlen(two));
	free(text);
	free(two);
	struct message *message = client_message(client_receive(&client));

	ck_assert_str_eq(message->name, "InformResponse");
	message_free(message);
	ck_assert_int_ge(loop_now(test.loop) - start, SECONDS(45));
	message = client_message(client_receive(&client)); /* the second had been queued */
	ck_assert_str_eq(message->name, "Reboot");
	message_free(message);
	end();
	/* A connection that is gone, and a fake that stops, before the time. */
	begin_with(NULL);
	test_cue(&test, "InformResponse with delay 45");
	text = inform(CWMP_1_1, "42");
	two = memory_format("POST /serving-hems HTTP/1.1\r\nContent-Length: %zu\r\n\r\n%s",
			    strlen(text), text);
	client_send(&client, two, strlen(two));
	test_run(&test, NULL, SECONDS(1));
	client_close(&client);
	test_run(&test, NULL, SECONDS(100));
	test_cue(&test, "InformResponse with delay 45");
	client_open(&client, &test, NULL);
	client_send(&client, two, strlen(two));
	test_run(&test, NULL, SECONDS(1));
	free(text);
	free(two);
	end();
}
END_TEST

START_TEST(test_no_answer)
{
	begin_with(NULL);
	test_cue(&test, "InformResponse with no-answer");
	char *text = inform(CWMP_1_1, "42");
	char *post = memory_format("POST /serving-hems HTTP/1.1\r\nContent-Length: %zu\r\n\r\n%s",
				   strlen(text), text);

	client_send(&client, post, strlen(post));
	test_run(&test, &client.ended, SECONDS(60));
	ck_assert(!client.ended);
	ck_assert_uint_eq(client.raw.length, 0);
	ck_assert_uint_eq(script_left(&test.script), 0);
	free(text);
	free(post);
	end();
}
END_TEST

/* Faults of what we ask, and HTTP answers that the chart names. */
START_TEST(test_request_faults)
{
	begin_with(NULL);
	message_free(client_message(post_inform("")));
	test_cue(&test, "Reboot with wrong-id");
	struct message *message = client_message(client_post(&client, "", ""));
	char *id = cwmp_id(message);

	ck_assert_str_eq(id, "1-wrong");
	free(id);
	message_free(message);
	test_cue(&test, "EmptyResponse with http-status 500");
	ck_assert_int_eq(client_post(&client, "", "")->status, 500);
	test_cue(&test, "HttpError Status=404");
	ck_assert_int_eq(client_post(&client, "", "")->status, 404);
	test_cue(&test, "HttpRedirect Location=http://a.example/b Status=301");
	const struct http_message *answer = client_post(&client, "", "");

	ck_assert_int_eq(answer->status, 301);
	ck_assert_str_eq(http_header_get(answer, "Location"), "http://a.example/b");
	test_cue(&test, "HttpChallenge");
	ck_assert_int_eq(client_post(&client, "", "")->status, 401);
	test_cue(&test, "FactoryReset"); /* the session has lived through all of that */
	message = client_message(client_post(&client, "", ""));
	ck_assert_str_eq(message->name, "FactoryReset");
	message_free(message);
	end();
}
END_TEST

static char *authorize(const struct http_message *answer, const char *password, uint32_t nc)
{
	struct http_challenge challenge;
	struct buffer value = { 0 };
	struct problem problem = { "" };
	const char *field = http_header_get(answer, "WWW-Authenticate");

	ck_assert_int_eq(answer->status, 401);
	ck_assert_msg(http_challenge_parse(field, &challenge, &problem) == 0, "%s", problem.text);
	http_authorization_write(&challenge, "femtocell", password, "POST", "/serving-hems",
				 "0a4f113b", nc, &value);
	char *line = memory_format("Authorization: %s\r\n", buffer_text(&value));

	buffer_free(&value);
	return line;
}

static bool is_stale(const struct http_message *answer)
{
	struct http_challenge challenge;

	ck_assert_int_eq(answer->status, 401);
	ck_assert_int_eq(http_challenge_parse(http_header_get(answer, "WWW-Authenticate"),
					      &challenge, NULL), 0);
	return challenge.stale;
}

static void digest_with(const char *algorithm)
{
	begin_with((const char *const[]){ "serving-hems.authentication=digest", algorithm, NULL });
	const struct http_message *answer = post_inform("");
	char *good = authorize(answer, "secret", 1), *again = authorize(answer, "secret", 2);
	char *bad = authorize(answer, "guess", 3), *late = authorize(answer, "secret", 9);

	ck_assert(!is_stale(answer));
	ck_assert_int_eq(post_inform(good)->status, 200);
	ck_assert_int_eq(client_post(&client, "", "")->status, 401); /* each POST wants them */
	ck_assert(!is_stale(client_post(&client, "", bad)));
	ck_assert(is_stale(client_post(&client, "", good))); /* nc 1 was there before */
	ck_assert_int_eq(client_post(&client, "", again)->status, 204);
	ck_assert_int_eq(post_inform("Authorization: Digest nonsense\r\n")->status, 401);
	ck_assert_int_eq(post_inform("Authorization: Basic OnNlY3JldA==\r\n")->status, 401);
	client_close(&client);
	test_run(&test, NULL, SECONDS(400));
	client_open(&client, &test, NULL);
	ck_assert(is_stale(post_inform(late))); /* the nonce is too old */
	free(good);
	free(again);
	free(bad);
	free(late);
	end();
}

START_TEST(test_digest)
{
	digest_with("serving-hems.algorithm=MD5");
	digest_with("serving-hems.algorithm=SHA-256");
}
END_TEST

START_TEST(test_basic)
{
	begin_with((const char *const[]){ "serving-hems.authentication=basic",
					  "serving-hems.authenticate=once-a-session", NULL });
	const struct http_message *answer = post_inform("");
	char *good = authorize(answer, "secret", 1), *bad = authorize(answer, "guess", 1);

	ck_assert_int_eq(post_inform(bad)->status, 401);
	ck_assert_int_eq(post_inform(good)->status, 200);
	test_cue(&test, "Reboot");
	ck_assert_int_eq(client_post(&client, "", "")->status, 200); /* once was enough */
	free(good);
	free(bad);
	end();
}
END_TEST

/* A client that checks the certificate, against what the cue makes of it. */
static bool handshake(const char *cue)
{
	struct problem problem = { "" };
	SSL_CTX *context;

	memset(&client, 0, sizeof(client));
	test_begin(&test, "initial-hems", NULL);
	ck_assert_int_eq(strncmp(test_variable(&test, "url"), "https://", 8), 0);
	context = pki_client(test.pki, NULL, true, test.loop, &problem);
	ck_assert_msg(context != NULL, "%s", problem.text);
	if (cue)
		test_cue(&test, cue);
	client_open(&client, &test, context);
	bool good = client.opened;

	ck_assert_uint_eq(script_left(&test.script), 0);
	if (good)
		message_free(client_message(post_inform("")));
	end();
	return good;
}

START_TEST(test_certificates)
{
	static const char *const words[] = { "untrusted", "expired", "not-yet-valid", "misnamed",
					     "self-signed" };

	ck_assert(handshake(NULL));
	ck_assert(handshake("TlsCertificate"));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char *line = memory_format("TlsCertificate with wrong-certificate %s", words[i]);

		ck_assert_msg(!handshake(line), "%s", words[i]);
		free(line);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hms-faults");
	TCase *faults = tcase_create("faults"), *credentials = tcase_create("credentials");

	tcase_set_timeout(faults, 60);
	tcase_set_timeout(credentials, 60);
	tcase_add_test(faults, test_envelope_faults);
	tcase_add_test(faults, test_status_faults);
	tcase_add_test(faults, test_octet_faults);
	tcase_add_test(faults, test_delay);
	tcase_add_test(faults, test_no_answer);
	tcase_add_test(faults, test_request_faults);
	tcase_add_test(credentials, test_digest);
	tcase_add_test(credentials, test_basic);
	tcase_add_test(credentials, test_certificates);
	suite_add_tcase(suite, faults);
	suite_add_tcase(suite, credentials);
	return suite_run(suite);
}
