/*
 * HTTP on a stream: one request at a time. While an answer is owed (a delay), what comes is
 * queued; an idle connection is closed after a while.
 *
 * Writing shows the octets to the tap, and whoever stands behind it may close this very
 * connection; so writing is always the last thing done to one, and whoever goes on after it
 * looks at the flag that gone points to.
 */
#include "fakes/hms/hms.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/memory.h"

struct hms_connection {
	struct hms *hms;
	struct hms_connection *next, **link;
	struct stream *stream;
	struct http_parser *parser;
	struct address remote;
	const char *peer; /* role, or NULL */
	struct hms_session *session;
	struct buffer queue;
	struct hms_reply reply; /* the one that waits for its time */
	struct timer *delay, *idle;
	struct timer *late; /* the handshake or the request that is being read takes too long */
	size_t held;        /* octets of an unfinished body */
	int64_t used;
	bool mute;      /* never answers again */
	bool requesting; /* late is about a request */
	bool continued; /* 100 Continue was said for this request */
	bool *gone;     /* set when the connection is freed */
};

const char *hms_connection_peer(const struct hms_connection *connection)
{
	return connection->peer;
}

const struct address *hms_connection_remote(const struct hms_connection *connection)
{
	return &connection->remote;
}

struct hms_session *hms_connection_session(const struct hms_connection *connection)
{
	return connection->session;
}

void hms_connection_bind(struct hms_connection *connection, struct hms_session *session)
{
	connection->session = session;
}

bool hms_session_connected(const struct hms *hms, const struct hms_session *session)
{
	for (const struct hms_connection *c = hms->connections; c; c = c->next)
		if (c->session == session)
			return true;
	return false;
}

void hms_connections_forget(struct hms *hms, const struct hms_session *session)
{
	for (struct hms_connection *c = hms->connections; c; c = c->next)
		if (c->session == session)
			c->session = NULL;
}

/* Frees all but the stream, which is given back: closing it is the caller's last deed. */
static struct stream *connection_free(struct hms_connection *connection)
{
	struct stream *stream = connection->stream;

	if (connection->gone)
		*connection->gone = true;
	*connection->link = connection->next;
	if (connection->next)
		connection->next->link = connection->link;
	connection->hms->connection_count--;
	loop_cancel(connection->delay);
	loop_cancel(connection->idle);
	loop_cancel(connection->late);
	connection->hms->held -= connection->held;
	http_parser_free(connection->parser);
	buffer_free(&connection->queue);
	buffer_free(&connection->reply.octets);
	free(connection);
	return stream;
}

void hms_connections_close(struct hms *hms)
{
	while (hms->connections)
		stream_close(connection_free(hms->connections));
}

/* Writes a reply that is due. */
static void connection_send(struct hms_connection *connection, struct hms_reply *reply)
{
	struct buffer octets = reply->octets;
	enum hms_after after = reply->after;
	bool *outer = connection->gone, gone = false;

	memset(&reply->octets, 0, sizeof(reply->octets));
	connection->used = loop_now(connection->hms->stage->loop);
	if (after == AFTER_RESET) {
		stream_write_and_reset(connection_free(connection), octets.octets, octets.length);
		buffer_free(&octets);
		return;
	}
	connection->gone = &gone;
	stream_write(connection->stream, octets.octets, octets.length);
	buffer_free(&octets);
	if (gone) {
		if (outer)
			*outer = true;
		return;
	}
	connection->gone = outer;
	if (after == AFTER_CLOSE)
		stream_close(connection_free(connection));
}

static void connection_read(struct hms_connection *connection, const uint8_t *octets,
			    size_t length);

static void delay_over(void *context)
{
	struct hms_connection *connection = context;
	struct buffer queue;
	bool gone = false;

	connection->delay = NULL;
	connection->gone = &gone;
	connection_send(connection, &connection->reply);
	if (gone)
		return;
	connection->gone = NULL;
	queue = connection->queue;
	memset(&connection->queue, 0, sizeof(connection->queue));
	connection_read(connection, queue.octets, queue.length);
	buffer_free(&queue);
}

