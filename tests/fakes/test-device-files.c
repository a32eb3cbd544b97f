/* A configuration file is fetched and applied, all of it or nothing, and told of. */
#include <stdlib.h>
#include <string.h>

#include "fakes/device/state.h"
#include "protocols/cm-file.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"
#include "protocols/xml.h"
#include "tests/fakes/device-stand.h"
#include "tests/suite.h"

#define HEAD(ns) \
	"<configDataFile xmlns=\"" ns "\"><fileHeader fileFormatVersion=\"32.584 V12.0\"/>" \
	"<configData><managedElement/>"
#define TAIL "</configData><fileFooter dateTime=\"2026-01-01T00:00:00Z\"/></configDataFile>"
#define LTE(content) HEAD(CM_LTE_NAMESPACE) content TAIL
#define UMTS(content) HEAD(CM_UMTS_NAMESPACE) content TAIL
#define SERVER(content) "<ManagementServer>" content "</ManagementServer>"
#define INTERVAL(value) "<PeriodicInformInterval>" value "</PeriodicInformInterval>"
#define SERVICE(content) "<FAPService>" content "</FAPService>"
#define GOOD \
	LTE(SERVER(INTERVAL("600") "<X_A_Own>1</X_A_Own>") SERVICE( \
		"<FAPControl><LTE><Gateway><S1SigLinkServerList>10.0.0.1</S1SigLinkServerList>" \
		"</Gateway></LTE></FAPControl><CellConfig><LTE><EPC><TAC>7</TAC><PLMNList><PLMNID>" \
		"26201</PLMNID></PLMNList></EPC></LTE></CellConfig><Transport><IPsec>" \
		"<IpsecUsageIndicator>0</IpsecUsageIndicator></IPsec></Transport>"))

static struct stand stand;

static void teardown(void)
{
	stand_clear(&stand);
}

static xmlNode *download(const char *key, const char *url, const char *delay)
{
	return request_text("Download", "CommandKey", key, "FileType",
			    "3 Vendor Configuration File", "URL", url, "Username", "", "Password",
			    "", "FileSize", "12", "TargetFileName", "", "DelaySeconds", delay,
			    "SuccessURL", "", "FailureURL", "", NULL);
}

/* A session with a Download of the file, and what follows from it; the initial HMS stays. */
static void fetch(const char *map, const char *variant, const char *file)
{
	struct problem problem;

	stand_make(&stand, map);
	if (variant && device_variant(stand.device, variant, &problem) < 0)
		ck_assert_msg(device_defect(stand.device, variant, &problem) == 0, "%s",
			      problem.text);
	stand.serving.file = file;
	stand_queue(&stand.initial, download("d", stand.serving.url, "0"));
	ck_assert_int_eq(stand_act(&stand, "power-on", NULL), 0);
	stand_run(&stand, SECONDS(30));
}

static const char *value(const char *name)
{
	char *path = map_path(tree_map(stand.device->tree), name);
	const struct parameter *parameter = path ? tree_find(stand.device->tree, path) : NULL;

	free(path);
	return parameter ? parameter->value : "(none)";
}

/* The FaultCode of the only TransferComplete; "none" without one. */
static const char *result(void)
{
	static char text[16];
	const struct message *message = stand_message(&stand.initial, "TransferComplete", 0);
	char *code = message ? xml_child_text(xml_child(message->body, "FaultStruct"), "FaultCode")
			     : NULL;

	memory_place(text, sizeof(text), code ? code : "none");
	free(code);
	return text;
}

START_TEST(good_file)
{
	fetch("henb-device2", NULL, GOOD);
	ck_assert_str_eq(stand_heard(&stand.initial),
			 "Inform - DownloadResponse Inform TransferComplete -");
	ck_assert_str_eq(stand_events(&stand.initial, 1), "7 TRANSFER COMPLETE, M Download=d");
	ck_assert_str_eq(result(), "0");
	ck_assert_str_eq(value("PeriodicInformInterval"), "600");
	ck_assert_str_eq(value("S1SigLinkServerList"), "10.0.0.1");
	ck_assert_str_eq(value("TAC"), "7");
	ck_assert_str_eq(value("PLMNID"), "26201");
	ck_assert_str_eq(value("IpsecUsageIndicator"), "false");
}
END_TEST

