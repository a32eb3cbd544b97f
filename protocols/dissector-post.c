/*
 * What a POST says beside its envelope, held against what the HMS asked for: cookies, answers to a
 * challenge, redirects that were followed (TR-069 3.4.2, 3.4.4).
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/limits.h"
#include "protocols/dissector-parts.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

#define REDIRECTS_MOST 5 /* in succession (TR-069 3.4.2) */

bool dissector_post_is_new(const struct cwmp_session *session, const struct message *inform,
			   int64_t time)
{
	const struct cwmp_again *again = session->asked_again;
	char *text = xml_child_text(inform->body, "RetryCount");
	bool other = text && session->counted && strtoul(text, NULL, 10) != session->retry_count;
	bool late = again && time - again->time >= SHORTEST_WAIT;

	free(text);
	if (!again || !session->redirected)
		return false;
	if (again->veiled)
		return true;
	/* It was not an Inform that is to be said again: it was given up. */
	if (strcmp(session->said, "Inform") != 0)
		return late || again->times > 1;
	return other && late;
}

static struct cwmp_again *again_of(struct cwmp_session *session)
{
	if (!session->asked_again)
		session->asked_again = memory_new(sizeof(*session->asked_again));
	return session->asked_again;
}

static void take_challenge(struct cwmp_again *again, const struct http_message *http)
{
	again->challenge_count = 0;
	for (size_t i = 0; i < http->header_count; i++) {
		struct http_challenge *next = again->challenges + again->challenge_count;
		int count;

		if (strcasecmp(http->headers[i].name, "WWW-Authenticate"))
			continue;
		count = http_challenges_parse(http->headers[i].value, next,
					      CWMP_CHALLENGES - again->challenge_count, NULL);
		if (count > 0)
			again->challenge_count += (size_t)count;
	}
}

/* The HMS wants the POST again: with credentials, or elsewhere. */
static void take_again(const struct moment *moment, struct cwmp_session *session,
		       const struct http_message *http, const struct exchange *exchange)
{
	struct cwmp_again *again = again_of(session);
	const char *location = http_header_get(http, "Location");
	bool redirect = http->status != 401, before = again->status && again->status != 401;

	if (!again->status || before != redirect)
		again->times = 0;
	again->times++;
	again->status = http->status;
	again->time = moment->time;
	again->veiled = false;
	again->connection = moment->connection->number;
	again->lasting =
	    exchange->keep && http_keep_alive(http) && !moment->connection->streams[0].ended;
	again->challenge_count = 0;
	free(again->location);
	again->location = redirect && location ? memory_text(location) : NULL;
	if (!redirect)
		take_challenge(again, http);
}

void dissector_post_answered(const struct moment *moment, struct cwmp_session *session,
			     const struct http_message *http, const struct exchange *exchange)
{
	struct cwmp_again *again = session->asked_again;

	cwmp_cookies_set(&session->cookies, http, exchange->host);
	session->heard = moment->time;
	session->waiting = false;
	if (dissector_http_asks_again(http->status)) {
		take_again(moment, session, http, exchange);
		return;
	}
	if (again)
		again->status = 0;
	moment->connection->authorized |= exchange->authorized;
}

/* "HOST TARGET" of a URL: its authority without the scheme's own port, in lower case. */
static void url_place(const char *url, struct buffer *place)
{
	bool tls = !strncasecmp(url, "https://", 8);
	const char *host = url + (tls ? 8 : 7), *usual = tls ? ":443" : ":80";
	size_t length = strcspn(host, "/?#"), port = strlen(usual);
	const char *target = host + length;

	if (length > port && !strncmp(host + length - port, usual, port))
		length -= port;
	for (size_t i = 0; i < length; i++) {
		char c = (char)tolower((unsigned char)host[i]);
		buffer_add(place, &c, 1);
	}
	buffer_format(place, " %s%.*s", *target == '/' ? "" : "/", (int)strcspn(target, "#"),
		      target);
}

/* The same of a request; "" when it cannot be told; new memory. */
static char *request_place(const struct http_message *http, bool tls)
{
	const char *host = http_header_get(http, "Host");
	struct buffer place = { 0 };

	if (!host || !*host || strchr(host, '/') || *http->target != '/')
		return memory_text("");
	char *url = memory_format("%s://%s%s", tls ? "https" : "http", host, http->target);
	char *text;

	url_place(url, &place);
	text = memory_text(buffer_text(&place));
	buffer_free(&place);
	free(url);
	return text;
}

