/*
 * tls-context: SSL_CTX objects as pki gives them, from certificates that it made.
 */
#ifndef HARNESS_LOOP_TLS_CONTEXT_H
#define HARNESS_LOOP_TLS_CONTEXT_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/loop/pki.h"
#include "harness/loop/tap.h"
#include "protocols/problem.h"

struct tls_context_wishes {
	bool server;
	X509 *certificate; /* NULL = none */
	EVP_PKEY *key;
	X509 *chain;       /* a CA's between this one and the root, sent with it; NULL = none */
	X509 *authority;   /* who signs the peer's certificate */
	struct pki_versions versions;
	int client_certificate; /* of a server: 0 not asked, 1 asked, 2 required, TLS_LOOKS_ONLY */
	bool verify;            /* of a client */
	bool no_encryption;     /* TLS 1.2, and only suites that do not encrypt */
	const struct tap *tap;  /* key log of a server; a client's is that of its stream */
	int64_t now;            /* seconds since 1970, for verification */
};

/* Does a server's context take whatever it is shown? */
bool tls_context_looks_only(const SSL_CTX *context);
SSL_CTX *tls_context_new(const struct tls_context_wishes *wishes, struct problem *problem);
/* The text of OpenSSL's last error after what was tried; returns -1. */
int tls_problem(struct problem *problem, const char *tried);

/* A client's context lets pass what verification says of a certificate (X509_V_ERR_ below 64): for
 * the defects of the simulated device. */
void tls_context_forgive(SSL_CTX *context, int error);
bool tls_context_forgives(const SSL_CTX *context, int error);
/* Likewise it takes what RFC 9325 forbids: TLS 1.0 and 1.1; suites that do not encrypt. */
void tls_context_weaken(SSL_CTX *context, bool old_versions, bool no_encryption);

/* A client shows another certificate, or none (NULL). */
struct certificate;
void tls_context_show(SSL_CTX *context, const struct certificate *certificate);

#endif
