/* scenarios/LIMITS.md says what the table says: every row, and no other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/limits.h"
#include "protocols/xml-bounds.h"
#include "tests/suite.h"

static void amount(const struct bound *bound, char *text, size_t size)
{
	static const struct {
		unsigned shift;
		const char *name;
		uint64_t least;
	} units[] = {{40, "TiB", (uint64_t)1 << 40}, {20, "MiB", 1 << 20}, {10, "KiB", 1 << 15}};
	bool octets = !strcmp(bound->unit, "octets");

	for (size_t i = 0; octets && i < sizeof(units) / sizeof(units[0]); i++)
		if (bound->most >= units[i].least &&
		    !(bound->most & (((uint64_t)1 << units[i].shift) - 1))) {
			snprintf(text, size, "%llu %s",
				 (unsigned long long)(bound->most >> units[i].shift), units[i].name);
			return;
		}
	snprintf(text, size, "%llu %s", (unsigned long long)bound->most, bound->unit);
}

START_TEST(the_manual_is_the_table)
{
	const char *top = getenv("FEMTOPROOF_SOURCE");
	char path[4096], line[1024], expected[1024], most[64];
	size_t row = 0;

	snprintf(path, sizeof(path), "%s/scenarios/LIMITS.md", top ? top : ".");
	FILE *file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file)) {
		const struct bound *bound = bound_at(row);

		if (strncmp(line, "| ", 2) || !strncmp(line, "| limit ", 8) ||
		    !strncmp(line, "| ---", 5))
			continue;
		ck_assert_msg(bound != NULL, "no limit of the table: %s", line);
		amount(bound, most, sizeof(most));
		snprintf(expected, sizeof(expected), "| %s | %s | %s | %s | %s |\n", bound->name, most,
			 bound->what, bound->reached, bound->reason);
		ck_assert_str_eq(line, expected);
		row++;
	}
	fclose(file);
	ck_assert_msg(!bound_at(row), "LIMITS.md lacks %s", bound_at(row)->name);
}
END_TEST

START_TEST(names_are_found)
{
	for (size_t i = 0; bound_at(i); i++) {
		ck_assert_ptr_eq(bound_find(bound_at(i)->name), bound_at(i));
		ck_assert_uint_eq(bound_index(bound_at(i)), i);
	}
	ck_assert_ptr_null(bound_find("http.nothing"));
	ck_assert(bound_is_harmless(bound_find("run.messages")));
	ck_assert(!bound_is_harmless(bound_find("http.body")));
}
END_TEST

/* --- xml-bounds --- */

/* "BEFORE", so often "EACH", "AFTER": the limit that it exceeds, or "". */
static const char *survey(const char *before, const char *each, size_t times, const char *after)
{
	struct buffer text = {0};
	struct problem problem = {""};

	buffer_add_text(&text, before);
	for (size_t i = 0; i < times; i++)
		buffer_add_text(&text, each);
	buffer_add_text(&text, after);
	const char *limit =
	    xml_bounds_exceeded((const char *)text.octets, text.length, &problem);
	ck_assert_int_eq(!limit, !problem.text[0]);
	buffer_free(&text);
	return limit ? limit : "";
}

START_TEST(each_bound_lets_pass_what_it_says)
{
	static const struct {
		const char *before, *each, *after, *limit;
		size_t most;
	} cases[] = {
		{"", "<a>", "", "xml.depth", LIMIT_XML_DEPTH},
		{"<r>", "<a/>", "</r>", "xml.elements", LIMIT_XML_ELEMENTS - 1},
		{"<r>", "<a ></a >", "</r>", "xml.elements", LIMIT_XML_ELEMENTS - 1},
		{"<r", " a='>'", "/>", "xml.attributes", LIMIT_XML_ATTRIBUTES},
		{"<r", "\n a = \"<\"", ">", "xml.attributes", LIMIT_XML_ATTRIBUTES},
		{"<r", " xmlns:a='u'", "/>", "xml.namespaces", LIMIT_XML_NAMESPACES},
		{"<r", " xmlns:a = 'u'", "/>", "xml.namespaces", LIMIT_XML_NAMESPACES},
		{"", "<a xmlns='u'>", "", "xml.namespaces", LIMIT_XML_NAMESPACES},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_assert_str_eq(survey(cases[i].before, cases[i].each, cases[i].most,
					cases[i].after), "");
		ck_assert_str_eq(survey(cases[i].before, cases[i].each, cases[i].most + 1,
					cases[i].after), cases[i].limit);
	}
}
END_TEST

/* What only looks like markup is not counted; what is closed is no longer open. */
START_TEST(nothing_else_counts)
{
	static const struct {
		const char *before, *each, *after;
	} cases[] = {
		{"<r><!--", "<a x='1'>", "--></r>"},
		{"<r><![CDATA[", "<a>", "]]></r>"},
		{"<r><?p", "<a>", "?></r>"},
		{"<r><a x='", "<b>", "'/></r>"},
		{"<r>", "<a></a>", "</r>"},
		{"<r>", "<a xmlns='u' b='/'/>", "</r>"},
		{"<r>", "<a xmlns='u'>x</a>", "</r>"},
		{"", "</a>", ""},
		{"<r>", "x='1' ", "</r>"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_str_eq(survey(cases[i].before, cases[i].each, 1000, cases[i].after), "");
	ck_assert_ptr_null(xml_bounds_exceeded("", 0, NULL));
	ck_assert_ptr_null(xml_bounds_exceeded("<", 1, NULL));
	ck_assert_ptr_null(xml_bounds_exceeded("<a b='", 6, NULL));
}
END_TEST

/* Where tags cannot be seen as they stand, the document must be small. */
START_TEST(other_encodings_are_bounded)
{
	static const struct {
		const char *begin, *limit;
	} cases[] = {
		{"<?xml version=\"1.0\" encoding=\"UTF-8\"?>", ""},
		{"<?xml version=\"1.0\" encoding = 'iso-8859-15'?>", ""},
		{"<?xml version=\"1.0\"?>", ""},
		{"\xef\xbb\xbf<r>", ""},
		{"<?xml version=\"1.0\" encoding=\"UTF-7\"?>", "xml.recoded"},
		{"<?xml version=\"1.0\" encoding='IBM037'?>", "xml.recoded"},
		{"\xff\xfe<", "xml.recoded"},
		{"\xfe\xff", "xml.recoded"},
		{"\x4c\x6f\xa7\x94", "xml.recoded"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_assert_str_eq(survey(cases[i].begin, "x", LIMIT_XML_RECODED, ""), cases[i].limit);
		ck_assert_str_eq(survey(cases[i].begin, "x", LIMIT_XML_RECODED / 2, ""), "");
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("limits");
	TCase *table = tcase_create("table"), *xml = tcase_create("xml");

	tcase_add_test(table, the_manual_is_the_table);
	tcase_add_test(table, names_are_found);
	suite_add_tcase(suite, table);
	tcase_add_test(xml, each_bound_lets_pass_what_it_says);
	tcase_add_test(xml, nothing_else_counts);
	tcase_add_test(xml, other_encodings_are_bounded);
	suite_add_tcase(suite, xml);
	return suite_run(suite);
}
