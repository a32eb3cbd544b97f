/* What the grammar does with the lines of a body: the tree with its words as written. */
#include <stdlib.h>
#include <string.h>

#include "harness/chart/fault-table.h"
#include "harness/chart/grammar.h"
#include "harness/chart/parser.h"
#include "protocols/memory.h"

void build_append(struct item_list *list, struct item *item)
{
	if (!item)
		return;
	if (!list->first)
		list->first = item;
	else
		*list->end = item;
	while (item->next)
		item = item->next;
	list->end = &item->next;
}

static struct item *item_new(struct parser *parser, enum item_kind kind, const struct place *at)
{
	struct item *item = store_take(parser->store, sizeof(*item));

	item->kind = kind;
	item->at = *at;
	return item;
}

/* Without quotes or brackets; the second may be missing, which was said already. */
static char *copied_unquoted(struct parser *parser, const char *text)
{
	size_t length = strlen(text);

	if (!strchr("\"'[", text[0]))
		return store_text(parser->store, text);
	if (length >= 2 && text[length - 1] == (text[0] == '[' ? ']' : text[0]))
		length--;
	return store_text_length(parser->store, text + 1, length - 1);
}

struct arrow *build_arrow(struct parser *parser, struct word left, bool rightward,
			  struct word right, struct word message)
{
	struct arrow *arrow = store_take(parser->store, sizeof(*arrow));

	if (parser->rules && parser->arrow) {
		arrow = parser->arrow;
		if (arrow->from)
			parser_error(parser, &parser->first_word.at,
				     "\"for\" stands here a second time");
	} else if (parser->rules) {
		parser_error(parser, &parser->first_word.at,
			     "\"for\" stands before the first rule");
	}
	arrow->from = rightward ? left.text : right.text;
	arrow->to = rightward ? right.text : left.text;
	arrow->message = message.text;
	arrow->at = left.at;
	if (message.at.line == left.at.line)
		arrow->at.end_column = message.at.end_column;
	arrow->ends = (struct arrow_ends){ rightward ? left.at : right.at,
					   rightward ? right.at : left.at, message.at };
	parser->arrow = arrow;
	parser->check = NULL;
	return arrow;
}

struct item *build_arrow_item(struct parser *parser, struct arrow *arrow)
{
	struct item *item = item_new(parser, ITEM_ARROW, &arrow->at);

	item->arrow = arrow;
	return item;
}

/* "[2.1]" -> "2.1" */
static char *step_text(struct parser *parser, const struct word *step)
{
	char *text = copied_unquoted(parser, step->text);
	char *first = text + strspn(text, " \t");
	size_t length = strlen(first);

	while (length > 0 && strchr(" \t", first[length - 1]))
		first[--length] = '\0';
	if (length == 0 || strpbrk(first, " \t"))
		parser_error(parser, &step->at, "a step is one word, as in [2.1]");
	return first;
}

void build_step(struct parser *parser, struct word step)
{
	if (parser->arrow->step)
		parser_error(parser, &step.at, "an arrow has one step");
	parser->arrow->step = step_text(parser, &step);
}

void build_within(struct parser *parser, struct place at, struct duration *duration)
{
	if (parser->arrow->within)
		parser_error(parser, &at, "an arrow has one \"within\"");
	parser->arrow->within = duration;
}

/* Ten years: longer than any timer of the standards, and far from the end of an int64_t. */
#define DURATION_LIMIT (INT64_C(3650) * 86400 * 1000000)

int64_t duration_of(const char *text)
{
	static const struct {
		const char *unit;
		int64_t microseconds;
	} units[] = {
		{ "us", 1 },       { "ms", 1000 },      { "s", 1000000 },
		{ "m", 60000000 }, { "h", 3600000000 }, { "d", 86400000000 },
	};
	int64_t whole = 0, scale = 1;
	size_t digits = 0;
	bool dot = false;

	for (; *text && strchr("0123456789.", *text); text++) {
		if (*text == '.') {
			if (dot || digits == 0)
				return -1;
			dot = true;
			continue;
		}
		if (++digits > 9)
			return -1;
		whole = 10 * whole + (*text - '0');
		if (dot)
			scale *= 10;
	}
	for (size_t i = 0; digits > 0 && i < sizeof(units) / sizeof(units[0]); i++) {
		int64_t unit = units[i].microseconds;

		if (strcmp(text, units[i].unit) != 0)
			continue;
		if (whole / scale > DURATION_LIMIT / unit)
			return -1;
		/* In two parts: the fraction has at most 8 digits, so no product overflows. */
		return whole / scale * unit + whole % scale * unit / scale;
	}
	return -1;
}

