#include "protocols/milenage.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stddef.h>
#include <string.h>

#define BLOCK 16

/* E_K, once keyed */
struct kernel {
	EVP_CIPHER_CTX *context;
	const uint8_t *opc;
};

static int encrypt(EVP_CIPHER_CTX *context, const uint8_t in[BLOCK], uint8_t out[BLOCK])
{
	int length = 0;

	return EVP_EncryptUpdate(context, out, &length, in, BLOCK) == 1 && length == BLOCK ? 0 :
											      -1;
}

static EVP_CIPHER_CTX *keyed(const uint8_t k[MILENAGE_KEY])
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();

	if (context && EVP_EncryptInit_ex(context, EVP_aes_128_ecb(), NULL, k, NULL) == 1) {
		EVP_CIPHER_CTX_set_padding(context, 0);
		return context;
	}
	EVP_CIPHER_CTX_free(context);
	return NULL;
}

static void mix(uint8_t to[BLOCK], const uint8_t with[BLOCK])
{
	for (size_t i = 0; i < BLOCK; i++)
		to[i] ^= with[i];
}

int milenage_opc(const uint8_t k[MILENAGE_KEY], const uint8_t op[16], uint8_t opc[16])
{
	EVP_CIPHER_CTX *context = keyed(k);
	int result = context ? encrypt(context, op, opc) : -1;

	mix(opc, op);
	EVP_CIPHER_CTX_free(context);
	return result;
}

/* OUTn = E_K(rot(in xor OPc, r) xor c xor extra) xor OPc, TS 35.206 4.1; r is given in octets */
static int output(const struct kernel *kernel, const uint8_t in[BLOCK], size_t rotation, uint8_t c,
		  const uint8_t *extra, uint8_t out[BLOCK])
{
	uint8_t block[BLOCK];

	for (size_t i = 0; i < BLOCK; i++) {
		size_t from = (i + rotation) % BLOCK;

		block[i] = in[from] ^ kernel->opc[from];
	}
	block[BLOCK - 1] ^= c;
	if (extra)
		mix(block, extra);
	if (encrypt(kernel->context, block, out) < 0)
		return -1;
	mix(out, kernel->opc);
	OPENSSL_cleanse(block, sizeof(block));
	return 0;
}

static int run(const struct kernel *kernel, const uint8_t rand[16],
	       const uint8_t sqn[MILENAGE_SQN], const uint8_t amf[2], struct milenage *out)
{
	uint8_t temp[BLOCK], in1[BLOCK], o1[BLOCK], o2[BLOCK], o5[BLOCK];

	memcpy(temp, rand, BLOCK);
	mix(temp, kernel->opc);
	if (encrypt(kernel->context, temp, temp) < 0)
		return -1;
	memcpy(in1, sqn, 6);
	memcpy(in1 + 6, amf, 2);
	memcpy(in1 + 8, in1, 8);
	/* r1 to r5 are 64, 0, 32, 64 and 96 bits, c1 to c5 are 0, 1, 2, 4 and 8 */
	if (output(kernel, in1, 8, 0, temp, o1) < 0 ||
	    output(kernel, temp, 0, 1, NULL, o2) < 0 ||
	    output(kernel, temp, 4, 2, NULL, out->ck) < 0 ||
	    output(kernel, temp, 8, 4, NULL, out->ik) < 0 ||
	    output(kernel, temp, 12, 8, NULL, o5) < 0)
		return -1;
	memcpy(out->mac_a, o1, 8);
	memcpy(out->mac_s, o1 + 8, 8);
	memcpy(out->res, o2 + 8, 8);
	memcpy(out->ak, o2, 6);
	memcpy(out->ak_s, o5, 6);
	return 0;
}

