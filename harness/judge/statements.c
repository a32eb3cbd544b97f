#include "harness/judge/statements.h"

#include <dirent.h>
#include <errno.h>
#include <libxml/hash.h>
#include <stdlib.h>
#include <string.h>

#include "harness/chart/chart.h"
#include "harness/chart/roles.h"
#include "harness/judge/data-file.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"

#define MOST_STATEMENTS 10000

enum text { TEXT_SAYS, TEXT_WHEN, TEXT_PASS, TEXT_FAIL, TEXT_SEE, TEXT_UNTESTED, TEXT_PROFILE, TEXT_COUNT };

static const char *const text_words[TEXT_COUNT] = { "says", "when", "pass", "fail", "see",
						  "untested", "profile" };

struct row {
	struct statement statement; /* points to what stands below */
	char *id, *standard, *clause, *title, *step, *role, *texts[TEXT_COUNT];
	char **rests;
	size_t rest_count;
	char *file; /* for what is found out when all are read */
	struct place at;
};

struct statements {
	struct row **rows;
	size_t count;
	xmlHashTable *by_id; /* id -> struct row */
};

struct reading {
	struct statements *statements;
	struct data_file *file;
	char *standard, *clause, *title;
	struct row *row; /* the one whose texts are being read */
	bool skip;       /* its first line was wrong: its texts are passed over */
	struct place row_at;
};

static const struct {
	char letter;
	const char *name;
} statuses[] = { { 'M', "mandatory" }, { 'O', "optional" },	{ 'C', "conditional" },
		 { 'N', "derived" },   { 'I', "informative" }, { 'R', "reading" } };

#define STATUS_COUNT (sizeof(statuses) / sizeof(statuses[0]))

const char *statement_status_name(char status)
{
	for (size_t i = 0; i < STATUS_COUNT; i++) {
		if (statuses[i].letter == status)
			return statuses[i].name;
	}
	return "";
}

static void replace(char **old, const char *text)
{
	free(*old);
	*old = memory_text(text);
}

/* A statement must say something; then its texts are no longer missing but empty. */
static void row_finish(struct reading *reading)
{
	struct row *row = reading->row;

	if (!row)
		return;
	if (!row->texts[TEXT_SAYS])
		diagnostics_add(reading->file->diagnostics, DIAGNOSTIC_ERROR, &reading->row_at,
				reading->file->text, "%s has no text; expected a line says \"TEXT\" below it",
				row->id);
	if ((row->statement.status == 'I') != (row->texts[TEXT_UNTESTED] != NULL))
		diagnostics_add(reading->file->diagnostics, DIAGNOSTIC_ERROR, &reading->row_at,
				reading->file->text, "%s is %s; a line untested \"WHY\" stands below "
				"informative statements, and below no other", row->id,
				statement_status_name(row->statement.status));
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		if (!row->texts[i])
			row->texts[i] = memory_text("");
	}
	row->statement = (struct statement){
		.id = row->id, .standard = row->standard, .clause = row->clause,
		.title = row->title, .step = row->step, .status = row->statement.status,
		.role = row->role, .statement = row->texts[TEXT_SAYS],
		.untested = row->texts[TEXT_UNTESTED], .profile = row->texts[TEXT_PROFILE],
		.rests = (const char *const *)row->rests, .rest_count = row->rest_count,
		.condition = row->texts[TEXT_WHEN], .pass = row->texts[TEXT_PASS],
		.fail = row->texts[TEXT_FAIL], .reference = row->texts[TEXT_SEE],
	};
	reading->row = NULL;
}

static bool take_status(struct data_file *file, struct row *row)
{
	const char *word = data_file_word(file, 2);

	for (size_t i = 0; i < STATUS_COUNT; i++) {
		if (word[0] == statuses[i].letter && word[1] == '\0') {
			row->statement.status = word[0];
			return true;
		}
	}
	data_file_error(file, 2, "\"%s\" is no status; expected M, O, C, N, I or R", word);
	return false;
}

static void role_unknown(struct data_file *file, const char *name)
{
	const char *names[64];
	size_t count;
	const struct role *all = roles(&count);

	for (size_t i = 0; i < count && i < 64; i++)
		names[i] = all[i].name;
	const char *near = nearest_word(name, names, count < 64 ? count : 64);
	data_file_error(file, 3, "no role is called \"%s\"%s%s%s", name,
			near ? "; did you mean \"" : "; expected a role of the scenario language, or -",
			near ? near : "", near ? "\"?" : "");
}

static bool take_role(struct data_file *file, struct row *row)
{
	bool good = true;

	if (data_file_is(file, 3, "-")) {
		row->role = memory_text("");
		return true;
	}
	row->role = memory_text(data_file_word(file, 3));
	char *copy = memory_text(row->role), *state = NULL;
	for (char *name = strtok_r(copy, ",", &state); name; name = strtok_r(NULL, ",", &state)) {
		if (!role_find(name)) {
			role_unknown(file, name);
			good = false;
		}
	}
	free(copy);
	return good;
}

