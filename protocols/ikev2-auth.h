/*
 * ikev2-auth: the AUTH payload (RFC 7296 2.15, RFC 4754, RFC 7427) and the certificates behind it.
 */
#ifndef PROTOCOLS_IKEV2_AUTH_H
#define PROTOCOLS_IKEV2_AUTH_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "protocols/ikev2-keys.h"
#include "protocols/ikev2-payload.h"

#define IKEV2_KEY_HASH 20 /* octets by which CERTREQ names an authority */

/* What AUTH vouches for: the side's own first message, the peer's nonce, and prf(SK_p, its
 * identity payload's body). Added to out. */
int ikev2_signed_octets(const struct ikev2_prf *prf, struct octets message, struct octets nonce,
			struct octets sk_p, struct octets id_body, struct buffer *out);
/* The AUTH data of method 2: prf->octets octets. */
int ikev2_auth_shared_key(const struct ikev2_prf *prf, struct octets secret,
			  struct octets signed_octets, uint8_t data[IKEV2_PRF_LIMIT]);

/* Signs with a private key. hashes: bit n says that the peer knows hash n of RFC 7427 (what it
 * said in SIGNATURE_HASH_ALGORITHMS), then method 14 is used; 0: it said nothing, then method 1
 * with SHA-1 or an ECDSA method of RFC 4754. 0, with *method and data added to out; or -1. */
int ikev2_auth_sign(EVP_PKEY *key, unsigned hashes, struct octets signed_octets, uint8_t *method,
		    struct buffer *out, struct problem *problem);
/* Checks a signature by a public key. *how gets what was used in words ("RSA PKCS1 SHA2-256"), in
 * a text that holds until the next call in this thread. 0, or -1 with why. */
int ikev2_auth_verify(EVP_PKEY *key, uint8_t method, struct octets data,
		      struct octets signed_octets, const char **how, struct problem *problem);
/* The algorithm that a method 14 AUTH names, in words; "" when it names none that is known. The
 * text holds until the next call in this thread. */
const char *ikev2_auth_algorithm(struct octets data);

/* The certificate in a CERT payload's data; NULL when it is none. */
X509 *ikev2_certificate_read(struct octets data);
/* The SHA-1 of the certificate's public key (RFC 7296 3.7). */
int ikev2_key_hash(X509 *certificate, uint8_t hash[IKEV2_KEY_HASH]);
/* Does the leaf lead to one of the roots, by way of the others, valid at this time (seconds since
 * 1970)? 0, or -1 with why. chain may be NULL. */
int ikev2_certificate_verify(X509 *leaf, STACK_OF(X509) *chain, STACK_OF(X509) *roots,
			     int64_t seconds, struct problem *problem);
/* Does this list, as a CERT payload's data has it, name the certificate? Only when one of the
 * chain or of the roots signed it. */
bool ikev2_certificate_is_revoked(X509 *certificate, struct octets list, STACK_OF(X509) *chain,
				  STACK_OF(X509) *roots);
/* Is the certificate that of this identity: a name in subjectAltName (or, if there is none of that
 * kind, the common name of an FQDN), an address, or the whole subject? */
bool ikev2_certificate_is_of(X509 *certificate, const struct ikev2_id *id);
/* An identity for people: "hnb.lab.example", "192.0.2.1", a subject, or hexadecimal; new memory. */
char *ikev2_id_text(const struct ikev2_id *id);
/* A subject or issuer as RFC 2253 has it, new memory. */
char *ikev2_distinguished_name(const X509_NAME *name);

#endif
