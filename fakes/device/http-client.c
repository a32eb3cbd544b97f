#include "fakes/device/http-client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fakes/device/cookies.h"
#include "fakes/device/request-fields.h"
#include "fakes/device/resolver.h"
#include "fakes/device/url.h"
#include "harness/loop/stream.h"
#include "protocols/http-auth.h"
#include "protocols/memory.h"

#define ANSWER_PATIENCE SECONDS(60)  /* at least 30 s (TR-069 3.4.2) */
#define CONNECT_PATIENCE SECONDS(10) /* then the next address is tried */
#define FAILURE_KEPT SECONDS(10) /* of the DNS (a variant) */
#define REDIRECTS_MOST 5             /* TR-069 3.4.2 */
#define CONTINUE_PATIENCE SECONDS(1) /* then the body goes out unasked (RFC 9110 10.1.1) */
#define PIECE 200                    /* octets in a segment, when sent in pieces */

struct http_client {
	struct http_client_options options;
	char *username, *password;
	struct url first, at;
	struct cookies cookies;
	struct http_challenge challenge; /* scheme none: not challenged */
	uint32_t nonce_count;
	struct lookup *lookup;
	bool dns_unasked; /* it failed a moment ago */
	struct resolver_answer addresses;
	size_t address; /* the one that is tried or used */
	struct stream *stream;
	bool connected, probing;
	struct http_parser *parser;
	struct timer *timer;
	struct http_message *request; /* waiting for its answer, or to be sent */
	struct buffer rest;           /* of its octets, to follow */
	struct buffer part;           /* of the body of an answer that broke off */
	struct timer *more;           /* ... at that time */
	bool sent, authorized;
	int redirects;
	http_client_callback callback;
	void *context;
	bool answering; /* octets of the answer to the last request came */
};

static void open_connection(struct http_client *client);

struct http_client *http_client_new(const struct http_client_options *options, const char *url,
				    http_client_callback callback, void *context,
				    struct problem *problem)
{
	struct http_client *client = memory_new(sizeof(*client));

	if (url_parse(url, &client->first, problem)) {
		free(client);
		return NULL;
	}
	client->at = client->first;
	client->options = *options;
	client->options.local.port = 0;
	client->username = memory_text(options->username);
	client->password = memory_text(options->password);
	client->callback = callback;
	client->context = context;
	return client;
}

static void close_connection(struct http_client *client)
{
	stream_close(client->stream);
	client->stream = NULL;
	client->connected = false;
	http_parser_free(client->parser);
	client->parser = NULL;
	loop_cancel(client->more);
	client->more = NULL;
	buffer_clear(&client->rest);
}

static void cancel_timer(struct http_client *client)
{
	loop_cancel(client->timer);
	client->timer = NULL;
}

void http_client_free(struct http_client *client)
{
	if (!client)
		return;
	cancel_timer(client);
	close_connection(client);
	resolver_cancel(client->lookup);
	if (client->request)
		http_message_free(client->request);
	cookies_clear(&client->cookies);
	buffer_free(&client->rest);
	buffer_free(&client->part);
	free(client->username);
	free(client->password);
	free(client);
}

bool http_client_was_answered(const struct http_client *client)
{
	return client->answering;
}

const struct buffer *http_client_part(const struct http_client *client)
{
	return &client->part;
}

static void keep_part(struct http_client *client)
{
	const struct http_message *begun = client->parser && http_parser_has_head(client->parser)
						   ? http_parser_peek(client->parser) : NULL;

	buffer_clear(&client->part);
	if (begun)
		buffer_add(&client->part, begun->body.octets, begun->body.length);
}

/* The request is over without an answer. The last thing a caller does. */
static void give_up(struct http_client *client, const struct problem *problem)
{
	struct problem why = *problem;

	keep_part(client);
	cancel_timer(client);
	close_connection(client);
	http_message_free(client->request);
	client->request = NULL;
	client->callback(client->context, NULL, &why);
}

static void give_up_because(struct http_client *client, const char *text)
{
	struct problem problem;

	problem_set(&problem, "%s: %s", client->at.host, text);
	give_up(client, &problem);
}

static void answer_late(void *context)
{
	struct http_client *client = context;

	client->timer = NULL;
	give_up_because(client, "no answer came in time");
}

static void set_header(struct http_message *request, const char *name, const struct buffer *value)
{
	http_header_remove(request, name);
	if (value->length)
		http_header_add(request, name, buffer_text(value));
}

