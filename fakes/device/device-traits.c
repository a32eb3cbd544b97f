/*
 * device-traits: the tables of defects and lawful variants, by name. The honest behaviour
 * stands in the other files; each defect is one small branch there, found by its enum name.
 */
#include "fakes/device/traits.h"

#include <string.h>

#include "fakes/device/device.h"
#include "fakes/device/state.h"

#define DEFECT(word, name, meaning, statement) { name, meaning, statement, "" },
static const struct device_trait defects[] = {
#include "fakes/device/defects-inform.def"
#include "fakes/device/defects-session.def"
#include "fakes/device/defects-transport.def"
#include "fakes/device/defects-rpc.def"
#include "fakes/device/defects-procedure.def"
#include "fakes/device/defects-alarm.def"
#include "fakes/device/defects-backhaul.def"
#include "fakes/device/defects-network.def"
#include "fakes/device/defects-pm.def"
#include "fakes/device/defects-file.def"
};

#define VARIANT(word, name, group, meaning, clause) { name, meaning, clause, group },
static const struct device_trait variants[] = {
#include "fakes/device/variants.def"
};

const struct device_trait *device_defects(size_t *count)
{
	*count = sizeof(defects) / sizeof(*defects);
	return defects;
}

const struct device_trait *device_variants(size_t *count)
{
	*count = sizeof(variants) / sizeof(*variants);
	return variants;
}

bool device_has(const struct device *device, enum trait trait)
{
	return device->traits.words[trait / TRAIT_WORD_BITS] >> trait % TRAIT_WORD_BITS & 1;
}

static void give(struct device *device, int trait)
{
	device->traits.words[trait / TRAIT_WORD_BITS] |= UINT64_C(1) << trait % TRAIT_WORD_BITS;
}

static int trait_find(const struct device_trait *table, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(table[i].name, name))
			return (int)i;
	return -1;
}

int device_defect(struct device *device, const char *name, struct problem *problem)
{
	int row = trait_find(defects, DEFECT_END, name);

	if (row < 0)
		return problem_set(problem, "the simulated device has no defect called \"%s\"",
				   name);
	give(device, row);
	return 0;
}

int device_variant(struct device *device, const char *name, struct problem *problem)
{
	int row = trait_find(variants, TRAIT_END - DEFECT_END, name);

	if (row < 0)
		return problem_set(problem, "the simulated device has no variant called \"%s\"",
				   name);
	give(device, row + DEFECT_END);
	return 0;
}
