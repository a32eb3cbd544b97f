#include <stdlib.h>
#include <string.h>

#include "protocols/esp.h"
#include "protocols/ikev2-names.h"
#include "protocols/memory.h"
#include "tests/protocols/ikev2-parts.h"
#include "tests/suite.h"

static const struct {
	uint16_t encryption, key_bits, integrity;
	bool esn;
} suites[] = {
	{ IKEV2_ENCR_AES_CBC, 128, IKEV2_AUTH_HMAC_SHA1_96, false },
	{ IKEV2_ENCR_AES_CBC, 128, IKEV2_AUTH_HMAC_SHA2_256_128, true },
	{ IKEV2_ENCR_AES_CBC, 256, IKEV2_AUTH_HMAC_SHA2_384_192, true },
	{ IKEV2_ENCR_3DES, 0, IKEV2_AUTH_HMAC_SHA1_96, false },
	{ IKEV2_ENCR_NULL, 0, IKEV2_AUTH_HMAC_SHA2_256_128, false },
	{ IKEV2_ENCR_AES_GCM_16, 128, 0, false },
	{ IKEV2_ENCR_AES_GCM_16, 256, 0, true },
};
#define SUITES (sizeof(suites) / sizeof(suites[0]))
#define SPI 0xc0ffee01

static struct esp_sa *sa_at(int index, uint8_t seed)
{
	uint8_t key[IPSEC_KEY_LIMIT], integrity_key[IPSEC_KEY_LIMIT];
	const struct ipsec_encryption *encryption =
		ipsec_encryption_find(suites[index].encryption, suites[index].key_bits);
	const struct ipsec_integrity *integrity = ipsec_integrity_find(suites[index].integrity);

	for (size_t i = 0; i < sizeof(key); i++)
		integrity_key[i] = (uint8_t)(~(key[i] = (uint8_t)(i * 5 + seed)));
	struct ipsec_cipher *cipher = ipsec_cipher_new(
		encryption, integrity,
		octets_of(key, (size_t)encryption->key_octets + encryption->salt_octets),
		octets_of(integrity_key, integrity ? integrity->key_octets : 0u));
	ck_assert_ptr_nonnull(cipher);
	return esp_sa_new(SPI, suites[index].esn, cipher);
}

static struct buffer packet_of(size_t length, uint8_t version)
{
	struct buffer packet = { 0 };

	for (size_t i = 0; i < length; i++)
		buffer_add_u8(&packet, (uint8_t)i);
	packet.octets[0] = (uint8_t)(version << 4 | 5);
	return packet;
}

static enum esp_verdict open_packet(struct esp_sa *sa, const struct buffer *sealed,
				    struct buffer *out)
{
	uint8_t *exact = memory_new(sealed->length);
	enum esp_verdict verdict;

	memcpy(exact, sealed->octets, sealed->length);
	buffer_clear(out);
	verdict = esp_decapsulate(sa, octets_of(exact, sealed->length), out);
	free(exact);
	return verdict;
}

START_TEST(there_and_back)
{
	struct esp_sa *out = sa_at(_i, 1), *in = sa_at(_i, 1);

	for (size_t length = 20; length < 120; length++) {
		struct buffer packet = packet_of(length, length % 2 ? 4 : 6), sealed = { 0 };
		struct buffer back = { 0 };

		ck_assert_int_eq(esp_encapsulate(out, octets_of(packet.octets, length), &sealed,
						 NULL), 0);
		ck_assert_uint_eq(esp_spi(octets_of(sealed.octets, sealed.length)), SPI);
		ck_assert_int_eq(open_packet(in, &sealed, &back), ESP_GOOD);
		ck_assert_uint_eq(back.length, length);
		ck_assert_mem_eq(back.octets, packet.octets, length);
		ck_assert_int_eq(open_packet(in, &sealed, &back), ESP_REPLAYED);
		buffer_free(&packet);
		buffer_free(&sealed);
		buffer_free(&back);
	}
	ck_assert_uint_eq(esp_sa_packets(in), 100);
	esp_sa_free(out);
	esp_sa_free(in);
}
END_TEST

