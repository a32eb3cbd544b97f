/*
 * ran-fake: what an MME and an HNB gateway have in common: they listen for SCTP associations at all
 * faces of their role, decode what a femtocell says there, and answer as the cue tells, or else as
 * a well-behaved element does.
 *
 * Faults of a cue: no-answer, delay, abort, wrong-ppid, malformed-s1ap, malformed-hnbap. Actions:
 * close-association, abort-association, go-silent, answer-again.
 */
#ifndef FAKES_RAN_RAN_FAKE_H
#define FAKES_RAN_RAN_FAKE_H

#include "fakes/fake.h"
#include "protocols/message.h"

struct ran_asked { /* what is to be said, and why */
	const struct stage *stage;
	const char *role;
	const struct message *request; /* decoded; NULL = nobody asked */
	const struct cue *cue;         /* NULL = as it does by itself */
};

struct ran_element {         /* what sets one apart from the other */
	const char *service; /* "s1": of bench_faces */
	const char *item;    /* of the ICS: where the device has no such thing, a bench without a
				network of its own does not listen */
	uint32_t ppid;
	const char *request;        /* what it answers: "S1SetupRequest" */
	const char *const *answers; /* all that it may answer, NULL at the end */
	const char *const *unasked; /* what it may say by itself, NULL at the end */
	struct message *(*decode)(const void *octets, size_t length);
	/* What a well-behaved element answers: one of answers; NULL = nothing. */
	const char *(*usual)(const struct ran_asked *asked);
	/* Adds the message's octets to out. */
	void (*write)(const struct ran_asked *asked, const char *message, struct buffer *out);
};

/* What the cue sets, else NULL. */
const char *ran_setting(const struct ran_asked *asked, const char *name);
/* The same as a number, or otherwise where there is none up to most. */
uint32_t ran_setting_number(const struct ran_asked *asked, const char *name, uint32_t most,
			    uint32_t otherwise);
/* The cause that the cue sets, or otherwise, taken apart: group gets what stands before the
 * slash, and what stands behind it is returned. Both hold as long as the cue. */
const char *ran_setting_cause(const struct ran_asked *asked, const char *otherwise, char group[32]);
/* The profile's variable ROLE.NAME, else otherwise. */
const char *ran_variable(const struct ran_asked *asked, const char *name, const char *otherwise);

/* The functions of a fake_kind. */
struct fake *ran_fake_start(const struct ran_element *element, const struct stage *stage,
			    const char *role, struct problem *problem);
void ran_fake_cue(struct fake *fake);
int ran_fake_act(struct fake *fake, const char *action,
		 char *(*argument)(void *context, const char *name), void *context,
		 struct problem *problem);
void ran_fake_reset(struct fake *fake);
void ran_fake_stop(struct fake *fake);

#endif
