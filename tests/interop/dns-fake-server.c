/*
 * dns-fake-server: the outer and the inner DNS fake alone, for dig.
 *
 *   dns-fake-server PROFILE MAP-FOLDER [FAULT [MICROSECONDS]]
 *
 * Prints "ROLE ADDRESS PORT" for each, then answers every query with the fault, until SIGTERM.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/fake.h"
#include "harness/judge/profile.h"

struct script { /* the one cue that is given again and again */
	struct arrow arrow;
	struct fault fault;
	struct fault_kind kind;
	struct cue cue;
};

static const struct cue *give_cue(void *context, const char *role, const char *peer,
				  bool (*accept)(void *accept_context, const struct arrow *arrow),
				  void *accept_context)
{
	struct script *script = context;

	(void)role;
	(void)peer;
	return accept(accept_context, &script->arrow) ? &script->cue : NULL;
}

static void take_cue(void *context, const struct arrow *arrow)
{
	(void)context;
	(void)arrow;
}

static int serve(struct stage *stage)
{
	static const char *const names[] = { "public-dns", "private-dns" };
	struct fake *fakes[2] = { NULL, NULL };
	struct problem problem = { "" };
	int result = 0;

	if (loop_catch_signals(stage->loop, &problem) < 0)
		result = 1;
	for (size_t i = 0; i < 2 && result == 0; i++) {
		char variable[64];

		fakes[i] = dns_fake.start(stage, names[i], &problem);
		if (!fakes[i]) {
			result = 1;
			break;
		}
		snprintf(variable, sizeof(variable), "%s.address", names[i]);
		printf("%s %s", names[i], bench_variable(stage->bench, variable));
		snprintf(variable, sizeof(variable), "%s.port", names[i]);
		printf(" %s\n", bench_variable(stage->bench, variable));
	}
	fflush(stdout);
	if (result == 0)
		loop_run(stage->loop);
	else
		fprintf(stderr, "dns-fake-server: %s\n", problem.text);
	for (size_t i = 0; i < 2; i++)
		dns_fake.stop(fakes[i]);
	return result;
}

int main(int count, char **arguments)
{
	struct diagnostics diagnostics = { 0 };
	struct script script = { .arrow = { .message = (char[]){ "DnsResponse" } } };
	struct stage stage = { .cue = give_cue, .cue_taken = take_cue, .context = &script };
	struct profile *profile;

	if (count < 3) {
		fprintf(stderr, "usage: dns-fake-server PROFILE MAPS [FAULT [MICROSECONDS]]\n");
		return 2;
	}
	profile = profile_load(arguments[1], arguments[2], &diagnostics);
	diagnostics_print(&diagnostics, stderr);
	diagnostics_clear(&diagnostics);
	if (!profile)
		return 2;
	if (count > 3) {
		script.kind.name = arguments[3];
		script.fault.kind = &script.kind;
		script.fault.number = count > 4 ? strtoll(arguments[4], NULL, 10) : 0;
		script.arrow.faults = &script.fault;
		script.arrow.fault_count = 1;
	}
	script.cue.arrow = &script.arrow;
	stage.profile = profile;
	stage.loop = loop_new(CLOCK_REAL_TIME);
	stage.bench = bench_new("loopback", profile, NULL);
	int result = stage.bench ? serve(&stage) : 2;

	loop_free(stage.loop);
	bench_free(stage.bench);
	profile_free(profile);
	return result;
}
