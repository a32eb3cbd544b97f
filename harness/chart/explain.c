/* A scenario as numbered prose, and an arrow in the notation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/chart/actions.h"
#include "harness/chart/chart.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"
#include "protocols/message-names.h"

char *arrow_text(const struct arrow *arrow)
{
	return memory_format("%s -> %s : %s%s%s%s", arrow->from, arrow->to, arrow->message,
			     arrow->step ? "  [" : "", arrow->step ? arrow->step : "",
			     arrow->step ? "]" : "");
}

static void term_text(struct buffer *out, const struct duration *duration)
{
	static const struct {
		int64_t microseconds;
		const char *name;
	} units[] = {
		{ 86400000000, "day" }, { 3600000000, "hour" },  { 60000000, "minute" },
		{ 1000000, "second" },  { 1000, "millisecond" }, { 1, "microsecond" },
	};
	size_t unit = 0;

	if (duration->variable) {
		buffer_format(out, "$%s", duration->variable);
		return;
	}
	while (unit + 1 < sizeof(units) / sizeof(units[0]) &&
	       (duration->microseconds == 0
		    ? units[unit].microseconds != 1000000
		    : duration->microseconds % units[unit].microseconds != 0))
		unit++;
	long long count = (long long)(duration->microseconds / units[unit].microseconds);
	buffer_format(out, "%lld %s%s", count, units[unit].name, count == 1 ? "" : "s");
}

static void share_text(struct buffer *out, const struct duration *term)
{
	if (term->share > 0)
		buffer_format(out, " (%.6g %% if that is more)", term->share * 100);
}

static void duration_text(struct buffer *out, const struct duration *duration)
{
	term_text(out, duration);
	for (const struct duration *term = duration->next; term; term = term->next) {
		buffer_add_text(out, term->minus ? " less " : " and ");
		term_text(out, term);
		share_text(out, term);
	}
	if (duration->reference)
		buffer_format(out, " (%s)", duration->reference);
}

static void expression_text(struct buffer *out, const struct expression *expression)
{
	bool gap = false;

	for (const char *each = expression->text; *each; each++) {
		if (*each == '\n' || *each == '\t' || *each == ' ') {
			gap = true;
			continue;
		}
		if (gap)
			buffer_add_text(out, " ");
		gap = false;
		buffer_add(out, each, 1);
	}
	if (expression->comment)
		buffer_format(out, "  (%s)", expression->comment);
}

static void line(struct buffer *out, int depth, const char *text)
{
	buffer_format(out, "%*s%s", 4 + 4 * depth, "", text);
}

static void faults_text(struct buffer *out, const struct arrow *arrow)
{
	for (size_t i = 0; i < arrow->fault_count; i++) {
		const struct fault *fault = &arrow->faults[i];

		buffer_format(out, "%s with %s", i == 0 ? "," : " and", fault->kind->name);
		if (fault->text)
			buffer_format(out, " %s", fault->text);
		else if (fault->kind->argument == ARGUMENT_DURATION) {
			buffer_add_text(out, " of ");
			duration_text(out, &(struct duration){ .microseconds = fault->number });
		} else if (fault->kind->argument == ARGUMENT_NUMBER ||
			   fault->kind->argument == ARGUMENT_PLACE) {
			buffer_format(out, " %lld", (long long)fault->number);
		}
		buffer_format(out, " (%s)", fault->kind->meaning);
	}
}

static void rests_text(struct buffer *out, const struct reading_list *rests)
{
	for (size_t i = 0; i < rests->count; i++)
		buffer_format(out, "%s%s", i == 0 ? "  (rests on " : ", ", rests->list[i].text);
	if (rests->count > 0)
		buffer_add_text(out, ")");
}

static void details_text(struct buffer *out, const struct arrow *arrow, int depth)
{
	for (size_t i = 0; i < arrow->setting_count; i++) {
		const struct setting *setting = &arrow->settings[i];

		line(out, depth, setting->value ? "sets " : "asks for ");
		buffer_add_text(out, setting->name);
		if (setting->value) {
			buffer_add_text(out, " to ");
			expression_text(out, setting->value);
		}
		if (setting->type)
			buffer_format(out, " as %s", setting->type);
		buffer_add_text(out, "\n");
	}
	for (size_t i = 0; i < arrow->check_count; i++) {
		line(out, depth, "it must hold that ");
		expression_text(out, arrow->checks[i]);
		rests_text(out, &arrow->checks[i]->rests);
		buffer_add_text(out, "\n");
	}
	for (size_t i = 0; i < arrow->should_count; i++) {
		line(out, depth, "it should hold that ");
		expression_text(out, arrow->shoulds[i]);
		rests_text(out, &arrow->shoulds[i]->rests);
		buffer_add_text(out, "\n");
	}
	for (size_t i = 0; i < arrow->keep_count; i++) {
		line(out, depth, "kept as $");
		buffer_format(out, "%s: ", arrow->keeps[i].name);
		expression_text(out, arrow->keeps[i].value);
		buffer_add_text(out, "\n");
	}
}

static void arrow_prose(struct buffer *out, const struct arrow *arrow, int depth)
{
	const struct message_name *message = message_name_find(arrow->message);
	bool answer = message && message->kind == KIND_RESPONSE;

	if (arrow->step)
		buffer_format(out, "[%s] ", arrow->step);
	if (answer)
		buffer_format(out, "%s answers %s with %s", arrow->from, arrow->to, arrow->message);
	else
		buffer_format(out, "%s sends %s to %s", arrow->from, arrow->message, arrow->to);
	if (arrow->within) {
		buffer_add_text(out, ", within ");
		duration_text(out, arrow->within);
	}
	faults_text(out, arrow);
	rests_text(out, &arrow->rests);
	buffer_add_text(out, "\n");
	details_text(out, arrow, depth);
}

static void action_prose(struct buffer *out, const struct action *action)
{
	const struct action_kind *kind = action_find(action->name);

	if (action->step)
		buffer_format(out, "[%s] ", action->step);
	buffer_format(out, "%s %s", action->role, kind ? kind->meaning : action->name);
	for (size_t i = 0; i < action->argument_count; i++) {
		buffer_format(out, "%s%s ", i == 0 ? ": " : ", ", action->arguments[i].name);
		expression_text(out, action->arguments[i].value);
	}
	buffer_add_text(out, "\n");
}

static void sequence_prose(struct buffer *out, const struct item *first, const char *prefix,
			   int depth);

static void heading(struct buffer *out, const char *what, const struct sequence *branch)
{
	buffer_add_text(out, what);
	if (branch->title)
		buffer_format(out, ": %s", branch->title);
	if (branch->guard) {
		buffer_add_text(out, ", when ");
		expression_text(out, branch->guard);
	}
	buffer_add_text(out, "\n");
}

static void branches_prose(struct buffer *out, const struct item *item, const char *first,
			   const char *others, const char *prefix, int depth)
{
	char letter = 'a';

	for (const struct sequence *each = item->branches; each; each = each->next) {
		char *inner = item->branches->next ? memory_format("%s%c.", prefix, letter)
						   : memory_text(prefix);

		if (each != item->branches)
			buffer_format(out, "%*s", 4 * depth, "");
		heading(out, each == item->branches ? first : others, each);
		sequence_prose(out, each->first, inner, depth + 1);
		free(inner);
		if (letter < 'z')
			letter++;
	}
}

static void loop_prose(struct buffer *out, const struct item *item, const char *prefix, int depth)
{
	char text[64];

	if (item->most < 0)
		snprintf(text, sizeof(text), "%d times or more", item->least);
	else if (item->most == item->least)
		snprintf(text, sizeof(text), "%d time%s", item->least, item->least == 1 ? "" : "s");
	else
		snprintf(text, sizeof(text), "%d to %d times", item->least, item->most);
	branches_prose(out, item, text, "", prefix, depth);
}

static void never_prose(struct buffer *out, const struct item *item, const char *prefix, int depth)
{
	struct buffer text = { 0 };

	buffer_add_text(&text, "From here on");
	if (item->duration) {
		buffer_add_text(&text, ", for ");
		duration_text(&text, item->duration);
		buffer_add_text(&text, ",");
	}
	buffer_add_text(&text, " it must never happen that");
	branches_prose(out, item, buffer_text(&text), "", prefix, depth);
	buffer_free(&text);
}

static void item_prose(struct buffer *out, const struct item *item, const char *prefix, int depth)
{
	switch (item->kind) {
	case ITEM_ARROW:
		arrow_prose(out, item->arrow, depth);
		break;
	case ITEM_ACTION:
		action_prose(out, item->action);
		break;
	case ITEM_WAIT:
		buffer_add_text(out, "Nothing is done for ");
		duration_text(out, item->duration);
		buffer_add_text(out, "\n");
		break;
	case ITEM_ALT:
		branches_prose(out, item, "Either", "or", prefix, depth);
		break;
	case ITEM_PAR:
		branches_prose(out, item, "In any order", "and", prefix, depth);
		break;
	case ITEM_OPT:
		branches_prose(out, item, "Perhaps", "", prefix, depth);
		break;
	case ITEM_LOOP:
		loop_prose(out, item, prefix, depth);
		break;
	case ITEM_NEVER:
		never_prose(out, item, prefix, depth);
		break;
	case ITEM_SEQUENCE:
		branches_prose(out, item, item->use ? item->use->file : "", "", prefix, depth);
		break;
	}
}

static void sequence_prose(struct buffer *out, const struct item *first, const char *prefix,
			   int depth)
{
	int number = 1;

	for (const struct item *item = first; item; item = item->next) {
		char *inner = memory_format("%s%d.", prefix, number++);

		buffer_format(out, "%*s%s ", 4 * depth, "", inner);
		item_prose(out, item, inner, depth);
		free(inner);
	}
}

static void list_text(struct buffer *out, const char *heading_text, const struct reference *list,
		      size_t count)
{
	for (size_t i = 0; i < count; i++)
		buffer_format(out, "%s%s%s", i == 0 ? heading_text : ", ",
			      list[i].negated ? "not " : "", list[i].text);
	if (count > 0)
		buffer_add_text(out, "\n");
}

char *chart_explain(const struct chart *chart)
{
	struct buffer out = { 0 };

	buffer_format(&out, "%s\n", chart->title ? chart->title : "");
	for (size_t i = 0; i < chart->clause_count; i++) {
		const struct clause *clause = &chart->clauses[i];

		buffer_format(&out, "%s clause %s", clause->standard, clause->number);
		if (clause->status != STATUS_NONE)
			buffer_format(&out, " (%s)", clause_status_name(clause->status));
		buffer_add_text(&out, "\n");
	}
	list_text(&out, "Statements: ", chart->covers, chart->cover_count);
	list_text(&out, "Roles: ", chart->roles, chart->role_count);
	list_text(&out, "Needs: ", chart->needs, chart->need_count);
	list_text(&out, "After: ", chart->after_names, chart->after_count);
	list_text(&out, "Tags: ", chart->tags, chart->tag_count);
	list_text(&out, "Given by its user: ", chart->parameters, chart->parameter_count);
	buffer_add_text(&out, "\n");
	for (size_t i = 0; i < chart->tolerated_count; i++) {
		buffer_add_text(&out, "At any time, and of no account: ");
		arrow_prose(&out, chart->tolerated[i], 0);
	}
	sequence_prose(&out, chart->body->first, "", 0);
	char *text = memory_text(buffer_text(&out));
	buffer_free(&out);
	return text;
}
