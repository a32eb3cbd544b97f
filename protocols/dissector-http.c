#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/limits.h"
#include "protocols/dissector-parts.h"
#include "protocols/http-auth.h"
#include "protocols/memory.h"
#include "protocols/ssh.h"

enum guess { GUESS_MORE, GUESS_HTTP, GUESS_OTHER };

void exchange_free(struct exchange *exchange)
{
	if (!exchange)
		return;
	cwmp_session_drop(exchange->session);
	cwmp_due_clear(&exchange->asked);
	file_exchange_free(exchange->file);
	free(exchange);
}

static void exchange_add(struct connection *connection, struct exchange *exchange)
{
	if (connection->last)
		connection->last->next = exchange;
	else
		connection->first = exchange;
	connection->last = exchange;
	connection->exchange_count++;
}

static struct exchange *exchange_take(struct connection *connection)
{
	struct exchange *exchange = connection->first;

	if (!exchange)
		return NULL;
	connection->first = exchange->next;
	if (!connection->first)
		connection->last = NULL;
	connection->exchange_count--;
	if (connection->incoming == exchange) {
		connection->incoming = NULL;
		connection->unwanted = true;
	}
	return exchange;
}

static void exchange_forget(struct dissector *dissector, struct connection *connection)
{
	struct exchange *exchange = exchange_take(connection);

	if (exchange)
		dissector_request_forgotten(dissector, exchange, connection->lossy);
	exchange_free(exchange);
}

static void exchanges_forget(struct dissector *dissector, struct connection *connection)
{
	while (connection->first)
		exchange_forget(dissector, connection);
}

/* Only to know the same octets again: multiplies and folds eight octets at a time. */
uint64_t dissector_hash(uint64_t hash, const void *octets, size_t length)
{
	const uint8_t *octet = octets;
	uint64_t word;

	hash ^= 0xcbf29ce484222325u + length;
	for (; length >= sizeof(word); length -= sizeof(word), octet += sizeof(word)) {
		memcpy(&word, octet, sizeof(word));
		hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
	}
	for (; length; length--, octet++)
		hash = (hash ^ *octet) * 0x100000001b3u;
	return hash ^ hash >> 32;
}

static unsigned long long body_length(const struct http_message *http)
{
	return http->body.length + http->body_skipped;
}

void dissector_http_facet(struct message *message, const struct http_message *http)
{
	xmlNode *facet = message_facet(message, "http");
	size_t index, at;

	if (http->kind == HTTP_REQUEST) {
		message_attribute(facet, "method", "%s", http->method);
		message_attribute(facet, "target", "%s", http->target);
	} else {
		message_number(facet, "status", (uint64_t)http->status);
		message_attribute(facet, "reason", "%s", http->reason);
	}
	message_attribute(facet, "version", "%s", http->minor ? "1.1" : "1.0");
	message_attribute(facet, "chunked", "%s", http->chunked ? "true" : "false");
	message_number(facet, "length", body_length(http));
	for (index = 0; index < http->header_count; index++) {
		const struct http_header *header = &http->headers[index];
		xmlNode *node = message_child(facet, "header", header->value);
		char lower[256];

		for (at = 0; header->name[at] && at < sizeof(lower) - 1; at++)
			lower[at] = (char)tolower((unsigned char)header->name[at]);
		lower[at] = '\0';
		message_attribute(node, "name", "%s", lower);
		message_attribute(node, "spelled", "%s", header->name);
	}
}

bool dissector_http_asks_again(int status)
{
	return status == 401 || status == 301 || status == 302 || status == 307 || status == 308;
}