static const struct {
	const char *map, *file, *fault;
} bad[] = {
	{ "henb-device2", LTE(SERVER(INTERVAL("600") "<NoSuch>1</NoSuch>")), "9010" },
	{ "henb-device2", LTE(SERVER(INTERVAL("600") "<PeriodicInformTime>x</PeriodicInformTime>")),
	  "9010" },
	{ "henb-device2", LTE("<DeviceInfo><SerialNumber>1</SerialNumber></DeviceInfo>"
			      SERVER(INTERVAL("600"))), "9010" },
	{ "henb-device2", LTE(SERVER(INTERVAL("600")) "<DeviceInfo/>"), "9018" },
	{ "henb-device2", UMTS(SERVER(INTERVAL("600"))), "9018" },
	{ "henb-device2", HEAD(CM_LTE_NAMESPACE) SERVER(INTERVAL("600")), "9018" },
	{ "henb-device2", "", "9018" },
	{ "hnb-device2", LTE(SERVER(INTERVAL("600"))), "9018" },
	{ "hnb-device2", UMTS(SERVER(INTERVAL("600")) SERVICE("<AccessMgmt><MemberDetail>"
		"<Modifier>create</Modifier><IMSI>0000000000000000000</IMSI></MemberDetail>"
		"</AccessMgmt>")), "9010" },
	{ "hnb-device2", UMTS(SERVER(INTERVAL("600")) SERVICE("<AccessMgmt><MemberDetail>"
		"<Modifier>delete</Modifier></MemberDetail></AccessMgmt>")), "9010" },
};

/* What only the schema sees, in a file whose values are all good. */
static const struct {
	const char *head, *tail;
} shapeless[] = {
	{ "<fileHeader/>", "<fileFooter dateTime=\"2026-01-01T00:00:00Z\"/>" },
	{ "<fileHeader fileFormatVersion=\"32.594 V12.0\"/>", "<fileFooter/>" },
	{ "<fileHeader fileFormatVersion=\"32.594 V12.0\"/>", "<fileFooter dateTime=\"soon\"/>" },
};

START_TEST(nothing_of_a_file_of_another_form)
{
	char *file = memory_format("<configDataFile xmlns=\"" CM_LTE_NAMESPACE "\">%s<configData>"
				   "<managedElement/>" SERVER(INTERVAL("600")) "</configData>%s"
				   "</configDataFile>", shapeless[_i].head, shapeless[_i].tail);

	fetch("henb-device2", NULL, file);
	ck_assert_str_eq(result(), "9018");
	ck_assert_str_eq(value("PeriodicInformInterval"), "86400");
	free(file);
}
END_TEST

START_TEST(nothing_of_a_bad_file)
{
	fetch(bad[_i].map, NULL, bad[_i].file);
	ck_assert_str_eq(result(), bad[_i].fault);
	ck_assert_str_eq(value("PeriodicInformInterval"), "86400");
	ck_assert_str_eq(value("MemberDetail.1.IMSI"), "(none)");
}
END_TEST

static const struct {
	const char *map, *decision;
} shapes[] = {
	{ "hnb-device2", "Query FAPGW" }, { "hnb-tr262", "Query FAPGW" },
	{ "hnb-tr196-1", "Query FAP-GW" },
};

START_TEST(three_shapes)
{
	fetch(shapes[_i].map, NULL,
	      UMTS(SERVER(INTERVAL("600")) SERVICE(
		"<FAPControl><UMTS><Gateway><FAPGWServer1>gw.test</FAPGWServer1></Gateway></UMTS>"
		"</FAPControl><AccessMgmt><NonCSGUEAccessDecision>Query FAP-GW"
		"</NonCSGUEAccessDecision><MemberDetail><Modifier>create</Modifier><IMSI>1</IMSI>"
		"</MemberDetail></AccessMgmt><CellConfig><UMTS><CN><LACRAC>1:2</LACRAC></CN></UMTS>"
		"</CellConfig><GPS><ScanTimeout>9</ScanTimeout></GPS>")));
	ck_assert_str_eq(result(), "0");
	ck_assert_str_eq(value("FAPGWServer1"), "gw.test");
	ck_assert_str_eq(value("NonCSGUEAccessDecision"), shapes[_i].decision);
	ck_assert_str_eq(value("MemberDetail.1.IMSI"), "1");
	ck_assert_str_eq(value("LACRAC"), "1:2");
	ck_assert_str_eq(value("ScanTimeout"), "9");
}
END_TEST

