/* Plain streams and datagrams; mostly in virtual time, where each test also demands that no
 * octet was taken for lost. */
#include <stdlib.h>
#include <string.h>

#include "tests/loop/talk.h"
#include "tests/suite.h"

enum { LARGE = 3000000 };

static void say(struct end *end, const char *text)
{
	stream_write(end->stream, text, strlen(text));
}

START_TEST(talks_both_ways)
{
	struct talk talk = { 0 };

	talk_start(&talk, _i ? CLOCK_REAL_TIME : CLOCK_VIRTUAL_TIME, NULL);
	talk_connect(&talk, NULL, NULL);
	say(&talk.client, "early "); /* before it is connected */
	for (int i = 0; i < 100 && talk.server.octets.length < 6; i++)
		loop_once(talk.loop);
	say(&talk.server, "answer");
	for (int i = 0; i < 100 && talk.client.octets.length < 6; i++)
		loop_once(talk.loop);
	ck_assert_str_eq(buffer_text(&talk.server.octets), "early ");
	ck_assert_str_eq(buffer_text(&talk.client.octets), "answer");
	ck_assert_int_eq(talk.client.opened, 1);
	ck_assert_int_eq(talk.server.opened, 1);
	ck_assert_str_eq(buffer_text(&talk.seen.log), "open wire> plain> wire< plain<");
	ck_assert_uint_eq(stream_connection(talk.server.stream), 1);
	ck_assert_uint_eq(stream_connection(talk.client.stream), 0);
	ck_assert_ptr_null(stream_tls(talk.server.stream));
	ck_assert(address_same(stream_remote(talk.server.stream),
			       stream_local(talk.client.stream)));
	ck_assert(address_same(stream_local(talk.server.stream),
			       stream_remote(talk.client.stream)));
	talk_stop(&talk);
}
END_TEST

START_TEST(close_is_seen)
{
	struct talk talk = { 0 };

	talk_start(&talk, CLOCK_VIRTUAL_TIME, NULL);
	talk_connect(&talk, NULL, NULL);
	say(&talk.client, "last words");
	stream_close(talk.client.stream); /* not even connected: they go out all the same */
	talk.client.stream = NULL;
	talk_run(&talk, 100);
	ck_assert_str_eq(buffer_text(&talk.server.octets), "last words");
	ck_assert_int_eq(talk.server.ended, 1);
	ck_assert_int_eq(talk.server.how, STREAM_CLOSED);
	ck_assert_str_eq(talk.server.problem.text, "");
	ck_assert_int_eq(talk.client.ended, 0); /* whoever closes hears nothing more */
	ck_assert_int_eq(talk.seen.ends[0], 1);
	ck_assert_int_eq(talk.seen.ends[1], 1);
	talk_stop(&talk);
}
END_TEST

/* The server closes while the client's octets are still coming: they are read and thrown away, and
 * the client gets the server's last words. */
START_TEST(close_with_octets_on_the_way)
{
	struct talk talk = { 0 };
	char *much = calloc(1, LARGE);

	talk_start(&talk, CLOCK_VIRTUAL_TIME, NULL);
	talk_connect(&talk, NULL, NULL);
	talk_run(&talk, 3);
	stream_write(talk.client.stream, much, LARGE);
	say(&talk.server, "no more");
	stream_close(talk.server.stream);
	talk.server.stream = NULL;
	talk_run(&talk, 1000);
	ck_assert_str_eq(buffer_text(&talk.client.octets), "no more");
	ck_assert_int_eq(talk.client.ended, 1);
	ck_assert_int_eq(talk.client.how, STREAM_CLOSED);
	free(much);
	talk_stop(&talk);
}
END_TEST

START_TEST(large_transfer)
{
	struct talk talk = { 0 };
	char *much = malloc(LARGE);

	for (size_t i = 0; i < LARGE; i++)
		much[i] = (char)(i * 7 + i / 251);
	talk_start(&talk, CLOCK_VIRTUAL_TIME, NULL);
	talk.server.echo = true;
	talk_connect(&talk, NULL, NULL);
	int64_t start = loop_now(talk.loop);

	stream_write(talk.client.stream, much, LARGE);
	talk_run(&talk, 5000);
	ck_assert_uint_eq(talk.server.octets.length, LARGE);
	ck_assert_uint_eq(talk.client.octets.length, LARGE);
	ck_assert_mem_eq(talk.client.octets.octets, much, LARGE);
	ck_assert_uint_eq(talk.seen.wire[0], LARGE);
	ck_assert_uint_eq(talk.seen.plain[1], LARGE);
	ck_assert_int_eq(loop_now(talk.loop), start);
	free(much);
	talk_stop(&talk);
}
END_TEST

