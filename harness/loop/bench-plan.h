/*
 * bench-plan: which addresses the roles have on a bench, before anything of it is made.
 *
 * loopback: 127.0.N.1 with N of the role's row in roles.c: a client can be told from a server by
 * its address alone.
 *
 * netns (lab-network.h): every element has a face outside, 198.51.100.N, and one inside, 10.99.0.N
 * and, where the kernel has IPv6, 2001:db8:100::N and fd00:99::N. Its main face is what its name
 * stands for in DNS. The inside address is also found outside ("astray"), where only a device comes
 * that goes past its tunnel. Addresses are of RFC 5737, 3849, 1918 and 4193.
 */
#ifndef HARNESS_LOOP_BENCH_PLAN_H
#define HARNESS_LOOP_BENCH_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/chart/roles.h"
#include "harness/judge/profile.h"
#include "protocols/address.h"
#include "protocols/problem.h"

/* BENCH_INTERFACE: as netns, but outside is a real interface ("if:eth1"), and the device is at the
 * end of its cable. */
enum bench_form { BENCH_LOOPBACK, BENCH_NETNS, BENCH_INTERFACE };

enum { BENCH_FACES = 6 };

struct bench_faces {
	struct address list[BENCH_FACES]; /* the main one first; port 0 */
	size_t count;
};

/* The form that a name of a bench asks for; -1 with why. */
int bench_plan_form(const char *kind, enum bench_form *form, struct problem *problem);
/* Does the profile ask for a home gateway before the device (ixit lab.home-gateway yes)? */
bool bench_plan_has_gateway(const struct profile *profile);
/* The role's faces. The profile fixes the main one by ROLE.address, and by ROLE.side (inside,
 * outside) which one it is: without it, where there are tunnels (ICS ipsec), what stands behind the
 * security gateway is inside. -1 with why. */
int bench_plan_faces(enum bench_form form, const struct profile *profile, const struct role *role,
		     struct bench_faces *faces, struct problem *problem);
/* The standard's port of a role's service ("dns"), 0 = none, or the bench has none. */
uint16_t bench_plan_port(enum bench_form form, const char *role, const char *service);
/* Is this an address of the operator's network (10.99.0.0/16, fd00:99::/32)? */
bool bench_plan_is_inside(const struct address *address);

#endif
