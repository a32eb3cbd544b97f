/* Each defect changes what is on the wire as it says; each variant leaves a session whole. */
#include <stdlib.h>
#include <string.h>

#include "fakes/device/state.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"
#include "protocols/xml.h"
#include "tests/fakes/device-stand.h"
#include "tests/suite.h"

#define URL "Device.ManagementServer.URL"
#define KEY "Device.ManagementServer.ParameterKey"
#define REQUEST_URL "Device.ManagementServer.ConnectionRequestURL"
#define LATITUDE "Device.FAP.GPS.LockedLatitude"
#define USER "Device.ManagementServer.Username"
#define LIST "Device.Services.FAPService.1.FAPControl.LTE.Gateway.S1SigLinkServerList"
#define MECHANISM "Device.FaultMgmt.SupportedAlarm.1.ReportingMechanism"

static struct stand stand;

static void make(const char *defect)
{
	stand_make(&stand, "henb-device2");
	ck_assert_int_eq(device_defect(stand.device, defect, NULL), 0);
}

static void power_on(void)
{
	stand_act(&stand, "power-on", NULL);
	stand_run(&stand, SECONDS(3));
}

static void discover(void)
{
	stand_queue(&stand.initial, request_set("k1", URL, stand.serving.url, "xsd:string", NULL));
	power_on();
}

static void queue_bad_write(void)
{
	stand_queue(&stand.initial, request_set("bad", LIST, "10.0.0.1", "xsd:string",
						"Device.Nothing", "1", "xsd:string", NULL));
}

static const char *value(const char *path)
{
	return tree_find(stand.device->tree, path)->value;
}

START_TEST(tables)
{
	size_t defects, variants;
	const struct device_trait *table = device_defects(&defects);
	struct problem problem;

	ck_assert_uint_ge(defects, 15);
	for (size_t i = 0; i < defects; i++) {
		ck_assert_str_ne(table[i].meaning, "");
		ck_assert_str_ne(table[i].statement, "");
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(table[i].name, table[k].name);
	}
	device_variants(&variants);
	ck_assert_uint_ge(variants, 24);
	stand_make(&stand, "henb-device2");
	ck_assert_int_eq(device_defect(stand.device, "laziness", &problem), -1);
	ck_assert_int_eq(device_variant(stand.device, "missing-bootstrap", &problem), -1);
	stand_clear(&stand);
}
END_TEST

START_TEST(in_the_first_inform)
{
	make("missing-bootstrap");
	power_on();
	ck_assert_str_eq(stand_events(&stand.initial, 0), "1 BOOT");
	stand_clear(&stand);
	make("no-location");
	power_on();
	ck_assert_ptr_null(stand_informed(&stand.initial, 0, LATITUDE));
	stand_clear(&stand);
	make("missing-forced-parameter");
	power_on();
	ck_assert_ptr_null(stand_informed(&stand.initial, 0, REQUEST_URL));
	stand_clear(&stand);
	make("event-command-key");
	power_on();
	ck_assert_str_eq(stand_events(&stand.initial, 0), "0 BOOTSTRAP, 1 BOOT=boot");
	stand_clear(&stand);
	make("content-type-wrong");
	power_on();
	ck_assert_str_eq(http_header_get(stand.initial.heard[0].post, "Content-Type"),
			 "application/soap+xml");
	stand_clear(&stand);
	make("empty-device-id");
	power_on();
	char *serial = xml_child_text(xml_child(stand_message(&stand.initial, "Inform", 0)->body,
						"DeviceId"), "SerialNumber");
	ck_assert_str_eq(serial, "");
	free(serial);
	stand_clear(&stand);
}
END_TEST