static void describe_challenge(struct message *message, const struct http_message *http)
{
	struct http_challenge challenge = { .scheme = HTTP_AUTH_NONE };

	for (size_t i = 0; i < http->header_count; i++) {
		struct http_challenge one;

		if (!strcasecmp(http->headers[i].name, "WWW-Authenticate") &&
		    !http_challenge_parse(http->headers[i].value, &one, NULL) &&
		    one.scheme > challenge.scheme)
			challenge = one;
	}
	if (challenge.scheme == HTTP_AUTH_NONE)
		return;
	message_attribute(message->body, "scheme", "%s",
			  challenge.scheme == HTTP_AUTH_DIGEST ? "Digest" : "Basic");
	message_attribute(message->body, "realm", "%s", challenge.realm);
	if (challenge.scheme != HTTP_AUTH_DIGEST)
		return;
	message_attribute(message->body, "algorithm", "%s",
			  challenge.algorithm[0] ? challenge.algorithm : "MD5");
	message_attribute(message->body, "qop", "%s", challenge.qop_auth ? "auth" : "");
	message_attribute(message->body, "stale", "%s", challenge.stale ? "true" : "false");
}

static void describe_answer(struct message *message, const struct http_message *http)
{
	message_number(message->body, "status", (uint64_t)http->status);
	message_attribute(message->body, "reason", "%s", http->reason);
	message_number(message->body, "body-length", body_length(http));
	if (http->status == 401)
		describe_challenge(message, http);
}

struct message *dissector_http_answer(const struct http_message *http)
{
	bool again = dissector_http_asks_again(http->status);
	const char *name = http->status == 401  ? "HttpChallenge"
			   : again              ? "HttpRedirect"
			   : http->status >= 400 ? "HttpError"
						 : "HttpResponse";
	struct message *message = message_new("http", name);
	const char *location = http_header_get(http, "Location");

	describe_answer(message, http);
	if (again && location)
		message_attribute(message->body, "location", "%s", location);
	return message;
}

/* Who the request says it is from; nothing when it does not say so. */
static void describe_credentials(struct message *message, const struct http_message *http)
{
	const char *value = http_header_get(http, "Authorization");
	struct http_credentials *credentials;

	if (!value)
		return;
	credentials = memory_new(sizeof(*credentials));
	http_credentials_parse(value, credentials, NULL);
	message_attribute(message->body, "authorization", "%s",
			  credentials->scheme == HTTP_AUTH_DIGEST  ? "Digest"
			  : credentials->scheme == HTTP_AUTH_BASIC ? "Basic"
								   : "other");
	message_attribute(message->body, "username", "%s", credentials->username);
	free(credentials);
}

static struct message *plain_request(struct connection *connection,
				     const struct http_message *http, struct exchange *exchange)
{
	struct message *message = message_new("http", "HttpRequest");
	uint64_t digest = dissector_hash(0, http->method, strlen(http->method) + 1);

	digest = dissector_hash(digest, http->target, strlen(http->target) + 1);
	digest = dissector_hash(digest, http->body.octets, http->body.length);
	exchange->digest = digest;
	message->repeat = connection->repeatable == digest;
	connection->repeatable = 0;
	message_attribute(message->body, "method", "%s", http->method);
	message_attribute(message->body, "target", "%s", http->target);
	message_number(message->body, "body-length", body_length(http));
	describe_credentials(message, http);
	return message;
}

static struct message *connection_request(const struct http_message *http)
{
	struct message *message = message_new("http", "ConnectionRequest");

	message_attribute(message->body, "target", "%s", http->target);
	message_number(message->body, "body-length", body_length(http));
	describe_credentials(message, http);
	return message;
}

