#include <stdlib.h>
#include <string.h>

#include "protocols/http.h"
#include "tests/suite.h"

/* Feeds a text in pieces of that many octets until the first message is complete or bad. */
static enum http_state feed(struct http_parser *parser, const char *text, size_t length,
			    size_t piece, struct problem *problem)
{
	enum http_state state = HTTP_MORE;
	size_t at = 0, used;

	while (at < length && state == HTTP_MORE) {
		size_t count = length - at < piece ? length - at : piece;

		state = http_parser_feed(parser, text + at, count, &used, problem);
		at += used;
	}
	return state;
}

static struct http_message *read_one(enum http_kind kind, const char *text, size_t piece)
{
	struct http_parser *parser = http_parser_new(kind, NULL);
	struct problem problem = {""};
	enum http_state state = feed(parser, text, strlen(text), piece, &problem);
	struct http_message *message;

	ck_assert_msg(state == HTTP_DONE, "%d: %s", state, problem.text);
	message = http_parser_take(parser);
	http_parser_free(parser);
	return message;
}

static void expect_bad(enum http_kind kind, const char *text, const char *why)
{
	struct http_parser *parser = http_parser_new(kind, NULL);
	struct problem problem = {""};
	enum http_state state = feed(parser, text, strlen(text), 1000000, &problem);

	ck_assert_msg(state == HTTP_BAD, "not refused: %s", text);
	ck_assert_msg(strstr(problem.text, why) != NULL, "%s instead of %s", problem.text, why);
	http_parser_free(parser);
}

START_TEST(request_in_any_pieces)
{
	static const char text[] = "POST /cwmp?a=b HTTP/1.1\r\nHost: hms.example\r\n"
				   "SOAPAction:\r\ncontent-LENGTH:  5 \r\n\r\nhello";
	struct http_message *message;
	size_t piece;

	for (piece = 1; piece <= sizeof(text); piece++) {
		message = read_one(HTTP_REQUEST, text, piece);
		ck_assert_str_eq(message->method, "POST");
		ck_assert_str_eq(message->target, "/cwmp?a=b");
		ck_assert_int_eq(message->minor, 1);
		ck_assert_uint_eq(message->header_count, 3);
		ck_assert_str_eq(message->headers[2].name, "content-LENGTH");
		ck_assert_str_eq(http_header_get(message, "soapaction"), "");
		ck_assert(message->has_length && message->content_length == 5);
		ck_assert_str_eq(buffer_text(&message->body), "hello");
		ck_assert(http_keep_alive(message));
		http_message_free(message);
	}
}
END_TEST

START_TEST(lenient_forms)
{
	struct http_message *message;

	message = read_one(HTTP_REQUEST, "\r\n\r\nGET  /x y  HTTP/1.0\nA:b\n c\nA: d\n\n", 3);
	ck_assert_str_eq(message->target, "/x y");
	ck_assert_int_eq(message->minor, 0);
	ck_assert_str_eq(message->headers[0].value, "b c");
	ck_assert_str_eq(message->headers[1].value, "d");
	ck_assert(!http_keep_alive(message));
	http_message_free(message);
	message = read_one(HTTP_RESPONSE, "HTTP/1.1 204\r\nContent-Length: 9\r\n\r\n", 100);
	ck_assert_int_eq(message->status, 204);
	ck_assert_str_eq(message->reason, "");
	ck_assert_uint_eq(message->body.length, 0);
	http_message_free(message);
	message = read_one(HTTP_REQUEST, "POST / HTTP/1.1\nContent-Length: 2, 2\n\nab", 100);
	ck_assert_uint_eq(message->body.length, 2);
	http_message_free(message);
}
END_TEST

START_TEST(chunked_in_any_pieces)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
				   "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n";
	struct http_message *message;
	size_t piece;

	for (piece = 1; piece <= sizeof(text); piece++) {
		message = read_one(HTTP_RESPONSE, text, piece);
		ck_assert(message->chunked);
		ck_assert_str_eq(buffer_text(&message->body), "abc0123456789");
		http_message_free(message);
	}
}
END_TEST

