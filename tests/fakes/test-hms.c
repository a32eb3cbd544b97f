/* The HMS fake's good behaviour: sessions, cookies, answers, requests, limits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/limits.h"
#include "protocols/cwmp.h"
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

static void begin(void)
{
	begin_with(NULL);
}

static void end(void)
{
	client_close(&client);
	free(client.cookies);
	test_end(&test);
}

/* Posts an envelope with this body; the answer read as CWMP must be of that name. */
static struct message *say(const char *ns, const char *id, const char *body, const char *name)
{
	char *text = envelope(ns, id, body);
	struct message *message = client_message(client_post(&client, text, ""));

	free(text);
	ck_assert_str_eq(message->name, name);
	return message;
}

static struct message *say_inform(const char *ns, const char *id)
{
	char *text = inform(ns, id);
	struct message *message = client_message(client_post(&client, text, ""));

	free(text);
	ck_assert_str_eq(message->name, "InformResponse");
	return message;
}

static void check_id(const struct message *message, const char *wanted)
{
	char *id = cwmp_id(message);

	if (wanted)
		ck_assert_str_eq(id, wanted);
	else
		ck_assert_ptr_null(id);
	free(id);
}

static void check_ns(const struct message *message, const char *wanted)
{
	char *ns = xml_attribute(message->body, "ns");

	ck_assert_str_eq(ns, wanted);
	free(ns);
}

static void check_field(const xmlNode *parent, const char *name, const char *wanted)
{
	char *text = xml_child_text(parent, name);

	ck_assert_msg(text != NULL, "no %s", name);
	ck_assert_str_eq(text, wanted);
	free(text);
}

START_TEST(test_session)
{
	begin();
	struct message *message = say_inform(CWMP_1_1, "77");

	check_id(message, "77");
	check_ns(message, CWMP_1_1);
	check_field(message->body, "MaxEnvelopes", "1");
	message_free(message);
	ck_assert_ptr_nonnull(strstr(client.cookies, "session="));
	ck_assert_ptr_nonnull(strstr(client.cookies, "; affinity="));
	test_cue(&test, "SetParameterValues Device.X=7:xsd:unsignedInt Device.Y=a_b ParameterKey=k");
	message = client_message(client_post(&client, "", ""));
	ck_assert_str_eq(message->name, "SetParameterValues");
	check_id(message, "1");
	check_field(message->body, "ParameterKey", "k");
	xmlNode *list = xml_child(message->body, "ParameterList");
	xmlNode *item = xml_child(list, "ParameterValueStruct");
	char *type = xml_attribute(xml_child(item, "Value"), "type");

	ck_assert_str_eq(type, "xsd:unsignedInt");
	free(type);
	check_field(item, "Name", "Device.X");
	check_field(xml_next(item, NULL), "Value", "a b");
	message_free(message);
	char *text = envelope(CWMP_1_1, "1",
			      "<c:SetParameterValuesResponse><Status>0</Status>"
			      "</c:SetParameterValuesResponse>");
	const struct http_message *answer = client_post(&client, text, "");

	free(text);
	ck_assert_int_eq(answer->status, 204);
	ck_assert_uint_eq(answer->body.length, 0);
	ck_assert_ptr_null(http_header_get(answer, "Content-Type"));
	ck_assert(!client.ended);
	ck_assert_uint_eq(script_left(&test.script), 0);
	message_free(say_inform(CWMP_1_1, "78")); /* a second session on the same connection */
	ck_assert_int_eq(client_post(&client, "", "")->status, 204);
	end();
}
END_TEST

START_TEST(test_namespaces)
{
	static const char *const all[] = { CWMP_1_0, CWMP_1_1, CWMP_1_2 };

	begin();
	for (size_t i = 0; i < 3; i++) {
		struct message *message = say_inform(all[i], NULL);

		check_ns(message, all[i]);
		check_id(message, NULL);
		message_free(message);
		test_cue(&test, "Reboot CommandKey=now HoldRequests=true");
		message = client_message(client_post(&client, "", ""));
		check_ns(message, all[i]);
		check_field(message->body, "CommandKey", "now");
		check_field(xml_child(message_facet(message, "soap"), "Header"), "HoldRequests", "1");
		message_free(message);
	}
	end();
	begin_with((const char *const[]){ "serving-hems.cwmp=1.0", NULL });
	struct message *message = say_inform(CWMP_1_2, "1");

	check_ns(message, CWMP_1_0);
	message_free(message);
	end();
}
END_TEST

