/*
 * http-client: the HTTP side of a device (TR-069 3.4): requests one after the other to one
 * server, on a connection that is kept or opened anew; 401 answered once by Digest or Basic on
 * the same connection; cookies; 302 and 307 followed up to five in a row.
 */
#ifndef FAKES_DEVICE_HTTP_CLIENT_H
#define FAKES_DEVICE_HTTP_CLIENT_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "fakes/device/generator.h"
#include "fakes/device/resolver-cache.h"
#include "harness/loop/loop.h"
#include "protocols/address.h"
#include "protocols/http.h"
#include "protocols/problem.h"

struct http_client_options { /* copied but for what the pointers point to */
	struct loop *loop;
	struct address local;
	struct address other_local; /* for servers of the other family; family 0: none */
	struct address dns;     /* family 0 = only literals */
	struct address dns_local; /* where questions start; family 0: local */
	SSL_CTX *tls;           /* for https; NULL = https cannot be had */
	bool clear;             /* a defect: clear HTTP where the URL says https */
	const char *username, *password; /* copied; NULL = none */
	bool connection_each;   /* a connection for each request */
	bool lower_case;        /* header names */
	bool upper_case;        /* header names, in another order */
	bool extra_fields;      /* Accept, Date and such */
	bool expect;            /* 100 Continue before a body */
	bool pieces;            /* a request in many segments */
	bool cookie_version;    /* $Version and $Path around the cookies */
	bool challenged_each;   /* credentials only behind a 401, each time */
	int64_t thought;        /* microseconds before a request goes out */
	struct resolver_way way;
	int64_t *dns_failed;  /* outlives the client: when the DNS failed; NULL = ask each time */
	struct resolver_cache *cache; /* outlives the client; NULL = each lookup asks */
	bool mangle_cookie;
	/* A defect: changes the fields of a request that is about to go out. */
	void (*spoil)(void *context, struct http_message *request);
	void *spoil_context;
	/* Further defects. */
	bool one_cookie, basic_in_clear, no_basic, one_challenge, needs_length, first_address_only;
	int64_t patience;       /* microseconds for an answer; 0 = the usual */
	int redirects;          /* that are followed; 0 = the usual, -1 = none */
	struct generator *random;
};

/* response NULL: the request failed, problem says why. The response is the client's. The client
 * may be freed or given the next request from inside. */
typedef void (*http_client_callback)(void *context, const struct http_message *response,
				     const struct problem *problem);

struct http_client;

/* url: where requests go until a redirect. NULL with problem when it cannot be. */
struct http_client *http_client_new(const struct http_client_options *options, const char *url,
				    http_client_callback callback, void *context,
				    struct problem *problem);
void http_client_free(struct http_client *client); /* closes; NULL is fine */
/* Sends a request (owned from now on; its target and Host are set here); one at a time. */
void http_client_send(struct http_client *client, struct http_message *request);
/* A new session on the same connection: cookies are forgotten, the URL is the first again. */
void http_client_renew(struct http_client *client, http_client_callback callback, void *context);
/* Would this client serve for that URL with an open connection? */
bool http_client_serves(const struct http_client *client, const char *url);
/* Did redirects lead elsewhere? Then the URL of that place, into text. */
bool http_client_redirected(const struct http_client *client, char *text, size_t size);
/* Had the answer to the last request begun, whatever became of it? Also from inside the callback. */
bool http_client_was_answered(const struct http_client *client);
/* What came of the body of the last answer, which did not come whole. */
const struct buffer *http_client_part(const struct http_client *client);
/* Before the next request a connection is opened and closed without an octet, and the request
 * goes over another. For a variant. */
void http_client_probe(struct http_client *client);

#endif
