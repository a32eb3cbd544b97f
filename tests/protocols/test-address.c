#include "protocols/address.h"
#include "tests/suite.h"

static struct address parsed(const char *text)
{
	struct address address;

	ck_assert_msg(!address_parse(text, &address), "%s", text);
	return address;
}

START_TEST(texts)
{
	static const char *const bad[] = {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "::1::",
					  "192.0.2.1/24", "host", " 1.2.3.4"};
	struct address address = parsed("192.0.2.1");
	char text[ADDRESS_TEXT];
	size_t index;

	address.port = 80;
	ck_assert_str_eq(address_host(&address, text), "192.0.2.1");
	ck_assert_str_eq(address_text(&address, text), "192.0.2.1:80");
	address = parsed("2001:DB8:0::1");
	address.port = 443;
	ck_assert_str_eq(address_text(&address, text), "[2001:db8::1]:443");
	for (index = 0; index < sizeof(bad) / sizeof(bad[0]); index++)
		ck_assert_int_eq(address_parse(bad[index], &address), -1);
	ck_assert_str_eq(address_host(&address, text), "-");
}
END_TEST

START_TEST(comparison)
{
	struct address a = parsed("192.0.2.1"), b = a;

	b.port = 1;
	ck_assert(address_same_host(&a, &b) && !address_same(&a, &b));
	b = parsed("::192.0.2.1");
	ck_assert(!address_same_host(&a, &b));
}
END_TEST

START_TEST(prefixes)
{
	static const struct {
		const char *address, *prefix;
		int expected;
	} cases[] = {
		{"192.0.2.1", "192.0.2.0/24", 1},   {"192.0.3.1", "192.0.2.0/23", 1},
		{"192.0.4.1", "192.0.2.0/23", 0},   {"192.0.2.1", "192.0.2.1", 1},
		{"192.0.2.2", "192.0.2.1", 0},	    {"192.0.2.2", "0.0.0.0/0", 1},
		{"192.0.2.2", "192.0.2.2/32", 1},   {"192.0.2.2", "2001:db8::/32", 0},
		{"2001:db8::9", "2001:db8::/32", 1}, {"2001:db9::9", "2001:db8::/31", 1},
		{"192.0.2.2", "192.0.2.0/33", -1},  {"192.0.2.2", "192.0.2.0/", -1},
		{"192.0.2.2", "192.0.2.0/-1", -1},  {"192.0.2.2", "192.0.2.0/8x", -1},
		{"192.0.2.2", "none", -1},	    {"192.0.2.2", "", -1},
	};
	size_t index;

	for (index = 0; index < sizeof(cases) / sizeof(cases[0]); index++) {
		struct address address = parsed(cases[index].address);

		ck_assert_msg(address_in(&address, cases[index].prefix) == cases[index].expected,
			      "%s in %s", cases[index].address, cases[index].prefix);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("address");
	TCase *tests = tcase_create("address");

	tcase_add_test(tests, texts);
	tcase_add_test(tests, comparison);
	tcase_add_test(tests, prefixes);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
