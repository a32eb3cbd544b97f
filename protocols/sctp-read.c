#include "protocols/sctp-read.h"

#include <string.h>

#define CHUNK_HEADER 4
#define FLAG_LAST 1u
#define FLAG_FIRST 2u
#define FLAG_UNORDERED 4u

int sctp_header_read(struct octets *packet, struct sctp_header *header, struct problem *problem)
{
	if (packet->length < SCTP_HEADER)
		return problem_set(problem, "%zu octets are too few for an SCTP header",
				   packet->length);
	octets_u16(packet, &header->source_port);
	octets_u16(packet, &header->destination_port);
	octets_u32(packet, &header->tag);
	octets_u32(packet, &header->checksum);
	return 0;
}

int sctp_chunk_next(struct octets *chunks, struct sctp_chunk *chunk, struct problem *problem)
{
	struct octets padding;
	uint16_t length;

	if (chunks->length == 0)
		return 0;
	if (octets_u8(chunks, &chunk->type) < 0 || octets_u8(chunks, &chunk->flags) < 0 ||
	    octets_u16(chunks, &length) < 0)
		return problem_set(problem, "the packet ends inside a chunk's header");
	if (length < CHUNK_HEADER)
		return problem_set(problem, "a chunk says that it has %u octets", length);
	if (octets_take(chunks, length - CHUNK_HEADER, &chunk->body) < 0)
		return problem_set(problem, "a chunk of %u octets is longer than its packet",
				   length);
	/* RFC 9260 3.2: padded to four octets; the last one's padding may be cut off. */
	size_t pad = (4u - length % 4u) % 4u;
	octets_take(chunks, pad < chunks->length ? pad : chunks->length, &padding);
	return 1;
}

int sctp_init_read(const struct sctp_chunk *chunk, struct sctp_init *init,
		   struct problem *problem)
{
	struct octets rest = chunk->body;
	uint32_t window;

	if (octets_u32(&rest, &init->tag) < 0 || octets_u32(&rest, &window) < 0 ||
	    octets_u16(&rest, &init->outbound) < 0 || octets_u16(&rest, &init->inbound) < 0 ||
	    octets_u32(&rest, &init->tsn) < 0)
		return problem_set(problem, "an INIT of %zu octets is too short",
				   chunk->body.length);
	return 0;
}

int sctp_data_read(const struct sctp_chunk *chunk, struct sctp_data *data,
		   struct problem *problem)
{
	struct octets rest = chunk->body;

	if (octets_u32(&rest, &data->tsn) < 0 || octets_u16(&rest, &data->stream) < 0 ||
	    octets_u16(&rest, &data->number) < 0 || octets_u32(&rest, &data->ppid) < 0 ||
	    rest.length == 0)
		return problem_set(problem, "a DATA chunk of %zu octets is too short",
				   chunk->body.length);
	data->first = chunk->flags & FLAG_FIRST;
	data->last = chunk->flags & FLAG_LAST;
	data->unordered = chunk->flags & FLAG_UNORDERED;
	data->octets = rest;
	return 0;
}

uint16_t sctp_cause_read(const struct sctp_chunk *chunk)
{
	struct octets rest = chunk->body;
	uint16_t code;

	return octets_u16(&rest, &code) < 0 ? 0 : code;
}

const char *sctp_cause_name(uint16_t code)
{
	static const char *const names[] = {
		"", "Invalid Stream Identifier", "Missing Mandatory Parameter",
		"Stale Cookie Error", "Out of Resource", "Unresolvable Address",
		"Unrecognized Chunk Type", "Invalid Mandatory Parameter",
		"Unrecognized Parameters", "No User Data",
		"Cookie Received While Shutting Down",
		"Restart of an Association with New Addresses", "User-Initiated Abort",
		"Protocol Violation",
	};

	return code < sizeof(names) / sizeof(*names) ? names[code] : "";
}