/* Comes back on a new connection in mid-session. */
static void reconnect_with(const char *cookies)
{
	begin();
	message_free(say_inform(CWMP_1_1, "1"));
	client_close(&client);
	test_run(&test, NULL, MILLISECONDS(1));
	if (cookies) {
		char *given = client.cookies;

		client.cookies = *cookies ? memory_format(cookies, given) : NULL;
		free(given);
	}
	client_open(&client, &test, NULL);
	test_cue(&test, "FactoryReset");
	struct message *message = client_message(client_post(&client, "", ""));

	ck_assert_str_eq(message->name, "FactoryReset");
	message_free(message);
	char *text = envelope(CWMP_1_1, "1", "<c:TransferComplete/>");

	message = client_message(client_post(&client, text, ""));
	free(text);
	ck_assert_str_eq(message->name, "TransferCompleteResponse");
	message_free(message);
	end();
}

START_TEST(test_reconnect)
{
	reconnect_with(NULL);
	reconnect_with("other=1; %s; last=\"x\"");
	reconnect_with(""); /* no cookie at all: found by its address */
	reconnect_with("session=999-none");
	reconnect_with("session=0-wrong; session");
}
END_TEST

static void say_and_check_fault(const char *body, const char *code)
{
	struct message *message = say(CWMP_1_1, "5", body, "Fault");

	check_id(message, "5");
	check_field(message->body, "FaultCode", code);
	message_free(message);
}

START_TEST(test_device_requests)
{
	begin();
	say_and_check_fault("<c:TransferComplete/>", "8001"); /* before any Inform */
	test_cue(&test, "Reboot");
	ck_assert_int_eq(client_post(&client, "", "")->status, 204);
	ck_assert_uint_eq(script_left(&test.script), 1);
	script_clear(&test.script);
	message_free(say_inform(CWMP_1_1, "1"));
	struct message *message = say(CWMP_1_1, "2", "<c:GetRPCMethods/>", "GetRPCMethodsResponse");
	xmlNode *item = xml_child(xml_child(message->body, "MethodList"), "string");
	bool transfer = false;

	for (; item; item = xml_next(item, "string")) {
		char *name = xml_text(item);

		transfer = transfer || !strcmp(name, "TransferComplete");
		ck_assert_str_ne(name, "Reboot");
		free(name);
	}
	ck_assert(transfer);
	message_free(message);
	message_free(say(CWMP_1_1, "3", "<c:TransferComplete/>", "TransferCompleteResponse"));
	message_free(say(CWMP_1_1, "3", "<c:AutonomousTransferComplete/>",
			 "AutonomousTransferCompleteResponse"));
	message_free(say(CWMP_1_1, "4", "<c:RequestDownload/>", "RequestDownloadResponse"));
	message_free(say(CWMP_1_1, "4", "<c:Kicked/>", "KickedResponse"));
	say_and_check_fault("<c:Frobnicate/>", "8000");
	say_and_check_fault("<c:Reboot/>", "8000"); /* ours, not the device's */
	test_cue(&test, "Fault FaultCode=8005 FaultString=again");
	say_and_check_fault("<c:TransferComplete/>", "8005");
	test_cue(&test, "InformResponse MaxEnvelopes=2");
	message = say_inform(CWMP_1_1, "9");
	check_field(message->body, "MaxEnvelopes", "2");
	message_free(message);
	end();
}
END_TEST

/* Every method that an HMS can call comes out whole, its arguments in the order of the table. */
START_TEST(test_all_methods)
{
	size_t count;
	const struct cwmp_method *methods = cwmp_methods(&count);

	begin();
	message_free(say_inform(CWMP_1_2, "1"));
	for (size_t i = 0; i < count; i++) {
		if (!methods[i].device_answers)
			continue;
		script_clear(&test.script);
		test_cue(&test, methods[i].name);
		struct message *message = client_message(client_post(&client, "", ""));

		ck_assert_str_eq(message->name, methods[i].name);
		xmlNode *child = xml_child(message->body, NULL);

		for (const char *const *name = methods[i].arguments; *name; name++) {
			ck_assert_msg(child != NULL, "%s lacks %s", methods[i].name, *name);
			ck_assert_str_eq((const char *)child->name, *name);
			child = xml_next(child, NULL);
		}
		ck_assert_ptr_null(child);
		message_free(message);
	}
	end();
}
END_TEST

static struct message *cue_message(const char *line)
{
	script_clear(&test.script);
	test_cue(&test, line);
	return client_message(client_post(&client, "", ""));
}

