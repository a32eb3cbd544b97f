#include "harness/loop/socket-address.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

socklen_t socket_address_from(const struct address *address, struct sockaddr_storage *storage)
{
	memset(storage, 0, sizeof(*storage));
	if (address->family == 4) {
		struct sockaddr_in *in = (struct sockaddr_in *)storage;

		in->sin_family = AF_INET;
		in->sin_port = htons(address->port);
		memcpy(&in->sin_addr, address->octets, 4);
		return sizeof(*in);
	}
	if (address->family == 6) {
		struct sockaddr_in6 *in = (struct sockaddr_in6 *)storage;

		in->sin6_family = AF_INET6;
		in->sin6_port = htons(address->port);
		memcpy(&in->sin6_addr, address->octets, 16);
		return sizeof(*in);
	}
	return 0;
}

void socket_address_to(const struct sockaddr_storage *storage, struct address *address)
{
	memset(address, 0, sizeof(*address));
	if (storage->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)storage;

		address->family = 4;
		address->port = ntohs(in->sin_port);
		memcpy(address->octets, &in->sin_addr, 4);
	} else if (storage->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)storage;

		address->family = 6;
		address->port = ntohs(in->sin6_port);
		memcpy(address->octets, &in->sin6_addr, 16);
	}
}

void socket_address_local(int fd, struct address *address)
{
	struct sockaddr_storage storage = { 0 };
	socklen_t length = sizeof(storage);

	getsockname(fd, (struct sockaddr *)&storage, &length);
	socket_address_to(&storage, address);
}

int socket_bound(const struct loop *loop, const struct address *address, int type,
		 struct problem *problem)
{
	char text[ADDRESS_TEXT];
	struct sockaddr_storage storage;
	socklen_t length = socket_address_from(address, &storage);
	int yes = 1;

	if (length == 0)
		return problem_set(problem, "there is no address to bind to");
	int fd = loop_socket(loop, (enum network_place)address->place, storage.ss_family, type, 0);

	if (fd < 0)
		return problem_set(problem, "cannot make a socket: %s", strerror(errno));
	/* A stream may take a port again that an earlier run left in TIME_WAIT; a datagram socket
	 * with this option would share its port with another one and lose half its datagrams. */
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (storage.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes));
	if (bind(fd, (struct sockaddr *)&storage, length) < 0) {
		problem_set(problem, "cannot bind to %s: %s", address_text(address, text),
			    strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}
