/* never: messages that must not come, watched for beside the flow. */
#include <stdlib.h>

#include "harness/judge/judge-state.h"
#include "protocols/memory.h"

void never_sure(struct judge *judge, const struct item *item)
{
	for (size_t i = 0; i < judge->never_count; i++)
		if (judge->nevers[i].item == item)
			judge->nevers[i].sure = true;
}

void never_start(struct judge *judge, const struct item *item, int64_t time, bool sure)
{
	int64_t end = INT64_MAX;

	if (item->duration)
		end = time + duration_limit(judge, item->duration).microseconds;
	judge->nevers =
		memory_resize(judge->nevers, judge->never_count + 1, sizeof(*judge->nevers));
	judge->nevers[judge->never_count++] = (struct never){
		.item = item,
		.start = time,
		.end = end,
		.sure = sure,
	};
}

static void report(struct judge *judge, const struct arrow *arrow, const struct message *message)
{
	char *came = message_notation(message), *must_not = arrow_text(arrow);
	char *awaited = memory_format("never %s", must_not);
	struct finding finding = {
		.kind = FINDING_NEVER,
		.verdict = judge_under_test(judge, message->from) ? VERDICT_FAIL : VERDICT_INCONC,
		.arrow = arrow,
		.message = message,
		.time = message->time,
		.text = "it came, and must not",
		.awaited = awaited,
		.came = came,
	};

	judge->settled[arrow->number] = true;
	finding_give(judge, &finding);
	free(awaited);
	free(must_not);
	free(came);
}

/* The arrow of the branches that the message is, or NULL. */
static const struct arrow *find(struct judge *judge, const struct sequence *branch,
				const struct message *message, int64_t since)
{
	for (; branch; branch = branch->next) {
		for (const struct item *item = branch->first; item; item = item->next) {
			const struct arrow *arrow = item->arrow;

			if (item->kind != ITEM_ARROW)
				arrow = find(judge, item->branches, message, since);
			else if (!pattern_fits(arrow, message) ||
				 arrow_first_failing(judge, arrow, message, since) <
					 arrow->check_count)
				arrow = NULL;
			if (arrow)
				return arrow;
		}
	}
	return NULL;
}

void never_ready(struct judge *judge)
{
	for (size_t i = 0; i < judge->never_count; i++) {
		judge->nevers[i].watching = true;
		judge->nevers[i].was_sure = judge->nevers[i].sure;
	}
}

bool never_look(struct judge *judge, const struct message *message, bool taken)
{
	bool broken = false;

	for (size_t i = 0; i < judge->never_count; i++) {
		struct never *never = &judge->nevers[i];

		if (message->repeat || !never->watching || (taken && !never->was_sure))
			continue;
		const struct arrow *arrow =
			find(judge, never->item->branches, message, never->start);
		if (!arrow)
			continue;
		broken = true;
		if (!never->broken)
			report(judge, arrow, message);
		never->broken = true;
	}
	return broken;
}

int64_t never_due(const struct judge *judge)
{
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < judge->never_count; i++)
		if (judge->nevers[i].end < due)
			due = judge->nevers[i].end;
	return due;
}

/* Its arrows are steps that went well: nothing came. */
static void settle(struct judge *judge, const struct sequence *branch, enum verdict verdict,
		   const char *text, int64_t time)
{
	for (; branch; branch = branch->next) {
		for (const struct item *item = branch->first; item; item = item->next) {
			if (item->kind != ITEM_ARROW) {
				settle(judge, item->branches, verdict, text, time);
				continue;
			}
			struct finding finding = {
				.kind = FINDING_STEP,
				.verdict = verdict,
				.arrow = item->arrow,
				.time = time,
				.text = text,
			};
			judge->settled[item->arrow->number] = true;
			finding_give(judge, &finding);
		}
	}
}

static void over(struct judge *judge, const struct never *never, int64_t time,
		 const char *reason)
{
	char *text = NULL, length[32];

	if (never->broken)
		return;
	if (never->end != INT64_MAX && time < never->end) {
		text = memory_format("%s %s before the time is over",
				     reason ? reason : "the run ends",
				     seconds_text(never->end - time, length));
		settle(judge, never->item->branches, VERDICT_INCONC, text, time);
	} else {
		text = never->end == INT64_MAX
			       ? memory_text("it did not come")
			       : memory_format("it did not come for %s",
					       seconds_text(never->end - never->start, length));
		settle(judge, never->item->branches, VERDICT_PASS, text, time);
	}
	free(text);
}

void never_over(struct judge *judge, int64_t time, bool all, const char *reason)
{
	size_t left = 0;

	for (size_t i = 0; i < judge->never_count; i++) {
		struct never never = judge->nevers[i];

		if (all || never.end <= time)
			over(judge, &never, time, reason);
		else
			judge->nevers[left++] = never;
	}
	judge->never_count = left;
}
