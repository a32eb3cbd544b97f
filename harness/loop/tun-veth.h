/*
 * tun-veth: what stands in for a TUN device where /dev/net/tun may not be opened: a veth pair with
 * a packet socket at its other end (packet(7)).
 */
#ifndef HARNESS_LOOP_TUN_VETH_H
#define HARNESS_LOOP_TUN_VETH_H

#include <stddef.h>
#include <stdint.h>

#include "harness/loop/netlink.h"
#include "protocols/problem.h"

struct tun_veth {
	int fd;             /* IP packets, one a read */
	unsigned index;     /* of the other end */
	uint8_t inner[6];   /* the link address of the inner end */
};

/* Makes the interface in the namespace that the process is in, not up. 0, or -1 with why. */
int tun_veth_open(struct tun_veth *veth, struct netlink *netlink, const char *name, unsigned mtu,
		  struct problem *problem);
/* The next packet that the kernel sent: its length, 0 = one that is to be passed over, -1 none. */
long tun_veth_read(const struct tun_veth *veth, void *packet, size_t size);
/* 0, or -1: lost. */
int tun_veth_write(const struct tun_veth *veth, const void *packet, size_t length);

#endif
