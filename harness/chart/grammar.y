/* grammar: the notation of scenarios and of rules; scenarios/LANGUAGE.md describes it. Both have
 * one grammar with two start tokens. A mistake ends at the end of its line, and reading goes on
 * with the next one. */

%code requires {
#include "harness/chart/parser.h"
}

%code {
#include <string.h>

#include "harness/chart/lexer.h"
#include "harness/chart/syntax-error.h"

/* Bison's own code. */
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"

#define YYLLOC_DEFAULT(whole, parts, count)                             \
	do {                                                            \
		if (count) {                                            \
			(whole) = YYRHSLOC(parts, 1);                   \
			if (YYRHSLOC(parts, count).line == (whole).line) \
				(whole).end_column =                    \
					YYRHSLOC(parts, count).end_column; \
		} else {                                                \
			(whole) = YYRHSLOC(parts, 0);                   \
		}                                                       \
	} while (0)

#define NO_WORDS ((struct word_list){ 0 })
#define NO_ITEMS ((struct item_list){ 0 })
#define NO_BRANCHES ((struct branch_list){ 0 })
#define NO_ARGUMENTS ((struct argument_list){ 0 })

static void chart_yyerror(const struct place *at, struct parser *parser, const char *text);
static struct word word_at(char *text, struct place at);
static struct item *block(struct parser *parser, enum item_kind kind, struct word keyword,
			  struct word *title, struct expression *guard, struct item_list items);
}

%define api.pure full
%define api.prefix {chart_yy}
%define api.location.type {struct place}
%define api.token.prefix {TOKEN_}
%define parse.error custom
%define parse.lac full
%locations
%param {struct parser *parser}
/* After a bad line, "error" could also be the next item's: it is taken for an attribute's. */
%expect 2

%union {
	char *text;
	int token;
	struct word word;
	struct word *maybe;
	struct word_list words;
	struct argument_list arguments;
	struct item *item;
	struct item_list items;
	struct branch_list branches;
	struct arrow *arrow;
	struct duration *duration;
	struct expression *expression;
}

%token START_CHART START_RULES
%token END_OF_FILE 0 "the end of the file"
%token NEWLINE "the end of the line"
%token <text> NAME "a word" STRING "a text in quotes" VARIABLE "a $variable"
%token <text> STEP "a step like [2.1]" SHARE "a share like 5%"
%token <text> OTHER "something strange"
%token <expression> XPATH "an XPath expression"
%token <text> RIGHT "->" LEFT "<-" COLON ":" COMMA "," EQUALS "=" STAR "*" DOTS ".."
	PLUS "+" MINUS "-"
%token <text> SCENARIO "scenario" FRAGMENT "fragment" CLAUSE "clause" COVERS "covers" ROLES "roles"
	NEEDS "needs" AFTER "after" TAGS "tags" PARAMETERS "parameters" TOLERATE "tolerate"
%token <text> CHECK "check" SHOULD "should" RESTS "rests" KEEP "keep" SET "set" GET "get" WAIT "wait" USE "use"
%token <text> ALT "alt" OR "or" OPT "opt" LOOP "loop" PAR "par" AND "and" NEVER "never" END "end"
%token <text> RULE "rule" SEVERITY "severity"
%token <text> DOES "does" WITHIN "within" WITH "with" WHEN "when" FOR "for" STANDARD "standard"
	NOT "not" AS "as"

%type <word> keyword word name end_name argument_text
%type <maybe> title step reference
%type <token> direction
%type <word> share
%type <words> words needs ranges names
%type <arguments> arguments
%type <item> item alt par never
%type <items> items
%type <branches> alternatives parallels
%type <arrow> arrow
%type <duration> duration sum term for
%type <expression> guard
%type <text> type

%start file

%%

file: START_CHART chart
    | START_RULES rules
    ;

chart: %empty
     | chart header
     | chart item
                                 { build_append(&parser->body, $item);
                                   parser->body_begun |= $item != NULL; }
     ;

