#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/loop/client-hello.h"
#include "harness/loop/tls-alert.h"
#include "protocols/buffer.h"
#include "tests/suite.h"

static const char name[] = "initial-hems.lab.example";

/* A ClientHello as OpenSSL writes it; versions 1.1 to newest. */
static void make_hello(struct buffer *out, int newest, bool named)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *ssl;
	BIO *in = BIO_new(BIO_s_mem()), *wire = BIO_new(BIO_s_mem());
	unsigned char octets[4096];

	SSL_CTX_set_cipher_list(context, "DEFAULT:@SECLEVEL=0");
	SSL_CTX_set_min_proto_version(context, TLS1_1_VERSION);
	SSL_CTX_set_max_proto_version(context, newest);
	ssl = SSL_new(context);
	SSL_set_bio(ssl, in, wire);
	if (named)
		SSL_set_tlsext_host_name(ssl, name);
	SSL_connect(ssl);
	int got = BIO_read(wire, octets, sizeof(octets));

	ck_assert_int_gt(got, 0);
	buffer_add(out, octets, (size_t)got);
	SSL_free(ssl);
	SSL_CTX_free(context);
}

START_TEST(reads_name_and_versions)
{
	struct buffer octets = { 0 };
	struct client_hello hello;

	make_hello(&octets, _i ? TLS1_2_VERSION : TLS1_3_VERSION, true);
	ck_assert_int_eq(client_hello_parse(octets.octets, octets.length, &hello), HELLO_DONE);
	ck_assert_str_eq(hello.server_name, name);
	ck_assert_str_eq(hello.versions, _i ? "TLSv1.2" : "TLSv1.3 TLSv1.2 TLSv1.1");
	buffer_free(&octets);
}
END_TEST

START_TEST(no_name)
{
	struct buffer octets = { 0 };
	struct client_hello hello;

	make_hello(&octets, TLS1_3_VERSION, false);
	ck_assert_int_eq(client_hello_parse(octets.octets, octets.length, &hello), HELLO_DONE);
	ck_assert_str_eq(hello.server_name, "");
	buffer_free(&octets);
}
END_TEST

START_TEST(every_truncation_wants_more)
{
	struct buffer octets = { 0 };
	struct client_hello hello;

	make_hello(&octets, TLS1_3_VERSION, true);
	for (size_t length = 0; length < octets.length; length++) {
		unsigned char *copy = malloc(length + 1); /* exact size: for the sanitizer */

		memcpy(copy, octets.octets, length);
		ck_assert_int_eq(client_hello_parse(copy, length, &hello), HELLO_MORE);
		free(copy);
	}
	buffer_free(&octets);
}
END_TEST

START_TEST(every_bit_flip_is_survived)
{
	struct buffer octets = { 0 };
	struct client_hello hello;
	size_t bad = 0;

	make_hello(&octets, TLS1_3_VERSION, true);
	for (size_t bit = 0; bit < octets.length * 8; bit++) {
		octets.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
		enum hello_state state =
			client_hello_parse(octets.octets, octets.length, &hello);

		ck_assert_uint_lt(strlen(hello.server_name), sizeof(hello.server_name));
		bad += state == HELLO_BAD;
		octets.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	ck_assert_uint_gt(bad, 20);
	buffer_free(&octets);
}
END_TEST

/* The message cut into records of a few octets (RFC 8446 5.1 allows it). */
START_TEST(spread_over_records)
{
	struct buffer octets = { 0 }, spread = { 0 };
	struct client_hello hello;

	make_hello(&octets, TLS1_3_VERSION, true);
	for (size_t at = 5; at < octets.length; at += 7) {
		size_t part = octets.length - at < 7 ? octets.length - at : 7;

		buffer_add(&spread, "\x16\x03\x01\x00", 4);
		buffer_add_u8(&spread, (uint8_t)part);
		buffer_add(&spread, octets.octets + at, part);
	}
	ck_assert_int_eq(client_hello_parse(spread.octets, spread.length, &hello), HELLO_DONE);
	ck_assert_str_eq(hello.server_name, name);
	buffer_free(&octets);
	buffer_free(&spread);
}
END_TEST

START_TEST(what_is_no_hello)
{
	static const struct {
		const char *octets;
		size_t length;
	} bad[] = {
		{ "GET / HTTP/1.1\r\n", 16 },
		{ "\x16\x02", 2 },
		{ "\x16\x03\x01\x00\x00", 5 },	     /* an empty record */
		{ "\x16\x03\x01\x50\x00", 5 },	     /* a record above 2^14 octets */
		{ "\x16\x03\x01\x00\x04\x02", 6 },   /* a ServerHello */
		{ "\x16\x03\x01\x00\x04\x01\xff\xff\xff", 9 }, /* a message above the limit */
		{ "\x15\x03\x01\x00\x02\x02\x28", 7 }, /* an alert */
	};
	struct client_hello hello;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(client_hello_parse((const uint8_t *)bad[i].octets, bad[i].length,
						    &hello),
				 HELLO_BAD);
}
END_TEST

START_TEST(alert_names)
{
	ck_assert_str_eq(tls_alert_name(48), "unknown_ca");
	ck_assert_str_eq(tls_alert_name(0), "close_notify");
	ck_assert_str_eq(tls_alert_name(200), "unassigned");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("client-hello");
	TCase *tests = tcase_create("client-hello");

	tcase_add_loop_test(tests, reads_name_and_versions, 0, 2);
	tcase_add_test(tests, no_name);
	tcase_add_test(tests, every_truncation_wants_more);
	tcase_add_test(tests, every_bit_flip_is_survived);
	tcase_add_test(tests, spread_over_records);
	tcase_add_test(tests, what_is_no_hello);
	tcase_add_test(tests, alert_names);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
