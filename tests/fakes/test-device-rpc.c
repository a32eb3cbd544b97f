/* The CPE methods by direct calls: a request's element in, a Response or Fault out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/state.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"
#include "protocols/xml.h"
#include "tests/fakes/device-stand.h"
#include "tests/suite.h"

#define SERVER "Device.ManagementServer."
#define GATEWAY "Device.Services.FAPService.1.FAPControl.LTE.Gateway."
#define LIST GATEWAY "S1SigLinkServerList"
#define PORT GATEWAY "S1SigLinkPort"
#define MECHANISM "Device.FaultMgmt.SupportedAlarm.1.ReportingMechanism"

static struct stand stand;

static void setup(void)
{
	stand_make(&stand, "henb-device2");
}

static void teardown(void)
{
	stand_clear(&stand);
}

/* Asks and frees the request. */
static xmlNode *ask(xmlNode *request)
{
	xmlNode *answer = rpc_answer(stand.device, request);

	xmlFreeDoc(request->doc);
	return answer;
}

static int fault_of(const xmlNode *answer)
{
	char *code = strcmp((const char *)answer->name, "Fault") ? NULL
		     : xml_child_text(answer, "FaultCode");
	int value = code ? atoi(code) : 0;

	free(code);
	return value;
}

/* "9005 NAME, 9007 NAME" of a refused SetParameterValues. */
static const char *inner_faults(const xmlNode *answer)
{
	static char text[1024];
	size_t length = 0;

	text[0] = '\0';
	for (xmlNode *at = xml_child(answer, "SetParameterValuesFault"); at;
	     at = xml_next(at, "SetParameterValuesFault")) {
		char *name = xml_child_text(at, "ParameterName");
		char *code = xml_child_text(at, "FaultCode");
		const char *dot = strrchr(name, '.');
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s %s",
					   length ? ", " : "", code,
					   dot && dot[1] ? dot + 1 : name);
		free(name);
		free(code);
	}
	return text;
}

static const char *value(const char *path)
{
	return tree_find(stand.device->tree, path)->value;
}

static void expect_fault(xmlNode *request, int code)
{
	xmlNode *answer = ask(request);

	ck_assert_int_eq(fault_of(answer), code);
	xmlFreeDoc(answer->doc);
}

static void expect_status(xmlNode *request, const char *name)
{
	xmlNode *answer = ask(request);
	char *status = xml_child_text(answer, "Status");

	ck_assert_str_eq((const char *)answer->name, name);
	ck_assert_str_eq(status, "0");
	free(status);
	xmlFreeDoc(answer->doc);
}

START_TEST(set_values)
{
	expect_status(request_set("k1", LIST, "10.0.0.1,mme.example", "xsd:string", PORT, "36413",
				  "xsd:unsignedInt", NULL), "SetParameterValuesResponse");
	ck_assert_str_eq(value(LIST), "10.0.0.1,mme.example");
	ck_assert_str_eq(value(PORT), "36413");
	ck_assert_str_eq(value(SERVER "ParameterKey"), "k1");
	ck_assert(!tree_has_changes(stand.device->tree));
	/* The order does not matter. */
	expect_status(request_set("k2", PORT, "36412", "xsd:unsignedInt", LIST, "", "xsd:string",
				  NULL), "SetParameterValuesResponse");
	ck_assert_str_eq(value(LIST), "");
}
END_TEST

START_TEST(set_values_all_or_nothing)
{
	xmlNode *answer = ask(request_set("k1", LIST, "10.0.0.1", "xsd:string",
		"Device.Nothing", "1", "xsd:string", "Device.", "1", "xsd:string",
		PORT, "70000", "xsd:unsignedInt",
		SERVER "PeriodicInformInterval", "often", "xsd:unsignedInt",
		"Device.DeviceInfo.SerialNumber", "2", "xsd:string",
		LIST, "10.0.0.2", "xsd:string", MECHANISM, "4 Foo", "xsd:string", NULL));

	ck_assert_int_eq(fault_of(answer), 9003);
	ck_assert_str_eq(inner_faults(answer), "9005 Nothing, 9005 Device., 9007 S1SigLinkPort, "
			 "9006 PeriodicInformInterval, 9008 SerialNumber, "
			 "9007 S1SigLinkServerList, 9007 ReportingMechanism");
	ck_assert_str_eq(value(LIST), "");
	ck_assert_str_eq(value(SERVER "ParameterKey"), "");
	ck_assert_str_eq(value(MECHANISM), "2 Logged");
	xmlFreeDoc(answer->doc);
}
END_TEST

