/* lexer: begins and ends the reading of parser->source; the grammar calls chart_yylex between. */
#ifndef HARNESS_CHART_LEXER_H
#define HARNESS_CHART_LEXER_H

#include "harness/chart/grammar.h"
#include "harness/chart/parser.h"

int lexer_start(struct parser *parser); /* -1: no memory */
void lexer_stop(struct parser *parser);
int chart_yylex(union CHART_YYSTYPE *value, struct place *at, struct parser *parser);
/* The word that begins a line of that kind (a keyword) which is nearest to this one, or NULL. */
const char *lexer_near_keyword(const char *word);

#endif
