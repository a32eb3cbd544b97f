#include <stdlib.h>
#include <string.h>

#include "protocols/dns.h"
#include "protocols/xml.h"
#include "tests/suite.h"

/* A response: question WWW.Example.com A; answers CNAME (compressed), A; authority SOA;
 * additional OPT. */
static const uint8_t response[] = {
	0x12, 0x34, 0x85, 0x80, 0, 1, 0, 2, 0, 1, 0, 1,
	3, 'W', 'W', 'W', 7, 'E', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'c', 'o', 'm', 0, 0, 1, 0, 1,
	0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 4, 1, 'a', 0xc0, 16,
	1, 'a', 0xc0, 16, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7,
	0xc0, 16, 0, 6, 0, 1, 0, 0, 0, 9, 0, 27, 2, 'n', 's', 0xc0, 16, 0xc0, 12,
	0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5,
	0, 0, 41, 4, 0xd0, 0, 0, 0x80, 0, 0, 0,
};

static void add_record(struct dns_message *message, uint16_t type, const char *name)
{
	message->answers = realloc(message->answers, (message->answer_count + 1) *
							     sizeof(*message->answers));
	ck_assert_ptr_nonnull(message->answers);
	struct dns_record *record = &message->answers[message->answer_count++];
	memset(record, 0, sizeof(*record));
	strcpy(record->name, name);
	record->type = type;
	record->class = 1;
	record->ttl = 300;
	record->priority = 10;
	record->weight = 20;
	strcpy(record->target, "sip.example.net");
	record->port = 5060;
	strcpy(record->flags, "s");
	strcpy(record->service, "SIP+D2T");
	address_parse(type == DNS_A ? "198.51.100.4" : "2001:db8::4", &record->address);
}

static struct dns_message sample(void)
{
	struct dns_message message = { .id = 7, .response = true, .question_count = 1 };

	strcpy(message.questions[0].name, "hMs.ExAmPlE.net");
	message.questions[0].type = DNS_A;
	message.questions[0].class = 1;
	add_record(&message, DNS_A, "hMs.ExAmPlE.net");
	add_record(&message, DNS_AAAA, "hms.example.net");
	add_record(&message, DNS_SRV, "_acs._tcp.example.net");
	add_record(&message, DNS_NAPTR, "example.net");
	add_record(&message, DNS_MX, "example.net");
	add_record(&message, DNS_PTR, "4.100.51.198.in-addr.arpa");
	return message;
}

START_TEST(read_a_response)
{
	struct dns_message message;
	struct problem problem = { "" };

	ck_assert_msg(dns_decode(response, sizeof(response), &message, &problem) == 0, "%s",
		      problem.text);
	ck_assert_uint_eq(message.id, 0x1234);
	ck_assert(message.response && message.authoritative && message.recursion_desired);
	ck_assert_str_eq(message.questions[0].name, "WWW.Example.com");
	ck_assert_uint_eq(message.answer_count, 2);
	ck_assert_uint_eq(message.authority_count, 1);
	ck_assert_uint_eq(message.additional_count, 0);
	ck_assert_str_eq(message.answers[0].target, "a.Example.com");
	ck_assert_uint_eq(message.answers[1].address.octets[3], 7);
	ck_assert_str_eq(message.answers[2].target, "ns.Example.com");
	ck_assert(message.edns && message.dnssec_ok);
	ck_assert_uint_eq(message.edns_size, 1232);
	dns_message_clear(&message);
}
END_TEST

START_TEST(written_and_read_back)
{
	struct dns_message message = sample(), again;
	struct buffer out = { 0 };
	struct problem problem = { "" };

	message.edns = true;
	message.edns_size = 1232;
	message.rcode = 16; /* BADVERS: half of it is in the OPT record */
	dns_encode(&message, 0, &out);
	ck_assert_msg(dns_decode(out.octets, out.length, &again, &problem) == 0, "%s",
		      problem.text);
	ck_assert_str_eq(again.questions[0].name, "hMs.ExAmPlE.net");
	ck_assert_uint_eq(again.rcode, 16);
	ck_assert_uint_eq(again.answer_count, 6);
	/* the second name was a pointer to the question: its spelling comes back */
	ck_assert_str_eq(again.answers[1].name, "hMs.ExAmPlE.net");
	ck_assert(address_same_host(&again.answers[1].address, &message.answers[1].address));
	ck_assert_uint_eq(again.answers[2].port, 5060);
	ck_assert_str_eq(again.answers[2].target, "sip.example.net");
	ck_assert_str_eq(again.answers[3].service, "SIP+D2T");
	ck_assert(!again.truncated);
	buffer_free(&out);
	dns_message_clear(&again);
	dns_message_clear(&message);
}
END_TEST

