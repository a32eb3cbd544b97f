#include "tests/fakes/hms-client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/cwmp.h"
#include "protocols/memory.h"
#include "tests/suite.h"

static void set_all(struct profile *profile, const char *const *settings)
{
	for (; settings && *settings; settings++) {
		char *name = memory_text(*settings), *value = strchr(name, '=');

		ck_assert_ptr_nonnull(value);
		*value++ = '\0';
		profile_set(profile, name, value);
		free(name);
	}
}

void test_begin(struct place_of_test *test, const char *role, const char *const *settings)
{
	char *file = suite_path("tests/fakes/hms.profile"), *maps = suite_path("scenarios/maps");
	struct diagnostics diagnostics = { 0 };
	struct problem problem = { "" };

	memset(test, 0, sizeof(*test));
	test->role = role;
	test->loop = loop_new(CLOCK_VIRTUAL_TIME);
	test->profile = profile_load(file, maps, &diagnostics);
	if (!test->profile)
		diagnostics_print(&diagnostics, stderr);
	ck_assert_ptr_nonnull(test->profile);
	diagnostics_clear(&diagnostics);
	free(file);
	free(maps);
	set_all(test->profile, settings);
	test->bench = bench_new("loopback", test->profile, &problem);
	ck_assert_msg(test->bench != NULL, "%s", problem.text);
	test->pki = pki_new(loop_now(test->loop) / 1000000, &problem);
	ck_assert_msg(test->pki != NULL, "%s", problem.text);
	test->script.from = role;
	test->script.to = "henb";
	test->stage = (struct stage){ .loop = test->loop, .bench = test->bench, .pki = test->pki,
				      .profile = test->profile, .cue = script_cue,
				      .cue_taken = script_cue_taken, .context = &test->script };
	test->kind = strcmp(role, "file-server") ? &hms_fake : &file_server_fake;
	test->fake = test->kind->start(&test->stage, role, &problem);
	ck_assert_msg(test->fake != NULL, "%s", problem.text);
}

void test_end(struct place_of_test *test)
{
	test->kind->stop(test->fake);
	pki_free(test->pki);
	bench_free(test->bench);
	profile_free(test->profile);
	loop_free(test->loop);
}

void test_cue(struct place_of_test *test, const char *line)
{
	ck_assert_msg(script_add(&test->script, line) == 0, "%s", line);
}

static void on_over(void *context)
{
	*(bool *)context = true;
}

/* A timer of our own, so that time does not jump beyond. */
void test_run(struct place_of_test *test, const bool *done, int64_t longest)
{
	bool over = false;
	struct timer *timer = loop_after(test->loop, longest, on_over, &over);

	while (!over && !(done && *done) && loop_once(test->loop))
		continue;
	if (!over)
		loop_cancel(timer);
}

const char *test_variable(struct place_of_test *test, const char *name)
{
	char full[96];

	snprintf(full, sizeof(full), "%s.%s", test->role, name);
	return bench_variable(test->bench, full);
}

static void on_opened(void *context, struct stream *stream)
{
	struct client *client = context;

	(void)stream;
	client->opened = true;
}

static void on_octets(void *context, struct stream *stream, const void *octets, size_t length)
{
	struct client *client = context;

	(void)stream;
	buffer_add(&client->raw, octets, length);
}

static void on_ended(void *context, struct stream *stream, enum stream_end how,
		     const struct problem *problem)
{
	struct client *client = context;

	(void)stream;
	(void)problem;
	client->ended = true;
	client->how = how;
}

void client_open(struct client *client, struct place_of_test *test, SSL_CTX *tls)
{
	static const struct stream_events events = { on_opened, on_octets, on_ended };
	const char *port = test_variable(test, "port");
	struct address local, remote;
	char *cookies = client->cookies;

	memset(client, 0, sizeof(*client));
	client->cookies = cookies;
	client->test = test;
	client->parser = http_parser_new(HTTP_RESPONSE, NULL);
	bench_address(test->bench, "henb", &local);
	bench_address(test->bench, test->role, &remote);
	if (!port)
		port = test_variable(test, tls ? "https-port" : "http-port");
	remote.port = (uint16_t)atoi(port);
	client->stream = stream_connect(test->loop, &local, &remote, tls,
					tls ? test_variable(test, "host") : NULL, NULL,
					TRANSPORT_HTTP, &events, client);
	for (int i = 0; i < 100 && !client->opened && !client->ended; i++)
		loop_once(test->loop);
}

