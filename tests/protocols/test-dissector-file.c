/* HTTP of a file server as it goes over the wire, in one piece and octet by octet: names of what the
 * dissector makes of it, and what they say. */
#include <libxml/xpath.h>
#include <stdio.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/dissector.h"
#include "tests/suite.h"

enum { MESSAGES_MOST = 50 };

static struct dissector *dissector;
static struct message *messages[MESSAGES_MOST];
static size_t message_count;
static size_t piece; /* octets are fed in pieces of this size; 0 = at once */
static int64_t now;

static void keep(void *context, struct message *message)
{
	(void)context;
	ck_assert_uint_lt(message_count, MESSAGES_MOST);
	messages[message_count++] = message;
}

static struct address at(const char *host, uint16_t port)
{
	struct address address;

	ck_assert_int_eq(address_parse(host, &address), 0);
	address.port = port;
	return address;
}

static void begin(int pieces)
{
	const struct address server = at("10.0.0.40", 80);

	dissector = dissector_new(keep, NULL);
	dissector_listener(dissector, &server, TRANSPORT_FILES, false);
	message_count = 0;
	piece = (size_t)pieces;
	now = 1;
}

static void forget(void)
{
	while (message_count)
		message_free(messages[--message_count]);
}

static void finish(void)
{
	forget();
	dissector_free(dissector);
	dissector = NULL;
}

static uint64_t open_to(const char *host, uint16_t port)
{
	const struct address client = at("10.0.0.9", 1000), server = at(host, port);

	return dissector_open(dissector, &client, &server, ++now);
}

static void say(uint64_t connection, bool client, const char *text)
{
	size_t length = strlen(text), done = 0;

	while (done < length) {
		size_t count = piece && length - done > piece ? piece : length - done;

		now++;
		dissector_octets(dissector, connection, client, now, (uint64_t)now, text + done,
				 count);
		done += count;
	}
}

/* Compares the names of what came so far, and forgets it. */
static void expect(const char *expected)
{
	struct buffer line = { 0 };

	for (size_t i = 0; i < message_count; i++)
		buffer_format(&line, "%s%s", i ? " " : "", messages[i]->name);
	ck_assert_str_eq(buffer_text(&line), expected);
	buffer_free(&line);
	forget();
}

/* The XPath from the body of the message with that index gives this text. */
static void says(size_t index, const char *path, const char *expected)
{
	ck_assert_uint_lt(index, message_count);
	struct message *message = messages[index];
	xmlXPathContext *context = xmlXPathNewContext(message->document);

	context->node = message->body;
	xmlXPathObject *result = xmlXPathEval((const xmlChar *)path, context);
	ck_assert_msg(result != NULL, "%s", path);
	xmlChar *text = xmlXPathCastToString(result);
	ck_assert_msg(!strcmp((char *)text, expected), "%s of %s gives \"%s\" instead of \"%s\"",
		      path, message->name, text, expected);
	xmlFree(text);
	xmlXPathFreeObject(result);
	xmlXPathFreeContext(context);
}

static const int pieces[] = { 0, 1, 7 };

#define CREDENTIALS "Authorization: Basic Y2VsbDpzZWNyZXQ=\r\n" /* cell:secret */
#define REFUSAL "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"f\"\r\nContent-Length: 0\r\n\r\n"