START_TEST(in_the_session)
{
	make("two-informs");
	power_on();
	ck_assert_str_eq(stand_heard(&stand.initial), "Inform Inform -");
	stand_clear(&stand);
	make("no-session-end");
	power_on();
	ck_assert_str_eq(stand_heard(&stand.initial), "Inform");
	stand_clear(&stand);
	make("wrong-id-echo");
	discover();
	char *id = cwmp_id(stand_message(&stand.initial, "SetParameterValuesResponse", 0));
	ck_assert_str_eq(id, "hms-00");
	free(id);
	stand_clear(&stand);
	make("retry-at-once");
	stand.initial.refuse = 3;
	stand_act(&stand, "power-on", NULL);
	stand_run(&stand, SECONDS(5));
	ck_assert_str_eq(stand_heard(&stand.initial), "Inform Inform Inform Inform -");
	stand_clear(&stand);
}
END_TEST

START_TEST(after_discovery)
{
	make("stops-after-discovery");
	discover();
	stand_run(&stand, SECONDS(10000));
	ck_assert_uint_eq(stand.serving.heard_count, 0);
	stand_clear(&stand);
	make("wrong-serving");
	discover();
	stand_run(&stand, SECONDS(100));
	ck_assert_uint_eq(stand.serving.heard_count, 0);
	ck_assert_str_eq(stand_heard(&stand.initial),
			 "Inform - SetParameterValuesResponse Inform -");
	stand_clear(&stand);
}
END_TEST

START_TEST(refused_writes)
{
	make("partial-apply");
	queue_bad_write();
	power_on();
	ck_assert_ptr_nonnull(stand_message(&stand.initial, "Fault", 0));
	ck_assert_str_eq(value(LIST), "10.0.0.1");
	ck_assert_str_eq(value(KEY), "");
	stand_clear(&stand);
	make("status-with-fault");
	queue_bad_write();
	power_on();
	ck_assert_ptr_nonnull(stand_message(&stand.initial, "SetParameterValuesResponse", 0));
	ck_assert_str_eq(value(LIST), "");
	stand_clear(&stand);
	make("parameter-key-on-failure");
	queue_bad_write();
	power_on();
	ck_assert_ptr_nonnull(stand_message(&stand.initial, "Fault", 0));
	ck_assert_str_eq(value(KEY), "bad");
	stand_clear(&stand);
	make("wrong-fault-code");
	queue_bad_write();
	power_on();
	const xmlNode *fault = stand_message(&stand.initial, "Fault", 0)->body;
	char *code = xml_child_text(xml_child(fault, "SetParameterValuesFault"), "FaultCode");
	ck_assert_str_eq(code, "9007");
	free(code);
	stand_clear(&stand);
}
END_TEST

START_TEST(writes)
{
	make("value-change-for-hms-write");
	stand_queue(&stand.initial, request_set("", LIST, "10.0.0.1", "xsd:string", NULL));
	power_on();
	ck_assert_str_eq(stand_events(&stand.initial, 1), "4 VALUE CHANGE");
	ck_assert_str_eq(stand_informed(&stand.initial, 1, LIST), "10.0.0.1");
	ck_assert_ptr_null(stand_message(&stand.initial, "Inform", 2));
	stand_clear(&stand);
	make("keeps-old-mechanism");
	stand_queue(&stand.initial, request_set("", MECHANISM, "0 Expedited", "xsd:string", NULL));
	power_on();
	ck_assert_ptr_nonnull(stand_message(&stand.initial, "SetParameterValuesResponse", 0));
	ck_assert_str_eq(value(MECHANISM), "2 Logged");
	stand_clear(&stand);
	make("accepts-bad-mechanism");
	stand_queue(&stand.initial, request_set("", MECHANISM, "4 Foo", "xsd:string", NULL));
	power_on();
	ck_assert_ptr_nonnull(stand_message(&stand.initial, "SetParameterValuesResponse", 0));
	ck_assert_str_eq(value(MECHANISM), "4 Foo");
	stand_clear(&stand);
}
END_TEST

