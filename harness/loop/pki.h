/*
 * pki: an operator's certificate authority and certificates, made at run time (TS 33.310:
 * RSA 2048 or ECDSA P-256, SHA-256), and the TLS contexts that use them.
 */
#ifndef HARNESS_LOOP_PKI_H
#define HARNESS_LOOP_PKI_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "harness/loop/loop.h"
#include "harness/loop/tap.h"
#include "protocols/problem.h"

struct pki;

enum pki_flaw { /* what is wrong with a certificate on purpose */
	PKI_GOOD,
	PKI_UNTRUSTED, /* another CA signed it */
	PKI_EXPIRED,
	PKI_NOT_YET_VALID,
	PKI_MISNAMED,  /* its names are not the server's */
	PKI_SELF_SIGNED,
	PKI_BAD_SIGNATURE, /* it names the CA, whose signature it is not */
	PKI_NO_INTERMEDIATE, /* a CA below ours signed it, whose certificate is not sent */
	PKI_WRONG_USAGE,     /* its extended key usage is that of a client */
	PKI_NAME_IN_SUBJECT, /* the server's name is its common name, and no alternative name */
	PKI_INTERMEDIATE,    /* none: a CA below ours signed it, and its certificate is sent */
	PKI_NO_ENCRYPTION,   /* none, but the server only offers suites that do not encrypt */
	PKI_REVOKED,         /* a revocation list of the CA that names it comes with it (IKE) */
};

/* The flaw of a word of the scenario language ("not-yet-valid"); false: there is no such. */
bool pki_flaw_find(const char *word, enum pki_flaw *flaw);

/* Makes the CA (ECDSA P-256, fast). now: seconds since 1970, the middle of validities. */
struct pki *pki_new(int64_t now, struct problem *problem);
void pki_free(struct pki *pki);
/* Takes the CA of a folder, ca.pem and ca.key, so that a device has to be given its root only once;
 * when neither is there they are made. Before anything is signed. 0 or -1. */
int pki_keep(struct pki *pki, const char *folder, struct problem *problem);
/* Writes ca.pem (and ca-rsa.pem, when there is a CA with an RSA key), and for a made device
 * certificate device.pem and device.key, into a folder. */
int pki_write(struct pki *pki, const char *folder, struct problem *problem);

#define TLS_LOOKS_ONLY 3

struct pki_versions { /* OpenSSL protocol numbers; 0 = 1.2 .. 1.3 */
	int oldest, newest;
};

/* A server context with a certificate for host (a name or an address literal; also_address:
 * a further literal, may be NULL). client_certificate: 0 not asked, 1 asked, 2 required,
 * TLS_LOOKS_ONLY: asked, and whatever comes is taken: TlsEstablished says what it is. tap gets
 * key log lines. Made once per combination and kept by the pki; NULL with problem on failure. */
SSL_CTX *pki_server(struct pki *pki, const char *host, const char *also_address,
		    enum pki_flaw flaw, const struct pki_versions *versions,
		    int client_certificate, const struct tap *tap, struct problem *problem);
/* A client context that trusts the CA (verify true) or anything (false: a defect), at the time
 * of the loop's clock, with a device certificate for name unless NULL. */
SSL_CTX *pki_client(struct pki *pki, const char *name, bool verify, const struct loop *loop,
		    struct problem *problem);

/* A certificate with its key, for IKE; all is the pki's. */
struct pki_identity {
	X509 *certificate;
	EVP_PKEY *key;
	STACK_OF(X509) *chain;   /* to be sent behind it; NULL: none */
	X509_CRL *revocations;   /* to be sent, too; NULL: none */
};

/* A gateway's, for host as with pki_server; rsa: its key and that of the CA, else ECDSA. Made once
 * per combination; NULL with problem on failure. */
const struct pki_identity *pki_identity(struct pki *pki, const char *host,
					const char *also_address, bool rsa, enum pki_flaw flaw,
					struct problem *problem);
/* A device's, for its name (an FQDN). */
const struct pki_identity *pki_device_identity(struct pki *pki, const char *name, bool rsa,
					       struct problem *problem);
/* An RSA key for a host of SSH, which has no certificate: the own one, or a stranger's. Made once, for
 * it takes its time; the pki's, NULL with problem on failure. */
EVP_PKEY *pki_host_key(struct pki *pki, bool stranger, struct problem *problem);
/* The CAs of the operator: that one, and the other when it was made already. The same list each
 * time, the pki's; NULL with problem on failure. */
STACK_OF(X509) *pki_roots(struct pki *pki, bool rsa, struct problem *problem);

#endif
