/* The XPath functions: values, and what cannot be computed. */
#include <stdio.h>
#include <string.h>

#include "harness/judge/evaluation.h"
#include "harness/judge/explanation.h"
#include "tests/judge/trial.h"

static struct trial trial;
static struct evaluation evaluation;
static struct message *message;

#define ROW(name, value) \
	"<ParameterValueStruct><Name>" name "</Name><Value>" value "</Value></ParameterValueStruct>"
#define LIST \
	"<ParameterList>" \
	"<ParameterValueStruct><Name>Device.DeviceInfo.SoftwareVersion</Name><Value>9</Value>" \
	"</ParameterValueStruct>" \
	"<ParameterValueStruct><Name>Device.Services.FAPService.1.FAPControl.LTE.AdminState" \
	"</Name><Value>1</Value></ParameterValueStruct>" \
	"<ParameterValueStruct><Name>InternetGatewayDevice.Services.FAPService.3.FAPControl.LTE." \
	"OpState</Name><Value>true</Value></ParameterValueStruct>" \
	ROW("Device.T.2.Cause", "fire") ROW("Device.T.2.Severity", "Major") \
	ROW("Device.T.10.Severity", "Minor") ROW("Device.T.10.Cause", "fire") \
	ROW("Device.T.10.Sub.Cause", "smoke") \
	"</ParameterList>"

static const char *variable(void *context, const char *name)
{
	(void)context;
	return strcmp(name, "a.b-c") == 0 ? "value" : NULL;
}

static void setup(void)
{
	trial_begin(&trial, "henb -> serving-hems : Inform [1]\n");
	message = trial_message(0, "henb -> serving-hems : Inform",
				"<Event><EventStruct><EventCode>1 BOOT</EventCode><CommandKey/>"
				"</EventStruct><EventStruct><EventCode>M Reboot</EventCode>"
				"<CommandKey>k</CommandKey></EventStruct></Event>" LIST);
	xmlNode *header = message_child(message_facet(message, "http"), "header", "abc");
	message_attribute(header, "name", "%s", "soapaction");
	evaluation_begin(&evaluation, trial.profile, variable, NULL);
	evaluation_about(&evaluation, message, 2500000);
}

static void teardown(void)
{
	evaluation_end(&evaluation);
	message_free(message);
	trial_end(&trial);
}

static const char *const true_ones[] = {
	"event('1 BOOT')",
	"event('M Reboot', 'k')",
	"not(event('0 BOOTSTRAP'))",
	"not(event('M Reboot', 'other'))",
	"parameter('SoftwareVersion') = 9",
	"parameter('Device.DeviceInfo.SoftwareVersion') = '9'",
	"parameter('AdminState') = 1",
	"parameter('OpState') = 'true'",
	"parameter('ServerList') = ''",
	"has-parameter('AdminState')",
	"not(has-parameter('ServerList'))",
	"path('AdminState') = 'Device.Services.FAPService.1.FAPControl.LTE.AdminState'",
	"instance('Device.T.', 'Cause', 'fire') = 2",
	"instance('Device.T.', 'Cause', 'fire', 'Severity', 'Minor') = '10'",
	"instance('Device.T.', 'Severity', 'Major', 'Cause', 'smoke') = ''",
	"instance('Device.T.', 'Cause', 'smoke') = ''",
	"instance('Device.Other.', 'Cause', 'fire') = ''",
	"instance('InternetGatewayDevice.T.', 'Cause', 'fire') = 2",
	"field('Device.T.', 'Cause', 'Severity', 'Minor') = 'fire'",
	"field('Device.T.', 'Severity', 'Cause', 'fire', 'Severity', 'Minor') = 'Minor'",
	"field('Device.T.', 'Colour', 'Cause', 'fire') = ''",
	"field('Device.T.', 'Severity', 'Cause', 'water') = ''",
	"forced-missing() = 'OpState'",
	"argument-wrong() = 'DeviceId is missing'",
	"events-ordered()",
	"repeated(ParameterList/*/Name) = ''",
	"repeated(ParameterList/*/Value) = 'Major' or repeated(ParameterList/*/Value) != ''",
	"repeated(Event/EventStruct) = '' and repeated(None) = ''",
	"value-wrong() = ''",
	"range-wrong() = ''",
	"matches('00256D', '[0-9A-F]{6}')",
	"not(matches('x00256D', '[0-9A-F]{6}'))",
	"address-in('192.0.2.7', '192.0.2.0/24')",
	"not(address-in('192.0.3.7', '192.0.2.0/24'))",
	"not(address-in('no address', '192.0.2.0/24'))",
	"address-in('2001:db8::1', '2001:db8::/32')",
	"elapsed() = 2.5",
	"ics('alarms')",
	"not(ics('ipsec'))",
	"not(ics('unheard-of'))",
	"header('SOAPAction') = 'abc'",
	"header('cookie') = ''",
	"host-of('http://user@Host.example:7547/path') = 'host.example'",
	"host-of('https://[2001:db8::1]:443/') = '2001:db8::1'",
	"port-of('http://h:7547/x') = 7547",
	"port-of('https://h') = 443",
	"port-of('https://[2001:db8::1]/') = 443",
	"port-of('x://h') = ''",
	"scheme-of('HTTPS://h') = 'https'",
	"scheme-of('h') = ''",
	"lower-case('ABCxyz') = 'abcxyz'",
	"is-date-time('2026-01-31T23:59:59+01:00')",
	"is-date-time('0001-01-01T00:00:00Z')",
	"is-date-time('0001-01-01T00:12:00.25')",
	"is-date-time('2024-02-29T24:00:00Z')",
	"not(is-date-time('2023-02-29T00:00:00Z'))",
	"not(is-date-time('2026-01-31'))",
	"not(is-date-time('2026-01-31T25:00:00Z'))",
	"not(is-date-time('2026-01-31T00:00:00+15:00'))",
	"not(is-date-time(''))",
	"known-event('0 BOOTSTRAP')",
	"known-event('M Reboot')",
	"known-event('X 00256D Thing')",
	"known-event('M X_00256D_Thing')",
	"not(known-event('1 Boot'))",
	"not(known-event('X thing'))",
	"known-fault('9005')",
	"known-fault(9003)",
	"not(known-fault('7'))",
	"not(known-fault('9005x'))",
	"$a.b-c = 'value'",
	"$limit.session = 30",
	"/message/http/header = 'abc'",
	"count(Event/EventStruct) = 2",
};