static void alarm_with(const char *defect, const char *mechanism)
{
	make(defect);
	stand_queue(&stand.initial, request_attributes("Device.FaultMgmt.ExpeditedEvent.", 2));
	stand_queue(&stand.initial, request_attributes("Device.FaultMgmt.QueuedEvent.", 1));
	stand_queue(&stand.initial, request_set("", MECHANISM, mechanism, "xsd:string", NULL));
	power_on();
	stand_act(&stand, "raise-alarm", "probable-cause",
		  value("Device.FaultMgmt.SupportedAlarm.1.ProbableCause"), NULL);
	stand_run(&stand, SECONDS(60));
}

START_TEST(alarms)
{
	alarm_with("logged-alarm-reported", "2 Logged");
	ck_assert_str_eq(stand_events(&stand.initial, 1), "4 VALUE CHANGE");
	stand_clear(&stand);
	alarm_with("queued-alarm-at-once", "1 Queued");
	ck_assert_str_eq(stand_events(&stand.initial, 1), "4 VALUE CHANGE");
	stand_clear(&stand);
	alarm_with("expedited-alarm-late", "0 Expedited");
	ck_assert_ptr_null(stand_message(&stand.initial, "Inform", 1));
	stand_clear(&stand);
}
END_TEST

START_TEST(variants)
{
	static const char *const envelopes = "Inform - SetParameterValuesResponse";
	size_t count;
	const struct device_trait *table = device_variants(&count);

	for (size_t i = 0; i < count; i++) {
		bool asks = !strcmp(table[i].name, "get-rpc-methods");
		stand_make(&stand, "henb-device2");
		stand.initial.cookie = "sid=1";
		ck_assert_int_eq(device_variant(stand.device, table[i].name, NULL), 0);
		discover();
		stand_run(&stand, SECONDS(3)); /* for the slow one */
		ck_assert_msg(!strcmp(stand_heard(&stand.initial), asks
			? "Inform GetRPCMethods - SetParameterValuesResponse" : envelopes),
			"%s: %s", table[i].name, stand_heard(&stand.initial));
		ck_assert(!strncmp(stand_events(&stand.serving, 0), "0 BOOTSTRAP", 11));
		stand_clear(&stand);
	}
}
END_TEST

