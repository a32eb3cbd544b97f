/* Reading a data model map: see data-model-map.h for its form. */
#include <libxml/hash.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/data-file.h"
#include "harness/judge/data-model-parts.h"
#include "harness/judge/data-model-type.h"
#include "protocols/memory.h"

#define MOST_ENTRIES 20000
#define MOST_ROWS 1000

struct loading { /* what is known while a map is read */
	struct data_model_map *map;
	struct data_file *file;
	char *folder; /* of includes; NULL = refused */
	char *prefix; /* what relative paths begin with */
	int depth;
};

static void *numbered(size_t index)
{
	return (void *)(uintptr_t)(index + 1);
}

static struct map_entry *entry_add(struct data_model_map *map, const char *path)
{
	char *key = map_generic(path);

	if (map->count == map->capacity) {
		map->capacity = map->capacity ? map->capacity * 2 : 256;
		map->entries = memory_resize(map->entries, map->capacity, sizeof(*map->entries));
	}
	xmlHashAddEntry(map->by_path, (const xmlChar *)key, numbered(map->count));
	free(key);
	struct map_entry *entry = &map->entries[map->count++];
	*entry = (struct map_entry){ .path = memory_text(path), .type = TYPE_OBJECT };
	return entry;
}

/* Has the object an entry: its own, or as the table of its rows? */
static bool known_object(const struct data_model_map *map, const char *path)
{
	char *key = map_generic(path);
	char *row = memory_format("%s{i}.", key);
	bool known = map_hashed(map, map->by_path, key) || map_hashed(map, map->by_path, row);

	free(key);
	free(row);
	return known;
}

/* A second line for a path; or a table's line after a fixed row of it made it an object. */
static bool stands_already(const struct data_model_map *map, const char *path)
{
	char *key = map_generic(path);
	bool known = map_hashed(map, map->by_path, key) != NULL;
	size_t length = strlen(key);

	if (!known && length > 4 && strcmp(key + length - 4, "{i}.") == 0) {
		key[length - 4] = '\0';
		known = map_hashed(map, map->by_path, key) != NULL;
	}
	free(key);
	return known;
}

/* Makes the objects above a path that have no entry yet, outermost first. */
static void parents_add(struct data_model_map *map, const char *path)
{
	char *above = memory_text(path);

	for (size_t i = 0, length = strlen(path); i + 1 < length; i++) {
		bool is_row = strncmp(path + i, ".{i}", 4) == 0; /* the row stands for the table */
		if (path[i] != '.' || is_row)
			continue;
		char next = above[i + 1];
		above[i + 1] = '\0';
		if (!known_object(map, above))
			entry_add(map, above);
		above[i + 1] = next;
	}
	free(above);
}

/* Names and instances with one dot between them, perhaps one at the end. */
static bool is_path(const char *path)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

	if (strlen(path) > MAP_LONGEST_PATH)
		return false;
	while (*path) {
		size_t length = strcspn(path, ".");
		bool any = length == 3 && strncmp(path, "{i}", 3) == 0;
		if (length == 0 || (!any && strspn(path, letters) < length))
			return false;
		path += length + (path[length] == '.');
	}
	return true;
}

/* The full path that a word of the file means: new memory; NULL with an error. */
static char *full_path(struct loading *loading, size_t word)
{
	const char *text = data_file_word(loading->file, word);
	const char *root = loading->map->root;
	char *path;

	if (!root) {
		data_file_error(loading->file, 0, "an entry stands before the root; expected"
				" \"root Device.\" or \"root InternetGatewayDevice.\" first");
		return NULL;
	}
	if (strncmp(text, root, strlen(root)) == 0)
		path = memory_text(text);
	else
		path = memory_format("%s%s", loading->prefix, text);
	if (text[0] == '\0' || text[0] == '.' || !is_path(path)) {
		data_file_error(loading->file, word, "\"%s\" is no path; expected names and {i} with dots"
				" between them, at most %d characters", text, MAP_LONGEST_PATH);
		free(path);
		return NULL;
	}
	return path;
}

static bool take_rows(struct data_file *file, size_t word, const char *text,
		      struct map_entry *entry)
{
	long long rows;

	if (!map_is_table(entry) || !data_number(text, &rows) || rows < 0 || rows > MOST_ROWS) {
		data_file_error(file, word, "\"rows=%s\"; expected a number up to %d, of an object whose"
				" path ends in {i}.", text, MOST_ROWS);
		return false;
	}
	entry->rows = (int)rows;
	return true;
}

