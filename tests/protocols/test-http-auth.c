#include <stdlib.h>
#include <string.h>

#include "protocols/http-auth.h"
#include "tests/suite.h"

static struct http_credentials parsed(const char *value)
{
	struct http_credentials credentials;
	struct problem problem = {""};

	ck_assert_msg(!http_credentials_parse(value, &credentials, &problem), "%s", problem.text);
	return credentials;
}

/* The worked example of RFC 2617 3.5. */
START_TEST(digest_of_the_standard)
{
	static const char value[] =
		"Digest username=\"Mufasa\", realm=\"testrealm@host.com\", "
		"nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", qop=auth, "
		"nc=00000001, cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\", "
		"opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";
	struct http_challenge challenge = {.scheme = HTTP_AUTH_DIGEST,
					   .realm = "testrealm@host.com",
					   .nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093",
					   .opaque = "5ccc069c403ebaf9f0171e9517f40e41",
					   .qop_auth = true};
	struct http_credentials credentials = parsed(value);
	struct problem problem = {""};

	ck_assert_uint_eq(credentials.nc, 1);
	ck_assert_int_eq(http_credentials_check(&credentials, &challenge, "Mufasa",
						"Circle Of Life", "GET", "/dir/index.html",
						&problem),
			 0);
	ck_assert_int_eq(http_credentials_check(&credentials, &challenge, "Mufasa", "other", "GET",
						"/dir/index.html", &problem),
			 -1);
	ck_assert_ptr_nonnull(strstr(problem.text, "password"));
	ck_assert_int_eq(http_credentials_check(&credentials, &challenge, "Mufasa",
						"Circle Of Life", "GET", "/", &problem),
			 -1);
	ck_assert_ptr_nonnull(strstr(problem.text, "uri"));
}
END_TEST

START_TEST(both_ends_agree)
{
	static const char *const algorithms[] = {"", "MD5", "SHA-256"};
	size_t index;

	for (index = 0; index < 6; index++) {
		struct http_challenge challenge = {.scheme = HTTP_AUTH_DIGEST, .realm = "a \"b\"",
						   .nonce = "n\\1", .stale = true}, read;
		struct buffer out = {0};
		struct http_credentials credentials;
		struct problem problem = {""};

		challenge.qop_auth = index % 2;
		strcpy(challenge.algorithm, algorithms[index / 2]);
		http_challenge_write(&challenge, &out);
		ck_assert_int_eq(http_challenge_parse(buffer_text(&out), &read, &problem), 0);
		ck_assert_mem_eq(&read, &challenge, sizeof(read));
		buffer_clear(&out);
		http_authorization_write(&read, "us\"er", "secret", "POST", "/t", "cn", 7, &out);
		credentials = parsed(buffer_text(&out));
		ck_assert_msg(!http_credentials_check(&credentials, &challenge, "us\"er", "secret",
						      "POST", "/t", &problem),
			      "%s", problem.text);
		ck_assert(http_credentials_check(&credentials, &challenge, "us\"er", "secret",
						 "GET", "/t", &problem) < 0);
		buffer_free(&out);
	}
}
END_TEST

