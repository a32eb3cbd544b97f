/* Octets -> struct dns_message. What it says in words is in dns-document.c. */
#include "protocols/dns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/dns-name.h"
#include "protocols/limits.h"
#include "protocols/memory.h"

#define HEADER 12
#define CLASS_IN 1

struct reader {
	const uint8_t *octets;
	size_t length;
	size_t at;
};

static uint16_t get_u16(const uint8_t *octets)
{
	return (uint16_t)(octets[0] << 8 | octets[1]);
}

static uint32_t get_u32(const uint8_t *octets)
{
	return (uint32_t)get_u16(octets) << 16 | get_u16(octets + 2);
}

static const uint8_t *take(struct reader *reader, size_t length)
{
	if (length > reader->length - reader->at)
		return NULL;
	const uint8_t *octets = reader->octets + reader->at;
	reader->at += length;
	return octets;
}

static int take_name(struct reader *reader, char name[DNS_NAME], struct problem *problem)
{
	return dns_name_read(reader->octets, reader->length, &reader->at, name, problem);
}

static int take_string(struct reader *reader, char *text, size_t size, struct problem *problem)
{
	const uint8_t *length = take(reader, 1);
	const uint8_t *octets = length ? take(reader, *length) : NULL;

	if (!octets)
		return problem_set(problem, "cut inside a character string");
	if (*length >= size || memchr(octets, 0, *length))
		return problem_set(problem, "character string of %u octets is not usable", *length);
	memcpy(text, octets, *length);
	text[*length] = '\0';
	return 0;
}

static int read_address(struct reader *data, struct dns_record *record, struct problem *problem)
{
	size_t size = record->type == DNS_A ? 4 : 16;
	const uint8_t *octets = take(data, size);

	if (!octets)
		return problem_set(problem, "an address of %zu octets is cut", size);
	record->address.family = record->type == DNS_A ? 4 : 6;
	memcpy(record->address.octets, octets, size);
	return 0;
}

static int read_target(struct reader *data, struct dns_record *record, struct problem *problem)
{
	return take_name(data, record->target, problem);
}

static int read_mx(struct reader *data, struct dns_record *record, struct problem *problem)
{
	const uint8_t *octets = take(data, 2);

	if (!octets)
		return problem_set(problem, "MX is cut");
	record->priority = get_u16(octets);
	return take_name(data, record->target, problem);
}

/* RFC 2782 forbids compression of the target; it is read all the same. */
static int read_srv(struct reader *data, struct dns_record *record, struct problem *problem)
{
	const uint8_t *octets = take(data, 6);

	if (!octets)
		return problem_set(problem, "SRV is cut");
	record->priority = get_u16(octets);
	record->weight = get_u16(octets + 2);
	record->port = get_u16(octets + 4);
	return take_name(data, record->target, problem);
}

/* RFC 3403 clause 4.1 */
static int read_naptr(struct reader *data, struct dns_record *record, struct problem *problem)
{
	const uint8_t *octets = take(data, 4);

	if (!octets)
		return problem_set(problem, "NAPTR is cut");
	record->priority = get_u16(octets);
	record->weight = get_u16(octets + 2);
	if (take_string(data, record->flags, sizeof(record->flags), problem) < 0 ||
	    take_string(data, record->service, sizeof(record->service), problem) < 0 ||
	    take_string(data, record->regexp, sizeof(record->regexp), problem) < 0)
		return -1;
	return take_name(data, record->target, problem);
}

static int read_soa(struct reader *data, struct dns_record *record, struct problem *problem)
{
	char mailbox[DNS_NAME];
	struct buffer whole = { 0 };

	if (take_name(data, record->target, problem) < 0 ||
	    take_name(data, mailbox, problem) < 0)
		return -1;
	const uint8_t *numbers = take(data, 20);
	if (!numbers)
		return problem_set(problem, "SOA is cut");
	dns_name_write(&whole, record->target);
	dns_name_write(&whole, mailbox);
	buffer_add(&whole, numbers, 20);
	record->raw_length = whole.length;
	memcpy(record->raw, whole.octets, whole.length);
	buffer_free(&whole);
	return 0;
}

typedef int (*data_reader)(struct reader *data, struct dns_record *record,
			   struct problem *problem);

static const struct {
	uint16_t type;
	data_reader read;
} data_readers[] = {
	{ DNS_A, read_address },  { DNS_AAAA, read_address }, { DNS_CNAME, read_target },
	{ DNS_NS, read_target },  { DNS_PTR, read_target },   { DNS_MX, read_mx },
	{ DNS_SRV, read_srv },    { DNS_NAPTR, read_naptr },  { DNS_SOA, read_soa },
};

static data_reader data_reader_find(uint16_t type)
{
	for (size_t i = 0; i < sizeof(data_readers) / sizeof(data_readers[0]); i++)
		if (data_readers[i].type == type)
			return data_readers[i].read;
	return NULL;
}

static int read_data(struct reader *reader, size_t length, struct dns_record *record,
		     struct problem *problem)
{
	/* A name in the data may point back into the whole message, but not run out of the data. */
	struct reader data = { reader->octets, reader->at + length, reader->at };
	data_reader read = record->class == CLASS_IN ? data_reader_find(record->type) : NULL;

