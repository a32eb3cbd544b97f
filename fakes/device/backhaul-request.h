/*
 * backhaul-request: what a cell says of itself to the radio network: S1 SETUP REQUEST
 * (TS 36.413 9.1.8.4) or HNB REGISTER REQUEST (TS 25.469 9.1.3), from its parameters; and to whom.
 */
#ifndef FAKES_DEVICE_BACKHAUL_REQUEST_H
#define FAKES_DEVICE_BACKHAUL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"

struct device;

#define BACKHAUL_SERVERS 16
#define BACKHAUL_NAME 65 /* FAPGWServer1: string(64) */

struct backhaul_plan {                                 /* as the configuration wants it */
	char servers[BACKHAUL_SERVERS][BACKHAUL_NAME]; /* names or address literals, best first */
	size_t count;                                  /* 0 = the cell is not to register */
	uint16_t port;
	uint32_t ppid;
	bool all;              /* an association with each (S1ConnectionMode All) */
	struct buffer request; /* owned */
};

/* Makes the plan. Nothing to do: no server is set, or no network (a PLMN is what a cell cannot do
 * without). */
void backhaul_plan_make(const struct device *device, struct backhaul_plan *plan);
void backhaul_plan_clear(struct backhaul_plan *plan);
bool backhaul_plan_same(const struct backhaul_plan *a, const struct backhaul_plan *b);

#endif