/* The Authorization for the challenge that stands; later requests carry it too (3.4.4). */
static void authorize(struct http_client *client)
{
	struct buffer value = {0};
	char cnonce[17];

	if (client->challenge.scheme != HTTP_AUTH_NONE && client->username) {
		snprintf(cnonce, sizeof(cnonce), "%016llx",
			 (unsigned long long)generator_next(client->options.random));
		http_authorization_write(&client->challenge, client->username,
					 client->password ? client->password : "",
					 client->request->method, client->at.target, cnonce,
					 ++client->nonce_count, &value);
	}
	set_header(client->request, "Authorization", &value);
	buffer_free(&value);
}

static void write_fields(struct http_client *client)
{
	struct http_message *request = client->request;
	struct buffer text = {0};
	char authority[300];

	free(request->target);
	request->target = memory_text(client->at.target);
	url_authority(&client->at, authority, sizeof(authority));
	buffer_add_text(&text, authority);
	set_header(request, "Host", &text);
	buffer_clear(&text);
	cookies_write(&client->cookies, &text);
	if (client->options.mangle_cookie && text.length)
		text.octets[text.length - 1] ^= 1;
	if (client->options.cookie_version)
		request_cookie_version(&text);
	set_header(request, "Cookie", &text);
	authorize(client);
	buffer_clear(&text);
	if (client->options.connection_each)
		buffer_add_text(&text, "close");
	set_header(request, "Connection", &text);
	if (client->options.spoil)
		client->options.spoil(client->options.spoil_context, request);
	request_fields(request, &client->options);
	buffer_free(&text);
}

static void send_more(void *context)
{
	struct http_client *client = context;
	struct buffer rest = client->rest;
	size_t length = client->options.pieces && rest.length > PIECE ? PIECE : rest.length;

	client->more = NULL;
	client->rest = (struct buffer){0};
	if (rest.length > length) {
		buffer_add(&client->rest, rest.octets + length, rest.length - length);
		client->more = loop_after(client->options.loop, MILLISECONDS(1), send_more, client);
	}
	stream_write(client->stream, rest.octets, length);
	buffer_free(&rest);
}

/* The server may go on with the body (100), or the time for that is over. */
static void go_on(struct http_client *client)
{
	loop_cancel(client->more);
	client->more = NULL;
	if (client->rest.length)
		send_more(client);
}

static int64_t patience(const struct http_client *client)
{
	return client->options.patience ? client->options.patience : ANSWER_PATIENCE;
}

static void write_request(struct http_client *client)
{
	struct buffer octets = {0};
	size_t now;

	write_fields(client);
	http_write(client->request, &octets);
	client->sent = true;
	client->answering = false;
	cancel_timer(client);
	client->timer = loop_after(client->options.loop, patience(client), answer_late, client);
	now = octets.length;
	if (http_header_get(client->request, "Expect")) {
		const uint8_t *end = memmem(octets.octets, octets.length, "\r\n\r\n", 4);
		now = (size_t)(end - octets.octets) + 4;
	} else if (client->options.pieces && now > PIECE) {
		now = PIECE;
	}
	buffer_add(&client->rest, octets.octets + now, octets.length - now);
	if (client->rest.length)
		client->more = loop_after(client->options.loop, http_header_get(client->request,
					  "Expect") ? CONTINUE_PATIENCE : MILLISECONDS(1),
					  send_more, client);
	stream_write(client->stream, octets.octets, now);
	buffer_free(&octets);
}

static void send_on(struct http_client *client)
{
	if (client->stream && client->connected)
		write_request(client);
	else if (!client->stream)
		open_connection(client);
}

static void repeat(struct http_client *client, bool keep)
{
	client->sent = false;
	if (!keep)
		close_connection(client);
	send_on(client);
}

/* Answers a 401 with credentials: true when the request goes out again. */
static bool meet_challenge(struct http_client *client, const struct http_message *response)
{
	struct http_challenge challenge = {0};
	const char *field = http_header_get(response, "WWW-Authenticate");

	if (!field || !client->username || http_challenge_parse(field, &challenge, NULL))
		return false;
	/* Without TLS only Digest: a password is not shown in clear (TR-069 3.4.4). */
	if (challenge.scheme == HTTP_AUTH_BASIC && !client->at.secure &&
	    !client->options.basic_in_clear)
		return false;
	if (challenge.scheme == HTTP_AUTH_BASIC && client->options.no_basic)
		return false;
	if (client->authorized && (!challenge.stale || client->options.one_challenge))
		return false;
	client->challenge = challenge;
	client->nonce_count = 0;
	client->authorized = true;
	return true;
}

