/* mixture: some lawful variants together, drawn from a seed; the same on every machine. */
#ifndef TESTS_DEFECTS_MIXTURE_H
#define TESTS_DEFECTS_MIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fakes/device/device.h"

#define MIXTURE_MOST 8

struct mixture {
	const struct device_trait *variants[MIXTURE_MOST]; /* in the order of the table */
	size_t count;
};

/* Number of a series: least to most variants, no two of one group. */
void mixture_draw(uint64_t seed, uint64_t number, size_t least, size_t most,
		  struct mixture *mixture);
/* Is a warning of this rule due to one of the variants? It is lawful, and still not as the standard
 * says that it should be. */
bool mixture_warns(const struct mixture *mixture, const char *rule);
/* " --variant a --variant b": new memory. */
char *mixture_arguments(const struct mixture *mixture);
/* A number of the series below that limit, for other choices. */
size_t mixture_choice(uint64_t seed, uint64_t number, size_t below);

#endif
