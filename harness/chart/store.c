#include "harness/chart/store.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

#define BLOCK_SIZE 16384

struct block {
	struct block *next;
	size_t used, size;
	alignas(max_align_t) unsigned char octets[];
};

struct store *store_new(void)
{
	return memory_new(sizeof(struct store));
}

void store_free(struct store *store)
{
	if (!store)
		return;
	for (struct expression *each = store->expressions; each; each = each->next_owned)
		xmlXPathFreeCompExpr(each->compiled);
	for (struct block *block = store->blocks, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	free(store);
}

void *store_take(struct store *store, size_t size)
{
	size_t rounded = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	struct block *block = store->blocks;

	if (!block || block->size - block->used < rounded) {
		size_t room = rounded > BLOCK_SIZE ? rounded : BLOCK_SIZE;

		block = memory_new(sizeof(*block) + room);
		block->size = room;
		block->next = store->blocks;
		store->blocks = block;
	}
	void *taken = block->octets + block->used;
	block->used += rounded;
	return taken;
}

char *store_text_length(struct store *store, const char *text, size_t length)
{
	char *copy = store_take(store, length + 1);

	memcpy(copy, text, length);
	return copy;
}

char *store_text(struct store *store, const char *text)
{
	return text ? store_text_length(store, text, strlen(text)) : NULL;
}

/* Doubles whenever the count is a power of two, so that no capacity need be kept. */
void *store_grow(struct store *store, void *array, size_t count, size_t size)
{
	if (count != 0 && (count & (count - 1)) != 0)
		return array;
	void *larger = store_take(store, (count == 0 ? 1 : 2 * count) * size);
	if (count > 0)
		memcpy(larger, array, count * size);
	return larger;
}

struct source *store_source(struct store *store, const char *name, const char *text, size_t length)
{
	struct source *source = store_take(store, sizeof(*source));

	source->name = store_text(store, name);
	source->text = store_text_length(store, text, length);
	source->length = length;
	source->next = store->sources;
	store->sources = source;
	return source;
}

const char *store_source_text(const struct store *store, const struct place *at)
{
	for (const struct source *each = store->sources; each; each = each->next)
		if (each->name == at->file)
			return each->text;
	return NULL;
}

struct expression *store_expression(struct store *store, char *text, const struct place *at)
{
	struct expression *expression = store_take(store, sizeof(*expression));

	expression->text = text;
	expression->at = *at;
	expression->next_owned = store->expressions;
	store->expressions = expression;
	return expression;
}
