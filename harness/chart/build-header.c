/* What the grammar does with the lines of a header and of a rule. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/chart/lexer.h"
#include "harness/chart/parser.h"

void parser_error(struct parser *parser, const struct place *at, const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	diagnostics_add(parser->diagnostics, DIAGNOSTIC_ERROR, at, parser->source->text, "%s",
			text);
}

/* A header line may stand once, and before the body. */
static bool header_once(struct parser *parser, const struct word *keyword, enum header header)
{
	bool good = true;

	if ((parser->headers & header) && header != HEADER_CLAUSE) {
		if (header == HEADER_TITLE)
			parser_error(parser, &keyword->at, "a file has one title");
		else
			parser_error(parser, &keyword->at, "\"%s\" stands here a second time",
				     keyword->text);
		good = false;
	}
	if (parser->body_begun) {
		parser_error(parser, &keyword->at,
			     "\"%s\" belongs in the header, before the first arrow", keyword->text);
		good = false;
	}
	if (parser->headers == 0 && parser->broken_headers == 0 && header != HEADER_TITLE)
		parser_error(parser, &keyword->at,
			     "a file begins with \"scenario\" or \"fragment\" and its title");
	parser->headers |= header;
	return good;
}

/* The text between the quotes. */
static char *unquoted(struct parser *parser, const struct word *word)
{
	size_t length = strlen(word->text);

	if (length >= 2 && word->text[length - 1] == word->text[0])
		return store_text_length(parser->store, word->text + 1, length - 2);
	return store_text(parser->store, word->text + 1);
}

void build_title(struct parser *parser, struct word keyword, struct word title, bool is_fragment)
{
	if (!header_once(parser, &keyword, HEADER_TITLE))
		return;
	parser->chart->title = unquoted(parser, &title);
	parser->chart->is_fragment = is_fragment;
	parser->chart->at = keyword.at;
	if (parser->chart->title[0] == '\0')
		parser_error(parser, &title.at, "the title is empty");
}

static const char *const status_names[] = {
	[STATUS_NONE] = "",
	[STATUS_MANDATORY] = "mandatory",
	[STATUS_OPTIONAL] = "optional",
	[STATUS_CONDITIONAL] = "conditional",
	[STATUS_INFORMATIVE] = "informative",
};

const char *clause_status_name(enum clause_status status)
{
	return status_names[status];
}

static enum clause_status status_of(const char *word)
{
	for (enum clause_status status = STATUS_MANDATORY; status <= STATUS_INFORMATIVE; status++)
		if (strcmp(word, status_names[status]) == 0)
			return status;
	return STATUS_NONE;
}

/* clause TS 32.593 5.1.3 mandatory: a standard of one or more words, the clause, the status. */
static bool clause_of(struct parser *parser, const struct word *keyword,
		      const struct word_list *words, struct clause *clause)
{
	size_t count = words->count;
	size_t length = 1;

	*clause = (struct clause){ .at = keyword->at };
	clause->status = status_of(words->list[count - 1].text);
	if (clause->status != STATUS_NONE) {
		count--;
	} else if (count > 2) {
		const char *last = words->list[count - 1].text;
		const char *near = nearest_word(last, status_names + 1, STATUS_INFORMATIVE);

		if (near) {
			parser_error(parser, &words->list[count - 1].at,
				     "no status is called \"%s\"; did you mean \"%s\"?", last,
				     near);
			return false;
		}
	}
	if (count < 2) {
		parser_error(
		    parser, &keyword->at,
		    "a clause is a standard and a number, as in: clause TS 32.593 5.1.3 mandatory");
		return false;
	}
	for (size_t i = 0; i + 1 < count; i++)
		length += strlen(words->list[i].text) + 1;
	clause->standard = store_take(parser->store, length);
	for (size_t i = 0; i + 1 < count; i++) {
		if (i > 0)
			strcat(clause->standard, " ");
		strcat(clause->standard, words->list[i].text);
	}
	clause->number = words->list[count - 1].text;
	return true;
}

