/* Findings: what is said, in the chart's notation. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/judge-state.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"

/* Nothing came in a time that no standard gives a figure for. */
static char *rests_of_limit(const struct statements *statements, const struct arrow *arrow)
{
	const char *limit = arrow && arrow->within ? arrow->within->variable : NULL;
	const struct statement *reading =
		statements && limit ? statements_of_limit(statements, limit) : NULL;

	return reading ? memory_format("%s: %s", reading->id, reading->statement) : NULL;
}

/* On which readings it rests that something is wrong: those of the arrow that was awaited or must
 * never come, or of the rule; and those of the check that does not hold. */
static char *finding_rests(const struct judge *judge, const struct finding *finding)
{
	const struct arrow *arrow = finding->rule ? finding->rule->pattern : finding->arrow;
	const struct statements *statements = judge->environment.statements;
	const struct reading_list *own = finding->check ? &finding->check->rests : NULL;

	if ((finding->verdict <= VERDICT_PASS && !finding->warning) ||
	    finding->verdict == VERDICT_ERROR)
		return NULL;
	char *of_arrow = arrow ? statements_rests(statements, arrow->rests.list, arrow->rests.count)
			       : NULL;
	if (!of_arrow && !finding->message && !finding->rule)
		of_arrow = rests_of_limit(statements, arrow);
	char *of_check = own ? statements_rests(statements, own->list, own->count) : NULL;
	if (!of_arrow || !of_check)
		return of_arrow ? of_arrow : of_check;
	char *both = memory_format("%s; %s", of_arrow, of_check);

	free(of_arrow);
	free(of_check);
	return both;
}

void finding_give(struct judge *judge, struct finding *finding)
{
	const struct chart *chart = judge->chart;
	char *clause = NULL;

	if (!finding->clause && chart->standard)
		finding->clause = clause = memory_format("%s%s%s", chart->standard,
							 chart->clause ? " " : "",
							 chart->clause ? chart->clause : "");
	char *rests = finding_rests(judge, finding);
	finding->rests = rests;
	if (!finding->warning)
		judge->verdict = verdict_worse(judge->verdict, finding->verdict);
	if (judge->listener.finding)
		judge->listener.finding(judge->listener.context, finding);
	finding->rests = NULL;
	free(rests);
	free(clause);
}

void finding_note(struct judge *judge, int64_t time, const struct message *message,
		  const char *format, ...)
{
	char text[512], *came = message ? message_notation(message) : NULL;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	struct finding finding = {
		.kind = FINDING_NOTE,
		.message = message,
		.time = time,
		.text = text,
		.came = came,
	};
	finding_give(judge, &finding);
	free(came);
}

static char *cannot_be_computed(const struct judge *judge, const struct expression *expression)
{
	return memory_format("%s:%d: '%s' cannot be computed: %s",
			     expression->at.file ? expression->at.file : judge->chart->file,
			     expression->at.line, expression->text,
			     judge->evaluation.problem.text);
}

void finding_error(struct judge *judge, int64_t time, const struct arrow *arrow,
		   const struct message *message, const struct expression *expression)
{
	char *text = cannot_be_computed(judge, expression);
	struct finding finding = {
		.kind = FINDING_STEP,
		.verdict = VERDICT_ERROR,
		.arrow = arrow,
		.message = message,
		.time = time,
		.text = text,
	};

	finding_give(judge, &finding);
	free(text);
}

void judge_trouble(struct judge *judge, const struct arrow *arrow, int64_t time, const char *text)
{
	struct finding finding = {
		.kind = FINDING_STEP,
		.verdict = VERDICT_ERROR,
		.arrow = arrow,
		.time = time,
		.text = text,
	};

	finding_give(judge, &finding);
}

void finding_check(struct judge *judge, struct finding *finding, struct check_texts *texts,
		   const struct expression *check, enum verdict verdict)
{
	if (evaluation_holds(&judge->evaluation, check) == TRUTH_UNKNOWN) {
		texts->text = cannot_be_computed(judge, check);
		finding->verdict = VERDICT_ERROR;
	} else {
		texts->text = memory_format("%s%sit does not hold that %s",
					    check->comment ? check->comment : "",
					    check->comment ? ": " : "", check->text);
		finding->verdict = verdict;
		explanation_make(&judge->evaluation, check->text, &texts->explanation);
	}
	finding->check = check;
	finding->text = texts->text;
	finding->field = texts->explanation.field;
	finding->expected = texts->explanation.expected;
	finding->actual = texts->explanation.actual;
}

void finding_check_free(struct check_texts *texts)
{
	free(texts->text);
	explanation_clear(&texts->explanation);
}

int node_number(const struct node *node)
{
	const struct item *item = node->item;

	return item->kind == ITEM_ARROW	   ? item->arrow->number
	       : item->kind == ITEM_ACTION ? item->action->number : 0;
}

void finding_passed(struct judge *judge, const struct node *node, const struct message *message,
		    int64_t time, const char *text)
{
	const struct item *item = node->item;
	struct finding finding = {
		.kind = text ? FINDING_STEP : FINDING_NOTE,
		.verdict = text ? VERDICT_PASS : VERDICT_NONE,
		.arrow = item->kind == ITEM_ARROW ? item->arrow : NULL,
		.action = item->kind == ITEM_ACTION ? item->action : NULL,
		.message = message,
		.time = time,
		.text = text ? text : "nobody could see it: it counts as done",
	};

	judge->settled[node_number(node)] = true;
	judge->last_settled = node_number(node);
	finding_give(judge, &finding);
}

char *message_notation(const struct message *message)
{
	return memory_format("%s -> %s : %s", message->from[0] ? message->from : "somebody",
			     message->to[0] ? message->to : "somebody", message->name);
}

static char *node_notation(const struct node *node)
{
	const struct item *item = node->item;

	if (item->kind == ITEM_ARROW)
		return arrow_text(item->arrow);
	return memory_format("%s does %s", item->action->role, item->action->name);
}

char *awaited_notation(const struct awaited *awaited)
{
	struct buffer lines = { 0 };

	for (size_t i = 0; i < awaited->count; i++) {
		char *notation = node_notation(awaited->nodes[i]);

		buffer_format(&lines, "%s%s", i > 0 ? "\n" : "", notation);
		free(notation);
	}
	if (awaited->count == 0)
		buffer_add_text(&lines, "nothing: the chart waits");
	char *text = memory_text(buffer_text(&lines));
	buffer_free(&lines);
	return text;
}

/* The first step of the role under test, else the first at all. */
const struct node *awaited_blamed(const struct judge *judge, const struct awaited *awaited)
{
	for (size_t i = 0; i < awaited->count; i++) {
		const struct item *item = awaited->nodes[i]->item;

		if (item->kind == ITEM_ARROW && judge_under_test(judge, item->arrow->from))
			return awaited->nodes[i];
	}
	return awaited->count > 0 ? awaited->nodes[0] : NULL;
}
