#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"
#include "protocols/message-names.h"
#include "protocols/message.h"
#include "protocols/xml.h"
#include "tests/suite.h"

START_TEST(frame)
{
	struct message *message = message_new("http", "HttpError");
	xmlNode *facet = message_facet(message, "http");
	char *text;

	ck_assert_ptr_eq(message_facet(message, "http"), facet);
	ck_assert_ptr_eq(facet->next, message->body);
	message_attribute(facet, "status", "%d", 500);
	message_attribute(facet, "status", "%d", 503);
	message_attribute(facet, "reason", "a%sb", "<&\"\x01\xff\xc3\xa4\xed\xa0\x80");
	text = xml_attribute(facet, "status");
	ck_assert_str_eq(text, "503");
	free(text);
	text = xml_attribute(facet, "reason");
	ck_assert_str_eq(text, "a<&\"\xef\xbf\xbd\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd"
			       "\xef\xbf\xbd" "b");
	free(text);
	message_child(message->body, "x", " y\t");
	text = xml_child_text(message->body, "x");
	ck_assert_str_eq(text, "y");
	free(text);
	message_rename(message, "HttpResponse");
	ck_assert_str_eq(message->name, "HttpResponse");
	ck_assert_str_eq((const char *)message->body->name, "HttpResponse");
	text = xml_attribute(message->body->parent, "name");
	ck_assert_str_eq(text, "HttpResponse");
	free(text);
	message_free(message);
	message_free(NULL);
}
END_TEST

START_TEST(names)
{
	size_t count, methods, index, other;
	const struct message_name *all = message_names(&count);
	const struct cwmp_method *method = cwmp_methods(&methods);

	for (index = 0; index < count; index++) {
		ck_assert_ptr_eq(message_name_find(all[index].name), &all[index]);
		ck_assert(strlen(all[index].name) < MESSAGE_NAME && *all[index].meaning);
		for (other = 0; other < index; other++)
			ck_assert_str_ne(all[index].name, all[other].name);
	}
	for (index = 0; index < methods; index++) {
		char *response = memory_format("%sResponse", method[index].name);
		const struct message_name *name = message_name_find(method[index].name);

		ck_assert_ptr_nonnull(name);
		ck_assert_ptr_nonnull(message_name_find(response));
		if (name->side != SIDE_EITHER)
			ck_assert_int_eq(name->side, method[index].device_answers ? SIDE_SERVER
										 : SIDE_CLIENT);
		free(response);
	}
	ck_assert(message_name_find("EmptyPost")->plumbing);
	ck_assert(!message_name_find("SessionBroken")->plumbing);
	ck_assert_ptr_null(message_name_find("Informs"));
}
END_TEST

START_TEST(buffers)
{
	struct buffer buffer = {0};
	char longer[1000];

	ck_assert_str_eq(buffer_text(&buffer), "");
	buffer_consume(&buffer, 3);
	buffer_add_u16(&buffer, 0x4142);
	buffer_add_u32(&buffer, 0x43444546);
	buffer_add_u8(&buffer, 'G');
	ck_assert_str_eq(buffer_text(&buffer), "ABCDEFG");
	buffer_consume(&buffer, 2);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	buffer_format(&buffer, "%d%s", 5, longer);
	ck_assert_uint_eq(buffer.length, 5 + 1 + 999);
	ck_assert_uint_eq(strlen(buffer_text(&buffer)), buffer.length);
	buffer_consume(&buffer, 100000);
	ck_assert_uint_eq(buffer.length, 0);
	buffer_clear(&buffer);
	buffer_free(&buffer);
	buffer_free(&buffer);
}
END_TEST

START_TEST(xml_refused)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"", "empty"},
		{"x", "line 1"},
		{"<a>\n<b></a>", "line 2, column 8"},
		{"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "document type"},
		{"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", "document type"},
		{"<a>&x;</a>", "line 1"},
	};
	struct problem problem;
	struct buffer deep = {0};
	size_t index;
	xmlDoc *document;

	for (index = 0; index < sizeof(cases) / sizeof(cases[0]); index++) {
		ck_assert_ptr_null(xml_parse(cases[index].text, strlen(cases[index].text),
					     &problem));
		ck_assert_msg(strstr(problem.text, cases[index].why) != NULL, "%s", problem.text);
	}
	for (index = 0; index < 100000; index++)
		buffer_add_text(&deep, "<a>");
	ck_assert_ptr_null(xml_parse(deep.octets, deep.length, &problem));
	buffer_free(&deep);
	document = xml_parse("<a xmlns:x='y'><x:b/><c/></a>", 29, &problem);
	ck_assert_ptr_nonnull(document);
	ck_assert_ptr_nonnull(xml_next(xml_child(xmlDocGetRootElement(document), "b"), "c"));
	xmlFreeDoc(document);
}
END_TEST

START_TEST(problems)
{
	struct problem problem;

	ck_assert_int_eq(problem_set(&problem, "%d", 7), -1);
	problem_in(&problem, "file %s", "a");
	ck_assert_str_eq(problem.text, "file a: 7");
	problem_set(&problem, "%600d", 1);
	problem_in(&problem, "x");
	ck_assert_uint_eq(strlen(problem.text), sizeof(problem.text) - 1);
	ck_assert_int_eq(problem_set(NULL, "x"), -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("message");
	TCase *tests = tcase_create("message");

	tcase_add_test(tests, frame);
	tcase_add_test(tests, names);
	tcase_add_test(tests, buffers);
	tcase_add_test(tests, xml_refused);
	tcase_add_test(tests, problems);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
