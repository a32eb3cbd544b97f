/*
 * statements: the catalogue of testable statements of TS 32.583, TS 32.593 and TR-069, with the
 * readings of their unclear places, from .statements files:
 *
 *   standard "TS 32.593"
 *   clause   5.1.3 "Registration with the serving HeMS"
 *
 *   HENB-5.1.3-02  [1.1]  M  henb          -- id, step of the procedure or -, status, who must
 *       says  "informs with its device identity"
 *       when  "the URL has changed"        -- condition of C, strength of M; may be absent
 *       pass  "what on the wire shows it"  -- may be absent
 *       fail  "what on the wire belies it" -- may be absent
 *       see   "TR-069 3.7.1.5"             -- further reading; may be absent
 *       rests I-04 C-07                    -- readings that it rests on; may be absent
 *       untested "why"                     -- of I, and of them only: why no test can show it
 *       profile  "limit.alarm"             -- of R: what in a profile sets or turns it; may be absent
 *
 * status: M mandatory, O optional, C conditional, N derived (mostly a negative case), I
 * informative, R a reading of an unclear or contradicting place (never tested itself). Who: role
 * names with commas between, or - .
 *
 * Memory: the catalogue owns what it gives.
 */
#ifndef HARNESS_JUDGE_STATEMENTS_H
#define HARNESS_JUDGE_STATEMENTS_H

#include <stddef.h>

#include "harness/chart/chart.h"
#include "harness/chart/diagnostics.h"
#include "harness/chart/vocabulary.h"

struct statement {
	const char *id;        /* "HENB-5.1.3-02" */
	const char *standard;  /* "TS 32.593" */
	const char *clause;    /* "5.1.3" */
	const char *title;     /* of the clause */
	const char *step;      /* "1.1", or "" */
	char status;           /* 'M', 'O', 'C', 'N', 'I', 'R' */
	const char *role;      /* "henb", "henb,serving-hems", or "" */
	const char *statement; /* what is to be so */
	const char *condition, *pass, *fail, *reference; /* "" when not said */
	const char *untested, *profile;                  /* the same */
	const char *const *rests; size_t rest_count;     /* ids of readings */
};

struct statements;

/* All .statements files of a folder, in the order of their names; NULL when there was a mistake. */
struct statements *statements_load(const char *folder, struct diagnostics *diagnostics);
/* One file's text; file is only its name. */
struct statements *statements_parse(const char *text, size_t length, const char *file,
				    struct diagnostics *diagnostics);
void statements_free(struct statements *statements);
size_t statements_count(const struct statements *statements);
/* NULL past the end. */
const struct statement *statements_at(const struct statements *statements, size_t index);
const struct statement *statements_find(const struct statements *statements, const char *id);
/* "I-03: SENTENCE; I-05: SENTENCE" of some ids, new memory; NULL when there are none.
 * statements NULL: the ids alone. */
char *statements_rests(const struct statements *statements, const struct reference *ids,
		       size_t count);
enum { STATEMENTS_READINGS = 64 }; /* of a chart, at most */
/* The readings that the statements of a chart rest on, each once, in the order that the chart covers
 * them in; how many. statements NULL: none. */
size_t statements_readings(const struct statements *statements, const struct chart *chart,
			   const struct statement *readings[STATEMENTS_READINGS]);
/* The reading that a limit of the profile sets ("limit.alarm": I-08), or NULL. */
const struct statement *statements_of_limit(const struct statements *statements,
					    const char *limit);
/* "mandatory", "optional", "conditional", "derived", "informative", "reading". */
const char *statement_status_name(char status);
/* Adds the ids to a vocabulary. */
void statements_names(const struct statements *statements, struct vocabulary *vocabulary);

#endif
