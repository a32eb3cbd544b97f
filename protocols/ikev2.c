/* Octets <-> header and chain of payloads (RFC 7296 clauses 3.1, 3.2). */
#include "protocols/ikev2.h"

#include <openssl/crypto.h>
#include <string.h>

#define CRITICAL 0x80

int ikev2_header_decode(struct octets octets, struct ikev2_header *header,
			struct problem *problem)
{
	struct octets rest = octets;

	memset(header, 0, sizeof(*header));
	if (octets.length < IKEV2_HEADER)
		return problem_set(problem, "%zu octets are no IKE header", octets.length);
	octets_u64(&rest, &header->initiator_spi);
	octets_u64(&rest, &header->responder_spi);
	octets_u8(&rest, &header->first_payload);
	octets_u8(&rest, &header->version);
	octets_u8(&rest, &header->exchange);
	octets_u8(&rest, &header->flags);
	octets_u32(&rest, &header->message_id);
	octets_u32(&rest, &header->length);
	if (header->length != octets.length)
		return problem_set(problem, "the header says %u octets, there are %zu",
				   header->length, octets.length);
	return 0;
}

/* Takes one payload; *next gets the type that it says comes next. */
static int take_payload(struct octets *from, struct ikev2_payload *payload, uint8_t *next,
			struct problem *problem)
{
	const char *name = ikev2_name(IKEV2_PAYLOAD_TYPES, payload->type);
	uint8_t flags = 0;
	uint16_t length = 0;

	if (octets_u8(from, next) < 0 || octets_u8(from, &flags) < 0 ||
	    octets_u16(from, &length) < 0)
		return problem_set(problem, "the header of payload %s is cut", name);
	if (length < IKEV2_PAYLOAD_HEADER ||
	    octets_take(from, (size_t)length - IKEV2_PAYLOAD_HEADER, &payload->body) < 0)
		return problem_set(problem, "payload %s says %u octets, there are %zu", name,
				   length, from->length + IKEV2_PAYLOAD_HEADER);
	payload->critical = flags & CRITICAL;
	return 0;
}

static bool is_encrypted(uint8_t type)
{
	return type == IKEV2_SK || type == IKEV2_SKF;
}

int ikev2_chain_decode(uint8_t first, struct octets octets, struct ikev2_chain *chain,
		       struct problem *problem)
{
	uint8_t type = first;

	chain->count = 0;
	chain->inner = 0;
	while (type != IKEV2_NO_PAYLOAD) {
		if (chain->count == IKEV2_PAYLOADS)
			return problem_set(problem, "more than %d payloads", IKEV2_PAYLOADS);
		struct ikev2_payload *payload = &chain->payloads[chain->count];

		payload->type = type;
		if (take_payload(&octets, payload, &type, problem) < 0)
			return -1;
		chain->count++;
		if (is_encrypted(payload->type)) {
			chain->inner = type;
			break;
		}
	}
	if (octets.length > 0)
		return problem_set(problem, "%zu octets behind the last payload", octets.length);
	return 0;
}

int ikev2_decode(struct octets octets, struct ikev2_message *message, struct problem *problem)
{
	message->chain.count = 0;
	message->chain.inner = 0;
	if (ikev2_header_decode(octets, &message->header, problem) < 0)
		return -1;
	if (message->header.version >> 4 != IKEV2_VERSION >> 4)
		return 0;
	return ikev2_chain_decode(
		message->header.first_payload,
		octets_of(octets.at + IKEV2_HEADER, octets.length - IKEV2_HEADER),
		&message->chain, problem);
}

const struct ikev2_payload *ikev2_chain_find(const struct ikev2_chain *chain, uint8_t type)
{
	for (size_t i = 0; i < chain->count; i++)
		if (chain->payloads[i].type == type)
			return &chain->payloads[i];
	return NULL;
}

const struct ikev2_payload *ikev2_chain_critical(const struct ikev2_chain *chain)
{
	for (size_t i = 0; i < chain->count; i++) {
		uint8_t type = chain->payloads[i].type;
		bool known = (type >= IKEV2_SA && type <= IKEV2_EAP) || type == IKEV2_SKF;

		if (chain->payloads[i].critical && !known)
			return &chain->payloads[i];
	}
	return NULL;
}

struct octets ikev2_writer_finish(struct ikev2_writer *writer)
{
	size_t length = writer->out.length - writer->payload_at;

	if (writer->out.length > 0) {
		writer->out.octets[writer->payload_at + 2] = (uint8_t)(length >> 8);
		writer->out.octets[writer->payload_at + 3] = (uint8_t)length;
	}
	return octets_of(writer->out.octets, writer->out.length);
}

void ikev2_writer_begin(struct ikev2_writer *writer, uint8_t type)
{
	static const uint8_t header[IKEV2_PAYLOAD_HEADER];

	ikev2_writer_finish(writer);
	if (writer->out.length == 0)
		writer->first = type;
	else
		writer->out.octets[writer->payload_at] = type;
	writer->payload_at = writer->out.length;
	buffer_add(&writer->out, header, sizeof(header));
}

void ikev2_writer_free(struct ikev2_writer *writer)
{
	if (writer->out.octets)
		OPENSSL_cleanse(writer->out.octets, writer->out.length);
	buffer_free(&writer->out);
	memset(writer, 0, sizeof(*writer));
}

static void add_u64(struct buffer *out, uint64_t value)
{
	buffer_add_u32(out, (uint32_t)(value >> 32));
	buffer_add_u32(out, (uint32_t)value);
}

void ikev2_header_encode(const struct ikev2_header *header, struct buffer *out)
{
	add_u64(out, header->initiator_spi);
	add_u64(out, header->responder_spi);
	buffer_add_u8(out, header->first_payload);
	buffer_add_u8(out, header->version);
	buffer_add_u8(out, header->exchange);
	buffer_add_u8(out, header->flags);
	buffer_add_u32(out, header->message_id);
	buffer_add_u32(out, header->length);
}

void ikev2_encode(const struct ikev2_header *header, struct ikev2_writer *writer,
		  struct buffer *out)
{
	struct ikev2_header whole = *header;

	ikev2_writer_finish(writer);
	whole.first_payload = writer->first;
	whole.length = (uint32_t)(IKEV2_HEADER + writer->out.length);
	ikev2_header_encode(&whole, out);
	buffer_add(out, writer->out.octets, writer->out.length);
}
