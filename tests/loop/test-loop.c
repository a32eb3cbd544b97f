#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/loop/loop.h"
#include "tests/suite.h"

struct record { /* what happened, in order */
	struct loop *loop;
	char text[256];
	size_t length;
	int64_t at;
	struct watch *watch, *other;
	struct timer *timer;
	int fd;
};

static void note(struct record *record, char letter)
{
	if (record->length < sizeof(record->text) - 1)
		record->text[record->length++] = letter;
}

struct mark {
	struct record *record;
	char letter;
};

static void mark(void *context)
{
	struct mark *one = context;

	note(one->record, one->letter);
	one->record->at = loop_now(one->record->loop);
}

START_TEST(virtual_time_jumps)
{
	struct loop *loop = loop_new(CLOCK_VIRTUAL_TIME);
	struct record record = { .loop = loop };
	struct mark a = { &record, 'a' };
	int64_t start = loop_now(loop);

	ck_assert(loop_is_virtual(loop));
	loop_after(loop, SECONDS(3600) * 24 * 365, mark, &a);
	loop_run(loop);
	ck_assert_str_eq(record.text, "a");
	ck_assert_int_eq(loop_now(loop) - start, SECONDS(3600) * 24 * 365);
	ck_assert_int_eq(loop_lost(loop), 0);
	loop_free(loop);
}
END_TEST

START_TEST(real_time_runs)
{
	struct loop *loop = loop_new(CLOCK_REAL_TIME);
	struct record record = { .loop = loop };
	struct mark a = { &record, 'a' }, b = { &record, 'b' };
	int64_t start = loop_now(loop);

	loop_after(loop, MILLISECONDS(20), mark, &b);
	loop_after(loop, MILLISECONDS(10), mark, &a);
	loop_run(loop);
	ck_assert_str_eq(record.text, "ab");
	ck_assert_int_ge(record.at - start, MILLISECONDS(20));
	loop_free(loop);
}
END_TEST

START_TEST(timers_keep_their_order)
{
	struct loop *loop = loop_new(_i ? CLOCK_VIRTUAL_TIME : CLOCK_REAL_TIME);
	struct record record = { .loop = loop };
	struct mark marks[26];
	int64_t time = loop_now(loop) + MILLISECONDS(1);

	for (int i = 0; i < 26; i++) {
		marks[i] = (struct mark){ &record, (char)('a' + i) };
		loop_at(loop, time, mark, &marks[i]);
	}
	loop_run(loop);
	ck_assert_str_eq(record.text, "abcdefghijklmnopqrstuvwxyz");
	loop_free(loop);
}
END_TEST

/* Whatever is cancelled in between, the rest comes in the order of time. */
START_TEST(many_timers_with_cancels)
{
	struct loop *loop = loop_new(CLOCK_VIRTUAL_TIME);
	struct timer *timers[200];
	struct record record = { .loop = loop };
	struct mark a = { &record, 'a' };
	unsigned seed = 12345;
	int64_t last = 0;
	size_t left = 0;

	for (size_t i = 0; i < 200; i++) {
		seed = seed * 1103515245 + 12345;
		timers[i] = loop_after(loop, SECONDS(1 + seed / 65536 % 50), mark, &a);
	}
	for (size_t i = 0; i < 200; i += 3)
		loop_cancel(timers[i]);
	while (loop_once(loop)) {
		ck_assert_int_ge(record.at, last);
		last = record.at;
		left++;
	}
	ck_assert_uint_eq(left, 200 - 67);
	ck_assert_uint_eq(record.length, 200 - 67);
	loop_cancel(NULL);
	loop_free(loop);
}
END_TEST

static void again(void *context)
{
	struct mark *one = context;

	mark(one);
	if (one->record->length < 5)
		loop_after(one->record->loop, 0, again, one);
}

START_TEST(timer_made_in_a_timer)
{
	struct loop *loop = loop_new(_i ? CLOCK_VIRTUAL_TIME : CLOCK_REAL_TIME);
	struct record record = { .loop = loop };
	struct mark a = { &record, 'a' };

	loop_after(loop, 0, again, &a);
	loop_run(loop);
	ck_assert_str_eq(record.text, "aaaaa");
	loop_free(loop);
}
END_TEST

static void cancel_other(void *context)
{
	struct record *record = context;

	note(record, 'c');
	loop_cancel(record->timer);
}

START_TEST(timer_cancels_one_of_the_same_instant)
{
	struct loop *loop = loop_new(_i ? CLOCK_VIRTUAL_TIME : CLOCK_REAL_TIME);
	struct record record = { .loop = loop };
	struct mark b = { &record, 'b' };

	loop_after(loop, -5, cancel_other, &record);
	record.timer = loop_after(loop, 0, mark, &b);
	loop_run(loop);
	ck_assert_str_eq(record.text, "c");
	loop_free(loop);
}
END_TEST

