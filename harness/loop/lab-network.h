/*
 * lab-network: the networks of a netns bench, as namespaces of this process with veth between them.
 *
 *   DEVICE eth0 ------------------------- device0 INTERNET        CORE
 *   DEVICE eth0 --- lan0 GATEWAY wan0 --- access0 INTERNET        CORE   with a home gateway
 *
 * With a real interface, INTERNET is the network that the program is in, that interface has its
 * addresses, and the device is plugged into it: there is no DEVICE.
 *
 * CORE has no way in but what a security gateway brings there through a TUN device. INTERNET also
 * has the addresses of CORE ("astray"): what a device sends to them past its tunnel arrives, and is
 * seen. Nothing has a name outside the process: all is gone when it ends, however it ends.
 */
#ifndef HARNESS_LOOP_LAB_NETWORK_H
#define HARNESS_LOOP_LAB_NETWORK_H

#include <stdbool.h>

#include "harness/loop/lab-interface.h"
#include "harness/loop/loop.h"
#include "protocols/address.h"
#include "protocols/problem.h"

struct lab_network;

struct lab_network_options {
	const struct lab_interface_options *interface; /* a real one in INTERNET's place, or NULL */
	bool home_gateway; /* a router with NAT and a firewall before the device */
	bool needs_ipv6;   /* without it there is no use in a network */
	bool ordinary;     /* do as for an ordinary user even as root (for tests) */
};

/* NULL with why, and a way on. An ordinary user's process is in a user namespace afterwards
 * (namespace_become_user), also when it failed later. */
struct lab_network *lab_network_new(const struct lab_network_options *options,
				    struct problem *problem);
void lab_network_free(struct lab_network *network);
/* Could this process make one? Tries it in a child. 0, or -1 with why. */
int lab_network_possible(const struct lab_network_options *options, struct problem *problem);
/* In words, for reports: "network namespaces of an ordinary user". */
const char *lab_network_mode(const struct lab_network *network);
/* Sets the loop's places. */
void lab_network_enter(const struct lab_network *network, struct loop *loop);
/* An address that elements of a place have (address->place), on its loopback device. */
int lab_network_add_address(struct lab_network *network, const struct address *address,
			struct problem *problem);
/* When all addresses are there: a real interface serves cells. 0, or -1 with why. */
int lab_network_serve(struct lab_network *network, struct problem *problem);
bool lab_network_has_ipv6(const struct lab_network *network);

/* The addresses of the links. */
extern const struct address lab_network_device, lab_network_device6; /* without a home gateway */
extern const struct address lab_network_device_behind;           /* with one */
extern const struct address lab_network_router, lab_network_router6;
extern const struct address lab_network_gateway_inner, lab_network_gateway_outer;

#endif
