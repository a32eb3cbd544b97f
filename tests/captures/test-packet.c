#include <stdlib.h>
#include <string.h>

#include "protocols/ip-fragments.h"
#include "protocols/packet-write.h"
#include "protocols/packet.h"
#include "tests/suite.h"

#define OCTETS "POST / HTTP/1.1\r\n"

static void make_ends(bool ipv6, struct address *source, struct address *destination)
{
	address_parse(ipv6 ? "2001:db8::1" : "192.0.2.1", source);
	address_parse(ipv6 ? "2001:db8::2" : "192.0.2.2", destination);
	source->port = 40000;
	destination->port = 7547;
}

static void add_tcp(struct buffer *out, bool ipv6)
{
	struct packet_tcp tcp = { .sequence = 1000, .acknowledgement = 2000,
				  .flags = TCP_ACK | TCP_PSH, .window = 100 };

	make_ends(ipv6, &tcp.source, &tcp.destination);
	packet_write_tcp(out, &tcp, OCTETS, strlen(OCTETS));
}

static void expect_tcp(uint32_t link_type, const struct buffer *octets, bool ipv6)
{
	struct address source, destination;
	struct packet packet;
	enum packet_kind kind = packet_read(link_type, octets->octets, octets->length, &packet);

	make_ends(ipv6, &source, &destination);
	ck_assert_msg(kind == PACKET_TCP, "link type %u: kind %d", link_type, kind);
	ck_assert(address_same(&packet.source, &source));
	ck_assert(address_same(&packet.destination, &destination));
	ck_assert_uint_eq(packet.sequence, 1000);
	ck_assert_uint_eq(packet.acknowledgement, 2000);
	ck_assert_uint_eq(packet.flags, TCP_ACK | TCP_PSH);
	ck_assert_uint_eq(packet.length, strlen(OCTETS));
	ck_assert_uint_eq(packet.missing, 0);
	ck_assert_mem_eq(packet.octets, OCTETS, strlen(OCTETS));
}

#define MAC "\1\2\3\4\5\6\7\10\11\12\13\14"

static const struct {
	uint32_t link_type;
	bool ipv6;
	const char *header;
	size_t length;
} links[] = {
	{ 1, false, MAC "\x08\x00", 14 },
	{ 1, true, MAC "\x86\xdd", 14 },
	{ 1, false, MAC "\x81\x00\x00\x07\x08\x00", 18 },
	{ 1, true, MAC "\x88\xa8\x00\x07\x81\x00\x00\x08\x86\xdd", 22 },
	{ 0, false, "\2\0\0\0", 4 },
	{ 0, true, "\0\0\0\x1e", 4 },
	{ 108, false, "\0\0\0\2", 4 },
	{ 12, false, "", 0 },
	{ 14, true, "", 0 },
	{ 101, false, "", 0 },
	{ 101, true, "", 0 },
	{ 228, false, "", 0 },
	{ 229, true, "", 0 },
	{ 113, false, "\0\0\0\1\0\6\1\2\3\4\5\6\0\0\x08\x00", 16 },
	{ 113, true, "\0\0\0\1\0\6\1\2\3\4\5\6\0\0\x81\x00\0\7\x86\xdd", 20 },
	{ 276, true, "\x86\xdd\0\0\0\0\0\1\0\1\0\6\1\2\3\4\5\6\0\0", 20 },
};

START_TEST(link_types)
{
	struct buffer octets = { 0 };
	struct packet packet;

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		buffer_clear(&octets);
		buffer_add(&octets, links[i].header, links[i].length);
		add_tcp(&octets, links[i].ipv6);
		if (links[i].link_type == 1) /* Ethernet pads: not part of the segment */
			buffer_add(&octets, "\0\0\0\0\0\0", 6);
		expect_tcp(links[i].link_type, &octets, links[i].ipv6);
		for (size_t length = 0; length < links[i].length + 20; length++)
			ck_assert_int_eq(packet_read(links[i].link_type, octets.octets, length,
						     &packet), PACKET_BROKEN);
	}
	ck_assert_int_eq(packet_read(147, octets.octets, octets.length, &packet), PACKET_OTHER);
	buffer_free(&octets);
}
END_TEST

START_TEST(other_packets)
{
	static const uint8_t arp[14 + 28] = MAC "\x08\x06";
	static const uint8_t length_field[64] = MAC "\x00\x20";
	static const uint8_t icmp[] = "\x45\0\0\x1c\0\0\0\0\x40\1\0\0\x7f\0\0\1\x7f\0\0\1abcdefg";
	struct packet packet;

	ck_assert_int_eq(packet_read(1, arp, sizeof(arp), &packet), PACKET_OTHER);
	ck_assert_int_eq(packet_read(1, length_field, sizeof(length_field), &packet),
			 PACKET_OTHER);
	ck_assert_int_eq(packet_read(101, icmp, sizeof(icmp), &packet), PACKET_OTHER);
}
END_TEST