static void read_some(void *context, int fd, int ready)
{
	struct record *record = context;
	char octet;

	ck_assert(ready & LOOP_READ);
	ck_assert_int_eq(read(fd, &octet, 1), 1);
	note(record, octet);
	record->at = loop_now(record->loop);
}

START_TEST(sockets_come_before_timers_in_virtual_time)
{
	struct loop *loop = loop_new(CLOCK_VIRTUAL_TIME);
	struct record record = { .loop = loop };
	struct mark t = { &record, 't' };
	int64_t start = loop_now(loop);
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	struct watch *watch = loop_watch(loop, fds[0], LOOP_READ, read_some, &record);

	loop_after(loop, SECONDS(1), mark, &t);
	ck_assert_int_eq(write(fds[1], "xy", 2), 2);
	loop_once(loop);
	loop_once(loop);
	ck_assert_int_eq(record.at, start);
	loop_once(loop);
	ck_assert_str_eq(record.text, "xyt");
	ck_assert(!loop_once(loop)); /* only a silent socket is left */
	loop_unwatch(watch);
	loop_unwatch(NULL);
	close(fds[0]);
	close(fds[1]);
	loop_free(loop);
}
END_TEST

static void remove_both(void *context, int fd, int ready)
{
	struct record *record = context;

	(void)fd;
	(void)ready;
	note(record, 'r');
	loop_unwatch(record->watch);
	loop_unwatch(record->other);
}

/* Both are ready; who comes first takes both away: the other must not be called. */
START_TEST(watches_removed_inside_a_callback)
{
	struct loop *loop = loop_new(CLOCK_REAL_TIME);
	struct record record = { .loop = loop };
	int one[2], two[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, one), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, two), 0);
	ck_assert_int_eq(write(one[1], "x", 1), 1);
	ck_assert_int_eq(write(two[1], "x", 1), 1);
	record.watch = loop_watch(loop, one[0], LOOP_READ, remove_both, &record);
	record.other = loop_watch(loop, two[0], LOOP_READ, remove_both, &record);
	loop_run(loop);
	ck_assert_str_eq(record.text, "r");
	for (int i = 0; i < 2; i++) {
		close(one[i]);
		close(two[i]);
	}
	loop_free(loop);
}
END_TEST

static void write_once(void *context, int fd, int ready)
{
	struct record *record = context;

	(void)fd;
	ck_assert_int_eq(ready, LOOP_WRITE);
	note(record, 'w');
	if (record->length == 3)
		loop_rewatch(record->watch, 0);
}

START_TEST(rewatch_pauses)
{
	struct loop *loop = loop_new(CLOCK_VIRTUAL_TIME);
	struct record record = { .loop = loop };
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	record.watch = loop_watch(loop, fds[0], LOOP_WRITE, write_once, &record);
	loop_run(loop);
	ck_assert_str_eq(record.text, "www");
	close(fds[0]);
	close(fds[1]);
	loop_free(loop);
}
END_TEST

START_TEST(hang_up_counts_as_wanted)
{
	struct loop *loop = loop_new(CLOCK_REAL_TIME);
	struct record record = { .loop = loop };
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	close(fds[0]);
	record.watch = loop_watch(loop, fds[1], LOOP_WRITE, write_once, &record);
	loop_once(loop);
	ck_assert_str_eq(record.text, "w");
	close(fds[1]);
	loop_free(loop);
}
END_TEST

/* Octets that never arrive are waited for, once, then time goes on. */
START_TEST(open_account_is_written_off)
{
	struct loop *loop = loop_new(CLOCK_VIRTUAL_TIME);
	struct record record = { .loop = loop };
	struct mark a = { &record, 'a' };

	loop_sent(loop, 5);
	loop_received(loop, 2);
	loop_after(loop, SECONDS(1), mark, &a);
	loop_run(loop);
	ck_assert_str_eq(record.text, "a");
	ck_assert_uint_eq(loop_lost(loop), 1);
	loop_received(loop, 100); /* never below nothing */
	loop_sent(loop, 1);
	loop_after(loop, SECONDS(1), mark, &a);
	loop_run(loop);
	ck_assert_uint_eq(loop_lost(loop), 2);
	loop_free(loop);
}
END_TEST

START_TEST(hold_keeps_pace_with_real_time)
{
	struct loop *loop = loop_new(CLOCK_VIRTUAL_TIME), *real = loop_new(CLOCK_REAL_TIME);
	struct record record = { .loop = loop };
	struct mark a = { &record, 'a' };
	int64_t start = loop_now(real);

	loop_hold(loop);
	loop_after(loop, MILLISECONDS(50), mark, &a);
	loop_once(loop);
	ck_assert_str_eq(record.text, "a");
	ck_assert_int_ge(loop_now(real) - start, MILLISECONDS(50));
	loop_release(loop);
	loop_free(loop);
	loop_free(real);
}
END_TEST

