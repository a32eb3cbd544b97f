#include <stdlib.h>
#include <string.h>

#include "protocols/limits.h"
#include "protocols/sftp.h"
#include "tests/suite.h"

#define TEXT(text) { (const uint8_t *)(text), sizeof(text) - 1 }

/* Packets as they stand in draft-ietf-secsh-filexfer-02, octet by octet. */
static const struct {
	const char *octets;
	size_t length;
	struct sftp_packet packet;
	const char *words;
} cases[] = {
	{ "\0\0\0\5\1\0\0\0\3", 9, { .type = SFTP_INIT, .id = 3 }, "SFTP INIT 3" },
	{ "\0\0\0\5\2\0\0\0\3", 9, { .type = SFTP_VERSION_PACKET, .id = 3 }, "SFTP VERSION 3" },
	{ "\0\0\0\x17\3\0\0\0\1\0\0\0\2/a\0\0\0\x1a\0\0\0\4\0\0\1\xa4", 27,
	  { .type = SFTP_OPEN, .id = 1, .path = TEXT("/a"),
	    .value = SFTP_FOR_WRITE | SFTP_CREATE | SFTP_TRUNCATE,
	    .attributes = { .has = SFTP_HAS_PERMISSIONS, .permissions = 0644 } },
	  "SFTP OPEN 1 /a" },
	{ "\0\0\0\xa\4\0\0\0\7\0\0\0\1h", 14,
	  { .type = SFTP_CLOSE, .id = 7, .handle = TEXT("h") }, "SFTP CLOSE 7" },
	{ "\0\0\0\x16\5\0\0\0\7\0\0\0\1h\0\0\0\1\0\0\0\0\0\0\x80\0", 26,
	  { .type = SFTP_READ, .id = 7, .handle = TEXT("h"), .offset = 0x100000000, .length = 32768 },
	  "SFTP READ 7 offset 4294967296 length 32768" },
	{ "\0\0\0\x19\6\0\0\0\7\0\0\0\1h\0\0\0\0\0\0\0\2\0\0\0\3xyz", 29,
	  { .type = SFTP_WRITE, .id = 7, .handle = TEXT("h"), .offset = 2, .data = TEXT("xyz") },
	  "SFTP WRITE 7 offset 2 octets 3" },
	{ "\0\0\0\xf\x65\0\0\0\7\0\0\0\2\0\0\0\2no", 19,
	  { .type = SFTP_STATUS, .id = 7, .value = SFTP_NO_SUCH_FILE, .path = TEXT("no") },
	  NULL },
	{ "\0\0\0\xc\x67\0\0\0\7\0\0\0\3abc", 16,
	  { .type = SFTP_DATA, .id = 7, .data = TEXT("abc") }, "SFTP DATA 7 octets 3" },
	{ "\0\0\0\x11\x69\0\0\0\7\0\0\0\1\0\0\0\0\0\0\0\x9", 21,
	  { .type = SFTP_ATTRS, .id = 7, .attributes = { .has = SFTP_HAS_SIZE, .size = 9 } },
	  "SFTP ATTRS 7" },
	{ "\0\0\0\x14\x12\0\0\0\7\0\0\0\2/a\0\0\0\5/b\0\0\1", 24,
	  { .type = SFTP_RENAME, .id = 7, .path = TEXT("/a"), .other = TEXT("/b\0\0\1") }, NULL },
	{ "\0\0\0\x6\x63\0\0\0\7x", 10, { .type = 99, .id = 7, .rest = TEXT("x") },
	  "SFTP type 99 7" },
};

enum { CASES = sizeof(cases) / sizeof(cases[0]) };

static void same(struct octets a, struct octets b)
{
	ck_assert(octets_same(a, b));
}

START_TEST(each_type)
{
	struct octets stream = octets_of(cases[_i].octets, cases[_i].length), whole;
	const struct sftp_packet *expected = &cases[_i].packet;
	struct sftp_packet packet;
	char words[80];

	ck_assert_int_eq(sftp_take(&stream, &whole), 1);
	ck_assert_uint_eq(stream.length, 0);
	ck_assert_int_eq(sftp_read(whole, &packet, NULL), 0);
	ck_assert_uint_eq(packet.type, expected->type);
	ck_assert_uint_eq(packet.id, expected->id);
	ck_assert_uint_eq(packet.offset, expected->offset);
	ck_assert_uint_eq(packet.length, expected->length);
	ck_assert_uint_eq(packet.value, expected->value);
	same(packet.path, expected->path);
	same(packet.other, expected->other);
	same(packet.handle, expected->handle);
	same(packet.data, expected->data);
	same(packet.rest, expected->rest);
	ck_assert_uint_eq(packet.attributes.has, expected->attributes.has);
	ck_assert_uint_eq(packet.attributes.size, expected->attributes.size);
	ck_assert_uint_eq(packet.attributes.permissions, expected->attributes.permissions);
	sftp_describe(whole, words, sizeof(words));
	if (cases[_i].words)
		ck_assert_str_eq(words, cases[_i].words);
}
END_TEST

START_TEST(written_as_read)
{
	const struct sftp_packet *packet = &cases[_i].packet;
	struct buffer out = { 0 };

	sftp_write(&out, packet);
	if (packet->type == SFTP_STATUS) { /* with its language, which a sender may leave out */
		ck_assert_uint_eq(out.length, cases[_i].length + 4);
		out.octets[3] = (uint8_t)(out.octets[3] - 4);
		out.length -= 4;
	}
	ck_assert_uint_eq(out.length, cases[_i].length);
	ck_assert_mem_eq(out.octets, cases[_i].octets, out.length);
	buffer_free(&out);
}
END_TEST

