#include "harness/chart/diagnostics.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/chart/chart.h"
#include "protocols/memory.h"

#define WORD_LIMIT 64 /* longer words have no near ones */
#define MOST_OF_A_FILE 100

/* The line of that number, without its end; NULL when the source is shorter. */
static char *line_of(const char *source, int number)
{
	for (int line = 1; line < number; line++) {
		source = strchr(source, '\n');
		if (!source)
			return NULL;
		source++;
	}
	size_t length = strcspn(source, "\r\n");
	return memory_text_length(source, length);
}

/* A fragment that is used twice would otherwise show its mistakes twice. */
static bool said_already(const struct diagnostics *diagnostics, const struct place *at,
			 const char *text)
{
	size_t first = diagnostics->count > 32 ? diagnostics->count - 32 : 0;

	for (size_t i = first; i < diagnostics->count; i++) {
		const struct diagnostic *each = &diagnostics->list[i];

		if (each->line == at->line && each->column == at->column &&
		    strcmp(each->file, at->file) == 0 && strcmp(each->text, text) == 0)
			return true;
	}
	return false;
}

/* Nobody reads more, and each wants its line found again. */
static bool enough(const struct diagnostics *diagnostics, const char *file)
{
	if (diagnostics->count < MOST_OF_A_FILE)
		return false;
	for (size_t i = diagnostics->count - MOST_OF_A_FILE; i < diagnostics->count; i++)
		if (strcmp(diagnostics->list[i].file, file) != 0)
			return false;
	return true;
}

void diagnostics_add(struct diagnostics *diagnostics, enum diagnostic_kind kind,
		     const struct place *at, const char *source, const char *format, ...)
{
	static const struct place nowhere = { .file = "" };
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (!at || !at->file)
		at = &nowhere;
	if (said_already(diagnostics, at, text))
		return;
	if (kind == DIAGNOSTIC_ERROR)
		diagnostics->errors++;
	if (enough(diagnostics, at->file))
		return;
	if ((diagnostics->count & (diagnostics->count - 1)) == 0)
		diagnostics->list = memory_resize(diagnostics->list,
						  diagnostics->count ? 2 * diagnostics->count : 1,
						  sizeof(*diagnostics->list));
	struct diagnostic *added = &diagnostics->list[diagnostics->count++];
	*added = (struct diagnostic){
		.kind = kind,
		.file = memory_text(at->file),
		.line = at->line,
		.column = at->column,
		.end_column = at->end_column,
		.text = memory_text(text),
		.source_line = source && at->line > 0 ? line_of(source, at->line) : NULL,
	};
}

struct sorted { /* a diagnostic with what it is sorted by */
	struct diagnostic diagnostic;
	size_t file, order;
};

static int by_place(const void *left, const void *right)
{
	const struct sorted *a = left, *b = right;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	if (a->diagnostic.line != b->diagnostic.line)
		return a->diagnostic.line < b->diagnostic.line ? -1 : 1;
	if (a->diagnostic.column != b->diagnostic.column)
		return a->diagnostic.column < b->diagnostic.column ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

void diagnostics_sort(struct diagnostics *diagnostics, size_t first)
{
	size_t count = diagnostics->count > first ? diagnostics->count - first : 0;
	struct sorted *sorted = memory_new((count + 1) * sizeof(*sorted));

	for (size_t i = 0; i < count; i++) {
		sorted[i].diagnostic = diagnostics->list[first + i];
		sorted[i].order = i;
		while (strcmp(sorted[sorted[i].file].diagnostic.file, sorted[i].diagnostic.file) !=
		       0)
			sorted[i].file++;
	}
	qsort(sorted, count, sizeof(*sorted), by_place);
	for (size_t i = 0; i < count; i++)
		diagnostics->list[first + i] = sorted[i].diagnostic;
	free(sorted);
}

/* The next character of UTF-8 text: continuation octets take no column. */
static const char *past_character(const char *text)
{
	do
		text++;
	while ((*text & 0xc0) == 0x80);
	return text;
}

/* The line, and under it a caret with a tail as long as what the diagnostic is about. A tab
 * stands as a tab in both lines, so that they keep in step. */
static void print_source(const struct diagnostic *diagnostic, FILE *out)
{
	const char *each = diagnostic->source_line;

	fprintf(out, "    %s\n    ", each);
	for (int column = 1; column < diagnostic->column; column++) {
		putc(*each == '\t' ? '\t' : ' ', out);
		if (*each)
			each = past_character(each);
	}
	putc('^', out);
	for (int column = diagnostic->column + 1; column < diagnostic->end_column; column++)
		putc('~', out);
	putc('\n', out);
}

void diagnostics_print(const struct diagnostics *diagnostics, FILE *out)
{
	for (size_t i = 0; i < diagnostics->count; i++) {
		const struct diagnostic *each = &diagnostics->list[i];

		if (each->line > 0)
			fprintf(out, "%s:%d:%d: ", each->file, each->line, each->column);
		else if (each->file[0])
			fprintf(out, "%s: ", each->file);
		fprintf(out, "%s: %s\n", each->kind == DIAGNOSTIC_ERROR ? "error" : "warning",
			each->text);
		if (each->source_line)
			print_source(each, out);
	}
}

void diagnostics_clear(struct diagnostics *diagnostics)
{
	for (size_t i = 0; i < diagnostics->count; i++) {
		free(diagnostics->list[i].file);
		free(diagnostics->list[i].text);
		free(diagnostics->list[i].source_line);
	}
	free(diagnostics->list);
	*diagnostics = (struct diagnostics){ 0 };
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edit distance in which two neighbours that changed places count once, as fingers do it. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t rows[3][WORD_LIMIT + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_length; j++)
		last[j] = before[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t change = a[i - 1] == b[j - 1] ? 0 : 1;

			row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		size_t *free_row = before;
		before = last;
		last = row;
		row = free_row;
	}
	return last[b_length];
}

const char *nearest_word(const char *word, const char *const *candidates, size_t count)
{
	size_t length = strlen(word);
	const char *nearest = NULL;

	if (length < 3 || length > WORD_LIMIT)
		return NULL;
	size_t limit = length / 3;
	for (size_t i = 0; i < count; i++) {
		size_t other = strlen(candidates[i]);

		if (other > length + limit || length > other + limit || other > WORD_LIMIT)
			continue;
		size_t away = distance(word, length, candidates[i], other);
		if (away > limit)
			continue;
		nearest = candidates[i];
		if (away == 0)
			break;
		limit = away - 1;
	}
	return nearest;
}
