/*
 * run: scenarios against a device, on a bench.
 *
 * A run makes the bench, the played elements and the report folder once; each scenario then
 * is a scene of its own (run-scene.h): its judge, its dissector and, in a self-test, a
 * simulated device fresh from the box.
 */
#ifndef HARNESS_RUN_H
#define HARNESS_RUN_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/judge/verdict.h"
#include "harness/scenario-set.h"
#include "protocols/problem.h"

struct run_options {
	const char *bench;   /* "loopback", "netns"; NULL = each profile's own */
	const char *out;     /* report folder; NULL = no report is written */
	const char *command; /* the command line, for the log */
	const char *device_command; /* the device under test, as a command; or NULL */
	const char *const *defects; /* of the simulated device */
	size_t defect_count;
	const char *const *variants;
	size_t variant_count;
	double time_scale;   /* of the lab's limits; 0 = 1 */
	bool quiet;
	FILE *terminal;      /* NULL = silent */
};

struct run_totals {
	unsigned verdicts[VERDICT_ERROR + 1];
	unsigned not_selected;
	bool stopped; /* by a signal */
};

/* Runs the selected scenarios of the set. 0, or -1 with why when the run could not be done or its
 * report not be written; verdicts are in totals either way. */
int run_scenarios(const struct scenario_set *set, const struct run_options *options,
		  struct run_totals *totals, struct problem *problem);

/* Writes FOLDER/junit.xml from FOLDER/run.xml. */
int run_write_junit(const char *folder, struct problem *problem);

/* The exit status that the totals ask for: 0 all passed; 1 a fail; 2 nothing was selected; 3 no
 * fail, but an inconc or error. */
int run_exit_status(const struct run_totals *totals);

#endif
