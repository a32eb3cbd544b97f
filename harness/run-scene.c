#include "harness/chart/roles.h"
#include "harness/run-scene.h"

#include <stdlib.h>
#include <string.h>

#include "harness/run-device.h"
#include "harness/stages.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

/* A scene cannot go on for ever: what a chart does not bound, this does (lab: limit.scenario). */
#define SCENE_LIMIT SECONDS(24 * 3600)

struct scene {
	struct run *run;
	struct stages stages;      /* the charts to walk, and the judge of the one that is on */
	struct run_device *device;
	const struct action *acting; /* an action whose end is awaited */
	struct timer *turn;        /* the next look at whose turn it is */
	struct timer *deadline;
	int64_t deadline_time;
	struct timer *limit;
	bool over;
};

static void turn_due(void *context);

/* Whose turn it is is looked at after the callback that is on: a fake may be in the midst of a
 * request, the device of an answer. */
static void want_turn(struct scene *scene)
{
	if (!scene->turn && !scene->over)
		scene->turn = loop_after(scene->run->loop, 0, turn_due, scene);
}

void scene_wake(struct scene *scene)
{
	want_turn(scene);
}

/* Whoever judges the recording learns what was cut off: it is in no packet. Limits of a run itself
 * ("run.messages") he has of his own. */
static void mark_limit(struct scene *scene, const struct message *message)
{
	const struct stages *stages = &scene->stages;
	struct run *run = scene->run;
	char *limit = xml_attribute(message->body, "limit"), *why = xml_attribute(message->body, "why");

	if (run->recorder && strncmp(limit, "run.", 4) != 0) {
		char *mark = memory_format("femtoproof: scenario %s: limit %s at packet %llu by %s to "
					   "%s because %s", stages->charts[stages->count - 1]->name,
					   limit, (unsigned long long)message->last_packet,
					   message->from, message->to, why);

		recorder_mark(run->recorder, message->time, mark);
		free(mark);
	}
	free(limit);
	free(why);
}

static void take_message(struct scene *scene, struct message *message)
{
	struct run *run = scene->run;

	if (run->log && !run_log_message(run->log, message)) {
		const struct connection ends = { .client = message->source,
						 .server = message->destination };

		run_limit(run, "run.messages", "no more of this scenario is logged", &ends);
	}
	stages_message(&scene->stages, message); /* behind the end, rules only */
	message_free(message);
	want_turn(scene);
}

void scene_message(struct scene *scene, struct message *message)
{
	run_name_roles(scene->run, message);
	take_message(scene, message);
}

void scene_limit(struct scene *scene, struct message *message)
{
	run_name_roles(scene->run, message);
	mark_limit(scene, message);
	take_message(scene, message);
}

static void dissected(void *context, struct message *message)
{
	struct run *run = context;

	if (run->scene)
		scene_message(run->scene, message);
	else
		message_free(message);
}

const struct cue *scene_cue(void *context, const char *role, const char *peer,
			    bool (*accept)(void *accept_context, const struct arrow *arrow),
			    void *accept_context)
{
	struct run *run = context;

	if (!run->scene || run->scene->over)
		return NULL;
	return judge_cue(run->scene->stages.judge, role, peer, accept, accept_context);
}

void scene_cue_taken(void *context, const struct arrow *arrow)
{
	struct run *run = context;

	if (!run->scene || run->scene->over)
		return;
	judge_cue_taken(run->scene->stages.judge, arrow);
	want_turn(run->scene);
}

void scene_trouble(void *context, const struct arrow *arrow, const char *text)
{
	struct run *run = context;

	if (run->scene && !run->scene->over)
		judge_trouble(run->scene->stages.judge, arrow, loop_now(run->loop), text);
}

static char *action_argument(void *context, const char *name)
{
	struct scene *scene = context;

	return scene->acting ? judge_action_value(scene->stages.judge, scene->acting, name) : NULL;
}

/* Whoever judges the recording learns when an operator was asked, and when he was done. */
static void mark_action(struct scene *scene, const struct action *action, const char *what,
			const char *text)
{
	const struct stages *stages = &scene->stages;
	struct run *run = scene->run;

	if (!run->recorder)
		return;
	char *mark = memory_format("femtoproof: scenario %s: stage %zu action %zu %s%s%s",
				   stages->charts[stages->count - 1]->name, stages->on,
				   (size_t)action->number, what, text ? ": " : "",
				   text ? text : "");
	recorder_mark(run->recorder, loop_now(run->loop), mark);
	free(mark);
}

static void action_done(void *context, enum verdict verdict, const char *text)
{
	struct scene *scene = context;
	const struct action *action = scene->acting;

	scene->acting = NULL;
	if (!action || scene->over)
		return;
	mark_action(scene, action, verdict_name(verdict), text);
	/* What comes next has its time from here on, not from when the judge was asked last. */
	judge_time(scene->stages.judge, loop_now(scene->run->loop));
	judge_action_done(scene->stages.judge, action, verdict, text);
	want_turn(scene);
}

