#include "harness/judge/data-model-map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/data-model-parts.h"
#include "harness/judge/data-model-type.h"
#include "protocols/cm-element.h"
#include "protocols/memory.h"

struct map_entry *map_hashed(const struct data_model_map *map, xmlHashTable *table,
			     const char *key)
{
	uintptr_t number = (uintptr_t)xmlHashLookup(table, (const xmlChar *)key);

	return number ? &map->entries[number - 1] : NULL;
}

/* Is the component of length an instance, "3" or "{i}"? */
static bool is_instance(const char *component, size_t length)
{
	if (length == 3 && strncmp(component, "{i}", 3) == 0)
		return true;
	return length > 0 && component[0] != '0' && strspn(component, "0123456789") >= length;
}

char *map_generic(const char *path)
{
	char *made = memory_new(strlen(path) * 3 + 1);
	size_t size = 0;

	while (*path) {
		size_t length = strcspn(path, ".");
		bool instance = is_instance(path, length);
		memcpy(made + size, instance ? "{i}" : path, instance ? 3 : length);
		size += instance ? 3 : length;
		path += length;
		if (*path == '.')
			made[size++] = *path++;
	}
	return made;
}

/* Does the path agree with the entry's where that has a fixed instance (FAPService.1.)? */
static bool agrees(const char *entry_path, const char *path)
{
	while (*entry_path && *path) {
		size_t wanted = strcspn(entry_path, "."), length = strcspn(path, ".");
		bool any = strncmp(entry_path, "{i}", 3) == 0 || strncmp(path, "{i}", 3) == 0;
		if (!any && (wanted != length || strncmp(entry_path, path, length) != 0))
			return false;
		entry_path += wanted + (entry_path[wanted] == '.');
		path += length + (path[length] == '.');
	}
	return true;
}

const struct map_entry *map_entry_of(const struct data_model_map *map, const char *path)
{
	size_t length = strlen(path);

	if (length == 0 || length > MAP_LONGEST_PATH * 2)
		return NULL;
	char *key = map_generic(path);
	struct map_entry *entry = map_hashed(map, map->by_path, key);
	if (!entry && path[length - 1] == '.') {
		char *row = memory_format("%s{i}.", key);
		entry = map_hashed(map, map->by_path, row);
		free(row);
	}
	free(key);
	return entry && agrees(entry->path, path) ? entry : NULL;
}

bool map_is_table(const struct map_entry *entry)
{
	size_t length = strlen(entry->path);

	return entry->type == TYPE_OBJECT && length > 4 &&
	       strcmp(entry->path + length - 4, "{i}.") == 0;
}

static void value_free(void *value, const xmlChar *name)
{
	(void)name;
	free(value);
}

void map_free(struct data_model_map *map)
{
	if (!map)
		return;
	for (size_t i = 0; i < map->count; i++) {
		struct map_entry *entry = &map->entries[i];
		type_clear(entry);
		free((void *)(uintptr_t)entry->name);
		free((void *)(uintptr_t)entry->path);
		free((void *)(uintptr_t)entry->value);
	}
	free(map->entries);
	xmlHashFree(map->by_path, NULL);
	xmlHashFree(map->by_name, NULL);
	xmlHashFree(map->row_values, value_free);
	free(map->name);
	free(map->root);
	free(map);
}

const char *map_name(const struct data_model_map *map)
{
	return map->name;
}

const char *map_root(const struct data_model_map *map)
{
	return map->root;
}

const struct map_entry *map_at(const struct data_model_map *map, size_t index)
{
	return index < map->count ? &map->entries[index] : NULL;
}

const struct map_entry *map_find(const struct data_model_map *map, const char *name)
{
	return map_hashed(map, map->by_name, name);
}

/* The entry's path with every {i} as 1; of a table, without its own instance. New memory. */
static char *first_instance(const struct map_entry *entry)
{
	char *path = memory_text(entry->path);
	size_t length = strlen(path);

	if (map_is_table(entry))
		path[length - 4] = '\0';
	for (char *at = strstr(path, "{i}"); at; at = strstr(at, "{i}")) {
		*at = '1';
		memmove(at + 1, at + 3, strlen(at + 3) + 1);
	}
	return path;
}

/* SHORT.rest, the longest SHORT that is an object. */
static char *path_below(const struct data_model_map *map, const char *name)
{
	char *front = memory_text(name), *path = NULL;

	for (char *dot = strrchr(front, '.'); dot && !path; dot = strrchr(front, '.')) {
		*dot = '\0';
		const struct map_entry *entry = map_find(map, front);
		if (!entry || entry->type != TYPE_OBJECT)
			continue;
		char *above = first_instance(entry);
		path = memory_format("%s%s", above, name + (dot - front) + 1);
		free(above);
	}
	free(front);
	if (path && !map_entry_of(map, path)) {
		free(path);
		return NULL;
	}
	return path;
}

char *map_path(const struct data_model_map *map, const char *name)
{
	if (map->root && strncmp(name, map->root, strlen(map->root)) == 0)
		return memory_text(name);
	const struct map_entry *entry = map_find(map, name);
	return entry ? first_instance(entry) : path_below(map, name);
}

const char *map_row_value(const struct data_model_map *map, const char *path)
{
	return xmlHashLookup(map->row_values, (const xmlChar *)path);
}

const char *map_value(const struct data_model_map *map, const char *path)
{
	const char *value = map_row_value(map, path);

	if (value)
		return value;
	const struct map_entry *entry = map_entry_of(map, path);
	return entry ? entry->value : NULL;
}

void map_names(const struct data_model_map *map, struct vocabulary *vocabulary)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct map_entry *entry = &map->entries[i];

		if (!entry->name)
			continue;
		names_add(&vocabulary->parameters, entry->name);
		char *umts = cm_element_of(CM_UMTS, entry->path);
		char *lte = cm_element_of(CM_LTE, entry->path);

		if (umts)
			names_add(&vocabulary->umts_file, entry->name);
		if (lte)
			names_add(&vocabulary->lte_file, entry->name);
		free(umts);
		free(lte);
	}
}
