/*
 * HTTP on a stream: one request at a time; while an answer is owed, what comes is queued. An answer
 * may go in pieces, and may end before its time.
 *
 * Whoever stands behind the tap may end this very connection while it writes; so each call from
 * outside holds it until it returns.
 */
#include "fakes/file-server/file-http.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/limits.h"
#include "protocols/memory.h"

enum { PIECES = 10 }; /* of a slow answer */

static void hold(struct file_http_connection *connection)
{
	connection->busy++;
}

static void release(struct file_http_connection *connection)
{
	if (--connection->busy || !connection->dead)
		return;
	http_parser_free(connection->parser);
	buffer_free(&connection->queue);
	buffer_free(&connection->reply.octets);
	buffer_free(&connection->challenge);
	file_order_clear(&connection->order);
	free(connection);
}

/* Nothing happens on it any more; gives its stream, which is the caller's to close. */
static struct stream *leave(struct file_http_connection *connection)
{
	struct stream *stream = connection->stream;

	connection->dead = true;
	connection->stream = NULL;
	*connection->link = connection->next;
	if (connection->next)
		connection->next->link = connection->link;
	connection->http->connection_count--;
	loop_cancel(connection->pace);
	loop_cancel(connection->idle);
	loop_cancel(connection->late);
	return stream;
}

void file_http_close(struct file_http_connection *connection, bool reset)
{
	if (connection->dead)
		return;
	hold(connection);
	struct stream *stream = leave(connection);

	if (reset)
		stream_reset(stream);
	else
		stream_close(stream);
	release(connection);
}

/* --- answers --- */

static void read_octets(struct file_http_connection *connection, const uint8_t *octets,
			size_t length);

/* The answer is out: reads what came meanwhile. */
static void reply_over(struct file_http_connection *connection)
{
	enum file_http_after after = connection->reply.after;
	struct buffer queue = connection->queue;

	buffer_free(&connection->reply.octets);
	connection->replying = false;
	connection->used = loop_now(connection->http->server->stage->loop);
	if (after == AFTER_CLOSE) {
		file_http_close(connection, false);
		return;
	}
	if (after == AFTER_SILENCE) {
		connection->mute = true;
		return;
	}
	connection->queue = (struct buffer){ 0 };
	read_octets(connection, queue.octets, queue.length);
	buffer_free(&queue);
}

static void send_up_to(struct file_http_connection *connection, size_t end)
{
	const struct buffer *octets = &connection->reply.octets;
	const uint8_t *from = octets->octets + connection->sent;
	size_t length = end - connection->sent;

	connection->sent = end;
	if (end == octets->length && connection->reply.after == AFTER_RESET) {
		stream_write_and_reset(leave(connection), from, length);
		return;
	}
	if (length)
		stream_write(connection->stream, from, length);
	if (!connection->dead && end == octets->length)
		reply_over(connection);
}

static void next_piece(void *context)
{
	struct file_http_connection *connection = context;
	const struct file_http_reply *reply = &connection->reply;
	size_t rest = reply->octets.length - reply->head;
	size_t piece = rest / PIECES + 1, end = connection->sent + piece;
	struct loop *loop = connection->http->server->stage->loop;

	connection->pace = NULL;
	if (end > reply->octets.length)
		end = reply->octets.length;
	if (end < reply->octets.length)
		connection->pace = loop_after(loop, reply->slow / PIECES, next_piece, connection);
	hold(connection);
	send_up_to(connection, end);
	release(connection);
}

static void send_reply(void *context)
{
	struct file_http_connection *connection = context;
	const struct file_http_reply *reply = &connection->reply;
	struct loop *loop = connection->http->server->stage->loop;
	bool slowly = reply->slow > 0 && reply->octets.length > reply->head;

	connection->pace = NULL;
	if (slowly)
		connection->pace = loop_after(loop, reply->slow / PIECES, next_piece, connection);
	hold(connection);
	send_up_to(connection, slowly ? reply->head : reply->octets.length);
	release(connection);
}

void file_http_reply(struct file_http_connection *connection, struct file_http_reply *reply)
{
	struct loop *loop = connection->http->server->stage->loop;

	if (connection->dead) {
		buffer_free(&reply->octets);
		return;
	}
	connection->reply = *reply;
	connection->sent = 0;
	connection->replying = true;
	if (reply->delay > 0)
		connection->pace = loop_after(loop, reply->delay, send_reply, connection);
	else
		send_reply(connection);
}

void file_http_continue(struct file_http_connection *connection)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";

	stream_write(connection->stream, text, sizeof(text) - 1);
}

/* --- requests --- */

/* Says that a limit was reached; true when that ended the connection. */
static bool tell_limit(struct file_http_connection *connection, const char *limit, const char *why)
{
	stream_tell_limit(connection->stream, limit, why);
	return connection->dead;
}

static void late_over(void *context)
{
	struct file_http_connection *connection = context;
	bool request = http_parser_has_head(connection->parser) || connection->used;

	connection->late = NULL;
	hold(connection);
	if (!tell_limit(connection, request ? "files.request" : "files.handshake",
			"it is not complete in time"))
		file_http_close(connection, false);
	release(connection);
}

