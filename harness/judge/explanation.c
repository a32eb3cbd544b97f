#include "harness/judge/explanation.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/xpath-arguments.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"

#define PARTS_MOST 16
#define DEPTH_MOST 8

struct part { /* of an expression's text */
	const char *text;
	size_t length;
};

static struct part trimmed(const char *text, size_t length)
{
	while (length > 0 && isspace((unsigned char)*text)) {
		text++;
		length--;
	}
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		length--;
	return (struct part){ text, length };
}

static char *copy(struct part part)
{
	return memory_text_length(part.text, part.length);
}

/* The offset behind a quoted text or a bracketed part that begins at i, else i + 1. */
static size_t skip(struct part part, size_t i)
{
	size_t depth = 0;

	do {
		char c = part.text[i];

		if (c == '\'' || c == '"') {
			const char *end = memchr(part.text + i + 1, c, part.length - i - 1);
			i = end ? (size_t)(end - part.text) : part.length - 1;
		}
		depth += c == '(' || c == '[';
		depth -= (c == ')' || c == ']') && depth > 0;
		i++;
	} while (depth > 0 && i < part.length);
	return i;
}

static bool blank_or(char c, const char *others)
{
	return isspace((unsigned char)c) || strchr(others, c);
}

static bool word_at(struct part part, size_t i, const char *word)
{
	size_t length = strlen(word);

	return i > 0 && i + length < part.length && memcmp(part.text + i, word, length) == 0 &&
	       blank_or(part.text[i - 1], ")]'\"") && blank_or(part.text[i + length], "('\"$");
}

/* Splits at a word (and, or) or a character (,) that stands in no bracket or quotes. */
static size_t split(struct part whole, const char *word, struct part parts[PARTS_MOST])
{
	size_t count = 0, begin = 0;
	bool comma = word[0] == ',';

	for (size_t i = 0; i < whole.length && count < PARTS_MOST - 1;) {
		if (comma ? whole.text[i] == ',' : word_at(whole, i, word)) {
			parts[count++] = trimmed(whole.text + begin, i - begin);
			i += strlen(word);
			begin = i;
		} else {
			i = skip(whole, i);
		}
	}
	parts[count++] = trimmed(whole.text + begin, whole.length - begin);
	return count;
}

enum operator { EQUAL, UNEQUAL, LESS, AT_MOST, GREATER, AT_LEAST, NO_OPERATOR };

static const struct {
	const char *sign;
	enum operator operator, mirrored;
	const char *words;
} operators[] = { /* those of two characters first */
	{ "!=", UNEQUAL, UNEQUAL, "not " },
	{ "<=", AT_MOST, AT_LEAST, "at most " },
	{ ">=", AT_LEAST, AT_MOST, "at least " },
	{ "=", EQUAL, EQUAL, "" },
	{ "<", LESS, GREATER, "less than " },
	{ ">", GREATER, LESS, "more than " },
};

#define OPERATORS (sizeof(operators) / sizeof(operators[0]))

static const char *operator_words(enum operator operator)
{
	for (size_t i = 0; i < OPERATORS; i++)
		if (operators[i].operator == operator)
			return operators[i].words;
	return "";
}

static bool constant(struct part part)
{
	return part.length > 0 && (strchr("'\"$", part.text[0]) ||
				   isdigit((unsigned char)part.text[0]) ||
				   (part.length > 5 && memcmp(part.text, "path(", 5) == 0));
}

/* Splits "field = value", with the constant side as the value. */
static enum operator compared(struct part whole, struct part *field, struct part *value)
{
	for (size_t i = 0; i < whole.length; i = skip(whole, i)) {
		for (size_t j = 0; j < OPERATORS; j++) {
			size_t length = strlen(operators[j].sign);

			if (i + length > whole.length ||
			    memcmp(whole.text + i, operators[j].sign, length) != 0)
				continue;
			struct part left = trimmed(whole.text, i);
			struct part right =
				trimmed(whole.text + i + length, whole.length - i - length);
			bool mirrored = constant(left) && !constant(right);

			*field = mirrored ? right : left;
			*value = mirrored ? left : right;
			return mirrored ? operators[j].mirrored : operators[j].operator;
		}
	}
	return NO_OPERATOR;
}

/* Is the whole one call? Gives its name and its arguments. */
static bool call_of(struct part whole, struct part *name, struct part *arguments)
{
	size_t i = 0;

	while (i < whole.length && (isalnum((unsigned char)whole.text[i]) || whole.text[i] == '-'))
		i++;
	if (i == 0 || i + 2 > whole.length || whole.text[i] != '(' ||
	    whole.text[whole.length - 1] != ')' || skip(whole, i) != whole.length)
		return false;
	*name = (struct part){ whole.text, i };
	*arguments = trimmed(whole.text + i + 1, whole.length - i - 2);
	return true;
}

