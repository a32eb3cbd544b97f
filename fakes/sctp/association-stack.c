/*
 * association-stack: SCTP of one loop: when the library's timers run, and when what it said is
 * carried out.
 *
 * The timers run every 10 ms as long as something may be due: an association comes up or goes
 * down, something was not acknowledged yet, or a packet just came (its acknowledgement may be held
 * back for 200 ms, RFC 9260 6.2). An idle association has no timer that matters on virtual
 * time, so that time can jump; on real time the heartbeats do.
 */
#include <stdlib.h>

#include "fakes/sctp/association-inside.h"
#include "protocols/memory.h"

#define QUIET MILLISECONDS(500) /* after the last packet: nothing is held back any more */
#define COARSER 16              /* on virtual time a wait is measured in parts of this size */

static struct {
	struct association_stack *stacks;
	bool sending, telling; /* further down in the calls of this process */
} process;

struct association_stack *association_stacks(void)
{
	return process.stacks;
}

struct association_stack *association_stack_of(struct loop *loop)
{
	struct association_stack *stack = process.stacks;

	while (stack && stack->loop != loop)
		stack = stack->next;
	if (stack)
		return stack;
	stack = memory_new(sizeof(*stack));
	stack->loop = loop;
	stack->ticked = loop_now(loop);
	stack->next = process.stacks;
	process.stacks = stack;
	return stack;
}

static bool needed(const struct association_stack *stack)
{
	return stack->servers || stack->associations || stack->inside > 0;
}

void association_stack_leave(struct association_stack *stack)
{
	struct association_stack **link = &process.stacks;

	if (needed(stack))
		return;
	while (*link != stack)
		link = &(*link)->next;
	*link = stack->next;
	association_paths_free(stack);
	loop_cancel(stack->tick);
	loop_cancel(stack->soon);
	free(stack);
}

static bool waits(const struct association_stack *stack)
{
	if (!stack->associations)
		return false;
	if (!loop_is_virtual(stack->loop) || loop_now(stack->loop) - stack->busy < QUIET)
		return true;
	for (const struct association *one = stack->associations; one; one = one->next)
		if (association_waits(one))
			return true;
	return false;
}

static void ticked(void *context)
{
	struct association_stack *stack = context;

	stack->tick = NULL;
	association_stack_enter(stack);
	association_stack_exit(stack, true);
}

static void soon(void *context)
{
	struct association_stack *stack = context;

	stack->soon = NULL;
	association_stack_enter(stack);
	association_stack_exit(stack, true);
}

/* The longer nothing happened, the less often: what is due then is due in seconds. */
static void arm(struct association_stack *stack)
{
	int64_t interval = ASSOCIATION_TICK;

	loop_cancel(stack->tick);
	stack->tick = NULL;
	if (!waits(stack))
		return;
	if (loop_is_virtual(stack->loop)) {
		int64_t part = (loop_now(stack->loop) - stack->busy) / COARSER;

		interval = part > interval ? part : interval;
	}
	stack->tick = loop_after(stack->loop, interval, ticked, stack);
}

void association_stack_enter(struct association_stack *stack)
{
	int64_t elapsed = (loop_now(stack->loop) - stack->ticked) / 1000;

	stack->inside++;
	if (elapsed <= 0)
		return;
	stack->ticked += elapsed * 1000;
	usrsctp_handle_timers(elapsed < UINT32_MAX ? (uint32_t)elapsed : UINT32_MAX);
}

static void send_packets(void)
{
	uintptr_t number;
	struct buffer packet;

	if (process.sending)
		return;
	process.sending = true;
	while (association_library_packet(&number, &packet)) {
		struct association_path *path = association_path_find(number);

		if (path)
			association_path_send(path, packet.octets, packet.length);
		buffer_free(&packet);
	}
	process.sending = false;
}

static void tell(void)
{
	struct association_saying saying;

	if (process.telling)
		return;
	process.telling = true;
	while (association_library_saying(&saying)) {
		association_saying_handle(&saying);
		buffer_free(&saying.octets);
	}
	process.telling = false;
}

void association_stack_exit(struct association_stack *stack, bool dispatch)
{
	send_packets();
	if (dispatch)
		tell();
	else if (!process.telling && !stack->soon && association_library_said())
		stack->soon = loop_after(stack->loop, 0, soon, stack);
	stack->inside--;
	arm(stack);
	association_stack_leave(stack);
}
