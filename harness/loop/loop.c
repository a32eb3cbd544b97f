/*
 * loop: rounds of poll(), and how virtual time moves.
 *
 * A round in virtual time looks at the sockets first and comes to the timers only when
 * nothing is readable and nothing is on its way; then it jumps to one timer. So whatever a
 * timer sets off has happened before the next timer, even one of the same instant: input
 * and output take no time. Two ends that talk without end would stop the clock; after
 * MANY_ROUNDS without a timer each further round takes a millisecond.
 */
#include "harness/loop/loop-inside.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "harness/loop/account.h"
#include "protocols/memory.h"

enum { MANY_ROUNDS = 10000 };

#define LOST_AFTER MILLISECONDS(20) /* really: octets in flight that nobody received */
#define HELD_AT_MOST SECONDS(2)     /* really: a library that does its own input and output */

static int64_t clock_microseconds(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

int64_t loop_monotonic(void)
{
	return clock_microseconds(CLOCK_MONOTONIC);
}

/* Where virtual time begins: in the week that it is, but always at the same time of the week, so
 * that a run says the same whenever it is made (periodic Informs are due at times of the day). */
static int64_t virtual_beginning(int64_t now)
{
	return now - now % SECONDS(7 * 24 * 3600) + SECONDS(1033) + MILLISECONDS(579);
}

struct loop *loop_new(enum loop_clock clock)
{
	struct loop *loop = memory_new(sizeof(*loop));

	loop->clock = clock;
	loop->now = clock_microseconds(CLOCK_REALTIME);
	loop->difference = loop->now - loop_monotonic();
	if (clock == CLOCK_VIRTUAL_TIME)
		loop->now = virtual_beginning(loop->now);
	loop->directory = directory_new();
	for (int place = 0; place < PLACES; place++)
		loop->places[place] = -1;
	return loop;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	while (loop->guests)
		loop->guests->end(loop->guests);
	loop_signals_free(loop);
	for (size_t i = 0; i < loop->watch_count; i++)
		free(loop->watches[i]);
	free(loop->watches);
	free(loop->polled);
	loop_timers_free(loop);
	directory_free(loop->directory);
	free(loop);
}

/* Real time runs on the monotonic clock, so that setting the computer's clock moves no timer. */
int64_t loop_now(const struct loop *loop)
{
	if (loop->clock == CLOCK_VIRTUAL_TIME)
		return loop->now;
	return loop_monotonic() + loop->difference;
}

void loop_not_before(struct loop *loop, int64_t time)
{
	if (loop_is_virtual(loop) && loop->now < time)
		loop->now = time;
}

bool loop_is_virtual(const struct loop *loop)
{
	return loop->clock == CLOCK_VIRTUAL_TIME;
}

struct watch *loop_watch(struct loop *loop, int fd, int wanted, watch_callback callback,
			 void *context)
{
	struct watch *watch = memory_new(sizeof(*watch));

	*watch = (struct watch){ loop, fd, wanted, callback, context, false };
	if (loop->watch_count == loop->watch_capacity) {
		loop->watch_capacity = loop->watch_capacity ? 2 * loop->watch_capacity : 16;
		loop->watches = memory_resize(loop->watches, loop->watch_capacity,
					      sizeof(*loop->watches));
	}
	loop->watches[loop->watch_count++] = watch;
	return watch;
}

void loop_rewatch(struct watch *watch, int wanted)
{
	watch->wanted = wanted;
}

void loop_unwatch(struct watch *watch)
{
	if (!watch)
		return;
	watch->gone = true;
	watch->loop->gone_count++;
}

static void sweep(struct loop *loop)
{
	size_t kept = 0;

	if (loop->gone_count == 0)
		return;
	for (size_t i = 0; i < loop->watch_count; i++) {
		if (loop->watches[i]->gone)
			free(loop->watches[i]);
		else
			loop->watches[kept++] = loop->watches[i];
	}
	loop->watch_count = kept;
	loop->gone_count = 0;
}

void loop_sent(struct loop *loop, int64_t amount)
{
	loop->in_flight += amount;
}

void loop_received(struct loop *loop, int64_t amount)
{
	loop->in_flight -= amount;
	if (loop->in_flight < 0)
		loop->in_flight = 0;
}

void loop_hold(struct loop *loop)
{
	loop->holds++;
}

void loop_release(struct loop *loop)
{
	if (loop->holds > 0)
		loop->holds--;
}

unsigned loop_lost(const struct loop *loop)
{
	return loop->lost;
}

void loop_guest_add(struct loop *loop, struct guest *guest)
{
	guest->next = loop->guests;
	guest->link = &loop->guests;
	if (guest->next)
		guest->next->link = &guest->next;
	loop->guests = guest;
}

/* The newest stands first. */
void loop_guests_keep(struct loop *loop, unsigned most)
{
	struct guest *guest = loop->guests, *older;

	for (; guest && most > 0; most--)
		guest = guest->next;
	for (; guest; guest = older) {
		older = guest->next;
		guest->end(guest);
	}
}

void loop_guest_remove(struct guest *guest)
{
	if (!guest->link)
		return;
	*guest->link = guest->next;
	if (guest->next)
		guest->next->link = guest->link;
	guest->link = NULL;
}

static int ready_of(const struct pollfd *polled, int wanted)
{
	int ready = 0;

	if (polled->revents & POLLIN)
		ready |= LOOP_READ;
	if (polled->revents & POLLOUT)
		ready |= LOOP_WRITE;
	if (polled->revents & (POLLERR | POLLHUP | POLLNVAL))
		ready |= wanted;
	return ready;
}

/* Waits, at most as long as said (-1 = no bound), and handles what is ready: was there any? */
static bool poll_watches(struct loop *loop, int64_t microseconds)
{
	struct timespec time = { microseconds / 1000000, microseconds % 1000000 * 1000 };
	size_t count = loop->watch_count;

	if (count > loop->polled_capacity) {
		loop->polled_capacity = loop->watch_capacity;
		loop->polled = memory_resize(loop->polled, loop->polled_capacity,
					     sizeof(*loop->polled));
	}
	for (size_t i = 0; i < count; i++) {
		const struct watch *watch = loop->watches[i];

		loop->polled[i] = (struct pollfd){
			.fd = watch->wanted ? watch->fd : -1,
			.events = (short)((watch->wanted & LOOP_READ ? POLLIN : 0) |
					  (watch->wanted & LOOP_WRITE ? POLLOUT : 0)),
		};
	}
	int number = ppoll(loop->polled, count, microseconds < 0 ? NULL : &time, NULL);

	for (size_t i = 0, left = number > 0 ? (size_t)number : 0; i < count && left > 0; i++) {
		struct watch *watch = loop->watches[i];
		struct pollfd polled = loop->polled[i];

		if (polled.revents == 0)
			continue;
		left--;
		int ready = ready_of(&polled, watch->wanted);

		if (!watch->gone && watch->wanted)
			watch->callback(watch->context, polled.fd, ready);
	}
	sweep(loop);
	return number > 0;
}

/* A signal may come between the look and the wait: its pipe wakes the poll. */
static bool anything_left(const struct loop *loop)
{
	size_t own = loop->signal_watch ? 1 : 0;

	return loop->watch_count > own || loop->timer_count > 0 || loop->child_count > 0;
}

static bool real_round(struct loop *loop)
{
	const struct timer *timer = loop_next_timer(loop);
	int64_t wait = -1;

	if (timer) {
		int64_t now = loop_now(loop);

		wait = timer->time > now ? timer->time - now : 0;
	}
	poll_watches(loop, wait);
	loop_fire_due(loop);
	return true;
}

static void jump(struct loop *loop)
{
	const struct timer *timer = loop_next_timer(loop);

	if (timer->time > loop->now)
		loop->now = timer->time;
	loop->quiet_rounds = 0;
	loop_fire(loop);
}

/* Somebody outside works for us: time goes on as it really does, to the next timer. */
static bool held_round(struct loop *loop)
{
	const struct timer *timer = loop_next_timer(loop);
	int64_t wait = HELD_AT_MOST;

	if (timer && timer->time - loop->now < wait)
		wait = timer->time > loop->now ? timer->time - loop->now : 0;
	if (poll_watches(loop, wait))
		return true;
	if (loop_next_timer(loop))
		jump(loop);
	return true;
}

static bool virtual_round(struct loop *loop)
{
	if (poll_watches(loop, 0)) {
		if (++loop->quiet_rounds > MANY_ROUNDS) {
			loop->now += MILLISECONDS(1);
			loop_fire_due(loop);
		}
		return true;
	}
	if (loop->in_flight > 0) {
		if (poll_watches(loop, LOST_AFTER))
			return true;
		loop->in_flight = 0;
		loop->epoch++;
		loop->lost++;
	}
	if (loop->holds > 0 || loop->child_count > 0)
		return held_round(loop);
	if (!loop_next_timer(loop))
		return false; /* nobody in this process will ever say a word again */
	jump(loop);
	return true;
}

bool loop_once(struct loop *loop)
{
	sweep(loop);
	if (!anything_left(loop))
		return false;
	if (loop->child_count > 0 && !loop->signal_watch)
		loop_reap(loop);
	if (loop->clock == CLOCK_VIRTUAL_TIME)
		return virtual_round(loop);
	return real_round(loop);
}

void loop_run(struct loop *loop)
{
	loop->stopped = false;
	while (!loop->stopped && !loop->signal && loop_once(loop))
		continue;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}
