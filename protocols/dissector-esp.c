/* ESP packets in a recording: whose they are, what is in them when there are keys. */
#include "protocols/dissector-ipsec.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/limits.h"
#include "protocols/memory.h"
#include "protocols/packet.h"

#define TELL_AFTER INT64_C(1000000) /* packets of one SPI are told once a second, and changes */
#define LONG_GONE INT64_C(10000000) /* microseconds after which nothing is under way any more */
#define UNDER_WAY INT64_C(1000000) /* microseconds that a packet may take */

struct esp_look {
	struct dissector *dissector;
	const struct ipsec_place *place;
	uint32_t spi, sequence;
	size_t length;
	struct ike_sa *sa; /* between the hosts; NULL: none was seen */
	struct esp_flow *flow;
	bool has_key, replayed;
	enum esp_verdict verdict; /* when it has a key */
	struct buffer inner;
};

void dissector_esp_clear(struct dissector *dissector)
{
	struct dissector_ipsec *ipsec = dissector->ipsec;

	while (ipsec->flows) {
		struct esp_flow *flow = ipsec->flows;

		ipsec->flows = flow->older;
		free(flow);
	}
	ipsec->flow_count = 0;
}

static struct esp_flow *flow_new(struct dissector_ipsec *ipsec, const struct esp_look *look)
{
	struct esp_flow *flow;

	if (ipsec->flow_count == LIMIT_DISSECTOR_ESP_FLOWS) {
		struct esp_flow **link = &ipsec->flows;

		while ((*link)->older)
			link = &(*link)->older;
		free(*link);
		*link = NULL;
		ipsec->flow_count--;
	}
	flow = memory_new(sizeof(*flow));
	flow->spi = look->spi;
	flow->destination = *look->place->destination;
	flow->sa_number = ipsec->sa_number;
	flow->from_start = look->sequence == 1;
	flow->older = ipsec->flows;
	ipsec->flows = flow;
	ipsec->flow_count++;
	return flow;
}

static struct esp_flow *flow_of(struct dissector_ipsec *ipsec, const struct esp_look *look)
{
	for (struct esp_flow *flow = ipsec->flows; flow; flow = flow->older)
		if (flow->spi == look->spi &&
		    address_same_host(&flow->destination, look->place->destination))
			return flow;
	return flow_new(ipsec, look);
}

void dissector_esp_deleted(struct dissector *dissector, uint32_t spi,
			   const struct address *receiver, int64_t time)
{
	struct esp_flow *flow = dissector->ipsec->flows;

	for (; flow; flow = flow->older)
		if (flow->spi == spi && address_same_host(&flow->destination, receiver))
			flow->deleted = time;
}

/* A number that begins anew is of an SA that has the SPI of an old one. */
static bool is_closed(const struct esp_look *look)
{
	if (look->sequence == 1)
		look->flow->deleted = 0;
	return look->flow->deleted && look->place->time - look->flow->deleted >= LONG_GONE;
}

static bool row_fits(const struct esp_key_row *row, const struct esp_look *look)
{
	return row->spi == look->spi &&
	       (row->source.family == 0 ||
		address_same_host(&row->source, look->place->source)) &&
	       (row->destination.family == 0 ||
		address_same_host(&row->destination, look->place->destination));
}

/* A row does not tell whether sequence numbers are extended: the first packet does. */
static void try_key(struct esp_look *look, const struct esp_key_row *row, struct octets octets)
{
	struct esp_sa *tries[] = { row->sa, row->extended };

	look->has_key = true;
	for (size_t i = 0; i < 2; i++) {
		if (look->flow->works == tries[1 - i])
			continue;
		look->verdict = esp_look(tries[i], octets, &look->inner, &look->replayed);
		if (look->verdict != ESP_WRONG) {
			look->flow->works = tries[i];
			return;
		}
	}
}

/* The newest key first: SPIs come again. Behind a NAT a row may have addresses of the other side:
 * a row whose SPI alone fits is tried when no other does. */
static void open_packet(struct esp_look *look, struct octets octets)
{
	const struct dissector_ipsec *ipsec = look->dissector->ipsec;

	for (int exact = 1; exact >= 0; exact--)
		for (size_t i = ipsec->esp_key_count; i-- > 0;) {
			const struct esp_key_row *row = &ipsec->esp_keys[i];

			if (row_fits(row, look) != (bool)exact || row->spi != look->spi)
				continue;
			try_key(look, row, octets);
			if (look->verdict != ESP_WRONG)
				return;
		}
}

/* --- giving it out --- */

static const char *encryption_of(const struct esp_look *look)
{
	if (!look->has_key)
		return "closed";
	return look->verdict == ESP_GOOD || look->verdict == ESP_DUMMY ? "opened"
	       : look->verdict == ESP_WRONG				? "wrong"
									: "malformed";
}