void build_clause(struct parser *parser, struct word keyword, struct word_list words)
{
	struct chart *chart = parser->chart;
	struct clause clause;

	if (!header_once(parser, &keyword, HEADER_CLAUSE) ||
	    !clause_of(parser, &keyword, &words, &clause))
		return;
	chart->clauses =
	    store_grow(parser->store, chart->clauses, chart->clause_count, sizeof(clause));
	chart->clauses[chart->clause_count++] = clause;
	if (chart->clause_count == 1) {
		chart->standard = clause.standard;
		chart->clause = clause.number;
		chart->status = clause.status;
	}
}

static void no_doubles(struct parser *parser, const struct word_list *words)
{
	for (size_t i = 1; i < words->count; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(words->list[i].text, words->list[j].text) == 0) {
				parser_error(parser, &words->list[i].at,
					     "\"%s\" stands twice in this list",
					     words->list[i].text);
				break;
			}
}

void build_names(struct parser *parser, struct word keyword, enum header header,
		 struct word_list words)
{
	struct chart *chart = parser->chart;

	if (!header_once(parser, &keyword, header))
		return;
	no_doubles(parser, &words);
#define TAKE(names, number) (chart->names = words.list, chart->number = words.count)
	switch (header) {
	case HEADER_COVERS:
		TAKE(covers, cover_count);
		break;
	case HEADER_ROLES:
		TAKE(roles, role_count);
		break;
	case HEADER_NEEDS:
		TAKE(needs, need_count);
		break;
	case HEADER_AFTER:
		TAKE(after_names, after_count);
		break;
	case HEADER_TAGS:
		TAKE(tags, tag_count);
		break;
	default:
		TAKE(parameters, parameter_count);
		break;
	}
#undef TAKE
}

struct word_list build_word(struct parser *parser, struct word_list list, struct word word,
			    bool negated)
{
	list.list = store_grow(parser->store, list.list, list.count, sizeof(*list.list));
	list.list[list.count++] = (struct reference){ word.text, negated, word.at };
	return list;
}

/* HENB-5.1.3-01 .. HENB-5.1.3-09: alike up to the number at the end. */
struct word_list build_range(struct parser *parser, struct word_list list, struct word first,
			     struct word last)
{
	size_t length = strlen(first.text), digits = 0;
	struct place at = first.at;

	at.end_column = last.at.end_column;
	while (digits < length && digits < 6 &&
	       strchr("0123456789", first.text[length - digits - 1]))
		digits++;
	size_t prefix = length - digits;
	const char *rest = strncmp(first.text, last.text, prefix) == 0 ? last.text + prefix : "";
	long from = strtol(first.text + prefix, NULL, 10), to = strtol(rest, NULL, 10);

	if (digits == 0 || strlen(rest) != digits || strspn(rest, "0123456789") != digits ||
	    to <= from || to - from > 199) {
		parser_error(parser, &at,
			     "a range goes up, and only the number at the end changes");
		return build_word(parser, list, first, false);
	}
	for (long number = from; number <= to; number++) {
		char text[256];

		snprintf(text, sizeof(text), "%.*s%0*ld", (int)(prefix < 200 ? prefix : 200),
			 first.text, (int)digits, number);
		/* What lies inside a range stands nowhere: its place is the range's. */
		list = build_word(
		    parser, list,
		    (struct word){ store_text(parser->store, text), number == from ? first.at
								    : number == to ? last.at
										   : at },
		    number != from && number != to);
	}
	return list;
}

/* A header that could not be read is no header that is missing. */
void build_broken_line(struct parser *parser)
{
	static const struct {
		int token;
		enum header header;
	} headers[] = {
		{ TOKEN_SCENARIO, HEADER_TITLE },        { TOKEN_FRAGMENT, HEADER_TITLE },
		{ TOKEN_CLAUSE, HEADER_CLAUSE },         { TOKEN_COVERS, HEADER_COVERS },
		{ TOKEN_ROLES, HEADER_ROLES },           { TOKEN_NEEDS, HEADER_NEEDS },
		{ TOKEN_AFTER, HEADER_AFTER },           { TOKEN_TAGS, HEADER_TAGS },
		{ TOKEN_PARAMETERS, HEADER_PARAMETERS }, { TOKEN_TOLERATE, HEADER_TOLERATE },
	};

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (parser->line_word == headers[i].token)
			parser->broken_headers |= headers[i].header;
	/* A keyword of the header that is misspelt could have been any of them. */
	if (!parser->body_begun && parser->line_word == TOKEN_NAME) {
		const char *near = lexer_near_keyword(parser->first_word.text);

		for (size_t i = 0; near && i < sizeof(headers) / sizeof(headers[0]); i++)
			parser->broken_headers |= headers[i].header;
	}
	parser->broken = true;
	if (parser->chart) /* the attributes that follow have nobody to belong to */
		parser->arrow = store_take(parser->store, sizeof(*parser->arrow));
	parser->check = NULL;
}

