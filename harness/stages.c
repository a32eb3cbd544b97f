#include "harness/stages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

static void add_chart(struct stages *stages, const struct chart *chart)
{
	for (size_t i = 0; i < stages->count; i++)
		if (stages->charts[i] == chart || strcmp(stages->charts[i]->name, chart->name) == 0)
			return; /* two preambles may come after the same third */
	for (size_t i = 0; i < chart->after_count; i++)
		add_chart(stages, chart->after[i]);
	stages->charts =
		memory_resize(stages->charts, stages->count + 1, sizeof(*stages->charts));
	stages->charts[stages->count++] = chart;
}

/* What the verdict rests on; of a long sentence the end makes room for it. */
static void say_rests(struct stages *stages, const struct finding *finding)
{
	char rests[240];
	size_t room = sizeof(stages->first_bad), used = strlen(stages->first_bad);

	if (!finding->rests)
		return;
	int length = snprintf(rests, sizeof(rests), " (rests on %s)", finding->rests);

	if (length < 0 || (size_t)length >= sizeof(rests)) /* the ids are what counts */
		memory_place(rests + sizeof(rests) - 6, 6, "...)");
	if (used + strlen(rests) >= room)
		used = room - 1 - strlen(rests);
	memory_place(stages->first_bad + used, room - used, rests);
}

/* The reason of the verdict: the step or rule, and its sentence. */
static void say_first_bad(struct stages *stages, const struct finding *finding)
{
	const char *text = finding->text ? finding->text : "";
	const char *name = finding->rule	  ? finding->rule->id
			   : finding->arrow && finding->arrow->step ? finding->arrow->step
								    : NULL;

	if (finding->kind == FINDING_UNMATCHED)
		snprintf(stages->first_bad, sizeof(stages->first_bad),
			 "%s%s%sawaited %s, came %s", name ? "step " : "", name ? name : "",
			 name ? ": " : "", finding->awaited ? finding->awaited : "nothing",
			 finding->came ? finding->came : "nothing");
	else
		snprintf(stages->first_bad, sizeof(stages->first_bad), "%s%s%s%s",
			 !name ? "" : finding->rule ? "rule " : "step ", name ? name : "",
			 name ? ": " : "", text);
	say_rests(stages, finding);
}

static void heard(void *context, const struct finding *finding)
{
	struct stages *stages = context;

	if (finding->verdict > VERDICT_PASS && finding->verdict > stages->worst) {
		stages->worst = finding->verdict;
		say_first_bad(stages, finding);
	}
	stages->finding(stages->context, stages->charts[stages->on], finding);
}

static void begin_stage(struct stages *stages, int64_t time)
{
	struct judge *earlier = stages->judge;

	stages->judge = judge_new(stages->charts[stages->on], &stages->environment,
				  &stages->listener);
	if (earlier)
		judge_inherit(stages->judge, earlier);
	judge_free(earlier);
	judge_start(stages->judge, time);
}

void stages_start(struct stages *stages, const struct chart *chart,
		  const struct judge_environment *environment, stages_finding finding,
		  void *context, int64_t time)
{
	*stages = (struct stages){
		.environment = *environment,
		.listener = { .finding = heard, .context = stages },
		.finding = finding,
		.context = context,
	};
	add_chart(stages, chart);
	begin_stage(stages, time);
}

static bool is_last(const struct stages *stages)
{
	return stages->on + 1 == stages->count;
}

void stages_message(struct stages *stages, const struct message *message)
{
	if (stages->over) {
		/* There may be more than the chart shows; the rules are for all of it. */
		judge_rules(stages->judge, message);
		return;
	}
	judge_message(stages->judge, message);
	/* At once, for the next message may be the next chart's first: so a run, which takes turns,
	 * and a capture, which has none, part the stages at the same place. */
	if (!is_last(stages))
		stages_next(stages, message->time);
}

bool stages_next(struct stages *stages, int64_t time)
{
	while (!stages->over && judge_finished(stages->judge, is_last(stages))) {
		if (is_last(stages) ||
		    verdict_final(judge_verdict(stages->judge)) > VERDICT_PASS) {
			stages_finish(stages, time, "the scenario is over");
		} else {
			stages->on++;
			begin_stage(stages, time);
		}
	}
	return stages->over;
}

void stages_finish(struct stages *stages, int64_t time, const char *reason)
{
	if (!stages->over)
		judge_end(stages->judge, time, reason);
	stages->over = true;
}

void stages_broken(struct stages *stages, const char *text)
{
	snprintf(stages->broken, sizeof(stages->broken), "%s", text);
}

enum verdict stages_verdict(const struct stages *stages, char *reason, size_t size)
{
	const struct chart *chart = stages->charts[stages->on];
	enum verdict verdict = verdict_final(judge_verdict(stages->judge));

	reason[0] = '\0';
	if (stages->broken[0]) {
		snprintf(reason, size, "%s", stages->broken);
		return VERDICT_ERROR;
	}
	if (verdict > VERDICT_PASS)
		snprintf(reason, size, "%s", stages->first_bad);
	if (stages->on + 1 == stages->count)
		return verdict;
	snprintf(reason, size, "its preamble %s did not pass (%s): %s", chart->name,
		 verdict_name(verdict), stages->first_bad);
	return verdict == VERDICT_ERROR ? VERDICT_ERROR : VERDICT_INCONC;
}

void stages_end(struct stages *stages)
{
	judge_free(stages->judge);
	free(stages->charts);
	*stages = (struct stages){ 0 };
}
