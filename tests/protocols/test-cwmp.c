#include <libxml/xpath.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp.h"
#include "protocols/xml.h"
#include "tests/suite.h"

#define SOAP "http://schemas.xmlsoap.org/soap/envelope/"
#define NAMESPACES                                                                                 \
	" xmlns:s=\"" SOAP "\" xmlns:e=\"http://schemas.xmlsoap.org/soap/encoding/\""              \
	" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""                                          \
	" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:c=\"" CWMP_1_0 "\""
#define BODY(text) "<s:Envelope" NAMESPACES "><s:Body>" text "</s:Body></s:Envelope>"

static const char inform[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<s:Envelope" NAMESPACES " s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">\n"
	" <s:Header><c:ID s:mustUnderstand=\"1\">a&amp;7</c:ID></s:Header>\n"
	" <s:Body>\n  <c:Inform>\n"
	"   <DeviceId><OUI> 00D09E </OUI><Empty></Empty></DeviceId><!-- a comment -->\n"
	"   <Event e:arrayType=\"c:EventStruct[0]\">\n   </Event>\n"
	"   <ParameterList e:arrayType=\"c:ParameterValueStruct[1]\"><ParameterValueStruct>"
	"<Name>Device.X</Name><Value xsi:type=\"xsd:string\"><![CDATA[<&>]]>&#x41;&lt;</Value>"
	"</ParameterValueStruct></ParameterList>\n"
	"  </c:Inform>\n </s:Body>\n</s:Envelope>\n";

static struct message *decode(const char *text)
{
	return cwmp_decode(text, strlen(text));
}

/* The XPath, from the message's body, gives this text. */
static void expect(struct message *message, const char *path, const char *expected)
{
	xmlXPathContext *context = xmlXPathNewContext(message->document);
	xmlXPathObject *result;
	xmlChar *text;

	context->node = message->body;
	result = xmlXPathEval((const xmlChar *)path, context);
	ck_assert_msg(result != NULL, "%s", path);
	text = xmlXPathCastToString(result);
	ck_assert_msg(!strcmp((char *)text, expected), "%s gives \"%s\" instead of \"%s\"", path,
		      text, expected);
	xmlFree(text);
	xmlXPathFreeObject(result);
	xmlXPathFreeContext(context);
}

static void expect_unreadable(const char *text, const char *why)
{
	struct message *message = decode(text);
	char *said = xml_attribute(message->body, "why");

	ck_assert_str_eq(message->name, "Unreadable");
	ck_assert_msg(said && strstr(said, why), "%s instead of %s", said, why);
	free(said);
	message_free(message);
}

START_TEST(inform_whole)
{
	struct message *message = decode(inform);
	char *id = cwmp_id(message);

	ck_assert_str_eq(message->name, "Inform");
	ck_assert_str_eq(message->protocol, "cwmp");
	ck_assert_str_eq(id, "a&7");
	free(id);
	expect(message, "@ns", CWMP_1_0);
	expect(message, "/message/@name", "Inform");
	expect(message, "DeviceId/OUI", "00D09E");
	expect(message, "DeviceId/OUI/@padded", "true");
	expect(message, "count(//@padded)", "1");
	expect(message, "count(DeviceId/Empty/node())", "0");
	expect(message, "Event/@arrayType", "c:EventStruct[0]");
	expect(message, "//Value", "<&>A<");
	expect(message, "//Value/@type", "xsd:string");
	expect(message, "//Value/@type-ns", "http://www.w3.org/2001/XMLSchema");
	expect(message, "count(//ParameterList/text())", "0");
	expect(message, "/message/soap/@ns", SOAP);
	expect(message, "/message/soap/@xsd", "http://www.w3.org/2001/XMLSchema");
	expect(message, "/message/soap/@xsi", "http://www.w3.org/2001/XMLSchema-instance");
	expect(message, "/message/soap/@declaration", "true");
	expect(message, "/message/soap/@encoding", "UTF-8");
	expect(message, "/message/soap/@encodingStyle",
	       "http://schemas.xmlsoap.org/soap/encoding/");
	expect(message, "concat(/message/soap/@envelopes, /message/soap/@bodies, "
			"/message/soap/@payloads, /message/soap/@headers)", "1111");
	expect(message, "/message/soap/Header/ID/@mustUnderstand", "1");
	expect(message, "/message/soap/Header/ID/@ns", CWMP_1_0);
	message_free(message);
}
END_TEST

START_TEST(prefixes_anywhere)
{
	struct message *message =
		decode("<Envelope xmlns='" SOAP "'><Body><Reboot xmlns='" CWMP_1_1 "'>"
		       "<CommandKey xmlns=''>k</CommandKey></Reboot></Body></Envelope>");

	ck_assert_str_eq(message->name, "Reboot");
	expect(message, "@ns", CWMP_1_1);
	expect(message, "CommandKey", "k");
	expect(message, "count(CommandKey/@ns)", "0");
	expect(message, "/message/soap/@declaration", "false");
	expect(message, "count(/message/soap/@encoding)", "0");
	ck_assert_ptr_null(cwmp_id(message));
	message_free(message);
	message = decode("<s:Envelope xmlns:s='" SOAP "'><s:Body><q:Inform><A/></q:Inform>"
			 "</s:Body></s:Envelope>");
	ck_assert_str_eq(message->name, "Inform");
	expect(message, "/message/soap/@undeclared-prefix", "q");
	expect(message, "count(@ns)", "0");
	message_free(message);
	message = decode(BODY("<c:Inform><V xsi:type='y:string'>1</V></c:Inform>"));
	expect(message, "/message/soap/@undeclared-prefix", "y");
	message_free(message);
}
END_TEST

START_TEST(oddities)
{
	struct message *message = decode(BODY("<c:X_Odd a='1'><B/></c:X_Odd>"));

	ck_assert_str_eq(message->name, "UnknownMethod");
	expect(message, "@method", "X_Odd");
	expect(message, "count(B)", "1");
	message_free(message);
	message = decode(BODY("<c:Inform/><c:Inform/>"));
	expect(message, "/message/soap/@payloads", "2");
	message_free(message);
	message = decode(BODY("<c:Inform/>") BODY("<c:Inform/>"));
	ck_assert_str_eq(message->name, "Inform");
	expect(message, "/message/soap/@envelopes", "2");
	message_free(message);
	message = decode("<s:Envelope xmlns:s='" SOAP "'><s:Body><Inform/></s:Body><s:Body>"
			 "<Other/></s:Body></s:Envelope>");
	expect(message, "/message/soap/@bodies", "2");
	message_free(message);
}
END_TEST

START_TEST(padding_around)
{
	static const char text[] = "\r\n" BODY("<c:Inform/>") "\n\0";
	struct message *message = cwmp_decode(text, sizeof(text));

	ck_assert_str_eq(message->name, "Inform");
	expect(message, "/message/soap/@leading-space", "2");
	expect(message, "/message/soap/@trailing-zeros", "2");
	message_free(message);
}
END_TEST

START_TEST(latin_1)
{
	struct message *message =
		decode("<?xml version='1.0' encoding='ISO-8859-1'?>" BODY("<c:Inform><A>\xe4</A>"
									 "</c:Inform>"));

	expect(message, "A", "\xc3\xa4");
	expect(message, "/message/soap/@encoding", "ISO-8859-1");
	message_free(message);
	expect_unreadable(BODY("<c:Inform><A>\xe4</A></c:Inform>"), "no XML");
}
END_TEST

START_TEST(faults)
{
	struct message *message = decode(
		BODY("<s:Fault><faultcode>Client</faultcode><faultstring>CWMP fault</faultstring>"
		     "<detail><c:Fault><FaultCode>9003</FaultCode><FaultString>x</FaultString>"
		     "<SetParameterValuesFault><ParameterName>P</ParameterName><FaultCode>9005"
		     "</FaultCode></SetParameterValuesFault></c:Fault></detail></s:Fault>"));

	ck_assert_str_eq(message->name, "Fault");
	expect(message, "concat(faultcode, faultstring, FaultCode)", "ClientCWMP fault9003");
	expect(message, "SetParameterValuesFault/FaultCode", "9005");
	expect(message, "@ns", CWMP_1_0);
	expect(message, "@soap-ns", SOAP);
	expect(message, "count(detail)", "0");
	message_free(message);
	message = decode(BODY("<s:Fault><faultstring>a<detail><c:Fault><FaultCode>9000</FaultCode>"
			      "</c:Fault></detail></faultstring></s:Fault>"));
	expect(message, "FaultCode", "9000");
	expect(message, "@detail-in", "faultstring");
	expect(message, "faultstring", "a");
	message_free(message);
	message = decode(BODY("<s:Fault><faultcode>s:Server</faultcode></s:Fault>"));
	ck_assert_str_eq(message->name, "Fault");
	expect(message, "@ns", SOAP);
	message_free(message);
}
END_TEST

START_TEST(unreadable)
{
	expect_unreadable("", "empty");
	expect_unreadable(" \r\n", "white space");
	expect_unreadable("hello", "no XML");
	expect_unreadable("<a/>", "no SOAP Envelope");
	expect_unreadable("<Envelope/>", "no Body");
	expect_unreadable("<Envelope><Body/></Envelope>", "Body is empty");
	expect_unreadable("<Envelope><Body><Inform></Body></Envelope>", "no XML: line 1");
	expect_unreadable("<Envelope><Body><Inform/></Body></Envelope>x", "no XML");
	expect_unreadable("<Envelope><Body><Inform a='1' a='2'/></Body></Envelope>", "no XML");
	expect_unreadable("<Envelope><Body><Inform>]]></Inform></Body></Envelope>", "no XML");
	expect_unreadable("<Envelope><Body><Inform>&x;</Inform></Body></Envelope>", "no XML");
	expect_unreadable("<Envelope><Body><Inform>\x01</Inform></Body></Envelope>", "no XML");
	expect_unreadable("<Envelope><Body><Inform a='<'/></Body></Envelope>", "no XML");
	expect_unreadable("<Envelope><Body><a:b:Inform/></Body></Envelope>x", "no XML");
	expect_unreadable("<!DOCTYPE a><Envelope/>", "document type");
	expect_unreadable("<!DOCTYPE a [<!ENTITY b 'c'>]><Envelope><Body><Inform>&b;</Inform>"
			  "</Body></Envelope>", "document type");
}
END_TEST

START_TEST(encoded_and_decoded)
{
	struct cwmp_style style = {.ns = CWMP_1_2, .id = "<9>", .hold_requests = true,
				   .soap_prefix = "SOAP-ENV", .cwmp_prefix = "q"};
	xmlNode *body = cwmp_body_new("SetParameterValues");
	xmlNode *list = cwmp_array(body, "ParameterList", "ParameterValueStruct");
	struct buffer out = {0};
	struct message *message;

	cwmp_parameter(list, "Device.A", " a<&>\"\r\n ", "xsd:string");
	cwmp_parameter(list, "Device.B", "", "xsd:boolean");
	cwmp_array(body, "Names", "string");
	cwmp_array(body, "Odd", "x:y[7]");
	message_child(body, "ParameterKey", "k");
	cwmp_encode(body, &style, &out);
	message = cwmp_decode(out.octets, out.length);
	ck_assert_str_eq(message->name, "SetParameterValues");
	expect(message, "@ns", CWMP_1_2);
	expect(message, "ParameterList/@arrayType", "q:ParameterValueStruct[2]");
	expect(message, "Names/@arrayType", "xsd:string[0]");
	expect(message, "Odd/@arrayType", "x:y[7]");
	expect(message, "//Value[1]", "a<&>\"");
	expect(message, "/message/soap/Header/ID", "<9>");
	expect(message, "/message/soap/Header/HoldRequests", "1");
	expect(message, "/message/soap/@headers", "2");
	message_free(message);
	xmlFreeDoc(body->doc);
	buffer_free(&out);
}
END_TEST

START_TEST(fault_encoded)
{
	struct cwmp_style style = {0};
	xmlNode *body = cwmp_fault_new(9003, NULL);
	struct buffer out = {0};
	struct message *message;

	cwmp_encode(body, &style, &out);
	message = cwmp_decode(out.octets, out.length);
	expect(message, "concat(faultcode, '|', faultstring, '|', FaultCode, '|', FaultString)",
	       "Client|CWMP fault|9003|Invalid arguments");
	expect(message, "@ns", CWMP_1_1);
	buffer_clear(&out);
	cwmp_encode(message->body, &style, &out); /* what was read can be written again */
	message_free(message);
	message = cwmp_decode(out.octets, out.length);
	expect(message, "concat(faultcode, FaultCode)", "Client9003");
	message_free(message);
	xmlFreeDoc(body->doc);
	buffer_free(&out);
}
END_TEST

START_TEST(tables)
{
	ck_assert(cwmp_method_find("SetParameterValues")->device_answers);
	ck_assert(!cwmp_method_find("Inform")->device_answers);
	ck_assert_str_eq(cwmp_method_find("Inform")->arguments[5], "ParameterList");
	ck_assert_ptr_null(cwmp_method_find("Inform")->arguments[6]);
	ck_assert_ptr_null(cwmp_method_find("InformResponse"));
	ck_assert_str_eq(cwmp_fault_find(9005)->text, "Invalid parameter name");
	ck_assert(cwmp_fault_find(9850)->device && !cwmp_fault_find(8850)->device);
	ck_assert_ptr_null(cwmp_fault_find(9900));
	ck_assert_ptr_null(cwmp_fault_find(0));
	ck_assert(cwmp_event_find("M Reboot")->multiple);
	ck_assert_ptr_null(cwmp_event_find("1 Boot"));
}
END_TEST

/* Both readers must make the same of everything. */
static void compare(const char *text, size_t length)
{
	struct message *quick = cwmp_decode(text, length);
	struct message *slow = cwmp_decode_slowly(text, length);
	xmlChar *quick_text, *slow_text;
	int size;

	xmlDocDumpMemory(quick->document, &quick_text, &size);
	xmlDocDumpMemory(slow->document, &slow_text, &size);
	ck_assert_str_eq((char *)quick_text, (char *)slow_text);
	xmlFree(quick_text);
	xmlFree(slow_text);
	message_free(quick);
	message_free(slow);
}

START_TEST(both_readers)
{
	static const char *const texts[] = {
		BODY("<c:Inform><A> x &amp; &lt;\r\n</A><B>\r\n</B>\r\n<C> </C></c:Inform>"),
		BODY("<c:Inform a='1' c:a='2' c:b='3'><c:A xmlns:c='z'><c:B/></c:A><c:D/>"
		     "</c:Inform>"),
		BODY("<c:Inform xmlns='q'><A xmlns=''><B/></A><C/></c:Inform>"),
		BODY("<c:Inform><A xml:space='preserve'> </A></c:Inform>"),
		BODY("<c:Inform xsi:type=' xsd:string'>a]]b&apos;&quot;&gt;</c:Inform >"),
		BODY("<c:Inform a='1' a='2'/>"), BODY("<c:Inform xmlns:a='x' xmlns:a='y'/>"),
		BODY("<c:Inform xmlns:a='x' xmlns:b='x' a:c='1' b:c='2'/>"),
		BODY("<c:Inform xmlns:a=''/>"), BODY("<c:Inform a='1'b='2'/>"),
		BODY("<c:Inform a='\t1'/>"), BODY("<c:Inform><A></B></c:Inform>"),
		"<?xml version=\"1.0\" ENCODING=\"UTF-8\"?>" BODY("<c:Inform/>"),
		BODY("<c:Inform/>") " \n ", BODY("<c:Inform/>") "\f", "<Envelope", "<", "<a",
		"<a b", "<a b=", "<a b='", "<a/", "<a></", "<a></a",
	};
	size_t index;

	for (index = 0; index < sizeof(texts) / sizeof(texts[0]); index++)
		compare(texts[index], strlen(texts[index]));
}
END_TEST

/* A copy of a decoded body outlives the message. */
START_TEST(copied_away)
{
	struct message *message = decode(inform);
	xmlDoc *document = xmlNewDoc((const xmlChar *)"1.0");
	xmlChar *text;
	int size;

	xmlDocSetRootElement(document, xmlDocCopyNode(message->body, document, 1));
	message_free(message);
	xmlDocDumpMemory(document, &text, &size);
	ck_assert_ptr_nonnull(strstr((char *)text, "http://www.w3.org/2001/XMLSchema"));
	xmlFree(text);
	xmlFreeDoc(document);
}
END_TEST

START_TEST(damage_never_harms)
{
	char copy[sizeof(inform)];
	size_t at;

	for (at = 0; at < sizeof(inform) - 1; at++) {
		memcpy(copy, inform, sizeof(inform));
		copy[at] = (char)(copy[at] ^ (1 << at % 8));
		compare(copy, sizeof(inform) - 1);
		compare(inform, at);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cwmp");
	TCase *tests = tcase_create("cwmp");

	tcase_add_test(tests, inform_whole);
	tcase_add_test(tests, prefixes_anywhere);
	tcase_add_test(tests, oddities);
	tcase_add_test(tests, padding_around);
	tcase_add_test(tests, latin_1);
	tcase_add_test(tests, faults);
	tcase_add_test(tests, unreadable);
	tcase_add_test(tests, encoded_and_decoded);
	tcase_add_test(tests, fault_encoded);
	tcase_add_test(tests, tables);
	tcase_add_test(tests, both_readers);
	tcase_add_test(tests, copied_away);
	tcase_add_test(tests, damage_never_harms);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