header: keyword words NEWLINE            { build_clause(parser, $keyword, $words); }
      | SCENARIO STRING NEWLINE
                                 { build_title(parser, word_at($1, @1), word_at($2, @2), false); }
      | FRAGMENT STRING NEWLINE
                                 { build_title(parser, word_at($1, @1), word_at($2, @2), true); }
      | COVERS ranges NEWLINE
                                 { build_names(parser, word_at($1, @1), HEADER_COVERS, $2); }
      | ROLES names NEWLINE              { build_names(parser, word_at($1, @1), HEADER_ROLES, $2); }
      | NEEDS needs NEWLINE              { build_names(parser, word_at($1, @1), HEADER_NEEDS, $2); }
      | AFTER names NEWLINE              { build_names(parser, word_at($1, @1), HEADER_AFTER, $2); }
      | TAGS names NEWLINE               { build_names(parser, word_at($1, @1), HEADER_TAGS, $2); }
      | PARAMETERS names NEWLINE
                                 { build_names(parser, word_at($1, @1), HEADER_PARAMETERS, $2); }
      | TOLERATE NEWLINE                 { build_open(parser, word_at($1, @1)); }
        items END NEWLINE                { build_close(parser);
                                           build_tolerated(parser, word_at($1, @1), $items); }
      ;

keyword: CLAUSE                          { $$ = word_at($1, @1); } ;
name: NAME                               { $$ = word_at($1, @1); } ;
word: name | STRING                      { $$ = word_at($1, @1); } ;

words: word                              { $$ = build_word(parser, NO_WORDS, $1, false); }
     | words word                        { $$ = build_word(parser, $1, $2, false); }
     ;

names: name                              { $$ = build_word(parser, NO_WORDS, $1, false); }
     | names comma name                  { $$ = build_word(parser, $1, $3, false); }
     ;

needs: name                              { $$ = build_word(parser, NO_WORDS, $1, false); }
     | NOT name                          { $$ = build_word(parser, NO_WORDS, $2, true); }
     | needs comma name                  { $$ = build_word(parser, $1, $3, false); }
     | needs comma NOT name              { $$ = build_word(parser, $1, $4, true); }
     ;

ranges: name                             { $$ = build_word(parser, NO_WORDS, $1, false); }
      | name DOTS name                   { $$ = build_range(parser, NO_WORDS, $1, $3); }
      | ranges comma name                { $$ = build_word(parser, $1, $3, false); }
      | ranges comma name DOTS name      { $$ = build_range(parser, $1, $3, $5); }
      ;

comma: COMMA
     | COMMA NEWLINE
     ;

items: %empty                            { $$ = NO_ITEMS; }
     | items item                        { $$ = $1; build_append(&$$, $2); }
     ;

item: arrow tail NEWLINE attributes      { $$ = build_arrow_item(parser, $1); }
    | name DOES name arguments step NEWLINE { $$ = build_action(parser, $1, $3, $4, $5); }
    | USE name arguments NEWLINE         { $$ = build_use(parser, word_at($1, @1), $2, $3); }
    | WAIT duration NEWLINE              { $$ = build_wait(parser, word_at($1, @1), $2); }
    | alt                                { $$ = $1; build_close(parser); }
    | par                                { $$ = $1; build_close(parser); }
    | never                              { $$ = $1; build_close(parser); }
    | OPT title guard NEWLINE            { build_open(parser, word_at($1, @1)); }
      items END NEWLINE                  { build_close(parser);
                                           $$ = block(parser, ITEM_OPT, word_at($1, @1),
                                                      $2, $3, $items); }
    | OPT error NEWLINE                  { yyerrok; build_open(parser, word_at($1, @1)); }
      items END NEWLINE                  { build_close(parser); $$ = NULL; }
    | LOOP name title guard NEWLINE      { build_open(parser, word_at($1, @1)); }
      items END NEWLINE                  { build_close(parser);
                                           $$ = block(parser, ITEM_LOOP, word_at($1, @1),
                                                      $3, $4, $items);
                                           build_loop_count(parser, $$, $2, NULL, false); }
    | LOOP name DOTS name title guard NEWLINE { build_open(parser, word_at($1, @1)); }
      items END NEWLINE                  { build_close(parser);
                                           $$ = block(parser, ITEM_LOOP, word_at($1, @1),
                                                      $5, $6, $items);
                                           build_loop_count(parser, $$, $2, &$4, false); }
    | LOOP name DOTS STAR title guard NEWLINE { build_open(parser, word_at($1, @1)); }
      items END NEWLINE                  { build_close(parser);
                                           $$ = block(parser, ITEM_LOOP, word_at($1, @1),
                                                      $5, $6, $items);
                                           build_loop_count(parser, $$, $2, NULL, true); }
    | LOOP error NEWLINE                 { yyerrok; build_open(parser, word_at($1, @1)); }
      items END NEWLINE                  { build_close(parser); $$ = NULL; }
    | error NEWLINE                      { yyerrok; build_broken_line(parser); }
      attributes                         { $$ = NULL; }
    ;