static struct played *played_role(struct run *run, const char *role)
{
	for (size_t i = 0; i < run->played_count; i++)
		if (strcmp(run->played[i].role, role) == 0)
			return &run->played[i];
	return NULL;
}

static void act(struct scene *scene, const struct action *action)
{
	struct run *run = scene->run;
	struct played *played = played_role(run, action->role);
	struct problem problem = { "" };

	scene->acting = action;
	mark_action(scene, action, "starts", NULL);
	if (strcmp(action->role, profile_device(run->profile)) == 0)
		run_device_act(scene->device, action, action_argument, scene, action_done, scene);
	else if (!played)
		action_done(scene, VERDICT_ERROR, "nobody plays this role in this run");
	else if (played->kind->act(played->fake, action->name, action_argument, scene,
				   &problem) < 0)
		action_done(scene, VERDICT_ERROR, problem.text);
	else
		action_done(scene, VERDICT_PASS, NULL);
}

static void take_turn(struct scene *scene);

/* A timer that has fired is gone: each forgets its own. */
static void turn_due(void *context)
{
	struct scene *scene = context;

	scene->turn = NULL;
	take_turn(scene);
}

static void deadline_due(void *context)
{
	struct scene *scene = context;

	scene->deadline = NULL;
	take_turn(scene);
}

static void set_deadline(struct scene *scene)
{
	int64_t due = judge_deadline(scene->stages.judge);
	int64_t silence = dissector_deadline(scene->run->dissector);

	if (silence < due) /* a device that went away in mid-session is said to have, at that time */
		due = silence;
	if (scene->deadline && due == scene->deadline_time)
		return;
	loop_cancel(scene->deadline);
	scene->deadline = NULL;
	if (due != INT64_MAX)
		scene->deadline = loop_at(scene->run->loop, due, deadline_due, scene);
	scene->deadline_time = due;
}

static void end_scene(struct scene *scene)
{
	scene->over = true;
	loop_stop(scene->run->loop);
}

/* A run with a real device is long: killed, it must have left what came until then. */
static void write_out(struct run *run)
{
	if (run->log)
		run_log_flush(run->log);
	if (run->recorder)
		recorder_flush(run->recorder);
}

static void take_turn(struct scene *scene)
{
	struct run *run = scene->run;
	const struct action *action;
	int64_t now = loop_now(run->loop);

	if (scene->over)
		return;
	dissector_time(run->dissector, now);
	judge_time(scene->stages.judge, now);
	while (!scene->acting && (action = judge_action(scene->stages.judge)))
		act(scene, action);
	if (stages_next(&scene->stages, now)) {
		end_scene(scene);
		return;
	}
	for (size_t i = 0; i < run->played_count; i++)
		run->played[i].kind->cue(run->played[i].fake);
	if (!run->simulated)
		write_out(run);
	set_deadline(scene);
	if (judge_action(scene->stages.judge) && !scene->acting)
		want_turn(scene);
}

static void time_is_up(void *context)
{
	struct scene *scene = context;

	scene->limit = NULL;
	stages_finish(&scene->stages, loop_now(scene->run->loop),
		  "the scenario went on for longer than any scenario may");
	end_scene(scene);
}

static void report_finding(void *context, const struct chart *chart,
			   const struct finding *finding)
{
	struct scene *scene = context;
	struct run *run = scene->run;

	if (run->log)
		run_log_finding(run->log, chart, finding);
	if (run->terminal)
		terminal_finding(run->terminal, chart, finding);
}

static const char *bench_value(void *context, const char *name)
{
	const struct run *run = context;

	return bench_variable(run->bench, name);
}

/* "femtoproof: dns at 127.0.10.1:40000": the port is the variable ROLE.NAME. */
static void say_listener(const struct run *run, const struct played *played, const char *protocol,
			 const char *variable, struct buffer *comment)
{
	char *name = memory_format("%s.%s", played->role, variable);
	const char *port = bench_variable(run->bench, name);
	char text[ADDRESS_TEXT];
	struct address address;

	free(name);
	bench_address(run->bench, played->role, &address);
	if (port && address.family == 4)
		buffer_format(comment, "\nfemtoproof: %s at %s:%s", protocol,
			      address_host(&address, text), port);
}

/* A service of a file server, at each of its addresses. */
static void say_files(const struct run *run, const struct played *played, const char *protocol,
		      const char *service, struct buffer *comment)
{
	char *name = memory_format("%s.%s-port", played->role, service);
	const char *port = bench_variable(run->bench, name);
	struct address faces[BENCH_FACES_MOST];
	size_t count = bench_faces(run->bench, played->role, service, faces, BENCH_FACES_MOST);
	char text[ADDRESS_TEXT];

	free(name);
	for (size_t i = 0; port && i < count; i++) {
		faces[i].port = (uint16_t)strtoul(port, NULL, 10);
		buffer_format(comment, "\nfemtoproof: %s at %s", protocol,
			      address_text(&faces[i], text));
	}
}

