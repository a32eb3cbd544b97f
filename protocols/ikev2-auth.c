/* The AUTH payload. */
#include "protocols/ikev2-auth.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

static const struct hash {
	unsigned id; /* enum ikev2_hash */
	int nid;
	const char *digest;
	int rsa_nid, ecdsa_nid; /* of the signature with it */
} hashes_known[] = {
	{ IKEV2_HASH_SHA1, NID_sha1, "SHA1", NID_sha1WithRSAEncryption, NID_ecdsa_with_SHA1 },
	{ IKEV2_HASH_SHA2_256, NID_sha256, "SHA2-256", NID_sha256WithRSAEncryption,
	  NID_ecdsa_with_SHA256 },
	{ IKEV2_HASH_SHA2_384, NID_sha384, "SHA2-384", NID_sha384WithRSAEncryption,
	  NID_ecdsa_with_SHA384 },
	{ IKEV2_HASH_SHA2_512, NID_sha512, "SHA2-512", NID_sha512WithRSAEncryption,
	  NID_ecdsa_with_SHA512 },
};
#define HASHES (sizeof(hashes_known) / sizeof(hashes_known[0]))

/* RFC 4754: each ECDSA method has one curve and one hash; a number's octets. */
static const struct curve {
	uint8_t method;
	unsigned hash;
	int bits;
	int number;
} curves[] = {
	{ IKEV2_AUTH_ECDSA_256, IKEV2_HASH_SHA2_256, 256, 32 },
	{ IKEV2_AUTH_ECDSA_384, IKEV2_HASH_SHA2_384, 384, 48 },
	{ IKEV2_AUTH_ECDSA_521, IKEV2_HASH_SHA2_512, 521, 66 },
};
#define CURVES (sizeof(curves) / sizeof(curves[0]))

static const struct hash *hash_of(unsigned id)
{
	for (size_t i = 0; i < HASHES; i++)
		if (hashes_known[i].id == id)
			return &hashes_known[i];
	return NULL;
}

int ikev2_signed_octets(const struct ikev2_prf *prf, struct octets message, struct octets nonce,
			struct octets sk_p, struct octets id_body, struct buffer *out)
{
	uint8_t mac[IKEV2_PRF_LIMIT];

	if (ikev2_prf(prf, sk_p, &id_body, 1, mac) < 0)
		return -1;
	buffer_add(out, message.at, message.length);
	buffer_add(out, nonce.at, nonce.length);
	buffer_add(out, mac, prf->octets);
	return 0;
}

int ikev2_auth_shared_key(const struct ikev2_prf *prf, struct octets secret,
			  struct octets signed_octets, uint8_t data[IKEV2_PRF_LIMIT])
{
	static const char pad[] = "Key Pad for IKEv2";
	struct octets padding = octets_of(pad, sizeof(pad) - 1);
	uint8_t key[IKEV2_PRF_LIMIT];
	int result = -1;

	if (ikev2_prf(prf, secret, &padding, 1, key) == 0)
		result = ikev2_prf(prf, octets_of(key, prf->octets), &signed_octets, 1, data);
	OPENSSL_cleanse(key, sizeof(key));
	return result;
}

static int sign(EVP_PKEY *key, const struct hash *hash, struct octets data, struct buffer *out)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t signature[1024];
	size_t length = sizeof(signature);
	int result = -1;

	if (context &&
	    EVP_DigestSignInit_ex(context, NULL, hash->digest, NULL, NULL, key, NULL) == 1 &&
	    EVP_DigestSign(context, signature, &length, data.at, data.length) == 1) {
		buffer_add(out, signature, length);
		result = 0;
	}
	EVP_MD_CTX_free(context);
	return result;
}

/* RFC 4754 clause 7: r and s, each as long as the curve's order */
static int sign_curve(EVP_PKEY *key, const struct curve *curve, struct octets data,
		      struct buffer *out)
{
	struct buffer der = { 0 };
	uint8_t numbers[2 * 66];
	ECDSA_SIG *signature = NULL;
	int result = -1;

	if (sign(key, hash_of(curve->hash), data, &der) == 0) {
		const uint8_t *at = der.octets;

		signature = d2i_ECDSA_SIG(NULL, &at, (long)der.length);
	}
	if (signature &&
	    BN_bn2binpad(ECDSA_SIG_get0_r(signature), numbers, curve->number) >= 0 &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(signature), numbers + curve->number, curve->number) >=
		    0) {
		buffer_add(out, numbers, 2 * (size_t)curve->number);
		result = 0;
	}
	ECDSA_SIG_free(signature);
	buffer_free(&der);
	return result;
}

