/* The device's own network ends: stub resolver, Connection Request server, file transfer, TLS. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/http-client.h"
#include "fakes/device/resolver.h"
#include "fakes/device/state.h"
#include "harness/loop/pki.h"
#include "protocols/dns.h"
#include "protocols/http-auth.h"
#include "protocols/memory.h"
#include "protocols/xml.h"
#include "tests/fakes/device-stand.h"
#include "tests/suite.h"

#define REQUEST_URL "Device.ManagementServer.ConnectionRequestURL"

/* A DNS server that answers as a test says. */
struct tiny_dns {
	struct loop *loop;
	struct datagram_socket *socket;
	struct listener *listener;
	struct stream *caller;
	struct address address;
	int asked;
	char names[8][DNS_NAME];
	uint16_t types[8];
	int drop;          /* so many queries are not answered */
	bool wrong_id, wrong_name; /* a wrong answer comes before the right one */
	bool truncate;     /* over UDP */
	int rcode;
	bool alias;        /* hms.example is an alias of other.example, without its address */
	bool only_six;     /* AAAA only */
};

static void dns_answer(struct tiny_dns *dns, const struct dns_message *query, bool tcp,
		       bool bad, struct buffer *out)
{
	struct dns_message answer = *query;
	struct dns_record record = {.class = 1, .ttl = 60};
	bool alias = dns->alias && !strcmp(query->questions[0].name, "hms.example");

	answer.response = true;
	answer.rcode = (uint8_t)dns->rcode;
	answer.answers = &record;
	answer.answer_count = 1;
	snprintf(record.name, sizeof(record.name), "%s", query->questions[0].name);
	record.type = alias ? DNS_CNAME : query->questions[0].type;
	snprintf(record.target, sizeof(record.target), "other.example");
	address_parse(record.type == DNS_AAAA ? "::1" : bad ? "127.0.99.1" : "127.0.20.1",
		      &record.address);
	if (dns->only_six && query->questions[0].type == DNS_A)
		answer.answer_count = 0;
	if (bad && dns->wrong_id)
		answer.id ^= 1;
	if (bad && dns->wrong_name)
		snprintf(answer.questions[0].name, sizeof(answer.questions[0].name), "evil");
	if (dns->truncate && !tcp) {
		answer.truncated = true;
		answer.answer_count = 0;
	}
	dns_encode(&answer, 0, out);
}

static void note(struct tiny_dns *dns, const struct dns_message *query)
{
	ck_assert_int_lt(dns->asked, 8);
	snprintf(dns->names[dns->asked], DNS_NAME, "%s", query->questions[0].name);
	dns->types[dns->asked++] = query->questions[0].type;
}

static void dns_datagram(void *context, const struct address *source, const void *octets,
			 size_t length)
{
	struct tiny_dns *dns = context;
	struct dns_message query;
	struct buffer out = {0};

	ck_assert_int_eq(dns_decode(octets, length, &query, NULL), 0);
	note(dns, &query);
	if (dns->drop-- > 0) {
		dns_message_clear(&query);
		return;
	}
	if (dns->wrong_id || dns->wrong_name) {
		dns_answer(dns, &query, false, true, &out);
		datagram_socket_send(dns->socket, source, out.octets, out.length);
		buffer_clear(&out);
	}
	dns_answer(dns, &query, false, false, &out);
	datagram_socket_send(dns->socket, source, out.octets, out.length);
	buffer_free(&out);
	dns_message_clear(&query);
}

static void dns_octets(void *context, struct stream *stream, const void *octets, size_t length)
{
	struct tiny_dns *dns = context;
	struct dns_message query;
	struct buffer out = {0}, framed = {0};

	ck_assert_int_eq(dns_decode((const uint8_t *)octets + 2, length - 2, &query, NULL), 0);
	note(dns, &query);
	dns_answer(dns, &query, true, false, &out);
	buffer_add_u16(&framed, (uint16_t)out.length);
	buffer_add(&framed, out.octets, out.length);
	stream_write(stream, framed.octets, framed.length);
	buffer_free(&out);
	buffer_free(&framed);
	dns_message_clear(&query);
}

static void dns_ended(void *context, struct stream *stream, enum stream_end how,
		      const struct problem *problem)
{
	struct tiny_dns *dns = context;

	(void)how;
	(void)problem;
	stream_close(stream);
	dns->caller = NULL;
}

