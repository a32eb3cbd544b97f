#include "protocols/ran-pdu.h"

#include <string.h>

#define SMALL_MOST 64 /* of a normally small number without a length (X.691 10.6) */

const char *ran_criticality_name(enum ran_criticality criticality)
{
	static const char *const names[] = { "reject", "ignore", "notify" };

	return names[criticality];
}

/* reading */

static enum ran_criticality read_criticality(struct per_reader *reader)
{
	return (enum ran_criticality)per_read_integer(reader, RAN_REJECT, RAN_NOTIFY);
}

static void read_field(struct per_reader *reader, struct ran_field *field)
{
	field->id = (uint16_t)per_read_integer(reader, 0, UINT16_MAX);
	field->criticality = read_criticality(reader);
	field->length = per_read_length(reader);
	field->value = per_read_octets(reader, field->length);
}

static void skip_container(struct per_reader *reader)
{
	struct ran_field field;

	for (int64_t count = per_read_integer(reader, 1, UINT16_MAX); count > 0 && !reader->broken;
	     count--)
		read_field(reader, &field);
}

static void skip_additions(struct per_reader *reader)
{
	bool present[SMALL_MOST];

	if (per_read_flag(reader)) { /* more than 64 additions: no version has them */
		reader->broken = true;
		return;
	}
	uint32_t count = per_read_bits(reader, 6) + 1;
	for (uint32_t i = 0; i < count; i++)
		present[i] = per_read_flag(reader);
	for (uint32_t i = 0; i < count && !reader->broken; i++)
		if (present[i])
			per_read_octets(reader, per_read_length(reader));
}

static int read_fields(struct per_reader *reader, struct ran_pdu *pdu, size_t count,
		       bool extension, struct problem *problem)
{
	if (!reader->broken && count > RAN_FIELDS - pdu->count)
		return problem_set(problem, "it has %zu elements, more than the %d that are read",
				   count + pdu->count, RAN_FIELDS);
	for (; count > 0 && !reader->broken; count--) {
		struct ran_field *field = &pdu->fields[pdu->count++];

		read_field(reader, field);
		field->extension = extension;
	}
	return reader->broken ? problem_set(problem, "it ends inside its element %zu", pdu->count)
			      : 0;
}

static int read_message(enum ran_frame frame, const uint8_t *octets, size_t length,
			struct ran_pdu *pdu, struct problem *problem)
{
	struct per_reader reader = per_read(octets, length);
	bool additions = per_read_flag(&reader);
	bool extensions = frame == RAN_HNBAP && per_read_flag(&reader);
	size_t count = (size_t)per_read_integer(&reader, 0, UINT16_MAX);

	if (read_fields(&reader, pdu, count, false, problem) < 0)
		return -1;
	if (extensions) {
		count = (size_t)per_read_integer(&reader, 1, UINT16_MAX);
		if (read_fields(&reader, pdu, count, true, problem) < 0)
			return -1;
	}
	if (additions)
		skip_additions(&reader);
	per_read_align(&reader);
	if (reader.broken || reader.bit / 8 != length)
		return problem_set(problem, "its last element and its length do not agree");
	return 0;
}

int ran_pdu_decode(enum ran_frame frame, const void *octets, size_t length, struct ran_pdu *pdu,
		   struct problem *problem)
{
	struct per_reader reader = per_read(octets, length);

	memset(pdu, 0, sizeof(*pdu));
	if (per_read_flag(&reader))
		return problem_set(problem, "it is of a kind that no version has");
	pdu->kind = (enum ran_kind)per_read_integer(&reader, RAN_INITIATING, RAN_UNSUCCESSFUL);
	pdu->procedure = (uint8_t)per_read_integer(&reader, 0, UINT8_MAX);
	pdu->criticality = read_criticality(&reader);
	size_t size = per_read_length(&reader);
	const uint8_t *message = per_read_octets(&reader, size);
	if (!message)
		return problem_set(problem, "it is shorter than its length says");
	if (reader.bit / 8 != length)
		return problem_set(problem, "%zu octets stand behind its end",
				   length - reader.bit / 8);
	return read_message(frame, message, size, pdu, problem);
}

struct ran_sequence ran_sequence_begin(struct per_reader *reader)
{
	bool additions = per_read_flag(reader), container = per_read_flag(reader);

	return (struct ran_sequence){ additions, container };
}

void ran_sequence_end(struct per_reader *reader, struct ran_sequence sequence)
{
	if (sequence.container)
		skip_container(reader);
	if (sequence.additions)
		skip_additions(reader);
}

/* writing */

static struct per_writer add_field(struct ran_writer *writer, uint16_t id,
				   enum ran_criticality criticality, bool extension)
{
	if (writer->count < RAN_FIELDS) {
		writer->fields[writer->count].id = id;
		writer->fields[writer->count].criticality = criticality;
		writer->fields[writer->count].extension = extension;
		writer->fields[writer->count].start = writer->values.length;
		writer->count++;
	}
	return per_write(&writer->values);
}

struct per_writer ran_field(struct ran_writer *writer, uint16_t id,
			    enum ran_criticality criticality)
{
	return add_field(writer, id, criticality, false);
}

struct per_writer ran_extension(struct ran_writer *writer, uint16_t id,
				enum ran_criticality criticality)
{
	return add_field(writer, id, criticality, true);
}

static size_t count_fields(const struct ran_writer *writer, bool extension)
{
	size_t count = 0;

	for (size_t i = 0; i < writer->count; i++)
		count += writer->fields[i].extension == extension;
	return count;
}

static void write_fields(const struct ran_writer *writer, struct per_writer *to, bool extension)
{
	for (size_t i = 0; i < writer->count; i++) {
		size_t start = writer->fields[i].start;
		size_t end = i + 1 < writer->count ? writer->fields[i + 1].start
						   : writer->values.length;

		if (writer->fields[i].extension != extension)
			continue;
		per_write_integer(to, writer->fields[i].id, 0, UINT16_MAX);
		per_write_integer(to, writer->fields[i].criticality, RAN_REJECT, RAN_NOTIFY);
		per_write_length(to, end - start);
		per_write_octets(to, writer->values.octets + start, end - start);
	}
}

void ran_finish(struct ran_writer *writer, enum ran_frame frame, enum ran_kind kind,
		uint8_t procedure, enum ran_criticality criticality, struct buffer *out)
{
	struct buffer message = { 0 };
	struct per_writer inner = per_write(&message), outer = per_write(out);
	size_t extensions = count_fields(writer, true);

	per_write_flag(&inner, false);
	if (frame == RAN_HNBAP)
		per_write_flag(&inner, extensions > 0);
	per_write_integer(&inner, (int64_t)count_fields(writer, false), 0, UINT16_MAX);
	write_fields(writer, &inner, false);
	if (extensions > 0) {
		per_write_integer(&inner, (int64_t)extensions, 1, UINT16_MAX);
		write_fields(writer, &inner, true);
	}
	per_write_flag(&outer, false);
	per_write_integer(&outer, kind, RAN_INITIATING, RAN_UNSUCCESSFUL);
	per_write_integer(&outer, procedure, 0, UINT8_MAX);
	per_write_integer(&outer, criticality, RAN_REJECT, RAN_NOTIFY);
	per_write_length(&outer, message.length);
	per_write_octets(&outer, message.octets, message.length);
	buffer_free(&message);
	buffer_free(&writer->values);
	writer->count = 0;
}
