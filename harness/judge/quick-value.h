/*
 * quick-value: what an expression of harness/chart/quick-path.h is worth for a message, as
 * XPath 1.0 has it and libxml2 would compute it, without node sets and nearly without memory.
 *
 * Whatever does not fit (a text longer than the room, a variable that is a number, a node of an
 * odd kind, too many nodes) makes the look stuck: then the value means nothing and libxml2 is to
 * be asked.
 */
#ifndef HARNESS_JUDGE_QUICK_VALUE_H
#define HARNESS_JUDGE_QUICK_VALUE_H

#include "harness/chart/quick-path.h"
#include "harness/judge/evaluation.h"

struct quick_look { /* one evaluation */
	struct evaluation *evaluation;
	size_t visited; /* nodes so far */
	size_t used;    /* of the evaluation's room */
	bool stuck;
};

/* TRUTH_UNKNOWN: stuck. */
enum truth quick_truth(struct evaluation *evaluation, const struct quick *quick);

/* --- between quick-value.c and quick-function.c --- */

bool quick_holds(struct quick_look *look, const struct quick *quick, xmlNode *node);
double quick_number(struct quick_look *look, const struct quick *quick, xmlNode *node);
/* Ends with NUL; inside the message, the expression or the room. */
const char *quick_text(struct quick_look *look, const struct quick *quick, xmlNode *node);
/* Visits the nodes of a path in the document's order until visit says true. */
bool quick_each(struct quick_look *look, const struct quick *path, xmlNode *node,
		bool (*visit)(void *context, xmlNode *found), void *context);
xmlNode *quick_first(struct quick_look *look, const struct quick *path, xmlNode *node);
/* The string-value of an element or attribute. */
const char *quick_node_text(struct quick_look *look, const xmlNode *node);
/* Room for a text of length, which is ended with NUL; NULL: stuck. */
char *quick_room(struct quick_look *look, size_t length);

bool quick_call_holds(struct quick_look *look, const struct quick *call, xmlNode *node);
double quick_call_number(struct quick_look *look, const struct quick *call, xmlNode *node);
const char *quick_call_text(struct quick_look *look, const struct quick *call, xmlNode *node);

#endif
