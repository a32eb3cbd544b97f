/*
 * stages: a scenario and the charts that it comes after, walked one after the other, each by
 * a judge of its own. A run and the judging of a capture share this.
 */
#ifndef HARNESS_STAGES_H
#define HARNESS_STAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/judge/judge.h"

typedef void (*stages_finding)(void *context, const struct chart *chart,
			       const struct finding *finding);

struct stages {
	const struct chart **charts; /* preambles first, the scenario itself last */
	size_t count;
	size_t on;                   /* the stage that is on */
	struct judge *judge;         /* of that stage */
	struct judge_environment environment;
	struct judge_listener listener;
	stages_finding finding;
	void *context;
	char first_bad[400];         /* the sentence of the first finding that was not pass */
	enum verdict worst;          /* of the findings so far */
	bool over;                   /* nothing more is judged */
	char broken[400];            /* our own fault: what */
};

void stages_start(struct stages *stages, const struct chart *chart,
		  const struct judge_environment *environment, stages_finding finding,
		  void *context, int64_t time);
void stages_message(struct stages *stages, const struct message *message);
/* Goes on to the next chart when the one that is on is finished; true when all is over: the
 * last is finished and its settle time past, or a preamble did not pass. */
bool stages_next(struct stages *stages, int64_t time);
/* Nothing more will come: what still waits is inconclusive, for that reason. */
void stages_finish(struct stages *stages, int64_t time, const char *reason);
/* Something of our own broke: the verdict is error. */
void stages_broken(struct stages *stages, const char *text);
/* The scenario's verdict; reason gets one sentence ("" for a pass). */
enum verdict stages_verdict(const struct stages *stages, char *reason, size_t size);
void stages_end(struct stages *stages);

#endif
