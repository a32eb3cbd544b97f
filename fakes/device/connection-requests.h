/*
 * connection-requests: the HTTP server at ManagementServer.ConnectionRequestURL (TR-069 3.2.2):
 * a GET with Digest credentials, answered at once; it starts no session itself.
 */
#ifndef FAKES_DEVICE_CONNECTION_REQUESTS_H
#define FAKES_DEVICE_CONNECTION_REQUESTS_H

#include <stdbool.h>

#include "fakes/device/generator.h"
#include "harness/loop/loop.h"
#include "protocols/address.h"
#include "protocols/problem.h"

struct connection_requests;

struct connection_request_owner {
	/* The credentials that are right now, borrowed. */
	const char *(*username)(void *context);
	const char *(*password)(void *context);
	/* A good Connection Request came: false = busy, answered by 503 without a session. */
	bool (*accept)(void *context);
	bool (*busy_at_once)(void *context); /* 503 before it is known who calls (a variant) */
	void (*refused)(void *context); /* one came with the wrong credentials */
	bool (*without_credentials)(void *context); /* a defect: honour it all the same */
	/* A defect: are this user's name or password not looked at? */
	bool (*without_secret)(void *context, const char *username);
	bool no_content; /* accepts by 204, not by 200 (a variant) */
	bool nonce_once; /* a nonce is good for one request (a variant) */
	/* Defects: accepts with a body; asks for Basic; says 404; looks at no path. */
	bool body, basic, not_found, anywhere;
	/* Defects in what comes of a nonce used before: no other is ever good; nothing is said; let
	 * in whatever the response. */
	bool stale_for_good, stale_silent, known_nonce_enough;
	void *context;
};

/* Listens at address (port 0 = any) for this path ("/0f3a"). */
struct connection_requests *connection_requests_new(struct loop *loop,
						    const struct address *address,
						    const char *path, struct generator *random,
						    const struct connection_request_owner *owner,
						    struct problem *problem);
const struct address *connection_requests_address(const struct connection_requests *server);
void connection_requests_free(struct connection_requests *server); /* NULL is fine */

#endif
