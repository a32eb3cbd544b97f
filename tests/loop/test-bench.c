#include <string.h>

#include "harness/chart/roles.h"
#include "harness/loop/bench.h"
#include "tests/suite.h"

static struct bench *loopback(const struct profile *profile)
{
	struct problem problem = { "" };
	struct bench *bench = bench_new("loopback", profile, &problem);

	ck_assert_msg(bench != NULL, "%s", problem.text);
	return bench;
}

START_TEST(each_role_has_its_address)
{
	struct bench *bench = loopback(NULL);
	size_t count, found = 0;
	const struct role *list = roles(&count);

	for (size_t i = 0; i < count; i++) {
		char text[ADDRESS_TEXT], expected[ADDRESS_TEXT];
		struct address address;

		bench_address(bench, list[i].name, &address);
		snprintf(expected, sizeof(expected), "127.0.%d.1", list[i].number);
		ck_assert_str_eq(address_host(&address, text), expected);
		ck_assert_int_eq(address.port, 0);
		ck_assert_str_eq(bench_role(bench, &address), list[i].name);
		ck_assert_str_eq(bench_role_at(bench, i), list[i].name);
		found++;
	}
	ck_assert_uint_gt(found, 10);
	ck_assert_ptr_null(bench_role_at(bench, count));
	ck_assert_str_eq(bench_kind(bench), "loopback");
	bench_free(bench);
}
END_TEST

START_TEST(names_and_variables)
{
	struct bench *bench = loopback(NULL);
	struct address address;

	ck_assert_str_eq(bench_host(bench, "serving-hems"), "serving-hems.lab.example");
	ck_assert_ptr_null(bench_host(bench, "nobody"));
	ck_assert_str_eq(bench_variable(bench, "serving-hems.host"), "serving-hems.lab.example");
	ck_assert_str_eq(bench_variable(bench, "serving-hems.address"), "127.0.21.1");
	ck_assert_ptr_null(bench_variable(bench, "serving-hems.url"));
	ck_assert_ptr_null(bench_variable(bench, "serving.address"));
	ck_assert_ptr_null(bench_variable(bench, "address"));
	bench_publish(bench, "serving-hems", "url", "http://a/");
	bench_publish(bench, "serving-hems", "url", "http://b/");
	ck_assert_str_eq(bench_variable(bench, "serving-hems.url"), "http://b/");
	bench_place(bench, "serving-hems", "http", &address);
	ck_assert_int_eq(address.port, 0);
	ck_assert_int_eq(address.octets[2], 21);
	bench_address(bench, "nobody", &address);
	ck_assert_int_eq(address.family, 0);
	bench_free(bench);
	bench_free(NULL);
}
END_TEST

START_TEST(who_is_at_an_address)
{
	const struct address localhost = { 4, { 127, 0, 0, 1 }, 1234, PLACE_HOST };
	const struct address stranger = { 4, { 192, 0, 2, 1 }, 80, PLACE_HOST };
	struct bench *bench = loopback(NULL);

	ck_assert_str_eq(bench_role(bench, &localhost), "henb");
	ck_assert_ptr_null(bench_role(bench, &stranger));
	bench_free(bench);
}
END_TEST

/* One host for all: the device's client at a port at which another listens, of UDP or of TCP. */
START_TEST(ports_of_one_host)
{
	static const char text[] = "profile \"one host\"\ndevice henb\nmap henb-tr196-2\nixit\n"
				   "    henb.address \"::1\"\n    public-dns.address \"::1\"\n"
				   "    serving-hems.address \"::1\"\n    file-server.address \"::1\"\n";
	struct diagnostics diagnostics = { 0 };
	struct profile *profile = profile_parse(text, strlen(text), "one.profile", &diagnostics);
	struct address address = { .family = 6, .octets = { [15] = 1 }, .port = 40021 };

	diagnostics_print(&diagnostics, stderr);
	ck_assert_ptr_nonnull(profile);
	struct bench *bench = loopback(profile);

	bench_publish(bench, "file-server", "ftp-port", "40021");
	bench_publish(bench, "public-dns", "port", "40053");
	ck_assert_str_eq(bench_speaker(bench, &address, "file"), "file-server");
	ck_assert_str_eq(bench_speaker(bench, &address, "dns"), "henb");
	address.port = 40053;
	ck_assert_str_eq(bench_speaker(bench, &address, "dns"), "public-dns");
	ck_assert_str_eq(bench_speaker(bench, &address, "cwmp"), "henb");
	ck_assert_str_eq(bench_speaker(bench, &address, "s1ap"), "henb");
	address.port = 40099;
	bench_lend(bench, "serving-hems", &address);
	ck_assert_str_eq(bench_speaker(bench, &address, "http"), "serving-hems");
	ck_assert_str_eq(bench_speaker(bench, &address, "dns"), "henb");
	bench_free(bench);
	profile_free(profile);
	diagnostics_clear(&diagnostics);
}
END_TEST

START_TEST(unknown_kind)
{
	struct problem problem = { "" };

	ck_assert_ptr_null(bench_new("moon", NULL, &problem));
	ck_assert_str_eq(problem.text, "there is no bench \"moon\"; there is \"loopback\", "
			 "\"netns\" and \"if:INTERFACE\"");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bench");
	TCase *tests = tcase_create("bench");

	tcase_add_test(tests, each_role_has_its_address);
	tcase_add_test(tests, names_and_variables);
	tcase_add_test(tests, who_is_at_an_address);
	tcase_add_test(tests, ports_of_one_host);
	tcase_add_test(tests, unknown_kind);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
