#include "protocols/per.h"

#include <string.h>

/* How a constrained whole number is coded: by its range (X.691 10.5.7). */
enum form { FORM_NOTHING, FORM_BITS, FORM_OCTET, FORM_TWO_OCTETS, FORM_LENGTH };

static enum form form_of(uint64_t range)
{
	return range == 1 ? FORM_NOTHING : range < 256 ? FORM_BITS : range == 256 ? FORM_OCTET
	     : range <= 65536 ? FORM_TWO_OCTETS : FORM_LENGTH;
}

/* The bits that hold 0 to range - 1. */
static unsigned bits_for(uint64_t range)
{
	unsigned bits = 0;

	while (bits < 32 && (UINT64_C(1) << bits) < range)
		bits++;
	return bits;
}

static unsigned octets_for(uint64_t value)
{
	unsigned octets = 1;

	while (octets < 8 && value >> (8 * octets))
		octets++;
	return octets;
}

/* reading */

struct per_reader per_read(const void *octets, size_t length)
{
	return (struct per_reader){ .octets = octets, .length = length };
}

uint32_t per_read_bits(struct per_reader *reader, unsigned count)
{
	uint32_t value = 0;

	if (reader->broken || count > 32 || count > 8 * reader->length - reader->bit) {
		reader->broken = true;
		return 0;
	}
	for (; count > 0; count--, reader->bit++) {
		unsigned place = 7 - reader->bit % 8;

		value = value << 1 | ((unsigned)reader->octets[reader->bit / 8] >> place & 1U);
	}
	return value;
}

bool per_read_flag(struct per_reader *reader)
{
	return per_read_bits(reader, 1) != 0;
}

void per_read_align(struct per_reader *reader)
{
	reader->bit = (reader->bit + 7) / 8 * 8;
}

static uint64_t read_offset(struct per_reader *reader, uint64_t range)
{
	unsigned octets;

	switch (form_of(range)) {
	case FORM_NOTHING:
		return 0;
	case FORM_BITS:
		return per_read_bits(reader, bits_for(range));
	case FORM_OCTET:
		per_read_align(reader);
		return per_read_bits(reader, 8);
	case FORM_TWO_OCTETS:
		per_read_align(reader);
		return per_read_bits(reader, 16);
	case FORM_LENGTH:
		octets = per_read_bits(reader, bits_for(octets_for(range - 1))) + 1;
		if (octets > 4)
			reader->broken = true;
		per_read_align(reader);
		return reader->broken ? 0 : per_read_bits(reader, 8 * octets);
	}
	return 0;
}

int64_t per_read_integer(struct per_reader *reader, int64_t least, int64_t most)
{
	uint64_t range = (uint64_t)(most - least) + 1, offset = read_offset(reader, range);

	if (offset >= range)
		reader->broken = true;
	return reader->broken ? least : least + (int64_t)offset;
}

size_t per_read_length(struct per_reader *reader)
{
	per_read_align(reader);
	uint32_t first = per_read_bits(reader, 8);

	if (first < 0x80)
		return first;
	if (first >= 0xc0) { /* fragments of 16,384 octets */
		reader->broken = true;
		return 0;
	}
	return (first & 0x3fU) << 8 | per_read_bits(reader, 8);
}

const uint8_t *per_read_octets(struct per_reader *reader, size_t length)
{
	per_read_align(reader);
	if (reader->broken || reader->bit / 8 > reader->length ||
	    length > reader->length - reader->bit / 8) {
		reader->broken = true;
		return NULL;
	}
	const uint8_t *octets = reader->octets + reader->bit / 8;
	reader->bit += 8 * length;
	return octets;
}

void per_read_fixed(struct per_reader *reader, uint8_t *out, size_t size)
{
	if (size > 2)
		per_read_align(reader);
	for (size_t i = 0; i < size; i++)
		out[i] = (uint8_t)per_read_bits(reader, 8);
}

uint32_t per_read_bit_string(struct per_reader *reader, unsigned bits)
{
	if (bits > 16)
		per_read_align(reader);
	return per_read_bits(reader, bits);
}

/* writing */

struct per_writer per_write(struct buffer *out)
{
	return (struct per_writer){ .out = out };
}

void per_write_bits(struct per_writer *writer, uint32_t value, unsigned count)
{
	while (count-- > 0) {
		if (writer->used == 0)
			buffer_add_u8(writer->out, 0);
		uint8_t *last = writer->out->octets + writer->out->length - 1;

		*last = (uint8_t)(*last | (value >> count & 1U) << (7 - writer->used));
		writer->used = (writer->used + 1) % 8;
	}
}

void per_write_flag(struct per_writer *writer, bool value)
{
	per_write_bits(writer, value, 1);
}

void per_write_align(struct per_writer *writer)
{
	writer->used = 0;
}

static void write_long(struct per_writer *writer, uint64_t offset, uint64_t range)
{
	unsigned octets = octets_for(offset);

	per_write_bits(writer, octets - 1, bits_for(octets_for(range - 1)));
	per_write_align(writer);
	per_write_bits(writer, (uint32_t)offset, 8 * octets);
}

void per_write_integer(struct per_writer *writer, int64_t value, int64_t least, int64_t most)
{
	uint64_t range = (uint64_t)(most - least) + 1, offset = (uint64_t)(value - least);

	switch (form_of(range)) {
	case FORM_NOTHING:
		break;
	case FORM_BITS:
		per_write_bits(writer, (uint32_t)offset, bits_for(range));
		break;
	case FORM_OCTET:
		per_write_align(writer);
		per_write_bits(writer, (uint32_t)offset, 8);
		break;
	case FORM_TWO_OCTETS:
		per_write_align(writer);
		per_write_bits(writer, (uint32_t)offset, 16);
		break;
	case FORM_LENGTH:
		write_long(writer, offset, range);
		break;
	}
}

void per_write_length(struct per_writer *writer, size_t length)
{
	per_write_align(writer);
	if (length < 0x80)
		per_write_bits(writer, (uint32_t)length, 8);
	else
		per_write_bits(writer, 0x8000U | ((uint32_t)length & 0x3fffU), 16);
}

void per_write_octets(struct per_writer *writer, const void *octets, size_t length)
{
	per_write_align(writer);
	buffer_add(writer->out, octets, length);
}

void per_write_fixed(struct per_writer *writer, const uint8_t *octets, size_t size)
{
	if (size > 2)
		per_write_align(writer);
	for (size_t i = 0; i < size; i++)
		per_write_bits(writer, octets[i], 8);
}

void per_write_bit_string(struct per_writer *writer, uint32_t value, unsigned bits)
{
	if (bits > 16)
		per_write_align(writer);
	per_write_bits(writer, value, bits);
}
