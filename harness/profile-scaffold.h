/*
 * profile-scaffold: a profile that has everything a proforma asks for, to be filled in.
 */
#ifndef HARNESS_PROFILE_SCAFFOLD_H
#define HARNESS_PROFILE_SCAFFOLD_H

#include <stdio.h>

#include "harness/judge/proforma.h"

/* Writes it: ICS items answered as a device does that has what is mandatory and no option, values
 * that are needed as "?", all else commented out with its default; each below what it asks. What
 * went wrong is out's to say (ferror). */
void profile_scaffold(const struct proforma *proforma, FILE *out);

#endif
