/*
 * diagnostics: mistakes of the user, with their places: collected, then printed like
 *
 *   henb/registration.flow:12:9: error: no role is called "serving-hem"; did you
 *   mean "serving-hems"?
 *       henb -> serving-hem : Inform  [1.1]
 *               ^~~~~~~~~~~
 */
#ifndef HARNESS_CHART_DIAGNOSTICS_H
#define HARNESS_CHART_DIAGNOSTICS_H

#include <stddef.h>
#include <stdio.h>

struct place;

enum diagnostic_kind { DIAGNOSTIC_WARNING, DIAGNOSTIC_ERROR };

struct diagnostic {
	enum diagnostic_kind kind;
	char *file;
	int line, column, end_column;
	char *text;        /* without place */
	char *source_line; /* the line it stands in, or NULL */
};

struct diagnostics {
	struct diagnostic *list;
	size_t count;
	size_t errors;
};

/* source: the whole file's text, to take the line from (NULL = none). */
void diagnostics_add(struct diagnostics *diagnostics, enum diagnostic_kind kind,
		     const struct place *at, const char *source, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* Puts those from the given one on in the order of files (as they first came) and places. */
void diagnostics_sort(struct diagnostics *diagnostics, size_t first);
void diagnostics_print(const struct diagnostics *diagnostics, FILE *out);
void diagnostics_clear(struct diagnostics *diagnostics);
/* The candidate nearest to word (edit distance at most a third of its length), or NULL. */
const char *nearest_word(const char *word, const char *const *candidates, size_t count);

#endif
