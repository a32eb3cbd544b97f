#include <openssl/bn.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/ikev2-auth.h"
#include "protocols/ikev2-crypto.h"
#include "protocols/ikev2-dh.h"
#include "protocols/ikev2-keys.h"
#include "protocols/memory.h"
#include "tests/protocols/ikev2-parts.h"
#include "tests/suite.h"

#define NOW 1800000000

static void is_octets(const uint8_t *got, const char *expected)
{
	char *text = octets_hexadecimal(octets_of(got, strlen(expected) / 2));

	ck_assert_str_eq(text, expected);
	free(text);
}

/* RFC 2202 case 2, RFC 4231 case 2 */
static const struct {
	uint16_t prf;
	const char *output;
} prf_vectors[] = {
	{ IKEV2_PRF_HMAC_SHA1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
	{ IKEV2_PRF_HMAC_SHA2_256,
	  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ IKEV2_PRF_HMAC_SHA2_384,
	  "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
	  "8e2240ca5e69e2c78b3239ecfab21649" },
	{ IKEV2_PRF_HMAC_SHA2_512,
	  "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
	  "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
};

START_TEST(published_prf)
{
	struct octets parts[2] = { octets_of("what do ya want ", 16),
				   octets_of("for nothing?", 12) };
	uint8_t out[IKEV2_PRF_LIMIT];

	ck_assert_int_eq(ikev2_prf(ikev2_prf_find(prf_vectors[_i].prf), octets_of("Jefe", 4), parts,
				   2, out), 0);
	is_octets(out, prf_vectors[_i].output);
}
END_TEST

/* T1 = prf(K, S | 1), T2 = prf(K, T1 | S | 2): RFC 7296 2.13, built by hand */
START_TEST(prf_plus_is_its_definition)
{
	const struct ikev2_prf *prf = ikev2_prf_find(IKEV2_PRF_HMAC_SHA2_256);
	struct octets key = octets_of("key", 3), seed = octets_of("seed", 4);
	uint8_t all[100], one[IKEV2_PRF_LIMIT], two[IKEV2_PRF_LIMIT];
	struct octets first[2] = { seed, octets_of("\1", 1) };
	struct octets second[3] = { octets_of(one, 32), seed, octets_of("\2", 1) };

	ck_assert_int_eq(ikev2_prf_plus(prf, key, seed, all, sizeof(all)), 0);
	ikev2_prf(prf, key, first, 2, one);
	ikev2_prf(prf, key, second, 3, two);
	ck_assert_mem_eq(all, one, 32);
	ck_assert_mem_eq(all + 32, two, 32);
	ck_assert_int_eq(ikev2_prf_plus(prf, key, seed, all, 255 * 32 + 1), -1);
}
END_TEST

/* RFC 5903 clauses 8.1, 8.2 */
static const struct {
	uint16_t group;
	const char *i, *gi, *r, *gr, *secret;
} ecp_vectors[] = {
	{ IKEV2_ECP_256, "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
	  "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
	  "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
	  "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53",
	  "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
	  "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
	  "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de" },
	{ IKEV2_ECP_384,
	  "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896"
	  "783ab194",
	  "667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808acb4bdb4c88732ae"
	  "e95f41aa9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38eeb9fcff3c2c947da"
	  "e69b4c634573a81c",
	  "41cb0779b4bdb85d47846725fbec3c9430fab46cc8dc5060855cc9bda0aa2942e0308312916b8ed2960e4bd5"
	  "5a7448fc",
	  "e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336def96fda41d0"
	  "774a3571dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff"
	  "5eaad96db9e6386c",
	  "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d09cf5d4a2"
	  "70f59746" },
};

START_TEST(published_ecp)
{
	const struct ikev2_dh_group *group = ikev2_dh_group_find(ecp_vectors[_i].group);
	struct octets i = octets_from_text(ecp_vectors[_i].i);
	struct octets r = octets_from_text(ecp_vectors[_i].r);
	struct ikev2_dh *initiator = ikev2_dh_from_private(group, i);
	struct ikev2_dh *responder = ikev2_dh_from_private(group, r);
	uint8_t secret[IKEV2_DH_LIMIT];

	ck_assert(initiator && responder);
	is_octets(ikev2_dh_public(initiator).at, ecp_vectors[_i].gi);
	is_octets(ikev2_dh_public(responder).at, ecp_vectors[_i].gr);
	ck_assert_int_eq(ikev2_dh_derive(initiator, ikev2_dh_public(responder), secret), 0);
	is_octets(secret, ecp_vectors[_i].secret);
	ck_assert_int_eq(ikev2_dh_derive(responder, ikev2_dh_public(initiator), secret), 0);
	is_octets(secret, ecp_vectors[_i].secret);
	ikev2_dh_free(initiator);
	ikev2_dh_free(responder);
	free((void *)i.at);
	free((void *)r.at);
}
END_TEST

static const uint16_t groups[] = { IKEV2_MODP_1024, IKEV2_MODP_2048, IKEV2_MODP_3072, IKEV2_ECP_256,
				   IKEV2_ECP_384 };

START_TEST(both_get_the_same_secret)
{
	const struct ikev2_dh_group *group = ikev2_dh_group_find(groups[_i]);
	struct ikev2_dh *a = ikev2_dh_new(group), *b = ikev2_dh_new(group);
	uint8_t of_a[IKEV2_DH_LIMIT], of_b[IKEV2_DH_LIMIT], bad[IKEV2_DH_LIMIT] = { 0 };

	ck_assert(a && b);
	ck_assert_uint_eq(ikev2_dh_public(a).length, group->public_octets);
	ck_assert_int_eq(ikev2_dh_derive(a, ikev2_dh_public(b), of_a), 0);
	ck_assert_int_eq(ikev2_dh_derive(b, ikev2_dh_public(a), of_b), 0);
	ck_assert_mem_eq(of_a, of_b, group->secret_octets);
	/* 0, 1, p - 1 (all ones is beyond p) and no point of the curve; and the wrong length */
	ck_assert_int_lt(ikev2_dh_derive(a, octets_of(bad, group->public_octets), of_a), 0);
	bad[group->public_octets - 1] = 1;
	ck_assert_int_lt(ikev2_dh_derive(a, octets_of(bad, group->public_octets), of_a), 0);
	memset(bad, 0xff, sizeof(bad));
	ck_assert_int_lt(ikev2_dh_derive(a, octets_of(bad, group->public_octets), of_a), 0);
	ck_assert_int_lt(ikev2_dh_derive(a, octets_of(ikev2_dh_public(b).at,
						      group->public_octets - 1u), of_a), 0);
	ikev2_dh_free(a);
	ikev2_dh_free(b);
}
END_TEST

/* A pair of keys is sought whose secret begins with a zero; it must not be dropped. */
START_TEST(a_leading_zero_is_kept)
{
	const struct ikev2_dh_group *group = ikev2_dh_group_find(IKEV2_MODP_1024);
	static const uint8_t own[] = "a private value for this test";
	struct ikev2_dh *a = ikev2_dh_from_private(group, octets_of(own, sizeof(own)));
	uint8_t secret[IKEV2_DH_LIMIT], back[IKEV2_DH_LIMIT];
	bool found = false;

	for (unsigned value = 1; value < 5000 && !found; value++) {
		uint8_t octets[20] = { 1, [18] = (uint8_t)(value >> 8), [19] = (uint8_t)value };
		struct ikev2_dh *b = ikev2_dh_from_private(group, octets_of(octets, 20));

		ck_assert_int_eq(ikev2_dh_derive(a, ikev2_dh_public(b), secret), 0);
		found = secret[0] == 0;
		if (found) {
			ck_assert_int_eq(ikev2_dh_derive(b, ikev2_dh_public(a), back), 0);
			ck_assert_mem_eq(secret, back, 128);
			BIGNUM *base = BN_bin2bn(ikev2_dh_public(b).at, 128, NULL);
			BIGNUM *power = BN_bin2bn(own, sizeof(own), NULL), *result = BN_new();
			BIGNUM *prime = BN_get_rfc2409_prime_1024(NULL);
			BN_CTX *context = BN_CTX_new();
			BN_mod_exp(result, base, power, prime, context);
			BN_bn2binpad(result, back, 128);
			ck_assert_mem_eq(secret, back, 128);
			BN_free(base);
			BN_free(power);
			BN_free(result);
			BN_free(prime);
			BN_CTX_free(context);
		}
		ikev2_dh_free(b);
	}
	ck_assert(found);
	ikev2_dh_free(a);
}
END_TEST

static const struct {
	uint16_t encryption, key_bits, integrity;
} ciphers[] = {
	{ IKEV2_ENCR_AES_CBC, 128, IKEV2_AUTH_HMAC_SHA1_96 },
	{ IKEV2_ENCR_AES_CBC, 192, IKEV2_AUTH_HMAC_SHA2_256_128 },
	{ IKEV2_ENCR_AES_CBC, 256, IKEV2_AUTH_HMAC_SHA2_384_192 },
	{ IKEV2_ENCR_AES_CBC, 256, IKEV2_AUTH_HMAC_SHA2_512_256 },
	{ IKEV2_ENCR_3DES, 0, IKEV2_AUTH_HMAC_SHA1_96 },
	{ IKEV2_ENCR_NULL, 0, IKEV2_AUTH_HMAC_SHA2_256_128 },
	{ IKEV2_ENCR_AES_GCM_16, 128, 0 },
	{ IKEV2_ENCR_AES_GCM_16, 256, 0 },
};
#define CIPHERS (sizeof(ciphers) / sizeof(ciphers[0]))

static struct ipsec_cipher *cipher_at(int index)
{
	static uint8_t key[IPSEC_KEY_LIMIT], integrity_key[IPSEC_KEY_LIMIT];
	const struct ipsec_encryption *encryption =
		ipsec_encryption_find(ciphers[index].encryption, ciphers[index].key_bits);
	const struct ipsec_integrity *integrity = ipsec_integrity_find(ciphers[index].integrity);

	for (size_t i = 0; i < sizeof(key); i++)
		integrity_key[i] = (uint8_t)(~(key[i] = (uint8_t)(i * 7 + 1)));
	return ipsec_cipher_new(
		encryption, integrity,
		octets_of(key, (size_t)encryption->key_octets + encryption->salt_octets),
		octets_of(integrity_key, integrity ? integrity->key_octets : 0u));
}

static void write_some(struct ikev2_writer *writer, size_t octets)
{
	uint8_t *vendor = memory_new(octets);

	ikev2_status_write(writer, IKEV2_INITIAL_CONTACT);
	for (size_t i = 0; i < octets; i++)
		vendor[i] = (uint8_t)i;
	ikev2_octets_write(writer, IKEV2_VENDOR, octets_of(vendor, octets));
	free(vendor);
}

static const struct ikev2_header some_header = { 1, 2, 0, IKEV2_VERSION, IKEV2_AUTH,
						 IKEV2_FLAG_INITIATOR, 1, 0 };

START_TEST(sealed_and_opened)
{
	struct ipsec_cipher *sealer = cipher_at(_i), *opener = cipher_at(_i);
	uint64_t number = 0;

	for (size_t length = 0; length < 70; length++) {
		struct ikev2_writer writer = { 0 };
		struct ikev2_datagrams out = { .count = 0 };
		struct ikev2_message message;
		struct ikev2_chain chain;
		struct buffer plain = { 0 };
		struct problem problem = { "" };

		write_some(&writer, length);
		ck_assert_int_eq(ikev2_seal(&some_header, writer.first,
					    ikev2_writer_finish(&writer), sealer, &number, 0, &out),
				 0);
		ck_assert_uint_eq(out.count, 1);
		struct octets octets = octets_of(out.list[0].octets, out.list[0].length);
		ck_assert_int_eq(ikev2_decode(octets, &message, &problem), 0);
		ck_assert_msg(ikev2_open(octets, &message, opener, &plain, &problem) == 0, "%s",
			      problem.text);
		ck_assert_uint_eq(plain.length, writer.out.length);
		ck_assert_mem_eq(plain.octets, writer.out.octets, plain.length);
		ck_assert_int_eq(ikev2_chain_decode(message.chain.inner,
						    octets_of(plain.octets, plain.length), &chain,
						    NULL), 0);
		ck_assert_uint_eq(chain.count, 2);
		ikev2_writer_free(&writer);
		ikev2_datagrams_clear(&out);
		buffer_free(&plain);
	}
	ck_assert_uint_eq(number, 70);
	ipsec_cipher_free(sealer);
	ipsec_cipher_free(opener);
}
END_TEST

START_TEST(no_bit_can_be_turned)
{
	struct ipsec_cipher *cipher = cipher_at(_i);
	struct ikev2_writer writer = { 0 };
	struct ikev2_datagrams out = { .count = 0 };
	struct buffer plain = { 0 };
	uint64_t number = 5;

	write_some(&writer, 9);
	ikev2_seal(&some_header, writer.first, ikev2_writer_finish(&writer), cipher, &number, 0,
		   &out);
	struct buffer *sealed = &out.list[0];
	for (size_t bit = 0; bit < 8 * sealed->length; bit++) {
		struct ikev2_message message;
		struct octets octets = octets_of(sealed->octets, sealed->length);

		sealed->octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (ikev2_decode(octets, &message, NULL) == 0)
			ck_assert_int_lt(ikev2_open(octets, &message, cipher, &plain, NULL), 0);
		sealed->octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t length = 1; length <= sealed->length - IKEV2_HEADER - 4; length++) {
		struct ikev2_message message = { .chain.count = 1 };

		message.chain.payloads[0].type = IKEV2_SK;
		message.chain.payloads[0].body = octets_of(
		    sealed->octets + IKEV2_HEADER + 4, sealed->length - IKEV2_HEADER - 4 - length);
		ck_assert_int_lt(ikev2_open(octets_of(sealed->octets, sealed->length - length),
					    &message, cipher, &plain, NULL), 0);
	}
	ck_assert_uint_eq(plain.length, 0);
	ikev2_writer_free(&writer);
	ikev2_datagrams_clear(&out);
	ipsec_cipher_free(cipher);
}
END_TEST

static int give(struct ikev2_reassembly *reassembly, const struct buffer *datagram,
		struct ipsec_cipher *cipher, struct buffer *plain, uint8_t *first)
{
	struct octets octets = octets_of(datagram->octets, datagram->length);
	struct ikev2_message message;
	struct problem problem = { "" };

	ck_assert_msg(ikev2_decode(octets, &message, &problem) == 0, "%s", problem.text);
	return ikev2_reassemble(reassembly, octets, &message, cipher, plain, first, &problem);
}

START_TEST(fragments_in_any_order)
{
	struct ipsec_cipher *cipher = cipher_at(_i);
	struct ikev2_writer writer = { 0 };
	struct ikev2_datagrams out = { .count = 0 };
	struct ikev2_reassembly reassembly = { 0 };
	struct buffer plain = { 0 };
	uint64_t number = 0;
	uint8_t first = 0;

	write_some(&writer, 5000);
	ck_assert_int_eq(ikev2_seal(&some_header, writer.first, ikev2_writer_finish(&writer),
				    cipher, &number, 1280, &out),
			 0);
	ck_assert_uint_ge(out.count, 4);
	for (size_t i = 0; i < out.count; i++)
		ck_assert_uint_le(out.list[i].length, 1280);
	for (size_t i = out.count; i > 1; i--) {
		ck_assert_int_eq(give(&reassembly, &out.list[i - 1], cipher, &plain, &first), 0);
		ck_assert_int_eq(give(&reassembly, &out.list[i - 1], cipher, &plain, &first), 0);
	}
	out.list[0].octets[out.list[0].length - 1] ^= 1;
	ck_assert_int_eq(give(&reassembly, &out.list[0], cipher, &plain, &first), -2);
	out.list[0].octets[out.list[0].length - 1] ^= 1;
	ck_assert_int_eq(give(&reassembly, &out.list[0], cipher, &plain, &first), 1);
	ck_assert_uint_eq(first, IKEV2_NOTIFY);
	ck_assert_uint_eq(plain.length, writer.out.length);
	ck_assert_mem_eq(plain.octets, writer.out.octets, plain.length);
	ikev2_reassembly_clear(&reassembly);
	ikev2_writer_free(&writer);
	ikev2_datagrams_clear(&out);
	buffer_free(&plain);
	ipsec_cipher_free(cipher);
}
END_TEST

static EVP_PKEY *key_of(int kind)
{
	return kind == 0 ? new_rsa_key() : new_ec_key(kind == 1 ? "P-256" : "P-384");
}

/* kind of key, hashes that the peer knows, the method that must come, and its words */
static const struct {
	int kind;
	unsigned hashes;
	uint8_t method;
	const char *how;
} signatures[] = {
	{ 0, 0, IKEV2_AUTH_RSA, "RSA PKCS1 SHA1" },
	{ 0, 1u << IKEV2_HASH_SHA2_256 | 1u << IKEV2_HASH_SHA2_512, IKEV2_AUTH_DIGITAL_SIGNATURE,
	  "RSA PKCS1 SHA2-256" },
	{ 0, 1u << IKEV2_HASH_SHA1, IKEV2_AUTH_DIGITAL_SIGNATURE, "RSA PKCS1 SHA1" },
	{ 1, 0, IKEV2_AUTH_ECDSA_256, "ECDSA SHA2-256" },
	{ 1, 0x1e, IKEV2_AUTH_DIGITAL_SIGNATURE, "ECDSA SHA2-256" },
	{ 2, 0, IKEV2_AUTH_ECDSA_384, "ECDSA SHA2-384" },
	{ 2, 0x1e, IKEV2_AUTH_DIGITAL_SIGNATURE, "ECDSA SHA2-384" },
};

START_TEST(signed_and_verified)
{
	EVP_PKEY *key = key_of(signatures[_i].kind), *other = key_of(signatures[_i].kind);
	EVP_PKEY *foreign = key_of(signatures[_i].kind ? 0 : 1);
	struct octets data = octets_of("what is signed", 14),
		      less = octets_of("what is signed", 13);
	struct buffer out = { 0 };
	const char *how = "";
	uint8_t method = 0;

	ck_assert_int_eq(ikev2_auth_sign(key, signatures[_i].hashes, data, &method, &out, NULL), 0);
	struct octets signature = octets_of(out.octets, out.length);
	ck_assert_uint_eq(method, signatures[_i].method);
	ck_assert_int_eq(ikev2_auth_verify(key, method, signature, data, &how, NULL), 0);
	ck_assert_str_eq(how, signatures[_i].how);
	ck_assert_int_lt(ikev2_auth_verify(key, method, signature, less, &how, NULL), 0);
	ck_assert_int_lt(ikev2_auth_verify(other, method, signature, data, &how, NULL), 0);
	ck_assert_int_lt(ikev2_auth_verify(foreign, method, signature, data, &how, NULL), 0);
	ck_assert_int_lt(ikev2_auth_verify(key, IKEV2_AUTH_SHARED_KEY, signature, data, &how, NULL),
			 0);
	for (size_t length = 0; length < out.length; length++)
		ck_assert_int_lt(ikev2_auth_verify(key, method, octets_of(out.octets, length), data,
						   &how, NULL), 0);
	buffer_free(&out);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	EVP_PKEY_free(foreign);
}
END_TEST

/* RFC 7427 A.4.3: RSASSA-PSS with SHA-256 and a salt of 32 octets, which we only check */
START_TEST(a_pss_signature)
{
	struct octets named = octets_from_text(
		"43304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a"
		"864886f70d010108300d06096086480165030402010500a203020120");
	EVP_PKEY *key = new_rsa_key();
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *parameters;
	uint8_t signature[256];
	size_t length = sizeof(signature);
	struct octets data = octets_of("what is signed", 14);
	struct buffer auth = { 0 };
	const char *how;

	ck_assert_int_eq(EVP_DigestSignInit(context, &parameters, EVP_sha256(), NULL, key), 1);
	EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
	EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, 32);
	ck_assert_int_eq(EVP_DigestSign(context, signature, &length, data.at, data.length), 1);
	buffer_add(&auth, named.at, named.length);
	buffer_add(&auth, signature, length);
	struct octets whole = octets_of(auth.octets, auth.length);
	ck_assert_int_eq(
		ikev2_auth_verify(key, IKEV2_AUTH_DIGITAL_SIGNATURE, whole, data, &how, NULL), 0);
	ck_assert_str_eq(how, "RSA-PSS SHA2-256");
	data.length--;
	ck_assert_int_lt(
		ikev2_auth_verify(key, IKEV2_AUTH_DIGITAL_SIGNATURE, whole, data, &how, NULL), 0);
	buffer_free(&auth);
	free((void *)named.at);
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(certificates_are_checked)
{
	EVP_PKEY *root_key = key_of(1), *middle_key = key_of(1), *key = key_of(0);
	X509 *root = new_certificate(root_key, "root", NULL, NULL, NULL, NOW - 100, 100, 1);
	X509 *middle =
		new_certificate(middle_key, "middle", NULL, root, root_key, NOW - 100, 100, 1);
	X509 *leaf =
	    new_certificate(key, "hnb", "hnb.lab.example", middle, middle_key, NOW - 100, 10, 0);
	X509 *stranger = new_certificate(root_key, "other", NULL, NULL, NULL, NOW - 100, 100, 1);
	STACK_OF(X509) *chain = sk_X509_new_null(), *roots = sk_X509_new_null();
	STACK_OF(X509) *wrong = sk_X509_new_null();
	struct problem problem = { "" };

	sk_X509_push(chain, middle);
	sk_X509_push(roots, root);
	sk_X509_push(wrong, stranger);
	ck_assert_msg(ikev2_certificate_verify(leaf, chain, roots, NOW, &problem) == 0, "%s",
		      problem.text);
	ck_assert_int_lt(ikev2_certificate_verify(leaf, NULL, roots, NOW, &problem), 0);
	ck_assert_int_lt(ikev2_certificate_verify(leaf, chain, wrong, NOW, &problem), 0);
	ck_assert_int_lt(ikev2_certificate_verify(leaf, chain, roots, NOW - 200, &problem), 0);
	ck_assert_msg(strstr(problem.text, "not yet valid") != NULL, "%s", problem.text);
	ck_assert_int_lt(ikev2_certificate_verify(leaf, chain, roots, NOW + 11 * 86400, &problem),
			 0);
	ck_assert_msg(strstr(problem.text, "expired") != NULL, "%s", problem.text);
	struct ikev2_id id = { IKEV2_ID_FQDN, octets_of("hnb.lab.example", 15) };
	ck_assert(ikev2_certificate_is_of(leaf, &id));
	id.data.length--;
	ck_assert(!ikev2_certificate_is_of(leaf, &id));
	id = (struct ikev2_id){ IKEV2_ID_FQDN, octets_of("hnb", 3) };
	ck_assert(!ikev2_certificate_is_of(leaf, &id)); /* there is a dNSName: the CN is none */
	uint8_t *der = NULL;
	int length = i2d_X509_NAME(X509_get_subject_name(leaf), &der);
	id = (struct ikev2_id){ IKEV2_ID_DER_ASN1_DN, octets_of(der, (size_t)length) };
	ck_assert(ikev2_certificate_is_of(leaf, &id));
	ck_assert(!ikev2_certificate_is_of(middle, &id));
	OPENSSL_free(der);
	sk_X509_free(chain);
	sk_X509_free(roots);
	sk_X509_free(wrong);
	X509_free(root);
	X509_free(middle);
	X509_free(leaf);
	X509_free(stranger);
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(middle_key);
	EVP_PKEY_free(key);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ikev2-crypto");
	TCase *keys = tcase_create("keys"), *seals = tcase_create("seals");
	TCase *vouching = tcase_create("authentication");

	prepare_rsa_keys();
	tcase_add_loop_test(keys, published_prf, 0, 4);
	tcase_add_test(keys, prf_plus_is_its_definition);
	tcase_add_loop_test(keys, published_ecp, 0, 2);
	tcase_add_loop_test(keys, both_get_the_same_secret, 0, 5);
	tcase_add_test(keys, a_leading_zero_is_kept);
	tcase_add_loop_test(seals, sealed_and_opened, 0, CIPHERS);
	tcase_add_loop_test(seals, no_bit_can_be_turned, 0, CIPHERS);
	tcase_add_loop_test(seals, fragments_in_any_order, 0, CIPHERS);
	tcase_add_loop_test(vouching, signed_and_verified, 0,
			    sizeof(signatures) / sizeof(signatures[0]));
	tcase_add_test(vouching, a_pss_signature);
	tcase_add_test(vouching, certificates_are_checked);
	suite_add_tcase(suite, keys);
	suite_add_tcase(suite, seals);
	suite_add_tcase(suite, vouching);
	return suite_run(suite);
}
