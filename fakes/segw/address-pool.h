/*
 * address-pool: the inner addresses that a security gateway hands out: a peer gets the same ones
 * each time, until the lab wants it to get others.
 */
#ifndef FAKES_SEGW_ADDRESS_POOL_H
#define FAKES_SEGW_ADDRESS_POOL_H

#include "protocols/ikev2-sa.h"
#include "protocols/problem.h"

struct address_pool;

#define ADDRESS_POOL_PEERS 1024 /* leases at a time; one more is refused */

/* Networks as "10.99.30.0/24" and "fd00:99:30::/112"; either may be NULL. The first address handed
 * out is number 1 of the network. NULL with why. */
struct address_pool *address_pool_new(const char *network4, const char *network6,
				      struct problem *problem);
void address_pool_free(struct address_pool *pool); /* NULL is fine */
/* The network of a family, to be routed to the tunnels; false: there is none. */
bool address_pool_network(const struct address_pool *pool, uint8_t family,
			  struct address *network, unsigned *prefix);
/* Addresses for a peer, as far as its request asks for them and networks are there; in the rest of
 * inner nothing is changed. 0, or -1: none that it asks for is there, or the pool is used up. */
int address_pool_assign(struct address_pool *pool, const char *peer,
			const struct ikev2_cp *request, struct ikev2_inner *inner);
/* From the next time on the peer gets other addresses than ever before. */
void address_pool_change(struct address_pool *pool, const char *peer);
/* All are as new. */
void address_pool_reset(struct address_pool *pool);

#endif