START_TEST(no_bit_can_be_turned)
{
	struct esp_sa *out = sa_at(_i, 1), *in = sa_at(_i, 1), *other = sa_at(_i, 2);
	struct buffer packet = packet_of(45, 4), sealed = { 0 }, back = { 0 };

	esp_encapsulate(out, octets_of(packet.octets, packet.length), &sealed, NULL);
	for (size_t bit = 0; bit < 8 * sealed.length; bit++) {
		sealed.octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ck_assert_int_ne(open_packet(in, &sealed, &back), ESP_GOOD);
		ck_assert_uint_eq(back.length, 0);
		sealed.octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	size_t whole = sealed.length;
	for (sealed.length = 0; sealed.length < whole; sealed.length++)
		ck_assert_int_ne(open_packet(in, &sealed, &back), ESP_GOOD);
	ck_assert_int_eq(open_packet(other, &sealed, &back), ESP_WRONG);
	ck_assert_int_eq(open_packet(in, &sealed, &back), ESP_GOOD); /* nothing moved the window */
	esp_sa_free(out);
	esp_sa_free(in);
	esp_sa_free(other);
	buffer_free(&packet);
	buffer_free(&sealed);
	buffer_free(&back);
}
END_TEST

/* count packets, sealed in order */
static void seal_many(struct esp_sa *out, struct buffer *sealed, size_t count)
{
	struct buffer packet = packet_of(40, 4);

	for (size_t i = 0; i < count; i++) {
		memset(&sealed[i], 0, sizeof(sealed[i]));
		ck_assert_int_eq(esp_encapsulate(out, octets_of(packet.octets, packet.length),
						 &sealed[i], NULL), 0);
	}
	buffer_free(&packet);
}

/* Around 0, and (with extended numbers) around the place where the low half begins anew. */
START_TEST(the_window)
{
	static const uint64_t starts[] = { 0, 1000, UINT32_MAX - 100, UINT32_MAX - 64,
					   UINT32_MAX, (uint64_t)UINT32_MAX + 40 };
	struct buffer sealed[200], back = { 0 };

	for (size_t s = 0; s < sizeof(starts) / sizeof(starts[0]); s++) {
		if (!suites[_i].esn && starts[s] > 1000)
			continue;
		struct esp_sa *out = sa_at(_i, 1), *in = sa_at(_i, 1);

		esp_sa_set_sequence(out, starts[s]);
		esp_sa_set_sequence(in, starts[s]);
		seal_many(out, sealed, 200);
		ck_assert_int_eq(open_packet(in, &sealed[100], &back), ESP_GOOD);
		for (size_t i = 99; i > 36; i--) /* late, back to the window's end */
			ck_assert_int_eq(open_packet(in, &sealed[i], &back), ESP_GOOD);
		ck_assert_int_ne(open_packet(in, &sealed[36], &back), ESP_GOOD); /* too late */
		for (size_t i = 100; i > 37; i--)
			ck_assert_int_eq(open_packet(in, &sealed[i], &back), ESP_REPLAYED);
		ck_assert_int_eq(open_packet(in, &sealed[199], &back), ESP_GOOD); /* far ahead */
		ck_assert_int_ne(open_packet(in, &sealed[101], &back), ESP_GOOD);
		ck_assert_int_eq(open_packet(in, &sealed[136], &back), ESP_GOOD);
		for (size_t i = 0; i < 200; i++)
			buffer_free(&sealed[i]);
		esp_sa_free(out);
		esp_sa_free(in);
	}
	buffer_free(&back);
}
END_TEST

START_TEST(the_numbers_are_used_up)
{
	struct esp_sa *sa = sa_at(_i, 1);
	struct buffer packet = packet_of(40, 4), sealed = { 0 };
	struct problem problem = { "" };

	esp_sa_set_sequence(sa, suites[_i].esn ? UINT64_MAX - 1 : UINT32_MAX - 1);
	ck_assert_int_eq(esp_encapsulate(sa, octets_of(packet.octets, 40), &sealed, &problem), 0);
	ck_assert_int_lt(esp_encapsulate(sa, octets_of(packet.octets, 40), &sealed, &problem), 0);
	ck_assert_str_eq(problem.text, "the sequence numbers of the SA are used up");
	buffer_free(&packet);
	buffer_free(&sealed);
	esp_sa_free(sa);
}
END_TEST

START_TEST(no_ip_packet)
{
	struct esp_sa *sa = sa_at(0, 1);
	struct buffer packet = packet_of(40, 5), sealed = { 0 };

	ck_assert_int_lt(esp_encapsulate(sa, octets_of(packet.octets, 40), &sealed, NULL), 0);
	ck_assert_int_lt(esp_encapsulate(sa, octets_of(packet.octets, 0), &sealed, NULL), 0);
	ck_assert_uint_eq(sealed.length, 0);
	buffer_free(&packet);
	esp_sa_free(sa);
}
END_TEST

/* Packets that another end sealed badly: made with the same cipher, by hand. */
static enum esp_verdict of_plain(const uint8_t *plain, size_t length)
{
	uint8_t head[ESP_HEADER] = { 0xc0, 0xff, 0xee, 1, 0, 0, 0, 1 }, sealed[128];
	uint8_t key[20];
	struct esp_sa *in = sa_at(5, 1);
	struct buffer packet = { 0 }, back = { 0 };

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)(i * 5 + 1);
	struct ipsec_cipher *cipher =
		ipsec_cipher_new(ipsec_encryption_find(IKEV2_ENCR_AES_GCM_16, 128), NULL,
				 octets_of(key, sizeof(key)), octets_of(NULL, 0));
	ck_assert_int_eq(ipsec_cipher_seal(cipher, 1, octets_of(head, sizeof(head)),
					   octets_of(NULL, 0), octets_of(plain, length), sealed),
			 0);
	buffer_add(&packet, head, sizeof(head));
	buffer_add(&packet, sealed, length + ipsec_cipher_overhead(cipher));
	enum esp_verdict verdict = open_packet(in, &packet, &back);
	ck_assert_int_eq(back.length > 0, verdict == ESP_GOOD);
	buffer_free(&packet);
	buffer_free(&back);
	ipsec_cipher_free(cipher);
	esp_sa_free(in);
	return verdict;
}

