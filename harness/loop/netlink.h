/*
 * netlink: interfaces, addresses and routes of one network namespace, by rtnetlink(7).
 *
 * It speaks for the namespace that the process was in when it was made, also after the process
 * has left it. All calls give 0, or -1 with why.
 */
#ifndef HARNESS_LOOP_NETLINK_H
#define HARNESS_LOOP_NETLINK_H

#include "protocols/address.h"
#include "protocols/problem.h"

struct netlink;

struct netlink *netlink_new(struct problem *problem); /* NULL with why */
void netlink_free(struct netlink *netlink);

/* The number of an interface; 0 = there is none of that name. */
unsigned netlink_index(struct netlink *netlink, const char *name);
/* A pair of veth interfaces, the other end in another namespace; MTU of both (0 = the usual). */
int netlink_veth(struct netlink *netlink, const char *name, const char *peer, int peer_namespace,
		 unsigned mtu, struct problem *problem);
/* Waits, a second at most, until an interface that was brought up takes packets: the kernel sees to
 * it behind the scenes when the other end of a pair comes up later. */
int netlink_await_up(struct netlink *netlink, const char *name, struct problem *problem);
/* Brings an interface of ours up, without IPv6 link-local addresses; mtu 0 = as it is. */
int netlink_up(struct netlink *netlink, const char *name, unsigned mtu, struct problem *problem);
/* Brings up one that is not ours. */
int netlink_up_as_is(struct netlink *netlink, const char *name, struct problem *problem);
int netlink_down(struct netlink *netlink, const char *name, struct problem *problem);
/* As up, and says nothing of itself: no ARP. */
int netlink_quiet(struct netlink *netlink, const char *name, struct problem *problem);
int netlink_delete(struct netlink *netlink, const char *name, struct problem *problem);
/* Octets of the interface's link address; 0 when it has none that fits. */
int netlink_link_address(struct netlink *netlink, const char *name, uint8_t octets[6]);
/* An address that is there already is no mistake; IPv6 addresses are used at once (no duplicate
 * address detection, RFC 4862 5.4: nobody else is on the link). */
int netlink_add_address(struct netlink *netlink, const char *name, const struct address *address,
			unsigned prefix, struct problem *problem);
int netlink_remove_address(struct netlink *netlink, const char *name,
			   const struct address *address, unsigned prefix,
			   struct problem *problem);
/* A route to network/prefix (family 0 in gateway or source = none) by an interface. One to the same
 * network is replaced. */
int netlink_add_route(struct netlink *netlink, const char *name, const struct address *network,
		      unsigned prefix, const struct address *gateway,
		      const struct address *source, struct problem *problem);
int netlink_remove_route(struct netlink *netlink, const char *name, const struct address *network,
			 unsigned prefix, struct problem *problem);

/* What is sent from this address takes this way, whatever the other routes say: a host with several
 * uplinks does so (ip-rule(8)). 0, or -1 with why. */
int netlink_add_way(struct netlink *netlink, const char *name, const struct address *source,
		    const struct address *gateway, struct problem *problem);

#endif
