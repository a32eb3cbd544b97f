/* The DNS fake, asked over sockets in virtual time. */
#include <stdlib.h>
#include <string.h>

#include "fakes/dns/zone.h"
#include "fakes/fake.h"
#include "harness/loop/stream.h"
#include "protocols/memory.h"
#include "tests/suite.h"

struct lab {
	struct loop *loop;
	struct bench *bench;
	struct profile *profile;
	struct stage stage;
	struct fake *fake;
	struct address server;
	struct datagram_socket *socket;
	struct buffer datagram; /* the last one that came */
	int datagrams;
	struct buffer tcp;
	int64_t answered;
	/* the cue that the stage gives once */
	struct arrow arrow;
	struct fault faults[2];
	struct fault_kind kinds[2];
	struct judge_setting settings[2];
	struct cue cue;
	bool cue_ready;
	int taken;
};

static const struct cue *give_cue(void *context, const char *role, const char *peer,
				  bool (*accept)(void *accept_context, const struct arrow *arrow),
				  void *accept_context)
{
	struct lab *lab = context;

	ck_assert_str_eq(role, "public-dns");
	ck_assert_ptr_null(peer);
	if (!lab->cue_ready || !accept(accept_context, &lab->arrow))
		return NULL;
	lab->cue_ready = false;
	return &lab->cue;
}

static void take_cue(void *context, const struct arrow *arrow)
{
	struct lab *lab = context;

	ck_assert_ptr_eq(arrow, &lab->arrow);
	lab->taken++;
}

static void datagram_came(void *context, const struct address *source, const void *octets,
			  size_t length)
{
	struct lab *lab = context;

	ck_assert(address_same(source, &lab->server));
	buffer_clear(&lab->datagram);
	buffer_add(&lab->datagram, octets, length);
	lab->datagrams++;
	lab->answered = loop_now(lab->loop);
}

static void lab_start(struct lab *lab)
{
	const struct address here = { .family = 4, .octets = { 127, 0, 1, 1 } };
	struct problem problem = { "" };
	struct diagnostics diagnostics = { 0 };
	char *file = suite_path("tests/fakes/dns.profile"), *maps = suite_path("scenarios/maps");

	memset(lab, 0, sizeof(*lab));
	lab->loop = loop_new(CLOCK_VIRTUAL_TIME);
	lab->profile = profile_load(file, maps, &diagnostics);
	diagnostics_print(&diagnostics, stderr);
	ck_assert_ptr_nonnull(lab->profile);
	lab->bench = bench_new("loopback", lab->profile, &problem);
	ck_assert_msg(lab->bench != NULL, "%s", problem.text);
	lab->stage = (struct stage){ .loop = lab->loop, .bench = lab->bench,
				     .profile = lab->profile, .cue = give_cue,
				     .cue_taken = take_cue, .context = lab };
	lab->fake = dns_fake.start(&lab->stage, "public-dns", &problem);
	ck_assert_msg(lab->fake != NULL, "%s", problem.text);
	ck_assert_int_eq(address_parse(bench_variable(lab->bench, "public-dns.address"),
				       &lab->server), 0);
	lab->server.port = (uint16_t)atoi(bench_variable(lab->bench, "public-dns.port"));
	lab->socket = datagram_socket_new(lab->loop, &here, NULL, datagram_came, lab, &problem);
	lab->arrow.message = memory_text("DnsResponse");
	lab->arrow.faults = lab->faults;
	lab->cue.arrow = &lab->arrow;
	lab->cue.settings = lab->settings;
	diagnostics_clear(&diagnostics);
	free(file);
	free(maps);
}

static void lab_stop(struct lab *lab)
{
	dns_fake.stop(lab->fake);
	datagram_socket_close(lab->socket);
	while (loop_once(lab->loop))
		continue;
	ck_assert_uint_eq(loop_lost(lab->loop), 0);
	loop_free(lab->loop);
	bench_free(lab->bench);
	profile_free(lab->profile);
	free(lab->arrow.message);
	buffer_free(&lab->datagram);
	buffer_free(&lab->tcp);
}

static void add_fault(struct lab *lab, const char *name, int64_t number)
{
	size_t i = lab->arrow.fault_count++;

	lab->kinds[i].name = name;
	lab->faults[i] = (struct fault){ .kind = &lab->kinds[i], .number = number };
	lab->cue_ready = true;
}

static void add_setting(struct lab *lab, const char *name, const char *value)
{
	lab->settings[lab->cue.setting_count++] =
		(struct judge_setting){ .name = name, .value = value };
	lab->cue_ready = true;
}

