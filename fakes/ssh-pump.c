#include "fakes/ssh-pump.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int ssh_pump_open(struct ssh_pump *pump, int *inner, struct problem *problem)
{
	int pair[2];

	*pump = (struct ssh_pump){ .outer = -1 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0)
		return problem_set(problem, "no pair of sockets: %s", strerror(errno));
	pump->outer = pair[0];
	*inner = pair[1];
	pump->session = ssh_new();
	pump->event = ssh_event_new();
	if (!pump->session || !pump->event) {
		close(pair[1]);
		*inner = -1;
		ssh_pump_close(pump);
		return problem_set(problem, "libssh gives no session");
	}
	ssh_set_blocking(pump->session, 0);
	return 0;
}

bool ssh_pump_ended(const struct ssh_pump *pump)
{
	return (ssh_get_status(pump->session) & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0;
}

const char *ssh_pump_why(const struct ssh_pump *pump)
{
	return ssh_get_error(pump->session);
}

/* Octets that the session has not read. Its socket is asked for each time: it closes it when it
 * likes. */
static int unread(const struct ssh_pump *pump)
{
	socket_t inner = ssh_get_fd(pump->session);
	int count = 0;

	return inner != SSH_INVALID_SOCKET && ioctl(inner, FIONREAD, &count) == 0 ? count : 0;
}

static bool give(struct ssh_pump *pump)
{
	bool moved = false;

	while (pump->in.length) {
		ssize_t sent = send(pump->outer, pump->in.octets, pump->in.length, MSG_NOSIGNAL);

		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (sent <= 0) { /* nobody reads it any more */
			buffer_clear(&pump->in);
			break;
		}
		buffer_consume(&pump->in, (size_t)sent);
		moved = true;
	}
	return moved;
}

static bool take(struct ssh_pump *pump, struct buffer *out)
{
	uint8_t octets[16384];
	bool moved = false;
	ssize_t got;

	while ((got = recv(pump->outer, octets, sizeof(octets), 0)) > 0) {
		buffer_add(out, octets, (size_t)got);
		moved = true;
	}
	return moved;
}

void ssh_pump_run(struct ssh_pump *pump, const void *octets, size_t length, struct buffer *out)
{
	bool moved = true;

	if (length)
		buffer_add(&pump->in, octets, length);
	if (pump->running || !pump->session)
		return;
	pump->running = true;
	while (moved) {
		moved = give(pump);
		int before = unread(pump);

		if (pump->step)
			moved |= pump->step(pump->context);
		/* It can be polled once it has begun to speak. */
		if (!pump->attached)
			pump->attached = ssh_event_add_session(pump->event, pump->session) == SSH_OK;
		if (pump->attached && !ssh_pump_ended(pump))
			ssh_event_dopoll(pump->event, 0);
		moved |= unread(pump) != before;
		moved |= take(pump, out);
	}
	pump->running = false;
}

void ssh_pump_close(struct ssh_pump *pump)
{
	if (pump->attached)
		ssh_event_remove_session(pump->event, pump->session);
	if (pump->event)
		ssh_event_free(pump->event);
	if (pump->session)
		ssh_free(pump->session);
	if (pump->outer > 0)
		close(pump->outer);
	buffer_free(&pump->in);
	*pump = (struct ssh_pump){ .outer = -1 };
}
