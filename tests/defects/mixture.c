#include "tests/defects/mixture.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

/* The next of a series (splitmix64, public domain arithmetic). */
static uint64_t next(uint64_t *state)
{
	uint64_t value = *state += UINT64_C(0x9e3779b97f4a7c15);

	value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
	return value ^ value >> 31;
}

static uint64_t state_of(uint64_t seed, uint64_t number)
{
	uint64_t state = seed * UINT64_C(0x2545f4914f6cdd1d) + number;

	next(&state);
	return state;
}

static bool goes_with(const struct mixture *mixture, const struct device_trait *variant)
{
	for (size_t i = 0; i < mixture->count; i++) {
		const struct device_trait *other = mixture->variants[i];

		if (other == variant ||
		    (variant->group[0] && strcmp(other->group, variant->group) == 0))
			return false;
	}
	return true;
}

/* By place in the table, so that one mixture has one name. */
static int compare(const void *a, const void *b)
{
	const struct device_trait *const *x = a, *const *y = b;

	return *x < *y ? -1 : *x > *y;
}

void mixture_draw(uint64_t seed, uint64_t number, size_t least, size_t most,
		  struct mixture *mixture)
{
	uint64_t state = state_of(seed, number);
	size_t count, wanted = least + (size_t)(next(&state) % (most - least + 1));
	const struct device_trait *table = device_variants(&count);

	mixture->count = 0;
	while (mixture->count < wanted && mixture->count < MIXTURE_MOST) {
		const struct device_trait *one = &table[next(&state) % count];

		if (goes_with(mixture, one))
			mixture->variants[mixture->count++] = one;
	}
	qsort(mixture->variants, mixture->count, sizeof(*mixture->variants), compare);
}

bool mixture_warns(const struct mixture *mixture, const char *rule)
{
	static const struct {
		const char *variant, *rule;
	} warned[] = {
		{ "challenged-each", "CWMP-CREDENTIALS-KEPT" }, /* TR-069 3.4.4 */
		{ "pm-positional", "PM-LISTS" },                /* TS 32.584 5.2 */
	};

	for (size_t i = 0; i < mixture->count; i++)
		for (size_t k = 0; k < sizeof(warned) / sizeof(*warned); k++)
			if (strcmp(mixture->variants[i]->name, warned[k].variant) == 0 &&
			    strcmp(rule, warned[k].rule) == 0)
				return true;
	return false;
}

char *mixture_arguments(const struct mixture *mixture)
{
	char *text = memory_text("");

	for (size_t i = 0; i < mixture->count; i++) {
		char *longer = memory_format("%s --variant %s", text, mixture->variants[i]->name);

		free(text);
		text = longer;
	}
	return text;
}

size_t mixture_choice(uint64_t seed, uint64_t number, size_t below)
{
	uint64_t state = state_of(seed ^ UINT64_C(0xc0ffee), number);

	return (size_t)(next(&state) % below);
}
