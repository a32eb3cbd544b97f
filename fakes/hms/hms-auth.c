/*
 * Challenges and credentials of the device (TR-069 3.4.4, RFC 2617, RFC 7616).
 *
 * The fake remembers the nonces that it gave, with the highest count seen of each: a nonce
 * that is unknown or old, or a count that was there before, is stale; the device then repeats
 * with a new one and is not blamed.
 */
#include "fakes/hms/hms.h"

#include <stdio.h>
#include <string.h>

#define NONCE_LIFE SECONDS(300)

static void write_challenge(struct hms *hms, enum http_auth_scheme scheme, const char *nonce,
			    struct http_challenge *challenge)
{
	const struct hms_settings *settings = &hms->settings;

	memset(challenge, 0, sizeof(*challenge));
	challenge->scheme = scheme;
	snprintf(challenge->realm, sizeof(challenge->realm), "%s", settings->realm);
	if (scheme != HTTP_AUTH_DIGEST)
		return;
	snprintf(challenge->nonce, sizeof(challenge->nonce), "%s", nonce);
	snprintf(challenge->opaque, sizeof(challenge->opaque), "%s", hms->opaque);
	snprintf(challenge->algorithm, sizeof(challenge->algorithm), "%s", settings->algorithm);
	challenge->qop_auth = true;
}

static struct hms_nonce *new_nonce(struct hms *hms)
{
	struct hms_nonce *nonce = &hms->nonces[hms->next_nonce++ % LIMIT_HMS_NONCES];

	hms_random_text(nonce->text, sizeof(nonce->text));
	nonce->count = 0;
	nonce->made = loop_now(hms->stage->loop);
	return nonce;
}

static struct hms_nonce *find_nonce(struct hms *hms, const char *text)
{
	int64_t oldest = loop_now(hms->stage->loop) - NONCE_LIFE;

	for (unsigned i = 0; i < LIMIT_HMS_NONCES; i++) {
		struct hms_nonce *nonce = &hms->nonces[i];

		if (nonce->text[0] && nonce->made >= oldest && !strcmp(nonce->text, text))
			return nonce;
	}
	return NULL;
}

void hms_challenge(struct hms_exchange *exchange, bool stale)
{
	struct hms *hms = exchange->hms;
	enum http_auth_scheme scheme = hms->settings.authentication;
	struct http_challenge challenge;

	if (scheme == HTTP_AUTH_NONE)
		scheme = HTTP_AUTH_DIGEST;
	if (exchange->arrow && fake_fault(exchange->arrow, "basic"))
		scheme = HTTP_AUTH_BASIC;
	if (exchange->arrow && fake_fault(exchange->arrow, "digest"))
		scheme = HTTP_AUTH_DIGEST;
	hms->challenged = scheme;
	write_challenge(hms, scheme, scheme == HTTP_AUTH_DIGEST ? new_nonce(hms)->text : "",
			&challenge);
	challenge.stale = stale && scheme == HTTP_AUTH_DIGEST;
	buffer_clear(&exchange->challenge);
	http_challenge_write(&challenge, &exchange->challenge);
	exchange->status = 401;
}

/* Are the credentials good? *stale: they would be, with a fresh nonce. */
static bool credentials_good(struct hms_exchange *exchange, const char *value,
			     enum http_auth_scheme scheme, bool *stale)
{
	struct hms *hms = exchange->hms;
	const struct hms_settings *settings = &hms->settings;
	struct http_credentials credentials;
	struct http_challenge challenge;
	struct hms_nonce *nonce;

	if (http_credentials_parse(value, &credentials, NULL) ||
	    credentials.scheme != scheme)
		return false;
	write_challenge(hms, scheme, credentials.nonce, &challenge);
	if (http_credentials_check(&credentials, &challenge, settings->username,
				   settings->password, exchange->request->method,
				   exchange->request->target, NULL))
		return false;
	if (scheme != HTTP_AUTH_DIGEST)
		return true;
	nonce = find_nonce(hms, credentials.nonce);
	*stale = !nonce || (credentials.has_nc && credentials.nc <= nonce->count);
	if (*stale)
		return false;
	if (credentials.has_nc)
		nonce->count = credentials.nc;
	return true;
}

bool hms_authenticate(struct hms_exchange *exchange)
{
	const struct hms_settings *settings = &exchange->hms->settings;
	const char *value = http_header_get(exchange->request, "Authorization");
	enum http_auth_scheme scheme = settings->authentication;
	bool stale = false;

	/* What only the chart asked for has to be good where it comes. */
	if (scheme == HTTP_AUTH_NONE && (!value || exchange->hms->challenged == HTTP_AUTH_NONE))
		return true;
	if (exchange->hms->challenged != HTTP_AUTH_NONE)
		scheme = exchange->hms->challenged; /* by the last challenge, the chart's or not */
	if (!value && settings->once_a_session && exchange->session &&
	    exchange->session->authenticated)
		return true;
	if (value && credentials_good(exchange, value, scheme, &stale)) {
		if (exchange->session)
			exchange->session->authenticated = true;
		return true;
	}
	hms_challenge(exchange, stale);
	return false;
}
