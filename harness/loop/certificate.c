#include "harness/loop/certificate.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "harness/loop/tls-context.h"
#include "protocols/address.h"

enum { RSA_BITS = 2048 };

static const char *const organization = "femtoproof lab";

static int add_extension(X509 *x509, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);

	if (!extension)
		return -1;
	int added = X509_add_ext(x509, extension, -1);

	X509_EXTENSION_free(extension);
	return added == 1 ? 0 : -1;
}

/* The names go in as they are, not through OpenSSL's configuration syntax. */
static int add_names(X509 *x509, const char *const *names)
{
	GENERAL_NAMES *list = GENERAL_NAMES_new();
	int result = -1;

	for (size_t i = 0; list && names[i]; i++) {
		GENERAL_NAME *name = GENERAL_NAME_new();
		ASN1_STRING *text = NULL;
		struct address address;
		bool literal = address_parse(names[i], &address) == 0;

		if (literal)
			text = a2i_IPADDRESS(names[i]);
		else if ((text = ASN1_IA5STRING_new()) != NULL)
			ASN1_STRING_set(text, names[i], -1);
		if (!name || !text || sk_GENERAL_NAME_push(list, name) <= 0) {
			GENERAL_NAME_free(name);
			ASN1_STRING_free(text);
			goto out;
		}
		GENERAL_NAME_set0_value(name, literal ? GEN_IPADD : GEN_DNS, text);
	}
	if (list && X509_add1_ext_i2d(x509, NID_subject_alt_name, list, 0, X509V3_ADD_DEFAULT) == 1)
		result = 0;
out:
	GENERAL_NAMES_free(list);
	return result;
}

static int add_extensions(X509 *x509, X509 *issuer, const struct certificate_wishes *wishes)
{
	static const struct {
		const char *basic, *usage, *extended;
	} uses[] = {
		[CERTIFICATE_AUTHORITY] = { "critical,CA:TRUE", "critical,keyCertSign,cRLSign",
					    NULL },
		[CERTIFICATE_SERVER] = { "critical,CA:FALSE", "critical,digitalSignature",
					 "serverAuth" },
		[CERTIFICATE_DEVICE] = { "critical,CA:FALSE", "critical,digitalSignature",
					 "clientAuth,serverAuth" },
		[CERTIFICATE_CLIENT] = { "critical,CA:FALSE", "critical,digitalSignature",
					 "clientAuth" },
	};

	if (add_extension(x509, issuer, NID_basic_constraints, uses[wishes->use].basic) < 0 ||
	    add_extension(x509, issuer, NID_key_usage, uses[wishes->use].usage) < 0 ||
	    add_extension(x509, issuer, NID_subject_key_identifier, "hash") < 0)
		return -1;
	if (uses[wishes->use].extended &&
	    add_extension(x509, issuer, NID_ext_key_usage, uses[wishes->use].extended) < 0)
		return -1;
	if (issuer != x509 &&
	    add_extension(x509, issuer, NID_authority_key_identifier, "keyid:always") < 0)
		return -1;
	return wishes->names[0] ? add_names(x509, wishes->names) : 0;
}

static int set_serial(X509 *x509)
{
	uint64_t serial = 0;

	if (RAND_bytes((unsigned char *)&serial, sizeof(serial)) != 1)
		return -1;
	serial >>= 1; /* positive: RFC 5280 4.1.2.2 */
	return ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial | 1) == 1 ? 0 : -1;
}

static int set_subject(X509 *x509, const char *common_name)
{
	X509_NAME *name = X509_get_subject_name(x509);

	/* A common name has at most 64 characters (RFC 5280 ub-common-name): the alternative names
	 * hold a longer one. */
	if (X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
				       (const unsigned char *)organization, -1, -1, 0) != 1)
		return -1;
	int length = (int)strnlen(common_name, 64);

	if (X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
				       (const unsigned char *)common_name, length, -1, 0) != 1)
		return -1;
	return 0;
}

static int fill(struct certificate *certificate, const struct certificate_wishes *wishes)
{
	X509 *x509 = certificate->x509;
	X509 *issuer = wishes->issuer ? wishes->issuer->x509 : x509;
	EVP_PKEY *signer = wishes->issuer ? wishes->issuer->key : certificate->key;

	if (X509_set_version(x509, X509_VERSION_3) != 1 || set_serial(x509) < 0 ||
	    set_subject(x509, wishes->subject) < 0 ||
	    X509_set_issuer_name(x509, X509_get_subject_name(issuer)) != 1 ||
	    !ASN1_TIME_set(X509_getm_notBefore(x509), (time_t)wishes->from) ||
	    !ASN1_TIME_set(X509_getm_notAfter(x509), (time_t)wishes->until) ||
	    X509_set_pubkey(x509, certificate->key) != 1 ||
	    add_extensions(x509, issuer, wishes) < 0)
		return -1;
	return X509_sign(x509, signer, EVP_sha256()) > 0 ? 0 : -1;
}

