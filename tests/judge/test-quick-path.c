/* The quick evaluator says what libxml2 says, for every expression that it takes; and an expression
 * says the same of two messages that differ in nothing that it reads (rule-reads.h). */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/chart/store.h"
#include "harness/judge/quick-value.h"
#include "harness/judge/rule-reads.h"
#include "protocols/memory.h"
#include "protocols/xml.h"
#include "tests/judge/trial.h"

#define MUTATIONS 100
#define EXPRESSIONS 512

static struct trial trial;
static struct evaluation evaluation;
static uint64_t seed;

static unsigned draw(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}

static const char *variable(void *context, const char *name)
{
	(void)context;
	if (strncmp(name, "limit.", 6) == 0 || strcmp(name, "nobody") == 0)
		return NULL;
	return strcmp(name, "alarm") == 0 ? "7" : strcmp(name, "none") == 0 ? "" : "192.0.2.1";
}

/* Messages: all that the expressions of the rules and scenarios look at is in one of them. */
static const struct {
	const char *name, *frame, *body;
} samples[] = {
	{ "Inform",
	  "<tls/><http method='POST'><header name='cookie'>a=1; Path=/x</header>"
	  "<header name='content-type'>Text/XML; charset=utf-8</header>"
	  "<header name='soapaction'/><header name='host'>h:1</header></http>"
	  "<soap ns='http://schemas.xmlsoap.org/soap/envelope/' envelopes='1' bodies='1'>"
	  "<Header><ID>7</ID></Header></soap><session informs='1' before='failed' "
	  "cookies-owed='true'/><answers name='X' id='7' has-id='true' least='1'/>",
	  "<DeviceId><Manufacturer>A</Manufacturer><OUI>00256D</OUI><ProductClass>P"
	  "</ProductClass><SerialNumber>1</SerialNumber></DeviceId>"
	  "<Event arrayType='cwmp:EventStruct[2]'><EventStruct><EventCode>0 BOOTSTRAP</EventCode>"
	  "<CommandKey/></EventStruct><EventStruct><EventCode>1 BOOT</EventCode><CommandKey/>"
	  "</EventStruct></Event><MaxEnvelopes>1</MaxEnvelopes>"
	  "<CurrentTime> 2026-01-01T00:00:00Z </CurrentTime><RetryCount>0</RetryCount>"
	  "<ParameterList arrayType='cwmp:ParameterValueStruct[2]'><ParameterValueStruct>"
	  "<Name>Device.DeviceInfo.SoftwareVersion</Name><Value type='xsd:string' "
	  "type-ns='http://www.w3.org/2001/XMLSchema'>9</Value></ParameterValueStruct>"
	  "<ParameterValueStruct><Name>Device.ManagementServer.ConnectionRequestURL</Name>"
	  "<Value type='xsd:string'>http://h:1/x</Value></ParameterValueStruct>"
	  "<ParameterValueStruct><Name>Device.ManagementServer.PeriodicInformInterval</Name>"
	  "<Value type='xsd:unsignedInt'>9</Value></ParameterValueStruct></ParameterList>" },
	{ "Fault",
	  "<http method='POST'/><soap ns='u' envelopes='2' bodies='1' undeclared-prefix='x'/>"
	  "<session informs='2' before='cut'/><answers name='SetParameterValues' has-id='false'/>",
	  "<faultcode>Client</faultcode><faultstring> CWMP  fault </faultstring>"
	  "<FaultCode>9003</FaultCode><SetParameterValuesFault><ParameterName>"
	  "Device.NoSuchParameter</ParameterName><FaultCode>9005</FaultCode>"
	  "</SetParameterValuesFault><SetParameterValuesFault><ParameterName>x</ParameterName>"
	  "<FaultCode>9007</FaultCode></SetParameterValuesFault>" },
	{ "TransferComplete", "<soap/><session transfer='known'/>",
	  "<CommandKey>k</CommandKey><FaultStruct><FaultCode>9010</FaultCode><FaultString/>"
	  "</FaultStruct><StartTime>0001-01-01T00:00:00Z</StartTime><CompleteTime/>" },
	{ "GetRPCMethodsResponse", "<soap/><answers name='GetRPCMethods'/>",
	  "<MethodList arrayType='x[3]'><string>GetRPCMethods</string><string>Reboot</string>"
	  "<string>Upload</string></MethodList>" },
	{ "DnsQuery", "", "<question name='192.0.2.1' type='A'/><question name='b'/>" },
	{ "SetParameterValuesResponse", "<answers/>", "<Status>1</Status>" },
};

