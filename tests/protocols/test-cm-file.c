/* CM files: what is written is read again, in the order of the format; what is no CM file is told. */
#include <stdlib.h>
#include <string.h>

#include "protocols/cm-file.h"
#include "protocols/memory.h"
#include "tests/suite.h"

#define FRAME(header, data, footer) \
	"<configDataFile xmlns=\"" CM_UMTS_NAMESPACE "\">" header data footer "</configDataFile>"
#define HEADER "<fileHeader fileFormatVersion=\"32.584 V12.0\"/>"
#define FOOTER "<fileFooter dateTime=\"2026-01-01T00:00:00Z\"/>"
#define DATA(content) "<configData><managedElement/>" content "</configData>"
#define FILE_OF(content) FRAME(HEADER, DATA(content), FOOTER)

static const struct {
	unsigned generation;
	const char *parameter, *element; /* NULL: it has no place */
} places[] = {
	{ CM_UMTS, "Device.ManagementServer.URL", "ManagementServer/URL" },
	{ CM_LTE, "InternetGatewayDevice.ManagementServer.PeriodicInformInterval",
	  "ManagementServer/PeriodicInformInterval" },
	{ CM_UMTS, "Device.Services.FAPService.1.AccessMgmt.UMTS.MemberDetail.2.IMSI",
	  "FAPService[1]/AccessMgmt/MemberDetail[2]/IMSI" },
	{ CM_UMTS, "InternetGatewayDevice.Services.FAPService.1.AccessMgmt.MemberDetail.{i}.",
	  "FAPService[1]/AccessMgmt/MemberDetail[{i}]" },
	{ CM_UMTS, "Device.Services.FAPService.1.X_ABCDEF_IpsecUsageIndicator",
	  "FAPService[1]/Transport/IPsec/IpsecUsageIndicator" },
	{ CM_UMTS, "Device.Services.FAPService.2.FAPControl.UMTS.AdminState",
	  "FAPService[2]/FAPControl/AdminState" },
	{ CM_UMTS, "InternetGatewayDevice.Services.FAPService.1.FAPControl.AdminState",
	  "FAPService[1]/FAPControl/AdminState" },
	{ CM_LTE, "Device.Services.FAPService.1.FAPControl.LTE.Gateway.S1SigLinkServerList",
	  "FAPService[1]/FAPControl/LTE/Gateway/S1SigLinkServerList" },
	{ CM_LTE, "Device.Services.FAPService.1.CellConfig.LTE.EPC.PLMNList.1.PLMNID",
	  "FAPService[1]/CellConfig/LTE/EPC/PLMNList[1]/PLMNID" },
	{ CM_LTE, "Device.FAP.GPS.ScanOnBoot", "FAPService[1]/GPS/ScanOnBoot" },
	{ CM_LTE, "Device.FAP.Tunnel.CryptoProfile.1.AuthMethod",
	  "FAPService[1]/Transport/Security/CryptoProfile[1]/AuthMethod" },
	{ CM_LTE, "Device.ManagementServer.X_00D09E_Own", "ManagementServer/X_00D09E_Own" },
	{ CM_UMTS, "Device.Services.FAPService.1.FAPControl.LTE.AdminState", NULL },
	{ CM_LTE, "Device.FaultMgmt.SupportedAlarm.1.ReportingMechanism", NULL },
	{ CM_LTE, "InternetGatewayDevice.Services.FAPService.1.FaultMgmt.SupportedAlarm.", NULL },
	{ CM_UMTS, "Device.FAP.PerfMgmt.Config.1.URL", NULL },
	{ CM_UMTS, "InternetGatewayDevice.Services.FAPService.1.PerfMgmt.FileMgmt.URL", NULL },
	{ CM_UMTS, "Device.DeviceInfo.SerialNumber", NULL },
	{ CM_UMTS, "Device.", NULL },
	{ CM_UMTS, "", NULL },
};

START_TEST(each_parameter_has_its_place)
{
	char *element = cm_element_of(places[_i].generation, places[_i].parameter);

	if (places[_i].element)
		ck_assert_str_eq(element ? element : "(none)", places[_i].element);
	else
		ck_assert_ptr_null(element);
	free(element);
}
END_TEST

