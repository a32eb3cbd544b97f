/*
 * message: one thing that was said between two elements, decoded.
 *
 * Decoders make messages from octets, the judge reads them. Everything a check could
 * ask for is in the document, of this form (prefixes stripped, the namespace kept):
 *
 *   <message protocol="cwmp" name="Inform" path="outside" side="outside"
 *       tunnel="established">
 *     <tcp connection="3"/>
 *     <tls version="TLSv1.3" cipher="..." server-name="..." client-certificate="SUBJECT"/>
 *     <http method="POST" target="/cwmp" version="1.1" chunked="false" length="1234">
 *       <header name="soapaction" spelled="SOAPAction">VALUE</header>     (name in lower case)
 *     </http>                                     (a response has status= and reason= instead)
 *     <soap ns="http://schemas.xmlsoap.org/soap/envelope/" envelopes="1" bodies="1" xsd="..." xsi="...">
 *       <Header><ID ns="urn:dslforum-org:cwmp-1-0" mustUnderstand="1">7</ID></Header>
 *     </soap>
 *     <session number="1" post="1" informs="1" bound="cookie" cwmp="urn:dslforum-org:cwmp-1-0"/>
 *     <credentials scheme="Digest" username= realm= nonce= uri= uri-is="target|other" response=
 *       algorithm= qop= count=/>   (of an Authorization field; of Basic only scheme and username)
 *     <pm/>                         (of FileContents, a measurement file: see pm-file.h, pm-past.h)
 *     <answers name="SetParameterValues" id="7" has-id="true" least="0" packet="12"/>
 *     <Inform ns="urn:dslforum-org:cwmp-1-0">                      (the body: context node of checks)
 *       <DeviceId><OUI>..</OUI></DeviceId>
 *       <Event arrayType="cwmp:EventStruct[1]">..</Event>
 *       <Value type="xsd:string" type-ns="http://www.w3.org/2001/XMLSchema">..</Value>
 *     </Inform>
 *   </message>
 *
 * path is "inside" for what came through the tunnel, else "outside"; side= the one where the server
 * belongs, given by whoever names the roles; tunnel, in what came over TCP
 * outside, what became of the sender's IKE SA with a gateway, when one was seen: established,
 * half-open, refused, deleted, hidden (no keys).
 *
 * <answers> stands in an answer, and in whatever else a device says when an answer of its own is
 * due (TR-069 3.7.1.3): what was asked, in which packet, and how many entries the answer's list has
 * at least, because they were asked for by full name.
 *
 * It also has extra= (the first name in the answer's list, or in the bad parameters of a Fault, that
 * was not asked for), missing= (the first that was asked for by its full name and is not there), twice=
 * (a name that the request had twice), delayed= (a transfer's DelaySeconds is not 0).
 *
 * In session: bound is new (the POST that opens it), cookie, connection, both, address (no cookie
 * came and the client has one session only), retry (after 401, a redirect or fault 8005) or unseen
 * (an answer before the device's first Inform: its session began before the recording; or octets of
 * the connection are missing); also cookies= (set by the HMS so far) and due= (a request of the HMS
 * that the device still owes the answer to); cookies-missing= (the names of cookies that go with
 * every POST, whatever its target, and do not come back in this one as they were set); before=
 * how the device's session before ended: complete, cut (behind its InformResponse) or failed; in
 * TransferComplete, transfer= known or unknown: whether the Inform's M events or an order of the
 * HMS in this session have its CommandKey. What else may stand in session ("true" unless said):
 *   cookies-elsewhere=, cookies-kept= names of cookies that go to another host or above their
 *     path, or that the session before had set
 *   held=, late=, unasked= a request in spite of HoldRequests, one behind the empty POST, an
 *     answer to nothing
 *   again= the status (401, 302 ...) because of which this is to be the POST before, again-times=
 *     how often in succession; then instead-of= the name of that POST when this is another,
 *     retry-was= its RetryCount when that is another, moved= it comes on another connection without
 *     need, challenge-altered= fields of the challenge that are not its own, opaque= "altered",
 *     qop= "left out", digest= "offered", where Basic was chosen
 *   cookie-name= "attribute" when the HMS has set a cookie with the name of one, as Path
 *   redirect= "ignored" (with location=), or "stored": this session begins where the one before
 *     was redirected to; credentials= "left out" where the HMS took some before
 *   not-retried= the request that fault 8005 asked for once more, and this is another message; "the
 *     same" before it when this has its name and another CommandKey (TransferComplete) or other
 *     arguments; retried= how often it was made again before
 *   clock= in the answer to Download and Upload: the session's Inform knew what time it is
 *   count-before= the last nc seen with this nonce, 0 for a new one
 *   flood= seconds in which the last 20 sessions began, when they are fewer than 10
 *   request= what became of the last Connection Request when this Inform says 6: accepted, refused,
 *     served or failed (by an earlier session), perhaps (served, but another was accepted while
 *     the session was opened, perhaps), or unanswered; request-waited= seconds since
 *     its session could begin, request-late= those beyond the 30 s that it may take
 * and in the Inform behind a session that failed:
 *   reason= "retry" (nothing else happened), "perhaps-new" (or the device booted again) or "new";
 *   boot= "perhaps" when it came too soon, and only a reboot can be why; not twice in succession
 *   waited=, waited-at-least= seconds, from when the device could know of the failure at the
 *     earliest and at the latest; wait-least=, wait-most= the range of the table for retry= (the
 *     number of the retry since a boot), half a second wider below and ten above; no wait-most=
 *     when RetryCount jumped: not all attempts were seen; when nobody saw which waits the device
 *     was set to, wait-least= is the shortest that there can be, wait-most= is missing, and
 *     wait-usual-least=, wait-usual-most= are those of the defaults
 *   retry-before= its RetryCount, retry-most= what that can have become.
 * hms-cwmp= is the namespace of the InformResponse. What is known of
 * the device from its sessions before (cwmp-record.h) is told in
 *   an Inform or GetParameterValuesResponse that shows it: parameter-key=, parameter-key-too=: the
 *     ParameterKey that it has to be, or may be as well;
 *   an Inform: dropped= (an event that was not delivered and is not there), carried= (one that a new
 *     0 BOOTSTRAP should have discarded), reboot= (the CommandKey of a Reboot, behind a boot), reset=
 *     (a FactoryReset was answered, behind a boot), url-changed= (the HMS gave another URL),
 *     changes= "own" (4 VALUE CHANGE, and what is another is as the HMS wrote it),
 *     change-untold= (a parameter that is told of by default changed without 4 VALUE CHANGE),
 *     ipsec= off (its HMS said, or it said itself, that it uses none) or open (that may have been said unseen),
 *     periodic-interval=, a quarter and a tenth of it: periodic-quarter=, periodic-tenth=;
 *     periodic-off= (seconds), periodic-waited= "true" when
 *     it fell due in a session;
 *   a GetParameterValuesResponse: not-applied= (a name that was written with Status 0 in this session
 *     and has another value), refused-applied= (one whose value was refused in it, and is there);
 *   a TransferComplete: order= pending, done (Status 0), refused or unknown; too-early= (ordered in
 *     this session, with a delay), ordered-here= (in this session, without one);
 *   SessionEnd: untold= (the CommandKey of a transfer that was announced and not told of), not-said=
 *     (the RPC that 9 or 10 announced).
 * More of soap is told at cwmp_decode. The bodies of derived names:
 *   <EmptyPost/> <EmptyResponse status=/> <SessionEnd/> <Unreadable why=/> <UnknownMethod method=/>
 *   <SessionBroken cause="reset|closed|inform|forgotten" by="device|hms|" why= due=
 *     due-packet=/>
 *   <SessionSilent due= due-packet=/> <HttpPipelined/> <ConnectionRequestUnserved/>
 *   <ConnectionRequestIdle/>
 *   <HttpRequest method= target= body-length= authorization= username=/>
 *   <HttpResponse status= reason= body-length=/>, HttpError likewise, HttpRedirect with location=,
 *   HttpChallenge with scheme= realm= algorithm= qop= stale=
 *   <HttpTruncated by="client|server|" why= body-length=/>  ("": only the recording lacks the rest)
 *   <ConnectionRequest target= body-length= authorization="Digest|Basic|other" username=/>
 *   <ConnectionRequestChallenge .../> like HttpChallenge, <ConnectionRequestResponse .../> like
 *   HttpResponse, both with authorized= (the request had credentials) and, when the device's URL is
 *   known, path="right|other"; in session, busy="false" when nothing speaks against taking it.
 *
 * A DNS message has <DnsQuery id="" transport="udp"><question name= type= class=/>...; an
 * empty POST has <EmptyPost/>. The body element's name is always the message's name.
 * Which names exist, and who may say them, is in message-names.h.
 */
