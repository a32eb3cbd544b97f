/* SCTP packets in a recording: associations, and the S1AP and HNBAP in them. */
#include <stdlib.h>
#include <string.h>

#include "protocols/dissector-parts.h"
#include "protocols/hnbap.h"
#include "protocols/limits.h"
#include "protocols/memory.h"
#include "protocols/s1ap.h"
#include "protocols/sctp-read.h"
#include "protocols/xml.h"

#define REFUSALS 16 /* servers that asked a client to wait; the oldest gives way */
#define SECOND 1000000

struct association {
	struct association *older;
	uint64_t number;
	struct address client, server;
	bool from_start; /* its INIT was seen */
	uint32_t tsn;    /* of the client's first DATA, when it was */
	bool spoken;     /* the client said something of S1AP or HNBAP */
	struct sctp_reassembly directions[2]; /* [from client] */
};

/* A server said no, and how long to wait (TS 36.413 8.7.3.3, TS 25.469 8.2.3). */
struct refusal {
	struct address client, server;
	int64_t time;
	uint64_t seconds;
	bool waits; /* it said how long */
	char cause[64];
};

struct dissector_sctp {
	struct association *newest;
	size_t count;
	uint64_t opened;
	struct refusal refusals[REFUSALS];
	size_t refusal_next;
};

struct sctp_look {
	struct dissector *dissector;
	const struct address *source, *destination; /* with ports */
	int64_t time;
	uint64_t packet;
	bool checksum_right;
	struct association *association; /* NULL: of none that is known */
	bool from_client;
};

static void association_free(struct association *association)
{
	sctp_reassembly_clear(&association->directions[0]);
	sctp_reassembly_clear(&association->directions[1]);
	free(association);
}

void dissector_sctp_free(struct dissector *dissector)
{
	struct dissector_sctp *sctp = dissector->sctp;

	if (!sctp)
		return;
	while (sctp->newest) {
		struct association *association = sctp->newest;

		sctp->newest = association->older;
		association_free(association);
	}
	free(sctp);
	dissector->sctp = NULL;
}

static bool is_known_port(uint16_t port)
{
	return port == S1AP_PORT || port == HNBAP_PORT;
}

static struct association *association_find(struct dissector_sctp *sctp, const struct address *a,
					    const struct address *b, bool *from_client)
{
	for (struct association *association = sctp->newest; association;
	     association = association->older) {
		*from_client = address_same(&association->client, a);
		if (*from_client ? address_same(&association->server, b)
				 : address_same(&association->client, b) &&
					   address_same(&association->server, a))
			return association;
	}
	return NULL;
}

static void forget_oldest(struct dissector_sctp *sctp)
{
	struct association **link = &sctp->newest;

	while ((*link)->older)
		link = &(*link)->older;
	association_free(*link);
	*link = NULL;
	sctp->count--;
}

static struct association *association_new(struct dissector_sctp *sctp,
					   const struct address *client,
					   const struct address *server)
{
	struct association *association = memory_new(sizeof(*association));

	if (sctp->count == LIMIT_DISSECTOR_ASSOCIATIONS)
		forget_oldest(sctp);
	association->number = ++sctp->opened;
	association->client = *client;
	association->server = *server;
	association->older = sctp->newest;
	sctp->newest = association;
	sctp->count++;
	return association;
}

/* An INIT from the same ports begins anew. */
static void begin(struct sctp_look *look, uint32_t tsn)
{
	struct dissector_sctp *sctp = look->dissector->sctp;
	struct association *association = look->association;

	if (!association || !look->from_client || association->spoken) {
		association = association_new(sctp, look->source, look->destination);
		look->association = association;
		look->from_client = true;
	}
	association->from_start = true;
	association->tsn = tsn;
}

/* Whose packets were not seen from the start: the known port is the server's. */
static void adopt(struct sctp_look *look)
{
	bool client = is_known_port(look->destination->port) || !is_known_port(look->source->port);

	if (look->association)
		return;
	look->from_client = client;
	look->association = association_new(look->dissector->sctp,
					    client ? look->source : look->destination,
					    client ? look->destination : look->source);
}

/* --- giving it out --- */

