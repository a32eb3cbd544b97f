/*
 * pki: what a lab's operator would have: a CA, certificates for its servers (good ones and
 * such with a flaw on purpose), certificates for devices. All are made when first asked for,
 * and kept: a run without TLS pays nothing.
 */
#include "harness/loop/pki-inside.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/loop/tls-context.h"
#include "protocols/memory.h"

#define OWN_NAME "femtoproof lab CA"

bool pki_flaw_find(const char *word, enum pki_flaw *flaw)
{
	static const struct {
		const char *word;
		enum pki_flaw flaw;
	} flaws[] = {
		{ "untrusted", PKI_UNTRUSTED },   { "expired", PKI_EXPIRED },
		{ "not-yet-valid", PKI_NOT_YET_VALID }, { "misnamed", PKI_MISNAMED },
		{ "self-signed", PKI_SELF_SIGNED }, { "bad-signature", PKI_BAD_SIGNATURE },
		{ "no-intermediate", PKI_NO_INTERMEDIATE },
		{ "wrong-usage", PKI_WRONG_USAGE },
		{ "name-in-subject", PKI_NAME_IN_SUBJECT },
	};

	for (size_t i = 0; i < sizeof(flaws) / sizeof(flaws[0]); i++)
		if (strcmp(flaws[i].word, word) == 0) {
			*flaw = flaws[i].flaw;
			return true;
		}
	return false;
}

struct pki *pki_new(int64_t now, struct problem *problem)
{
	struct pki *pki = memory_new(sizeof(*pki));

	(void)problem;
	pki->now = now;
	return pki;
}