START_TEST(test_arguments)
{
	begin();
	message_free(say_inform(CWMP_1_1, "1"));
	struct message *message = cue_message("GetParameterValues Device.A. Device.B.C");
	xmlNode *list = xml_child(message->body, "ParameterNames");

	char *second = xml_text(xml_next(xml_child(list, "string"), "string"));

	check_field(list, "string", "Device.A.");
	ck_assert_str_eq(second, "Device.B.C");
	free(second);
	message_free(message);
	message = cue_message("SetParameterAttributes Device.A.B=2");
	list = xml_child(xml_child(message->body, "ParameterList"), NULL);
	check_field(list, "Name", "Device.A.B");
	check_field(list, "Notification", "2");
	ck_assert_ptr_nonnull(xml_child(list, "AccessList"));
	message_free(message);
	message = cue_message("AddObject ObjectName=Device.A. ParameterKey=z");
	check_field(message->body, "ObjectName", "Device.A.");
	check_field(message->body, "ParameterKey", "z");
	message_free(message);
	message = cue_message("Download URL=http://x/y FileSize=12 CommandKey=dl");
	check_field(message->body, "FileType", "3 Vendor Configuration File");
	check_field(message->body, "FileSize", "12");
	check_field(message->body, "DelaySeconds", "0");
	check_field(message->body, "TargetFileName", "");
	message_free(message);
	message = cue_message("ScheduleInform DelaySeconds=5");
	check_field(message->body, "DelaySeconds", "5");
	message_free(message);
	end();
}
END_TEST

static int status_of(const char *request, size_t length)
{
	client_send(&client, request, length);
	const struct http_message *answer = client_receive(&client);

	return answer ? answer->status : -1;
}

static int status_of_text(const char *request)
{
	return status_of(request, strlen(request));
}

static bool closed(void)
{
	test_run(&test, &client.ended, SECONDS(1));
	return client.ended;
}

