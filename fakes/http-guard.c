#include "fakes/http-guard.h"

#include <stdio.h>
#include <string.h>

#include "fakes/fake-settings.h"

#define NONCE_LIFE SECONDS(300)

void http_guard_start(struct http_guard *guard, const struct loop *loop, const char *realm,
		      const char *algorithm)
{
	memset(guard, 0, sizeof(*guard));
	guard->loop = loop;
	guard->realm = realm;
	guard->algorithm = algorithm;
	fake_random_text(guard->opaque, sizeof(guard->opaque));
}

void http_guard_reset(struct http_guard *guard)
{
	memset(guard->nonces, 0, sizeof(guard->nonces));
}

static void write_challenge(const struct http_guard *guard, enum http_auth_scheme scheme,
			    const char *nonce, struct http_challenge *challenge)
{
	memset(challenge, 0, sizeof(*challenge));
	challenge->scheme = scheme;
	snprintf(challenge->realm, sizeof(challenge->realm), "%s", guard->realm);
	if (scheme != HTTP_AUTH_DIGEST)
		return;
	snprintf(challenge->nonce, sizeof(challenge->nonce), "%s", nonce);
	snprintf(challenge->opaque, sizeof(challenge->opaque), "%s", guard->opaque);
	snprintf(challenge->algorithm, sizeof(challenge->algorithm), "%s", guard->algorithm);
	challenge->qop_auth = true;
}

static struct http_nonce *new_nonce(struct http_guard *guard)
{
	struct http_nonce *nonce = &guard->nonces[guard->next_nonce++ % LIMIT_HMS_NONCES];

	fake_random_text(nonce->text, sizeof(nonce->text));
	nonce->count = 0;
	nonce->made = loop_now(guard->loop);
	return nonce;
}

static struct http_nonce *find_nonce(struct http_guard *guard, const char *text)
{
	int64_t oldest = loop_now(guard->loop) - NONCE_LIFE;

	for (unsigned i = 0; i < LIMIT_HMS_NONCES; i++) {
		struct http_nonce *nonce = &guard->nonces[i];

		if (nonce->text[0] && nonce->made >= oldest && !strcmp(nonce->text, text))
			return nonce;
	}
	return NULL;
}

void http_guard_challenge(struct http_guard *guard, enum http_auth_scheme scheme, bool stale,
			  struct buffer *out)
{
	struct http_challenge challenge;

	write_challenge(guard, scheme, scheme == HTTP_AUTH_DIGEST ? new_nonce(guard)->text : "",
			&challenge);
	challenge.stale = stale && scheme == HTTP_AUTH_DIGEST;
	http_challenge_write(&challenge, out);
}

enum http_proof http_guard_check(struct http_guard *guard, enum http_auth_scheme scheme,
				 const char *value, const char *username, const char *password,
				 const struct http_message *request)
{
	struct http_credentials credentials;
	struct http_challenge challenge;
	struct http_nonce *nonce;

	if (http_credentials_parse(value, &credentials, NULL) || credentials.scheme != scheme)
		return PROOF_WRONG;
	write_challenge(guard, scheme, credentials.nonce, &challenge);
	if (http_credentials_check(&credentials, &challenge, username, password, request->method,
				   request->target, NULL))
		return PROOF_WRONG;
	if (scheme != HTTP_AUTH_DIGEST)
		return PROOF_GOOD;
	nonce = find_nonce(guard, credentials.nonce);
	if (!nonce || (credentials.has_nc && credentials.nc <= nonce->count))
		return PROOF_STALE;
	if (credentials.has_nc)
		nonce->count = credentials.nc;
	return PROOF_GOOD;
}