void client_close(struct client *client)
{
	stream_close(client->stream);
	http_parser_free(client->parser);
	http_message_free(client->answer);
	buffer_free(&client->raw);
	client->stream = NULL;
	client->parser = NULL;
	client->answer = NULL;
}

void client_send(struct client *client, const char *octets, size_t length)
{
	stream_write(client->stream, octets, length);
}

/* Reads what is there: true when an answer is complete or none can be. */
static bool read_answer(struct client *client)
{
	size_t used = 0;
	enum http_state state =
		http_parser_feed(client->parser, client->raw.octets, client->raw.length, &used,
				 NULL);

	buffer_consume(&client->raw, used);
	if (state == HTTP_MORE && client->ended && client->raw.length == 0)
		state = http_parser_end(client->parser, NULL);
	if (state == HTTP_DONE)
		client->answer = http_parser_take(client->parser);
	client->bad = state == HTTP_BAD;
	return client->answer || client->bad || client->ended;
}

static void keep_cookies(struct client *client)
{
	struct buffer cookies = { 0 };

	for (size_t i = 0; i < client->answer->header_count; i++) {
		const struct http_header *header = &client->answer->headers[i];

		if (strcasecmp(header->name, "Set-Cookie"))
			continue;
		if (cookies.length)
			buffer_add_text(&cookies, "; ");
		buffer_add(&cookies, header->value, strcspn(header->value, ";"));
	}
	if (cookies.length) {
		free(client->cookies);
		client->cookies = memory_text(buffer_text(&cookies));
	}
	buffer_free(&cookies);
}

const struct http_message *client_receive(struct client *client)
{
	int64_t until = loop_now(client->test->loop) + SECONDS(1000);

	http_message_free(client->answer);
	client->answer = NULL;
	while (!read_answer(client) && loop_now(client->test->loop) < until &&
	       loop_once(client->test->loop))
		continue;
	if (client->answer)
		keep_cookies(client);
	return client->answer;
}

const struct http_message *client_post(struct client *client, const char *body,
				       const char *headers)
{
	char *request = memory_format("POST %s HTTP/1.1\r\nHost: hems\r\n%s%s%s%s"
				      "Content-Length: %zu\r\n\r\n%s",
				      test_variable(client->test, "path"), headers,
				      client->cookies ? "Cookie: " : "",
				      client->cookies ? client->cookies : "",
				      client->cookies ? "\r\n" : "", strlen(body), body);

	client_send(client, request, strlen(request));
	free(request);
	return client_receive(client);
}

struct message *client_message(const struct http_message *answer)
{
	ck_assert_ptr_nonnull(answer);
	ck_assert_int_eq(answer->status, 200);
	ck_assert_str_eq(http_header_get(answer, "Content-Type"), "text/xml; charset=utf-8");
	return cwmp_decode(answer->body.octets, answer->body.length);
}

char *envelope(const char *ns, const char *id, const char *body)
{
	return memory_format(
		"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
		"xmlns:e=\"http://schemas.xmlsoap.org/soap/encoding/\" "
		"xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" "
		"xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:c=\"%s\">"
		"<s:Header>%s%s%s</s:Header><s:Body>%s</s:Body></s:Envelope>",
		ns, id ? "<c:ID s:mustUnderstand=\"1\">" : "", id ? id : "", id ? "</c:ID>" : "",
		body);
}

char *inform(const char *ns, const char *id)
{
	return envelope(
		ns, id,
		"<c:Inform><DeviceId><Manufacturer>Maker</Manufacturer><OUI>00ABCD</OUI>"
		"<ProductClass>Cell</ProductClass><SerialNumber>000001</SerialNumber></DeviceId>"
		"<Event e:arrayType=\"c:EventStruct[1]\"><EventStruct><EventCode>1 BOOT</EventCode>"
		"<CommandKey></CommandKey></EventStruct></Event><MaxEnvelopes>1</MaxEnvelopes>"
		"<CurrentTime>2026-01-01T00:00:00Z</CurrentTime><RetryCount>0</RetryCount>"
		"<ParameterList e:arrayType=\"c:ParameterValueStruct[1]\"><ParameterValueStruct>"
		"<Name>Device.ManagementServer.ConnectionRequestURL</Name>"
		"<Value xsi:type=\"xsd:string\">http://127.0.1.1:7547/cr</Value>"
		"</ParameterValueStruct></ParameterList></c:Inform>");
}
