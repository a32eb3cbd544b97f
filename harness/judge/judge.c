#include "harness/judge/judge.h"

#include <stdlib.h>

#include "harness/judge/judge-state.h"
#include "protocols/memory.h"

#define SETTLE_DEFAULT INT64_C(5000000)

static int64_t settle_time(const struct judge_environment *environment)
{
	struct limit limit;

	if (!environment->profile || !profile_limit(environment->profile, "limit.settle", &limit))
		return SETTLE_DEFAULT;
	if (limit.source == LIMIT_LAB && environment->time_scale > 0)
		return (int64_t)((double)limit.microseconds * environment->time_scale);
	return limit.microseconds;
}

struct judge *judge_new(const struct chart *chart, const struct judge_environment *environment,
			const struct judge_listener *listener)
{
	struct judge *judge = memory_new(sizeof(*judge));
	const struct rules *rules = environment->rules ? environment->rules->rules : NULL;
	const char *device = environment->profile ? profile_device(environment->profile) : NULL;

	judge->chart = chart;
	judge->environment = *environment;
	if (listener)
		judge->listener = *listener;
	judge->device = device ? device : "";
	judge->complete = INT64_MAX;
	judge->settle = settle_time(environment);
	judge->settled = memory_new((size_t)chart->step_count + 1);
	judge->rules = memory_new(((rules ? rules->count : 0) + 1) * sizeof(*judge->rules));
	network_prepare(judge);
	judge->body = run_new(NULL, chart->body);
	evaluation_begin(&judge->evaluation, environment->profile, judge_variable, judge);
	judge->evaluation.grammar = environment->grammar;
	return judge;
}

void judge_free(struct judge *judge)
{
	if (!judge)
		return;
	judge_cue_free(judge);
	run_free(judge->body);
	evaluation_end(&judge->evaluation);
	for (size_t i = 0; i < judge->kept_count; i++) {
		free(judge->kept[i].name);
		free(judge->kept[i].value);
	}
	free(judge->kept);
	free(judge->nevers);
	free(judge->settled);
	rules_free_states(judge);
	free(judge);
}

void judge_start(struct judge *judge, int64_t time)
{
	if (judge->started)
		return;
	judge->started = true;
	judge->now = time;
	judge->body->dated = true;
	judge->body->since = time;
	judge->body->touched = true;
	run_advance(judge, judge->body, time);
	judge_account(judge, time);
}

void judge_close(struct judge *judge, int64_t time)
{
	if (judge->closed)
		return;
	judge->closed = true;
	if (!judge->stopped)
		run_leave(judge, judge->body, time);
	never_over(judge, time, true, NULL);
	rules_sum_up(judge, time);
}

/* What still waits when nothing more will come. */
static void end_waiting(struct judge *judge, int64_t time, const char *reason)
{
	struct awaited awaited;

	judge_awaited(judge, &awaited);
	if (awaited.open)
		return;
	const struct node *node = awaited_blamed(judge, &awaited);
	bool action = node && node->item->kind == ITEM_ACTION;
	char *notation = awaited_notation(&awaited);
	char *text = memory_format("%s before this%s", reason ? reason : "the run ends",
				   node ? action ? " was done" : " came" : " wait is over");
	struct finding finding = {
		.kind = FINDING_STEP,
		.verdict = VERDICT_INCONC,
		.arrow = node && !action ? node->item->arrow : NULL,
		.action = action ? node->item->action : NULL,
		.time = time,
		.text = text,
		.awaited = notation,
		.came = "nothing",
	};

	finding_give(judge, &finding);
	judge_stop(judge, node ? node_number(node) : 0, time);
	free(notation);
	free(text);
}

void judge_end(struct judge *judge, int64_t time, const char *reason)
{
	if (judge->ended)
		return;
	if (!judge->started)
		judge_start(judge, time);
	judge_due(judge, time);
	if (!judge->closed) {
		end_waiting(judge, time, reason);
		never_over(judge, time, true, reason);
		judge_close(judge, time);
	}
	judge->ended = true;
}

enum verdict judge_verdict(const struct judge *judge)
{
	return judge_finished(judge, true) ? verdict_final(judge->verdict) : judge->verdict;
}
