/*
 * lab-interface: a real interface of this machine, for a real cell: it is given the bench's
 * addresses, and a cell plugged into it comes up, by a child process `dnsmasq` (its DNS switched
 * off).
 *
 * What was there before stays; what is added is taken away by a guardian process (guardian.h) when
 * this one ends, also by SIGKILL.
 */
#ifndef HARNESS_LOOP_LAB_INTERFACE_H
#define HARNESS_LOOP_LAB_INTERFACE_H

#include <stdbool.h>

#include "protocols/address.h"
#include "protocols/problem.h"

struct lab_interface;

struct lab_interface_options {
	const char *name;   /* "eth1" */
	const char *router; /* our own address on the link, with its prefix; NULL = 192.0.2.1/24 */
	const char *dhcp;   /* "192.0.2.100,192.0.2.200": what cells are given; NULL = nothing */
	const char *dns;    /* the name server that cells are told */
	bool advertisements; /* IPv6 by router advertisements (RFC 4861) of 2001:db8:2::/64 */
};

/* Is there such an interface, and may this process change it? 0, or -1 with why. */
int lab_interface_possible(const char *name, struct problem *problem);
/* NULL with why. */
struct lab_interface *lab_interface_new(const struct lab_interface_options *options,
					struct problem *problem);
/* Gives it an address, for itself alone. 0, or -1 with why. */
int lab_interface_add_address(struct lab_interface *one, const struct address *address,
			      struct problem *problem);
/* When all addresses are there: starts to serve cells, if asked to. 0, or -1 with why. */
int lab_interface_serve(struct lab_interface *one, struct problem *problem);
bool lab_interface_has_ipv6(const struct lab_interface *one);
void lab_interface_free(struct lab_interface *one); /* puts all back; NULL is fine */

#endif
