/* Runs and nodes: see judge-state.h. */
#include <stdlib.h>

#include "harness/judge/judge-state.h"
#include "protocols/memory.h"

struct run *run_new(struct node *parent, const struct sequence *sequence)
{
	struct run *run = memory_new(sizeof(*run));

	run->parent = parent;
	run->sequence = sequence;
	return run;
}

static void node_free(struct node *node)
{
	run_free(node->runs);
	free(node);
}

void run_free(struct run *run)
{
	while (run) {
		struct run *next = run->next;

		while (run->first) {
			struct node *behind = run->first->next;
			node_free(run->first);
			run->first = behind;
		}
		free(run);
		run = next;
	}
}

static struct node *node_new(struct run *owner, const struct item *item)
{
	struct node *node = memory_new(sizeof(*node));

	node->owner = owner;
	node->item = item;
	return node;
}

struct node *run_first(struct run *run)
{
	if (!run->begun) {
		run->begun = true;
		run->rest = run->sequence->first;
	}
	if (!run->first && run->rest)
		run->first = node_new(run, run->rest);
	return run->first;
}

struct node *node_next(struct node *node)
{
	if (!node->next && node->item->next)
		node->next = node_new(node->owner, node->item->next);
	return node->next;
}

/* Takes the first node off its run. */
static void drop_first(struct run *run)
{
	struct node *node = run->first;

	run->rest = node->item->next;
	run->first = node->next;
	node_free(node);
}

int64_t run_since(const struct judge *judge, const struct run *run)
{
	while (!run->dated && run->parent)
		run = run->parent->owner;
	return run->dated ? run->since : judge->now;
}

static enum truth guard_truth(struct judge *judge, const struct run *run)
{
	judge_about(judge, judge->message, run_since(judge, run));
	return evaluation_holds(&judge->evaluation, run->sequence->guard);
}

bool run_feasible(struct judge *judge, struct run *run)
{
	if (!run->sequence->guard || run->guard == GUARD_HOLDS)
		return true;
	return run->guard == GUARD_OPEN && guard_truth(judge, run) == TRUTH_YES;
}

/* Control is at the fragment: its guard is evaluated for good. */
static bool guard_settle(struct judge *judge, struct run *run, int64_t time)
{
	if (!run->sequence->guard) {
		run->guard = GUARD_HOLDS;
		return true;
	}
	enum truth truth = guard_truth(judge, run);

	if (truth == TRUTH_UNKNOWN)
		finding_error(judge, time, NULL, judge->message, run->sequence->guard);
	run->guard = truth == TRUTH_YES ? GUARD_HOLDS : GUARD_FAILS;
	return run->guard == GUARD_HOLDS;
}

struct run *node_runs(struct node *node)
{
	struct run **end = &node->runs;

	if (node->runs)
		return node->runs;
	for (const struct sequence *branch = node->item->branches; branch; branch = branch->next) {
		*end = run_new(node, branch);
		end = &(*end)->next;
		if (node->item->kind != ITEM_ALT && node->item->kind != ITEM_PAR)
			break;
	}
	return node->runs;
}

bool loop_may_go_on(const struct node *node)
{
	return node->item->most < 0 || node->iterations + 1 < node->item->most;
}

struct run *loop_following(struct node *node)
{
	struct run *current = node_runs(node);

	if (!current->next)
		current->next = run_new(node, node->item->branches);
	return current->next;
}

bool arrow_vanishes(const struct arrow *arrow)
{
	for (size_t i = 0; i < arrow->fault_count; i++)
		if (!arrow->faults[i].kind->appears_as)
			return true;
	return false;
}

static void pass_over(struct judge *judge, struct node *node, int64_t time);

/* Control is past a never: it watches from now on, if it does not already. */
static void pass_never(struct judge *judge, struct node *node, int64_t time)
{
	if (node->taken)
		never_sure(judge, node->item);
	else if (!judge->closed && guard_settle(judge, node_runs(node), time))
		never_start(judge, node->item, time, true);
	node->taken = true;
}

void run_leave(struct judge *judge, struct run *run, int64_t time)
{
	for (struct node *left = run_first(run); left; left = node_next(left))
		pass_over(judge, left, time);
}

/* What is left out of a run because something behind it came. */
static void pass_over(struct judge *judge, struct node *node, int64_t time)
{
	const struct item *item = node->item;

	switch (item->kind) {
	case ITEM_NEVER:
		pass_never(judge, node, time);
		break;
	case ITEM_ARROW:
		if (judge->environment.observing)
			finding_passed(judge, node, NULL, time, "nothing of it is to be seen");
		break;
	case ITEM_ACTION:
		if (!node->taken)
			finding_passed(judge, node, NULL, time, NULL);
		break;
	default:
		for (struct run *run = node->runs; run; run = run->next) {
			if (run->touched && (!node->chosen || node->chosen == run))
				run_leave(judge, run, time);
		}
	}
}

