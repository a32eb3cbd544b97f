/* Whole sessions of the simulated device with tiny HMSs, on virtual time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fakes/device/retry.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"
#include "protocols/xml.h"
#include "tests/fakes/device-stand.h"
#include "tests/suite.h"

#define URL "Device.ManagementServer.URL"
#define KEY "Device.ManagementServer.ParameterKey"
#define CONTROL "Device.Services.FAPService.1.FAPControl.LTE."

static void power_on(struct stand *stand)
{
	ck_assert_int_eq(stand_act(stand, "power-on", NULL), 0);
	stand_run(stand, SECONDS(3));
}

START_TEST(first_session)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	power_on(&stand);
	ck_assert_str_eq(stand_heard(&stand.initial), "Inform -");
	ck_assert_str_eq(stand_events(&stand.initial, 0), "0 BOOTSTRAP, 1 BOOT");
	const struct message *inform = stand_message(&stand.initial, "Inform", 0);
	char *serial = xml_child_text(xml_child(inform->body, "DeviceId"), "SerialNumber");
	ck_assert_str_eq(serial, "000001");
	free(serial);
	ck_assert_str_eq(stand_informed(&stand.initial, 0, KEY), "");
	ck_assert_int_eq(strncmp(stand_informed(&stand.initial, 0,
				"Device.ManagementServer.ConnectionRequestURL"),
				 "http://127.0.1.1:", 17), 0);
	ck_assert_ptr_nonnull(stand_informed(&stand.initial, 0, CONTROL "OpState"));
	ck_assert_ptr_nonnull(stand_informed(&stand.initial, 0, "Device.FAP.GPS.LockedLatitude"));
	const struct http_message *post = stand.initial.heard[0].post;
	ck_assert_str_eq(http_header_get(post, "Content-Type"), "text/xml; charset=utf-8");
	ck_assert_ptr_nonnull(http_header_get(post, "SOAPAction"));
	ck_assert_ptr_null(http_header_get(post, "Authorization"));
	post = stand.initial.heard[1].post;
	ck_assert_ptr_null(http_header_get(post, "Content-Type"));
	ck_assert_ptr_null(http_header_get(post, "SOAPAction"));
	ck_assert_int_eq(stand.initial.connections, 1);
	stand_clear(&stand);
}
END_TEST

START_TEST(discovery)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	stand_queue(&stand.initial, request_set("k1", URL, stand.serving.url, "xsd:string", NULL));
	power_on(&stand);
	ck_assert_str_eq(stand_heard(&stand.initial), "Inform - SetParameterValuesResponse");
	ck_assert_str_eq(stand_heard(&stand.serving), "Inform -");
	ck_assert_str_eq(stand_events(&stand.serving, 0), "0 BOOTSTRAP");
	ck_assert_str_eq(stand_informed(&stand.serving, 0, KEY), "k1");
	/* Its id is echoed, and the answer's SOAPAction has no value. */
	const struct message *answer =
		stand_message(&stand.initial, "SetParameterValuesResponse", 0);
	char *id = cwmp_id(answer);
	ck_assert_str_eq(id, "hms-0");
	free(id);
	ck_assert_str_eq(http_header_get(stand.initial.heard[2].post, "SOAPAction"), "");
	/* After a power cycle the serving HMS is the first contact, without BOOTSTRAP. */
	stand_act(&stand, "power-cycle", NULL);
	stand_run(&stand, SECONDS(3));
	ck_assert_uint_eq(stand.initial.heard_count, 3);
	ck_assert_str_eq(stand_events(&stand.serving, 1), "1 BOOT");
	/* From the box again. */
	stand_act(&stand, "forget", NULL);
	power_on(&stand);
	ck_assert_str_eq(stand_events(&stand.initial, 1), "0 BOOTSTRAP, 1 BOOT");
	ck_assert_str_eq(stand_informed(&stand.initial, 1, KEY), "");
	stand_clear(&stand);
}
END_TEST

