/* Lint: what is no mistake, but hardly meant. Only what is sure is said. */
#include <stdlib.h>
#include <string.h>

#include "harness/chart/chart.h"
#include "harness/chart/resolve.h"
#include "harness/chart/store.h"
#include "harness/chart/vocabulary.h"
#include "protocols/memory.h"

struct step {
	const char *name;
	bool hidden;
};

struct lint {
	const struct chart *chart;
	struct diagnostics *diagnostics;
	struct names used;  /* variables that something asks for */
	struct names roles; /* roles that something names */
	struct names actions; /* "ROLE ACTION" */
	struct step *steps;
	size_t step_count;
};

#define WARN(lint, at, ...)                                                                        \
	diagnostics_add((lint)->diagnostics, DIAGNOSTIC_WARNING, at,                               \
			store_source_text((lint)->chart->store, at), __VA_ARGS__)

static void use_variable(void *context, const char *name, size_t length)
{
	struct lint *lint = context;
	char *text = memory_text_length(name, length);

	names_add(&lint->used, text);
	text[strcspn(text, ".")] = '\0';
	names_add(&lint->roles, text);
	free(text);
}

static void use_expression(struct lint *lint, const struct expression *expression)
{
	if (expression)
		expression_variables(expression->text, use_variable, lint);
}

static void use_duration(struct lint *lint, const struct duration *duration)
{
	for (; duration; duration = duration->next)
		if (duration->variable)
			names_add(&lint->used, duration->variable);
}

static void use_arrow(struct lint *lint, const struct arrow *arrow)
{
	names_add(&lint->roles, arrow->from);
	names_add(&lint->roles, arrow->to);
	use_duration(lint, arrow->within);
	for (size_t i = 0; i < arrow->check_count; i++)
		use_expression(lint, arrow->checks[i]);
	for (size_t i = 0; i < arrow->should_count; i++)
		use_expression(lint, arrow->shoulds[i]);
	for (size_t i = 0; i < arrow->setting_count; i++) {
		use_expression(lint, arrow->settings[i].name_value);
		use_expression(lint, arrow->settings[i].value);
	}
	for (size_t i = 0; i < arrow->keep_count; i++)
		use_expression(lint, arrow->keeps[i].value);
}

static void use_action(struct lint *lint, const struct action *action)
{
	char *text = memory_format("%s %s", action->role, action->name);

	names_add(&lint->actions, text);
	names_add(&lint->roles, action->role);
	free(text);
}

/* First walk: who and what is named at all. */
static void gather(struct lint *lint, const struct item *first)
{
	for (const struct item *item = first; item; item = item->next) {
		if (item->arrow)
			use_arrow(lint, item->arrow);
		if (item->action) {
			use_action(lint, item->action);
			for (size_t i = 0; i < item->action->argument_count; i++)
				use_expression(lint, item->action->arguments[i].value);
		}
		for (size_t i = 0; item->use && i < item->use->argument_count; i++) {
			use_expression(lint, item->use->arguments[i].value);
			names_add(&lint->roles, item->use->arguments[i].value->text);
		}
		use_duration(lint, item->duration);
		for (const struct sequence *each = item->branches; each; each = each->next) {
			use_expression(lint, each->guard);
			gather(lint, each->first);
		}
	}
}

/* A used fragment is linted in its own file. */
static bool own(const struct lint *lint, const struct place *at)
{
	return at->file == lint->chart->file;
}

/* What is kept of an arrow with settings is what the lab itself said: for scenarios behind this one. */
static void check_keeps(struct lint *lint, const struct arrow *arrow)
{
	if (arrow->setting_count > 0)
		return;
	for (size_t i = 0; i < arrow->keep_count && !lint->chart->is_fragment; i++)
		if (!names_have(&lint->used, arrow->keeps[i].name) && own(lint, &arrow->at))
			WARN(lint, &arrow->keeps[i].at, "\"%s\" is kept and never used",
			     arrow->keeps[i].name);
}

static void check_step(struct lint *lint, const char *name, const struct place *at)
{
	if (!name || !own(lint, at))
		return;
	for (size_t i = 0; i < lint->step_count; i++)
		if (!lint->steps[i].hidden && strcmp(lint->steps[i].name, name) == 0) {
			WARN(lint, at, "step [%s] is used twice", name);
			return;
		}
	if ((lint->step_count & (lint->step_count - 1)) == 0)
		lint->steps = memory_resize(
		    lint->steps, lint->step_count ? 2 * lint->step_count : 1, sizeof(*lint->steps));
	lint->steps[lint->step_count++] = (struct step){ name, false };
}

static bool never_true(const struct expression *guard)
{
	static const char *const never[] = { "false()", "not(true())", "0", "''", "\"\"", "1 = 0" };

	for (size_t i = 0; guard && i < sizeof(never) / sizeof(never[0]); i++)
		if (strcmp(guard->text, never[i]) == 0)
			return true;
	return false;
}

/* Does whatever fits the second arrow fit the first as well? Then the first, if it is offered
 * in the same moment and stands before, always gets it. */
static bool takes_all(const struct arrow *first, const struct arrow *second)
{
	if (!first || !second || strcmp(first->from, second->from) != 0 ||
	    strcmp(first->to, second->to) != 0 || strcmp(first->message, second->message) != 0 ||
	    first->fault_count > 0 || second->fault_count > 0)
		return false;
	for (size_t i = 0; i < first->check_count; i++) {
		bool found = false;

		for (size_t j = 0; j < second->check_count; j++)
			found |= strcmp(first->checks[i]->text, second->checks[j]->text) == 0;
		if (!found)
			return false;
	}
	return true;
}