/* "[1.1]" -> "1.1", "-" -> "". */
static bool take_step(struct data_file *file, struct row *row)
{
	const char *word = data_file_word(file, 1);
	size_t length = strlen(word);

	if (data_file_is(file, 1, "-")) {
		row->step = memory_text("");
		return true;
	}
	if (length > 2 && word[0] == '[' && word[length - 1] == ']') {
		row->step = memory_text_length(word + 1, length - 2);
		return true;
	}
	data_file_error(file, 1, "\"%s\" is no step; expected one in brackets, as in [1.1], or -", word);
	return false;
}

/* HNB-5.1.1-01  [1]  M  hnb */
static void read_row(struct reading *reading)
{
	struct data_file *file = reading->file;
	struct statements *statements = reading->statements;
	const char *id = data_file_word(file, 0);

	row_finish(reading);
	reading->skip = true;
	if (!reading->clause)
		data_file_error(file, 0, "a statement stands before its clause; expected the lines standard"
				" and clause above it");
	if (!data_file_need(file, 1, "a step in brackets, or -") ||
	    !data_file_need(file, 2, "the status") || !data_file_need(file, 3, "who must do it, or -"))
		return;
	data_file_end(file, 4);
	if (xmlHashLookup(statements->by_id, (const xmlChar *)id)) {
		data_file_error(file, 0, "%s stands here a second time; expected each id once", id);
		return;
	}
	if (statements->count >= MOST_STATEMENTS) {
		data_file_error(file, 0, "more than %d statements", MOST_STATEMENTS);
		return;
	}
	struct row *row = memory_new(sizeof(*row));
	statements->rows = memory_resize(statements->rows, statements->count + 1,
					 sizeof(*statements->rows));
	statements->rows[statements->count++] = row;
	row->id = memory_text(id);
	xmlHashAddEntry(statements->by_id, (const xmlChar *)id, row);
	row->standard = memory_text(reading->standard);
	row->clause = memory_text(reading->clause);
	row->title = memory_text(reading->title);
	take_step(file, row);
	take_status(file, row);
	take_role(file, row);
	reading->row = row;
	reading->skip = false;
	reading->row_at = file->words[0].at;
	row->file = memory_text(file->name);
	row->at = reading->row_at;
	row->at.file = row->file;
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

static void read_rests(struct row *row, struct data_file *file)
{
	data_file_need(file, 1, "the id of a reading");
	for (size_t i = 1; i < file->count; i++) {
		row->rests = memory_resize(row->rests, row->rest_count + 1, sizeof(*row->rests));
		row->rests[row->rest_count++] = memory_text(data_file_word(file, i));
	}
}

/* Readings may stand in another file than what rests on them. */
static void check_rests(const struct statements *statements, struct diagnostics *diagnostics)
{
	for (size_t i = 0; i < statements->count; i++) {
		const struct row *row = statements->rows[i];

		for (size_t j = 0; j < row->rest_count; j++) {
			const struct statement *reading =
				statements_find(statements, row->rests[j]);

			if (!reading || reading->status != 'R')
				diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, &row->at, NULL,
						"%s rests on \"%s\", which is no reading", row->id,
						row->rests[j]);
		}
	}
}

static void read_text(struct reading *reading)
{
	struct data_file *file = reading->file;

	if (!reading->row && reading->skip)
		return;
	if (!reading->row) {
		data_file_error(file, 0, "an indented line stands below no statement; expected an id first");
		return;
	}
	if (data_file_is(file, 0, "rests")) {
		read_rests(reading->row, file);
		return;
	}
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		if (!data_file_is(file, 0, text_words[i]))
			continue;
		if (!need_quoted(file, 1) || !data_file_end(file, 2))
			return;
		if (reading->row->texts[i])
			data_file_error(file, 0, "a second \"%s\"; expected one for a statement",
					text_words[i]);
		else
			reading->row->texts[i] = memory_text(data_file_word(file, 1));
		return;
	}
	data_file_unknown(file, 0, "text of a statement", text_words, TEXT_COUNT);
}

static void read_clause(struct reading *reading)
{
	struct data_file *file = reading->file;

	row_finish(reading);
	reading->skip = false;
	if (!reading->standard)
		data_file_error(file, 0, "a clause stands before its standard; expected standard \"NAME\"");
	if (!data_file_need(file, 1, "the number of the clause") || !need_quoted(file, 2) ||
	    !data_file_end(file, 3))
		return;
	replace(&reading->clause, data_file_word(file, 1));
	replace(&reading->title, data_file_word(file, 2));
}

static void read_standard(struct reading *reading)
{
	row_finish(reading);
	if (need_quoted(reading->file, 1) && data_file_end(reading->file, 2))
		replace(&reading->standard, data_file_word(reading->file, 1));
}

static void read_file(struct statements *statements, struct data_file *file)
{
	struct reading reading = { .statements = statements, .file = file };

	while (data_file_line(file)) {
		if (file->indented)
			read_text(&reading);
		else if (data_file_is(file, 0, "standard"))
			read_standard(&reading);
		else if (data_file_is(file, 0, "clause"))
			read_clause(&reading);
		else
			read_row(&reading);
	}
	row_finish(&reading);
	free(reading.standard);
	free(reading.clause);
	free(reading.title);
}