/* Where the redirect leads: false when it is not told in a way that can be compared. */
static bool redirect_place(const char *location, const char *old, struct buffer *place)
{
	if (!location || !old || !*old)
		return false;
	if (!strncasecmp(location, "http://", 7) || !strncasecmp(location, "https://", 8)) {
		url_place(location, place);
		return true;
	}
	if (location[0] != '/' || location[1] == '/')
		return false;
	buffer_format(place, "%.*s %.*s", (int)strcspn(old, " "), old, (int)strcspn(location, "#"),
		      location);
	return true;
}

/* place: of this POST. */
static void look_at_redirect(const struct cwmp_session *session, struct cwmp_past *past,
			     const char *place, xmlNode *facet)
{
	const struct cwmp_again *again = session->asked_again;
	struct buffer wanted = { 0 };

	/* TR-069 asks for 302 and 307; what comes of the sixth in succession is open. */
	if ((again->status == 302 || again->status == 307) && again->times <= REDIRECTS_MOST &&
	    *place && redirect_place(again->location, session->place, &wanted)) {
		if (strcmp(buffer_text(&wanted), place) != 0) {
			message_attribute(facet, "redirect", "ignored");
			message_attribute(facet, "location", "%s", again->location);
		} else if (past) {
			past->moved = cwmp_past_hash(place);
		}
	}
	buffer_free(&wanted);
}

static void look_at_repeat(const struct moment *moment, const struct cwmp_session *session,
			   const struct message *message, xmlNode *facet)
{
	const struct cwmp_again *again = session->asked_again;
	char *count =
	    !strcmp(message->name, "Inform") ? xml_child_text(message->body, "RetryCount") : NULL;

	message_number(facet, "again", (uint64_t)again->status);
	message_number(facet, "again-times", again->times);
	if (strcmp(message->name, session->said) != 0)
		message_attribute(facet, "instead-of", "%s", session->said);
	if (count && session->counted && strtoul(count, NULL, 10) != session->retry_count)
		message_number(facet, "retry-was", session->retry_count);
	if (again->status == 401 && again->lasting &&
	    again->connection != moment->connection->number)
		message_attribute(facet, "moved", "true");
	free(count);
}

static const char *algorithm_of(const char *said)
{
	return said[0] ? said : "MD5";
}

/* The challenge that digest credentials answer: the one of their nonce and algorithm, else the one
 * that comes nearest; NULL when no digest was asked for. */
static const struct http_challenge *challenge_of(const struct cwmp_again *again,
						 const struct http_credentials *credentials)
{
	const struct http_challenge *nearest = NULL;
	int best = -1;

	for (size_t i = 0; again && again->status == 401 && i < again->challenge_count; i++) {
		const struct http_challenge *one = &again->challenges[i];
		int near = 2 * !strcmp(one->nonce, credentials->nonce) +
			   !strcasecmp(algorithm_of(one->algorithm),
				       algorithm_of(credentials->algorithm));

		if (one->scheme != HTTP_AUTH_DIGEST || near <= best)
			continue;
		nearest = one;
		best = near;
	}
	return nearest;
}

/* Which fields of the challenge do not come back as they were given. */
static void look_at_answer(const struct http_challenge *challenge,
			   const struct http_credentials *credentials, xmlNode *facet)
{
	const struct {
		const char *name;
		bool other;
	} fields[] = {
		{ "realm", strcmp(challenge->realm, credentials->realm) != 0 },
		{ "nonce", strcmp(challenge->nonce, credentials->nonce) != 0 },
		{ "algorithm", strcasecmp(algorithm_of(challenge->algorithm),
					  algorithm_of(credentials->algorithm)) != 0 },
	};
	struct buffer names = { 0 };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].other)
			buffer_format(&names, "%s%s", names.length ? " " : "", fields[i].name);
	if (names.length)
		message_attribute(facet, "challenge-altered", "%s", buffer_text(&names));
	if (strcmp(challenge->opaque, credentials->opaque) != 0)
		message_attribute(facet, "opaque", "altered");
	if (challenge->qop_auth && !credentials->qop[0])
		message_attribute(facet, "qop", "left out");
	buffer_free(&names);
}

