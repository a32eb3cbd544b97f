/*
 * grammar-words: what a schema says of a place in an envelope, in words for people. libxml2 has
 * said that the envelope is wrong, and near which element; the words come from the schema's own
 * text: the names of elements, and the documentation of types.
 */
#ifndef HARNESS_JUDGE_GRAMMAR_WORDS_H
#define HARNESS_JUDGE_GRAMMAR_WORDS_H

#include <libxml/tree.h>

#include "harness/judge/grammar.h"

struct grammar_words;

/* Reads the schema and what it includes; what cannot be read is left out. */
struct grammar_words *grammar_words_new(const char *folder, const char *file);
void grammar_words_free(struct grammar_words *words);
/* node: an element of the envelope. Fills field, expected and actual with new memory. */
void grammar_words_find(const struct grammar_words *words, const xmlNode *node,
			struct grammar_breach *breach);

#endif