/* The polynomial 0x1edc6f41, its bits reversed, one octet. */
static uint32_t crc_octet(uint32_t crc, uint8_t octet)
{
	crc ^= octet;
	for (int bit = 0; bit < 8; bit++)
		crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	return crc;
}

uint32_t sctp_checksum(struct octets packet)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < packet.length; i++)
		crc = crc_octet(crc, i >= 8 && i < SCTP_HEADER ? 0 : packet.at[i]);
	crc = ~crc;
	/* It is sent with its low octet first. */
	return crc << 24 | (crc & 0xff00u) << 8 | (crc >> 8 & 0xff00u) | crc >> 24;
}

static bool was_seen(struct sctp_reassembly *reassembly, uint32_t tsn)
{
	size_t count = reassembly->seen_count < SCTP_REMEMBERED ? reassembly->seen_count
								: SCTP_REMEMBERED;

	for (size_t i = 0; i < count; i++)
		if (reassembly->seen[i] == tsn)
			return true;
	reassembly->seen[reassembly->seen_count++ % SCTP_REMEMBERED] = tsn;
	return false;
}

static void drop(struct sctp_reassembly *reassembly, size_t index)
{
	buffer_free(&reassembly->pieces[index].octets);
	reassembly->count--;
	memmove(&reassembly->pieces[index], &reassembly->pieces[index + 1],
		(reassembly->count - index) * sizeof(*reassembly->pieces));
}

static void keep(struct sctp_reassembly *reassembly, const struct sctp_data *data, uint64_t packet)
{
	if (reassembly->count == SCTP_PIECES)
		drop(reassembly, 0);
	struct sctp_piece *piece = &reassembly->pieces[reassembly->count++];

	*piece = (struct sctp_piece){ .data = *data, .packet = packet };
	buffer_add(&piece->octets, data->octets.at, data->octets.length);
}

static size_t index_of(const struct sctp_reassembly *reassembly, uint32_t tsn)
{
	size_t i = 0;

	while (i < reassembly->count && reassembly->pieces[i].data.tsn != tsn)
		i++;
	return i;
}

/* The TSNs of a message follow each other (RFC 9260 6.9): are all there around this one? */
static bool find_whole(const struct sctp_reassembly *reassembly, uint32_t tsn, uint32_t *first,
		       uint32_t *last)
{
	size_t at, length = 0;

	for (*first = tsn;; (*first)--) {
		at = index_of(reassembly, *first);
		if (at == reassembly->count)
			return false;
		if (reassembly->pieces[at].data.first)
			break;
	}
	for (*last = *first;; (*last)++) {
		at = index_of(reassembly, *last);
		if (at == reassembly->count)
			return false;
		length += reassembly->pieces[at].octets.length;
		if (reassembly->pieces[at].data.last)
			return length <= SCTP_MESSAGE_LIMIT;
	}
}

int sctp_reassemble(struct sctp_reassembly *reassembly, const struct sctp_data *data,
		    uint64_t packet, struct buffer *out, struct sctp_data *whole,
		    uint64_t *first_packet)
{
	uint32_t first, last;

	if (was_seen(reassembly, data->tsn))
		return -1;
	keep(reassembly, data, packet);
	if (!find_whole(reassembly, data->tsn, &first, &last))
		return 0;
	size_t start = out->length, at = index_of(reassembly, first);

	*whole = reassembly->pieces[at].data;
	*first_packet = reassembly->pieces[at].packet;
	for (uint32_t tsn = first;; tsn++) {
		at = index_of(reassembly, tsn);
		buffer_add(out, reassembly->pieces[at].octets.octets,
			   reassembly->pieces[at].octets.length);
		drop(reassembly, at);
		if (tsn == last)
			break;
	}
	whole->octets = octets_of(out->octets + start, out->length - start);
	return 1;
}

void sctp_reassembly_clear(struct sctp_reassembly *reassembly)
{
	while (reassembly->count > 0)
		drop(reassembly, reassembly->count - 1);
	memset(reassembly, 0, sizeof(*reassembly));
}