/* What a reader of the recording must know: which scenario begins, and where DNS and IKE are spoken
 * that are not at their own ports. */
static void record_begin(struct run *run, const struct chart *chart)
{
	struct buffer comment = { 0 };

	buffer_format(&comment, "femtoproof: scenario %s begins", chart->name);
	buffer_format(&comment, "\nfemtoproof: actions are told");
	if (strcmp(bench_kind(run->bench), "loopback") != 0)
		buffer_format(&comment, "\nfemtoproof: bench %s", bench_kind(run->bench));
	for (size_t i = 0; i < run->played_count; i++) {
		enum role_kind kind = role_find(run->played[i].role)->kind;

		if (kind == ROLE_DNS)
			say_listener(run, &run->played[i], "dns", "port", &comment);
		if (kind == ROLE_FILE_SERVER) {
			say_files(run, &run->played[i], "files", "http", &comment);
			say_files(run, &run->played[i], "files", "https", &comment);
			say_files(run, &run->played[i], "ftp", "ftp", &comment);
			say_files(run, &run->played[i], "ftp", "ftps", &comment);
			say_files(run, &run->played[i], "sftp", "sftp", &comment);
		}
		if (kind == ROLE_SEGW) {
			say_listener(run, &run->played[i], "ike", "port", &comment);
			say_listener(run, &run->played[i], "ike", "nat-port", &comment);
		}
	}
	/* On a mark, for the time until the first packet counts; and on that packet, for people. */
	recorder_mark(run->recorder, loop_now(run->loop), buffer_text(&comment));
	recorder_comment(run->recorder, buffer_text(&comment));
	buffer_free(&comment);
}

static void record_end(struct run *run, const struct chart *chart, int64_t time)
{
	char *mark = memory_format("femtoproof: scenario %s ends", chart->name);

	if (run->recorder) {
		recorder_mark(run->recorder, time, mark);
		recorder_flush(run->recorder);
	}
	free(mark);
}

static void begin(struct scene *scene, const struct scenario *scenario, size_t number,
		  size_t count)
{
	struct run *run = scene->run;
	int64_t now = loop_now(run->loop);

	run->dissector = dissector_new(dissected, run);
	dissector_set_told(run->dissector);
	for (size_t i = 0; i < run->key_count; i++)
		dissector_key(run->dissector, run->keys[i], NULL);
	run->recorded = 0;
	memset(run->limits_said, 0, sizeof(run->limits_said));
	if (run->recorder)
		record_begin(run, scenario->chart);
	if (run->log)
		run_log_scenario(run->log, scenario->chart, scenario->device,
				 profile_file(run->profile), run->set->statements, now);
	if (run->terminal)
		terminal_scenario(run->terminal, scenario->chart, number, count, now);
}

static void walk(struct scene *scene, const struct scenario *scenario)
{
	struct run *run = scene->run;
	struct problem problem = { "" };
	struct limit limit;
	int64_t longest = SCENE_LIMIT;
	const struct judge_environment environment = {
		.profile = run->profile,
		.rules = run->set->book,
		.statements = run->set->statements,
		.grammar = run->set->grammar,
		.variable = bench_value,
		.variable_context = run,
		.time_scale = run->options->time_scale,
	};

	stages_start(&scene->stages, scenario->chart, &environment, report_finding, scene,
		     loop_now(run->loop));
	scene->device = run_device_new(run, &problem);
	if (!scene->device) {
		stages_broken(&scene->stages, problem.text);
		return;
	}
	if (profile_limit(run->profile, "limit.scenario", &limit))
		longest = limit.microseconds;
	scene->limit = loop_after(run->loop, longest, time_is_up, scene);
	want_turn(scene);
	loop_run(run->loop);
	if (!scene->over) {
		scene->over = true;
		stages_finish(&scene->stages, loop_now(run->loop),
			  loop_signal(run->loop) ? "the run was stopped"
						 : "nothing is left that could happen");
	}
}

enum verdict scene_run(struct run *run, const struct scenario *scenario, size_t number,
		       size_t count)
{
	struct scene scene = { .run = run };
	char reason[512];

	for (size_t i = 0; i < run->played_count; i++)
		run->played[i].kind->reset(run->played[i].fake);
	run->scene = &scene;
	begin(&scene, scenario, number, count);
	walk(&scene, scenario);
	scene.over = true;
	enum verdict verdict = stages_verdict(&scene.stages, reason, sizeof(reason));
	int64_t now = loop_now(run->loop);

	/* What follows is clearing up: it is no longer part of the scenario or its recording. */
	record_end(run, scenario->chart, now);
	run->scene = NULL;
	run_bench_clear(run);
	loop_cancel(scene.turn);
	loop_cancel(scene.deadline);
	loop_cancel(scene.limit);
	run_device_free(scene.device);
	stages_end(&scene.stages);
	if (run->log)
		run_log_verdict(run->log, verdict, reason, now);
	if (run->terminal)
		terminal_verdict(run->terminal, scenario->chart, run->set->statements, verdict,
				 reason, now);
	return verdict;
}
