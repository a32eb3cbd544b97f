#include "tests/protocols/ikev2-parts.h"

#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

struct octets octets_from_text(const char *hexadecimal)
{
	size_t length = strlen(hexadecimal) / 2;
	uint8_t *octets = memory_new(length);

	for (size_t i = 0; i < length; i++) {
		unsigned value = 0;

		sscanf(hexadecimal + 2 * i, "%2x", &value);
		octets[i] = (uint8_t)value;
	}
	return octets_of(octets, length);
}

static EVP_PKEY *rsa_keys[RSA_KEYS];

void prepare_rsa_keys(void)
{
	for (size_t i = 0; i < RSA_KEYS; i++)
		rsa_keys[i] = EVP_RSA_gen(2048);
}

EVP_PKEY *new_rsa_key(void)
{
	static size_t next;
	EVP_PKEY *key = rsa_keys[next++ % RSA_KEYS];

	if (!key)
		return EVP_RSA_gen(2048);
	EVP_PKEY_up_ref(key);
	return key;
}

EVP_PKEY *new_ec_key(const char *curve)
{
	return EVP_EC_gen(curve);
}

static void add_extension(X509 *certificate, int nid, const char *value)
{
	X509V3_CTX context;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
}

X509 *new_certificate(EVP_PKEY *key, const char *name, const char *dns, X509 *issuer,
		      EVP_PKEY *issuer_key, int64_t from, int days, int ca)
{
	static long serial = 100;
	X509 *certificate = X509_new();
	X509_NAME *subject = X509_get_subject_name(certificate);
	char text[300];

	X509_set_version(certificate, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1,
				   -1, 0);
	X509_set_issuer_name(certificate, issuer ? X509_get_subject_name(issuer) : subject);
	ASN1_TIME_set(X509_getm_notBefore(certificate), from);
	ASN1_TIME_set(X509_getm_notAfter(certificate), from + days * 86400LL);
	X509_set_pubkey(certificate, key);
	if (ca)
		add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
	snprintf(text, sizeof(text), "DNS:%s", dns ? dns : "");
	if (dns)
		add_extension(certificate, NID_subject_alt_name, text);
	X509_sign(certificate, issuer_key ? issuer_key : key, EVP_sha256());
	return certificate;
}