static void give(const struct sctp_look *look, struct message *message, const struct sctp_data *data,
		 uint64_t first_packet)
{
	xmlNode *facet = message_facet(message, "sctp");

	message->time = look->time;
	message->source = *look->source;
	message->destination = *look->destination;
	message->first_packet = first_packet;
	message->last_packet = look->packet;
	if (look->association) {
		message_number(facet, "association", look->association->number);
		message_number(facet, "port", look->association->server.port);
		message_attribute(facet, "from-client", "%s", look->from_client ? "true" : "false");
	}
	if (data) {
		message_number(facet, "ppid", data->ppid);
		message_number(facet, "stream", data->stream);
	}
	message_attribute(facet, "checksum", "%s", look->checksum_right ? "right" : "wrong");
	dissector_tell(look->dissector, message);
}

static void tell_malformed(const struct sctp_look *look, const struct problem *problem)
{
	struct message *message = message_new("sctp", "SctpMalformed");

	message_attribute(message->body, "why", "%s", problem->text);
	give(look, message, NULL, look->packet);
}

/* --- back-off --- */

static struct refusal *refusal_of(struct dissector_sctp *sctp, const struct address *client,
				  const struct address *server)
{
	for (size_t i = 0; i < REFUSALS; i++)
		if (sctp->refusals[i].client.family != 0 &&
		    address_same_host(&sctp->refusals[i].client, client) &&
		    address_same_host(&sctp->refusals[i].server, server))
			return &sctp->refusals[i];
	return NULL;
}

static void take_refusal(const struct sctp_look *look, const struct message *message)
{
	struct dissector_sctp *sctp = look->dissector->sctp;
	struct refusal *refusal = refusal_of(sctp, look->destination, look->source);
	const xmlNode *body = message->body;
	const xmlNode *wait = xml_child(body, "TimeToWait");
	char *cause = xml_attribute(xml_child(body, "Cause"), "value");
	char *seconds = xml_attribute(wait ? wait : xml_child(body, "BackoffTimer"), "seconds");

	if (!refusal)
		refusal = &sctp->refusals[sctp->refusal_next++ % REFUSALS];
	*refusal = (struct refusal){ .client = *look->destination, .server = *look->source,
				     .time = look->time, .waits = seconds != NULL };
	refusal->seconds = seconds ? strtoul(seconds, NULL, 10) : 0;
	snprintf(refusal->cause, sizeof(refusal->cause), "%s", cause ? cause : "");
	free(cause);
	free(seconds);
}

/* How long did the client wait since it was refused? Said of its next request to that server. */
static void describe_wait(const struct sctp_look *look, struct message *message)
{
	struct refusal *refusal =
		refusal_of(look->dissector->sctp, look->source, look->destination);
	xmlNode *facet;

	if (!refusal)
		return;
	facet = message_facet(message, "sctp");
	message_attribute(facet, "refused-before", "%s", refusal->cause);
	/* In tenths: a device's timer and the recording's clock need not agree on more. */
	message_attribute(facet, "waited", "%.1f",
			  (double)(look->time - refusal->time) / SECOND);
	if (refusal->waits)
		message_number(facet, "wait-least", refusal->seconds);
	memset(refusal, 0, sizeof(*refusal));
}

static void look_back(const struct sctp_look *look, struct message *message)
{
	const char *name = message->name;

	if (!strcmp(name, "S1SetupRequest") || !strcmp(name, "HnbRegisterRequest"))
		describe_wait(look, message);
	if (!strcmp(name, "S1SetupFailure") || !strcmp(name, "HnbRegisterReject") ||
	    (!strcmp(name, "HnbDeRegister") && !look->from_client))
		take_refusal(look, message);
}

/* --- user messages --- */

/* The payload protocol tells what it is; where it is none that the port's protocol shares its
 * association with (TS 25.467 7.1), the port does: so a wrong one is seen to be wrong. */
static bool is_hnbap(const struct sctp_look *look, uint32_t ppid)
{
	static const uint32_t others[] = { 19, 31, 55 }; /* RUA, SABP, PUA */

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (ppid == others[i])
			return false;
	return ppid == HNBAP_PPID || look->association->server.port == HNBAP_PORT;
}

static bool is_s1ap(const struct sctp_look *look, uint32_t ppid)
{
	uint16_t port = look->association->server.port;

	return port == S1AP_PORT || (ppid == S1AP_PPID && port != HNBAP_PORT);
}

