/*
 * message-names: the table of every message a chart can name.
 */
#ifndef PROTOCOLS_MESSAGE_NAMES_H
#define PROTOCOLS_MESSAGE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

enum message_side { /* which end says it */
	SIDE_CLIENT, /* the device towards any server: the one that opened the exchange */
	SIDE_SERVER,
	SIDE_EITHER,
};

enum message_kind {
	KIND_REQUEST,  /* wants an answer */
	KIND_RESPONSE, /* is one */
	KIND_OTHER,
};

struct message_name {
	const char *name;     /* "Inform" */
	const char *protocol; /* "cwmp" */
	enum message_side side;
	enum message_kind kind;
	bool plumbing;        /* carries a procedure without being a step of it: matched when a
				 chart awaits it, silently passed over when it does not */
	const char *meaning;  /* one line, with the clause */
};

/* All of them, in a sensible order; *count gets their number. */
const struct message_name *message_names(size_t *count);
const struct message_name *message_name_find(const char *name); /* NULL: unknown */

/*
 * cwmp requests and responses: every method of TR-069 Annex A (Inform, InformResponse,
 *   GetRPCMethods, GetRPCMethodsResponse, SetParameterValues, ... ScheduleInform, Download,
 *   TransferComplete, AutonomousTransferComplete, RequestDownload, Kicked, Reboot,
 *   FactoryReset, Upload, GetQueuedTransfers, GetAllQueuedTransfers, ScheduleDownload,
 *   CancelTransfer, ... each with its Response), Fault
 * cwmp plumbing: EmptyPost (device), EmptyResponse (HMS: 204, or 200 without a body),
 *   SessionEnd (device: the session is over by all four criteria of TR-069 3.7.1.4; derived,
 *   given at the HMS's last empty answer, from the device to the HMS)
 * cwmp, not plumbing: SessionBroken (device: a session ended otherwise: connection closed or
 *   a new Inform while answers were due), UnknownMethod (an element that is no known method),
 *   Unreadable (a body that is not one SOAP envelope; attributes say why)
 * http: HttpChallenge (401), HttpRedirect (301, 302, 307, 308), HttpError (any other >= 400),
 *   HttpRequest and HttpResponse (HTTP that is not CWMP), HttpTruncated (the peer stopped inside
 *   a message); the first is plumbing
 * http, HMS to device: ConnectionRequest (GET at the device), ConnectionRequestChallenge (401),
 *   ConnectionRequestResponse (any other status)
 * dns: DnsQuery, DnsResponse, DnsMalformed (cannot be decoded: why=)
 * tls: TlsClientHello, TlsCertificate (HMS: its flight), TlsEstablished: plumbing; TlsRefused (an
 *   end ended the handshake: alert=), TlsFailed
 * file: file-message.h
 * ike, esp, sctp, s1ap, hnbap: dissector-ike.c, dissector-esp.c, dissector-sctp.c; plumbing are
 *   those that say nothing of a procedure: IkeEncrypted, EspPacket, SctpInit, SctpData, SctpShutdown
 */

#endif
