/*
 * settable: what a played element's message can be given by "set", for the protocols that have a
 * few such fields: S1AP and HNBAP. The names are those of the standards' ASN.1.
 */
#ifndef HARNESS_CHART_SETTABLE_H
#define HARNESS_CHART_SETTABLE_H

#include <stdbool.h>

/* The names for a message ("S1SetupFailure": Cause, TimeToWait), NULL at the end; none for a
 * message that has nothing to set, and for those of CWMP, which have tables of their own. */
const char *const *settable_names(const char *message);
/* A value that is known before the run and cannot be written: what it has to be, else NULL. */
const char *settable_wrong(const char *message, const char *name, const char *value);

#endif
