#include "protocols/pcapng-write.h"

#include <string.h>

#define BLOCK_SECTION 0x0a0d0d0au
#define BLOCK_INTERFACE 1
#define BLOCK_ENHANCED 6
#define BLOCK_STATISTICS 5
#define BLOCK_SECRETS 10
#define BYTE_ORDER_MAGIC 0x1a2b3c4du

#define OPTION_COMMENT 1
#define OPTION_NAME 2        /* of an interface */
#define OPTION_APPLICATION 4 /* of a section */

static size_t begin(struct buffer *out, uint32_t type)
{
	size_t start = out->length;

	buffer_add_u32(out, type);
	buffer_add_u32(out, 0);
	return start;
}

static void finish(struct buffer *out, size_t start)
{
	size_t length = out->length + 4 - start;

	for (unsigned i = 0; i < 4; i++)
		out->octets[start + 4 + i] = (uint8_t)(length >> (24 - 8 * i));
	buffer_add_u32(out, (uint32_t)length);
}

static void add_padded(struct buffer *out, const void *octets, size_t length)
{
	static const uint8_t zeros[3];

	buffer_add(out, octets, length);
	buffer_add(out, zeros, -length & 3);
}

static void add_option(struct buffer *out, uint16_t code, const char *text)
{
	size_t length = text ? strlen(text) : 0;

	if (length == 0)
		return;
	if (length > UINT16_MAX)
		length = UINT16_MAX;
	buffer_add_u16(out, code);
	buffer_add_u16(out, (uint16_t)length);
	add_padded(out, text, length);
}

static void end_options(struct buffer *out, size_t before)
{
	if (out->length > before)
		buffer_add_u32(out, 0);
}

void pcapng_section(struct buffer *out, const char *program, const char *comment)
{
	size_t start = begin(out, BLOCK_SECTION);

	buffer_add_u32(out, BYTE_ORDER_MAGIC);
	buffer_add_u16(out, 1); /* version 1.0 */
	buffer_add_u16(out, 0);
	buffer_add_u32(out, UINT32_MAX); /* the section's length is not known */
	buffer_add_u32(out, UINT32_MAX);
	size_t before = out->length;
	add_option(out, OPTION_COMMENT, comment);
	add_option(out, OPTION_APPLICATION, program);
	end_options(out, before);
	finish(out, start);
}

void pcapng_interface(struct buffer *out, uint16_t link_type, const char *name)
{
	size_t start = begin(out, BLOCK_INTERFACE);

	buffer_add_u16(out, link_type);
	buffer_add_u16(out, 0);
	buffer_add_u32(out, 0); /* no limit to what is kept of a packet */
	size_t before = out->length;
	add_option(out, OPTION_NAME, name);
	end_options(out, before);
	finish(out, start);
}

void pcapng_packet(struct buffer *out, uint32_t interface, int64_t time, const void *octets,
		   size_t length, const char *comment)
{
	size_t start = begin(out, BLOCK_ENHANCED);
	uint64_t stamp = time > 0 ? (uint64_t)time : 0;

	buffer_add_u32(out, interface);
	buffer_add_u32(out, (uint32_t)(stamp >> 32));
	buffer_add_u32(out, (uint32_t)stamp);
	buffer_add_u32(out, (uint32_t)length);
	buffer_add_u32(out, (uint32_t)length);
	add_padded(out, octets, length);
	size_t before = out->length;
	add_option(out, OPTION_COMMENT, comment);
	end_options(out, before);
	finish(out, start);
}

void pcapng_mark(struct buffer *out, uint32_t interface, int64_t time, const char *comment)
{
	size_t start = begin(out, BLOCK_STATISTICS);
	uint64_t stamp = time > 0 ? (uint64_t)time : 0;

	buffer_add_u32(out, interface);
	buffer_add_u32(out, (uint32_t)(stamp >> 32));
	buffer_add_u32(out, (uint32_t)stamp);
	size_t before = out->length;
	add_option(out, OPTION_COMMENT, comment);
	end_options(out, before);
	finish(out, start);
}

void pcapng_secrets(struct buffer *out, uint32_t type, const void *octets, size_t length)
{
	size_t start = begin(out, BLOCK_SECRETS);

	buffer_add_u32(out, type);
	buffer_add_u32(out, (uint32_t)length);
	add_padded(out, octets, length);
	finish(out, start);
}