START_TEST(until_close_and_cut)
{
	struct http_parser *parser = http_parser_new(HTTP_RESPONSE, NULL);
	struct problem problem = {""};
	struct http_message *message;
	size_t used;

	ck_assert_int_eq(http_parser_end(parser, &problem), HTTP_MORE);
	ck_assert_int_eq(http_parser_feed(parser, "HTTP/1.0 200 OK\r\n\r\nab", 21, &used, &problem),
			 HTTP_MORE);
	ck_assert(http_parser_has_head(parser));
	ck_assert_int_eq(http_parser_end(parser, &problem), HTTP_DONE);
	message = http_parser_take(parser);
	ck_assert(message->until_close && !http_keep_alive(message));
	ck_assert_str_eq(buffer_text(&message->body), "ab");
	http_message_free(message);
	feed(parser, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", 40, 7, &problem);
	ck_assert_int_eq(http_parser_end(parser, &problem), HTTP_BAD);
	ck_assert_str_eq(problem.text, "closed after 2 of 9 octets of the body");
	http_parser_free(parser);
}
END_TEST

START_TEST(several_on_one_connection)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"
				   "Content-Length: 5\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n";
	struct http_parser *parser = http_parser_new(HTTP_RESPONSE, NULL);
	static const int expected[] = {100, 200, 204};
	size_t at = 0, used, index;
	struct problem problem;

	http_parser_no_body(parser); /* the 200 answers a HEAD */
	for (index = 0; index < 3; index++) {
		struct http_message *message;

		ck_assert_int_eq(http_parser_feed(parser, text + at, strlen(text) - at, &used,
						  &problem),
				 HTTP_DONE);
		message = http_parser_take(parser);
		ck_assert_int_eq(message->status, expected[index]);
		http_message_free(message);
		at += used;
	}
	ck_assert_uint_eq(at, strlen(text));
	http_parser_free(parser);
}
END_TEST

START_TEST(refused)
{
	static const struct {
		enum http_kind kind;
		const char *text, *why;
	} cases[] = {
		{HTTP_REQUEST, "GET /\r\n", "does not end with HTTP/1"},
		{HTTP_REQUEST, "G\"T / HTTP/1.1\r\n", "request line"},
		{HTTP_REQUEST, "GET HTTP/1.1\r\n", "no target"},
		{HTTP_REQUEST, "\n\n\n\n\n\n\n\n\n\n\n", "empty lines"},
		{HTTP_REQUEST, "GET / HTTP/1.1\r\nno colon\r\n", "colon"},
		{HTTP_REQUEST, "GET / HTTP/1.1\r\n x\r\n", "white space"},
		{HTTP_REQUEST, "POST / HTTP/1.1\nContent-Length: 1\nContent-Length: 2\n\n",
		 "contradict"},
		{HTTP_REQUEST, "POST / HTTP/1.1\nContent-Length: -1\n\n", "no number"},
		{HTTP_REQUEST, "POST / HTTP/1.1\nContent-Length: 99999999999999999999999\n\n",
		 "more than"},
		{HTTP_REQUEST, "POST / HTTP/1.1\nTransfer-Encoding: gzip\n\n", "Transfer-Encoding"},
		{HTTP_REQUEST, "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\nxyz\n",
		 "hexadecimal"},
		{HTTP_REQUEST, "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\nffffffffffffffff\n",
		 "more than"},
		{HTTP_REQUEST, "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n1\nab\n", "chunk"},
		{HTTP_RESPONSE, "HTTP/2 200 OK\r\n", "status line"},
		{HTTP_RESPONSE, "HTTP/1.1 2000 OK\r\n", "100 to 999"},
		{HTTP_RESPONSE, "HTTP/1.1 abc OK\r\n", "100 to 999"},
	};
	struct http_limits limits = {.line = 10};
	struct http_parser *parser = http_parser_new(HTTP_REQUEST, &limits);
	struct problem problem;
	size_t index;

	for (index = 0; index < sizeof(cases) / sizeof(cases[0]); index++)
		expect_bad(cases[index].kind, cases[index].text, cases[index].why);
	ck_assert_int_eq(feed(parser, "GET /0123456789", 15, 2, &problem), HTTP_BAD);
	ck_assert_int_eq(feed(parser, "x", 1, 1, &problem), HTTP_BAD);
	http_parser_free(parser);
}
END_TEST

