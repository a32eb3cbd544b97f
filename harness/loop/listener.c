/* listener: accepts TCP connections and makes streams of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/loop/socket-address.h"
#include "harness/loop/stream-inside.h"
#include "protocols/memory.h"

enum { BACKLOG = 128, ACCEPTS_AT_ONCE = 16 };

#define BREATH MILLISECONDS(100) /* when no descriptor is left: others end meanwhile */

struct listener {
	struct loop *loop;
	int fd;
	struct watch *watch;
	struct address address;
	SSL_CTX *tls;
	SSL_CTX *(*choose)(void *context, struct stream *stream);
	void *choose_context;
	const struct tap *tap;
	enum transport transport;
	void (*accepted)(void *context, struct stream *stream);
	void *context;
	struct resident resident;
	struct timer *rest; /* accepts again then */
	int depth;
	bool closed;
};

static void greet(struct listener *listener, int fd, const struct sockaddr_storage *peer)
{
	struct stream *stream =
		stream_new(listener->loop, fd, false, listener->tap, listener->transport);

	socket_address_to(peer, &stream->remote);
	socket_address_local(fd, &stream->local);
	stream->remote.place = stream->local.place = listener->address.place;
	stream->tls_context = listener->tls;
	stream->choose = listener->choose;
	stream->choose_context = listener->choose_context;
	if (listener->tls || listener->choose)
		stream_tls_new(stream);
	stream->pair = pair_accept(listener->loop, &stream->remote, &listener->address);
	stream_enter(stream);
	stream_start(stream);
	listener->accepted(listener->context, stream);
	if (!stream->tls && !stream->destroyed)
		stream_tell_opened(stream);
	stream_leave(stream);
}

static void rested(void *context)
{
	struct listener *listener = context;

	listener->rest = NULL;
	loop_rewatch(listener->watch, LOOP_READ);
}

/* A connection that cannot be accepted stays ready: it would be tried without end. */
static void rest(struct listener *listener)
{
	if (listener->rest || (errno != EMFILE && errno != ENFILE && errno != ENOBUFS &&
			       errno != ENOMEM))
		return;
	loop_rewatch(listener->watch, 0);
	listener->rest = loop_after(listener->loop, BREATH, rested, listener);
}

static void arrived(void *context, int fd, int ready)
{
	struct listener *listener = context;

	(void)ready;
	listener->depth++;
	for (int i = 0; i < ACCEPTS_AT_ONCE && !listener->closed; i++) {
		struct sockaddr_storage peer = { 0 };
		socklen_t length = sizeof(peer);
		int one = accept4(fd, (struct sockaddr *)&peer, &length,
				  SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (one < 0) {
			rest(listener);
			break;
		}
		greet(listener, one, &peer);
	}
	if (--listener->depth == 0 && listener->closed)
		free(listener);
}

struct listener *listener_new(struct loop *loop, const struct address *address, SSL_CTX *tls,
			      const struct tap *tap, enum transport transport,
			      void (*accepted)(void *context, struct stream *stream), void *context,
			      struct problem *problem)
{
	char text[ADDRESS_TEXT];
	int fd = socket_bound(loop, address, SOCK_STREAM, problem);

	if (fd < 0)
		return NULL;
	if (listen(fd, BACKLOG) < 0) {
		problem_set(problem, "cannot listen at %s: %s", address_text(address, text),
			    strerror(errno));
		close(fd);
		return NULL;
	}
	struct listener *listener = memory_new(sizeof(*listener));

	listener->loop = loop;
	listener->fd = fd;
	listener->tls = tls;
	if (tls)
		SSL_CTX_up_ref(tls);
	listener->tap = tap;
	listener->transport = transport;
	listener->accepted = accepted;
	listener->context = context;
	socket_address_local(fd, &listener->address);
	listener->address.place = address->place;
	listener->watch = loop_watch(loop, fd, LOOP_READ, arrived, listener);
	resident_add(loop, &listener->resident, RESIDENT_LISTENER, &listener->address);
	return listener;
}

const struct address *listener_address(const struct listener *listener)
{
	return &listener->address;
}

void listener_choose_tls(struct listener *listener,
			 SSL_CTX *(*choose)(void *context, struct stream *stream), void *context)
{
	listener->choose = choose;
	listener->choose_context = context;
}

void listener_close(struct listener *listener)
{
	if (!listener || listener->closed)
		return;
	listener->closed = true;
	resident_remove(&listener->resident);
	loop_cancel(listener->rest);
	loop_unwatch(listener->watch);
	close(listener->fd);
	SSL_CTX_free(listener->tls);
	if (listener->depth == 0)
		free(listener);
}
