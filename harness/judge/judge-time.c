/* Deadlines, waits and the settle time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/judge-state.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"

#define SECOND INT64_C(1000000)
#define STEP_DEFAULT (60 * SECOND)
#define TIME_MOST (INT64_MAX / 4)
#define LISTED_MOST 8

const char *seconds_text(int64_t microseconds, char text[32])
{
	snprintf(text, 32, "%.10g s", (double)microseconds / 1e6);
	return text;
}

static int64_t later(int64_t time, int64_t by)
{
	return by > TIME_MOST || time > TIME_MOST ? INT64_MAX : time + by;
}

/* A duration named by a variable is one of the profile's limits, or a number of seconds. */
static bool variable_limit(struct judge *judge, const char *name, struct limit *limit)
{
	const struct profile *profile = judge->environment.profile;

	if (profile && profile_limit(profile, name, limit))
		return true;
	const char *text = judge_variable(judge, name);
	char *end = NULL;
	double seconds = text ? strtod(text, &end) : -1;

	if (!text || end == text || *end != '\0' || !(seconds >= 0 && seconds < 1e9))
		return false;
	*limit = (struct limit){ .microseconds = (int64_t)(seconds * 1e6), .source = LIMIT_LAB };
	return true;
}

static struct limit term_limit(struct judge *judge, const struct duration *duration)
{
	struct limit limit = {
		.microseconds = duration->microseconds,
		.source = duration->source,
		.reference = duration->reference,
	};

	if (!duration->variable || variable_limit(judge, duration->variable, &limit))
		return limit;
	limit.microseconds = STEP_DEFAULT;
	limit.source = LIMIT_LAB;
	if (!judge->limit_missing) {
		char *text = memory_format("the profile has no duration $%s; 60 s are taken",
					   duration->variable);
		struct finding finding = {
			.kind = FINDING_STEP,
			.verdict = VERDICT_ERROR,
			.time = judge->now,
			.text = text,
		};
		judge->limit_missing = true;
		finding_give(judge, &finding);
		free(text);
	}
	return limit;
}

/* Is that part of the sum the laboratory's? Of a sum that a standard sets its literals are, too. */
static bool is_laboratory(const struct duration *sum, const struct duration *term,
			  const struct limit *limit)
{
	return term->variable ? limit->source == LIMIT_LAB : sum->source != LIMIT_STANDARD;
}

/* Of a sum that a standard sets, the laboratory's part is stretched with the laboratory. */
static int64_t stretched(const struct judge *judge, const struct limit *limit,
			 enum limit_source whole)
{
	double scale = judge->environment.time_scale;

	return whole == LIMIT_STANDARD && limit->source == LIMIT_LAB && scale > 0
		       ? (int64_t)((double)limit->microseconds * scale)
		       : limit->microseconds;
}

/* A term with a share is no less than that of what stands before it, before anything is stretched. */
static void widen(struct limit *limit, const struct duration *term, int64_t before)
{
	if (before > TIME_MOST)
		before = TIME_MOST;
	int64_t share = before > 0 ? (int64_t)((double)before * term->share) : 0;

	if (share > limit->microseconds)
		limit->microseconds = share;
}

struct limit duration_limit(struct judge *judge, const struct duration *duration)
{
	struct limit sum = term_limit(judge, duration), limit;
	int64_t before = sum.microseconds;

	if (duration->source == LIMIT_STANDARD) {
		sum.microseconds = stretched(judge, &sum, duration->variable ? LIMIT_STANDARD
									       : LIMIT_LAB);
		sum.source = LIMIT_STANDARD;
		sum.reference = duration->reference;
	}
	for (const struct duration *term = duration->next; term; term = term->next) {
		limit = term_limit(judge, term);
		widen(&limit, term, before);
		int64_t length = term->variable ? stretched(judge, &limit, sum.source)
						: limit.microseconds;

		before = later(before, term->minus ? -limit.microseconds : limit.microseconds);
		length = term->minus ? -length : length;
		sum.microseconds = later(sum.microseconds, length);
		sum.laboratory += is_laboratory(duration, term, &limit) ? length : 0;
	}
	if (sum.microseconds < 0)
		sum.microseconds = 0;
	return sum;
}

