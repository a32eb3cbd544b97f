/* What is remembered of a device between sessions: the retry table, events, Connection Requests. */
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp-past.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"
#include "protocols/xml.h"
#include "tests/suite.h"

#define SECOND INT64_C(1000000)

/* An Inform with one event, and a ParameterList of one entry when name is given. */
static struct message *inform_of(const char *event, unsigned retry, const char *name,
				 const char *value)
{
	char *list = name ? memory_format("<ParameterList><ParameterValueStruct><Name>%s</Name>"
					  "<Value>%s</Value></ParameterValueStruct></ParameterList>",
					  name, value)
			  : memory_text("");
	char *text = memory_format(
		"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
		"xmlns:cwmp=\"urn:dslforum-org:cwmp-1-1\"><s:Body><cwmp:Inform><Event><EventStruct>"
		"<EventCode>%s</EventCode><CommandKey/></EventStruct></Event>"
		"<RetryCount>%u</RetryCount>%s</cwmp:Inform></s:Body></s:Envelope>",
		event, retry, list);
	struct message *message = cwmp_decode((const uint8_t *)text, strlen(text));

	ck_assert_str_eq(message->name, "Inform");
	free(text);
	free(list);
	return message;
}

/* One more Inform of the device; the attribute of its session facet, new memory, or NULL. */
static char *inform(struct cwmp_past *past, int64_t now, const char *event, unsigned retry,
		    const char *attribute)
{
	struct message *message = inform_of(event, retry, NULL, NULL);
	char *text;

	cwmp_past_inform(past, message, now, now);
	text = xml_attribute(message_facet(message, "session"), attribute);
	message_free(message);
	return text;
}

static void check_attribute(char *text, const char *wanted)
{
	if (wanted)
		ck_assert_str_eq(text ? text : "(none)", wanted);
	else
		ck_assert_ptr_null(text);
	free(text);
}

static void set(struct cwmp_past *past, const char *name, const char *value)
{
	struct message *message = inform_of("2 PERIODIC", 0, name, value);

	cwmp_retry_take(&past->retry, message);
	message_free(message);
}

/* Each failed session's wait begins where the one before ended: TR-069 3.2.1.1. */
static void check_table(struct cwmp_past *past, const char *const *least, const char *const *most,
			unsigned rows)
{
	int64_t now = SECOND;

	check_attribute(inform(past, now, "2 PERIODIC", 0, "wait-least"), NULL);
	for (unsigned row = 0; row < rows; row++) {
		for (int which = 0; which < 2; which++) {
			struct cwmp_past copy = *past;

			copy.events = memory_text(past->events);
			cwmp_past_ended(&copy, BEFORE_FAILED, false, now, now);
			check_attribute(inform(&copy, now + SECOND, "2 PERIODIC", row + 1,
					       which ? "wait-most" : "wait-least"),
					which ? most[row] : least[row]);
			free(copy.events);
		}
		cwmp_past_ended(past, BEFORE_FAILED, false, now, now);
		free(inform(past, now += SECOND, "2 PERIODIC", row + 1, "wait-least"));
	}
}

START_TEST(retry_table)
{
	/* Half a second is for coarse timers, ten for names, TCP and TLS. */
	static const char *const least[] = { "4.500", "9.500", "19.500", "39.500", "79.500", "159.500",
					     "319.500", "639.500", "1279.500", "2559.500", "2559.500" };
	static const char *const most[] = { "20.000", "30.000", "50.000", "90.000", "170.000", "330.000",
					    "650.000", "1290.000", "2570.000", "5130.000", "5130.000" };
	struct cwmp_pasts pasts = { 0 };

	struct cwmp_past *past = cwmp_past_of(&pasts, "O-P-1");

	past->retry = cwmp_retry_defaults(true);
	check_table(past, least, most, 11);
	cwmp_pasts_clear(&pasts);
}
END_TEST

/* Nobody saw which waits were set: only what is shorter than any can be is too short. */
START_TEST(retry_table_unknown)
{
	static const char *const facts[][2] = {
		{ "wait-least", "0.500" }, { "wait-most", NULL },
		{ "wait-usual-least", "4.500" }, { "wait-usual-most", "20.000" },
	};
	struct cwmp_pasts pasts = { 0 };

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		char *who = memory_format("O-P-%zu", i);
		struct cwmp_past *past = cwmp_past_of(&pasts, who);

		free(inform(past, SECOND, "7 TRANSFER COMPLETE", 0, "reason"));
		cwmp_past_ended(past, BEFORE_FAILED, false, SECOND, SECOND);
		check_attribute(inform(past, 3 * SECOND, "7 TRANSFER COMPLETE", 1, facts[i][0]),
				facts[i][1]);
		free(who);
	}
	cwmp_pasts_clear(&pasts);
}
END_TEST

