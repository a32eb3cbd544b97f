#include "harness/loop/tls-context.h"

#include "harness/loop/certificate.h"


#include <openssl/err.h>

#include "harness/loop/stream.h"

int tls_problem(struct problem *problem, const char *tried)
{
	unsigned long error = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(error);

	ERR_clear_error();
	return problem_set(problem, "%s: %s", tried, reason ? reason : "unknown TLS error");
}

/* A stream stands behind each SSL of ours: its tap comes by the app data (stream-tls.c). A
 * server's context names its tap itself. */
static void log_key(const SSL *ssl, const char *line)
{
	const struct tap *tap = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	if (!tap)
		tap = stream_tls_tap(ssl);
	if (tap && tap->key)
		tap->key(tap->context, line);
}

/* Suites without encryption: no TLS 1.3, which has none, and no security level. */
static int set_no_encryption(SSL_CTX *context)
{
	if (!SSL_CTX_set_cipher_list(context, "eNULL:@SECLEVEL=0") ||
	    !SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION))
		return -1;
	return 0;
}

/* TLS 1.0 and 1.1 sign with SHA-1, which OpenSSL 3 allows at security level 0 only. */
static int set_versions(SSL_CTX *context, const struct pki_versions *versions)
{
	int oldest = versions->oldest ? versions->oldest : TLS1_2_VERSION;
	int newest = versions->newest ? versions->newest : TLS1_3_VERSION;

	if (oldest > newest)
		oldest = newest;
	if (oldest < TLS1_2_VERSION && !SSL_CTX_set_cipher_list(context, "DEFAULT:@SECLEVEL=0"))
		return -1;
	if (!SSL_CTX_set_min_proto_version(context, oldest) ||
	    !SSL_CTX_set_max_proto_version(context, newest))
		return -1;
	return 0;
}

static int set_certificate(SSL_CTX *context, const struct tls_context_wishes *wishes)
{
	if (!wishes->certificate)
		return 0;
	if (SSL_CTX_use_certificate(context, wishes->certificate) != 1 ||
	    SSL_CTX_use_PrivateKey(context, wishes->key) != 1)
		return -1;
	if (wishes->chain && SSL_CTX_add1_chain_cert(context, wishes->chain) != 1)
		return -1;
	return 0;
}

/* Set of a server's context that takes whatever it is shown. */
static int looking_slot(void)
{
	static int slot = -1;

	if (slot < 0)
		slot = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	return slot;
}

bool tls_context_looks_only(const SSL_CTX *context)
{
	return SSL_CTX_get_ex_data(context, looking_slot()) != NULL;
}

static int set_trust(SSL_CTX *context, const struct tls_context_wishes *wishes)
{
	int mode = SSL_VERIFY_NONE;

	if (wishes->authority &&
	    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), wishes->authority) != 1)
		return -1;
	X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context), (time_t)wishes->now);
	if (wishes->server && wishes->client_certificate > 0) {
		mode = SSL_VERIFY_PEER;
		if (wishes->client_certificate == 2)
			mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
		if (wishes->client_certificate == TLS_LOOKS_ONLY)
			SSL_CTX_set_ex_data(context, looking_slot(), context);
		if (SSL_CTX_add_client_CA(context, wishes->authority) != 1)
			return -1;
	} else if (!wishes->server && wishes->verify) {
		mode = SSL_VERIFY_PEER;
	}
	SSL_CTX_set_verify(context, mode, NULL);
	return 0;
}

/* No resumption: every handshake shows its certificates, so that each can be judged. */
SSL_CTX *tls_context_new(const struct tls_context_wishes *wishes, struct problem *problem)
{
	SSL_CTX *context =
		SSL_CTX_new(wishes->server ? TLS_server_method() : TLS_client_method());

	if (!context) {
		tls_problem(problem, "cannot make a TLS context");
		return NULL;
	}
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_num_tickets(context, 0);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_keylog_callback(context, log_key);
	SSL_CTX_set_app_data(context, (void *)(uintptr_t)wishes->tap);
	if (set_versions(context, &wishes->versions) < 0 ||
	    (wishes->no_encryption && set_no_encryption(context) < 0) ||
	    set_certificate(context, wishes) < 0 || set_trust(context, wishes) < 0) {
		tls_problem(problem, "cannot set up a TLS context");
		SSL_CTX_free(context);
		return NULL;
	}
	return context;
}

void tls_context_weaken(SSL_CTX *context, bool old_versions, bool no_encryption)
{
	SSL_CTX_set_cipher_list(context, no_encryption ? "ALL:eNULL:@SECLEVEL=0" :
							 "DEFAULT:@SECLEVEL=0");
	if (old_versions)
		SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
}

/* The errors of X509_STORE_CTX that a context forgives, as bits, in its own slot. */
static int forgiven_slot(void)
{
	static int slot = -1;

	if (slot < 0)
		slot = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	return slot;
}

void tls_context_forgive(SSL_CTX *context, int error)
{
	uintptr_t forgiven = (uintptr_t)SSL_CTX_get_ex_data(context, forgiven_slot());

	if (error > 0 && error < 64)
		forgiven |= (uintptr_t)1 << error;
	SSL_CTX_set_ex_data(context, forgiven_slot(), (void *)forgiven);
}

static int show_nothing(SSL *ssl, void *context)
{
	(void)context;
	SSL_certs_clear(ssl);
	return 1;
}

void tls_context_show(SSL_CTX *context, const struct certificate *certificate)
{
	if (!certificate) {
		SSL_CTX_set_cert_cb(context, show_nothing, NULL);
		return;
	}
	SSL_CTX_use_certificate(context, certificate->x509);
	SSL_CTX_use_PrivateKey(context, certificate->key);
}

bool tls_context_forgives(const SSL_CTX *context, int error)
{
	uintptr_t forgiven = (uintptr_t)SSL_CTX_get_ex_data(context, forgiven_slot());

	return error > 0 && error < 64 && (forgiven >> error & 1);
}
