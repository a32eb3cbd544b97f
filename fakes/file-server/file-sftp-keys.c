#include "fakes/file-server/file-sftp.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/pem.h>

#include "protocols/memory.h"

static const struct {
	enum ssh_keytypes_e type;
	int bits;
	const char *file;
} kinds[SFTP_KEYS] = {
	{ SSH_KEYTYPE_ED25519, 0, "ssh_host_ed25519_key" },
	{ SSH_KEYTYPE_ECDSA_P256, 256, "ssh_host_ecdsa_key" },
	{ SSH_KEYTYPE_RSA, 0, "ssh_host_rsa_key" },
};

static int load_folder(struct sftp_keys *keys, const char *folder, struct problem *problem)
{
	bool any = false;

	for (size_t i = 0; i < SFTP_KEYS; i++) {
		char *path = memory_format("%s/%s", folder, kinds[i].file);
		bool there = access(path, F_OK) == 0;
		int result = there ? ssh_pki_import_privkey_file(path, NULL, NULL, NULL,
								 &keys->keys[i])
				   : SSH_OK;

		free(path);
		if (result != SSH_OK)
			return problem_set(problem, "%s is no private key that can be read",
					   kinds[i].file);
		any = any || there;
	}
	return any ? 0 : problem_set(problem, "no host key is in \"%s\"", folder);
}

int sftp_keys_load(struct sftp_keys *keys, const char *folder, struct problem *problem)
{
	if (folder)
		return load_folder(keys, folder, problem);
	if (ssh_pki_generate(kinds[0].type, kinds[0].bits, &keys->keys[0]) != SSH_OK)
		return problem_set(problem, "libssh makes no key");
	return 0;
}

/* OpenSSL's key as one of libssh; NULL: it takes none. */
static ssh_key key_of(EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	ssh_key taken = NULL;
	char *text = NULL;

	/* With a nought behind it. */
	if (bio && PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL) == 1 &&
	    BIO_write(bio, "", 1) == 1 && BIO_get_mem_data(bio, &text) > 0 &&
	    ssh_pki_import_privkey_base64(text, NULL, NULL, NULL, &taken) != SSH_OK)
		taken = NULL;
	BIO_free(bio);
	return taken;
}

void sftp_keys_complete(struct sftp_keys *keys, EVP_PKEY *rsa)
{
	for (size_t i = 0; i < SFTP_KEYS; i++) {
		if (keys->keys[i])
			continue;
		if (kinds[i].type == SSH_KEYTYPE_RSA)
			keys->keys[i] = rsa ? key_of(rsa) : NULL;
		else if (ssh_pki_generate(kinds[i].type, kinds[i].bits, &keys->keys[i]) != SSH_OK)
			keys->keys[i] = NULL; /* it does without that one */
	}
}

void sftp_keys_clear(struct sftp_keys *keys)
{
	for (size_t i = 0; i < SFTP_KEYS; i++) {
		ssh_key_free(keys->keys[i]);
		keys->keys[i] = NULL;
	}
}

char *sftp_keys_fingerprint(const struct sftp_keys *keys)
{
	char *text = NULL, *copy;
	unsigned char *hash = NULL;
	size_t length = 0, i = 0;

	while (i < SFTP_KEYS - 1 && !keys->keys[i])
		i++;
	if (ssh_get_publickey_hash(keys->keys[i], SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == 0)
		text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
	copy = memory_text(text ? text : "");
	ssh_clean_pubkey_hash(&hash);
	ssh_string_free_char(text);
	return copy;
}

int sftp_keys_offer(const struct sftp_keys *keys, ssh_bind bind)
{
	int result = 0;

	for (size_t i = 0; i < SFTP_KEYS && result == 0; i++) {
		ssh_key copy = keys->keys[i] ? ssh_key_dup(keys->keys[i]) : NULL;

		/* Taken, it is the bind's. */
		if (copy && ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, copy) != SSH_OK) {
			ssh_key_free(copy);
			result = -1;
		}
	}
	return result;
}

ssh_key sftp_key_authorized(const char *line, struct problem *problem)
{
	char *copy = memory_text(line), *rest = NULL;
	const char *type = strtok_r(copy, " \t", &rest), *blob = strtok_r(NULL, " \t", &rest);
	ssh_key key = NULL;

	if (!type || !blob ||
	    ssh_pki_import_pubkey_base64(blob, ssh_key_type_from_name(type), &key) != SSH_OK) {
		problem_set(problem, "this is no public key: \"ssh-ed25519 AAAA...\" is one");
		key = NULL;
	}
	free(copy);
	return key;
}
