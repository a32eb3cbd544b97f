/*
 * per: values in the aligned variant of the Basic Packed Encoding Rules (X.691), as far as the
 * protocols between a femtocell and its core need them: S1AP (TS 36.413) and HNBAP (TS 25.469).
 *
 * A reader never goes past its octets: once it had to, it is broken, gives zeros, and says so.
 */
#ifndef PROTOCOLS_PER_H
#define PROTOCOLS_PER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"

struct per_reader {
	const uint8_t *octets;
	size_t length;
	size_t bit;      /* the next one, from the first octet's highest */
	bool broken;     /* something did not fit: all that was read since is zero */
};

struct per_reader per_read(const void *octets, size_t length);
/* At most 32 bits, the first read the highest. */
uint32_t per_read_bits(struct per_reader *reader, unsigned count);
bool per_read_flag(struct per_reader *reader);
/* To the next whole octet. */
void per_read_align(struct per_reader *reader);
/* A constrained whole number (X.691 10.5). least <= most, most - least < 2^32. */
int64_t per_read_integer(struct per_reader *reader, int64_t least, int64_t most);
/* A length without upper bound (X.691 10.9.3.5 to 10.9.3.7): below 16,384; longer ones are
 * fragmented, which breaks the reader. */
size_t per_read_length(struct per_reader *reader);
/* The next length octets, at a whole octet; NULL when they are not there. */
const uint8_t *per_read_octets(struct per_reader *reader, size_t length);
/* OCTET STRING of a fixed size into out: of one or two octets it is not aligned (X.691 16). */
void per_read_fixed(struct per_reader *reader, uint8_t *out, size_t size);
/* BIT STRING of a fixed size, at most 32: of more than 16 bits it is aligned (X.691 15). */
uint32_t per_read_bit_string(struct per_reader *reader, unsigned bits);

struct per_writer {
	struct buffer *out;
	unsigned used; /* bits of the last octet, 0 to 7; 0 = none begun */
};

struct per_writer per_write(struct buffer *out);
void per_write_bits(struct per_writer *writer, uint32_t value, unsigned count);
void per_write_flag(struct per_writer *writer, bool value);
void per_write_align(struct per_writer *writer);
void per_write_integer(struct per_writer *writer, int64_t value, int64_t least, int64_t most);
/* length < 16,384 */
void per_write_length(struct per_writer *writer, size_t length);
/* At a whole octet. */
void per_write_octets(struct per_writer *writer, const void *octets, size_t length);
void per_write_fixed(struct per_writer *writer, const uint8_t *octets, size_t size);
void per_write_bit_string(struct per_writer *writer, uint32_t value, unsigned bits);

#endif