static void make_query(struct buffer *out, const char *name, uint16_t type, uint16_t edns)
{
	struct dns_message query = {
		.id = 0x1234, .recursion_desired = true, .question_count = 1,
		.edns = edns > 0, .edns_size = edns,
	};

	snprintf(query.questions[0].name, DNS_NAME, "%s", name);
	query.questions[0].type = type;
	query.questions[0].class = 1;
	dns_encode(&query, 0, out);
}

static void send_query(struct lab *lab, const char *name, uint16_t type, uint16_t edns)
{
	struct buffer query = { 0 };

	make_query(&query, name, type, edns);
	lab->datagrams = 0;
	ck_assert_int_eq(datagram_socket_send(lab->socket, &lab->server, query.octets,
					      query.length), 0);
	buffer_free(&query);
	for (int i = 0; i < 20 && lab->datagrams == 0 && loop_once(lab->loop); i++)
		continue;
}

/* Asks by UDP; the answer must be readable. */
static struct dns_message ask(struct lab *lab, const char *name, uint16_t type)
{
	struct dns_message answer = { 0 };
	struct problem problem = { "" };

	send_query(lab, name, type, 0);
	ck_assert_int_eq(lab->datagrams, 1);
	ck_assert_msg(dns_decode(lab->datagram.octets, lab->datagram.length, &answer,
				 &problem) == 0, "%s", problem.text);
	ck_assert(answer.response);
	return answer;
}

static void has_address(const struct dns_message *answer, size_t index, const char *expected)
{
	char text[ADDRESS_TEXT];

	ck_assert_uint_gt(answer->answer_count, index);
	ck_assert_str_eq(address_host(&answer->answers[index].address, text), expected);
}

START_TEST(hosts_of_the_bench)
{
	struct lab lab;

	lab_start(&lab);
	struct dns_message answer = ask(&lab, "serving-hems.lab.example", DNS_A);

	ck_assert_uint_eq(answer.id, 0x1234);
	ck_assert_uint_eq(answer.answer_count, 1);
	ck_assert(answer.authoritative && answer.recursion_desired && answer.recursion_available);
	ck_assert(!answer.edns);
	has_address(&answer, 0, "127.0.21.1");
	dns_message_clear(&answer);
	answer = ask(&lab, "mme.lab.example", DNS_AAAA);
	has_address(&answer, 0, "2001:db8::51");
	dns_message_clear(&answer);
	answer = ask(&lab, "mme.lab.example", DNS_A); /* known, but not of that kind */
	ck_assert_uint_eq(answer.answer_count, 0);
	ck_assert_int_eq(answer.rcode, DNS_NOERROR);
	dns_message_clear(&answer);
	answer = ask(&lab, "nobody.lab.example", DNS_A);
	ck_assert_int_eq(answer.rcode, DNS_NXDOMAIN);
	dns_message_clear(&answer);
	answer = ask(&lab, "1.21.0.127.in-addr.arpa", DNS_PTR);
	ck_assert_str_eq(answer.answers[0].target, "serving-hems.lab.example");
	dns_message_clear(&answer);
	answer = ask(&lab,
		     "1.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
		     DNS_PTR);
	ck_assert_str_eq(answer.answers[0].target, "mme.lab.example");
	dns_message_clear(&answer);
	lab_stop(&lab);
}
END_TEST

START_TEST(records_of_the_profile)
{
	struct lab lab;

	lab_start(&lab);
	struct dns_message answer = ask(&lab, "_hems._tcp.lab.example", DNS_SRV);

	ck_assert_uint_eq(answer.answer_count, 1);
	ck_assert_uint_eq(answer.additional_count, 1);
	ck_assert_uint_eq(answer.answers[0].priority, 10);
	ck_assert_uint_eq(answer.answers[0].weight, 5);
	ck_assert_uint_eq(answer.answers[0].port, 7547);
	ck_assert_str_eq(answer.answers[0].target, "serving-hems.lab.example");
	ck_assert_uint_eq(answer.answers[1].type, DNS_A);
	dns_message_clear(&answer);
	answer = ask(&lab, "hems.lab.example", DNS_A);
	ck_assert_uint_eq(answer.answer_count, 2);
	ck_assert_uint_eq(answer.answers[0].type, DNS_CNAME);
	has_address(&answer, 1, "127.0.21.1");
	dns_message_clear(&answer);
	answer = ask(&lab, "multi.lab.example", DNS_A);
	has_address(&answer, 0, "192.0.2.3");
	has_address(&answer, 1, "192.0.2.1");
	has_address(&answer, 2, "192.0.2.2");
	dns_message_clear(&answer);
	answer = ask(&lab, "lab.example", DNS_NAPTR);
	ck_assert_str_eq(answer.answers[0].flags, "s");
	ck_assert_str_eq(answer.answers[0].service, "hems+tcp");
	ck_assert_str_eq(answer.answers[0].regexp, "!^.*$!x!");
	ck_assert_str_eq(answer.answers[0].target, "_hems._tcp.lab.example");
	dns_message_clear(&answer);
	answer = ask(&lab, "lab.example", DNS_ANY);
	ck_assert_uint_eq(answer.answer_count, 4);
	dns_message_clear(&answer);
	answer = ask(&lab, "lost.lab.example", DNS_A);
	ck_assert_uint_eq(answer.answer_count, 1);
	ck_assert_int_eq(answer.rcode, DNS_NXDOMAIN);
	dns_message_clear(&answer);
	answer = ask(&lab, "loop.lab.example", DNS_A); /* ends, one way or another */
	ck_assert_uint_ge(answer.answer_count, 1);
	dns_message_clear(&answer);
	lab_stop(&lab);
}
END_TEST

