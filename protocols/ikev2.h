/*
 * ikev2: IKEv2 messages (RFC 7296 clause 3), frame and chain of payloads. What stands in the
 * payloads is read and written by ikev2-payload; what they say in words by ikev2-document.
 */
#ifndef PROTOCOLS_IKEV2_H
#define PROTOCOLS_IKEV2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"
#include "protocols/ikev2-names.h"
#include "protocols/octets.h"
#include "protocols/problem.h"

#define IKEV2_HEADER 28         /* octets of the header */
#define IKEV2_PAYLOAD_HEADER 4
#define IKEV2_MESSAGE_LIMIT 65507 /* what a UDP datagram can carry over IPv4 */
#define IKEV2_PAYLOADS 64       /* more payloads in one message are refused */
#define IKEV2_PORT 500
#define IKEV2_NAT_PORT 4500     /* RFC 3948: with four zero octets before each message */
#define IKEV2_VERSION 0x20

enum ikev2_flags {
	IKEV2_FLAG_INITIATOR = 0x08, /* sent by the one that began the IKE SA */
	IKEV2_FLAG_VERSION = 0x10,
	IKEV2_FLAG_RESPONSE = 0x20,
};

struct ikev2_header {
	uint64_t initiator_spi;
	uint64_t responder_spi;
	uint8_t first_payload;
	uint8_t version;
	uint8_t exchange; /* enum ikev2_exchange, or a number without a name */
	uint8_t flags;
	uint32_t message_id;
	uint32_t length;
};

struct ikev2_payload {
	uint8_t type;
	bool critical;
	struct octets body; /* without the generic header */
};

struct ikev2_chain {
	struct ikev2_payload payloads[IKEV2_PAYLOADS];
	size_t count;
	uint8_t inner; /* the type of the first payload inside a last SK or SKF payload */
};

struct ikev2_message {
	struct ikev2_header header;
	struct ikev2_chain chain;
};

/* The header alone: 0, or -1 with why (cut, or its length is not that of the octets). */
int ikev2_header_decode(struct octets octets, struct ikev2_header *header,
			struct problem *problem);
/* Header and chain. The bodies point into octets. Bounds are checked, meaning is not: of an
 * unknown payload only the frame. An SK or SKF payload has to be the last. A message of another
 * major version than 2 has its header only. */
int ikev2_decode(struct octets octets, struct ikev2_message *message, struct problem *problem);
/* A chain that begins with a payload of type first: what SK holds. */
int ikev2_chain_decode(uint8_t first, struct octets octets, struct ikev2_chain *chain,
		       struct problem *problem);
/* The first payload of a type; NULL when there is none. */
const struct ikev2_payload *ikev2_chain_find(const struct ikev2_chain *chain, uint8_t type);
/* The first payload that has the critical bit and that this implementation does not know (RFC
 * 7296 2.5); NULL when there is none. */
const struct ikev2_payload *ikev2_chain_critical(const struct ikev2_chain *chain);

/* Writes a chain of payloads. */
struct ikev2_writer {
	struct buffer out;  /* owned: ikev2_writer_free */
	uint8_t first;      /* type of the first payload */
	size_t payload_at;  /* where the payload that was begun last has its header */
};

/* Begins a payload; its body is then added to out, and ended by the next begin or the finish. */
void ikev2_writer_begin(struct ikev2_writer *writer, uint8_t type);
/* Sets the length of the payload begun last; gives the whole chain, which the writer owns. */
struct octets ikev2_writer_finish(struct ikev2_writer *writer);
void ikev2_writer_free(struct ikev2_writer *writer); /* wiped */

/* The header, with first_payload and length set as given in it. */
void ikev2_header_encode(const struct ikev2_header *header, struct buffer *out);
/* A whole message in clear: header (its length and first payload are set here) and chain. */
void ikev2_encode(const struct ikev2_header *header, struct ikev2_writer *writer,
		  struct buffer *out);

#endif
