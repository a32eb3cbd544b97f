/*
 * tunnel-end: a cell's end of one tunnel, whoever makes it: IPsec (tunnel-ipsec.c), or a test.
 */
#ifndef FAKES_DEVICE_TUNNEL_END_H
#define FAKES_DEVICE_TUNNEL_END_H

#include <stdbool.h>

#include "protocols/address.h"
#include "protocols/ikev2-sa.h"
#include "protocols/problem.h"

struct device;
struct tunnel_end;

struct tunnel_end_events {
	/* It is up, with what the gateway assigned. Called again when it became another. */
	void (*up)(void *context, const struct ikev2_inner *inner);
	/* It could not be made, or is gone; the owner still closes it, now or later. */
	void (*down)(void *context, const struct problem *why);
};

struct tunnel_ends {
	/* Begins a tunnel to the gateway, whose certificate must hold the name (a literal: the
	 * address). NULL: it cannot even be begun. Events come after it has returned. */
	struct tunnel_end *(*open)(struct device *device, const struct address *gateway,
				   const char *name, const struct tunnel_end_events *events,
				   void *context, struct problem *problem);
	/* politely: the gateway is told. No event comes any more. NULL is fine. */
	void (*close)(struct tunnel_end *end, bool politely);
	/* The power goes: what they share goes too; all are closed. */
	void (*stop)(struct device *device);
	/* Does what goes to that address go through it? NULL: all does. */
	bool (*carries)(const struct tunnel_end *end, const struct address *address);
	/* Proves anew who it is (RFC 7296 2.8.3): events.up tells when that led to another inner
	 * address. NULL: it cannot. */
	void (*authenticate)(struct tunnel_end *end);
};

#endif
