#include "harness/judge/rule-needs.h"

#include <string.h>

#include "harness/chart/quick-path.h"

static struct fact_set in_both(const struct fact_set *first, const struct fact_set *second)
{
	struct fact_set both;

	for (int i = 0; i < FACT_WORDS; i++)
		both.words[i] = first->words[i] & second->words[i];
	return both;
}

/* What the name alone makes of it. */
static enum truth by_name(const struct quick *quick, const char *name)
{
	enum truth first, second;

	switch (quick->kind) {
	case QUICK_AND:
	case QUICK_OR:
		first = by_name(quick->first, name);
		second = by_name(quick->first->next, name);
		if (quick->kind == QUICK_AND)
			return first == TRUTH_NO || (first == TRUTH_YES && second == TRUTH_NO)
				       ? TRUTH_NO
			       : first == TRUTH_YES ? second : TRUTH_UNKNOWN;
		return first == TRUTH_YES || (first == TRUTH_NO && second == TRUTH_YES)
			       ? TRUTH_YES
		       : first == TRUTH_NO ? second : TRUTH_UNKNOWN;
	case QUICK_PATH:
		if (quick->absolute || quick->steps->axis != QUICK_SELF || !quick->steps->name)
			return TRUTH_UNKNOWN;
		if (strcmp(quick->steps->name, name) != 0)
			return TRUTH_NO;
		return quick->steps->next || quick->steps->predicates ? TRUTH_UNKNOWN : TRUTH_YES;
	case QUICK_CALL:
		if (quick->function == QUICK_FALSE)
			return TRUTH_NO;
		if (quick->function != QUICK_NOT)
			return TRUTH_UNKNOWN;
		first = by_name(quick->first, name);
		return first == TRUTH_NO ? TRUTH_YES : first == TRUTH_YES ? TRUTH_NO : first;
	default:
		return TRUTH_UNKNOWN;
	}
}

/* Can it surely be computed? */
static bool is_sure(const struct quick *quick)
{
	switch (quick->kind) {
	case QUICK_VARIABLE:
		return false;
	case QUICK_PATH:
		for (const struct quick_step *step = quick->steps; step; step = step->next)
			for (const struct quick *each = step->predicates; each; each = each->next)
				if (!is_sure(each))
					return false;
		return true;
	case QUICK_CALL:
		if (quick->function == QUICK_MATCHES || quick->function == QUICK_ICS ||
		    quick->function == QUICK_FORCED_MISSING ||
		    quick->function == QUICK_GRAMMAR_BREACH)
			return false;
		break;
	default:
		break;
	}
	for (const struct quick *each = quick->first; each; each = each->next)
		if (!is_sure(each))
			return false;
	return true;
}

static bool is_named(const struct quick_step *step, enum quick_axis axis)
{
	return step && step->axis == axis && step->name;
}

/* "/message/FACET/@NAME" and its like. */
static void facet_needs(struct facts *facts, const struct quick_step *step, struct fact_set *needs)
{
	if (!is_named(step, QUICK_CHILD) || strcmp(step->name, "message") != 0 ||
	    !is_named(step->next, QUICK_CHILD))
		return;
	unsigned facet = fact_number(facts, SCOPE_FACET, step->next->name);

	fact_set_add(needs, facet);
	step = step->next->next;
	if (facet == FACTS_MOST)
		return;
	if (is_named(step, QUICK_ATTRIBUTE) || is_named(step, QUICK_CHILD))
		fact_set_add(needs, fact_number(facts,
						facet_scope(facet, step->axis == QUICK_ATTRIBUTE),
						step->name));
}

static void path_needs(struct facts *facts, const struct quick *path, struct fact_set *needs)
{
	const struct quick_step *step = path->steps;

	if (path->absolute)
		facet_needs(facts, step, needs);
	else if (is_named(step, QUICK_CHILD))
		fact_set_add(needs, fact_number(facts, SCOPE_CHILD, step->name));
	else if (is_named(step, QUICK_ATTRIBUTE))
		fact_set_add(needs, fact_number(facts, SCOPE_ATTRIBUTE, step->name));
}

/* No comparison with an empty set of nodes holds, but that with a truth (XPath 1.0 clause 3.4). */
static void comparison_needs(struct facts *facts, const struct quick *quick,
			     struct fact_set *needs)
{
	const struct quick *left = quick->first, *right = left->next;

	if (left->type == QUICK_TRUTH_TYPE || right->type == QUICK_TRUTH_TYPE ||
	    !is_sure(left) || !is_sure(right))
		return;
	if (left->kind == QUICK_PATH)
		path_needs(facts, left, needs);
	if (right->kind == QUICK_PATH)
		path_needs(facts, right, needs);
}

/* For the expression to be worth what is wanted. */
static struct fact_set needs_of(struct facts *facts, const struct quick *quick, bool wanted,
				const char *name)
{
	struct fact_set needs = { { 0 } }, first, second;

	switch (quick->kind) {
	case QUICK_AND:
	case QUICK_OR:
		first = needs_of(facts, quick->first, wanted, name);
		second = needs_of(facts, quick->first->next, wanted, name);
		if (wanted == (quick->kind == QUICK_AND)) { /* both have to be as is wanted */
			fact_set_add_all(&needs, &first);
			if (is_sure(quick->first))
				fact_set_add_all(&needs, &second);
			return needs;
		}
		if (by_name(quick->first, name) == (wanted ? TRUTH_NO : TRUTH_YES))
			return second;
		return in_both(&first, &second);
	case QUICK_CALL:
		if (quick->function == QUICK_NOT)
			return needs_of(facts, quick->first, !wanted, name);
		return needs;
	case QUICK_PATH:
		if (wanted)
			path_needs(facts, quick, &needs);
		return needs;
	case QUICK_EQUAL:
	case QUICK_UNEQUAL:
	case QUICK_LESS:
	case QUICK_LESS_EQUAL:
	case QUICK_MORE:
	case QUICK_MORE_EQUAL:
		if (wanted)
			comparison_needs(facts, quick, &needs);
		return needs;
	default:
		return needs;
	}
}

bool rule_may_hold(const struct expression *expression, const char *name)
{
	return !expression || !expression->quick || by_name(expression->quick, name) != TRUTH_NO;
}

void rule_needs(struct facts *facts, const struct expression *expression, const char *name,
		struct fact_set *needs)
{
	struct fact_set more = { { 0 } };

	if (expression && expression->quick)
		more = needs_of(facts, expression->quick, true, name);
	fact_set_add_all(needs, &more);
}

void rule_needs_breach(struct facts *facts, const struct expression *expression,
		       const char *name, struct fact_set *needs)
{
	struct fact_set more = { { 0 } };

	if (expression->quick)
		more = needs_of(facts, expression->quick, false, name);
	fact_set_add_all(needs, &more);
}