START_TEST(large_body_is_counted)
{
	struct http_limits limits = {.keep = 4};
	struct http_parser *parser = http_parser_new(HTTP_REQUEST, &limits);
	struct problem problem;
	struct http_message *message;

	ck_assert_int_eq(feed(parser, "PUT /f HTTP/1.1\nContent-Length: 10\n\n0123456789", 46, 3,
			      &problem),
			 HTTP_DONE);
	message = http_parser_take(parser);
	ck_assert_str_eq(buffer_text(&message->body), "0123");
	ck_assert_uint_eq(message->body_skipped, 6);
	http_message_free(message);
	http_parser_free(parser);
}
END_TEST

START_TEST(written_and_read_back)
{
	struct http_message *message = http_response_new(200, NULL), *again;
	struct buffer out = {0};
	size_t count;

	http_header_add(message, "Set-Cookie", "sid=1");
	for (count = 0; count < 300; count++)
		buffer_add_text(&message->body, "0123456789");
	message->chunked = true;
	http_write(message, &out);
	again = read_one(HTTP_RESPONSE, buffer_text(&out), 11);
	ck_assert_uint_eq(again->body.length, 3000);
	ck_assert(!strncmp(strstr(buffer_text(&out), "\r\n\r\n"), "\r\n\r\n3e8\r\n", 9));
	http_message_free(again);
	message->chunked = false;
	buffer_clear(&out);
	http_write(message, &out);
	ck_assert_ptr_nonnull(strstr(buffer_text(&out), "Content-Length: 3000\r\n"));
	http_message_free(message);
	message = http_response_new(204, NULL);
	buffer_clear(&out);
	http_write(message, &out);
	ck_assert_str_eq(buffer_text(&out), "HTTP/1.1 204 No Content\r\n\r\n");
	http_message_free(message);
	message = http_request_new("POST", "/");
	for (count = 0; count < 40; count++)
		http_header_add(message, count % 2 ? "A" : "B", "x");
	http_header_remove(message, "a");
	ck_assert_uint_eq(message->header_count, 20);
	http_header_add(message, "Connection", "x, Close");
	ck_assert(!http_keep_alive(message));
	buffer_clear(&out);
	http_write(message, &out);
	ck_assert_ptr_nonnull(strstr(buffer_text(&out), "Content-Length: 0\r\n"));
	http_message_free(message);
	buffer_free(&out);
}
END_TEST

START_TEST(damage_never_harms)
{
	static const char text[] = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
				   "A: b\r\n c\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
	char copy[sizeof(text)];
	size_t at, bit, length;

	for (at = 0; at < sizeof(text) * 8; at++) {
		struct http_parser *parser = http_parser_new(HTTP_REQUEST, NULL);
		struct problem problem;

		memcpy(copy, text, sizeof(text));
		bit = at % 8;
		copy[at / 8] = (char)(copy[at / 8] ^ (1 << bit));
		if (feed(parser, copy, sizeof(text) - 1, 5, &problem) == HTTP_MORE)
			http_parser_end(parser, &problem);
		http_parser_free(parser);
	}
	for (length = 0; length + 1 < sizeof(text); length++) {
		struct http_parser *parser = http_parser_new(HTTP_REQUEST, NULL);
		struct problem problem;

		ck_assert_int_eq(feed(parser, text, length, 100, &problem), HTTP_MORE);
		ck_assert_int_eq(http_parser_end(parser, &problem), length ? HTTP_BAD : HTTP_MORE);
		http_parser_free(parser);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http");
	TCase *tests = tcase_create("http");

	tcase_add_test(tests, request_in_any_pieces);
	tcase_add_test(tests, lenient_forms);
	tcase_add_test(tests, chunked_in_any_pieces);
	tcase_add_test(tests, until_close_and_cut);
	tcase_add_test(tests, several_on_one_connection);
	tcase_add_test(tests, refused);
	tcase_add_test(tests, large_body_is_counted);
	tcase_add_test(tests, written_and_read_back);
	tcase_add_test(tests, damage_never_harms);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
