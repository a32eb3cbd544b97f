#include "fakes/device/parameter-tree.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

struct parameter_tree {
	const struct data_model_map *map;
	struct parameter **parameters;
	size_t count, room;
	struct tree_object **objects;
	size_t object_count, object_room;
	struct attribute_rule *rules;
	size_t rule_count, rule_room;
	size_t place; /* where the last parameter was put in */
	char *lately; /* the path whose objects were added last; NULL = look for all */
};

#define ROWS_MOST 256 /* of one table, by whoever adds them */

/* Paths in order: components as text, instance numbers as numbers. */
static int path_compare(const char *a, const char *b)
{
	size_t same = 0;

	/* What is equal needs no look, but for the digits before the difference. */
	while (a[same] && a[same] == b[same])
		same++;
	while (same > 0 && isdigit((unsigned char)a[same - 1]))
		same--;
	a += same;
	b += same;
	while (*a && *b) {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			char *after_a, *after_b;
			unsigned long x = strtoul(a, &after_a, 10), y = strtoul(b, &after_b, 10);
			if (x != y)
				return x < y ? -1 : 1;
			if (after_a - a != after_b - b)
				return after_a - a < after_b - b ? -1 : 1;
			a = after_a;
			b = after_b;
		} else if (*a != *b) {
			return *a == '.' ? -1 : *b == '.' ? 1 : *a < *b ? -1 : 1;
		} else {
			a++;
			b++;
		}
	}
	return *a ? 1 : *b ? -1 : 0;
}

