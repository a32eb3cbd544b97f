/*
 * loop-inside: what the files of the loop share; nobody else looks here.
 */
#ifndef HARNESS_LOOP_LOOP_INSIDE_H
#define HARNESS_LOOP_LOOP_INSIDE_H

#include <poll.h>
#include <stddef.h>

#include "harness/loop/loop.h"

struct watch {
	struct loop *loop;
	int fd;
	int wanted;
	watch_callback callback;
	void *context;
	bool gone; /* removed inside a round: freed at the round's end */
};

struct timer {
	struct loop *loop;
	int64_t time;
	uint64_t sequence; /* order of making: settles equal times */
	size_t place;      /* in the heap */
	timer_callback callback;
	void *context;
};

struct child {
	int pid;
	child_callback callback;
	void *context;
};

/* Something that lives on the loop without an owner (a closed stream whose last octets are
 * still to go out): loop_free ends it. */
struct guest {
	struct guest *next, **link;
	void (*end)(struct guest *guest);
};

struct directory; /* account.h */

struct loop {
	enum loop_clock clock;
	int64_t now;        /* virtual time */
	int64_t difference; /* real time: what to add to the monotonic clock */
	struct watch **watches;
	size_t watch_count, watch_capacity, gone_count;
	struct pollfd *polled;
	size_t polled_capacity;
	struct timer **heap;
	size_t timer_count, timer_capacity;
	uint64_t sequence;
	int64_t in_flight;
	unsigned epoch; /* of the account: rises when octets in flight are taken for lost */
	unsigned lost;
	int holds;
	int quiet_rounds; /* rounds in virtual time since a timer was due: see loop.c */
	struct child *children;
	size_t child_count, child_capacity;
	int signal_pipe[2];
	struct watch *signal_watch;
	bool catching;
	int signal;
	bool stopped;
	struct guest *guests;
	struct directory *directory;
	int places[PLACES]; /* namespaces; -1 = the program's own */
};

int64_t loop_monotonic(void);
struct timer *loop_next_timer(const struct loop *loop); /* NULL = none */
/* Takes the next timer out and calls it back. */
void loop_fire(struct loop *loop);
/* All that are due, but not those that are made meanwhile. */
void loop_fire_due(struct loop *loop);
void loop_timers_free(struct loop *loop);
void loop_signals_free(struct loop *loop);
void loop_reap(struct loop *loop); /* calls back for children that have ended */
void loop_guest_add(struct loop *loop, struct guest *guest);
/* Ends the oldest guests until only so many are left. */
void loop_guests_keep(struct loop *loop, unsigned most);
void loop_guest_remove(struct guest *guest);

#endif
