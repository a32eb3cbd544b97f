/*
 * certificate: X.509 certificates made with OpenSSL (TS 33.310 6.1: ECDSA P-256 or RSA 2048,
 * SHA-256), and what one says, in words.
 */
#ifndef HARNESS_LOOP_CERTIFICATE_H
#define HARNESS_LOOP_CERTIFICATE_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "protocols/problem.h"

enum certificate_use { CERTIFICATE_AUTHORITY, CERTIFICATE_SERVER, CERTIFICATE_DEVICE,
		       CERTIFICATE_CLIENT };

struct certificate { /* with its key */
	X509 *x509;
	EVP_PKEY *key;
};

struct certificate_wishes {
	enum certificate_use use;
	const char *subject;    /* common name */
	const char *names[3];   /* alternative names: host names or address literals; NULL ends */
	int64_t from, until;    /* seconds since 1970 */
	const struct certificate *issuer; /* NULL = signs itself */
	bool rsa;               /* its key; false = ECDSA */
};

/* Makes key and certificate; 0 or -1. */
int certificate_make(const struct certificate_wishes *wishes, struct certificate *certificate,
		     struct problem *problem);
void certificate_clear(struct certificate *certificate);
/* A list of an issuer that says that this certificate is revoked since then. NULL with why. */
X509_CRL *certificate_revoke(const struct certificate *issuer, X509 *revoked, int64_t since,
			     int64_t until, struct problem *problem);

struct certificate_words {
	char subject[256], issuer[256]; /* RFC 2253 form: "CN=...,O=..." */
	char names[512];                /* alternative names, a blank between */
	char not_before[32], not_after[32]; /* "2026-01-31T12:00:00Z" */
};

void certificate_describe(X509 *x509, struct certificate_words *words);

#endif
