#include "fakes/device/generator.h"

void generator_seed(struct generator *generator, uint64_t seed)
{
	generator->state = seed ? seed : UINT64_C(0x9e3779b97f4a7c15);
	for (int i = 0; i < 4; i++)
		generator_next(generator);
}

uint64_t generator_next(struct generator *generator)
{
	uint64_t x = generator->state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	generator->state = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

int64_t generator_between(struct generator *generator, int64_t least, int64_t most)
{
	if (most <= least)
		return least;
	uint64_t span = (uint64_t)(most - least) + 1;
	return least + (int64_t)(generator_next(generator) % span);
}
