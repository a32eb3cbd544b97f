#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/capture-file.h"
#include "protocols/capture-time.h"
#include "protocols/pcapng-write.h"
#include "tests/suite.h"

#define SECOND 1000000

/* writing in a byte order */

static void add_u16(struct buffer *out, bool big, unsigned value)
{
	uint8_t octets[2] = { (uint8_t)(value >> (big ? 8 : 0)), (uint8_t)(value >> (big ? 0 : 8)) };

	buffer_add(out, octets, 2);
}

static void add_u32(struct buffer *out, bool big, uint32_t value)
{
	add_u16(out, big, big ? value >> 16 : value & 0xffff);
	add_u16(out, big, big ? value & 0xffff : value >> 16);
}

static void add_block(struct buffer *out, bool big, uint32_t type, const struct buffer *body)
{
	uint32_t length = (uint32_t)(body->length + 12 + 3) & ~3u;
	size_t padding = length - 12 - body->length;

	add_u32(out, big, type);
	add_u32(out, big, length);
	buffer_add(out, buffer_text(body), body->length);
	buffer_add(out, "\0\0\0", padding);
	add_u32(out, big, length);
}

static void add_section(struct buffer *out, bool big)
{
	struct buffer body = { 0 };

	add_u32(&body, big, 0x1a2b3c4d);
	add_u16(&body, big, 1);
	add_u16(&body, big, 0);
	add_u32(&body, big, UINT32_MAX);
	add_u32(&body, big, UINT32_MAX);
	add_block(out, big, 0x0a0d0d0a, &body);
	buffer_free(&body);
}

/* resolution 0xff and offset 0: without the option */
static void add_interface(struct buffer *out, bool big, unsigned link_type, unsigned snap_length,
			  unsigned resolution, uint32_t offset)
{
	struct buffer body = { 0 };

	add_u16(&body, big, link_type);
	add_u16(&body, big, 0);
	add_u32(&body, big, snap_length);
	if (resolution != 0xff) {
		add_u16(&body, big, 9);
		add_u16(&body, big, 1);
		buffer_add_u8(&body, (uint8_t)resolution);
		buffer_add(&body, "\0\0\0", 3);
	}
	if (offset) {
		add_u16(&body, big, 14);
		add_u16(&body, big, 8);
		add_u32(&body, big, big ? 0 : offset);
		add_u32(&body, big, big ? offset : 0);
	}
	add_block(out, big, 1, &body);
	buffer_free(&body);
}

static void add_enhanced(struct buffer *out, bool big, unsigned interface, uint64_t stamp,
			 const char *octets, const char *const *comments)
{
	struct buffer body = { 0 };
	uint32_t length = (uint32_t)strlen(octets);

	add_u32(&body, big, interface);
	add_u32(&body, big, (uint32_t)(stamp >> 32));
	add_u32(&body, big, (uint32_t)stamp);
	add_u32(&body, big, length);
	add_u32(&body, big, length + 100);
	buffer_add_text(&body, octets);
	buffer_add(&body, "\0\0\0", -length & 3u);
	for (; comments && *comments; comments++) {
		uint32_t size = (uint32_t)strlen(*comments);

		add_u16(&body, big, 1);
		add_u16(&body, big, size);
		buffer_add_text(&body, *comments);
		buffer_add(&body, "\0\0\0", -size & 3u);
	}
	add_block(out, big, 6, &body);
	buffer_free(&body);
}

static void add_pcap(struct buffer *out, bool big, uint32_t magic, unsigned count)
{
	add_u32(out, big, magic);
	add_u16(out, big, 2);
	add_u16(out, big, 4);
	add_u32(out, big, 0);
	add_u32(out, big, 0);
	add_u32(out, big, 65535);
	add_u32(out, big, 0xf0000001); /* 4 octets of frame check sequence, Ethernet */
	for (unsigned i = 0; i < count; i++) {
		add_u32(out, big, 1000 + i);
		add_u32(out, big, 500);
		add_u32(out, big, 4 + i);
		add_u32(out, big, 9 + i);
		buffer_add_text(out, "abcdefghijklmnopq");
		out->length -= 17 - 4 - i;
	}
}

/* reading */

