/* The grammar of CWMP: what it lets pass, and in which words it blames the rest. */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/grammar.h"
#include "protocols/cwmp.h"
#include "protocols/limits.h"
#include "protocols/memory.h"
#include "tests/grammar/shipped.h"
#include "tests/suite.h"

#define XSD "xmlns:x=\"http://www.w3.org/2001/XMLSchema\" " \
	"xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" " \
	"xmlns:e=\"http://schemas.xmlsoap.org/soap/encoding/\""
#define SOAP(ns, header, body) \
	"<s:Envelope xmlns:s=\"" SOAP_1_1 "\" xmlns:c=\"" ns "\" " XSD ">" header "<s:Body>" body \
	"</s:Body></s:Envelope>"
#define HEADER(more) "<s:Header>" more "</s:Header>"
#define BODY(content) SOAP(CWMP_1_1, "", content)
#define VALUES(value) \
	BODY("<c:GetParameterValuesResponse>\n<ParameterList e:arrayType=\"c:P[1]\">\n" \
	     "<ParameterValueStruct><Name>D.A</Name>" value "</ParameterValueStruct>" \
	     "</ParameterList></c:GetParameterValuesResponse>")
#define FAULT(detail) \
	BODY("<s:Fault><faultcode>s:Server</faultcode><faultstring>CWMP fault</faultstring>" \
	     "<detail>" detail "</detail></s:Fault>")

static struct grammar *grammar;

static void begin(void)
{
	grammar = shipped_grammar();
}

static void end(void)
{
	grammar_free(grammar);
}

static enum grammar_answer ask(const char *text, size_t length, char **words)
{
	struct message *message = cwmp_decode(text, length);
	const struct grammar_breach *breach;
	struct problem problem = { "" };
	enum grammar_answer answer = grammar_ask(grammar, message, &breach, &problem);

	ck_assert_msg(answer != GRAMMAR_UNKNOWN, "%s", problem.text);
	ck_assert_msg((answer == GRAMMAR_BROKEN) == (breach != NULL), "%s", text);
	*words = breach ? memory_format("%s | %s | %s", breach->field, breach->expected,
					breach->actual) : memory_text("");
	message_free(message);
	return answer;
}

