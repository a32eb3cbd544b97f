/*
 * pool: many runs of femtoproof, several at one time, looked at one after the other in their
 * order, so that what is printed is the same on every machine.
 */
#ifndef TESTS_DEFECTS_POOL_H
#define TESTS_DEFECTS_POOL_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

struct pool_run { /* one that has ended; gone behind the callback */
	size_t number;   /* from 0 */
	int status;      /* of its exit; -1 = it was killed or could not be started */
	xmlDoc *log;     /* its run.xml without the messages, or NULL */
	const char *said; /* its output, or NULL */
};

struct pool_work {
	size_t count;
	/* The arguments of run number, as a shell has them, but for --out: new memory. */
	char *(*arguments)(void *context, size_t number);
	void (*ended)(void *context, const struct pool_run *run);
	void *context;
	bool bare; /* log is not wanted */
};

/* Does all the work, with as many runs at one time as there are processors. False, with why
 * printed, when there is no room for it. */
bool pool_run(const struct pool_work *work);

/* The environment's value, or otherwise when there is none. */
const char *pool_environment(const char *name, const char *otherwise);

#endif
