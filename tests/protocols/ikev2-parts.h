/* ikev2-parts: keys, certificates and octets for the tests of IKEv2. */
#ifndef TESTS_PROTOCOLS_IKEV2_PARTS_H
#define TESTS_PROTOCOLS_IKEV2_PARTS_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "protocols/octets.h"

/* "0a0b" -> octets in new memory. */
struct octets octets_from_text(const char *hexadecimal);
enum { RSA_KEYS = 4 };

/* Makes keys before the tests fork, for they take their time; each RSA_KEYS that follow one another
 * from new_rsa_key are then others. Without it, each is made when it is asked for. */
void prepare_rsa_keys(void);
EVP_PKEY *new_rsa_key(void);
EVP_PKEY *new_ec_key(const char *curve);
/* A certificate for key with this name as common name and (unless NULL) dNSName, signed by issuer
 * (NULL: by itself). Valid for days from the seconds given; ca: an authority's. */
X509 *new_certificate(EVP_PKEY *key, const char *name, const char *dns, X509 *issuer,
		      EVP_PKEY *issuer_key, int64_t from, int days, int ca);

#endif