static struct message *sample(size_t index)
{
	struct message *message = message_new("cwmp", samples[index].name);
	struct problem problem = { "" };
	char *text = memory_format("<message>%s<%s ns='urn:dslforum-org:cwmp-1-0'>%s</%s>"
				   "</message>", samples[index].frame, samples[index].name, samples[index].body,
				   samples[index].name);

	xmlFreeDoc(message->document);
	message->document = xml_parse(text, strlen(text), &problem);
	ck_assert_msg(message->document != NULL, "%s", problem.text);
	message->body = xml_child(xmlDocGetRootElement(message->document), samples[index].name);
	free(text);
	return message;
}

/* Any element of the document, by chance. */
static xmlNode *any_element(const struct message *message)
{
	xmlNode *node = xmlDocGetRootElement(message->document);

	for (int steps = 0; steps < 12; steps++) {
		xmlNode *next = draw(2) ? xml_child(node, NULL) : xml_next(node, NULL);

		if (next)
			node = next;
		else if (draw(3) == 0)
			break;
	}
	return node;
}

static void change_attribute(xmlNode *node, const char *value)
{
	xmlAttr *attribute = node->properties;

	while (attribute && attribute->next && draw(2))
		attribute = attribute->next;
	if (attribute && draw(2))
		xmlUnsetProp(node, attribute->name);
	else if (attribute)
		xmlSetProp(node, attribute->name, BAD_CAST value);
	else
		xmlSetProp(node, BAD_CAST "type-ns", BAD_CAST value);
}

/* The value of any member of the list, which is read for itself. */
static void change_value(const struct message *message, const char *value)
{
	xmlNode *member = xml_child(xml_child(message->body, "ParameterList"), NULL);

	while (member && xml_next(member, NULL) && draw(3))
		member = xml_next(member, NULL);
	if (xml_child(member, "Value"))
		xmlNodeSetContent(xml_child(member, "Value"), BAD_CAST value);
}

static void mutate(struct message *message)
{
	static const char *const values[] = {
		"", " ", "0", "1", "9003", "9007", "-1", "1e3", "x", "7", "2 PERIODIC", "a\xc3\xa9",
		"0001-01-01T00:00:00Z", "x[2]", " CWMP fault", "192.0.2.1", "NaN", "true", "9",
	};
	const char *value = values[draw(sizeof(values) / sizeof(values[0]))];
	xmlNode *node = any_element(message);
	xmlNode *inside = node != message->body && node->parent->type == XML_ELEMENT_NODE &&
			  xml_child(node, samples[0].name) == NULL ? node : NULL;

	switch (draw(8)) {
	case 0:
	case 1:
		change_attribute(node, value);
		break;
	case 2:
		if (inside)
			xmlNodeSetContent(inside, BAD_CAST value);
		break;
	case 3:
		xmlNodeAddContent(node, BAD_CAST value);
		break;
	case 4:
		if (inside) {
			xmlUnlinkNode(inside);
			xmlFreeNode(inside);
		}
		break;
	case 5:
		if (inside)
			xmlAddNextSibling(inside, xmlDocCopyNode(inside, message->document, 1));
		break;
	case 6:
		change_value(message, value);
		break;
	default:
		xmlAddChild(node, xmlNewDocComment(message->document, BAD_CAST value));
	}
}

/* 1 when the quick evaluator had an answer. */
static int compare(const char *text, const struct quick *quick, xmlXPathCompExpr *compiled)
{
	enum truth truth = quick_truth(&evaluation, quick);
	enum truth other = evaluation_truth(&evaluation, compiled);

	if (truth == TRUTH_UNKNOWN)
		return 0;
	if (truth != other) /* an assertion writes to a file each time it holds, and this is asked often */
		ck_abort_msg("%s: quick %d, libxml2 %d (%s)", text, truth, other,
			     evaluation.problem.text);
	return 1;
}

static int compare_all(const struct expression *const *list, size_t count)
{
	int answered = 0;

	for (size_t i = 0; i < count; i++)
		if (list[i]->quick)
			answered += compare(list[i]->text, list[i]->quick, list[i]->compiled);
	return answered;
}

