/* pki-inside: what the files of the pki share; nobody else includes it. */
#ifndef HARNESS_LOOP_PKI_INSIDE_H
#define HARNESS_LOOP_PKI_INSIDE_H

#include "harness/loop/certificate.h"
#include "harness/loop/pki.h"

enum { DAY = 86400, YEAR = 365 * DAY };

struct server { /* a context of pki_server and what it was made for */
	struct server *next;
	char *host, *also_address;
	enum pki_flaw flaw;
	struct pki_versions versions;
	int client_certificate;
	const struct tap *tap;
	SSL_CTX *context;
};

struct client { /* likewise of pki_client */
	struct client *next;
	char *name;
	bool verify;
	SSL_CTX *context;
};

struct device {
	struct device *next;
	char *name;
	struct certificate certificate;
};

struct authorities {
	struct certificate authority;
	struct certificate stranger;     /* the CA that nobody trusts */
	struct certificate impostor;     /* another key under the CA's own name */
	struct certificate intermediate; /* a CA that ours vouches for */
};

struct identity { /* of pki_identity, and what it was made for */
	struct identity *next;
	char *host, *also_address;
	bool rsa, device;
	enum pki_flaw flaw;
	struct pki_identity identity;
};

struct pki {
	int64_t now;
	struct authorities own[2];   /* with ECDSA keys; with RSA keys */
	bool is_kept;                /* own[0].authority is one of the lab's: it signs everything */
	struct identity *identities;
	STACK_OF(X509) *roots;
	struct server *servers;
	struct client *clients;
	struct device *devices; /* the first one made stands last */
	EVP_PKEY *host_keys[2];
};

/* pki-identity.c: authorities and certificates, whatever they are for */
int pki_need_authority(struct pki *pki, bool rsa, struct problem *problem);
/* A server's certificate, with the flaw that is wanted. */
int pki_make_server(struct pki *pki, const char *host, const char *also_address, bool rsa,
		    enum pki_flaw flaw, struct certificate *certificate, struct problem *problem);
void pki_clear_identities(struct pki *pki);

#endif
