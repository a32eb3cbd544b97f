#include "protocols/ipsec-cipher.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

#define ICV_LIMIT 64
#define NONCE 12        /* of GCM: salt and IV */
#define IV_POOL 1024    /* random octets fetched at once: a call per packet costs more than AES */

struct ipsec_cipher {
	const struct ipsec_encryption *encryption;
	const struct ipsec_integrity *integrity;
	EVP_CIPHER *algorithm; /* NULL: no encryption */
	EVP_CIPHER_CTX *context;
	EVP_MAC_CTX *mac; /* keyed; NULL with AEAD */
	uint8_t salt[4];
	uint8_t key[IPSEC_KEY_LIMIT];
	uint8_t pool[IV_POOL];
	size_t pool_left;
};

static EVP_MAC_CTX *keyed_mac(const struct ipsec_integrity *integrity, struct octets key)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
	char digest[32];
	OSSL_PARAM parameters[2];

	strncpy(digest, integrity->digest, sizeof(digest) - 1);
	digest[sizeof(digest) - 1] = '\0';
	parameters[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0);
	parameters[1] = OSSL_PARAM_construct_end();
	EVP_MAC_free(mac);
	if (!context || EVP_MAC_init(context, key.at, key.length, parameters) != 1) {
		EVP_MAC_CTX_free(context);
		return NULL;
	}
	return context;
}

struct ipsec_cipher *ipsec_cipher_new(const struct ipsec_encryption *encryption,
				      const struct ipsec_integrity *integrity, struct octets key,
				      struct octets integrity_key)
{
	size_t octets = encryption->key_octets;

	if (key.length != octets + encryption->salt_octets ||
	    (encryption->icv_octets == 0 && !integrity) ||
	    (integrity && integrity_key.length != integrity->key_octets))
		return NULL;
	struct ipsec_cipher *cipher = memory_new(sizeof(*cipher));

	cipher->encryption = encryption;
	if (octets > 0) {
		memcpy(cipher->key, key.at, octets);
		memcpy(cipher->salt, key.at + octets, encryption->salt_octets);
	}
	if (encryption->icv_octets == 0) {
		cipher->integrity = integrity;
		cipher->mac = keyed_mac(integrity, integrity_key);
	}
	if (encryption->cipher) {
		cipher->algorithm = EVP_CIPHER_fetch(NULL, encryption->cipher, NULL);
		cipher->context = EVP_CIPHER_CTX_new();
	}
	if ((encryption->cipher && (!cipher->algorithm || !cipher->context)) ||
	    (cipher->integrity && !cipher->mac)) {
		ipsec_cipher_free(cipher);
		return NULL;
	}
	return cipher;
}

void ipsec_cipher_free(struct ipsec_cipher *cipher)
{
	if (!cipher)
		return;
	EVP_CIPHER_CTX_free(cipher->context);
	EVP_CIPHER_free(cipher->algorithm);
	EVP_MAC_CTX_free(cipher->mac);
	OPENSSL_cleanse(cipher, sizeof(*cipher));
	free(cipher);
}

bool ipsec_cipher_is_aead(const struct ipsec_cipher *cipher)
{
	return cipher->encryption->icv_octets > 0;
}

size_t ipsec_cipher_block(const struct ipsec_cipher *cipher)
{
	return cipher->encryption->block;
}

static size_t icv_octets(const struct ipsec_cipher *cipher)
{
	return cipher->integrity ? cipher->integrity->icv_octets : cipher->encryption->icv_octets;
}

size_t ipsec_cipher_overhead(const struct ipsec_cipher *cipher)
{
	return cipher->encryption->iv_octets + icv_octets(cipher);
}

/* The IV of a counter mode is the number; that of a chained mode must not be foreseen. */
static int make_iv(struct ipsec_cipher *cipher, uint64_t number, uint8_t *iv)
{
	size_t length = cipher->encryption->iv_octets;

	if (ipsec_cipher_is_aead(cipher)) {
		for (size_t i = 0; i < length; i++)
			iv[i] = (uint8_t)(number >> 8 * (length - 1 - i));
		return 0;
	}
	if (cipher->pool_left < length) {
		if (RAND_bytes(cipher->pool, sizeof(cipher->pool)) != 1)
			return -1;
		cipher->pool_left = sizeof(cipher->pool);
	}
	cipher->pool_left -= length;
	memcpy(iv, cipher->pool + cipher->pool_left, length);
	return 0;
}

static int authenticate(struct ipsec_cipher *cipher, struct octets head, struct octets body,
			struct octets tail, uint8_t icv[ICV_LIMIT])
{
	size_t length = 0;

	/* Without a key the context keeps the one that it has. */
	if (EVP_MAC_init(cipher->mac, NULL, 0, NULL) != 1 ||
	    EVP_MAC_update(cipher->mac, head.at, head.length) != 1 ||
	    EVP_MAC_update(cipher->mac, body.at, body.length) != 1 ||
	    (tail.length > 0 && EVP_MAC_update(cipher->mac, tail.at, tail.length) != 1) ||
	    EVP_MAC_final(cipher->mac, icv, &length, ICV_LIMIT) != 1)
		return -1;
	return 0;
}

