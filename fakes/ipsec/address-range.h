/*
 * address-range: a range of addresses as networks, for routes to what traffic selectors say.
 */
#ifndef FAKES_IPSEC_ADDRESS_RANGE_H
#define FAKES_IPSEC_ADDRESS_RANGE_H

#include "protocols/address.h"

struct address_prefix {
	struct address first;
	unsigned length; /* bits */
};

#define ADDRESS_PREFIXES 64 /* a range of IPv4 addresses without one of them needs no more */

/* The networks that together are first to last without one address (family 0: with all); the same
 * family, at most ADDRESS_PREFIXES of them. How many; a range that needs more is cut short. */
size_t address_range_prefixes(const struct address *first, const struct address *last,
			      const struct address *without,
			      struct address_prefix list[ADDRESS_PREFIXES]);

#endif
