/*
 * run-scene: one scenario being run: its stages (the charts it comes after, then itself), the
 * judge of the stage, and whose turn it is.
 */
#ifndef HARNESS_RUN_SCENE_H
#define HARNESS_RUN_SCENE_H

#include "harness/run-bench.h"
#include "protocols/message.h"

struct scene;

/* Runs one scenario on a started bench and reports it; gives the verdict. */
enum verdict scene_run(struct run *run, const struct scenario *scenario, size_t number,
		       size_t count);
/* A message passed on the bench; takes it over. */
void scene_message(struct scene *scene, struct message *message);
/* The same of LimitReached, which is told in the recording as well: it is in no packet. */
void scene_limit(struct scene *scene, struct message *message);
/* Something else happened that may have moved a deadline: a connection ended. */
void scene_wake(struct scene *scene);

/* For the fakes: the judge's cues of the stage that is on. context: the run. */
const struct cue *scene_cue(void *context, const char *role, const char *peer,
			    bool (*accept)(void *accept_context, const struct arrow *arrow),
			    void *accept_context);
void scene_cue_taken(void *context, const struct arrow *arrow);
void scene_trouble(void *context, const struct arrow *arrow, const char *text);

#endif
