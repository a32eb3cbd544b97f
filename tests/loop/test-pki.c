#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/loop/certificate.h"
#include "harness/loop/pki.h"
#include "protocols/memory.h"
#include "tests/suite.h"

enum { NOW = 1790000000 };

START_TEST(contexts_are_kept)
{
	static const struct pki_versions old = { TLS1_VERSION, TLS1_2_VERSION };
	static const struct tap tap;
	struct problem problem = { "" };
	struct pki *pki = pki_new(NOW, &problem);
	SSL_CTX *first = pki_server(pki, "a.example", NULL, PKI_GOOD, NULL, 0, NULL, &problem);

	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_eq(first, pki_server(pki, "a.example", NULL, PKI_GOOD, NULL, 0, NULL, NULL));
	ck_assert_ptr_ne(first, pki_server(pki, "b.example", NULL, PKI_GOOD, NULL, 0, NULL, NULL));
	ck_assert_ptr_ne(first,
			 pki_server(pki, "a.example", "::1", PKI_GOOD, NULL, 0, NULL, NULL));
	ck_assert_ptr_ne(first,
			 pki_server(pki, "a.example", NULL, PKI_EXPIRED, NULL, 0, NULL, NULL));
	ck_assert_ptr_ne(first, pki_server(pki, "a.example", NULL, PKI_GOOD, &old, 0, NULL, NULL));
	ck_assert_ptr_ne(first, pki_server(pki, "a.example", NULL, PKI_GOOD, NULL, 1, NULL, NULL));
	ck_assert_ptr_ne(first, pki_server(pki, "a.example", NULL, PKI_GOOD, NULL, 0, &tap, NULL));
	SSL_CTX *client = pki_client(pki, NULL, true, NULL, &problem);

	ck_assert_ptr_eq(client, pki_client(pki, NULL, true, NULL, NULL));
	ck_assert_ptr_ne(client, pki_client(pki, NULL, false, NULL, NULL));
	ck_assert_ptr_ne(client, pki_client(pki, "device", true, NULL, NULL));
	pki_free(pki);
	pki_free(NULL);
}
END_TEST

static X509 *certificate_of(struct pki *pki, enum pki_flaw flaw)
{
	struct problem problem = { "" };
	SSL_CTX *context = pki_server(pki, "hems.example", "192.0.2.1", flaw, NULL, 0, NULL,
				      &problem);

	ck_assert_msg(context != NULL, "%s", problem.text);
	return SSL_CTX_get0_certificate(context);
}

START_TEST(what_certificates_say)
{
	struct pki *pki = pki_new(NOW, NULL);
	struct certificate_words words;

	certificate_describe(certificate_of(pki, PKI_GOOD), &words);
	ck_assert_str_eq(words.subject, "CN=hems.example,O=femtoproof lab");
	ck_assert_str_eq(words.issuer, "CN=femtoproof lab CA,O=femtoproof lab");
	ck_assert_str_eq(words.names, "hems.example 192.0.2.1");
	ck_assert_str_eq(words.not_before, "2025-09-21T14:13:20Z");
	ck_assert_str_eq(words.not_after, "2027-09-21T14:13:20Z");
	certificate_describe(certificate_of(pki, PKI_UNTRUSTED), &words);
	ck_assert_str_eq(words.issuer, "CN=stranger CA,O=femtoproof lab");
	certificate_describe(certificate_of(pki, PKI_EXPIRED), &words);
	ck_assert_str_eq(words.not_after, "2026-09-20T14:13:20Z");
	certificate_describe(certificate_of(pki, PKI_NOT_YET_VALID), &words);
	ck_assert_str_eq(words.not_before, "2026-10-21T14:13:20Z");
	certificate_describe(certificate_of(pki, PKI_MISNAMED), &words);
	ck_assert_str_eq(words.names, "another-server.example");
	certificate_describe(certificate_of(pki, PKI_SELF_SIGNED), &words);
	ck_assert_str_eq(words.issuer, words.subject);
	pki_free(pki);
}
END_TEST

/* TS 33.310 6.1.1: version 3, ECDSA P-256 with SHA-256, uses stated. */
START_TEST(certificate_profile)
{
	struct pki *pki = pki_new(NOW, NULL);
	X509 *x509 = certificate_of(pki, PKI_GOOD);

	ck_assert_int_eq(X509_get_version(x509), X509_VERSION_3);
	ck_assert_int_eq(X509_get_signature_nid(x509), NID_ecdsa_with_SHA256);
	ck_assert_int_eq(EVP_PKEY_get_bits(X509_get0_pubkey(x509)), 256);
	ck_assert_uint_eq(X509_get_key_usage(x509), KU_DIGITAL_SIGNATURE);
	ck_assert_uint_eq(X509_get_extended_key_usage(x509), XKU_SSL_SERVER);
	ck_assert_int_eq(X509_check_ca(x509), 0);
	ck_assert_int_eq(X509_check_host(x509, "hems.example", 0, 0, NULL), 1);
	ck_assert_int_eq(X509_check_ip_asc(x509, "192.0.2.1", 0), 1);
	pki_free(pki);
}
END_TEST

