#include "harness/judge/rule-index.h"

#include <stdlib.h>
#include <string.h>

#include "harness/judge/rule-needs.h"
#include "harness/judge/rule-reads.h"
#include "protocols/memory.h"

static struct rule_index **bucket_of(struct rule_book *book, const char *name)
{
	unsigned hash = (unsigned)strlen(name);

	for (; *name; name++)
		hash = hash * 31 + (unsigned char)*name;
	return &book->indexes[hash % RULE_INDEXES];
}

static void entry_read(struct rule_book *book, struct rule_entry *entry, size_t number,
		       const char *name)
{
	const struct rule *rule = book->rules->rules[number];
	size_t count = rule->pattern->check_count;

	entry->rule = number;
	rule_needs(&book->facts, rule->guard, name, &entry->needs);
	entry->checks = memory_new((count + 1) * sizeof(*entry->checks));
	for (size_t i = 0; i < count; i++)
		rule_needs_breach(&book->facts, rule->pattern->checks[i], name, &entry->checks[i]);
	if (count == 1)
		for (size_t i = 0; i < FACT_WORDS; i++)
			entry->needs.words[i] |= entry->checks[0].words[i];
	entry->reads_facts = rule_reads(&book->facts, rule->guard, &entry->reads);
	for (size_t i = 0; i < count; i++)
		entry->reads_facts &= rule_reads(&book->facts, rule->pattern->checks[i],
						 &entry->reads);
}

static void read_readers(struct rule_index *index)
{
	index->words = index->count / 64 + 1;
	index->readers = memory_new(FACTS_MOST * index->words * sizeof(*index->readers));
	for (size_t i = 0; i < index->count; i++) {
		const struct fact_set *reads = &index->entries[i].reads;

		for (size_t fact = 0; fact < FACTS_MOST; fact++)
			if (reads->words[fact / 64] >> fact % 64 & 1)
				index->readers[fact * index->words + i / 64] |=
					UINT64_C(1) << i % 64;
	}
}

static struct rule_index *index_new(struct rule_book *book, const struct message *message)
{
	const struct rules *rules = book->rules;
	const struct pattern_message about = pattern_about(message);
	struct rule_index *index = memory_new(sizeof(*index));

	memcpy(index->name, message->name, sizeof(index->name));
	memcpy(index->from, message->from, sizeof(index->from));
	memcpy(index->to, message->to, sizeof(index->to));
	index->entries = memory_new((rules->count + 1) * sizeof(*index->entries));
	for (int late = 0; late <= 1; late++) {
		for (size_t i = 0; i < rules->count; i++)
			if (!book->readings[i].after == !late &&
			    pattern_holds(&book->readings[i].pattern, &about) &&
			    rule_may_hold(rules->rules[i]->guard, message->name))
				entry_read(book, &index->entries[index->count++], i,
					   message->name);
		if (!late)
			index->late = index->count;
	}
	index->entries = memory_resize(index->entries, index->count + 1, sizeof(*index->entries));
	read_readers(index);
	return index;
}

const struct rule_index *rule_index_of(struct rule_book *book, const struct message *message)
{
	struct rule_index **bucket = bucket_of(book, message->name), *index = *bucket;

	while (index && (strcmp(index->name, message->name) != 0 ||
			 strcmp(index->from, message->from) != 0 ||
			 strcmp(index->to, message->to) != 0))
		index = index->next;
	if (index)
		return index;
	index = index_new(book, message);
	index->number = book->index_count++;
	index->next = *bucket;
	return *bucket = index;
}

void rule_indexes_free(struct rule_book *book)
{
	for (size_t i = 0; i < RULE_INDEXES; i++)
		for (struct rule_index *index = book->indexes[i], *next; index; index = next) {
			next = index->next;
			for (size_t j = 0; j < index->count; j++)
				free(index->entries[j].checks);
			free(index->entries);
			free(index->readers);
			free(index);
		}
}