static const char *const lawful[] = {
	BODY("<c:SetParameterValuesResponse><Status>0</Status></c:SetParameterValuesResponse>"),
	/* comments, processing instructions, CDATA, white space */
	BODY("<!-- a --><c:SetParameterValuesResponse><?p i?><Status>\n <!-- b -->1<!-- c --> "
	     "</Status>\n</c:SetParameterValuesResponse>"),
	BODY("<c:TransferComplete><CommandKey><![CDATA[<key>]]></CommandKey><FaultStruct>"
	     "<FaultCode> 9<!-- -->010\n</FaultCode><FaultString/></FaultStruct>"
	     "<StartTime>\t0001-01-01T00:00:00Z </StartTime><CompleteTime>2026-01-01T00:00:00"
	     "</CompleteTime></c:TransferComplete>"),
	"<Envelope xmlns=\"" SOAP_1_1 "\"><Body><RebootResponse xmlns=\"" CWMP_1_1 "\"/></Body>"
	"</Envelope>",
	"<s:Envelope xmlns:s=\"" SOAP_1_1 "\" s:encodingStyle=\"http://x/\"><s:Body id=\"b\">"
	"<q:DeleteObjectResponse xmlns:q=\"" CWMP_1_0 "\" s:encodingStyle=\"http://x/\">"
	"<Status id=\"i1\">1</Status></q:DeleteObjectResponse></s:Body></s:Envelope>",
	/* headers */
	SOAP(CWMP_1_1, HEADER("<c:ID s:mustUnderstand=\"1\"> a b </c:ID>"
			      "<c:NoMoreRequests>1</c:NoMoreRequests>"
			      "<v:Own xmlns:v=\"urn:v\" s:mustUnderstand=\"0\"><v:x y=\"z\">t</v:x>"
			      "</v:Own><c:SessionTimeout>x</c:SessionTimeout>"),
	     "<c:RebootResponse/>"),
	SOAP(CWMP_1_1, "<s:Header/>", "<c:RebootResponse/>"),
	SOAP(CWMP_1_2, HEADER("<c:ID s:mustUnderstand=\"1\"/>"
			      "<c:SessionTimeout s:mustUnderstand=\"0\">30</c:SessionTimeout>"
			      "<c:SupportedCWMPVersions>1.0,1.4</c:SupportedCWMPVersions>"),
	     "<c:RebootResponse/>"),
	/* what other rules have their say about */
	BODY("<c:X_00D09E_Do><any thing=\"1\">t</any></c:X_00D09E_Do>"),
	SOAP("urn:dslforum-org:cwmp-1-4", "", "<c:RebootResponse><x/></c:RebootResponse>"),
	/* values of all types, however spelt */
	VALUES("<Value>untyped</Value>"), VALUES("<Value/>"),
	VALUES("<Value i:type=\"x:string\"/>"), VALUES("<Value i:type=\"e:string\">s</Value>"),
	VALUES("<Value i:type=\"x:boolean\"> true </Value>"),
	VALUES("<Value i:type=\"x:unsignedInt\"> 4294967295\n</Value>"),
	VALUES("<Value i:type=\"x:dateTime\">2026-02-03T04:05:06.123-11:30</Value>"),
	VALUES("<Value i:type=\"x:base64Binary\">aG k=</Value>"),
	VALUES("<Value i:type=\"e:base64\">aGk=</Value>"),
	VALUES("<Value i:type=\"c:OwnType\">x</Value>"),
	VALUES("<Value xmlns:z=\"http://www.w3.org/2001/XMLSchema\" i:type=\"z:int\">-5</Value>"),
	/* arrays */
	BODY("<c:GetParameterValuesResponse><ParameterList i:type=\"e:Array\" "
	     "e:arrayType=\"c:ParameterValueStruct[0]\" e:offset=\"[0]\"/>"
	     "</c:GetParameterValuesResponse>"),
	/* faults */
	FAULT("<c:Fault><FaultCode>9800</FaultCode></c:Fault><v:more xmlns:v=\"urn:v\"/>"),
	BODY("<s:Fault><faultcode>Client</faultcode><faultstring/></s:Fault>"),
};

START_TEST(what_is_lawful_passes)
{
	char *words;

	ck_assert_msg(ask(lawful[_i], strlen(lawful[_i]), &words) == GRAMMAR_VALID, "%s\n%s",
		      lawful[_i], words);
	free(words);
}
END_TEST