/* The arrow with which a run of items surely begins, or NULL. */
static const struct arrow *begins(const struct item *item)
{
	while (item && item->kind == ITEM_SEQUENCE && item->branches)
		item = item->branches->first;
	return item && item->kind == ITEM_ARROW ? item->arrow : NULL;
}

static void check_unreachable(struct lint *lint, const struct item *item)
{
	for (const struct sequence *each = item->branches; each; each = each->next) {
		if (never_true(each->guard) && own(lint, &each->guard->at))
			WARN(lint, &each->guard->at,
			     "what follows is never reached: the guard is never true");
		const struct arrow *second = begins(each->first);

		for (const struct sequence *before = item->branches;
		     item->kind == ITEM_ALT && second && before != each; before = before->next)
			if (!before->guard && takes_all(begins(before->first), second) &&
			    own(lint, &second->at)) {
				WARN(lint, &second->at,
				     "this branch is never reached: the branch of line %d takes "
				     "the same message",
				     begins(before->first)->at.line);
				break;
			}
	}
	if (item->kind != ITEM_LOOP)
		return;
	const struct arrow *turn = begins(item->branches->first), *behind = begins(item->next);
	if (item->most == 0 && own(lint, &item->at))
		WARN(lint, &item->at, "what is in this loop is never reached: it has no turns");
	if (item->most < 0 && !item->branches->guard && takes_all(turn, behind) &&
	    own(lint, &behind->at))
		WARN(lint, &behind->at,
		     "this arrow is never reached: the loop of line %d takes the same message",
		     item->at.line);
}

static void look(struct lint *lint, const struct item *first);

/* The branches of an alt may have the same steps: only one of them happens. */
static void look_at_branches(struct lint *lint, const struct item *item)
{
	size_t before = lint->step_count;

	for (const struct sequence *each = item->branches; each; each = each->next) {
		size_t start = lint->step_count;

		look(lint, each->first);
		for (size_t i = start; item->kind == ITEM_ALT && i < lint->step_count; i++)
			lint->steps[i].hidden = true;
	}
	for (size_t i = before; i < lint->step_count; i++)
		lint->steps[i].hidden = false;
}

static void look(struct lint *lint, const struct item *first)
{
	for (const struct item *item = first; item; item = item->next) {
		if (item->arrow) {
			check_keeps(lint, item->arrow);
			check_step(lint, item->arrow->step, &item->arrow->at);
		}
		if (item->action)
			check_step(lint, item->action->step, &item->action->at);
		check_unreachable(lint, item);
		look_at_branches(lint, item);
	}
}

void chart_lint(const struct chart *chart, struct diagnostics *diagnostics)
{
	struct lint lint = { .chart = chart, .diagnostics = diagnostics };

	if (chart->clause_count == 0)
		WARN(&lint, &chart->at, "there is no clause: which part of a standard is this?");
	if (chart->cover_count == 0 && !chart->is_fragment)
		WARN(&lint, &chart->at, "the scenario covers no statement");
	gather(&lint, chart->body->first);
	for (size_t i = 0; i < chart->tolerated_count; i++)
		use_arrow(&lint, chart->tolerated[i]);
	for (size_t i = 0; i < chart->role_count; i++)
		if (!names_have(&lint.roles, chart->roles[i].text))
			WARN(&lint, &chart->roles[i].at, "role \"%s\" has no part in the scenario",
			     chart->roles[i].text);
	look(&lint, chart->body->first);
	names_clear(&lint.used);
	names_clear(&lint.roles);
	names_clear(&lint.actions);
	free(lint.steps);
}

static void rests_of(const struct reading_list *rests,
		     void (*heard)(void *context, const struct reference *reading), void *context)
{
	for (size_t i = 0; i < rests->count; i++)
		heard(context, &rests->list[i]);
}

static void rests_below(const struct item *first,
			void (*heard)(void *context, const struct reference *reading),
			void *context)
{
	for (const struct item *item = first; item; item = item->next) {
		const struct arrow *arrow = item->arrow;

		if (arrow)
			rests_of(&arrow->rests, heard, context);
		for (size_t i = 0; arrow && i < arrow->check_count; i++)
			rests_of(&arrow->checks[i]->rests, heard, context);
		for (size_t i = 0; arrow && i < arrow->should_count; i++)
			rests_of(&arrow->shoulds[i]->rests, heard, context);
		for (const struct sequence *each = item->branches; each; each = each->next)
			rests_below(each->first, heard, context);
	}
}

void chart_rests(const struct chart *chart,
		 void (*heard)(void *context, const struct reference *reading), void *context)
{
	rests_below(chart->body->first, heard, context);
}

void chart_asks(const struct chart *chart, struct names *variables, struct names *actions)
{
	struct lint lint = { .chart = chart };

	gather(&lint, chart->body->first);
	for (size_t i = 0; i < chart->tolerated_count; i++)
		use_arrow(&lint, chart->tolerated[i]);
	for (size_t i = 0; i < lint.used.count; i++)
		names_add(variables, lint.used.list[i]);
	for (size_t i = 0; i < lint.actions.count; i++)
		names_add(actions, lint.actions.list[i]);
	names_clear(&lint.used);
	names_clear(&lint.roles);
	names_clear(&lint.actions);
	for (size_t i = 0; i < chart->after_count; i++)
		chart_asks(chart->after[i], variables, actions);
}
