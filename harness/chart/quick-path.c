#include "harness/chart/quick-path.h"

#include <stdlib.h>
#include <string.h>

#include "harness/chart/xpath-token.h"

#define DIGITS_MOST 9
#define DEPTH_MOST 40

struct quick_reader {
	struct store *store;
	const char *text;
	struct xpath_reader reader;
	struct xpath_token token; /* the next one */
	int depth;
};

static const struct {
	const char *name;
	enum quick_function function;
	enum quick_type type;
	int least, most;
} quick_functions[] = {
	{ "argument-wrong", QUICK_ARGUMENT_WRONG, QUICK_TEXT_TYPE, 0, 0 },
	{ "boolean", QUICK_BOOLEAN, QUICK_TRUTH_TYPE, 1, 1 },
	{ "concat", QUICK_CONCAT, QUICK_TEXT_TYPE, 2, 99 },
	{ "contains", QUICK_CONTAINS, QUICK_TRUTH_TYPE, 2, 2 },
	{ "count", QUICK_COUNT, QUICK_NUMBER_TYPE, 1, 1 },
	{ "elapsed", QUICK_ELAPSED, QUICK_NUMBER_TYPE, 0, 0 },
	{ "event", QUICK_EVENT, QUICK_TRUTH_TYPE, 1, 2 },
	{ "events-ordered", QUICK_EVENTS_ORDERED, QUICK_TRUTH_TYPE, 0, 0 },
	{ "false", QUICK_FALSE, QUICK_TRUTH_TYPE, 0, 0 },
	{ "forced-missing", QUICK_FORCED_MISSING, QUICK_TEXT_TYPE, 0, 0 },
	{ "grammar-breach", QUICK_GRAMMAR_BREACH, QUICK_TEXT_TYPE, 0, 0 },
	{ "has-parameter", QUICK_HAS_PARAMETER, QUICK_TRUTH_TYPE, 1, 1 },
	{ "header", QUICK_HEADER, QUICK_TEXT_TYPE, 1, 1 },
	{ "ics", QUICK_ICS, QUICK_TRUTH_TYPE, 1, 1 },
	{ "is-date-time", QUICK_IS_DATE_TIME, QUICK_TRUTH_TYPE, 1, 1 },
	{ "known-event", QUICK_KNOWN_EVENT, QUICK_TRUTH_TYPE, 1, 1 },
	{ "known-fault", QUICK_KNOWN_FAULT, QUICK_TRUTH_TYPE, 1, 1 },
	{ "lower-case", QUICK_LOWER_CASE, QUICK_TEXT_TYPE, 1, 1 },
	{ "matches", QUICK_MATCHES, QUICK_TRUTH_TYPE, 2, 2 },
	{ "name", QUICK_NAME, QUICK_TEXT_TYPE, 0, 1 },
	{ "normalize-space", QUICK_NORMALIZE_SPACE, QUICK_TEXT_TYPE, 1, 1 },
	{ "not", QUICK_NOT, QUICK_TRUTH_TYPE, 1, 1 },
	{ "number", QUICK_NUMBER_OF, QUICK_NUMBER_TYPE, 1, 1 },
	{ "parameter", QUICK_PARAMETER, QUICK_TEXT_TYPE, 1, 1 },
	{ "range-wrong", QUICK_RANGE_WRONG, QUICK_TEXT_TYPE, 0, 0 },
	{ "repeated", QUICK_REPEATED, QUICK_TEXT_TYPE, 1, 1 },
	{ "starts-with", QUICK_STARTS_WITH, QUICK_TRUTH_TYPE, 2, 2 },
	{ "string", QUICK_STRING, QUICK_TEXT_TYPE, 1, 1 },
	{ "string-length", QUICK_STRING_LENGTH, QUICK_NUMBER_TYPE, 1, 1 },
	{ "substring-after", QUICK_SUBSTRING_AFTER, QUICK_TEXT_TYPE, 2, 2 },
	{ "substring-before", QUICK_SUBSTRING_BEFORE, QUICK_TEXT_TYPE, 2, 2 },
	{ "true", QUICK_TRUE, QUICK_TRUTH_TYPE, 0, 0 },
	{ "type-wrong", QUICK_TYPE_WRONG, QUICK_TEXT_TYPE, 0, 0 },
	{ "value-wrong", QUICK_VALUE_WRONG, QUICK_TEXT_TYPE, 0, 0 },
};

static struct quick *read_or(struct quick_reader *reader);

static void advance(struct quick_reader *reader)
{
	reader->token = xpath_next(&reader->reader);
}

static bool token_is(const struct quick_reader *reader, const char *text)
{
	const struct xpath_token *token = &reader->token;

	return token->kind != XPATH_LITERAL && token->length == strlen(text) &&
	       strncmp(reader->text + token->start, text, token->length) == 0;
}

static bool take(struct quick_reader *reader, const char *text)
{
	if (!token_is(reader, text))
		return false;
	advance(reader);
	return true;
}

