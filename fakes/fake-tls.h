/*
 * fake-tls: the TLS of a played server: its settings in the profile, and what the cue of a
 * TlsCertificate wants to be wrong with it.
 *
 * Variables of the profile, each with ROLE. in front: tls-oldest, tls-newest (1.0 .. 1.3);
 * client-certificate (none, asked, required).
 */
#ifndef FAKES_FAKE_TLS_H
#define FAKES_FAKE_TLS_H

#include "fakes/fake.h"
#include "harness/loop/stream.h"

enum fake_client_certificate {
	CLIENT_NOT_ASKED, CLIENT_ASKED, CLIENT_REQUIRED, CLIENT_LOOKED_AT = TLS_LOOKS_ONLY,
};

struct fake_tls {
	const struct stage *stage;
	const char *role, *host; /* the owner's */
	struct pki_versions versions;
	enum fake_client_certificate client_certificate;
};

/* Reads the settings; role, host and stage stand in it already. 0, or -1 with why. */
int fake_tls_configure(struct fake_tls *tls, struct problem *problem);
/* The context of a good server; the pki's. NULL with why. */
SSL_CTX *fake_tls_context(const struct fake_tls *tls, struct problem *problem);
/* The context of one connection, as the cue of a TlsCertificate wants it; NULL = it is refused. A
 * function for listener_choose_tls: context is the struct fake_tls. */
SSL_CTX *fake_tls_choose(void *context, struct stream *stream);

#endif
