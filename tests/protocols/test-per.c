#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/per.h"
#include "tests/suite.h"

/* Integers of each form that a range can have (X.691 10.5.7), behind one bit that is in the way. */
static const struct {
	int64_t least, most, value;
	const char *octets; /* in hexadecimal */
} integers[] = {
	{ 5, 5, 5, "80" },
	{ 0, 2, 1, "a0" },
	{ 1, 150, 7, "8300" },
	{ 0, 255, 7, "8007" },
	{ 0, 65535, 0x1234, "801234" },
	{ 1, 65535, 1, "800000" },
	{ 0, 3600, 60, "80003c" },
	{ 0, 8388607, 4847000, "c049f598" },
	{ 0, 8388607, 35, "8023" },
	{ -8388608, 8388607, -8388608, "8000" },
	{ -8388608, 8388607, 107000, "c081a1f8" },
	{ 0, 4294967295, 4294967295, "e0ffffffff" },
};

START_TEST(integers_are_written_and_read)
{
	struct buffer out = { 0 };
	struct per_writer writer = per_write(&out);
	char hex[32] = "";

	per_write_flag(&writer, true);
	per_write_integer(&writer, integers[_i].value, integers[_i].least, integers[_i].most);
	for (size_t i = 0; i < out.length; i++)
		snprintf(hex + 2 * i, 3, "%02x", out.octets[i]);
	ck_assert_str_eq(hex, integers[_i].octets);
	struct per_reader reader = per_read(out.octets, out.length);
	ck_assert(per_read_flag(&reader));
	ck_assert_int_eq(per_read_integer(&reader, integers[_i].least, integers[_i].most),
			 integers[_i].value);
	ck_assert(!reader.broken);
	buffer_free(&out);
}
END_TEST

START_TEST(out_of_range)
{
	const uint8_t octets[] = { 0xff, 0xff, 0xff };
	struct per_reader reader = per_read(octets, sizeof(octets));

	ck_assert_int_eq(per_read_integer(&reader, 0, 2), 0); /* 3 is none */
	ck_assert(reader.broken);
	reader = per_read(octets, sizeof(octets));
	ck_assert_int_eq(per_read_integer(&reader, 0, 3600), 0);
	ck_assert(reader.broken);
}
END_TEST

START_TEST(lengths)
{
	static const size_t sizes[] = { 0, 1, 127, 128, 300, 16383 };
	struct buffer out = { 0 };
	struct per_writer writer = per_write(&out);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		per_write_length(&writer, sizes[i]);
	ck_assert_uint_eq(out.length, 3 + 3 * 2);
	struct per_reader reader = per_read(out.octets, out.length);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		ck_assert_uint_eq(per_read_length(&reader), sizes[i]);
	ck_assert(!reader.broken);
	const uint8_t fragments[] = { 0xc1, 0 };
	reader = per_read(fragments, sizeof(fragments));
	ck_assert_uint_eq(per_read_length(&reader), 0);
	ck_assert(reader.broken);
	buffer_free(&out);
}
END_TEST

/* A reader at its end is broken, and stays so. */
START_TEST(past_the_end)
{
	const uint8_t octet = 0xa5;
	struct per_reader reader = per_read(&octet, 1);
	uint8_t fixed[4];

	ck_assert_uint_eq(per_read_bits(&reader, 8), 0xa5);
	ck_assert_uint_eq(per_read_bits(&reader, 1), 0);
	ck_assert(reader.broken);
	ck_assert_ptr_null(per_read_octets(&reader, 0));
	per_read_fixed(&reader, fixed, sizeof(fixed));
	ck_assert_uint_eq(fixed[3], 0);
	reader = per_read(&octet, 1);
	per_read_flag(&reader);
	ck_assert_ptr_null(per_read_octets(&reader, 1));
	ck_assert(reader.broken);
}
END_TEST

START_TEST(strings)
{
	const uint8_t two[] = { 0x30, 0x39 }, three[] = { 1, 2, 3 };
	uint8_t read[3];
	struct buffer out = { 0 };
	struct per_writer writer = per_write(&out);

	per_write_bits(&writer, 0, 2);
	per_write_fixed(&writer, two, 2);         /* not aligned */
	per_write_fixed(&writer, three, 3);       /* aligned */
	per_write_bit_string(&writer, 5, 9);      /* not aligned */
	per_write_bit_string(&writer, 0x2468a, 27); /* aligned */
	ck_assert_uint_eq(out.length, 3 + 3 + 2 + 4);
	struct per_reader reader = per_read(out.octets, out.length);
	per_read_bits(&reader, 2);
	per_read_fixed(&reader, read, 2);
	ck_assert_mem_eq(read, two, 2);
	per_read_fixed(&reader, read, 3);
	ck_assert_mem_eq(read, three, 3);
	ck_assert_uint_eq(per_read_bit_string(&reader, 9), 5);
	ck_assert_uint_eq(per_read_bit_string(&reader, 27), 0x2468a);
	ck_assert(!reader.broken);
	buffer_free(&out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("per");
	TCase *tests = tcase_create("per");

	tcase_add_loop_test(tests, integers_are_written_and_read, 0,
			    sizeof(integers) / sizeof(*integers));
	tcase_add_test(tests, out_of_range);
	tcase_add_test(tests, lengths);
	tcase_add_test(tests, past_the_end);
	tcase_add_test(tests, strings);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
