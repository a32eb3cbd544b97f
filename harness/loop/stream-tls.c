/*
 * stream-tls: TLS over memory BIOs. What comes from the wire goes into one BIO, OpenSSL's
 * answers come out of the other; the handshake is told to the tap as it goes.
 */
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "harness/loop/certificate.h"
#include "harness/loop/client-hello.h"
#include "harness/loop/stream-inside.h"
#include "harness/loop/tls-context.h"
#include "harness/loop/tls-alert.h"
#include "protocols/memory.h"

enum { CHUNK = 16384, TEXT = 1024, LAST_RECORD_TYPE = 24, SESSIONS = 16 };

struct stream_tls {
	SSL *ssl; /* NULL: a server's, until the ClientHello is there */
	BIO *in, *out;
	struct buffer first; /* the client's first octets, until the ClientHello is read */
	struct client_hello hello;
	bool hello_read, hello_good;
	bool certificate_sent; /* by us, a server */
	bool certificate_told;
	bool established;
	bool over;      /* refused, failed or closed: nothing more is read */
	bool got_plain; /* the other end has sent data */
	bool clear;     /* the other end speaks without TLS */
	/* Fatal ones, and a close_notify that ends the handshake; -1 = none. */
	int alert_sent, alert_received;
	const struct stream_refusal *refusal; /* how a server refuses; NULL = by an alert */
	bool unverified, resumable;
	uint8_t sessions[SESSIONS];  /* a server's: what its sessions are good for, the same for a family */
	bool takes_up;         /* the session of another stream: gives no tickets of its own */
	SSL_SESSION *session;  /* a client's, to be taken up; NULL = none */
	char client_trust[24]; /* what is wrong with the client's certificate; empty = nothing */
};

void stream_tls_new(struct stream *stream)
{
	stream->tls = memory_new(sizeof(*stream->tls));
	stream->tls->alert_sent = stream->tls->alert_received = -1;
	if (!stream->tls_client && RAND_bytes(stream->tls->sessions, SESSIONS) != 1)
		abort(); /* OpenSSL cannot work without */
	if (stream->tls_context)
		SSL_CTX_up_ref(stream->tls_context);
}

void stream_tls_free(struct stream *stream)
{
	if (!stream->tls)
		return;
	SSL_free(stream->tls->ssl); /* and its BIOs */
	SSL_CTX_free(stream->tls_context);
	SSL_SESSION_free(stream->tls->session);
	buffer_free(&stream->tls->first);
	free(stream->tls);
	stream->tls = NULL;
}

SSL *stream_tls(const struct stream *stream)
{
	return stream->tls ? stream->tls->ssl : NULL;
}

const struct tap *stream_tls_tap(const SSL *ssl)
{
	const struct stream *stream = SSL_get_app_data(ssl);

	return stream ? stream->tap : NULL;
}

static void tell(struct stream *stream, bool own, const char *message,
		 const char *const *attributes)
{
	stream_tell_held(stream);
	if (stream->tap && stream->tap->tls)
		stream->tap->tls(stream->tap->context, stream->connection, own == stream->client,
				 loop_now(stream->loop), message, attributes);
}

/* Looks at the client's first octets. True when there is nothing more to wait for. */
static bool read_hello(struct stream *stream, const void *octets, size_t length)
{
	struct stream_tls *tls = stream->tls;

	if (tls->hello_read)
		return true;
	buffer_add(&tls->first, octets, length);
	enum hello_state state =
		client_hello_parse(tls->first.octets, tls->first.length, &tls->hello);

	if (state == HELLO_MORE && tls->first.length <= CLIENT_HELLO_LIMIT)
		return false;
	tls->hello_read = true;
	tls->hello_good = state == HELLO_DONE;
	if (state == HELLO_DONE) {
		const char *const attributes[] = { "server-name", tls->hello.server_name,
						   "versions", tls->hello.versions, NULL };

		tell(stream, stream->tls_client, "TlsClientHello", attributes);
	}
	return true;
}

static void tell_certificate(struct stream *stream, X509 *certificate)
{
	struct certificate_words words;

	if (!certificate || stream->tls->certificate_told)
		return;
	stream->tls->certificate_told = true;
	certificate_describe(certificate, &words);
	const char *const attributes[] = { "subject", words.subject, "names", words.names,
					   "not-before", words.not_before, "not-after",
					   words.not_after, "issuer", words.issuer, NULL };

	tell(stream, !stream->tls_client, "TlsCertificate", attributes);
}