START_TEST(cut_at_a_limit)
{
	struct dns_message message = sample(), again;

	message.edns = true;
	for (size_t limit = 60; limit < 300; limit++) {
		struct buffer out = { 0 };

		dns_encode(&message, limit, &out);
		ck_assert_uint_le(out.length, limit);
		ck_assert_int_eq(dns_decode(out.octets, out.length, &again, NULL), 0);
		ck_assert_int_eq(again.truncated, again.answer_count < 6);
		ck_assert(again.edns);
		dns_message_clear(&again);
		buffer_free(&out);
	}
	dns_message_clear(&message);
}
END_TEST

START_TEST(escaped_names)
{
	struct dns_message message = { .question_count = 1 }, again;
	struct buffer out = { 0 };

	strcpy(message.questions[0].name, "a\\.b.\\000\\200.x\\\\y");
	dns_encode(&message, 0, &out);
	ck_assert_int_eq(out.octets[12], 3);
	ck_assert_int_eq(out.octets[18], 200);
	ck_assert_int_eq(dns_decode(out.octets, out.length, &again, NULL), 0);
	ck_assert_str_eq(again.questions[0].name, message.questions[0].name);
	buffer_clear(&out);
	memset(message.questions[0].name, 'x', 64); /* a label too long: the root is written */
	message.questions[0].name[64] = '\0';
	dns_encode(&message, 0, &out);
	ck_assert_uint_eq(out.length, 12 + 1 + 4);
	buffer_free(&out);
}
END_TEST

static void refuses(const void *octets, size_t length, const char *why)
{
	struct dns_message message;
	struct problem problem = { "" };

	ck_assert_int_eq(dns_decode(octets, length, &message, &problem), -1);
	ck_assert_msg(strstr(problem.text, why) != NULL, "\"%s\" lacks \"%s\"", problem.text, why);
	ck_assert_ptr_null(message.answers);
}

START_TEST(refused)
{
	static const uint8_t self[] = "\0\1\1\0\0\1\0\0\0\0\0\0\xc0\x0c\0\1\0\1";
	static const uint8_t pair[] = "\0\1\1\0\0\1\0\0\0\0\0\0\1a\xc0\x10\xc0\x0c\0\1\0\1";
	static const uint8_t forward[] = "\0\1\1\0\0\1\0\0\0\0\0\0\xc0\x20\0\1\0\1";
	static const uint8_t label[] = "\0\1\1\0\0\1\0\0\0\0\0\0\x40\0\0\1\0\1";
	static const uint8_t many[] = "\0\1\1\0\0\0\0\x40\0\1\0\0\0";
	static const uint8_t questions[] = "\0\1\1\0\0\5\0\0\0\0\0\0\0";
	static const uint8_t shortened[] =
		"\0\1\x81\0\0\0\0\1\0\0\0\0\0\0\1\0\1\0\0\0\0\0\3\1\2\3";
	static const uint8_t rest[] =
		"\0\1\x81\0\0\0\0\1\0\0\0\0\0\0\1\0\1\0\0\0\0\0\5\1\2\3\4\5";
	uint8_t long_name[12 + 5 * 64 + 5] = { 0, 1, 1, 0, 0, 1 };

	refuses(self, sizeof(self) - 1, "compression pointer loop: at octet 12 to octet 12");
	refuses(pair, sizeof(pair) - 1, "compression pointer loop");
	refuses(forward, sizeof(forward) - 1, "compression pointer loop");
	refuses(label, sizeof(label) - 1, "label type");
	refuses(many, sizeof(many) - 1, "65 records");
	refuses(questions, sizeof(questions) - 1, "5 questions");
	refuses(shortened, sizeof(shortened) - 1, "cut");
	refuses(rest, sizeof(rest) - 1, "1 octets too many");
	refuses("", 0, "no DNS header");
	for (size_t i = 0; i < 5; i++) {
		long_name[12 + 64 * i] = 63;
		memset(long_name + 13 + 64 * i, 'a', 63);
	}
	refuses(long_name, sizeof(long_name), "name");
}
END_TEST

START_TEST(truncation_and_bit_flips)
{
	uint8_t copy[sizeof(response)];
	struct dns_message message;

	for (size_t length = 0; length < sizeof(response); length++)
		ck_assert_int_eq(dns_decode(response, length, &message, NULL), -1);
	for (size_t bit = 0; bit < sizeof(response) * 8; bit++) {
		memcpy(copy, response, sizeof(copy));
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		message_free(dns_message_decode(copy, sizeof(copy), "udp"));
	}
}
END_TEST