/* Follows a redirect: true when the request goes out again. */
static bool follow(struct http_client *client, const struct http_message *response, bool *keep)
{
	const char *location = http_header_get(response, "Location");
	int most = client->options.redirects ? client->options.redirects : REDIRECTS_MOST;
	struct url url;

	if ((response->status != 302 && response->status != 307) || !location ||
	    client->redirects >= most ||
	    url_relative(&client->at, location, &url, NULL))
		return false;
	client->redirects++;
	if (!url_same_origin(&url, &client->at)) {
		/* Another server has its own cookies, credentials and connection. */
		cookies_clear(&client->cookies);
		client->challenge.scheme = HTTP_AUTH_NONE;
		client->addresses.count = 0;
		*keep = false;
	}
	client->authorized = false;
	client->at = url;
	return true;
}

static void take_cookies(struct http_client *client, const struct http_message *response)
{
	for (size_t i = 0; i < response->header_count; i++)
		if (!strcasecmp(response->headers[i].name, "Set-Cookie") ||
		    !strcasecmp(response->headers[i].name, "Set-Cookie2"))
			cookies_set(&client->cookies, response->headers[i].value);
	while (client->options.one_cookie && client->cookies.count > 1)
		cookies_forget_last(&client->cookies);
}

/* A whole answer is there. The last thing a caller does. */
static void handle_response(struct http_client *client, struct http_message *response)
{
	bool whole = client->rest.length == 0; /* else the server wants no more of the request */
	bool keep = http_keep_alive(response) && !client->options.connection_each && whole;

	take_cookies(client, response);
	cancel_timer(client);
	if ((response->status == 401 && meet_challenge(client, response)) ||
	    follow(client, response, &keep)) {
		http_message_free(response);
		repeat(client, keep);
		return;
	}
	if (!keep)
		close_connection(client);
	http_message_free(client->request);
	client->request = NULL;
	client->callback(client->context, response, NULL);
	http_message_free(response);
}

static void octets_came(void *context, struct stream *stream, const void *octets, size_t length)
{
	struct http_client *client = context;
	struct problem problem = {""};
	const uint8_t *at = octets;
	enum http_state state = HTTP_MORE;
	size_t used = 0;

	(void)stream;
	if (!client->request || !client->sent) {
		close_connection(client); /* nobody asked for anything */
		if (client->request)
			send_on(client);
		return;
	}
	client->answering = true;
	while (length) {
		if (!strcmp(client->request->method, "HEAD"))
			http_parser_no_body(client->parser);
		state = http_parser_feed(client->parser, at, length, &used, &problem);
		if (state != HTTP_DONE || http_parser_peek(client->parser)->status >= 200 ||
		    http_parser_peek(client->parser)->status == 101)
			break;
		http_message_free(http_parser_take(client->parser)); /* 100 Continue */
		go_on(client);
		at += used;
		length -= used;
		state = HTTP_MORE;
	}
	if (state == HTTP_BAD)
		give_up(client, &problem);
	else if (state == HTTP_DONE)
		handle_response(client, http_parser_take(client->parser));
}

static void try_next_address(struct http_client *client, const struct problem *problem)
{
	close_connection(client);
	cancel_timer(client);
	if (++client->address < client->addresses.count && !client->options.first_address_only)
		open_connection(client);
	else
		give_up(client, problem);
}

static void stream_over(void *context, struct stream *stream, enum stream_end how,
			const struct problem *problem)
{
	struct http_client *client = context;
	struct problem why = *problem;

	(void)stream;
	if (!client->connected) {
		client->probing = false;
		if (!*why.text)
			problem_set(&why, "the connection was closed while it was being opened");
		try_next_address(client, &why);
		return;
	}
	if (!client->request || !client->sent) { /* idle: the next request opens another */
		close_connection(client);
		return;
	}
	if (how == STREAM_CLOSED && !client->options.needs_length &&
	    http_parser_end(client->parser, &why) == HTTP_DONE) {
		struct http_message *response = http_parser_take(client->parser);
		close_connection(client);
		handle_response(client, response);
		return;
	}
	/* The request must not go out again in this session (TR-069 3.4.2). */
	if (!*why.text)
		problem_set(&why, "the connection ended before the answer");
	give_up(client, &why);
}

static void connected(void *context, struct stream *stream)
{
	struct http_client *client = context;

	(void)stream;
	client->connected = true;
	cancel_timer(client);
	if (client->probing) {
		client->probing = false;
		close_connection(client);
	}
	if (client->request)
		send_on(client);
}