static void describe_inner(const struct esp_look *look, xmlNode *body)
{
	char text[ADDRESS_TEXT];
	struct packet packet;
	enum packet_kind kind = packet_read(LINK_RAW, look->inner.octets, look->inner.length,
					    &packet);

	if (kind == PACKET_BROKEN)
		return;
	message_attribute(body, "inner-source", "%s", address_host(&packet.source, text));
	message_attribute(body, "inner-destination", "%s",
			  address_host(&packet.destination, text));
	message_number(body, "inner-protocol", packet.protocol);
	if (kind == PACKET_TCP || kind == PACKET_UDP) {
		message_number(body, "inner-source-port", packet.source.port);
		message_number(body, "inner-destination-port", packet.destination.port);
	}
	bool outward = look->sa && address_same_host(&look->sa->client, look->place->source);
	const struct address *inner = look->sa ? &look->sa->inner[packet.source.family == 6]
					       : NULL;
	if (outward && inner->family != 0)
		message_attribute(body, "inner-source-is", "%s",
				  address_same_host(inner, &packet.source) ? "assigned" : "other");
}

/* ESP and IKE go different ways through both ends: what was sent before a DELETE may come behind it,
 * and is no use of a tunnel that is gone. */
static enum ike_progress progress_of(const struct esp_look *look)
{
	const struct ike_sa *sa = look->sa;
	bool under_way = sa->progress == IKE_DELETED &&
			 look->place->time - sa->deleted < UNDER_WAY;

	return under_way ? IKE_ESTABLISHED : sa->progress;
}

/* An IKE SA that has no Child SA: does the packet go into one of an SA that was there before, or that
 * began before the recording? */
static bool is_of_another(const struct esp_look *look)
{
	enum ike_progress progress = look->sa->progress;

	return (progress == IKE_HALF_OPEN || progress == IKE_REFUSED) &&
	       (look->flow->sa_number < look->sa->number || !look->flow->from_start);
}

static void describe(const struct esp_look *look, struct message *message)
{
	xmlNode *body = message->body;

	message_attribute(body, "spi", "%08x", look->spi);
	message_number(body, "sequence", look->sequence);
	message_number(body, "length", look->length);
	message_attribute(body, "encapsulated", "%s",
			  look->place->encapsulated ? "true" : "false");
	message_attribute(body, "encryption", "%s", encryption_of(look));
	message_number(body, "packets", look->flow->since_told);
	if (look->replayed)
		message_attribute(body, "replayed", "true");
	if (is_closed(look))
		message_attribute(body, "child", "deleted");
	if (look->sa) {
		bool outward = address_same_host(&look->sa->client, look->place->source);

		message_attribute(body, "from-client", "%s", outward ? "true" : "false");
		message_attribute(body, "sa", "%s", dissector_ike_progress(progress_of(look)));
		if (look->sa->nat)
			message_attribute(body, "nat", "%s", look->sa->nat);
		if (look->sa->said[true][false].any && !look->sa->said[true][false].answered &&
		    look->sa->said[true][false].message_id > 0)
			message_attribute(body, "asked", "true");
	}
	if (look->verdict == ESP_GOOD && look->inner.length > 0)
		describe_inner(look, body);
}

/* Each packet would be too much: the first of an SPI, changes, and what is not as it should be. */
static bool is_to_tell(const struct esp_look *look)
{
	const struct esp_flow *flow = look->flow;
	bool strange = look->has_key && look->verdict != ESP_GOOD && look->verdict != ESP_DUMMY;
	bool changed = look->sa && (!flow->known || flow->progress != progress_of(look));

	return flow->packets == 1 || strange || changed || look->replayed ||
	       look->place->time - flow->told >= TELL_AFTER;
}

static void tell(struct esp_look *look)
{
	struct message *message = message_new("esp", "EspPacket");

	message->time = look->place->time;
	message->source = *look->place->source;
	message->destination = *look->place->destination;
	message->first_packet = message->last_packet = look->place->packet;
	describe(look, message);
	look->flow->since_told = 0;
	look->flow->told = look->place->time;
	look->flow->known = look->sa != NULL;
	if (look->sa)
		look->flow->progress = progress_of(look);
	dissector_tell(look->dissector, message);
}

void dissector_esp_packet(struct dissector *dissector, const struct ipsec_place *place,
			  struct octets octets)
{
	struct dissector_ipsec *ipsec = dissector_ipsec(dissector);
	struct esp_look look = { .dissector = dissector, .place = place,
				 .length = octets.length };
	struct octets rest = octets;

	if (octets_u32(&rest, &look.spi) < 0 || octets_u32(&rest, &look.sequence) < 0)
		return;
	look.sa = dissector_ike_between(dissector, place->source, place->destination);
	look.flow = flow_of(ipsec, &look);
	if (look.sa && is_of_another(&look))
		look.sa = NULL;
	/* The gateway has what it needs: the answer that said so was not seen. */
	if (look.sa && address_same_host(&look.sa->responder, place->source))
		dissector_ike_alive(look.sa);
	look.flow->packets++;
	look.flow->since_told++;
	open_packet(&look, octets);
	if (is_to_tell(&look))
		tell(&look);
	/* What was sent twice is not received twice. */
	if (look.has_key && look.verdict == ESP_GOOD && !look.replayed && ipsec->inner)
		ipsec->inner(ipsec->inner_context, place->time, place->packet, look.inner.octets,
			     look.inner.length);
	buffer_free(&look.inner);
}