START_TEST(case_is_echoed)
{
	struct lab lab;

	lab_start(&lab);
	struct dns_message answer = ask(&lab, "sErViNg-HeMs.LaB.eXaMpLe", DNS_A);

	ck_assert_str_eq(answer.questions[0].name, "sErViNg-HeMs.LaB.eXaMpLe");
	ck_assert_str_eq(answer.answers[0].name, "sErViNg-HeMs.LaB.eXaMpLe");
	dns_message_clear(&answer);
	lab_stop(&lab);
}
END_TEST

static void add_many(struct lab *lab)
{
	for (int i = 1; i <= 50; i++) {
		char name[32], value[64];

		snprintf(name, sizeof(name), "zone.%d", 13 + i);
		snprintf(value, sizeof(value), "many.lab.example A 192.0.2.%d", i);
		profile_set(lab->profile, name, value);
	}
	dns_fake.stop(lab->fake);
	struct problem problem = { "" };

	lab->fake = dns_fake.start(&lab->stage, "public-dns", &problem);
	ck_assert_msg(lab->fake != NULL, "%s", problem.text);
	lab->server.port = (uint16_t)atoi(bench_variable(lab->bench, "public-dns.port"));
}

START_TEST(large_answers_are_truncated)
{
	struct dns_message answer;
	struct lab lab;

	lab_start(&lab);
	add_many(&lab);
	send_query(&lab, "many.lab.example", DNS_A, 0);
	ck_assert_uint_le(lab.datagram.length, 512);
	ck_assert_int_eq(dns_decode(lab.datagram.octets, lab.datagram.length, &answer, NULL), 0);
	ck_assert(answer.truncated);
	dns_message_clear(&answer);
	send_query(&lab, "many.lab.example", DNS_A, 1400);
	ck_assert_int_eq(dns_decode(lab.datagram.octets, lab.datagram.length, &answer, NULL), 0);
	ck_assert(!answer.truncated);
	ck_assert(answer.edns);
	ck_assert_uint_eq(answer.answer_count, 50);
	dns_message_clear(&answer);
	lab_stop(&lab);
}
END_TEST

static void tcp_octets(void *context, struct stream *stream, const void *octets, size_t length)
{
	struct lab *lab = context;

	(void)stream;
	buffer_add(&lab->tcp, octets, length);
}

/* Two queries in one go, cut at an odd place; the fake answers both. */
START_TEST(tcp)
{
	static const struct stream_events events = { .octets = tcp_octets };
	struct buffer query = { 0 }, both = { 0 };
	struct dns_message answer;
	struct lab lab;

	lab_start(&lab);
	add_many(&lab);
	make_query(&query, "many.lab.example", DNS_A, 0);
	for (int i = 0; i < 2; i++) {
		buffer_add_u16(&both, (uint16_t)query.length);
		buffer_add(&both, query.octets, query.length);
	}
	struct stream *stream = stream_connect(lab.loop, NULL, &lab.server, NULL, NULL, NULL,
					       TRANSPORT_DNS, &events, &lab);

	stream_write(stream, both.octets, 5);
	while (loop_once(lab.loop))
		continue;
	stream_write(stream, both.octets + 5, both.length - 5);
	while (loop_once(lab.loop))
		continue;
	size_t size = (size_t)lab.tcp.octets[0] << 8 | lab.tcp.octets[1];

	ck_assert_uint_eq(lab.tcp.length, 2 * (size + 2));
	ck_assert_int_eq(dns_decode(lab.tcp.octets + 2, size, &answer, NULL), 0);
	ck_assert_uint_eq(answer.answer_count, 50);
	ck_assert(!answer.truncated);
	dns_message_clear(&answer);
	stream_close(stream);
	buffer_free(&query);
	buffer_free(&both);
	lab_stop(&lab);
}
END_TEST