static void choose(struct judge *judge, struct node *node, struct run *run, int64_t time)
{
	if (node->item->kind == ITEM_ALT) {
		node->chosen = run;
	} else if (node->item->kind == ITEM_LOOP && run != node->runs) {
		struct run *current = node->runs;

		run_leave(judge, current, time);
		current->next = NULL;
		node->runs = run;
		run_free(current);
		node->iterations++;
	}
}

/* All branches of a par begin now. */
static int reach_par(struct judge *judge, struct node *node, int64_t time)
{
	int64_t since = run_since(judge, node->owner);
	int count = 0;

	for (struct run *run = node_runs(node); run; run = run->next) {
		if (!run->dated)
			run->since = since;
		run->dated = true;
		if (run->touched || guard_settle(judge, run, time))
			count++;
	}
	return count;
}

void node_commit(struct judge *judge, struct node *node, int64_t time)
{
	while (node) {
		struct run *run = node->owner;

		if (node->item->kind == ITEM_PAR && !node->reached)
			reach_par(judge, node, time);
		while (run->first != node) {
			pass_over(judge, run->first, time);
			drop_first(run);
		}
		node->reached = true;
		run->touched = true;
		run->guard = GUARD_HOLDS;
		node = run->parent;
		if (node)
			choose(judge, node, run, time);
	}
}

void node_done(struct judge *judge, struct node *node, int64_t time)
{
	struct run *run = node->owner;

	drop_first(run);
	for (; run; run = run->parent ? run->parent->owner : NULL) {
		run->dated = true;
		run->since = time;
	}
	run_advance(judge, judge->body, time);
}

/* What happens when control comes to a fragment; false = it is done with already. */
static bool reach_fragment(struct judge *judge, struct node *node, int64_t time)
{
	struct run *feasible = NULL;
	int count = 0;

	if (node->item->kind == ITEM_PAR)
		return reach_par(judge, node, time) > 0;
	for (struct run *run = node_runs(node); run; run = run->next) {
		if (guard_settle(judge, run, time)) {
			feasible = run;
			count++;
		}
	}
	if (node->item->kind == ITEM_ALT && count == 1)
		node->chosen = feasible;
	return count > 0 && !(node->item->kind == ITEM_LOOP && node->item->most == 0);
}

/* false = the node is done with, control goes on behind it. */
static bool reach(struct judge *judge, struct node *node, int64_t time)
{
	const struct item *item = node->item;

	node->reached = true;
	switch (item->kind) {
	case ITEM_ARROW:
	case ITEM_WAIT:
		return true;
	case ITEM_ACTION:
		if (!judge_actions_pass(judge))
			return true;
		finding_passed(judge, node, NULL, time, NULL);
		return false;
	case ITEM_NEVER:
		pass_never(judge, node, time);
		return false;
	default:
		return item->branches && reach_fragment(judge, node, time);
	}
}

static bool run_over(struct run *run)
{
	return run_first(run) == NULL;
}

/* An iteration is over: the next one, or false when there is none. One in which nothing was
 * settled ends the loop: all others would be like it. */
static bool loop_advance(struct judge *judge, struct node *node, int64_t time)
{
	while (true) {
		struct run *run = node->runs;

		if (run->touched || node->iterations < node->item->least)
			run_advance(judge, run, time);
		if (!run_over(run))
			return true;
		if (!run->touched || !loop_may_go_on(node))
			return false;
		struct run *following = loop_following(node);
		run->next = NULL;
		run_free(run);
		node->runs = following;
		node->iterations++;
		if (!guard_settle(judge, following, time))
			return false;
	}
}

static bool par_advance(struct judge *judge, struct node *node, int64_t time)
{
	bool under_way = false;

	for (struct run *run = node->runs; run; run = run->next) {
		if (run->guard == GUARD_FAILS)
			continue;
		run_advance(judge, run, time);
		under_way |= !run_over(run);
	}
	return under_way;
}

/* Is the node, whose turn it is, still under way? */
static bool under_way(struct judge *judge, struct node *node, int64_t time)
{
	struct run *run = node->item->kind == ITEM_ALT ? node->chosen : node->runs;

	switch (node->item->kind) {
	case ITEM_ALT:
	case ITEM_OPT:
	case ITEM_SEQUENCE:
		if (!run || (node->item->kind == ITEM_OPT && !run->touched))
			return true;
		run_advance(judge, run, time);
		return !run_over(run);
	case ITEM_PAR:
		return par_advance(judge, node, time);
	case ITEM_LOOP:
		return loop_advance(judge, node, time);
	default:
		return true;
	}
}

void run_advance(struct judge *judge, struct run *run, int64_t time)
{
	struct node *node;

	while ((node = run_first(run))) {
		if (!node->reached && !reach(judge, node, time)) {
			drop_first(run);
			continue;
		}
		if (under_way(judge, node, time))
			return;
		drop_first(run);
	}
}