static const struct {
	const char *trait, *file, *heard, *result, *interval;
} ways[] = {
	{ "downloads-in-session", GOOD, "Inform - DownloadResponse", "none", "600" },
	{ "downloads-in-session", "x", "Inform - DownloadResponse Inform TransferComplete -",
	  "9018", "86400" },
	{ "refuses-what-failed", "x", "Inform - Fault", "none", "86400" },
	{ "tells-in-session", GOOD, "Inform - DownloadResponse TransferComplete -", "0", "600" },
	{ "tells-in-session", "x", "Inform - DownloadResponse TransferComplete -", "9018", "86400" },
	{ "reboots-for-file", GOOD, "Inform - DownloadResponse Inform TransferComplete -", "0",
	  "600" },
	{ "transfer-times-unknown", GOOD, "Inform - DownloadResponse Inform TransferComplete -",
	  "0", "600" },
	{ "transfer-not-told", GOOD, "Inform - DownloadResponse", "none", "600" },
	{ "status-zero-unapplied", GOOD, "Inform - DownloadResponse", "none", "86400" },
};

START_TEST(lawful_and_other_ways)
{
	fetch("henb-device2", ways[_i].trait, ways[_i].file);
	ck_assert_str_eq(stand_heard(&stand.initial), ways[_i].heard);
	ck_assert_str_eq(result(), ways[_i].result);
	ck_assert_str_eq(value("PeriodicInformInterval"), ways[_i].interval);
}
END_TEST

static const struct {
	int status;
	const char *url, *result;
} refusals[] = {
	{ 404, NULL, "9016" }, { 401, NULL, "9012" }, { 403, NULL, "9012" },
	{ 0, "http://127.0.40.1:1/x", "9015" },
};

START_TEST(no_file)
{
	stand_make(&stand, "henb-device2");
	stand.serving.file_status = refusals[_i].status;
	stand_queue(&stand.initial, download("d", refusals[_i].url ? refusals[_i].url
								   : stand.serving.url, "0"));
	ck_assert_int_eq(stand_act(&stand, "power-on", NULL), 0);
	stand_run(&stand, SECONDS(90));
	ck_assert_str_eq(result(), refusals[_i].result);
}
END_TEST

/* A power cycle before the file is fetched, and one while nobody answers: it is told nevertheless. */
START_TEST(told_after_the_power)
{
	stand_make(&stand, "henb-device2");
	stand.serving.file = GOOD;
	stand_queue(&stand.initial, download("d", stand.serving.url, "60"));
	ck_assert_int_eq(stand_act(&stand, "power-on", NULL), 0);
	stand_run(&stand, SECONDS(20));
	ck_assert_int_eq(stand.serving.file_gets, 0);
	ck_assert_int_eq(stand_act(&stand, "power-cycle", NULL), 0);
	stand_run(&stand, SECONDS(20));
	stand.initial.silent = true;
	stand_run(&stand, SECONDS(60));
	ck_assert_int_eq(stand.serving.file_gets, 1);
	ck_assert_int_eq(stand_act(&stand, "power-cycle", NULL), 0);
	stand.initial.silent = false;
	stand_run(&stand, SECONDS(60));
	ck_assert_str_eq(result(), "0");
	ck_assert_int_eq(stand.serving.file_gets, 1);
	ck_assert_str_eq(value("PeriodicInformInterval"), "600");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("device-files");
	TCase *files = tcase_create("files");

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))
	tcase_add_checked_fixture(files, NULL, teardown);
	tcase_add_test(files, good_file);
	tcase_add_loop_test(files, nothing_of_a_file_of_another_form, 0, COUNT(shapeless));
	tcase_add_loop_test(files, nothing_of_a_bad_file, 0, COUNT(bad));
	tcase_add_loop_test(files, three_shapes, 0, COUNT(shapes));
	tcase_add_loop_test(files, lawful_and_other_ways, 0, COUNT(ways));
	tcase_add_loop_test(files, no_file, 0, COUNT(refusals));
	tcase_add_test(files, told_after_the_power);
	suite_add_tcase(suite, files);
	return suite_run(suite);
}
