/*
 * data-model-parts: what the two halves of a data model map share: reading it (data-model-load.c)
 * and looking things up (data-model-map.c).
 */
#ifndef HARNESS_JUDGE_DATA_MODEL_PARTS_H
#define HARNESS_JUDGE_DATA_MODEL_PARTS_H

#include <libxml/hash.h>

#include "harness/judge/data-model-map.h"

#define MAP_LONGEST_PATH 256 /* TR-069 A.3.2.1: parameter names are string(256) */

struct data_model_map {
	char *name, *root;
	struct map_entry *entries;
	size_t count, capacity;
	xmlHashTable *by_path; /* path with every instance as {i} -> number of the entry + 1 */
	xmlHashTable *by_name;
	xmlHashTable *row_values; /* full path with instances -> text */
};

/* The entry whose number stands in the table under the key, or NULL. */
struct map_entry *map_hashed(const struct data_model_map *map, xmlHashTable *table,
			     const char *key);
/* The path with every instance as {i}: new memory. */
char *map_generic(const char *path);
/* An object whose path ends in {i}. */
bool map_is_table(const struct map_entry *entry);

#endif
