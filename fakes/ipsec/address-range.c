#include "fakes/ipsec/address-range.h"

#include <string.h>

static size_t octets_in(const struct address *address)
{
	return address->family == 4 ? 4 : 16;
}

static int compare(const struct address *a, const struct address *b)
{
	return memcmp(a->octets, b->octets, octets_in(a));
}

/* The last address of a network that begins with this one. */
static struct address end_of(const struct address *first, unsigned length)
{
	struct address last = *first;

	for (unsigned bit = length; bit < octets_in(first) * 8; bit++)
		last.octets[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
	return last;
}

static bool is_aligned(const struct address *first, unsigned length)
{
	for (unsigned bit = length; bit < octets_in(first) * 8; bit++)
		if (first->octets[bit / 8] & 0x80u >> bit % 8)
			return false;
	return true;
}

/* One further; false: there is none. */
static bool step(struct address *address)
{
	for (size_t i = octets_in(address); i-- > 0;)
		if (++address->octets[i])
			return true;
	return false;
}

static bool step_back(struct address *address)
{
	for (size_t i = octets_in(address); i-- > 0;)
		if (address->octets[i]--)
			return true;
	return false;
}

/* The largest network first that fits, and so on. */
static size_t cover(struct address first, const struct address *last, struct address_prefix *list,
		    size_t room)
{
	size_t count = 0;

	while (count < room && compare(&first, last) <= 0) {
		unsigned length = 0;
		struct address end;

		while (!is_aligned(&first, length) ||
		       (end = end_of(&first, length), compare(&end, last) > 0))
			length++;
		list[count++] = (struct address_prefix){ first, length };
		first = end_of(&first, length);
		if (!step(&first))
			break;
	}
	return count;
}

size_t address_range_prefixes(const struct address *first, const struct address *last,
			      const struct address *without,
			      struct address_prefix list[ADDRESS_PREFIXES])
{
	struct address below, above;
	size_t count = 0;

	if (without->family != first->family || compare(without, first) < 0 ||
	    compare(without, last) > 0)
		return cover(*first, last, list, ADDRESS_PREFIXES);
	below = above = *first;
	memcpy(below.octets, without->octets, sizeof(below.octets));
	memcpy(above.octets, without->octets, sizeof(above.octets));
	if (compare(without, first) > 0 && step_back(&below))
		count = cover(*first, &below, list, ADDRESS_PREFIXES);
	if (compare(without, last) < 0 && step(&above))
		count += cover(above, last, list + count, ADDRESS_PREFIXES - count);
	return count;
}
