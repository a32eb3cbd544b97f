/*
 * HTTP and HTTPS of the file server (TR-069 3.4.3, RFC 9110): GET and HEAD, PUT and POST.
 *
 * Variables of the profile: file-server.authentication (none, basic, digest: the usual one),
 * file-server.algorithm (MD5, SHA-256), file-server.http-port, https-port.
 *
 * A request is looked at when its head is there: first its credentials, then, when the judge has
 * heard that they are good, what the cue says of the file. So a PUT is refused before its body came
 * where the client waits for that (RFC 9110 10.1.1), and behind it where it does not.
 */
#include "fakes/file-server/file-http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fakes/fake-settings.h"
#include "protocols/limits.h"
#include "protocols/memory.h"

static int status_of(enum file_outcome outcome)
{
	static const int statuses[] = {
		[FILE_OK] = 200, [FILE_NOT_FOUND] = 404, [FILE_NO_PERMISSION] = 403,
		[FILE_LOGIN] = 401, [FILE_FULL] = 507, [FILE_CUT] = 500, [FILE_FAILED] = 500,
	};

	return statuses[outcome];
}

/* --- answers --- */

static struct http_message *response_new(const struct file_http_connection *connection, int status)
{
	struct http_message *response = http_response_new(status, http_reason(status));
	char date[FAKE_DATE];

	fake_date(connection->http->server->stage->loop, date);
	http_header_add(response, "Date", date);
	http_header_add(response, "Server", "femtoproof");
	return response;
}

static void reply_with(struct file_http_connection *connection, struct http_message *response,
		       struct file_http_reply *reply, bool close)
{
	if (close && reply->after == AFTER_KEEP)
		reply->after = AFTER_CLOSE;
	if (close)
		http_header_add(response, "Connection", "close");
	http_write(response, &reply->octets);
	reply->head = reply->octets.length - response->body.length;
	http_message_free(response);
	file_http_reply(connection, reply);
}

void file_http_refuse(struct file_http_connection *connection, int status)
{
	struct file_http_reply reply = { 0 };

	if (!connection->dead)
		reply_with(connection, response_new(connection, status), &reply, true);
}

/* An answer without contents. */
static void answer(struct file_http_connection *connection, int status, bool close)
{
	struct file_http *http = connection->http;
	struct http_message *response = response_new(connection, status);
	struct file_http_reply reply = { .delay = connection->order.delay };

	if (status == 401 && !connection->challenge.length)
		http_guard_challenge(&http->guard, http->authentication == HTTP_AUTH_BASIC
							   ? HTTP_AUTH_BASIC
							   : HTTP_AUTH_DIGEST,
				     false, &connection->challenge);
	if (status == 401)
		http_header_add(response, "WWW-Authenticate", buffer_text(&connection->challenge));
	if (status == 405)
		http_header_add(response, "Allow", "GET, HEAD, PUT, POST");
	if (connection->order.slow && status < 300)
		reply.delay += connection->order.slow;
	reply_with(connection, response, &reply, close);
}

/* The path and query of a target, also of one in absolute form. */
static const char *path_of(const char *target)
{
	const char *host = target[0] != '/' ? strstr(target, "://") : NULL;
	const char *path = host ? strchr(host + 3, '/') : NULL;

	return host ? path ? path : "/" : target;
}

/* To the same place, by a target that shows whether it was followed. */
static void redirect(struct file_http_connection *connection, const char *target, bool close)
{
	const struct file_http *http = connection->http;
	char *name = memory_format("%s.%s-url", http->server->role,
				   connection->tls ? "https" : "http");
	const char *url = bench_variable(http->server->stage->bench, name);
	const char *path = path_of(target);
	char *location = memory_format("%.*s%s%credirect=%u", (int)strlen(url) - 1, url, path,
				       strchr(path, '?') ? '&' : '?',
				       ++connection->http->last_redirect);
	int status = connection->order.redirect;
	struct http_message *response = response_new(connection, status);
	struct file_http_reply reply = { .delay = connection->order.delay };

	http_header_add(response, "Location", location);
	reply_with(connection, response, &reply, close);
	free(location);
	free(name);
}

/* Where a cut-off or a stall ends the reply before its time. */
static void shorten(const struct file_order *order, struct file_http_reply *reply)
{
	bool cut = order->cut_off >= 0;
	int64_t most = cut ? order->cut_off : order->stalled;

	if (most < 0 || (uint64_t)most >= reply->octets.length - reply->head)
		return;
	reply->octets.length = reply->head + (size_t)most;
	reply->after = cut ? AFTER_RESET : AFTER_SILENCE;
}

