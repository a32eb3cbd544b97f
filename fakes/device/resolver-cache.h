/*
 * resolver-cache: answers of the DNS, each kept for the time that its records say (RFC 1034
 * 5.3.1). For a variant of the device; the owner clears it by zeroing.
 */
#ifndef FAKES_DEVICE_RESOLVER_CACHE_H
#define FAKES_DEVICE_RESOLVER_CACHE_H

#include <stdint.h>

#include "fakes/device/resolver.h"

#define RESOLVER_CACHED 8 /* names; one more takes the place of the oldest */

struct resolver_cache {
	struct {
		char name[256];
		struct resolver_answer answer;
		int64_t until;
	} list[RESOLVER_CACHED];
	unsigned next;
};

/* What the name's answer was, while it holds at that time; else NULL. */
const struct resolver_answer *resolver_cache_find(const struct resolver_cache *cache,
						  const char *name, int64_t now);
void resolver_cache_keep(struct resolver_cache *cache, const char *name,
			 const struct resolver_answer *answer, int64_t now);

#endif