static int64_t duration_or_error(struct parser *parser, const struct word *word)
{
	int64_t microseconds = duration_of(word->text);

	if (microseconds < 0) {
		parser_error(parser, &word->at,
			     "\"%s\" is no duration: a number with ms, s, m, h or d, as in 30s",
			     word->text);
		return 0;
	}
	return microseconds;
}

struct duration *build_duration(struct parser *parser, struct word word)
{
	struct duration *duration = store_take(parser->store, sizeof(*duration));

	duration->at = word.at;
	duration->microseconds = duration_or_error(parser, &word);
	return duration;
}

struct duration *build_sum(struct duration *sum, struct duration *term, bool minus)
{
	struct duration *last = sum;

	while (last->next)
		last = last->next;
	last->next = term;
	term->minus = minus;
	return sum;
}

/* "5%": more than nothing, and no more than all. */
void build_share(struct parser *parser, struct duration *term, struct word share)
{
	char *end;

	if (!share.text)
		return;
	term->share = strtod(share.text, &end) / 100;
	if (strcmp(end, "%") != 0 || !(term->share > 0 && term->share <= 1))
		parser_error(parser, &share.at, "\"%s\" is no share: more than 0%%, at most 100%%",
			     share.text);
}

struct duration *build_source(struct parser *parser, struct duration *duration,
			      const struct word *reference)
{
	if (!reference)
		return duration;
	if (duration->variable && !duration->next)
		parser_error(parser, &reference->at,
			     "the profile says who sets $%s: leave \"standard\" out",
			     duration->variable);
	duration->source = LIMIT_STANDARD;
	duration->reference = copied_unquoted(parser, reference->text);
	return duration;
}

struct duration *build_limit(struct parser *parser, struct word variable)
{
	struct duration *duration = store_take(parser->store, sizeof(*duration));

	duration->at = variable.at;
	duration->variable = variable.text + 1; /* past the $ */
	return duration;
}

static bool is_one_of(const char *word, const char *words)
{
	size_t length = strlen(word);

	for (const char *each = words; length && (each = strstr(each, word)); each++)
		if ((each == words || each[-1] == ' ') &&
		    (each[length] == ' ' || each[length] == '\0'))
			return true;
	return false;
}

/* A place in a file: so many octets from its beginning, or, below 0, before its end; which of a file
 * that the device delivers nobody knows before it is there. */
static void place_argument(struct parser *parser, struct fault *fault, const struct word *word)
{
	const char *digits = word->text + (*word->text == '-');

	fault->number = strtol(word->text, NULL, 10);
	if (!*digits || strlen(digits) > 9 || strspn(digits, "0123456789") != strlen(digits))
		parser_error(parser, &word->at, "fault \"%s\" wants a number", fault->kind->name);
	else if (*word->text == '-' && strcmp(parser->arrow->message, "FilePutResponse") == 0)
		parser_error(parser, &word->at,
			     "where the device's file ends is not known before it is there");
}

static void fault_argument(struct parser *parser, struct fault *fault, const struct word *word)
{
	const struct fault_kind *kind = fault->kind;

	switch (kind->argument) {
	case ARGUMENT_NONE:
		parser_error(parser, &word->at, "fault \"%s\" takes no argument", kind->name);
		break;
	case ARGUMENT_NUMBER:
		fault->number = strtol(word->text, NULL, 10);
		if (strlen(word->text) > 9 ||
		    strspn(word->text, "0123456789") != strlen(word->text))
			parser_error(parser, &word->at, "fault \"%s\" wants a number", kind->name);
		else if (strcmp(kind->name, "http-status") == 0 &&
			 (fault->number < 200 || fault->number > 599))
			parser_error(parser, &word->at, "an HTTP status lies between 200 and 599");
		break;
	case ARGUMENT_PLACE:
		place_argument(parser, fault, word);
		break;
	case ARGUMENT_DURATION:
		fault->number = duration_or_error(parser, word);
		break;
	case ARGUMENT_WORD:
		fault->text = copied_unquoted(parser, word->text);
		if (!is_one_of(fault->text, kind->words))
			parser_error(parser, &word->at, "fault \"%s\" wants one of: %s", kind->name,
				     kind->words);
		break;
	case ARGUMENT_TEXT:
		fault->text = copied_unquoted(parser, word->text);
		break;
	}
}