static struct statements *statements_new(void)
{
	struct statements *statements = memory_new(sizeof(*statements));

	statements->by_id = xmlHashCreate(512);
	if (!statements->by_id)
		abort(); /* out of memory: see memory.h */
	return statements;
}

static int is_catalogue(const struct dirent *entry)
{
	static const char ending[] = ".statements";
	size_t length = strlen(entry->d_name);

	return length > strlen(ending) &&
	       strcmp(entry->d_name + length - strlen(ending), ending) == 0;
}

static void load_folder(struct statements *statements, const char *folder,
			struct diagnostics *diagnostics)
{
	struct dirent **entries = NULL;
	struct place place = { .file = folder, .line = 1, .column = 1, .end_column = 2 };
	int count = scandir(folder, &entries, is_catalogue, alphasort);

	if (count < 0)
		diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, &place, NULL,
				"cannot read the folder: %s", strerror(errno));
	for (int i = 0; i < count; i++) {
		char *path = data_path(folder, entries[i]->d_name);
		struct data_file *file = data_file_load(path, diagnostics, NULL, NULL);
		if (file)
			read_file(statements, file);
		data_file_free(file);
		free(path);
		free(entries[i]);
	}
	free(entries);
}

struct statements *statements_load(const char *folder, struct diagnostics *diagnostics)
{
	struct statements *statements = statements_new();
	size_t errors = diagnostics->errors;

	load_folder(statements, folder, diagnostics);
	check_rests(statements, diagnostics);
	if (diagnostics->errors == errors)
		return statements;
	statements_free(statements);
	return NULL;
}

struct statements *statements_parse(const char *text, size_t length, const char *name,
				    struct diagnostics *diagnostics)
{
	struct statements *statements = statements_new();
	size_t errors = diagnostics->errors;
	struct data_file *file = data_file_parse(text, length, name, diagnostics);

	read_file(statements, file);
	data_file_free(file);
	check_rests(statements, diagnostics);
	if (diagnostics->errors == errors)
		return statements;
	statements_free(statements);
	return NULL;
}

void statements_free(struct statements *statements)
{
	if (!statements)
		return;
	for (size_t i = 0; i < statements->count; i++) {
		struct row *row = statements->rows[i];
		for (size_t text = 0; text < TEXT_COUNT; text++)
			free(row->texts[text]);
		for (size_t rest = 0; rest < row->rest_count; rest++)
			free(row->rests[rest]);
		free(row->rests);
		free(row->file);
		free(row->id);
		free(row->standard);
		free(row->clause);
		free(row->title);
		free(row->step);
		free(row->role);
		free(row);
	}
	free(statements->rows);
	xmlHashFree(statements->by_id, NULL);
	free(statements);
}

size_t statements_count(const struct statements *statements)
{
	return statements->count;
}

const struct statement *statements_at(const struct statements *statements, size_t index)
{
	return index < statements->count ? &statements->rows[index]->statement : NULL;
}

const struct statement *statements_find(const struct statements *statements, const char *id)
{
	const struct row *row = xmlHashLookup(statements->by_id, (const xmlChar *)id);

	return row ? &row->statement : NULL;
}

static size_t add_reading(const struct statement *reading, const struct statement **list,
			  size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == reading)
			return count;
	if (reading && count < STATEMENTS_READINGS)
		list[count++] = reading;
	return count;
}

size_t statements_readings(const struct statements *statements, const struct chart *chart,
			   const struct statement *readings[STATEMENTS_READINGS])
{
	size_t count = 0;

	for (size_t i = 0; statements && i < chart->cover_count; i++) {
		const struct statement *covered =
			statements_find(statements, chart->covers[i].text);

		for (size_t k = 0; covered && k < covered->rest_count; k++)
			count = add_reading(statements_find(statements, covered->rests[k]),
					    readings, count);
	}
	return count;
}

const struct statement *statements_of_limit(const struct statements *statements,
					    const char *limit)
{
	size_t length = strlen(limit);

	for (size_t i = 0; i < statements->count; i++) {
		const struct statement *each = &statements->rows[i]->statement;
		const char *found = strstr(each->profile, limit);

		if (each->status == 'R' && found && strchr(", ", found[length]))
			return each;
	}
	return NULL;
}

char *statements_rests(const struct statements *statements, const struct reference *ids,
		       size_t count)
{
	struct buffer text = { 0 };

	for (size_t i = 0; i < count; i++) {
		const struct statement *reading =
			statements ? statements_find(statements, ids[i].text) : NULL;

		buffer_format(&text, "%s%s%s%s", i == 0 ? "" : "; ", ids[i].text,
			      reading ? ": " : "", reading ? reading->statement : "");
	}
	char *result = count > 0 ? memory_text(buffer_text(&text)) : NULL;
	buffer_free(&text);
	return result;
}

void statements_names(const struct statements *statements, struct vocabulary *vocabulary)
{
	for (size_t i = 0; i < statements->count; i++)
		names_add(&vocabulary->statements, statements->rows[i]->id);
}
