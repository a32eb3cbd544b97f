/*
 * fake: a played element: configure, start, stop, observe, cue.
 *
 * A fake is started for one role on the bench, listens on real sockets, and behaves as a
 * good element would unless its cue says otherwise. It observes by the tap: the runner sees
 * all its octets pass and gives the messages to the judge before the fake looks at them; so
 * when a fake asks for its cue, the judge is already past the message being answered.
 */
#ifndef FAKES_FAKE_H
#define FAKES_FAKE_H

#include <stdbool.h>

#include "harness/chart/chart.h"
#include "harness/judge/grammar.h"
#include "harness/judge/judge.h"
#include "harness/loop/bench.h"
#include "harness/loop/loop.h"
#include "harness/loop/pki.h"
#include "harness/loop/tap.h"
#include "protocols/problem.h"

struct fake;

struct stage { /* what a fake stands on: given by the runner, outlives the fake */
	struct loop *loop;
	struct bench *bench;
	struct pki *pki;
	const struct profile *profile;
	const struct tap *tap;
	/* The next arrow that starts at role, for this fake to carry out; see judge_cue. */
	const struct cue *(*cue)(void *context, const char *role, const char *peer,
				 bool (*accept)(void *accept_context, const struct arrow *arrow),
				 void *accept_context);
	void (*cue_taken)(void *context, const struct arrow *arrow);
	/* What a fake is to send cannot be, or is not what it should be: the verdict is error. */
	void (*trouble)(void *context, const struct arrow *arrow, const char *text);
	struct grammar *grammar; /* for what is sent; NULL = nobody asks */
	/* The fake that plays another role on this stage, NULL = none; may be NULL. */
	struct fake *(*played)(void *context, const char *role);
	void *context;
};

struct fake_kind { /* one kind of played element */
	const char *name; /* "hms" */
	struct fake *(*start)(const struct stage *stage, const char *role, struct problem *problem);
	/* The chart moved on: something that the fake may begin by itself (a Connection Request)
	 * could now be its cue. */
	void (*cue)(struct fake *fake);
	/* Does an action ("serving-hems does close-session"); argument values by name. 0 or -1. */
	int (*act)(struct fake *fake, const char *action,
		   char *(*argument)(void *context, const char *name), void *context,
		   struct problem *problem);
	/* A new scenario begins: sessions, nonces and settings of the last are forgotten. */
	void (*reset)(struct fake *fake);
	void (*stop)(struct fake *fake);
};

extern const struct fake_kind dns_fake, hms_fake, mme_fake, hnb_gw_fake, segw_fake,
	file_server_fake;

/* The faults that a cue's arrow asks for: the one of that name, or NULL. */
const struct fault *fake_fault(const struct arrow *arrow, const char *name);

#endif