static void connection_reply(struct hms_connection *connection, struct hms_reply *reply)
{
	if (reply->silent) {
		buffer_free(&reply->octets);
		connection->mute = true;
	} else if (reply->delay > 0) {
		connection->reply = *reply;
		connection->delay = loop_after(connection->hms->stage->loop, reply->delay,
					       delay_over, connection);
	} else {
		connection_send(connection, reply);
	}
}

static void answer_request(struct hms_connection *connection)
{
	struct http_message *request = http_parser_take(connection->parser);
	struct hms_reply reply = { 0 };

	connection->continued = false;
	hms_answer(connection, connection->hms, request, &reply);
	http_message_free(request);
	connection_reply(connection, &reply);
}

/* Says that a limit was reached. gone: whoever listens may have closed this very connection. */
static bool connection_limit(struct hms_connection *connection, const char *limit, const char *why)
{
	bool *outer = connection->gone, gone = false;

	connection->gone = &gone;
	stream_tell_limit(connection->stream, limit, why);
	if (!gone)
		connection->gone = outer;
	else if (outer)
		*outer = true;
	return gone;
}

/* Which status says what the parser could not bear. */
static int refusal_status(const struct hms_connection *connection)
{
	const char *limit = http_parser_limit(connection->parser);

	if (limit && !strcmp(limit, "http.body"))
		return 413;
	return limit && !http_parser_has_head(connection->parser) ? 431 : 400;
}

/* Answers without having read the request to its end. */
static void refuse_request(struct hms_connection *connection, int status)
{
	struct hms_reply reply = { 0 };

	connection->mute = true;
	hms_refuse(connection->hms, status, &reply);
	connection_send(connection, &reply);
}

static void refuse_unread(struct hms_connection *connection, const struct problem *problem)
{
	const char *limit = http_parser_limit(connection->parser);

	if (!limit || !connection_limit(connection, limit, problem->text))
		refuse_request(connection, refusal_status(connection));
}

/* The handshake, or the request that has begun, is not done yet. */
static void late_over(void *context)
{
	struct hms_connection *connection = context;
	bool request = connection->requesting;

	connection->late = NULL;
	if (connection_limit(connection, request ? "hms.request" : "hms.handshake",
			     request ? "the request is not complete in time"
				     : "the TLS handshake is not complete in time"))
		return;
	if (request)
		refuse_request(connection, 408);
	else
		stream_close(connection_free(connection));
}

/* What of a request stands in memory; true when all connections together hold too much. */
static bool hold(struct hms_connection *connection, size_t length)
{
	struct hms *hms = connection->hms;

	hms->held += length - connection->held;
	connection->held = length;
	return hms->held > LIMIT_HMS_BODIES;
}

static void request_complete(struct hms_connection *connection)
{
	loop_cancel(connection->late);
	connection->late = NULL;
	connection->requesting = false;
	hold(connection, 0);
}

/* There is more to come. RFC 9110 10.1.1: a client that waits for it with the body is told to go
 * on. */
static void continue_request(struct hms_connection *connection)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	const struct http_message *message = http_parser_peek(connection->parser);
	const char *expect;

	if (!connection->late) {
		connection->requesting = true;
		connection->late = loop_after(connection->hms->stage->loop,
					      connection->hms->settings.request, late_over,
					      connection);
	}
	if (hold(connection, message->body.length)) {
		if (!connection_limit(connection, "hms.bodies", "too much is being sent at a time"))
			refuse_request(connection, 413);
		return;
	}
	if (connection->continued || !http_parser_has_head(connection->parser) ||
	    message->body.length > 0 || message->minor < 1)
		return;
	expect = http_header_get(message, "Expect");
	if (!expect || strcasecmp(expect, "100-continue"))
		return;
	connection->continued = true;
	stream_write(connection->stream, text, sizeof(text) - 1);
}

/* Reads octets; one message, or what there is of it. Gives how many were taken. */
static size_t read_message(struct hms_connection *connection, const uint8_t *octets, size_t length)
{
	struct problem problem = { "" };
	size_t used = 0;

	switch (http_parser_feed(connection->parser, octets, length, &used, &problem)) {
	case HTTP_DONE:
		request_complete(connection);
		answer_request(connection);
		break;
	case HTTP_MORE:
		continue_request(connection);
		break;
	case HTTP_BAD:
		request_complete(connection);
		refuse_unread(connection, &problem);
		break;
	}
	return used;
}