static void tell_established(struct stream *stream)
{
	SSL *ssl = stream->tls->ssl;
	X509 *client = stream->tls_client ? SSL_get_certificate(ssl) : SSL_get0_peer_certificate(ssl);
	struct certificate_words words = { .subject = "" };

	if (client)
		certificate_describe(client, &words);
	const char *const attributes[] = {
		"version", SSL_get_version(ssl), "cipher", SSL_get_cipher_name(ssl),
		"resumed", SSL_session_reused(ssl) ? "true" : "false",
		"server-name", stream->tls->hello.server_name, "client-certificate",
		words.subject, client && !stream->tls_client ? "client-trust" : NULL,
		*stream->tls->client_trust ? stream->tls->client_trust : "ok", NULL,
	};

	tell(stream, stream->tls_client, "TlsEstablished", attributes);
}

static void tell_over(struct stream *stream, bool own, int alert, const char *why)
{
	const char *const attributes[] = { "alert", alert < 0 ? "none" : tls_alert_name(alert),
					   "why", why, NULL };

	stream->tls->over = true;
	tell(stream, own, own ? "TlsFailed" : "TlsRefused", attributes);
}

static void note_alert(const SSL *ssl, int where, int value)
{
	struct stream *stream = SSL_get_app_data(ssl);

	if (!stream || !(where & SSL_CB_ALERT))
		return;
	bool ends_handshake = !stream->tls->established && (value & 0xff) == SSL_AD_CLOSE_NOTIFY;

	if (value >> 8 != SSL3_AL_FATAL && !ends_handshake)
		return;
	if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT)
		stream->tls->alert_received = value & 0xff;
	else
		stream->tls->alert_sent = value & 0xff;
}

/* Has our Certificate message been made? A flight alone may be a HelloRetryRequest. */
static void note_message(int sent, int version, int type, const void *octets, size_t length,
			 SSL *ssl, void *context)
{
	struct stream_tls *tls = context;

	(void)version;
	(void)ssl;
	if (sent && type == SSL3_RT_HANDSHAKE && length > 0 &&
	    *(const uint8_t *)octets == SSL3_MT_CERTIFICATE)
		tls->certificate_sent = true;
}

/* The first thing that is wrong with a client's certificate; that nobody here knows who signed it
 * (TS 33.320: the maker's affair) is the least of all. */
static void note_trust(struct stream *stream, int error)
{
	static const struct { int error; const char *word; } words[] = {
		{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "self-signed" },
		{ X509_V_ERR_CERT_HAS_EXPIRED, "expired" },
		{ X509_V_ERR_CERT_NOT_YET_VALID, "not-yet-valid" },
		{ X509_V_ERR_CERT_SIGNATURE_FAILURE, "bad-signature" },
	};
	static const char unknown[] = "unknown-authority";
	const char *word = unknown;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].error == error)
			word = words[i].word;
	if (!*stream->tls->client_trust || !strcmp(stream->tls->client_trust, unknown))
		snprintf(stream->tls->client_trust, sizeof(stream->tls->client_trust), "%s", word);
}

/* A client sees the server's certificate here, whether it will like it or not. */
static int see_certificate(int good, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct stream *stream = SSL_get_app_data(ssl);

	if (stream && stream->tls_client)
		tell_certificate(stream, X509_STORE_CTX_get0_cert(store));
	if (stream && !stream->tls_client && !good && tls_context_looks_only(SSL_get_SSL_CTX(ssl))) {
		note_trust(stream, X509_STORE_CTX_get_error(store));
		return 1;
	}
	if (!good && tls_context_forgives(SSL_get_SSL_CTX(ssl), X509_STORE_CTX_get_error(store))) {
		X509_STORE_CTX_set_error(store, X509_V_OK);
		return 1;
	}
	return good;
}

static void expect_name(struct stream *stream, SSL *ssl)
{
	struct address address;
	const char *name = stream->server_name;

	if (!name)
		return;
	bool literal = address_parse(name, &address) == 0;

	if (!literal)
		SSL_set_tlsext_host_name(ssl, name);
	if (SSL_get_verify_mode(ssl) == SSL_VERIFY_NONE)
		return;
	if (literal)
		X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name);
	else
		SSL_set1_host(ssl, name);
}

