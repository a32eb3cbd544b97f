/*
 * evaluation: XPath 1.0 expressions (libxml2) over messages.
 *
 * One evaluation is made per judge and used for all its expressions: the context, the
 * functions and the compiled regular expressions are made once. It never prints, and it never
 * takes "cannot be computed" for "false": that is a result of its own, with a sentence.
 */
#ifndef HARNESS_JUDGE_EVALUATION_H
#define HARNESS_JUDGE_EVALUATION_H

#include <libxml/xmlregexp.h>
#include <libxml/xpath.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/chart/chart.h"
#include "harness/judge/grammar.h"
#include "harness/judge/profile.h"
#include "protocols/message.h"
#include "protocols/problem.h"

struct evaluation_regexp { /* a compiled regular expression of matches() */
	char *text;
	xmlRegexp *compiled;
	/* The text it was last asked about, and the answer: devices repeat themselves. */
	char last[48];
	int answer; /* -1 = none yet */
};

struct evaluation_parameter { /* of the message: what was asked for last */
	bool known;
	char name[64];
	xmlNode *entry; /* NULL = it is not there */
};

struct evaluation {
	xmlXPathContext *context;
	xmlDoc *empty; /* for expressions that have no message */
	const struct profile *profile;
	struct grammar *grammar; /* for grammar-breach(); NULL = there is none */
	/* The value of a variable, NULL = unknown. */
	const char *(*variable)(void *variable_context, const char *name);
	void *variable_context;
	/* Of the evaluation that is running: */
	const struct message *message; /* NULL = none */
	int64_t elapsed;               /* microseconds, for elapsed() */
	struct evaluation_parameter parameter;
	struct problem problem;        /* why it cannot be computed; empty = it can */
	struct evaluation_regexp *regexps;
	size_t regexp_count;
	char *room; /* of quick-value.c */
};

enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN /* see problem */ };

void evaluation_begin(struct evaluation *evaluation, const struct profile *profile,
		      const char *(*variable)(void *context, const char *name), void *context);
void evaluation_end(struct evaluation *evaluation);
/* What the next evaluations are about: the message (NULL = none) and the time since what came
 * before it. */
void evaluation_about(struct evaluation *evaluation, const struct message *message,
		      int64_t elapsed);
enum truth evaluation_truth(struct evaluation *evaluation, xmlXPathCompExpr *compiled);
/* The same, by quick-value.h where it can. */
enum truth evaluation_holds(struct evaluation *evaluation, const struct expression *expression);
/* The value as a string, new memory; several nodes joined by ", ". NULL: see problem. With
 * found, *found tells whether there was a node at all. */
char *evaluation_text(struct evaluation *evaluation, xmlXPathCompExpr *compiled, bool *found);
/* The same of an expression that is not compiled yet: a part of a check, length octets. */
enum truth evaluation_truth_of(struct evaluation *evaluation, const char *text, size_t length);
char *evaluation_text_of(struct evaluation *evaluation, const char *text, size_t length,
			 bool *found);

/* Registers the functions of the language; see xpath-functions.c. */
void xpath_functions_register(xmlXPathContext *context);

#endif