static char *token_text(struct quick_reader *reader)
{
	return store_text_length(reader->store, reader->text + reader->token.start,
				 reader->token.length);
}

static struct quick *quick_new(struct quick_reader *reader, enum quick_kind kind,
			       enum quick_type type)
{
	struct quick *quick = store_take(reader->store, sizeof(*quick));

	quick->kind = kind;
	quick->type = type;
	return quick;
}

static struct quick *read_literal(struct quick_reader *reader)
{
	struct quick *quick = quick_new(reader, QUICK_LITERAL, QUICK_TEXT_TYPE);

	if (reader->token.length < 2)
		return NULL;
	quick->text = store_text_length(reader->store, reader->text + reader->token.start + 1,
					reader->token.length - 2);
	advance(reader);
	return quick;
}

/* Whole numbers only: libxml2 reads fractions in its own way. */
static struct quick *read_number(struct quick_reader *reader)
{
	struct quick *quick = quick_new(reader, QUICK_NUMBER, QUICK_NUMBER_TYPE);
	const char *text = reader->text + reader->token.start;

	if (reader->token.length > DIGITS_MOST ||
	    strspn(text, "0123456789") != reader->token.length)
		return NULL;
	quick->number = (double)strtol(text, NULL, 10);
	advance(reader);
	return quick;
}

/* Is the argument of a kind that the function takes here? A number as text is libxml2's. */
static bool argument_fits(enum quick_function function, const struct quick *argument)
{
	switch (function) {
	case QUICK_COUNT:
	case QUICK_NAME:
	case QUICK_REPEATED:
		return argument->type == QUICK_NODES_TYPE;
	case QUICK_NOT:
	case QUICK_BOOLEAN:
		return true;
	default:
		return argument->type == QUICK_TEXT_TYPE || argument->type == QUICK_NODES_TYPE;
	}
}

static bool read_arguments(struct quick_reader *reader, struct quick *call, int least, int most)
{
	struct quick **end = &call->first;
	int count = 0;

	if (!take(reader, "("))
		return false;
	while (!token_is(reader, ")")) {
		if (count > 0 && !take(reader, ","))
			return false;
		*end = read_or(reader);
		if (!*end || !argument_fits(call->function, *end))
			return false;
		end = &(*end)->next;
		count++;
	}
	advance(reader);
	return count >= least && count <= most;
}

static struct quick *read_call(struct quick_reader *reader)
{
	for (size_t i = 0; i < sizeof(quick_functions) / sizeof(quick_functions[0]); i++) {
		if (!token_is(reader, quick_functions[i].name))
			continue;
		struct quick *call = quick_new(reader, QUICK_CALL, quick_functions[i].type);

		call->function = quick_functions[i].function;
		advance(reader);
		return read_arguments(reader, call, quick_functions[i].least,
				      quick_functions[i].most) ? call : NULL;
	}
	return NULL;
}

static bool read_predicates(struct quick_reader *reader, struct quick_step *step)
{
	struct quick **end = &step->predicates;

	while (take(reader, "[")) {
		struct quick *predicate = read_or(reader);

		/* A computed number would be a position, and a variable may be one. */
		if (!predicate || !take(reader, "]") || predicate->kind == QUICK_VARIABLE ||
		    (predicate->type == QUICK_NUMBER_TYPE && predicate->kind != QUICK_NUMBER))
			return false;
		*end = predicate;
		end = &predicate->next;
	}
	return true;
}

static bool read_axis(struct quick_reader *reader, struct quick_step *step)
{
	struct quick_reader before = *reader;

	if (take(reader, "@")) {
		step->axis = QUICK_ATTRIBUTE;
		return true;
	}
	if (reader->token.kind != XPATH_NAME)
		return true;
	advance(reader);
	if (!take(reader, ":")) {
		*reader = before;
		return true;
	}
	if (!take(reader, ":"))
		return false;
	const char *axis = reader->text + before.token.start;
	size_t length = before.token.length;

	if (length == 4 && strncmp(axis, "self", 4) == 0)
		step->axis = QUICK_SELF;
	else if (length == 9 && strncmp(axis, "attribute", 9) == 0)
		step->axis = QUICK_ATTRIBUTE;
	else if (length == 17 && strncmp(axis, "preceding-sibling", 17) == 0)
		step->axis = QUICK_PRECEDING_SIBLING;
	else
		return length == 5 && strncmp(axis, "child", 5) == 0;
	return true;
}

static bool read_test(struct quick_reader *reader, struct quick_step *step)
{
	if (reader->token.kind != XPATH_NAME)
		return false;
	if (token_is(reader, ".")) {
		if (step->axis != QUICK_CHILD)
			return false;
		step->axis = QUICK_SELF;
		step->any = true;
	} else if (!token_is(reader, "*")) {
		step->name = token_text(reader);
		if (strchr(step->name, ':'))
			return false;
	}
	advance(reader);
	return !token_is(reader, "("); /* node() and its like */
}

