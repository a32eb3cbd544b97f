/* stream: the TCP part: connecting, sending, receiving, the ways to end. */
#include "harness/loop/stream-inside.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/loop/socket-address.h"
#include "protocols/limits.h"
#include "protocols/memory.h"

enum { RECEIVE_SIZE = 65536 };

#define DRAIN_AT_MOST SECONDS(LIMIT_STREAM_DRAIN) /* after close: the other end takes what we wrote */
#define LINGER_AT_MOST SECONDS(LIMIT_STREAM_LINGER) /* after our FIN: the other end sends its own */
#define RESET_LOOK MILLISECONDS(1)

static void close_on(struct stream *stream);
static void reset_now(struct stream *stream);
static void peer_ends(struct stream *stream, enum stream_end how, const char *why);
static void say_goodbye(struct stream *stream);

void stream_enter(struct stream *stream)
{
	stream->depth++;
}

static void stream_delete(struct stream *stream)
{
	stream_tls_free(stream);
	buffer_free(&stream->early);
	buffer_free(&stream->out);
	free(stream->server_name);
	free(stream);
}

void stream_leave(struct stream *stream)
{
	if (--stream->depth == 0 && stream->destroyed)
		stream_delete(stream);
}

static enum pair_end own_end(const struct stream *stream)
{
	return stream->client ? PAIR_CLIENT : PAIR_SERVER;
}

static enum pair_end other_end(const struct stream *stream)
{
	return stream->client ? PAIR_SERVER : PAIR_CLIENT;
}

static void guest_end(struct guest *guest)
{
	stream_destroy((struct stream *)guest);
}

/* The socket goes; the memory goes when nobody is inside any more. */
void stream_destroy(struct stream *stream)
{
	if (stream->destroyed)
		return;
	stream->destroyed = true;
	loop_unwatch(stream->watch);
	loop_cancel(stream->timer);
	stream->timer = NULL;
	if (!stream->finished)
		pair_sent(stream->pair, other_end(stream), 1);
	if (stream->fd >= 0)
		close(stream->fd);
	pair_leave(stream->pair, own_end(stream));
	stream->pair = NULL;
	if (stream->released)
		loop_guest_remove(&stream->guest);
	if (stream->depth == 0)
		stream_delete(stream);
}

struct stream *stream_new(struct loop *loop, int fd, bool client, const struct tap *tap,
			  enum transport transport)
{
	struct stream *stream = memory_new(sizeof(*stream));
	int yes = 1;

	stream->guest.end = guest_end;
	stream->loop = loop;
	stream->fd = fd;
	stream->client = stream->tls_client = client;
	stream->tap = tap;
	stream->transport = transport;
	if (fd >= 0)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	return stream;
}

static void tell_wire(struct stream *stream, bool own, const void *octets, size_t length)
{
	if (stream->tap && stream->tap->wire)
		stream->tap->wire(stream->tap->context, stream->connection, own == stream->client,
				  loop_now(stream->loop), octets, length);
}

void stream_tell_held(struct stream *stream)
{
	const void *octets = stream->held;

	stream->held = NULL;
	if (octets)
		tell_wire(stream, false, octets, stream->held_length);
}

void stream_tell_plain(struct stream *stream, bool own, const void *octets, size_t length)
{
	stream_tell_held(stream);
	if (stream->tap && stream->tap->plain)
		stream->tap->plain(stream->tap->context, stream->connection,
				   own == stream->client, loop_now(stream->loop), octets, length);
}

static void show_end(struct stream *stream, bool own, enum stream_end how)
{
	stream_tell_held(stream);
	if (!stream->connecting && stream->tap && stream->tap->end)
		stream->tap->end(stream->tap->context, stream->connection, own == stream->client,
				 loop_now(stream->loop), how);
}

void stream_tell_limit(struct stream *stream, const char *limit, const char *why)
{
	stream_tell_held(stream);
	if (stream->tap && stream->tap->limit)
		stream->tap->limit(stream->tap->context, stream->connection, !stream->client,
				   loop_now(stream->loop), limit, why);
}

static void tell_end(struct stream *stream, bool own, enum stream_end how)
{
	bool *told = own ? &stream->own_ended : &stream->peer_ended;

	if (*told)
		return;
	*told = true;
	if (own || !stream->peer_closed)
		show_end(stream, own, how);
}

void stream_tell_closed(struct stream *stream)
{
	if (stream->peer_ended || stream->peer_closed)
		return;
	stream->peer_closed = true;
	show_end(stream, false, STREAM_CLOSED);
}