/* Sessions are not taken up elsewhere (tls-context.c); here they may be, by tickets, or by the ID of one
 * that the server keeps (TLS 1.2). A client that only
 * sends on a stream, and closes it, would answer tickets that it has not read with a reset: none are
 * given where one was taken. */
static void allow_resumption(struct stream *stream, SSL *ssl)
{
	struct stream_tls *tls = stream->tls;

	if (!stream->tls_client) /* else the server may take up one by its ID, from the context's cache */
		SSL_set_session_id_context(ssl, tls->sessions, sizeof(tls->sessions));
	if (!tls->resumable)
		return;
	SSL_clear_options(ssl, SSL_OP_NO_TICKET);
	if (!stream->tls_client) {
		SSL_set_num_tickets(ssl, tls->takes_up ? 0 : 2);
		SSL_CTX_set_session_cache_mode(SSL_get_SSL_CTX(ssl), SSL_SESS_CACHE_SERVER);
	} else if (tls->session) {
		SSL_set_session(ssl, tls->session);
	}
}

static void make_ssl(struct stream *stream)
{
	struct stream_tls *tls = stream->tls;

	ERR_clear_error();
	tls->ssl = SSL_new(stream->tls_context);
	tls->in = BIO_new(BIO_s_mem());
	tls->out = BIO_new(BIO_s_mem());
	if (!tls->ssl || !tls->in || !tls->out)
		abort(); /* out of memory: memory.h */
	SSL_set_bio(tls->ssl, tls->in, tls->out);
	SSL_set_app_data(tls->ssl, stream);
	SSL_set_info_callback(tls->ssl, note_alert);
	SSL_set_msg_callback(tls->ssl, note_message);
	SSL_set_msg_callback_arg(tls->ssl, tls);
	SSL_set_verify(tls->ssl, tls->unverified ? SSL_VERIFY_NONE : SSL_get_verify_mode(tls->ssl),
		       see_certificate);
	X509_VERIFY_PARAM_set_time(SSL_get0_param(tls->ssl),
				   (time_t)(loop_now(stream->loop) / SECONDS(1)));
	allow_resumption(stream, tls->ssl);
	if (stream->tls_client) {
		expect_name(stream, tls->ssl);
		SSL_set_connect_state(tls->ssl);
	} else {
		SSL_set_accept_state(tls->ssl);
	}
}

/* OpenSSL's answers to the wire. */
static void drain(struct stream *stream)
{
	uint8_t octets[CHUNK];
	struct stream_tls *tls = stream->tls;

	for (;;) {
		int got = BIO_read(tls->out, octets, sizeof(octets));

		if (got <= 0)
			return;
		stream_put_wire(stream, octets, (size_t)got);
		if (stream->tls_client)
			read_hello(stream, octets, (size_t)got);
	}
}

/* Why OpenSSL gave up, for people. */
static void failure_text(struct stream *stream, char text[TEXT])
{
	SSL *ssl = stream->tls->ssl;
	unsigned long error = ERR_peek_error();
	const char *reason = ERR_reason_error_string(error);
	long verified = SSL_get_verify_result(ssl);

	if (!reason)
		reason = "TLS error";
	if (verified != X509_V_OK && ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED)
		snprintf(text, TEXT, "%s: %s", reason, X509_verify_cert_error_string(verified));
	else
		snprintf(text, TEXT, "%s", reason);
	ERR_clear_error();
}

/* A fatal alert came, or OpenSSL would not go on: says so and ends the stream. Alerts that
 * come after the handshake but before any data are refusals too: in TLS 1.3 the server's word
 * on the client's certificate arrives then (RFC 8446 4.4.2.4). */
static void fail(struct stream *stream)
{
	struct stream_tls *tls = stream->tls;
	bool refused = tls->alert_received >= 0;
	struct problem problem;
	char text[TEXT];

	failure_text(stream, text);
	drain(stream);
	if (!tls->got_plain || !refused)
		tell_over(stream, !refused, refused ? tls->alert_received : tls->alert_sent, text);
	tls->over = true;
	if (refused)
		problem_set(&problem, "the other end refused TLS with alert %s",
			    tls_alert_name(tls->alert_received));
	else
		problem_set(&problem, "TLS failed: %s", text);
	/* To a server: octets in place of a ClientHello, or of records. */
	if (!stream->tls_client && !refused && (tls->established || !tls->hello_good))
		stream_tell_limit(stream, "tls.record", problem.text);
	if (stream->destroyed)
		return;
	stream_flush(stream);
	stream_tell_ended(stream, STREAM_CLOSED, &problem);
}

