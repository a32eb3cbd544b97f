#include "tests/grammar/samples.h"

#include "protocols/memory.h"

#define TIME "2026-02-03T04:05:06Z"
#define UNKNOWN "0001-01-01T00:00:00Z"
#define VALUE(name, type, value) \
	"<ParameterValueStruct><Name>" name "</Name><Value i:type=\"" type "\">" value "</Value>" \
	"</ParameterValueStruct>"
#define LIST(name, member, count, members) \
	"<" name " e:arrayType=\"" member "[" count "]\">" members "</" name ">"
#define VALUES(count, members) LIST("ParameterList", "c:ParameterValueStruct", count, members)
#define FAULT(code) "<FaultStruct><FaultCode>" code "</FaultCode><FaultString>t</FaultString>" \
	"</FaultStruct>"
#define TIMES "<StartTime>" TIME "</StartTime><CompleteTime>" UNKNOWN "</CompleteTime>"
#define STATUS "<Status>1</Status>"
#define KEY "<CommandKey>k1</CommandKey>"
#define FETCH "<URL>http://files.example/f</URL><Username>u</Username><Password/>"
#define RPC(name, content) "<c:" name ">" content "</c:" name ">"
#define UUID "<UUID>0a0b0c0d-0000-1111-2222-333344445555</UUID>"
#define RESULT \
	UUID "<DeploymentUnitRef>D.1</DeploymentUnitRef><Version>1</Version>" \
	"<CurrentState>Installed</CurrentState><Resolved>1</Resolved>" \
	"<ExecutionUnitRefList/>" TIMES "<Fault><FaultCode>0</FaultCode>" \
	"<FaultString>f</FaultString></Fault>"
#define SOAP_FAULT(inside) \
	"<s:Fault><faultcode>Client</faultcode><faultstring>CWMP fault</faultstring>" \
	"<detail><c:Fault>" inside "</c:Fault></detail></s:Fault>"
#define OPTION(more) \
	"<OptionStruct><OptionName>o</OptionName><VoucherSN>3</VoucherSN><State>2</State>" \
	"<Mode>2</Mode><StartDate>" TIME "</StartDate>" more \
	"<IsTransferable>1</IsTransferable></OptionStruct>"
#define OPERATION(type, content) "<Operations i:type=\"c:" type "\">" content "</Operations>"