START_TEST(error_faults)
{
	static const struct {
		const char *fault;
		int rcode;
	} faults[] = { { "servfail", 2 }, { "nxdomain", 3 }, { "refused", 5 } };
	struct lab lab;

	lab_start(&lab);
	add_fault(&lab, faults[_i].fault, 0);
	struct dns_message answer = ask(&lab, "serving-hems.lab.example", DNS_A);

	ck_assert_int_eq(answer.rcode, faults[_i].rcode);
	ck_assert_uint_eq(answer.answer_count, 0);
	ck_assert_int_eq(lab.taken, 1);
	dns_message_clear(&answer);
	answer = ask(&lab, "serving-hems.lab.example", DNS_A); /* no cue: good again */
	has_address(&answer, 0, "127.0.21.1");
	dns_message_clear(&answer);
	lab_stop(&lab);
}
END_TEST

START_TEST(other_faults)
{
	struct dns_message answer;
	struct lab lab;

	lab_start(&lab);
	add_fault(&lab, "truncated-answer", 0);
	answer = ask(&lab, "serving-hems.lab.example", DNS_A);
	ck_assert(answer.truncated);
	ck_assert_uint_eq(answer.answer_count, 0);
	dns_message_clear(&answer);
	lab.arrow.fault_count = 0;
	add_fault(&lab, "wrong-dns-id", 0);
	answer = ask(&lab, "serving-hems.lab.example", DNS_A);
	ck_assert_uint_ne(answer.id, 0x1234);
	has_address(&answer, 0, "127.0.21.1");
	dns_message_clear(&answer);
	lab.arrow.fault_count = 0;
	add_fault(&lab, "wrong-address", 0);
	answer = ask(&lab, "serving-hems.lab.example", DNS_A);
	has_address(&answer, 0, "127.0.255.254");
	dns_message_clear(&answer);
	lab.arrow.fault_count = 0;
	add_fault(&lab, "compression-loop", 0);
	send_query(&lab, "serving-hems.lab.example", DNS_A, 0);
	ck_assert_int_eq(lab.datagrams, 1);
	ck_assert_int_eq(dns_decode(lab.datagram.octets, lab.datagram.length, &answer, NULL), -1);
	lab_stop(&lab);
}
END_TEST

START_TEST(silence)
{
	struct lab lab;

	lab_start(&lab);
	add_fault(&lab, _i ? "drop" : "no-answer", 0);
	send_query(&lab, "serving-hems.lab.example", DNS_A, 0);
	ck_assert_int_eq(lab.datagrams, 0);
	ck_assert_int_eq(lab.taken, 1);
	lab_stop(&lab);
}
END_TEST

START_TEST(delay)
{
	struct lab lab;

	lab_start(&lab);
	int64_t start = loop_now(lab.loop);

	add_fault(&lab, "delay", SECONDS(7));
	add_fault(&lab, "servfail", 0);
	struct dns_message answer = ask(&lab, "serving-hems.lab.example", DNS_A);

	ck_assert_int_eq(lab.answered - start, SECONDS(7));
	ck_assert_int_eq(answer.rcode, DNS_SERVFAIL);
	dns_message_clear(&answer);
	lab.cue_ready = true;
	send_query(&lab, "serving-hems.lab.example", DNS_A, 0);
	lab.cue_ready = true;
	lab.datagrams = 0;
	struct buffer query = { 0 };

	make_query(&query, "serving-hems.lab.example", DNS_A, 0);
	datagram_socket_send(lab.socket, &lab.server, query.octets, query.length);
	buffer_free(&query);
	loop_once(lab.loop);
	dns_fake.reset(lab.fake); /* forgets what was to come */
	while (loop_once(lab.loop))
		continue;
	ck_assert_int_eq(lab.datagrams, 0);
	lab_stop(&lab);
}
END_TEST