bool arrow_limit(struct judge *judge, const struct arrow *arrow, struct limit *limit)
{
	const struct profile *profile = judge->environment.profile;

	if (arrow->within) {
		*limit = duration_limit(judge, arrow->within);
	} else {
		if (judge->environment.observing && !judge_under_test(judge, arrow->from))
			return false;
		if (!profile || !profile_limit(profile, "limit.step", limit))
			*limit = (struct limit){ .microseconds = STEP_DEFAULT };
	}
	if (limit->source == LIMIT_LAB && judge->environment.time_scale > 0)
		limit->microseconds =
			(int64_t)((double)limit->microseconds * judge->environment.time_scale);
	return true;
}

/* --- what has to come next --- */

static void await_nothing(struct awaited *awaited)
{
	memset(awaited, 0, sizeof(*awaited));
	awaited->late_at = INT64_MAX;
	awaited->wait_until = INT64_MAX;
}

static void await_node(struct awaited *awaited, struct node *node)
{
	if (awaited->count < AWAITED_MOST)
		awaited->nodes[awaited->count++] = node;
}

static void await_arrow(struct judge *judge, struct node *node, struct awaited *awaited)
{
	const struct arrow *arrow = node->item->arrow;
	struct limit limit;

	await_node(awaited, node);
	if (!arrow_limit(judge, arrow, &limit))
		return;
	for (size_t i = 0; node->taken && i < arrow->fault_count; i++)
		if (arrow->faults[i].kind->argument == ARGUMENT_DURATION)
			limit.microseconds = later(limit.microseconds, arrow->faults[i].number);
	int64_t at = later(run_since(judge, node->owner), limit.microseconds);
	if (at < awaited->late_at) {
		awaited->late_at = at;
		awaited->late = node;
	}
}

static void await_wait(struct judge *judge, struct node *node, struct awaited *awaited)
{
	int64_t length = duration_limit(judge, node->item->duration).microseconds;
	int64_t at = later(run_since(judge, node->owner), length > 0 ? length : 1);

	if (at < awaited->wait_until) {
		awaited->wait_until = at;
		awaited->wait = node;
	}
}

static bool await_run(struct judge *judge, struct run *run, struct awaited *awaited);

static void await_add_nodes(struct awaited *awaited, const struct awaited *branch)
{
	for (size_t i = 0; i < branch->count; i++)
		await_node(awaited, branch->nodes[i]);
	if (branch->wait_until < awaited->wait_until) {
		awaited->wait_until = branch->wait_until;
		awaited->wait = branch->wait;
	}
}

/* An undecided alt is late when its most patient branch is. */
static bool await_alt(struct judge *judge, struct node *node, struct awaited *awaited)
{
	struct awaited all, branch;
	bool open = false;

	if (node->chosen)
		return await_run(judge, node->chosen, awaited);
	await_nothing(&all);
	all.late_at = 0;
	for (struct run *run = node_runs(node); run; run = run->next) {
		if (!run_feasible(judge, run))
			continue;
		await_nothing(&branch);
		open |= await_run(judge, run, &branch);
		await_add_nodes(&all, &branch);
		if (branch.late_at > all.late_at) {
			all.late_at = branch.late_at;
			all.late = branch.late;
		}
	}
	if (open || !all.late_at)
		return true;
	await_add_nodes(awaited, &all);
	if (all.late_at < awaited->late_at) {
		awaited->late_at = all.late_at;
		awaited->late = all.late;
	}
	return false;
}

static bool await_loop(struct judge *judge, struct node *node, struct awaited *awaited)
{
	struct run *run = node_runs(node);
	int least = node->item->least;

	if (!run->touched)
		return node->iterations >= least || !run_feasible(judge, run) ||
		       await_run(judge, run, awaited);
	if (!await_run(judge, run, awaited))
		return false;
	return node->iterations + 1 >= least || await_run(judge, loop_following(node), awaited);
}

