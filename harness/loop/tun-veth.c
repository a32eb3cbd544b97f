#include "harness/loop/tun-veth.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the inner end would leave to a network card, nobody does here: a segment with half a
 * checksum would be dropped behind the tunnel. */
static int switch_off_offloads(int fd, const char *name, struct problem *problem)
{
	static const uint32_t commands[] = { ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO };

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct ethtool_value value = { .cmd = commands[i], .data = 0 };
		struct ifreq request = { .ifr_data = (void *)&value };

		snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
		if (ioctl(fd, SIOCETHTOOL, &request) < 0 && commands[i] == ETHTOOL_STXCSUM)
			return problem_set(problem, "cannot switch off the checksum offload of %s: "
					   "%s", name, strerror(errno));
	}
	return 0;
}

static int bind_packets(struct tun_veth *veth, struct problem *problem)
{
	const struct sockaddr_ll where = { .sll_family = AF_PACKET,
					   .sll_protocol = htons(ETH_P_ALL),
					   .sll_ifindex = (int)veth->index };

	int yes = 1;

	/* The kernel gets the other end's queue ready behind the scenes: past it. */
	if (setsockopt(veth->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof(yes)) < 0)
		return problem_set(problem, "cannot pass by the queue of a veth: %s",
				   strerror(errno));
	if (bind(veth->fd, (const struct sockaddr *)&where, sizeof(where)) < 0)
		return problem_set(problem, "cannot bind a packet socket: %s", strerror(errno));
	return 0;
}

int tun_veth_open(struct tun_veth *veth, struct netlink *netlink, const char *name, unsigned mtu,
		  struct problem *problem)
{
	char other[IFNAMSIZ];

	snprintf(other, sizeof(other), "%.*s-out", IFNAMSIZ - 5, name);
	veth->fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (veth->fd < 0)
		return problem_set(problem, "cannot make a packet socket: %s", strerror(errno));
	if (netlink_veth(netlink, name, other, -1, mtu, problem) == 0 &&
	    netlink_quiet(netlink, name, problem) == 0 &&
	    netlink_quiet(netlink, other, problem) == 0 &&
	    switch_off_offloads(veth->fd, name, problem) == 0 &&
	    netlink_up(netlink, other, 0, problem) == 0) {
		veth->index = netlink_index(netlink, other);
		netlink_link_address(netlink, name, veth->inner);
		if (bind_packets(veth, problem) == 0)
			return 0;
	}
	close(veth->fd);
	veth->fd = -1;
	return -1;
}

long tun_veth_read(const struct tun_veth *veth, void *packet, size_t size)
{
	struct sockaddr_ll from = { 0 };
	socklen_t length = sizeof(from);
	ssize_t got = recvfrom(veth->fd, packet, size, 0, (struct sockaddr *)&from, &length);
	bool is_ip = from.sll_protocol == htons(ETH_P_IP) ||
		     from.sll_protocol == htons(ETH_P_IPV6);

	if (got < 0)
		return -1;
	return from.sll_pkttype == PACKET_OUTGOING || !is_ip ? 0 : got;
}

int tun_veth_write(const struct tun_veth *veth, const void *packet, size_t length)
{
	bool is_ipv6 = length > 0 && *(const uint8_t *)packet >> 4 == 6;
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(is_ipv6 ? ETH_P_IPV6 : ETH_P_IP),
				  .sll_ifindex = (int)veth->index,
				  .sll_halen = sizeof(veth->inner) };

	memcpy(to.sll_addr, veth->inner, sizeof(veth->inner));
	return sendto(veth->fd, packet, length, 0, (struct sockaddr *)&to, sizeof(to)) ==
			       (ssize_t)length
		       ? 0
		       : -1;
}