struct source { /* gives a few octets at a time */
	const uint8_t *octets;
	size_t length, at, piece;
};

static size_t piecewise(void *context, void *octets, size_t length)
{
	struct source *source = context;
	size_t part = source->length - source->at;

	if (part > source->piece)
		part = source->piece;
	if (part > length)
		part = length;
	memcpy(octets, source->octets + source->at, part);
	source->at += part;
	return part;
}

static struct capture_file *open_memory(const struct buffer *octets)
{
	struct problem problem = { "" };
	struct capture_file *file = capture_file_memory(octets->octets, octets->length, &problem);

	ck_assert_msg(file != NULL, "%s", problem.text);
	return file;
}

START_TEST(pcap_of_every_kind)
{
	static const uint32_t magics[] = { 0xa1b2c3d4, 0xa1b23c4d };

	for (int kind = 0; kind < 4; kind++) {
		struct buffer octets = { 0 };
		struct capture_record record;

		add_pcap(&octets, kind & 1, magics[kind / 2], 3);
		struct source source = { octets.octets, octets.length, 0, 5 };
		struct capture_file *file = capture_file_new(piecewise, &source, NULL);
		ck_assert_ptr_nonnull(file);
		for (unsigned i = 0; i < 3; i++) {
			ck_assert_int_eq(capture_file_next(file, &record, NULL), CAPTURE_PACKET);
			ck_assert_uint_eq(record.number, i + 1);
			ck_assert_int_eq(record.time,
					 (1000 + i) * (int64_t)SECOND + (kind < 2 ? 500 : 0));
			ck_assert_uint_eq(record.link_type, 1);
			ck_assert_uint_eq(record.length, 4 + i);
			ck_assert_uint_eq(record.original_length, 9 + i);
			ck_assert_mem_eq(record.octets, "abcdefg", 4 + i);
		}
		ck_assert_int_eq(capture_file_next(file, &record, NULL), CAPTURE_END);
		ck_assert_int_eq(capture_file_next(file, &record, NULL), CAPTURE_END);
		capture_file_free(file);
		buffer_free(&octets);
	}
}
END_TEST

static void expect_packet(struct capture_file *file, uint64_t number, int64_t time,
			  uint32_t link_type, const char *octets, const char *comment)
{
	struct capture_record record;
	struct problem problem = { "" };

	enum capture_result result = capture_file_next(file, &record, &problem);
	ck_assert_msg(result == CAPTURE_PACKET, "%d: %s", result, problem.text);
	ck_assert_uint_eq(record.number, number);
	ck_assert_int_eq(record.time, time);
	ck_assert_uint_eq(record.link_type, link_type);
	ck_assert_uint_eq(record.length, strlen(octets));
	ck_assert_mem_eq(record.octets, octets, strlen(octets));
	if (comment)
		ck_assert_str_eq(record.comment, comment);
	else
		ck_assert_ptr_null(record.comment);
}

static void expect(struct capture_file *file, enum capture_result wanted)
{
	struct capture_record record;

	ck_assert_int_eq(capture_file_next(file, &record, NULL), wanted);
}

START_TEST(pcapng_sections_and_interfaces)
{
	static const char *const comments[] = { "one", "and two", NULL };
	struct buffer octets = { 0 };

	for (int big = 0; big < 2; big++) {
		add_section(&octets, big);
		add_interface(&octets, big, 1, 0, 0xff, 0);
		add_interface(&octets, big, 101, 0, 9, 0);
		add_interface(&octets, big, 113, 0, 0x80 + 20, 1000);
		add_enhanced(&octets, big, 0, 5 * SECOND, "hello", NULL);
		add_block(&octets, big, 0x0bad, &(struct buffer){ 0 }); /* stepped over */
		add_enhanced(&octets, big, 1, (uint64_t)7 * 1000 * SECOND, "worlds", comments);
		add_enhanced(&octets, big, 2, (3u << 20) + (1u << 19), "x", NULL);
		add_enhanced(&octets, big, 3, 0, "no such interface", NULL);
	}
	struct capture_file *file = open_memory(&octets);
	for (uint64_t section = 0; section < 2; section++) {
		expect(file, CAPTURE_SECTION);
		expect_packet(file, 4 * section + 1, 5 * SECOND, 1, "hello", NULL);
		expect_packet(file, 4 * section + 2, 7 * SECOND, 101, "worlds", "one\nand two");
		expect_packet(file, 4 * section + 3, 1003 * (int64_t)SECOND + SECOND / 2, 113, "x",
			      NULL);
		expect(file, CAPTURE_BROKEN);
	}
	expect(file, CAPTURE_END);
	capture_file_free(file);
	buffer_free(&octets);
}
END_TEST

