#include <string.h>

#include "protocols/cwmp.h"

/* A list of argument names; the first NULL ends it. */
#define LIST(...) (const char *const[]){__VA_ARGS__, NULL}
#define NOTHING (const char *const[]){NULL}
#define PARAMETER_KEY "ParameterKey"

/* The required column and the clauses follow TR-069 Amendment 2; the last five rows came with
 * CWMP 1.2. */
static const struct cwmp_method methods[] = {
	{"GetRPCMethods", true, true, "A.3.1.1", NOTHING, LIST("MethodList")},
	{"SetParameterValues", true, true, "A.3.2.1", LIST("ParameterList", PARAMETER_KEY),
	 LIST("Status")},
	{"GetParameterValues", true, true, "A.3.2.2", LIST("ParameterNames"),
	 LIST("ParameterList")},
	{"GetParameterNames", true, true, "A.3.2.3", LIST("ParameterPath", "NextLevel"),
	 LIST("ParameterList")},
	{"SetParameterAttributes", true, true, "A.3.2.4", LIST("ParameterList"), NOTHING},
	{"GetParameterAttributes", true, true, "A.3.2.5", LIST("ParameterNames"),
	 LIST("ParameterList")},
	{"AddObject", true, true, "A.3.2.6", LIST("ObjectName", PARAMETER_KEY),
	 LIST("InstanceNumber", "Status")},
	{"DeleteObject", true, true, "A.3.2.7", LIST("ObjectName", PARAMETER_KEY),
	 LIST("Status")},
	{"Download", true, true, "A.3.2.8",
	 LIST("CommandKey", "FileType", "URL", "Username", "Password", "FileSize",
	      "TargetFileName", "DelaySeconds", "SuccessURL", "FailureURL"),
	 LIST("Status", "StartTime", "CompleteTime")},
	{"Reboot", true, true, "A.3.2.9", LIST("CommandKey"), NOTHING},
	{"GetQueuedTransfers", true, false, "A.4.1.1", NOTHING, LIST("TransferList")},
	{"ScheduleInform", true, false, "A.4.1.2", LIST("DelaySeconds", "CommandKey"), NOTHING},
	{"SetVouchers", true, false, "A.4.1.3", LIST("VoucherList"), NOTHING},
	{"GetOptions", true, false, "A.4.1.4", LIST("OptionName"), LIST("OptionList")},
	{"Upload", true, false, "A.4.1.5",
	 LIST("CommandKey", "FileType", "URL", "Username", "Password", "DelaySeconds"),
	 LIST("Status", "StartTime", "CompleteTime")},
	{"FactoryReset", true, false, "A.4.1.6", NOTHING, NOTHING},
	{"GetAllQueuedTransfers", true, false, "A.4.1.7", NOTHING, LIST("TransferList")},
	{"Inform", false, true, "A.3.3.1",
	 LIST("DeviceId", "Event", "MaxEnvelopes", "CurrentTime", "RetryCount",
	      "ParameterList"),
	 LIST("MaxEnvelopes")},
	{"TransferComplete", false, true, "A.3.3.2",
	 LIST("CommandKey", "FaultStruct", "StartTime", "CompleteTime"), NOTHING},
	{"AutonomousTransferComplete", false, false, "A.3.3.3",
	 LIST("AnnounceURL", "TransferURL", "IsDownload", "FileType", "FileSize",
	      "TargetFileName", "FaultStruct", "StartTime", "CompleteTime"),
	 NOTHING},
	{"Kicked", false, false, "A.4.2.1", LIST("Command", "Referer", "Arg", "Next"),
	 LIST("NextURL")},
	{"RequestDownload", false, false, "A.4.2.2", LIST("FileType", "FileTypeArg"), NOTHING},
	{"ScheduleDownload", true, false, "A.4.1.8",
	 LIST("CommandKey", "FileType", "URL", "Username", "Password", "FileSize",
	      "TargetFileName", "TimeWindowList"),
	 NOTHING},
	{"CancelTransfer", true, false, "A.4.1.9", LIST("CommandKey"), NOTHING},
	{"ChangeDUState", true, false, "A.4.1.10", LIST("Operations", "CommandKey"), NOTHING},
	{"DUStateChangeComplete", false, false, "A.4.2.3", LIST("Results", "CommandKey"), NOTHING},
	{"AutonomousDUStateChangeComplete", false, false, "A.4.2.4", LIST("Results"), NOTHING},
};

const struct cwmp_method *cwmp_methods(size_t *count)
{
	*count = sizeof(methods) / sizeof(methods[0]);
	return methods;
}

const struct cwmp_method *cwmp_method_find(const char *name)
{
	size_t index;

	for (index = 0; index < sizeof(methods) / sizeof(methods[0]); index++)
		if (!strcmp(methods[index].name, name))
			return &methods[index];
	return NULL;
}
