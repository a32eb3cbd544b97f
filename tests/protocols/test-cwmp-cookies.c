/* Which cookies a POST has to send back, and which it must not (RFC 6265). */
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp-cookies.h"
#include "protocols/http.h"
#include "protocols/limits.h"
#include "protocols/memory.h"
#include "tests/suite.h"

static struct http_message *request(const char *target, const char *host, const char *cookie)
{
	struct http_message *message = http_request_new("POST", target);

	http_header_add(message, "Host", host);
	if (cookie)
		http_header_add(message, "Cookie", cookie);
	return message;
}

/* What an answer to a request to the host "a" sets. */
static void set(struct cwmp_cookies *cookies, const char *field)
{
	struct http_message *first = request("/acs", "a", NULL);
	struct http_message *answer = http_response_new(200, "OK");

	http_header_add(answer, "Set-Cookie", field);
	cwmp_cookies_set(cookies, answer, cwmp_host_of(first));
	http_message_free(answer);
	http_message_free(first);
}

static void check(const struct cwmp_cookies *cookies, const char *target, const char *host,
		  const char *cookie, const char *missing, const char *elsewhere)
{
	struct http_message *post = request(target, host, cookie);
	struct buffer names = { 0 };

	cwmp_cookies_missing(cookies, post, &names);
	ck_assert_str_eq(buffer_text(&names), missing);
	buffer_clear(&names);
	cwmp_cookies_elsewhere(cookies, post, &names);
	ck_assert_str_eq(buffer_text(&names), elsewhere);
	buffer_free(&names);
	http_message_free(post);
}