static void give_file(struct file_http_connection *connection, bool close)
{
	const struct file_order *order = &connection->order;
	struct http_message *response = response_new(connection, 200);
	struct file_http_reply reply = { .delay = order->delay, .slow = order->slow };
	size_t length = order->contents.length;

	http_header_add(response, "Content-Type", "application/xml");
	if (order->announced >= 0) {
		char *announced = memory_format("%lld", (long long)order->announced);

		http_header_add(response, "Content-Length", announced);
		free(announced);
		/* Nobody knows where the next answer would begin. */
		close = close || (uint64_t)order->announced != length;
	}
	buffer_add(&response->body, order->contents.octets, length);
	if (close)
		http_header_add(response, "Connection", "close");
	http_write(response, &reply.octets);
	reply.head = reply.octets.length - length;
	reply.after = close ? AFTER_CLOSE : AFTER_KEEP;
	http_message_free(response);
	shorten(order, &reply);
	file_http_reply(connection, &reply);
}

/* What a GET would give is only known when it comes: its size is not told (RFC 9110 9.3.2). */
static void give_head(struct file_http_connection *connection, bool close)
{
	struct file_http_reply reply = { .after = close ? AFTER_CLOSE : AFTER_KEEP };
	char date[FAKE_DATE];

	fake_date(connection->http->server->stage->loop, date);
	buffer_format(&reply.octets, "HTTP/1.1 200 OK\r\nDate: %s\r\nServer: femtoproof\r\n"
		      "Content-Type: application/xml\r\n%s\r\n", date,
		      close ? "Connection: close\r\n" : "");
	reply.head = reply.octets.length;
	file_http_reply(connection, &reply);
}

/* --- requests --- */

static bool is(const struct http_message *request, const char *method)
{
	return !strcmp(request->method, method);
}

static bool is_delivery(const struct http_message *request)
{
	return is(request, "PUT") || is(request, "POST");
}

/* Are its credentials good, or none wanted? Else the challenge is made. */
static bool is_let_in(struct file_http_connection *connection, const struct http_message *request)
{
	struct file_http *http = connection->http;
	struct file_server *server = http->server;
	const char *value = http_header_get(request, "Authorization");
	enum http_proof proof = PROOF_WRONG;
	bool open = http->authentication == HTTP_AUTH_NONE || !*server->username;

	if (!value && open)
		return true;
	if (value) {
		struct http_credentials *credentials = memory_new(sizeof(*credentials));
		bool legible = http_credentials_parse(value, credentials, NULL) == 0;

		proof = open ? PROOF_GOOD
			     : http_guard_check(&http->guard, http->authentication, value,
						server->username, server->password, request);
		/* The cue of the FileLoginResponse; not when all that is wrong is an old nonce. */
		if (proof != PROOF_STALE &&
		    !file_server_user(server, legible ? credentials->username : ""))
			proof = PROOF_WRONG;
		free(credentials);
	}
	if (proof == PROOF_GOOD)
		return true;
	buffer_clear(&connection->challenge);
	http_guard_challenge(&http->guard, http->authentication, proof == PROOF_STALE,
			     &connection->challenge);
	return false;
}

/* What HTTP does not say before its answer, the judge is to know when it is asked for the cue. */
static void tell_admitted(struct file_http_connection *connection)
{
	const struct stage *stage = connection->http->server->stage;

	if (stage->tap && stage->tap->admitted)
		stage->tap->admitted(stage->tap->context, stream_connection(connection->stream),
				     loop_now(stage->loop));
}

static bool waits(const struct http_message *head)
{
	const char *expect = http_header_get(head, "Expect");

	return head->minor > 0 && expect && !strcasecmp(expect, "100-continue");
}

/* Takes the order for a request that has been let in. */
static void take_order(struct file_http_connection *connection, const struct http_message *head)
{
	struct file_server *server = connection->http->server;
	const struct file_request about = { .transport = connection->tls ? "https" : "http",
					    .path = path_of(head->target),
					    .method = head->method };

	if (is(head, "GET"))
		file_order_get(server, &about, &connection->order);
	else if (is_delivery(head))
		file_order_put(server, &about, &connection->order);
}

/* The status with which the request is refused; 0 = it is not. */
static int refusal(const struct file_http_connection *connection)
{
	if (connection->refused)
		return 401;
	return connection->order.outcome == FILE_OK ? 0 : status_of(connection->order.outcome);
}

void file_http_begin(struct file_http_connection *connection, const struct http_message *head)
{
	file_order_clear(&connection->order);
	buffer_clear(&connection->challenge);
	connection->refused = false;
	connection->waiting = waits(head);
	if (!is_delivery(head) && !is(head, "GET") && !is(head, "HEAD"))
		return;
	if (!is_let_in(connection, head)) {
		connection->refused = true;
	} else if (!is(head, "HEAD")) { /* which is no message of a chart */
		tell_admitted(connection);
		if (connection->dead)
			return;
		take_order(connection, head);
	}
	if (connection->dead || !connection->waiting || connection->order.silent)
		return;
	if (!refusal(connection) && !connection->order.redirect)
		file_http_continue(connection);
	else if (connection->order.redirect)
		redirect(connection, head->target, true);
	else
		answer(connection, refusal(connection), true);
}