START_TEST(retries_by_the_table)
{
	struct stand stand;
	char *count;

	stand_make(&stand, "henb-device2");
	stand.initial.refuse = 4;
	ck_assert_int_eq(stand_act(&stand, "power-on", NULL), 0);
	stand_run(&stand, SECONDS(200));
	ck_assert_str_eq(stand_heard(&stand.initial), "Inform Inform Inform Inform Inform -");
	for (unsigned i = 1; i <= 4; i++) {
		struct retry_range range = retry_range(i);
		int64_t wait = stand.initial.heard[i].time - stand.initial.heard[i - 1].time;
		ck_assert(wait >= range.least && wait <= range.most + SECONDS(1));
		const struct message *inform = stand_message(&stand.initial, "Inform", i);
		count = xml_child_text(inform->body, "RetryCount");
		ck_assert_int_eq(atoi(count), (int)i);
		free(count);
		ck_assert_str_eq(stand_events(&stand.initial, i), "0 BOOTSTRAP, 1 BOOT");
	}
	stand_act(&stand, "power-cycle", NULL);
	stand_run(&stand, SECONDS(3));
	count = xml_child_text(stand_message(&stand.initial, "Inform", 5)->body, "RetryCount");
	ck_assert_str_eq(count, "0");
	free(count);
	stand_clear(&stand);
}
END_TEST

START_TEST(retry_count_survives_reboot)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	stand.initial.refuse = 2;
	power_on(&stand);
	stand_run(&stand, SECONDS(10));
	ck_assert_uint_eq(stand.initial.heard_count, 2);
	stand_act(&stand, "power-cycle", NULL);
	stand_run(&stand, SECONDS(3));
	char *count = xml_child_text(stand_message(&stand.initial, "Inform", 2)->body,
				     "RetryCount");
	ck_assert_str_eq(count, "2");
	free(count);
	stand_clear(&stand);
}
END_TEST

START_TEST(silent_hms)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	stand.initial.silent = true;
	power_on(&stand);
	stand_run(&stand, SECONDS(50));
	ck_assert_uint_eq(stand.initial.heard_count, 1); /* not again within 30 s */
	stand_run(&stand, SECONDS(30));
	ck_assert_uint_eq(stand.initial.heard_count, 2);
	stand_clear(&stand);
}
END_TEST

START_TEST(digest_cookie_and_redirect)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	stand.initial.redirect = stand.serving.url;
	stand.serving.digest = true;
	stand.serving.cookie = "sid=1; Path=/";
	power_on(&stand);
	ck_assert_str_eq(stand_heard(&stand.initial), "Inform");
	ck_assert_str_eq(stand_heard(&stand.serving), "Inform Inform -");
	ck_assert_int_eq(stand.serving.connections, 1); /* on the same connection */
	const struct http_message *empty = stand.serving.heard[2].post;
	ck_assert_str_eq(http_header_get(empty, "Cookie"), "sid=1");
	const char *credentials = http_header_get(empty, "Authorization");
	ck_assert_ptr_nonnull(strstr(credentials, "nc=00000002"));
	/* The redirect held for that session only; its URL was not stored. */
	stand.initial.redirect = NULL;
	stand_act(&stand, "power-cycle", NULL);
	stand_run(&stand, SECONDS(3));
	ck_assert_str_eq(stand_events(&stand.initial, 1), "1 BOOT");
	ck_assert_ptr_null(http_header_get(stand.initial.heard[1].post, "Cookie"));
	stand_clear(&stand);
}
END_TEST

START_TEST(redirect_without_end)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	stand.initial.redirect = stand.initial.url;
	power_on(&stand);
	ck_assert_uint_eq(stand.initial.heard_count, 6); /* five were followed */
	stand_clear(&stand);
}
END_TEST

START_TEST(fault_8005)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	stand.initial.fault = 2;
	power_on(&stand);
	ck_assert_str_eq(stand_heard(&stand.initial), "Inform Inform Inform -");
	stand_clear(&stand);
}
END_TEST

START_TEST(older_version_is_followed)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	stand.initial.ns = CWMP_1_0;
	stand_queue(&stand.initial, request_get(URL));
	power_on(&stand);
	const struct message *answer =
		stand_message(&stand.initial, "GetParameterValuesResponse", 0);
	char *ns = xml_attribute(answer->body, "ns");
	ck_assert_str_eq(ns, CWMP_1_0);
	free(ns);
	stand_clear(&stand);
}
END_TEST