START_TEST(holds)
{
	const char *text = true_ones[_i];

	ck_assert_msg(evaluation_truth_of(&evaluation, text, strlen(text)) == TRUTH_YES, "%s: %s",
		      text, evaluation.problem.text);
}
END_TEST

static const struct {
	const char *text, *why;
} unknown_ones[] = {
	{ "$nobody = 1", "the variable $nobody has no value" },
	{ "matches('a', '(')", "'(' is no regular expression" },
	{ "matches('a', '^a')",
	  "the regular expression '^a' begins with ^: it is anchored at both ends as it is" },
	{ "matches('a', 'a$')",
	  "the regular expression 'a$' ends with $: it is anchored at both ends as it is" },
	{ "address-in('192.0.2.7', 'x')", "'x' is no address prefix" },
	{ "path('Unknown')", "the data model map test has no parameter 'Unknown'" },
	{ "event()", "event() is given 0 arguments" },
};

START_TEST(cannot_be_computed)
{
	const char *text = unknown_ones[_i].text;

	ck_assert_int_eq(evaluation_truth_of(&evaluation, text, strlen(text)), TRUTH_UNKNOWN);
	ck_assert_str_eq(evaluation.problem.text, unknown_ones[_i].why);
	ck_assert_ptr_null(evaluation_text_of(&evaluation, text, strlen(text), NULL));
	ck_assert_int_eq(evaluation_truth_of(&evaluation, "1 = 1", 5), TRUTH_YES);
}
END_TEST

START_TEST(a_matching_that_explodes_is_no_answer)
{
	const char *text = "matches('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', '((a+)+)+b')";
	enum truth truth = evaluation_truth_of(&evaluation, text, strlen(text));

	ck_assert(truth == TRUTH_UNKNOWN || truth == TRUTH_NO);
}
END_TEST

START_TEST(many_regular_expressions_are_kept_within_bounds)
{
	char text[64];

	for (int i = 0; i < 600; i++) {
		int length = snprintf(text, sizeof(text), "matches('a%d', 'a%d')", i, i);
		ck_assert_int_eq(evaluation_truth_of(&evaluation, text, (size_t)length), TRUTH_YES);
	}
}
END_TEST

START_TEST(nothing_to_look_at)
{
	evaluation_about(&evaluation, NULL, 0);
	ck_assert_int_eq(evaluation_truth_of(&evaluation, "event('x')", 10), TRUTH_NO);
	ck_assert_int_eq(evaluation_truth_of(&evaluation, "parameter('AdminState')", 23), TRUTH_NO);
	ck_assert_int_eq(evaluation_truth_of(&evaluation, "header('x')", 11), TRUTH_NO);
	ck_assert_int_eq(evaluation_truth_of(&evaluation, "DeviceId", 8), TRUTH_NO);
}
END_TEST