START_TEST(values_come_in_the_order_of_the_format)
{
	struct cm_file file = { .generation = CM_UMTS }, again = { 0 };
	struct buffer out = { 0 };
	struct problem problem = { "" };
	static const char *const wanted[][2] = {
		{ "DeviceInfo/ProvisioningCode", "<a&b>" },
		{ "ManagementServer/URL", "http://h/" },
		{ "ManagementServer/PeriodicInformInterval", "600" },
		{ "FAPService[1]/AccessMgmt/NonCSGUEAccessDecision", "Query FAP-GW" },
		{ "FAPService[1]/AccessMgmt/MemberDetail[2]/Modifier", "create" },
		{ "FAPService[1]/AccessMgmt/MemberDetail[2]/IMSI", "001010000000001" },
		{ "FAPService[1]/CellConfig/UMTS[1]/CN[1]/LACRAC", "1:2" },
		{ "FAPService[1]/Transport/IPsec/IpsecUsageIndicator", "false" },
	};

	file.sender = memory_text("DC=a,HMS=1");
	file.managed_element = memory_text("HNB=1");
	cm_file_add(&file, "FAPService[1]/Transport/IPsec/IpsecUsageIndicator", "false");
	cm_file_add(&file, "FAPService[1]/CellConfig/UMTS/CN/LACRAC", "1:2");
	cm_file_add(&file, "FAPService[1]/AccessMgmt/MemberDetail[2]/IMSI", "001010000000001");
	cm_file_add(&file, "FAPService[1]/AccessMgmt/MemberDetail[2]/Modifier", "create");
	cm_file_add(&file, "FAPService[1]/AccessMgmt/NonCSGUEAccessDecision", "Query FAPGW");
	cm_file_add(&file, "ManagementServer/PeriodicInformInterval", "600");
	cm_file_add(&file, "ManagementServer/URL", "http://h/");
	cm_file_add(&file, "DeviceInfo/ProvisioningCode", "<a&b>");
	ck_assert_int_eq(cm_file_write(&file, &out, &problem), 0);
	ck_assert_msg(cm_file_read(out.octets, out.length, &again, &problem) == 0, "%s\n%s",
		      problem.text, buffer_text(&out));
	ck_assert_str_eq(again.sender, "DC=a,HMS=1");
	ck_assert_str_eq(again.managed_element, "HNB=1");
	ck_assert_uint_eq(again.count, sizeof(wanted) / sizeof(wanted[0]));
	for (size_t i = 0; i < again.count; i++) {
		ck_assert_str_eq(again.values[i].element, wanted[i][0]);
		ck_assert_str_eq(again.values[i].value, wanted[i][1]);
	}
	cm_file_clear(&again);
	cm_file_clear(&file);
	buffer_free(&out);
}
END_TEST

START_TEST(what_has_no_place_is_refused)
{
	static const char *const lists[][2] = {
		{ "FaultMgmt/Alarm", NULL },
		{ "ManagementServer/URL", "ManagementServer/URL" },
		{ "ManagementServer/URL/Deeper", NULL },
		{ "FAPService[0]/DNPrefix", NULL },
		{ "", NULL },
	};
	struct cm_file file = { .generation = CM_LTE };
	struct problem problem = { "" };
	struct buffer out = { 0 };

	for (int i = 0; i < 2 && lists[_i][i]; i++)
		cm_file_add(&file, lists[_i][i], "x");
	ck_assert_int_eq(cm_file_write(&file, &out, &problem), -1);
	ck_assert(problem.text[0]);
	cm_file_clear(&file);
	buffer_free(&out);
}
END_TEST

static const char *const good[] = {
	FRAME(HEADER, "", FOOTER),
	FRAME(HEADER, DATA("") DATA("<Time/>"), FOOTER),
	FILE_OF("<X_A_B><URL/></X_A_B><DeviceInfo/><X_A_C/><FAPService/><FAPService/>"),
	FILE_OF("<ManagementServer><NoSuch>1</NoSuch></ManagementServer>"),
};

START_TEST(good_files_are_read)
{
	struct cm_file file = { 0 };
	struct problem problem = { "" };

	ck_assert_msg(cm_file_read(good[_i], strlen(good[_i]), &file, &problem) == 0, "%s",
		      problem.text);
	ck_assert_uint_eq(file.count, _i == 3);
	cm_file_clear(&file);
}
END_TEST

static const char *const bad[] = {
	"", "x", "<configDataFile", "<configDataFile/>", "<bulkCmConfigDataFile/>",
	"<configDataFile xmlns=\"" CM_UMTS_NAMESPACE "\"/>",
	FRAME("", DATA(""), FOOTER), FRAME(HEADER, DATA(""), ""),
	FRAME("<fileHeader/>", DATA(""), FOOTER), FRAME(HEADER, DATA(""), "<fileFooter/>"),
	FRAME(HEADER, DATA(""), FOOTER FOOTER), FRAME(HEADER, "<configData/>", FOOTER),
	FRAME(HEADER, "<other/>", FOOTER),
	FILE_OF("<Time/><DeviceInfo/>"),
	FILE_OF("<ManagementServer><Username/><URL/></ManagementServer>"),
	FILE_OF("<DeviceInfo xmlns=\"urn:x\"/>"),
	FILE_OF("<FAPService><GPS/><DNPrefix/></FAPService>"),
};

START_TEST(bad_files_are_told)
{
	struct cm_file file = { 0 };
	struct problem problem = { "" };

	ck_assert_msg(cm_file_read(bad[_i], strlen(bad[_i]), &file, &problem) == -1, "%s", bad[_i]);
	ck_assert(problem.text[0]);
	ck_assert_uint_eq(file.count, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cm-file");
	TCase *files = tcase_create("files");

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))
	tcase_add_loop_test(files, each_parameter_has_its_place, 0, COUNT(places));
	tcase_add_test(files, values_come_in_the_order_of_the_format);
	tcase_add_loop_test(files, what_has_no_place_is_refused, 0, 5);
	tcase_add_loop_test(files, good_files_are_read, 0, COUNT(good));
	tcase_add_loop_test(files, bad_files_are_told, 0, COUNT(bad));
	suite_add_tcase(suite, files);
	return suite_run(suite);
}
