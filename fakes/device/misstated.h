/*
 * misstated: what the device says, bent by the defects that say what is not so, or say it where it
 * does not belong: the shape is that of TR-069 Annex A.
 */
#ifndef FAKES_DEVICE_MISSTATED_H
#define FAKES_DEVICE_MISSTATED_H

#include <libxml/tree.h>

struct device;

/* body: an RPC, its response or a Fault, about to be sent. */
void misstate(const struct device *device, xmlNode *body);

#endif