/* The strongest of what the peer knows that goes with the key, SHA2-256 first of all. */
static const struct hash *choose_hash(EVP_PKEY *key, unsigned hashes)
{
	unsigned wanted = EVP_PKEY_get_bits(key) == 384 ? IKEV2_HASH_SHA2_384 :
							  IKEV2_HASH_SHA2_256;

	if (hashes & 1u << wanted)
		return hash_of(wanted);
	for (size_t i = HASHES; i > 0; i--)
		if (hashes & 1u << hashes_known[i - 1].id)
			return &hashes_known[i - 1];
	return NULL;
}

/* RFC 7427 clause 3: the AlgorithmIdentifier's length and DER, then the signature */
static int sign_named(EVP_PKEY *key, const struct hash *hash, bool rsa, struct octets data,
		      struct buffer *out)
{
	X509_ALGOR *algorithm = X509_ALGOR_new();
	uint8_t *der = NULL;
	int length = -1, result = -1;

	if (algorithm &&
	    X509_ALGOR_set0(algorithm, OBJ_nid2obj(rsa ? hash->rsa_nid : hash->ecdsa_nid),
			    rsa ? V_ASN1_NULL : V_ASN1_UNDEF, NULL) == 1)
		length = i2d_X509_ALGOR(algorithm, &der);
	if (length > 0 && length < 256) {
		buffer_add_u8(out, (uint8_t)length);
		buffer_add(out, der, (size_t)length);
		result = sign(key, hash, data, out);
	}
	OPENSSL_free(der);
	X509_ALGOR_free(algorithm);
	return result;
}

int ikev2_auth_sign(EVP_PKEY *key, unsigned hashes, struct octets signed_octets, uint8_t *method,
		    struct buffer *out, struct problem *problem)
{
	bool rsa = EVP_PKEY_is_a(key, "RSA");
	const struct hash *hash = choose_hash(key, hashes);

	if (!rsa && !EVP_PKEY_is_a(key, "EC"))
		return problem_set(problem, "a private key that is neither RSA nor ECDSA");
	if (hash) {
		*method = IKEV2_AUTH_DIGITAL_SIGNATURE;
		if (sign_named(key, hash, rsa, signed_octets, out) == 0)
			return 0;
	} else if (rsa) {
		*method = IKEV2_AUTH_RSA;
		if (sign(key, hash_of(IKEV2_HASH_SHA1), signed_octets, out) == 0)
			return 0;
	}
	for (size_t i = 0; i < CURVES && !hash && !rsa; i++)
		if (curves[i].bits == EVP_PKEY_get_bits(key)) {
			*method = curves[i].method;
			if (sign_curve(key, &curves[i], signed_octets, out) == 0)
				return 0;
		}
	return problem_set(problem, "the private key does not sign");
}

struct scheme {
	const struct hash *hash;
	bool rsa, pss;
	int salt; /* of PSS; -1: as long as the hash */
};

static int verify(EVP_PKEY *key, const struct scheme *scheme, struct octets signature,
		  struct octets data)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *parameters = NULL;
	bool good = context && EVP_PKEY_is_a(key, scheme->rsa ? "RSA" : "EC") == 1 &&
		    EVP_DigestVerifyInit_ex(context, &parameters, scheme->hash->digest, NULL, NULL,
					    key, NULL) == 1;

	if (good && scheme->pss)
		good = EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
		       EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, scheme->salt) == 1;
	good = good && EVP_DigestVerify(context, signature.at, signature.length, data.at,
					data.length) == 1;
	EVP_MD_CTX_free(context);
	return good ? 0 : -1;
}

static int verify_curve(EVP_PKEY *key, const struct curve *curve, struct octets signature,
			struct octets data)
{
	struct scheme scheme = { hash_of(curve->hash), false, false, 0 };
	int half = curve->number, result = -1, length;
	uint8_t *der = NULL;

	if (signature.length != 2 * (size_t)half || EVP_PKEY_get_bits(key) != curve->bits)
		return -1;
	ECDSA_SIG *numbers = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(signature.at, half, NULL);
	BIGNUM *s = BN_bin2bn(signature.at + half, half, NULL);
	if (numbers && r && s && ECDSA_SIG_set0(numbers, r, s) == 1) {
		length = i2d_ECDSA_SIG(numbers, &der);
		if (length > 0)
			result = verify(key, &scheme, octets_of(der, (size_t)length), data);
	} else {
		BN_free(r);
		BN_free(s);
	}
	OPENSSL_free(der);
	ECDSA_SIG_free(numbers);
	return result;
}