/* From the factory they are the defaults; an HMS may have set others before a change of the URL. */
START_TEST(retry_bootstrap)
{
	struct cwmp_retry retry = cwmp_retry_defaults(false);

	cwmp_retry_bootstrap(&retry, false);
	ck_assert(!cwmp_retry_known(&retry));
	cwmp_retry_bootstrap(&retry, true);
	ck_assert(cwmp_retry_known(&retry));
	cwmp_retry_bootstrap(&retry, false);
	ck_assert(cwmp_retry_known(&retry));
	retry.minimum = 20;
	cwmp_retry_bootstrap(&retry, false);
	ck_assert(!cwmp_retry_known(&retry));
	ck_assert_uint_eq(retry.minimum, 5);
}
END_TEST

START_TEST(retry_table_configured)
{
	static const char *const least[] = { "9.500", "14.500", "22.000" };
	static const char *const most[] = { "25.000", "32.500", "43.750" };
	struct cwmp_pasts pasts = { 0 };
	struct cwmp_past *past = cwmp_past_of(&pasts, "O-P-1");

	set(past, "Device.ManagementServer.CWMPRetryMinimumWaitInterval", "10");
	set(past, "Device.ManagementServer.CWMPRetryIntervalMultiplier", "1500");
	set(past, "Device.ManagementServer.CWMPRetryIntervalMultiplier", "0");
	set(past, "Device.ManagementServer.CWMPRetryIntervalMultiplier", "65536");
	set(past, "Device.ManagementServer.CWMPRetryMinimumWaitInterval", "7s");
	ck_assert_uint_eq(past->retry.minimum, 10);
	ck_assert_uint_eq(past->retry.multiplier, 1500);
	check_table(past, least, most, 3);
	cwmp_pasts_clear(&pasts);
}
END_TEST

/* A success and a boot begin the table anew; a session that was cut goes on in it. */
START_TEST(index_begins_anew)
{
	struct cwmp_pasts pasts = { 0 };
	struct cwmp_past *past = cwmp_past_of(&pasts, "O-P-1");

	past->retry = cwmp_retry_defaults(true);
	free(inform(past, SECOND, "2 PERIODIC", 0, "reason"));
	cwmp_past_ended(past, BEFORE_FAILED, false, SECOND, SECOND);
	check_attribute(inform(past, 8 * SECOND, "2 PERIODIC", 1, "retry"), "1");
	cwmp_past_ended(past, BEFORE_CUT, false, 8 * SECOND, 8 * SECOND);
	check_attribute(inform(past, 20 * SECOND, "7 TRANSFER COMPLETE", 2, "retry"), "2");
	cwmp_past_ended(past, BEFORE_FAILED, false, 20 * SECOND, 20 * SECOND);
	free(inform(past, 22 * SECOND, "1 BOOT", 3, "retry"));
	ck_assert_uint_eq(past->failures, 0);
	cwmp_past_ended(past, BEFORE_FAILED, false, 22 * SECOND, 22 * SECOND);
	check_attribute(inform(past, 29 * SECOND, "1 BOOT", 4, "wait-least"), "4.500");
	cwmp_past_ended(past, BEFORE_COMPLETE, false, 30 * SECOND, 30 * SECOND);
	check_attribute(inform(past, 31 * SECOND, "2 PERIODIC", 0, "retry"), NULL);
	ck_assert_uint_eq(past->failures, 0);
	cwmp_pasts_clear(&pasts);
}
END_TEST

START_TEST(reason)
{
	static const struct {
		const char *before, *now;
		int64_t waited;
		const char *wanted;
	} cases[] = {
		{ "7 TRANSFER COMPLETE", "7 TRANSFER COMPLETE", 1, "retry" },
		{ "7 TRANSFER COMPLETE", "4 VALUE CHANGE", 1, "new" },
		{ "4 VALUE CHANGE", "4 VALUE CHANGE", 1, "new" }, /* another value may have changed */
		{ "1 BOOT", "1 BOOT", 1, "perhaps-new" },
		{ "2 PERIODIC", "2 PERIODIC", 1, "perhaps-new" },
		{ "2 PERIODIC", "2 PERIODIC", 6, "new" }, /* an interval may have ended, too */
	};
	struct cwmp_pasts pasts = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *who = memory_format("O-P-%zu", i);
		struct cwmp_past *past = cwmp_past_of(&pasts, who);

		free(inform(past, SECOND, cases[i].before, 0, "reason"));
		cwmp_past_ended(past, BEFORE_FAILED, false, SECOND, SECOND);
		check_attribute(inform(past, (1 + cases[i].waited) * SECOND, cases[i].now, 1, "reason"),
				cases[i].wanted);
		free(who);
	}
	cwmp_pasts_clear(&pasts);
}
END_TEST

