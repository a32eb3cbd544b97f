/* sample-recording: DNS, three Informs (over IPv4, IPv6, one reset) and a large body. */
#ifndef TESTS_CAPTURES_SAMPLE_RECORDING_H
#define TESTS_CAPTURES_SAMPLE_RECORDING_H

#include "captures/recorder.h"

#define SAMPLE_TIME 1700000000000000

/* 0, or -1 with why. */
int sample_recording(const char *file, struct problem *problem);

#endif
