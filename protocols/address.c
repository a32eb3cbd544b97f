#include "protocols/address.h"

#include <arpa/inet.h> /* inet_pton and inet_ntop only: text forms, no sockets */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int address_parse(const char *text, struct address *address)
{
	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, text, address->octets) == 1)
		address->family = 4;
	else if (inet_pton(AF_INET6, text, address->octets) == 1)
		address->family = 6;
	return address->family ? 0 : -1;
}

const char *address_host(const struct address *address, char text[ADDRESS_TEXT])
{
	int family = address->family == 6 ? AF_INET6 : AF_INET;

	if (!address->family || !inet_ntop(family, address->octets, text, ADDRESS_TEXT))
		snprintf(text, ADDRESS_TEXT, "-");
	return text;
}

const char *address_text(const struct address *address, char text[ADDRESS_TEXT])
{
	char host[ADDRESS_TEXT];

	address_host(address, host);
	snprintf(text, ADDRESS_TEXT, address->family == 6 ? "[%.45s]:%u" : "%.45s:%u", host,
		 address->port);
	return text;
}

bool address_same_host(const struct address *a, const struct address *b)
{
	size_t length = a->family == 6 ? 16 : a->family == 4 ? 4 : 0;

	return a->family == b->family && !memcmp(a->octets, b->octets, length);
}

bool address_same(const struct address *a, const struct address *b)
{
	return a->port == b->port && address_same_host(a, b);
}

/* Splits "192.0.2.0/24"; without a slash the length is the whole address. */
static int prefix_parse(const char *text, struct address *network, unsigned *bits)
{
	const char *slash = strchr(text, '/');
	char host[ADDRESS_TEXT];
	unsigned long value;
	unsigned most;
	char *end;

	if (slash && (size_t)(slash - text) >= sizeof(host))
		return -1;
	snprintf(host, sizeof(host), "%.*s", slash ? (int)(slash - text) : (int)sizeof(host), text);
	if (address_parse(host, network) < 0)
		return -1;
	most = network->family == 6 ? 128 : 32;
	*bits = most;
	if (!slash)
		return 0;
	if (slash[1] < '0' || slash[1] > '9')
		return -1;
	value = strtoul(slash + 1, &end, 10);
	if (*end || value > most)
		return -1;
	*bits = (unsigned)value;
	return 0;
}

int address_in(const struct address *address, const char *prefix)
{
	struct address network;
	unsigned bits, whole;

	if (prefix_parse(prefix, &network, &bits) < 0)
		return -1;
	if (network.family != address->family)
		return 0;
	whole = bits / 8;
	if (memcmp(network.octets, address->octets, whole))
		return 0;
	if (bits % 8) {
		unsigned mask = 0xffu << (8 - bits % 8) & 0xffu;

		return (network.octets[whole] & mask) == (address->octets[whole] & mask);
	}
	return 1;
}