void stream_tell_opened(struct stream *stream)
{
	if (stream->opened)
		return;
	stream->opened = true;
	if (stream->early.length > 0) {
		struct buffer early = stream->early;

		stream->early = (struct buffer){ 0 };
		stream_write(stream, early.octets, early.length);
		buffer_free(&early);
	}
	if (stream->released)
		say_goodbye(stream);
	else if (stream->events.opened)
		stream->events.opened(stream->context, stream);
}

void stream_tell_ended(struct stream *stream, enum stream_end how, const struct problem *problem)
{
	static const struct problem none;

	if (stream->ended)
		return;
	stream->ended = true;
	if (!stream->released && stream->events.ended)
		stream->events.ended(stream->context, stream, how, problem ? problem : &none);
}

static void rewatch(struct stream *stream)
{
	int wanted = stream->peer_ended ? 0 : LOOP_READ;

	if (stream->destroyed)
		return;
	if (stream->out_sent < stream->out.length)
		wanted |= LOOP_WRITE;
	loop_rewatch(stream->watch, wanted);
}

/* The other end takes nothing: it is told when whoever writes has returned. */
static void overflows(void *context)
{
	struct stream *stream = context;

	stream->timer = NULL;
	stream_enter(stream);
	peer_ends(stream, STREAM_RESET, "it does not take what is sent");
	stream_leave(stream);
}

static void overflow(struct stream *stream)
{
	stream->write_error = ENOBUFS;
	stream_tell_limit(stream, "stream.unsent", "it does not take what is sent to it");
	if (!stream->released && !stream->timer)
		stream->timer = loop_after(stream->loop, 0, overflows, stream);
}

void stream_put_wire(struct stream *stream, const void *octets, size_t length)
{
	if (length == 0 || stream->write_error || stream->finished)
		return;
	if (stream->out.length - stream->out_sent > LIMIT_STREAM_UNSENT) {
		overflow(stream);
		return;
	}
	buffer_add(&stream->out, octets, length);
	stream_tell_held(stream);
	tell_wire(stream, true, octets, length);
}

void stream_flush(struct stream *stream)
{
	if (stream->destroyed || stream->connecting)
		return;
	while (stream->out_sent < stream->out.length && !stream->write_error) {
		ssize_t sent = send(stream->fd, stream->out.octets + stream->out_sent,
				    stream->out.length - stream->out_sent, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (sent < 0) {
			stream->write_error = errno; /* the reading side tells the owner */
			break;
		}
		stream->out_sent += (size_t)sent;
		pair_sent(stream->pair, other_end(stream), sent);
	}
	if (stream->out_sent == stream->out.length || stream->write_error) {
		buffer_clear(&stream->out);
		stream->out_sent = 0;
	}
	rewatch(stream);
}

static void peer_ends(struct stream *stream, enum stream_end how, const char *why)
{
	struct problem problem = { .text = "" };

	if (how == STREAM_RESET)
		problem_set(&problem, "the connection was reset: %s", why);
	pair_received_all(stream->pair, own_end(stream));
	tell_end(stream, false, how);
	if (how == STREAM_RESET) {
		buffer_clear(&stream->out);
		stream->out_sent = 0;
		stream->write_error = ECONNRESET;
		stream->own_ended = true;
	}
	rewatch(stream);
	if (stream->tls)
		stream_tls_ended(stream, how, &problem);
	stream_tell_ended(stream, how, &problem);
	if (stream->released)
		close_on(stream);
}

static void receive(struct stream *stream)
{
	uint8_t octets[RECEIVE_SIZE];
	ssize_t got = recv(stream->fd, octets, sizeof(octets), 0);

	if (got > 0 && stream->released) {
		stream->after_close += (size_t)got;
		if (stream->after_close > LIMIT_STREAM_AFTER_CLOSE) {
			reset_now(stream);
			return;
		}
	}

	if (got > 0) {
		pair_received(stream->pair, own_end(stream), got);
		stream->held = octets;
		stream->held_length = (size_t)got;
		if (stream->tls) {
			stream_tls_received(stream, octets, (size_t)got);
			stream_tell_held(stream);
			return;
		}
		stream_tell_plain(stream, false, octets, (size_t)got);
		if (!stream->released && stream->events.octets)
			stream->events.octets(stream->context, stream, octets, (size_t)got);
	} else if (got == 0 && !stream->write_error) {
		peer_ends(stream, STREAM_CLOSED, "");
	} else if (got == 0) {
		peer_ends(stream, STREAM_RESET, strerror(stream->write_error));
	} else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
		peer_ends(stream, STREAM_RESET, strerror(errno));
	}
}

