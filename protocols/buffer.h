/*
 * buffer: a growing run of octets. A zeroed struct is an empty buffer.
 * Memory: the buffer owns its octets; buffer_free gives them back. When memory runs
 * out the program ends (xmalloc rule of the whole project: see memory.h).
 */
#ifndef PROTOCOLS_BUFFER_H
#define PROTOCOLS_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
	uint8_t *octets; /* always followed by a NUL once anything was added */
	size_t length;
	size_t capacity;
};

void buffer_add(struct buffer *buffer, const void *octets, size_t length);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_format(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void buffer_add_u8(struct buffer *buffer, uint8_t value);
void buffer_add_u16(struct buffer *buffer, uint16_t value); /* network order */
void buffer_add_u32(struct buffer *buffer, uint32_t value); /* network order */
/* Removes the first count octets (at most all of them). */
void buffer_consume(struct buffer *buffer, size_t count);
void buffer_clear(struct buffer *buffer); /* length 0, memory kept */
void buffer_free(struct buffer *buffer);
/* The octets as a NUL-terminated string; "" for an empty buffer. Owned by the buffer. */
const char *buffer_text(const struct buffer *buffer);

#endif
