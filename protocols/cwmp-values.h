/*
 * cwmp-values: what a device's parameters were when they were last told, written or read, as
 * hashes of names and values; so that 4 VALUE CHANGE can be held against what changed (TR-069
 * A.3.3.1), and what is read against what was written (A.3.2.1). It makes no messages.
 *
 * A value that was not seen is not known, and nothing is said of it.
 */
#ifndef PROTOCOLS_CWMP_VALUES_H
#define PROTOCOLS_CWMP_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "protocols/message.h"

#define CWMP_VALUES_MOST 1024 /* parameters of a device; of more nothing is known */

struct cwmp_value { /* of a parameter; hashes, 0 = none */
	uint64_t name;
	uint64_t told;    /* in the last Inform that was answered */
	uint64_t telling; /* in an Inform that is not answered yet */
	uint64_t written; /* by the HMS since then */
	uint64_t asked;   /* in a SetParameterValues that is not answered yet */
	uint64_t shown;   /* in a GetParameterValuesResponse of the session below */
	uint64_t refused; /* in a SetParameterValues of that session, that was answered by a Fault */
	uint64_t session; /* in which it was shown, written or refused */
	bool applied;     /* it was written in that session, with Status 0 */
	bool fresh;       /* the Inform that was answered last told it */
	bool trigger;     /* what was written is true: a command is false again when it is done */
	bool diagnostics; /* a DiagnosticsState: what was written goes on by itself */
};

struct cwmp_values {
	struct cwmp_value *list; /* a hash table of CWMP_VALUES_MOST places; NULL = none known */
	unsigned count;
	bool touched;   /* since the last answered Inform its HMS changed something */
	bool attribute; /* its HMS set attributes: what is notified is open */
};

/* Nothing is known any more, but that attributes were set. */
void cwmp_values_clear(struct cwmp_values *values);
/* The device tells its parameters in an Inform. anew: it has no 4 VALUE CHANGE that was not
 * delivered. Describes in the facet: changes= "own" (4 VALUE CHANGE, and a parameter is as the HMS
 * wrote it, each other one as it was told), change-untold= (the name of a forced parameter that
 * is another without 4 VALUE CHANGE). */
void cwmp_values_inform(struct cwmp_values *values, const struct message *inform, bool anew,
			xmlNode *facet);
/* The Inform was answered. */
void cwmp_values_told(struct cwmp_values *values);
/* The HMS sends a SetParameterValues; and its answer: Status, or -1 for a Fault. */
void cwmp_values_asked(struct cwmp_values *values, const struct message *request);
void cwmp_values_answered(struct cwmp_values *values, uint64_t session, int status,
			  const struct message *answer);
/* The device obeys something that may change any value, also one that was refused before. */
void cwmp_values_obeyed(struct cwmp_values *values);
/* A GetParameterValuesResponse. Describes in the facet: not-applied= (the first name whose value is
 * not the one that was written with Status 0 in this session), refused-applied= (the first whose
 * value is the one that was refused in this session, and was seen to be another in it before; unless
 * it is read only, or an earlier write of that value was to take effect later). */
void cwmp_values_shown(struct cwmp_values *values, uint64_t session, const struct message *answer,
		       xmlNode *facet);

#endif