/* Where path stands or would stand; *found says which. */
static size_t parameter_place(const struct parameter_tree *tree, const char *path, bool *found)
{
	size_t low = 0, high = tree->count, next = tree->place + 1;

	/* A map says one thing after the other: mostly it stands behind what was put in last. */
	if (next <= high && path_compare(path, tree->parameters[next - 1]->path) > 0) {
		low = next;
		if (next < high && path_compare(path, tree->parameters[next]->path) < 0)
			high = next;
	}

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = path_compare(path, tree->parameters[middle]->path);
		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static size_t object_place(const struct parameter_tree *tree, const char *path, bool *found)
{
	size_t low = 0, high = tree->object_count;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = path_compare(path, tree->objects[middle]->path);
		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct parameter *tree_find(const struct parameter_tree *tree, const char *path)
{
	bool found;
	size_t place = parameter_place(tree, path, &found);

	return found ? tree->parameters[place] : NULL;
}

static struct tree_object *object_find(const struct parameter_tree *tree, const char *path)
{
	bool found;
	size_t place = object_place(tree, path, &found);

	return found ? tree->objects[place] : NULL;
}

const struct tree_object *tree_object_find(const struct parameter_tree *tree, const char *path)
{
	return object_find(tree, path);
}

/* What the map says of the table at path; false when this is no table. */
static bool table_entry(const struct data_model_map *map, const char *path, int *rows,
			bool *writable)
{
	char *row = memory_format("%s1.", path);
	const struct map_entry *entry = map_entry_of(map, row);
	bool table = entry && path_ends(entry->path, "{i}.");

	*rows = table ? entry->rows : 0;
	*writable = table && entry->writable;
	free(row);
	return table;
}

static void add_object(struct parameter_tree *tree, const char *path)
{
	bool found, writable;
	size_t place = object_place(tree, path, &found);
	int rows;

	if (found)
		return;
	if (tree->object_count == tree->object_room) {
		tree->object_room = tree->object_room ? 2 * tree->object_room : 64;
		tree->objects = memory_resize(tree->objects, tree->object_room,
					      sizeof(*tree->objects));
	}
	memmove(&tree->objects[place + 1], &tree->objects[place],
		(tree->object_count - place) * sizeof(*tree->objects));
	struct tree_object *object = tree->objects[place] = memory_new(sizeof(*object));
	tree->object_count++;
	object->path = memory_text(path);
	object->table = table_entry(tree->map, path, &rows, &writable);
	object->writable = object->table && writable;
}

/* All objects above path, path itself when it is one; tables and rows are known as such. */
static void add_objects(struct parameter_tree *tree, const char *path)
{
	size_t same = 0;

	while (tree->lately && path[same] && tree->lately[same] == path[same])
		same++;
	for (const char *dot = strchr(path, '.'); dot; dot = strchr(dot + 1, '.')) {
		if (dot < path + same)
			continue;
		char *object = memory_text_length(path, (size_t)(dot + 1 - path));
		add_object(tree, object);
		free(object);
	}
	char *added = memory_text(path);
	free(tree->lately);
	tree->lately = added;
}

static void apply_rules(const struct parameter_tree *tree, struct parameter *parameter);

static void add_parameter(struct parameter_tree *tree, const struct map_entry *entry,
			  const char *path)
{
	bool found;
	size_t place = parameter_place(tree, path, &found);

	if (found)
		return;
	if (tree->count == tree->room) {
		tree->room = tree->room ? 2 * tree->room : 256;
		tree->parameters = memory_resize(tree->parameters, tree->room,
						 sizeof(*tree->parameters));
	}
	memmove(&tree->parameters[place + 1], &tree->parameters[place],
		(tree->count - place) * sizeof(*tree->parameters));
	struct parameter *parameter = tree->parameters[place] = memory_new(sizeof(*parameter));
	tree->count++;
	tree->place = place;
	parameter->path = memory_text(path);
	parameter->entry = entry;
	parameter->subscriber = true;
	parameter->notification = entry->active || entry->active_fixed ? 2 : 0;
	const char *value = map_row_value(tree->map, path);
	parameter_set(parameter, value ? value : entry->value ? entry->value : "");
	apply_rules(tree, parameter);
}

static void note_row(struct parameter_tree *tree, const char *table, const char *row,
		     unsigned number)
{
	add_objects(tree, row);
	struct tree_object *object = object_find(tree, table);
	object->table = true;
	if (number > object->last)
		object->last = number;
	object_find(tree, row)->writable = object->writable;
}

/* Puts in what an entry says, for every row of the tables that its path goes through. */
static void instantiate(struct parameter_tree *tree, const struct map_entry *entry,
			const char *pattern)
{
	const char *hole = strstr(pattern, "{i}");
	bool writable;
	int rows;

	if (!hole) {
		add_objects(tree, pattern);
		if (entry->type != TYPE_OBJECT)
			add_parameter(tree, entry, pattern);
		return;
	}
	char *table = memory_text_length(pattern, (size_t)(hole - pattern));
	add_objects(tree, table);
	object_find(tree, table)->table = true;
	table_entry(tree->map, table, &rows, &writable);
	object_find(tree, table)->writable = writable;
	for (int i = 1; i <= rows && i <= ROWS_MOST; i++) {
		char *filled = memory_format("%s%d%s", table, i, hole + 3);
		char *row = memory_format("%s%d.", table, i);
		note_row(tree, table, row, (unsigned)i);
		instantiate(tree, entry, filled);
		free(row);
		free(filled);
	}
	free(table);
}

/* Sets XNumberOfEntries beside the table "X.", if the model has it. */
static void count_rows(struct parameter_tree *tree, const char *table)
{
	char *name = memory_format("%.*sNumberOfEntries", (int)(strlen(table) - 1), table);
	struct parameter *counter = tree_find(tree, name);

	if (counter) {
		char text[24];
		snprintf(text, sizeof(text), "%zu", tree_rows(tree, table));
		parameter_change(counter, text);
	}
	free(name);
}

struct parameter_tree *tree_new(const struct data_model_map *map)
{
	struct parameter_tree *tree = memory_new(sizeof(*tree));
	const struct map_entry *entry;

	tree->map = map;
	for (size_t i = 0; (entry = map_at(map, i)); i++)
		instantiate(tree, entry, entry->path);
	for (size_t i = 0; i < tree->object_count; i++)
		if (tree->objects[i]->table)
			count_rows(tree, tree->objects[i]->path);
	tree_forget_changes(tree);
	return tree;
}

void tree_add_parameter(struct parameter_tree *tree, const struct map_entry *entry,
			const char *path)
{
	add_objects(tree, path);
	add_parameter(tree, entry, path);
}

struct parameter_tree *tree_copy(const struct parameter_tree *tree)
{
	struct parameter_tree *copy = memory_new(sizeof(*copy));

	*copy = (struct parameter_tree){ .map = tree->map };
	copy->count = copy->room = tree->count;
	copy->parameters = memory_resize(NULL, tree->count + 1, sizeof(*copy->parameters));
	for (size_t i = 0; i < tree->count; i++) {
		struct parameter *parameter = copy->parameters[i] = memory_new(sizeof(*parameter));
		*parameter = *tree->parameters[i];
		parameter->path = memory_text(parameter->path);
		parameter->value = memory_text(parameter->value);
	}
	copy->object_count = copy->object_room = tree->object_count;
	copy->objects = memory_resize(NULL, tree->object_count + 1, sizeof(*copy->objects));
	for (size_t i = 0; i < tree->object_count; i++) {
		struct tree_object *object = copy->objects[i] = memory_new(sizeof(*object));
		*object = *tree->objects[i];
		object->path = memory_text(object->path);
	}
	copy->rule_count = copy->rule_room = tree->rule_count;
	copy->rules = memory_resize(NULL, tree->rule_count + 1, sizeof(*copy->rules));
	for (size_t i = 0; i < tree->rule_count; i++) {
		copy->rules[i] = tree->rules[i];
		copy->rules[i].path = memory_text(copy->rules[i].path);
	}
	return copy;
}

static void parameter_free(struct parameter *parameter)
{
	free(parameter->path);
	free(parameter->value);
	free(parameter);
}

static void object_free(struct tree_object *object)
{
	free(object->path);
	free(object);
}

void tree_free(struct parameter_tree *tree)
{
	if (!tree)
		return;
	for (size_t i = 0; i < tree->count; i++)
		parameter_free(tree->parameters[i]);
	for (size_t i = 0; i < tree->object_count; i++)
		object_free(tree->objects[i]);
	for (size_t i = 0; i < tree->rule_count; i++)
		free(tree->rules[i].path);
	free(tree->parameters);
	free(tree->objects);
	free(tree->rules);
	free(tree->lately);
	free(tree);
}

const struct data_model_map *tree_map(const struct parameter_tree *tree)
{
	return tree->map;
}

size_t tree_count(const struct parameter_tree *tree)
{
	return tree->count;
}

struct parameter *tree_at(const struct parameter_tree *tree, size_t index)
{
	return tree->parameters[index];
}

size_t tree_object_count(const struct parameter_tree *tree)
{
	return tree->object_count;
}

const struct tree_object *tree_object_at(const struct parameter_tree *tree, size_t index)
{
	return tree->objects[index];
}

bool path_ends(const char *path, const char *ending)
{
	size_t length = strlen(path), end = strlen(ending);

	return length >= end && !strcmp(path + length - end, ending);
}

struct parameter *tree_find_ending(const struct parameter_tree *tree, const char *ending)
{
	for (size_t i = 0; i < tree->count; i++)
		if (path_ends(tree->parameters[i]->path, ending))
			return tree->parameters[i];
	return NULL;
}

const struct tree_object *tree_object_ending(const struct parameter_tree *tree,
					     const char *ending)
{
	for (size_t i = 0; i < tree->object_count; i++)
		if (path_ends(tree->objects[i]->path, ending))
			return tree->objects[i];
	return NULL;
}

bool path_is_below(const char *path, const char *object)
{
	return !strncmp(path, object, strlen(object));
}

/* The rest of a map's pattern after what path fits; NULL when it does not fit. */
static const char *pattern_rest(const char *pattern, const char *path)
{
	while (*path) {
		if (!strncmp(pattern, "{i}", 3)) {
			if (!isdigit((unsigned char)*path))
				return NULL;
			while (isdigit((unsigned char)*path))
				path++;
			pattern += 3;
		} else if (*pattern++ != *path++) {
			return NULL;
		}
	}
	return pattern;
}

unsigned tree_add_row(struct parameter_tree *tree, const char *table, unsigned number)
{
	struct tree_object *object = object_find(tree, table);
	const struct map_entry *entry;

	if (!object || !object->table || tree_rows(tree, table) >= ROWS_MOST)
		return 0;
	if (number == 0)
		number = object->last + 1;
	char *row = memory_format("%s%u.", table, number);
	note_row(tree, table, row, number);
	for (size_t i = 0; (entry = map_at(tree->map, i)); i++) {
		const char *rest = pattern_rest(entry->path, table);
		if (!rest || strncmp(rest, "{i}.", 4) != 0)
			continue;
		char *pattern = memory_format("%s%s", row, rest + 4);
		instantiate(tree, entry, pattern);
		free(pattern);
	}
	free(row);
	count_rows(tree, table);
	return number;
}

/* The table that a row is in: "X.3." -> "X."; NULL when it is no row. */
static char *table_of(const struct parameter_tree *tree, const char *row)
{
	size_t length = strlen(row);

	if (length < 3 || row[length - 1] != '.')
		return NULL;
	size_t end = length - 1;
	while (end > 0 && isdigit((unsigned char)row[end - 1]))
		end--;
	if (end == length - 1 || end == 0 || row[end - 1] != '.')
		return NULL;
	char *table = memory_text_length(row, end);
	const struct tree_object *object = tree_object_find(tree, table);
	if (object && object->table)
		return table;
	free(table);
	return NULL;
}

bool tree_remove_row(struct parameter_tree *tree, const char *row)
{
	char *table = table_of(tree, row);
	size_t kept = 0;

	if (!table || !tree_object_find(tree, row)) {
		free(table);
		return false;
	}
	for (size_t i = 0; i < tree->count; i++)
		if (path_is_below(tree->parameters[i]->path, row))
			parameter_free(tree->parameters[i]);
		else
			tree->parameters[kept++] = tree->parameters[i];
	tree->count = kept;
	kept = 0;
	for (size_t i = 0; i < tree->object_count; i++)
		if (path_is_below(tree->objects[i]->path, row))
			object_free(tree->objects[i]);
		else
			tree->objects[kept++] = tree->objects[i];
	tree->object_count = kept;
	free(tree->lately);
	tree->lately = NULL;
	count_rows(tree, table);
	free(table);
	return true;
}

static bool is_row_of(const char *path, const char *table)
{
	size_t length = strlen(table);

	if (strncmp(path, table, length))
		return false;
	size_t digits = strspn(path + length, "0123456789");
	return digits > 0 && !strcmp(path + length + digits, ".");
}

size_t tree_rows(const struct parameter_tree *tree, const char *table)
{
	size_t rows = 0;

	for (size_t i = 0; i < tree->object_count; i++)
		rows += is_row_of(tree->objects[i]->path, table);
	return rows;
}

char *tree_row(const struct parameter_tree *tree, const char *table, size_t index)
{
	for (size_t i = 0; i < tree->object_count; i++)
		if (is_row_of(tree->objects[i]->path, table) && index-- == 0)
			return memory_text(tree->objects[i]->path);
	return NULL;
}

void parameter_set(struct parameter *parameter, const char *value)
{
	char *old = parameter->value;

	if (parameter->entry->type == TYPE_BOOLEAN && !parameter->entry->list && *value)
		value = !strcmp(value, "1") || !strcmp(value, "true") ? "true" : "false";
	parameter->value = memory_text(value);
	free(old);
}

bool parameter_touch(struct parameter *parameter)
{
	if (parameter->notification == 0)
		return false;
	parameter->changed = true;
	parameter->informed = false;
	return true;
}

bool parameter_change(struct parameter *parameter, const char *value)
{
	char *old = memory_text(parameter->value);

	parameter_set(parameter, value);
	bool same = !strcmp(old, parameter->value);
	free(old);
	return same ? false : parameter_touch(parameter);
}

static void apply_rule(const struct attribute_rule *rule, struct parameter *parameter)
{
	size_t length = strlen(rule->path);
	bool object = length == 0 || rule->path[length - 1] == '.';

	if (object ? !path_is_below(parameter->path, rule->path)
		   : strcmp(parameter->path, rule->path) != 0)
		return;
	/* forceEnabled notification cannot be turned off (TR-106 notification rules). */
	if (rule->notification >= 0 && !parameter->entry->active_fixed)
		parameter->notification = rule->notification;
	if (rule->subscriber >= 0)
		parameter->subscriber = rule->subscriber != 0;
	if (parameter->notification == 0)
		parameter->changed = parameter->informed = false;
}

static void apply_rules(const struct parameter_tree *tree, struct parameter *parameter)
{
	for (size_t i = 0; i < tree->rule_count; i++)
		apply_rule(&tree->rules[i], parameter);
}

/* A later rule for the same path and attribute takes the place of an earlier one. */
static void set_rule(struct parameter_tree *tree, const char *path, int notification,
		     int subscriber)
{
	size_t kept = 0;

	for (size_t i = 0; i < tree->rule_count; i++) {
		struct attribute_rule *old = &tree->rules[i];
		if (!strcmp(old->path, path) && (old->notification >= 0) == (notification >= 0))
			free(old->path);
		else
			tree->rules[kept++] = *old;
	}
	tree->rule_count = kept;
	if (tree->rule_count == tree->rule_room) {
		tree->rule_room = tree->rule_room ? 2 * tree->rule_room : 16;
		tree->rules = memory_resize(tree->rules, tree->rule_room, sizeof(*tree->rules));
	}
	struct attribute_rule *rule = &tree->rules[tree->rule_count++];
	*rule = (struct attribute_rule){memory_text(path), notification, subscriber};
	for (size_t i = 0; i < tree->count; i++)
		apply_rule(rule, tree->parameters[i]);
}

void tree_set_attributes(struct parameter_tree *tree, const char *path, int notification,
			 int subscriber)
{
	if (notification >= 0)
		set_rule(tree, path, notification, -1);
	if (subscriber >= 0)
		set_rule(tree, path, -1, subscriber);
}

size_t tree_rule_count(const struct parameter_tree *tree)
{
	return tree->rule_count;
}

const struct attribute_rule *tree_rule_at(const struct parameter_tree *tree, size_t index)
{
	return &tree->rules[index];
}