/* The context is told the algorithm and the key when its direction is new. */
static int start(struct ipsec_cipher *cipher, const uint8_t *iv, int encrypt)
{
	EVP_CIPHER_CTX *context = cipher->context;
	bool set = EVP_CIPHER_CTX_get0_cipher(context) != NULL &&
		   EVP_CIPHER_CTX_is_encrypting(context) == encrypt;
	uint8_t nonce[NONCE];
	const uint8_t *whole = iv;

	if (ipsec_cipher_is_aead(cipher)) {
		memcpy(nonce, cipher->salt, sizeof(cipher->salt));
		memcpy(nonce + sizeof(cipher->salt), iv, NONCE - sizeof(cipher->salt));
		whole = nonce;
	}
	if (EVP_CipherInit_ex2(context, set ? NULL : cipher->algorithm,
			       set ? NULL : cipher->key, whole, encrypt, NULL) != 1)
		return -1;
	EVP_CIPHER_CTX_set_padding(context, 0);
	return 0;
}

static int run(struct ipsec_cipher *cipher, struct octets from, uint8_t *to)
{
	int length = 0;

	if (!cipher->context) {
		if (from.length > 0)
			memmove(to, from.at, from.length);
		return 0;
	}
	if (from.length == 0)
		return 0;
	return EVP_CipherUpdate(cipher->context, to, &length, from.at, (int)from.length) == 1 &&
			       (size_t)length == from.length ? 0 : -1;
}

static int seal_aead(struct ipsec_cipher *cipher, struct octets head, struct octets plain,
		     uint8_t *out)
{
	size_t iv = cipher->encryption->iv_octets;
	uint8_t *icv = out + iv + plain.length;
	int length = 0;

	if (start(cipher, out, 1) < 0 ||
	    EVP_CipherUpdate(cipher->context, NULL, &length, head.at, (int)head.length) != 1 ||
	    run(cipher, plain, out + iv) < 0 ||
	    EVP_CipherFinal_ex(cipher->context, icv, &length) != 1 ||
	    EVP_CIPHER_CTX_ctrl(cipher->context, EVP_CTRL_AEAD_GET_TAG,
				cipher->encryption->icv_octets, icv) != 1)
		return -1;
	return 0;
}

int ipsec_cipher_seal(struct ipsec_cipher *cipher, uint64_t number, struct octets head,
		      struct octets tail, struct octets plain, uint8_t *out)
{
	size_t iv = cipher->encryption->iv_octets;
	uint8_t icv[ICV_LIMIT];

	if (plain.length > INT32_MAX || plain.length % cipher->encryption->block != 0 ||
	    make_iv(cipher, number, out) < 0)
		return -1;
	if (ipsec_cipher_is_aead(cipher))
		return tail.length > 0 ? -1 : seal_aead(cipher, head, plain, out);
	if ((cipher->context && start(cipher, out, 1) < 0) || run(cipher, plain, out + iv) < 0 ||
	    authenticate(cipher, head, octets_of(out, iv + plain.length), tail, icv) < 0)
		return -1;
	memcpy(out + iv + plain.length, icv, cipher->integrity->icv_octets);
	return 0;
}

static int open_aead(struct ipsec_cipher *cipher, struct octets head, const uint8_t *iv,
		     struct octets body, const uint8_t *icv, uint8_t *plain)
{
	uint8_t tag[ICV_LIMIT], nothing[16];
	int length = 0;

	memcpy(tag, icv, cipher->encryption->icv_octets);
	if (start(cipher, iv, 0) < 0 ||
	    EVP_CIPHER_CTX_ctrl(cipher->context, EVP_CTRL_AEAD_SET_TAG,
				cipher->encryption->icv_octets, tag) != 1 ||
	    EVP_CipherUpdate(cipher->context, NULL, &length, head.at, (int)head.length) != 1 ||
	    run(cipher, body, plain) < 0)
		return -1;
	return EVP_CipherFinal_ex(cipher->context, nothing, &length) == 1 ? 0 : -2;
}

int ipsec_cipher_open(struct ipsec_cipher *cipher, struct octets head, struct octets tail,
		      struct octets sealed, uint8_t *plain, size_t *length)
{
	size_t iv = cipher->encryption->iv_octets, icv = icv_octets(cipher);
	uint8_t expected[ICV_LIMIT];

	if (sealed.length < iv + icv || sealed.length > INT32_MAX)
		return -1;
	struct octets body = octets_of(sealed.at + iv, sealed.length - iv - icv);
	const uint8_t *tag = body.at + body.length;

	*length = body.length;
	if (body.length % cipher->encryption->block != 0)
		return -1;
	if (ipsec_cipher_is_aead(cipher))
		return tail.length > 0 ? -1 :
					 open_aead(cipher, head, sealed.at, body, tag, plain);
	if (authenticate(cipher, head, octets_of(sealed.at, iv + body.length), tail, expected) < 0)
		return -1;
	if (!octets_same_secret(octets_of(tag, icv), octets_of(expected, icv)))
		return -2;
	if (cipher->context && start(cipher, sealed.at, 0) < 0)
		return -1;
	return run(cipher, body, plain);
}
