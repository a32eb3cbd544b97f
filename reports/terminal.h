/*
 * terminal: a run as it goes, for a person: the ladder grows arrow by arrow, then the
 * verdict line. Plain text when the output is no terminal or NO_COLOR is set.
 */
#ifndef REPORTS_TERMINAL_H
#define REPORTS_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/chart/chart.h"
#include "harness/judge/judge.h"
#include "harness/judge/proforma.h"
#include "harness/judge/statements.h"

struct terminal;

/* quiet: only verdict lines and what is wrong. */
struct terminal *terminal_new(FILE *out, bool quiet);
void terminal_free(struct terminal *terminal);
/* Says which rules the profile raises and lowers; nothing when none. */
void terminal_severities(struct terminal *terminal, const struct profile *profile,
			 const struct rules *rules);
/* Which mandatory items of the proforma (may be NULL) the profile declines: a line for each. */
void terminal_declined(struct terminal *terminal, const struct profile *profile,
		       const struct proforma *proforma);
/* The scenarios that follow are run with this profile on this bench, made of these. */
void terminal_bench(struct terminal *terminal, const char *profile, const char *kind,
		    const char *mode);
/* number of count scenarios begins. */
void terminal_scenario(struct terminal *terminal, const struct chart *chart, size_t number,
		       size_t count, int64_t time);
void terminal_finding(struct terminal *terminal, const struct chart *chart,
		      const struct finding *finding);
/* What is no pass is followed by the readings that it rests on: those that the chart's statements
 * do, but for those that a finding has named (statements NULL: none). */
void terminal_verdict(struct terminal *terminal, const struct chart *chart,
		      const struct statements *statements, enum verdict verdict,
		      const char *reason, int64_t time);
/* The last lines: counts, and where the report is (NULL = none). */
void terminal_summary(struct terminal *terminal, const unsigned totals[VERDICT_ERROR + 1],
		      unsigned not_selected, const char *folder);

#endif
