/* What could come next: see judge.h, how a message finds its arrow. */
#include <string.h>

#include "harness/judge/judge-state.h"

struct walker {
	struct judge *judge;
	enum walk_for what;
	bool (*visit)(void *context, struct node *node);
	void *context;
};

static enum walk walk_run(const struct walker *walker, struct run *run);

static enum walk walk_alt(const struct walker *walker, struct node *node)
{
	bool open = false, feasible = false;

	for (struct run *run = node_runs(node); run; run = run->next) {
		if (node->chosen ? run != node->chosen : !run_feasible(walker->judge, run))
			continue;
		enum walk result = walk_run(walker, run);
		if (result == WALK_STOP)
			return WALK_STOP;
		feasible = true;
		open |= result == WALK_OPEN;
	}
	return open || !feasible ? WALK_OPEN : WALK_SHUT;
}

static enum walk walk_par(const struct walker *walker, struct node *node)
{
	bool open = true;

	for (struct run *run = node_runs(node); run; run = run->next) {
		if (!run_feasible(walker->judge, run))
			continue;
		enum walk result = walk_run(walker, run);
		if (result == WALK_STOP)
			return WALK_STOP;
		open &= result == WALK_OPEN;
	}
	return open ? WALK_OPEN : WALK_SHUT;
}

static enum walk walk_opt(const struct walker *walker, struct node *node)
{
	struct run *run = node_runs(node);

	if (!run->touched && !run_feasible(walker->judge, run))
		return WALK_OPEN;
	enum walk result = walk_run(walker, run);

	return result == WALK_SHUT && !run->touched ? WALK_OPEN : result;
}

static enum walk walk_loop(const struct walker *walker, struct node *node)
{
	struct run *run = node_runs(node);
	int least = node->item->least;

	if (node->item->most == 0 || (!run->touched && !run_feasible(walker->judge, run)))
		return WALK_OPEN;
	enum walk result = walk_run(walker, run);
	if (result == WALK_STOP)
		return WALK_STOP;
	if (!run->touched)
		return node->iterations >= least ? WALK_OPEN : result;
	if (result == WALK_SHUT)
		return WALK_SHUT;
	if (loop_may_go_on(node) && run_feasible(walker->judge, loop_following(node))) {
		result = walk_run(walker, loop_following(node));
		if (result == WALK_STOP)
			return WALK_STOP;
	}
	return node->iterations + 1 >= least ? WALK_OPEN : result;
}

static enum walk walk_leaf(const struct walker *walker, struct node *node, bool open)
{
	if (walker->visit && walker->visit(walker->context, node))
		return WALK_STOP;
	return open ? WALK_OPEN : WALK_SHUT;
}

struct node *node_delivered(struct node *node)
{
	const struct arrow *arrow = node->item->arrow;
	struct node *next;

	if (node->item->kind != ITEM_ARROW || strcmp(arrow->message, "FileContents") != 0)
		return NULL;
	next = node_next(node);
	return next && next->item->kind == ITEM_ARROW &&
			       !strcmp(next->item->arrow->message, "FilePutResponse") ? next : NULL;
}

static enum walk walk_arrow(const struct walker *walker, struct node *node)
{
	struct node *answer = walker->what == WALK_FOR_CUE ? node_delivered(node) : NULL;
	enum walk result = walk_leaf(walker, node, arrow_vanishes(node->item->arrow));

	if (result != WALK_STOP && answer && walk_leaf(walker, answer, false) == WALK_STOP)
		return WALK_STOP;
	return result;
}

static enum walk walk_node(const struct walker *walker, struct node *node)
{
	switch (node->item->kind) {
	case ITEM_ARROW:
		return walk_arrow(walker, node);
	case ITEM_ACTION:
		return walk_leaf(walker, node,
				 judge_actions_pass(walker->judge) ||
					 (walker->what == WALK_FOR_MESSAGE && node->taken));
	case ITEM_WAIT:
		return WALK_SHUT;
	case ITEM_NEVER:
		return walk_leaf(walker, node, true);
	case ITEM_ALT:
		return walk_alt(walker, node);
	case ITEM_OPT:
		return walk_opt(walker, node);
	case ITEM_PAR:
		return walk_par(walker, node);
	case ITEM_LOOP:
		return walk_loop(walker, node);
	case ITEM_SEQUENCE:
		return walk_run(walker, node_runs(node));
	}
	return WALK_SHUT;
}

static enum walk walk_run(const struct walker *walker, struct run *run)
{
	for (struct node *node = run_first(run); node; node = node_next(node)) {
		enum walk result = walk_node(walker, node);
		if (result != WALK_OPEN)
			return result;
	}
	return WALK_OPEN;
}

enum walk judge_walk(struct judge *judge, enum walk_for what,
		     bool (*visit)(void *context, struct node *node), void *context)
{
	struct walker walker = {
		.judge = judge,
		.what = what,
		.visit = visit,
		.context = context,
	};

	return walk_run(&walker, judge->body);
}
