#include "harness/loop/raw-socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/loop/account.h"
#include "harness/loop/socket-address.h"
#include "protocols/memory.h"

enum { PACKET_SIZE = 65536, PACKETS_AT_ONCE = 64, IPV4_HEADER = 20 };

struct raw_socket {
	struct loop *loop;
	int fd;
	struct watch *watch;
	struct address local;
	int protocol;
	raw_callback callback;
	void *context;
	struct resident resident;
	int depth;
	bool closed;
};

/* What IPv4 gives with its header; IPv6 gives the payload alone (RFC 3542 3). */
static void packet_came(struct raw_socket *one, const struct sockaddr_storage *from,
			const uint8_t *packet, size_t length)
{
	struct address source, destination = one->local;
	size_t header = 0;

	socket_address_to(from, &source);
	source.port = 0;
	source.place = one->local.place;
	if (source.family == 4) {
		header = length >= IPV4_HEADER ? (size_t)(packet[0] & 15) * 4 : 0;
		if (header < IPV4_HEADER || header > length)
			return;
		memcpy(destination.octets, packet + 16, 4);
	}
	one->callback(one->context, &source, &destination, packet + header, length - header);
}

static void packets_came(void *context, int fd, int ready)
{
	struct raw_socket *one = context;
	uint8_t packet[PACKET_SIZE];

	(void)ready;
	one->depth++;
	for (int i = 0; i < PACKETS_AT_ONCE && !one->closed; i++) {
		struct sockaddr_storage from = { 0 };
		socklen_t size = sizeof(from);
		ssize_t length = recvfrom(fd, packet, sizeof(packet), 0, (struct sockaddr *)&from,
					  &size);

		if (length < 0)
			break;
		resident_settle(&one->resident);
		packet_came(one, &from, packet, (size_t)length);
	}
	if (--one->depth == 0 && one->closed)
		free(one);
}

static int open_bound(struct loop *loop, const struct address *local, int protocol,
		      struct problem *problem)
{
	char text[ADDRESS_TEXT];
	struct sockaddr_storage storage;
	struct address host = *local;

	host.port = 0;
	socklen_t length = socket_address_from(&host, &storage);
	int fd = loop_socket(loop, (enum network_place)local->place, storage.ss_family, SOCK_RAW,
			     protocol);

	if (fd < 0)
		return problem_set(problem, "cannot make a raw socket of IP protocol %d: %s",
				   protocol, strerror(errno));
	if (bind(fd, (struct sockaddr *)&storage, length) == 0)
		return fd;
	problem_set(problem, "cannot bind a raw socket to %s: %s", address_host(local, text),
		    strerror(errno));
	close(fd);
	return -1;
}

struct raw_socket *raw_socket_new(struct loop *loop, const struct address *local, int protocol,
				  raw_callback callback, void *context, struct problem *problem)
{
	int fd = open_bound(loop, local, protocol, problem);

	if (fd < 0)
		return NULL;
	struct raw_socket *one = memory_new(sizeof(*one));
	struct address resident = *local;

	one->loop = loop;
	one->fd = fd;
	one->local = *local;
	one->local.port = 0;
	one->protocol = protocol;
	one->callback = callback;
	one->context = context;
	one->watch = loop_watch(loop, fd, LOOP_READ, packets_came, one);
	resident.port = (uint16_t)protocol;
	resident_add(loop, &one->resident, RESIDENT_RAW, &resident);
	return one;
}

/* The source goes with each packet: a socket may be of several addresses. */
static void set_source(struct msghdr *message, const struct address *source)
{
	struct cmsghdr *control = CMSG_FIRSTHDR(message);

	if (source->family == 6) {
		struct in6_pktinfo info = { 0 };

		memcpy(&info.ipi6_addr, source->octets, 16);
		control->cmsg_level = IPPROTO_IPV6;
		control->cmsg_type = IPV6_PKTINFO;
		control->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(control), &info, sizeof(info));
	} else {
		struct in_pktinfo info = { 0 };

		memcpy(&info.ipi_spec_dst, source->octets, 4);
		control->cmsg_level = IPPROTO_IP;
		control->cmsg_type = IP_PKTINFO;
		control->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(control), &info, sizeof(info));
	}
	message->msg_controllen = control->cmsg_len;
}

static void expect(struct raw_socket *one, const struct address *destination)
{
	struct address address = *destination;
	struct resident *receiver;

	address.port = (uint16_t)one->protocol;
	receiver = loop_is_virtual(one->loop)
			   ? resident_find(one->loop, RESIDENT_RAW, &address)
			   : NULL;
	if (receiver)
		account_expect(&receiver->account, 1);
}

int raw_socket_send(struct raw_socket *one, const struct address *source,
		    const struct address *destination, const void *payload, size_t length)
{
	union {
		struct cmsghdr align;
		char octets[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} control = { 0 };
	struct sockaddr_storage to;
	struct address host = *destination;
	struct iovec part = { (void *)(uintptr_t)payload, length };

	host.port = 0;
	struct msghdr message = {
		.msg_name = &to,
		.msg_namelen = socket_address_from(&host, &to),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	if (one->closed) {
		errno = EBADF;
		return -1;
	}
	set_source(&message, source);
	if (sendmsg(one->fd, &message, 0) < 0)
		return -1;
	expect(one, destination);
	return 0;
}

void raw_socket_close(struct raw_socket *one)
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
