#include "harness/run-capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/capture-roles.h"
#include "harness/stages.h"
#include "protocols/limits.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

struct hearing { /* one scenario, one reading of the capture */
	struct capture_job *job;
	const struct scenario *scenario;
	struct capture_roles roles;
	struct profile *profile; /* a copy of its own: identities are inferred into it */
	struct stages stages;
	size_t number, count;
	bool begun;
	bool sure; /* something failed that fails whatever else was said */
	bool over; /* a recording of our own says that the scenario ended here */
	bool actions_told; /* and when its actions were done */
	int64_t now;
	bool closed, opened; /* there is IKE or ESP whose keys are not known; or are */
	bool one_sided; /* nothing tells what was seen inside the operator's network */
	bool full; /* the log takes no more messages */
};

static void report(struct hearing *hearing, const struct chart *chart,
		   const struct finding *finding)
{
	if (hearing->job->log)
		run_log_finding(hearing->job->log, chart, finding);
	if (hearing->job->terminal)
		terminal_finding(hearing->job->terminal, chart, finding);
}

static bool asks_what_was_before(const struct expression *expression)
{
	return expression && (strstr(expression->text, "/message/session") ||
			      strstr(expression->text, "/message/ike") ||
			      strstr(expression->text, "/message/@tunnel") ||
			      strstr(expression->text, "/message/answers"));
}