/* True when the handshake is done. */
static bool shake_hands(struct stream *stream)
{
	struct stream_tls *tls = stream->tls;

	if (tls->established)
		return true;
	ERR_clear_error();
	int result = SSL_do_handshake(tls->ssl);
	int error = result == 1 ? SSL_ERROR_NONE : SSL_get_error(tls->ssl, result);

	if (error != SSL_ERROR_NONE && error != SSL_ERROR_WANT_READ) {
		fail(stream);
		return false;
	}
	drain(stream);
	if (!stream->tls_client && tls->certificate_sent)
		tell_certificate(stream, SSL_get_certificate(tls->ssl));
	stream_flush(stream);
	if (error != SSL_ERROR_NONE)
		return false;
	tls->established = true;
	tell_established(stream);
	stream_tell_opened(stream);
	return !stream->destroyed;
}

static void read_plain(struct stream *stream)
{
	uint8_t octets[CHUNK];
	struct stream_tls *tls = stream->tls;

	while (!stream->destroyed && !tls->over) {
		ERR_clear_error();
		int got = SSL_read(tls->ssl, octets, sizeof(octets));

		if (got > 0) {
			tls->got_plain = true;
			stream_tell_plain(stream, false, octets, (size_t)got);
			if (!stream->released && stream->events.octets)
				stream->events.octets(stream->context, stream, octets,
						      (size_t)got);
			continue;
		}
		int error = SSL_get_error(tls->ssl, got);

		if (error == SSL_ERROR_ZERO_RETURN) {
			tls->over = true;
			/* Who says close_notify first closes first: our own answer to it comes
			 * before the other end's FIN. */
			stream_tell_closed(stream);
			stream_tell_ended(stream, STREAM_CLOSED, NULL);
		} else if (error != SSL_ERROR_WANT_READ) {
			fail(stream);
		}
		break;
	}
	if (!stream->destroyed) {
		drain(stream);
		stream_flush(stream);
	}
}

static void pump(struct stream *stream)
{
	if (!stream->tls->over && shake_hands(stream))
		read_plain(stream);
}

void stream_tls_begin(struct stream *stream)
{
	make_ssl(stream);
	pump(stream);
}

/* Whose sessions are whose. */
static void set_resumption(struct stream *stream, const struct stream_tls_wish *wish)
{
	struct stream_tls *tls = stream->tls;
	const struct stream_tls *other = wish->session ? wish->session->tls : NULL;

	tls->resumable = wish->resumable || wish->session;
	tls->takes_up = wish->session != NULL;
	if (!stream->tls_client && other)
		memcpy(tls->sessions, other->sessions, sizeof(tls->sessions));
	if (stream->tls_client && other && other->ssl)
		tls->session = SSL_get1_session(other->ssl);
}

void stream_start_tls(struct stream *stream, const struct stream_tls_wish *wish)
{
	if (stream->tls || stream->destroyed || stream->released)
		return;
	stream_enter(stream);
	stream->tls_context = wish->context;
	stream->choose = wish->choose;
	stream->choose_context = wish->choose_context;
	stream->tls_client = wish->client;
	free(stream->server_name);
	stream->server_name = memory_text(wish->server_name);
	stream->opened = false; /* once more, when the handshake is done */
	stream_tls_new(stream);
	stream->tls->unverified = wish->unverified;
	set_resumption(stream, wish);
	if (wish->client && !stream->connecting)
		stream_tls_begin(stream);
	stream_leave(stream);
}

bool stream_resumed(const struct stream *stream)
{
	return stream->tls && stream->tls->ssl && SSL_session_reused(stream->tls->ssl);
}

void stream_refuse_by(struct stream *stream, const struct stream_refusal *refusal)
{
	if (stream->tls)
		stream->tls->refusal = refusal;
}