static void connection_queue(struct hms_connection *connection, const uint8_t *octets,
			     size_t length)
{
	if (length <= LIMIT_HTTP_QUEUE - connection->queue.length)
		buffer_add(&connection->queue, octets, length);
	else if (!connection_limit(connection, "http.queue", "it does not wait for its answer"))
		stream_reset(connection_free(connection));
}

static void connection_read(struct hms_connection *connection, const uint8_t *octets,
			    size_t length)
{
	bool gone = false;

	connection->gone = &gone;
	while (length > 0 && !connection->mute) {
		if (connection->delay) {
			connection->gone = NULL;
			connection_queue(connection, octets, length);
			return;
		}
		size_t used = read_message(connection, octets, length);

		if (gone)
			return;
		octets += used;
		length -= used;
	}
	connection->gone = NULL;
}

static void stream_octets(void *context, struct stream *stream, const void *octets, size_t length)
{
	struct hms_connection *connection = context;

	(void)stream;
	connection->used = loop_now(connection->hms->stage->loop);
	connection_read(connection, octets, length);
}

static void stream_ended(void *context, struct stream *stream, enum stream_end how,
			 const struct problem *problem)
{
	(void)stream;
	(void)how;
	(void)problem;
	stream_close(connection_free(context));
}

/* TLS is done, if any. */
static void stream_opened(void *context, struct stream *stream)
{
	struct hms_connection *connection = context;

	(void)stream;
	loop_cancel(connection->late);
	connection->late = NULL;
}

static void idle_over(void *context)
{
	struct hms_connection *connection = context;
	struct loop *loop = connection->hms->stage->loop;
	int64_t until = connection->used + connection->hms->settings.idle;

	connection->idle = NULL;
	/* A delayed answer may be due later than any idle time. */
	if (loop_now(loop) >= until && !connection->delay) {
		stream_close(connection_free(connection));
		return;
	}
	if (connection->delay)
		until = loop_now(loop) + connection->hms->settings.idle;
	connection->idle = loop_at(loop, until, idle_over, connection);
}

/* The limit that one more connection from there exceeds, or NULL. */
static const char *too_many(const struct hms *hms, const struct address *remote)
{
	unsigned same = 0;

	if (hms->connection_count >= LIMIT_HMS_CONNECTIONS)
		return "hms.connections";
	for (const struct hms_connection *c = hms->connections; c; c = c->next)
		same += address_same_host(&c->remote, remote);
	return same >= LIMIT_HMS_CONNECTIONS_EACH ? "hms.connections-each" : NULL;
}

static void connection_link(struct hms *hms, struct hms_connection *connection)
{
	connection->next = hms->connections;
	connection->link = &hms->connections;
	if (connection->next)
		connection->next->link = &connection->next;
	hms->connections = connection;
	hms->connection_count++;
}

void hms_accept(void *context, struct stream *stream)
{
	static const struct stream_events events = { .opened = stream_opened,
						     .octets = stream_octets,
						     .ended = stream_ended };
	static const struct http_limits limits = { .body = LIMIT_HTTP_BODY };
	struct hms *hms = context;
	struct loop *loop = hms->stage->loop;
	const char *limit = too_many(hms, stream_remote(stream));
	struct hms_connection *connection;

	if (limit) {
		stream_tell_limit(stream, limit, "one more was refused");
		stream_reset(stream);
		return;
	}
	connection = memory_new(sizeof(*connection));
	connection->hms = hms;
	connection->stream = stream;
	connection->parser = http_parser_new(HTTP_REQUEST, &limits);
	connection->remote = *stream_remote(stream);
	connection->peer = fake_peer(hms->stage, &connection->remote);
	connection->used = loop_now(loop);
	connection->idle = loop_after(loop, hms->settings.idle, idle_over, connection);
	if (hms->settings.tls)
		connection->late = loop_after(loop, hms->settings.handshake, late_over, connection);
	connection_link(hms, connection);
	stream_set_events(stream, &events, connection);
}
