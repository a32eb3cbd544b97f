/* Certificates in IKE. */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "protocols/ikev2-auth.h"
#include "protocols/memory.h"

X509 *ikev2_certificate_read(struct octets data)
{
	const uint8_t *at = data.at;
	X509 *certificate = d2i_X509(NULL, &at, (long)data.length);

	if (certificate && at != data.at + data.length) {
		X509_free(certificate);
		return NULL;
	}
	return certificate;
}

/* RFC 7296 3.7: of the SubjectPublicKeyInfo, all of it */
int ikev2_key_hash(X509 *certificate, uint8_t hash[IKEV2_KEY_HASH])
{
	uint8_t *der = NULL;
	int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der), result = -1;

	if (length > 0 &&
	    EVP_Q_digest(NULL, "SHA1", NULL, der, (size_t)length, hash, NULL) == 1)
		result = 0;
	OPENSSL_free(der);
	return result;
}

int ikev2_certificate_verify(X509 *leaf, STACK_OF(X509) *chain, STACK_OF(X509) *roots,
			     int64_t seconds, struct problem *problem)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	int result = -1;

	if (store && context && X509_STORE_CTX_init(context, store, leaf, chain) == 1) {
		X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);

		X509_STORE_CTX_set0_trusted_stack(context, roots);
		X509_VERIFY_PARAM_set_time(parameters, (time_t)seconds);
		/* A root of the lab may itself be issued by another. */
		X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
		if (X509_verify_cert(context) == 1)
			result = 0;
		else
			problem_set(problem, "the certificate is not accepted: %s",
				    X509_verify_cert_error_string(
					    X509_STORE_CTX_get_error(context)));
	} else {
		problem_set(problem, "the certificate cannot be checked");
	}
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	return result;
}

static bool signed_by_one(X509_CRL *list, STACK_OF(X509) *candidates)
{
	for (int i = 0; i < sk_X509_num(candidates); i++) {
		X509 *one = sk_X509_value(candidates, i);

		if (X509_NAME_cmp(X509_get_subject_name(one), X509_CRL_get_issuer(list)) == 0 &&
		    X509_CRL_verify(list, X509_get0_pubkey(one)) == 1)
			return true;
	}
	return false;
}

bool ikev2_certificate_is_revoked(X509 *certificate, struct octets octets,
				  STACK_OF(X509) *chain, STACK_OF(X509) *roots)
{
	const uint8_t *at = octets.at;
	X509_CRL *list = d2i_X509_CRL(NULL, &at, (long)octets.length);
	X509_REVOKED *entry;
	bool is_revoked = list && X509_CRL_get0_by_cert(list, &entry, certificate) == 1 &&
			  (signed_by_one(list, roots) || signed_by_one(list, chain));

	X509_CRL_free(list);
	ERR_clear_error();
	return is_revoked;
}

static bool is_subject(X509 *certificate, struct octets der)
{
	const uint8_t *at = der.at;
	X509_NAME *name = d2i_X509_NAME(NULL, &at, (long)der.length);
	bool same = name && X509_NAME_cmp(name, X509_get_subject_name(certificate)) == 0;

	X509_NAME_free(name);
	return same;
}

bool ikev2_certificate_is_of(X509 *certificate, const struct ikev2_id *id)
{
	const char *text = (const char *)id->data.at;
	size_t length = id->data.length;

	if (length == 0)
		return false;
	switch (id->type) {
	case IKEV2_ID_FQDN:
		return X509_check_host(certificate, text, length, X509_CHECK_FLAG_NO_WILDCARDS,
				       NULL) == 1;
	case IKEV2_ID_RFC822_ADDR:
		return X509_check_email(certificate, text, length, 0) == 1;
	case IKEV2_ID_IPV4_ADDR:
	case IKEV2_ID_IPV6_ADDR:
		return X509_check_ip(certificate, id->data.at, length, 0) == 1;
	case IKEV2_ID_DER_ASN1_DN:
		return is_subject(certificate, id->data);
	default:
		return false;
	}
}

char *ikev2_distinguished_name(const X509_NAME *name)
{
	BIO *memory = BIO_new(BIO_s_mem());
	char *text = NULL, *at = NULL;

	if (memory && X509_NAME_print_ex(memory, name, 0, XN_FLAG_RFC2253) >= 0) {
		long length = BIO_get_mem_data(memory, &at);

		text = memory_text_length(at, length > 0 ? (size_t)length : 0);
	}
	BIO_free(memory);
	return text ? text : memory_text("");
}

char *ikev2_id_text(const struct ikev2_id *id)
{
	struct address address = { 0 };
	char literal[ADDRESS_TEXT];

	switch (id->type) {
	case IKEV2_ID_FQDN:
	case IKEV2_ID_RFC822_ADDR:
		return memory_text_length((const char *)id->data.at, id->data.length);
	case IKEV2_ID_IPV4_ADDR:
	case IKEV2_ID_IPV6_ADDR:
		address.family = id->type == IKEV2_ID_IPV4_ADDR ? 4 : 6;
		if (id->data.length != (address.family == 4 ? 4u : 16u))
			break;
		memcpy(address.octets, id->data.at, id->data.length);
		return memory_text(address_host(&address, literal));
	case IKEV2_ID_DER_ASN1_DN: {
		const uint8_t *at = id->data.at;
		X509_NAME *name = d2i_X509_NAME(NULL, &at, (long)id->data.length);
		char *text = name ? ikev2_distinguished_name(name) :
				    octets_hexadecimal(id->data);

		X509_NAME_free(name);
		return text;
	}
	default:
		break;
	}
	return octets_hexadecimal(id->data);
}
