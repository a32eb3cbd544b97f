#include "harness/judge/data-file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

static bool is_blank(char octet)
{
	return octet == ' ' || octet == '\t' || octet == '\r';
}

static struct place line_start(const char *file)
{
	return (struct place){ .file = file, .line = 1, .column = 1, .end_column = 2 };
}

/* Reads at most DATA_FILE_MOST octets; new memory, or NULL with *why. */
static char *read_all(const char *name, size_t *length, const char **why)
{
	FILE *stream = fopen(name, "rb");

	*why = NULL;
	if (!stream) {
		*why = strerror(errno);
		return NULL;
	}
	size_t size = 0, capacity = 16384;
	char *text = memory_resize(NULL, capacity + 1, 1);
	for (size_t got; (got = fread(text + size, 1, capacity - size, stream)) > 0;) {
		size += got;
		if (size > DATA_FILE_MOST) {
			*why = "it is larger than 1 MiB";
			break;
		}
		if (size == capacity) {
			capacity *= 2;
			text = memory_resize(text, capacity + 1, 1);
		}
	}
	if (!*why && ferror(stream))
		*why = strerror(errno); /* a folder opens, but does not read */
	fclose(stream);
	if (*why) {
		free(text);
		return NULL;
	}
	text[size] = '\0';
	*length = size;
	return text;
}

struct data_file *data_file_load(const char *file, struct diagnostics *diagnostics,
				 const struct place *at, const char *source)
{
	struct place start = line_start(file);
	const char *why;
	size_t length;
	char *text = read_all(file, &length, &why);

	if (!text) {
		diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, at ? at : &start, source,
				"cannot read %s: %s", file, why);
		return NULL;
	}
	struct data_file *made = data_file_parse(text, length, file, diagnostics);
	free(text);
	return made;
}

struct data_file *data_file_parse(const char *text, size_t length, const char *name,
				  struct diagnostics *diagnostics)
{
	struct data_file *file = memory_new(sizeof(*file));

	file->name = memory_text(name);
	file->text = memory_text_length(text, length);
	file->length = length;
	file->diagnostics = diagnostics;
	return file;
}

static void words_clear(struct data_file *file)
{
	for (size_t i = 0; i < file->count; i++)
		free(file->words[i].text);
	file->count = 0;
}

void data_file_free(struct data_file *file)
{
	if (!file)
		return;
	words_clear(file);
	free(file->words);
	free(file->text);
	free(file->name);
	free(file);
}

/* How many characters: they count, as in scenarios, not octets. */
static size_t characters(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

static size_t column_of(const char *line, size_t at)
{
	return 1 + characters(line, at);
}

static struct place place_of(const struct data_file *file, size_t column, size_t end_column)
{
	return (struct place){ .file = file->name, .line = file->line ? file->line : 1,
			       .column = (int)column,
			       .end_column = (int)end_column };
}

static struct data_word *word_add(struct data_file *file, size_t column, size_t end_column)
{
	if (file->count == file->capacity) {
		file->capacity = file->capacity ? file->capacity * 2 : 16;
		file->words = memory_resize(file->words, file->capacity, sizeof(*file->words));
	}
	struct data_word *word = &file->words[file->count++];
	*word = (struct data_word){ .at = place_of(file, column, end_column) };
	return word;
}

/* The end of a quoted text that begins at line[at]: one past its closing quote, or 0. */
static size_t quoted_end(const char *line, size_t length, size_t at)
{
	for (size_t i = at + 1; i < length; i++) {
		if (line[i] == '\\' && i + 1 < length)
			i++;
		else if (line[i] == '"')
			return i + 1;
	}
	return 0;
}

static char *unquoted(const char *text, size_t length)
{
	char *plain = memory_new(length + 1);
	size_t size = 0;

	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\\' && i + 1 < length)
			i++;
		plain[size++] = text[i];
	}
	return plain;
}

/* One past the end of the word at line[at]; length with an error when a quote stays open. */
static size_t word_end(struct data_file *file, const char *line, size_t length, size_t at)
{
	size_t i = at;

	while (i < length && !is_blank(line[i])) {
		if (line[i] != '"') {
			i++;
			continue;
		}
		size_t end = quoted_end(line, length, i);
		if (end == 0) {
			struct place place = place_of(file, column_of(line, i), column_of(line, length));
			diagnostics_add(file->diagnostics, DIAGNOSTIC_ERROR, &place, file->text,
					"a quoted text is not closed; expected \" before the end of the line");
			return length;
		}
		i = end;
	}
	return i;
}

