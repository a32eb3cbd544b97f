#include "harness/judge/profile.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/chart/actions.h"
#include "harness/chart/parser.h"
#include "harness/chart/roles.h"
#include "harness/judge/data-file.h"
#include "harness/judge/profile-parts.h"
#include "protocols/memory.h"

static const char *const part_names[PART_COUNT] = { "ics", "ixit", "limits", "triggers", "rules" };
static const char *const trigger_names[] = { "command", "ask", "http" };

struct setting_line *profile_line_find(const struct profile *profile, enum part part,
				      const char *name)
{
	const struct part_lines *lines = &profile->parts[part];

	for (size_t i = 0; i < lines->count; i++) {
		if (strcmp(lines->lines[i]->name, name) == 0)
			return lines->lines[i];
	}
	return NULL;
}

static struct setting_line *line_add(struct profile *profile, enum part part, const char *name)
{
	struct part_lines *lines = &profile->parts[part];
	struct setting_line *line = memory_new(sizeof(*line));

	lines->lines = memory_resize(lines->lines, lines->count + 1, sizeof(*lines->lines));
	lines->lines[lines->count++] = line;
	line->name = memory_text(name);
	return line;
}

/* The line that the file's current line says: new, or an included one that it replaces; NULL, with
 * an error, when this file has it already. */
struct setting_line *profile_line_for(struct reading *reading)
{
	struct profile *profile = reading->profile;
	const char *name = data_file_word(reading->file, 0);
	struct setting_line *line = profile_line_find(profile, reading->part, name);

	if (line && line->file == reading->number) {
		data_file_error(reading->file, 0, "\"%s\" stands here a second time; expected it once",
				name);
		return NULL;
	}
	if (!line && profile->parts[reading->part].count >= MOST_LINES) {
		data_file_error(reading->file, 0, "more than %d lines in %s", MOST_LINES,
				part_names[reading->part]);
		return NULL;
	}
	if (!line)
		line = line_add(profile, reading->part, name);
	const struct profile_source *source = &profile->sources[reading->number - 1];
	line->file = reading->number;
	line->at = reading->file->words[0].at;
	line->at.file = source->name;
	line->file_text = source->text;
	free(line->text);
	line->text = NULL;
	return line;
}

/* Names as scenarios write them: device.serial, limit.session, raise-alarm. */
static bool is_name(struct data_file *file, bool dotted)
{
	const char *name = data_file_word(file, 0);
	bool good = islower((unsigned char)name[0]) && !file->words[0].quoted;

	for (const char *at = name; *at && good; at++)
		good = islower((unsigned char)*at) || isdigit((unsigned char)*at) ||
		       *at == '-' || (*at == '.' && at[1] && at[1] != '.');
	if (good && dotted)
		good = strchr(name, '.') != NULL;
	else if (good)
		good = strchr(name, '.') == NULL;
	if (!good)
		data_file_error(file, 0, "\"%s\" is no name here; expected small letters, digits and -%s",
				name, dotted ? " with a dot, as in device.serial" : ", as in alarms");
	return good;
}

bool profile_need_text(struct data_file *file, size_t word, const char *expected)
{
	if (!data_file_need(file, word, expected))
		return false;
	if (file->words[word].quoted)
		return true;
	data_file_error(file, word, "\"%s\"; expected %s", data_file_word(file, word), expected);
	return false;
}

static void read_ics(struct reading *reading)
{
	struct data_file *file = reading->file;
	bool yes = data_file_is(file, 1, "yes");

	if (!is_name(file, false) || !data_file_need(file, 1, "yes or no"))
		return;
	if (!yes && !data_file_is(file, 1, "no")) {
		data_file_error(file, 1, "\"%s\" says neither; expected yes or no",
				data_file_word(file, 1));
		return;
	}
	if (file->count > 2 && !profile_need_text(file, 2, "a comment in quotes or the end of the line"))
		return;
	struct setting_line *line = data_file_end(file, 3) ? profile_line_for(reading) : NULL;
	if (!line)
		return;
	line->supported = yes;
	line->text = memory_text(data_file_word(file, 2));
}

