/* Headers, actions, blocks, uses and rules; arrows are in resolve-arrow.c. */
#include "harness/chart/resolve.h"

#include <string.h>

#include "harness/chart/actions.h"

#define MOST_STEPS 20000

static bool has(const struct reference *list, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].text, word) == 0)
			return true;
	return false;
}

void resolve_names(struct resolver *resolver, const struct reference *list, size_t count,
		   const struct names *known, const char *what)
{
	char hint[HINT];

	for (size_t i = 0; known->count > 0 && i < count; i++)
		if (!names_have(known, list[i].text))
			resolve_error(resolver, &list[i].at, "no %s is called \"%s\"%s", what,
				      list[i].text,
				      resolve_hint(hint, list[i].text,
						   (const char *const *)known->list, known->count));
}

void resolve_rests(struct resolver *resolver, const struct reading_list *rests)
{
	if (resolver->vocabulary)
		resolve_names(resolver, rests->list, rests->count,
			      &resolver->vocabulary->statements, "reading");
}

/* Inside a range only those count that the catalogue has. */
static void settle_ranges(struct resolver *resolver, struct chart *chart)
{
	const struct names *known = resolver->vocabulary ? &resolver->vocabulary->statements : NULL;
	size_t left = 0;

	for (size_t i = 0; i < chart->cover_count; i++) {
		struct reference *each = &chart->covers[i];
		bool inside = each->negated;

		each->negated = false;
		if (!inside || !known || known->count == 0 || names_have(known, each->text))
			chart->covers[left++] = *each;
	}
	chart->cover_count = left;
}

void resolve_header(struct resolver *resolver, const struct frame *frame, struct chart *chart)
{
	char hint[HINT];
	const char *names[64];
	size_t count;
	const struct role *table = roles(&count);

	settle_ranges(resolver, chart);
	for (size_t i = 0; i < count && i < 64; i++)
		names[i] = table[i].name;
	for (size_t i = 0; i < chart->role_count; i++)
		if (!role_find(chart->roles[i].text) &&
		    !has(chart->parameters, chart->parameter_count, chart->roles[i].text))
			resolve_error(resolver, &chart->roles[i].at, "no role is called \"%s\"%s",
				      chart->roles[i].text,
				      resolve_hint(hint, chart->roles[i].text, names,
						   count < 64 ? count : 64));
	for (size_t i = 0; i < chart->parameter_count; i++)
		if (role_find(chart->parameters[i].text))
			resolve_error(resolver, &chart->parameters[i].at,
				      "\"%s\" is a role: a parameter has a name of its own",
				      chart->parameters[i].text);
	if (resolver->vocabulary) {
		resolve_names(resolver, chart->covers, chart->cover_count,
			      &resolver->vocabulary->statements, "statement");
		resolve_names(resolver, chart->needs, chart->need_count,
			      &resolver->vocabulary->items, "item of the ICS");
	}
	for (size_t i = 0; i < chart->tolerated_count; i++)
		resolve_arrow(resolver, frame, chart->tolerated[i], true);
}

static void unknown_action(struct resolver *resolver, const struct action *action)
{
	const char *names[64];
	char hint[HINT];
	size_t count;
	const struct action_kind *table = actions(&count);

	for (size_t i = 0; i < count && i < 64; i++)
		names[i] = table[i].name;
	resolve_error(resolver, &action->name_at, "no action is called \"%s\"%s", action->name,
		      resolve_hint(hint, action->name, names, count < 64 ? count : 64));
}

static void resolve_argument(struct resolver *resolver, const struct frame *frame,
			     const struct action_kind *kind, struct action_argument *argument)
{
	size_t count = 0;
	char hint[HINT];
	char form = expression_single(argument->value->text);

	while (kind->arguments[count] && strcmp(kind->arguments[count], argument->name) != 0)
		count++;
	if (!kind->arguments[count]) {
		if (count == 0)
			resolve_error(resolver, &argument->at, "action \"%s\" takes no arguments",
				      kind->name);
		else
			resolve_error(resolver, &argument->at,
				      "action \"%s\" has no argument \"%s\"%s", kind->name,
				      argument->name,
				      resolve_hint(hint, argument->name, kind->arguments, count));
	}
	if (form == 'n' || form == 0) {
		resolve_error(resolver, &argument->value->at, "text stands in quotes: \"%s\"",
			      argument->value->text);
		return;
	}
	if (form == '"' && strcmp(argument->name, "parameter") == 0) {
		char *name = store_text_length(resolver->store, argument->value->text + 1,
					       strlen(argument->value->text) - 2);

		resolve_parameter(resolver, name, &argument->value->at);
	}
	resolve_expression(resolver, frame, argument->value);
}