/* One cookie "c=1" with these attributes: is it asked for, and may it go to /acs, and to host b? */
START_TEST(attributes)
{
	static const struct {
		const char *field, *missing, *elsewhere, *other_host;
	} cases[] = {
		{ "c=1", "c", "", "c" },
		{ "c=1; Path=/; HttpOnly; Version=1; SameSite=Lax", "c", "", "c" },
		{ "c=1; Path=/acs", "c", "", "c" },
		{ "c=1; path=\"/acs/\"", "", "c", "c" },
		{ "c=1; Path=/ac", "", "c", "c" },
		{ "c=1; Path=/other", "", "c", "c" },
		{ "c=1; Path=other", "c", "", "c" }, /* the default path: RFC 6265 5.2.4 */
		{ "c=1; Path", "", "", "c" },
		{ "c=1; Secure", "", "", "c" },
		{ "c=1; Domain=example.com", "", "", "" },
		{ "c=1; Max-Age=0", "", "", "c" },
		{ "c=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "", "", "c" },
		{ "c=1 ; Unheard=of", "", "", "c" },
		{ "c", "", "", "" },
		{ "=1", "", "", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cwmp_cookies cookies = { 0 };

		set(&cookies, cases[i].field);
		check(&cookies, "/acs", "a", NULL, cases[i].missing, "");
		check(&cookies, "/acs", "a", "c=1", "", cases[i].elsewhere);
		check(&cookies, "/acs", "b:80", "c=1", "", cases[i].other_host);
		cwmp_cookies_clear(&cookies);
	}
}
END_TEST

/* RFC 6265 5.1.4 */
START_TEST(paths)
{
	struct cwmp_cookies cookies = { 0 };

	set(&cookies, "c=1; Path=/a/b");
	check(&cookies, "/a/b", "A:7547", NULL, "c", "");
	check(&cookies, "/a/b/c?d", "a", NULL, "c", "");
	check(&cookies, "/a/b?c", "a", NULL, "c", "");
	check(&cookies, "/a/bc", "a", NULL, "", "");
	check(&cookies, "/a?/b", "a", NULL, "", "");
	check(&cookies, "/a", "a", "c=1", "", "c");
	check(&cookies, "http://a/a/b", "a", "c=1", "", "");
	cwmp_cookies_clear(&cookies);
}
END_TEST

START_TEST(how_it_is_written)
{
	static const struct {
		const char *set, *sent;
		bool right;
	} cases[] = {
		{ "c=1", "c=1", true },
		{ "c=1", "b=2; c=1;d=3", true },
		{ "c=1", "$Version=1; c=1; $Path=/", true },
		{ "c=1", "b=2, c=1", true },
		{ "c=1", "c=\"1\"", true },
		{ "c=\"1\"", "c=1", true },
		{ "c=a,b", "c=a,b", true },
		{ "c=a=b==", "c=a=b==", true },
		{ "c=", "c=", true },
		{ "c=1", "c=2", false },
		{ "c=1", "C=1", false },
		{ "c=1", "c=11", false },
		{ "c=1", "cc=1", false },
		{ "c=1", "", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cwmp_cookies cookies = { 0 };

		set(&cookies, cases[i].set);
		check(&cookies, "/acs", "a", cases[i].sent, cases[i].right ? "" : "c", "");
		cwmp_cookies_clear(&cookies);
	}
}
END_TEST

START_TEST(replaced)
{
	struct cwmp_cookies cookies = { 0 };

	set(&cookies, "c=1");
	set(&cookies, "c=2");
	set(&cookies, "d=3");
	check(&cookies, "/acs", "a", "c=1; d=3", "c", "");
	check(&cookies, "/acs", "a", "c=2", "d", "");
	set(&cookies, "c=2; Max-Age=0");
	check(&cookies, "/acs", "a", "d=3", "", "");
	ck_assert_uint_eq(cookies.count, 2);
	cwmp_cookies_forgive(&cookies);
	check(&cookies, "/acs", "a", NULL, "", "");
	cwmp_cookies_clear(&cookies);
}
END_TEST

/* Two of the same name and another path are two; who keeps them by name has the last. */
START_TEST(same_name)
{
	struct cwmp_cookies cookies = { 0 };

	set(&cookies, "c=1; Path=/acs");
	set(&cookies, "c=2; Path=/");
	check(&cookies, "/acs", "a", "c=1; c=2", "", "");
	check(&cookies, "/acs", "a", "c=2", "", "");
	set(&cookies, "c=1; Path=/other");
	check(&cookies, "/acs", "a", "c=1; c=2", "", "");
	check(&cookies, "/", "a", "c=1", "", "c c");
	cwmp_cookies_clear(&cookies);
}
END_TEST

/* A device keeps 512 octets; of more it may lose any. */
START_TEST(storage)
{
	struct cwmp_cookies cookies = { 0 };
	char *longest = memory_format("c=%0510d", 1);

	set(&cookies, longest);
	check(&cookies, "/acs", "a", NULL, "c", "");
	set(&cookies, "d=1");
	check(&cookies, "/acs", "a", NULL, "", "");
	free(longest);
	cwmp_cookies_clear(&cookies);
	for (unsigned i = 0; i < LIMIT_SESSION_COOKIES + 2; i++) {
		char *field = memory_format("c%u=1", i);

		set(&cookies, field);
		free(field);
	}
	ck_assert_uint_eq(cookies.count, LIMIT_SESSION_COOKIES);
	cwmp_cookies_clear(&cookies);
}
END_TEST

START_TEST(kept_behind_the_session)
{
	struct cwmp_cookies cookies = { 0 };
	uint64_t hashes[LIMIT_SESSION_COOKIES];
	struct buffer names = { 0 };
	struct http_message *next = request("/acs", "a", "d=2; c=1");

	set(&cookies, "c=1; Path=/");
	set(&cookies, "d=2; Max-Age=3600");
	ck_assert_uint_eq(cwmp_cookies_hashes(&cookies, hashes), 1);
	cwmp_cookies_of_hashes(hashes, 1, next, &names);
	ck_assert_str_eq(buffer_text(&names), "c");
	buffer_free(&names);
	http_message_free(next);
	cwmp_cookies_clear(&cookies);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cwmp-cookies");
	TCase *tests = tcase_create("cwmp-cookies");

	tcase_add_test(tests, attributes);
	tcase_add_test(tests, paths);
	tcase_add_test(tests, how_it_is_written);
	tcase_add_test(tests, replaced);
	tcase_add_test(tests, same_name);
	tcase_add_test(tests, storage);
	tcase_add_test(tests, kept_behind_the_session);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