static void read_ixit(struct reading *reading)
{
	struct data_file *file = reading->file;

	if (!is_name(file, true) || !data_file_need(file, 1, "a value") || !data_file_end(file, 2))
		return;
	if (strncmp(data_file_word(file, 0), "limit.", 6) == 0) {
		data_file_error(file, 0, "\"%s\" is a limit; expected it in the section limits",
				data_file_word(file, 0));
		return;
	}
	struct setting_line *line = profile_line_for(reading);
	if (line)
		line->text = memory_text(data_file_word(file, 1));
}

/* "30s" or "30 s" from the second word on; the number of words, 0 with an error. */
static size_t read_duration(struct data_file *file, int64_t *microseconds)
{
	const char *first = data_file_word(file, 1), *second = data_file_word(file, 2);

	if (!data_file_need(file, 1, "a duration such as 30 s"))
		return 0;
	*microseconds = duration_of(first);
	if (*microseconds >= 0)
		return 1;
	char *joined = second ? memory_format("%s%s", first, second) : NULL;
	if (joined)
		*microseconds = duration_of(joined);
	free(joined);
	if (*microseconds >= 0)
		return 2;
	data_file_error(file, 1, "\"%s\" is no duration; expected a number with ms, s, m, h or d, as in"
			" 30 s", first);
	return 0;
}

static void read_limit(struct reading *reading)
{
	struct data_file *file = reading->file;
	int64_t microseconds;
	const char *reference = NULL;

	if (!is_name(file, true))
		return;
	if (strncmp(data_file_word(file, 0), "limit.", 6) != 0) {
		data_file_error(file, 0, "\"%s\" is no limit; expected a name such as limit.session",
				data_file_word(file, 0));
		return;
	}
	size_t next = read_duration(file, &microseconds);
	if (next++ == 0)
		return;
	if (microseconds == 0) {
		data_file_error(file, 1, "%s is nothing; expected more than 0 s",
				data_file_word(file, 0));
		return;
	}
	bool standard = data_file_is(file, next, "standard");
	if (standard) {
		if (!profile_need_text(file, next + 1, "the standard's clause in quotes, as in \"TR-069 3.2.2\"") ||
		    !data_file_end(file, next + 2))
			return;
		reference = data_file_word(file, next + 1);
	} else if (next < file->count && !data_file_is(file, next, "lab")) {
		data_file_error(file, next, "\"%s\" is no source of a limit; expected lab or standard"
				" \"CLAUSE\"", data_file_word(file, next));
		return;
	} else if (!data_file_end(file, next + 1)) {
		return;
	}
	struct setting_line *line = profile_line_for(reading);
	if (!line)
		return;
	line->microseconds = microseconds;
	line->source = standard ? LIMIT_STANDARD : LIMIT_LAB;
	line->text = memory_text(reference);
}

static bool known_action(struct data_file *file)
{
	const struct action_kind *action = action_find(data_file_word(file, 0));
	const char *names[64];
	size_t count, used = 0;

	if (action && action->roles & ROLE_BIT(ROLE_DEVICE))
		return true;
	const struct action_kind *all = actions(&count);
	for (size_t i = 0; i < count && used < 64; i++) {
		if (all[i].roles & ROLE_BIT(ROLE_DEVICE))
			names[used++] = all[i].name;
	}
	data_file_unknown(file, 0, "action of the device", names, used);
	return false;
}

static void read_trigger(struct reading *reading)
{
	struct data_file *file = reading->file;
	int kind = -1;

	if (!known_action(file) || !data_file_need(file, 1, "command, ask or http"))
		return;
	for (int i = 0; i < 3; i++) {
		if (data_file_is(file, 1, trigger_names[i]))
			kind = i;
	}
	if (kind < 0) {
		data_file_unknown(file, 1, "kind of trigger", trigger_names, 3);
		return;
	}
	if (!profile_need_text(file, 2, "the command, question or URL in quotes") || !data_file_end(file, 3))
		return;
	struct setting_line *line = profile_line_for(reading);
	if (!line)
		return;
	line->kind = (enum trigger_kind)kind;
	line->text = memory_text(data_file_word(file, 2));
}

