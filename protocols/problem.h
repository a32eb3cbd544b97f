/*
 * problem: what went wrong, in words a user can act on.
 *
 * A function that can fail takes a struct problem and returns 0 or -1. The text is
 * written where the knowledge is; callers may put their own context before it.
 */
#ifndef PROTOCOLS_PROBLEM_H
#define PROTOCOLS_PROBLEM_H

struct problem {
	char text[512]; /* empty: no problem */
};

/* Sets the text, printf-like; returns -1 always, so that it can be returned. problem may be NULL. */
int problem_set(struct problem *problem, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Puts context before the text that is there: "CONTEXT: text"; returns -1. */
int problem_in(struct problem *problem, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
