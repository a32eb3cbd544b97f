/*
 * ipsec-cipher: encryption and integrity of one direction of an SA, for SK payloads (RFC 7296
 * 3.14, RFC 5282) and ESP packets (RFC 4303, RFC 4106) alike.
 */
#ifndef PROTOCOLS_IPSEC_CIPHER_H
#define PROTOCOLS_IPSEC_CIPHER_H

#include "protocols/ipsec-algorithms.h"
#include "protocols/octets.h"

struct ipsec_cipher;

/* integrity: NULL with an AEAD cipher. key: the cipher's key with its salt behind it. Both keys
 * are copied, and wiped when it is freed. NULL when a key has not the algorithm's length. */
struct ipsec_cipher *ipsec_cipher_new(const struct ipsec_encryption *encryption,
				      const struct ipsec_integrity *integrity, struct octets key,
				      struct octets integrity_key);
void ipsec_cipher_free(struct ipsec_cipher *cipher); /* NULL is fine */

bool ipsec_cipher_is_aead(const struct ipsec_cipher *cipher);
/* The multiple that plaintext has to have. */
size_t ipsec_cipher_block(const struct ipsec_cipher *cipher);
/* Octets that sealing adds: IV and ICV. */
size_t ipsec_cipher_overhead(const struct ipsec_cipher *cipher);

/* IV, ciphertext and ICV to out, which has room for plain.length + overhead. head stands before
 * the IV and is authenticated with it; tail is authenticated behind the ciphertext without being
 * sent (not with AEAD: there it is an error). number: a different one for each call with this
 * cipher, for the IV of a counter mode. 0, or -1 (wrong length, or OpenSSL refuses). */
int ipsec_cipher_seal(struct ipsec_cipher *cipher, uint64_t number, struct octets head,
		      struct octets tail, struct octets plain, uint8_t *out);
/* The other way: checks the ICV, then deciphers to plain, which has room for sealed.length;
 * *length gets how many. 0; -1: too short or no multiple of the block; -2: the ICV is wrong. */
int ipsec_cipher_open(struct ipsec_cipher *cipher, struct octets head, struct octets tail,
		      struct octets sealed, uint8_t *plain, size_t *length);

#endif
