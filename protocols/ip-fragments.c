#include "protocols/ip-fragments.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

#define WAITING 64
#define DATAGRAM_LIMIT 65535
#define UNIT 8 /* fragments begin at multiples of it */
#define UNITS (DATAGRAM_LIMIT / UNIT + 1)
#define PATIENCE 60000000 /* microseconds */

struct datagram {
	bool used;
	uint8_t protocol;
	uint32_t identification;
	struct address source, destination;
	int64_t begun;
	uint8_t *octets; /* DATAGRAM_LIMIT once needed; kept for the next datagram */
	uint8_t present[UNITS / 8 + 1]; /* a bit for each unit */
	size_t units;    /* how many are present */
	size_t end;      /* of the furthest fragment seen */
	size_t whole;    /* the datagram's length, 0 until its last fragment is seen */
};

struct ip_fragments {
	struct datagram waiting[WAITING];
};

struct ip_fragments *ip_fragments_new(void)
{
	return memory_new(sizeof(struct ip_fragments));
}

void ip_fragments_free(struct ip_fragments *fragments)
{
	if (!fragments)
		return;
	for (size_t i = 0; i < WAITING; i++)
		free(fragments->waiting[i].octets);
	free(fragments);
}

static bool belongs(const struct datagram *datagram, const struct packet *packet)
{
	return datagram->used && datagram->identification == packet->identification &&
	       datagram->protocol == packet->protocol &&
	       address_same_host(&datagram->source, &packet->source) &&
	       address_same_host(&datagram->destination, &packet->destination);
}

static void begin(struct datagram *datagram, const struct packet *packet, int64_t time)
{
	uint8_t *octets = datagram->octets;

	if (!octets)
		octets = memory_resize(NULL, DATAGRAM_LIMIT, 1);
	memset(datagram, 0, sizeof(*datagram));
	datagram->octets = octets;
	datagram->used = true;
	datagram->protocol = packet->protocol;
	datagram->identification = packet->identification;
	datagram->source = packet->source;
	datagram->destination = packet->destination;
	datagram->begun = time;
}

/* The datagram that the packet belongs to; a new one in a free place, or in the oldest's. */
static struct datagram *find(struct ip_fragments *fragments, const struct packet *packet,
			     int64_t time)
{
	struct datagram *place = &fragments->waiting[0];

	for (size_t i = 0; i < WAITING; i++) {
		struct datagram *datagram = &fragments->waiting[i];

		if (time > datagram->begun && time - datagram->begun > PATIENCE)
			datagram->used = false;
		if (belongs(datagram, packet))
			return datagram;
		if (place->used && (!datagram->used || datagram->begun < place->begun))
			place = datagram;
	}
	begin(place, packet, time);
	return place;
}

static bool is_present(const struct datagram *datagram, size_t unit)
{
	return datagram->present[unit / 8] >> unit % 8 & 1;
}

/* What came first stays: a later fragment does not write over it. */
static void store(struct datagram *datagram, const struct packet *packet)
{
	for (size_t at = 0; at < packet->length; at += UNIT) {
		size_t unit = (packet->offset + at) / UNIT;
		size_t part = packet->length - at < UNIT ? packet->length - at : UNIT;

		if (is_present(datagram, unit))
			continue;
		memcpy(datagram->octets + packet->offset + at, packet->octets + at, part);
		datagram->present[unit / 8] |= (uint8_t)(1u << unit % 8);
		datagram->units++;
	}
}

static bool is_sound(const struct datagram *datagram, const struct packet *packet)
{
	size_t end = packet->offset + packet->length;

	if (packet->length == 0 || packet->missing > 0 || end > DATAGRAM_LIMIT)
		return false;
	if (packet->more)
		return packet->length % UNIT == 0 &&
		       (datagram->whole == 0 || end <= datagram->whole);
	return datagram->whole == 0 ? datagram->end <= end : datagram->whole == end;
}

enum packet_kind ip_fragments_add(struct ip_fragments *fragments, struct packet *packet,
				  int64_t time)
{
	struct datagram *datagram = find(fragments, packet, time);

	if (!is_sound(datagram, packet))
		return PACKET_BROKEN;
	store(datagram, packet);
	if (packet->offset + packet->length > datagram->end)
		datagram->end = packet->offset + packet->length;
	if (!packet->more)
		datagram->whole = packet->offset + packet->length;
	if (datagram->whole == 0 || datagram->units < (datagram->whole + UNIT - 1) / UNIT)
		return PACKET_FRAGMENT;
	datagram->used = false;
	packet->octets = datagram->octets;
	packet->length = datagram->whole;
	packet->missing = 0;
	return packet_read_transport(packet);
}
