/*
 * octets: a view of octets that somebody else owns, and reading from its front with bounds.
 */
#ifndef PROTOCOLS_OCTETS_H
#define PROTOCOLS_OCTETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct octets {
	const uint8_t *at; /* may be NULL when length is 0 */
	size_t length;
};

struct octets octets_of(const void *at, size_t length);
/* Takes from the front of *from: 0, or -1 when it has fewer (then nothing is taken). Numbers are
 * in network order. */
int octets_take(struct octets *from, size_t length, struct octets *taken);
int octets_u8(struct octets *from, uint8_t *value);
int octets_u16(struct octets *from, uint16_t *value);
int octets_u32(struct octets *from, uint32_t *value);
int octets_u64(struct octets *from, uint64_t *value);
bool octets_same(struct octets a, struct octets b);
/* Equal, in a time that depends on the lengths alone: for secrets and what they vouch for. */
bool octets_same_secret(struct octets a, struct octets b);
/* A copy in new memory (to be freed); NULL for none. */
uint8_t *octets_copy(struct octets octets);
/* "0a0b..." in new memory. */
char *octets_hexadecimal(struct octets octets);
/* The octets that a text of just twice as many hexadecimal digits says. 0, or -1: it is none (or
 * NULL), and nothing was written. */
int octets_from_hexadecimal(const char *text, uint8_t *octets, size_t length);

#endif
