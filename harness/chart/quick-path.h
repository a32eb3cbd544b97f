/*
 * quick-path: the part of XPath 1.0 that most checks and guards are written in, as a tree that
 * the judge walks without making node sets (harness/judge/quick-value.c). What is outside of
 * this part has no tree and is left to libxml2, which also compiles every expression first: what
 * comes here is known to be right.
 *
 * In it: or, and, comparisons, literals, whole numbers, variables, calls of the functions of
 * quick_functions, and paths: absolute or relative, of child, attribute and self steps, with
 * preceding-sibling as a first and //@ as a last step, and predicates that are a truth or a
 * literal position. All these name the nodes in the document's order, each once.
 */
#ifndef HARNESS_CHART_QUICK_PATH_H
#define HARNESS_CHART_QUICK_PATH_H

#include <stdbool.h>

#include "harness/chart/store.h"

enum quick_kind {
	QUICK_OR, QUICK_AND,
	QUICK_EQUAL, QUICK_UNEQUAL, QUICK_LESS, QUICK_LESS_EQUAL, QUICK_MORE, QUICK_MORE_EQUAL,
	QUICK_LITERAL, QUICK_NUMBER, QUICK_VARIABLE, QUICK_CALL, QUICK_PATH,
};

enum quick_type { QUICK_TRUTH_TYPE, QUICK_NUMBER_TYPE, QUICK_TEXT_TYPE, QUICK_NODES_TYPE };

enum quick_function {
	QUICK_ARGUMENT_WRONG, QUICK_EVENTS_ORDERED, QUICK_RANGE_WRONG, QUICK_REPEATED,
	QUICK_TYPE_WRONG, QUICK_VALUE_WRONG,
	QUICK_BOOLEAN, QUICK_CONCAT, QUICK_CONTAINS, QUICK_COUNT, QUICK_ELAPSED, QUICK_EVENT,
	QUICK_FALSE, QUICK_FORCED_MISSING,
	QUICK_GRAMMAR_BREACH, QUICK_HAS_PARAMETER, QUICK_HEADER, QUICK_ICS,
	QUICK_IS_DATE_TIME,
	QUICK_KNOWN_EVENT, QUICK_KNOWN_FAULT, QUICK_LOWER_CASE, QUICK_MATCHES, QUICK_NAME,
	QUICK_NORMALIZE_SPACE, QUICK_NOT, QUICK_NUMBER_OF, QUICK_PARAMETER, QUICK_STARTS_WITH,
	QUICK_STRING, QUICK_STRING_LENGTH, QUICK_SUBSTRING_AFTER, QUICK_SUBSTRING_BEFORE,
	QUICK_TRUE,
};

enum quick_axis {
	QUICK_CHILD, QUICK_ATTRIBUTE, QUICK_SELF, QUICK_PRECEDING_SIBLING, QUICK_ANY_ATTRIBUTE,
};

struct quick_step {
	enum quick_axis axis;
	const char *name;         /* NULL = * */
	bool any;                 /* the step "." */
	struct quick *predicates; /* each a truth or a QUICK_NUMBER: the position */
	struct quick_step *next;
};

struct quick {
	enum quick_kind kind;
	enum quick_type type;
	enum quick_function function;
	const char *text; /* a literal, a variable's name */
	double number;
	bool absolute;    /* a path from the document */
	struct quick_step *steps;
	struct quick *first; /* operands or arguments */
	struct quick *next;  /* the next operand, argument or predicate */
};

/* The tree of an expression that libxml2 has compiled, in the store's memory; NULL: it is
 * outside of this part. */
const struct quick *quick_path(struct store *store, const char *text);

#endif
