/*
 * proforma-parts: what the files that read a proforma share. Of no interest to others.
 */
#ifndef HARNESS_JUDGE_PROFORMA_PARTS_H
#define HARNESS_JUDGE_PROFORMA_PARTS_H

#include "harness/judge/data-file.h"
#include "harness/judge/proforma.h"

struct proforma {
	char *title, *device;
	struct proforma_table **tables; size_t table_count;
	struct proforma_row **rows; size_t row_count;
	char **files; size_t file_count; /* their names, for the places */
};

/* proforma-kinds.c */

/* The kind of that name, or NULL. */
const struct value_kind *value_kind_find(const char *name);
/* Their names, count of them. */
const char *const *value_kind_names(size_t *count);
/* A range of numbers "0..65535", or "text:64": into the row. False when the word is neither. */
bool value_range_read(const char *word, struct proforma_row *row);
/* Does it fit the kind, the words or the range of the row? */
bool value_fits(const struct proforma_row *row, const char *value);

/* proforma-condition.c: the words of a line from first up to (not with) end. False with an error. */
bool condition_read(struct data_file *file, size_t first, size_t end, struct condition *condition);
void condition_clear(struct condition *condition);

#endif