START_TEST(old_and_simple_packets)
{
	struct buffer octets = { 0 }, body = { 0 };

	add_section(&octets, true);
	add_interface(&octets, true, 101, 5, 0xff, 0);
	add_u16(&body, true, 0); /* Packet Block: interface, drops */
	add_u16(&body, true, 3);
	add_u32(&body, true, 0);
	add_u32(&body, true, 42);
	add_u32(&body, true, 3);
	add_u32(&body, true, 3);
	buffer_add_text(&body, "old");
	add_block(&octets, true, 2, &body);
	buffer_clear(&body);
	add_u32(&body, true, 100); /* Simple Packet Block, cut by the snap length */
	buffer_add_text(&body, "small");
	add_block(&octets, true, 3, &body);
	struct capture_file *file = open_memory(&octets);
	expect(file, CAPTURE_SECTION);
	expect_packet(file, 1, 42, 101, "old", NULL);
	expect_packet(file, 2, 42, 101, "small", NULL);
	expect(file, CAPTURE_END);
	capture_file_free(file);
	buffer_free(&body);
	buffer_free(&octets);
}
END_TEST

START_TEST(written_by_ourselves)
{
	struct buffer octets = { 0 };
	struct capture_record record;

	pcapng_section(&octets, "femtoproof", "made up");
	pcapng_interface(&octets, 101, "bench");
	pcapng_secrets(&octets, PCAPNG_TLS_KEYS, "CLIENT_RANDOM 00 11\n", 20);
	pcapng_packet(&octets, 0, 1700000000123456, "octets", 6, "femtoproof: step 1.1");
	struct capture_file *file = open_memory(&octets);
	ck_assert_int_eq(capture_file_next(file, &record, NULL), CAPTURE_SECTION);
	ck_assert_str_eq(record.comment, "made up");
	ck_assert_int_eq(capture_file_next(file, &record, NULL), CAPTURE_SECRETS);
	ck_assert_uint_eq(record.secrets_type, PCAPNG_TLS_KEYS);
	ck_assert_uint_eq(record.length, 20);
	ck_assert_mem_eq(record.octets, "CLIENT_RANDOM 00 11\n", 20);
	expect_packet(file, 1, 1700000000123456, 101, "octets", "femtoproof: step 1.1");
	expect(file, CAPTURE_END);
	capture_file_free(file);
	buffer_free(&octets);
}
END_TEST