static void on_request(struct dissector *dissector, const struct moment *moment,
		       const struct http_message *http)
{
	struct connection *connection = moment->connection;
	struct exchange *exchange;
	struct message *message = NULL;

	if (connection->incoming) {
		exchange = connection->incoming;
		connection->incoming = NULL;
		dissector_file_body(dissector, moment, http, exchange, true);
		return;
	}
	if (connection->unwanted) { /* it was answered before it came */
		connection->unwanted = false;
		return;
	}
	exchange = memory_new(sizeof(*exchange));
	exchange->time = moment->time;
	exchange->head = !strcmp(http->method, "HEAD");
	exchange->authorized = http_header_get(http, "Authorization") != NULL;
	exchange->keep = http_keep_alive(http);
	if (!strcmp(http->method, "GET") &&
	    (connection->connection_requests ||
	     dissector_takes_requests(dissector, &connection->server) ||
	     (!connection->files &&
	      dissector_device_moved(dissector, &connection->server, http->target)))) {
		exchange->kind = EXCHANGE_CONNECTION_REQUEST;
		dissector_request_asked(dissector, moment, http, exchange);
		message = connection_request(http);
	} else if (!strcmp(http->method, "POST")) {
		message = dissector_cwmp_request(dissector, moment, http, exchange);
	}
	if (!message)
		message = plain_request(connection, http, exchange);
	if (connection->exchange_count == LIMIT_HTTP_EXCHANGES)
		exchange_forget(dissector, connection);
	exchange_add(connection, exchange);
	dissector_http_facet(message, http);
	dissector_give(dissector, moment, message);
}

static struct message *connection_answer(const struct http_message *http)
{
	struct message *message =
		message_new("http", http->status == 401 ? "ConnectionRequestChallenge"
							: "ConnectionRequestResponse");

	describe_answer(message, http);
	return message;
}

/* Another POST came before this answer did (TR-069 3.4.6). It is said only now: octets that a
 * recording lacks could have hidden an answer. */
static void give_pipelined(struct dissector *dissector, const struct moment *moment,
			   const struct exchange *exchange)
{
	const struct exchange *early = exchange ? exchange->next : NULL;
	struct moment saying = *moment;
	struct message *message;

	if (!early || exchange->kind != EXCHANGE_CWMP || early->kind != EXCHANGE_CWMP ||
	    moment->connection->lossy)
		return;
	message = message_new("http", "HttpPipelined");
	saying.from_client = true;
	dissector_give(dissector, &saying, message);
}

/* What is being delivered is answered before all of it came: it is told as far as it did. */
static void cut_request(struct dissector *dissector, const struct moment *moment)
{
	const struct connection *connection = moment->connection;
	struct exchange *incoming = connection->incoming;

	if (incoming && incoming == connection->first && connection->streams[1].parser)
		dissector_file_body(dissector, moment,
				    http_parser_peek(connection->streams[1].parser), incoming,
				    false);
}

static void on_response(struct dissector *dissector, const struct moment *moment,
			const struct http_message *http)
{
	struct connection *connection = moment->connection;
	struct exchange *exchange, unknown = {0};
	struct message *message;

	if (http->status == 100) /* nobody is asked for a body that is to be refused */
		dissector_file_admit(dissector, moment);
	if (http->status < 200) /* an interim response is no answer (RFC 9110 15.2) */
		return;
	cut_request(dissector, moment);
	exchange = exchange_take(connection);
	give_pipelined(dissector, moment, exchange);
	if (exchange && exchange->kind == EXCHANGE_FILE) {
		dissector_file_answered(dissector, moment, http, exchange);
	} else if ((exchange && exchange->kind == EXCHANGE_CWMP) ||
	    (!exchange && dissector_is_soap(http))) {
		dissector_cwmp_response(dissector, moment, http, exchange ? exchange : &unknown);
	} else {
		if (exchange && exchange->kind == EXCHANGE_CONNECTION_REQUEST) {
			message = connection_answer(http);
			dissector_request_answered(dissector, moment, message, http, exchange);
		} else {
			message = dissector_http_answer(http);
		}
		if (exchange && dissector_http_asks_again(http->status))
			connection->repeatable = exchange->digest;
		dissector_http_facet(message, http);
		dissector_give(dissector, moment, message);
	}
	exchange_free(exchange);
	dissector_cwmp_left(dissector, connection, moment->time, moment->last_packet);
}

/* Is it a handshake of TLS (RFC 8446 5.1)? What goes on behind it cannot be read. */
static bool is_tls(const uint8_t *octets, size_t length)
{
	return length >= 3 && octets[0] == 22 && octets[1] == 3 && octets[2] <= 4;
}

