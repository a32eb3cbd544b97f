/* SK and SKF payloads. */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/ikev2-crypto.h"
#include "protocols/memory.h"

#define FRAGMENT_HEADER 4

void ikev2_datagrams_clear(struct ikev2_datagrams *datagrams)
{
	for (size_t i = 0; i < datagrams->count; i++)
		buffer_free(&datagrams->list[i]);
	datagrams->count = 0;
}

struct sealing {
	const struct ikev2_header *header;
	struct ipsec_cipher *cipher;
	uint64_t *number;
	uint8_t first;
	uint16_t fragment, total; /* 0: no fragments */
};

/* Padding and its length behind the chain, so that the whole is a multiple of the block. */
static struct buffer padded(struct octets chain, size_t block)
{
	struct buffer plain = { 0 };
	size_t pad = (block - (chain.length + 1) % block) % block;

	buffer_add(&plain, chain.at, chain.length);
	for (size_t i = 0; i < pad; i++)
		buffer_add_u8(&plain, 0);
	buffer_add_u8(&plain, (uint8_t)pad);
	return plain;
}

/* Everything before the IV: all of it is authenticated. */
static void write_head(const struct sealing *sealing, size_t sealed, struct buffer *out)
{
	size_t fragment = sealing->total ? FRAGMENT_HEADER : 0;
	struct ikev2_header header = *sealing->header;

	header.first_payload = sealing->total ? IKEV2_SKF : IKEV2_SK;
	header.length = (uint32_t)(IKEV2_HEADER + IKEV2_PAYLOAD_HEADER + fragment + sealed);
	ikev2_header_encode(&header, out);
	/* RFC 7383 2.5: only the first fragment tells the type. */
	buffer_add_u8(out, sealing->fragment <= 1 ? sealing->first : 0);
	buffer_add_u8(out, 0);
	buffer_add_u16(out, (uint16_t)(IKEV2_PAYLOAD_HEADER + fragment + sealed));
	if (sealing->total) {
		buffer_add_u16(out, sealing->fragment);
		buffer_add_u16(out, sealing->total);
	}
}

static int seal_one(const struct sealing *sealing, struct octets chain, struct buffer *out)
{
	struct buffer plain = padded(chain, ipsec_cipher_block(sealing->cipher));
	size_t sealed = plain.length + ipsec_cipher_overhead(sealing->cipher);
	uint8_t *body = memory_new(sealed);
	int result;

	write_head(sealing, sealed, out);
	result = ipsec_cipher_seal(sealing->cipher, (*sealing->number)++,
				   octets_of(out->octets, out->length), octets_of(NULL, 0),
				   octets_of(plain.octets, plain.length), body);
	buffer_add(out, body, sealed);
	free(body);
	OPENSSL_cleanse(plain.octets, plain.length);
	buffer_free(&plain);
	return result;
}

int ikev2_seal(const struct ikev2_header *header, uint8_t first, struct octets chain,
	       struct ipsec_cipher *cipher, uint64_t *number, size_t size,
	       struct ikev2_datagrams *out)
{
	struct sealing sealing = { header, cipher, number, first, 0, 0 };
	size_t frame = IKEV2_HEADER + IKEV2_PAYLOAD_HEADER + ipsec_cipher_overhead(cipher) +
		       ipsec_cipher_block(cipher);
	size_t length = chain.length, piece, at = 0;

	ikev2_datagrams_clear(out);
	if (frame + length > IKEV2_MESSAGE_LIMIT)
		return -1;
	if (size == 0 || frame + length <= size || size <= frame + FRAGMENT_HEADER) {
		out->count = 1;
		return seal_one(&sealing, chain, &out->list[0]);
	}
	piece = size - frame - FRAGMENT_HEADER;
	size_t total = (length + piece - 1) / piece;
	if (total > IKEV2_FRAGMENTS)
		return -1;
	sealing.total = (uint16_t)total;
	for (out->count = 0; out->count < sealing.total;) {
		size_t part = length - at < piece ? length - at : piece;

		sealing.fragment++;
		out->count++;
		if (seal_one(&sealing, octets_of(chain.at + at, part),
			     &out->list[out->count - 1]) < 0)
			return -1;
		at += part;
	}
	return 0;
}