START_TEST(basic)
{
	struct http_challenge challenge;
	struct http_credentials credentials = parsed("basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
	struct problem problem;
	struct buffer out = {0};

	ck_assert_str_eq(credentials.username, "Aladdin");
	ck_assert_str_eq(credentials.password, "open sesame");
	credentials = parsed("Basic Og=="); /* seen: nothing but the colon */
	ck_assert_str_eq(credentials.username, "");
	ck_assert_int_eq(http_challenge_parse("Basic realm=\"lab\"", &challenge, &problem), 0);
	http_authorization_write(&challenge, "Aladdin", "open sesame", "GET", "/", "", 0, &out);
	ck_assert_str_eq(buffer_text(&out), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
	buffer_free(&out);
}
END_TEST

/* nc counts in the digest as it was written; what cannot be computed is not. */
START_TEST(response_value)
{
	struct http_credentials credentials =
		parsed("Digest username=\"Mufasa\", realm=\"testrealm@host.com\", "
		       "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", "
		       "qop=auth, nc=00000001, cnonce=\"0a4f113b\", response=\"\"");
	struct buffer out = {0};

	ck_assert(http_credentials_response(&credentials, "Circle Of Life", "GET", &out));
	ck_assert_str_eq(buffer_text(&out), "6629fae49393a05397450978507c4ef1");
	buffer_clear(&out);
	strcpy(credentials.nc_text, "0000000A");
	ck_assert(http_credentials_response(&credentials, "Circle Of Life", "GET", &out));
	ck_assert_str_ne(buffer_text(&out), "6629fae49393a05397450978507c4ef1");
	strcpy(credentials.qop, "auth-int");
	ck_assert(!http_credentials_response(&credentials, "Circle Of Life", "GET", &out));
	credentials.qop[0] = '\0';
	ck_assert(http_credentials_response(&credentials, "Circle Of Life", "GET", &out));
	strcpy(credentials.algorithm, "MD5-sess");
	ck_assert(!http_credentials_response(&credentials, "Circle Of Life", "GET", &out));
	credentials.algorithm[0] = '\0';
	strcpy(credentials.realm, "a \"b\"");
	ck_assert(!http_credentials_response(&credentials, "Circle Of Life", "GET", &out));
	buffer_free(&out);
}
END_TEST

START_TEST(all_of_a_list)
{
	static const char value[] = "Basic realm=\"a\", Digest realm=\"b\", nonce=\"n\", Other x=y, "
				    "Digest nonce=\"m\", algorithm=SHA-256";
	struct http_challenge list[3];

	ck_assert_int_eq(http_challenges_parse(value, list, 3, NULL), 3);
	ck_assert_int_eq(list[0].scheme, HTTP_AUTH_BASIC);
	ck_assert_str_eq(list[1].nonce, "n");
	ck_assert_str_eq(list[2].algorithm, "SHA-256");
	ck_assert_int_eq(http_challenges_parse(value, list, 2, NULL), 2);
	ck_assert_int_eq(http_challenges_parse("Digest realm=\"x", list, 3, NULL), -1);
}
END_TEST

START_TEST(list_prefers_digest)
{
	struct http_challenge challenge;
	struct problem problem;

	ck_assert_int_eq(http_challenge_parse("Basic realm=\"a\", Digest realm=\"b\", "
					      "qop=\"auth-int, auth\", nonce=\"n\", Negotiate",
					      &challenge, &problem),
			 0);
	ck_assert_int_eq(challenge.scheme, HTTP_AUTH_DIGEST);
	ck_assert_str_eq(challenge.realm, "b");
	ck_assert(challenge.qop_auth);
}
END_TEST

START_TEST(refused)
{
	static const char *const challenges[] = {"", "Negotiate", "Digest realm=\"x\"",
						 "Digest realm=\"x", "Basic realm"};
	static const char *const credentials[] = {
		"", "Bearer x", "Basic", "Basic !!!!", "Basic QUJD",
		"Digest nc=xyz", "Digest username=\"x", "Digest nc=123456789"};
	struct http_challenge challenge;
	struct http_credentials read;
	struct problem problem;
	char longer[2000] = "Digest realm=\"";
	size_t index;

	for (index = 0; index < 4; index++)
		ck_assert(http_challenge_parse(challenges[index], &challenge, &problem) < 0);
	ck_assert_int_eq(http_challenge_parse(challenges[4], &challenge, &problem), 0);
	for (index = 0; index < sizeof(credentials) / sizeof(credentials[0]); index++)
		ck_assert_msg(http_credentials_parse(credentials[index], &read, &problem) < 0, "%s",
			      credentials[index]);
	memset(longer + 14, 'x', 1900);
	strcpy(longer + 1914, "\"");
	ck_assert(http_credentials_parse(longer, &read, &problem) < 0);
	ck_assert(http_challenge_parse(longer, &challenge, &problem) < 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http-auth");
	TCase *tests = tcase_create("http-auth");

	tcase_add_test(tests, digest_of_the_standard);
	tcase_add_test(tests, both_ends_agree);
	tcase_add_test(tests, basic);
	tcase_add_test(tests, response_value);
	tcase_add_test(tests, all_of_a_list);
	tcase_add_test(tests, list_prefers_digest);
	tcase_add_test(tests, refused);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
