/* What a device's parameters were, held against what it tells, is written, and shows. */
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp-values.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"
#include "protocols/xml.h"
#include "tests/suite.h"

#define URL "Device.ManagementServer.ConnectionRequestURL"
#define CODE "Device.DeviceInfo.ProvisioningCode"

/* A message with a ParameterList of one entry, and an Inform's event. */
static struct message *made(const char *method, const char *event, const char *name,
			    const char *value)
{
	char *text = memory_format(
		"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
		"xmlns:cwmp=\"urn:dslforum-org:cwmp-1-1\"><s:Body><cwmp:%s><Event><EventStruct>"
		"<EventCode>%s</EventCode><CommandKey/></EventStruct></Event><ParameterList>"
		"<ParameterValueStruct><Name>%s</Name><Value>%s</Value></ParameterValueStruct>"
		"</ParameterList></cwmp:%s></s:Body></s:Envelope>",
		method, event, name, value, method);
	struct message *message = cwmp_decode((const uint8_t *)text, strlen(text));

	ck_assert_str_eq(message->name, method);
	free(text);
	return message;
}

static void check_said(struct message *message, const char *attribute, const char *wanted)
{
	char *text = xml_attribute(message_facet(message, "session"), attribute);

	ck_assert_str_eq(text ? text : "(none)", wanted ? wanted : "(none)");
	free(text);
	message_free(message);
}

static void inform(struct cwmp_values *values, const char *event, const char *name,
		   const char *value, const char *attribute, const char *wanted)
{
	struct message *message = made("Inform", event, name, value);

	cwmp_values_inform(values, message, true, message_facet(message, "session"));
	cwmp_values_told(values);
	check_said(message, attribute, wanted);
}

static void write_value(struct cwmp_values *values, const char *name, const char *value, int status)
{
	struct message *message = made("SetParameterValues", "", name, value);

	cwmp_values_asked(values, message);
	cwmp_values_answered(values, 1, status, message);
	message_free(message);
}

static void show(struct cwmp_values *values, uint64_t session, const char *name, const char *value,
		 const char *attribute, const char *wanted)
{
	struct message *message = made("GetParameterValuesResponse", "", name, value);

	cwmp_values_shown(values, session, message, message_facet(message, "session"));
	check_said(message, attribute, wanted);
}

/* TR-069 A.3.3.1: what the HMS wrote itself raises no 4 VALUE CHANGE. */
START_TEST(own_change)
{
	struct cwmp_values values = {0};

	inform(&values, "4 VALUE CHANGE", CODE, "a", "changes", NULL); /* nobody knows from what */
	inform(&values, "4 VALUE CHANGE", CODE, "a", "changes", NULL); /* it has come back */
	write_value(&values, CODE, "b", 0);
	inform(&values, "4 VALUE CHANGE", CODE, "c", "changes", NULL);
	write_value(&values, CODE, "d", 1);
	inform(&values, "4 VALUE CHANGE", CODE, "d", "changes", "own");
	write_value(&values, CODE, "e", -1);
	inform(&values, "4 VALUE CHANGE", CODE, "e", "changes", NULL);
	cwmp_values_clear(&values);
}
END_TEST

START_TEST(change_untold)
{
	struct cwmp_values values = {0};

	inform(&values, "2 PERIODIC", URL, "http://192.0.2.1/", "change-untold", NULL);
	inform(&values, "2 PERIODIC", URL, "http://192.0.2.2/", "change-untold", URL);
	inform(&values, "1 BOOT", URL, "http://192.0.2.3/", "change-untold", NULL);
	inform(&values, "4 VALUE CHANGE", URL, "http://192.0.2.4/", "change-untold", NULL);
	values.touched = true;
	inform(&values, "2 PERIODIC", URL, "http://192.0.2.5/", "change-untold", NULL);
	values.attribute = true;
	inform(&values, "2 PERIODIC", URL, "http://192.0.2.6/", "change-untold", NULL);
	inform(&values, "2 PERIODIC", CODE, "a", "change-untold", NULL);
	inform(&values, "2 PERIODIC", CODE, "b", "change-untold", CODE);
	inform(&values, "0 BOOTSTRAP", CODE, "c", "change-untold", NULL);
	cwmp_values_clear(&values);
}
END_TEST

/* TR-069 A.3.2.1: all of a SetParameterValues is applied, or nothing. */
START_TEST(written)
{
	struct cwmp_values values = {0};

	write_value(&values, CODE, "a, b", 0);
	show(&values, 1, CODE, "A,B", "not-applied", NULL);
	show(&values, 1, CODE, "c", "not-applied", CODE);
	show(&values, 1, CODE, "", "not-applied", NULL); /* hidden */
	show(&values, 2, CODE, "c", "not-applied", NULL); /* who knows what came between */
	write_value(&values, CODE, "true", 0);
	show(&values, 1, CODE, "0", "not-applied", NULL); /* a command that is done */
	write_value(&values, CODE, "d", 1);
	show(&values, 1, CODE, "0", "not-applied", NULL);
	cwmp_values_clear(&values);
}
END_TEST

START_TEST(refused)
{
	struct cwmp_values values = {0};

	write_value(&values, CODE, "a", -1);
	show(&values, 1, CODE, "a", "refused-applied", NULL); /* perhaps it was that before */
	show(&values, 1, URL, "x", "refused-applied", NULL);
	write_value(&values, URL, "y", -1);
	show(&values, 1, URL, "x", "refused-applied", NULL);
	show(&values, 1, URL, "y", "refused-applied", URL);
	write_value(&values, URL, "z", -1);
	show(&values, 2, URL, "z", "refused-applied", NULL);
	write_value(&values, URL, "v", 0);
	write_value(&values, URL, "v", -1); /* with another that is wrong */
	show(&values, 1, URL, "v", "refused-applied", NULL);
	cwmp_values_clear(&values);
}
END_TEST

/* More parameters than there is room for are not known. */
START_TEST(many)
{
	struct cwmp_values values = {0};

	for (unsigned i = 0; i < 2 * CWMP_VALUES_MOST; i++) {
		char *name = memory_format("Device.%u", i);

		inform(&values, "2 PERIODIC", name, "a", "changes", NULL);
		free(name);
	}
	ck_assert_uint_lt(values.count, CWMP_VALUES_MOST);
	cwmp_values_clear(&values);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cwmp-values");
	TCase *tests = tcase_create("cwmp-values");

	tcase_add_test(tests, own_change);
	tcase_add_test(tests, change_untold);
	tcase_add_test(tests, written);
	tcase_add_test(tests, refused);
	tcase_add_test(tests, many);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
