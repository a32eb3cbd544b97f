/* What comes at an IKE port or in IP protocol 50, and the keys to it. */
#include "protocols/dissector-ipsec.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/ikev2.h"
#include "protocols/limits.h"
#include "protocols/memory.h"

#define MARKER 4 /* zero octets before IKE at port 4500, RFC 3948 2.2 */

struct dissector_ipsec *dissector_ipsec(struct dissector *dissector)
{
	if (!dissector->ipsec)
		dissector->ipsec = memory_new(sizeof(*dissector->ipsec));
	return dissector->ipsec;
}

void dissector_ipsec_free(struct dissector *dissector)
{
	struct dissector_ipsec *ipsec = dissector->ipsec;

	if (!ipsec)
		return;
	dissector_ike_clear(dissector);
	dissector_esp_clear(dissector);
	for (size_t i = 0; i < ipsec->ike_key_count; i++)
		ike_key_row_clear(&ipsec->ike_keys[i]);
	for (size_t i = 0; i < ipsec->esp_key_count; i++)
		esp_key_row_clear(&ipsec->esp_keys[i]);
	free(ipsec->ike_keys);
	free(ipsec->esp_keys);
	free(ipsec);
	dissector->ipsec = NULL;
}

static int add_ike_key(struct dissector_ipsec *ipsec, const char *text, struct problem *problem)
{
	struct ike_key_row row;

	if (ike_key_row_read(text, &row, problem) < 0)
		return -1;
	ipsec->ike_keys = memory_resize(ipsec->ike_keys, ipsec->ike_key_count + 1, sizeof(row));
	ipsec->ike_keys[ipsec->ike_key_count++] = row;
	return 0;
}

static int add_esp_key(struct dissector_ipsec *ipsec, const char *text, struct problem *problem)
{
	struct esp_key_row row;

	if (esp_key_row_read(text, &row, problem) < 0)
		return -1;
	ipsec->esp_keys = memory_resize(ipsec->esp_keys, ipsec->esp_key_count + 1, sizeof(row));
	ipsec->esp_keys[ipsec->esp_key_count++] = row;
	return 0;
}

int dissector_key(struct dissector *dissector, const char *row, struct problem *problem)
{
	struct dissector_ipsec *ipsec = dissector_ipsec(dissector);

	if (ipsec->ike_key_count + ipsec->esp_key_count == LIMIT_DISSECTOR_KEYS)
		return problem_set(problem, "more than %d keys", LIMIT_DISSECTOR_KEYS);
	return ike_key_row_is(row) ? add_ike_key(ipsec, row, problem)
				   : add_esp_key(ipsec, row, problem);
}

void dissector_set_inner(struct dissector *dissector, dissector_inner inner, void *context)
{
	struct dissector_ipsec *ipsec = dissector_ipsec(dissector);

	ipsec->inner = inner;
	ipsec->inner_context = context;
}

static void tell_keepalive(struct dissector *dissector, const struct ipsec_place *place)
{
	struct message *message = message_new("ike", "NatKeepalive");

	message->time = place->time;
	message->source = *place->source;
	message->destination = *place->destination;
	message->first_packet = message->last_packet = place->packet;
	dissector_tell(dissector, message);
}

/* At port 4500 (and where else somebody listens) the first octets tell what it is. At port 500
 * there is IKE only. */
void dissector_ipsec_datagram(struct dissector *dissector, const struct address *source,
			      const struct address *destination, int64_t time, uint64_t packet,
			      const void *octets, size_t length)
{
	struct octets datagram = octets_of(octets, length);
	struct ipsec_place place = { source, destination, time, packet, true };
	struct ikev2_header header;
	bool plain = destination->port == IKEV2_PORT || source->port == IKEV2_PORT;
	bool fixed = destination->port == IKEV2_NAT_PORT || source->port == IKEV2_NAT_PORT;

	if (!plain && !fixed)
		plain = ikev2_header_decode(datagram, &header, NULL) == 0;
	if (plain && !fixed) {
		place.encapsulated = false;
		dissector_ike_datagram(dissector, &place, datagram);
		return;
	}
	switch (udp_encapsulated(datagram)) {
	case UDP_KEEPALIVE:
		tell_keepalive(dissector, &place);
		break;
	case UDP_ESP:
		dissector_esp_packet(dissector, &place, datagram);
		break;
	case UDP_IKE:
		datagram.at += MARKER;
		datagram.length -= MARKER;
		dissector_ike_datagram(dissector, &place, datagram);
		break;
	case UDP_NEITHER:
		dissector_ike_datagram(dissector, &place, datagram);
		break;
	}
}

void dissector_ipsec_packet(struct dissector *dissector, const struct address *source,
			    const struct address *destination, int64_t time, uint64_t packet,
			    const void *octets, size_t length)
{
	struct ipsec_place place = { source, destination, time, packet, false };

	dissector_esp_packet(dissector, &place, octets_of(octets, length));
}

const char *dissector_ipsec_tunnel(const struct dissector *dissector, const struct address *host)
{
	const struct ike_sa *sa = dissector->ipsec ? dissector_ike_of(dissector, host) : NULL;

	return sa ? dissector_ike_progress(sa->progress) : NULL;
}
