/*
 * Conversations are written as they go over the wire; what the dissector makes of them is
 * compared as one line: names with their session, "*" for a repeat.
 */
#include <libxml/xpath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp.h"
#include "protocols/dissector.h"
#include "protocols/memory.h"
#include "tests/suite.h"

#define MESSAGES_MOST 200

static struct dissector *dissector;
static struct message *messages[MESSAGES_MOST];
static size_t message_count;
static uint64_t packet;
static size_t piece; /* octets are fed in pieces of this size; 0 = at once */

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

static void begin(void)
{
	dissector = dissector_new(keep, NULL);
	message_count = 0;
	packet = 0;
	piece = 0;
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

static uint64_t open_from(const char *host, uint16_t port)
{
	struct address client = at(host, port), server = at("10.0.0.1", 7547);

	return dissector_open(dissector, &client, &server, 1);
}

static void say(uint64_t connection, bool client, const char *text)
{
	size_t length = strlen(text), done = 0;

	while (done < length) {
		size_t count = piece && length - done > piece ? piece : length - done;

		packet++;
		dissector_octets(dissector, connection, client, (int64_t)packet * 1000, packet,
				 text + done, count);
		done += count;
	}
}

static char *envelope(const char *rpc, const char *id)
{
	return memory_format("<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' "
			     "xmlns:c='" CWMP_1_0 "'><s:Header><c:ID>%s</c:ID></s:Header><s:Body>%s"
			     "</s:Body></s:Envelope>", id, rpc);
}

/* POST with the RPC element, or an empty one; fields: more header lines. */
static void post(uint64_t connection, const char *fields, const char *rpc, const char *id)
{
	char *body = *rpc ? envelope(rpc, id) : memory_text("");
	char *text = memory_format("POST /cwmp HTTP/1.1\r\nHost: hms\r\n%sContent-Length: %zu\r\n"
				   "\r\n%s", fields, strlen(body), body);

	say(connection, true, text);
	free(body);
	free(text);
}

static void answer(uint64_t connection, const char *status, const char *fields, const char *rpc,
		   const char *id)
{
	char *body = *rpc ? envelope(rpc, id) : memory_text("");
	char *text = memory_format("HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s", status, fields,
				   strlen(body), body);

	say(connection, false, text);
	free(body);
	free(text);
}

static const char inform[] =
	"<c:Inform><DeviceId><OUI>00D09E</OUI><ProductClass/><SerialNumber>1</SerialNumber>"
	"</DeviceId><ParameterList><ParameterValueStruct>"
	"<Name>Device.ManagementServer.ConnectionRequestURL</Name>"
	"<Value>http://10.0.0.2:7548/x</Value></ParameterValueStruct></ParameterList></c:Inform>";
static const char other_inform[] =
	"<c:Inform><DeviceId><OUI>00D09E</OUI><ProductClass/><SerialNumber>2</SerialNumber>"
	"</DeviceId></c:Inform>";

/* Compares what came so far, and forgets it. */
static void expect(const char *expected)
{
	struct buffer line = {0};
	size_t index;

	for (index = 0; index < message_count; index++)
		buffer_format(&line, "%s%s%s:%llu", index ? " " : "",
			      messages[index]->repeat ? "*" : "", messages[index]->name,
			      (unsigned long long)messages[index]->session);
	ck_assert_str_eq(buffer_text(&line), expected);
	buffer_free(&line);
	forget();
}

/* The XPath from the last message's body gives this text. */
static void last(const char *path, const char *expected)
{
	struct message *message = messages[message_count - 1];
	xmlXPathContext *context = xmlXPathNewContext(message->document);
	xmlXPathObject *result;
	xmlChar *text;

	context->node = message->body;
	result = xmlXPathEval((const xmlChar *)path, context);
	ck_assert_msg(result != NULL, "%s", path);
	text = xmlXPathCastToString(result);
	ck_assert_msg(!strcmp((char *)text, expected), "%s of %s gives \"%s\" instead of \"%s\"",
		      path, message->name, text, expected);
	xmlFree(text);
	xmlXPathFreeObject(result);
	xmlXPathFreeContext(context);
}

static void whole_session(uint64_t connection)
{
	post(connection, "", inform, "1");
	answer(connection, "200 OK", "Set-Cookie: sid=a; Path=/\r\n", "<c:InformResponse/>", "1");
	post(connection, "Cookie: sid=a\r\n", "", "");
	answer(connection, "200 OK", "", "<c:GetParameterValues/>", "h1");
	post(connection, "Cookie: sid=a\r\n", "<c:GetParameterValuesResponse/>", "h1");
	last("/message/answers/@name", "GetParameterValues");
	last("/message/answers/@id", "h1");
	last("/message/answers/@has-id", "true");
	last("/message/session/@bound", "both");
	last("/message/session/@post", "3");
	last("/message/session/@cwmp", CWMP_1_0);
	answer(connection, "204 No Content", "", "", "");
}

START_TEST(a_whole_session)
{
	for (size_t size = 0; size < 300; size += size < 4 ? 1 : 37) {
		begin();
		piece = size;
		whole_session(open_from("10.0.0.2", 1000));
		ck_assert_int_eq(messages[0]->source.port, 1000);
		ck_assert_int_eq(messages[1]->source.port, 7547);
		ck_assert_uint_eq(messages[1]->first_packet, messages[0]->last_packet + 1);
		ck_assert_int_eq(messages[0]->time, (int64_t)messages[0]->last_packet * 1000);
		expect("Inform:1 InformResponse:1 EmptyPost:1 GetParameterValues:1 "
		       "GetParameterValuesResponse:1 EmptyResponse:1 SessionEnd:1");
		dissector_finish(dissector, 9);
		expect("");
		finish();
	}
}
END_TEST

START_TEST(a_connection_for_each_post)
{
	static const struct {
		const char *cookie, *bound;
	} cases[] = {{"Cookie: x=y; sid=a;Path=/\r\n", "cookie"}, {"", "address"}};
	uint64_t connection;

	for (size_t index = 0; index < 2; index++) {
		begin();
		connection = open_from("10.0.0.2", 1000);
		post(connection, "", inform, "1");
		answer(connection, "200 OK", "Set-Cookie: sid=a; Path=/\r\n",
		       "<c:InformResponse/>", "1");
		dissector_end(dissector, connection, false, 5, 0, STREAM_CLOSED);
		dissector_end(dissector, connection, true, 5, 0, STREAM_CLOSED);
		connection = open_from("10.0.0.2", 1001);
		post(connection, cases[index].cookie, "", "");
		last("/message/session/@bound", cases[index].bound);
		answer(connection, "200 OK", "", "", "");
		last("@name", "");
		expect("Inform:1 InformResponse:1 EmptyPost:1 EmptyResponse:1 SessionEnd:1");
		finish();
	}
}
END_TEST

START_TEST(challenged)
{
	uint64_t connection;

	begin();
	connection = open_from("10.0.0.2", 1000);
	post(connection, "", inform, "1");
	answer(connection, "401 Unauthorized",
	       "WWW-Authenticate: Digest realm=\"lab\", nonce=\"n\"\r\n", "", "");
	last("@realm", "lab");
	last("/message/session/@number", "1");
	connection = open_from("10.0.0.2", 1001);
	post(connection, "Authorization: Digest x=y\r\n", inform, "1");
	last("/message/session/@informs", "1");
	last("/message/session/@bound", "retry");
	answer(connection, "307 Temporary Redirect", "Location: http://h/\r\n", "", "");
	last("@location", "http://h/");
	post(connection, "", inform, "1");
	answer(connection, "200 OK", "", "<c:InformResponse/>", "1");
	last("/message/answers/@name", "Inform");
	expect("Inform:1 HttpChallenge:1 *Inform:1 HttpRedirect:1 *Inform:1 InformResponse:1");
	post(connection, "", "", "");
	answer(connection, "401 Unauthorized", "", "", "");
	post(connection, "", "", "");
	answer(connection, "204 No Content", "", "", "");
	expect("EmptyPost:1 HttpChallenge:1 *EmptyPost:1 EmptyResponse:1 SessionEnd:1");
	finish();
}
END_TEST

START_TEST(broken_sessions)
{
	uint64_t connection;

	begin();
	connection = open_from("10.0.0.2", 1000);
	post(connection, "", inform, "1");
	dissector_end(dissector, connection, false, 5, 0, STREAM_RESET);
	last("@cause", "reset");
	connection = open_from("10.0.0.2", 1001);
	post(connection, "", inform, "2");
	answer(connection, "200 OK", "", "<c:InformResponse/>", "2");
	post(connection, "", "", "");
	answer(connection, "200 OK", "", "<c:Reboot/>", "r");
	dissector_end(dissector, connection, true, 5, 0, STREAM_CLOSED);
	dissector_end(dissector, connection, false, 5, 0, STREAM_CLOSED);
	expect("Inform:1 SessionBroken:1 Inform:2 InformResponse:2 EmptyPost:2 Reboot:2");
	connection = open_from("10.0.0.2", 1002);
	post(connection, "", inform, "3");
	expect("SessionBroken:2 Inform:3");
	post(open_from("10.0.0.2", 1003), "", other_inform, "3"); /* a neighbour behind one NAT */
	expect("Inform:4");
	dissector_end(dissector, connection, false, 5, 0, STREAM_CLOSED);
	last("@cause", "closed");
	expect("SessionBroken:3");
	dissector_finish(dissector, 9); /* that the input ends is nobody's fault */
	expect("");
	finish();
}
END_TEST

#define SECOND INT64_C(1000000)

/* A device closes its connection 5 s, 29 s, 30 s after its Inform, and no answer has come. */
START_TEST(closed_while_waiting)
{
	static const struct {
		int64_t after;
		const char *by;
	} cases[] = {{5, "device"}, {29, "device"}, {30, "hms"}, {300, "hms"}};

	for (size_t index = 0; index < sizeof(cases) / sizeof(cases[0]); index++) {
		uint64_t connection;
		int64_t time;

		begin();
		connection = open_from("10.0.0.2", 1000);
		post(connection, "", inform, "1");
		time = (int64_t)packet * 1000 + cases[index].after * SECOND;
		dissector_end(dissector, connection, true, time, 7, STREAM_CLOSED);
		dissector_end(dissector, connection, false, time + 60 * SECOND, 8, STREAM_CLOSED);
		last("@by", cases[index].by);
		last("@cause", "closed");
		expect("Inform:1 SessionBroken:1");
		finish();
	}
}
END_TEST

static uint64_t answered_inform(const char *fields)
{
	uint64_t connection = open_from("10.0.0.2", 1000);

	post(connection, "", inform, "1");
	answer(connection, "200 OK", fields, "<c:InformResponse/>", "1");
	return connection;
}

static void close_both(uint64_t connection, bool client_first, int64_t time)
{
	dissector_end(dissector, connection, client_first, time, 7, STREAM_CLOSED);
	dissector_end(dissector, connection, !client_first, time + 1, 8, STREAM_CLOSED);
}

START_TEST(left_in_mid_session)
{
	begin();
	ck_assert_int_eq(dissector_deadline(dissector), INT64_MAX);
	close_both(answered_inform(""), true, SECOND);
	ck_assert_int_eq(dissector_deadline(dissector), 31 * SECOND);
	dissector_time(dissector, 31 * SECOND - 1);
	expect("Inform:1 InformResponse:1");
	dissector_time(dissector, 40 * SECOND);
	ck_assert_int_eq(messages[0]->time, 31 * SECOND);
	ck_assert_uint_eq(messages[0]->first_packet, 7);
	last("@by", "device");
	last("@cause", "closed");
	expect("SessionBroken:1");
	ck_assert_int_eq(dissector_deadline(dissector), INT64_MAX);
	finish();
}
END_TEST

/* It came back; it closed its side before the answer; the HMS closed first; the input ended. */
START_TEST(not_left_for_good)
{
	uint64_t connection;

	begin();
	close_both(answered_inform("Set-Cookie: sid=a\r\n"), true, SECOND);
	connection = open_from("10.0.0.2", 1001);
	post(connection, "Cookie: sid=a\r\n", "", "");
	dissector_time(dissector, 100 * SECOND);
	ck_assert_int_eq(dissector_deadline(dissector), INT64_MAX);
	expect("Inform:1 InformResponse:1 EmptyPost:1");
	dissector_end(dissector, connection, true, 101 * SECOND, 0, STREAM_CLOSED);
	answer(connection, "204 No Content", "", "", "");
	dissector_finish(dissector, 200 * SECOND);
	expect("EmptyResponse:1 SessionEnd:1");
	finish();

	begin();
	close_both(answered_inform(""), false, SECOND);
	dissector_finish(dissector, 200 * SECOND);
	expect("Inform:1 InformResponse:1");
	finish();

	begin();
	close_both(answered_inform(""), true, SECOND);
	dissector_finish(dissector, 30 * SECOND);
	expect("Inform:1 InformResponse:1");
	finish();

	begin(); /* who cannot answer a challenge is not to blame for the end */
	connection = open_from("10.0.0.2", 1000);
	post(connection, "", inform, "1");
	answer(connection, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"r\"\r\n", "", "");
	close_both(connection, true, SECOND);
	dissector_finish(dissector, 200 * SECOND);
	expect("Inform:1 HttpChallenge:1");
	finish();
}
END_TEST

/* What a device may refuse, and close the connection for. */
START_TEST(refusable_answers)
{
	static const char *const answers[] = {
		"<e:Envelope xmlns:e='" SOAP_1_1 "' xmlns:c='" CWMP_1_0 "'><e:Header><c:ID>2</c:ID>"
		"</e:Header><e:Body><c:InformResponse/></e:Body></e:Envelope>",
		"<e:Envelope xmlns:e='" SOAP_1_1 "' xmlns:c='" CWMP_1_0 "'>"
		"<e:Body><c:InformResponse/></e:Body></e:Envelope>",
		"<e:Envelope xmlns:e='" SOAP_1_1 "' xmlns:c='urn:dslforum-org:cwmp-1-3'><e:Header>"
		"<c:ID>1</c:ID></e:Header><e:Body><c:InformResponse/></e:Body></e:Envelope>",
		"<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope' xmlns:c='" CWMP_1_0
		"'><e:Header><c:ID>1</c:ID></e:Header><e:Body><c:InformResponse/></e:Body>"
		"</e:Envelope>",
	};

	for (size_t index = 0; index < sizeof(answers) / sizeof(answers[0]); index++) {
		uint64_t connection;
		char *text;

		begin();
		connection = open_from("10.0.0.2", 1000);
		post(connection, "", inform, "1");
		text = memory_format("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
				     strlen(answers[index]), answers[index]);
		say(connection, false, text);
		free(text);
		expect("Inform:1 InformResponse:1");
		close_both(connection, true, SECOND);
		dissector_time(dissector, 100 * SECOND);
		expect("");
		post(open_from("10.0.0.2", 1001), "", inform, "1");
		expect("Inform:2");
		finish();
	}
}
END_TEST

START_TEST(no_http_answer)
{
	uint64_t connection;

	begin();
	connection = open_from("10.0.0.2", 1000);
	post(connection, "", inform, "1");
	say(connection, false, "HTTP/1.1 200 OK\r\nContent-Length: nine\r\n\r\n");
	close_both(connection, true, SECOND);
	expect("Inform:1 HttpTruncated:0");
	finish();
}
END_TEST

START_TEST(cookies_returned)
{
	static const struct {
		const char *set, *returned, *missing;
	} cases[] = {
		{"a=1; Path=/", "Cookie: a=1\r\n", ""},
		{"a=1; Path=/", "", "a"},
		{"a=1; Path=/", "Cookie: a=2\r\n", "a"},
		{"a=1; Path=/", "Cookie: b=3; a=1\r\n", ""},
		{"a=1; Path=/cwmp/x", "", ""},
		{"a=1; Max-Age=3; Path=/cwmp", "", ""},
		{"a=1\r\nSet-Cookie: b=2", "Cookie: b=2\r\nCookie: a=1\r\n", ""},
		{"a=1\r\nSet-Cookie: b=2", "Cookie: b=2\r\n", "a"},
		{"a=1\r\nSet-Cookie: b=2; Path=/x", "Cookie: b=2\r\n", "a"},
		{"a=1\r\nSet-Cookie: a=2", "Cookie: a=1\r\n", "a"},
		{"a=1\r\nSet-Cookie: a=; Max-Age=0", "", ""},
		{"a=\"1\"; Version=1", "Cookie: $Version=1; a=\"1\"; $Path=\"/\"\r\n", ""},
		{"a=1; Version=1", "Cookie: $Version=\"1\", a=\"1\"\r\n", ""},
		{"a=1,2", "Cookie: a=1,2\r\n", ""},
		{"a=1", "Cookie: a=\r\n", "a"},
		{"a=1", "Cookie: a\r\n", "a"},
	};

	for (size_t index = 0; index < sizeof(cases) / sizeof(cases[0]); index++) {
		char *fields = memory_format("Set-Cookie: %s\r\n", cases[index].set);

		begin();
		post(answered_inform(fields), cases[index].returned, "", "");
		last("/message/session/@cookies-missing", cases[index].missing);
		finish();
		free(fields);
	}
}
END_TEST

START_TEST(inform_made_anew)
{
	uint64_t connection;

	begin();
	connection = open_from("10.0.0.2", 1000);
	post(connection, "", inform, "1");
	answer(connection, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"r\"\r\n", "", "");
	post(connection, "", inform, "2");
	last("/message/session/@informs", "1");
	answer(connection, "200 OK", "", "<c:InformResponse/>", "2");
	expect("Inform:1 HttpChallenge:1 *Inform:1 InformResponse:1");
	finish();
}
END_TEST

START_TEST(answers_still_due)
{
	uint64_t connection;

	begin();
	connection = open_from("10.0.0.2", 1000);
	post(connection, "", inform, "1");
	answer(connection, "200 OK", "", "<c:InformResponse/>", "1");
	post(connection, "", "", "");
	answer(connection, "200 OK", "", "<c:X_New/>", "u");
	post(connection, "", "", ""); /* an RPC answered by an empty POST */
	last("/message/session/@due", "X_New");
	answer(connection, "204 No Content", "", "", "");
	expect("Inform:1 InformResponse:1 EmptyPost:1 UnknownMethod:1 EmptyPost:1 EmptyResponse:1");
	post(connection, "", "<s:Fault><detail><c:Fault><FaultCode>9000</FaultCode></c:Fault>"
			     "</detail></s:Fault>", "u");
	last("/message/answers/@name", "X_New");
	answer(connection, "204 No Content", "", "", "");
	expect("Fault:1 EmptyResponse:1 SessionEnd:1");
	finish();
}
END_TEST

START_TEST(refused_informs)
{
	static const char retry[] = "<s:Fault><detail><c:Fault><FaultCode>8005</FaultCode>"
				    "</c:Fault></detail></s:Fault>";
	static const char denied[] = "<s:Fault><detail><c:Fault><FaultCode>8001</FaultCode>"
				     "</c:Fault></detail></s:Fault>";
	uint64_t connection;

	begin();
	connection = open_from("10.0.0.2", 1000);
	post(connection, "", inform, "1");
	answer(connection, "200 OK", "", retry, "1");
	post(connection, "", inform, "1");
	answer(connection, "200 OK", "", denied, "1");
	post(connection, "", inform, "1");
	answer(connection, "503 Service Unavailable", "", "", "");
	post(connection, "", inform, "1");
	answer(connection, "500 Internal Server Error", "", denied, "1");
	expect("Inform:1 Fault:1 Inform:1 Fault:1 Inform:2 HttpError:2 Inform:3 Fault:3");
	post(connection, "", inform, "1");
	say(connection, false, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<Envelope");
	post(connection, "", inform, "1"); /* the HMS spoiled the session: nobody broke it */
	expect("Inform:4 Unreadable:4 Inform:5");
	finish();
}
END_TEST

START_TEST(connection_requests)
{
	struct address client = at("10.0.0.1", 5000), device = at("10.0.0.2", 7548);
	uint64_t connection;

	begin();
	whole_session(open_from("10.0.0.2", 1000));
	forget();
	connection = dissector_open(dissector, &client, &device, 1);
	say(connection, true, "GET /x HTTP/1.1\r\n\r\n");
	say(connection, false, "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\","
			       " nonce=\"n\"\r\nContent-Length: 0\r\n\r\n");
	last("@scheme", "Digest");
	say(connection, true, "GET /x HTTP/1.1\r\nAuthorization: Digest username=\"u\"\r\n\r\n");
	last("@username", "u");
	say(connection, false, "HTTP/1.1 204 No Content\r\n\r\n");
	last("@status", "204");
	expect("ConnectionRequest:0 ConnectionRequestChallenge:0 ConnectionRequest:0 "
	       "ConnectionRequestResponse:0");
	device.port = 9;
	dissector_listener(dissector, &device, TRANSPORT_HTTP, true);
	connection = dissector_open(dissector, &client, &device, 1);
	say(connection, true, "GET / HTTP/1.1\r\n\r\n");
	expect("ConnectionRequest:0");
	finish();
}
END_TEST

/* At an address that the device has not told: by its port and its path. */
START_TEST(connection_request_where_it_moved)
{
	struct address client = at("10.0.0.1", 5000), moved = at("10.0.0.7", 7548);
	struct address other = at("10.0.0.8", 7549);
	uint64_t connection;

	begin();
	whole_session(open_from("10.0.0.2", 1000));
	forget();
	connection = dissector_open(dissector, &client, &moved, 1);
	say(connection, true, "GET /y HTTP/1.1\r\n\r\n");
	expect("HttpRequest:0");
	connection = dissector_open(dissector, &client, &other, 1);
	say(connection, true, "GET /x HTTP/1.1\r\n\r\n");
	expect("HttpRequest:0");
	connection = dissector_open(dissector, &client, &moved, 1);
	say(connection, true, "GET /x HTTP/1.1\r\n\r\n");
	say(connection, false, "HTTP/1.1 204 No Content\r\n\r\n");
	last("@path", ""); /* of another cell, perhaps */
	dissector_set_told(dissector);
	say(connection, true, "GET /x HTTP/1.1\r\n\r\n");
	say(connection, false, "HTTP/1.1 204 No Content\r\n\r\n");
	last("@path", "right");
	expect("ConnectionRequest:0 ConnectionRequestResponse:0 ConnectionRequest:0 "
	       "ConnectionRequestResponse:0");
	finish();
}
END_TEST

START_TEST(other_http)
{
	uint64_t connection;

	begin();
	connection = open_from("10.0.0.9", 1000);
	say(connection, true, "PATCH /f HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
	say(connection, false, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
	say(connection, true, "PATCH /f HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
	last("@body-length", "3");
	say(connection, false, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n"
			       "Content-Length: 0\r\n\r\n");
	say(connection, true, "HEAD /f HTTP/1.1\r\n\r\nPOST /form HTTP/1.1\r\nContent-Length: 0"
			      "\r\n\r\n");
	say(connection, false, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
			       "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	expect("HttpRequest:0 HttpChallenge:0 *HttpRequest:0 HttpResponse:0 HttpRequest:0 "
	       "HttpRequest:0 HttpResponse:0 HttpError:0");
	say(connection, false, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
	dissector_end(dissector, connection, false, 1, 0, STREAM_CLOSED);
	last("@why", "closed after 2 of 5 octets of the body");
	expect("HttpTruncated:0");
	finish();
}
END_TEST

START_TEST(lost_and_late)
{
	uint64_t connection;

	begin();
	connection = open_from("10.0.0.2", 1000);
	say(connection, true, "the end of something\r\n");
	say(connection, true, "PO");
	say(connection, true, "ST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab");
	dissector_end(dissector, connection, true, 1, 0, STREAM_LOST);
	last("@why", "octets are missing");
	say(connection, true, "cd");
	post(connection, "", inform, "1");
	say(connection, false, "cd");
	answer(connection, "200 OK", "", "<c:InformResponse/>", "1");
	expect("HttpTruncated:0 Inform:1 InformResponse:1");
	connection = open_from("10.0.0.3", 1000);
	answer(connection, "200 OK", "", "<c:Reboot/>", "1");
	expect("Reboot:0");
	finish();
}
END_TEST

START_TEST(names_served)
{
	static const uint8_t query[] = {0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
					1, 'a', 0, 0, 1, 0, 1};
	struct address client = at("10.0.0.2", 999), server = at("10.0.0.3", 53);
	uint64_t connection;

	begin();
	dissector_datagram(dissector, &client, &server, 5, 1, query, sizeof(query));
	dissector_datagram(dissector, &client, &server, 6, 2, query, 3);
	last("@transport", "udp");
	server.port = 54;
	dissector_datagram(dissector, &client, &server, 6, 2, query, 3);
	expect("DnsQuery:0 DnsMalformed:0");
	dissector_listener(dissector, &server, TRANSPORT_DNS, false);
	dissector_datagram(dissector, &client, &server, 7, 3, query, sizeof(query));
	connection = dissector_open(dissector, &client, &server, 1);
	for (size_t index = 0; index < 2 * (sizeof(query) + 2); index++) {
		size_t place = index % (sizeof(query) + 2);
		uint8_t octet = place == 0 ? 0 : place == 1 ? sizeof(query) : query[place - 2];

		dissector_octets(dissector, connection, true, 9, index + 1, &octet, 1);
	}
	last("@transport", "tcp");
	ck_assert_uint_eq(messages[2]->first_packet, 22);
	ck_assert_uint_eq(messages[2]->last_packet, 42);
	expect("DnsQuery:0 DnsQuery:0 DnsQuery:0");
	finish();
}
END_TEST

START_TEST(facts_of_tls)
{
	static const char *const facts[] = {"version", "TLSv1.3", "cipher", "x", NULL};
	uint64_t connection;

	begin();
	connection = open_from("10.0.0.2", 1);
	dissector_tls(dissector, connection, facts);
	post(connection, "", inform, "1");
	last("concat(/message/tls/@version, /message/tls/@cipher)", "TLSv1.3x");
	last("/message/http/header[@name = 'content-length']/@spelled", "Content-Length");
	finish();
}
END_TEST

START_TEST(bounded)
{
	struct address client = at("10.0.0.2", 1), server = at("10.0.0.1", 80);
	uint64_t connection = 0;

	begin();
	for (size_t index = 0; index < 20000; index++) {
		connection = dissector_open(dissector, &client, &server, 1);
		say(connection, true, "GET / HTTP/1.1\r\n");
	}
	say(connection, true, "\r\n");
	expect("HttpRequest:0");
	for (size_t index = 0; index < 190; index++)
		say(connection, true, "GET / HTTP/1.1\r\n\r\n");
	finish();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dissector");
	TCase *tests = tcase_create("dissector");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_whole_session);
	tcase_add_test(tests, a_connection_for_each_post);
	tcase_add_test(tests, challenged);
	tcase_add_test(tests, broken_sessions);
	tcase_add_test(tests, closed_while_waiting);
	tcase_add_test(tests, left_in_mid_session);
	tcase_add_test(tests, not_left_for_good);
	tcase_add_test(tests, refusable_answers);
	tcase_add_test(tests, no_http_answer);
	tcase_add_test(tests, cookies_returned);
	tcase_add_test(tests, inform_made_anew);
	tcase_add_test(tests, answers_still_due);
	tcase_add_test(tests, refused_informs);
	tcase_add_test(tests, connection_requests);
	tcase_add_test(tests, connection_request_where_it_moved);
	tcase_add_test(tests, other_http);
	tcase_add_test(tests, lost_and_late);
	tcase_add_test(tests, names_served);
	tcase_add_test(tests, facts_of_tls);
	tcase_add_test(tests, bounded);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
