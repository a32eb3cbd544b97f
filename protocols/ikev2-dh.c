#include "protocols/ikev2-dh.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/ikev2-names.h"
#include "protocols/memory.h"

struct ikev2_dh {
	const struct ikev2_dh_group *group;
	EVP_PKEY *key;
	uint8_t value[IKEV2_DH_LIMIT];
};

static BIGNUM *modp_prime(const struct ikev2_dh_group *group)
{
	switch (group->id) {
	case IKEV2_MODP_1024:
		return BN_get_rfc2409_prime_1024(NULL);
	case IKEV2_MODP_2048:
		return BN_get_rfc3526_prime_2048(NULL);
	default:
		return BN_get_rfc3526_prime_3072(NULL);
	}
}

/* The parameters that say which group it is; prime and generator live until these are built. */
static bool push_group(OSSL_PARAM_BLD *builder, const struct ikev2_dh_group *group,
		       const BIGNUM *prime, const BIGNUM *generator)
{
	if (group->openssl)
		return OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME,
						       group->openssl, 0) == 1;
	return OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_FFC_P, prime) == 1 &&
	       OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_FFC_G, generator) == 1;
}

/* A key from its parts: point for an elliptic curve, otherwise value; secret may be NULL. */
static EVP_PKEY *build_key(const struct ikev2_dh_group *group, const BIGNUM *value,
			   struct octets point, const BIGNUM *secret, int selection)
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *context =
		EVP_PKEY_CTX_new_from_name(NULL, group->elliptic ? "EC" : "DH", NULL);
	BIGNUM *prime = group->elliptic ? NULL : modp_prime(group), *generator = BN_new();
	OSSL_PARAM *parameters = NULL;
	EVP_PKEY *key = NULL;

	if (builder && context && generator && BN_set_word(generator, 2) == 1 &&
	    push_group(builder, group, prime, generator) &&
	    (!value || OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PUB_KEY, value) == 1) &&
	    (point.length == 0 ||
	     OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.at,
					      point.length) == 1) &&
	    (!secret || OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, secret) == 1))
		parameters = OSSL_PARAM_BLD_to_param(builder);
	if (parameters && EVP_PKEY_fromdata_init(context) == 1 &&
	    EVP_PKEY_fromdata(context, &key, selection, parameters) != 1)
		key = NULL;
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(builder);
	EVP_PKEY_CTX_free(context);
	BN_free(prime);
	BN_free(generator);
	return key;
}

/* An ECP public value is x and y (RFC 5903 clause 7); OpenSSL wants 4, x, y. */
static EVP_PKEY *build_point_key(const struct ikev2_dh_group *group, struct octets value,
				 const BIGNUM *secret, int selection)
{
	uint8_t point[1 + IKEV2_DH_LIMIT];

	point[0] = POINT_CONVERSION_UNCOMPRESSED;
	memcpy(point + 1, value.at, value.length);
	return build_key(group, NULL, octets_of(point, 1 + value.length), secret, selection);
}

static bool put_number(const EVP_PKEY *key, const char *name, uint8_t *to, size_t length)
{
	BIGNUM *number = NULL;
	bool put = EVP_PKEY_get_bn_param(key, name, &number) == 1 &&
		   BN_bn2binpad(number, to, (int)length) >= 0;

	BN_clear_free(number);
	return put;
}

static bool put_public(struct ikev2_dh *dh)
{
	size_t half = dh->group->public_octets / 2u;

	if (!dh->group->elliptic)
		return put_number(dh->key, OSSL_PKEY_PARAM_PUB_KEY, dh->value, 2 * half);
	return put_number(dh->key, OSSL_PKEY_PARAM_EC_PUB_X, dh->value, half) &&
	       put_number(dh->key, OSSL_PKEY_PARAM_EC_PUB_Y, dh->value + half, half);
}

static struct ikev2_dh *wrap(const struct ikev2_dh_group *group, EVP_PKEY *key)
{
	if (!key)
		return NULL;
	struct ikev2_dh *dh = memory_new(sizeof(*dh));

	dh->group = group;
	dh->key = key;
	if (!put_public(dh)) {
		ikev2_dh_free(dh);
		return NULL;
	}
	return dh;
}

struct ikev2_dh *ikev2_dh_new(const struct ikev2_dh_group *group)
{
	EVP_PKEY *parameters =
		build_key(group, NULL, octets_of(NULL, 0), NULL, EVP_PKEY_KEY_PARAMETERS);
	EVP_PKEY_CTX *context =
		parameters ? EVP_PKEY_CTX_new_from_pkey(NULL, parameters, NULL) : NULL;
	EVP_PKEY *key = NULL;

