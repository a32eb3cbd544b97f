/* The keys of EAP-AKA. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "protocols/eap-aka.h"

#define KEY 20

static uint32_t rotate(uint32_t value, int bits)
{
	return value << bits | value >> (32 - bits);
}

/* One compression of SHA-1 (FIPS 180-4 6.1.2), without the padding that OpenSSL's digest would
 * add: the function G of FIPS 186-2 is this alone. state: H0 to H4. */
static void compress(uint32_t state[5], const uint8_t block[64])
{
	uint32_t w[80], v[5], f, k;

	for (int t = 0; t < 16; t++)
		w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
		       (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
	for (int t = 16; t < 80; t++)
		w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	memcpy(v, state, sizeof(v));
	for (int t = 0; t < 80; t++) {
		if (t < 20)
			f = (v[1] & v[2]) | (~v[1] & v[3]), k = 0x5a827999;
		else if (t < 40)
			f = v[1] ^ v[2] ^ v[3], k = 0x6ed9eba1;
		else if (t < 60)
			f = (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3]), k = 0x8f1bbcdc;
		else
			f = v[1] ^ v[2] ^ v[3], k = 0xca62c1d6;
		uint32_t next = rotate(v[0], 5) + f + v[4] + k + w[t];

		v[4] = v[3];
		v[3] = v[2];
		v[2] = rotate(v[1], 30);
		v[1] = v[0];
		v[0] = next;
	}
	for (int i = 0; i < 5; i++)
		state[i] += v[i];
	OPENSSL_cleanse(w, sizeof(w));
}

static void g(const uint8_t value[KEY], uint8_t out[KEY])
{
	uint32_t state[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
	uint8_t block[64] = { 0 };

	memcpy(block, value, KEY);
	compress(state, block);
	for (size_t i = 0; i < KEY; i++)
		out[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
	OPENSSL_cleanse(block, sizeof(block));
}

/* XKEY = (1 + XKEY + w) mod 2^160 */
static void advance(uint8_t key[KEY], const uint8_t w[KEY])
{
	unsigned carry = 1;

	for (size_t i = KEY; i > 0; i--) {
		carry += key[i - 1] + (unsigned)w[i - 1];
		key[i - 1] = (uint8_t)carry;
		carry >>= 8;
	}
}

void eap_aka_prf(const uint8_t key[20], uint8_t *out, size_t length)
{
	uint8_t state[KEY], w[KEY];

	memcpy(state, key, KEY);
	for (size_t done = 0; done < length; done += KEY) {
		g(state, w);
		memcpy(out + done, w, length - done < KEY ? length - done : KEY);
		advance(state, w);
	}
	OPENSSL_cleanse(state, sizeof(state));
	OPENSSL_cleanse(w, sizeof(w));
}

/* MK = SHA1(identity | IK | CK); then the PRF gives K_encr, K_aut, MSK, EMSK in this order. */
void eap_aka_keys(struct octets identity, const uint8_t ck[16], const uint8_t ik[16],
		  struct eap_aka_keys *keys)
{
	uint8_t mk[KEY] = { 0 }, all[16 + 16 + EAP_AKA_MSK + 64];
	struct buffer octets = { 0 };

	buffer_add(&octets, identity.at, identity.length);
	buffer_add(&octets, ik, 16);
	buffer_add(&octets, ck, 16);
	EVP_Q_digest(NULL, "SHA1", NULL, octets.octets, octets.length, mk, NULL);
	OPENSSL_cleanse(octets.octets, octets.length);
	buffer_free(&octets);
	eap_aka_prf(mk, all, sizeof(all));
	memcpy(keys->encryption, all, 16);
	memcpy(keys->authentication, all + 16, 16);
	memcpy(keys->msk, all + 32, EAP_AKA_MSK);
	memcpy(keys->emsk, all + 32 + EAP_AKA_MSK, 64);
	OPENSSL_cleanse(mk, sizeof(mk));
	OPENSSL_cleanse(all, sizeof(all));
}
