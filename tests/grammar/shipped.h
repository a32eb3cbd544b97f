/* shipped: the grammar of the schemas that come with the program, for tests; grammar_free it. */
#ifndef TESTS_GRAMMAR_SHIPPED_H
#define TESTS_GRAMMAR_SHIPPED_H

#include <stdlib.h>

#include "harness/judge/grammar.h"
#include "tests/suite.h"

static inline struct grammar *shipped_grammar(void)
{
	char *folder = suite_path("scenarios/schemas");
	struct grammar *grammar = grammar_new(folder);

	free(folder);
	return grammar;
}

#endif