static X509 *see_certificate(const char *path)
{
	FILE *file = fopen(path, "r");
	X509 *x509 = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;

	if (file)
		fclose(file);
	return x509;
}

/* Reads it and takes it away. */
static X509 *read_certificate(const char *folder, const char *name)
{
	char *path = memory_format("%s/%s", folder, name);
	X509 *x509 = see_certificate(path);

	unlink(path);
	free(path);
	return x509;
}

START_TEST(writes_what_a_device_needs)
{
	char folder[] = "/tmp/femtoproof-pki-XXXXXX";
	struct problem problem = { "" };
	struct pki *pki = pki_new(NOW, &problem);
	struct stat status;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	char *key = memory_format("%s/device.key", folder);

	ck_assert_int_eq(pki_write(pki, folder, &problem), 0);
	X509 *authority = read_certificate(folder, "ca.pem");

	ck_assert_ptr_nonnull(authority);
	ck_assert_int_eq(X509_check_ca(authority), 1);
	ck_assert_ptr_null(read_certificate(folder, "device.pem"));
	ck_assert_ptr_nonnull(pki_client(pki, "000001.lab.example", true, NULL, &problem));
	ck_assert_int_eq(pki_write(pki, folder, &problem), 0);
	X509_free(read_certificate(folder, "ca.pem"));
	X509 *device = read_certificate(folder, "device.pem");

	ck_assert_ptr_nonnull(device);
	ck_assert_int_eq(X509_verify(device, X509_get0_pubkey(authority)), 1);
	ck_assert_int_eq(stat(key, &status), 0);
	ck_assert_int_eq(status.st_mode & 0777, 0600);
	unlink(key);
	rmdir(folder);
	ck_assert_int_eq(pki_write(pki, folder, &problem), -1);
	ck_assert_ptr_nonnull(strstr(problem.text, "cannot write"));
	X509_free(authority);
	X509_free(device);
	free(key);
	pki_free(pki);
}
END_TEST

/* The folder's CA after it was asked for; NULL when pki_keep refuses. */
static X509 *kept(const char *folder)
{
	struct problem problem = { "" };
	struct pki *pki = pki_new(NOW, NULL);
	X509 *authority = NULL;

	if (pki_keep(pki, folder, &problem) == 0) {
		SSL_CTX *context =
			pki_server(pki, "a.example", NULL, PKI_GOOD, NULL, 0, NULL, &problem);
		char *path = memory_format("%s/ca.pem", folder);

		authority = see_certificate(path);
		free(path);
		ck_assert_int_eq(X509_verify(SSL_CTX_get0_certificate(context),
					     X509_get0_pubkey(authority)),
				 1);
	} else {
		ck_assert_str_ne(problem.text, "");
	}
	pki_free(pki);
	return authority;
}

START_TEST(keeps_its_authority)
{
	char folder[] = "/tmp/test-pki-XXXXXX", other[] = "/tmp/test-pki-XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_ptr_nonnull(mkdtemp(other));
	char *key = memory_format("%s/ca.key", folder), *root = memory_format("%s/ca.pem", folder);
	char *wrong = memory_format("%s/ca.key", other), *last = memory_format("%s/ca.pem", other);
	X509 *made = kept(folder), *again = kept(folder), *stranger = kept(other);

	ck_assert_int_eq(X509_cmp(made, again), 0);
	ck_assert_int_ne(X509_cmp(made, stranger), 0);
	ck_assert_int_eq(rename(wrong, key), 0);
	ck_assert_ptr_null(kept(folder)); /* another CA's key */
	ck_assert_ptr_null(kept(other));  /* no key */
	ck_assert_int_eq(truncate(root, 40), 0);
	ck_assert_ptr_null(kept(folder));
	ck_assert_ptr_null(kept("/nonexistent/folder"));
	unlink(key);
	unlink(root);
	unlink(last);
	rmdir(folder);
	rmdir(other);
	X509_free(made);
	X509_free(again);
	X509_free(stranger);
	free(key);
	free(root);
	free(wrong);
	free(last);
}
END_TEST

START_TEST(long_and_odd_names)
{
	static const char *const names[] = {
		"a-very-long-host-name-that-is-longer-than-the-upper-bound-of-common-names.example",
		"2001:db8::1", "x,DNS:y.example",
	};
	struct pki *pki = pki_new(NOW, NULL);

	for (size_t i = 0; i < 3; i++) {
		struct problem problem = { "" };
		struct certificate_words words;
		SSL_CTX *context =
			pki_server(pki, names[i], NULL, PKI_GOOD, NULL, 0, NULL, &problem);

		ck_assert_msg(context != NULL, "%s", problem.text);
		certificate_describe(SSL_CTX_get0_certificate(context), &words);
		ck_assert_str_eq(words.names, names[i]);
	}
	pki_free(pki);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pki");
	TCase *tests = tcase_create("pki");

	tcase_add_test(tests, contexts_are_kept);
	tcase_add_test(tests, what_certificates_say);
	tcase_add_test(tests, certificate_profile);
	tcase_add_test(tests, writes_what_a_device_needs);
	tcase_add_test(tests, keeps_its_authority);
	tcase_add_test(tests, long_and_odd_names);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