static void dns_accepted(void *context, struct stream *stream)
{
	static const struct stream_events events = {.octets = dns_octets, .ended = dns_ended};
	struct tiny_dns *dns = context;

	dns->caller = stream;
	stream_set_events(stream, &events, dns);
}

static void dns_make(struct tiny_dns *dns, struct loop *loop)
{
	struct problem problem;

	memset(dns, 0, sizeof(*dns));
	dns->loop = loop;
	address_parse("127.0.10.1", &dns->address);
	dns->socket = datagram_socket_new(loop, &dns->address, NULL, dns_datagram, dns, &problem);
	ck_assert_msg(dns->socket != NULL, "%s", problem.text);
	dns->address = *datagram_socket_address(dns->socket);
	dns->listener = listener_new(loop, &dns->address, NULL, NULL, TRANSPORT_DNS, dns_accepted,
				     dns, &problem);
	ck_assert_msg(dns->listener != NULL, "%s", problem.text);
}

static void dns_clear(struct tiny_dns *dns)
{
	datagram_socket_close(dns->socket);
	stream_close(dns->caller);
	listener_close(dns->listener);
}

struct outcome {
	bool done;
	char text[512]; /* the address, or why there are none */
};

static void resolved(void *context, const struct resolver_answer *answer,
		     const struct problem *problem)
{
	struct outcome *outcome = context;
	char text[ADDRESS_TEXT];

	outcome->done = true;
	snprintf(outcome->text, sizeof(outcome->text), "%s",
		 answer ? address_host(&answer->addresses[0], text) : problem->text);
}

static const char *resolve(struct tiny_dns *dns, const char *name)
{
	static struct outcome outcome;
	struct generator random;
	struct address local;

	outcome.done = false;
	generator_seed(&random, 7);
	address_parse("127.0.1.1", &local);
	resolver_ask(dns->loop, &local, &dns->address, name, &(struct resolver_way){0}, &random,
		     resolved, &outcome);
	ck_assert(!outcome.done);
	while (!outcome.done && loop_once(dns->loop))
		;
	ck_assert(outcome.done);
	return outcome.text;
}

START_TEST(resolving)
{
	struct loop *loop = loop_new(CLOCK_VIRTUAL_TIME);
	struct tiny_dns dns;

	dns_make(&dns, loop);
	ck_assert_str_eq(resolve(&dns, "192.0.2.7"), "192.0.2.7");
	ck_assert_int_eq(dns.asked, 0); /* a literal needs no query */
	ck_assert_str_eq(resolve(&dns, "hms.example"), "127.0.20.1");
	ck_assert_int_eq(dns.asked, 1);
	ck_assert_int_eq(dns.types[0], DNS_A);
	dns_clear(&dns);
	dns_make(&dns, loop);
	dns.alias = true;
	ck_assert_str_eq(resolve(&dns, "hms.example"), "127.0.20.1");
	ck_assert_str_eq(dns.names[1], "other.example");
	dns_clear(&dns);
	dns_make(&dns, loop);
	dns.only_six = true;
	ck_assert_str_eq(resolve(&dns, "hms.example"), "::1");
	ck_assert_int_eq(dns.types[1], DNS_AAAA);
	dns_clear(&dns);
	loop_free(loop);
}
END_TEST

START_TEST(resolving_against_trouble)
{
	struct loop *loop = loop_new(CLOCK_VIRTUAL_TIME);
	struct tiny_dns dns;

	dns_make(&dns, loop);
	dns.drop = 2;
	int64_t begun = loop_now(loop);
	ck_assert_str_eq(resolve(&dns, "hms.example"), "127.0.20.1");
	ck_assert_int_eq(dns.asked, 3);
	ck_assert(loop_now(loop) - begun >= SECONDS(3));
	dns.asked = 0;
	dns.drop = 100;
	ck_assert_ptr_nonnull(strstr(resolve(&dns, "hms.example"), "does not answer"));
	ck_assert_int_eq(dns.asked, 4);
	dns.drop = 0;
	dns.asked = 0;
	dns.wrong_id = true;
	ck_assert_str_eq(resolve(&dns, "hms.example"), "127.0.20.1");
	dns.wrong_id = false;
	dns.wrong_name = true;
	ck_assert_str_eq(resolve(&dns, "hms.example"), "127.0.20.1");
	dns.wrong_name = false;
	dns.rcode = DNS_SERVFAIL;
	ck_assert_ptr_nonnull(strstr(resolve(&dns, "hms.example"), "an error"));
	dns.rcode = DNS_NXDOMAIN;
	ck_assert_ptr_nonnull(strstr(resolve(&dns, "hms.example"), "no such name"));
	dns.rcode = 0;
	dns.truncate = true;
	ck_assert_str_eq(resolve(&dns, "hms.example"), "127.0.20.1"); /* over TCP */
	dns_clear(&dns);
	loop_free(loop);
}
END_TEST

