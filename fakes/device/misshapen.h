/*
 * misshapen: what the device says, bent by defects of form: all
 * that is said is there and true, but not in the shape that TR-069 Annex A gives it.
 */
#ifndef FAKES_DEVICE_MISSHAPEN_H
#define FAKES_DEVICE_MISSHAPEN_H

#include <libxml/tree.h>

struct device;

/* body: an RPC, its response or a Fault, about to be sent. */
void misshape(const struct device *device, xmlNode *body);

#endif