START_TEST(unlocking)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	stand_queue(&stand.initial,
		    request_set("", CONTROL "AdminState", "1", "xsd:boolean", NULL));
	power_on(&stand);
	ck_assert_str_eq(stand_heard(&stand.initial),
			 "Inform - SetParameterValuesResponse Inform -");
	ck_assert_str_eq(stand_events(&stand.initial, 1), "4 VALUE CHANGE");
	ck_assert_str_eq(stand_informed(&stand.initial, 1, CONTROL "RFTxStatus"), "true");
	ck_assert_ptr_null(stand_informed(&stand.initial, 1, CONTROL "AdminState"));
	ck_assert_ptr_null(stand_informed(&stand.initial, 1, "Device.FAP.GPS.LockedLatitude"));
	stand_run(&stand, SECONDS(100));
	ck_assert_uint_eq(stand.initial.heard_count, 5);
	stand_clear(&stand);
}
END_TEST

START_TEST(reboot_and_factory_reset)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	stand_queue(&stand.initial, request_set("k", "Device.ManagementServer.Username", "u",
						"xsd:string", NULL));
	stand_queue(&stand.initial, request_text("Reboot", "CommandKey", "r1", NULL));
	power_on(&stand);
	ck_assert_str_eq(stand_events(&stand.initial, 1), "1 BOOT, M Reboot=r1");
	ck_assert_str_eq(stand_informed(&stand.initial, 1, KEY), "k");
	stand_queue(&stand.initial, request_text("FactoryReset", NULL));
	stand_act(&stand, "power-cycle", NULL);
	stand_run(&stand, SECONDS(3));
	ck_assert_str_eq(stand_events(&stand.initial, 2), "1 BOOT");
	ck_assert_str_eq(stand_events(&stand.initial, 3), "0 BOOTSTRAP, 1 BOOT");
	ck_assert_str_eq(stand_informed(&stand.initial, 3, KEY), "");
	stand_clear(&stand);
}
END_TEST

START_TEST(scheduled_and_periodic)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	stand_queue(&stand.initial, request_text("ScheduleInform", "DelaySeconds", "50",
						 "CommandKey", "s1", NULL));
	stand_queue(&stand.initial,
		    request_set("", "Device.ManagementServer.PeriodicInformEnable", "true",
				"xsd:boolean", "Device.ManagementServer.PeriodicInformInterval",
				"100", "xsd:unsignedInt", NULL));
	power_on(&stand);
	stand_run(&stand, SECONDS(210));
	ck_assert_str_eq(stand_events(&stand.initial, 1), "3 SCHEDULED, M ScheduleInform=s1");
	ck_assert_str_eq(stand_events(&stand.initial, 2), "2 PERIODIC");
	ck_assert_str_eq(stand_events(&stand.initial, 3), "2 PERIODIC");
	stand_clear(&stand);
}
END_TEST

START_TEST(changes_by_others)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	power_on(&stand);
	ck_assert_int_eq(stand_act(&stand, "move", "latitude", "52.5", "longitude", "13.4",
				   NULL), 0);
	stand_run(&stand, SECONDS(3));
	ck_assert_str_eq(stand_events(&stand.initial, 1), "4 VALUE CHANGE");
	ck_assert_ptr_nonnull(stand_informed(&stand.initial, 1, "Device.FAP.GPS.LastScanTime"));
	ck_assert_int_eq(stand_act(&stand, "change-value", "parameter",
				   "Device.DeviceInfo.SoftwareVersion", "value", "2.0", NULL), 0);
	stand_run(&stand, SECONDS(3));
	ck_assert_str_eq(stand_informed(&stand.initial, 2, "Device.DeviceInfo.SoftwareVersion"),
			 "2.0");
	ck_assert_int_eq(stand_act(&stand, "change-value", "parameter", "Nothing", "value", "1",
				   NULL), -1);
	ck_assert_int_eq(stand_act(&stand, "move", NULL), -1);
	ck_assert_int_eq(stand_act(&stand, "dance", NULL), -1);
	stand_clear(&stand);
}
END_TEST

START_TEST(throttle)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	stand_queue(&stand.initial, request_set("",
		    "Device.ManagementServer.DefaultActiveNotificationThrottle", "60",
		    "xsd:unsignedInt", NULL));
	power_on(&stand);
	stand_act(&stand, "move", "latitude", "1", "longitude", "1", NULL);
	stand_run(&stand, SECONDS(50));
	ck_assert_ptr_null(stand_message(&stand.initial, "Inform", 1));
	stand_run(&stand, SECONDS(10));
	ck_assert_str_eq(stand_events(&stand.initial, 1), "4 VALUE CHANGE");
	stand_clear(&stand);
}
END_TEST

