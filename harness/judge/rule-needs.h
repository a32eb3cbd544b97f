/*
 * rule-needs: what has to be in a message for a rule to be broken by it. Most rules speak of
 * something that few messages have (a Cookie, a challenge, an attribute of the session); what a
 * message has is gathered once, and those rules are not even looked at.
 *
 * A fact is that the body has a child or an attribute of a name, or that a facet is there, or a
 * child or an attribute of it. Sets may be larger than the truth where they say what a message has,
 * smaller where they say what a rule needs: then a rule is looked at in vain, which is harmless.
 */
#ifndef HARNESS_JUDGE_RULE_NEEDS_H
#define HARNESS_JUDGE_RULE_NEEDS_H

#include <stdbool.h>

#include "harness/judge/evaluation.h"
#include "harness/judge/rule-facts.h"

/* Can the expression hold for a message of the name? false: surely not, and it is computed
 * without a mistake. expression NULL: always. */
bool rule_may_hold(const struct expression *expression, const char *name);
/* Adds what has to be there for the expression to hold, for a message of the name: when something
 * of it is not there, the expression surely does not hold. New facts get numbers. */
void rule_needs(struct facts *facts, const struct expression *expression, const char *name,
		struct fact_set *needs);
/* Likewise, for the expression not to hold. */
void rule_needs_breach(struct facts *facts, const struct expression *expression,
		       const char *name, struct fact_set *needs);

#endif
