/*
 * configuration-part: for a defect of the simulated device, which applies a CM file while it reads: what
 * a reader has seen of a file that is cut off, not well-formed or without its frame.
 */
#ifndef FAKES_DEVICE_CONFIGURATION_PART_H
#define FAKES_DEVICE_CONFIGURATION_PART_H

#include <stdbool.h>

#include "protocols/buffer.h"

/* Writes a CM file of what elements there are in those octets. False: there are none. */
bool configuration_part(const struct buffer *octets, struct buffer *whole);

#endif