void file_http_progress(struct file_http_connection *connection, const struct http_message *head)
{
	const struct file_order *order = &connection->order;
	int64_t length = (int64_t)(head->body.length + head->body_skipped);

	if (!is_delivery(head) || refusal(connection))
		return;
	if (order->cut_off >= 0 && length >= order->cut_off)
		file_http_close(connection, true);
	else if (order->stalled >= 0 && length >= order->stalled)
		connection->mute = true;
	else if (order->disk_full >= 0 && length >= order->disk_full)
		answer(connection, status_of(FILE_FULL), true);
}

void file_http_complete(struct file_http_connection *connection,
			const struct http_message *request)
{
	const struct file_order *order = &connection->order;
	bool close = !http_keep_alive(request);

	if (order->silent)
		connection->mute = true;
	else if (refusal(connection))
		answer(connection, refusal(connection), close);
	else if (order->redirect)
		redirect(connection, request->target, close);
	else if (is(request, "GET"))
		give_file(connection, close);
	else if (is(request, "HEAD"))
		give_head(connection, close);
	else if (is_delivery(request))
		answer(connection, is(request, "PUT") ? 201 : 200, close);
	else
		answer(connection, 405, close);
}

/* --- the service --- */

static void http_reset(struct file_service *service)
{
	struct file_http *http = (struct file_http *)service;

	while (http->connections)
		file_http_close(http->connections, false);
	http_guard_reset(&http->guard);
	http->last_redirect = 0;
}

static void http_stop(struct file_service *service)
{
	struct file_http *http = (struct file_http *)service;

	http_reset(service);
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < http->ports[i].count; j++)
			listener_close(http->ports[i].listeners[j]);
	free(http);
}

static int listen_at(struct file_http_port *port, const char *name, struct problem *problem)
{
	struct file_server *server = port->http->server;
	const struct stage *stage = server->stage;
	struct address faces[FILE_HTTP_FACES];
	size_t count = bench_faces(stage->bench, server->role, name, faces, FILE_HTTP_FACES);
	SSL_CTX *tls = port->tls ? fake_tls_context(&server->tls, problem) : NULL;

	if (port->tls && !tls)
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct listener *listener =
			listener_new(stage->loop, &faces[i], tls, stage->tap, TRANSPORT_FILES,
				     file_http_accept, port, problem);

		if (!listener)
			return -1;
		if (tls)
			listener_choose_tls(listener, fake_tls_choose, &server->tls);
		port->listeners[port->count++] = listener;
	}
	if (!count)
		return problem_set(problem, "it is nowhere on this bench");
	file_server_publish(server, name, name, listener_address(port->listeners[0]));
	return 0;
}

static int configure(struct file_http *http, struct problem *problem)
{
	static const char *const schemes[] = { "none", "basic", "digest", NULL };
	static const char *const algorithms[] = { "MD5", "SHA-256", NULL };
	const struct file_server *server = http->server;
	const struct stage *stage = server->stage;
	int scheme = fake_choose_word(stage, server->role, "authentication", "digest", schemes,
				      problem);
	int algorithm = fake_choose_word(stage, server->role, "algorithm", "MD5", algorithms,
					 problem);

	if (scheme < 0 || algorithm < 0)
		return -1;
	http->authentication = (enum http_auth_scheme)scheme;
	http_guard_start(&http->guard, stage->loop, server->role, algorithms[algorithm]);
	http->handshake = fake_time_limit(stage, "limit.handshake", LIMIT_FILE_HANDSHAKE);
	http->request = fake_time_limit(stage, "limit.request", LIMIT_FILE_REQUEST);
	http->idle = fake_time_limit(stage, "limit.idle-connection", LIMIT_FILE_IDLE);
	return 0;
}

static struct file_service *http_start(struct file_server *server, struct problem *problem)
{
	static const char *const names[] = { "http", "https" };
	struct file_http *http = memory_new(sizeof(*http));
	int result;

	http->server = server;
	result = configure(http, problem);
	for (size_t i = 0; i < 2 && result == 0; i++) {
		http->ports[i].http = http;
		http->ports[i].tls = i == 1;
		result = listen_at(&http->ports[i], names[i], problem);
	}
	if (result == 0)
		return (struct file_service *)http;
	http_stop((struct file_service *)http);
	return NULL;
}

const struct file_service_kind file_http_service = { "http", http_start, http_reset, http_stop };