struct readings { /* of the expressions of a list */
	struct facts facts;
	struct fact_contents contents;
	struct fact_set reads[EXPRESSIONS];
	enum truth truth[EXPRESSIONS]; /* of the message before */
	bool known[EXPRESSIONS];
	bool first; /* there is no message of the name before */
};

static struct readings *readings_new(const struct expression *const *list, size_t count)
{
	struct readings *readings = memory_new(sizeof(*readings));

	for (size_t i = 0; i < count; i++)
		readings->known[i] =
			rule_reads(&readings->facts, list[i], &readings->reads[i]);
	return readings;
}

/* What is not read may change as it likes; gives how often something was the same again. */
static int read_again(struct readings *readings, const struct expression *const *list, size_t count,
		      const struct message *message)
{
	struct fact_set changed = { { 0 } };
	int again = 0;

	rule_facts(&readings->facts, message, &readings->contents, &changed);
	for (size_t i = 0; i < count; i++) {
		if (!readings->known[i])
			continue;
		enum truth truth = evaluation_holds(&evaluation, list[i]);

		if (!readings->first && !fact_set_meets(&readings->reads[i], &changed)) {
			if (truth != readings->truth[i])
				ck_abort_msg("%s: %d, and was %d", list[i]->text, truth,
					     readings->truth[i]);
			again++;
		}
		readings->truth[i] = truth;
	}
	readings->first = false;
	return again;
}

/* Over all messages, as they are and changed step by step, and without a message. */
static int over_messages(const struct expression *const *list, size_t count)
{
	struct readings *readings = readings_new(list, count);
	int answered, again = 0;

	seed = 1;
	evaluation_about(&evaluation, NULL, 0);
	answered = compare_all(list, count);
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct message *message = sample(i);

		readings->first = true;
		for (int k = 0; k < MUTATIONS; k++) {
			evaluation_about(&evaluation, message, 1500000);
			answered += compare_all(list, count);
			again += read_again(readings, list, count, message);
			mutate(message);
		}
		message_free(message);
	}
	for (size_t i = 0; i < count; i++)
		if (again == 0 && readings->known[i])
			ck_abort_msg("nothing was the same again");
	fact_contents_clear(&readings->contents);
	free(readings);
	return answered;
}

static void setup(void)
{
	trial_begin(&trial, "henb -> serving-hems : Inform [1]\n");
	evaluation_begin(&evaluation, trial.profile, variable, NULL);
}

static void teardown(void)
{
	evaluation_end(&evaluation);
	trial_end(&trial);
}

/* The expressions of a store; returns how many are outside of the quick part. */
static size_t check_store(const struct store *store)
{
	const struct expression *list[EXPRESSIONS] = { NULL };
	size_t count = 0, outside = 0;

	for (const struct expression *each = store->expressions; each; each = each->next_owned) {
		if (count == EXPRESSIONS || !each->compiled)
			continue;
		list[count++] = each;
		outside += !each->quick;
	}
	int answered = over_messages(list, count);
	ck_assert(count == outside || answered > 0);
	return outside;
}

START_TEST(shipped_rules)
{
	struct diagnostics diagnostics = { 0 };
	struct rules rules = { 0 };
	char *folder = suite_path("scenarios/rules");
	DIR *open = opendir(folder);

	ck_assert_ptr_nonnull(open);
	for (const struct dirent *entry; (entry = readdir(open));) {
		char *file = memory_format("%s/%s", folder, entry->d_name);

		if (strstr(entry->d_name, ".rules"))
			ck_assert_int_eq(rules_load(file, NULL, &rules, &diagnostics), 0);
		free(file);
	}
	closedir(open);
	ck_assert_uint_gt(rules.count, 30);
	ck_assert_uint_le(check_store(rules.store), 5); /* of messages that are rare */
	rules_free(&rules);
	diagnostics_clear(&diagnostics);
	free(folder);
}
END_TEST

static void check_folder(const char *folder)
{
	char *root = suite_path("scenarios"), *path = memory_format("%s/%s", root, folder);
	DIR *open = opendir(path);
	int charts = 0;

	ck_assert_ptr_nonnull(open);
	for (const struct dirent *entry; (entry = readdir(open));) {
		if (!strstr(entry->d_name, ".flow"))
			continue;
		struct diagnostics diagnostics = { 0 };
		char *file = memory_format("%s/%s", path, entry->d_name);
		struct chart *chart = chart_load(file, root, NULL, &diagnostics);

		ck_assert_msg(chart != NULL, "%s", file);
		check_store(chart->store);
		chart_free(chart);
		diagnostics_clear(&diagnostics);
		free(file);
		charts++;
	}
	closedir(open);
	ck_assert_int_gt(charts, 5);
	free(path);
	free(root);
}

