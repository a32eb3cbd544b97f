#include "harness/judge/proforma.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "harness/chart/actions.h"
#include "harness/chart/parser.h"
#include "harness/chart/roles.h"
#include "harness/judge/proforma-parts.h"
#include "protocols/memory.h"

#define MOST_ROWS 2000

struct reading {
	struct proforma *proforma;
	struct data_file *file;
	struct proforma_table *table;
	struct proforma_row *row; /* that the texts are of */
	bool skip;                /* its first line was wrong */
	bool may_include;
	int depth;
};

static const char *const kind_names[] = { "ics", "ixit", "limits", "triggers" };

const char *ics_status_letter(enum ics_status status)
{
	static const char *const letters[] = { "m", "o", "c", "x" };

	return letters[status];
}

static void replace(char **old, const char *text)
{
	free(*old);
	*old = memory_text(text);
}

static bool need_quoted(struct data_file *file, size_t word)
{
	if (!data_file_need(file, word, "a text in quotes"))
		return false;
	if (file->words[word].quoted)
		return true;
	data_file_error(file, word, "\"%s\"; expected a text in quotes", data_file_word(file, word));
	return false;
}

/* --- the first line of a row --- */

static bool read_status(struct data_file *file, struct proforma_row *row)
{
	const char *word = data_file_word(file, 1);
	long long group;

	if (data_file_is(file, 1, "m"))
		row->status = ICS_MANDATORY;
	else if (data_file_is(file, 1, "c"))
		row->status = ICS_CONDITIONAL;
	else if (data_file_is(file, 1, "x"))
		row->status = ICS_EXCLUDED;
	else
		row->status = ICS_OPTIONAL;
	if (row->status != ICS_OPTIONAL || data_file_is(file, 1, "o"))
		return true;
	if (strncmp(word, "o.", 2) == 0 && data_number(word + 2, &group) && group > 0 && group < 100) {
		row->choice = (int)group;
		return true;
	}
	data_file_error(file, 1, "\"%s\" is no status; expected m, o, o.N, c or x", word);
	return false;
}

static bool read_kind(struct data_file *file, struct proforma_row *row)
{
	const char *word = data_file_word(file, 1);
	size_t count;

	if (!strchr(data_file_word(file, 0), '.')) {
		data_file_error(file, 0, "\"%s\" is no value; expected a dot in it, as in device.serial",
				data_file_word(file, 0));
		return false;
	}
	row->kind = value_kind_find(word);
	if (row->kind) {
		row->expected = memory_text(row->kind->expected);
	} else if (strchr(word, '|')) {
		row->words = memory_text(word);
		row->expected = memory_text(word);
	} else if (!value_range_read(word, row)) {
		const char *const *names = value_kind_names(&count);
		data_file_unknown(file, 1, "kind of value", names, count);
	}
	return row->expected != NULL;
}

static bool read_limit(struct data_file *file, struct proforma_row *row)
{
	row->microseconds = duration_of(data_file_word(file, 1));
	row->source = data_file_is(file, 2, "standard") ? LIMIT_STANDARD : LIMIT_LAB;
	if (row->microseconds <= 0)
		data_file_error(file, 1, "\"%s\" is no duration; expected one such as 30s",
				data_file_word(file, 1));
	else if (!data_file_is(file, 2, "lab") && !data_file_is(file, 2, "standard"))
		data_file_error(file, 2, "expected who sets the limit: lab or standard");
	else
		return true;
	return false;
}

static bool read_action(struct data_file *file)
{
	const struct action_kind *action = action_find(data_file_word(file, 0));

	if (action && action->roles & ROLE_BIT(ROLE_DEVICE))
		return true;
	data_file_error(file, 0, "\"%s\" is no action of the device", data_file_word(file, 0));
	return false;
}