/* fresh: the HMS just gave the nonce. When it gives the one that it gave before, a device may take it
 * for new, or go on counting. */
static void look_at_count(struct cwmp_past *past, const struct http_credentials *credentials,
			  bool fresh, xmlNode *facet)
{
	uint64_t nonce = cwmp_past_hash(credentials->nonce);
	bool anew = fresh && credentials->nc == 1;

	if (past->nonce == nonce && !anew)
		message_number(facet, "count-before", past->nonce_count);
	else if (past->nonce != nonce && fresh)
		message_number(facet, "count-before", 0);
	past->nonce = nonce;
	past->nonce_count = credentials->nc;
}

/* A target may be a whole URL where the other is a path (RFC 7616 3.4.6). */
static const char *path_of(const char *target)
{
	const char *host = strstr(target, "://");

	if (!host || host > strpbrk(target, "/?"))
		return target;
	host += strcspn(host + 3, "/?") + 3;
	return *host ? host : "/";
}

static void describe(const struct http_credentials *credentials, const char *target, xmlNode *facet)
{
	const char *uri = credentials->uri;
	bool digest = credentials->scheme == HTTP_AUTH_DIGEST;

	message_attribute(facet, "scheme", "%s", digest ? "Digest" : "Basic");
	message_attribute(facet, "username", "%s", credentials->username);
	if (!digest)
		return;
	message_attribute(facet, "realm", "%s", credentials->realm);
	message_attribute(facet, "nonce", "%s", credentials->nonce);
	message_attribute(facet, "uri", "%s", uri);
	message_attribute(facet, "uri-is", "%s",
			  !strcmp(path_of(uri), path_of(target)) ? "target" : "other");
	message_attribute(facet, "response", "%s", credentials->response);
	message_attribute(facet, "algorithm", "%s",
			  algorithm_of(credentials->algorithm));
	message_attribute(facet, "qop", "%s", credentials->qop);
	if (credentials->has_nc)
		message_number(facet, "count", credentials->nc);
}

static void look_at_credentials(const struct moment *moment, struct cwmp_past *past,
				const struct cwmp_again *again, bool heard,
				struct message *message, const struct http_message *http)
{
	const char *value = http_header_get(http, "Authorization");
	struct http_credentials *credentials = value ? memory_new(sizeof(*credentials)) : NULL;
	xmlNode *facet = message_facet(message, "session");
	const struct http_challenge *answered;

	if (!value && heard && moment->connection->authorized && !(again && again->status))
		message_attribute(facet, "credentials", "left out");
	if (value && !http_credentials_parse(value, credentials, NULL)) {
		describe(credentials, http->target, message_facet(message, "credentials"));
		answered = challenge_of(again, credentials);
		if (answered && credentials->scheme == HTTP_AUTH_DIGEST)
			look_at_answer(answered, credentials, facet);
		/* MD5 is what every device can (TR-069 3.4.4). */
		if (answered && credentials->scheme == HTTP_AUTH_BASIC &&
		    !strcasecmp(algorithm_of(answered->algorithm), "MD5"))
			message_attribute(facet, "digest", "offered");
		if (past && credentials->scheme == HTTP_AUTH_DIGEST && credentials->has_nc)
			look_at_count(past, credentials,
				      answered && !strcmp(answered->nonce, credentials->nonce),
				      facet);
	}
	if (value && past && past->password_written)
		message_attribute(facet, "password", "written");
	free(credentials);
}

typedef void (*cookie_look)(const struct cwmp_cookies *cookies, const struct http_message *request,
			    struct buffer *names);

static void name_cookies(const struct cwmp_session *session, const struct http_message *http,
			 cookie_look look, const char *attribute, xmlNode *facet)
{
	struct buffer names = { 0 };

	look(&session->cookies, http, &names);
	if (names.length)
		message_attribute(facet, attribute, "%s", buffer_text(&names));
	buffer_free(&names);
}