/* Do these octets begin an HTTP message? A recording can begin anywhere in a stream. */
static enum guess guess(const uint8_t *octets, size_t length, bool from_client)
{
	static const char *const begins[] = {"POST ",  "GET ",	   "PUT ",   "HEAD ",
					     "DELETE ", "OPTIONS ", "PATCH ", "TRACE "};
	size_t index;

	if (!from_client) {
		if (memcmp(octets, "HTTP/1.", length < 7 ? length : 7))
			return GUESS_OTHER;
		return length < 7 ? GUESS_MORE : GUESS_HTTP;
	}
	for (index = 0; index < sizeof(begins) / sizeof(begins[0]); index++) {
		size_t most = strlen(begins[index]);

		if (!memcmp(octets, begins[index], length < most ? length : most))
			return length < most ? GUESS_MORE : GUESS_HTTP;
	}
	return GUESS_OTHER;
}

static void note_packet(struct stream *stream, uint64_t packet)
{
	if (!stream->begun) {
		stream->first_packet = packet;
		stream->last_packet = packet;
		stream->begun = true;
		return;
	}
	if (packet < stream->first_packet)
		stream->first_packet = packet;
	if (packet > stream->last_packet)
		stream->last_packet = packet;
}

static const char *sender(const struct moment *moment)
{
	return moment->from_client ? "client" : "server";
}

/* So much of a body the stream holds now; true when all streams together hold too much. */
static bool hold(struct dissector *dissector, struct stream *stream, size_t length)
{
	dissector->unfinished += length - stream->unfinished;
	stream->unfinished = length;
	return dissector->unfinished > LIMIT_DISSECTOR_BODIES;
}

/* A file that broke off, in either direction, is told as far as it came. */
static bool give_broken_file(struct dissector *dissector, const struct moment *given,
			     const struct http_parser *parser)
{
	struct connection *connection = given->connection;
	struct stream *stream = &connection->streams[given->from_client];
	struct exchange *exchange = given->from_client ? connection->incoming : connection->first;
	struct moment moment = *given;

	if (given->from_client && connection->unwanted)
		return true; /* it is told already */
	if (!exchange || exchange->kind != EXCHANGE_FILE || http_parser_limit(parser) ||
	    dissector->unfinished > LIMIT_DISSECTOR_BODIES || !http_parser_has_head(parser))
		return false;
	moment.first_packet = stream->first_packet;
	moment.last_packet = stream->last_packet;
	stream->begun = false;
	if (given->from_client) {
		connection->incoming = NULL;
		dissector_file_body(dissector, &moment, http_parser_peek(parser), exchange, false);
		return true;
	}
	cut_request(dissector, &moment);
	exchange_take(connection);
	dissector_file_cut_answer(dissector, &moment, http_parser_peek(parser), exchange);
	exchange_free(exchange);
	return true;
}

/* by: whose doing it is; "" = nobody's, the octets are only not seen. */
static void give_truncated(struct dissector *dissector, const struct moment *given,
			   const struct http_parser *parser, const char *by, const char *why)
{
	const char *limit = http_parser_limit(parser);
	const struct http_message *http = http_parser_peek(parser);
	struct stream *stream = &given->connection->streams[given->from_client];
	struct message *message;
	struct moment moment = *given;

	if (give_broken_file(dissector, given, parser))
		return;
	message = message_new("http", "HttpTruncated");
	moment.first_packet = stream->first_packet;
	moment.last_packet = stream->last_packet;
	message_attribute(message->body, "by", "%s", by);
	message_attribute(message->body, "why", "%s", why);
	if (!limit && dissector->unfinished > LIMIT_DISSECTOR_BODIES)
		limit = "dissector.bodies";
	if (limit)
		message_attribute(message->body, "limit", "%s", limit);
	message_number(message->body, "body-length", body_length(http));
	if (http_parser_has_head(parser))
		dissector_http_facet(message, http);
	dissector_give(dissector, &moment, message);
}

