/* shape: the simulated devices, each in each data model, and in other surroundings. */
#ifndef TESTS_DEFECTS_SHAPE_H
#define TESTS_DEFECTS_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

struct shape {
	const char *device;  /* "henb", "hnb" */
	const char *profile; /* NULL = the device's usual one */
	bool own;            /* the profile is one of tests/defects/profiles */
};

/* Each device in each data model. */
#define SHAPES 5
/* Then other surroundings: Basic in TLS, Digest at every HMS, IPv6. */
#define SHAPES_AND_SURROUNDINGS 11
extern const struct shape shapes[SHAPES_AND_SURROUNDINGS];

/* "HNB, simulated-hnb-device2": new memory. */
char *shape_name(const struct shape *shape);
/* The arguments of a run of these scenarios in it: new memory. */
char *shape_arguments(const struct shape *shape, const char *scenarios);
/* Can a run be made in it? Not on IPv6 where the machine has none. */
bool shape_possible(const struct shape *shape);
/* Is the scenario run in it? One with a tunnel only by the device's usual profiles, and where
 * namespaces can be made. */
bool shape_has(const struct shape *shape, const char *scenario);
bool scenario_has_tunnel(const char *device, const char *scenario);

#endif