/* The server's context is chosen when the ClientHello has been seen; none = no, thanks. */
static bool choose(struct stream *stream)
{
	static const uint8_t handshake_failure[] = { 21, 3, 1, 0, 2, SSL3_AL_FATAL,
						     SSL_AD_HANDSHAKE_FAILURE };
	struct problem problem;
	SSL_CTX *context;

	if (!stream->choose)
		return true;
	context = stream->choose(stream->choose_context, stream);
	if (stream->destroyed)
		return false;
	if (context) {
		SSL_CTX_up_ref(context);
		SSL_CTX_free(stream->tls_context);
		stream->tls_context = context;
		return true;
	}
	if (stream->tls->refusal) {
		const struct stream_refusal *refusal = stream->tls->refusal;

		stream_put_wire(stream, refusal->octets, refusal->length);
		tell_over(stream, true, -1, refusal->why);
	} else {
		stream_put_wire(stream, handshake_failure, sizeof(handshake_failure));
		tell_over(stream, true, SSL_AD_HANDSHAKE_FAILURE,
			  "the server refused the connection");
	}
	stream_flush(stream);
	problem_set(&problem, "the connection was refused as its cue said");
	stream_tell_ended(stream, STREAM_CLOSED, &problem);
	return false;
}

/* TLS begins with a record (RFC 8446 5.1: types 20 to 24; an old hello has the first bit set).
 * Other octets are in clear. */
static bool is_clear(struct stream_tls *tls, const uint8_t *octets)
{
	if (!tls->ssl && !tls->over && tls->first.length == 0)
		tls->clear = octets[0] < SSL3_RT_CHANGE_CIPHER_SPEC ||
			     (octets[0] > LAST_RECORD_TYPE && octets[0] < 0x80);
	return tls->clear;
}

/* What is said in clear where TLS is due is shown, so that one sees what it was, and is not
 * answered. The owner closes; what comes until the other end closes too is still shown. */
static void refuse_clear(struct stream *stream, const void *octets, size_t length)
{
	struct problem problem;

	stream_tell_plain(stream, false, octets, length);
	if (stream->tls->over)
		return;
	problem_set(&problem, "the other end speaks in clear where TLS is due");
	tell_over(stream, true, -1, problem.text);
	stream_tell_ended(stream, STREAM_CLOSED, &problem);
}

void stream_tls_received(struct stream *stream, const void *octets, size_t length)
{
	struct stream_tls *tls = stream->tls;

	if (is_clear(tls, octets)) {
		refuse_clear(stream, octets, length);
		return;
	}
	if (tls->over)
		return;
	if (!tls->ssl) {
		if (stream->released || !read_hello(stream, octets, length))
			return;
		if (!choose(stream))
			return;
		make_ssl(stream);
		BIO_write(tls->in, tls->first.octets, (int)tls->first.length);
		buffer_free(&tls->first);
	} else {
		BIO_write(tls->in, octets, (int)length);
	}
	pump(stream);
}

void stream_tls_write(struct stream *stream, const void *octets, size_t length)
{
	const uint8_t *at = octets;
	size_t left = length;

	if (stream->tls->alert_sent >= 0 || stream->tls->alert_received >= 0)
		return;
	ERR_clear_error();
	while (left > 0) {
		size_t part = left < CHUNK ? left : CHUNK;

		if (SSL_write(stream->tls->ssl, at, (int)part) <= 0) {
			ERR_clear_error();
			return;
		}
		at += part;
		left -= part;
	}
	drain(stream);
	stream_tell_plain(stream, true, octets, length);
}

void stream_tls_close_notify(struct stream *stream)
{
	struct stream_tls *tls = stream->tls;

	if (!tls->ssl || tls->alert_sent >= 0 || tls->alert_received >= 0)
		return;
	ERR_clear_error();
	SSL_shutdown(tls->ssl);
	ERR_clear_error();
	drain(stream);
}

void stream_tls_ended(struct stream *stream, enum stream_end how, struct problem *problem)
{
	struct stream_tls *tls = stream->tls;
	const char *why = how == STREAM_RESET ? "reset" : "closed";

	if (tls->over)
		return;
	tls->over = true;
	if (tls->established) {
		if (how == STREAM_CLOSED)
			problem_set(problem, "closed without a TLS close_notify");
		return;
	}
	problem_set(problem, "the connection was %s in the TLS handshake", why);
	/* A connection on which nothing was said was no attempt at TLS. */
	if (tls->hello_read || tls->first.length > 0)
		tell_over(stream, false, -1, problem->text);
}
