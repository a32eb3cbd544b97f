/*
 * resolver: a stub resolver of its own over UDP, with TCP when an answer was cut (RFC 1035,
 * 7766). Asks for A, then for AAAA when there is none; follows CNAMEs. No cache (that is
 * resolver-cache.h): a device asks anew for each session, so that a change of address is seen.
 */
#ifndef FAKES_DEVICE_RESOLVER_H
#define FAKES_DEVICE_RESOLVER_H

#include <stdbool.h>
#include <stddef.h>

#include "fakes/device/generator.h"
#include "harness/loop/loop.h"
#include "protocols/address.h"
#include "protocols/problem.h"

#define RESOLVER_ADDRESSES 8

struct resolver_answer {
	struct address addresses[RESOLVER_ADDRESSES]; /* port 0 */
	size_t count;
	uint32_t ttl; /* seconds: the shortest of its records */
};

/* answer NULL: problem says why. Called once, never from inside resolver_ask. */
typedef void (*resolver_callback)(void *context, const struct resolver_answer *answer,
				  const struct problem *problem);

struct lookup;

struct resolver_way { /* how to ask; zeroed = the usual */
	bool any_answer;  /* a defect: whatever its ID and question */
	bool needlessly;  /* a defect: a literal, too, before it is taken */
	bool ipv6_first, ipv4_only; /* ipv4_only: a defect */
	bool tcp;
};

/* An address literal is its own answer, without a query; server with family 0: only literals
 * can be resolved. */
struct lookup *resolver_ask(struct loop *loop, const struct address *local,
			    const struct address *server, const char *name,
			    const struct resolver_way *way, struct generator *random, resolver_callback callback, void *context);
void resolver_cancel(struct lookup *lookup); /* NULL is fine; not after the callback */

#endif