#ifndef PROTOCOLS_MESSAGE_H
#define PROTOCOLS_MESSAGE_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stdint.h>

#include "protocols/address.h"
#include "protocols/buffer.h"

#define ROLE_NAME 32
#define MESSAGE_NAME 64

struct message {
	int64_t time;               /* microseconds since 1970, on the run's or the capture's clock */
	struct address source;      /* who sent it */
	struct address destination;
	char from[ROLE_NAME];       /* role names; empty until somebody names them */
	char to[ROLE_NAME];
	const char *protocol;       /* "dns", "tls", "http", "cwmp", static text */
	char name[MESSAGE_NAME];    /* "Inform" */
	xmlDoc *document;           /* owned; to keep a part of it elsewhere copy the nodes
				       (xmlDocCopyNode): messages share a dictionary of names,
				       so that nodes must not move to another document */
	xmlNode *body;              /* inside document: the context node of checks */
	uint64_t connection;        /* number of the TCP connection in this run; 0 = datagram */
	uint64_t session;           /* number of the CWMP session; 0 = none */
	struct buffer envelope;     /* cwmp: the document as it came; empty when it was unreadable */
	struct buffer skeleton;     /* of it, see cwmp-skeleton.h; empty = it has none */
	bool repeat;                /* the same POST again after 401 or a redirect: not said anew */
	uint64_t first_packet;      /* 1-based numbers in the recording or capture; 0 = not recorded */
	uint64_t last_packet;
};

/* A message with the document's frame and an empty body element NAME. protocol: static text. */
struct message *message_new(const char *protocol, const char *name);
void message_free(struct message *message); /* and its document; NULL is fine */

/* Did it come through the tunnel: is one of its ends inside the operator's network? */
bool message_is_inside(const struct message *message);
/* Says so: /message/@path is "inside" or "outside", unless it was said before. */
void message_set_path(struct message *message);
/* Gives it another name: in the struct, the root element and the body element. */
void message_rename(struct message *message, const char *name);

/* The facet element ("http", "tcp", ...) under <message>, made before the body if missing. */
xmlNode *message_facet(struct message *message, const char *name);
/* Sets an attribute, printf-like. Text that is not valid UTF-8 or holds control characters
 * has each such octet replaced by U+FFFD, so that the document can always be written. */
void message_attribute(xmlNode *node, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same with a number, quicker. */
void message_number(xmlNode *node, const char *name, uint64_t number);
/* Appends a child with text (same care with octets); returns it. */
xmlNode *message_child(xmlNode *parent, const char *name, const char *text);

#endif