START_TEST(reset_is_seen)
{
	struct talk talk = { 0 };

	talk_start(&talk, CLOCK_VIRTUAL_TIME, NULL);
	talk_connect(&talk, NULL, NULL);
	talk_run(&talk, 5);
	stream_reset(talk.server.stream);
	talk.server.stream = NULL;
	talk_run(&talk, 100);
	ck_assert_int_eq(talk.client.ended, 1);
	ck_assert_int_eq(talk.client.how, STREAM_RESET);
	ck_assert_ptr_nonnull(strstr(talk.client.problem.text, "reset"));
	ck_assert_str_eq(buffer_text(&talk.seen.log), "open reset<");
	talk_stop(&talk);
}
END_TEST

START_TEST(write_and_reset)
{
	struct talk talk = { 0 };

	talk_start(&talk, CLOCK_VIRTUAL_TIME, NULL);
	talk_connect(&talk, NULL, NULL);
	talk_run(&talk, 5);
	stream_write_and_reset(talk.server.stream, "half a bo", 9);
	talk.server.stream = NULL;
	talk_run(&talk, 100);
	ck_assert_str_eq(buffer_text(&talk.client.octets), "half a bo");
	ck_assert_int_eq(talk.client.how, STREAM_RESET);
	ck_assert_str_eq(buffer_text(&talk.seen.log), "open wire< plain< reset<");
	talk_stop(&talk);
}
END_TEST

START_TEST(write_after_the_other_end_reset)
{
	struct talk talk = { 0 };

	talk_start(&talk, CLOCK_VIRTUAL_TIME, NULL);
	talk_connect(&talk, NULL, NULL);
	talk_run(&talk, 5);
	stream_reset(talk.server.stream);
	talk.server.stream = NULL;
	say(&talk.client, "anybody there?");
	talk_run(&talk, 100);
	ck_assert_int_eq(talk.client.ended, 1);
	ck_assert_int_eq(talk.client.how, STREAM_RESET);
	talk_stop(&talk);
}
END_TEST

START_TEST(half_closed_end_may_still_speak)
{
	struct talk talk = { 0 };

	talk_start(&talk, CLOCK_VIRTUAL_TIME, NULL);
	talk.server.keep_open = true;
	talk_connect(&talk, NULL, NULL);
	talk_run(&talk, 5);
	stream_close(talk.client.stream);
	talk.client.stream = NULL;
	for (int i = 0; i < 100 && !talk.server.ended; i++)
		loop_once(talk.loop);
	say(&talk.server, "bye");
	talk_run(&talk, 100);
	ck_assert_uint_eq(talk.seen.plain[0], 3);
	talk_stop(&talk);
}
END_TEST

START_TEST(nobody_listens)
{
	struct talk talk = { 0 };
	const struct address nobody = { 4, { 127, 0, 99, 1 }, 1, PLACE_HOST };

	talk_start(&talk, _i ? CLOCK_REAL_TIME : CLOCK_VIRTUAL_TIME, NULL);
	talk.client.stream = stream_connect(talk.loop, NULL, &nobody, NULL, NULL, &talk.tap,
					    TRANSPORT_HTTP, &end_events, &talk.client);
	ck_assert_int_eq(talk.client.ended, 0);
	for (int i = 0; i < 10 && !talk.client.ended; i++)
		loop_once(talk.loop);
	ck_assert_int_eq(talk.client.ended, 1);
	ck_assert_int_eq(talk.client.opened, 0);
	ck_assert_str_eq(talk.client.problem.text,
			 "cannot connect to 127.0.99.1:1: Connection refused");
	ck_assert_str_eq(buffer_text(&talk.seen.log), "");
	talk_stop(&talk);
}
END_TEST

START_TEST(bad_local_address)
{
	struct talk talk = { 0 };
	const struct address documentation = { 4, { 192, 0, 2, 1 }, 0, PLACE_HOST };

	talk_start(&talk, CLOCK_VIRTUAL_TIME, NULL);
	talk.client.stream = stream_connect(talk.loop, &documentation,
					    listener_address(talk.listener), NULL, NULL, NULL,
					    TRANSPORT_HTTP, &end_events, &talk.client);
	talk_run(&talk, 10);
	ck_assert_int_eq(talk.client.ended, 1);
	ck_assert_ptr_nonnull(strstr(talk.client.problem.text, "cannot connect"));
	talk_stop(&talk);
}
END_TEST

START_TEST(listener_closed_before_it_accepted)
{
	struct talk talk = { 0 };

	talk_start(&talk, CLOCK_VIRTUAL_TIME, NULL);
	talk_connect(&talk, NULL, NULL);
	say(&talk.client, "hello");
	listener_close(talk.listener);
	talk.listener = NULL;
	talk_run(&talk, 100);
	ck_assert_int_eq(talk.client.ended, 1);
	ck_assert_int_eq(talk.accepted, 0);
	talk_stop(&talk);
}
END_TEST

