#include "harness/judge/cm-parameter.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/memory.h"

#define INSTANCES_MOST 8

struct instances { /* of an element, in its order */
	unsigned long numbers[INSTANCES_MOST];
	size_t count;
};

/* The number in brackets at a name's end, 1 when there is none; *at goes behind it. */
static unsigned long number_at(const char **at)
{
	unsigned long number = 1;

	if (**at == '[') {
		number = strtoul(*at + 1, NULL, 10);
		*at += strcspn(*at, "]/");
		*at += **at == ']';
	}
	return number;
}

/* Is the element an instance of the pattern "FAPService[{i}]/DNPrefix"? An element that a file has
 * once goes with or without its number. */
static bool is_instance(const char *pattern, const char *element, struct instances *found)
{
	found->count = 0;
	for (;;) {
		size_t length = strcspn(pattern, "/[");

		if (strcspn(element, "/[") != length || strncmp(pattern, element, length) != 0)
			return false;
		pattern += length;
		element += length;
		unsigned long number = number_at(&element);

		if (strncmp(pattern, "[{i}]", 5) == 0 && found->count < INSTANCES_MOST)
			found->numbers[found->count++] = number, pattern += 5;
		else if (number_at(&pattern) != number)
			return false;
		if (!*pattern || !*element)
			return *pattern == *element;
		pattern++;
		element++;
	}
}

/* The entry's path with the numbers of the file in the place of {i}. */
static char *filled(const char *path, const struct instances *instances)
{
	struct buffer text = { 0 };
	size_t next = 0;
	char *whole;

	while (*path) {
		if (strncmp(path, "{i}", 3) == 0 && next < instances->count) {
			buffer_format(&text, "%lu", instances->numbers[next++]);
			path += 3;
		} else {
			buffer_add(&text, path++, 1);
		}
	}
	whole = memory_text(buffer_text(&text));
	buffer_free(&text);
	return whole;
}

char *cm_parameter_of(const struct data_model_map *map, enum cm_generation generation,
		      const char *element, const struct map_entry **found)
{
	const struct map_entry *entry;
	struct instances instances;

	for (size_t i = 0; (entry = map_at(map, i)); i++) {
		char *pattern = cm_element_of(generation, entry->path);
		bool same = pattern && is_instance(pattern, element, &instances);

		free(pattern);
		if (!same)
			continue;
		if (found)
			*found = entry;
		return filled(entry->path, &instances);
	}
	return NULL;
}

char *cm_parameter_value(const struct map_entry *entry, const char *element, const char *value)
{
	for (const char *const *each = entry->values; each && *each; each++)
		if (strcmp(cm_element_spelling(element, *each), value) == 0)
			return memory_text(*each);
	return memory_text(value);
}