START_TEST(held_requests)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	stand.initial.hold = true;
	device_variant(stand.device, "get-rpc-methods", NULL);
	stand_queue(&stand.initial, request_get(URL));
	power_on(&stand);
	ck_assert_str_eq(stand_heard(&stand.initial),
			 "Inform - GetParameterValuesResponse GetRPCMethods -");
	stand_clear(&stand);
}
END_TEST

START_TEST(same_run_twice)
{
	int64_t waits[2][3];

	for (int run = 0; run < 2; run++) {
		struct stand stand;
		stand_make(&stand, "hnb-tr262");
		stand.initial.refuse = 3;
		stand_act(&stand, "power-on", NULL);
		stand_run(&stand, SECONDS(100));
		ck_assert_uint_ge(stand.initial.heard_count, 4);
		for (int i = 0; i < 3; i++)
			waits[run][i] = (stand.initial.heard[i + 1].time -
					 stand.initial.heard[i].time) / MILLISECONDS(100);
		stand_clear(&stand);
	}
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(waits[0][i], waits[1][i]);
}
END_TEST

static void remove_store(const char *folder)
{
	char *file = memory_format("%s/configuration", folder);

	unlink(file);
	rmdir(folder);
	free(file);
}

START_TEST(store_on_disk)
{
	char folder[] = "device-store-XXXXXX";
	struct stand stand;
	struct problem problem;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	stand_make(&stand, "henb-device2");
	device_free(stand.device);
	stand.factory.store = folder;
	stand.device = device_new(stand.loop, &stand.factory, &problem);
	stand_queue(&stand.initial, request_set("a\tb", URL, stand.serving.url, "xsd:string",
						NULL));
	stand_queue(&stand.initial, request_attributes("Device.FaultMgmt.", 2));
	power_on(&stand);
	ck_assert_uint_eq(stand.serving.heard_count, 2);
	device_free(stand.device); /* the program ends; another begins */
	stand.device = device_new(stand.loop, &stand.factory, &problem);
	ck_assert_ptr_nonnull(stand.device);
	power_on(&stand);
	ck_assert_str_eq(stand_events(&stand.serving, 1), "1 BOOT");
	ck_assert_str_eq(stand_informed(&stand.serving, 1, KEY), "a\tb");
	ck_assert_str_eq(stand_informed(&stand.serving, 1,
					"Device.ManagementServer.ConnectionRequestURL"),
			 response_value(stand_message(&stand.serving, "Inform", 0)->body,
					"Device.ManagementServer.ConnectionRequestURL"));
	stand_clear(&stand);
	remove_store(folder);
}
END_TEST

START_TEST(store_of_something_else)
{
	char folder[] = "device-store-XXXXXX";
	struct stand stand;
	struct problem problem;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	char *name = memory_format("%s/configuration", folder);
	FILE *file = fopen(name, "w");
	fputs("hello\n", file);
	fclose(file);
	stand_make(&stand, "henb-device2");
	stand.factory.store = folder;
	ck_assert_ptr_null(device_new(stand.loop, &stand.factory, &problem));
	ck_assert_ptr_nonnull(strstr(problem.text, "no configuration"));
	stand_clear(&stand);
	remove_store(folder);
	free(name);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("device-session");
	TCase *tests = tcase_create("session");

	tcase_add_test(tests, first_session);
	tcase_add_test(tests, discovery);
	tcase_add_test(tests, retries_by_the_table);
	tcase_add_test(tests, retry_count_survives_reboot);
	tcase_add_test(tests, silent_hms);
	tcase_add_test(tests, digest_cookie_and_redirect);
	tcase_add_test(tests, redirect_without_end);
	tcase_add_test(tests, fault_8005);
	tcase_add_test(tests, older_version_is_followed);
	tcase_add_test(tests, unlocking);
	tcase_add_test(tests, reboot_and_factory_reset);
	tcase_add_test(tests, scheduled_and_periodic);
	tcase_add_test(tests, changes_by_others);
	tcase_add_test(tests, throttle);
	tcase_add_test(tests, held_requests);
	tcase_add_test(tests, same_run_twice);
	tcase_add_test(tests, store_on_disk);
	tcase_add_test(tests, store_of_something_else);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
