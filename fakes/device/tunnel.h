/*
 * tunnel: which security gateway a cell goes to, and in which order: its name is asked first, its
 * addresses are tried one after the other, then the next gateway of the list (TR-196
 * Gateway.SecGWServer1..3). A state machine without sockets: what is to be done it asks for by
 * calls, and is told what came of it.
 */
#ifndef FAKES_DEVICE_TUNNEL_H
#define FAKES_DEVICE_TUNNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "protocols/address.h"
#include "protocols/problem.h"

#define TUNNEL_GATEWAYS 3
#define TUNNEL_ADDRESSES 8
#define TUNNEL_NAME 65 /* SecGWServer1: string(64) */

struct tunnel_plan { /* the gateways, best first; none: no tunnel is wanted */
	char gateways[TUNNEL_GATEWAYS][TUNNEL_NAME]; /* names or address literals */
	size_t count;
};

struct tunnel_calls { /* none may free the tunnel */
	void *context;
	/* Asks the outer DNS; answered by tunnel_resolved, now or later. */
	void (*resolve)(void *context, const char *name);
	/* Begins a tunnel to the gateway of that name; answered by tunnel_up or tunnel_down. */
	void (*connect)(void *context, const struct address *gateway, const char *name);
	/* What resolve or connect began, and the tunnel that is up, is to end; nothing is told of it
	 * any more. politely: with a DELETE, when it was up. */
	void (*disconnect)(void *context, bool politely);
	/* The tunnel that was wanted is up (why NULL), or no gateway can be reached. */
	void (*ready)(void *context, const struct problem *why);
	/* It was up, and is no more; nothing has been begun. */
	void (*lost)(void *context, const struct problem *why);
};

struct tunnel_flaws { /* defects */
	bool first_address_only, first_gateway_only;
	bool keeps_any; /* a tunnel to whatever gateway will do */
};

struct tunnel;

struct tunnel *tunnel_new(const struct tunnel_calls *calls);
void tunnel_free(struct tunnel *tunnel); /* without a call; NULL is fine */
void tunnel_set_flaws(struct tunnel *tunnel, const struct tunnel_flaws *flaws);

/* Would the tunnel that is up do for the plan? It does when it was made by the same plan, or is to
 * the plan's first gateway. */
bool tunnel_serves(const struct tunnel *tunnel, const struct tunnel_plan *plan);
bool tunnel_is_up(const struct tunnel *tunnel);
bool tunnel_is_idle(const struct tunnel *tunnel); /* neither up nor under way */
const char *tunnel_gateway(const struct tunnel *tunnel); /* its name while up; else "" */

/* A tunnel by this plan, which has a gateway: ready tells, perhaps before this returns. One that
 * does not serve is ended first; one that is under way by the same plan goes on. */
void tunnel_want(struct tunnel *tunnel, const struct tunnel_plan *plan);
void tunnel_drop(struct tunnel *tunnel, bool politely);

/* What came of the calls. */
void tunnel_resolved(struct tunnel *tunnel, const struct address *addresses, size_t count,
		     const struct problem *why); /* count 0: why */
void tunnel_up(struct tunnel *tunnel);
void tunnel_down(struct tunnel *tunnel, const struct problem *why);

bool tunnel_plan_same(const struct tunnel_plan *a, const struct tunnel_plan *b);
/* One more gateway; empty ones, those that are too long and those too many are passed over. */
void tunnel_plan_add(struct tunnel_plan *plan, const char *gateway);

#endif
