/* The small parts of the simulated device: retry table, events, URLs, cookies, generator. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/cookies.h"
#include "fakes/device/events.h"
#include "fakes/device/retry.h"
#include "fakes/device/url.h"
#include "harness/loop/loop.h"
#include "tests/suite.h"

START_TEST(retry_ranges)
{
	static const int least[] = {5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560};

	for (unsigned n = 1; n <= 12; n++) {
		unsigned row = n > 10 ? 10 : n;
		struct retry_range range = retry_range(n);
		ck_assert_int_eq(range.least, SECONDS(least[row - 1]));
		ck_assert_int_eq(range.most, SECONDS(2 * least[row - 1]));
	}
}
END_TEST

START_TEST(retry_waits_in_range_and_differ)
{
	struct generator random;
	int64_t first;

	generator_seed(&random, 1);
	first = retry_wait(1, &random);
	bool differs = false;
	for (int i = 0; i < 1000; i++) {
		int64_t wait = retry_wait(1, &random);
		ck_assert(wait >= SECONDS(5) && wait <= SECONDS(10));
		differs |= wait != first;
	}
	ck_assert(differs);
}
END_TEST

START_TEST(generator_repeats)
{
	struct generator a, b;

	generator_seed(&a, 42);
	generator_seed(&b, 42);
	for (int i = 0; i < 100; i++)
		ck_assert_uint_eq(generator_next(&a), generator_next(&b));
	generator_seed(&a, 0);
	ck_assert_uint_ne(generator_next(&a), 0);
	ck_assert_int_eq(generator_between(&a, 3, 3), 3);
}
END_TEST

START_TEST(events_once)
{
	struct events events = {.count = 0};

	events_add(&events, "1 BOOT", "");
	events_add(&events, "1 BOOT", "");
	events_add(&events, "M Reboot", "a");
	events_add(&events, "M Reboot", "b");
	ck_assert_uint_eq(events.count, 3);
	events_add(&events, "0 BOOTSTRAP", "");
	ck_assert_uint_eq(events.count, 1); /* all others are discarded */
}
END_TEST

START_TEST(events_delivery)
{
	struct events events = {.count = 0};

	events_add(&events, "7 TRANSFER COMPLETE", "");
	events_add(&events, "M Download", "k");
	events_add(&events, "2 PERIODIC", "");
	events_mark_sent(&events);
	events_add(&events, "6 CONNECTION REQUEST", ""); /* during the session */
	events_delivered(&events);
	ck_assert(!events_have(&events, "2 PERIODIC"));
	ck_assert(events_have(&events, "6 CONNECTION REQUEST"));
	ck_assert(events_have(&events, "M Download"));
	events_transfer_delivered(&events, "k");
	ck_assert(!events_have(&events, "7 TRANSFER COMPLETE"));
	ck_assert_uint_eq(events.count, 1);
}
END_TEST

START_TEST(events_failure)
{
	struct events events = {.count = 0};

	events_add(&events, "6 CONNECTION REQUEST", "");
	events_add(&events, "2 PERIODIC", "");
	events_mark_sent(&events);
	events_add(&events, "2 PERIODIC", "");
	events_failed(&events);
	ck_assert_uint_eq(events.count, 1);
	ck_assert(events_have(&events, "2 PERIODIC"));
	ck_assert(!events.list[0].sent);
}
END_TEST

START_TEST(events_full)
{
	struct events events = {.count = 0};
	char key[16];

	events_add(&events, "1 BOOT", "");
	for (int i = 0; i < 200; i++) {
		snprintf(key, sizeof(key), "%d", i);
		events_add(&events, "M ScheduleInform", key);
	}
	ck_assert_uint_eq(events.count, EVENTS_MOST);
	ck_assert(events_have(&events, "1 BOOT")); /* the oldest M events go */
	ck_assert_str_eq(events.list[EVENTS_MOST - 1].key, "199");
}
END_TEST

