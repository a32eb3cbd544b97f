#include "fakes/device/connection-requests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/loop/stream.h"
#include "protocols/http-auth.h"
#include "protocols/http.h"
#include "protocols/memory.h"

#define CALLERS_MOST 16        /* connections at one time; more are closed */
#define NONCES_MOST 32         /* challenges that still can be answered */
#define PATIENCE SECONDS(30)   /* for a caller that says nothing */
#define REALM "femtocell"

struct nonce {
	char text[33];
	uint32_t count; /* highest nc seen: an older one is a replay (RFC 7616 3.4) */
};

struct caller {
	struct connection_requests *server;
	struct stream *stream;
	struct http_parser *parser;
	struct timer *timer;
};

struct connection_requests {
	struct loop *loop;
	struct listener *listener;
	char *path;
	struct generator *random;
	struct connection_request_owner owner;
	struct caller *callers[CALLERS_MOST];
	struct nonce nonces[NONCES_MOST];
	unsigned next_nonce;
};

static void caller_close(struct caller *caller)
{
	struct connection_requests *server = caller->server;

	for (int i = 0; i < CALLERS_MOST; i++)
		if (server->callers[i] == caller)
			server->callers[i] = NULL;
	loop_cancel(caller->timer);
	stream_close(caller->stream);
	http_parser_free(caller->parser);
	free(caller);
}

enum proof { PROOF_GOOD, PROOF_STALE, PROOF_BAD };

static struct http_message *challenge_new(struct connection_requests *server, bool stale)
{
	struct http_message *response = http_response_new(401, http_reason(401));
	struct http_challenge challenge = {
		.scheme = HTTP_AUTH_DIGEST, .qop_auth = true, .stale = stale};
	struct nonce *nonce = &server->nonces[server->next_nonce++ % NONCES_MOST];
	struct buffer text = {0};

	snprintf(nonce->text, sizeof(nonce->text), "%016llx%016llx",
		 (unsigned long long)generator_next(server->random),
		 (unsigned long long)generator_next(server->random));
	nonce->count = 0;
	snprintf(challenge.realm, sizeof(challenge.realm), "%s", REALM);
	snprintf(challenge.nonce, sizeof(challenge.nonce), "%s", nonce->text);
	if (server->owner.basic)
		challenge.scheme = HTTP_AUTH_BASIC;
	http_challenge_write(&challenge, &text);
	http_header_add(response, "WWW-Authenticate", buffer_text(&text));
	buffer_free(&text);
	if (stale && server->owner.stale_for_good)
		nonce->text[0] = '\0';
	return response;
}

static struct nonce *nonce_find(struct connection_requests *server, const char *text)
{
	for (int i = 0; i < NONCES_MOST; i++)
		if (*text && !strcmp(server->nonces[i].text, text))
			return &server->nonces[i];
	return NULL;
}

/* May a request of this count be made with the nonce? */
static bool fresh(const struct connection_requests *server, const struct nonce *nonce,
		  const struct http_credentials *credentials)
{
	if (!nonce)
		return false;
	if (server->owner.nonce_once || server->owner.stale_for_good || server->owner.stale_silent)
		return nonce->count == 0;
	return credentials->has_nc ? credentials->nc > nonce->count : nonce->count == 0;
}

/* Do the credentials prove the password (Digest only: TR-069 3.2.2)? */
static enum proof proof_of(struct connection_requests *server, const struct http_message *request)
{
	const struct connection_request_owner *owner = &server->owner;
	const char *field = http_header_get(request, "Authorization");
	struct http_challenge challenge = {.scheme = HTTP_AUTH_DIGEST, .qop_auth = true};
	struct http_credentials credentials = {0};

	if (!field || http_credentials_parse(field, &credentials, NULL) ||
	    credentials.scheme != HTTP_AUTH_DIGEST)
		return PROOF_BAD;
	struct nonce *nonce = nonce_find(server, credentials.nonce);
	if (nonce && (owner->without_secret(owner->context, credentials.username) ||
		      (nonce->count && owner->known_nonce_enough)))
		return PROOF_GOOD;
	snprintf(challenge.realm, sizeof(challenge.realm), "%s", REALM);
	snprintf(challenge.nonce, sizeof(challenge.nonce), "%s", credentials.nonce);
	if (http_credentials_check(&credentials, &challenge, owner->username(owner->context),
				   owner->password(owner->context), request->method,
				   request->target, NULL))
		return PROOF_BAD;
	if (!fresh(server, nonce, &credentials))
		return PROOF_STALE; /* but for the nonce all is right (RFC 7616 3.3) */
	nonce->count = credentials.has_nc ? credentials.nc : 1;
	return PROOF_GOOD;
}

