#include "harness/loop/tun.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/loop/namespace.h"
#include "harness/loop/netlink.h"
#include "harness/loop/tun-veth.h"
#include "protocols/memory.h"

enum { PACKET_SIZE = 65536, PACKETS_AT_ONCE = 64 };

struct tun {
	char name[IFNAMSIZ];
	int fd; /* of the TUN device, or of what stands in for it */
	bool is_veth;
	struct tun_veth veth;
	struct watch *watch;
	struct netlink *netlink;
	tun_callback callback;
	void *context;
	int depth;
	bool closed;
};

static void packets_came(void *context, int fd, int ready)
{
	struct tun *tun = context;
	uint8_t packet[PACKET_SIZE];

	(void)ready;
	tun->depth++;
	for (int i = 0; i < PACKETS_AT_ONCE && !tun->closed; i++) {
		long length = tun->is_veth ? tun_veth_read(&tun->veth, packet, sizeof(packet))
					   : read(fd, packet, sizeof(packet));

		if (length < 0)
			break;
		if (length > 0)
			tun->callback(tun->context, packet, (size_t)length);
	}
	if (--tun->depth == 0 && tun->closed)
		free(tun);
}

/* The interface is where the process is when it opens the device. */
static int open_device(struct tun *tun, struct problem *problem)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };

	tun->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (tun->fd < 0)
		return problem_set(problem, "cannot open /dev/net/tun: %s", strerror(errno));
	memcpy(request.ifr_name, tun->name, sizeof(tun->name));
	if (ioctl(tun->fd, TUNSETIFF, &request) < 0)
		return problem_set(problem, "cannot make the TUN device %s: %s", tun->name,
				   strerror(errno));
	return 0;
}

/* An ordinary user may be kept from /dev/net/tun by its mode; the machine may not have it. */
static int open_veth(struct tun *tun, unsigned mtu, struct problem *problem)
{
	struct problem why = { "" };

	if (tun->fd >= 0)
		close(tun->fd);
	tun->is_veth = tun_veth_open(&tun->veth, tun->netlink, tun->name, mtu, &why) == 0;
	tun->fd = tun->veth.fd;
	if (tun->is_veth)
		return 0;
	return problem_set(problem, "%s; nor is there another way: %s (let users open it: chmod "
			   "0666 /dev/net/tun)", problem ? problem->text : "", why.text);
}

static int open_inside(struct tun *tun, struct loop *loop, enum network_place place, unsigned mtu,
		       struct problem *problem)
{
	int namespace_fd = loop_namespace(loop, place);
	int came_from = namespace_fd < 0 ? -1 : namespace_enter(namespace_fd);

	if (namespace_fd >= 0 && came_from < 0)
		return problem_set(problem, "cannot enter a network namespace: %s",
				   strerror(errno));
	tun->netlink = netlink_new(problem);
	int result = tun->netlink ? open_device(tun, problem) : -1;

	if (result < 0 && tun->netlink)
		result = open_veth(tun, mtu, problem);

	if (came_from >= 0 && namespace_leave(came_from) < 0)
		return problem_set(problem, "cannot leave a network namespace: %s",
				   strerror(errno));
	return result;
}

struct tun *tun_open(struct loop *loop, enum network_place place, const char *name, unsigned mtu,
		     tun_callback callback, void *context, struct problem *problem)
{
	struct tun *tun = memory_new(sizeof(*tun));

	snprintf(tun->name, sizeof(tun->name), "%s", name);
	tun->fd = -1;
	tun->callback = callback;
	tun->context = context;
	if (open_inside(tun, loop, place, mtu, problem) < 0 ||
	    netlink_up(tun->netlink, tun->name, mtu, problem) < 0) {
		tun_close(tun);
		return NULL;
	}
	tun->watch = loop_watch(loop, tun->fd, LOOP_READ, packets_came, tun);
	return tun;
}

bool tun_possible(void)
{
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

const char *tun_kind(const struct tun *tun)
{
	return tun->is_veth ? "veth" : "TUN";
}

int tun_add_address(struct tun *tun, const struct address *address, unsigned prefix,
		    struct problem *problem)
{
	return netlink_add_address(tun->netlink, tun->name, address, prefix, problem);
}

int tun_remove_address(struct tun *tun, const struct address *address, unsigned prefix,
		       struct problem *problem)
{
	return netlink_remove_address(tun->netlink, tun->name, address, prefix, problem);
}

int tun_add_route(struct tun *tun, const struct address *network, unsigned prefix,
		  const struct address *source, struct problem *problem)
{
	return netlink_add_route(tun->netlink, tun->name, network, prefix, NULL, source, problem);
}

int tun_remove_route(struct tun *tun, const struct address *network, unsigned prefix,
		     struct problem *problem)
{
	return netlink_remove_route(tun->netlink, tun->name, network, prefix, problem);
}

int tun_write(struct tun *tun, const void *packet, size_t length)
{
	if (tun->is_veth)
		return tun_veth_write(&tun->veth, packet, length);
	return write(tun->fd, packet, length) == (ssize_t)length ? 0 : -1;
}

void tun_close(struct tun *tun)
{
	if (!tun || tun->closed)
		return;
	tun->closed = true;
	loop_unwatch(tun->watch);
	if (tun->is_veth) /* a TUN device goes with its descriptor */
		netlink_delete(tun->netlink, tun->name, NULL);
	if (tun->fd >= 0)
		close(tun->fd);
	netlink_free(tun->netlink);
	if (tun->depth == 0)
		free(tun);
}