START_TEST(device_asks_its_dns)
{
	struct stand stand;
	struct tiny_dns dns, wrong;
	struct problem problem;
	const char *port;

	for (int defect = 0; defect < 2; defect++) {
		stand_make(&stand, "henb-device2");
		dns_make(&dns, stand.loop);
		address_parse("127.0.10.1", &wrong.address);
		device_free(stand.device);
		port = strrchr(stand.initial.url, ':');
		char *url = memory_format("http://hms.example%s", port);
		stand.factory.hms_url = url;
		stand.factory.dns = dns.address;
		dns_make(&wrong, stand.loop);
		stand.factory.wrong_dns = wrong.address;
		stand.device = device_new(stand.loop, &stand.factory, &problem);
		if (defect)
			device_defect(stand.device, "wrong-dns", NULL);
		stand_act(&stand, "power-on", NULL);
		stand_run(&stand, SECONDS(3));
		ck_assert_str_eq(stand_heard(&stand.initial), "Inform -");
		ck_assert_int_eq(dns.asked, !defect);
		ck_assert_int_eq(wrong.asked, defect);
		char *host = memory_format("hms.example:%d", atoi(port + 1));
		ck_assert_str_eq(http_header_get(stand.initial.heard[0].post, "Host"), host);
		free(host);
		free(url);
		dns_clear(&dns);
		dns_clear(&wrong);
		stand_clear(&stand);
	}
}
END_TEST

/* A Connection Request, with the device's own HTTP client as the HMS's. */

struct asked {
	int status;
	bool done;
};

static void asked(void *context, const struct http_message *response,
		  const struct problem *problem)
{
	struct asked *state = context;

	(void)problem;
	state->done = true;
	state->status = response ? response->status : -1;
	if (response)
		ck_assert_uint_eq(response->body.length, 0);
}

static int request(struct stand *stand, const char *url, const char *username,
		   const char *password)
{
	struct generator random;
	struct asked state = {0};
	struct http_client_options options = {.loop = stand->loop, .username = username,
					      .password = password, .random = &random};

	generator_seed(&random, 3);
	address_parse("127.0.21.1", &options.local);
	struct http_client *client = http_client_new(&options, url, asked, &state, NULL);
	http_client_send(client, http_request_new("GET", "/"));
	while (!state.done && loop_once(stand->loop))
		;
	http_client_free(client);
	return state.status;
}

START_TEST(connection_requests)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	stand_act(&stand, "power-on", NULL);
	stand_run(&stand, SECONDS(3));
	char *url = memory_text(stand_informed(&stand.initial, 0, REQUEST_URL));
	ck_assert_int_eq(request(&stand, url, NULL, NULL), 401);
	ck_assert_int_eq(request(&stand, url, "cr-user", "wrong"), 401);
	ck_assert_int_eq(request(&stand, url, "somebody", "cr-secret"), 401);
	char *other = memory_format("%s0", url);
	ck_assert_int_eq(request(&stand, other, "cr-user", "cr-secret"), 404);
	stand_run(&stand, SECONDS(60));
	ck_assert_ptr_null(stand_message(&stand.initial, "Inform", 1)); /* no session ever */
	int64_t begun = loop_now(stand.loop);
	ck_assert_int_eq(request(&stand, url, "cr-user", "cr-secret"), 200);
	ck_assert_int_eq(request(&stand, url, "cr-user", "cr-secret"), 200);
	stand_run(&stand, SECONDS(60));
	ck_assert_str_eq(stand_events(&stand.initial, 1), "6 CONNECTION REQUEST");
	ck_assert(stand.initial.heard[2].time - begun < SECONDS(30));
	ck_assert_ptr_null(stand_message(&stand.initial, "Inform", 2)); /* one for both */
	device_defect(stand.device, "unauthenticated-connection-request", NULL);
	ck_assert_int_eq(request(&stand, url, NULL, NULL), 200);
	stand_run(&stand, SECONDS(3));
	ck_assert_str_eq(stand_events(&stand.initial, 2), "6 CONNECTION REQUEST");
	free(other);
	free(url);
	stand_clear(&stand);
}
END_TEST

