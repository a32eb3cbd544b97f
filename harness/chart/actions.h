/*
 * actions: what a role can be told to do that is not on the wire: `henb does power-on`.
 */
#ifndef HARNESS_CHART_ACTIONS_H
#define HARNESS_CHART_ACTIONS_H

#include <stddef.h>

#include "harness/chart/roles.h"

struct action_kind {
	const char *name;             /* "raise-alarm" */
	unsigned roles;               /* who may do it: bits, ROLE_BIT of a kind */
	const char *const *arguments; /* the names it takes, NULL at the end */
	size_t least;                 /* so many of the first ones must be given */
	const char *meaning;
};

const struct action_kind *actions(size_t *count);
const struct action_kind *action_find(const char *name); /* NULL: unknown */

#endif