static bool is(struct part part, const char *word)
{
	return part.length == strlen(word) && memcmp(part.text, word, part.length) == 0;
}

static char *value_of(struct evaluation *evaluation, struct part part)
{
	bool found = true;
	char *value = evaluation_text_of(evaluation, part.text, part.length, &found);

	if (value && found && value[0] != '\0')
		return value;
	const char *instead = !value ? "not computable" : found ? "empty" : "absent";
	free(value);
	return memory_text(instead);
}

/* How a field is called: a parameter by its name. */
static char *field_name(struct evaluation *evaluation, struct part part)
{
	struct part name, arguments;

	if (call_of(part, &name, &arguments) && is(name, "parameter"))
		return value_of(evaluation, arguments);
	return copy(part);
}

/* --- functions --- */

enum subject { SUBJECT_FIRST, SUBJECT_EVENTS, SUBJECT_PARAMETER, SUBJECT_ICS };

static const struct {
	const char *name;
	enum subject subject;   /* what the actual value is */
	const char *expected;   /* before the second argument's value */
} calls[] = {
	{ "event", SUBJECT_EVENTS, "" },
	{ "has-parameter", SUBJECT_PARAMETER, "present" },
	{ "parameter", SUBJECT_PARAMETER, "a value" },
	{ "ics", SUBJECT_ICS, "claimed" },
	{ "matches", SUBJECT_FIRST, "matching " },
	{ "address-in", SUBJECT_FIRST, "an address in " },
	{ "starts-with", SUBJECT_FIRST, "beginning with " },
	{ "contains", SUBJECT_FIRST, "holding " },
	{ "known-event", SUBJECT_FIRST, "a known event code" },
	{ "known-fault", SUBJECT_FIRST, "a known fault code" },
	{ "is-date-time", SUBJECT_FIRST, "a date and time (xsd:dateTime)" },
};

static void explain_events(struct evaluation *evaluation, const struct part *arguments,
			   size_t count, struct explanation *explanation)
{
	struct part codes = { "Event/EventStruct/EventCode", 27 };
	char *code = value_of(evaluation, arguments[0]);

	explanation->field = memory_text("Event");
	explanation->actual = value_of(evaluation, codes);
	if (count > 1) {
		struct part keys = { "Event/EventStruct/CommandKey", 28 };
		char *key = value_of(evaluation, arguments[1]);
		char *came = value_of(evaluation, keys), *all;

		explanation->expected = memory_format("%s with CommandKey %s", code, key);
		all = memory_format("%s with CommandKey %s", explanation->actual, came);
		free(explanation->actual);
		explanation->actual = all;
		free(key);
		free(came);
		free(code);
	} else {
		explanation->expected = code;
	}
}

static const char *claimed(struct evaluation *evaluation, struct part whole)
{
	enum truth truth = evaluation_truth_of(evaluation, whole.text, whole.length);

	return truth == TRUTH_YES ? "claimed" : "not claimed";
}

static bool explain_call(struct evaluation *evaluation, struct part whole,
			 struct explanation *explanation)
{
	struct part name, list, arguments[PARTS_MOST];
	size_t row = 0;

	if (!call_of(whole, &name, &list) || list.length == 0)
		return false;
	while (row < sizeof(calls) / sizeof(calls[0]) && !is(name, calls[row].name))
		row++;
	if (row == sizeof(calls) / sizeof(calls[0]))
		return false;
	size_t count = split(list, ",", arguments);
	char *value = count > 1 ? value_of(evaluation, arguments[1]) : memory_text("");

	switch (calls[row].subject) {
	case SUBJECT_EVENTS:
		free(value);
		explain_events(evaluation, arguments, count, explanation);
		return true;
	case SUBJECT_PARAMETER:
	case SUBJECT_ICS:
		explanation->field = value_of(evaluation, arguments[0]);
		explanation->actual = calls[row].subject == SUBJECT_ICS
					      ? memory_text(claimed(evaluation, whole))
					      : value_of(evaluation, whole);
		break;
	case SUBJECT_FIRST:
		explanation->field = field_name(evaluation, arguments[0]);
		explanation->actual = value_of(evaluation, arguments[0]);
		break;
	}
	if (is(name, "has-parameter")) {
		free(explanation->actual);
		explanation->actual = memory_text("absent");
	}
	explanation->expected = memory_format("%s%s", calls[row].expected, value);
	free(value);
	return true;
}

