/*
 * retry: how long a device waits before it repeats a failed session (TR-069 3.2.1.1).
 */
#ifndef FAKES_DEVICE_RETRY_H
#define FAKES_DEVICE_RETRY_H

#include <stdint.h>

#include "fakes/device/generator.h"

struct retry_range {
	int64_t least, most; /* microseconds */
};

/* The range of the n-th retry since the reboot, from 1. */
struct retry_range retry_range(unsigned number);
/* A wait from it. */
int64_t retry_wait(unsigned number, struct generator *generator);

#endif
