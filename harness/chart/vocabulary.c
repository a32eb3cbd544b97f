#include "harness/chart/vocabulary.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/cm-element.h"
#include "protocols/memory.h"

/* FNV-1a: catalogues have hundreds of names that begin alike. */
static size_t hash(const char *name, size_t length)
{
	uint32_t value = 2166136261u;

	for (size_t i = 0; i < length; i++)
		value = (value ^ (unsigned char)name[i]) * 16777619u;
	return value;
}

/* The slot that holds the name, or the empty one where it would go. */
static size_t slot_of(const struct names *names, const char *name, size_t length)
{
	size_t slot = hash(name, length) & (names->slot_count - 1);

	while (names->slots[slot] != 0) {
		const char *each = names->list[names->slots[slot] - 1];

		if (strncmp(each, name, length) == 0 && each[length] == '\0')
			break;
		slot = (slot + 1) & (names->slot_count - 1);
	}
	return slot;
}

/* Keeps at least half of the slots empty. */
static void widen(struct names *names)
{
	if (2 * (names->count + 1) <= names->slot_count)
		return;
	free(names->slots);
	names->slot_count = names->slot_count ? 2 * names->slot_count : 32;
	names->slots = memory_new(names->slot_count * sizeof(*names->slots));
	names->list = memory_resize(names->list, names->slot_count, sizeof(*names->list));
	for (size_t i = 0; i < names->count; i++)
		names->slots[slot_of(names, names->list[i], strlen(names->list[i]))] = i + 1;
}

static bool have(const struct names *names, const char *name, size_t length)
{
	return names->slot_count > 0 && names->slots[slot_of(names, name, length)] != 0;
}

void names_add(struct names *names, const char *name)
{
	if (names_have(names, name))
		return;
	widen(names);
	size_t slot = slot_of(names, name, strlen(name));
	names->list[names->count++] = memory_text(name);
	names->slots[slot] = names->count;
}

bool names_have(const struct names *names, const char *name)
{
	return have(names, name, strlen(name));
}

void names_clear(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->list[i]);
	free(names->list);
	free(names->slots);
	*names = (struct names){ 0 };
}

void vocabulary_clear(struct vocabulary *vocabulary)
{
	names_clear(&vocabulary->parameters);
	names_clear(&vocabulary->umts_file);
	names_clear(&vocabulary->lte_file);
	names_clear(&vocabulary->statements);
	names_clear(&vocabulary->items);
	names_clear(&vocabulary->variables);
}

/* A full path, with the root in front. */
static bool is_full(const char *name)
{
	static const char *const roots[] = { "Device.", "InternetGatewayDevice." };

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (strncmp(name, roots[i], strlen(roots[i])) == 0)
			return true;
	return false;
}

/* A listed name, or what stands below a listed object. */
static bool is_listed(const struct names *names, const char *name)
{
	const char *dot = strchr(name, '.');

	return names_have(names, name) || (dot && have(names, name, (size_t)(dot - name)));
}

bool vocabulary_parameter(const struct vocabulary *vocabulary, const char *name)
{
	return is_full(name) || is_listed(&vocabulary->parameters, name);
}

bool vocabulary_file_parameter(const struct vocabulary *vocabulary, unsigned generations,
			       const char *name)
{
	char *element;

	if (!is_full(name))
		return (generations & CM_UMTS && is_listed(&vocabulary->umts_file, name)) ||
		       (generations & CM_LTE && is_listed(&vocabulary->lte_file, name));
	element = cm_element_of(generations, name);
	free(element);
	return element != NULL;
}
