/*
 * map-shelf: maps that were loaded, each once, however many profiles name it.
 */
#ifndef HARNESS_JUDGE_MAP_SHELF_H
#define HARNESS_JUDGE_MAP_SHELF_H

#include "harness/judge/data-model-map.h"

struct map_shelf;

struct map_shelf *map_shelf_new(void);
void map_shelf_free(struct map_shelf *shelf); /* and its maps; NULL is fine */
/* The map of the file, the shelf's. NULL when there was a mistake in it: diagnostics says where, the
 * first time that somebody asks. */
const struct data_model_map *map_shelf_take(struct map_shelf *shelf, const char *file,
					    struct diagnostics *diagnostics);

#endif