const struct sample samples[] = {
	{0, NULL, RPC("GetRPCMethods", "")},
	{0, NULL, RPC("GetRPCMethodsResponse", LIST("MethodList", "x:string", "2",
		"<string>Reboot</string><string>Download</string>"))},
	{0, NULL, RPC("SetParameterValues", VALUES("2", VALUE("D.A", "x:boolean", "true")
		VALUE("D.B", "x:string", "t")) "<ParameterKey>k</ParameterKey>")},
	{0, NULL, RPC("SetParameterValuesResponse", STATUS)},
	{0, NULL, RPC("GetParameterValues", LIST("ParameterNames", "x:string", "1",
		"<string>D.</string>"))},
	{0, NULL, RPC("GetParameterValuesResponse", VALUES("4",
		VALUE("D.U", "x:unsignedInt", "7") VALUE("D.I", "x:int", "-7")
		VALUE("D.T", "x:dateTime", TIME) VALUE("D.6", "x:base64Binary", "aGk=")))},
	{0, NULL, RPC("GetParameterNames", "<ParameterPath>D.</ParameterPath>"
		"<NextLevel>0</NextLevel>")},
	{0, NULL, RPC("GetParameterNamesResponse", LIST("ParameterList",
		"c:ParameterInfoStruct", "1", "<ParameterInfoStruct><Name>D.A</Name>"
		"<Writable>false</Writable></ParameterInfoStruct>"))},
	{0, NULL, RPC("SetParameterAttributes", LIST("ParameterList",
		"c:SetParameterAttributesStruct", "1", "<SetParameterAttributesStruct>"
		"<Name>D.A</Name><NotificationChange>1</NotificationChange>"
		"<Notification>2</Notification><AccessListChange>0</AccessListChange>"
		LIST("AccessList", "x:string", "1", "<string>Subscriber</string>")
		"</SetParameterAttributesStruct>"))},
	{0, NULL, RPC("SetParameterAttributesResponse", "")},
	{0, NULL, RPC("GetParameterAttributes", LIST("ParameterNames", "x:string", "1",
		"<string>D.A</string>"))},
	{0, NULL, RPC("GetParameterAttributesResponse", LIST("ParameterList",
		"c:ParameterAttributeStruct", "1", "<ParameterAttributeStruct><Name>D.A</Name>"
		"<Notification>0</Notification>" LIST("AccessList", "x:string", "0", "")
		"</ParameterAttributeStruct>"))},
	{0, NULL, RPC("AddObject", "<ObjectName>D.O.</ObjectName><ParameterKey/>")},
	{0, NULL, RPC("AddObjectResponse", "<InstanceNumber>3</InstanceNumber>" STATUS)},
	{0, NULL, RPC("DeleteObject", "<ObjectName>D.O.1.</ObjectName><ParameterKey/>")},
	{0, NULL, RPC("DeleteObjectResponse", STATUS)},
	{0, NULL, RPC("Download", KEY "<FileType>1 Firmware Upgrade Image</FileType>" FETCH
		"<FileSize>0</FileSize><TargetFileName/><DelaySeconds>0</DelaySeconds>"
		"<SuccessURL/><FailureURL/>")},
	{0, NULL, RPC("DownloadResponse", STATUS TIMES)},
	{0, NULL, RPC("Reboot", KEY)},
	{0, NULL, RPC("RebootResponse", "")},
	{0, NULL, RPC("GetQueuedTransfers", "")},
	{0, NULL, RPC("GetQueuedTransfersResponse", LIST("TransferList",
		"c:QueuedTransferStruct", "1", "<QueuedTransferStruct>" KEY "<State>2</State>"
		"</QueuedTransferStruct>"))},
	{0, NULL, RPC("ScheduleInform", "<DelaySeconds>60</DelaySeconds>" KEY)},
	{0, NULL, RPC("ScheduleInformResponse", "")},
	{0, NULL, RPC("SetVouchers", LIST("VoucherList", "e:base64", "1",
		"<base64>aGk=</base64>"))},
	{0, NULL, RPC("SetVouchersResponse", "")},
	{0, NULL, RPC("GetOptions", "<OptionName/>")},
	{0, NULL, RPC("GetOptionsResponse", LIST("OptionList", "c:OptionStruct", "2",
		OPTION("") OPTION("<ExpirationDate>" TIME "</ExpirationDate>")))},
	{0, NULL, RPC("Upload", KEY "<FileType>2 Vendor Log File</FileType>" FETCH
		"<DelaySeconds>0</DelaySeconds>")},
	{0, NULL, RPC("UploadResponse", STATUS TIMES)},
	{0, NULL, RPC("FactoryReset", "")},
	{0, NULL, RPC("FactoryResetResponse", "")},
	{0, "<c:HoldRequests s:mustUnderstand=\"1\">0</c:HoldRequests>", RPC("Inform",
		"<DeviceId><Manufacturer>m</Manufacturer><OUI>00D09E</OUI>"
		"<ProductClass>p</ProductClass><SerialNumber>1</SerialNumber></DeviceId>"
		LIST("Event", "c:EventStruct", "2", "<EventStruct>"
			"<EventCode>1 BOOT</EventCode><CommandKey/></EventStruct>"
			"<EventStruct><EventCode>M Reboot</EventCode>" KEY "</EventStruct>")
		"<MaxEnvelopes>1</MaxEnvelopes><CurrentTime>" TIME "</CurrentTime>"
		"<RetryCount>0</RetryCount>" VALUES("1", VALUE("D.A", "x:string", "t")))},
	{0, NULL, RPC("InformResponse", "<MaxEnvelopes>1</MaxEnvelopes>")},
	{0, NULL, RPC("TransferComplete", KEY FAULT("9010") TIMES)},
	{0, NULL, RPC("TransferCompleteResponse", "")},
	{0, NULL, RPC("Kicked", "<Command>c</Command><Referer>r</Referer><Arg>a</Arg>"
		"<Next>n</Next>")},
	{0, NULL, RPC("KickedResponse", "<NextURL>http://x.example/</NextURL>")},
	{0, NULL, RPC("RequestDownload", "<FileType>X 00D09E more</FileType>" LIST("FileTypeArg",
		"c:ArgStruct", "1", "<ArgStruct><Name>n</Name><Value>v</Value></ArgStruct>"))},
	{0, NULL, RPC("RequestDownloadResponse", "")},
	{0, NULL, SOAP_FAULT("<FaultCode>9003</FaultCode><FaultString>t</FaultString>"
		"<SetParameterValuesFault><ParameterName>D.A</ParameterName>"
		"<FaultCode>9007</FaultCode><FaultString>t</FaultString>"
		"</SetParameterValuesFault>")},
	{1, NULL, RPC("GetAllQueuedTransfers", "")},
	{1, NULL, RPC("GetAllQueuedTransfersResponse", LIST("TransferList",
		"c:AllQueuedTransferStruct", "1", "<AllQueuedTransferStruct>" KEY
		"<State>1</State><IsDownload>true</IsDownload>"
		"<FileType>3 Vendor Configuration File</FileType><FileSize>5</FileSize>"
		"<TargetFileName/></AllQueuedTransferStruct>"))},
	{1, NULL, RPC("AutonomousTransferComplete", "<AnnounceURL/><TransferURL/>"
		"<IsDownload>0</IsDownload><FileType>4 Vendor Log File</FileType>"
		"<FileSize>9</FileSize><TargetFileName>t</TargetFileName>" FAULT("0") TIMES)},
	{1, NULL, RPC("AutonomousTransferCompleteResponse", "")},
	{2, NULL, RPC("ScheduleDownload", KEY "<FileType>2 Web Content</FileType>" FETCH
		"<FileSize>0</FileSize><TargetFileName/>" LIST("TimeWindowList",
		"c:TimeWindowStruct", "1", "<TimeWindowStruct><WindowStart>1</WindowStart>"
		"<WindowEnd>2</WindowEnd><WindowMode>1 At Any Time</WindowMode>"
		"<UserMessage>m</UserMessage><MaxRetries>-1</MaxRetries></TimeWindowStruct>"))},
	{2, NULL, RPC("ScheduleDownloadResponse", "")},
	{2, NULL, RPC("CancelTransfer", KEY)},
	{2, NULL, RPC("CancelTransferResponse", "")},
	{2, NULL, RPC("ChangeDUState",
		OPERATION("InstallOpStruct", "<URL>http://x.example/</URL>" UUID
			"<Username>u</Username><Password>p</Password>"
			"<ExecutionEnvRef>e</ExecutionEnvRef>")
		OPERATION("UpdateOpStruct", UUID "<Version>1</Version><URL>u</URL>"
			"<Username>u</Username><Password>p</Password>")
		OPERATION("UninstallOpStruct", UUID "<Version>1</Version>"
			"<ExecutionEnvRef>e</ExecutionEnvRef>") KEY)},
	{2, NULL, RPC("ChangeDUStateResponse", "")},
	{2, NULL, RPC("DUStateChangeComplete", "<Results>" RESULT "</Results>" KEY)},
	{2, NULL, RPC("DUStateChangeCompleteResponse", "")},
	{2, NULL, RPC("AutonomousDUStateChangeComplete", "<Results>" RESULT
		"<OperationPerformed>Install</OperationPerformed></Results>")},
	{2, NULL, RPC("AutonomousDUStateChangeCompleteResponse", "")},
	{3, "<c:SessionTimeout s:mustUnderstand=\"0\">30</c:SessionTimeout>", RPC("Reboot", KEY)},
	{4, "<c:SupportedCWMPVersions>1.0,1.4</c:SupportedCWMPVersions>"
	    "<c:UseCWMPVersion s:mustUnderstand=\"1\">1.4</c:UseCWMPVersion>", RPC("Reboot", KEY)},
};

const size_t sample_count = sizeof(samples) / sizeof(samples[0]);

const char *sample_namespace(int version)
{
	static const char *const namespaces[] = {"urn:dslforum-org:cwmp-1-0",
						 "urn:dslforum-org:cwmp-1-1",
						 "urn:dslforum-org:cwmp-1-2"};

	return namespaces[version > 2 ? 2 : version];
}

char *sample_envelope(const struct sample *sample, int version)
{
	return memory_format("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
			     "xmlns:e=\"http://schemas.xmlsoap.org/soap/encoding/\" "
			     "xmlns:x=\"http://www.w3.org/2001/XMLSchema\" "
			     "xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" "
			     "xmlns:c=\"%s\"><s:Header>"
			     "<c:ID s:mustUnderstand=\"1\">12</c:ID>%s</s:Header>"
			     "<s:Body>%s</s:Body></s:Envelope>",
			     sample_namespace(version), sample->header ? sample->header : "",
			     sample->body);
}
