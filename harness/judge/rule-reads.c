#include "harness/judge/rule-reads.h"

#include <string.h>

#include "harness/chart/quick-path.h"

struct reading {
	struct facts *facts;
	struct fact_set *reads;
	bool unknown; /* what it reads is no fact */
};

/* Where the context node of a part of the expression stands. */
struct standing {
	unsigned depth;    /* 0 the body, 1 the child of it (or of a facet) that is a fact, ... */
	bool may_value;    /* it may be a member's Value: its text is not in the child's shape */
	const char *child; /* the body's, above the context node; NULL = a facet's */
};

static void reads_of(struct reading *reading, const struct quick *quick, bool text,
		     const struct standing *place);

static void add(struct reading *reading, unsigned number)
{
	if (number == FACTS_MOST)
		reading->unknown = true;
	else
		fact_set_add(reading->reads, number);
}

static void add_contents(struct reading *reading, unsigned scope, const char *name)
{
	add(reading, fact_number_contents(reading->facts, scope, name));
}

/* A child of the body; values: the texts of Value elements are looked at, too. */
static void add_child(struct reading *reading, const char *name, bool values)
{
	unsigned number = fact_number_contents(reading->facts, SCOPE_CHILD, name);

	if (number == FACTS_MOST) {
		reading->unknown = true;
		return;
	}
	add(reading, reading->facts->list[number].shape);
	if (values)
		add(reading, number);
}

static void add_facet(struct reading *reading, const char *facet, bool attribute, const char *name)
{
	unsigned number = fact_number(reading->facts, SCOPE_FACET, facet);

	add(reading, number);
	if (number < FACTS_MOST)
		add_contents(reading, facet_scope(number, attribute), name);
}

static bool is_named(const struct quick_step *step, enum quick_axis axis)
{
	return step && step->axis == axis && step->name;
}

static bool is_plain(const struct quick_step *step, enum quick_axis axis)
{
	return is_named(step, axis) && !step->predicates;
}

/* --- below a fact --- */

static struct standing step_into(const struct standing *place, const struct quick_step *step)
{
	struct standing inside = *place;

	if (step->axis == QUICK_CHILD)
		inside.depth++;
	if (step->axis == QUICK_CHILD || step->axis == QUICK_PRECEDING_SIBLING)
		inside.may_value = inside.depth == 3 &&
				   (!step->name || !strcmp(step->name, "Value"));
	return inside;
}

/* Steps from a node in a fact: all that they can come to is in the fact as well, but for the
 * siblings of its top. text: the texts of the nodes are looked at, not only whether there are
 * any. */
static void reads_inside(struct reading *reading, const struct quick_step *step, bool text,
			 struct standing place)
{
	for (; step; step = step->next) {
		if (step->axis == QUICK_PRECEDING_SIBLING && place.depth < 2)
			reading->unknown = true;
		if (step->axis == QUICK_ATTRIBUTE || step->axis == QUICK_ANY_ATTRIBUTE)
			text = false; /* attributes are in the shape */
		place = step_into(&place, step);
		for (const struct quick *each = step->predicates; each; each = each->next)
			reads_of(reading, each, false, &place);
	}
	if (text && place.child && (place.depth < 3 || place.may_value))
		add_child(reading, place.child, true);
}

/* The step names the fact itself. */
static void reads_fact(struct reading *reading, const struct quick_step *step, bool text,
		       const char *child)
{
	const struct standing place = { .depth = 1, .child = child };

	for (const struct quick *each = step->predicates; each; each = each->next)
		reads_of(reading, each, false, &place);
	reads_inside(reading, step->next, text, place);
}

/* --- from the document and the body --- */

/* "/message/FACET", "/message/FACET/@NAME", "/message/FACET/NAME/..." */
static void reads_absolute(struct reading *reading, const struct quick_step *step, bool text)
{
	if (!is_plain(step, QUICK_CHILD) || strcmp(step->name, "message") != 0 ||
	    !is_plain(step->next, QUICK_CHILD)) {
		reading->unknown = true;
		return;
	}
	const char *facet = step->next->name;

	step = step->next->next;
	if (!step && !text) {
		add(reading, fact_number(reading->facts, SCOPE_FACET, facet));
	} else if (is_plain(step, QUICK_ATTRIBUTE) && !step->next) {
		add_facet(reading, facet, true, step->name);
	} else if (is_named(step, QUICK_CHILD)) {
		add_facet(reading, facet, false, step->name);
		reads_fact(reading, step, text, NULL);
	} else {
		reading->unknown = true;
	}
}

/* Does the predicate of a child look at no more than its name, place and attributes? */
static bool is_of_head(const struct quick *quick)
{
	switch (quick->kind) {
	case QUICK_PATH:
		return !quick->absolute && !quick->steps->next &&
		       (is_plain(quick->steps, QUICK_SELF) ||
			is_plain(quick->steps, QUICK_ATTRIBUTE));
	case QUICK_NUMBER:
	case QUICK_LITERAL:
		return true;
	case QUICK_VARIABLE:
		return false;
	case QUICK_CALL:
		if (quick->function != QUICK_NOT)
			return false;
		break;
	default:
		break;
	}
	for (const struct quick *each = quick->first; each; each = each->next)
		if (!is_of_head(each))
			return false;
	return true;
}