int milenage(const uint8_t k[MILENAGE_KEY], const uint8_t opc[16], const uint8_t rand[16],
	     const uint8_t sqn[MILENAGE_SQN], const uint8_t amf[2], struct milenage *out)
{
	struct kernel kernel = { keyed(k), opc };
	int result = kernel.context ? run(&kernel, rand, sqn, amf, out) : -1;

	EVP_CIPHER_CTX_free(kernel.context);
	return result;
}

void milenage_autn(const struct milenage *values, const uint8_t sqn[MILENAGE_SQN],
		   const uint8_t amf[2], uint8_t autn[16])
{
	for (size_t i = 0; i < MILENAGE_SQN; i++)
		autn[i] = sqn[i] ^ values->ak[i];
	memcpy(autn + 6, amf, 2);
	memcpy(autn + 8, values->mac_a, 8);
}

static uint64_t number(const uint8_t sqn[MILENAGE_SQN])
{
	uint64_t value = 0;

	for (size_t i = 0; i < MILENAGE_SQN; i++)
		value = value << 8 | sqn[i];
	return value;
}

static void octets(uint64_t value, uint8_t sqn[MILENAGE_SQN])
{
	for (size_t i = 0; i < MILENAGE_SQN; i++)
		sqn[i] = (uint8_t)(value >> 8 * (MILENAGE_SQN - 1 - i));
}

/* TS 33.102 6.3.3: with the AMF of resynchronisation, all zeros */
static int make_auts(const uint8_t k[MILENAGE_KEY], const uint8_t opc[16], const uint8_t rand[16],
		     uint64_t highest, uint8_t auts[14])
{
	static const uint8_t zeros[2];
	struct milenage values;
	uint8_t sqn[MILENAGE_SQN];

	octets(highest, sqn);
	if (milenage(k, opc, rand, sqn, zeros, &values) < 0)
		return -1;
	for (size_t i = 0; i < MILENAGE_SQN; i++)
		auts[i] = sqn[i] ^ values.ak_s[i];
	memcpy(auts + 6, values.mac_s, 8);
	OPENSSL_cleanse(&values, sizeof(values));
	return 0;
}

int milenage_usim(const uint8_t k[MILENAGE_KEY], const uint8_t opc[16], const uint8_t rand[16],
		  const uint8_t autn[16], uint64_t *highest_sqn, struct milenage *out,
		  uint8_t auts[14])
{
	uint8_t sqn[MILENAGE_SQN] = { 0 };

	if (milenage(k, opc, rand, sqn, autn + 6, out) < 0) /* AK needs no SQN */
		return -1;
	for (size_t i = 0; i < MILENAGE_SQN; i++)
		sqn[i] = autn[i] ^ out->ak[i];
	if (milenage(k, opc, rand, sqn, autn + 6, out) < 0)
		return -1;
	if (CRYPTO_memcmp(out->mac_a, autn + 8, 8) != 0)
		return MILENAGE_WRONG_MAC;
	if (number(sqn) <= *highest_sqn)
		return make_auts(k, opc, rand, *highest_sqn, auts) < 0 ? -1 : MILENAGE_OLD_SQN;
	*highest_sqn = number(sqn);
	return MILENAGE_GOOD;
}

int64_t milenage_resynchronise(const uint8_t k[MILENAGE_KEY], const uint8_t opc[16],
			       const uint8_t rand[16], const uint8_t auts[14])
{
	static const uint8_t zeros[2];
	uint8_t sqn[MILENAGE_SQN] = { 0 };
	struct milenage values;
	int64_t result = -1;

	if (milenage(k, opc, rand, sqn, zeros, &values) < 0)
		return -1;
	for (size_t i = 0; i < MILENAGE_SQN; i++)
		sqn[i] = auts[i] ^ values.ak_s[i];
	if (milenage(k, opc, rand, sqn, zeros, &values) == 0 &&
	    CRYPTO_memcmp(values.mac_s, auts + 6, 8) == 0)
		result = (int64_t)number(sqn);
	OPENSSL_cleanse(&values, sizeof(values));
	return result;
}
