/*
 * scenario-set: the scenarios that a command line names, loaded and checked, with the
 * vocabulary that they need and the rules; and which of them are selected.
 */
#ifndef HARNESS_SCENARIO_SET_H
#define HARNESS_SCENARIO_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/chart/chart.h"
#include "harness/chart/diagnostics.h"
#include "harness/judge/profile.h"
#include "protocols/problem.h"

struct scenario {
	struct chart *chart;
	const char *device;            /* the role under test: "henb", "hnb" */
	const struct profile *profile; /* that it is judged with */
	bool selected;
	char *item;   /* when not selected: the ICS item or option that says so */
	char *reason; /* in words */
};

struct scenario_set {
	char *folder; /* the data folder */
	struct vocabulary vocabulary;
	struct profile *given;   /* --profile */
	struct profile *henb, *hnb; /* of the simulated device, when none is given */
	struct rules rules;
	struct grammar *grammar;
	struct scenario *list;
	size_t count;
};

struct scenario_options {
	const char *profile;    /* a file, a name in scenarios/profiles, or NULL */
	bool unknown;           /* without one the device is unknown, not the simulated one */
	char *const *arguments; /* files, folders; none = all scenarios of the data folder */
	int argument_count;
	const char *const *tags; /* a scenario must have one of them; none = all */
	size_t tag_count;
	bool fragments_too;      /* check and explain look at fragments as well */
	bool keep_going;         /* a scenario with mistakes is left out, the rest is loaded */
};

/* Loads. Mistakes go to diagnostics, other trouble to problem; -1 when there was any. The set is
 * to be cleared in either case. */
int scenario_set_load(struct scenario_set *set, const struct scenario_options *options,
		      struct diagnostics *diagnostics, struct problem *problem);
/* The same without the scenarios: names, profiles and rules. */
int scenario_set_begin(struct scenario_set *set, const struct scenario_options *options,
		       struct diagnostics *diagnostics, struct problem *problem);
void scenario_set_clear(struct scenario_set *set);
/* How many are selected. */
size_t scenario_set_selected(const struct scenario_set *set);
/* The device role of a chart ("henb" or "hnb"), or NULL. */
const char *chart_device(const struct chart *chart);

#endif