alt: ALT title guard NEWLINE             { build_open(parser, word_at($1, @1)); }
     items alternatives END NEWLINE      { $$ = build_fragment(parser, ITEM_ALT, word_at($1, @1),
                                                build_branch(parser, $alternatives,
                                                             $2, $3, $items)); }
   | ALT error NEWLINE                   { yyerrok; build_open(parser, word_at($1, @1)); }
     items alternatives END NEWLINE      { $$ = NULL; }
   ;

/* Right-recursive, so that the branches come from the last to the first. */
alternatives: %empty                     { $$ = NO_BRANCHES; }
   | OR title guard NEWLINE items alternatives { $$ = build_branch(parser, $6, $2, $3, $5); }
   | OR error NEWLINE                    { yyerrok; }
     items alternatives                  { $$ = build_branch(parser, $6, NULL, NULL, $5); }
   ;

par: PAR title guard NEWLINE             { build_open(parser, word_at($1, @1)); }
     items parallels END NEWLINE         { $$ = build_fragment(parser, ITEM_PAR, word_at($1, @1),
                                                build_branch(parser, $parallels,
                                                             $2, $3, $items)); }
   | PAR error NEWLINE                   { yyerrok; build_open(parser, word_at($1, @1)); }
     items parallels END NEWLINE         { $$ = NULL; }
   ;

parallels: %empty                        { $$ = NO_BRANCHES; }
   | AND title guard NEWLINE items parallels { $$ = build_branch(parser, $6, $2, $3, $5); }
   | AND error NEWLINE                   { yyerrok; }
     items parallels                     { $$ = build_branch(parser, $6, NULL, NULL, $5); }
   ;

never: NEVER title for guard NEWLINE     { build_open(parser, word_at($1, @1)); }
     items END NEWLINE
                                 { $$ = block(parser, ITEM_NEVER, word_at($1, @1),
                                                      $2, $4, $items);
                                           $$->duration = $3; }
   | NEVER error NEWLINE                 { yyerrok; build_open(parser, word_at($1, @1)); }
     items END NEWLINE                   { $$ = NULL; }
   ;

for: %empty                              { $$ = NULL; }
   | FOR duration                        { $$ = $2; }
   ;

title: %empty                            { $$ = NULL; }
     | STRING                            { $$ = store_take(parser->store, sizeof(*$$));
                                           *$$ = word_at($1, @1); }
     ;

guard: %empty                            { $$ = NULL; }
     | WHEN XPATH                        { $$ = $2; }
     ;

step: %empty                             { $$ = NULL; }
    | STEP                               { $$ = store_take(parser->store, sizeof(*$$));
                                           *$$ = word_at($1, @1); }
    ;

arrow: name direction end_name COLON end_name
                                 { $$ = build_arrow(parser, $1, $2 == TOKEN_RIGHT, $3, $5); } ;

direction: RIGHT { $$ = TOKEN_RIGHT; } | LEFT { $$ = TOKEN_LEFT; } ;
end_name: name | STAR                    { $$ = word_at($1, @1); } ;

tail: %empty
    | tail STEP                          { build_step(parser, word_at($2, @2)); }
    | tail part
    ;

part: WITHIN duration                    { build_within(parser, @1, $2); }
    | WITH name                          { build_fault(parser, $2, NULL); }
    | WITH name word                     { build_fault(parser, $2, &$3); }
    ;

attributes: %empty
    | attributes attribute
    ;

attribute: CHECK XPATH NEWLINE           { build_check(parser, $2); }
    | SHOULD XPATH NEWLINE               { build_should(parser, $2); }
    | RESTS names NEWLINE                { build_rests(parser, $2); }
    | KEEP name EQUALS XPATH NEWLINE     { build_keep(parser, $2, $4); }
    | SET name EQUALS XPATH type NEWLINE { build_setting(parser, $2, $4, $5); }
    | GET name NEWLINE                   { build_setting(parser, $2, NULL, NULL); }
    | part parts NEWLINE
    | error NEWLINE                      { yyerrok; }
    ;

