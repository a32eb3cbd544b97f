#include "protocols/message-names.h"

#include <string.h>

/* A method and its answer. caller and callee: which side says which (SIDE_CLIENT = device). */
#define METHOD(name, caller, callee, meaning)                                                      \
	{name, "cwmp", caller, KIND_REQUEST, false, meaning},                                      \
	{name "Response", "cwmp", callee, KIND_RESPONSE, false, "the answer to " name}
#define BY_DEVICE(name, meaning) METHOD(name, SIDE_CLIENT, SIDE_SERVER, meaning)
#define BY_HMS(name, meaning) METHOD(name, SIDE_SERVER, SIDE_CLIENT, meaning)
#define BY_BOTH(name, meaning) METHOD(name, SIDE_EITHER, SIDE_EITHER, meaning)

static const struct message_name names[] = {
	BY_DEVICE("Inform", "opens a session: who, why, which values (TR-069 A.3.3.1)"),
	BY_DEVICE("TransferComplete", "a Download or Upload ended (TR-069 A.3.3.2)"),
	BY_DEVICE("AutonomousTransferComplete",
	          "a transfer that the HMS did not order ended (TR-069 A.3.3.3)"),
	BY_DEVICE("Kicked", "the user was sent here by a web page (TR-069 A.4.2.1)"),
	BY_DEVICE("RequestDownload", "the device asks for a file (TR-069 A.4.2.2)"),
	BY_DEVICE("DUStateChangeComplete", "a software change ended (TR-069 A.4.2.3)"),
	BY_DEVICE("AutonomousDUStateChangeComplete",
	          "a software change that the HMS did not order ended (TR-069 A.4.2.4)"),
	BY_BOTH("GetRPCMethods", "which methods does the other end know (TR-069 A.3.1.1)"),
	BY_HMS("SetParameterValues", "set parameters, all or none (TR-069 A.3.2.1)"),
	BY_HMS("GetParameterValues", "read parameters (TR-069 A.3.2.2)"),
	BY_HMS("GetParameterNames", "which parameters and objects exist (TR-069 A.3.2.3)"),
	BY_HMS("SetParameterAttributes",
	       "set notification and access of parameters (TR-069 A.3.2.4)"),
	BY_HMS("GetParameterAttributes",
	       "read notification and access of parameters (TR-069 A.3.2.5)"),
	BY_HMS("AddObject", "make an instance of an object (TR-069 A.3.2.6)"),
	BY_HMS("DeleteObject", "remove an instance of an object (TR-069 A.3.2.7)"),
	BY_HMS("Download", "fetch a file and apply it (TR-069 A.3.2.8)"),
	BY_HMS("Reboot", "reboot after the session (TR-069 A.3.2.9)"),
	BY_HMS("GetQueuedTransfers", "which ordered transfers are pending (TR-069 A.4.1.1)"),
	BY_HMS("ScheduleInform", "open a session later (TR-069 A.4.1.2)"),
	BY_HMS("SetVouchers", "set option vouchers (TR-069 A.4.1.3)"),
	BY_HMS("GetOptions", "which options are set (TR-069 A.4.1.4)"),
	BY_HMS("Upload", "send a file to a server (TR-069 A.4.1.5)"),
	BY_HMS("FactoryReset", "return to factory settings after the session (TR-069 A.4.1.6)"),
	BY_HMS("GetAllQueuedTransfers",
	       "which transfers are pending, whoever began them (TR-069 A.4.1.7)"),
	BY_HMS("ScheduleDownload", "fetch a file in a time window (TR-069 A.4.1.8)"),
	BY_HMS("CancelTransfer", "give up a pending transfer (TR-069 A.4.1.9)"),
	BY_HMS("ChangeDUState", "install, update or remove software (TR-069 A.4.1.10)"),
	{"Fault", "cwmp", SIDE_EITHER, KIND_RESPONSE, false, "a request was refused (TR-069 3.5)"},
	{"EmptyPost", "cwmp", SIDE_CLIENT, KIND_REQUEST, true,
	 "the device has nothing to say (TR-069 3.7.1.3)"},
	{"EmptyResponse", "cwmp", SIDE_SERVER, KIND_RESPONSE, true,
	 "the HMS has nothing to say (TR-069 3.4.6)"},
	{"SessionEnd", "cwmp", SIDE_CLIENT, KIND_OTHER, true,
	 "the session is over by all four criteria (TR-069 3.7.1.4)"},
	{"SessionBroken", "cwmp", SIDE_CLIENT, KIND_OTHER, false,
	 "a session ended otherwise (TR-069 3.7.1.4)"},
	{"SessionSilent", "cwmp", SIDE_CLIENT, KIND_OTHER, true,
	 "an RPC has no answer for 30 s, on an open connection (TR-069 3.7.1.3)"},
	{"UnknownMethod", "cwmp", SIDE_EITHER, KIND_OTHER, false,
	 "an envelope with no known method (TR-069 Annex A)"},
	{"Unreadable", "cwmp", SIDE_EITHER, KIND_OTHER, false,
	 "a body that is not one SOAP envelope (TR-069 3.5)"},
	{"HttpChallenge", "http", SIDE_SERVER, KIND_RESPONSE, true,
	 "401: credentials are wanted (RFC 9110 15.5.2)"},
	{"HttpRedirect", "http", SIDE_SERVER, KIND_RESPONSE, false,
	 "301, 302, 307 or 308: ask elsewhere (RFC 9110 15.4)"},
	{"HttpError", "http", SIDE_SERVER, KIND_RESPONSE, false,
	 "any other status from 400 on (RFC 9110 15.5, 15.6)"},
	{"HttpRequest", "http", SIDE_CLIENT, KIND_REQUEST, false,
	 "a request that is not CWMP (RFC 9110 9)"},
	{"HttpResponse", "http", SIDE_SERVER, KIND_RESPONSE, false,
	 "an answer that is not CWMP (RFC 9110 15)"},
	{"HttpTruncated", "http", SIDE_EITHER, KIND_OTHER, false,
	 "the peer stopped inside a message (RFC 9112 8)"},
	{"HttpPipelined", "http", SIDE_CLIENT, KIND_OTHER, true,
	 "a POST came before the answer to the one before (TR-069 3.4.6)"},
	{"ConnectionRequest", "http", SIDE_SERVER, KIND_REQUEST, false,
	 "the HMS asks the device for a session (TR-069 3.2.2)"},
	{"ConnectionRequestChallenge", "http", SIDE_CLIENT, KIND_RESPONSE, false,
	 "401 to a Connection Request (TR-069 3.2.2)"},
	{"ConnectionRequestResponse", "http", SIDE_CLIENT, KIND_RESPONSE, false,
	 "any other answer to a Connection Request (TR-069 3.2.2)"},
	{"ConnectionRequestUnserved", "http", SIDE_CLIENT, KIND_OTHER, true,
	 "no session came of one that was accepted (TR-069 3.2.2)"},
	{"DnsQuery", "dns", SIDE_CLIENT, KIND_REQUEST, false,
	 "a question to a name server (RFC 1035 4.1)"},
	{"DnsResponse", "dns", SIDE_SERVER, KIND_RESPONSE, false, "its answer (RFC 1035 4.1)"},
	{"DnsMalformed", "dns", SIDE_EITHER, KIND_OTHER, false,
	 "octets at the DNS port that are no DNS (RFC 1035 4.1)"},
	{"TlsClientHello", "tls", SIDE_CLIENT, KIND_REQUEST, true,
	 "a TLS handshake begins (RFC 8446 4.1.2)"},
	{"TlsCertificate", "tls", SIDE_SERVER, KIND_RESPONSE, true,
	 "the server's flight with its certificate (RFC 8446 4.4.2)"},
	{"TlsEstablished", "tls", SIDE_CLIENT, KIND_OTHER, true,
	 "the handshake is complete (RFC 8446 4.4.4)"},
	{"TlsRefused", "tls", SIDE_EITHER, KIND_OTHER, false,
	 "one end ended the handshake with an alert (RFC 8446 6.2)"},
	{"TlsFailed", "tls", SIDE_EITHER, KIND_OTHER, false,
	 "the handshake broke off without an alert (RFC 8446 6)"},
	{"LimitReached", "any", SIDE_EITHER, KIND_OTHER, false,
	 "more than femtoproof takes (scenarios/LIMITS.md): it was cut off"},
};

#define NAME_COUNT (sizeof(names) / sizeof(names[0]))

const struct message_name *message_names(size_t *count)
{
	*count = NAME_COUNT;
	return names;
}

const struct message_name *message_name_find(const char *name)
{
	size_t index;

	for (index = 0; index < NAME_COUNT; index++)
		if (names[index].name[0] == name[0] && !strcmp(names[index].name, name))
			return &names[index];
	return NULL;
}
