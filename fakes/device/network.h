/*
 * network: where a cell's connections start: outside, or inside the tunnel to its security gateway
 * (TS 32.583 5.1, 5.2; TS 32.593 5.1); when that is built, and what follows from its address.
 */
#ifndef FAKES_DEVICE_NETWORK_H
#define FAKES_DEVICE_NETWORK_H

#include <stdbool.h>

#include "fakes/device/tunnel.h"
#include "protocols/address.h"
#include "protocols/problem.h"

struct device;
struct network;

/* why NULL: what was prepared for can begin. */
typedef void (*network_callback)(void *context, const struct problem *why);

struct network *network_new(struct device *device);
void network_free(struct network *network);
/* The power comes, goes. */
bool network_start(struct network *network, struct problem *problem);
void network_stop(struct network *network, bool politely);

/* Before a session: true when it can begin at once; else the callback tells. */
bool network_prepare(struct network *network, network_callback callback, void *context);
void network_forget(struct network *network); /* nobody waits for the callback any more */
/* A session is over: what was written takes effect on the tunnel. */
void network_follow(struct network *network);

/* Where connections to the HMS start, and which DNS is asked for its name. */
struct address network_hms_local(const struct network *network);
struct address network_hms_dns(const struct network *network);
/* The same of those to the radio network's elements. */
struct address network_core_local(const struct network *network);
struct address network_core_dns(const struct network *network);
/* Is everything there that those need? (Not while a tunnel is wanted and not up.) */
bool network_core_ready(const struct network *network);

/* Which gateways the configuration wants now; none: no tunnel. */
void network_plan(const struct device *device, struct tunnel_plan *plan);

#endif
