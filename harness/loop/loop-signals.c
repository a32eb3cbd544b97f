/*
 * loop-signals: signals and children, brought into the loop through a pipe, so that
 * nothing but a write happens inside a signal handler.
 *
 * A process may have several loops: each that wants signals has a slot in the table the
 * handler writes to. The handlers stay as they are once set; with no slot taken they do
 * nothing but swallow SIGCHLD, whose default is to be ignored.
 */
#include "harness/loop/loop-inside.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocols/memory.h"

enum { SLOTS = 8 };

static volatile sig_atomic_t slots[SLOTS]; /* fd + 1; 0 = free */

static void handle(int number)
{
	int error = errno;
	unsigned char octet = (unsigned char)number;

	for (int i = 0; i < SLOTS; i++)
		if (slots[i] > 0 && write(slots[i] - 1, &octet, 1) < 0)
			continue; /* a full pipe: what it holds wakes the loop anyway */
	errno = error;
}

static int install(int number, int flags, struct problem *problem)
{
	struct sigaction action = { .sa_handler = handle, .sa_flags = flags };

	sigemptyset(&action.sa_mask);
	if (sigaction(number, &action, NULL) < 0)
		return problem_set(problem, "cannot catch signal %d: %s", number, strerror(errno));
	return 0;
}

void loop_reap(struct loop *loop)
{
	for (size_t i = 0; i < loop->child_count;) {
		struct child child = loop->children[i];
		int status = 0;
		pid_t ended = waitpid(child.pid, &status, WNOHANG);

		if (ended == 0 || (ended < 0 && errno == EINTR)) {
			i++;
			continue;
		}
		loop->children[i] = loop->children[--loop->child_count];
		child.callback(child.context, status);
		i = 0; /* the callback may have changed the list */
	}
}

static void signalled(void *context, int fd, int ready)
{
	struct loop *loop = context;
	unsigned char octets[64];
	ssize_t got;

	(void)ready;
	while ((got = read(fd, octets, sizeof(octets))) > 0)
		for (ssize_t i = 0; i < got; i++)
			if (octets[i] != SIGCHLD && loop->catching && !loop->signal)
				loop->signal = octets[i];
	loop_reap(loop);
}

/* The loop's pipe and its slot; once. */
static int open_pipe(struct loop *loop, struct problem *problem)
{
	int slot = 0;

	if (loop->signal_watch)
		return 0;
	while (slot < SLOTS && slots[slot] != 0)
		slot++;
	if (slot == SLOTS)
		return problem_set(problem, "too many event loops want signals");
	if (pipe2(loop->signal_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		return problem_set(problem, "cannot make a pipe: %s", strerror(errno));
	slots[slot] = loop->signal_pipe[1] + 1;
	loop->signal_watch = loop_watch(loop, loop->signal_pipe[0], LOOP_READ, signalled, loop);
	return 0;
}

int loop_catch_signals(struct loop *loop, struct problem *problem)
{
	/* The second signal of a kind ends the program: a way out when the first is not heeded. */
	if (open_pipe(loop, problem) < 0 || install(SIGINT, (int)SA_RESETHAND, problem) < 0 ||
	    install(SIGTERM, (int)SA_RESETHAND, problem) < 0)
		return -1;
	loop->catching = true;
	return 0;
}

int loop_signal(const struct loop *loop)
{
	return loop->signal;
}

void loop_child(struct loop *loop, int pid, child_callback callback, void *context)
{
	if (loop->child_count == loop->child_capacity) {
		loop->child_capacity = loop->child_capacity ? 2 * loop->child_capacity : 4;
		loop->children = memory_resize(loop->children, loop->child_capacity,
					       sizeof(*loop->children));
	}
	loop->children[loop->child_count++] =
		(struct child){ .pid = pid, .callback = callback, .context = context };
	if (open_pipe(loop, NULL) < 0 || install(SIGCHLD, SA_RESTART | SA_NOCLDSTOP, NULL) < 0)
		return; /* the rounds of a loop with children look after them anyway */
	/* It may have ended before anybody listened. */
	unsigned char octet = SIGCHLD;

	if (write(loop->signal_pipe[1], &octet, 1) < 0)
		return;
}

void loop_disown(struct loop *loop, int pid)
{
	for (size_t i = 0; i < loop->child_count; i++)
		if (loop->children[i].pid == pid)
			loop->children[i--] = loop->children[--loop->child_count];
}

void loop_signals_free(struct loop *loop)
{
	free(loop->children);
	if (!loop->signal_watch)
		return;
	for (int i = 0; i < SLOTS; i++)
		if (slots[i] == loop->signal_pipe[1] + 1)
			slots[i] = 0;
	close(loop->signal_pipe[0]);
	close(loop->signal_pipe[1]);
}
