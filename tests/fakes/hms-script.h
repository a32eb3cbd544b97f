/*
 * hms-script: stands in for the judge in the tests of the HMS fake: cues by a list of lines
 * instead of a chart, offered in their order. One line a cue:
 *
 *   MESSAGE [PARAMETER=VALUE[:TYPE]]... [PARAMETER]... [ARGUMENT=VALUE]... [with FAULT [VALUE]]...
 *
 * A name with a dot in it is a parameter. '_' in a value stands for a blank.
 */
#ifndef TESTS_FAKES_HMS_SCRIPT_H
#define TESTS_FAKES_HMS_SCRIPT_H

#include "harness/judge/judge.h"

enum { SCRIPT_STEPS = 64, SCRIPT_SETTINGS = 24, SCRIPT_FAULTS = 4 };

struct script_step {
	char line[1024];
	char message[64];
	struct arrow arrow;
	struct cue cue;
	struct judge_setting settings[SCRIPT_SETTINGS];
	struct fault faults[SCRIPT_FAULTS];
	bool taken;
};

struct script {
	const char *from, *to; /* the roles of all its arrows */
	struct script_step steps[SCRIPT_STEPS];
	size_t count;
};

/* Adds a cue; -1 when the line cannot be understood. */
int script_add(struct script *script, const char *line);
void script_clear(struct script *script);
size_t script_left(const struct script *script); /* cues not taken yet */
/* For struct stage; context is the script. */
const struct cue *script_cue(void *context, const char *role, const char *peer,
			     bool (*accept)(void *accept_context, const struct arrow *arrow),
			     void *accept_context);
void script_cue_taken(void *context, const struct arrow *arrow);

#endif