START_TEST(test_bad_http)
{
	static const struct {
		const char *request;
		int status;
		bool closes;
	} rows[] = {
		{ "GET /serving-hems HTTP/1.1\r\nHost: x\r\n\r\n", 405, false },
		{ "POST /elsewhere HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 404, false },
		{ "POST http://hems:80/serving-hems?a=b HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 204,
		  false },
		{ "POST /serving-hems HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", 400, false },
		{ "nonsense\r\n\r\n", 400, true },
		{ "POST /serving-hems HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400, true },
		{ "POST /serving-hems HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413, true },
		{ "POST /serving-hems HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n",
		  413, true },
		{ "POST /serving-hems HTTP/1.0\r\nContent-Length: 0\r\n\r\n", 204, true },
		{ "POST /serving-hems HTTP/1.1\r\nConnection: close\r\n\r\n", 204, true },
	};

	begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int status = status_of_text(rows[i].request);

		ck_assert_msg(status == rows[i].status, "row %zu: %d", i, status);
		ck_assert_msg(closed() == rows[i].closes, "row %zu", i);
		if (!rows[i].closes)
			continue;
		client_close(&client);
		client_open(&client, &test, NULL);
	}
	end();
}
END_TEST

START_TEST(test_long_head)
{
	char line[10000];

	begin();
	memset(line, 'a', sizeof(line));
	memcpy(line, "POST /serving-hems HTTP/1.1\r\nX: ", 32);
	ck_assert_int_eq(status_of(line, sizeof(line)), 431);
	ck_assert(closed());
	end();
}
END_TEST

START_TEST(test_continue_and_chunks)
{
	char *text = inform(CWMP_1_1, "1");
	char *body = memory_format("%zx\r\n%s\r\n0\r\n\r\n", strlen(text), text);

	begin();
	ck_assert_int_eq(status_of_text("POST /serving-hems HTTP/1.1\r\nHost: x\r\n"
					"Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"),
			 100);
	ck_assert_int_eq(status_of_text(body), 200);
	free(text);
	free(body);
	end();
}
END_TEST

/* Octet by octet, then with a second request behind the first in one piece. */
START_TEST(test_pieces)
{
	static const char one[] = "POST /serving-hems HTTP/1.1\r\nContent-Length: 0\r\n\r\n";

	begin();
	for (size_t i = 0; i < sizeof(one) - 1; i++) {
		client_send(&client, one + i, 1);
		test_run(&test, NULL, MILLISECONDS(1));
	}
	ck_assert_int_eq(client_receive(&client)->status, 204);
	char *two = memory_format("%s%s", one, one);

	ck_assert_int_eq(status_of_text(two), 204);
	ck_assert_int_eq(client_receive(&client)->status, 204);
	free(two);
	end();
}
END_TEST

START_TEST(test_idle)
{
	begin();
	int64_t start = loop_now(test.loop);

	test_run(&test, &client.ended, SECONDS(1000));
	ck_assert(client.ended);
	ck_assert_int_ge(loop_now(test.loop) - start, SECONDS(299));
	ck_assert_int_le(loop_now(test.loop) - start, SECONDS(301));
	end();
}
END_TEST

START_TEST(test_actions)
{
	struct problem problem = { "" };

	begin();
	message_free(say_inform(CWMP_1_1, "1"));
	ck_assert_int_eq(hms_fake.act(test.fake, "dance", NULL, NULL, &problem), -1);
	ck_assert_str_ne(problem.text, "");
	ck_assert_int_eq(hms_fake.act(test.fake, "close-connection", NULL, NULL, &problem), 0);
	ck_assert(closed());
	client_close(&client);
	client_open(&client, &test, NULL);
	test_cue(&test, "Reboot");
	struct message *message = client_message(client_post(&client, "", ""));

	ck_assert_str_eq(message->name, "Reboot");
	message_free(message);
	hms_fake.reset(test.fake);
	ck_assert(closed());
	client_close(&client);
	client_open(&client, &test, NULL);
	say_and_check_fault("<c:TransferComplete/>", "8001"); /* the session is forgotten */
	end();
}
END_TEST

/* More sessions and connections than there are places for: the oldest go, nothing else. */
START_TEST(test_bounds)
{
	begin();
	for (int i = 0; i < 600; i++) {
		free(client.cookies);
		client.cookies = NULL;
		message_free(say_inform(CWMP_1_1, "1"));
	}
	struct client *many = memory_new(300 * sizeof(*many));
	size_t refused = 0;

	for (size_t i = 0; i < 300; i++)
		client_open(&many[i], &test, NULL);
	test_run(&test, NULL, MILLISECONDS(1));
	for (size_t i = 0; i < 300; i++) {
		refused += many[i].ended;
		client_close(&many[i]);
	}
	ck_assert_uint_eq(refused, 300 - (LIMIT_HMS_CONNECTIONS_EACH - 1));
	free(many);
	end();
}
END_TEST

/* One octet of a good exchange damaged at a time: whatever it says, the fake goes on. */
START_TEST(test_damage)
{
	char *text = inform(CWMP_1_1, "1");
	char *request = memory_format("POST /serving-hems HTTP/1.1\r\nCookie: session=0-a\r\n"
				      "Content-Length: %zu\r\n\r\n%s",
				      strlen(text), text);
	size_t length = strlen(request);

	begin();
	for (size_t i = 0; i < length; i += 3) {
		char *damaged = memory_text_length(request, length);

		damaged[i] = (char)(damaged[i] ^ (1 << (i % 8)));
		client_send(&client, damaged, i % 2 ? length : i);
		free(damaged);
		test_run(&test, NULL, MILLISECONDS(1));
		client_close(&client);
		client_open(&client, &test, NULL);
	}
	ck_assert_int_eq(client_post(&client, text, "")->status, 200);
	free(text);
	free(request);
	end();
}
END_TEST

START_TEST(test_wrong_settings)
{
	static const char *const rows[][2] = {
		{ "scheme", "http" }, { "tls-oldest", "1.2" },	{ "client-certificate", "none" },
		{ "authentication", "none" }, { "algorithm", "MD5" }, { "cwmp", "1.1" },
	};
	struct problem problem;

	begin();
	ck_assert_ptr_null(hms_fake.start(&test.stage, "public-dns", &problem));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *name = memory_format("initial-hems.%s", rows[i][0]);

		profile_set(test.profile, name, "gopher");
		problem.text[0] = '\0';
		ck_assert_ptr_null(hms_fake.start(&test.stage, "initial-hems", &problem));
		ck_assert_msg(strstr(problem.text, name) && strstr(problem.text, "gopher"), "%s",
			      problem.text);
		profile_set(test.profile, name, rows[i][1]);
		free(name);
	}
	end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hms");
	TCase *good = tcase_create("good behaviour"), *bad = tcase_create("bad input");

	tcase_set_timeout(good, 60);
	tcase_set_timeout(bad, 120);
	tcase_add_test(good, test_session);
	tcase_add_test(good, test_namespaces);
	tcase_add_test(good, test_reconnect);
	tcase_add_test(good, test_device_requests);
	tcase_add_test(good, test_all_methods);
	tcase_add_test(good, test_arguments);
	tcase_add_test(good, test_continue_and_chunks);
	tcase_add_test(good, test_idle);
	tcase_add_test(good, test_actions);
	tcase_add_test(bad, test_bad_http);
	tcase_add_test(bad, test_long_head);
	tcase_add_test(bad, test_pieces);
	tcase_add_test(bad, test_bounds);
	tcase_add_test(bad, test_damage);
	tcase_add_test(bad, test_wrong_settings);
	suite_add_tcase(suite, good);
	suite_add_tcase(suite, bad);
	return suite_run(suite);
}