static const struct {
	const char *check, *field, *expected, *actual;
} explained[] = {
	{ "Event/@count = 1", "Event/@count", "1", "absent" },
	{ "'9' = parameter('AdminState')", "AdminState", "9", "1" },
	{ "5 > parameter('SoftwareVersion')", "SoftwareVersion", "less than 5", "9" },
	{ "parameter('AdminState') != 1", "AdminState", "not 1", "1" },
	{ "count(Event/EventStruct) <= 1", "count(Event/EventStruct)", "at most 1", "2" },
	{ "event('0 BOOTSTRAP')", "Event", "0 BOOTSTRAP", "1 BOOT, M Reboot" },
	{ "event('1 BOOT') and event('M Reboot', 'x')", "Event", "M Reboot with CommandKey x",
	  "1 BOOT, M Reboot with CommandKey , k" },
	{ "(event('1 BOOT') and Status)", "Status", "present", "absent" },
	{ "has-parameter('ServerList')", "ServerList", "present", "absent" },
	{ "parameter('ServerList')", "ServerList", "a value", "empty" },
	{ "matches(parameter('SoftwareVersion'), '[a-z]+')", "SoftwareVersion", "matching [a-z]+",
	  "9" },
	{ "address-in(header('soapaction'), '192.0.2.0/24')", "header('soapaction')",
	  "an address in 192.0.2.0/24", "abc" },
	{ "known-event(Event/EventStruct[2]/CommandKey)", "Event/EventStruct[2]/CommandKey",
	  "a known event code", "k" },
	{ "ics('ipsec')", "ipsec", "claimed", "not claimed" },
	{ "not(ics('alarms'))", "alarms", "not claimed", "claimed" },
	{ "not(has-parameter('AdminState'))", "AdminState", "not present", "present" },
	{ "not(event('1 BOOT'))", "Event", "not 1 BOOT", "1 BOOT, M Reboot" },
	{ "forced-missing() = ''", "forced-missing()", "empty", "OpState" },
	{ "header('soapaction') = 'a' or header('soapaction') = 'b'", "header('soapaction')",
	  "a or b", "abc" },
	{ "Status = 0 or Other = 1", "Status = 0 or Other = 1", "true", "false" },
};

START_TEST(explanations)
{
	struct explanation explanation;

	explanation_make(&evaluation, explained[_i].check, &explanation);
	ck_assert_str_eq(explanation.field, explained[_i].field);
	ck_assert_str_eq(explanation.expected, explained[_i].expected);
	ck_assert_str_eq(explanation.actual, explained[_i].actual);
	explanation_clear(&explanation);
}
END_TEST

/* However a check is cut, explaining it ends well. */
START_TEST(explanations_of_nonsense)
{
	static const char *const texts[] = {
		"(((", ")))", "[", "'", "\"", "a = ", " = b", "not(", "and and and", "or", "",
		"event(", "event()", "a or b or c and d = 'x", "not(not(not(not(not(not(not(not("
		"not(not(a))))))))))",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct explanation explanation;

		explanation_make(&evaluation, texts[i], &explanation);
		ck_assert_ptr_nonnull(explanation.field);
		ck_assert_ptr_nonnull(explanation.expected);
		ck_assert_ptr_nonnull(explanation.actual);
		explanation_clear(&explanation);
	}
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int main(void)
{
	Suite *suite = suite_create("judge: functions");
	TCase *functions = tcase_create("functions"), *why = tcase_create("explanations");

	tcase_add_checked_fixture(functions, setup, teardown);
	tcase_add_loop_test(functions, holds, 0, COUNT(true_ones));
	tcase_add_loop_test(functions, cannot_be_computed, 0, COUNT(unknown_ones));
	tcase_add_test(functions, a_matching_that_explodes_is_no_answer);
	tcase_add_test(functions, many_regular_expressions_are_kept_within_bounds);
	tcase_add_test(functions, nothing_to_look_at);
	suite_add_tcase(suite, functions);
	tcase_add_checked_fixture(why, setup, teardown);
	tcase_add_loop_test(why, explanations, 0, COUNT(explained));
	tcase_add_test(why, explanations_of_nonsense);
	suite_add_tcase(suite, why);
	return suite_run(suite);
}
