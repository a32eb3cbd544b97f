/*
 * pattern: what a rule's or a tolerated arrow fits. Its roles may be classes of roles, or any.
 */
#ifndef HARNESS_JUDGE_PATTERN_H
#define HARNESS_JUDGE_PATTERN_H

#include <stdbool.h>

#include "harness/chart/chart.h"
#include "protocols/message.h"

struct pattern_end { /* a role, a class of roles or any */
	const char *name;
	int kind; /* of a class; -1 = it is none */
	bool any;
};

struct pattern { /* an arrow's, read once */
	const char *message; /* NULL = any */
	struct pattern_end from, to;
};

struct pattern_message { /* a message and the kinds of its roles */
	const struct message *message;
	int from, to;
};

/* The texts stay the arrow's. */
struct pattern pattern_read(const struct arrow *arrow);
struct pattern_message pattern_about(const struct message *message);
bool pattern_holds(const struct pattern *pattern, const struct pattern_message *about);
/* The three in one, for an arrow that is asked once. */
bool pattern_fits(const struct arrow *arrow, const struct message *message);

#endif