static bool read_first_line(struct data_file *file, struct proforma_row *row)
{
	switch (row->table->kind) {
	case PROFORMA_ICS: return data_file_need(file, 1, "a status") && read_status(file, row);
	case PROFORMA_IXIT:
		return data_file_need(file, 1, "a kind of value") && read_kind(file, row);
	case PROFORMA_LIMITS:
		return data_file_need(file, 1, "a duration") && read_limit(file, row);
	case PROFORMA_TRIGGERS: return read_action(file);
	}
	return false;
}

static void row_free(struct proforma_row *row)
{
	for (size_t i = 0; i < row->rest_count; i++)
		free(row->rests[i]);
	free(row->rests);
	condition_clear(&row->condition);
	free(row->name);
	free(row->clause);
	free(row->asks);
	free(row->note);
	free(row->example);
	free(row->standing);
	free(row->words);
	free(row->expected);
	free(row);
}

static void read_row(struct reading *reading)
{
	static const size_t clause_word[] = { 2, 2, 3, 1 };
	struct data_file *file = reading->file;
	struct proforma *proforma = reading->proforma;
	const char *name = data_file_word(file, 0);

	reading->row = NULL;
	reading->skip = true;
	if (!reading->table) {
		data_file_error(file, 0, "a row stands in no table; expected a line table NUMBER KIND"
				" \"TITLE\" above it");
		return;
	}
	if (proforma_row(proforma, reading->table->kind, name)) {
		data_file_error(file, 0, "\"%s\" stands here a second time", name);
		return;
	}
	if (proforma->row_count >= MOST_ROWS) {
		data_file_error(file, 0, "more than %d rows", MOST_ROWS);
		return;
	}
	struct proforma_row *row = memory_new(sizeof(*row));
	size_t clause = clause_word[reading->table->kind];

	row->table = reading->table;
	row->name = memory_text(name);
	if (!read_first_line(file, row) || !need_quoted(file, clause) ||
	    !data_file_end(file, clause + 1)) {
		row_free(row);
		return;
	}
	row->clause = memory_text(data_file_word(file, clause));
	row->asks = memory_text("");
	row->note = memory_text("");
	row->example = memory_text("");
	row->standing = memory_text("");
	row->at = file->words[0].at;
	row->at.file = proforma->files[proforma->file_count - 1];
	proforma->rows = memory_resize(proforma->rows, proforma->row_count + 1,
				       sizeof(*proforma->rows));
	proforma->rows[proforma->row_count++] = row;
	reading->row = row;
	reading->skip = false;
}

/* --- its texts --- */

static bool read_outcome(struct data_file *file, size_t word, enum ics_status *status)
{
	static const enum ics_status outcomes[] = { ICS_MANDATORY, ICS_OPTIONAL, ICS_EXCLUDED };

	for (size_t i = 0; i < 3; i++) {
		*status = outcomes[i];
		if (data_file_is(file, word, ics_status_letter(outcomes[i])))
			return true;
	}
	data_file_error(file, word, "expected what the item then is: m, o or x");
	return false;
}

/* when CONDITION then S else S */
static void read_when(struct reading *reading)
{
	struct data_file *file = reading->file;
	struct proforma_row *row = reading->row;
	size_t then = 1;

	while (then < file->count && !data_file_is(file, then, "then"))
		then++;
	if (row->table->kind != PROFORMA_ICS || row->status != ICS_CONDITIONAL)
		data_file_error(file, 0, "only an ICS item of status c has a condition");
	else if (row->condition.count)
		data_file_error(file, 0, "a second condition");
	else if (condition_read(file, 1, then, &row->condition) &&
		 read_outcome(file, then + 1, &row->then)) {
		if (!data_file_is(file, then + 2, "else"))
			data_file_error(file, then + 2, "expected else and what the item is without it");
		else if (read_outcome(file, then + 3, &row->otherwise))
			data_file_end(file, then + 4);
	}
}

