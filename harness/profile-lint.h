/*
 * profile-lint: the profile that was given, against its proforma, and against what the scenarios
 * that it selects ask for.
 */
#ifndef HARNESS_PROFILE_LINT_H
#define HARNESS_PROFILE_LINT_H

#include "harness/scenario-set.h"

/* Adds what is wrong; of a variable or trigger that is missing, one scenario that wants it. */
void profile_lint(const struct scenario_set *set, struct diagnostics *diagnostics);

#endif