/* Is the message itself a conclusion from what was said before? */
static bool is_conclusion(const char *name)
{
	static const char *const names[] = {"SessionBroken", "SessionSilent", "HttpPipelined",
					    "ConnectionRequestUnserved", "ConnectionRequestIdle"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Does the finding hold whatever else was said? That of a rule about one message does; where a
 * chart or a session is, is not known any more when octets of it are missing. */
static bool stands_alone(const struct finding *finding)
{
	const struct rule *rule = finding->kind == FINDING_RULE ? finding->rule : NULL;

	if (!rule || asks_what_was_before(rule->guard) ||
	    is_conclusion(rule->pattern->message))
		return false;
	for (size_t i = 0; i < rule->pattern->check_count; i++)
		if (asks_what_was_before(rule->pattern->checks[i]))
			return false;
	return true;
}

static void found(void *context, const struct chart *chart, const struct finding *finding)
{
	struct hearing *hearing = context;

	if (finding->verdict == VERDICT_FAIL && stands_alone(finding))
		hearing->sure = true;
	report(context, chart, finding);
}

static void begin(struct hearing *hearing, int64_t time);

static void said(void *context, int64_t time, const char *text)
{
	struct hearing *hearing = context;

	if (!hearing->begun)
		begin(hearing, time);
	const struct finding note = { .kind = FINDING_NOTE, .time = time, .text = text };

	report(hearing, hearing->scenario->chart, &note);
}

static const char *bench_value(void *context, const char *name)
{
	const struct hearing *hearing = context;

	return bench_variable(hearing->roles.bench, name);
}

/* The scenario's time begins with the capture's. */
static void begin(struct hearing *hearing, int64_t time)
{
	struct capture_job *job = hearing->job;
	const struct judge_environment environment = {
		.profile = hearing->profile,
		.rules = job->set->book,
		.statements = job->set->statements,
		.grammar = job->set->grammar,
		.variable = bench_value,
		.variable_context = hearing,
		.observing = true,
		.actions_told = hearing->actions_told,
		.time_scale = job->time_scale,
	};

	hearing->begun = true;
	hearing->now = time;
	if (job->log)
		run_log_scenario(job->log, hearing->scenario->chart, hearing->scenario->device,
				 profile_file(hearing->profile), job->set->statements, time);
	if (job->terminal)
		terminal_scenario(job->terminal, hearing->scenario->chart, hearing->number,
				  hearing->count, time);
	stages_start(&hearing->stages, hearing->scenario->chart, &environment, found, hearing,
		     time);
}

static void time_passes(struct hearing *hearing, int64_t time)
{
	if (time > hearing->now)
		hearing->now = time;
	/* A deadline that lies before this moment has run out before it. */
	while (!hearing->stages.over && judge_deadline(hearing->stages.judge) < hearing->now) {
		int64_t due = judge_deadline(hearing->stages.judge);

		judge_time(hearing->stages.judge, due);
		stages_next(&hearing->stages, due);
		if (judge_deadline(hearing->stages.judge) <= due)
			break;
	}
	if (!hearing->stages.over)
		judge_time(hearing->stages.judge, hearing->now);
	stages_next(&hearing->stages, hearing->now);
}

/* Says, once, that the log goes on without messages: the judge still sees them. */
static void log_is_full(struct hearing *hearing, const struct message *last)
{
	struct message *message = bound_reached(bound_find("run.messages"),
						"no more of this scenario is logged");

	hearing->full = true;
	message->time = last->time;
	snprintf(message->from, sizeof(message->from), "%s", last->from);
	snprintf(message->to, sizeof(message->to), "%s", last->to);
	run_log_message(hearing->job->log, message);
	stages_message(&hearing->stages, message);
	message_free(message);
}

static bool is_private(const struct chart *chart)
{
	for (size_t i = 0; i < chart->need_count; i++)
		if (!chart->needs[i].negated && strcmp(chart->needs[i].text, "discovery-private") == 0)
			return true;
	return false;
}

/* A capture of one network: was it the one inside? Then the tunnel was outside, and not seen. */
static void see_side(struct hearing *hearing, const struct message *message)
{
	const xmlNode *root = xmlDocGetRootElement(message->document);
	char *path = xml_attribute(root, "path"), *side = xml_attribute(root, "side");

	if (path && strcmp(path, "unknown") == 0)
		hearing->one_sided |= (side && strcmp(side, "inside") == 0) ||
				      is_private(hearing->scenario->chart);
	free(path);
	free(side);
}

/* What a tunnel holds, and what was said in it, cannot be seen without keys, nor with wrong ones. */
static void see_keys(struct hearing *hearing, const struct message *message)
{
	bool tunnel = strcmp(message->protocol, "ike") == 0 ||
		      strcmp(message->protocol, "esp") == 0;
	const char *device = profile_device(hearing->profile);

	/* Other cells have tunnels, too. */
	tunnel &= strcmp(message->from, device) == 0 || strcmp(message->to, device) == 0;
	char *state = tunnel ? xml_attribute(message->body, "encryption") : NULL;

	if (state && strcmp(state, "opened") == 0)
		hearing->opened = true;
	else if (state && strcmp(state, "none") != 0)
		hearing->closed |= strcmp(state, "closed") == 0 || !hearing->opened;
	free(state);
}

static void heard(void *context, struct message *message)
{
	struct hearing *hearing = context;

	if (hearing->over) {
		message_free(message);
		return;
	}
	if (hearing->begun)
		time_passes(hearing, message->time);
	/* Before the scenario begins, for its guards ask where the elements are. */
	capture_roles_name(&hearing->roles, message);
	see_keys(hearing, message);
	see_side(hearing, message);
	if (!hearing->begun)
		begin(hearing, message->time);
	bool logged = !hearing->job->log || run_log_message(hearing->job->log, message);

	stages_message(&hearing->stages, message);
	if (!logged && !hearing->full)
		log_is_full(hearing, message);
	message_free(message);
}

/* What stands behind "femtoproof: scenario NAME" when NAME is the scenario that is judged; else
 * NULL. */
static const char *said_of_this(const struct hearing *hearing, const char *text)
{
	static const char prefix[] = "femtoproof: scenario ";
	const char *name = hearing->scenario->chart->name;
	size_t length = strlen(name);

	if (strncmp(text, prefix, sizeof(prefix) - 1) != 0 ||
	    strncmp(text + sizeof(prefix) - 1, name, length) != 0)
		return NULL;
	return text + sizeof(prefix) - 1 + length;
}

/* ": stage 0 action 3 starts", ": stage 0 action 3 inconc: the operator said no" */
static void take_action(struct hearing *hearing, const char *text)
{
	static const enum verdict verdicts[] = { VERDICT_PASS, VERDICT_INCONC, VERDICT_FAIL,
						 VERDICT_ERROR };
	struct stages *stages = &hearing->stages;
	size_t stage, number;
	int behind = 0;

	if (!hearing->actions_told || stages->over ||
	    sscanf(text, ": stage %5zu action %5zu %n", &stage, &number, &behind) != 2 ||
	    behind == 0 || stage != stages->on)
		return;
	const struct action *action = judge_action(stages->judge);
	if (!action || (size_t)action->number != number)
		return;
	const char *word = text + behind, *reason = strstr(word, ": ");
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(*verdicts); i++)
		if (strncmp(word, verdict_name(verdicts[i]), strcspn(word, ":")) == 0) {
			judge_action_done(stages->judge, action, verdicts[i],
					  reason ? reason + 2 : NULL);
			stages_next(stages, hearing->now);
		}
}

/* ": limit connection-request.time at packet 12 by henb to serving-hems because WHY": what the run
 * cut off at a limit of femtoproof's own is in no packet. */
static void take_limit(struct hearing *hearing, const char *text, int64_t time)
{
	char limit[64], from[ROLE_NAME], to[ROLE_NAME];
	unsigned long long packet;
	int behind = 0;

	if (sscanf(text, ": limit %63s at packet %19llu by %31s to %31s because %n", limit, &packet,
		   from, to, &behind) != 4 || behind == 0 || !bound_find(limit))
		return;
	struct message *message = bound_reached(bound_find(limit), text + behind);

	message->time = time;
	message->first_packet = message->last_packet = packet;
	snprintf(message->from, sizeof(message->from), "%s", from);
	snprintf(message->to, sizeof(message->to), "%s", to);
	if (hearing->job->log)
		run_log_message(hearing->job->log, message);
	stages_message(&hearing->stages, message);
	message_free(message);
}

/* A recording of our own says on which bench it was made, and so who had which address. */
static void take_bench(struct hearing *hearing, const char *text)
{
	static const char mark[] = "\nfemtoproof: bench ";
	const char *at = strstr(text, mark);
	char kind[32] = "";
	struct bench *bench = NULL;

	if (at && sscanf(at + sizeof(mark) - 1, "%31s", kind) == 1)
		bench = bench_plan(kind, hearing->profile, NULL);

	if (!bench)
		return;
	bench_free(hearing->roles.bench);
	hearing->roles.bench = bench;
}

/* A run says when its scenario began and ended, and when its actions were done: between that and
 * its packets, time passed in which nothing came. */
static void commented(void *context, uint64_t packet, int64_t time, const char *text)
{
	struct hearing *hearing = context;
	const char *said_here = said_of_this(hearing, text);

	if (strncmp(text, "femtoproof: scenario ", 21) != 0)
		return;
	if (!hearing->begun && packet == 0 && said_here)
		hearing->actions_told = strstr(said_here, "\nfemtoproof: actions are told");
	if (!hearing->begun && packet == 0 && said_here)
		take_bench(hearing, said_here);
	if (!hearing->begun)
		begin(hearing, time);
	time_passes(hearing, time);
	if (said_here && !hearing->over) {
		take_action(hearing, said_here);
		take_limit(hearing, said_here, time);
	}
	size_t length = strlen(text);
	hearing->over = length > 5 && strcmp(text + length - 5, " ends") == 0;
}

/* A profile of this hearing's own: loaded again, for inference changes it. */
static struct profile *own_profile(const struct capture_job *job, const struct scenario *scenario,
				   struct problem *problem)
{
	struct diagnostics diagnostics = { 0 };
	char *maps = memory_format("%s/maps", job->set->folder);
	struct profile *profile =
		profile_load(profile_file(scenario->profile), maps, &diagnostics);

	free(maps);
	if (!profile)
		problem_set(problem, "the profile %s could be read once and now no more",
			    profile_file(scenario->profile));
	diagnostics_clear(&diagnostics);
	return profile;
}

struct search { /* for the device of the profile, before anything is judged */
	const char *serial;
	struct address device;
	bool found;
};

static void look_for_device(void *context, struct message *message)
{
	struct search *search = context;
	const xmlNode *id = xml_child(message->body, "DeviceId");
	char *serial = xml_child_text(id, "SerialNumber");

	if (strcmp(message->name, "Inform") == 0 && serial &&
	    strcmp(serial, search->serial) == 0 && !search->found) {
		search->found = true;
		search->device = message->source;
	}
	free(serial);
	message_free(message);
}

/* Of several devices in a capture, which host is the one of the profile? Reads up to its first
 * Inform; nothing is said where there is none. */
static void find_device(struct hearing *hearing)
{
	struct search search = { .serial = profile_variable(hearing->profile, "device.serial") };
	const struct reader_options options = { .scenario = hearing->scenario->chart->name,
						.keys = hearing->job->keys,
						.key_count = hearing->job->key_count,
						.enough = &search.found };

	if (!hearing->job->profile_given || !search.serial)
		return;
	capture_read(hearing->job->file, &options, look_for_device, &search, NULL, NULL);
	hearing->roles.device = search.device;
	hearing->roles.device_sure = search.found;
}

static void say_what_is_closed(struct hearing *hearing)
{
	if (hearing->closed)
		said(hearing, hearing->now,
		     "there is IKE or ESP here whose keys are not known (see --keys); it is judged"
		     " on what can be read");
}

static bool is_holey(const struct reader_summary *summary)
{
	return summary->malformed > 0 || summary->lost > 0;
}

/* What the capture does not hold, nobody can be blamed for. */
static void say_what_is_missing(struct hearing *hearing)
{
	const struct reader_summary *summary = &hearing->job->summary;
	char text[200];

	if (!is_holey(summary))
		return;
	snprintf(text, sizeof(text),
		 "the capture is not whole: %llu of its packets cut or broken, %llu octets of TCP"
		 " missing; it is judged on what is there",
		 (unsigned long long)summary->malformed, (unsigned long long)summary->lost);
	said(hearing, hearing->now, text);
}

static const char *doubt_of(const struct hearing *hearing)
{
	return hearing->closed      ? "not all that is encrypted can be read"
	       : hearing->one_sided ? "the capture does not tell what was seen inside the operator's"
				      " network"
				    : "the capture is not whole";
}

static enum verdict conclude(struct hearing *hearing)
{
	struct capture_job *job = hearing->job;
	char reason[512];

	if (!hearing->begun)
		begin(hearing, 0);
	time_passes(hearing, hearing->now);
	say_what_is_missing(hearing);
	say_what_is_closed(hearing);
	stages_finish(&hearing->stages, hearing->now,
		  job->summary.messages == 0 ? "the capture holds no message that can be read"
					     : "the capture ends here");
	enum verdict verdict = stages_verdict(&hearing->stages, reason, sizeof(reason));

	if (verdict == VERDICT_FAIL && !hearing->sure &&
	    (hearing->closed || hearing->one_sided || is_holey(&job->summary))) {
		char *whole = memory_format("%s, so this is not sure: %s", doubt_of(hearing),
					    reason);

		verdict = VERDICT_INCONC;
		snprintf(reason, sizeof(reason), "%s", whole);
		free(whole);
	}
	if (job->log)
		run_log_verdict(job->log, verdict, reason, hearing->now);
	if (job->terminal)
		terminal_verdict(job->terminal, hearing->scenario->chart, job->set->statements,
				 verdict, reason, hearing->now);
	stages_end(&hearing->stages);
	return verdict;
}

int run_capture(struct capture_job *job, const struct scenario *scenario, size_t number,
		  size_t count, enum verdict *verdict, struct problem *problem)
{
	struct hearing hearing = { .job = job, .scenario = scenario, .number = number,
				   .count = count };
	const struct reader_options options = { .scenario = scenario->chart->name,
						.keys = job->keys,
						.key_count = job->key_count,
						.comment = commented, .context = &hearing };
	int result = -1;

	hearing.profile = own_profile(job, scenario, problem);
	if (!hearing.profile)
		return -1;
	hearing.roles = (struct capture_roles){
		.chart = scenario->chart,
		.profile = hearing.profile,
		.bench = bench_plan("loopback", hearing.profile, problem),
		.infer_identity = !job->profile_given,
		.infer_names = !job->profile_given,
		.say = said,
		.context = &hearing,
	};
	find_device(&hearing);
	if (hearing.roles.bench)
		result = capture_read(job->file, &options, heard, &hearing, &job->summary, problem);
	if (result == 0)
		*verdict = conclude(&hearing);
	else if (hearing.begun)
		stages_end(&hearing.stages);
	bench_free(hearing.roles.bench);
	profile_free(hearing.profile);
	return result;
}
