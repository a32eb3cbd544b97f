/*
 * bench: where a run takes place: which role has which address.
 *
 * loopback: role number n has 127.0.N.1 with N from a table in the order of roles.h, names
 * ROLE.lab.example; ports are what the kernel gives, unless the profile fixes them. It
 * needs no privilege.
 *
 * netns: namespaces of this process for the device, the Internet and the operator's network
 * (lab-network.h), with the addresses of bench-plan.h and the ports of the standards.
 */
#ifndef HARNESS_LOOP_BENCH_H
#define HARNESS_LOOP_BENCH_H

#include "harness/judge/profile.h"
#include "harness/loop/loop.h"
#include "protocols/address.h"
#include "protocols/problem.h"

struct bench;

/* kind: "loopback" or "netns". profile may fix addresses and ports (variables ROLE.address,
 * ROLE.port). NULL with why and a way on. */
struct bench *bench_new(const char *kind, const struct profile *profile, struct problem *problem);
/* The same, and no network is made: to know who had which address, from a recording. */
struct bench *bench_plan(const char *kind, const struct profile *profile,
			 struct problem *problem);
void bench_free(struct bench *bench);
const char *bench_kind(const struct bench *bench);
/* What it is made of, in words, for reports: "network namespaces of an ordinary user". */
const char *bench_mode(const struct bench *bench);
/* Tells a loop in which namespaces the bench's addresses are. */
void bench_enter(const struct bench *bench, struct loop *loop);

/* The role's address (on netns its main face: bench-plan.h), port 0. */
void bench_address(const struct bench *bench, const char *role, struct address *address);
/* The role's host name: "serving-hems.lab.example" (profile: ROLE.host). Owned by the bench. */
const char *bench_host(const struct bench *bench, const char *role);
/* Where a fake is to listen for a service ("http", "dns"): the role's address, with the port that
 * the profile fixes by ROLE.SERVICE-port or ROLE.port, or 0. */
void bench_place(const struct bench *bench, const char *role, const char *service,
		 struct address *address);
/* All addresses, with place, where a fake of the role is to listen for the service: the main face
 * (as bench_place), the other one, the one astray; the same for IPv6. Gives their number. */
enum { BENCH_FACES_MOST = 8 };
size_t bench_faces(const struct bench *bench, const char *role, const char *service,
		   struct address *list, size_t most);
/* The face, port 0, from which the role reaches a destination: inside, when that is in the
 * operator's network or was lent there. */
void bench_towards(const struct bench *bench, const char *role, const struct address *destination,
		   struct address *address);
/* A fake says where a service of its role is; the value becomes the variable ROLE.NAME, as
 * bench_publish(b, "serving-hems", "url", "http://..."). */
void bench_publish(struct bench *bench, const char *role, const char *name, const char *value);
/* The variable "ROLE.NAME" (address, host, port, url, ...), or NULL. */
const char *bench_variable(const struct bench *bench, const char *name);
/* A role that is played goes out as a client from this address and port, until it returns: so it
 * can be told from others at the same host (IPv6 has but one loopback address). Port 0 = any: an
 * address that a security gateway gave the device. */
void bench_lend(struct bench *bench, const char *role, const struct address *address);
void bench_return(struct bench *bench, const struct address *address);
/* Which role has this address; NULL = none. Of several roles at one host (a profile may say so),
 * the one whose published, fixed or lent port it is, else the device, else the first. A client
 * at 127.0.0.1 is the device when no other. */
const char *bench_role(const struct bench *bench, const struct address *address);
/* The same of one end of a message of that protocol ("dns", "http"): a port counts only of a role that
 * speaks it, for the ports of UDP, TCP and SCTP are numbered apart, and the device's client may have
 * from the kernel the number at which another role listens. */
const char *bench_speaker(const struct bench *bench, const struct address *address,
			  const char *protocol);
/* Runs through all roles that have an address. */
const char *bench_role_at(const struct bench *bench, size_t index);

#endif
