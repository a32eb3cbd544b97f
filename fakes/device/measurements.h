/*
 * measurements: performance counters, and the file of them that a device uploads at every
 * PeriodicUploadInterval (TS 32.583 5.6.1, 5.6.2; TS 32.593 5.4; TR-196 PerfMgmt.FileMgmt, TR-262
 * FAP.PerfMgmt.Config): at PeriodicUploadTime plus or minus any number of intervals, when it is known,
 * else at a phase of its own. What could not be delivered is kept, and goes before what is newer.
 */
#ifndef FAKES_DEVICE_MEASUREMENTS_H
#define FAKES_DEVICE_MEASUREMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "protocols/buffer.h"

struct device;
struct measurements;

struct measurement_period { /* seconds since 1970, of the device's clock */
	int64_t begin, end;
	int64_t interval; /* seconds: PeriodicUploadInterval */
	unsigned count;   /* of the name: 0, or its running count */
};

/* What is counted, from the factory on. */
void measurements_factory(struct device *device);
struct measurements *measurements_new(struct device *device);
void measurements_free(struct measurements *measurements);
/* The configuration may have changed, or the power came: uploads follow it. */
void measurements_follow(struct measurements *measurements);
void measurements_stop(struct measurements *measurements); /* power off: what waits is lost */

/* measurement-file.c: the file of that period, and its name (new memory). */
char *measurement_file(struct device *device, const struct measurement_period *period,
		       struct buffer *octets);
/* measurement-spoilt.c: what the device's defects make of it. */
void measurement_file_spoil(const struct device *device, struct buffer *octets);

#endif
