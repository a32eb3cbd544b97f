#include "harness/chart/syntax-error.h"

#include <string.h>

#include "harness/chart/lexer.h"
#include "harness/chart/roles.h"

static bool described(const char *name)
{
	return strncmp(name, "a ", 2) == 0 || strncmp(name, "an ", 3) == 0 ||
	       strncmp(name, "the ", 4) == 0;
}

/* What stood there: the end of something, or the text itself, from the source. */
static void found_text(struct parser *parser, const struct place *at, const char *found,
		       struct buffer *out)
{
	const char *text = parser->source->text;
	int column = 1;

	if (strncmp(found, "the ", 4) == 0) {
		buffer_add_text(out, found);
		return;
	}
	for (int line = 1; line < at->line && text; line++) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	if (!text) {
		buffer_add_text(out, found);
		return;
	}
	buffer_add_text(out, "\"");
	for (; *text && *text != '\n' && column < at->end_column; text++) {
		if (column >= at->column)
			buffer_add(out, text, 1);
		if ((text[1] & 0xc0) != 0x80)
			column++;
	}
	buffer_add_text(out, "\"");
}

static void would_fit(const char *const *expected, size_t count, struct buffer *out)
{
	for (size_t i = 0; i < count; i++) {
		const char *quote = described(expected[i]) ? "" : "\"";

		buffer_format(out, "%s%s%s%s",
			      i == 0           ? ""
			      : i + 1 == count ? " or "
					       : ", ",
			      quote, expected[i], quote);
	}
}

/* A line whose first word cannot begin it, here or anywhere. */
static const char *line_hint(const struct parser *parser)
{
	switch (parser->line_word) {
	case TOKEN_SCENARIO:
	case TOKEN_FRAGMENT:
	case TOKEN_COVERS:
	case TOKEN_ROLES:
	case TOKEN_NEEDS:
	case TOKEN_AFTER:
	case TOKEN_TAGS:
	case TOKEN_PARAMETERS:
	case TOKEN_TOLERATE:
		return parser->rules ? "belongs in a scenario, not in rules"
				     : "belongs in the header, before the first arrow";
	case TOKEN_CLAUSE:
		return "belongs in the header, before the first arrow";
	case TOKEN_CHECK:
	case TOKEN_SHOULD:
	case TOKEN_RESTS:
	case TOKEN_KEEP:
	case TOKEN_SET:
	case TOKEN_GET:
	case TOKEN_WITH:
	case TOKEN_WITHIN:
		return parser->rules ? "does not belong in a rule"
				     : "has no arrow above it to belong to";
	case TOKEN_OR:
		return "belongs in an \"alt\"";
	case TOKEN_AND:
		return "belongs in a \"par\"";
	case TOKEN_END:
		return "closes nothing here";
	case TOKEN_RULE:
	case TOKEN_SEVERITY:
	case TOKEN_FOR:
		return parser->rules ? NULL : "belongs in a file of rules";
	case TOKEN_WHEN:
		return "stands behind the alt, or, opt, loop, par, and or never that it guards";
	default:
		return NULL;
	}
}

void syntax_error(struct parser *parser, const struct place *at, const char *found,
		  const char *const *expected, size_t count, bool arrow_fits)
{
	const struct word *first = &parser->first_word;
	bool at_first = at->line == first->at.line && at->column == first->at.column;
	struct buffer text = { 0 };

	if (arrow_fits && parser->line_word == TOKEN_NAME && !role_find(first->text)) {
		const char *near = lexer_near_keyword(first->text);

		if (near) {
			parser_error(parser, &first->at,
				     "no line begins with \"%s\"; did you mean \"%s\"?",
				     first->text, near);
			return;
		}
	}
	if (at_first && line_hint(parser)) {
		parser_error(parser, at, "\"%s\" %s", first->text, line_hint(parser));
		return;
	}
	found_text(parser, at, found, &text);
	if (strcmp(buffer_text(&text), "\"<->\"") == 0) {
		buffer_clear(&text);
		buffer_add_text(&text, "an arrow has one direction: \"->\" or \"<-\"");
	} else if (at_first) {
		buffer_add_text(&text, " cannot begin a line here");
	} else if (count > 0) {
		buffer_add_text(&text, " stands where ");
		would_fit(expected, count, &text);
		buffer_add_text(&text, " would fit");
	} else {
		buffer_add_text(&text, " does not fit here");
	}
	parser_error(parser, at, "%s", buffer_text(&text));
	buffer_free(&text);
}