START_TEST(settings)
{
	struct lab lab;

	lab_start(&lab);
	add_setting(&lab, "address", "192.0.2.9 2001:db8::9 192.0.2.1");
	struct dns_message answer = ask(&lab, "nobody.lab.example", DNS_A);

	ck_assert_int_eq(answer.rcode, DNS_NOERROR);
	ck_assert_uint_eq(answer.answer_count, 2);
	has_address(&answer, 0, "192.0.2.9");
	has_address(&answer, 1, "192.0.2.1");
	dns_message_clear(&answer);
	lab.cue_ready = true;
	answer = ask(&lab, "nobody.lab.example", DNS_AAAA);
	ck_assert_uint_eq(answer.answer_count, 1);
	dns_message_clear(&answer);
	lab.cue.setting_count = 0;
	add_setting(&lab, "rcode", "REFUSED");
	answer = ask(&lab, "serving-hems.lab.example", DNS_A);
	ck_assert_int_eq(answer.rcode, DNS_REFUSED);
	dns_message_clear(&answer);
	lab.cue.setting_count = 0;
	add_setting(&lab, "name", "other.example");
	answer = ask(&lab, "serving-hems.lab.example", DNS_A);
	ck_assert_str_eq(answer.answers[0].name, "other.example");
	dns_message_clear(&answer);
	lab_stop(&lab);
}
END_TEST

START_TEST(what_is_no_query)
{
	static const char garbage[] = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\0\1";
	struct dns_message answer;
	struct lab lab;

	lab_start(&lab);
	datagram_socket_send(lab.socket, &lab.server, garbage, sizeof(garbage));
	while (loop_once(lab.loop))
		continue;
	ck_assert_int_eq(lab.datagrams, 1);
	ck_assert_int_eq(dns_decode(lab.datagram.octets, lab.datagram.length, &answer, NULL), 0);
	ck_assert_int_eq(answer.rcode, DNS_FORMERR);
	ck_assert_uint_eq(answer.id, 0x1234);
	dns_message_clear(&answer);
	datagram_socket_send(lab.socket, &lab.server, "\x12", 1);
	datagram_socket_send(lab.socket, &lab.server, "\x12\x34\x81\0\0\0\0\0\0\0\0\0", 12);
	while (loop_once(lab.loop))
		continue;
	ck_assert_int_eq(lab.datagrams, 1); /* too short, and a response: no answer */
	lab_stop(&lab);
}
END_TEST

START_TEST(bad_zone_lines)
{
	static const char *const lines[] = {
		"", "a A", "a B x", "a A 1.2.3", "a A ::1", "a AAAA 1.2.3.4", "a SRV 1 2 x",
		"a SRV 1 2 99999 x", "a SRV 1 2 -3 x", "a NAPTR 1 2 \"s", "a CNAME b c",
		"a..b CNAME c", ".a CNAME c", "1 2 3 4 5 6 7 8 9 10 11",
		"a CNAME 0123456789012345678901234567890123456789012345678901234567890123456789",
	};
	struct dns_record record;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct problem problem = { "" };

		ck_assert_msg(zone_parse_record(lines[i], &record, &problem) == -1, "%s", lines[i]);
		ck_assert_str_ne(problem.text, "");
	}
	ck_assert_int_eq(zone_parse_record("a NAPTR 1 2 \"\" \"s p\" \"\" .", &record, NULL), 0);
	ck_assert_str_eq(record.service, "s p");
	ck_assert_str_eq(record.target, "");
}
END_TEST

START_TEST(bad_zone_says_where)
{
	struct problem problem = { "" };
	struct lab lab;

	lab_start(&lab);
	profile_set(lab.profile, "zone.2", "hems.lab.example CNAME");
	ck_assert_ptr_null(dns_fake.start(&lab.stage, "private-dns", &problem));
	ck_assert_str_eq(problem.text, "zone.2: a record is a name, a type and data");
	ck_assert_int_eq(dns_fake.act(lab.fake, "dance", NULL, NULL, &problem), -1);
	dns_fake.cue(lab.fake);
	lab_stop(&lab);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dns-fake");
	TCase *tests = tcase_create("dns-fake");

	tcase_add_test(tests, hosts_of_the_bench);
	tcase_add_test(tests, records_of_the_profile);
	tcase_add_test(tests, case_is_echoed);
	tcase_add_test(tests, large_answers_are_truncated);
	tcase_add_test(tests, tcp);
	tcase_add_loop_test(tests, error_faults, 0, 3);
	tcase_add_test(tests, other_faults);
	tcase_add_loop_test(tests, silence, 0, 2);
	tcase_add_test(tests, delay);
	tcase_add_test(tests, settings);
	tcase_add_test(tests, what_is_no_query);
	tcase_add_test(tests, bad_zone_lines);
	tcase_add_test(tests, bad_zone_says_where);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
