/*
 * http-auth: Basic (RFC 7617) and Digest (RFC 2617, 7616; MD5 and SHA-256, qop=auth or
 * none), both ends. No clock and no randomness of its own: nonces are given.
 */
#ifndef PROTOCOLS_HTTP_AUTH_H
#define PROTOCOLS_HTTP_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"
#include "protocols/problem.h"

enum http_auth_scheme { HTTP_AUTH_NONE, HTTP_AUTH_BASIC, HTTP_AUTH_DIGEST };

struct http_challenge {
	enum http_auth_scheme scheme;
	char realm[128];
	char nonce[128];
	char opaque[128];
	char algorithm[16]; /* "MD5", "SHA-256"; empty = MD5 */
	bool qop_auth;
	bool stale;
};

struct http_credentials { /* what an Authorization field said */
	enum http_auth_scheme scheme;
	char username[257];
	char password[257]; /* Basic only */
	char realm[128], nonce[128], opaque[128], uri[512], response[80], cnonce[128];
	char algorithm[16], qop[16];
	bool has_nc;
	uint32_t nc;
	char nc_text[9]; /* as it was written */
};

/* The value of a WWW-Authenticate field. */
void http_challenge_write(const struct http_challenge *challenge, struct buffer *out);
/* Reads one; 0, or -1 with why. Of a list, Digest is preferred to Basic. */
int http_challenge_parse(const char *value, struct http_challenge *challenge,
			 struct problem *problem);
/* Reads every one of a list that is Digest or Basic, in its order, at most so many; how many, or -1
 * with why (problem may be NULL). */
int http_challenges_parse(const char *value, struct http_challenge *challenges, size_t most,
			  struct problem *problem);
/* Reads an Authorization field; 0, or -1 with why. */
int http_credentials_parse(const char *value, struct http_credentials *credentials,
			   struct problem *problem);
/* Do the credentials prove the password, for this method and request target? Checks scheme,
 * realm, nonce, opaque, uri against target, and the response. 0, or -1 with why not. nonce
 * count order is the caller's to check. */
int http_credentials_check(const struct http_credentials *credentials,
			   const struct http_challenge *challenge, const char *username,
			   const char *password, const char *method, const char *target,
			   struct problem *problem);
/* The response that digest credentials must have to prove the password, in lower-case hexadecimal.
 * false when it cannot be told: another algorithm or quality, a field that it needs is missing, or
 * one with signs of quotation in it, which are taken for part of it by some. */
bool http_credentials_response(const struct http_credentials *credentials, const char *password,
			       const char *method, struct buffer *response);
/* Writes an Authorization value that answers the challenge. */
void http_authorization_write(const struct http_challenge *challenge, const char *username,
			      const char *password, const char *method, const char *target,
			      const char *cnonce, uint32_t nc, struct buffer *out);

#endif
