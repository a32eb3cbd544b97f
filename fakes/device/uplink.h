/*
 * uplink: where a cell's connections start: outside, or inside the tunnel to its security gateway
 * (TS 32.583 5.1, 5.2; TS 32.593 5.1); when that is built, and what follows from its address.
 */
#ifndef FAKES_DEVICE_UPLINK_H
#define FAKES_DEVICE_UPLINK_H

#include <stdbool.h>

#include "fakes/device/tunnel.h"
#include "protocols/address.h"
#include "protocols/problem.h"

struct device;
struct uplink;

/* why NULL: what was prepared for can begin. */
typedef void (*uplink_callback)(void *context, const struct problem *why);

struct uplink *uplink_new(struct device *device);
void uplink_free(struct uplink *uplink);
/* The power comes, goes. */
bool uplink_start(struct uplink *uplink, struct problem *problem);
void uplink_stop(struct uplink *uplink, bool politely);

/* Before a session: true when it can begin at once; else the callback tells. */
bool uplink_prepare(struct uplink *uplink, uplink_callback callback, void *context);
void uplink_forget(struct uplink *uplink); /* nobody waits for the callback any more */
/* Proves anew who it is to its gateway. 0, or -1: there is no tunnel, or it cannot. */
int uplink_authenticate(struct uplink *uplink, struct problem *problem);
/* An SA was rekeyed: nothing follows from it. */
void uplink_rekeyed(struct uplink *uplink);
/* How long after a session its last octets may still go out, before its tunnel ends; 0 = none is up. */
int64_t uplink_settle_time(const struct uplink *uplink);
/* A session is over: what was written takes effect on the tunnel. */
void uplink_follow(struct uplink *uplink);

/* A configuration file is about to be applied: what a defect or a variant keeps of before it. */
void uplink_file_comes(struct uplink *uplink);

/* Where connections to the HMS start, and which DNS is asked for its name. */
struct address uplink_hms_local(const struct uplink *uplink);
/* Where they start when the HMS is of the other family; family 0: nowhere. */
struct address uplink_other_local(const struct uplink *uplink);
/* The same of those to a server: past the tunnel, when the host is an address that it does not carry. */
struct address uplink_local_towards(const struct uplink *uplink, const char *host);
struct address uplink_hms_dns(const struct uplink *uplink);
struct address uplink_dns_local(const struct uplink *uplink); /* where it is asked from */
/* The same of those to the radio network's elements. */
struct address uplink_core_local(const struct uplink *uplink);
struct address uplink_core_dns(const struct uplink *uplink);
struct address uplink_core_dns_local(const struct uplink *uplink);
/* Is everything there that those need? (Not while a tunnel is wanted and not up.) */
bool uplink_core_ready(const struct uplink *uplink);

/* Which gateways the configuration wants now; none: no tunnel. */
void uplink_plan(const struct device *device, struct tunnel_plan *plan);

#endif
