/*
 * address: an IPv4 or IPv6 address with a port, independent of any socket interface.
 */
#ifndef PROTOCOLS_ADDRESS_H
#define PROTOCOLS_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In which network a socket of an address is opened (a bench of namespaces has several): that of
 * whoever started the program, the device's, the customer's router's, the public Internet, or
 * inside the operator's network. */
enum network_place { PLACE_HOST, PLACE_DEVICE, PLACE_GATEWAY, PLACE_INTERNET, PLACE_CORE };

enum { PLACES = PLACE_CORE + 1 };

struct address {
	uint8_t family;     /* 0 none, 4, 6 */
	uint8_t octets[16]; /* network order; the first 4 for IPv4 */
	uint16_t port;      /* host order; 0 = any */
	uint8_t place;      /* a network_place; tells no two addresses apart (address_same) */
};

#define ADDRESS_TEXT 64

/* "192.0.2.1" or "2001:db8::1" -> address, port 0. Returns 0, or -1 when it is not a literal. */
int address_parse(const char *text, struct address *address);
/* The literal without port; buffer of ADDRESS_TEXT octets. Returns the buffer. */
const char *address_host(const struct address *address, char text[ADDRESS_TEXT]);
/* "192.0.2.1:80" or "[2001:db8::1]:80". */
const char *address_text(const struct address *address, char text[ADDRESS_TEXT]);
bool address_same_host(const struct address *a, const struct address *b);
bool address_same(const struct address *a, const struct address *b); /* host and port */
/* Is the address inside "192.0.2.0/24" or "2001:db8::/32" (no slash: that one address)?
 * 1 yes, 0 no, -1 the prefix is malformed. */
int address_in(const struct address *address, const char *prefix);

#endif
