/* loop-timers: a binary heap by time, then by order of making. */
#include "harness/loop/loop-inside.h"

#include <stdlib.h>

#include "protocols/memory.h"

static bool before(const struct timer *a, const struct timer *b)
{
	return a->time < b->time || (a->time == b->time && a->sequence < b->sequence);
}

static void put(struct loop *loop, size_t place, struct timer *timer)
{
	loop->heap[place] = timer;
	timer->place = place;
}

static void rise(struct loop *loop, struct timer *timer)
{
	size_t place = timer->place;

	while (place > 0 && before(timer, loop->heap[(place - 1) / 2])) {
		put(loop, place, loop->heap[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
	put(loop, place, timer);
}

static void sink(struct loop *loop, struct timer *timer)
{
	size_t place = timer->place;

	for (;;) {
		size_t child = 2 * place + 1;

		if (child >= loop->timer_count)
			break;
		if (child + 1 < loop->timer_count &&
		    before(loop->heap[child + 1], loop->heap[child]))
			child++;
		if (!before(loop->heap[child], timer))
			break;
		put(loop, place, loop->heap[child]);
		place = child;
	}
	put(loop, place, timer);
}

static void take_out(struct timer *timer)
{
	struct loop *loop = timer->loop;
	struct timer *last = loop->heap[--loop->timer_count];

	if (last == timer)
		return;
	put(loop, timer->place, last);
	rise(loop, last);
	sink(loop, last);
}

struct timer *loop_at(struct loop *loop, int64_t time, timer_callback callback, void *context)
{
	struct timer *timer = memory_new(sizeof(*timer));

	if (loop->timer_count == loop->timer_capacity) {
		loop->timer_capacity = loop->timer_capacity ? 2 * loop->timer_capacity : 16;
		loop->heap = memory_resize(loop->heap, loop->timer_capacity, sizeof(*loop->heap));
	}
	timer->loop = loop;
	timer->time = time;
	timer->sequence = loop->sequence++;
	timer->callback = callback;
	timer->context = context;
	put(loop, loop->timer_count++, timer);
	rise(loop, timer);
	return timer;
}

struct timer *loop_after(struct loop *loop, int64_t delay, timer_callback callback, void *context)
{
	int64_t now = loop_now(loop);

	if (delay < 0)
		delay = 0;
	return loop_at(loop, delay > INT64_MAX - now ? INT64_MAX : now + delay, callback, context);
}

void loop_cancel(struct timer *timer)
{
	if (!timer)
		return;
	take_out(timer);
	free(timer);
}

struct timer *loop_next_timer(const struct loop *loop)
{
	return loop->timer_count > 0 ? loop->heap[0] : NULL;
}

void loop_fire(struct loop *loop)
{
	struct timer *timer = loop->heap[0];
	timer_callback callback = timer->callback;
	void *context = timer->context;

	take_out(timer);
	free(timer);
	callback(context);
}

void loop_fire_due(struct loop *loop)
{
	uint64_t made_later = loop->sequence;
	int64_t now = loop_now(loop);

	for (;;) {
		const struct timer *timer = loop_next_timer(loop);

		if (!timer || timer->time > now || timer->sequence >= made_later)
			return;
		loop_fire(loop);
	}
}

void loop_timers_free(struct loop *loop)
{
	for (size_t i = 0; i < loop->timer_count; i++)
		free(loop->heap[i]);
	free(loop->heap);
	loop->heap = NULL;
	loop->timer_count = 0;
}