START_TEST(connection_requests_when_busy)
{
	struct stand stand;

	for (int accepts = 0; accepts < 2; accepts++) {
		stand_make(&stand, "henb-device2");
		stand_act(&stand, "power-on", NULL);
		stand_run(&stand, SECONDS(3));
		char *url = memory_text(stand_informed(&stand.initial, 0, REQUEST_URL));
		if (accepts)
			device_variant(stand.device, "accepts-when-busy", NULL);
		stand.initial.silent = true; /* the next session hangs */
		stand_act(&stand, "move", "latitude", "1", "longitude", "1", NULL);
		stand_run(&stand, SECONDS(1));
		ck_assert_int_eq(request(&stand, url, "cr-user", "cr-secret"),
				 accepts ? 200 : 503);
		stand.initial.silent = false;
		stand_run(&stand, SECONDS(100)); /* it fails, is repeated */
		ck_assert_str_eq(stand_events(&stand.initial, 2), accepts
				 ? "4 VALUE CHANGE, 6 CONNECTION REQUEST" : "4 VALUE CHANGE");
		ck_assert_ptr_null(stand_message(&stand.initial, "Inform", 3));
		free(url);
		stand_clear(&stand);
	}
}
END_TEST

/* Whatever an HMS answers, the device lives on and tries again. */
START_TEST(spoilt_answers)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	for (int i = 0; i < 8; i++) {
		stand_queue(&stand.initial, request_set("k",
			    "Device.ManagementServer.PeriodicInformInterval", "100",
			    "xsd:unsignedInt", NULL));
		stand_queue(&stand.initial, request_get(REQUEST_URL));
		stand_queue(&stand.initial, request_attributes("Device.FaultMgmt.", 2));
	}
	stand.initial.spoil = 1;
	stand.initial.cookie = "sid=abc; Path=/";
	stand_act(&stand, "power-on", NULL);
	for (int i = 0; i < 60 && stand.initial.heard_count < 300; i++) {
		stand_run(&stand, SECONDS(3000));
		stand_act(&stand, "power-cycle", NULL); /* the waits are short again */
	}
	ck_assert_uint_ge(stand.initial.heard_count, 300);
	stand.initial.spoil = 0;
	size_t heard = stand.initial.heard_count;
	stand_run(&stand, SECONDS(6000));
	ck_assert_uint_gt(stand.initial.heard_count, heard);
	stand_clear(&stand);
}
END_TEST

static const char *child_text(const xmlNode *body, const char *name)
{
	static char text[128];
	char *value = xml_child_text(body, name);

	snprintf(text, sizeof(text), "%s", value ? value : "(none)");
	free(value);
	return text;
}

START_TEST(download)
{
	static const struct { const char *url, *code; } rows[] = {
		{NULL, "9018"}, /* it comes, and is not understood */
		{"http://127.0.40.1:1/file", "9015"},
	};

	for (size_t i = 0; i < 2; i++) {
		struct stand stand;
		stand_make(&stand, "henb-device2");
		const char *url = rows[i].url ? rows[i].url : stand.serving.url;
		stand.serving.file = "<envelope/>";
		stand_queue(&stand.initial, request_text("Download", "CommandKey", "d1",
			"FileType", "3 Vendor Configuration File", "URL", url, "Username", "",
			"Password", "", "FileSize", "0", "TargetFileName", "", "DelaySeconds",
			"0", "SuccessURL", "", "FailureURL", "", NULL));
		stand_act(&stand, "power-on", NULL);
		stand_run(&stand, SECONDS(60));
		ck_assert_str_eq(stand_heard(&stand.initial),
				 "Inform - DownloadResponse Inform TransferComplete -");
		ck_assert_str_eq(stand_events(&stand.initial, 1),
				 "7 TRANSFER COMPLETE, M Download=d1");
		const xmlNode *complete =
			stand_message(&stand.initial, "TransferComplete", 0)->body;
		ck_assert_str_eq(child_text(complete, "CommandKey"), "d1");
		ck_assert_str_eq(child_text(xml_child(complete, "FaultStruct"), "FaultCode"),
				 rows[i].code);
		ck_assert_int_eq(stand.serving.file_gets, rows[i].url ? 0 : 1);
		stand_clear(&stand);
	}
}
END_TEST