/* Once in a file; a later file replaces, but an included one not what the one around it says. */
static bool take_once(struct reading *reading, bool *said, char **value, int *depth)
{
	if (*said) {
		data_file_error(reading->file, 0, "a second \"%s\"; expected one in a file",
				data_file_word(reading->file, 0));
		return false;
	}
	*said = true;
	if (*value && reading->depth > *depth)
		return false;
	*depth = reading->depth;
	free(*value);
	*value = memory_text(data_file_word(reading->file, 1));
	return data_file_end(reading->file, 2);
}

static void read_title(struct reading *reading)
{
	if (profile_need_text(reading->file, 1, "a title in quotes"))
		take_once(reading, &reading->said_title, &reading->profile->title,
			  &reading->profile->title_depth);
}

static void read_device(struct reading *reading)
{
	struct data_file *file = reading->file;

	if (!data_file_need(file, 1, "the role under test"))
		return;
	if (!role_find(data_file_word(file, 1))) {
		const char *names[64];
		size_t count;
		const struct role *all = roles(&count);
		for (size_t i = 0; i < count && i < 64; i++)
			names[i] = all[i].name;
		data_file_unknown(file, 1, "role", names, count < 64 ? count : 64);
	} else {
		take_once(reading, &reading->said_device, &reading->profile->device,
			  &reading->profile->device_depth);
	}
}

static void map_unknown(struct reading *reading)
{
	struct names maps = { 0 };
	DIR *folder = opendir(reading->map_folder);
	const struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		size_t length = strlen(entry->d_name);
		if (length <= 4 || strcmp(entry->d_name + length - 4, ".map") != 0)
			continue;
		char *name = memory_text_length(entry->d_name, length - 4);
		names_add(&maps, name);
		free(name);
	}
	if (folder)
		closedir(folder);
	data_file_unknown(reading->file, 1, "data model map", (const char *const *)maps.list,
			  maps.count);
	names_clear(&maps);
}

static void read_map(struct reading *reading)
{
	struct profile *profile = reading->profile;
	const char *name = data_file_word(reading->file, 1);

	if (!data_file_need(reading->file, 1, "the name of a data model map") ||
	    !take_once(reading, &reading->said_map, &profile->map_name, &profile->map_depth) ||
	    !reading->map_folder)
		return;
	size_t length = strlen(name);
	bool is_file = strchr(name, '/') ||
		       (length > 4 && strcmp(name + length - 4, ".map") == 0);
	free(profile->map_file);
	profile->map_file = is_file ? data_path(reading->folder, name)
				    : memory_format("%s/%s.map", reading->map_folder, name);
	if (access(profile->map_file, R_OK) == 0)
		return;
	if (is_file)
		data_file_error(reading->file, 1, "cannot read %s", profile->map_file);
	else
		map_unknown(reading);
}

static void read_file(struct reading *reading);

static void read_include(struct reading *reading)
{
	struct data_file *file = reading->file;

	if (!data_file_need(file, 1, "the name of a file") || !data_file_end(file, 2))
		return;
	if (!reading->map_folder || reading->depth >= DATA_INCLUDE_DEPTH) {
		data_file_error(file, 1, reading->map_folder ? "included too deep, perhaps in a circle;"
							       " expected at most 8 levels"
							     : "nothing can be included here");
		return;
	}
	char *path = data_path(reading->folder, data_file_word(file, 1));
	struct data_file *included = data_file_load(path, file->diagnostics, &file->words[1].at,
						    file->text);
	if (included) {
		struct reading below = { .profile = reading->profile, .file = included,
					 .map_folder = reading->map_folder,
					 .folder = data_folder(path),
					 .depth = reading->depth + 1 };
		read_file(&below);
		free(below.folder);
		data_file_free(included);
	}
	free(path);
}

static const struct {
	const char *word;
	void (*read)(struct reading *reading);
} headers[] = { { "profile", read_title }, { "device", read_device }, { "map", read_map },
		{ "include", read_include } };

#define HEADER_COUNT (sizeof(headers) / sizeof(headers[0]))