static void moved(void *context, int fd, int ready)
{
	struct stream *stream = context;

	(void)fd;
	stream_enter(stream);
	if (ready & LOOP_WRITE) {
		stream_flush(stream);
		if (stream->released && stream->out.length == 0)
			close_on(stream);
	}
	if ((ready & LOOP_READ) && !stream->destroyed && !stream->peer_ended)
		receive(stream);
	stream_leave(stream);
}

void stream_start(struct stream *stream)
{
	const struct address *client = stream->client ? &stream->local : &stream->remote;
	const struct address *server = stream->client ? &stream->remote : &stream->local;

	stream->connecting = false;
	if (stream->tap && stream->tap->open)
		stream->connection = stream->tap->open(stream->tap->context, client, server,
						       loop_now(stream->loop), stream->transport);
	loop_unwatch(stream->watch);
	stream->watch = loop_watch(stream->loop, stream->fd, LOOP_READ, moved, stream);
	if (stream->tls && stream->tls_client)
		stream_tls_begin(stream);
	else if (stream->client && !stream->tls)
		stream_tell_opened(stream);
}

static void connect_fails(struct stream *stream, int error)
{
	char text[ADDRESS_TEXT];
	struct problem problem;

	problem_set(&problem, "cannot connect to %s: %s", address_text(&stream->remote, text),
		    strerror(error));
	pair_refused(stream->pair);
	stream->peer_ended = true;
	loop_unwatch(stream->watch);
	stream->watch = NULL;
	stream_tell_ended(stream, error == ECONNREFUSED ? STREAM_RESET : STREAM_LOST, &problem);
	if (stream->released)
		stream_destroy(stream);
}

static void connect_moved(void *context, int fd, int ready)
{
	struct stream *stream = context;
	int error = 0;
	socklen_t length = sizeof(error);

	(void)ready;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
		error = errno;
	stream_enter(stream);
	if (error)
		connect_fails(stream, error);
	else
		stream_start(stream);
	stream_leave(stream);
}

static void connect_failed_at_once(void *context)
{
	struct stream *stream = context;

	stream->timer = NULL;
	stream_enter(stream);
	connect_fails(stream, stream->write_error);
	stream_leave(stream);
}

/* Begins to connect; 0 or an errno. The port is chosen with the destination, so that thousands
 * of connections in TIME_WAIT do not use up the ports of an address. */