static struct http_message *refuse(struct connection_requests *server,
				   const struct http_message *request, enum proof proof)
{
	if (proof == PROOF_STALE && server->owner.stale_silent)
		return NULL;
	if (proof == PROOF_BAD && http_header_get(request, "Authorization"))
		server->owner.refused(server->owner.context);
	return challenge_new(server, proof == PROOF_STALE);
}

/* NULL: nothing is answered (a defect). */
static struct http_message *answer(struct connection_requests *server,
				   const struct http_message *request)
{
	const struct connection_request_owner *owner = &server->owner;
	int status = owner->no_content ? 204 : 200;
	enum proof proof;

	if ((strcmp(request->target, server->path) != 0 && !owner->anywhere) || owner->not_found)
		status = 404;
	else if (strcmp(request->method, "GET") != 0)
		status = 405;
	else if (owner->busy_at_once(owner->context))
		status = 503;
	else if ((proof = proof_of(server, request)) != PROOF_GOOD &&
		 !owner->without_credentials(owner->context))
		return refuse(server, request, proof);
	else if (!owner->accept(owner->context))
		status = 503; /* busy, no Retry-After (TR-069 3.2.2) */
	struct http_message *response = http_response_new(status, http_reason(status));
	if (owner->body && status == 200)
		buffer_add_text(&response->body, "OK");
	return response;
}

/* Answers one request, which it takes over; false when the caller is gone. */
static bool caller_serve(struct caller *caller, struct http_message *request)
{
	struct http_message *response = answer(caller->server, request);
	bool keep = http_keep_alive(request) || !response;
	struct buffer out = {0};

	http_message_free(request);
	if (!response)
		return true;
	if (!keep)
		http_header_add(response, "Connection", "close");
	http_write(response, &out);
	stream_write(caller->stream, out.octets, out.length);
	buffer_free(&out);
	http_message_free(response);
	if (!keep)
		caller_close(caller);
	return keep;
}

static void caller_octets(void *context, struct stream *stream, const void *octets,
			  size_t length)
{
	struct caller *caller = context;
	const uint8_t *at = octets;

	(void)stream;
	while (length) {
		size_t used = 0;
		enum http_state state = http_parser_feed(caller->parser, at, length, &used, NULL);
		if (state == HTTP_MORE)
			return;
		if (state == HTTP_BAD) {
			caller_close(caller);
			return;
		}
		if (!caller_serve(caller, http_parser_take(caller->parser)))
			return;
		at += used;
		length -= used;
	}
}

static void caller_ended(void *context, struct stream *stream, enum stream_end how,
			 const struct problem *problem)
{
	(void)stream;
	(void)how;
	(void)problem;
	caller_close(context);
}

static void caller_late(void *context)
{
	struct caller *caller = context;

	caller->timer = NULL;
	caller_close(caller);
}

static void accepted(void *context, struct stream *stream)
{
	static const struct stream_events events = {.octets = caller_octets,
						    .ended = caller_ended};
	struct connection_requests *server = context;

	for (int i = 0; i < CALLERS_MOST; i++) {
		if (server->callers[i])
			continue;
		struct caller *caller = server->callers[i] = memory_new(sizeof(*caller));
		caller->server = server;
		caller->stream = stream;
		caller->parser = http_parser_new(HTTP_REQUEST,
						 &(struct http_limits){.body = 65536});
		caller->timer = loop_after(server->loop, PATIENCE, caller_late, caller);
		stream_set_events(stream, &events, caller);
		return;
	}
	stream_close(stream);
}

struct connection_requests *connection_requests_new(struct loop *loop,
						    const struct address *address,
						    const char *path, struct generator *random,
						    const struct connection_request_owner *owner,
						    struct problem *problem)
{
	struct connection_requests *server = memory_new(sizeof(*server));

	server->loop = loop;
	server->random = random;
	server->owner = *owner;
	server->listener = listener_new(loop, address, NULL, NULL, TRANSPORT_HTTP, accepted,
					server, problem);
	if (!server->listener) {
		free(server);
		return NULL;
	}
	server->path = memory_text(path);
	return server;
}

const struct address *connection_requests_address(const struct connection_requests *server)
{
	return listener_address(server->listener);
}

void connection_requests_free(struct connection_requests *server)
{
	if (!server)
		return;
	for (int i = 0; i < CALLERS_MOST; i++)
		if (server->callers[i])
			caller_close(server->callers[i]);
	listener_close(server->listener);
	free(server->path);
	free(server);
}