static bool take_flag(struct data_file *file, size_t word, const char *flag,
		      struct map_entry *entry)
{
	static const char *const known[] = { "forced", "active", "active-fixed", "can-deny",
					     "hidden", "location", "secret", "rows=N" };
	bool *const fields[] = { &entry->forced, &entry->active, &entry->active_fixed,
				 &entry->can_deny, &entry->hidden, &entry->location,
				 &entry->secret };

	if (strncmp(flag, "rows=", 5) == 0)
		return take_rows(file, word, flag + 5, entry);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strcmp(flag, known[i]) == 0) {
			*fields[i] = true;
			return true;
		}
	}
	const char *near = nearest_word(flag, known, 8);
	data_file_error(file, word, "no flag is called \"%s\"%s%s%s; expected - or forced, active,"
			" active-fixed, can-deny, hidden, location, secret, rows=N with commas between",
			flag, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return false;
}

static bool take_flags(struct data_file *file, size_t word, struct map_entry *entry)
{
	const char *text = data_file_word(file, word);
	bool good = true;

	if (!text || data_file_is(file, word, "-"))
		return true;
	char *copy = memory_text(text), *state = NULL;
	for (char *flag = strtok_r(copy, ",", &state); flag; flag = strtok_r(NULL, ",", &state))
		good = take_flag(file, word, flag, entry) && good;
	free(copy);
	return good;
}

static bool take_access(struct data_file *file, size_t word, struct map_entry *entry)
{
	if (!data_file_need(file, word, "the access, r or rw"))
		return false;
	entry->writable = data_file_is(file, word, "rw");
	if (entry->writable || data_file_is(file, word, "r"))
		return true;
	data_file_error(file, word, "\"%s\" is no access; expected r or rw",
			data_file_word(file, word));
	return false;
}

/* A default or a row's value must be lawful itself. */
static bool value_fits(struct data_file *file, size_t word, const struct map_entry *entry,
		       const char *value)
{
	const char *wrong = map_value_wrong(entry, value);

	if (!wrong)
		return true;
	data_file_error(file, word, "\"%s\" is not lawful for %s: wrong %s", value, entry->path, wrong);
	return false;
}

static bool take_default(struct data_file *file, size_t word, struct map_entry *entry)
{
	const char *text = data_file_word(file, word);

	if (!text || data_file_is(file, word, "-"))
		return true; /* the type's own, when all is read */
	if (entry->type == TYPE_OBJECT) {
		data_file_error(file, word, "an object has no default; expected -");
		return false;
	}
	if (!value_fits(file, word, entry, text))
		return false;
	entry->value = memory_text(text);
	return true;
}

static bool take_type(struct data_file *file, size_t word, struct map_entry *entry)
{
	bool object = entry->path[strlen(entry->path) - 1] == '.';

	if (!data_file_need(file, word, "a type") || !type_parse(file, word, entry)) {
		type_clear(entry); /* so that later lines can still be looked at */
		entry->type = object ? TYPE_OBJECT : TYPE_STRING;
		entry->most = LLONG_MAX;
		return false;
	}
	if (object == (entry->type == TYPE_OBJECT))
		return true;
	data_file_error(file, word, object ? "a path that ends in a dot is an object's; expected object"
					   : "an object's path ends in a dot; this one does not");
	return false;
}

static void take_name(struct loading *loading, size_t index)
{
	struct data_model_map *map = loading->map;
	const char *name = data_file_word(loading->file, 0);
	struct map_entry *entry = &map->entries[index];

	if (data_file_is(loading->file, 0, "-"))
		return;
	if (map_hashed(map, map->by_name, name)) {
		data_file_error(loading->file, 0, "the short name \"%s\" stands for %s already", name,
				map_hashed(map, map->by_name, name)->path);
		return;
	}
	entry->name = memory_text(name);
	xmlHashAddEntry(map->by_name, (const xmlChar *)name, numbered(index));
}

static void read_entry(struct loading *loading)
{
	struct data_model_map *map = loading->map;
	struct data_file *file = loading->file;

	if (!data_file_need(file, 1, "a path"))
		return;
	char *path = full_path(loading, 1);
	if (!path)
		return;
	if (stands_already(map, path))
		data_file_error(file, 1, "the path %s stands here a second time (or after what is below it)",
				path);
	else if (map->count >= MOST_ENTRIES)
		data_file_error(file, 0, "more than %d entries; expected the end of the file", MOST_ENTRIES);
	else {
		parents_add(map, path);
		struct map_entry *entry = entry_add(map, path);
		if (take_type(file, 2, entry) && take_access(file, 3, entry) &&
		    take_flags(file, 4, entry) && take_default(file, 5, entry))
			data_file_end(file, 6);
		take_name(loading, map->count - 1);
	}
	free(path);
}

