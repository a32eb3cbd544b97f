/*
 * stream: a TCP connection on the loop, plain or TLS (OpenSSL over memory BIOs, so that
 * every octet on the wire is ours to see, to record and to spoil).
 */
#ifndef HARNESS_LOOP_STREAM_H
#define HARNESS_LOOP_STREAM_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/loop/loop.h"
#include "harness/loop/tap.h"
#include "protocols/address.h"
#include "protocols/problem.h"

struct stream;
struct listener;

/* What happens to a stream. Any may be NULL. The stream may be closed from inside any. */
struct stream_events {
	void (*opened)(void *context, struct stream *stream); /* connected, TLS done if any */
	void (*octets)(void *context, struct stream *stream, const void *octets, size_t length);
	/* The other end closed or reset, or connecting or TLS failed (problem says why; empty text
	 * = an orderly close). Called once; after it the owner must still stream_close. */
	void (*ended)(void *context, struct stream *stream, enum stream_end how,
		      const struct problem *problem);
};

/*
 * Connects from local (NULL = any; port 0 = any) to remote. tls: NULL = plain; the context is
 * shared. server_name: SNI and, when verify is on in the context, the name that the certificate
 * must hold (an address literal is checked as an address). tap: NULL = not tapped.
 * Always gives a stream: failures come by ended, later.
 */
struct stream *stream_connect(struct loop *loop, const struct address *local,
			      const struct address *remote, SSL_CTX *tls, const char *server_name,
			      const struct tap *tap, enum transport transport,
			      const struct stream_events *events, void *context);
void stream_set_events(struct stream *stream, const struct stream_events *events, void *context);
void stream_write(struct stream *stream, const void *octets, size_t length);
/* Closes after what was written has gone out (TLS: close_notify first). The stream is gone for
 * the caller at once; no more callbacks come. NULL is fine. */
void stream_close(struct stream *stream);
void stream_reset(struct stream *stream); /* at once, with RST; gone likewise */
/* As stream_write, then after these octets have left, resets. For faults. */
void stream_write_and_reset(struct stream *stream, const void *octets, size_t length);
const struct address *stream_local(const struct stream *stream);
const struct address *stream_remote(const struct stream *stream);
/* Tells the tap that the other end reached a limit (limits.h); why says more. */
void stream_tell_limit(struct stream *, const char *limit, const char *why);
uint64_t stream_connection(const struct stream *stream); /* the tap's number; 0 untapped */
SSL *stream_tls(const struct stream *stream);            /* NULL = plain */
/* The tap of the stream that an SSL object belongs to; NULL = none, or not a stream of ours. */
const struct tap *stream_tls_tap(const SSL *ssl);

/* What follows on an open plain stream, or on one that was just accepted or is being connected, is TLS
 * (AUTH TLS, RFC 4217): for a client its hello goes out, a server waits for it. opened comes once more,
 * when the handshake is done; what is written meanwhile goes out then. Of the struct nothing is kept but
 * what the pointers point to. */
struct stream_tls_wish {
	SSL_CTX *context;
	SSL_CTX *(*choose)(void *context, struct stream *stream); /* as with listener_choose_tls */
	void *choose_context;
	bool client; /* our end is TLS's client, whichever end connected */
	const char *server_name;
	bool unverified; /* a client takes any certificate, whatever its context says: a defect */
	bool resumable; /* another stream may take up its session */
	/* Whose session to take up: a client offers it, a server takes only one of that stream's, and a
	 * full handshake else (stream_resumed tells). NULL = none. */
	const struct stream *session;
};
void stream_start_tls(struct stream *stream, const struct stream_tls_wish *wish);
bool stream_resumed(const struct stream *stream);

/* Listens at address; with port 0 the kernel picks one: listener_address tells. accepted gets a
 * new stream (its TLS handshake still to come: opened follows) and must set its events. */
struct listener *listener_new(struct loop *loop, const struct address *address, SSL_CTX *tls,
			      const struct tap *tap, enum transport transport,
			      void (*accepted)(void *context, struct stream *stream), void *context,
			      struct problem *problem);
const struct address *listener_address(const struct listener *listener);
/* Asked for the TLS context of each connection when its first octets (the ClientHello, already
 * shown to the tap) are there: so a cue can choose the certificate. NULL result = refuse. */
void listener_choose_tls(struct listener *listener,
			 SSL_CTX *(*choose)(void *context, struct stream *stream), void *context);
/* How the NULL of a stream's choice is said: by these octets, on the wire as they are, in place of an
 * alert, then the end of the connection. Until the stream is gone; why is for people. */
struct stream_refusal {
	const void *octets;
	size_t length;
	const char *why;
};
void stream_refuse_by(struct stream *stream, const struct stream_refusal *refusal);
void listener_close(struct listener *listener);

/* UDP, IPv4 and IPv6. */
struct datagram_socket;
typedef void (*datagram_callback)(void *context, const struct address *source, const void *octets,
				  size_t length);
struct datagram_socket *datagram_socket_new(struct loop *loop, const struct address *local,
					    const struct tap *tap, datagram_callback,
					    void *context, struct problem *problem);
const struct address *datagram_socket_address(const struct datagram_socket *socket);
int datagram_socket_send(struct datagram_socket *socket, const struct address *destination,
			 const void *octets, size_t length);
void datagram_socket_close(struct datagram_socket *socket);

#endif
