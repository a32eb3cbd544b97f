/*
 * store: the memory of one chart or one set of rules: an arena, the texts it was read from,
 * and the compiled expressions. Everything goes at once with store_free.
 */
#ifndef HARNESS_CHART_STORE_H
#define HARNESS_CHART_STORE_H

#include <stddef.h>

#include "harness/chart/chart.h"

struct source {     /* a file that was read */
	char *name; /* what places point to */
	char *text;
	size_t length;
	struct source *next;
};

struct store {
	struct block *blocks;
	struct source *sources;
	struct expression *expressions;
};

struct store *store_new(void);
void store_free(struct store *store);
void *store_take(struct store *store, size_t size);      /* zeroed, aligned for anything */
char *store_text(struct store *store, const char *text); /* NULL gives NULL */
char *store_text_length(struct store *store, const char *text, size_t length);
/* Room for one more in an array of count elements that only grows by this: the array. */
void *store_grow(struct store *store, void *array, size_t count, size_t size);
/* Keeps a copy of the text under the name; text need not end with NUL, the copy does. */
struct source *store_source(struct store *store, const char *name, const char *text, size_t length);
/* The text of the file that a place points into, or NULL. */
const char *store_source_text(const struct store *store, const struct place *at);
struct expression *store_expression(struct store *store, char *text, const struct place *at);

#endif
