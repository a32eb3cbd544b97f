/*
 * generator: seeded pseudo-random numbers (xorshift64*), so that a run on virtual time
 * repeats itself exactly. Waits and identifiers only; the seed is unpredictable on real time.
 */
#ifndef FAKES_DEVICE_GENERATOR_H
#define FAKES_DEVICE_GENERATOR_H

#include <stdint.h>

struct generator {
	uint64_t state;
};

void generator_seed(struct generator *generator, uint64_t seed);
uint64_t generator_next(struct generator *generator);
/* A number from least to most, both included. */
int64_t generator_between(struct generator *generator, int64_t least, int64_t most);

#endif
