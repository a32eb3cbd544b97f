/*
 * pki-identity: authorities, and certificates with their keys: for TLS, and as they are for IKE.
 */
#include "harness/loop/pki-inside.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

#define OWN_NAME "femtoproof lab CA"
#define OWN_RSA_NAME "femtoproof lab CA RSA"

/* A key of three primes is one like any other to who sees its public half (RFC 8017 3.1), and is
 * made four times as fast: a run waits for it. */
enum { HOST_KEY_BITS = 2048, HOST_KEY_PRIMES = 3 };

static int need_authority(struct pki *pki, bool rsa, struct certificate *authority,
			  const char *subject, const struct certificate *issuer,
			  struct problem *problem)
{
	const struct certificate_wishes wishes = {
		.use = CERTIFICATE_AUTHORITY,
		.subject = subject,
		.issuer = issuer,
		.rsa = rsa,
		.from = pki->now - 10LL * YEAR,
		.until = pki->now + 10LL * YEAR,
	};

	if (authority->x509)
		return 0;
	return certificate_make(&wishes, authority, problem);
}

/* A CA that the lab brought has one key, and signs what has the other kind of key, too. */
static struct authorities *own(struct pki *pki, bool rsa)
{
	return &pki->own[rsa && !pki->is_kept];
}

int pki_need_authority(struct pki *pki, bool rsa, struct problem *problem)
{
	return need_authority(pki, rsa, &own(pki, rsa)->authority, rsa ? OWN_RSA_NAME : OWN_NAME,
			      NULL, problem);
}

int pki_make_server(struct pki *pki, const char *host, const char *also_address, bool rsa,
		    enum pki_flaw flaw, struct certificate *certificate, struct problem *problem)
{
	struct authorities *ours = own(pki, rsa);
	struct certificate_wishes wishes = {
		.use = CERTIFICATE_SERVER,
		.subject = host,
		.names = { host, also_address, NULL },
		.from = pki->now - YEAR,
		.until = pki->now + YEAR,
		.issuer = &ours->authority,
		.rsa = rsa,
	};

	if (pki_need_authority(pki, rsa, problem) < 0)
		return -1;
	switch (flaw) {
	case PKI_GOOD:
	case PKI_REVOKED:
	case PKI_NO_ENCRYPTION:
		break;
	case PKI_NO_INTERMEDIATE:
	case PKI_INTERMEDIATE:
		if (need_authority(pki, rsa, &ours->intermediate, "femtoproof lab CA below",
				   &ours->authority, problem) < 0)
			return -1;
		wishes.issuer = &ours->intermediate;
		break;
	case PKI_WRONG_USAGE:
		wishes.use = CERTIFICATE_CLIENT;
		break;
	case PKI_NAME_IN_SUBJECT:
		wishes.names[0] = "another-server.example";
		wishes.names[1] = NULL;
		break;
	case PKI_UNTRUSTED:
		if (need_authority(pki, rsa, &ours->stranger, "stranger CA", NULL, problem) < 0)
			return -1;
		wishes.issuer = &ours->stranger;
		break;
	case PKI_EXPIRED:
		wishes.until = pki->now - DAY;
		break;
	case PKI_NOT_YET_VALID:
		wishes.from = pki->now + 30 * DAY;
		break;
	case PKI_MISNAMED:
		wishes.subject = "another-server.example";
		wishes.names[0] = wishes.subject;
		wishes.names[1] = NULL;
		break;
	case PKI_SELF_SIGNED:
		wishes.issuer = NULL;
		break;
	case PKI_BAD_SIGNATURE:
		if (need_authority(pki, rsa, &ours->impostor, rsa ? OWN_RSA_NAME : OWN_NAME, NULL,
				   problem) < 0)
			return -1;
		wishes.issuer = &ours->impostor;
		break;
	}
	return certificate_make(&wishes, certificate, problem);
}

static void clear_authorities(struct authorities *authorities)
{
	certificate_clear(&authorities->authority);
	certificate_clear(&authorities->stranger);
	certificate_clear(&authorities->impostor);
	certificate_clear(&authorities->intermediate);
}

static void identity_free(struct identity *one)
{
	X509_free(one->identity.certificate);
	EVP_PKEY_free(one->identity.key);
	sk_X509_pop_free(one->identity.chain, X509_free);
	X509_CRL_free(one->identity.revocations);
	free(one->host);
	free(one->also_address);
	free(one);
}

