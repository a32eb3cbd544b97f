/*
 * proforma: what may and must be said of a device that is tested, in the manner of ISO/IEC 9646-7:
 * the ICS items with clause, status and condition, and beside them the IXIT, the limits and the
 * triggers, from a .proforma file:
 *
 *   proforma  "A Home eNodeB, for TS 32.593"
 *   device    henb
 *   include   common.part              -- relative to this file
 *
 *   table A.1 ics "Discovery"          -- the rows that follow, until the next table
 *
 *   discovery-private  o.1  "TS 32.593 5.1.2.2"    -- m, o, o.N (of group N one at least), c, x
 *       asks  "Does it reach its initial HeMS through a tunnel?"
 *   ipsec  c  "TS 32.593 5.1.2.2"
 *       asks  "Does it set up IPsec tunnels?"
 *       when  discovery-private then m else o      -- the status by condition: m, o, x (excluded)
 *
 *   table B.1 ixit "Identity"
 *
 *   device.serial  text  "TR-069 A.3.3.1"          -- kind: a row of proforma-kinds.c, A|B|C, a range
 *                                                  -- of numbers as 0..65535, or text:64: no longer
 *       asks     "Its serial number"
 *       needed   always                            -- or over items: tls and not ipsec
 *       default  "..."                             -- what holds where the profile says nothing
 *       example  "4711"
 *
 *   table C.1 limits "Limits"
 *
 *   limit.alarm  10s  lab  "TS 32.583 5.5.2"       -- lab, or standard: who sets it
 *       asks   "From an expedited alarm to its Inform"
 *       rests  I-08                                -- readings of scenarios/statements
 *
 *   table D.1 triggers "Triggers"
 *
 *   power-on  "TS 32.583 5.1"
 *       asks  "How is it switched on?"
 *
 * note "TEXT" may stand below every row. The name of an IXIT row may begin with a class of roles
 * instead of a role: hms.port is that of each of the device's HMSs; role.address that of any role.
 * In conditions "and" binds closer than "or"; there are no brackets.
 *
 * Memory: the proforma owns what it gives.
 */
#ifndef HARNESS_JUDGE_PROFORMA_H
#define HARNESS_JUDGE_PROFORMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/chart/diagnostics.h"
#include "harness/judge/profile.h"

enum proforma_kind { PROFORMA_ICS, PROFORMA_IXIT, PROFORMA_LIMITS, PROFORMA_TRIGGERS };

enum ics_status { ICS_MANDATORY, ICS_OPTIONAL, ICS_CONDITIONAL, ICS_EXCLUDED };

struct condition_term { /* [or] [not] ITEM; terms without "or" are joined by "and" */
	char *item;
	bool negated, or_before;
};

struct condition { /* over ICS items; no terms: it holds always */
	struct condition_term *terms;
	size_t count;
};

struct value_kind { /* of an IXIT value */
	const char *name; /* "port" */
	bool secret;      /* never shown in a report */
	const char *expected; /* "a port from 1 to 65535" */
	bool (*fits)(const char *value);
};

struct proforma_table { char *number, *title; enum proforma_kind kind; };

struct proforma_row {
	const struct proforma_table *table;
	char *name, *clause;
	char *asks, *note, *example, *standing; /* "" when not said; standing: the default */
	char **rests; size_t rest_count;        /* ids of readings */
	/* ICS */
	enum ics_status status, then, otherwise; /* the last two of ICS_CONDITIONAL */
	int choice;                              /* group of o.N; 0 = none */
	/* IXIT: kind NULL = one of the words, or in the range. Of ICS_CONDITIONAL, IXIT and triggers: */
	const struct value_kind *kind;
	char *words;                             /* "none|basic|digest" */
	bool ranged;
	long long least, most;                   /* of a number; of a text with kind: its length */
	char *expected;                          /* what fits, as text */
	bool needed;                             /* when the condition holds */
	struct condition condition;
	/* limits */
	int64_t microseconds;
	enum limit_source source;
	struct place at;
};

struct proforma;

/* NULL when there was a mistake in it. */
struct proforma *proforma_load(const char *file, struct diagnostics *diagnostics);
/* From text; file is only its name; include is refused. */
struct proforma *proforma_parse(const char *text, size_t length, const char *file,
				struct diagnostics *diagnostics);
void proforma_free(struct proforma *proforma);
const char *proforma_title(const struct proforma *proforma);
const char *proforma_device(const struct proforma *proforma); /* "henb" */
/* NULL past the end; in the order of the file. */
const struct proforma_row *proforma_row_at(const struct proforma *proforma, size_t index);
/* The row of an ICS item, a limit or a trigger by its name, of an IXIT value also by its class of
 * roles; NULL = the proforma does not know it. */
const struct proforma_row *proforma_row(const struct proforma *proforma, enum proforma_kind kind,
					const char *name);
/* The status that an item has for a device of this profile: of a conditional one what its condition
 * makes of it. */
enum ics_status proforma_status(const struct proforma_row *row, const struct profile *profile);
/* Is it mandatory for this device, and does the profile say no to it (or nothing)? Then the device
 * is declared not to conform. A group o.N counts with its first item. */
bool proforma_declined(const struct proforma *proforma, const struct proforma_row *row,
		       const struct profile *profile);
/* Does the condition hold, by what the profile says? */
bool condition_holds(const struct condition *condition, const struct profile *profile);
/* "m", "o", "o.1", "c: m when tls, else o"; new memory. */
char *proforma_status_text(const struct proforma_row *row);
/* "tls and not ipsec"; new memory. */
char *condition_text(const struct condition *condition);
/* "m", "o", "c", "x" */
const char *ics_status_letter(enum ics_status status);
/* Must the value of this IXIT name never be shown? By its row, and where there is none by what it
 * is called (password, secret, key). proforma may be NULL. */
bool proforma_secret(const struct proforma *proforma, const char *name);

/* proforma-check.c: what is wrong with a profile, with places: unknown items and values (a name that
 * begins with x- is the user's own), answers that are missing, contradict each other or decline what
 * is mandatory, values that are of no such kind, missing, or still "?". Mistakes are errors; a
 * device that is declared not to conform is a warning. */
void proforma_check(const struct proforma *proforma, const struct profile *profile,
		    struct diagnostics *diagnostics);

#endif
