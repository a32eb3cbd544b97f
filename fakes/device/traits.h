/*
 * traits: the defects and lawful variants of the simulated device, as a set of bits. Each is a
 * row of one of the tables defects-*.def and variants.def: its name in the code, its name for
 * people, its meaning, and for a defect the statement that it breaks, for a variant the clause that
 * allows it and the group of which a device can have one.
 */
#ifndef FAKES_DEVICE_TRAITS_H
#define FAKES_DEVICE_TRAITS_H

#include <stdbool.h>
#include <stdint.h>

struct device;

#define DEFECT(word, name, meaning, statement) DEFECT_##word,
#define VARIANT(word, name, group, meaning, clause) VARIANT_##word,
enum trait {
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
	DEFECT_END,
	BEFORE_VARIANTS = DEFECT_END - 1, /* the first variant has the number DEFECT_END */
#include "fakes/device/variants.def"
	TRAIT_END
};
#undef DEFECT
#undef VARIANT

enum { TRAIT_WORD_BITS = 64, TRAIT_WORDS = (TRAIT_END + 63) / 64 };

/* The traits that a device was given. */
struct traits {
	uint64_t words[TRAIT_WORDS];
};

/* Has the device this defect or variant? Costs one look at a bit. */
bool device_has(const struct device *device, enum trait trait);

#endif