START_TEST(udp)
{
	struct buffer octets = { 0 };
	struct address source, destination;
	struct packet packet;

	for (int ipv6 = 0; ipv6 < 2; ipv6++) {
		buffer_clear(&octets);
		make_ends(ipv6, &source, &destination);
		packet_write_udp(&octets, &source, &destination, "query", 5);
		ck_assert_int_eq(packet_read(101, octets.octets, octets.length, &packet),
				 PACKET_UDP);
		ck_assert(address_same(&packet.destination, &destination));
		ck_assert_uint_eq(packet.length, 5);
		ck_assert_mem_eq(packet.octets, "query", 5);
		ck_assert_int_eq(packet_read(101, octets.octets, octets.length - 2, &packet),
				 PACKET_UDP);
		ck_assert_uint_eq(packet.length, 3);
		ck_assert_uint_eq(packet.missing, 2);
	}
	buffer_free(&octets);
}
END_TEST

/* The sum over all 16-bit words, folded: 0xffff when the checksum in them is right. */
static unsigned folded(const uint8_t *octets, size_t length, unsigned long sum)
{
	for (size_t i = 0; i < length; i++)
		sum += (unsigned long)octets[i] << (i % 2 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (unsigned)sum;
}

START_TEST(checksums)
{
	struct buffer octets = { 0 };
	struct address source, destination;

	for (int kind = 0; kind < 4; kind++) {
		bool ipv6 = kind & 1;
		size_t header = ipv6 ? 40 : 20, addresses = ipv6 ? 32 : 8;

		buffer_clear(&octets);
		make_ends(ipv6, &source, &destination);
		if (kind < 2)
			add_tcp(&octets, ipv6);
		else
			packet_write_udp(&octets, &source, &destination, "odd", 3);
		if (!ipv6)
			ck_assert_uint_eq(folded(octets.octets, 20, 0), 0xffff);
		size_t length = octets.length - header;
		unsigned pseudo = folded(octets.octets + header - addresses, addresses,
					 length + (kind < 2 ? 6 : 17));
		ck_assert_uint_eq(folded(octets.octets + header, length, pseudo), 0xffff);
	}
	buffer_free(&octets);
}
END_TEST

START_TEST(no_checksum_is_looked_at)
{
	struct buffer octets = { 0 };

	add_tcp(&octets, false);
	octets.octets[10] ^= 0xff;
	octets.octets[36] ^= 0xff;
	expect_tcp(101, &octets, false);
	octets.octets[2] = octets.octets[3] = 0; /* length left to the card */
	expect_tcp(101, &octets, false);
	buffer_free(&octets);
}
END_TEST

START_TEST(cut_by_the_capture)
{
	struct buffer octets = { 0 };
	struct packet packet;

	add_tcp(&octets, false);
	ck_assert_int_eq(packet_read(101, octets.octets, octets.length - 7, &packet), PACKET_TCP);
	ck_assert_uint_eq(packet.length, strlen(OCTETS) - 7);
	ck_assert_uint_eq(packet.missing, 7);
	buffer_free(&octets);
}
END_TEST

/* Puts extension headers before TCP. first: the number of the first of them. */
static void extend(struct buffer *out, uint8_t first, const char *headers, size_t length)
{
	struct buffer plain = { 0 };

	add_tcp(&plain, true);
	buffer_clear(out);
	buffer_add(out, plain.octets, 40);
	out->octets[5] = (uint8_t)(plain.length - 40 + length);
	out->octets[6] = first;
	buffer_add(out, headers, length);
	buffer_add(out, plain.octets + 40, plain.length - 40);
	buffer_free(&plain);
}

START_TEST(ipv6_extension_headers)
{
	struct buffer octets = { 0 };
	struct packet packet;
	char chain[20 * 8] = { 0 };

	extend(&octets, 0, "\x2b\0\0\0\0\0\0\0\x3c\0\0\0\0\0\0\0\6\1abcdefghijklmn", 32);
	expect_tcp(229, &octets, true);
	extend(&octets, 51, "\6\2abcdefghijklmn", 16); /* authentication: counts in 4 octets */
	expect_tcp(229, &octets, true);
	extend(&octets, 44, "\6\0\0\0\0\0\0\1", 8); /* a fragment that is the whole */
	expect_tcp(229, &octets, true);
	extend(&octets, 44, "\6\0\0\1\0\0\0\1", 8);
	ck_assert_int_eq(packet_read(229, octets.octets, octets.length, &packet), PACKET_FRAGMENT);
	extend(&octets, 0, "\6\xff\0\0\0\0\0\0", 8); /* longer than the packet */
	ck_assert_int_eq(packet_read(229, octets.octets, octets.length, &packet), PACKET_BROKEN);
	extend(&octets, 0, chain, sizeof(chain));
	ck_assert_int_eq(packet_read(229, octets.octets, octets.length, &packet), PACKET_BROKEN);
	extend(&octets, 59, "", 0); /* no next header */
	ck_assert_int_eq(packet_read(229, octets.octets, octets.length, &packet), PACKET_OTHER);
	buffer_free(&octets);
}
END_TEST

/* fragments */

static struct packet fragment(const char *octets, size_t offset, size_t length, bool more)
{
	struct packet packet = { .protocol = 17, .octets = (const uint8_t *)octets + offset,
				 .length = length, .identification = 5, .offset = offset,
				 .more = more };

	make_ends(false, &packet.source, &packet.destination);
	packet.source.port = packet.destination.port = 0;
	return packet;
}

#define DATAGRAM "\0\x35\0\x36\0\x1c\0\0twenty octets in UDP"

START_TEST(fragments_in_any_order)
{
	static const size_t parts[3][2] = { { 0, 8 }, { 8, 16 }, { 24, 4 } };
	static const int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
					  { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	struct ip_fragments *fragments = ip_fragments_new();

	for (int order = 0; order < 6; order++) {
		for (int i = 0; i < 3; i++) {
			const size_t *part = parts[orders[order][i]];
			struct packet packet = fragment(DATAGRAM, part[0], part[1], part[0] < 24);
			struct packet again = packet;
			enum packet_kind kind = ip_fragments_add(fragments, &packet, order);

			ck_assert_int_eq(kind, i < 2 ? PACKET_FRAGMENT : PACKET_UDP);
			if (i < 2) /* a second copy changes nothing */
				ck_assert_int_eq(ip_fragments_add(fragments, &again, order),
						 PACKET_FRAGMENT);
			if (i == 2) {
				ck_assert_uint_eq(packet.source.port, 53);
				ck_assert_uint_eq(packet.length, 20);
				ck_assert_mem_eq(packet.octets, "twenty octets in UDP", 20);
			}
		}
	}
	ip_fragments_free(fragments);
}
END_TEST

START_TEST(fragments_that_do_not_fit)
{
	struct ip_fragments *fragments = ip_fragments_new();
	struct packet packet = fragment(DATAGRAM, 0, 7, true);

	ck_assert_int_eq(ip_fragments_add(fragments, &packet, 0), PACKET_BROKEN);
	packet = fragment(DATAGRAM, 0, 0, true);
	ck_assert_int_eq(ip_fragments_add(fragments, &packet, 0), PACKET_BROKEN);
	packet = fragment(DATAGRAM, 16, 8, true);
	ck_assert_int_eq(ip_fragments_add(fragments, &packet, 0), PACKET_FRAGMENT);
	packet = fragment(DATAGRAM, 8, 8, false); /* ends before what was seen */
	ck_assert_int_eq(ip_fragments_add(fragments, &packet, 0), PACKET_BROKEN);
	packet = fragment(DATAGRAM, 0, 24, true);
	packet.offset = 65528;
	ck_assert_int_eq(ip_fragments_add(fragments, &packet, 0), PACKET_BROKEN);
	ip_fragments_free(fragments);
}
END_TEST

START_TEST(fragments_are_bounded)
{
	struct ip_fragments *fragments = ip_fragments_new();
	struct packet packet;

	for (uint32_t i = 0; i < 1000; i++) {
		packet = fragment(DATAGRAM, 0, 8, true);
		packet.identification = i;
		ck_assert_int_eq(ip_fragments_add(fragments, &packet, i), PACKET_FRAGMENT);
	}
	for (uint32_t i = 1000; i-- > 900;) { /* the 64 youngest are still known */
		packet = fragment(DATAGRAM, 8, 20, false);
		packet.identification = i;
		ck_assert_int_eq(ip_fragments_add(fragments, &packet, 1000),
				 i >= 936 ? PACKET_UDP : PACKET_FRAGMENT);
	}
	packet = fragment(DATAGRAM, 0, 8, true);
	ip_fragments_add(fragments, &packet, 2000);
	packet = fragment(DATAGRAM, 8, 20, false); /* more than a minute late */
	ck_assert_int_eq(ip_fragments_add(fragments, &packet, 61002000), PACKET_FRAGMENT);
	ip_fragments_free(fragments);
}
END_TEST

START_TEST(bit_flips)
{
	struct buffer octets = { 0 };
	struct packet packet;

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		buffer_clear(&octets);
		buffer_add(&octets, links[i].header, links[i].length);
		add_tcp(&octets, links[i].ipv6);
		uint8_t *exact = malloc(octets.length);
		ck_assert_ptr_nonnull(exact);
		memcpy(exact, octets.octets, octets.length);
		for (size_t bit = 0; bit < octets.length * 8; bit++) {
			exact[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (packet_read(links[i].link_type, exact, octets.length, &packet) ==
			    PACKET_TCP && packet.length > 0)
				ck_assert(packet.octets + packet.length <=
					  exact + octets.length);
			exact[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		free(exact);
	}
	buffer_free(&octets);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("packet");
	TCase *tests = tcase_create("packet");

	tcase_add_test(tests, link_types);
	tcase_add_test(tests, other_packets);
	tcase_add_test(tests, udp);
	tcase_add_test(tests, checksums);
	tcase_add_test(tests, no_checksum_is_looked_at);
	tcase_add_test(tests, cut_by_the_capture);
	tcase_add_test(tests, ipv6_extension_headers);
	tcase_add_test(tests, fragments_in_any_order);
	tcase_add_test(tests, fragments_that_do_not_fit);
	tcase_add_test(tests, fragments_are_bounded);
	tcase_add_test(tests, bit_flips);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
