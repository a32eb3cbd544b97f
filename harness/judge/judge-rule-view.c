/* How the rules of each message stand in one judgement. */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/judge-state.h"
#include "protocols/memory.h"

static struct rule_view *view_new(const struct rule_index *index)
{
	struct rule_view *view = memory_new(sizeof(*view));

	view->outcomes = memory_new((index->count + 1) * sizeof(*view->outcomes));
	view->restless = memory_new(index->words * sizeof(*view->restless));
	view->visited = memory_new(index->words * sizeof(*view->visited));
	for (size_t i = 0; i < index->count; i++) {
		view->outcomes[i] = OUTCOME_UNKNOWN;
		view->restless[i / 64] |= UINT64_C(1) << i % 64;
	}
	return view;
}

struct rule_view *rule_view_of(struct judge *judge, const struct rule_index *index)
{
	if (index->number >= judge->rule_view_count) {
		size_t count = judge->rule_view_count, more = index->number + 16;

		judge->rule_views = memory_resize(judge->rule_views, more,
						  sizeof(struct rule_view *));
		memset(judge->rule_views + count, 0, (more - count) * sizeof(struct rule_view *));
		judge->rule_view_count = more;
	}
	struct rule_view **view = &judge->rule_views[index->number];

	if (!*view)
		*view = view_new(index);
	return *view;
}

const uint64_t *rule_view_visits(struct rule_view *view, const struct rule_index *index,
				 const struct fact_set *changed)
{
	if (!changed) {
		memset(view->visited, 0xff, index->words * sizeof(*view->visited));
		return view->visited;
	}
	memcpy(view->visited, view->restless, index->words * sizeof(*view->visited));
	for (size_t i = 0; i < FACT_WORDS; i++)
		for (uint64_t left = changed->words[i]; left; left &= left - 1) {
			size_t fact = 64 * i + (size_t)__builtin_ctzll(left);

			for (size_t word = 0; word < index->words; word++)
				view->visited[word] |= index->readers[fact * index->words + word];
		}
	return view->visited;
}

void rule_views_free(struct judge *judge)
{
	for (size_t i = 0; i < judge->rule_view_count; i++) {
		struct rule_view *view = judge->rule_views[i];

		if (!view)
			continue;
		free(view->outcomes);
		fact_contents_clear(&view->contents);
		free(view->restless);
		free(view->visited);
		free(view);
	}
	free(judge->rule_views);
}