START_TEST(urls_good)
{
	struct url url;
	char text[300];

	ck_assert_int_eq(url_parse("https://hms.example:8443/a/b?c=d#e", &url, NULL), 0);
	ck_assert(url.secure);
	ck_assert_str_eq(url.host, "hms.example");
	ck_assert_uint_eq(url.port, 8443);
	ck_assert_str_eq(url.target, "/a/b?c=d");
	url_authority(&url, text, sizeof(text));
	ck_assert_str_eq(text, "hms.example:8443");
	ck_assert_int_eq(url_parse("HTTP://[::1]", &url, NULL), 0);
	ck_assert_str_eq(url.host, "::1");
	ck_assert_uint_eq(url.port, 80);
	ck_assert_str_eq(url.target, "/");
	url_authority(&url, text, sizeof(text));
	ck_assert_str_eq(text, "[::1]");
	ck_assert_int_eq(url_parse("http://a?b", &url, NULL), 0);
	ck_assert_str_eq(url.target, "/?b");
}
END_TEST

START_TEST(urls_bad)
{
	static const char *const bad[] = {
		"", "ftp://a/", "http:/a", "http://", "http:///x", "http://:80/", "http://a:0/",
		"http://a:65536/", "http://a:x/", "http://[::1/", "http://[::1]x/",
		"http://user:pw@a/", "http://a b/", "http://a/\n",
	};
	struct url url;
	struct problem problem;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		problem.text[0] = '\0';
		ck_assert_msg(url_parse(bad[i], &url, &problem) == -1, "%s", bad[i]);
		ck_assert_str_ne(problem.text, "");
	}
	char *text = malloc(3000);
	memset(text, 'a', 2999);
	text[2999] = '\0';
	memcpy(text, "http://", 7);
	ck_assert_int_eq(url_parse(text, &url, NULL), -1);
	text[9] = '/';
	ck_assert_int_eq(url_parse(text, &url, NULL), -1);
	free(text);
}
END_TEST

START_TEST(urls_relative)
{
	struct url base, url;

	ck_assert_int_eq(url_parse("http://a:81/x", &base, NULL), 0);
	ck_assert_int_eq(url_relative(&base, "/y", &url, NULL), 0);
	ck_assert(url_same_origin(&base, &url));
	ck_assert_str_eq(url.target, "/y");
	ck_assert_int_eq(url_relative(&base, "https://A:81/x", &url, NULL), 0);
	ck_assert(!url_same_origin(&base, &url));
	ck_assert_int_eq(url_relative(&base, "//b/", &url, NULL), -1);
	ck_assert_int_eq(url_relative(&base, "y", &url, NULL), -1);
}
END_TEST

START_TEST(cookies_kept)
{
	struct cookies cookies = {.count = 0};
	struct buffer text = {0};

	cookies_set(&cookies, "sid=abc; Path=/; HttpOnly");
	cookies_set(&cookies, "x=\"1=2\" ;Version=1");
	cookies_set(&cookies, "sid=def");
	cookies_set(&cookies, "nothing");
	cookies_set(&cookies, "=empty");
	cookies_write(&cookies, &text);
	ck_assert_str_eq(buffer_text(&text), "x=\"1=2\"; sid=def");
	for (int i = 0; i < 40; i++) {
		char field[32];
		snprintf(field, sizeof(field), "c%d=v", i);
		cookies_set(&cookies, field);
	}
	ck_assert_uint_eq(cookies.count, COOKIES_MOST);
	cookies_clear(&cookies);
	ck_assert_uint_eq(cookies.count, 0);
	buffer_free(&text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("device-parts");
	TCase *tests = tcase_create("parts");

	tcase_add_test(tests, retry_ranges);
	tcase_add_test(tests, retry_waits_in_range_and_differ);
	tcase_add_test(tests, generator_repeats);
	tcase_add_test(tests, events_once);
	tcase_add_test(tests, events_delivery);
	tcase_add_test(tests, events_failure);
	tcase_add_test(tests, events_full);
	tcase_add_test(tests, urls_good);
	tcase_add_test(tests, urls_bad);
	tcase_add_test(tests, urls_relative);
	tcase_add_test(tests, cookies_kept);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
