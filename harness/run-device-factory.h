/*
 * run-device-factory: what the factory puts into the simulated device of a run: by the profile, the
 * bench and the lab's keys.
 */
#ifndef HARNESS_RUN_DEVICE_FACTORY_H
#define HARNESS_RUN_DEVICE_FACTORY_H

#include "fakes/device/device.h"
#include "fakes/device/tunnel-ipsec.h"
#include "harness/run-bench.h"

struct run_device_factory {
	struct device_factory factory;
	struct device_ipsec ipsec;
	struct eap_aka_usim usim; /* of the hosting party, where the profile has one */
	char *identity; /* owned */
};

/* 0, or -1 with why; run_device_factory_clear in any case, after the device is gone. */
int run_device_factory_fill(struct run_device_factory *made, const struct run *run,
			    struct problem *problem);
void run_device_factory_clear(struct run_device_factory *made);

#endif