/* Two ends that talk without end must not stop the clock for good. */
static void echo(void *context, int fd, int ready)
{
	char octet;

	(void)context;
	(void)ready;
	ck_assert_int_eq(read(fd, &octet, 1), 1);
	ck_assert_int_eq(write(fd, &octet, 1), 1);
}

static void stop(void *context)
{
	loop_stop(context);
}

START_TEST(endless_talk_takes_time)
{
	struct loop *loop = loop_new(CLOCK_VIRTUAL_TIME);
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	loop_watch(loop, fds[0], LOOP_READ, echo, NULL);
	loop_watch(loop, fds[1], LOOP_READ, echo, NULL);
	ck_assert_int_eq(write(fds[0], "x", 1), 1);
	loop_after(loop, SECONDS(5), stop, loop);
	loop_run(loop);
	close(fds[0]);
	close(fds[1]);
	loop_free(loop);
}
END_TEST

static void ended(void *context, int wait_status)
{
	struct record *record = context;

	note(record, (char)('0' + WEXITSTATUS(wait_status)));
	if (record->fd > 0) /* lets the next child go */
		ck_assert_int_eq(write(record->fd, "x", 1), 1);
}

START_TEST(children_are_reported)
{
	struct loop *loop = loop_new(_i ? CLOCK_VIRTUAL_TIME : CLOCK_REAL_TIME);
	struct record record = { .loop = loop };
	int fds[2];

	/* Each child waits for its turn: an octet that it takes out of the pipe. */
	ck_assert_int_eq(pipe(fds), 0);
	record.fd = fds[1];
	for (int i = 1; i <= 3; i++) {
		pid_t pid = fork();
		char octet;

		if (pid == 0)
			_exit(read(fds[0], &octet, 1) == 1 ? 7 : 1);
		loop_child(loop, pid, ended, &record);
	}
	ck_assert_int_eq(write(fds[1], "x", 1), 1);
	loop_run(loop);
	ck_assert_str_eq(record.text, "777");
	close(fds[0]);
	close(fds[1]);
	loop_free(loop);
}
END_TEST

START_TEST(child_that_ended_before)
{
	struct loop *loop = loop_new(CLOCK_REAL_TIME);
	struct record record = { .loop = loop };
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0)
		_exit(7);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	loop_child(loop, pid, ended, &record);
	loop_run(loop);
	ck_assert_str_eq(record.text, "7");
	loop_free(loop);
}
END_TEST

START_TEST(disowned_child_is_not_reported)
{
	struct loop *loop = loop_new(CLOCK_REAL_TIME);
	struct record record = { .loop = loop };
	pid_t children[2];

	for (int i = 0; i < 2; i++) {
		children[i] = fork();
		if (children[i] == 0)
			_exit(i);
		loop_child(loop, children[i], ended, &record);
	}
	loop_disown(loop, children[0]);
	ck_assert_int_eq(waitpid(children[0], NULL, 0), children[0]);
	loop_run(loop);
	ck_assert_str_eq(record.text, "1");
	loop_free(loop);
}
END_TEST

START_TEST(signals_end_the_run)
{
	struct loop *loop = loop_new(CLOCK_REAL_TIME);
	struct record record = { .loop = loop };
	struct mark a = { &record, 'a' };
	struct problem problem;

	ck_assert_int_eq(loop_catch_signals(loop, &problem), 0);
	ck_assert_int_eq(loop_signal(loop), 0);
	loop_after(loop, SECONDS(60), mark, &a);
	raise(SIGTERM);
	loop_run(loop);
	ck_assert_int_eq(loop_signal(loop), SIGTERM);
	ck_assert_str_eq(record.text, "");
	loop_free(loop);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("loop");
	TCase *tests = tcase_create("loop");

	tcase_add_test(tests, virtual_time_jumps);
	tcase_add_test(tests, real_time_runs);
	tcase_add_loop_test(tests, timers_keep_their_order, 0, 2);
	tcase_add_test(tests, many_timers_with_cancels);
	tcase_add_loop_test(tests, timer_made_in_a_timer, 0, 2);
	tcase_add_loop_test(tests, timer_cancels_one_of_the_same_instant, 0, 2);
	tcase_add_test(tests, sockets_come_before_timers_in_virtual_time);
	tcase_add_test(tests, watches_removed_inside_a_callback);
	tcase_add_test(tests, rewatch_pauses);
	tcase_add_test(tests, hang_up_counts_as_wanted);
	tcase_add_test(tests, open_account_is_written_off);
	tcase_add_test(tests, hold_keeps_pace_with_real_time);
	tcase_add_test(tests, endless_talk_takes_time);
	tcase_add_loop_test(tests, children_are_reported, 0, 2);
	tcase_add_test(tests, child_that_ended_before);
	tcase_add_test(tests, disowned_child_is_not_reported);
	tcase_add_test(tests, signals_end_the_run);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
