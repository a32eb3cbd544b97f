/*
 * ikev2-dh: the Diffie-Hellman exchange of a KE payload: MODP groups (RFC 3526, RFC 7296
 * appendix B) and random ECP groups (RFC 5903).
 */
#ifndef PROTOCOLS_IKEV2_DH_H
#define PROTOCOLS_IKEV2_DH_H

#include "protocols/ipsec-algorithms.h"
#include "protocols/octets.h"

#define IKEV2_DH_LIMIT 384 /* octets of the longest public value */

struct ikev2_dh;

/* A new key pair; NULL when OpenSSL refuses. */
struct ikev2_dh *ikev2_dh_new(const struct ikev2_dh_group *group);
/* The key pair with this private value: for published vectors. */
struct ikev2_dh *ikev2_dh_from_private(const struct ikev2_dh_group *group, struct octets value);
void ikev2_dh_free(struct ikev2_dh *dh); /* NULL is fine */

const struct ikev2_dh_group *ikev2_dh_group(const struct ikev2_dh *dh);
/* Our public value: group->public_octets octets that dh owns. */
struct octets ikev2_dh_public(const struct ikev2_dh *dh);
/* The shared secret, group->secret_octets octets with leading zeros kept, to secret. -1: the
 * peer's value has the wrong length, is out of range or is no point of the curve (RFC 6989). */
int ikev2_dh_derive(const struct ikev2_dh *dh, struct octets peer,
		    uint8_t secret[IKEV2_DH_LIMIT]);

#endif
