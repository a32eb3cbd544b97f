/*
 * explanation: why a check does not hold, in the words of the check: which field, what it
 * should be, what it is.
 *
 *   DeviceId/SerialNumber = $device.serial   field DeviceId/SerialNumber, expected 000001, actual 7
 *   Status = 0 or Status = 1                 field Status, expected 0 or 1, actual 2
 *   A and B                                  the first of them that does not hold
 *   event('0 BOOTSTRAP')                     field Event, expected 0 BOOTSTRAP, actual 1 BOOT
 *   S1SigLinkServerList                      expected present, actual absent
 */
#ifndef HARNESS_JUDGE_EXPLANATION_H
#define HARNESS_JUDGE_EXPLANATION_H

#include "harness/judge/evaluation.h"

struct explanation { /* owned */
	char *field, *expected, *actual;
};

/* The evaluation is about the message that the check was made on. */
void explanation_make(struct evaluation *evaluation, const char *check,
		      struct explanation *explanation);
void explanation_clear(struct explanation *explanation);

#endif
