/*
 * rule-reads: what of a message an expression looks at. Where all of that stands as it stood in the
 * last message of the name that the expression was computed for, it comes to the same again: a
 * device says most of what it says in each of its sessions. What may change without the message (a
 * variable, the time, the schemas) is not among the facts: an expression that looks at it is always
 * computed. A profile's map and claims stay as they were loaded.
 *
 * Sets may be larger than the truth: then an expression is computed in vain, which is harmless.
 */
#ifndef HARNESS_JUDGE_RULE_READS_H
#define HARNESS_JUDGE_RULE_READS_H

#include <stdbool.h>

#include "harness/chart/chart.h"
#include "harness/judge/rule-facts.h"

/* Adds the facts that the expression looks at, in a message of any one name; their contents are
 * asked for. false: it looks at something else, too, or nobody knows at what. NULL: at nothing. */
bool rule_reads(struct facts *facts, const struct expression *expression, struct fact_set *reads);

#endif