void build_fault(struct parser *parser, struct word name, struct word *argument)
{
	static const char *const wanted[] = {
		[ARGUMENT_NONE] = "",
		[ARGUMENT_NUMBER] = "a number",
		[ARGUMENT_PLACE] = "a number",
		[ARGUMENT_DURATION] = "a duration",
		[ARGUMENT_WORD] = "one of: ",
		[ARGUMENT_TEXT] = "a text",
	};
	struct arrow *arrow = parser->arrow;
	struct fault fault = { .kind = fault_kind_find(name.text), .at = name.at };

	if (!fault.kind) {
		size_t count;
		const struct fault_kind *kinds = fault_kinds(&count);
		const char **names = memory_new(count * sizeof(*names));

		for (size_t i = 0; i < count; i++)
			names[i] = kinds[i].name;
		const char *near = nearest_word(name.text, names, count);
		parser_error(parser, &name.at, "no fault is called \"%s\"%s%s%s", name.text,
			     near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
		free(names);
		return;
	}
	if (argument)
		fault_argument(parser, &fault, argument);
	else if (fault.kind->argument != ARGUMENT_NONE)
		parser_error(parser, &name.at, "fault \"%s\" wants %s%s", fault.kind->name,
			     wanted[fault.kind->argument],
			     fault.kind->argument == ARGUMENT_WORD ? fault.kind->words : "");
	arrow->faults = store_grow(parser->store, arrow->faults, arrow->fault_count, sizeof(fault));
	arrow->faults[arrow->fault_count++] = fault;
}

void build_check(struct parser *parser, struct expression *expression)
{
	struct arrow *arrow = parser->arrow;

	if (!arrow) { /* in rules, before the first one */
		parser_error(parser, &parser->first_word.at,
			     "\"check\" stands before the first rule");
		return;
	}
	arrow->checks =
	    store_grow(parser->store, arrow->checks, arrow->check_count, sizeof(expression));
	arrow->checks[arrow->check_count++] = expression;
	parser->check = expression;
}

void build_should(struct parser *parser, struct expression *expression)
{
	struct arrow *arrow = parser->arrow;

	arrow->shoulds =
	    store_grow(parser->store, arrow->shoulds, arrow->should_count, sizeof(expression));
	arrow->shoulds[arrow->should_count++] = expression;
	parser->check = expression;
}

void build_rests(struct parser *parser, struct word_list ids)
{
	if (!parser->arrow) { /* in rules, before the first one */
		parser_error(parser, &parser->first_word.at,
			     "\"rests\" stands before the first rule");
		return;
	}
	struct reading_list *rests = parser->check ? &parser->check->rests : &parser->arrow->rests;

	for (size_t i = 0; i < ids.count; i++) {
		rests->list = store_grow(parser->store, rests->list, rests->count,
					 sizeof(*rests->list));
		rests->list[rests->count++] = ids.list[i];
	}
}

void build_setting(struct parser *parser, struct word name, struct expression *value, char *type)
{
	struct arrow *arrow = parser->arrow;

	arrow->settings = store_grow(parser->store, arrow->settings, arrow->setting_count,
				     sizeof(*arrow->settings));
	arrow->settings[arrow->setting_count++] =
	    (struct setting){ .name = name.text, .value = value, .type = type, .at = name.at };
}

void build_keep(struct parser *parser, struct word name, struct expression *value)
{
	struct arrow *arrow = parser->arrow;

	if (strpbrk(name.text, "/{}") || strchr("0123456789.", name.text[0]))
		parser_error(parser, &name.at, "\"%s\" cannot be the name of a variable",
			     name.text);
	arrow->keeps =
	    store_grow(parser->store, arrow->keeps, arrow->keep_count, sizeof(*arrow->keeps));
	arrow->keeps[arrow->keep_count++] =
	    (struct keep){ .name = name.text, .value = value, .at = name.at };
}

/* value as an XPath expression: text in quotes is one already, so are numbers and variables;
 * true and false stand for the words. A word is a role, or a mistake: resolving tells. */
struct argument_list build_argument(struct parser *parser, struct argument_list list,
				    struct word name, struct word value, int token)
{
	struct expression *expression = store_expression(parser->store, value.text, &value.at);

	if (token == TOKEN_NAME &&
	    (strcmp(value.text, "true") == 0 || strcmp(value.text, "false") == 0)) {
		size_t length = strlen(value.text);

		expression->text = store_take(parser->store, length + 3);
		expression->text[0] = expression->text[length + 1] = '\'';
		memcpy(expression->text + 1, value.text, length);
	}
	list.list = store_grow(parser->store, list.list, list.count, sizeof(*list.list));
	list.list[list.count++] =
	    (struct action_argument){ .name = name.text, .value = expression, .at = name.at };
	return list;
}

struct item *build_action(struct parser *parser, struct word role, struct word name,
			  struct argument_list arguments, struct word *step)
{
	struct item *item = item_new(parser, ITEM_ACTION, &role.at);
	struct action *action = store_take(parser->store, sizeof(*action));

	item->action = action;
	action->role = role.text;
	action->name = name.text;
	action->arguments = arguments.list;
	action->argument_count = arguments.count;
	action->step = step ? step_text(parser, step) : NULL;
	action->at = role.at;
	if (name.at.line == role.at.line)
		action->at.end_column = name.at.end_column;
	action->role_at = role.at;
	action->name_at = name.at;
	return item;
}

struct item *build_use(struct parser *parser, struct word keyword, struct word file,
		       struct argument_list arguments)
{
	struct item *item = item_new(parser, ITEM_SEQUENCE, &keyword.at);

	item->use = store_take(parser->store, sizeof(*item->use));
	*item->use = (struct use){ file.text, arguments.list, arguments.count, file.at };
	return item;
}

struct item *build_wait(struct parser *parser, struct word keyword, struct duration *duration)
{
	struct item *item = item_new(parser, ITEM_WAIT, &keyword.at);

	item->duration = duration;
	return item;
}

struct branch_list build_branch(struct parser *parser, struct branch_list list, struct word *title,
				struct expression *guard, struct item_list items)
{
	struct sequence *branch = store_take(parser->store, sizeof(*branch));

	branch->first = items.first;
	branch->guard = guard;
	branch->title = title ? copied_unquoted(parser, title->text) : NULL;
	branch->next = list.first;
	list.first = branch;
	return list;
}

struct item *build_fragment(struct parser *parser, enum item_kind kind, struct word keyword,
			    struct branch_list branches)
{
	struct item *item = item_new(parser, kind, &keyword.at);

	item->branches = branches.first;
	item->least = item->most = 1;
	if ((kind == ITEM_ALT || kind == ITEM_PAR) && !branches.first->next &&
	    !(kind == ITEM_ALT && branches.first->guard) && !parser->unclosed)
		parser_error(parser, &keyword.at, "this \"%s\" has one branch: it wants \"%s\"",
			     keyword.text, kind == ITEM_ALT ? "or" : "and");
	if (kind != ITEM_ALT && !branches.first->first && !parser->broken)
		parser_error(parser, &keyword.at, "this \"%s\" is empty", keyword.text);
	for (struct item *each = branches.first->first; kind == ITEM_NEVER && each;
	     each = each->next)
		if (each->kind != ITEM_ARROW)
			parser_error(parser, &each->at, "a \"never\" holds arrows only");
	return item;
}

void build_open(struct parser *parser, struct word keyword)
{
	if (parser->open_count == NESTING) {
		parser_error(parser, &keyword.at, "blocks are nested too deep");
		parser->too_deep = true;
		return;
	}
	parser->open[parser->open_count++] = (struct fragment_end){ keyword.at, keyword.text };
}

void build_close(struct parser *parser)
{
	if (parser->open_count > 0)
		parser->open_count--;
}

static int loop_number(struct parser *parser, const struct word *word)
{
	if (strlen(word->text) > 6 || strspn(word->text, "0123456789") != strlen(word->text)) {
		parser_error(parser, &word->at,
			     "\"%s\" is no count: a loop has 3, 1..5 or 0..* turns", word->text);
		return -1;
	}
	return (int)strtol(word->text, NULL, 10);
}

void build_loop_count(struct parser *parser, struct item *loop, struct word least,
		      struct word *most, bool unbounded)
{
	struct place at = least.at;

	loop->least = loop_number(parser, &least);
	loop->most = unbounded ? -1 : most ? loop_number(parser, most) : loop->least;
	if (most)
		at.end_column = most->at.end_column;
	if (loop->least >= 0 && !unbounded && loop->most >= 0 && loop->most < loop->least)
		parser_error(parser, &at, "a loop cannot have at least %d and at most %d turns",
			     loop->least, loop->most);
}