static void close_inside(void *context, struct stream *stream, const void *octets, size_t length)
{
	struct end *end = context;

	(void)octets;
	(void)length;
	end->stream = NULL;
	end->ended++;
	stream_write(stream, "thanks", 6);
	if (end->echo)
		stream_reset(stream);
	else
		stream_close(stream);
}

START_TEST(closed_inside_a_callback)
{
	static const struct stream_events events = { .octets = close_inside };
	struct talk talk = { 0 };

	talk_start(&talk, CLOCK_VIRTUAL_TIME, NULL);
	talk_connect(&talk, NULL, NULL);
	talk_run(&talk, 5);
	talk.server.echo = _i;
	stream_set_events(talk.server.stream, &events, &talk.server);
	say(&talk.client, "a");
	talk_run(&talk, 100);
	ck_assert_int_eq(talk.server.ended, 1);
	ck_assert_int_eq(talk.client.ended, 1);
	ck_assert_str_eq(buffer_text(&talk.client.octets), "thanks");
	talk_stop(&talk);
}
END_TEST

START_TEST(loop_freed_with_streams_on_their_way)
{
	struct talk talk = { 0 };
	char *much = calloc(1, LARGE);

	talk_start(&talk, CLOCK_REAL_TIME, NULL);
	talk_connect(&talk, NULL, NULL);
	for (int i = 0; i < 5 && !talk.client.opened; i++)
		loop_once(talk.loop);
	stream_write(talk.client.stream, much, LARGE);
	free(much);
	talk_stop(&talk);
}
END_TEST

START_TEST(address_in_use)
{
	struct talk talk = { 0 };
	struct problem problem = { "" };

	talk_start(&talk, CLOCK_VIRTUAL_TIME, NULL);
	ck_assert_ptr_null(listener_new(talk.loop, listener_address(talk.listener), NULL, NULL,
					TRANSPORT_HTTP, NULL, NULL, &problem));
	ck_assert_ptr_nonnull(strstr(problem.text, "in use"));
	talk_stop(&talk);
}
END_TEST

struct mailbox {
	struct datagram_socket *socket;
	struct buffer octets;
	struct address source;
	bool answer;
};

static void mail(void *context, const struct address *source, const void *octets, size_t length)
{
	struct mailbox *box = context;

	buffer_add(&box->octets, octets, length);
	box->source = *source;
	if (box->answer)
		datagram_socket_send(box->socket, source, "pong", 4);
}

START_TEST(datagrams)
{
	const struct address here = { 4, { 127, 0, 1, 1 }, 0, PLACE_HOST }, there = { 4, { 127, 0, 10, 1 }, 0, PLACE_HOST };
	struct talk talk = { 0 };
	struct mailbox a = { 0 }, b = { .answer = true };
	struct problem problem;

	talk_start(&talk, CLOCK_VIRTUAL_TIME, NULL);
	a.socket = datagram_socket_new(talk.loop, &here, NULL, mail, &a, &problem);
	b.socket = datagram_socket_new(talk.loop, &there, &talk.tap, mail, &b, &problem);
	ck_assert_ptr_nonnull(a.socket);
	ck_assert_ptr_nonnull(b.socket);
	const struct address *to = datagram_socket_address(b.socket);

	ck_assert_int_eq(datagram_socket_send(a.socket, to, "ping", 4), 0);
	talk_run(&talk, 10);
	ck_assert_str_eq(buffer_text(&b.octets), "ping");
	ck_assert_str_eq(buffer_text(&a.octets), "pong");
	ck_assert(address_same(&a.source, to));
	ck_assert_str_eq(buffer_text(&talk.seen.datagrams), "1>10:ping 10>1:pong ");
	/* What is due at a socket that closes is due no more. */
	datagram_socket_send(a.socket, to, "late", 4);
	datagram_socket_close(b.socket);
	datagram_socket_close(a.socket);
	datagram_socket_close(NULL);
	buffer_free(&a.octets);
	buffer_free(&b.octets);
	talk_stop(&talk);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stream");
	TCase *tests = tcase_create("plain");

	tcase_add_loop_test(tests, talks_both_ways, 0, 2);
	tcase_add_test(tests, close_is_seen);
	tcase_add_test(tests, close_with_octets_on_the_way);
	tcase_add_test(tests, large_transfer);
	tcase_add_test(tests, reset_is_seen);
	tcase_add_test(tests, write_and_reset);
	tcase_add_test(tests, write_after_the_other_end_reset);
	tcase_add_test(tests, half_closed_end_may_still_speak);
	tcase_add_loop_test(tests, nobody_listens, 0, 2);
	tcase_add_test(tests, bad_local_address);
	tcase_add_test(tests, listener_closed_before_it_accepted);
	tcase_add_loop_test(tests, closed_inside_a_callback, 0, 2);
	tcase_add_test(tests, loop_freed_with_streams_on_their_way);
	tcase_add_test(tests, address_in_use);
	tcase_add_test(tests, datagrams);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