/* A line in the first column: the header, or the name of a section. */
static void read_header(struct reading *reading)
{
	const char *known[HEADER_COUNT + PART_COUNT];

	for (size_t i = 0; i < HEADER_COUNT; i++) {
		known[i] = headers[i].word;
		if (!data_file_is(reading->file, 0, headers[i].word))
			continue;
		reading->part = PART_COUNT;
		headers[i].read(reading);
		return;
	}
	for (size_t i = 0; i < PART_COUNT; i++) {
		known[HEADER_COUNT + i] = part_names[i];
		if (!data_file_is(reading->file, 0, part_names[i]))
			continue;
		reading->part = (enum part)i;
		data_file_end(reading->file, 1);
		return;
	}
	data_file_unknown(reading->file, 0, "header line or section", known,
			  HEADER_COUNT + PART_COUNT);
}

/* Kept for the places of what is found out when all is read. */
static int add_source(struct profile *profile, const struct data_file *file)
{
	profile->sources = memory_resize(profile->sources, profile->source_count + 1,
					 sizeof(*profile->sources));
	profile->sources[profile->source_count++] = (struct profile_source){
		memory_text(file->name), memory_text_length(file->text, file->length) };
	return (int)profile->source_count;
}

static void read_file(struct reading *reading)
{
	static void (*const readers[PART_COUNT])(struct reading *) = {
		read_ics, read_ixit, read_limit, read_trigger, profile_read_rule };

	reading->part = PART_COUNT;
	reading->number = add_source(reading->profile, reading->file);
	while (data_file_line(reading->file)) {
		if (!reading->file->indented)
			read_header(reading);
		else if (reading->part == PART_COUNT)
			data_file_error(reading->file, 0, "an indented line stands in no section; expected"
					" ics, ixit, limits, triggers or rules above it");
		else
			readers[reading->part](reading);
	}
}

/* What every profile must say; and the map that it names. */
static void finish(struct reading *reading)
{
	struct profile *profile = reading->profile;
	struct place start = { .file = reading->file->name, .line = 1, .column = 1,
			       .end_column = 2 };
	const struct {
		const char *value, *expected;
	} needed[] = { { profile->title, "profile \"TITLE\"" }, { profile->device, "device ROLE" },
		       { profile->map_name, "map NAME" } };

	for (size_t i = 0; i < 3; i++) {
		if (!needed[i].value)
			diagnostics_add(reading->file->diagnostics, DIAGNOSTIC_ERROR, &start,
					reading->file->text, "the profile lacks a line; expected %s",
					needed[i].expected);
	}
	for (size_t i = 0; i < profile->parts[PART_ICS].count; i++) {
		struct setting_line *line = profile->parts[PART_ICS].lines[i];
		line->item = (struct ics_item){ line->name, line->supported, line->text };
	}
	for (size_t i = 0; i < profile->parts[PART_TRIGGERS].count; i++) {
		struct setting_line *line = profile->parts[PART_TRIGGERS].lines[i];
		line->trigger = (struct trigger){ line->name, line->kind, line->text };
	}
	for (size_t i = 0; i < profile->parts[PART_RULES].count; i++) {
		struct setting_line *line = profile->parts[PART_RULES].lines[i];
		line->rule = (struct rule_setting){ line->name, line->severity, line->text };
	}
}

/* The map that it names: of the shelf, or its own. False when there is a mistake in it. */
static bool load_map(struct profile *profile, struct map_shelf *shelf,
		     struct diagnostics *diagnostics)
{
	if (!profile->map_file || access(profile->map_file, R_OK) != 0)
		return true;
	if (shelf)
		profile->map = map_shelf_take(shelf, profile->map_file, diagnostics);
	else
		profile->map = profile->own_map = map_load(profile->map_file, diagnostics);
	return profile->map;
}

static struct profile *profile_read(struct data_file *file, const char *map_folder,
				    struct map_shelf *shelf)
{
	struct diagnostics *diagnostics = file->diagnostics;
	size_t errors = diagnostics->errors;
	struct profile *profile = memory_new(sizeof(*profile));
	struct reading reading = { .profile = profile, .file = file, .map_folder = map_folder,
				   .folder = data_folder(file->name) };

	profile->file = memory_text(file->name);
	read_file(&reading);
	finish(&reading);
	free(reading.folder);
	if (!load_map(profile, shelf, diagnostics) || diagnostics->errors != errors) {
		profile_free(profile);
		return NULL;
	}
	return profile;
}

