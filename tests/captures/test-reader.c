#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "captures/reader.h"
#include "protocols/buffer.h"
#include "tests/captures/sample-recording.h"
#include "tests/suite.h"

struct seen {
	struct buffer names; /* of the messages, each followed by a space */
	int64_t time;
	uint64_t last_packet;
	struct buffer comments;
};

static void see(void *context, struct message *message)
{
	struct seen *seen = context;

	ck_assert_int_ge(message->time, seen->time);
	ck_assert_uint_le(message->first_packet, message->last_packet);
	seen->time = message->time;
	if (message->last_packet > seen->last_packet)
		seen->last_packet = message->last_packet;
	buffer_format(&seen->names, "%s ", message->name);
	message_free(message);
}

static void see_comment(void *context, uint64_t packet, int64_t time, const char *text)
{
	struct seen *seen = context;

	(void)time;
	buffer_format(&seen->comments, "%lu %s\n", (unsigned long)packet, text);
}

static void clear(struct seen *seen)
{
	buffer_free(&seen->names);
	buffer_free(&seen->comments);
	memset(seen, 0, sizeof(*seen));
}

static void make_sample(char path[64])
{
	struct problem problem = { "" };

	strcpy(path, "/tmp/femtoproof-reader-XXXXXX");
	int descriptor = mkstemp(path);
	ck_assert_int_ge(descriptor, 0);
	close(descriptor);
	ck_assert_msg(sample_recording(path, &problem) == 0, "%s", problem.text);
}

static struct reader_summary read_sample(const char *path, const struct reader_options *options,
					 struct seen *seen)
{
	struct reader_summary summary;
	struct problem problem = { "" };

	ck_assert_msg(capture_read(path, options, see, seen, &summary, &problem) == 0, "%s",
		      problem.text);
	return summary;
}

START_TEST(a_whole_recording)
{
	char path[64];
	struct seen seen = { 0 };

	make_sample(path);
	struct reader_summary summary = read_sample(path, NULL, &seen);
	ck_assert_ptr_nonnull(strstr(buffer_text(&seen.names), "DnsQuery DnsQuery Inform "));
	ck_assert_uint_eq(summary.connections, 4);
	ck_assert_uint_eq(summary.lost, 0);
	ck_assert_uint_eq(summary.malformed, 0);
	ck_assert_uint_eq(summary.skipped, 0);
	ck_assert_uint_gt(summary.packets, 3000000 / 1400);
	ck_assert_int_eq(summary.first_time, SAMPLE_TIME);
	ck_assert_int_eq(summary.last_time, SAMPLE_TIME + 4000000);
	clear(&seen);
	unlink(path);
}
END_TEST

START_TEST(one_scenario)
{
	char path[64];
	struct seen seen = { 0 };
	struct reader_options options = { .scenario = "first", .comment = see_comment,
					  .context = &seen };

	make_sample(path);
	struct reader_summary summary = read_sample(path, &options, &seen);
	ck_assert_uint_eq(summary.connections, 1);
	ck_assert_uint_eq(summary.packets, 2 + 8);
	ck_assert_str_eq(buffer_text(&seen.comments), "1 femtoproof: scenario first begins\n");
	clear(&seen);
	options.scenario = "second";
	summary = read_sample(path, &options, &seen);
	ck_assert_uint_eq(summary.connections, 3);
	ck_assert_ptr_null(strstr(buffer_text(&seen.names), "DnsQuery"));
	ck_assert_uint_gt(seen.last_packet, 11); /* the numbers are the file's */
	clear(&seen);
	options.scenario = "third";
	summary = read_sample(path, &options, &seen);
	ck_assert_uint_eq(summary.packets, 0);
	clear(&seen);
	unlink(path);
}
END_TEST

static void write_file(const char *path, const char *octets, size_t length)
{
	FILE *file = fopen(path, "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(octets, 1, length, file), length);
	fclose(file);
}

START_TEST(a_cut_recording)
{
	char path[64];
	struct seen seen = { 0 };
	size_t length;

	make_sample(path);
	char *octets = suite_read(path, &length);
	write_file(path, octets, length - 5);
	struct reader_summary summary = read_sample(path, NULL, &seen);
	ck_assert_uint_eq(summary.malformed, 1);
	ck_assert_uint_eq(summary.connections, 4);
	clear(&seen);
	for (size_t cut = 200; cut < 6000; cut += 97) {
		write_file(path, octets, cut);
		read_sample(path, NULL, &seen);
		clear(&seen);
	}
	free(octets);
	unlink(path);
}
END_TEST

static void refuses(const char *path, const char *why)
{
	struct seen seen = { 0 };
	struct problem problem = { "" };

	ck_assert_int_eq(capture_read(path, NULL, see, &seen, NULL, &problem), -1);
	ck_assert_msg(strstr(problem.text, why) != NULL, "\"%s\" lacks \"%s\"", problem.text, why);
	ck_assert_uint_eq(seen.names.length, 0);
}

START_TEST(no_captures)
{
	char path[64];

	refuses("/no/such/file", "/no/such/file: No such file or directory");
	refuses("/tmp", "/tmp: is a folder, not a capture");
	make_sample(path);
	write_file(path, "no capture", 10);
	refuses(path, ": neither pcap nor pcapng");
	write_file(path, "", 0);
	refuses(path, ": the file is empty");
	unlink(path);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reader");
	TCase *tests = tcase_create("reader");

	tcase_add_test(tests, a_whole_recording);
	tcase_add_test(tests, one_scenario);
	tcase_add_test(tests, a_cut_recording);
	tcase_add_test(tests, no_captures);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