static void tell_user_message(const struct sctp_look *look, const struct sctp_data *data,
			      uint64_t first_packet)
{
	struct association *association = look->association;
	struct message *message;

	if (is_s1ap(look, data->ppid))
		message = s1ap_message_decode(data->octets.at, data->octets.length);
	else if (is_hnbap(look, data->ppid))
		message = hnbap_message_decode(data->octets.at, data->octets.length);
	else
		message = message_new("sctp", "SctpData");
	if (strcmp(message->name, "SctpData") == 0)
		message_number(message->body, "length", data->octets.length);
	if (look->from_client && association->from_start)
		/* What the capture lacks may have come before another TSN. */
		message_attribute(message_facet(message, "sctp"), "first", "%s",
				  !association->spoken && data->tsn == association->tsn ? "true"
											: "false");
	if (look->from_client)
		association->spoken = true;
	look_back(look, message);
	give(look, message, data, first_packet);
}

static void take_data(struct sctp_look *look, const struct sctp_chunk *chunk)
{
	struct problem problem = { "" };
	struct sctp_data data, whole;
	struct buffer octets = { 0 };
	uint64_t first_packet = look->packet;

	if (sctp_data_read(chunk, &data, &problem) < 0) {
		tell_malformed(look, &problem);
		return;
	}
	adopt(look);
	if (sctp_reassemble(&look->association->directions[look->from_client], &data,
			    look->packet, &octets, &whole, &first_packet) == 1)
		tell_user_message(look, &whole, first_packet);
	buffer_free(&octets);
}

static void take_init(struct sctp_look *look, const struct sctp_chunk *chunk)
{
	struct message *message = message_new("sctp", "SctpInit");
	struct problem problem = { "" };
	struct sctp_init init;

	if (sctp_init_read(chunk, &init, &problem) < 0) {
		message_free(message);
		tell_malformed(look, &problem);
		return;
	}
	begin(look, init.tsn);
	message_number(message->body, "outbound-streams", init.outbound);
	message_number(message->body, "inbound-streams", init.inbound);
	give(look, message, NULL, look->packet);
}

static void take_abort(const struct sctp_look *look, const struct sctp_chunk *chunk)
{
	struct message *message = message_new("sctp", "SctpAbort");
	uint16_t cause = sctp_cause_read(chunk);

	if (cause) {
		message_number(message->body, "cause", cause);
		message_attribute(message->body, "why", "%s", sctp_cause_name(cause));
	}
	give(look, message, NULL, look->packet);
}

static void take_chunk(struct sctp_look *look, const struct sctp_chunk *chunk)
{
	switch (chunk->type) {
	case SCTP_DATA:
		take_data(look, chunk);
		break;
	case SCTP_INIT:
		take_init(look, chunk);
		break;
	case SCTP_ABORT:
		take_abort(look, chunk);
		break;
	case SCTP_SHUTDOWN:
		give(look, message_new("sctp", "SctpShutdown"), NULL, look->packet);
		break;
	default:
		break;
	}
}

void dissector_sctp_packet(struct dissector *dissector, const struct address *source,
			   const struct address *destination, int64_t time, uint64_t packet,
			   const void *octets, size_t length)
{
	struct address from = *source, to = *destination;
	struct octets rest = octets_of(octets, length);
	struct sctp_look look = { .dissector = dissector, .source = &from, .destination = &to,
				  .time = time, .packet = packet };
	struct problem problem = { "" };
	struct sctp_header header;
	struct sctp_chunk chunk;
	int result;

	if (!dissector->sctp)
		dissector->sctp = memory_new(sizeof(*dissector->sctp));
	if (sctp_header_read(&rest, &header, &problem) < 0) {
		tell_malformed(&look, &problem);
		return;
	}
	from.port = header.source_port;
	to.port = header.destination_port;
	look.checksum_right = sctp_checksum(octets_of(octets, length)) == header.checksum;
	look.association = association_find(dissector->sctp, &from, &to, &look.from_client);
	while ((result = sctp_chunk_next(&rest, &chunk, &problem)) > 0)
		take_chunk(&look, &chunk);
	if (result < 0)
		tell_malformed(&look, &problem);
}