START_TEST(requests)
{
	struct cwmp_pasts pasts = { 0 };
	struct cwmp_past *past = cwmp_past_of(&pasts, "O-P-1");

	check_attribute(inform(past, 1, "6 CONNECTION REQUEST", 0, "request"), NULL);
	past->request = REQUEST_ACCEPTED;
	past->requested = SECOND;
	check_attribute(inform(past, 3 * SECOND, "6 CONNECTION REQUEST", 0, "request-waited"), "2.000");
	check_attribute(inform(past, 4 * SECOND, "6 CONNECTION REQUEST", 0, "request"), "served");
	cwmp_past_ended(past, BEFORE_FAILED, true, 5 * SECOND, 5 * SECOND);
	check_attribute(inform(past, 6 * SECOND, "6 CONNECTION REQUEST", 1, "request"), "failed");
	/* One that came meanwhile: its time begins when this session is over. */
	past->request = REQUEST_ACCEPTED;
	past->requested = 7 * SECOND;
	cwmp_past_ended(past, BEFORE_COMPLETE, true, 60 * SECOND, 60 * SECOND);
	check_attribute(inform(past, 62 * SECOND, "6 CONNECTION REQUEST", 0, "request-waited"),
			"2.000");
	cwmp_pasts_clear(&pasts);
}
END_TEST

/* Behind a minute nobody knows of which request a session comes. */
START_TEST(requests_lapse)
{
	static const enum request_state states[] = { REQUEST_REFUSED, REQUEST_SERVED,
						     REQUEST_PERHAPS, REQUEST_FAILED };
	static const char *const names[] = { "refused", "served", "perhaps", "failed" };
	struct cwmp_pasts pasts = { 0 };
	struct cwmp_past *past = cwmp_past_of(&pasts, "O-P-1");

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		past->request = states[i];
		past->requested = 1000 * SECOND;
		check_attribute(inform(past, 1059 * SECOND, "6 CONNECTION REQUEST", 0, "request"),
				names[i]);
		past->request = states[i];
		past->requested = 1000 * SECOND;
		check_attribute(inform(past, 1061 * SECOND, "6 CONNECTION REQUEST", 0, "request"),
				NULL);
	}
	past->asking = 1;
	past->asked = 1000 * SECOND;
	past->request = REQUEST_NONE;
	check_attribute(inform(past, 1059 * SECOND, "6 CONNECTION REQUEST", 0, "request"),
			"unanswered");
	check_attribute(inform(past, 1061 * SECOND, "6 CONNECTION REQUEST", 0, "request"), NULL);
	cwmp_pasts_clear(&pasts);
}
END_TEST

/* One session comes of several; one more, perhaps, when they came while it was opened; but not of those
 * that came during a session before. */
START_TEST(requests_several)
{
	struct cwmp_pasts pasts = { 0 };
	struct cwmp_past *past = cwmp_past_of(&pasts, "O-P-1");

	for (unsigned taken = 1; taken <= 2; taken++) {
		past->request = REQUEST_ACCEPTED;
		past->requested = past->accepted = SECOND;
		past->taken = taken;
		free(inform(past, 2 * SECOND, "6 CONNECTION REQUEST", 0, "request"));
		check_attribute(inform(past, 3 * SECOND, "6 CONNECTION REQUEST", 0, "request"),
				taken == 1 ? "served" : "perhaps");
		check_attribute(inform(past, 4 * SECOND, "6 CONNECTION REQUEST", 0, "request"),
				"served");
	}
	past->request = REQUEST_ACCEPTED;
	past->requested = past->accepted = SECOND;
	past->taken = 2;
	cwmp_past_ended(past, BEFORE_COMPLETE, false, 5 * SECOND, 5 * SECOND);
	free(inform(past, 6 * SECOND, "6 CONNECTION REQUEST", 0, "request"));
	check_attribute(inform(past, 7 * SECOND, "6 CONNECTION REQUEST", 0, "request"), "served");
	cwmp_pasts_clear(&pasts);
}
END_TEST

START_TEST(devices)
{
	struct cwmp_pasts pasts = { 0 };
	struct cwmp_past *past = cwmp_past_of(&pasts, "O-P-1");

	ck_assert_ptr_null(cwmp_past_of(&pasts, ""));
	ck_assert_ptr_eq(cwmp_past_of(&pasts, "O-P-1"), past);
	ck_assert_ptr_eq(cwmp_past_find(&pasts, cwmp_past_hash("O-P-1")), past);
	ck_assert_ptr_null(cwmp_past_find(&pasts, cwmp_past_hash("O-P-2")));
	for (unsigned i = 0; i < LIMIT_SESSIONS_ENDED; i++) {
		char *who = memory_format("other-%u", i);

		cwmp_past_of(&pasts, who);
		free(who);
	}
	ck_assert_ptr_null(cwmp_past_find(&pasts, cwmp_past_hash("O-P-1")));
	cwmp_pasts_clear(&pasts);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cwmp-past");
	TCase *tests = tcase_create("cwmp-past");

	tcase_add_test(tests, retry_table);
	tcase_add_test(tests, retry_table_configured);
	tcase_add_test(tests, retry_table_unknown);
	tcase_add_test(tests, retry_bootstrap);
	tcase_add_test(tests, index_begins_anew);
	tcase_add_test(tests, reason);
	tcase_add_test(tests, requests);
	tcase_add_test(tests, requests_lapse);
	tcase_add_test(tests, requests_several);
	tcase_add_test(tests, devices);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
