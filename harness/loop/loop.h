/*
 * loop: one event loop on poll(), with one clock.
 *
 * Real clock: waits as long as it takes. Virtual clock: when nothing is readable and
 * nothing is due, time jumps to the next timer, so that a flow of hours takes milliseconds.
 * It starts at the real time. All times are microseconds since 1970 on the loop's clock.
 *
 * Virtual time must not jump while octets are on their way between two sockets of this
 * process: whoever sends says loop_sent, whoever receives says loop_received; while the
 * account is open the loop waits (really, at most 20 ms, then it is taken for lost) before
 * it jumps. A library that does its own I/O (libcurl) holds the loop: loop_hold; while it does,
 * time goes to the next timer only as fast as real time does, and when nothing happens for 2 s it
 * jumps. So it does while a child process runs. stream and datagram keep the account themselves.
 */
#ifndef HARNESS_LOOP_LOOP_H
#define HARNESS_LOOP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "protocols/address.h"
#include "protocols/problem.h"

#define SECONDS(n) ((int64_t)(n) * 1000000)
#define MILLISECONDS(n) ((int64_t)(n) * 1000)

enum loop_clock { CLOCK_REAL_TIME, CLOCK_VIRTUAL_TIME };

struct loop;
struct watch;
struct timer;

enum { LOOP_READ = 1, LOOP_WRITE = 2 }; /* what a watch waits for, or'ed */

/* ready: LOOP_READ and/or LOOP_WRITE; an error or hang-up counts as both wanted. */
typedef void (*watch_callback)(void *context, int fd, int ready);
typedef void (*timer_callback)(void *context);
typedef void (*child_callback)(void *context, int wait_status);

struct loop *loop_new(enum loop_clock clock);
void loop_free(struct loop *loop); /* watches and timers that are left go with it */
int64_t loop_now(const struct loop *loop);
/* Virtual time goes on to time, if it has not come that far: a second loop of one run. */
void loop_not_before(struct loop *loop, int64_t time);
bool loop_is_virtual(const struct loop *loop);

/* Watches and timers may be added, changed and removed from inside any callback. */
struct watch *loop_watch(struct loop *loop, int fd, int wanted, watch_callback, void *context);
void loop_rewatch(struct watch *watch, int wanted);
void loop_unwatch(struct watch *watch); /* NULL is fine */
/* Calls back once, delay microseconds from now; the timer is gone after that. Timers due at the
 * same time fire in the order of their making. */
struct timer *loop_after(struct loop *loop, int64_t delay, timer_callback, void *context);
struct timer *loop_at(struct loop *loop, int64_t time, timer_callback, void *context);
void loop_cancel(struct timer *timer); /* NULL is fine; not after it has fired */

void loop_sent(struct loop *loop, int64_t amount);
void loop_received(struct loop *loop, int64_t amount);
void loop_hold(struct loop *loop);    /* counted */
void loop_release(struct loop *loop);
/* How often octets were taken for lost: in a sound virtual run never (each time costs 20 ms). */
unsigned loop_lost(const struct loop *loop);

/* SIGINT and SIGTERM through a pipe: loop_run returns, loop_signal gives the number (0 none). */
int loop_catch_signals(struct loop *loop, struct problem *problem);
int loop_signal(const struct loop *loop);
/* Calls back when the child process ends (SIGCHLD through the same pipe). */
void loop_child(struct loop *loop, int pid, child_callback, void *context);
void loop_disown(struct loop *loop, int pid); /* no callback any more; who disowns it, waits */

/* Where sockets of addresses of this place are opened: a network namespace. The descriptor stays
 * the caller's and must outlive the sockets' making; -1 (as at first) = the program's own one. */
void loop_set_place(struct loop *loop, enum network_place place, int namespace_fd);
int loop_namespace(const struct loop *loop, enum network_place place); /* as it was set */
/* socket(2), in the namespace of a place, not blocking and closed by exec; its descriptor, or -1
 * with errno. Every socket of the loop is made here. */
int loop_socket(const struct loop *loop, enum network_place place, int domain, int type,
		int protocol);

/* One round: waits for the next event and handles all that is ready. Returns false when
 * there is nothing left to wait for; in virtual time also when only sockets are left that
 * nobody in this process will write to (no timer, no child, no hold). */
bool loop_once(struct loop *loop);
/* Rounds until loop_stop, a signal, or nothing left to wait for. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

#endif
