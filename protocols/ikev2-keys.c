#include "protocols/ikev2-keys.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

#include "protocols/buffer.h"

int ikev2_prf(const struct ikev2_prf *prf, struct octets key, const struct octets *parts,
	      size_t count, uint8_t out[IKEV2_PRF_LIMIT])
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
	char digest[32];
	OSSL_PARAM parameters[2];
	size_t length = 0;
	int result = -1;

	strncpy(digest, prf->digest, sizeof(digest) - 1);
	digest[sizeof(digest) - 1] = '\0';
	parameters[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0);
	parameters[1] = OSSL_PARAM_construct_end();
	/* With a NULL key OpenSSL would keep an older one: an empty key is a pointer to nothing. */
	if (context && EVP_MAC_init(context, key.length ? key.at : (const uint8_t *)"", key.length,
				    parameters) == 1) {
		result = 0;
		for (size_t i = 0; i < count; i++)
			if (parts[i].length > 0 &&
			    EVP_MAC_update(context, parts[i].at, parts[i].length) != 1)
				result = -1;
		if (EVP_MAC_final(context, out, &length, IKEV2_PRF_LIMIT) != 1)
			result = -1;
	}
	EVP_MAC_CTX_free(context);
	EVP_MAC_free(mac);
	return result;
}

int ikev2_prf_plus(const struct ikev2_prf *prf, struct octets key, struct octets seed,
		   uint8_t *out, size_t length)
{
	uint8_t block[IKEV2_PRF_LIMIT], counter = 0;
	size_t done = 0;

	if (length > 255u * prf->octets)
		return -1;
	while (done < length) {
		struct octets parts[3] = { octets_of(block, counter ? prf->octets : 0u), seed,
					   octets_of(&counter, 1) };
		size_t piece = length - done < prf->octets ? length - done : prf->octets;

		counter++;
		if (ikev2_prf(prf, key, parts, 3, block) < 0)
			return -1;
		memcpy(out + done, block, piece);
		done += piece;
	}
	OPENSSL_cleanse(block, sizeof(block));
	return 0;
}

size_t ikev2_encryption_octets(const struct ikev2_suite *suite)
{
	return (size_t)suite->encryption->key_octets + suite->encryption->salt_octets;
}

size_t ikev2_integrity_octets(const struct ikev2_suite *suite)
{
	return suite->encryption->icv_octets == 0 && suite->integrity ?
		       suite->integrity->key_octets : 0;
}

static void add_u64(struct buffer *buffer, uint64_t value)
{
	buffer_add_u32(buffer, (uint32_t)(value >> 32));
	buffer_add_u32(buffer, (uint32_t)value);
}

static void add_octets(struct buffer *buffer, struct octets octets)
{
	buffer_add(buffer, octets.at, octets.length);
}

static void wipe(struct buffer *buffer)
{
	if (buffer->octets)
		OPENSSL_cleanse(buffer->octets, buffer->length);
	buffer_free(buffer);
}

/* RFC 7296 2.14; 2.18 for an SA that replaces another */
static int derive_seed(const struct ikev2_prf *prf, const struct ikev2_key_inputs *inputs,
		       const struct ikev2_prf *old, struct octets old_d, uint8_t *seed)
{
	struct octets parts[3] = { inputs->secret, inputs->initiator_nonce,
				   inputs->responder_nonce };
	struct buffer nonces = { 0 };
	int result;

	if (old)
		return ikev2_prf(old, old_d, parts, 3, seed);
	add_octets(&nonces, inputs->initiator_nonce);
	add_octets(&nonces, inputs->responder_nonce);
	result = ikev2_prf(prf, octets_of(nonces.octets, nonces.length), &inputs->secret, 1, seed);
	wipe(&nonces);
	return result;
}

static void cut_out(const uint8_t **from, uint8_t *to, size_t length)
{
	if (length > 0)
		memcpy(to, *from, length);
	*from += length;
}

int ikev2_keys_derive(const struct ikev2_suite *suite, const struct ikev2_key_inputs *inputs,
		      const struct ikev2_prf *old, struct octets old_d, struct ikev2_keys *keys)
{
	size_t prf = suite->prf->octets;
	size_t encryption = ikev2_encryption_octets(suite);
	size_t integrity = ikev2_integrity_octets(suite);
	uint8_t all[3 * IKEV2_PRF_LIMIT + 4 * IPSEC_KEY_LIMIT], seed[IKEV2_PRF_LIMIT];
	const uint8_t *from = all;
	struct buffer rest = { 0 };
	int result;

	add_octets(&rest, inputs->initiator_nonce);
	add_octets(&rest, inputs->responder_nonce);
	add_u64(&rest, inputs->initiator_spi);
	add_u64(&rest, inputs->responder_spi);
	result = derive_seed(suite->prf, inputs, old, old_d, seed);
	/* The seed has the length of the prf that made it. */
	if (result == 0)
		result = ikev2_prf_plus(suite->prf, octets_of(seed, old ? old->octets : prf),
					octets_of(rest.octets, rest.length), all,
					3 * prf + 2 * encryption + 2 * integrity);
	memset(keys, 0, sizeof(*keys));
	if (result == 0) {
		cut_out(&from, keys->d, prf);
		cut_out(&from, keys->ai, integrity);
		cut_out(&from, keys->ar, integrity);
		cut_out(&from, keys->ei, encryption);
		cut_out(&from, keys->er, encryption);
		cut_out(&from, keys->pi, prf);
		cut_out(&from, keys->pr, prf);
	}
	OPENSSL_cleanse(all, sizeof(all));
	OPENSSL_cleanse(seed, sizeof(seed));
	wipe(&rest);
	return result;
}

/* RFC 7296 2.17 */
int ikev2_child_keys_derive(const struct ikev2_suite *suite, const struct ikev2_prf *prf,
			    struct octets d, const struct ikev2_key_inputs *inputs,
			    struct ikev2_child_keys *keys)
{
	size_t encryption = ikev2_encryption_octets(suite);
	size_t integrity = ikev2_integrity_octets(suite);
	uint8_t all[4 * IPSEC_KEY_LIMIT];
	const uint8_t *from = all;
	struct buffer seed = { 0 };
	int result;

	add_octets(&seed, inputs->secret);
	add_octets(&seed, inputs->initiator_nonce);
	add_octets(&seed, inputs->responder_nonce);
	result = ikev2_prf_plus(prf, d, octets_of(seed.octets, seed.length), all,
				2 * (encryption + integrity));
	memset(keys, 0, sizeof(*keys));
	if (result == 0) {
		cut_out(&from, keys->ei, encryption);
		cut_out(&from, keys->ai, integrity);
		cut_out(&from, keys->er, encryption);
		cut_out(&from, keys->ar, integrity);
	}
	OPENSSL_cleanse(all, sizeof(all));
	wipe(&seed);
	return result;
}