/* needed always, needed CONDITION */
static void read_needed(struct reading *reading)
{
	struct data_file *file = reading->file;
	struct proforma_row *row = reading->row;

	if (row->table->kind == PROFORMA_ICS || row->table->kind == PROFORMA_LIMITS || row->needed)
		data_file_error(file, 0, "expected once, and of a value or a trigger");
	else if (data_file_is(file, 1, "always"))
		data_file_end(file, 2);
	else
		condition_read(file, 1, file->count, &row->condition);
	row->needed = true;
}

static void read_rests(struct reading *reading)
{
	struct proforma_row *row = reading->row;

	for (size_t i = 1; i < reading->file->count; i++) {
		row->rests = memory_resize(row->rests, row->rest_count + 1, sizeof(*row->rests));
		row->rests[row->rest_count++] = memory_text(data_file_word(reading->file, i));
	}
}

static void read_text(struct reading *reading)
{
	static const char *const words[] = { "asks", "note", "example", "default",
					     "when", "needed", "rests" };
	struct data_file *file = reading->file;
	struct proforma_row *row = reading->row;

	if (!row) {
		if (!reading->skip)
			data_file_error(file, 0, "an indented line stands below no row");
		return;
	}
	char **texts[] = { &row->asks, &row->note, &row->example, &row->standing };
	for (size_t i = 0; i < 4; i++) {
		if (!data_file_is(file, 0, words[i]))
			continue;
		if ((*texts[i])[0])
			data_file_error(file, 0, "a second \"%s\"", words[i]);
		else if (need_quoted(file, 1) && data_file_end(file, 2))
			replace(texts[i], data_file_word(file, 1));
		return;
	}
	if (data_file_is(file, 0, "when"))
		read_when(reading);
	else if (data_file_is(file, 0, "needed"))
		read_needed(reading);
	else if (data_file_is(file, 0, "rests"))
		read_rests(reading);
	else
		data_file_unknown(file, 0, "text of a row", words, sizeof(words) / sizeof(words[0]));
}

/* --- the lines in the first column --- */

static void read_table(struct reading *reading)
{
	struct data_file *file = reading->file;
	struct proforma *proforma = reading->proforma;
	int kind = -1;

	reading->row = NULL;
	reading->skip = false;
	if (!data_file_need(file, 1, "the number of the table") ||
	    !data_file_need(file, 2, "ics, ixit, limits or triggers"))
		return;
	for (int i = 0; i < 4; i++)
		if (data_file_is(file, 2, kind_names[i]))
			kind = i;
	if (kind < 0) {
		data_file_unknown(file, 2, "kind of table", kind_names, 4);
		return;
	}
	if (!need_quoted(file, 3) || !data_file_end(file, 4))
		return;
	struct proforma_table *table = memory_new(sizeof(*table));
	table->number = memory_text(data_file_word(file, 1));
	table->title = memory_text(data_file_word(file, 3));
	table->kind = (enum proforma_kind)kind;
	proforma->tables = memory_resize(proforma->tables, proforma->table_count + 1,
					 sizeof(*proforma->tables));
	proforma->tables[proforma->table_count++] = table;
	reading->table = table;
}

static void read_file(struct reading *reading);

static void read_include(struct reading *reading)
{
	struct data_file *file = reading->file;

	if (!data_file_need(file, 1, "the name of a file") || !data_file_end(file, 2))
		return;
	if (!reading->may_include || reading->depth >= DATA_INCLUDE_DEPTH) {
		data_file_error(file, 1, "nothing can be included here");
		return;
	}
	char *folder = data_folder(file->name), *path = data_path(folder, data_file_word(file, 1));
	struct data_file *included = data_file_load(path, file->diagnostics, &file->words[1].at,
						    file->text);
	if (included) {
		struct reading below = { .proforma = reading->proforma, .file = included,
					 .may_include = true, .depth = reading->depth + 1 };
		read_file(&below);
		data_file_free(included);
	}
	free(path);
	free(folder);
}

