/* Challenges and credentials of the device (TR-069 3.4.4): when they are asked for. */
#include "fakes/hms/hms.h"

void hms_challenge(struct hms_exchange *exchange, bool stale)
{
	struct hms *hms = exchange->hms;
	enum http_auth_scheme scheme = hms->settings.authentication;

	if (scheme == HTTP_AUTH_NONE)
		scheme = HTTP_AUTH_DIGEST;
	if (exchange->arrow && fake_fault(exchange->arrow, "basic"))
		scheme = HTTP_AUTH_BASIC;
	if (exchange->arrow && fake_fault(exchange->arrow, "digest"))
		scheme = HTTP_AUTH_DIGEST;
	hms->challenged = scheme;
	buffer_clear(&exchange->challenge);
	http_guard_challenge(&hms->guard, scheme, stale, &exchange->challenge);
	exchange->status = 401;
}

bool hms_authenticate(struct hms_exchange *exchange)
{
	const struct hms_settings *settings = &exchange->hms->settings;
	const char *value = http_header_get(exchange->request, "Authorization");
	enum http_auth_scheme scheme = settings->authentication;
	enum http_proof proof = PROOF_WRONG;

	/* What only the chart asked for has to be good where it comes. */
	if (scheme == HTTP_AUTH_NONE && (!value || exchange->hms->challenged == HTTP_AUTH_NONE))
		return true;
	if (exchange->hms->challenged != HTTP_AUTH_NONE)
		scheme = exchange->hms->challenged; /* by the last challenge, the chart's or not */
	if (!value && settings->once_a_session && exchange->session &&
	    exchange->session->authenticated)
		return true;
	if (value)
		proof = http_guard_check(&exchange->hms->guard, scheme, value, settings->username,
					 settings->password, exchange->request);
	if (proof == PROOF_GOOD) {
		if (exchange->session)
			exchange->session->authenticated = true;
		return true;
	}
	hms_challenge(exchange, proof == PROOF_STALE);
	return false;
}