/* What a variant of the envelope has in its Inform. */
START_TEST(spellings_are_seen)
{
	static const struct { const char *variant, *text; } table[] = {
		{"full-declaration", "standalone='yes'"},
		{"default-namespace", "<Envelope xmlns=\"http:"},
		{"default-namespace", "<cwmp:Inform xmlns=\"\">"},
		{"schema-prefix", "i.n-s:type=\"s:string\""},
		{"late-declarations", "<cwmp:Inform xmlns:cwmp=\"urn:dslforum-org:cwmp-1-1\">"},
		{"pretty", "\n        <Manufacturer>"},
		{"spaced-values", "<RetryCount>\n\t 0 \n</RetryCount>"},
		{"comments", "--><DeviceId>"},
		{"cdata", "<OUI><![CDATA["},
		{"typed-arguments", "<RetryCount xsi:type=\"xsd:unsignedInt\">"},
		{"typed-arguments", "xsi:type=\"soapenc:Array\""},
		{"numeric-booleans", "xsi:type=\"xsd:boolean\">0<"},
		{"no-request-id", "<soap:Envelope"},
		{"text-id", ">cell &lt;1&gt; &amp;/A-b."},
		{"vendor-event", "X ABCDEF READY"},
		{"more-parameters", "DeviceInfo.UpTime"},
		{"zone", "+02:00</CurrentTime>"},
		{"time-unknown", "<CurrentTime>0001-01-01T00:00:00Z<"},
		{"cwmp-1-0", "cwmp-1-0"}, {"cwmp-1-2", "cwmp-1-2"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		stand_make(&stand, "henb-device2");
		ck_assert_int_eq(device_variant(stand.device, table[i].variant, NULL), 0);
		power_on();
		const char *body = buffer_text(&stand.initial.heard[0].post->body);
		ck_assert_msg(strstr(body, table[i].text) != NULL, "%s: no %s in %s",
			      table[i].variant, table[i].text, body);
		ck_assert(strcmp(table[i].variant, "no-request-id") || !strstr(body, "Header"));
		stand_clear(&stand);
	}
}
END_TEST

/* What a variant of HTTP has in its second POST, which carries a cookie. */
START_TEST(fields_are_seen)
{
	static const struct { const char *variant, *field, *value; } table[] = {
		{"upper-case-headers", "COOKIE", "sid=1"},
		{"extra-headers", "Accept-Encoding", "identity"},
		{"bare-content-type", "Content-Type", "Text/XML"},
		{"soap-action-quoted", "SOAPAction", "\"\""},
		{"expect-continue", "Expect", "100-continue"},
		{"cookie-version", "Cookie", "$Version=1; sid=1; $Path=/"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		bool cookie = strcasestr(table[i].field, "cookie");

		stand_make(&stand, "henb-device2");
		stand.initial.cookie = "sid=1";
		ck_assert_int_eq(device_variant(stand.device, table[i].variant, NULL), 0);
		power_on();
		const struct http_message *post = stand.initial.heard[cookie].post;
		bool found = false;
		for (size_t k = 0; k < post->header_count; k++)
			found |= !strcmp(post->headers[k].name, table[i].field) &&
				 !strcmp(post->headers[k].value, table[i].value);
		ck_assert_msg(found, "%s", table[i].variant);
		stand_clear(&stand);
	}
}
END_TEST

START_TEST(variants_are_seen)
{
	stand_make(&stand, "henb-device2");
	stand.initial.cookie = "sid=1";
	device_variant(stand.device, "connection-per-post", NULL);
	device_variant(stand.device, "lower-case-headers", NULL);
	device_variant(stand.device, "periodic-inform", NULL);
	device_variant(stand.device, "soap-action-named", NULL);
	power_on();
	ck_assert_int_eq(stand.initial.connections, 2);
	const struct http_message *post = stand.initial.heard[1].post;
	ck_assert_str_eq(http_header_get(post, "Cookie"), "sid=1");
	for (size_t i = 0; i < post->header_count; i++)
		ck_assert_ptr_null(strpbrk(post->headers[i].name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
	ck_assert_str_eq(http_header_get(stand.initial.heard[0].post, "SOAPAction"), "Inform");
	stand_run(&stand, SECONDS(60));
	ck_assert_str_eq(stand_events(&stand.initial, 1), "2 PERIODIC");
	stand_clear(&stand);
	stand_make(&stand, "henb-device2");
	device_variant(stand.device, "chunked", NULL);
	device_variant(stand.device, "probe-connection", NULL);
	device_variant(stand.device, "keep-open", NULL);
	device_variant(stand.device, "other-prefix", NULL);
	device_variant(stand.device, "no-declaration", NULL);
	power_on();
	post = stand.initial.heard[0].post;
	ck_assert(post->chunked);
	ck_assert_ptr_nonnull(strstr(buffer_text(&post->body), "<cw:Inform"));
	ck_assert_ptr_null(strstr(buffer_text(&post->body), "<?xml"));
	ck_assert_int_eq(stand.initial.connections, 2);
	stand_act(&stand, "move", "latitude", "1", "longitude", "1", NULL);
	stand_run(&stand, SECONDS(3));
	ck_assert_str_eq(stand_events(&stand.initial, 1), "4 VALUE CHANGE");
	ck_assert_int_eq(stand.initial.connections, 2); /* the same one for both sessions */
	stand_clear(&stand);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("device-traits");
	TCase *tests = tcase_create("traits");

	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, tables);
	tcase_add_test(tests, in_the_first_inform);
	tcase_add_test(tests, in_the_session);
	tcase_add_test(tests, after_discovery);
	tcase_add_test(tests, refused_writes);
	tcase_add_test(tests, writes);
	tcase_add_test(tests, alarms);
	tcase_add_test(tests, variants);
	tcase_add_test(tests, spellings_are_seen);
	tcase_add_test(tests, fields_are_seen);
	tcase_add_test(tests, variants_are_seen);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
