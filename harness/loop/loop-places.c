/* loop-places: in which network namespace a socket is opened. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/loop/loop-inside.h"
#include "harness/loop/namespace.h"

void loop_set_place(struct loop *loop, enum network_place place, int namespace_fd)
{
	loop->places[place] = namespace_fd;
}

int loop_namespace(const struct loop *loop, enum network_place place)
{
	return (unsigned)place < PLACES ? loop->places[place] : -1;
}

int loop_socket(const struct loop *loop, enum network_place place, int domain, int type,
		int protocol)
{
	int namespace_fd = loop_namespace(loop, place);
	int own = type | SOCK_NONBLOCK | SOCK_CLOEXEC;

	if (namespace_fd < 0)
		return socket(domain, own, protocol);
	int came_from = namespace_enter(namespace_fd);

	if (came_from < 0)
		return -1;
	int fd = socket(domain, own, protocol);

	if (namespace_leave(came_from) < 0 && fd >= 0) {
		int error = errno;

		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}