int certificate_make(const struct certificate_wishes *wishes, struct certificate *certificate,
		     struct problem *problem)
{
	ERR_clear_error();
	certificate->key = wishes->rsa ? EVP_RSA_gen(RSA_BITS) : EVP_EC_gen("P-256");
	certificate->x509 = X509_new();
	if (certificate->key && certificate->x509 && fill(certificate, wishes) == 0)
		return 0;
	certificate_clear(certificate);
	tls_problem(problem, "cannot make a certificate");
	return problem_in(problem, "%s", wishes->subject);
}

void certificate_clear(struct certificate *certificate)
{
	X509_free(certificate->x509);
	EVP_PKEY_free(certificate->key);
	*certificate = (struct certificate){ NULL, NULL };
}

static int fill_list(X509_CRL *list, const struct certificate *issuer, X509 *revoked,
		     int64_t since, int64_t until)
{
	ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)since);
	ASN1_TIME *to = ASN1_TIME_set(NULL, (time_t)until);
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_INTEGER *serial = X509_get_serialNumber(revoked);
	int result = -1;

	if (from && to && entry && X509_CRL_set_version(list, 1) == 1 &&
	    X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer->x509)) == 1 &&
	    X509_CRL_set1_lastUpdate(list, from) == 1 &&
	    X509_CRL_set1_nextUpdate(list, to) == 1 &&
	    X509_REVOKED_set_serialNumber(entry, serial) == 1 &&
	    X509_REVOKED_set_revocationDate(entry, from) == 1 &&
	    X509_CRL_add0_revoked(list, entry) == 1) {
		entry = NULL; /* the list's */
		result = X509_CRL_sign(list, issuer->key, EVP_sha256()) > 0 ? 0 : -1;
	}
	X509_REVOKED_free(entry);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	return result;
}

X509_CRL *certificate_revoke(const struct certificate *issuer, X509 *revoked, int64_t since,
			     int64_t until, struct problem *problem)
{
	X509_CRL *list = X509_CRL_new();

	ERR_clear_error();
	if (list && fill_list(list, issuer, revoked, since, until) == 0)
		return list;
	X509_CRL_free(list);
	tls_problem(problem, "cannot make a revocation list");
	return NULL;
}

static void describe_name(const X509_NAME *name, char *text, size_t size)
{
	BIO *out = BIO_new(BIO_s_mem());
	int length = 0;

	if (out && X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253) >= 0)
		length = BIO_read(out, text, (int)size - 1);
	text[length > 0 ? length : 0] = '\0';
	BIO_free(out);
}

static void describe_time(const ASN1_TIME *time, char *text, size_t size)
{
	struct tm tm;

	text[0] = '\0';
	if (ASN1_TIME_to_tm(time, &tm) == 1)
		strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static void describe_names(X509 *x509, char *text, size_t size)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
	size_t used = 0;

	text[0] = '\0';
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		struct address address = { 0 };
		char literal[ADDRESS_TEXT];
		const char *word = literal;
		int length;

		if (name->type == GEN_IPADD && (name->d.iPAddress->length == 4 ||
						name->d.iPAddress->length == 16)) {
			address.family = name->d.iPAddress->length == 4 ? 4 : 6;
			memcpy(address.octets, name->d.iPAddress->data,
			       (size_t)name->d.iPAddress->length);
			address_host(&address, literal);
			length = (int)strlen(literal);
		} else if (name->type == GEN_DNS || name->type == GEN_URI) {
			word = (const char *)name->d.ia5->data;
			length = name->d.ia5->length;
		} else {
			continue;
		}
		int written = snprintf(text + used, size - used, "%s%.*s", used > 0 ? " " : "",
				       length, word);

		if (written < 0 || (size_t)written >= size - used)
			break;
		used += (size_t)written;
	}
	GENERAL_NAMES_free(names);
}

void certificate_describe(X509 *x509, struct certificate_words *words)
{
	describe_name(X509_get_subject_name(x509), words->subject, sizeof(words->subject));
	describe_name(X509_get_issuer_name(x509), words->issuer, sizeof(words->issuer));
	describe_names(x509, words->names, sizeof(words->names));
	describe_time(X509_get0_notBefore(x509), words->not_before, sizeof(words->not_before));
	describe_time(X509_get0_notAfter(x509), words->not_after, sizeof(words->not_after));
	ERR_clear_error();
}