START_TEST(badly_made_inside)
{
	uint8_t plain[28] = { 0x45 };

	for (uint8_t i = 0; i < 6; i++)
		plain[20 + i] = (uint8_t)(i + 1);
	plain[26] = 6; /* octets of padding */
	plain[27] = ESP_IPV4;
	ck_assert_int_eq(of_plain(plain, 28), ESP_GOOD);
	plain[27] = ESP_IPV6;
	ck_assert_int_eq(of_plain(plain, 28), ESP_MALFORMED);
	plain[27] = ESP_NOTHING;
	ck_assert_int_eq(of_plain(plain, 28), ESP_DUMMY);
	plain[27] = ESP_IPV4;
	plain[24] = 9; /* padding that does not count up */
	ck_assert_int_eq(of_plain(plain, 28), ESP_MALFORMED);
	plain[26] = 27; /* more padding than there are octets */
	ck_assert_int_eq(of_plain(plain, 28), ESP_MALFORMED);
	plain[26] = 0;
	ck_assert_int_eq(of_plain(plain + 26, 2), ESP_MALFORMED); /* nothing inside */
	ck_assert_int_eq(of_plain(plain, 0), ESP_MALFORMED);
}
END_TEST

START_TEST(what_comes_at_port_4500)
{
	static const uint8_t ike[] = { 0, 0, 0, 0, 1 }, esp[] = { 0, 0, 1, 0, 1 };

	ck_assert_int_eq(udp_encapsulated(octets_of(ike, 5)), UDP_IKE);
	ck_assert_int_eq(udp_encapsulated(octets_of(esp, 5)), UDP_ESP);
	ck_assert_int_eq(udp_encapsulated(octets_of("\xff", 1)), UDP_KEEPALIVE);
	ck_assert_int_eq(udp_encapsulated(octets_of("\xfe", 1)), UDP_NEITHER);
	ck_assert_int_eq(udp_encapsulated(octets_of(NULL, 0)), UDP_NEITHER);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("esp");
	TCase *packets = tcase_create("packets");

	tcase_add_loop_test(packets, there_and_back, 0, SUITES);
	tcase_add_loop_test(packets, no_bit_can_be_turned, 0, SUITES);
	tcase_add_loop_test(packets, the_window, 0, SUITES);
	tcase_add_loop_test(packets, the_numbers_are_used_up, 0, SUITES);
	tcase_add_test(packets, no_ip_packet);
	tcase_add_test(packets, badly_made_inside);
	tcase_add_test(packets, what_comes_at_port_4500);
	suite_add_tcase(suite, packets);
	return suite_run(suite);
}