static void read_head(struct reading *reading)
{
	struct data_file *file = reading->file;

	if (data_file_is(file, 0, "table"))
		read_table(reading);
	else if (data_file_is(file, 0, "include"))
		read_include(reading);
	else if (data_file_is(file, 0, "proforma") && need_quoted(file, 1) && data_file_end(file, 2))
		replace(&reading->proforma->title, data_file_word(file, 1));
	else if (data_file_is(file, 0, "device") && data_file_need(file, 1, "henb or hnb") &&
		 data_file_end(file, 2))
		replace(&reading->proforma->device, data_file_word(file, 1));
	else if (!data_file_is(file, 0, "proforma") && !data_file_is(file, 0, "device"))
		read_row(reading);
}

static void read_file(struct reading *reading)
{
	struct proforma *proforma = reading->proforma;

	proforma->files = memory_resize(proforma->files, proforma->file_count + 1,
					sizeof(*proforma->files));
	proforma->files[proforma->file_count++] = memory_text(reading->file->name);
	while (data_file_line(reading->file)) {
		if (reading->file->indented)
			read_text(reading);
		else
			read_head(reading);
	}
}

/* --- the whole --- */

/* Every item of a condition must be one of the proforma; an item of status c has a condition. */
static void finish(struct proforma *proforma, struct data_file *file)
{
	for (size_t i = 0; i < proforma->row_count; i++) {
		const struct proforma_row *row = proforma->rows[i];

		for (size_t j = 0; j < row->condition.count; j++)
			if (!proforma_row(proforma, PROFORMA_ICS, row->condition.terms[j].item))
				diagnostics_add(file->diagnostics, DIAGNOSTIC_ERROR, &row->at, NULL,
						"the condition of %s names \"%s\", which is no item",
						row->name, row->condition.terms[j].item);
		if (!row->asks[0])
			diagnostics_add(file->diagnostics, DIAGNOSTIC_ERROR, &row->at, NULL,
					"%s asks nothing; expected a line asks \"TEXT\" below it",
					row->name);
		if (row->status == ICS_CONDITIONAL && row->condition.count == 0)
			diagnostics_add(file->diagnostics, DIAGNOSTIC_ERROR, &row->at, NULL,
					"%s is conditional, and has no line when below it", row->name);
	}
	if (!proforma->title || !proforma->device || !role_find(proforma->device))
		data_file_error(file, 0, "expected the lines proforma \"TITLE\" and device henb or hnb");
}

static struct proforma *read_proforma(struct data_file *file, bool may_include)
{
	size_t errors = file->diagnostics->errors;
	struct proforma *proforma = memory_new(sizeof(*proforma));
	struct reading reading = { .proforma = proforma, .file = file, .may_include = may_include };

	read_file(&reading);
	finish(proforma, file);
	if (file->diagnostics->errors == errors)
		return proforma;
	proforma_free(proforma);
	return NULL;
}

struct proforma *proforma_load(const char *name, struct diagnostics *diagnostics)
{
	struct data_file *file = data_file_load(name, diagnostics, NULL, NULL);
	struct proforma *proforma = file ? read_proforma(file, true) : NULL;

	data_file_free(file);
	return proforma;
}

struct proforma *proforma_parse(const char *text, size_t length, const char *name,
				struct diagnostics *diagnostics)
{
	struct data_file *file = data_file_parse(text, length, name, diagnostics);
	struct proforma *proforma = read_proforma(file, false);

	data_file_free(file);
	return proforma;
}

void proforma_free(struct proforma *proforma)
{
	if (!proforma)
		return;
	for (size_t i = 0; i < proforma->row_count; i++)
		row_free(proforma->rows[i]);
	for (size_t i = 0; i < proforma->table_count; i++) {
		free(proforma->tables[i]->number);
		free(proforma->tables[i]->title);
		free(proforma->tables[i]);
	}
	for (size_t i = 0; i < proforma->file_count; i++)
		free(proforma->files[i]);
	free(proforma->files);
	free(proforma->rows);
	free(proforma->tables);
	free(proforma->title);
	free(proforma->device);
	free(proforma);
}