/* What answers 401 is no FileGet; with credentials it is a FileLogin. */
START_TEST(gets)
{
	uint64_t connection;

	begin(pieces[_i]);
	connection = open_to("10.0.0.40", 80);
	say(connection, true, "GET /cm.xml?a=1 HTTP/1.1\r\nHost: f\r\n\r\n");
	say(connection, false, REFUSAL);
	expect("");
	say(connection, true, "GET /cm.xml?a=1 HTTP/1.1\r\nHost: f\r\n" CREDENTIALS "\r\n");
	says(0, "concat(@user, ' ', @method, ' ', @transport)", "cell basic http");
	expect("FileLogin");
	say(connection, false, "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n<a b='c'/>\n");
	says(0, "string(@accepted)", "true");
	says(1, "concat(@path, ' ', @user)", "/cm.xml?a=1 cell");
	says(2, "concat(@outcome, ' ', @status, ' ', @size, ' ', @whole, ' ', @format, ' ', a/@b)",
	     "ok 200 11 true xml c");
	expect("FileLoginResponse FileGet FileGetResponse");
	say(connection, true, "GET /x HTTP/1.1\r\nHost: f\r\n" CREDENTIALS "\r\n");
	say(connection, false, REFUSAL);
	says(1, "concat(@accepted, ' ', @status)", "false 401");
	expect("FileLogin FileLoginResponse");
	say(connection, true, "GET /x HTTP/1.1\r\nHost: f\r\n\r\n");
	say(connection, false, "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
	says(1, "concat(@outcome, ' ', @size)", "not-found ");
	expect("FileGet FileGetResponse");
	say(connection, true, "GET /x HTTP/1.1\r\nHost: f\r\n\r\n");
	say(connection, false, "HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n");
	expect("FileGet HttpRedirect");
	finish();
}
END_TEST

/* A server of ours says that it let the request in: then the judge can be asked for its cue. */
START_TEST(told_early)
{
	uint64_t connection;

	begin(pieces[_i]);
	connection = open_to("10.0.0.40", 80);
	say(connection, true, "GET /a HTTP/1.1\r\nHost: f\r\n" CREDENTIALS "\r\n");
	dissector_admitted(dissector, connection, ++now);
	dissector_admitted(dissector, connection, ++now);
	expect("FileLogin FileLoginResponse FileGet");
	say(connection, false, "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
	says(0, "string(@outcome)", "login");
	expect("FileGetResponse");
	say(connection, true, "PUT /b HTTP/1.1\r\nHost: f\r\nContent-Length: 4\r\n\r\n");
	const struct address client = at("10.0.0.9", 1000), server = at("10.0.0.40", 80);
	dissector_admitted_between(dissector, &client, &server, ++now);
	says(0, "concat(@method, ' ', @append)", "PUT false");
	expect("FilePut");
	say(connection, true, "text");
	says(0, "concat(@announced, ' ', @size, ' ', @whole, ' ', @format)", "4 4 true text");
	expect("FileContents");
	say(connection, false, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
	says(0, "concat(@outcome, ' ', @status)", "ok 201");
	expect("FilePutResponse");
	finish();
}
END_TEST

START_TEST(puts_and_posts)
{
	uint64_t connection;

	begin(pieces[_i]);
	connection = open_to("10.0.0.40", 80);
	say(connection, true, "PUT /p HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	expect("");
	say(connection, false, "HTTP/1.1 100 Continue\r\n\r\n");
	expect("FilePut");
	say(connection, true, "ab");
	say(connection, false, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	expect("FileContents FilePutResponse");
	say(connection, true, "POST /p HTTP/1.1\r\nContent-Length: 2\r\n\r\nab");
	say(connection, false, REFUSAL);
	expect("");
	say(connection, true, "POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n");
	say(connection, false, "HTTP/1.1 507 Full\r\nContent-Length: 0\r\n\r\n");
	says(0, "string(@method)", "POST");
	says(2, "string(@outcome)", "full");
	expect("FilePut FileContents FilePutResponse");
	say(connection, true, "POST /p HTTP/1.1\r\nContent-Type: Multipart/form-data; boundary=b\r\n"
	    "Content-Length: 52\r\n\r\n--b\r\nContent-Disposition: form-data\r\n\r\n<a/>\r\n--b--\r\n");
	say(connection, false, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	says(1, "concat(@size, ' ', @whole, ' ', @format, ' ', count(*))", "52 true form 0");
	expect("FilePut FileContents FilePutResponse");
	/* It is called a form, and is none. */
	say(connection, true, "POST /p HTTP/1.1\r\nContent-Type: multipart/form-data\r\n"
	    "Content-Length: 4\r\n\r\n<a/>");
	say(connection, false, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	says(1, "concat(@size, ' ', @whole, ' ', @format, ' ', count(*))", "4 true xml 1");
	expect("FilePut FileContents FilePutResponse");
	/* It is answered before all of it came. */
	say(connection, true, "PUT /p HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc");
	say(connection, false, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
	says(1, "concat(@size, ' ', @whole)", "3 false");
	says(2, "string(@outcome)", "no-permission");
	expect("FilePut FileContents FilePutResponse");
	say(connection, true, "defghi" "GET /q HTTP/1.1\r\n\r\n");
	say(connection, false, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	says(1, "string(@format)", "empty");
	expect("FileGet FileGetResponse");
	finish();
}
END_TEST

/* from_client: who ends the connection; a client's own end is no word of the server. */
START_TEST(broken_off)
{
	static const enum stream_end ends[] = { STREAM_CLOSED, STREAM_RESET };
	uint64_t connection;

	for (size_t i = 0; i < 4; i++) {
		enum stream_end how = ends[i % 2];
		bool by_client = i >= 2;

		begin(pieces[_i]);
		connection = open_to("10.0.0.40", 80);
		say(connection, true, "GET /g HTTP/1.1\r\n\r\n");
		say(connection, false, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab");
		dissector_end(dissector, connection, by_client, ++now, 0, how);
		dissector_end(dissector, connection, !by_client, ++now, 0, STREAM_CLOSED);
		says(1, "concat(@outcome, ' ', @announced, ' ', @size, ' ', @whole)", "cut 9 2 false");
		expect("FileGet FileGetResponse");
		connection = open_to("10.0.0.40", 80);
		say(connection, true, "PUT /g HTTP/1.1\r\nContent-Length: 9\r\n\r\nab");
		dissector_end(dissector, connection, by_client, ++now, 0, how);
		dissector_end(dissector, connection, !by_client, ++now, 0, STREAM_CLOSED);
		says(1, "concat(@size, ' ', @whole)", "2 false");
		expect(by_client ? "FilePut FileContents" : "FilePut FileContents FilePutResponse");
		connection = open_to("10.0.0.40", 80);
		say(connection, true, "GET /g HTTP/1.1\r\n\r\n");
		dissector_end(dissector, connection, by_client, ++now, 0, how);
		dissector_end(dissector, connection, !by_client, ++now, 0, STREAM_CLOSED);
		expect(by_client ? "FileGet" : "FileGet FileGetResponse");
		finish();
	}
}
END_TEST

/* Nobody said where a file server is. */
START_TEST(in_captures)
{
	static const char inform[] =
		"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' "
		"xmlns:c='urn:dslforum-org:cwmp-1-0'><s:Header><c:ID>1</c:ID></s:Header><s:Body>"
		"<c:Inform><DeviceId><OUI>00D09E</OUI><SerialNumber>1</SerialNumber></DeviceId>"
		"</c:Inform></s:Body></s:Envelope>";
	char post[600];
	uint64_t connection;

	begin(pieces[_i]);
	connection = open_to("10.0.0.50", 80);
	say(connection, true, "GET /a HTTP/1.1\r\nHost: f\r\n\r\n");
	expect("HttpRequest"); /* from whom? */
	connection = open_to("10.0.0.1", 7547);
	snprintf(post, sizeof(post), "POST / HTTP/1.1\r\nContent-Length: %zu\r\n\r\n%s",
		 strlen(inform), inform);
	say(connection, true, post);
	expect("Inform");
	connection = open_to("10.0.0.1", 7547);
	say(connection, true, "GET /a HTTP/1.1\r\nHost: f\r\n\r\n");
	expect("HttpRequest"); /* to its HMS */
	connection = open_to("10.0.0.51", 80);
	say(connection, true, "GET /a HTTP/1.1\r\nHost: f\r\n\r\n");
	say(connection, false, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	expect("FileGet FileGetResponse");
	connection = open_to("10.0.0.52", 80);
	say(connection, true, "PUT /a HTTP/1.1\r\nHost: f\r\nContent-Length: 0\r\n\r\n");
	say(connection, false, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	expect("FilePut FileContents FilePutResponse");
	dissector_set_told(dissector);
	say(connection, true, "PUT /a HTTP/1.1\r\nHost: f\r\nContent-Length: 0\r\n\r\n");
	expect("HttpRequest"); /* a recording of ours says where they are */
	finish();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dissector-file");
	TCase *tests = tcase_create("http");

	tcase_add_loop_test(tests, gets, 0, 3);
	tcase_add_loop_test(tests, told_early, 0, 3);
	tcase_add_loop_test(tests, puts_and_posts, 0, 3);
	tcase_add_loop_test(tests, broken_off, 0, 3);
	tcase_add_loop_test(tests, in_captures, 0, 3);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
