#include "harness/judge/rule-book.h"

#include <stdlib.h>
#include <string.h>

#include "harness/judge/rule-index.h"
#include "protocols/memory.h"

/* A name that no rule has is passed over: a user's folder may have fewer rules than ours. */
static void read_after(const struct rules *rules, const struct rule *rule,
		       struct rule_reading *reading)
{
	if (!rule->after_count)
		return;
	reading->after = memory_new(rule->after_count * sizeof(*reading->after));
	for (size_t i = 0; i < rule->after_count; i++)
		for (size_t j = 0; j < rules->count; j++)
			if (strcmp(rules->rules[j]->id, rule->after[i]) == 0)
				reading->after[reading->after_count++] = j;
}

/* Many rules have the same guard. */
static size_t first_with_guard(const struct rules *rules, size_t number)
{
	const struct expression *guard = rules->rules[number]->guard;
	size_t first = 0;

	while (first < number && !(guard && rules->rules[first]->guard &&
				   strcmp(rules->rules[first]->guard->text, guard->text) == 0))
		first++;
	return first;
}

struct rule_book *rule_book_new(const struct rules *rules)
{
	struct rule_book *book = memory_new(sizeof(*book));

	book->rules = rules;
	book->readings = memory_new((rules->count + 1) * sizeof(*book->readings));
	for (size_t i = 0; i < rules->count; i++) {
		book->readings[i].guard_rule = first_with_guard(rules, i);
		book->readings[i].pattern = pattern_read(rules->rules[i]->pattern);
		read_after(rules, rules->rules[i], &book->readings[i]);
	}
	return book;
}

void rule_book_free(struct rule_book *book)
{
	if (!book)
		return;
	rule_indexes_free(book);
	for (size_t i = 0; i < book->rules->count; i++)
		free(book->readings[i].after);
	free(book->readings);
	free(book);
}
