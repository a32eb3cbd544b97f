/* xml_write writes what xmlNodeDump writes. */
#include <stdlib.h>
#include <string.h>

#include "protocols/message.h"
#include "protocols/xml-build.h"
#include "protocols/xml-write.h"
#include "protocols/xml.h"
#include "tests/suite.h"

static void same(const xmlDoc *document)
{
	xmlNode *root = xmlDocGetRootElement(document);
	xmlBuffer *dumped = xmlBufferCreate();
	struct buffer written = { 0 };

	buffer_add_text(&written, "before");
	ck_assert_int_ge(xmlNodeDump(dumped, root->doc, root, 0, 0), 0);
	xml_write(&written, root);
	ck_assert_str_eq(buffer_text(&written) + strlen("before"),
			 (const char *)xmlBufferContent(dumped));
	ck_assert_uint_eq(written.length - strlen("before"), (size_t)xmlBufferLength(dumped));
	xmlBufferFree(dumped);
	buffer_free(&written);
}

static void same_text(const char *text)
{
	struct problem problem = { "" };
	xmlDoc *document = xml_parse(text, strlen(text), &problem);

	ck_assert_msg(document != NULL, "%s: %s", text, problem.text);
	same(document);
	xmlFreeDoc(document);
}

START_TEST(parsed)
{
	same_text("<a/>");
	same_text("<a></a>");
	same_text("<a b='' c='x'/>");
	same_text("<a>text</a>");
	same_text("<a><b/><c>1</c>tail<d><e/></d></a>");
	same_text("<a>\n <b>\t</b>\n</a>");
	same_text("<a b='&lt;&gt;&amp;&quot;&apos;&#9;&#10;&#13;'>&lt;&gt;&amp;\"'\t\n&#13;</a>");
	same_text("<a b='\xc3\xa9'>\xe2\x82\xac</a>");
	same_text("<a>\x7f</a>");
	same_text("<a><!-- remark --><?target data?><![CDATA[<x>]]></a>");
	same_text("<p:a xmlns:p='urn:p' p:b='1'><p:c/></p:a>");
	same_text("<a xmlns='urn:d'><b/></a>");
}
END_TEST

START_TEST(built)
{
	struct message *message = message_new("cwmp", "Inform");
	xmlNode *http = message_facet(message, "http");

	message_attribute(http, "target", "%s", "/a?b=\"1\"&c=<2>");
	message_number(http, "length", 12);
	message_child(http, "header", "");
	message_child(http, "header", "x > y\r\n");
	xml_build_text(message->body, "", 0);
	same(message->document);
	message_child(message->body, "Odd", "\x01\xff");
	same(message->document);
	message_free(message);
}
END_TEST

/* Every octet, in text and in an attribute. */
START_TEST(octets)
{
	for (int octet = 1; octet < 0x80; octet++) {
		struct message *message = message_new("cwmp", "Inform");
		char text[] = { 'a', (char)octet, 'b', '\0' };

		xml_build_text(message->body, text, 3);
		xml_build_attribute(message->body, xml_build_name(message->document, "x"), text, 3);
		same(message->document);
		message_free(message);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("xml-write");
	TCase *tests = tcase_create("xml-write");

	tcase_add_test(tests, parsed);
	tcase_add_test(tests, built);
	tcase_add_test(tests, octets);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
