#include "harness/judge/rule-needs.h"

#include <string.h>

#include "harness/chart/quick-path.h"

/* Where a name stands. Each facet has two scopes of its own, by the facet's number. */
enum { SCOPE_FACET, SCOPE_CHILD, SCOPE_ATTRIBUTE, SCOPES };

static unsigned facet_scope(unsigned facet, bool attribute)
{
	return SCOPES + 2 * facet + attribute;
}

/* --- facts and their numbers --- */

static unsigned place_of(unsigned scope, const char *name)
{
	uint32_t hash = scope * 0x9e3779b1u + 1;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x01000193u;
	return (hash ^ hash >> 15) % FACT_PLACES;
}

/* The place of the fact, or the free one where it would stand. */
static unsigned find(const struct facts *facts, unsigned scope, const char *name)
{
	unsigned place = place_of(scope, name);

	for (; facts->places[place]; place = (place + 1) % FACT_PLACES) {
		const struct fact *fact = &facts->list[facts->places[place] - 1];

		if (fact->scope == scope && !strcmp(fact->name, name))
			break;
	}
	return place;
}

/* FACTS_MOST: there is no room for it. */
static unsigned number_of(struct facts *facts, unsigned scope, const char *name)
{
	unsigned place = find(facts, scope, name);

	if (facts->places[place])
		return facts->places[place] - 1u;
	if (facts->count == FACTS_MOST)
		return FACTS_MOST;
	facts->list[facts->count++] = (struct fact){ scope, name };
	facts->places[place] = (uint16_t)facts->count;
	return facts->count - 1;
}

static void add(struct fact_set *set, unsigned number)
{
	if (number < FACTS_MOST)
		set->words[number / 64] |= UINT64_C(1) << number % 64;
}

static void add_all(struct fact_set *set, const struct fact_set *other)
{
	for (int i = 0; i < FACT_WORDS; i++)
		set->words[i] |= other->words[i];
}

static struct fact_set in_both(const struct fact_set *first, const struct fact_set *second)
{
	struct fact_set both;

	for (int i = 0; i < FACT_WORDS; i++)
		both.words[i] = first->words[i] & second->words[i];
	return both;
}

/* Notes the fact when somebody asks for it; its number, or FACTS_MOST. */
static unsigned note(const struct facts *facts, unsigned scope, const xmlChar *name,
		     struct fact_set *set)
{
	unsigned number = facts->places[find(facts, scope, (const char *)name)];

	if (!number)
		return FACTS_MOST;
	add(set, number - 1);
	return number - 1;
}

static void note_all(const struct facts *facts, const xmlNode *element, unsigned children,
		     unsigned attributes, struct fact_set *set)
{
	for (const xmlAttr *at = element->properties; at; at = at->next)
		note(facts, attributes, at->name, set);
	for (const xmlNode *at = element->children; at; at = at->next)
		if (at->type == XML_ELEMENT_NODE)
			note(facts, children, at->name, set);
}

struct fact_set rule_facts(const struct facts *facts, const struct message *message)
{
	struct fact_set set = { { 0 } };
	const xmlNode *root = message->document ? xmlDocGetRootElement(message->document) : NULL;

	if (!root || !message->body) {
		memset(&set, 0xff, sizeof(set));
		return set;
	}
	note_all(facts, message->body, SCOPE_CHILD, SCOPE_ATTRIBUTE, &set);
	for (const xmlNode *at = root->children; at; at = at->next) {
		if (at->type != XML_ELEMENT_NODE)
			continue;
		unsigned facet = note(facts, SCOPE_FACET, at->name, &set);

		if (facet < FACTS_MOST)
			note_all(facts, at, facet_scope(facet, false), facet_scope(facet, true),
				 &set);
	}
	return set;
}

/* --- what an expression needs --- */

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
	unsigned facet = number_of(facts, SCOPE_FACET, step->next->name);

	add(needs, facet);
	step = step->next->next;
	if (facet == FACTS_MOST)
		return;
	if (is_named(step, QUICK_ATTRIBUTE) || is_named(step, QUICK_CHILD))
		add(needs, number_of(facts, facet_scope(facet, step->axis == QUICK_ATTRIBUTE),
				     step->name));
}

static void path_needs(struct facts *facts, const struct quick *path, struct fact_set *needs)
{
	const struct quick_step *step = path->steps;

	if (path->absolute)
		facet_needs(facts, step, needs);
	else if (is_named(step, QUICK_CHILD))
		add(needs, number_of(facts, SCOPE_CHILD, step->name));
	else if (is_named(step, QUICK_ATTRIBUTE))
		add(needs, number_of(facts, SCOPE_ATTRIBUTE, step->name));
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
			add_all(&needs, &first);
			if (is_sure(quick->first))
				add_all(&needs, &second);
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
	add_all(needs, &more);
}

void rule_needs_breach(struct facts *facts, const struct expression *expression,
		       const char *name, struct fact_set *needs)
{
	struct fact_set more = { { 0 } };

	if (expression->quick)
		more = needs_of(facts, expression->quick, false, name);
	add_all(needs, &more);
}