static const struct {
	const char *envelope, *words;
} broken[] = {
	{ BODY("<c:AddObjectResponse><Status>0</Status></c:AddObjectResponse>"),
	  "AddObjectResponse/Status (line 1) | InstanceNumber | Status" },
	{ BODY("<c:AddObjectResponse>\n<InstanceNumber>x1</InstanceNumber>\n<Status>0</Status>"
	       "</c:AddObjectResponse>"),
	  "AddObjectResponse/InstanceNumber (line 2) | an instance number, 1 or more | x1" },
	{ BODY("<c:AddObjectResponse><InstanceNumber>0</InstanceNumber><Status>0</Status>"
	       "</c:AddObjectResponse>"),
	  "AddObjectResponse/InstanceNumber (line 1) | an instance number, 1 or more | 0" },
	{ BODY("<c:AddObjectResponse/>"),
	  "AddObjectResponse (line 1) | InstanceNumber | the end of AddObjectResponse" },
	{ BODY("<c:DeleteObjectResponse><c:Status>0</c:Status></c:DeleteObjectResponse>"),
	  "DeleteObjectResponse/Status (line 1) | Status | Status in the namespace " CWMP_1_1 },
	{ BODY("<c:DeleteObjectResponse><Status>0</Status><Status>0</Status>"
	       "</c:DeleteObjectResponse>"),
	  "DeleteObjectResponse/Status[2] (line 1) | nothing more | Status" },
	{ BODY("<c:RebootResponse><Status>0</Status></c:RebootResponse>"),
	  "RebootResponse/Status (line 1) | nothing in it | Status" },
	{ BODY("<c:RebootResponse>done</c:RebootResponse>"),
	  "RebootResponse (line 1) | nothing in it | done" },
	{ BODY("<c:RebootResponse status=\"0\"/>"),
	  "RebootResponse (line 1) | no attribute status | status=\"0\"" },
	{ VALUES("<Value i:type=\"x:boolean\">on</Value>"),
	  "GetParameterValuesResponse/ParameterList/ParameterValueStruct/Value (line 3) | a value of "
	  "its type x:boolean | on" },
	{ VALUES("<Value i:type=\"x:dateTime\"/>"),
	  "GetParameterValuesResponse/ParameterList/ParameterValueStruct/Value (line 3) | a value of "
	  "its type x:dateTime | nothing" },
	{ VALUES("<Value i:type=\"x:base64Binary\">a-b:c.d!</Value>"),
	  "GetParameterValuesResponse/ParameterList/ParameterValueStruct/Value (line 3) | a value of "
	  "its type x:base64Binary | a-b:c.d!" },
	{ VALUES("<value/>"),
	  "GetParameterValuesResponse/ParameterList/ParameterValueStruct/value (line 3) | Value | "
	  "value" },
	{ VALUES("<Value><a/></Value>"),
	  "GetParameterValuesResponse/ParameterList/ParameterValueStruct/Value (line 3) | text only "
	  "| elements in it" },
	{ BODY("<c:GetParameterValuesResponse><ParameterList/></c:GetParameterValuesResponse>"),
	  "GetParameterValuesResponse/ParameterList (line 1) | the attribute arrayType | none" },
	{ BODY("<c:GetParameterValuesResponse>list<ParameterList e:arrayType=\"c:P[0]\"/>"
	       "</c:GetParameterValuesResponse>"),
	  "GetParameterValuesResponse (line 1) | elements only | text between them" },
	{ FAULT("<c:Fault><FaultCode>9003</FaultCode><SetParameterValuesFault><ParameterName>D.A"
		"</ParameterName></SetParameterValuesFault></c:Fault>"),
	  "Fault/detail/Fault/SetParameterValuesFault (line 1) | FaultCode | the end of "
	  "SetParameterValuesFault" },
	{ SOAP(CWMP_1_1, HEADER("<c:ID>1</c:ID>"), "<c:RebootResponse/>"),
	  "Header/ID (line 1) | mustUnderstand 1 | no mustUnderstand" },
	{ SOAP(CWMP_1_0, "", "<c:GetAllQueuedTransfersResponse/>"),
	  "GetAllQueuedTransfersResponse (line 1) | a method of CWMP 1.0 or Fault or a method of a vendor | "
	  "GetAllQueuedTransfersResponse in the namespace " CWMP_1_0 },
	{ BODY("<c:ChangeDUStateResponse/>"),
	  "ChangeDUStateResponse (line 1) | a method of CWMP 1.1 or Fault or a method of a vendor | "
	  "ChangeDUStateResponse in the namespace " CWMP_1_1 },
};

START_TEST(what_is_not_is_blamed_in_words)
{
	char *words;

	ck_assert_int_eq(ask(broken[_i].envelope, strlen(broken[_i].envelope), &words),
			 GRAMMAR_BROKEN);
	ck_assert_str_eq(words, broken[_i].words);
	free(words);
}
END_TEST

/* The same text is valid in one version and not in another. */
START_TEST(the_namespace_says_which_version)
{
	static const char *const namespaces[] = { CWMP_1_0, CWMP_1_1, CWMP_1_2 };
	static const struct {
		const char *body;
		int since;
	} texts[] = {
		{ "<c:GetAllQueuedTransfers/>", 1 }, { "<c:ScheduleDownloadResponse/>", 2 },
		{ "<s:Fault><faultcode>Client</faultcode><faultstring/><detail><c:Fault>"
		  "<FaultCode>9016</FaultCode></c:Fault></detail></s:Fault>", 1 },
	};

	for (size_t i = 0; i < 3; i++)
		for (int version = 0; version < 3; version++) {
			char *text = memory_format("<s:Envelope xmlns:s=\"" SOAP_1_1
						   "\" xmlns:c=\"%s\"><s:Body>%s</s:Body>"
						   "</s:Envelope>",
						   namespaces[version], texts[i].body);
			char *words;

			ck_assert_int_eq(ask(text, strlen(text), &words),
					 version < texts[i].since ? GRAMMAR_BROKEN : GRAMMAR_VALID);
			free(words);
			free(text);
		}
}
END_TEST