	if (context && EVP_PKEY_keygen_init(context) == 1 &&
	    EVP_PKEY_generate(context, &key) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(parameters);
	return wrap(group, key);
}

static EVP_PKEY *modp_from_private(const struct ikev2_dh_group *group, const BIGNUM *secret)
{
	BIGNUM *prime = modp_prime(group), *generator = BN_new(), *value = BN_new();
	BN_CTX *context = BN_CTX_new();
	EVP_PKEY *key = NULL;

	if (prime && generator && value && context && BN_set_word(generator, 2) == 1 &&
	    BN_mod_exp(value, generator, secret, prime, context) == 1)
		key = build_key(group, value, octets_of(NULL, 0), secret, EVP_PKEY_KEYPAIR);
	BN_free(prime);
	BN_free(generator);
	BN_free(value);
	BN_CTX_free(context);
	return key;
}

static EVP_PKEY *ecp_from_private(const struct ikev2_dh_group *group, const BIGNUM *secret)
{
	EC_GROUP *curve = EC_GROUP_new_by_curve_name(OBJ_txt2nid(group->openssl));
	EC_POINT *point = curve ? EC_POINT_new(curve) : NULL;
	uint8_t octets[1 + IKEV2_DH_LIMIT];
	size_t length = 0;
	EVP_PKEY *key = NULL;

	if (point && EC_POINT_mul(curve, point, secret, NULL, NULL, NULL) == 1)
		length = EC_POINT_point2oct(curve, point, POINT_CONVERSION_UNCOMPRESSED, octets,
					    sizeof(octets), NULL);
	if (length > 1)
		key = build_key(group, NULL, octets_of(octets, length), secret, EVP_PKEY_KEYPAIR);
	EC_POINT_free(point);
	EC_GROUP_free(curve);
	return key;
}

struct ikev2_dh *ikev2_dh_from_private(const struct ikev2_dh_group *group, struct octets value)
{
	BIGNUM *secret = BN_bin2bn(value.at, (int)value.length, NULL);
	EVP_PKEY *key = group->elliptic ? ecp_from_private(group, secret) :
					  modp_from_private(group, secret);

	BN_clear_free(secret);
	return wrap(group, key);
}

void ikev2_dh_free(struct ikev2_dh *dh)
{
	if (!dh)
		return;
	EVP_PKEY_free(dh->key);
	OPENSSL_cleanse(dh, sizeof(*dh));
	free(dh);
}

const struct ikev2_dh_group *ikev2_dh_group(const struct ikev2_dh *dh)
{
	return dh->group;
}

struct octets ikev2_dh_public(const struct ikev2_dh *dh)
{
	return octets_of(dh->value, dh->group->public_octets);
}

/* RFC 6989 2.1: 1 < y < p - 1 */
static EVP_PKEY *modp_peer(const struct ikev2_dh_group *group, struct octets peer)
{
	BIGNUM *value = BN_bin2bn(peer.at, (int)peer.length, NULL), *prime = modp_prime(group);
	EVP_PKEY *key = NULL;

	if (value && prime && BN_sub_word(prime, 1) == 1 && !BN_is_zero(value) &&
	    !BN_is_one(value) && BN_cmp(value, prime) < 0)
		key = build_key(group, value, octets_of(NULL, 0), NULL, EVP_PKEY_PUBLIC_KEY);
	BN_free(value);
	BN_free(prime);
	return key;
}

int ikev2_dh_derive(const struct ikev2_dh *dh, struct octets peer,
		    uint8_t secret[IKEV2_DH_LIMIT])
{
	size_t length = dh->group->secret_octets;
	EVP_PKEY *other;
	int result = -1;

	if (peer.length != dh->group->public_octets)
		return -1;
	other = dh->group->elliptic ?
			build_point_key(dh->group, peer, NULL, EVP_PKEY_PUBLIC_KEY) :
			modp_peer(dh->group, peer);
	EVP_PKEY_CTX *context = other ? EVP_PKEY_CTX_new_from_pkey(NULL, dh->key, NULL) : NULL;
	/* Without the padding OpenSSL strips leading zeros: RFC 7296 2.14 keeps them. */
	if (context && EVP_PKEY_derive_init(context) == 1 &&
	    (dh->group->elliptic || EVP_PKEY_CTX_set_dh_pad(context, 1) == 1) &&
	    EVP_PKEY_derive_set_peer(context, other) == 1 &&
	    EVP_PKEY_derive(context, secret, &length) == 1 &&
	    length == dh->group->secret_octets)
		result = 0;
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(other);
	return result;
}