START_TEST(no_captures)
{
	static const struct {
		const char *octets;
		size_t length;
		const char *why;
	} cases[] = {
		{ "", 0, "the file is empty" },
		{ "ab", 2, "not a capture: too short" },
		{ "GIF89a........", 14, "neither pcap nor pcapng: it begins with 47 49 46 38" },
		{ "\xa1\xb2\xc3\xd4\0\2\0\4", 8, "cut in the header" },
		{ "\xa1\xb2\xc3\xd4\0\3\0\4abcdabcdabcdabcd", 24, "version 3.4" },
		{ "\x0a\x0d\x0d\x0a\0\0\0", 7, "cut in the header" },
		{ "\x0a\x0d\x0d\x0a\0\0\0\x1c\1\2\3\4", 12, "makes no sense" },
		{ "\x0a\x0d\x0d\x0a\0\0\0\x1d\x1a\x2b\x3c\x4d", 12, "makes no sense" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct problem problem = { "" };

		ck_assert_ptr_null(
			capture_file_memory(cases[i].octets, cases[i].length, &problem));
		ck_assert_msg(strstr(problem.text, cases[i].why) != NULL, "\"%s\" lacks \"%s\"",
			      problem.text, cases[i].why);
	}
}
END_TEST

static enum capture_result read_all(const uint8_t *octets, size_t length, size_t piece)
{
	struct source source = { octets, length, 0, piece };
	struct capture_file *file = piece ? capture_file_new(piecewise, &source, NULL)
					  : capture_file_memory(octets, length, NULL);
	struct capture_record record;
	enum capture_result result = CAPTURE_CUT;
	unsigned sum = 0;

	while (file) {
		result = capture_file_next(file, &record, NULL);
		if (result == CAPTURE_END || result == CAPTURE_CUT)
			break;
		for (size_t i = 0; i < record.length; i++)
			sum += record.octets[i];
	}
	ck_assert_uint_lt(sum, UINT32_MAX);
	capture_file_free(file);
	return result;
}

static void damage(const struct buffer *octets)
{
	uint8_t *copy = malloc(octets->length);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, octets->octets, octets->length);
	for (size_t length = 0; length < octets->length; length++) {
		uint8_t *exact = malloc(length + 1); /* so that a read beyond it is seen */

		ck_assert_ptr_nonnull(exact);
		memcpy(exact, copy, length);
		read_all(exact, length, 0);
		read_all(exact, length, 7);
		free(exact);
	}
	for (size_t bit = 0; bit < octets->length * 8; bit++) {
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		read_all(copy, octets->length, 0);
		read_all(copy, octets->length, 64);
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	free(copy);
}

START_TEST(truncation_and_bit_flips)
{
	struct buffer octets = { 0 };

	add_pcap(&octets, true, 0xa1b2c3d4, 3);
	ck_assert_int_eq(read_all(octets.octets, octets.length, 3), CAPTURE_END);
	ck_assert_int_eq(read_all(octets.octets, octets.length - 1, 3), CAPTURE_CUT);
	damage(&octets);
	buffer_clear(&octets);
	pcapng_section(&octets, "femtoproof", "made up");
	pcapng_interface(&octets, 101, "bench");
	pcapng_packet(&octets, 0, 1, "octets", 6, "comment");
	pcapng_secrets(&octets, PCAPNG_TLS_KEYS, "line\n", 5);
	ck_assert_int_eq(read_all(octets.octets, octets.length, 0), CAPTURE_END);
	ck_assert_int_eq(read_all(octets.octets, octets.length - 1, 0), CAPTURE_CUT);
	damage(&octets);
	buffer_free(&octets);
}
END_TEST

START_TEST(timestamps)
{
	ck_assert_int_eq(capture_time(1234567, 6, 0), 1234567);
	ck_assert_int_eq(capture_time(1234567, 9, 0), 1234);
	ck_assert_int_eq(capture_time(3, 0, 0), 3 * SECOND);
	ck_assert_int_eq(capture_time(3, 0, -1), 2 * SECOND);
	ck_assert_int_eq(capture_time(3, 0x80, 0), 3 * SECOND);
	ck_assert_int_eq(capture_time(3, 0x81, 0), SECOND + SECOND / 2);
	ck_assert_int_eq(capture_time((uint64_t)1 << 62, 0x80 + 63, 0), SECOND / 2);
	ck_assert_int_eq(capture_time(UINT64_MAX, 0xff, 0), 0);
	ck_assert_int_eq(capture_time(UINT64_MAX, 0x7f, 0), 0);
	ck_assert_int_eq(capture_time(UINT64_MAX, 0, 0), CAPTURE_TIME_LIMIT);
	ck_assert_int_eq(capture_time(UINT64_MAX, 0x80, 0), CAPTURE_TIME_LIMIT);
	ck_assert_int_eq(capture_time(0, 6, INT64_MIN), -CAPTURE_TIME_LIMIT);
	ck_assert_int_eq(capture_time(0, 6, INT64_MAX), CAPTURE_TIME_LIMIT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("capture-file");
	TCase *tests = tcase_create("capture-file");

	tcase_add_test(tests, pcap_of_every_kind);
	tcase_add_test(tests, pcapng_sections_and_interfaces);
	tcase_add_test(tests, old_and_simple_packets);
	tcase_add_test(tests, written_by_ourselves);
	tcase_add_test(tests, no_captures);
	tcase_add_test(tests, truncation_and_bit_flips);
	tcase_add_test(tests, timestamps);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