/* "*[...]": any child of the body. */
static void reads_heads(struct reading *reading, const struct quick_step *step, bool text)
{
	for (const struct quick *each = step->predicates; each; each = each->next)
		if (!is_of_head(each))
			reading->unknown = true;
	if (text || step->next)
		reading->unknown = true;
	add_contents(reading, SCOPE_HEADS, "");
}

static void reads_relative(struct reading *reading, const struct quick_step *step, bool text)
{
	/* The name of the body is that of the message. */
	while (step && step->axis == QUICK_SELF && !step->predicates && (step->any || step->name))
		step = step->next;
	if (!step) {
		reading->unknown |= text;
	} else if (is_plain(step, QUICK_ATTRIBUTE) && !step->next) {
		add_contents(reading, SCOPE_ATTRIBUTE, step->name);
	} else if (is_named(step, QUICK_CHILD)) {
		add_child(reading, step->name, false);
		reads_fact(reading, step, text, step->name);
	} else if (step->axis == QUICK_CHILD) {
		reads_heads(reading, step, text);
	} else {
		reading->unknown = true;
	}
}

static void reads_path(struct reading *reading, const struct quick *path, bool text,
		       const struct standing *place)
{
	if (path->absolute)
		reads_absolute(reading, path->steps, text);
	else if (place->depth > 0)
		reads_inside(reading, path->steps, text, *place);
	else
		reads_relative(reading, path->steps, text);
}

/* --- calls --- */

static bool is_self(const struct quick *path)
{
	return !path || (path->kind == QUICK_PATH && !path->absolute && path->steps->any &&
			 !path->steps->next);
}

/* What the function looks at beside its arguments. false: more than facts. */
static bool reads_by_itself(struct reading *reading, enum quick_function function)
{
	switch (function) {
	case QUICK_ELAPSED:
	case QUICK_GRAMMAR_BREACH:
		return false;
	case QUICK_EVENT:
	case QUICK_EVENTS_ORDERED:
		add_child(reading, "Event", true);
		return true;
	case QUICK_ARGUMENT_WRONG:
		add_contents(reading, SCOPE_HEADS, "");
		return true;
	case QUICK_HEADER:
		add_facet(reading, "http", false, "header");
		return true;
	case QUICK_PARAMETER:
	case QUICK_HAS_PARAMETER:
	case QUICK_FORCED_MISSING:
		/* A member without a Name is named by its own text. */
		add_child(reading, "ParameterList", function == QUICK_PARAMETER);
		add_child(reading, "ParameterNames", true);
		return true;
	case QUICK_RANGE_WRONG:
	case QUICK_TYPE_WRONG:
	case QUICK_VALUE_WRONG:
		add_child(reading, "ParameterList", true);
		return true;
	case QUICK_BOOLEAN:
	case QUICK_CONCAT:
	case QUICK_CONTAINS:
	case QUICK_COUNT:
	case QUICK_FALSE:
	case QUICK_ICS:
	case QUICK_IS_DATE_TIME:
	case QUICK_KNOWN_EVENT:
	case QUICK_KNOWN_FAULT:
	case QUICK_LOWER_CASE:
	case QUICK_MATCHES:
	case QUICK_NAME:
	case QUICK_NORMALIZE_SPACE:
	case QUICK_NOT:
	case QUICK_NUMBER_OF:
	case QUICK_REPEATED:
	case QUICK_STARTS_WITH:
	case QUICK_STRING:
	case QUICK_STRING_LENGTH:
	case QUICK_SUBSTRING_AFTER:
	case QUICK_SUBSTRING_BEFORE:
	case QUICK_TRUE:
		return true;
	}
	return false;
}

static void reads_call(struct reading *reading, const struct quick *call,
		       const struct standing *place)
{
	bool text = call->function != QUICK_NOT && call->function != QUICK_BOOLEAN &&
		    call->function != QUICK_COUNT;

	if (!reads_by_itself(reading, call->function))
		reading->unknown = true;
	if (call->function == QUICK_NAME && is_self(call->first))
		return;
	for (const struct quick *each = call->first; each; each = each->next)
		reads_of(reading, each, text, place);
}

static void reads_of(struct reading *reading, const struct quick *quick, bool text,
		     const struct standing *place)
{
	switch (quick->kind) {
	case QUICK_VARIABLE:
		reading->unknown = true;
		return;
	case QUICK_LITERAL:
	case QUICK_NUMBER:
		return;
	case QUICK_PATH:
		reads_path(reading, quick, text, place);
		return;
	case QUICK_CALL:
		reads_call(reading, quick, place);
		return;
	default:
		break;
	}
	bool compared = quick->kind != QUICK_AND && quick->kind != QUICK_OR;

	for (const struct quick *each = quick->first; each; each = each->next)
		reads_of(reading, each, compared, place);
}

bool rule_reads(struct facts *facts, const struct expression *expression, struct fact_set *reads)
{
	struct reading reading = { .facts = facts, .reads = reads };
	const struct standing body = { .depth = 0 };

	if (!expression)
		return true;
	if (!expression->quick)
		return false;
	reads_of(&reading, expression->quick, false, &body);
	return !reading.unknown;
}
