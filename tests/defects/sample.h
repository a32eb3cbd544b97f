/* sample: which scenarios a run takes: all of a device, or some that are drawn from a seed. */
#ifndef TESTS_DEFECTS_SAMPLE_H
#define TESTS_DEFECTS_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sample {
	const char *device; /* "henb", "hnb": the folder of its scenarios */
	uint64_t seed, number; /* of the series, and in it */
	size_t every;          /* each is taken with a chance of 1 in so many; 0 = all are */
	/* Is it taken in any case? name: without folder and ending. NULL = none is. */
	bool (*wanted)(void *context, const char *name);
	void *context;
};

/* As arguments of a run, at least one; the same on every machine: new memory. SCENARIOS in the
 * environment, names with spaces between, are all that is taken: for a change of a few of them; beside
 * one that every device can have, for a run needs one. */
char *sample_scenarios(const struct sample *sample);
bool sample_allows(const char *name); /* does SCENARIOS? true where it is not set */

#endif