static bool await_par(struct judge *judge, struct node *node, struct awaited *awaited)
{
	bool open = true;

	for (struct run *run = node_runs(node); run; run = run->next)
		if (run_feasible(judge, run))
			open &= await_run(judge, run, awaited);
	return open;
}

/* true = nothing at this node has to come. */
static bool await_at(struct judge *judge, struct node *node, struct awaited *awaited)
{
	switch (node->item->kind) {
	case ITEM_ARROW:
		if (arrow_vanishes(node->item->arrow))
			return true;
		await_arrow(judge, node, awaited);
		return false;
	case ITEM_ACTION:
		if (judge_actions_pass(judge))
			return true;
		await_node(awaited, node);
		return false;
	case ITEM_WAIT:
		await_wait(judge, node, awaited);
		return false;
	case ITEM_NEVER:
		return true;
	case ITEM_ALT:
		return await_alt(judge, node, awaited);
	case ITEM_OPT:
		return !node_runs(node)->touched || await_run(judge, node_runs(node), awaited);
	case ITEM_PAR:
		return await_par(judge, node, awaited);
	case ITEM_LOOP:
		return await_loop(judge, node, awaited);
	case ITEM_SEQUENCE:
		return await_run(judge, node_runs(node), awaited);
	}
	return true;
}

static bool await_run(struct judge *judge, struct run *run, struct awaited *awaited)
{
	for (struct node *node = run_first(run); node; node = node_next(node))
		if (!await_at(judge, node, awaited))
			return false;
	return true;
}

void judge_awaited(struct judge *judge, struct awaited *awaited)
{
	await_nothing(awaited);
	awaited->open = judge->stopped || await_run(judge, judge->body, awaited);
}

/* --- what is due --- */

/* " (5 s of it are the lab's)"; "" where the whole limit is of one. New memory. */
static char *laboratory_text(const struct limit *limit)
{
	char length[32];

	if (limit->source != LIMIT_STANDARD || limit->laboratory == 0)
		return memory_text("");
	return limit->laboratory > 0
		       ? memory_format(" (%s of it are the lab's)",
				       seconds_text(limit->laboratory, length))
		       : memory_format(" (less %s of the lab's)",
				       seconds_text(-limit->laboratory, length));
}

static void say_late(struct judge *judge, const struct awaited *awaited, int64_t time)
{
	const struct arrow *arrow = awaited->late->item->arrow;
	bool device = judge_under_test(judge, arrow->from);
	struct limit limit = { .microseconds = 0 };
	char length[32];

	arrow_limit(judge, arrow, &limit);
	bool standard = limit.source == LIMIT_STANDARD;
	char *notation = awaited_notation(awaited), *part = laboratory_text(&limit);
	char *text = memory_format("it did not come within %s, a limit of %s%s%s%s",
				   seconds_text(limit.microseconds, length),
				   standard ? "the standard" : "the lab",
				   limit.reference ? ": " : "",
				   limit.reference ? limit.reference : "", part);
	struct finding finding = {
		.kind = FINDING_STEP,
		.verdict = standard && device ? VERDICT_FAIL : VERDICT_INCONC,
		.arrow = arrow,
		.time = time,
		.text = text,
		.awaited = notation,
		.came = "nothing",
	};
	finding_give(judge, &finding);
	judge_stop(judge, arrow->number, time);
	free(notation);
	free(part);
	free(text);
}

void judge_due(struct judge *judge, int64_t time)
{
	struct awaited awaited;

	while (!judge->closed) {
		judge_awaited(judge, &awaited);
		int64_t settled = judge->complete == INT64_MAX
					  ? INT64_MAX : later(judge->complete, judge->settle);
		int64_t never = never_due(judge);

		int64_t first = never < awaited.wait_until ? never : awaited.wait_until;
		if (first <= time && first > judge->now)
			judge->now = first;
		if (never <= time && never <= awaited.wait_until && never <= awaited.late_at) {
			never_over(judge, never, false, NULL);
		} else if (awaited.wait_until <= time && awaited.wait_until <= awaited.late_at) {
			node_commit(judge, awaited.wait, awaited.wait_until);
			node_done(judge, awaited.wait, awaited.wait_until);
			judge_account(judge, awaited.wait_until);
		} else if (awaited.late_at < time) {
			say_late(judge, &awaited, awaited.late_at);
		} else if (settled <= time && never == INT64_MAX) {
			judge_close(judge, settled);
		} else {
			break;
		}
	}
	if (time > judge->now)
		judge->now = time;
}