START_TEST(shipped_scenarios)
{
	check_folder("henb");
	check_folder("hnb");
}
END_TEST

/* One of each form that the part holds, and its corners. */
static const char *const forms[] = {
	"*", "@*", ".", "/message", "/message/*", "./Event/EventStruct", "self::Inform",
	"self::*", "*/self::Event", "child::Event", "attribute::ns", "Event/@arrayType",
	"//@type-ns", ".//@type", "Event//@arrayType", "*[2]", "*[1][self::DeviceId]",
	"Event/*[2]/EventCode = '1 BOOT'", "*[*][2]", "*[self::Event][1]/EventStruct[2]",
	"Event/EventStruct[EventCode = preceding-sibling::EventStruct/EventCode]",
	"preceding-sibling::soap", "*[preceding-sibling::Event]", "@*[name() = 'ns']",
	"//@*[. = '1']", "name() = 'Inform'", "name(*) = 'DeviceId'", "name(@*) = 'ns'",
	"RetryCount = 0", "RetryCount != 0", "RetryCount < 1", "RetryCount <= 0", "1 > RetryCount",
	"1 >= RetryCount", "'1' = FaultCode", "FaultCode = 9003 or Status", "Status = Status",
	"Event/EventStruct/EventCode = Event/EventStruct/EventCode", "Status != Status",
	"SetParameterValuesFault/FaultCode != SetParameterValuesFault/FaultCode",
	"Event = true()", "false() = Event", "Event != false()", "not(Event) = not(Status)",
	"true() = 'x'", "true() = 1", "'' = false()", "1 = 1", "1 != 2", "2 < 10", "'2' < '10'",
	"'x' < 1", "'x' = 'x'", "'a' != 'a'", "0", "5", "''", "'0'", "boolean(0)", "not('')",
	"count(*)", "count(*) = 6", "count(//@*) > 3", "count(Event/EventStruct) >= @least",
	"string-length(DeviceId/Manufacturer) = 1", "string-length('a\xc3\xa9') = 2",
	"string(Event) = ''", "string(.)", "contains(ParameterList, 'Name')", "contains('x', '')",
	"starts-with('', '')", "starts-with(FaultCode, '90')", "concat('a', Status, 'b') = 'a1b'",
	"substring-before('a=b', '=') = 'a'", "substring-after('a=b', '=') = 'b'",
	"substring-before('ab', '=') = ''", "substring-after('ab', '') = 'ab'",
	"substring-before(Event/@arrayType, '[')", "number(Status) = 1",
	"number('x') = number('x')",
	"number('') != 0", "number(RetryCount)", "normalize-space(faultstring) = 'CWMP fault'",
	"normalize-space('  a \n b ') = 'a b'", "normalize-space('   ')", "lower-case('Ab') = 'ab'",
	"$alarm", "$none", "$alarm = 7", "$alarm = Status", "$none = ''", "$limit.session = 30",
	"$limit.session > 5", "elapsed() = 1.5", "elapsed() >= 1 and elapsed() < 2", "elapsed()",
	"event('1 BOOT')", "event('1 BOOT', '')", "event(Event/EventStruct/EventCode)",
	"parameter('SoftwareVersion') = 9", "parameter('ServerList')", "parameter(Name)",
	"has-parameter('SoftwareVersion')", "header('Host') = 'h:1'", "header('') = ''",
	"matches(FaultCode, '[0-9]+')", "matches(., '^x')", "matches('x', '(')", "ics('alarms')",
	"ics('nothing')", "known-event(Event/EventStruct/EventCode)", "known-fault(FaultCode)",
	"argument-wrong()", "argument-wrong() = ''", "events-ordered()", "repeated(*)",
	"repeated(Event/EventStruct/CommandKey) = ''", "repeated(MethodList/*)", "value-wrong()",
	"type-wrong() = ''", "range-wrong()", "repeated(Nothing)",
	"is-date-time(StartTime)", "forced-missing() = ''", "forced-missing()",
	"/message/soap/Header/ID = /message/answers/@id",
	"(Event or Status) and (FaultCode or 1)", "not(not(Event)) or $nobody", "Event and $nobody",
	"( ( Status ) )", " Status=1 ", "and and or", "div", "text/text", "*[position() = 1]",
	"@ns = 'urn:dslforum-org:cwmp-1-0'", "ParameterList/*/Value[@type][2]",
	"ParameterList/*[contains(Name, 'Info')]/Value = '9'", "ParameterList/*[Value = '9']",
	"ParameterList/*[2][Value = 1]/Name", "ParameterList/*/Value[. = '9']/@type",
	"contains(ParameterList, '90')", "ParameterList/* = 'x'", "repeated(ParameterList/*)",
	"repeated(ParameterList/*/*) = ''", "ParameterList[contains(., '90')]/@arrayType",
	"/message/http/header[@name='cookie']",
	"count(/message/http/header[@name='host'][starts-with(string(.), 'h')]) = 1",
	"*[. = '1']", "*[@*]", "*['x']", "*['']", "*[1 = 1]", "/", "/message[1]", "//*", "..",
	"Event | Status", "1 + 1 = 2", "-1 < 0", "count(*) - 1", "Status < Status", "true() > 0",
	"concat(1, 2) = '12'", "string(1) = '1'", "string(true())", "*[last()]", "text()", "node()",
	"string-length()", "normalize-space()", "substring('abc', 2)", "translate('a', 'a', 'b')",
	"(Event)[1]", "x:y", "Event/..", "ancestor::message", "following-sibling::*", "id('x')",
};

