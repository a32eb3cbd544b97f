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
#include "harness/judge/map-shelf.h"
#include "harness/judge/profile.h"
#include "harness/judge/proforma.h"
#include "harness/judge/rule-book.h"
#include "harness/judge/statements.h"
#include "protocols/problem.h"

struct scenario {
	struct chart *chart;
	const char *device;            /* the role under test: "henb", "hnb" */
	const struct profile *profile; /* that it is judged with */
	bool selected;
	char *item;   /* when not selected: the ICS item or option that says so */
	char *reason; /* in words */
};

enum { SCENARIO_PROFILES = 20 };

struct scenario_set {
	char *folder; /* the data folder */
	struct vocabulary vocabulary;
	struct profile *profiles[SCENARIO_PROFILES]; /* that scenarios are run with, in order */
	size_t profile_count;
	const struct profile *given; /* --profile: the first of them, or NULL */
	struct proforma *proformas[2]; /* of the HeNB, of the HNB; NULL: there is none */
	struct netns_trial { /* asked once, when a profile wants such a one */
		bool tried, possible;
		struct problem why_not;
	} netns[4]; /* plain; +1 with a home gateway; +2 with IPv6 */
	struct map_shelf *maps;
	struct rules rules;
	struct rule_book *book; /* of the rules, for all judges */
	struct grammar *grammar;
	struct statements *statements; /* the catalogue */
	struct scenario *list;
	size_t count;
};

struct scenario_options {
	const char *profile;    /* a file, a name in scenarios/profiles, or NULL */
	bool unknown;           /* without one the device is unknown, not the simulated one */
	bool to_run;            /* a profile whose bench cannot be made here selects nothing */
	const char *bench;      /* in the place of the profiles' own; or NULL */
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
/* The bench on which a profile's scenarios are run: override, else its ixit lab.bench, else
 * loopback. */
const char *scenario_bench(const struct profile *profile, const char *override);
/* The proforma for the device of a profile, or NULL. */
const struct proforma *scenario_proforma(const struct scenario_set *set,
					 const struct profile *profile);
/* How many are selected. */
size_t scenario_set_selected(const struct scenario_set *set);
/* The device role of a chart ("henb" or "hnb"), or NULL. */
const char *chart_device(const struct chart *chart);

#endif