static const struct hash *hash_by_nid(int nid)
{
	for (size_t i = 0; i < HASHES; i++)
		if (hashes_known[i].nid == nid)
			return &hashes_known[i];
	return NULL;
}

/* RFC 8017 A.2.3: without parameters SHA-1 and a salt of 20 octets */
static bool read_pss(const ASN1_TYPE *parameter, struct scheme *scheme)
{
	RSA_PSS_PARAMS *pss = NULL;

	scheme->rsa = scheme->pss = true;
	scheme->salt = 20;
	scheme->hash = hash_of(IKEV2_HASH_SHA1);
	if (!parameter || parameter->type != V_ASN1_SEQUENCE)
		return false;
	const uint8_t *at = parameter->value.sequence->data;
	pss = d2i_RSA_PSS_PARAMS(NULL, &at, parameter->value.sequence->length);
	if (!pss)
		return false;
	if (pss->hashAlgorithm)
		scheme->hash = hash_by_nid(OBJ_obj2nid(pss->hashAlgorithm->algorithm));
	if (pss->saltLength)
		scheme->salt = (int)ASN1_INTEGER_get(pss->saltLength);
	RSA_PSS_PARAMS_free(pss);
	return scheme->hash && scheme->salt >= 0;
}

/* The AlgorithmIdentifier that stands before a signature of method 14; *rest: the signature. */
static bool read_scheme(struct octets data, struct scheme *scheme, struct octets *rest)
{
	struct octets der;
	uint8_t length;
	int hash_nid = 0, key_nid = 0;
	bool known;

	memset(scheme, 0, sizeof(*scheme));
	if (octets_u8(&data, &length) < 0 || octets_take(&data, length, &der) < 0)
		return false;
	*rest = data;
	const uint8_t *at = der.at;
	X509_ALGOR *algorithm = d2i_X509_ALGOR(NULL, &at, (long)der.length);
	if (!algorithm)
		return false;
	int nid = OBJ_obj2nid(algorithm->algorithm);
	if (nid == NID_rsassaPss) {
		known = read_pss(algorithm->parameter, scheme);
	} else {
		known = OBJ_find_sigid_algs(nid, &hash_nid, &key_nid) == 1;
		scheme->hash = hash_by_nid(hash_nid);
		scheme->rsa = key_nid == NID_rsaEncryption;
		known = known && scheme->hash &&
			(scheme->rsa || key_nid == NID_X9_62_id_ecPublicKey);
	}
	X509_ALGOR_free(algorithm);
	return known;
}

static const char *words(const char *kind, const struct hash *hash)
{
	static _Thread_local char text[48];

	snprintf(text, sizeof(text), "%s %s", kind, hash->digest);
	return text;
}

static const char *scheme_words(const struct scheme *scheme)
{
	return words(scheme->pss ? "RSA-PSS" : scheme->rsa ? "RSA PKCS1" : "ECDSA",
		     scheme->hash);
}

const char *ikev2_auth_algorithm(struct octets data)
{
	struct scheme scheme;
	struct octets rest;

	return read_scheme(data, &scheme, &rest) ? scheme_words(&scheme) : "";
}

int ikev2_auth_verify(EVP_PKEY *key, uint8_t method, struct octets data,
		      struct octets signed_octets, const char **how, struct problem *problem)
{
	struct scheme scheme = { NULL, true, false, 0 };
	struct octets signature;

	*how = "";
	if (method == IKEV2_AUTH_DIGITAL_SIGNATURE) {
		if (!read_scheme(data, &scheme, &signature))
			return problem_set(problem, "the signature's algorithm is not known");
		*how = scheme_words(&scheme);
		if (verify(key, &scheme, signature, signed_octets) == 0)
			return 0;
	} else if (method == IKEV2_AUTH_RSA) {
		/* RFC 7296 2.15: SHA-1 by default, others are allowed; the signature tells. */
		for (size_t i = 0; i < HASHES; i++) {
			scheme.hash = &hashes_known[i];
			*how = scheme_words(&scheme);
			if (verify(key, &scheme, data, signed_octets) == 0)
				return 0;
		}
	}
	for (size_t i = 0; i < CURVES; i++)
		if (curves[i].method == method) {
			*how = words("ECDSA", hash_of(curves[i].hash));
			if (verify_curve(key, &curves[i], data, signed_octets) == 0)
				return 0;
		}
	return problem_set(problem, "the signature (%s) does not verify",
			   ikev2_name(IKEV2_AUTH_METHODS, method));
}