/* The first POST of a session: with cookies of the one before, or where that was redirected to? */
static void look_at_beginning(struct cwmp_past *past, const struct http_message *http,
			      const char *place, xmlNode *facet)
{
	uint64_t begun = *place ? cwmp_past_hash(place) : 0;
	struct buffer names = { 0 };

	cwmp_cookies_of_hashes(past->cookies, past->cookie_count, http, &names);
	if (names.length)
		message_attribute(facet, "cookies-kept", "%s", buffer_text(&names));
	buffer_free(&names);
	if (begun && past->moved == begun && past->origin && past->origin != begun)
		message_attribute(facet, "redirect", "stored");
	past->origin = begun;
	past->moved = 0;
	past->cookie_count = 0;
}

/* Where the POST goes, and what that means; the session's later ones go there too. */
static void look_at_place(const struct moment *moment, struct cwmp_session *session,
			  struct cwmp_past *past, const struct http_message *http, bool heard,
			  xmlNode *facet)
{
	const struct cwmp_again *again = session->asked_again;
	bool redirected = again && again->status && again->status != 401;
	char *place;

	if (session->place && !redirected)
		return;
	place = request_place(http, moment->connection->tls != NULL);
	if (!session->place && past)
		look_at_beginning(past, http, place, facet);
	else if (session->place && heard)
		look_at_redirect(session, past, place, facet);
	free(session->place);
	session->place = place;
}

/* The element behind this one in its document, below top, or NULL. */
static const xmlNode *element_behind(const xmlNode *element, const xmlNode *top)
{
	const xmlNode *next = xml_child(element, NULL);

	while (!next && element != top) {
		next = xml_next(element, NULL);
		element = element->parent;
	}
	return next;
}

/* A hash of all arguments. */
static uint64_t arguments_of(const xmlNode *body)
{
	uint64_t hash = 0;

	for (const xmlNode *one = body; one; one = element_behind(one, body)) {
		char *text = xml_child(one, NULL) ? memory_text("") : xml_text(one);

		hash = dissector_hash(hash, one->name, strlen((const char *)one->name) + 1);
		hash = dissector_hash(hash, text, strlen(text) + 1);
		free(text);
	}
	return hash;
}

/* What tells a request from another of its name, as a hash; 0 = nothing does that is known: the
 * Inform that comes again has the time of then. */
static uint64_t which_of_name(const struct message *message)
{
	uint64_t which = 0;

	if (!strcmp(message->name, "TransferComplete")) {
		char *key = xml_child_text(message->body, "CommandKey");

		which = cwmp_past_hash(key ? key : "");
		free(key);
	} else if (!strcmp(message->name, "AutonomousTransferComplete") ||
		   !strcmp(message->name, "RequestDownload")) {
		which = arguments_of(message->body);
	}
	return which;
}

/* Fault 8005 makes the identical request come again, and nothing before it (TR-069 3.7.1.6). How
 * often, when each is answered so, no standard says. */
static void look_at_retry(struct cwmp_session *session, bool heard, const struct message *message,
			  xmlNode *facet)
{
	uint64_t which = which_of_name(message);
	bool named = !strcmp(message->name, session->said), same = named && which == session->which;

	if (session->retry_asked && !same && strcmp(message->name, "Unreadable") != 0) {
		if (heard) {
			message_attribute(facet, "not-retried", named ? "the same %s" : "%s",
					  session->said);
			message_number(facet, "retried", session->retries - 1);
		}
		session->retries = 0;
	}
	session->retry_asked = false;
	session->which = which;
}

void dissector_post_look(struct dissector *dissector, const struct moment *moment,
			 struct cwmp_session *session, struct message *message,
			 const struct http_message *http)
{
	struct cwmp_past *past = cwmp_session_past(&dissector->sessions, session);
	/* What the HMS said last may be among the octets that are missing. */
	bool heard = !session->lossy && !moment->connection->lossy;
	const struct cwmp_again *again = heard ? session->asked_again : NULL;
	xmlNode *facet = message_facet(message, "session");

	if (heard)
		name_cookies(session, http, cwmp_cookies_missing, "cookies-missing", facet);
	if (cwmp_cookies_named_alike(&session->cookies))
		message_attribute(facet, "cookie-name", "attribute");
	name_cookies(session, http, cwmp_cookies_elsewhere, "cookies-elsewhere", facet);
	look_at_place(moment, session, past, http, heard, facet);
	if (again && again->status)
		look_at_repeat(moment, session, message, facet);
	look_at_retry(session, heard, message, facet);
	look_at_credentials(moment, past, again, heard, message, http);
	memory_place(session->said, sizeof(session->said), message->name);
}