static void connect_late(void *context)
{
	struct http_client *client = context;
	struct problem problem;

	client->timer = NULL;
	problem_set(&problem, "%s: no connection could be opened in time", client->at.host);
	try_next_address(client, &problem);
}

static void connect_now(struct http_client *client)
{
	static const struct stream_events events = {connected, octets_came, stream_over};
	bool secure = client->at.secure && !client->options.clear;
	struct address remote = client->addresses.addresses[client->address];

	if (secure && !client->options.tls) {
		give_up_because(client, "https is wanted and there is no TLS here");
		return;
	}
	remote.port = client->at.port;
	const struct address *local = &client->options.local;

	if (client->options.other_local.family == remote.family)
		local = &client->options.other_local;
	client->parser = http_parser_new(HTTP_RESPONSE, NULL);
	client->timer = loop_after(client->options.loop, CONNECT_PATIENCE, connect_late, client);
	client->stream = stream_connect(client->options.loop, local, &remote,
					secure ? client->options.tls : NULL, client->at.host,
					NULL, TRANSPORT_HTTP, &events, client);
}

static void resolved(void *context, const struct resolver_answer *answer,
		     const struct problem *problem)
{
	struct http_client *client = context;

	client->lookup = NULL;
	if (!answer) {
		if (client->options.dns_failed && !client->dns_unasked)
			*client->options.dns_failed = loop_now(client->options.loop);
		give_up(client, problem);
		return;
	}
	if (client->options.cache)
		resolver_cache_keep(client->options.cache, client->at.host, answer,
				    loop_now(client->options.loop));
	client->addresses = *answer;
	client->address = 0;
	connect_now(client);
}

/* Resolves the host once per session; a connection in mid-session goes to the same address. */
static void open_connection(struct http_client *client)
{
	static const struct address nobody;
	const struct resolver_answer *kept = NULL;
	const int64_t *failed = client->options.dns_failed;

	if (client->address >= client->addresses.count)
		client->address = 0;
	if (!client->addresses.count && client->options.cache)
		kept = resolver_cache_find(client->options.cache, client->at.host,
					   loop_now(client->options.loop));
	if (kept)
		client->addresses = *kept;
	if (client->addresses.count) {
		connect_now(client);
		return;
	}
	if (client->lookup)
		return;
	client->dns_unasked = failed && *failed > 0 &&
			      loop_now(client->options.loop) < *failed + FAILURE_KEPT;
	client->lookup = resolver_ask(client->options.loop,
				      client->options.dns_local.family ? &client->options.dns_local
								       : &client->options.local,
				      client->dns_unasked ? &nobody : &client->options.dns,
				      client->at.host, &client->options.way,
				      client->options.random, resolved, client);
}

static void thought_over(void *context)
{
	struct http_client *client = context;

	client->timer = NULL;
	send_on(client);
}

void http_client_send(struct http_client *client, struct http_message *request)
{
	client->request = request;
	client->sent = false;
	client->authorized = false;
	client->redirects = 0;
	if (client->options.challenged_each)
		client->challenge.scheme = HTTP_AUTH_NONE;
	if (client->options.thought)
		client->timer = loop_after(client->options.loop, client->options.thought,
					   thought_over, client);
	else
		send_on(client);
}

bool http_client_redirected(const struct http_client *client, char *text, size_t size)
{
	char authority[300];

	if (!strcmp(client->at.target, client->first.target) &&
	    url_same_origin(&client->at, &client->first))
		return false;
	url_authority(&client->at, authority, sizeof(authority));
	snprintf(text, size, "%s://%s%s", client->at.secure ? "https" : "http", authority,
		 client->at.target);
	return true;
}

void http_client_probe(struct http_client *client)
{
	client->probing = true;
}

void http_client_renew(struct http_client *client, http_client_callback callback, void *context)
{
	if (!url_same_origin(&client->first, &client->at)) {
		close_connection(client);
		client->addresses.count = 0;
		client->challenge.scheme = HTTP_AUTH_NONE;
	}
	client->at = client->first;
	cookies_clear(&client->cookies);
	client->callback = callback;
	client->context = context;
}

bool http_client_serves(const struct http_client *client, const char *url)
{
	struct url other;

	return client->connected && !url_parse(url, &other, NULL) &&
	       url_same_origin(&other, &client->first) &&
	       !strcmp(other.target, client->first.target);
}
