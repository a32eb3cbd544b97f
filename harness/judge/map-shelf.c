#include "harness/judge/map-shelf.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

struct shelved {
	struct shelved *next;
	char *file;
	struct data_model_map *map; /* NULL = it has a mistake */
};

struct map_shelf {
	struct shelved *first;
};

struct map_shelf *map_shelf_new(void)
{
	return memory_new(sizeof(struct map_shelf));
}

void map_shelf_free(struct map_shelf *shelf)
{
	if (!shelf)
		return;
	for (struct shelved *at = shelf->first, *next; at; at = next) {
		next = at->next;
		map_free(at->map);
		free(at->file);
		free(at);
	}
	free(shelf);
}

const struct data_model_map *map_shelf_take(struct map_shelf *shelf, const char *file,
					    struct diagnostics *diagnostics)
{
	for (const struct shelved *at = shelf->first; at; at = at->next)
		if (strcmp(at->file, file) == 0)
			return at->map;
	struct shelved *shelved = memory_new(sizeof(*shelved));

	shelved->file = memory_text(file);
	shelved->map = map_load(file, diagnostics);
	shelved->next = shelf->first;
	shelf->first = shelved;
	return shelved->map;
}
