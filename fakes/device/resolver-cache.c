#include "fakes/device/resolver-cache.h"

#include <stdio.h>
#include <strings.h>

const struct resolver_answer *resolver_cache_find(const struct resolver_cache *cache,
						  const char *name, int64_t now)
{
	for (unsigned i = 0; i < RESOLVER_CACHED; i++)
		if (now < cache->list[i].until && !strcasecmp(cache->list[i].name, name))
			return &cache->list[i].answer;
	return NULL;
}

void resolver_cache_keep(struct resolver_cache *cache, const char *name,
			 const struct resolver_answer *answer, int64_t now)
{
	unsigned at = cache->next++ % RESOLVER_CACHED;

	snprintf(cache->list[at].name, sizeof(cache->list[at].name), "%s", name);
	cache->list[at].answer = *answer;
	cache->list[at].until = now + SECONDS(answer->ttl);
}
