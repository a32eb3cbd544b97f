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
#include <stdint.h>

#include "harness/judge/evaluation.h"
#include "protocols/message.h"

enum { FACTS_MOST = 256, FACT_PLACES = 1024, FACT_WORDS = FACTS_MOST / 64 };

struct fact_set {
	uint64_t words[FACT_WORDS];
};

struct fact {
	unsigned scope;   /* see rule-needs.c */
	const char *name; /* the rules' own text */
};

struct facts { /* that rules ask for, by number */
	struct fact list[FACTS_MOST];
	unsigned count;
	uint16_t places[FACT_PLACES]; /* by hash: number + 1; 0 = free */
};

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
/* The facts of the message. */
struct fact_set rule_facts(const struct facts *facts, const struct message *message);

static inline bool fact_set_has(const struct fact_set *set, const struct fact_set *needs)
{
	uint64_t missing = 0;

	for (int i = 0; i < FACT_WORDS; i++)
		missing |= needs->words[i] & ~set->words[i];
	return !missing;
}

#endif
