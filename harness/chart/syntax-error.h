/* syntax-error: says what stood there and what would fit. */
#ifndef HARNESS_CHART_SYNTAX_ERROR_H
#define HARNESS_CHART_SYNTAX_ERROR_H

#include "harness/chart/parser.h"

/* found, expected: the grammar's names of tokens; those that begin with "a ", "an ", "the " are
 * descriptions, others are what must be written. count 0: too many would fit. */
void syntax_error(struct parser *parser, const struct place *at, const char *found,
		  const char *const *expected, size_t count, bool arrow_fits);

#endif
