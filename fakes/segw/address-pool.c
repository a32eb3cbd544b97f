#include "fakes/segw/address-pool.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

struct lease {
	struct lease *next;
	char *peer;
	uint32_t number;
};

struct network {
	struct address address;
	unsigned prefix; /* bits */
};

struct address_pool {
	struct network networks[2]; /* IPv4, IPv6; family 0: there is none */
	struct lease *leases;
	size_t count;
	uint32_t last; /* number that was handed out */
};

static int parse(const char *text, uint8_t family, struct network *network,
		 struct problem *problem)
{
	const char *slash = strchr(text, '/');
	char *literal = memory_text_length(text, slash ? (size_t)(slash - text) : strlen(text));
	unsigned bits = family == 4 ? 32 : 128;
	char *end = NULL;
	long prefix = slash ? strtol(slash + 1, &end, 10) : -1;
	int parsed = address_parse(literal, &network->address);

	free(literal);
	if (parsed < 0 || network->address.family != family || !end || *end || prefix < 1 ||
	    prefix > (long)bits - 2)
		return problem_set(problem, "\"%s\" is no IPv%d network to hand out addresses of",
				   text, family);
	network->prefix = (unsigned)prefix;
	for (unsigned bit = network->prefix; bit < bits; bit++)
		network->address.octets[bit / 8] &= (uint8_t)~(0x80u >> bit % 8);
	return 0;
}

struct address_pool *address_pool_new(const char *network4, const char *network6,
				      struct problem *problem)
{
	struct address_pool *pool = memory_new(sizeof(*pool));

	if ((network4 && parse(network4, 4, &pool->networks[0], problem) < 0) ||
	    (network6 && parse(network6, 6, &pool->networks[1], problem) < 0)) {
		address_pool_free(pool);
		return NULL;
	}
	return pool;
}

void address_pool_reset(struct address_pool *pool)
{
	while (pool->leases) {
		struct lease *lease = pool->leases;

		pool->leases = lease->next;
		free(lease->peer);
		free(lease);
	}
	pool->count = 0;
	pool->last = 0;
}

void address_pool_free(struct address_pool *pool)
{
	if (!pool)
		return;
	address_pool_reset(pool);
	free(pool);
}

bool address_pool_network(const struct address_pool *pool, uint8_t family,
			  struct address *network, unsigned *prefix)
{
	const struct network *one = &pool->networks[family == 6];

	*network = one->address;
	*prefix = one->prefix;
	return one->address.family != 0;
}

/* The last address of an IPv4 network is its broadcast address. */
static bool fits(const struct network *network, uint32_t number)
{
	unsigned bits = (network->address.family == 4 ? 32u : 128u) - network->prefix;

	return bits >= 32 || number < (1u << bits) - 1;
}

static struct address address_of(const struct network *network, uint32_t number)
{
	struct address address = network->address;
	size_t end = address.family == 4 ? 4 : 16;

	for (size_t i = 0; i < 4; i++)
		address.octets[end - 1 - i] |= (uint8_t)(number >> 8 * i);
	return address;
}

static struct lease **find(struct address_pool *pool, const char *peer)
{
	struct lease **link = &pool->leases;

	while (*link && strcmp((*link)->peer, peer) != 0)
		link = &(*link)->next;
	return link;
}

static uint32_t number_for(struct address_pool *pool, const char *peer)
{
	struct lease **link = find(pool, peer);

	if (*link)
		return (*link)->number;
	if (pool->count == ADDRESS_POOL_PEERS)
		return 0;
	*link = memory_new(sizeof(**link));
	(*link)->peer = memory_text(peer);
	(*link)->number = ++pool->last;
	pool->count++;
	return (*link)->number;
}

int address_pool_assign(struct address_pool *pool, const char *peer,
			const struct ikev2_cp *request, struct ikev2_inner *inner)
{
	bool wanted[2] = { false, false };
	uint32_t number = number_for(pool, peer);

	for (size_t i = 0; i < request->count; i++) {
		wanted[0] |= request->list[i].type == IKEV2_INTERNAL_IP4_ADDRESS;
		wanted[1] |= request->list[i].type == IKEV2_INTERNAL_IP6_ADDRESS;
	}
	for (int i = 0; i < 2; i++)
		wanted[i] = wanted[i] && number && pool->networks[i].address.family &&
			    fits(&pool->networks[i], number);
	if (wanted[0])
		inner->address4 = address_of(&pool->networks[0], number);
	if (wanted[1])
		inner->address6 = address_of(&pool->networks[1], number);
	inner->prefix6 = 128;
	return wanted[0] || wanted[1] ? 0 : -1;
}

void address_pool_change(struct address_pool *pool, const char *peer)
{
	struct lease **link = find(pool, peer), *lease = *link;

	if (!lease)
		return;
	*link = lease->next;
	pool->count--;
	free(lease->peer);
	free(lease);
}
