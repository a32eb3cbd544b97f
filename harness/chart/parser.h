/*
 * parser: what lexer, grammar and the making of the tree share while one file is read. The
 * tree that comes out has its words as written; names are resolved afterwards (resolve.h).
 */
#ifndef HARNESS_CHART_PARSER_H
#define HARNESS_CHART_PARSER_H

#include "harness/chart/chart.h"
#include "harness/chart/store.h"
#include "protocols/buffer.h"

#define NESTING 24 /* blocks in blocks */

/* The lines of a header: bits, to tell twice and broken ones. */
enum header {
	HEADER_TITLE = 1,
	HEADER_CLAUSE = 2,
	HEADER_COVERS = 4,
	HEADER_ROLES = 8,
	HEADER_NEEDS = 16,
	HEADER_AFTER = 32,
	HEADER_TAGS = 64,
	HEADER_PARAMETERS = 128,
	HEADER_TOLERATE = 256,
};

struct word { /* a token with its place */
	char *text;
	struct place at;
};

struct word_list {
	struct reference *list;
	size_t count;
};
struct argument_list {
	struct action_argument *list;
	size_t count;
};
struct item_list {
	struct item *first, **end;
};
struct branch_list {
	struct sequence *first, **end;
};

struct parser {
	struct store *store;
	const struct source *source;
	struct diagnostics *diagnostics;
	void *scanner;
	int start; /* the token that says which grammar, given out first; 0 = was given */

	/* lexer */
	int line, column, line_before, column_before;
	bool line_begun; /* a token of this line was given out */
	int line_word;   /* the token that began it */
	struct word first_word;
	bool equals_seen;
	struct buffer piece; /* of an expression */
	struct place piece_at, bracket_at;
	int brackets;
	char *comment;
	bool piece_broken;

	/* what is being made */
	struct chart *chart; /* or */
	struct rules *rules;
	struct rule *rule;
	struct item_list body;
	struct arrow *arrow; /* attributes go to this one */
	struct expression *check; /* the last of its checks and shoulds, or NULL */
	unsigned headers, broken_headers;
	bool body_begun;
	bool broken; /* a line could not be read */
	struct fragment_end {
		struct place at;
		const char *word;
	} open[NESTING]; /* want an end */
	int open_count;
	bool too_deep;
	bool ended;    /* the end of the file was seen: */
	bool unclosed; /* not all blocks were closed */
	int ends_due;  /* so many blocks still to be closed */
};

/* Reads the source into parser->chart or parser->rules; mistakes go to diagnostics. */
void parser_read(struct parser *parser);
void parser_error(struct parser *parser, const struct place *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* build.c: what the grammar's actions do. */
void build_title(struct parser *parser, struct word keyword, struct word title, bool is_fragment);
void build_clause(struct parser *parser, struct word keyword, struct word_list words);
void build_names(struct parser *parser, struct word keyword, enum header header,
		 struct word_list words);
void build_tolerated(struct parser *parser, struct word keyword, struct item_list items);
void build_broken_line(struct parser *parser);
void build_append(struct item_list *list, struct item *item);
struct word_list build_word(struct parser *parser, struct word_list list, struct word word,
			    bool negated);
struct word_list build_range(struct parser *parser, struct word_list list, struct word first,
			     struct word last);
struct arrow *build_arrow(struct parser *parser, struct word left, bool rightward,
			  struct word right, struct word message);
void build_step(struct parser *parser, struct word step);
void build_within(struct parser *parser, struct place at, struct duration *duration);
void build_fault(struct parser *parser, struct word name, struct word *argument);
void build_check(struct parser *parser, struct expression *expression);
/* Of the check above it in the arrow, or of the arrow. */
void build_rests(struct parser *parser, struct word_list ids);
void build_should(struct parser *parser, struct expression *expression);
void build_setting(struct parser *parser, struct word name, struct expression *value, char *type);
void build_keep(struct parser *parser, struct word name, struct expression *value);
struct item *build_arrow_item(struct parser *parser, struct arrow *arrow);
struct item *build_action(struct parser *parser, struct word role, struct word name,
			  struct argument_list arguments, struct word *step);
struct argument_list build_argument(struct parser *parser, struct argument_list list,
				    struct word name, struct word value, int token);
struct item *build_use(struct parser *parser, struct word keyword, struct word file,
		       struct argument_list arguments);
struct item *build_wait(struct parser *parser, struct word keyword, struct duration *duration);
struct duration *build_duration(struct parser *parser, struct word word);
struct duration *build_limit(struct parser *parser, struct word variable);
/* The sum goes on with a term. */
struct duration *build_sum(struct duration *sum, struct duration *term, bool minus);
/* The term is no less than a share of what stands before it; share.text NULL = none is said. */
void build_share(struct parser *parser, struct duration *term, struct word share);
/* Who set it; reference: NULL = nobody said so. */
struct duration *build_source(struct parser *parser, struct duration *duration,
			      const struct word *reference);
struct branch_list build_branch(struct parser *parser, struct branch_list list, struct word *title,
				struct expression *guard, struct item_list items);
struct item *build_fragment(struct parser *parser, enum item_kind kind, struct word keyword,
			    struct branch_list branches);
void build_open(struct parser *parser, struct word keyword);
void build_close(struct parser *parser);
void build_loop_count(struct parser *parser, struct item *loop, struct word least,
		      struct word *most, bool unbounded);
/* Rules. */
void build_rule(struct parser *parser, struct word id, struct word statement);
void build_rule_clause(struct parser *parser, struct word keyword, struct word_list words);
void build_rule_severity(struct parser *parser, struct word severity);
void build_rule_after(struct parser *parser, struct word_list ids);
void build_rule_guard(struct parser *parser, struct expression *guard);
void build_rule_end(struct parser *parser);
/* "30s" -> microseconds; -1 = no duration. */
int64_t duration_of(const char *text);

#endif
