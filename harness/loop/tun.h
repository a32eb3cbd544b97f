/*
 * tun: a network interface whose packets this process reads and writes: the inner end of a tunnel.
 * A TUN device; where that may not be opened, a veth pair (tun-veth.h).
 */
#ifndef HARNESS_LOOP_TUN_H
#define HARNESS_LOOP_TUN_H

#include <stdbool.h>

#include "harness/loop/loop.h"
#include "protocols/address.h"
#include "protocols/problem.h"

struct tun;

/* An IP packet that the kernel sends out by the interface, which may be closed from inside. */
typedef void (*tun_callback)(void *context, const void *packet, size_t length);

/* Makes the interface in the namespace of a place, up, without addresses. NULL with why. */
struct tun *tun_open(struct loop *loop, enum network_place place, const char *name, unsigned mtu,
		     tun_callback callback, void *context, struct problem *problem);
/* May TUN devices be made here? */
bool tun_possible(void);
/* "TUN", or what stands in for it: "veth". */
const char *tun_kind(const struct tun *tun);
/* An address of the interface, with the length of its network's prefix. 0, or -1 with why. */
int tun_add_address(struct tun *tun, const struct address *address, unsigned prefix,
		    struct problem *problem);
int tun_remove_address(struct tun *tun, const struct address *address, unsigned prefix,
		       struct problem *problem);
/* Packets to network/prefix go out here, from source (NULL = the kernel chooses). */
int tun_add_route(struct tun *tun, const struct address *network, unsigned prefix,
		  const struct address *source, struct problem *problem);
int tun_remove_route(struct tun *tun, const struct address *network, unsigned prefix,
		     struct problem *problem);
/* Gives an IP packet to the kernel, as if it had come in by the interface. 0, or -1: lost. */
int tun_write(struct tun *tun, const void *packet, size_t length);
/* The interface goes, with its addresses and routes. NULL is fine. */
void tun_close(struct tun *tun);

#endif
