/*
 * http-guard: the challenges of a played HTTP server, and the credentials that answer them (TR-069
 * 3.4.4, RFC 2617, RFC 7616).
 *
 * The guard remembers the nonces that it gave, with the highest count seen of each: a nonce that is
 * unknown or old, or a count that was there before, is stale; the client then repeats with a new
 * one and is not blamed.
 */
#ifndef FAKES_HTTP_GUARD_H
#define FAKES_HTTP_GUARD_H

#include "harness/loop/loop.h"
#include "protocols/http-auth.h"
#include "protocols/http.h"
#include "protocols/limits.h"

struct http_guard {
	const struct loop *loop;
	const char *realm, *algorithm; /* the owner's */
	char opaque[17];
	unsigned next_nonce;
	struct http_nonce {
		char text[33];
		uint32_t count; /* the highest nc seen */
		int64_t made;
	} nonces[LIMIT_HMS_NONCES];
};

enum http_proof { PROOF_WRONG, PROOF_STALE /* good, but for its nonce */, PROOF_GOOD };

void http_guard_start(struct http_guard *guard, const struct loop *loop, const char *realm,
		      const char *algorithm);
/* Its nonces are forgotten. */
void http_guard_reset(struct http_guard *guard);
/* The value of a WWW-Authenticate field, with a new nonce. */
void http_guard_challenge(struct http_guard *guard, enum http_auth_scheme scheme, bool stale,
			  struct buffer *out);
/* What the value of the request's Authorization field proves. */
enum http_proof http_guard_check(struct http_guard *guard, enum http_auth_scheme scheme,
				 const char *value, const char *username, const char *password,
				 const struct http_message *request);

#endif