/* More of a request is awaited. */
static void request_goes_on(struct file_http_connection *connection)
{
	const struct http_message *head = http_parser_peek(connection->parser);
	struct file_http *http = connection->http;

	if (!connection->late)
		connection->late = loop_after(http->server->stage->loop, http->request, late_over,
					      connection);
	if (!http_parser_has_head(connection->parser))
		return;
	if (!connection->begun) {
		connection->begun = true;
		file_http_begin(connection, head);
	}
	if (!connection->dead && !connection->replying)
		file_http_progress(connection, head);
}

static void request_over(struct file_http_connection *connection)
{
	struct http_message *request = http_parser_take(connection->parser);

	loop_cancel(connection->late);
	connection->late = NULL;
	if (!connection->begun)
		file_http_begin(connection, request);
	connection->begun = false;
	if (!connection->dead && !connection->replying)
		file_http_progress(connection, request);
	if (!connection->dead && !connection->replying && !connection->mute)
		file_http_complete(connection, request);
	http_message_free(request);
}

static void request_bad(struct file_http_connection *connection, const struct problem *problem)
{
	const char *limit = http_parser_limit(connection->parser);

	if (!limit || !tell_limit(connection, limit, problem->text))
		file_http_refuse(connection, limit ? 431 : 400);
}

static void queue_octets(struct file_http_connection *connection, const uint8_t *octets,
			 size_t length)
{
	/* A refusal goes out while the body still comes: nobody reads it. */
	if (connection->reply.after != AFTER_KEEP)
		return;
	if (length <= LIMIT_HTTP_QUEUE - connection->queue.length)
		buffer_add(&connection->queue, octets, length);
	else if (!tell_limit(connection, "http.queue", "it does not wait for its answer"))
		file_http_close(connection, true);
}

static void read_octets(struct file_http_connection *connection, const uint8_t *octets,
			size_t length)
{
	while (length > 0 && !connection->mute && !connection->dead) {
		struct problem problem = { "" };
		size_t used = 0;

		if (connection->replying) {
			queue_octets(connection, octets, length);
			return;
		}
		switch (http_parser_feed(connection->parser, octets, length, &used, &problem)) {
		case HTTP_DONE:
			request_over(connection);
			break;
		case HTTP_MORE:
			request_goes_on(connection);
			break;
		case HTTP_BAD:
			request_bad(connection, &problem);
			break;
		}
		octets += used;
		length -= used;
	}
}

/* --- the stream --- */

static void stream_octets(void *context, struct stream *stream, const void *octets, size_t length)
{
	struct file_http_connection *connection = context;

	(void)stream;
	connection->used = loop_now(connection->http->server->stage->loop);
	hold(connection);
	read_octets(connection, octets, length);
	release(connection);
}

static void stream_ended(void *context, struct stream *stream, enum stream_end how,
			 const struct problem *problem)
{
	(void)stream;
	(void)how;
	(void)problem;
	file_http_close(context, false);
}

/* TLS is done, if any. */
static void stream_opened(void *context, struct stream *stream)
{
	struct file_http_connection *connection = context;

	(void)stream;
	loop_cancel(connection->late);
	connection->late = NULL;
}

/* Who is kept waiting by a fault is not idle. */
static void idle_over(void *context)
{
	struct file_http_connection *connection = context;
	struct file_http *http = connection->http;
	struct loop *loop = http->server->stage->loop;
	int64_t until = connection->used + http->idle;

	connection->idle = NULL;
	if (loop_now(loop) >= until && !connection->replying && !connection->mute) {
		file_http_close(connection, false);
		return;
	}
	if (until <= loop_now(loop))
		until = loop_now(loop) + http->idle;
	connection->idle = loop_at(loop, until, idle_over, connection);
}

static void link_in(struct file_http *http, struct file_http_connection *connection)
{
	connection->next = http->connections;
	connection->link = &http->connections;
	if (connection->next)
		connection->next->link = &connection->next;
	http->connections = connection;
	http->connection_count++;
}

void file_http_accept(void *context, struct stream *stream)
{
	static const struct stream_events events = { .opened = stream_opened,
						     .octets = stream_octets,
						     .ended = stream_ended };
	/* Of what is delivered only the size matters here: the judge has read it. */
	static const struct http_limits limits = { .body = LIMIT_HTTP_FILE, .keep = 1 };
	const struct file_http_port *port = context;
	struct file_http *http = port->http;
	struct loop *loop = http->server->stage->loop;
	struct file_http_connection *connection;

	if (http->connection_count >= LIMIT_FILE_CONNECTIONS) {
		stream_tell_limit(stream, "files.connections", "one more was refused");
		stream_reset(stream);
		return;
	}
	connection = memory_new(sizeof(*connection));
	connection->http = http;
	connection->stream = stream;
	connection->tls = port->tls;
	connection->parser = http_parser_new(HTTP_REQUEST, &limits);
	connection->remote = *stream_remote(stream);
	connection->idle = loop_after(loop, http->idle, idle_over, connection);
	if (port->tls)
		connection->late = loop_after(loop, http->handshake, late_over, connection);
	file_order_clear(&connection->order);
	link_in(http, connection);
	stream_set_events(stream, &events, connection);
}