static void resolve_action(struct resolver *resolver, const struct frame *frame,
			   struct action *action)
{
	const struct action_kind *kind = action_find(action->name);
	char who[128];

	action->role = resolve_role(resolver, frame, action->role, &action->role_at);
	if (!kind) {
		unknown_action(resolver, action);
		return;
	}
	const struct role *role = action->role ? role_find(action->role) : NULL;
	if (role && !(kind->roles & ROLE_BIT(role->kind)))
		resolve_error(resolver, &action->name_at, "\"%s\" is an action of %s, not of %s",
			      kind->name, role_kinds_text(kind->roles, who), role->name);
	for (size_t i = 0; i < action->argument_count; i++) {
		resolve_argument(resolver, frame, kind, &action->arguments[i]);
		for (size_t j = 0; j < i; j++)
			if (strcmp(action->arguments[i].name, action->arguments[j].name) == 0)
				resolve_error(resolver, &action->arguments[i].at,
					      "\"%s\" stands here a second time",
					      action->arguments[i].name);
	}
	for (size_t i = 0; i < kind->least; i++) {
		size_t j = 0;

		while (j < action->argument_count &&
		       strcmp(action->arguments[j].name, kind->arguments[i]) != 0)
			j++;
		if (j == action->argument_count)
			resolve_error(resolver, &action->name_at,
				      "action \"%s\" wants %s=", kind->name, kind->arguments[i]);
	}
}

/* What one argument of a use means in the user's file: a role, or an expression. */
static struct binding binding_of(struct resolver *resolver, const struct frame *frame,
				 const struct action_argument *argument)
{
	struct binding binding = { .parameter = argument->name };
	struct expression *value = argument->value;

	if (expression_single(value->text) == 'n') {
		bool known =
		    role_find(value->text) ||
		    has(frame->header->parameters, frame->header->parameter_count, value->text);

		if (known)
			binding.role = resolve_role(resolver, frame, value->text, &value->at);
		else
			resolve_error(resolver, &value->at,
				      "\"%s\" is no role; text stands in quotes", value->text);
		return binding;
	}
	/* A parameter handed on may be a role: $device of the user's user. */
	resolve_expression(resolver, frame, value);
	binding.text = value->text;
	return binding;
}

static size_t bind(struct resolver *resolver, const struct frame *frame, const struct use *use,
		   const struct chart *fragment, struct binding *bindings)
{
	const char *names[64];
	char hint[HINT];
	size_t count = 0, known = 0;

	for (size_t i = 0; i < fragment->parameter_count && i < 64; i++)
		names[known++] = fragment->parameters[i].text;
	for (size_t i = 0; i < use->argument_count; i++) {
		const struct action_argument *each = &use->arguments[i];

		if (!has(fragment->parameters, fragment->parameter_count, each->name)) {
			resolve_error(resolver, &each->at, "\"%s\" has no parameter \"%s\"%s",
				      use->file, each->name,
				      resolve_hint(hint, each->name, names, known));
			continue;
		}
		for (size_t j = 0; j < count; j++)
			if (strcmp(bindings[j].parameter, each->name) == 0)
				resolve_error(resolver, &each->at,
					      "\"%s\" stands here a second time", each->name);
		bindings[count++] = binding_of(resolver, frame, each);
	}
	for (size_t i = 0; i < fragment->parameter_count; i++) {
		bool given = false;

		for (size_t j = 0; j < use->argument_count; j++)
			given |= strcmp(use->arguments[j].name, fragment->parameters[i].text) == 0;
		if (!given)
			resolve_error(resolver, &use->at, "\"%s\" wants %s=", use->file,
				      fragment->parameters[i].text);
	}
	return count;
}