/* --- the whole --- */

static void explain(struct evaluation *evaluation, struct part whole, int depth,
		    struct explanation *explanation);

/* A = 0 or A = 1: one field, several values. */
static bool explain_or(struct evaluation *evaluation, const struct part *parts, size_t count,
		       struct explanation *explanation)
{
	struct buffer values = { 0 };
	struct part first = { NULL, 0 }, field, value;

	for (size_t i = 0; i < count; i++) {
		if (compared(parts[i], &field, &value) != EQUAL ||
		    (i > 0 && (field.length != first.length ||
			       memcmp(field.text, first.text, field.length) != 0))) {
			buffer_free(&values);
			return false;
		}
		first = field;
		char *text = value_of(evaluation, value);
		buffer_format(&values, "%s%s", i > 0 ? " or " : "", text);
		free(text);
	}
	explanation->field = field_name(evaluation, first);
	explanation->expected = memory_text(buffer_text(&values));
	explanation->actual = value_of(evaluation, first);
	buffer_free(&values);
	return true;
}

static void explain_not(struct evaluation *evaluation, struct part inner, int depth,
			struct explanation *explanation)
{
	explain(evaluation, inner, depth + 1, explanation);
	char *expected = memory_format("not %s", explanation->expected);
	free(explanation->expected);
	explanation->expected = expected;
	if (strcmp(explanation->actual, "absent") == 0) { /* of has-parameter: it is there */
		free(explanation->actual);
		explanation->actual = memory_text("present");
	}
}

static void explain_plain(struct evaluation *evaluation, struct part whole,
			  struct explanation *explanation)
{
	struct part name, arguments;
	bool truth = call_of(whole, &name, &arguments);

	explanation->field = copy(whole);
	explanation->expected = memory_text(truth ? "true" : "present");
	explanation->actual = value_of(evaluation, whole);
}

/* grammar-breach() = '': where in the envelope, and what. */
static bool explain_grammar(struct evaluation *evaluation, struct part field,
			    struct explanation *explanation)
{
	const struct grammar_breach *breach;
	struct part name, arguments;

	if (!call_of(field, &name, &arguments) || !is(name, "grammar-breach") ||
	    !xpath_find_breach(evaluation, &breach) || !breach)
		return false;
	explanation->field = memory_text(breach->field);
	explanation->expected = memory_text(breach->expected);
	explanation->actual = memory_text(breach->actual);
	return true;
}

static void explain(struct evaluation *evaluation, struct part whole, int depth,
		    struct explanation *explanation)
{
	struct part parts[PARTS_MOST], field, value, name;

	while (whole.length > 1 && whole.text[0] == '(' &&
	       whole.text[whole.length - 1] == ')' && skip(whole, 0) == whole.length)
		whole = trimmed(whole.text + 1, whole.length - 2);
	size_t count = depth < DEPTH_MOST ? split(whole, "or", parts) : 1;
	if (count > 1) {
		if (explain_or(evaluation, parts, count, explanation))
			return;
		explanation->field = copy(whole);
		explanation->expected = memory_text("true");
		explanation->actual = memory_text("false");
		return;
	}
	count = depth < DEPTH_MOST ? split(whole, "and", parts) : 1;
	for (size_t i = 0; count > 1 && i < count; i++)
		if (i + 1 == count || evaluation_truth_of(evaluation, parts[i].text,
							  parts[i].length) != TRUTH_YES)
			return explain(evaluation, parts[i], depth + 1, explanation);
	enum operator operator = compared(whole, &field, &value);
	if (operator != NO_OPERATOR && explain_grammar(evaluation, field, explanation)) {
		return;
	} else if (operator != NO_OPERATOR) {
		char *text = value_of(evaluation, value);

		explanation->field = field_name(evaluation, field);
		explanation->expected = memory_format("%s%s", operator_words(operator), text);
		explanation->actual = value_of(evaluation, field);
		free(text);
	} else if (depth < DEPTH_MOST && call_of(whole, &name, &value) && is(name, "not")) {
		explain_not(evaluation, value, depth, explanation);
	} else if (!explain_call(evaluation, whole, explanation)) {
		explain_plain(evaluation, whole, explanation);
	}
}

void explanation_make(struct evaluation *evaluation, const char *check,
		      struct explanation *explanation)
{
	memset(explanation, 0, sizeof(*explanation));
	explain(evaluation, trimmed(check, strlen(check)), 0, explanation);
}

void explanation_clear(struct explanation *explanation)
{
	free(explanation->field);
	free(explanation->expected);
	free(explanation->actual);
	memset(explanation, 0, sizeof(*explanation));
}