START_TEST(every_form)
{
	struct store *store = store_new();
	xmlXPathContext *context = xmlXPathNewContext(NULL);
	size_t quick = 0;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct expression expression = { .text = memory_text(forms[i]) };
		const struct expression *one = &expression;

		expression.compiled = xmlXPathCtxtCompile(context, BAD_CAST forms[i]);
		ck_assert_msg(expression.compiled != NULL, "%s", forms[i]);
		expression.quick = quick_path(store, forms[i]);
		quick += expression.quick != NULL;
		over_messages(&one, 1);
		xmlXPathFreeCompExpr(expression.compiled);
		free(expression.text);
	}
	ck_assert_uint_ge(quick, 124);
	xmlXPathFreeContext(context);
	store_free(store);
}
END_TEST

/* What would be another value is not taken. */
START_TEST(outside)
{
	static const char *const others[] = {
		"1.5 = 1", "Event | Status", "count(*) + 1", "-1", "*[position() = 1]",
		"*[count(*)]", "*[$alarm]", "(Event)[1]", "string()", "concat(1, 'a')", "//Event",
		"..", "a//b", "/",
		"Event/text()", "x:y", "Status < Status", "preceding-sibling::*[1]", "last()",
		"Event/preceding-sibling::*", "sum(*)", "scheme-of('h')",
	};
	struct store *store = store_new();

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ck_assert_msg(quick_path(store, others[i]) == NULL, "%s", others[i]);
	store_free(store);
}
END_TEST

/* A text beyond the room and a name in a namespace are left to libxml2. */
START_TEST(stuck)
{
	struct store *store = store_new();
	struct message *message = sample(0);
	char *large = memory_new(40001);

	memset(large, 'a', 40000);
	xmlNodeAddContent(xml_child(message->body, "DeviceId"), BAD_CAST large);
	evaluation_about(&evaluation, message, 0);
	ck_assert_int_eq(quick_truth(&evaluation, quick_path(store, "contains(DeviceId, 'ab')")),
			 TRUTH_UNKNOWN);
	ck_assert_int_eq(quick_truth(&evaluation, quick_path(store, "DeviceId")), TRUTH_YES);
	xmlSetNs(xml_child(message->body, "Event"),
		 xmlNewNs(message->body, BAD_CAST "urn:x", BAD_CAST "x"));
	ck_assert_int_eq(quick_truth(&evaluation, quick_path(store, "Event")), TRUTH_UNKNOWN);
	message_free(message);
	store_free(store);
	free(large);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("quick-path");
	TCase *tests = tcase_create("quick-path");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, shipped_rules);
	tcase_add_test(tests, shipped_scenarios);
	tcase_add_test(tests, every_form);
	tcase_add_test(tests, outside);
	tcase_add_test(tests, stuck);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
