#include "protocols/tcp-reassembly.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/limits.h"
#include "protocols/memory.h"
#include "protocols/tcp-table.h"

#define WAITING_LIMIT LIMIT_CAPTURE_WAITING /* octets, in all streams together */
#define ACKNOWLEDGED_PATIENCE 1000000    /* microseconds */
#define GAP_PATIENCE 60000000

struct tcp_reassembly {
	struct tcp_sink sink;
	struct tcp_table table;
	size_t waiting; /* octets, in all streams */
	uint64_t lost;
};

/* Where and when: handed down to whatever calls the sink. */
struct event {
	struct tcp_reassembly *all;
	struct tcp_connection *connection;
	int64_t time;
	uint64_t packet;
};

struct tcp_reassembly *tcp_reassembly_new(const struct tcp_sink *sink)
{
	struct tcp_reassembly *all = memory_new(sizeof(*all));

	all->sink = *sink;
	return all;
}

void tcp_reassembly_free(struct tcp_reassembly *all)
{
	if (!all)
		return;
	while (all->table.open.oldest)
		tcp_table_remove(&all->table, all->table.open.oldest);
	while (all->table.closed.oldest)
		tcp_table_remove(&all->table, all->table.closed.oldest);
	free(all);
}

uint64_t tcp_reassembly_lost(const struct tcp_reassembly *all)
{
	return all->lost;
}

/* what the sink is told */

static void tell_end(const struct event *event, bool from_client, enum stream_end how)
{
	const struct tcp_sink *sink = &event->all->sink;

	sink->end(sink->context, event->connection->number, from_client, event->time,
		  event->packet, how);
}

static void tell_octets(const struct event *event, bool from_client, uint64_t packet,
			const uint8_t *octets, size_t length)
{
	const struct tcp_sink *sink = &event->all->sink;

	event->connection->streams[from_client].next += (uint32_t)length;
	sink->octets(sink->context, event->connection->number, from_client, event->time, packet,
		     octets, length);
}

static void forget_waiting(const struct event *event, struct tcp_stream *stream)
{
	event->all->waiting -= stream->octets;
	tcp_stream_clear(stream);
}

static void close_connection(const struct event *event)
{
	forget_waiting(event, &event->connection->streams[0]);
	forget_waiting(event, &event->connection->streams[1]);
	tcp_table_close(&event->all->table, event->connection);
}

static void end_stream(const struct event *event, bool from_client)
{
	struct tcp_stream *stream = &event->connection->streams[from_client];

	stream->ended = true;
	stream->has_acknowledged = false;
	forget_waiting(event, stream);
	tell_end(event, from_client, STREAM_CLOSED);
	if (event->connection->streams[!from_client].ended)
		close_connection(event);
}

/* what waits */

/* Passes on what waits and whose turn has come, then the stream's end if that has come. */
static void drain(const struct event *event, bool from_client)
{
	struct tcp_stream *stream = &event->connection->streams[from_client];
	struct tcp_waiting *waiting;

	while ((waiting = tcp_stream_take(stream)) != NULL) {
		uint32_t known = stream->next - waiting->sequence;

		event->all->waiting -= waiting->length;
		if (known < waiting->length)
			tell_octets(event, from_client, waiting->packet, waiting->octets + known,
				    waiting->length - known);
		free(waiting);
	}
	stream->gap_time = event->time;
	if (stream->has_fin && !stream->ended && tcp_distance(stream->next, stream->fin) >= 0) {
		stream->next = stream->fin + 1;
		end_stream(event, from_client);
	}
}

/* Gives up the gaps before the sequence number limit. */
static void give_up(const struct event *event, bool from_client, uint32_t limit)
{
	struct tcp_stream *stream = &event->connection->streams[from_client];

	while (!stream->ended && tcp_distance(limit, stream->next) > 0) {
		uint32_t end = limit;

		if (stream->has_fin && tcp_distance(end, stream->fin) > 0)
			end = stream->fin;
		if (stream->first && tcp_distance(end, stream->first->sequence) > 0)
			end = stream->first->sequence;
		event->all->lost += end - stream->next;
		stream->next = end;
		tell_end(event, from_client, STREAM_LOST);
		drain(event, from_client);
	}
}

/* Gives up whatever gap there is. */
static void flush(const struct event *event, bool from_client)
{
	struct tcp_stream *stream = &event->connection->streams[from_client];

	while (stream->first && !stream->ended) {
		give_up(event, from_client, stream->first->sequence);
		drain(event, from_client);
	}
	if (stream->has_fin && !stream->ended)
		give_up(event, from_client, stream->fin);
}

