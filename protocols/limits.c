#include "protocols/limits.h"
#include <string.h>

#include "protocols/message.h"

#define CUT "the message is cut: inconc"
#define CLOSED "the connection is closed: inconc"
#define REFUSED "one more is refused: inconc"
#define OLDEST "the oldest is forgotten"

static const struct bound bounds[] = {
	{"http.line", LIMIT_HTTP_LINE, "octets", "one line of a head, a trailer, a chunk's size", CUT,
	 "RFC 9112 3 asks for 8000 at least"},
	{"http.headers", LIMIT_HTTP_HEADERS, "fields", "header fields, and trailer fields", CUT,
	 "devices send about ten"},
	{"http.empty-lines", LIMIT_HTTP_EMPTY_LINES, "lines", "empty lines before a message",
	 "the stream is read no further: fail", "RFC 9112 2.2 speaks of one"},
	{"http.body", LIMIT_HTTP_BODY, "octets", "a request's body; what is kept of one in a capture",
	 CUT, "TR-069 3.5 asks for 32 KiB at least; all values of a large device are some MiB"},
	{"http.file", LIMIT_HTTP_FILE, "octets", "a body in a capture, kept or not",
	 "the stream is read no further", "files pass in captures too"},
	{"http.field", LIMIT_HTTP_FIELD, "octets", "one parameter of a challenge or of credentials",
	 "the field is read as a wrong one", "a nonce has less than a hundred"},
	{"http.password", LIMIT_HTTP_PASSWORD, "octets", "user name and password of Basic",
	 "the field is read as a wrong one", "TR-069 has 256 for each"},
	{"http.queue", LIMIT_HTTP_QUEUE, "octets", "requests that come while an answer is owed",
	 CLOSED, "TR-069 3.7 lets a device wait for each answer"},
	{"http.exchanges", LIMIT_HTTP_EXCHANGES, "requests", "of one connection without an answer",
	 OLDEST, "CWMP allows one"},
	{"file.kept", LIMIT_FILE_KEPT, "octets", "a transferred file that is read, unpacked too",
	 "it is counted and hashed, and its contents are not looked at", "CM and PM files have some KiB"},
	{"ftp.line", LIMIT_FTP_LINE, "octets", "one line of an FTP control connection",
	 "it is not read", "paths have 4096 octets at most"},
	{"ftp.reply", LIMIT_FTP_REPLY, "octets", "a reply of FTP, all its lines",
	 "it is not read", "greetings and lists of features have some KiB"},
	{"ftp.commands", LIMIT_FTP_COMMANDS, "commands", "of a connection without a reply", OLDEST,
	 "clients wait for each reply"},
	{"ftp.connections", LIMIT_FTP_CONNECTIONS, "connections", "open to FTP of a file server", REFUSED,
	 "a device has one at a time"},
	{"ftp.handshake", LIMIT_FTP_HANDSHAKE, "s", "from AUTH, or a connection, to the end of its TLS handshake", CLOSED,
	 "as with an HMS (profile: limit.handshake)"},
	{"ftp.idle", LIMIT_FTP_IDLE, "s", "a control connection on which nothing is said",
	 "the connection is closed", "servers close it at about that time (profile: limit.idle-connection)"},
	{"ftp.data", LIMIT_FTP_DATA, "s", "until an announced data connection is opened",
	 "the transfer is refused: inconc", "clients open it at once"},
	{"ftp.waiting", LIMIT_FTP_WAITING, "octets", "commands, or data, that come before their time", CLOSED,
	 "clients wait for each reply"},
	{"ftp.files", LIMIT_FTP_FILES, "files", "delivered in a scenario that can be fetched",
	 "others are not kept", "nobody fetches a measurement file"},
	{"sftp.packet", LIMIT_SFTP_PACKET, "octets", "a packet of SFTP", "the connection is read no further",
	 "32768 octets of a file with what stands before them; OpenSSH has this limit"},
	{"sftp.handles", LIMIT_SFTP_HANDLES, "files", "open at a time on a connection", "one more is refused",
	 "clients have one or two"},
	{"sftp.asked", LIMIT_SFTP_ASKED, "requests", "of a connection without an answer", OLDEST,
	 "OpenSSH has at most 64"},
	{"sftp.connections", LIMIT_SFTP_CONNECTIONS, "connections", "open to SFTP of a file server", REFUSED,
	 "a device has one at a time"},
	{"sftp.logins", LIMIT_SFTP_LOGINS, "attempts", "to log in, on one connection",
	 "the connection is closed", "OpenSSH allows six"},
	{"sftp.handshake", LIMIT_SFTP_HANDSHAKE, "s", "from a connection to the end of its login", CLOSED,
	 "as with an HMS (profile: limit.handshake)"},
	{"sftp.idle", LIMIT_SFTP_IDLE, "s", "a connection on which nothing is asked",
	 "the connection is closed", "servers close it at about that time (profile: limit.idle-connection)"},
	{"sftp.rest", LIMIT_SFTP_REST, "s", "a connection without an open file on which nothing is asked",
	 "the connection is closed", "so the next file has a host key of its own"},
	{"sftp.waiting", LIMIT_SFTP_WAITING, "octets", "requests that wait for the answer to one before", CLOSED,
	 "four times what the window of a channel lets in"},
	{"ssh.clear", LIMIT_SSH_CLEAR, "octets", "of a server before its host key", "no host key is told",
	 "with the largest keys it has some KiB"},
	{"xml.document", LIMIT_XML_DOCUMENT, "octets", "an XML document", CUT,
	 "four times as much as a body may have"},
	{"xml.depth", LIMIT_XML_DEPTH, "levels", "elements inside one another", CUT,
	 "the deepest RPC has about ten; libxml2 ends at 256"},
	{"xml.elements", LIMIT_XML_ELEMENTS, "elements", "of one document", CUT,
	 "100 000 parameters with their values"},
	{"xml.attributes", LIMIT_XML_ATTRIBUTES, "attributes", "of one element", CUT,
	 "SOAP has about eight; reading takes time by their square"},
	{"xml.namespaces", LIMIT_XML_NAMESPACES, "declarations", "in force at one place", CUT,
	 "envelopes have about five; each name is looked up in all"},
	{"xml.recoded", LIMIT_XML_RECODED, "octets",
	 "a document that is neither UTF-8, ASCII, Latin nor Windows", CUT,
	 "its tags cannot be counted before it is read"},
	{"xml.names", LIMIT_XML_NAMES, "names", "of elements and attributes, kept from one document "
	 "to the next", "all are forgotten", "peers can invent names without end"},
	{"xml.grammar", LIMIT_XML_GRAMMAR, "octets", "an envelope that is held to the grammar",
	 "a longer one is not held to it", "the validator's time grows with the square of a list"},
	{"stream.unsent", LIMIT_STREAM_UNSENT, "octets", "written, and not taken by the other end",
	 "the connection is reset: inconc", "an answer has some KiB"},
	{"stream.leaving", LIMIT_STREAM_LEAVING, "connections",
	 "closed by us, and not yet by the other end", "the oldest is reset",
	 "each holds a descriptor"},
	{"stream.after-close", LIMIT_STREAM_AFTER_CLOSE, "octets", "that still come after our close",
	 "the connection is reset", "it is more than was on its way"},
	{"stream.drain", LIMIT_STREAM_DRAIN, "s", "after our close, until the other end has all",
	 "the connection is let go", "the time TR-069 3.4.2 gives an answer"},
	{"stream.linger", LIMIT_STREAM_LINGER, "s", "after our FIN, until the other end's",
	 "the connection is let go", "many devices never send it"},
	{"tls.client-hello", LIMIT_TLS_CLIENT_HELLO, "octets", "a ClientHello",
	 "it is left to OpenSSL, which refuses it", "large ones have about 2000"},
	{"tls.record", LIMIT_TLS_RECORD, "octets", "a record of TLS, or what stands in its place",
	 CLOSED, "RFC 8446 5.2: 2^14 and 256"},
	{"hms.connections", LIMIT_HMS_CONNECTIONS, "connections", "open at an HMS", REFUSED,
	 "a device needs one, and a second for a moment"},
	{"hms.connections-each", LIMIT_HMS_CONNECTIONS_EACH, "connections",
	 "open at an HMS from one address", REFUSED, "one address alone does not use up all"},
	{"hms.handshake", LIMIT_HMS_HANDSHAKE, "s", "from a connection to the end of its TLS handshake",
	 CLOSED, "TR-069 3.4.2 gives an answer 30 s (profile: limit.handshake)"},
	{"hms.request", LIMIT_HMS_REQUEST, "s", "from a request's first octet to its last", CLOSED,
	 "some MiB on a slow line (profile: limit.request)"},
	{"hms.idle", LIMIT_HMS_IDLE, "s", "a connection on which nothing is said",
	 "the connection is closed", "servers close much earlier (profile: limit.idle-connection)"},
	{"hms.bodies", LIMIT_HMS_BODIES, "octets", "of unfinished bodies, on all connections of an HMS",
	 CUT, "two of the largest at a time, and some more"},
	{"hms.sessions", LIMIT_HMS_SESSIONS, "sessions", "open at an HMS", OLDEST,
	 "a device has one at a time (TR-069 3.7)"},
	{"hms.devices", LIMIT_HMS_DEVICES, "devices", "remembered by an HMS", "others are not",
	 "one is under test"},
	{"hms.nonces", LIMIT_HMS_NONCES, "nonces", "of Digest that are still good", OLDEST,
	 "a session needs one"},
	{"hms.connection-requests", LIMIT_HMS_CONNECTION_REQUESTS, "requests", "under way",
	 "others are not sent", "scenarios send a few"},
	{"connection-request.answer", LIMIT_CONNECTION_REQUEST_ANSWER, "octets",
	 "the answer to a Connection Request", CLOSED, "TR-069 3.2.2: it has no body to speak of"},
	{"connection-request.time", LIMIT_CONNECTION_REQUEST_TIME, "s",
	 "until a Connection Request is answered", CLOSED,
	 "TR-069 3.2.2: the session begins within 30 s"},
	{"files.connections", LIMIT_FILE_CONNECTIONS, "connections", "open at a file server", REFUSED,
	 "a device needs one, and a second for FTP's data"},
	{"files.handshake", LIMIT_FILE_HANDSHAKE, "s",
	 "from a connection to the end of its TLS handshake", CLOSED,
	 "as at an HMS (profile: limit.handshake)"},
	{"files.request", LIMIT_FILE_REQUEST, "s", "from a request's first octet to its last", CLOSED,
	 "some MiB on a slow line (profile: limit.request)"},
	{"files.idle", LIMIT_FILE_IDLE, "s", "a connection on which nothing is said",
	 "the connection is closed", "servers close much earlier (profile: limit.idle-connection)"},
	{"dns.connections", LIMIT_DNS_CONNECTIONS, "connections", "open at a name server", REFUSED,
	 "RFC 7766 6.2.2 asks for as few as can be"},
	{"dns.records", LIMIT_DNS_RECORDS, "records", "in one DNS message", "it is malformed",
	 "answers have a few"},
	{"sctp.associations", LIMIT_SCTP_ASSOCIATIONS, "associations", "open at an MME or HNB-GW",
	 REFUSED, "a device has one; a few when it restarts"},
	{"sctp.strangers", LIMIT_SCTP_STRANGERS, "hosts", "that asked and have no association",
	 "the one that said nothing for longest is forgotten", "a flood must not fill the memory"},
	{"sctp.message", LIMIT_SCTP_MESSAGE, "octets", "in one message",
	 "the association is broken off", "an S1 SETUP REQUEST at its longest has 10 KiB"},
	{"dissector.connections", LIMIT_DISSECTOR_CONNECTIONS, "connections", "open at a time", OLDEST,
	 "captures lose the ends of many"},
	{"dissector.sessions", LIMIT_DISSECTOR_SESSIONS, "sessions", "open at a time", OLDEST,
	 "one a device"},
	{"dissector.devices", LIMIT_DISSECTOR_DEVICES, "devices", "with their ConnectionRequestURL",
	 OLDEST, "as many as sessions"},
	{"dissector.listeners", LIMIT_DISSECTOR_LISTENERS, "addresses",
	 "whose protocol is known beforehand", "others are guessed", "a bench has about ten"},
	{"dissector.data", LIMIT_DISSECTOR_DATA, "connections", "for the data of FTP that are awaited", OLDEST,
	 "a client has one at a time"},
	{"dissector.bodies", LIMIT_DISSECTOR_BODIES, "octets",
	 "of unfinished bodies, on all connections", CUT, "four of the largest at a time"},
	{"dissector.keys", LIMIT_DISSECTOR_KEYS, "keys", "of IKE and ESP", "others are not used",
	 "a rekeying each minute of a day takes fewer"},
	{"dissector.ike-sas", LIMIT_DISSECTOR_IKE_SAS, "IKE SAs", "followed at a time", OLDEST,
	 "a device has one or two"},
	{"dissector.esp-flows", LIMIT_DISSECTOR_ESP_FLOWS, "SPIs", "followed at a time", OLDEST,
	 "two a Child SA"},
	{"dissector.associations", LIMIT_DISSECTOR_ASSOCIATIONS, "SCTP associations",
	 "followed at a time", OLDEST, "a device has one"},
	{"session.cookies", LIMIT_SESSION_COOKIES, "cookies", "of a session", "others are not kept",
	 "TR-069 3.4.2 asks devices for far less"},
	{"session.cookie", LIMIT_SESSION_COOKIE, "octets", "one cookie", "it is not kept",
	 "RFC 6265 6.1"},
	{"session.transfers", LIMIT_SESSION_TRANSFERS, "transfers", "ordered or told of",
	 "others are not kept", "an Inform has 64 events at most (TR-069 A.3.3.1)"},
	{"session.identity", LIMIT_SESSION_IDENTITY, "octets", "OUI, ProductClass and SerialNumber",
	 "the rest does not count", "TR-069 A.3.3.1: 6, 64 and 64 characters"},
	{"session.id", LIMIT_SESSION_ID, "octets", "the header ID", "the rest does not count",
	 "TR-069 3.5 sets none; agents use a few"},
	{"sessions.ended", LIMIT_SESSIONS_ENDED, "devices", "whose last session is remembered", OLDEST,
	 "one is under test"},
	{"asked.names", LIMIT_ASKED_NAMES, "names", "of one request that its answer is held against",
	 "the answer is not held against them", "an HMS asks for some dozen"},
	{"asked.octets", LIMIT_ASKED_OCTETS, "octets", "of all these names",
	 "the answer is not held against them", "a name has 256 characters at most (TR-069 A.3.2.2)"},
	{"asked.paths", LIMIT_ASKED_PATHS, "paths", "among them that are partial",
	 "the answer is not held against them", "each is tried with each name of the answer"},
	{"records", LIMIT_RECORDS, "devices", "whose orders, events and ParameterKey are remembered",
	 OLDEST, "one is under test"},
	{"record.orders", LIMIT_RECORD_ORDERS, "transfers", "of a device that are remembered", OLDEST,
	 "TR-069 A.3.2.8 asks a device to queue 3"},
	{"record.events", LIMIT_RECORD_EVENTS, "events", "of a device that are remembered",
	 "others are not kept", "an Inform has 64 at most (TR-069 A.3.3.1)"},
	{"capture.block", LIMIT_CAPTURE_BLOCK, "octets", "one block of a pcapng, one packet of a pcap",
	 "it is stepped over", "packets have 64 KiB at most"},
	{"capture.interfaces", LIMIT_CAPTURE_INTERFACES, "interfaces", "of a section of a pcapng",
	 "others are not known", "a host has a few"},
	{"capture.connections", LIMIT_CAPTURE_CONNECTIONS, "connections", "that are put together",
	 OLDEST, "captures lose the ends of many"},
	{"capture.waiting", LIMIT_CAPTURE_WAITING, "octets", "waiting for a segment that is missing",
	 "the gap is given up", "a window, many times"},
	{"run.connections", LIMIT_RUN_CONNECTIONS, "connections", "of one scenario",
	 "no more are followed: inconc", "scenarios have a dozen"},
	{"run.messages", LIMIT_RUN_MESSAGES, "octets", "of messages in the run log, for one scenario",
	 "no more are written", "a scenario has some dozen KiB; the largest body fits"},
	{"run.recording", LIMIT_RUN_RECORDING, "octets", "of run.pcapng, for one scenario",
	 "no more is recorded", "room for the largest bodies, several times"},
};

_Static_assert(sizeof(bounds) / sizeof(bounds[0]) < BOUNDS_MOST, "BOUNDS_MOST is too small");

const struct bound *bound_at(size_t index)
{
	return index < sizeof(bounds) / sizeof(bounds[0]) ? &bounds[index] : NULL;
}

const struct bound *bound_find(const char *name)
{
	for (size_t index = 0; index < sizeof(bounds) / sizeof(bounds[0]); index++)
		if (!strcmp(bounds[index].name, name))
			return &bounds[index];
	return NULL;
}

size_t bound_index(const struct bound *bound)
{
	return (size_t)(bound - bounds);
}

bool bound_is_harmless(const struct bound *bound)
{
	return !strstr(bound->reached, "inconc");
}

struct message *bound_reached(const struct bound *bound, const char *why)
{
	struct message *message = message_new("any", "LimitReached");

	message_attribute(message->body, "limit", "%s", bound->name);
	message_number(message->body, "most", bound->most);
	message_attribute(message->body, "unit", "%s", bound->unit);
	message_attribute(message->body, "harmless", "%s", bound_is_harmless(bound) ? "true" : "false");
	message_attribute(message->body, "why", "%s", why);
	return message;
}
