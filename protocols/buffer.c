#include "protocols/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

#define BUFFER_FIRST 256 /* most headers and small bodies fit without growing twice */
#define BUFFER_LINE 80   /* room for most formatted texts at the first try */

static void buffer_grow(struct buffer *buffer, size_t more)
{
	size_t wanted = buffer->length + more + 1;
	size_t capacity = buffer->capacity ? buffer->capacity : BUFFER_FIRST;

	if (wanted < more)
		memory_exhausted();
	while (capacity < wanted)
		capacity = capacity > SIZE_MAX / 2 ? wanted : capacity * 2;
	buffer->octets = memory_resize(buffer->octets, capacity, 1);
	buffer->capacity = capacity;
}

static inline void buffer_reserve(struct buffer *buffer, size_t more)
{
	if (buffer->capacity <= buffer->length || more >= buffer->capacity - buffer->length)
		buffer_grow(buffer, more);
}

void buffer_add(struct buffer *buffer, const void *octets, size_t length)
{
	buffer_reserve(buffer, length);
	if (length)
		memcpy(buffer->octets + buffer->length, octets, length);
	buffer->length += length;
	buffer->octets[buffer->length] = '\0';
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
	buffer_add(buffer, text, strlen(text));
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
	va_list arguments, again;
	size_t room;
	int length;

	buffer_reserve(buffer, BUFFER_LINE);
	room = buffer->capacity - buffer->length;
	va_start(arguments, format);
	va_copy(again, arguments);
	length = vsnprintf((char *)buffer->octets + buffer->length, room, format, arguments);
	if (length > 0 && (size_t)length >= room) {
		buffer_reserve(buffer, (size_t)length);
		length = vsnprintf((char *)buffer->octets + buffer->length, (size_t)length + 1,
				   format, again);
	}
	va_end(again);
	va_end(arguments);
	if (length > 0)
		buffer->length += (size_t)length;
	buffer->octets[buffer->length] = '\0';
}

void buffer_add_u8(struct buffer *buffer, uint8_t value)
{
	buffer_add(buffer, &value, 1);
}

void buffer_add_u16(struct buffer *buffer, uint16_t value)
{
	uint8_t octets[2] = {(uint8_t)(value >> 8), (uint8_t)value};

	buffer_add(buffer, octets, sizeof(octets));
}

void buffer_add_u32(struct buffer *buffer, uint32_t value)
{
	uint8_t octets[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
			     (uint8_t)value};

	buffer_add(buffer, octets, sizeof(octets));
}

void buffer_consume(struct buffer *buffer, size_t count)
{
	if (count > buffer->length)
		count = buffer->length;
	if (!count)
		return;
	buffer->length -= count;
	memmove(buffer->octets, buffer->octets + count, buffer->length);
	buffer->octets[buffer->length] = '\0';
}

void buffer_clear(struct buffer *buffer)
{
	buffer->length = 0;
	if (buffer->octets)
		buffer->octets[0] = '\0';
}

void buffer_free(struct buffer *buffer)
{
	free(buffer->octets);
	memset(buffer, 0, sizeof(*buffer));
}

const char *buffer_text(const struct buffer *buffer)
{
	return buffer->octets ? (const char *)buffer->octets : "";
}