void pki_free(struct pki *pki)
{
	if (!pki)
		return;
	for (struct server *next, *one = pki->servers; one; one = next) {
		next = one->next;
		SSL_CTX_free(one->context);
		free(one->host);
		free(one->also_address);
		free(one);
	}
	for (struct client *next, *one = pki->clients; one; one = next) {
		next = one->next;
		SSL_CTX_free(one->context);
		free(one->name);
		free(one);
	}
	for (struct device *next, *one = pki->devices; one; one = next) {
		next = one->next;
		certificate_clear(&one->certificate);
		free(one->name);
		free(one);
	}
	pki_clear_identities(pki);
	EVP_PKEY_free(pki->host_keys[0]);
	EVP_PKEY_free(pki->host_keys[1]);
	free(pki);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static SSL_CTX *find_server(const struct pki *pki, const struct server *wanted)
{
	for (const struct server *one = pki->servers; one; one = one->next)
		if (strcmp(one->host, wanted->host) == 0 &&
		    same_text(one->also_address, wanted->also_address) &&
		    one->flaw == wanted->flaw && one->tap == wanted->tap &&
		    one->client_certificate == wanted->client_certificate &&
		    one->versions.oldest == wanted->versions.oldest &&
		    one->versions.newest == wanted->versions.newest)
			return one->context;
	return NULL;
}

static SSL_CTX *keep_server(struct pki *pki, const struct server *made)
{
	struct server *server = memory_new(sizeof(*server));

	*server = *made;
	server->host = memory_text(made->host);
	server->also_address = memory_text(made->also_address);
	server->next = pki->servers;
	pki->servers = server;
	return server->context;
}

SSL_CTX *pki_server(struct pki *pki, const char *host, const char *also_address,
		    enum pki_flaw flaw, const struct pki_versions *versions,
		    int client_certificate, const struct tap *tap, struct problem *problem)
{
	struct server server = {
		.host = (char *)(uintptr_t)host,
		.also_address = (char *)(uintptr_t)also_address,
		.flaw = flaw,
		.versions = versions ? *versions : (struct pki_versions){ 0, 0 },
		.client_certificate = client_certificate,
		.tap = tap,
	};
	struct certificate certificate = { NULL, NULL };
	SSL_CTX *context = find_server(pki, &server);

	if (context)
		return context;
	if (pki_make_server(pki, host, also_address, false, flaw, &certificate, problem) < 0)
		return NULL;
	const struct tls_context_wishes wishes = {
		.server = true,
		.certificate = certificate.x509,
		.key = certificate.key,
		.authority = pki->own[0].authority.x509,
		.chain = flaw == PKI_INTERMEDIATE ? pki->own[0].intermediate.x509 : NULL,
		.no_encryption = flaw == PKI_NO_ENCRYPTION,
		.versions = server.versions,
		.client_certificate = client_certificate,
		.tap = tap,
		.now = pki->now,
	};

	server.context = tls_context_new(&wishes, problem);
	certificate_clear(&certificate); /* the context has its own reference */
	return server.context ? keep_server(pki, &server) : NULL;
}

static const struct certificate *need_device(struct pki *pki, const char *name,
					     struct problem *problem)
{
	const struct certificate_wishes wishes = {
		.use = CERTIFICATE_DEVICE,
		.subject = name,
		.names = { name, NULL },
		.from = pki->now - YEAR,
		.until = pki->now + YEAR,
		.issuer = &pki->own[0].authority,
	};
	struct certificate made = { NULL, NULL };

	for (const struct device *one = pki->devices; one; one = one->next)
		if (strcmp(one->name, name) == 0)
			return &one->certificate;
	if (pki_need_authority(pki, false, problem) < 0 || certificate_make(&wishes, &made, problem) < 0)
		return NULL;
	struct device *device = memory_new(sizeof(*device));

	device->name = memory_text(name);
	device->certificate = made;
	device->next = pki->devices;
	pki->devices = device;
	return &device->certificate;
}

static SSL_CTX *keep_client(struct pki *pki, const char *name, bool verify, SSL_CTX *context)
{
	struct client *client = memory_new(sizeof(*client));

	*client = (struct client){ pki->clients, memory_text(name), verify, context };
	pki->clients = client;
	return context;
}

SSL_CTX *pki_client(struct pki *pki, const char *name, bool verify, const struct loop *loop,
		    struct problem *problem)
{
	struct tls_context_wishes wishes = { .verify = verify };
	const struct certificate *device;

	for (const struct client *one = pki->clients; one; one = one->next)
		if (same_text(one->name, name) && one->verify == verify)
			return one->context;
	if (pki_need_authority(pki, false, problem) < 0)
		return NULL;
	wishes.authority = pki->own[0].authority.x509;
	wishes.now = loop ? loop_now(loop) / SECONDS(1) : pki->now;
	if (name) {
		device = need_device(pki, name, problem);
		if (!device)
			return NULL;
		wishes.certificate = device->x509;
		wishes.key = device->key;
	}
	SSL_CTX *context = tls_context_new(&wishes, problem);

	return context ? keep_client(pki, name, verify, context) : NULL;
}

/* One PEM file, a key for its owner's eyes only. */
static int write_pem(const char *folder, const char *name, X509 *x509, EVP_PKEY *key,
		     struct problem *problem)
{
	char *path = memory_format("%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, key ? 0600 : 0644);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	int result = 0;

	if (!file) {
		result = problem_set(problem, "cannot write %s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		free(path);
		return result;
	}
	int written = key ? PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) :
			    PEM_write_X509(file, x509);

	if (fclose(file) != 0 || written != 1)
		result = problem_set(problem, "cannot write %s", path);
	free(path);
	return result;
}

/* A key that asks for a pass phrase is no use here: nobody is asked. */
static int no_pass_phrase(char *text, int size, int writing, void *context)
{
	(void)text;
	(void)size;
	(void)writing;
	(void)context;
	return -1;
}

/* 1 it is read, 0 there is no such file, -1 it holds something else. */
static int read_pem(const char *folder, const char *name, X509 **x509, EVP_PKEY **key,
		    struct problem *problem)
{
	char *path = memory_format("%s/%s", folder, name);
	FILE *file = fopen(path, "re");
	bool missing = !file && errno == ENOENT, is_read = false;

	if (file && x509)
		is_read = (*x509 = PEM_read_X509(file, NULL, no_pass_phrase, NULL)) != NULL;
	else if (file)
		is_read = (*key = PEM_read_PrivateKey(file, NULL, no_pass_phrase, NULL)) != NULL;
	if (!missing && !is_read)
		problem_set(problem, "%s: %s", path,
			    file ? "there is no PEM in it that can be used" : strerror(errno));
	ERR_clear_error();
	if (file)
		fclose(file);
	free(path);
	return is_read ? 1 : missing ? 0 : -1;
}

int pki_keep(struct pki *pki, const char *folder, struct problem *problem)
{
	struct certificate kept = { NULL, NULL };
	int certificate = read_pem(folder, "ca.pem", &kept.x509, NULL, problem);
	int key = certificate < 0 ? -1 : read_pem(folder, "ca.key", NULL, &kept.key, problem);

	if (certificate == 0 && key == 0) {
		if (pki_need_authority(pki, false, problem) < 0 ||
		    write_pem(folder, "ca.key", NULL, pki->own[0].authority.key, problem) < 0)
			return -1;
		return write_pem(folder, "ca.pem", pki->own[0].authority.x509, NULL, problem);
	}
	if (certificate == 1 && key == 1 && X509_check_private_key(kept.x509, kept.key) == 1) {
		certificate_clear(&pki->own[0].authority);
		pki->own[0].authority = kept;
		pki->is_kept = true;
		return 0;
	}
	if (certificate >= 0 && key >= 0)
		problem_set(problem, "%s: ca.pem and ca.key do not belong together", folder);
	ERR_clear_error();
	certificate_clear(&kept);
	return -1;
}

int pki_write(struct pki *pki, const char *folder, struct problem *problem)
{
	const struct device *device = pki->devices;

	if (pki_need_authority(pki, false, problem) < 0 ||
	    write_pem(folder, "ca.pem", pki->own[0].authority.x509, NULL, problem) < 0)
		return -1;
	if (pki->own[1].authority.x509 &&
	    write_pem(folder, "ca-rsa.pem", pki->own[1].authority.x509, NULL, problem) < 0)
		return -1;
	while (device && device->next)
		device = device->next; /* the first one made */
	if (!device)
		return 0;
	if (write_pem(folder, "device.pem", device->certificate.x509, NULL, problem) < 0)
		return -1;
	return write_pem(folder, "device.key", NULL, device->certificate.key, problem);
}