static void resolve_use(struct resolver *resolver, const struct frame *frame, struct item *item)
{
	struct item *body = NULL;
	struct frame inner = { .name = item->use->file, .user = frame, .bound = true };
	struct chart *fragment =
	    load_fragment(resolver, frame, item->use, &body, &inner.roles_unknown);

	if (!fragment)
		return;
	inner.header = fragment;
	struct binding *bindings =
	    store_take(resolver->store, (item->use->argument_count + 1) * sizeof(struct binding));
	inner.binding_count = bind(resolver, frame, item->use, fragment, bindings);
	inner.bindings = bindings;
	for (size_t i = 0; i < fragment->role_count && !frame->roles_unknown; i++)
		if (role_find(fragment->roles[i].text) &&
		    !has(frame->header->roles, frame->header->role_count, fragment->roles[i].text))
			resolve_error(resolver, &item->use->at,
				      "\"%s\" has a role \"%s\", which is not listed in \"roles\"",
				      item->use->file, fragment->roles[i].text);
	item->branches = store_take(resolver->store, sizeof(*item->branches));
	item->branches->title = fragment->title;
	item->branches->first = body;
	resolve_header(resolver, &inner, fragment);
	resolve_sequence(resolver, &inner, body);
	struct chart *chart = resolver->chart;
	for (size_t i = 0; i < fragment->tolerated_count; i++) {
		chart->tolerated = store_grow(resolver->store, chart->tolerated,
					      chart->tolerated_count, sizeof(struct arrow *));
		chart->tolerated[chart->tolerated_count++] = fragment->tolerated[i];
	}
}

static void resolve_never(struct resolver *resolver, const struct frame *frame, struct item *item)
{
	resolve_duration(resolver, frame, item->duration);
	resolve_expression(resolver, frame, item->branches->guard);
	for (struct item *each = item->branches->first; each; each = each->next) {
		if (each->kind != ITEM_ARROW)
			continue;
		each->arrow->number = ++resolver->number;
		resolve_arrow(resolver, frame, each->arrow, true);
	}
}

static void resolve_item(struct resolver *resolver, const struct frame *frame, struct item *item)
{
	switch (item->kind) {
	case ITEM_ARROW:
		item->arrow->number = ++resolver->number;
		resolve_arrow(resolver, frame, item->arrow, false);
		break;
	case ITEM_ACTION:
		item->action->number = ++resolver->number;
		resolve_action(resolver, frame, item->action);
		break;
	case ITEM_WAIT:
		resolve_duration(resolver, frame, item->duration);
		break;
	case ITEM_NEVER:
		resolve_never(resolver, frame, item);
		break;
	case ITEM_SEQUENCE:
		resolve_use(resolver, frame, item);
		break;
	default:
		for (struct sequence *each = item->branches; each; each = each->next) {
			resolve_expression(resolver, frame, each->guard);
			resolve_sequence(resolver, frame, each->first);
		}
		break;
	}
}

void resolve_sequence(struct resolver *resolver, const struct frame *frame, struct item *first)
{
	for (struct item *item = first; item && !resolver->too_large; item = item->next) {
		resolve_item(resolver, frame, item);
		if (resolver->number > MOST_STEPS && !resolver->too_large) {
			resolver->too_large = true;
			resolve_error(resolver, &item->at, "the scenario has more than %d steps",
				      MOST_STEPS);
		}
	}
}

static const char *pattern_role(struct resolver *resolver, const char *word, const struct place *at)
{
	static const char *const classes[] = { "device",  "hms",	 "dns", "segw",
					       "any-mme", "any-hnb-gw", "*" };
	const char *names[64];
	char hint[HINT];
	size_t count, known = 0;
	const struct role *table = roles(&count);

	for (; known < sizeof(classes) / sizeof(classes[0]); known++) {
		if (strcmp(classes[known], word) == 0)
			return word;
		names[known] = classes[known];
	}
	if (role_find(word))
		return role_find(word)->name;
	for (size_t i = 0; i < count && known < 64; i++)
		names[known++] = table[i].name;
	resolve_error(resolver, at, "no role or class of roles is called \"%s\"%s", word,
		      resolve_hint(hint, word, names, known));
	return word;
}

void resolve_rule(struct resolver *resolver, struct rule *rule)
{
	struct arrow *pattern = rule->pattern;

	if (pattern->from) {
		pattern->from = pattern_role(resolver, pattern->from, &pattern->ends.from);
		pattern->to = pattern_role(resolver, pattern->to, &pattern->ends.to);
		if (strcmp(pattern->message, "*") != 0)
			resolve_message(resolver, pattern);
	}
	resolve_expression(resolver, NULL, rule->guard);
	resolve_rests(resolver, &pattern->rests);
	for (size_t i = 0; i < pattern->check_count; i++) {
		resolve_expression(resolver, NULL, pattern->checks[i]);
		resolve_rests(resolver, &pattern->checks[i]->rests);
	}
}