static struct quick_step *read_step(struct quick_reader *reader)
{
	struct quick_step *step = store_take(reader->store, sizeof(*step));

	if (!read_axis(reader, step) || !read_test(reader, step))
		return NULL;
	bool dot = step->any;
	if (!read_predicates(reader, step) || (dot && step->predicates))
		return NULL;
	return step;
}

static bool operand_follows(const struct quick_reader *reader)
{
	return reader->token.kind == XPATH_NAME || token_is(reader, "@");
}

static struct quick *read_path(struct quick_reader *reader)
{
	struct quick *path = quick_new(reader, QUICK_PATH, QUICK_NODES_TYPE);
	struct quick_step **end = &path->steps;
	bool from_root = token_is(reader, "/");

	path->absolute = from_root;
	if (!from_root && !operand_follows(reader))
		return NULL;
	for (bool more = true; more;) {
		bool deep = (end != &path->steps || from_root) && take(reader, "/") &&
			    take(reader, "/");
		struct quick_step *step = operand_follows(reader) ? read_step(reader) : NULL;

		if (!step || (deep && step->axis != QUICK_ATTRIBUTE) ||
		    (step->axis == QUICK_PRECEDING_SIBLING &&
		     (end != &path->steps || from_root || step->predicates)))
			return NULL;
		if (deep)
			step->axis = QUICK_ANY_ATTRIBUTE;
		*end = step;
		end = &step->next;
		more = token_is(reader, "/");
		if (more && step->axis == QUICK_ANY_ATTRIBUTE)
			return NULL;
		from_root = false;
	}
	return path;
}

static struct quick *read_primary(struct quick_reader *reader)
{
	struct quick *quick;

	switch (reader->token.kind) {
	case XPATH_LITERAL:
		return read_literal(reader);
	case XPATH_NUMBER_TOKEN:
		return read_number(reader);
	case XPATH_VARIABLE:
		quick = quick_new(reader, QUICK_VARIABLE, QUICK_TEXT_TYPE);
		quick->text = token_text(reader);
		advance(reader);
		return quick;
	case XPATH_CALL:
		return read_call(reader);
	case XPATH_OPEN:
		if (!take(reader, "("))
			return NULL;
		quick = read_or(reader);
		return quick && take(reader, ")") ? quick : NULL;
	default:
		return read_path(reader);
	}
}

static struct quick *joined(struct quick_reader *reader, enum quick_kind kind, struct quick *left,
			    struct quick *right)
{
	struct quick *quick = quick_new(reader, kind, QUICK_TRUTH_TYPE);

	if (!left || !right)
		return NULL;
	quick->first = left;
	left->next = right;
	return quick;
}

/* The operator of the level that stands next. */
static bool comparison(struct quick_reader *reader, bool equality, enum quick_kind *kind)
{
	struct quick_reader before = *reader;

	if (equality && take(reader, "=")) {
		*kind = QUICK_EQUAL;
		return true;
	}
	if (equality && take(reader, "!") && take(reader, "=")) {
		*kind = QUICK_UNEQUAL;
		return true;
	}
	*reader = before;
	bool less = token_is(reader, "<");
	if (equality || (!less && !token_is(reader, ">")))
		return false;
	advance(reader);
	if (take(reader, "="))
		*kind = less ? QUICK_LESS_EQUAL : QUICK_MORE_EQUAL;
	else
		*kind = less ? QUICK_LESS : QUICK_MORE;
	return true;
}

/* Two node sets are compared for equality only: the rest is libxml2's. */
static struct quick *read_compared(struct quick_reader *reader, bool equality)
{
	struct quick *left = equality ? read_compared(reader, false) : read_primary(reader);
	enum quick_kind kind;

	while (left && comparison(reader, equality, &kind)) {
		struct quick *right =
			equality ? read_compared(reader, false) : read_primary(reader);

		if (right && !equality && left->type == QUICK_NODES_TYPE &&
		    right->type == QUICK_NODES_TYPE)
			return NULL;
		left = joined(reader, kind, left, right);
	}
	return left;
}

static struct quick *read_and(struct quick_reader *reader)
{
	struct quick *left = read_compared(reader, true);

	while (left && take(reader, "and"))
		left = joined(reader, QUICK_AND, left, read_compared(reader, true));
	return left;
}

static struct quick *read_or(struct quick_reader *reader)
{
	struct quick *left = NULL;

	if (++reader->depth <= DEPTH_MOST)
		left = read_and(reader);
	while (left && take(reader, "or"))
		left = joined(reader, QUICK_OR, left, read_and(reader));
	reader->depth--;
	return left;
}

const struct quick *quick_path(struct store *store, const char *text)
{
	struct quick_reader reader = { .store = store, .text = text, .reader = { .text = text } };

	advance(&reader);
	const struct quick *quick = read_or(&reader);

	return reader.token.kind == XPATH_END ? quick : NULL;
}