START_TEST(set_values_types)
{
	static const struct { const char *name, *value, *type; int fault; } rows[] = {
		{SERVER "PeriodicInformEnable", "1", "xsd:boolean", 0},
		{SERVER "PeriodicInformEnable", "true", NULL, 0},
		{SERVER "PeriodicInformEnable", "true", "xsd:string", 9006},
		{SERVER "PeriodicInformEnable", "yes", "xsd:boolean", 9006},
		{SERVER "PeriodicInformInterval", "30", "xsd:int", 0},
		{SERVER "PeriodicInformInterval", "0", "xsd:unsignedInt", 9007},
		{SERVER "PeriodicInformInterval", "30", "xsd:boolean", 9006},
		{SERVER "URL", "ftp://a/", "xsd:string", 9007},
		{SERVER "URL", "", "xsd:string", 9007},
		{SERVER "URL", "https://a:1/", "xsd:string", 0},
		{MECHANISM, "0 Expedited", "xsd:string", 0},
		{MECHANISM, "3 Disabled", "xsd:string", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char wanted[32] = "";
		xmlNode *answer = ask(request_set("", rows[i].name, rows[i].value, rows[i].type,
						  NULL));
		ck_assert_int_eq(fault_of(answer), rows[i].fault ? 9003 : 0);
		if (rows[i].fault)
			snprintf(wanted, sizeof(wanted), "%d", rows[i].fault);
		ck_assert_msg(!strncmp(inner_faults(answer), wanted, 4), "row %zu: %s", i,
			      inner_faults(answer));
		xmlFreeDoc(answer->doc);
	}
}
END_TEST

START_TEST(set_values_malformed)
{
	expect_fault(request_text("SetParameterValues", "ParameterKey", "k", NULL), 9003);
	expect_fault(request_set("a key that is longer than the 32 octets", LIST, "1",
				 "xsd:string", NULL), 9003);
	xmlNode *body = request_set("k", NULL);
	message_child(xml_child(body, "ParameterList"), "ParameterValueStruct", NULL);
	expect_fault(body, 9003);
}
END_TEST

START_TEST(get_values)
{
	xmlNode *answer = ask(request_get(SERVER "Password"));

	ck_assert_str_eq(response_value(answer, SERVER "Password"), ""); /* hidden */
	xmlFreeDoc(answer->doc);
	answer = ask(request_get(SERVER));
	ck_assert_str_eq(response_value(answer, SERVER "URL"), stand.initial.url);
	ck_assert_ptr_null(response_value(answer, LIST));
	xmlFreeDoc(answer->doc);
	answer = ask(request_get(""));
	size_t count = 0;
	for (xmlNode *at = xml_child(xml_child(answer, "ParameterList"), NULL); at;
	     at = xml_next(at, NULL))
		count++;
	ck_assert_uint_eq(count, tree_count(stand.device->tree));
	xmlFreeDoc(answer->doc);
	expect_fault(request_get("Device.Nothing"), 9005);
	expect_fault(request_get("Device.Nothing."), 9005);
	expect_fault(request_get("Device"), 9005);
	expect_fault(cwmp_body_new("GetParameterValues"), 9003);
}
END_TEST

/* The names of a GetParameterNamesResponse. */
static bool has_name(const xmlNode *answer, const char *wanted, const char *writable)
{
	for (xmlNode *at = xml_child(xml_child(answer, "ParameterList"), NULL); at;
	     at = xml_next(at, NULL)) {
		char *name = xml_child_text(at, "Name"), *flag = xml_child_text(at, "Writable");
		bool found = !strcmp(name, wanted) && (!writable || !strcmp(flag, writable));
		free(name);
		free(flag);
		if (found)
			return true;
	}
	return false;
}

static xmlNode *names(const char *path, const char *next)
{
	return request_text("GetParameterNames", "ParameterPath", path, "NextLevel", next, NULL);
}

START_TEST(get_names)
{
	xmlNode *answer = ask(names("", "1"));

	ck_assert(has_name(answer, "Device.", "0"));
	ck_assert(!has_name(answer, SERVER, NULL));
	xmlFreeDoc(answer->doc);
	answer = ask(names("", "0"));
	ck_assert(has_name(answer, "Device.", "0"));
	ck_assert(has_name(answer, SERVER "URL", "1"));
	xmlFreeDoc(answer->doc);
	answer = ask(names(SERVER, "false"));
	ck_assert(has_name(answer, SERVER, "0"));
	ck_assert(has_name(answer, SERVER "ParameterKey", "0"));
	ck_assert(!has_name(answer, LIST, NULL));
	xmlFreeDoc(answer->doc);
	answer = ask(names("Device.FaultMgmt.", "true"));
	ck_assert(!has_name(answer, "Device.FaultMgmt.", NULL));
	ck_assert(has_name(answer, "Device.FaultMgmt.SupportedAlarm.", "0"));
	ck_assert(!has_name(answer, "Device.FaultMgmt.SupportedAlarm.1.", NULL));
	xmlFreeDoc(answer->doc);
	answer = ask(names("Device.DeviceInfo.Location.", "0"));
	ck_assert(has_name(answer, "Device.DeviceInfo.Location.", "1"));
	xmlFreeDoc(answer->doc);
	answer = ask(names(LIST, "0"));
	ck_assert(has_name(answer, LIST, "1"));
	xmlFreeDoc(answer->doc);
	expect_fault(names(LIST, "1"), 9003);
	expect_fault(names("Device.Nothing.", "0"), 9005);
	expect_fault(names("Device.", "maybe"), 9003);
	expect_fault(request_text("GetParameterNames", "NextLevel", "1", NULL), 9003);
}
END_TEST

START_TEST(attributes)
{
	xmlNode *answer = ask(request_attributes("Device.FaultMgmt.ExpeditedEvent.", 2));

	ck_assert_str_eq((const char *)answer->name, "SetParameterAttributesResponse");
	xmlFreeDoc(answer->doc);
	ck_assert_int_eq(tree_find(stand.device->tree,
			 "Device.FaultMgmt.ExpeditedEvent.1.EventTime")->notification, 2);
	expect_fault(request_attributes("Device.Nothing", 1), 9005);
	expect_fault(request_attributes(LIST, 3), 9003);
	expect_fault(cwmp_body_new("SetParameterAttributes"), 9003);
	/* All or nothing. */
	xmlNode *two = request_attributes(LIST, 1), *bad = request_attributes("Device.X", 1);
	xmlNode *entry = xml_child(xml_child(bad, "ParameterList"), NULL);
	xmlAddChild(xml_child(two, "ParameterList"), xmlDocCopyNode(entry, two->doc, 1));
	xmlFreeDoc(bad->doc);
	expect_fault(two, 9005);
	ck_assert_int_eq(tree_find(stand.device->tree, LIST)->notification, 0);
	xmlNode *get = request_get(SERVER "ConnectionRequestURL");
	xmlNodeSetName(get, (const xmlChar *)"GetParameterAttributes");
	answer = ask(get);
	entry = xml_child(xml_child(answer, "ParameterList"), NULL);
	char *notification = xml_child_text(entry, "Notification");
	ck_assert_str_eq(notification, "2");
	char *access = xml_child_text(entry, "AccessList");
	ck_assert_str_eq(access, "Subscriber");
	free(notification);
	free(access);
	xmlFreeDoc(answer->doc);
}
END_TEST

START_TEST(objects)
{
	const char *table = "Device.DeviceInfo.Location.";
	xmlNode *answer = ask(request_text("AddObject", "ObjectName", table, "ParameterKey", "a",
					   NULL));
	char *number = xml_child_text(answer, "InstanceNumber");

	ck_assert_str_eq(number, "1");
	free(number);
	xmlFreeDoc(answer->doc);
	ck_assert_str_eq(value(SERVER "ParameterKey"), "a");
	ck_assert_str_eq(value("Device.DeviceInfo.LocationNumberOfEntries"), "1");
	expect_status(request_set("", "Device.DeviceInfo.Location.1.DataObject", "<x/>",
				  "xsd:string", NULL), "SetParameterValuesResponse");
	expect_status(request_text("DeleteObject", "ObjectName", "Device.DeviceInfo.Location.1.",
				   "ParameterKey", "b", NULL), "DeleteObjectResponse");
	ck_assert_str_eq(value(SERVER "ParameterKey"), "b");
	expect_fault(request_text("DeleteObject", "ObjectName", "Device.DeviceInfo.Location.1.",
				  "ParameterKey", "c", NULL), 9005);
	expect_fault(request_text("DeleteObject", "ObjectName", table, "ParameterKey", "c", NULL),
		     9005);
	expect_fault(request_text("AddObject", "ObjectName", "Device.FaultMgmt.SupportedAlarm.",
				  "ParameterKey", "c", NULL), 9005);
	expect_fault(request_text("AddObject", "ObjectName", "Device.DeviceInfo.Location",
				  "ParameterKey", "c", NULL), 9005);
	expect_fault(request_text("AddObject", "ObjectName", table, NULL), 9003);
	ck_assert_str_eq(value(SERVER "ParameterKey"), "b");
}
END_TEST

START_TEST(methods)
{
	xmlNode *answer = ask(cwmp_body_new("GetRPCMethods"));
	char *text = xml_text(answer);
	size_t count;
	const struct cwmp_method *all = cwmp_methods(&count);

	for (size_t i = 0; i < count; i++) /* every required one is there */
		if (all[i].device_answers && all[i].required)
			ck_assert_msg(strstr(text, all[i].name) != NULL, "%s", all[i].name);
	free(text);
	xmlFreeDoc(answer->doc);
	expect_fault(cwmp_body_new("Upload"), 9000);
	expect_fault(cwmp_body_new("Dance"), 9000);
	expect_fault(request_text("ScheduleInform", "DelaySeconds", "0", "CommandKey", "", NULL),
		     9003);
	expect_fault(request_text("ScheduleInform", "DelaySeconds", "-1", "CommandKey", "", NULL),
		     9003);
	expect_fault(cwmp_body_new("Reboot"), 9003);
}
END_TEST

static xmlNode *download(const char *url)
{
	return request_text("Download", "CommandKey", "d", "FileType",
			    "3 Vendor Configuration File", "URL", url, "Username", "", "Password",
			    "", "FileSize", "0", "TargetFileName", "", "DelaySeconds", "0",
			    "SuccessURL", "", "FailureURL", "", NULL);
}

START_TEST(downloads)
{
	for (int i = 0; i < 8; i++) {
		xmlNode *answer = ask(download("http://127.0.40.1:1/file"));
		char *status = xml_child_text(answer, "Status");
		ck_assert_str_eq(status, "1");
		free(status);
		xmlFreeDoc(answer->doc);
	}
	expect_fault(download("http://127.0.40.1:1/file"), 9004);
	expect_fault(download("gopher://127.0.40.1/file"), 9013);
	expect_fault(download("http://user:pw@127.0.40.1/file"), 9003);
	expect_fault(cwmp_body_new("Download"), 9003);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("device-rpc");
	TCase *tests = tcase_create("rpc");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, set_values);
	tcase_add_test(tests, set_values_all_or_nothing);
	tcase_add_test(tests, set_values_types);
	tcase_add_test(tests, set_values_malformed);
	tcase_add_test(tests, get_values);
	tcase_add_test(tests, get_names);
	tcase_add_test(tests, attributes);
	tcase_add_test(tests, objects);
	tcase_add_test(tests, methods);
	tcase_add_test(tests, downloads);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