void pki_clear_identities(struct pki *pki)
{
	while (pki->identities) {
		struct identity *one = pki->identities;

		pki->identities = one->next;
		identity_free(one);
	}
	sk_X509_pop_free(pki->roots, X509_free);
	pki->roots = NULL;
	for (int i = 0; i < 2; i++)
		clear_authorities(&pki->own[i]);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static struct identity *find(const struct pki *pki, const struct identity *wanted)
{
	struct identity *one = pki->identities;

	while (one && !(strcmp(one->host, wanted->host) == 0 &&
			same_text(one->also_address, wanted->also_address) &&
			one->rsa == wanted->rsa && one->device == wanted->device &&
			one->flaw == wanted->flaw))
		one = one->next;
	return one;
}

static int make_device(struct pki *pki, const char *name, bool rsa,
		       struct certificate *certificate, struct problem *problem)
{
	const struct certificate_wishes wishes = {
		.use = CERTIFICATE_DEVICE,
		.subject = name,
		.names = { name, NULL },
		.from = pki->now - YEAR,
		.until = pki->now + YEAR,
		.issuer = &own(pki, rsa)->authority,
		.rsa = rsa,
	};

	return pki_need_authority(pki, rsa, problem) < 0 ?
		       -1 :
		       certificate_make(&wishes, certificate, problem);
}

static int complete(struct pki *pki, struct identity *one, struct problem *problem)
{
	const struct authorities *ours = own(pki, one->rsa);
	struct pki_identity *identity = &one->identity;

	if (one->flaw == PKI_INTERMEDIATE) {
		identity->chain = sk_X509_new_null();
		if (!identity->chain || X509_up_ref(ours->intermediate.x509) != 1 ||
		    sk_X509_push(identity->chain, ours->intermediate.x509) <= 0)
			return problem_set(problem, "no certificate chain can be made");
	}
	if (one->flaw == PKI_REVOKED) {
		identity->revocations =
			certificate_revoke(&ours->authority, identity->certificate,
					   pki->now - DAY, pki->now + YEAR, problem);
		return identity->revocations ? 0 : -1;
	}
	return 0;
}

static const struct pki_identity *need(struct pki *pki, const struct identity *wanted,
				       struct problem *problem)
{
	struct identity *one = find(pki, wanted);
	struct certificate made = { NULL, NULL };
	int result;

	if (one)
		return &one->identity;
	if (wanted->device)
		result = make_device(pki, wanted->host, wanted->rsa, &made, problem);
	else
		result = pki_make_server(pki, wanted->host, wanted->also_address, wanted->rsa,
					 wanted->flaw, &made, problem);
	if (result < 0)
		return NULL;
	one = memory_new(sizeof(*one));
	*one = *wanted;
	one->host = memory_text(wanted->host);
	one->also_address = memory_text(wanted->also_address);
	one->identity.certificate = made.x509;
	one->identity.key = made.key;
	if (complete(pki, one, problem) < 0) {
		identity_free(one);
		return NULL;
	}
	one->next = pki->identities;
	pki->identities = one;
	return &one->identity;
}

const struct pki_identity *pki_identity(struct pki *pki, const char *host,
					const char *also_address, bool rsa, enum pki_flaw flaw,
					struct problem *problem)
{
	const struct identity wanted = { .host = (char *)(uintptr_t)host,
					 .also_address = (char *)(uintptr_t)also_address,
					 .rsa = rsa, .flaw = flaw };

	return need(pki, &wanted, problem);
}

const struct pki_identity *pki_device_identity(struct pki *pki, const char *name, bool rsa,
					       struct problem *problem)
{
	const struct identity wanted = { .host = (char *)(uintptr_t)name, .rsa = rsa,
					 .device = true };

	return need(pki, &wanted, problem);
}

static EVP_PKEY *make_host_key(void)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, NULL);
	EVP_PKEY *key = NULL;

	if (!context || EVP_PKEY_keygen_init(context) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_keygen_bits(context, HOST_KEY_BITS) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_keygen_primes(context, HOST_KEY_PRIMES) <= 0 ||
	    EVP_PKEY_keygen(context, &key) <= 0)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	return key;
}

EVP_PKEY *pki_host_key(struct pki *pki, bool stranger, struct problem *problem)
{
	EVP_PKEY **key = &pki->host_keys[stranger];

	if (!*key)
		*key = make_host_key();
	if (!*key)
		problem_set(problem, "OpenSSL makes no RSA key");
	return *key;
}

STACK_OF(X509) *pki_roots(struct pki *pki, bool rsa, struct problem *problem)
{
	X509 *root;

	if (pki_need_authority(pki, rsa, problem) < 0)
		return NULL;
	if (!pki->roots)
		pki->roots = sk_X509_new_null();
	for (int i = 0; pki->roots && i < 2; i++) {
		bool there = false;

		root = pki->own[i].authority.x509;
		for (int k = 0; root && k < sk_X509_num(pki->roots); k++)
			there = there || sk_X509_value(pki->roots, k) == root;
		if (root && !there && X509_up_ref(root) == 1)
			sk_X509_push(pki->roots, root);
	}
	if (!pki->roots)
		problem_set(problem, "no list of roots can be made");
	return pki->roots;
}
