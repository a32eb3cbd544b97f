/* xpath-token: the tokens of an XPath 1.0 expression (XPath 1.0 clause 3.7), for looking at names
 * before anything is evaluated. It accepts any text; whether it is an expression, libxml2 says. */
#ifndef HARNESS_CHART_XPATH_TOKEN_H
#define HARNESS_CHART_XPATH_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

enum xpath_kind {
	XPATH_END,
	XPATH_LITERAL,
	XPATH_NUMBER_TOKEN,
	XPATH_VARIABLE,
	XPATH_CALL,
	XPATH_NAME,
	XPATH_OPEN,
	XPATH_CLOSE,
	XPATH_COMMA,
	XPATH_OPERATOR
};

struct xpath_reader { /* zeroed, with text set */
	const char *text;
	size_t next;
	bool
	    operand; /* the last token was one, so that an operator follows: and, or, div, mod, * */
};

struct xpath_token {
	enum xpath_kind kind;
	size_t start, length; /* of the name alone for a variable (past the $) and a call */
};

struct xpath_token xpath_next(struct xpath_reader *reader);

#endif