/* TLS: only the handshake and what is refused; the HMS here is a listener that answers 204. */

struct secure {
	struct listener *listener;
	struct stream *caller;
	int opened, octets;
	bool clear; /* the first octet was not one of TLS */
};

static void secure_opened(void *context, struct stream *stream)
{
	(void)stream;
	((struct secure *)context)->opened++;
}

static void secure_octets(void *context, struct stream *stream, const void *octets, size_t length)
{
	(void)stream;
	(void)octets;
	((struct secure *)context)->octets += (int)length;
}

static void secure_ended(void *context, struct stream *stream, enum stream_end how,
			 const struct problem *problem)
{
	struct secure *secure = context;

	(void)how;
	(void)problem;
	stream_close(stream);
	secure->caller = NULL;
}

static void secure_accepted(void *context, struct stream *stream)
{
	static const struct stream_events events = {secure_opened, secure_octets, secure_ended};
	struct secure *secure = context;

	stream_close(secure->caller);
	secure->caller = stream;
	stream_set_events(stream, &events, secure);
}

/* A first session over https; how many octets of HTTP reached the HMS. */
static int secure_session(enum pki_flaw flaw, const char *defect)
{
	struct stand stand;
	struct secure secure = {0};
	struct problem problem = {""};
	struct address address;
	char text[ADDRESS_TEXT];

	stand_make(&stand, "henb-device2");
	struct pki *pki = pki_new(loop_now(stand.loop) / 1000000, &problem);
	address_parse("127.0.22.1", &address);
	SSL_CTX *server = defect && !strcmp(defect, "plain-http") ? NULL
		: pki_server(pki, "127.0.22.1", NULL, flaw, NULL, 0, NULL, &problem);
	secure.listener = listener_new(stand.loop, &address, server, NULL, TRANSPORT_HTTP,
				       secure_accepted, &secure, &problem);
	ck_assert_msg(secure.listener != NULL, "%s", problem.text);
	char *url = memory_format("https://%s/", address_text(listener_address(secure.listener),
							      text));
	device_free(stand.device);
	stand.factory.hms_url = url;
	stand.factory.tls = pki_client(pki, NULL, true, stand.loop, &problem);
	stand.factory.tls_blind = pki_client(pki, NULL, false, stand.loop, &problem);
	stand.device = device_new(stand.loop, &stand.factory, &problem);
	if (defect)
		ck_assert_int_eq(device_defect(stand.device, defect, NULL), 0);
	stand_act(&stand, "power-on", NULL);
	stand_run(&stand, SECONDS(3));
	stream_close(secure.caller);
	listener_close(secure.listener);
	stand_clear(&stand);
	pki_free(pki);
	free(url);
	return secure.octets;
}

START_TEST(tls)
{
	ck_assert_int_gt(secure_session(PKI_GOOD, NULL), 500);
	ck_assert_int_eq(secure_session(PKI_UNTRUSTED, NULL), 0);
	ck_assert_int_eq(secure_session(PKI_EXPIRED, NULL), 0);
	ck_assert_int_eq(secure_session(PKI_MISNAMED, NULL), 0);
	ck_assert_int_gt(secure_session(PKI_UNTRUSTED, "accepts-bad-certificate"), 500);
	ck_assert_int_gt(secure_session(PKI_MISNAMED, "accepts-bad-certificate"), 500);
	ck_assert_int_gt(secure_session(PKI_GOOD, "plain-http"), 500);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("device-network");
	TCase *tests = tcase_create("network");

	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, resolving);
	tcase_add_test(tests, resolving_against_trouble);
	tcase_add_test(tests, device_asks_its_dns);
	tcase_add_test(tests, connection_requests);
	tcase_add_test(tests, connection_requests_when_busy);
	tcase_add_test(tests, download);
	tcase_add_test(tests, tls);
	tcase_add_test(tests, spoilt_answers);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
