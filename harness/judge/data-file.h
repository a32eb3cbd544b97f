/*
 * data-file: the lines and words of the line-oriented files (maps, profiles, statements), with
 * their places.
 *
 * A word is what stands between blanks; "quoted text" is one word without its quotes (\" and \\
 * inside); quotes within a word keep their blanks and stay: enum("a b","c"). A word beginning
 * with -- starts a comment to the end of the line.
 */
#ifndef HARNESS_JUDGE_DATA_FILE_H
#define HARNESS_JUDGE_DATA_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/chart/chart.h"
#include "harness/chart/diagnostics.h"

#define DATA_FILE_MOST (1024 * 1024) /* octets */
#define DATA_INCLUDE_DEPTH 8

struct data_word {
	char *text;
	bool quoted;
	struct place at;
};

struct data_file {
	char *name;
	char *text; /* NUL-terminated */
	size_t length;
	size_t next;  /* where the next line begins */
	int line;     /* number of the current line */
	bool indented; /* the current line begins with a blank */
	struct data_word *words;
	size_t count, capacity;
	struct diagnostics *diagnostics;
};

/* Reads a file; NULL with a diagnostic (at, with source, or the file's first line when at is NULL)
 * when it cannot be. */
struct data_file *data_file_load(const char *file, struct diagnostics *diagnostics,
				 const struct place *at, const char *source);
struct data_file *data_file_parse(const char *text, size_t length, const char *name,
				  struct diagnostics *diagnostics);
void data_file_free(struct data_file *file);
/* Goes to the next line that has a word; false at the end. */
bool data_file_line(struct data_file *file);
/* The word's text, or NULL past the end of the line. */
const char *data_file_word(const struct data_file *file, size_t index);
/* Is the word that text, and not quoted? */
bool data_file_is(const struct data_file *file, size_t index, const char *text);

/* Errors: at a word, or behind the last word when there is no such. */
void data_file_error(struct data_file *file, size_t index, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* "no WHAT is called \"WORD\"; did you mean ...?" or, with nothing near, "...; known: a, b, c". */
void data_file_unknown(struct data_file *file, size_t index, const char *what,
		       const char *const *known, size_t count);
/* False, with an error, when the line has more than count words. */
bool data_file_end(struct data_file *file, size_t count);
/* False, with an error that says expected, when the line has no such word. */
bool data_file_need(struct data_file *file, size_t index, const char *expected);

/* The folder of a file's name ("." when none), and a name below a folder: new memory. */
char *data_folder(const char *file);
char *data_path(const char *folder, const char *name);

/* A whole decimal number, optional '-'; false when text is none or it does not fit. */
bool data_number(const char *text, long long *number);

#endif