static int begin_connect(struct stream *stream, const struct address *local)
{
	struct sockaddr_storage storage;
	socklen_t length = socket_address_from(&stream->remote, &storage);
	int yes = 1;

	if (length == 0)
		return EADDRNOTAVAIL;
	stream->fd = loop_socket(stream->loop, (enum network_place)stream->remote.place,
				 storage.ss_family, SOCK_STREAM, 0);
	if (stream->fd < 0)
		return errno;
	setsockopt(stream->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	if (local && local->family != 0) {
		struct sockaddr_storage own;
		socklen_t own_length = socket_address_from(local, &own);

		setsockopt(stream->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
		if (local->port == 0)
			setsockopt(stream->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes,
				   sizeof(yes));
		if (bind(stream->fd, (struct sockaddr *)&own, own_length) < 0)
			return errno;
	}
	if (connect(stream->fd, (struct sockaddr *)&storage, length) < 0 && errno != EINPROGRESS)
		return errno;
	socket_address_local(stream->fd, &stream->local);
	stream->local.place = stream->remote.place;
	return 0;
}

struct stream *stream_connect(struct loop *loop, const struct address *local,
			      const struct address *remote, SSL_CTX *tls, const char *server_name,
			      const struct tap *tap, enum transport transport,
			      const struct stream_events *events, void *context)
{
	struct stream *stream = stream_new(loop, -1, true, tap, transport);

	stream->remote = *remote;
	stream->remote.place = local ? local->place : PLACE_HOST;
	stream->tls_context = tls;
	stream->server_name = memory_text(server_name);
	stream->connecting = true;
	if (tls)
		stream_tls_new(stream);
	stream_set_events(stream, events, context);
	stream->write_error = begin_connect(stream, local);
	if (stream->write_error) {
		stream->timer = loop_after(loop, 0, connect_failed_at_once, stream);
		return stream;
	}
	stream->pair = pair_connect(loop, &stream->local, remote);
	stream->watch = loop_watch(loop, stream->fd, LOOP_WRITE, connect_moved, stream);
	return stream;
}

void stream_set_events(struct stream *stream, const struct stream_events *events, void *context)
{
	static const struct stream_events none;

	stream->events = events ? *events : none;
	stream->context = context;
}

void stream_write(struct stream *stream, const void *octets, size_t length)
{
	if (length == 0 || stream->write_error || stream->destroyed)
		return;
	if (!stream->opened) {
		buffer_add(&stream->early, octets, length);
		return;
	}
	stream_enter(stream);
	if (stream->tls) {
		stream_tls_write(stream, octets, length);
	} else {
		stream_put_wire(stream, octets, length);
		stream_tell_plain(stream, true, octets, length);
	}
	stream_flush(stream);
	stream_leave(stream);
}

static void lingered(void *context)
{
	struct stream *stream = context;

	stream->timer = NULL;
	stream_destroy(stream);
}

static void linger(struct stream *stream, int64_t time)
{
	loop_cancel(stream->timer);
	stream->timer = loop_after(stream->loop, time, lingered, stream);
}

static void reset_now(struct stream *stream)
{
	struct linger abort = { .l_onoff = 1, .l_linger = 0 };

	tell_end(stream, true, STREAM_RESET);
	if (stream->fd >= 0)
		setsockopt(stream->fd, SOL_SOCKET, SO_LINGER, &abort, sizeof(abort));
	stream_destroy(stream);
}

/* Resets when the kernel has sent all: what it still holds would be thrown away. */
static void reset_when_sent(void *context)
{
	struct stream *stream = context;
	int unsent = 0;

	stream->timer = NULL;
	if (ioctl(stream->fd, SIOCOUTQNSD, &unsent) == 0 && unsent > 0 && !stream->peer_ended)
		stream->timer = loop_after(stream->loop, RESET_LOOK, reset_when_sent, stream);
	else
		reset_now(stream);
}

/* The next thing that a closed stream has to do before it may go. */
static void close_on(struct stream *stream)
{
	if (stream->destroyed)
		return;
	if (!stream->opened && stream->early.length > 0 && !stream->ended)
		return; /* still to be connected */
	if (stream->connecting) {
		stream_destroy(stream);
		return;
	}
	if (stream->out.length > 0)
		return; /* moved comes back here */
	if (stream->reset_after) {
		loop_cancel(stream->timer);
		reset_when_sent(stream);
		return;
	}
	if (!stream->finished) {
		shutdown(stream->fd, SHUT_WR);
		stream->finished = true;
		pair_sent(stream->pair, other_end(stream), 1);
		linger(stream, LINGER_AT_MOST);
	}
	if (stream->peer_ended)
		stream_destroy(stream);
}

static void say_goodbye(struct stream *stream)
{
	if (stream->reset_after) {
		close_on(stream);
		return;
	}
	if (stream->opened && stream->tls && !stream->write_error) {
		stream_tls_close_notify(stream);
		stream_flush(stream);
	}
	if (!stream->connecting)
		tell_end(stream, true, STREAM_CLOSED);
	close_on(stream);
}

static void release(struct stream *stream)
{
	stream->released = true;
	stream_set_events(stream, NULL, NULL);
	loop_guest_add(stream->loop, &stream->guest);
	loop_guests_keep(stream->loop, LIMIT_STREAM_LEAVING);
	linger(stream, DRAIN_AT_MOST);
}

void stream_close(struct stream *stream)
{
	if (!stream || stream->released)
		return;
	stream_enter(stream);
	release(stream);
	if (stream->opened || stream->ended || stream->early.length == 0)
		say_goodbye(stream);
	stream_leave(stream);
}

void stream_reset(struct stream *stream)
{
	if (!stream || stream->released)
		return;
	stream_enter(stream);
	release(stream);
	reset_now(stream);
	stream_leave(stream);
}

void stream_write_and_reset(struct stream *stream, const void *octets, size_t length)
{
	if (!stream || stream->released)
		return;
	stream_enter(stream);
	stream_write(stream, octets, length);
	release(stream);
	stream->reset_after = true;
	close_on(stream);
	stream_leave(stream);
}

const struct address *stream_local(const struct stream *stream)
{
	return &stream->local;
}

const struct address *stream_remote(const struct stream *stream)
{
	return &stream->remote;
}

uint64_t stream_connection(const struct stream *stream)
{
	return stream->connection;
}
