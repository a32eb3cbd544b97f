/*
 * run-capture: scenarios judged on what a capture holds.
 *
 * Addresses become roles by the profile (ROLE.address, ROLE.port), else by the loopback
 * bench's plan (a recording of our own), else by inference: who posts an Inform is the device,
 * whom it posts to first is the initial HMS when the scenario has one, the next other one the
 * serving HMS. Every inference is stated as a note.
 */
#ifndef HARNESS_RUN_CAPTURE_H
#define HARNESS_RUN_CAPTURE_H

#include "captures/reader.h"
#include "harness/judge/run-log.h"
#include "harness/run.h"
#include "harness/scenario-set.h"
#include "protocols/problem.h"
#include "reports/terminal.h"

struct capture_job {
	const char *file;
	const struct scenario_set *set;
	bool profile_given;  /* then identities are not inferred */
	const char *const *keys; /* files, struct reader_options */
	size_t key_count;
	double time_scale;
	struct run_log *log;       /* or NULL */
	struct terminal *terminal; /* or NULL */
	struct reader_summary summary; /* of the last reading */
};

/* Judges one scenario; *verdict gets what came out. -1 when the capture cannot be read. */
int run_capture(struct capture_job *job, const struct scenario *scenario, size_t number,
		  size_t count, enum verdict *verdict, struct problem *problem);

#endif
