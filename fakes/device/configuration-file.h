/*
 * configuration-file: a downloaded CM file is applied, all of it or nothing (TS 32.583 5.3.1 D,
 * TS 32.593 5.2.2-5).
 */
#ifndef FAKES_DEVICE_CONFIGURATION_FILE_H
#define FAKES_DEVICE_CONFIGURATION_FILE_H

#include "fakes/device/state.h"

/* 0: all is applied. Else nothing is, and it is the fault code of TR-069 A.5.1 with why in problem: 9018
 * when it is no CM file of this kind of cell, 9010 when a value or a name is not lawful here. */
int configuration_file_apply(struct device *device, const struct buffer *contents,
			     struct problem *problem);

/* A defect: what came of a file before its transfer failed is applied. Without the defect nothing. */
void configuration_file_part(struct device *device, const struct buffer *part);

/* A defect: only the HNB-GW of the file and its network are taken, and it is asked at once. False: the file
 * is no good. */
bool configuration_file_begin(struct device *device, const struct buffer *contents);

#endif
