/*
 * cwmp-cookies: the cookies of a CWMP session, as the HMS set them, and which of them a POST sends
 * back (TR-069 3.4.2; RFC 6265).
 */
#ifndef PROTOCOLS_CWMP_COOKIES_H
#define PROTOCOLS_CWMP_COOKIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"
#include "protocols/http.h"

struct cwmp_cookie {
	char *text; /* "name=value" as the HMS set it */
	char *path; /* of its Path, or NULL */
	uint64_t
	    host;  /* hash of the host that set it; 0: not known, or others get it too (Domain) */
	bool owed; /* it goes with every later POST below its path */
	bool lasting; /* it may outlive the session: Expires, Max-Age */
};

struct cwmp_cookies {
	struct cwmp_cookie *list;
	size_t count;
};

/* A hash of the host that a request names, without its port; 0 when it names none. */
uint64_t cwmp_host_of(const struct http_message *request);
/* Keeps the cookies that an answer sets. host: see above, of the request. */
void cwmp_cookies_set(struct cwmp_cookies *cookies, const struct http_message *response,
		      uint64_t host);
/* Does the request send one of them back? */
bool cwmp_cookies_sent(const struct cwmp_cookies *cookies, const struct http_message *request);
/* Has one of them the name of an attribute, as Path or Version? */
bool cwmp_cookies_named_alike(const struct cwmp_cookies *cookies);
/* None of them is owed any more: the next target may be another's. */
void cwmp_cookies_forgive(struct cwmp_cookies *cookies);
/* The names of the owed cookies that a POST does not send back as they were set; "" = none. */
void cwmp_cookies_missing(const struct cwmp_cookies *cookies, const struct http_message *request,
			  struct buffer *names);
/* The names of those that it sends to another host, or above their path. */
void cwmp_cookies_elsewhere(const struct cwmp_cookies *cookies, const struct http_message *request,
			    struct buffer *names);
/* Hashes of those that end with the session; at most LIMIT_SESSION_COOKIES. */
unsigned cwmp_cookies_hashes(const struct cwmp_cookies *cookies, uint64_t *hashes);
/* The names of the cookies of a request that have one of these hashes. */
void cwmp_cookies_of_hashes(const uint64_t *hashes, unsigned count,
			    const struct http_message *request, struct buffer *names);
void cwmp_cookies_clear(struct cwmp_cookies *cookies);

#endif
