/*
 * stream-inside: what stream, stream-tls and listener share; nobody else looks here.
 *
 * A stream's life: connecting -> open -> ended by the other end and/or closed by its owner ->
 * destroyed. An owner that closes gives the stream up: it stays on the loop as a guest until
 * its last octets have gone out and the other end has closed too, for a socket closed with
 * unread octets would send RST and take our last words with it.
 *
 * Callbacks may close the stream: whoever calls back holds it by enter and leave; the memory
 * goes when the last one leaves.
 */
#ifndef HARNESS_LOOP_STREAM_INSIDE_H
#define HARNESS_LOOP_STREAM_INSIDE_H

#include "harness/loop/account.h"
#include "harness/loop/loop-inside.h"
#include "harness/loop/stream.h"
#include "protocols/buffer.h"

struct stream_tls;

struct stream {
	struct guest guest; /* first: a guest is its stream */
	struct loop *loop;
	int fd;
	struct watch *watch;
	struct timer *timer; /* a failure to tell, or how long to linger */
	bool client;         /* our end connected */
	bool connecting;
	struct address local, remote;
	const struct tap *tap;
	enum transport transport;
	uint64_t connection;
	struct stream_events events;
	void *context;
	SSL_CTX *tls_context;
	SSL_CTX *(*choose)(void *context, struct stream *stream);
	void *choose_context;
	char *server_name;
	struct stream_tls *tls; /* NULL = plain */
	bool tls_client;        /* our end says the ClientHello */
	struct buffer early;    /* written before the stream was open */
	struct buffer out;
	size_t out_sent;
	struct pair *pair;
	const void *held; /* received, and not shown to the tap yet */
	size_t held_length;
	size_t after_close; /* octets that came since we closed */
	int write_error;
	bool opened;      /* the opened event was due */
	bool ended;       /* the ended event was due */
	bool peer_closed; /* close_notify seen: the tap knows that it ended */
	bool peer_ended;  /* FIN or RST seen */
	bool own_ended;   /* our end was told to the tap */
	bool finished;    /* our FIN is sent */
	bool released;    /* the owner closed it */
	bool reset_after; /* reset when all is out */
	bool destroyed;
	int depth;
};

/* A stream on a socket: of a listener, or to be connected. */
struct stream *stream_new(struct loop *loop, int fd, bool client, const struct tap *tap,
			  enum transport transport);
void stream_start(struct stream *stream); /* TCP is there: tells the tap, begins TLS */
void stream_enter(struct stream *stream);
void stream_leave(struct stream *stream);
void stream_destroy(struct stream *stream);
/* Octets for the wire, shown to the tap; stream_flush sends what it can. */
void stream_put_wire(struct stream *stream, const void *octets, size_t length);
void stream_flush(struct stream *stream);
/* Shows what was received. With TLS that comes after OpenSSL has read it, so that a recording has
 * the keys before the packets that need them (a Finished with data right behind it). */
void stream_tell_held(struct stream *stream);
void stream_tell_plain(struct stream *stream, bool own, const void *octets, size_t length);
void stream_tell_opened(struct stream *stream); /* and writes what came early */
/* Shows the tap that the other end says no more: by close_notify, its FIN is still to come. */
void stream_tell_closed(struct stream *stream);
void stream_tell_ended(struct stream *stream, enum stream_end how, const struct problem *problem);

void stream_tls_new(struct stream *stream);
void stream_tls_free(struct stream *stream);
void stream_tls_begin(struct stream *stream); /* a client says its hello */
void stream_tls_received(struct stream *stream, const void *octets, size_t length);
void stream_tls_write(struct stream *stream, const void *octets, size_t length);
void stream_tls_close_notify(struct stream *stream);
/* The other end closed or reset: in the handshake that is a refusal. problem gets the words. */
void stream_tls_ended(struct stream *stream, enum stream_end how, struct problem *problem);

#endif