static void read_root(struct loading *loading)
{
	const char *text = data_file_word(loading->file, 1);

	if (!data_file_need(loading->file, 1, "Device. or InternetGatewayDevice."))
		return;
	if (loading->map->root) {
		data_file_error(loading->file, 0, "a second root; it is %s already", loading->map->root);
		return;
	}
	if (strcmp(text, "Device.") != 0 && strcmp(text, "InternetGatewayDevice.") != 0) {
		data_file_error(loading->file, 1, "\"%s\" is no root; expected Device. or"
				" InternetGatewayDevice.", text);
		text = "Device."; /* so that later lines can still be looked at */
	}
	loading->map->root = memory_text(text);
	free(loading->prefix);
	loading->prefix = memory_text(text);
	data_file_end(loading->file, 2);
}

static void read_at(struct loading *loading)
{
	const char *text = data_file_word(loading->file, 1);
	const char *root = loading->map->root ? loading->map->root : "";

	if (!data_file_need(loading->file, 1, "a path that ends in a dot"))
		return;
	data_file_end(loading->file, 2);
	if (text[0] == '\0' || text[strlen(text) - 1] != '.') {
		data_file_error(loading->file, 1, "\"%s\" is no object; expected a path that ends in a dot",
				text);
		return;
	}
	free(loading->prefix);
	if (strcmp(text, ".") == 0)
		loading->prefix = memory_text(root);
	else if (root[0] && strncmp(text, root, strlen(root)) == 0)
		loading->prefix = memory_text(text);
	else
		loading->prefix = memory_format("%s%s", root, text);
}

/* The value of FIELD=VALUE, whose quotes the line reader kept: new memory. */
static char *plain_value(const char *value)
{
	size_t length = strlen(value);

	if (length >= 2 && value[0] == '"' && value[length - 1] == '"')
		return memory_text_length(value + 1, length - 2);
	return memory_text(value);
}

/* FIELD=VALUE of the row at path ("Device.FaultMgmt.SupportedAlarm.1."). */
static void read_row_value(struct loading *loading, size_t word, const char *path)
{
	struct data_model_map *map = loading->map;
	const char *text = data_file_word(loading->file, word);
	const char *equals = strchr(text, '=');

	if (!equals) {
		data_file_error(loading->file, word, "\"%s\"; expected FIELD=VALUE", text);
		return;
	}
	char *field = memory_format("%s%.*s", path, (int)(equals - text), text);
	char *value = plain_value(equals + 1);
	const struct map_entry *entry = map_entry_of(map, field);
	if (!entry || entry->type == TYPE_OBJECT) {
		data_file_error(loading->file, word, "no parameter is called %s; expected one of the table's"
				" that stands above", field);
		free(value);
	} else if (!value_fits(loading->file, word, entry, value)) {
		free(value);
	} else if (xmlHashAddEntry(map->row_values, (const xmlChar *)field, value) != 0) {
		data_file_error(loading->file, word, "%s has a value already", field);
		free(value);
	}
	free(field);
}

/* The instance at the end of a row's path ("X.3."); 0 = none. */
static long long row_number(const char *path)
{
	size_t end = strlen(path) - 1;
	const char *dot = memrchr(path, '.', end);
	long long number = 0;

	if (dot) {
		char *digits = memory_text_length(dot + 1, (size_t)(path + end - dot - 1));
		if (!data_number(digits, &number))
			number = 0;
		free(digits);
	}
	return number;
}

static void read_row(struct loading *loading)
{
	struct data_file *file = loading->file;

	if (!data_file_need(file, 1, "TABLE.NUMBER"))
		return;
	char *name = memory_format("%s.", data_file_word(file, 1));
	char *path = map_path(loading->map, name);
	const struct map_entry *table = path ? map_entry_of(loading->map, path) : NULL;
	long long number = path ? row_number(path) : 0;

	if (!table || !map_is_table(table) || number < 1 || number > table->rows)
		data_file_error(file, 1, "\"%s\" is no row; expected TABLE.NUMBER with the short name of a"
				" table above and a number up to its rows=", data_file_word(file, 1));
	else
		for (size_t i = 2; i < file->count; i++)
			read_row_value(loading, i, path);
	free(path);
	free(name);
}