void judge_time(struct judge *judge, int64_t now)
{
	if (judge->started && !judge->ended)
		judge_due(judge, now);
}

int64_t judge_deadline(const struct judge *judge)
{
	struct awaited awaited;
	int64_t due = never_due(judge);

	if (!judge->started || judge->ended || judge->closed)
		return INT64_MAX;
	/* Looking makes nodes, which changes nothing that anybody could see. */
	judge_awaited((struct judge *)(uintptr_t)judge, &awaited);
	if (awaited.wait_until < due)
		due = awaited.wait_until;
	if (awaited.late_at < INT64_MAX && awaited.late_at + 1 < due)
		due = awaited.late_at + 1; /* at its end a time is not over yet */
	if (judge->complete != INT64_MAX && never_due(judge) == INT64_MAX &&
	    later(judge->complete, judge->settle) < due)
		due = later(judge->complete, judge->settle);
	return due;
}

bool judge_finished(const struct judge *judge, bool settle)
{
	if (judge->ended || judge->closed)
		return true;
	return judge->complete != INT64_MAX && never_due(judge) == INT64_MAX &&
	       (!settle || judge->now >= later(judge->complete, judge->settle));
}

/* --- the end --- */

/* A never that nothing but what may be left out stands before begins to watch. */
static bool watch_never(void *context, struct node *node)
{
	struct judge *judge = context;
	struct run *branch = NULL;

	if (node->item->kind != ITEM_NEVER || node->taken)
		return false;
	for (const struct run *run = node->owner; run->parent; run = run->parent->owner)
		if (!run->touched && run->parent->item->kind != ITEM_SEQUENCE)
			return false;
	branch = node_runs(node);
	if (branch && run_feasible(judge, branch)) {
		node->taken = true;
		never_start(judge, node->item, judge->now, false);
	}
	return false;
}

void judge_account(struct judge *judge, int64_t time)
{
	judge->other_spoke[0] = '\0';
	if (time > judge->now)
		judge->now = time;
	if (judge->stopped)
		return;
	bool open = judge_walk(judge, WALK_FOR_MESSAGE, watch_never, judge) == WALK_OPEN;
	judge->complete = open ? time : INT64_MAX;
}

static const char *item_label(const struct item *item)
{
	if (item->kind == ITEM_ACTION)
		return item->action->step ? item->action->step : item->action->name;
	return item->arrow->step ? item->arrow->step : item->arrow->message;
}

/* Lists the steps behind the number that were never settled. */
static void list_later(const struct judge *judge, const struct sequence *branch, int number,
		       struct buffer *list, int *count)
{
	for (; branch; branch = branch->next) {
		for (const struct item *item = branch->first; item; item = item->next) {
			int own = item->kind == ITEM_ARROW    ? item->arrow->number
				  : item->kind == ITEM_ACTION ? item->action->number : 0;

			if (own > number && !judge->settled[own] && ++*count <= LISTED_MOST)
				buffer_format(list, "%s%s", list->length > 0 ? ", " : "",
					      item_label(item));
			if (item->kind != ITEM_NEVER)
				list_later(judge, item->branches, number, list, count);
		}
	}
}

void judge_stop(struct judge *judge, int number, int64_t time)
{
	struct buffer list = { 0 };
	int count = 0;

	if (judge->stopped)
		return;
	judge->stopped = true;
	judge->complete = time;
	list_later(judge, judge->chart->body, number > 0 ? number : judge->last_settled, &list,
		   &count);
	if (count > 0)
		finding_note(judge, time, NULL, "not reached: %s%s", buffer_text(&list),
			     count > LISTED_MOST ? ", ..." : "");
	buffer_free(&list);
}