static void attribute_is(const xmlNode *node, const char *name, const char *wanted)
{
	char *value = xml_attribute(node, name);

	ck_assert_msg(value != NULL, "%s: no attribute %s", (const char *)node->name, name);
	ck_assert_str_eq(value, wanted);
	free(value);
}

START_TEST(document)
{
	struct message *message = dns_message_decode(response, sizeof(response), "tcp");
	xmlNode *question = xml_child(message->body, "question");
	xmlNode *answer = xml_child(message->body, "answer");
	xmlNode *authority = xml_child(message->body, "authority");

	ck_assert_str_eq(message->name, "DnsResponse");
	ck_assert_str_eq(message->protocol, "dns");
	attribute_is(message->body, "id", "4660");
	attribute_is(message->body, "rcode", "NOERROR");
	attribute_is(message->body, "transport", "tcp");
	attribute_is(message->body, "truncated", "false");
	attribute_is(question, "name", "www.example.com");
	attribute_is(question, "spelled", "WWW.Example.com");
	attribute_is(question, "type", "A");
	attribute_is(answer, "type", "CNAME");
	attribute_is(answer, "value", "a.Example.com");
	attribute_is(xml_next(answer, "answer"), "value", "192.0.2.7");
	attribute_is(xml_next(answer, "answer"), "ttl", "60");
	attribute_is(authority, "value", "ns.Example.com WWW.Example.com 1 2 3 4 5");
	attribute_is(authority, "serial", "1");
	attribute_is(xml_child(message->body, "edns"), "size", "1232");
	message_free(message);
}
END_TEST

START_TEST(document_of_types)
{
	struct dns_message dns = sample();
	struct buffer out = { 0 };

	add_record(&dns, DNS_TXT, "example.net");
	memcpy(dns.answers[6].raw, "\5hello\6 world", 13);
	dns.answers[6].raw_length = 13;
	add_record(&dns, 99, "example.net");
	memcpy(dns.answers[7].raw, "\x01\xff", 2);
	dns.answers[7].raw_length = 2;
	dns_encode(&dns, 0, &out);
	struct message *message = dns_message_decode(out.octets, out.length, "udp");
	static const char *const values[] = {
		"198.51.100.4", "2001:db8::4", "10 20 5060 sip.example.net",
		"10 20 \"s\" \"SIP+D2T\" \"\" sip.example.net", "10 sip.example.net",
		"sip.example.net", "hello world", "01ff",
	};
	xmlNode *answer = xml_child(message->body, "answer");
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		ck_assert_ptr_nonnull(answer);
		attribute_is(answer, "value", values[i]);
		attribute_is(answer, "type", dns_type_name(dns.answers[i].type));
		answer = xml_next(answer, "answer");
	}
	ck_assert_ptr_null(answer);
	buffer_free(&out);
	message_free(message);
	dns_message_clear(&dns);
}
END_TEST

START_TEST(document_of_no_dns)
{
	struct message *message = dns_message_decode("\1\2\3", 3, "udp");

	ck_assert_str_eq(message->name, "DnsMalformed");
	attribute_is(message->body, "why", "3 octets are no DNS header");
	message_free(message);
}
END_TEST

START_TEST(types)
{
	ck_assert_str_eq(dns_type_name(DNS_NAPTR), "NAPTR");
	ck_assert_str_eq(dns_type_name(99), "TYPE99");
	ck_assert_uint_eq(dns_type_value("aaaa"), DNS_AAAA);
	ck_assert_uint_eq(dns_type_value("TYPE99"), 99);
	ck_assert_uint_eq(dns_type_value("TYPE99999"), 0);
	ck_assert_uint_eq(dns_type_value("TYPE"), 0);
	ck_assert_uint_eq(dns_type_value("NONSENSE"), 0);
	ck_assert_str_eq(dns_rcode_name(DNS_NXDOMAIN), "NXDOMAIN");
	ck_assert_str_eq(dns_rcode_name(99), "99");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dns");
	TCase *tests = tcase_create("dns");

	tcase_add_test(tests, read_a_response);
	tcase_add_test(tests, written_and_read_back);
	tcase_add_test(tests, cut_at_a_limit);
	tcase_add_test(tests, escaped_names);
	tcase_add_test(tests, refused);
	tcase_add_test(tests, truncation_and_bit_flips);
	tcase_add_test(tests, document);
	tcase_add_test(tests, document_of_types);
	tcase_add_test(tests, document_of_no_dns);
	tcase_add_test(tests, types);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