static void check_patience(const struct event *event, bool from_client)
{
	struct tcp_stream *stream = &event->connection->streams[from_client];

	if (stream->has_acknowledged) {
		if (tcp_distance(stream->acknowledged, stream->next) <= 0) {
			stream->has_acknowledged = false;
		} else if (event->time - stream->acknowledged_time >= ACKNOWLEDGED_PATIENCE) {
			stream->has_acknowledged = false;
			give_up(event, from_client, stream->acknowledged);
		}
	}
	if (stream->first && (stream->segments > TCP_STREAM_SEGMENTS ||
			      stream->octets > TCP_STREAM_OCTETS ||
			      event->all->waiting > WAITING_LIMIT ||
			      event->time - stream->gap_time >= GAP_PATIENCE))
		give_up(event, from_client, stream->first->sequence);
}

/* connections come and go */

/* Tells the sink that a connection, whose end was not seen, is over. */
static void abandon(const struct event *event)
{
	for (int i = 1; i >= 0; i--)
		flush(event, i);
	for (int i = 1; i >= 0; i--)
		if (!event->connection->streams[i].ended)
			end_stream(event, i);
}

static void remove_connection(const struct event *event)
{
	if (!event->connection->closed)
		abandon(event);
	tcp_table_remove(&event->all->table, event->connection);
}

static void open_connection(struct event *event, const struct address *client,
			    const struct address *server, bool whole)
{
	struct tcp_reassembly *all = event->all;
	const struct tcp_sink *sink = &all->sink;

	if (event->connection)
		remove_connection(event);
	event->connection = tcp_table_surplus(&all->table);
	if (event->connection)
		remove_connection(event);
	event->connection = tcp_table_add(&all->table, client, server);
	event->connection->whole = whole;
	event->connection->number = sink->open(sink->context, client, server, event->time);
	for (int i = 1; i >= 0 && !whole; i--)
		tell_end(event, i, STREAM_LOST);
}

static void start_stream(const struct event *event, bool from_client, uint32_t next)
{
	struct tcp_stream *stream = &event->connection->streams[from_client];

	stream->started = true;
	stream->next = next;
}

static bool begins(const struct packet *segment, const char *text)
{
	size_t length = strlen(text);

	return segment->length >= length && memcmp(segment->octets, text, length) == 0;
}

/* Whoever answers in HTTP is the server, whoever asks the client; else the lower port listens. */
static bool guess_from_client(const struct packet *segment)
{
	static const char *const methods[] = { "POST ", "GET ", "HEAD ", "PUT ", "OPTIONS " };

	if (begins(segment, "HTTP/1."))
		return false;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (begins(segment, methods[i]))
			return true;
	return segment->source.port >= segment->destination.port;
}

/* A SYN: of a new connection, the answer to one, or one that comes again. */
static void handle_syn(struct event *event, const struct packet *segment, bool *from_client)
{
	struct tcp_connection *connection = event->connection;

	if (connection) {
		struct tcp_stream *stream = &connection->streams[*from_client];
		uint32_t first = segment->sequence + 1;

		if (stream->has_initial && stream->initial == segment->sequence)
			return;
		if (connection->closed || !connection->whole || stream->has_initial ||
		    (stream->started && stream->next != first && !(segment->flags & TCP_ACK)))
			connection = NULL;
	}
	if (!connection) {
		*from_client = !(segment->flags & TCP_ACK);
		open_connection(event, *from_client ? &segment->source : &segment->destination,
				*from_client ? &segment->destination : &segment->source, true);
	}
	if (!event->connection->streams[*from_client].started)
		start_stream(event, *from_client, segment->sequence + 1);
	event->connection->streams[*from_client].has_initial = true;
	event->connection->streams[*from_client].initial = segment->sequence;
}

/* A reset far from where the stream stands is not this connection's (RFC 5961 clause 3). */
static void handle_reset(const struct event *event, bool from_client, uint32_t sequence)
{
	const struct tcp_stream *stream = &event->connection->streams[from_client];
	int32_t distance = tcp_distance(sequence, stream->next);

	if (stream->started && (distance > TCP_STREAM_WINDOW || distance < -TCP_STREAM_WINDOW))
		return;
	for (int i = 1; i >= 0; i--)
		flush(event, i);
	if (event->connection->closed) /* a FIN behind the last gap */
		return;
	/* After its own FIN it resets what the other end still sends. */
	tell_end(event, stream->ended ? !from_client : from_client, STREAM_RESET);
	close_connection(event);
}

