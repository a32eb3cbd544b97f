/*
 * ikev2-crypto: the SK payload (RFC 7296 3.14) and its fragments SKF (RFC 7383): sealing a chain
 * of payloads in one or more messages, and opening them.
 */
#ifndef PROTOCOLS_IKEV2_CRYPTO_H
#define PROTOCOLS_IKEV2_CRYPTO_H

#include "protocols/ikev2-payload.h"
#include "protocols/ipsec-cipher.h"

#define IKEV2_FRAGMENTS 64          /* more fragments of one message are refused */
#define IKEV2_FRAGMENT_SIZE 1280    /* octets of an IKE message, a default that any path takes */

struct ikev2_datagrams { /* the messages that carry one chain: one, or one a fragment */
	struct buffer list[IKEV2_FRAGMENTS];
	size_t count;
};
void ikev2_datagrams_clear(struct ikev2_datagrams *datagrams);

/* Seals a chain that begins with a payload of type first (0: it is empty) under the header (whose
 * length and first payload are set here). size: octets that
 * one message may have before the chain is cut in fragments; 0: never cut. *number: counts the
 * seals of this cipher, goes on by one for each message. 0, or -1 (too long, OpenSSL refuses). */
int ikev2_seal(const struct ikev2_header *header, uint8_t first, struct octets chain,
	       struct ipsec_cipher *cipher, uint64_t *number, size_t size,
	       struct ikev2_datagrams *out);

/* Opens the SK payload that ends message (all octets of it); the chain's octets to plain. -1: the
 * last payload is no SK, or malformed; -2: its ICV is wrong. */
int ikev2_open(struct octets octets, const struct ikev2_message *message,
	       struct ipsec_cipher *cipher, struct buffer *plain, struct problem *problem);

/* Fragments of one message being put together (RFC 7383 2.6). A zeroed struct is empty. */
struct ikev2_reassembly {
	uint32_t message_id;
	uint16_t total; /* 0: empty */
	uint16_t have;
	uint8_t first;  /* type of the first payload inside */
	struct buffer pieces[IKEV2_FRAGMENTS];
};
void ikev2_reassembly_clear(struct ikev2_reassembly *reassembly);
/* Opens the SKF payload that ends message and keeps it. 1: the last one that was missing; the
 * whole chain is in plain, its first type in *first, and the reassembly is empty again. 0: more are
 * to come (or it was there before). -1: malformed; -2: the ICV is wrong. */
int ikev2_reassemble(struct ikev2_reassembly *reassembly, struct octets octets,
		     const struct ikev2_message *message, struct ipsec_cipher *cipher,
		     struct buffer *plain, uint8_t *first, struct problem *problem);

#endif