/* A request's head is there: one for a file is told before its body came. */
static void see_head(struct dissector *dissector, const struct moment *given,
		     const struct http_message *http)
{
	struct connection *connection = given->connection;
	struct stream *stream = &connection->streams[1];
	struct moment moment = *given;
	struct exchange *exchange;

	if (!given->from_client || stream->headed)
		return;
	stream->headed = true;
	moment.first_packet = stream->first_packet;
	moment.last_packet = stream->last_packet;
	exchange = memory_new(sizeof(*exchange));
	if (!dissector_file_head(dissector, &moment, http, exchange)) {
		free(exchange);
		return;
	}
	if (connection->exchange_count == LIMIT_HTTP_EXCHANGES)
		exchange_forget(dissector, connection);
	exchange_add(connection, exchange);
	connection->incoming = exchange;
}

static void take_message(struct dissector *dissector, const struct moment *given)
{
	struct stream *stream = &given->connection->streams[given->from_client];
	struct http_message *http = http_parser_take(stream->parser);
	struct moment moment = *given;

	hold(dissector, stream, 0);

	moment.first_packet = stream->first_packet;
	moment.last_packet = stream->last_packet;
	see_head(dissector, given, http);
	stream->begun = stream->headed = false;
	if (http->kind == HTTP_REQUEST)
		on_request(dissector, &moment, http);
	else
		on_response(dissector, &moment, http);
	http_message_free(http);
}

/* Nothing of the stream is read any more: its body is one too many. */
static void drop_body(struct dissector *dissector, const struct moment *moment)
{
	struct stream *stream = &moment->connection->streams[moment->from_client];

	give_truncated(dissector, moment, stream->parser, sender(moment),
		       "too much is being sent at a time");
	hold(dissector, stream, 0);
	http_parser_free(stream->parser);
	stream->parser = NULL;
	stream->reading = READING_NOTHING;
}

static void read_http(struct dissector *dissector, const struct moment *moment,
		      const uint8_t *octets, size_t length)
{
	static const struct http_limits limits = {.body = LIMIT_HTTP_FILE, .keep = LIMIT_HTTP_BODY};
	struct connection *connection = moment->connection;
	struct stream *stream = &connection->streams[moment->from_client];
	struct problem problem;
	size_t used;

	if (!stream->parser)
		stream->parser = http_parser_new(
			moment->from_client ? HTTP_REQUEST : HTTP_RESPONSE, &limits);
	while (length) {
		enum http_state state;

		if (!moment->from_client && connection->first && connection->first->head)
			http_parser_no_body(stream->parser);
		note_packet(stream, moment->last_packet);
		state = http_parser_feed(stream->parser, octets, length, &used, &problem);
		octets += used;
		length -= used;
		if (state == HTTP_BAD) {
			give_truncated(dissector, moment, stream->parser, sender(moment),
				       problem.text);
			stream->reading = READING_NOTHING;
			if (!moment->from_client && connection->first &&
			    connection->first->session)
				connection->first->session->spoiled = true;
		}
		if (state == HTTP_MORE && http_parser_has_head(stream->parser))
			see_head(dissector, moment, http_parser_peek(stream->parser));
		if (state == HTTP_MORE &&
		    hold(dissector, stream, http_parser_peek(stream->parser)->body.length))
			drop_body(dissector, moment);
		if (state != HTTP_DONE)
			return;
		take_message(dissector, moment);
	}
}

void dissector_http_feed(struct dissector *dissector, struct moment *moment, const uint8_t *octets,
			 size_t length)
{
	struct stream *stream = &moment->connection->streams[moment->from_client];
	enum guess found;

	if (stream->reading == READING_HTTP) {
		read_http(dissector, moment, octets, length);
		return;
	}
	if (stream->held.length) {
		buffer_add(&stream->held, octets, length);
		octets = stream->held.octets;
		length = stream->held.length;
	}
	if (!moment->from_client && dissector_ftp_greets(moment->connection, octets, length)) {
		buffer_free(&stream->held);
		dissector_ftp_feed(dissector, moment, octets, length);
		return;
	}
	if (ssh_greets(octets, length) && !moment->connection->first && !stream->begun) {
		dissector_ssh_begin(moment->connection);
		dissector_ssh_feed(dissector, moment, octets, length);
		buffer_free(&stream->held);
		return;
	}
	found = guess(octets, length, moment->from_client);
	note_packet(stream, moment->last_packet);
	if (found == GUESS_MORE) {
		if (!stream->held.length)
			buffer_add(&stream->held, octets, length);
		return;
	}
	if (found == GUESS_HTTP) {
		stream->reading = READING_HTTP;
		read_http(dissector, moment, octets, length);
	} else {
		stream->begun = false;
		if (moment->from_client && is_tls(octets, length)) {
			moment->connection->veiled = true;
			dissector_veiled(dissector, moment->connection);
		}
	}
	buffer_free(&stream->held);
}

