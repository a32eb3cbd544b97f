/* datagram: UDP sockets on the loop. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/loop/account.h"
#include "harness/loop/socket-address.h"
#include "harness/loop/stream.h"
#include "protocols/memory.h"

struct datagram_socket {
	struct loop *loop;
	int fd;
	struct watch *watch;
	struct address address;
	const struct tap *tap;
	datagram_callback callback;
	void *context;
	struct resident resident;
	int depth;
	bool closed;
};

enum { DATAGRAM_SIZE = 65536, DATAGRAMS_AT_ONCE = 16 };

static bool receive_one(struct datagram_socket *one, int fd)
{
	uint8_t octets[DATAGRAM_SIZE];
	struct sockaddr_storage storage = { 0 };
	socklen_t size = sizeof(storage);
	struct address source;
	ssize_t length =
		recvfrom(fd, octets, sizeof(octets), 0, (struct sockaddr *)&storage, &size);

	if (length < 0)
		return false;
	socket_address_to(&storage, &source);
	source.place = one->address.place;
	if (loop_is_virtual(one->loop))
		resident_settle(&one->resident);
	if (one->tap && one->tap->datagram)
		one->tap->datagram(one->tap->context, &source, &one->address, loop_now(one->loop),
				   octets, (size_t)length);
	if (one->callback && !one->closed)
		one->callback(one->context, &source, octets, (size_t)length);
	return true;
}

static void receive(void *context, int fd, int ready)
{
	struct datagram_socket *one = context;

	(void)ready;
	one->depth++;
	for (int i = 0; i < DATAGRAMS_AT_ONCE && !one->closed; i++)
		if (!receive_one(one, fd))
			break;
	if (--one->depth == 0 && one->closed)
		free(one);
}

struct datagram_socket *datagram_socket_new(struct loop *loop, const struct address *local,
					    const struct tap *tap, datagram_callback callback,
					    void *context, struct problem *problem)
{
	int fd = socket_bound(loop, local, SOCK_DGRAM, problem);

	if (fd < 0)
		return NULL;
	struct datagram_socket *one = memory_new(sizeof(*one));

	one->loop = loop;
	one->fd = fd;
	one->tap = tap;
	one->callback = callback;
	one->context = context;
	socket_address_local(fd, &one->address);
	one->address.place = local->place;
	one->watch = loop_watch(loop, fd, LOOP_READ, receive, one);
	resident_add(loop, &one->resident, RESIDENT_DATAGRAM, &one->address);
	return one;
}

const struct address *datagram_socket_address(const struct datagram_socket *socket)
{
	return &socket->address;
}

int datagram_socket_send(struct datagram_socket *one, const struct address *destination,
			 const void *octets, size_t length)
{
	struct sockaddr_storage storage;
	socklen_t size = socket_address_from(destination, &storage);
	struct resident *receiver = NULL;
	struct address other = *destination;

	other.place = one->address.place;
	if (one->tap && one->tap->datagram)
		one->tap->datagram(one->tap->context, &one->address, &other,
				   loop_now(one->loop), octets, length);
	if (size == 0 || one->closed)
		return -1;
	if (sendto(one->fd, octets, length, 0, (struct sockaddr *)&storage, size) < 0)
		return -1;
	if (loop_is_virtual(one->loop))
		receiver = resident_find(one->loop, RESIDENT_DATAGRAM, destination);
	if (receiver)
		account_expect(&receiver->account, 1);
	return 0;
}

void datagram_socket_close(struct datagram_socket *one)
{
	if (!one || one->closed)
		return;
	one->closed = true;
	resident_remove(&one->resident);
	loop_unwatch(one->watch);
	close(one->fd);
	if (one->depth == 0)
		free(one);
}