static void read_lines(struct loading *loading);

static void read_include(struct loading *loading)
{
	struct data_file *file = loading->file;

	if (!data_file_need(file, 1, "the name of a file") || !data_file_end(file, 2))
		return;
	if (!loading->folder || loading->depth >= DATA_INCLUDE_DEPTH) {
		data_file_error(file, 1, loading->folder ? "included too deep, perhaps in a circle;"
							   " expected at most 8 levels"
							 : "nothing can be included here");
		return;
	}
	char *path = data_path(loading->folder, data_file_word(file, 1));
	struct data_file *included = data_file_load(path, file->diagnostics, &file->words[1].at,
						    file->text);
	if (included) {
		struct loading below = { .map = loading->map, .file = included,
					 .folder = data_folder(path), .depth = loading->depth + 1,
					 .prefix = memory_text(loading->prefix) };
		read_lines(&below);
		free(below.folder);
		free(below.prefix);
		data_file_free(included);
	}
	free(path);
}

static void read_lines(struct loading *loading)
{
	static const struct {
		const char *word;
		void (*read)(struct loading *loading);
	} directives[] = { { "root", read_root }, { "at", read_at }, { "row", read_row },
			   { "include", read_include } };

	while (data_file_line(loading->file)) {
		void (*read)(struct loading *) = read_entry;
		for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++) {
			if (data_file_is(loading->file, 0, directives[i].word))
				read = directives[i].read;
		}
		read(loading);
	}
}

/* The default of XNumberOfEntries is how many rows table X has. */
static char *default_value(const struct data_model_map *map, const struct map_entry *entry)
{
	static const char suffix[] = "NumberOfEntries";
	size_t length = strlen(entry->path);

	if (length > strlen(suffix) && entry->type == TYPE_UNSIGNED &&
	    strcmp(entry->path + length - strlen(suffix), suffix) == 0) {
		char *table = memory_format("%.*s.{i}.", (int)(length - strlen(suffix)), entry->path);
		char *key = map_generic(table);
		const struct map_entry *found = map_hashed(map, map->by_path, key);
		free(key);
		free(table);
		if (found)
			return memory_format("%d", found->rows);
	}
	return type_default(entry);
}

static void finish(struct data_model_map *map, struct data_file *file, size_t errors)
{
	if (!map->root && file->diagnostics->errors == errors)
		data_file_error(file, 0, "nothing stands here; expected a root and entries");
	if (file->diagnostics->errors != errors)
		return;
	for (size_t i = 0; i < map->count; i++) {
		struct map_entry *entry = &map->entries[i];
		if (entry->type != TYPE_OBJECT && !entry->value)
			entry->value = default_value(map, entry);
	}
}

/* "scenarios/maps/henb-device2.map" -> "henb-device2". */
static char *name_of(const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *base = slash ? slash + 1 : file;
	size_t length = strlen(base);

	if (length > 4 && strcmp(base + length - 4, ".map") == 0)
		length -= 4;
	return memory_text_length(base, length);
}

static struct data_model_map *map_read(struct data_file *file, const char *folder)
{
	struct data_model_map *map = memory_new(sizeof(*map));
	size_t errors = file->diagnostics->errors;
	struct loading loading = { .map = map, .file = file, .prefix = memory_text(""),
				   .folder = memory_text(folder) };

	map->name = name_of(file->name);
	map->by_path = xmlHashCreate(512);
	map->by_name = xmlHashCreate(512);
	map->row_values = xmlHashCreate(64);
	if (!map->by_path || !map->by_name || !map->row_values)
		abort(); /* out of memory: see memory.h */
	read_lines(&loading);
	finish(map, file, errors);
	free(loading.prefix);
	free(loading.folder);
	if (file->diagnostics->errors != errors) {
		map_free(map);
		return NULL;
	}
	return map;
}

struct data_model_map *map_load(const char *file, struct diagnostics *diagnostics)
{
	struct data_file *lines = data_file_load(file, diagnostics, NULL, NULL);

	if (!lines)
		return NULL;
	char *folder = data_folder(file);
	struct data_model_map *map = map_read(lines, folder);
	free(folder);
	data_file_free(lines);
	return map;
}

struct data_model_map *map_parse(const char *text, size_t length, const char *file,
				 const char *folder, struct diagnostics *diagnostics)
{
	struct data_file *lines = data_file_parse(text, length, file, diagnostics);
	struct data_model_map *map = map_read(lines, folder);

	data_file_free(lines);
	return map;
}