START_TEST(too_short)
{
	/* Each but those whose rest may be anything is whole or not at all. */
	size_t whole = cases[_i].length - 4;
	struct sftp_packet packet;
	struct problem problem;

	for (size_t length = 0; length < whole; length++) {
		int result = sftp_read(octets_of(cases[_i].octets + 4, length), &packet, &problem);
		bool optional = cases[_i].packet.type == SFTP_STATUS && length >= 9;
		bool rest = cases[_i].packet.rest.length && length >= 5;

		ck_assert_msg(result == (optional || rest ? 0 : -1), "%zu of %zu", length, whole);
	}
}
END_TEST

START_TEST(streams)
{
	struct octets stream = octets_of("\0\0\0\1\1\0\0\0\2\5", 10), whole;

	ck_assert_int_eq(sftp_take(&stream, &whole), 1);
	ck_assert_uint_eq(whole.length, 1);
	ck_assert_int_eq(sftp_take(&stream, &whole), 0); /* one octet is to come */
	ck_assert_uint_eq(stream.length, 5);
	stream = octets_of("\0\0\0\0", 4);
	ck_assert_int_eq(sftp_take(&stream, &whole), -1);
	stream = octets_of("\0\4\0\0", 4);
	ck_assert_int_eq(sftp_take(&stream, &whole), 0);
	stream = octets_of("\0\4\0\1", 4);
	ck_assert_int_eq(sftp_take(&stream, &whole), -1);
}
END_TEST

START_TEST(names)
{
	const struct sftp_name name = { TEXT("a"), TEXT("-rw a"),
					{ .has = SFTP_HAS_SIZE | SFTP_HAS_OWNER | SFTP_HAS_TIMES,
					  .size = 5, .owner = 1, .group = 2, .accessed = 3,
					  .modified = 4 } };
	struct buffer rest = { 0 };
	struct sftp_name read;

	sftp_write_name(&rest, &name);
	sftp_write_name(&rest, &name);
	struct octets left = octets_of(rest.octets, rest.length);

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(sftp_read_name(&left, &read), 0);
		same(read.name, name.name);
		same(read.text, name.text);
		ck_assert_uint_eq(read.attributes.modified, 4);
		ck_assert_uint_eq(read.attributes.group, 2);
	}
	ck_assert_int_eq(sftp_read_name(&left, &read), -1);
	buffer_free(&rest);
}
END_TEST

START_TEST(extended_attributes)
{
	struct sftp_packet packet;

	/* One pair, and a count that no packet could hold. */
	ck_assert_int_eq(sftp_read(octets_of("\x69\0\0\0\1\x80\0\0\0\0\0\0\1\0\0\0\1a\0\0\0\1b", 23),
				   &packet, NULL), 0);
	ck_assert_int_eq(sftp_read(octets_of("\x69\0\0\0\1\x80\0\0\0\xff\xff\xff\xff", 13), &packet,
				   NULL), -1);
}
END_TEST

START_TEST(packets_of_ours)
{
	static const char *const texts[] = { "cell", "password", NULL };
	struct buffer out = { 0 };
	struct octets stream, whole, text;
	struct sftp_packet packet;

	sftp_write_own(&out, SFTP_LOGIN, texts);
	stream = octets_of(out.octets, out.length);
	ck_assert_int_eq(sftp_take(&stream, &whole), 1);
	ck_assert_int_eq(sftp_read(whole, &packet, NULL), 0);
	ck_assert_uint_eq(packet.type, SFTP_EXTENDED);
	same(packet.path, octets_of(SFTP_LOGIN, strlen(SFTP_LOGIN)));
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(sftp_read_string(&packet.rest, &text), 0);
		same(text, octets_of(texts[i], strlen(texts[i])));
	}
	ck_assert_int_eq(sftp_read_string(&packet.rest, &text), -1);
	buffer_free(&out);
}
END_TEST

START_TEST(for_people)
{
	const struct sftp_packet packet = { .type = SFTP_STATUS, .value = SFTP_PERMISSION_DENIED,
					    .path = TEXT("a\nb") };
	struct buffer out = { 0 };
	char words[80];

	sftp_write(&out, &packet);
	for (size_t size = 1; size <= sizeof(words); size++) {
		memset(words, 'x', sizeof(words));
		sftp_describe(octets_of(out.octets + 4, out.length - 4), words, size);
		ck_assert_ptr_nonnull(memchr(words, '\0', size));
	}
	ck_assert_ptr_nonnull(strstr(words, "PERMISSION_DENIED"));
	ck_assert_ptr_nonnull(strstr(words, "a.b"));
	ck_assert_str_eq(sftp_type_name(SFTP_EXTENDED_REPLY), "EXTENDED_REPLY");
	ck_assert_ptr_null(sftp_type_name(0));
	ck_assert_ptr_null(sftp_status_name(9));
	buffer_free(&out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sftp");
	TCase *tests = tcase_create("sftp");

	tcase_add_loop_test(tests, each_type, 0, CASES);
	tcase_add_loop_test(tests, written_as_read, 0, CASES);
	tcase_add_loop_test(tests, too_short, 0, CASES);
	tcase_add_test(tests, streams);
	tcase_add_test(tests, names);
	tcase_add_test(tests, extended_attributes);
	tcase_add_test(tests, packets_of_ours);
	tcase_add_test(tests, for_people);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
