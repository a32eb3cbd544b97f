/*
 * backhaul: a cell's way to the radio network: it asks its MME for S1 (TS 36.413 8.7.3), or
 * registers with its HNB gateway (TS 25.469 8.2), when its configuration is complete, over
 * the tunnel when there is to be one; goes to the next of the list when one does not serve it; and
 * waits as it is told.
 */
#ifndef FAKES_DEVICE_BACKHAUL_H
#define FAKES_DEVICE_BACKHAUL_H

#include <stdbool.h>

struct device;
struct backhaul;

struct backhaul *backhaul_new(struct device *device);
void backhaul_free(struct backhaul *backhaul); /* NULL is fine */
/* Something that it depends on may have changed: the configuration, the HMS that gave it, the
 * tunnel. */
void backhaul_follow(struct backhaul *backhaul);
/* politely: with a DE-REGISTER, and in order; else the power is gone. */
void backhaul_stop(struct backhaul *backhaul, bool politely);
/* May the cell be on the air? (TS 25.467 5.2.2: not before it is registered.) A cell without a
 * backhaul of its own is asked nothing of the kind. */
bool backhaul_serves(const struct backhaul *backhaul);

#endif