struct profile *profile_load(const char *file, const char *map_folder,
			     struct diagnostics *diagnostics)
{
	return profile_load_shelved(file, map_folder, NULL, diagnostics);
}

struct profile *profile_load_shelved(const char *file, const char *map_folder,
				     struct map_shelf *shelf, struct diagnostics *diagnostics)
{
	struct data_file *lines = data_file_load(file, diagnostics, NULL, NULL);

	if (!lines)
		return NULL;
	struct profile *profile = profile_read(lines, map_folder, shelf);
	data_file_free(lines);
	return profile;
}

struct profile *profile_parse(const char *text, size_t length, const char *file,
			      struct diagnostics *diagnostics)
{
	struct data_file *lines = data_file_parse(text, length, file, diagnostics);
	struct profile *profile = profile_read(lines, NULL, NULL);

	data_file_free(lines);
	return profile;
}

void profile_free(struct profile *profile)
{
	if (!profile)
		return;
	for (size_t part = 0; part < PART_COUNT; part++) {
		struct part_lines *lines = &profile->parts[part];
		for (size_t i = 0; i < lines->count; i++) {
			free(lines->lines[i]->name);
			free(lines->lines[i]->text);
			free(lines->lines[i]);
		}
		free(lines->lines);
	}
	for (size_t i = 0; i < profile->source_count; i++) {
		free(profile->sources[i].name);
		free(profile->sources[i].text);
	}
	free(profile->sources);
	map_free(profile->own_map);
	free(profile->file);
	free(profile->title);
	free(profile->device);
	free(profile->map_name);
	free(profile->map_file);
	free(profile);
}

const char *profile_title(const struct profile *profile)
{
	return profile->title;
}

const char *profile_file(const struct profile *profile)
{
	return profile->file;
}

const char *profile_device(const struct profile *profile)
{
	return profile->device;
}

const struct data_model_map *profile_map(const struct profile *profile)
{
	return profile->map;
}

const char *profile_map_name(const struct profile *profile)
{
	return profile->map_name;
}

const char *profile_variable(const struct profile *profile, const char *name)
{
	const struct setting_line *line = profile_line_find(profile, PART_IXIT, name);

	return line ? line->text : NULL;
}

const char *profile_variable_at(const struct profile *profile, size_t index)
{
	const struct part_lines *lines = &profile->parts[PART_IXIT];

	return index < lines->count ? lines->lines[index]->name : NULL;
}

void profile_set(struct profile *profile, const char *name, const char *value)
{
	struct setting_line *line = profile_line_find(profile, PART_IXIT, name);

	if (!line)
		line = line_add(profile, PART_IXIT, name);
	char *text = memory_text(value); /* value may be the old text */
	free(line->text);
	line->text = text;
}

bool profile_limit(const struct profile *profile, const char *name, struct limit *limit)
{
	const struct setting_line *line = profile_line_find(profile, PART_LIMITS, name);

	if (line)
		*limit = (struct limit){ line->microseconds, line->source, line->text, 0 };
	return line != NULL;
}

const struct ics_item *profile_ics(const struct profile *profile, const char *name)
{
	const struct setting_line *line = profile_line_find(profile, PART_ICS, name);

	return line ? &line->item : NULL;
}

const struct ics_item *profile_ics_at(const struct profile *profile, size_t index)
{
	const struct part_lines *lines = &profile->parts[PART_ICS];

	return index < lines->count ? &lines->lines[index]->item : NULL;
}

const struct trigger *profile_trigger(const struct profile *profile, const char *action)
{
	const struct setting_line *line = profile_line_find(profile, PART_TRIGGERS, action);

	return line ? &line->trigger : NULL;
}

void profile_names(const struct profile *profile, struct vocabulary *vocabulary)
{
	const struct part_lines *parts = profile->parts;

	for (size_t i = 0; i < parts[PART_IXIT].count; i++)
		names_add(&vocabulary->variables, parts[PART_IXIT].lines[i]->name);
	for (size_t i = 0; i < parts[PART_LIMITS].count; i++)
		names_add(&vocabulary->variables, parts[PART_LIMITS].lines[i]->name);
	for (size_t i = 0; i < parts[PART_ICS].count; i++)
		names_add(&vocabulary->items, parts[PART_ICS].lines[i]->name);
}