/* The peer has read up to number: what the capture has not is missing from it. */
static void handle_acknowledgement(const struct event *event, bool from_client,
				   const struct packet *segment)
{
	struct tcp_stream *stream = &event->connection->streams[!from_client];
	uint32_t number = segment->acknowledgement;

	if (!stream->started) {
		start_stream(event, !from_client, number);
		return;
	}
	int32_t ahead = tcp_distance(number, stream->next);
	if (ahead <= 0 || ahead > TCP_STREAM_WINDOW || stream->ended)
		return;
	if (segment->length > 0) {
		give_up(event, !from_client, number);
	} else if (!stream->has_acknowledged) {
		stream->has_acknowledged = true;
		stream->acknowledged = number;
		stream->acknowledged_time = event->time;
	} else if (tcp_distance(number, stream->acknowledged) > 0) {
		stream->acknowledged = number;
	}
}

static void handle_octets(const struct event *event, bool from_client, uint32_t sequence,
			  const struct packet *segment)
{
	struct tcp_stream *stream = &event->connection->streams[from_client];
	const uint8_t *octets = segment->octets;
	size_t length = segment->length;
	int32_t early;

	if (!stream->started)
		start_stream(event, from_client, sequence);
	early = tcp_distance(sequence, stream->next);
	if (stream->ended || length == 0 || early > TCP_STREAM_WINDOW ||
	    early < -TCP_STREAM_WINDOW)
		return;
	if (early > 0) {
		if (!stream->first)
			stream->gap_time = event->time;
		event->all->waiting -= stream->octets;
		tcp_stream_keep(stream, sequence, octets, (uint32_t)length, event->packet);
		event->all->waiting += stream->octets;
		return;
	}
	size_t known = (size_t)-early;
	if (known >= length)
		return;
	tell_octets(event, from_client, event->packet, octets + known, length - known);
	drain(event, from_client);
}

static void handle_fin(const struct event *event, bool from_client, uint32_t fin)
{
	struct tcp_stream *stream = &event->connection->streams[from_client];

	if (stream->ended || stream->has_fin)
		return;
	if (!stream->started)
		start_stream(event, from_client, fin);
	int32_t ahead = tcp_distance(fin, stream->next);
	if (ahead < 0 || ahead > TCP_STREAM_WINDOW)
		return;
	stream->has_fin = true;
	stream->fin = fin;
	drain(event, from_client);
}

static void handle_segment(const struct event *event, bool from_client,
			   const struct packet *segment)
{
	uint32_t sequence = segment->sequence + (segment->flags & TCP_SYN ? 1 : 0);
	size_t whole = segment->length + segment->missing;

	if (segment->flags & TCP_ACK)
		handle_acknowledgement(event, from_client, segment);
	if (!event->connection->closed && segment->length > 0)
		handle_octets(event, from_client, sequence, segment);
	if (!event->connection->closed && segment->flags & TCP_FIN)
		handle_fin(event, from_client, sequence + (uint32_t)whole);
	for (int i = 1; i >= 0 && !event->connection->closed; i--)
		check_patience(event, i);
}

void tcp_reassembly_add(struct tcp_reassembly *all, const struct packet *segment, int64_t time,
			uint64_t number)
{
	struct event event = { all, NULL, time, number };
	bool from_client = false;

	event.connection = tcp_table_find(&all->table, &segment->source, &segment->destination,
					  &from_client);
	if (segment->flags & TCP_RST) {
		if (event.connection && !event.connection->closed)
			handle_reset(&event, from_client, segment->sequence);
		return;
	}
	if (segment->flags & TCP_SYN)
		handle_syn(&event, segment, &from_client);
	if (!event.connection) {
		if (segment->length == 0)
			return;
		from_client = guess_from_client(segment);
		open_connection(&event, from_client ? &segment->source : &segment->destination,
				from_client ? &segment->destination : &segment->source, false);
	}
	tcp_table_touch(&all->table, event.connection);
	if (!event.connection->closed)
		handle_segment(&event, from_client, segment);
}

void tcp_reassembly_finish(struct tcp_reassembly *all, int64_t time)
{
	struct tcp_connection *younger;

	for (struct tcp_connection *at = all->table.open.oldest; at; at = younger) {
		struct event event = { all, at, time, 0 };

		younger = at->younger;
		for (int i = 1; i >= 0; i--)
			flush(&event, i);
	}
}
