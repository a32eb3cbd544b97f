#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "captures/recorder.h"
#include "protocols/capture-file.h"
#include "protocols/packet.h"
#include "tests/suite.h"

static const struct address client = { 4, { 192, 0, 2, 1 }, 40000, PLACE_HOST };
static const struct address server = { 4, { 192, 0, 2, 2 }, 7547, PLACE_HOST };

static void temporary(char path[64])
{
	strcpy(path, "/tmp/femtoproof-recorder-XXXXXX");
	int descriptor = mkstemp(path);

	ck_assert_int_ge(descriptor, 0);
	close(descriptor);
}

static struct recorder *start(char path[64])
{
	struct problem problem = { "" };

	temporary(path);
	struct recorder *recorder = recorder_new(path, "femtoproof test", &problem);
	ck_assert_msg(recorder != NULL, "%s", problem.text);
	return recorder;
}

struct reading {
	char *octets;
	struct capture_file *file;
	struct capture_record record;
};

static struct reading read_back(const char *path)
{
	struct reading reading = { 0 };
	size_t length;

	reading.octets = suite_read(path, &length);
	unlink(path);
	reading.file = capture_file_memory(reading.octets, length, NULL);
	ck_assert_ptr_nonnull(reading.file);
	ck_assert_int_eq(capture_file_next(reading.file, &reading.record, NULL), CAPTURE_SECTION);
	ck_assert_ptr_nonnull(strstr(reading.record.comment, "Synthesised"));
	return reading;
}

static struct packet next_packet(struct reading *reading)
{
	struct packet packet;

	ck_assert_int_eq(capture_file_next(reading->file, &reading->record, NULL), CAPTURE_PACKET);
	ck_assert_uint_eq(reading->record.link_type, LINK_RAW);
	packet_read(LINK_RAW, reading->record.octets, reading->record.length, &packet);
	return packet;
}

static void at_end(struct reading *reading)
{
	ck_assert_int_eq(capture_file_next(reading->file, &reading->record, NULL), CAPTURE_END);
	capture_file_free(reading->file);
	free(reading->octets);
}

static void expect_segment(struct reading *reading, uint16_t from, uint8_t flags, size_t length)
{
	struct packet packet = next_packet(reading);

	ck_assert_uint_eq(packet.source.port, from);
	ck_assert_uint_eq(packet.flags, flags);
	ck_assert_uint_eq(packet.length, length);
}

START_TEST(a_connection)
{
	char path[64], octets[3000];
	struct recorder *recorder = start(path);

	memset(octets, 'x', sizeof(octets));
	ck_assert_uint_eq(recorder_tcp_open(recorder, 1, &client, &server, 10), 3);
	ck_assert_uint_eq(recorder_tcp_octets(recorder, 1, true, 20, octets, 3000), 6);
	ck_assert_uint_eq(recorder_tcp_octets(recorder, 1, false, 30, "yes", 3), 7);
	ck_assert_uint_eq(recorder_tcp_end(recorder, 1, true, 40, STREAM_CLOSED), 8);
	ck_assert_uint_eq(recorder_tcp_end(recorder, 1, true, 41, STREAM_CLOSED), 0);
	ck_assert_uint_eq(recorder_tcp_octets(recorder, 1, true, 45, "late", 4), 0);
	ck_assert_uint_eq(recorder_tcp_end(recorder, 1, false, 50, STREAM_CLOSED), 9);
	ck_assert_uint_eq(recorder_tcp_octets(recorder, 1, false, 60, "gone", 4), 0);
	ck_assert_int_eq(recorder_close(recorder, NULL), 0);
	struct reading reading = read_back(path);
	expect_segment(&reading, 40000, TCP_SYN, 0);
	ck_assert_int_eq(reading.record.time, 10);
	expect_segment(&reading, 7547, TCP_SYN | TCP_ACK, 0);
	expect_segment(&reading, 40000, TCP_ACK, 0);
	expect_segment(&reading, 40000, TCP_ACK, 1400);
	expect_segment(&reading, 40000, TCP_ACK, 1400);
	expect_segment(&reading, 40000, TCP_ACK | TCP_PSH, 200);
	expect_segment(&reading, 7547, TCP_ACK | TCP_PSH, 3);
	expect_segment(&reading, 40000, TCP_ACK | TCP_FIN, 0);
	expect_segment(&reading, 7547, TCP_ACK | TCP_FIN, 0);
	expect_segment(&reading, 40000, TCP_ACK, 0);
	at_end(&reading);
}
END_TEST