	if (read) {
		if (read(&data, record, problem) < 0)
			return problem_in(problem, "%s record of \"%s\"",
					  dns_type_name(record->type), record->name);
		if (data.at != data.length)
			return problem_set(problem, "%s record of \"%s\": %zu octets too many",
					   dns_type_name(record->type), record->name,
					   data.length - data.at);
	} else {
		record->raw_cut = length > sizeof(record->raw);
		record->raw_length = record->raw_cut ? sizeof(record->raw) : length;
		memcpy(record->raw, reader->octets + reader->at, record->raw_length);
	}
	reader->at += length;
	return 0;
}

/* RFC 6891 clause 6.1.3: an OPT record's class and time to live say other things. */
static int read_edns(const struct dns_record *record, struct dns_message *message,
		     struct problem *problem)
{
	if (message->edns)
		return problem_set(problem, "more than one OPT record");
	message->edns = true;
	message->edns_size = record->class;
	message->edns_version = (uint8_t)(record->ttl >> 16);
	message->dnssec_ok = record->ttl & 0x8000;
	message->rcode = (uint8_t)((record->ttl >> 24) << 4 | message->rcode);
	return 0;
}

/* 1: a record, 0: it was the OPT record, -1 with why */
static int read_record(struct reader *reader, struct dns_message *message,
		       struct dns_record *record, struct problem *problem)
{
	memset(record, 0, sizeof(*record));
	if (take_name(reader, record->name, problem) < 0)
		return -1;
	const uint8_t *fixed = take(reader, 10);
	if (!fixed)
		return problem_set(problem, "record of \"%s\" is cut", record->name);
	record->type = get_u16(fixed);
	record->class = get_u16(fixed + 2);
	record->ttl = get_u32(fixed + 4);
	size_t length = get_u16(fixed + 8);
	if (length > reader->length - reader->at)
		return problem_set(problem, "record of \"%s\" is cut", record->name);
	if (record->type == DNS_OPT) {
		reader->at += length;
		return read_edns(record, message, problem);
	}
	return read_data(reader, length, record, problem) < 0 ? -1 : 1;
}

static int read_section(struct reader *reader, size_t count, struct dns_message *message,
			size_t *used, size_t *section, struct problem *problem)
{
	for (size_t i = 0; i < count; i++) {
		int got = read_record(reader, message, &message->answers[*used], problem);

		if (got < 0)
			return -1;
		*used += (size_t)got;
		*section += (size_t)got;
	}
	return 0;
}

static int read_questions(struct reader *reader, size_t count, struct dns_message *message,
			  struct problem *problem)
{
	if (count > sizeof(message->questions) / sizeof(message->questions[0]))
		return problem_set(problem, "%zu questions", count);
	for (size_t i = 0; i < count; i++) {
		struct dns_question *question = &message->questions[i];

		if (take_name(reader, question->name, problem) < 0)
			return problem_in(problem, "question");
		const uint8_t *fixed = take(reader, 4);
		if (!fixed)
			return problem_set(problem, "question is cut");
		question->type = get_u16(fixed);
		question->class = get_u16(fixed + 2);
		message->question_count++;
	}
	return 0;
}

static void read_flags(const uint8_t *octets, struct dns_message *message)
{
	message->id = get_u16(octets);
	message->response = octets[2] & 0x80;
	message->opcode = octets[2] >> 3 & 0x0f;
	message->authoritative = octets[2] & 0x04;
	message->truncated = octets[2] & 0x02;
	message->recursion_desired = octets[2] & 0x01;
	message->recursion_available = octets[3] & 0x80;
	message->rcode = octets[3] & 0x0f;
}

static int read_sections(struct reader *reader, const uint8_t *header,
			 struct dns_message *message, struct problem *problem)
{
	size_t counts[3], used = 0;
	size_t *sections[3] = { &message->answer_count, &message->authority_count,
				&message->additional_count };

	for (size_t i = 0; i < 3; i++)
		counts[i] = get_u16(header + 6 + 2 * i);
	size_t all = counts[0] + counts[1] + counts[2];
	if (all > LIMIT_DNS_RECORDS)
		return problem_set(problem, "%zu records, more than %d", all, LIMIT_DNS_RECORDS);
	if (all > 0)
		message->answers = memory_new(all * sizeof(*message->answers));
	if (read_questions(reader, get_u16(header + 4), message, problem) < 0)
		return -1;
	for (size_t i = 0; i < 3; i++)
		if (read_section(reader, counts[i], message, &used, sections[i], problem) < 0)
			return -1;
	return 0;
}

int dns_decode(const void *octets, size_t length, struct dns_message *message,
	       struct problem *problem)
{
	struct reader reader = { octets, length, 0 };
	const uint8_t *header = take(&reader, HEADER);

	memset(message, 0, sizeof(*message));
	if (!header)
		return problem_set(problem, "%zu octets are no DNS header", length);
	read_flags(header, message);
	if (read_sections(&reader, header, message, problem) < 0) {
		dns_message_clear(message);
		return -1;
	}
	return 0;
}

void dns_message_clear(struct dns_message *message)
{
	free(message->answers);
	memset(message, 0, sizeof(*message));
}
