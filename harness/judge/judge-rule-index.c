/* Which rules speak of a message, by its name and roles: found once for each such message. */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/judge-state.h"
#include "protocols/memory.h"

static struct rule_index **bucket_of(struct judge *judge, const char *name)
{
	unsigned hash = (unsigned)strlen(name);

	for (; *name; name++)
		hash = hash * 31 + (unsigned char)*name;
	return &judge->rule_indexes[hash % RULE_INDEXES];
}

static void entry_read(struct judge *judge, struct rule_entry *entry, size_t number,
		       const char *name)
{
	const struct rule *rule = judge->environment.rules->rules[number];
	size_t count = rule->pattern->check_count;

	entry->rule = number;
	rule_needs(judge->facts, rule->guard, name, &entry->needs);
	entry->checks = memory_new((count + 1) * sizeof(*entry->checks));
	for (size_t i = 0; i < count; i++)
		rule_needs_breach(judge->facts, rule->pattern->checks[i], name, &entry->checks[i]);
	if (count == 1)
		for (size_t i = 0; i < FACT_WORDS; i++)
			entry->needs.words[i] |= entry->checks[0].words[i];
	entry->outcome = OUTCOME_UNKNOWN;
	entry->reads_facts = rule_reads(judge->facts, rule->guard, &entry->reads);
	for (size_t i = 0; i < count; i++)
		entry->reads_facts &= rule_reads(judge->facts, rule->pattern->checks[i],
						 &entry->reads);
}

static void index_readers(struct rule_index *index)
{
	index->words = index->count / 64 + 1;
	index->readers = memory_new(FACTS_MOST * index->words * sizeof(*index->readers));
	index->restless = memory_new(index->words * sizeof(*index->restless));
	index->visited = memory_new(index->words * sizeof(*index->visited));
	for (size_t i = 0; i < index->count; i++) {
		const struct fact_set *reads = &index->entries[i].reads;
		uint64_t bit = UINT64_C(1) << i % 64;

		index->restless[i / 64] |= bit;
		for (size_t fact = 0; fact < FACTS_MOST; fact++)
			if (reads->words[fact / 64] >> fact % 64 & 1)
				index->readers[fact * index->words + i / 64] |= bit;
	}
}

const uint64_t *rule_index_visits(struct rule_index *index, const struct fact_set *changed)
{
	if (!changed) {
		memset(index->visited, 0xff, index->words * sizeof(*index->visited));
		return index->visited;
	}
	memcpy(index->visited, index->restless, index->words * sizeof(*index->visited));
	for (size_t i = 0; i < FACT_WORDS; i++)
		for (uint64_t left = changed->words[i]; left; left &= left - 1) {
			size_t fact = 64 * i + (size_t)__builtin_ctzll(left);

			for (size_t word = 0; word < index->words; word++)
				index->visited[word] |=
					index->readers[fact * index->words + word];
		}
	return index->visited;
}

static struct rule_index *index_new(struct judge *judge, const struct message *message)
{
	const struct rules *rules = judge->environment.rules;
	const struct pattern_message about = pattern_about(message);
	struct rule_index *index = memory_new(sizeof(*index));

	memcpy(index->name, message->name, sizeof(index->name));
	memcpy(index->from, message->from, sizeof(index->from));
	memcpy(index->to, message->to, sizeof(index->to));
	index->entries = memory_new((rules->count + 1) * sizeof(*index->entries));
	for (int late = 0; late <= 1; late++) {
		for (size_t i = 0; i < rules->count; i++)
			if (!judge->rules[i].after == !late &&
			    pattern_holds(&judge->rules[i].pattern, &about) &&
			    rule_may_hold(rules->rules[i]->guard, message->name))
				entry_read(judge, &index->entries[index->count++], i,
					   message->name);
		if (!late)
			index->late = index->count;
	}
	index_readers(index);
	return index;
}

struct rule_index *rule_index_of(struct judge *judge, const struct message *message)
{
	struct rule_index **bucket = bucket_of(judge, message->name), *index = *bucket;

	while (index && (strcmp(index->name, message->name) != 0 ||
			 strcmp(index->from, message->from) != 0 ||
			 strcmp(index->to, message->to) != 0))
		index = index->next;
	if (index)
		return index;
	if (!judge->facts)
		judge->facts = memory_new(sizeof(*judge->facts));
	index = index_new(judge, message);
	index->next = *bucket;
	return *bucket = index;
}

void rule_indexes_free(struct judge *judge)
{
	for (size_t i = 0; i < RULE_INDEXES; i++) {
		struct rule_index *index = judge->rule_indexes[i], *next;

		for (; index; index = next) {
			next = index->next;
			for (size_t j = 0; j < index->count; j++)
				free(index->entries[j].checks);
			free(index->entries);
			fact_contents_clear(&index->contents);
			free(index->readers);
			free(index->restless);
			free(index->visited);
			free(index);
		}
	}
	free(judge->facts);
}