/* Answers that will not come any more, once the connection is gone. */
static void lose_exchanges(struct dissector *dissector, const struct moment *moment,
			   enum stream_end how)
{
	struct connection *connection = moment->connection;
	const char *cause = how == STREAM_RESET ? "reset" : "closed";
	struct exchange *exchange;

	cut_request(dissector, moment);
	for (exchange = connection->first; exchange; exchange = exchange->next) {
		/* A device need not wait longer than that (TR-069 3.4.2). */
		bool by_device = connection->client_left != LEFT_NOT &&
				 connection->client_left - exchange->time < PATIENCE;

		if (exchange->kind == EXCHANGE_CWMP)
			dissector_cwmp_lost(dissector, moment, exchange, cause, by_device);
		if (exchange->kind == EXCHANGE_FILE)
			dissector_file_lost(dissector, moment, exchange,
					    !moment->from_client &&
						    connection->client_left == LEFT_NOT);
	}
	exchanges_forget(dissector, connection);
}

/* The connection is gone: files that were on their way in the other direction end, too. */
static void break_files(struct dissector *dissector, const struct moment *given)
{
	struct moment moment = *given;

	for (int from_client = 1; from_client >= 0; from_client--) {
		const struct stream *stream = &given->connection->streams[from_client];

		moment.from_client = from_client;
		if (stream->parser && stream->begun)
			give_broken_file(dissector, &moment, stream->parser);
	}
}

void dissector_http_cut(struct dissector *dissector, const struct moment *moment, const char *why)
{
	struct stream *stream = &moment->connection->streams[moment->from_client];

	if (stream->parser && stream->begun)
		give_truncated(dissector, moment, stream->parser, "", why);
	hold(dissector, stream, 0);
	http_parser_free(stream->parser);
	stream->parser = NULL;
	stream->begun = stream->headed = false;
	buffer_clear(&stream->held);
	if (stream->reading == READING_HTTP)
		stream->reading = READING_SEEK;
	for (struct exchange *at = moment->connection->first; at; at = at->next)
		if (at->kind == EXCHANGE_FILE)
			dissector_file_lost(dissector, moment, at, false);
	exchanges_forget(dissector, moment->connection);
}

void dissector_http_end(struct dissector *dissector, struct moment *moment, enum stream_end how)
{
	struct connection *connection = moment->connection;
	struct stream *stream = &connection->streams[moment->from_client];
	struct problem problem;

	if (how == STREAM_LOST) {
		dissector_http_cut(dissector, moment, "octets are missing");
		return;
	}
	if (stream->reading == READING_HTTP && stream->parser) {
		switch (http_parser_end(stream->parser, &problem)) {
		case HTTP_DONE:
			take_message(dissector, moment);
			break;
		case HTTP_BAD:
			give_truncated(dissector, moment, stream->parser, sender(moment),
				       problem.text);
			break;
		default:
			break;
		}
	}
	stream->reading = READING_NOTHING;
	dissector_cwmp_closed(connection, moment);
	if (how == STREAM_RESET || connection->streams[!moment->from_client].ended)
		break_files(dissector, moment);
	/* A client may close its side and still wait for the answer. */
	if (how == STREAM_RESET || !moment->from_client || connection->streams[0].ended)
		lose_exchanges(dissector, moment, how);
}