static void line_split(struct data_file *file, const char *line, size_t length)
{
	const char *nul = memchr(line, '\0', length);

	if (nul) {
		size_t column = column_of(line, (size_t)(nul - line));
		struct place place = place_of(file, column, column + 1);
		diagnostics_add(file->diagnostics, DIAGNOSTIC_ERROR, &place, file->text,
				"a zero octet; expected text");
		length = (size_t)(nul - line);
	}
	for (size_t at = 0, column = 1; at < length;) {
		if (is_blank(line[at])) {
			at++;
			column++;
			continue;
		}
		if (length - at >= 2 && line[at] == '-' && line[at + 1] == '-')
			return;
		size_t end = word_end(file, line, length, at);
		size_t end_column = column + characters(line + at, end - at);
		struct data_word *word = word_add(file, column, end_column);
		word->quoted = line[at] == '"' && quoted_end(line, length, at) == end;
		word->text = word->quoted ? unquoted(line + at + 1, end - at - 2)
					  : memory_text_length(line + at, end - at);
		at = end;
		column = end_column;
	}
}

bool data_file_line(struct data_file *file)
{
	words_clear(file);
	while (file->next < file->length && file->count == 0) {
		const char *line = file->text + file->next;
		size_t left = file->length - file->next;
		const char *newline = memchr(line, '\n', left);
		size_t length = newline ? (size_t)(newline - line) : left;
		file->next += newline ? length + 1 : length;
		file->line++;
		file->indented = length > 0 && is_blank(line[0]);
		line_split(file, line, length);
	}
	return file->count > 0;
}

const char *data_file_word(const struct data_file *file, size_t index)
{
	return index < file->count ? file->words[index].text : NULL;
}

bool data_file_is(const struct data_file *file, size_t index, const char *text)
{
	return index < file->count && !file->words[index].quoted &&
	       strcmp(file->words[index].text, text) == 0;
}

static struct place word_place(const struct data_file *file, size_t index)
{
	if (index < file->count)
		return file->words[index].at;
	if (file->count == 0)
		return place_of(file, 1, 2);
	size_t end = (size_t)file->words[file->count - 1].at.end_column;
	return place_of(file, end, end + 1);
}

void data_file_error(struct data_file *file, size_t index, const char *format, ...)
{
	struct place place = word_place(file, index);
	char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	int length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		abort();
	diagnostics_add(file->diagnostics, DIAGNOSTIC_ERROR, &place, file->text, "%s", text);
	free(text);
}

static char *known_words(const char *const *known, size_t count)
{
	char *list = memory_text("");

	for (size_t i = 0; i < count && i < 12; i++) {
		char *longer = memory_format("%s%s%s", list, i ? ", " : "", known[i]);
		free(list);
		list = longer;
	}
	return list;
}

void data_file_unknown(struct data_file *file, size_t index, const char *what,
		       const char *const *known, size_t count)
{
	const char *word = data_file_word(file, index);
	const char *near = nearest_word(word, known, count);

	if (near) {
		data_file_error(file, index, "no %s is called \"%s\"; did you mean \"%s\"?", what,
				word, near);
		return;
	}
	char *list = known_words(known, count);
	data_file_error(file, index, "no %s is called \"%s\"; known: %s%s", what, word, list,
			count > 12 ? ", ..." : "");
	free(list);
}

bool data_file_end(struct data_file *file, size_t count)
{
	if (file->count <= count)
		return true;
	data_file_error(file, count, "\"%s\" stands behind the end; expected the end of the line",
			file->words[count].text);
	return false;
}

bool data_file_need(struct data_file *file, size_t index, const char *expected)
{
	if (index < file->count)
		return true;
	data_file_error(file, index, "the line ends here; expected %s", expected);
	return false;
}

char *data_folder(const char *file)
{
	const char *slash = strrchr(file, '/');

	if (!slash)
		return memory_text(".");
	return memory_text_length(file, slash == file ? 1 : (size_t)(slash - file));
}

char *data_path(const char *folder, const char *name)
{
	if (name[0] == '/' || strcmp(folder, ".") == 0)
		return memory_text(name);
	return memory_format("%s/%s", folder, name);
}

bool data_number(const char *text, long long *number)
{
	const char *digits = text[0] == '-' ? text + 1 : text;
	char *end;

	if (digits[0] == '\0' || strspn(digits, "0123456789") != strlen(digits))
		return false;
	errno = 0;
	*number = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0';
}
