/*
 * run-device: how things are done to the device under test: to the simulated one by a call,
 * to a real one as its profile says (a command, a question to the operator, an HTTP call).
 */
#ifndef HARNESS_RUN_DEVICE_H
#define HARNESS_RUN_DEVICE_H

#include "harness/run-bench.h"

struct run_device;

/* done: the action is over; verdict pass, else why. May come before run_device_act returns. */
typedef void (*run_device_done)(void *context, enum verdict verdict, const char *text);

/* The device of a scene: simulated and new from the box, or the real one. */
struct run_device *run_device_new(struct run *run, struct problem *problem);
void run_device_free(struct run_device *device);
/* Does an action; argument gives values in new memory. */
void run_device_act(struct run_device *device, const struct action *action,
		    char *(*argument)(void *context, const char *name), void *argument_context,
		    run_device_done done, void *context);

#endif
