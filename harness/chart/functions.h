/*
 * functions: the XPath functions that an expression may call: those of XPath 1.0 clause 4 and
 * femtoproof's own. What they do is the judge's business; here is how they are called.
 */
#ifndef HARNESS_CHART_FUNCTIONS_H
#define HARNESS_CHART_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum literal_kind { /* what a literal argument is, if it can be checked before anything runs */
		    LITERAL_ANY,
		    LITERAL_PARAMETER,
		    LITERAL_EVENT,
		    LITERAL_REGEXP,
		    LITERAL_PREFIX,
		    LITERAL_ITEM,
};

struct function_kind {
	const char *name;
	int least, most; /* arguments; most -1 = no bound */
	bool own;        /* femtoproof's, not XPath's */
	int literal;     /* which argument, from 0, is of the kind below */
	enum literal_kind kind;
	const char *meaning;
};

const struct function_kind *functions(size_t *count);
const struct function_kind *function_find(const char *name, size_t length);

#endif