/* What stands behind the head of the last payload, opened; padding removed. */
static int open_body(struct octets octets, struct octets sealed, struct ipsec_cipher *cipher,
		     struct buffer *plain, struct problem *problem)
{
	struct octets head = octets_of(octets.at, (size_t)(sealed.at - octets.at));
	uint8_t *opened = memory_new(sealed.length);
	size_t length = 0;
	int result = ipsec_cipher_open(cipher, head, octets_of(NULL, 0), sealed, opened, &length);

	if (result == -1)
		problem_set(problem, "the encrypted payload has %zu octets: too few, or no "
			    "multiple of the block", sealed.length);
	else if (result < 0)
		problem_set(problem, "the encrypted payload's integrity check fails");
	else if (length == 0 || opened[length - 1] + 1u > length)
		result = problem_set(problem, "the encrypted payload's padding does not fit");
	else
		buffer_add(plain, opened, length - 1 - opened[length - 1]);
	OPENSSL_cleanse(opened, sealed.length);
	free(opened);
	return result;
}

static const struct ikev2_payload *last_payload(const struct ikev2_message *message, uint8_t type)
{
	const struct ikev2_chain *chain = &message->chain;

	if (chain->count == 0 || chain->payloads[chain->count - 1].type != type)
		return NULL;
	return &chain->payloads[chain->count - 1];
}

int ikev2_open(struct octets octets, const struct ikev2_message *message,
	       struct ipsec_cipher *cipher, struct buffer *plain, struct problem *problem)
{
	const struct ikev2_payload *payload = last_payload(message, IKEV2_SK);

	if (!payload)
		return problem_set(problem, "there is no encrypted payload");
	return open_body(octets, payload->body, cipher, plain, problem);
}

void ikev2_reassembly_clear(struct ikev2_reassembly *reassembly)
{
	for (size_t i = 0; i < IKEV2_FRAGMENTS; i++)
		buffer_free(&reassembly->pieces[i]);
	memset(reassembly, 0, sizeof(*reassembly));
}

static int keep(struct ikev2_reassembly *reassembly, const struct ikev2_fragment *fragment,
		struct buffer *piece, struct buffer *plain, uint8_t *first)
{
	struct buffer *place = &reassembly->pieces[fragment->number - 1];

	if (place->octets) {
		buffer_free(piece);
		return 0;
	}
	*place = *piece;
	if (++reassembly->have < reassembly->total)
		return 0;
	for (size_t i = 0; i < reassembly->total; i++)
		buffer_add(plain, reassembly->pieces[i].octets, reassembly->pieces[i].length);
	*first = reassembly->first;
	ikev2_reassembly_clear(reassembly);
	return 1;
}

int ikev2_reassemble(struct ikev2_reassembly *reassembly, struct octets octets,
		     const struct ikev2_message *message, struct ipsec_cipher *cipher,
		     struct buffer *plain, uint8_t *first, struct problem *problem)
{
	const struct ikev2_payload *payload = last_payload(message, IKEV2_SKF);
	struct ikev2_fragment fragment;
	struct buffer piece = { 0 };
	int result;

	if (!payload)
		return problem_set(problem, "there is no fragment");
	if (ikev2_fragment_read(payload->body, &fragment, problem) < 0)
		return -1;
	if (fragment.total > IKEV2_FRAGMENTS)
		return problem_set(problem, "%u fragments, more than %d", fragment.total,
				   IKEV2_FRAGMENTS);
	result = open_body(octets, fragment.data, cipher, &piece, problem);
	if (result < 0)
		return result;
	/* RFC 7383 2.6: a sender that cuts in more pieces than before begins anew. */
	if (reassembly->message_id != message->header.message_id ||
	    fragment.total > reassembly->total)
		ikev2_reassembly_clear(reassembly);
	if (reassembly->total > fragment.total) {
		buffer_free(&piece);
		return 0;
	}
	reassembly->message_id = message->header.message_id;
	reassembly->total = fragment.total;
	if (fragment.number == 1)
		reassembly->first = message->chain.inner;
	return keep(reassembly, &fragment, &piece, plain, first);
}