/* A message is judged by libxml2 once; a broken one each time, but for the same again. */
START_TEST(what_was_valid_is_not_judged_again)
{
	char *words;

	for (int i = 0; i < 3; i++) {
		char *text = memory_format(
			SOAP(CWMP_1_1, HEADER("<c:ID s:mustUnderstand=\"1\">%d</c:ID>"),
			     "<c:RebootResponse/>"), 4711 + 100000 * i);

		ck_assert_int_eq(ask(text, strlen(text), &words), GRAMMAR_VALID);
		free(words);
		free(text);
	}
	ck_assert_uint_eq(grammar_judged(grammar), 1);
}
END_TEST

static char *long_list(unsigned count, const char *last)
{
	struct buffer text = { 0 };
	char *copy;

	buffer_add_text(&text, "<s:Envelope xmlns:s=\"" SOAP_1_1 "\" xmlns:c=\"" CWMP_1_1 "\" " XSD
			       "><s:Body><c:GetParameterNamesResponse><ParameterList "
			       "e:arrayType=\"c:ParameterInfoStruct[9]\">");
	while (count--)
		buffer_format(&text, "<ParameterInfoStruct><Name>D.%u</Name><Writable>0</Writable>"
			      "</ParameterInfoStruct>", count);
	buffer_format(&text, "%s</ParameterList></c:GetParameterNamesResponse></s:Body>"
		      "</s:Envelope>", last);
	copy = memory_text(buffer_text(&text));
	buffer_free(&text);
	return copy;
}

START_TEST(a_long_list_is_judged_in_bounds)
{
	char *text = long_list(100000, "<x/>"), *words;

	/* Longer than limit xml.grammar: not looked at. */
	ck_assert_uint_gt(strlen(text), LIMIT_XML_GRAMMAR);
	ck_assert_int_eq(ask(text, strlen(text), &words), GRAMMAR_VALID);
	free(words);
	free(text);
	text = long_list(10000, "");
	ck_assert_int_eq(ask(text, strlen(text), &words), GRAMMAR_VALID);
	free(words);
	free(text);
	text = long_list(10000, "<x/>");
	ck_assert_int_eq(ask(text, strlen(text), &words), GRAMMAR_BROKEN);
	ck_assert_str_eq(words, "GetParameterNamesResponse/ParameterList/x (line 1) | "
				"ParameterInfoStruct or nothing more | x");
	free(words);
	free(text);
}
END_TEST

START_TEST(without_schemas_nothing_is_told)
{
	static const char text[] = BODY("<c:RebootResponse/>");
	struct grammar *none = grammar_new("/nowhere");
	struct message *message = cwmp_decode(text, sizeof(text) - 1);
	const struct grammar_breach *breach;
	struct problem problem = { "" };

	ck_assert_int_eq(grammar_ask(none, message, &breach, &problem), GRAMMAR_UNKNOWN);
	ck_assert_ptr_null(breach);
	ck_assert_ptr_nonnull(strstr(problem.text, "cwmp-1-1.rng"));
	message_free(message);
	grammar_free(none);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("grammar");
	TCase *all = tcase_create("grammar");

	tcase_add_checked_fixture(all, begin, end);
	tcase_set_timeout(all, 60);
	tcase_add_loop_test(all, what_is_lawful_passes, 0, sizeof(lawful) / sizeof(lawful[0]));
	tcase_add_loop_test(all, what_is_not_is_blamed_in_words, 0,
			    sizeof(broken) / sizeof(broken[0]));
	tcase_add_test(all, the_namespace_says_which_version);
	tcase_add_test(all, what_was_valid_is_not_judged_again);
	tcase_add_test(all, a_long_list_is_judged_in_bounds);
	tcase_add_test(all, without_schemas_nothing_is_told);
	suite_add_tcase(suite, all);
	return suite_run(suite);
}