START_TEST(a_reset)
{
	char path[64];
	struct recorder *recorder = start(path);

	recorder_tcp_open(recorder, 1, &client, &server, 10);
	ck_assert_uint_eq(recorder_tcp_end(recorder, 1, false, 40, STREAM_RESET), 4);
	ck_assert_uint_eq(recorder_tcp_end(recorder, 1, true, 40, STREAM_CLOSED), 0);
	ck_assert_int_eq(recorder_close(recorder, NULL), 0);
	struct reading reading = read_back(path);
	for (int i = 0; i < 3; i++)
		next_packet(&reading);
	expect_segment(&reading, 7547, TCP_RST | TCP_ACK, 0);
	at_end(&reading);
}
END_TEST

START_TEST(comments_keys_and_datagrams)
{
	char path[64];
	struct recorder *recorder = start(path);

	recorder_comment(recorder, "one");
	recorder_comment(recorder, "two");
	recorder_tls_key(recorder, "CLIENT_RANDOM 00 11");
	ck_assert_uint_eq(recorder_udp(recorder, &client, &server, 5, "query", 5), 1);
	ck_assert_uint_eq(recorder_udp(recorder, &server, &client, 6, "", 0), 2);
	ck_assert_int_eq(recorder_close(recorder, NULL), 0);
	struct reading reading = read_back(path);
	ck_assert_int_eq(capture_file_next(reading.file, &reading.record, NULL), CAPTURE_SECRETS);
	ck_assert_uint_eq(reading.record.length, 20);
	struct packet packet = next_packet(&reading);
	ck_assert_str_eq(reading.record.comment, "one\ntwo");
	ck_assert_uint_eq(packet.length, 5);
	ck_assert_mem_eq(packet.octets, "query", 5);
	packet = next_packet(&reading);
	ck_assert_ptr_null(reading.record.comment);
	ck_assert_uint_eq(packet.length, 0);
	ck_assert_uint_eq(packet.source.port, 7547);
	at_end(&reading);
}
END_TEST

START_TEST(readable_while_it_grows)
{
	char path[64];
	struct recorder *recorder = start(path);

	recorder_udp(recorder, &client, &server, 5, "query", 5);
	recorder_flush(recorder);
	size_t length;
	char *octets = suite_read(path, &length);
	struct capture_file *file = capture_file_memory(octets, length, NULL);
	struct capture_record record;
	ck_assert_int_eq(capture_file_next(file, &record, NULL), CAPTURE_SECTION);
	ck_assert_int_eq(capture_file_next(file, &record, NULL), CAPTURE_PACKET);
	ck_assert_int_eq(capture_file_next(file, &record, NULL), CAPTURE_END);
	capture_file_free(file);
	free(octets);
	ck_assert_int_eq(recorder_close(recorder, NULL), 0);
	unlink(path);
}
END_TEST

START_TEST(what_cannot_be_written)
{
	struct problem problem = { "" };

	ck_assert_ptr_null(recorder_new("/no/such/folder/run.pcapng", "x", &problem));
	ck_assert_str_eq(problem.text, "/no/such/folder/run.pcapng: No such file or directory");
	if (access("/dev/full", W_OK) != 0)
		return;
	struct recorder *recorder = recorder_new("/dev/full", "x", &problem);
	ck_assert_ptr_nonnull(recorder);
	recorder_udp(recorder, &client, &server, 5, "query", 5);
	ck_assert_int_eq(recorder_close(recorder, &problem), -1);
	ck_assert_str_eq(problem.text, "the recording is not whole: No space left on device");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("recorder");
	TCase *tests = tcase_create("recorder");

	tcase_add_test(tests, a_connection);
	tcase_add_test(tests, a_reset);
	tcase_add_test(tests, comments_keys_and_datagrams);
	tcase_add_test(tests, readable_while_it_grows);
	tcase_add_test(tests, what_cannot_be_written);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
