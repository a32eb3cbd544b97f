/*
 * ikev2-keys: pseudo-random functions and keying material (RFC 7296 clauses 2.13 to 2.18).
 */
#ifndef PROTOCOLS_IKEV2_KEYS_H
#define PROTOCOLS_IKEV2_KEYS_H

#include "protocols/ipsec-algorithms.h"
#include "protocols/octets.h"

#define IKEV2_PRF_LIMIT 64 /* octets of the longest output */

/* What was negotiated for an IKE SA or a Child SA. */
struct ikev2_suite {
	const struct ipsec_encryption *encryption;
	const struct ipsec_integrity *integrity; /* NULL with AEAD */
	const struct ikev2_prf *prf;             /* IKE SA only */
	const struct ikev2_dh_group *group;      /* NULL: Child SA without PFS */
	bool esn;                                /* Child SA only */
};

/* The keys of an IKE SA; how much of each array is used follows from the suite. */
struct ikev2_keys {
	uint8_t d[IKEV2_PRF_LIMIT], pi[IKEV2_PRF_LIMIT], pr[IKEV2_PRF_LIMIT];
	uint8_t ai[IPSEC_KEY_LIMIT], ar[IPSEC_KEY_LIMIT];
	uint8_t ei[IPSEC_KEY_LIMIT], er[IPSEC_KEY_LIMIT]; /* the salt behind the key */
};

/* The keys of a Child SA: from its exchange's initiator to the responder, and back. */
struct ikev2_child_keys {
	uint8_t ei[IPSEC_KEY_LIMIT], ai[IPSEC_KEY_LIMIT];
	uint8_t er[IPSEC_KEY_LIMIT], ar[IPSEC_KEY_LIMIT];
};

/* prf(key, parts one after the other) to out, prf->octets long. 0 or -1 (OpenSSL refuses). */
int ikev2_prf(const struct ikev2_prf *prf, struct octets key, const struct octets *parts,
	      size_t count, uint8_t out[IKEV2_PRF_LIMIT]);
/* prf+ (RFC 7296 2.13): length octets, at most 255 times the prf's output. */
int ikev2_prf_plus(const struct ikev2_prf *prf, struct octets key, struct octets seed,
		   uint8_t *out, size_t length);

struct ikev2_key_inputs {
	struct octets initiator_nonce, responder_nonce;
	uint64_t initiator_spi, responder_spi; /* of the new IKE SA; not used for a Child SA */
	struct octets secret;                  /* g^ir; empty for a Child SA without PFS */
};

/* The keys of an IKE SA. old and old_d: the prf and SK_d of the IKE SA that it replaces (RFC 7296
 * 2.18), NULL and empty for a first one. */
int ikev2_keys_derive(const struct ikev2_suite *suite, const struct ikev2_key_inputs *inputs,
		      const struct ikev2_prf *old, struct octets old_d, struct ikev2_keys *keys);
/* The keys of a Child SA with this suite, under an IKE SA with this prf and SK_d. */
int ikev2_child_keys_derive(const struct ikev2_suite *suite, const struct ikev2_prf *prf,
			    struct octets d, const struct ikev2_key_inputs *inputs,
			    struct ikev2_child_keys *keys);

size_t ikev2_encryption_octets(const struct ikev2_suite *suite); /* key and salt */
size_t ikev2_integrity_octets(const struct ikev2_suite *suite);  /* 0 with AEAD */

#endif