parts: %empty
     | parts part
     ;

type: %empty                             { $$ = NULL; }
    | AS NAME COLON NAME
                                 { $$ = store_take(parser->store, strlen($2) + strlen($4) + 2);
                                           strcat(strcat(strcat($$, $2), ":"), $4); }
    ;

arguments: %empty                        { $$ = NO_ARGUMENTS; }
    | arguments separator NAME EQUALS argument_text
                                         { $$ = build_argument(parser, $1, word_at($3, @3),
                                                        $5, TOKEN_STRING); }
    | arguments separator NAME EQUALS VARIABLE
                                         { $$ = build_argument(parser, $1, word_at($3, @3),
                                                        word_at($5, @5), TOKEN_VARIABLE); }
    | arguments separator NAME EQUALS NAME
                                         { $$ = build_argument(parser, $1, word_at($3, @3),
                                                        word_at($5, @5), TOKEN_NAME); }
    ;

separator: %empty | comma ;
argument_text: STRING                    { $$ = word_at($1, @1); } ;

duration: sum reference                  { $$ = build_source(parser, $1, $2); } ;

sum: term
    | sum PLUS term share                { $$ = build_sum($1, $3, false);
                                           build_share(parser, $3, $4); }
    | sum MINUS term share               { $$ = build_sum($1, $3, true);
                                           build_share(parser, $3, $4); }
    ;

share: %empty                            { $$ = (struct word){ 0 }; }
    | OR SHARE                           { $$ = word_at($2, @2); }
    ;

term: name                               { $$ = build_duration(parser, $1); }
    | VARIABLE                           { $$ = build_limit(parser, word_at($1, @1)); }
    ;

reference: %empty                        { $$ = NULL; }
    | STANDARD STRING                    { $$ = store_take(parser->store, sizeof(*$$));
                                           *$$ = word_at($2, @2); }
    ;

rules: %empty
    | rules rule_line
    ;

rule_line: RULE name STRING NEWLINE      { build_rule(parser, $2, word_at($3, @3)); }
    | keyword words NEWLINE              { build_rule_clause(parser, $keyword, $words); }
    | SEVERITY name NEWLINE              { build_rule_severity(parser, $2); }
    | AFTER names NEWLINE                { build_rule_after(parser, $2); }
    | FOR end_name direction end_name COLON end_name NEWLINE
                                         { build_arrow(parser, $2, $3 == TOKEN_RIGHT, $4, $6); }
    | WHEN XPATH NEWLINE                 { build_rule_guard(parser, $2); }
    | CHECK XPATH NEWLINE                { build_check(parser, $2); }
    | RESTS names NEWLINE                { build_rests(parser, $2); }
    | error NEWLINE                      { yyerrok; build_broken_line(parser); }
    ;

%%

static struct word word_at(char *text, struct place at)
{
	return (struct word){ text, at };
}

/* A block of one branch. */
static struct item *block(struct parser *parser, enum item_kind kind, struct word keyword,
			  struct word *title, struct expression *guard, struct item_list items)
{
	return build_fragment(parser, kind, keyword,
			      build_branch(parser, NO_BRANCHES, title, guard, items));
}

static void chart_yyerror(const struct place *at, struct parser *parser, const char *text)
{
	parser_error(parser, at, "%s", text);
}

static int yyreport_syntax_error(const yypcontext_t *context, struct parser *parser)
{
	enum { MOST = 8 };
	yysymbol_kind_t expected[MOST];
	const char *names[MOST];
	int count = yypcontext_expected_tokens(context, expected, MOST);
	bool arrow_fits = false;

	for (int i = 0; i < count; i++) {
		names[i] = yysymbol_name(expected[i]);
		arrow_fits |= expected[i] == YYSYMBOL_RIGHT;
	}
	yysymbol_kind_t found = yypcontext_token(context);
	syntax_error(parser, yypcontext_location(context),
		     found == YYSYMBOL_YYEMPTY ? "" : yysymbol_name(found), names,
		     count > 0 ? (size_t)count : 0, arrow_fits);
	return 0;
}

void parser_read(struct parser *parser)
{
	if (lexer_start(parser) == 0)
		chart_yyparse(parser);
	lexer_stop(parser);
}