void build_tolerated(struct parser *parser, struct word keyword, struct item_list items)
{
	struct chart *chart = parser->chart;

	if (!header_once(parser, &keyword, HEADER_TOLERATE))
		return;
	for (struct item *item = items.first; item; item = item->next) {
		if (item->kind != ITEM_ARROW) {
			parser_error(parser, &item->at, "only arrows can be tolerated");
			continue;
		}
		chart->tolerated = store_grow(parser->store, chart->tolerated,
					      chart->tolerated_count, sizeof(struct arrow *));
		chart->tolerated[chart->tolerated_count++] = item->arrow;
	}
}

void build_rule(struct parser *parser, struct word id, struct word statement)
{
	struct rules *rules = parser->rules;

	build_rule_end(parser);
	for (size_t i = 0; i < rules->count; i++)
		if (strcmp(rules->rules[i]->id, id.text) == 0)
			parser_error(parser, &id.at, "there is a rule \"%s\" already", id.text);
	parser->rule = store_take(parser->store, sizeof(*parser->rule));
	*parser->rule =
	    (struct rule){ .id = id.text, .statement = unquoted(parser, &statement), .at = id.at };
	rules->rules = store_grow(parser->store, rules->rules, rules->count, sizeof(parser->rule));
	rules->rules[rules->count++] = parser->rule;
	parser->arrow = store_take(parser->store, sizeof(*parser->arrow));
	parser->check = NULL;
	parser->headers = parser->broken_headers = 0;
}

/* All lines but the first belong to a rule. */
static bool in_rule(struct parser *parser)
{
	if (!parser->rule)
		parser_error(parser, &parser->first_word.at, "\"%s\" stands before the first rule",
			     parser->first_word.text);
	return parser->rule != NULL;
}

void build_rule_clause(struct parser *parser, struct word keyword, struct word_list words)
{
	struct clause clause;

	if (!in_rule(parser))
		return;
	parser->headers |= HEADER_CLAUSE;
	if (parser->rule->clause)
		parser_error(parser, &keyword.at, "\"clause\" stands here a second time");
	if (clause_of(parser, &keyword, &words, &clause)) {
		parser->rule->standard = clause.standard;
		parser->rule->clause = clause.number;
	}
}

void build_rule_severity(struct parser *parser, struct word severity)
{
	if (!in_rule(parser))
		return;
	if (strcmp(severity.text, "warning") == 0)
		parser->rule->severity = SEVERITY_WARNING;
	else if (strcmp(severity.text, "fail") != 0)
		parser_error(parser, &severity.at, "a severity is \"fail\" or \"warning\"");
}

void build_rule_after(struct parser *parser, struct word_list ids)
{
	struct rule *rule = parser->rule;

	if (!in_rule(parser))
		return;
	for (size_t i = 0; i < ids.count; i++) {
		rule->after = store_grow(parser->store, rule->after, rule->after_count,
					 sizeof(*rule->after));
		rule->after[rule->after_count++] = ids.list[i].text;
	}
}

void build_rule_guard(struct parser *parser, struct expression *guard)
{
	if (in_rule(parser))
		parser->rule->guard = guard;
}

/* The last rule is complete: has it all that it wants? */
void build_rule_end(struct parser *parser)
{
	struct rule *rule = parser->rule;

	if (!rule)
		return;
	rule->pattern = parser->arrow;
	if (!(parser->headers & HEADER_CLAUSE) && !parser->broken_headers)
		parser_error(parser, &rule->at, "rule \"%s\" has no \"clause\"", rule->id);
	if (!rule->pattern->from && !parser->broken_headers)
		parser_error(parser, &rule->at, "rule \"%s\" has no \"for\"", rule->id);
	if (rule->pattern->check_count == 0 && !parser->broken_headers)
		parser_error(parser, &rule->at, "rule \"%s\" has no \"check\"", rule->id);
	parser->rule = NULL;
}
