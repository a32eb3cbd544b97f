#include "protocols/packet.h"

#include <string.h>

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define FIRST_ETHERTYPE 0x0600 /* IEEE 802.3: below, the field is a length */
#define VLAN_LIMIT 4
#define EXTENSION_LIMIT 16

#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17

struct cursor {
	const uint8_t *octets;
	size_t length;
};

static uint16_t get_u16(const uint8_t *octets)
{
	return (uint16_t)(octets[0] << 8 | octets[1]);
}

static uint32_t get_u32(const uint8_t *octets)
{
	return (uint32_t)get_u16(octets) << 16 | get_u16(octets + 2);
}

static void advance(struct cursor *cursor, size_t length)
{
	cursor->octets += length;
	cursor->length -= length;
}

/* transport */

static enum packet_kind read_tcp(struct packet *packet)
{
	const uint8_t *tcp = packet->octets;

	if (packet->length < 20)
		return PACKET_BROKEN;
	size_t header = (size_t)(tcp[12] >> 4) * 4;
	if (header < 20 || header > packet->length + packet->missing)
		return PACKET_BROKEN;
	packet->source.port = get_u16(tcp);
	packet->destination.port = get_u16(tcp + 2);
	packet->sequence = get_u32(tcp + 4);
	packet->acknowledgement = get_u32(tcp + 8);
	packet->flags = tcp[13];
	if (header > packet->length) { /* cut inside the options */
		packet->missing -= header - packet->length;
		header = packet->length;
	}
	packet->octets += header;
	packet->length -= header;
	return PACKET_TCP;
}

static enum packet_kind read_udp(struct packet *packet)
{
	const uint8_t *udp = packet->octets;

	if (packet->length < 8)
		return PACKET_BROKEN;
	size_t length = get_u16(udp + 4), whole = packet->length + packet->missing;
	if (length == 0) /* a jumbogram, or left to the card */
		length = whole;
	if (length < 8 || length > whole)
		return PACKET_BROKEN;
	packet->source.port = get_u16(udp);
	packet->destination.port = get_u16(udp + 2);
	packet->octets += 8;
	if (packet->length > length)
		packet->length = length;
	packet->missing = length - packet->length;
	packet->length -= 8;
	return PACKET_UDP;
}

enum packet_kind packet_read_transport(struct packet *packet)
{
	if (packet->protocol == PROTOCOL_TCP)
		return read_tcp(packet);
	if (packet->protocol == PROTOCOL_UDP)
		return read_udp(packet);
	return PACKET_OTHER;
}

/* network */

static void set_address(struct address *address, uint8_t family, const uint8_t *octets)
{
	address->family = family;
	memcpy(address->octets, octets, family == 4 ? 4 : 16);
}

/* Cuts the cursor to what IP says it holds (Ethernet pads), noting what the capture lacks. */
static void bound(struct cursor *cursor, size_t said, struct packet *packet)
{
	if (said < cursor->length)
		cursor->length = said;
	packet->missing = said - cursor->length;
}

static enum packet_kind finish(const struct cursor *cursor, bool fragment, struct packet *packet)
{
	packet->octets = cursor->octets;
	packet->length = cursor->length;
	return fragment ? PACKET_FRAGMENT : packet_read_transport(packet);
}

static enum packet_kind read_ipv4(struct cursor cursor, struct packet *packet)
{
	const uint8_t *ip = cursor.octets;

	if (cursor.length < 20 || ip[0] >> 4 != 4)
		return PACKET_BROKEN;
	size_t header = (size_t)(ip[0] & 0x0f) * 4, total = get_u16(ip + 2);
	if (total == 0) /* segmentation left to the card: the length does not fit */
		total = cursor.length;
	if (header < 20 || header > total || header > cursor.length)
		return PACKET_BROKEN;
	bound(&cursor, total, packet);
	advance(&cursor, header);
	set_address(&packet->source, 4, ip + 12);
	set_address(&packet->destination, 4, ip + 16);
	packet->protocol = ip[9];
	uint16_t fragment = get_u16(ip + 6);
	packet->identification = get_u16(ip + 4);
	packet->offset = (size_t)(fragment & 0x1fff) * 8;
	packet->more = fragment & 0x2000;
	return finish(&cursor, packet->more || packet->offset > 0, packet);
}

enum extension { EXTENSION_NONE, EXTENSION_PLAIN, EXTENSION_FRAGMENT, EXTENSION_AUTHENTICATION };

/* RFC 8200 clause 4; RFC 7045 has the list */
static enum extension extension_kind(uint8_t header)
{
	switch (header) {
	case 0:   /* hop by hop */
	case 43:  /* routing */
	case 60:  /* destination */
	case 135: /* mobility */
	case 139: /* host identity */
	case 140: /* shim6 */
		return EXTENSION_PLAIN;
	case 44:
		return EXTENSION_FRAGMENT;
	case 51:
		return EXTENSION_AUTHENTICATION;
	default:
		return EXTENSION_NONE;
	}
}

static enum packet_kind read_extensions(struct cursor cursor, uint8_t next, struct packet *packet)
{
	for (int i = 0; i < EXTENSION_LIMIT; i++) {
		enum extension kind = extension_kind(next);
		const uint8_t *octets = cursor.octets;

		packet->protocol = next;
		if (kind == EXTENSION_NONE)
			return finish(&cursor, false, packet);
		if (cursor.length < 8)
			return PACKET_BROKEN;
		size_t length = 8 + (size_t)octets[1] * 8;
		if (kind == EXTENSION_AUTHENTICATION)
			length = 8 + (size_t)octets[1] * 4; /* RFC 4302 clause 2.2 */
		if (kind == EXTENSION_FRAGMENT) {
			length = 8;
			packet->offset = get_u16(octets + 2) & 0xfff8u;
			packet->more = octets[3] & 1;
			packet->identification = get_u32(octets + 4);
		}
		if (length > cursor.length)
			return PACKET_BROKEN;
		next = octets[0];
		advance(&cursor, length);
		/* An atomic fragment is a whole datagram (RFC 6946). */
		if (kind == EXTENSION_FRAGMENT && (packet->more || packet->offset > 0)) {
			packet->protocol = next;
			return finish(&cursor, true, packet);
		}
	}
	return PACKET_BROKEN;
}

static enum packet_kind read_ipv6(struct cursor cursor, struct packet *packet)
{
	const uint8_t *ip = cursor.octets;

	if (cursor.length < 40 || ip[0] >> 4 != 6)
		return PACKET_BROKEN;
	size_t said = get_u16(ip + 4);
	advance(&cursor, 40);
	if (said == 0) /* a jumbogram, or segmentation left to the card */
		said = cursor.length;
	bound(&cursor, said, packet);
	set_address(&packet->source, 6, ip + 8);
	set_address(&packet->destination, 6, ip + 24);
	return read_extensions(cursor, ip[6], packet);
}

static enum packet_kind read_ip(struct cursor cursor, struct packet *packet)
{
	if (cursor.length == 0)
		return PACKET_BROKEN;
	if (cursor.octets[0] >> 4 == 4)
		return read_ipv4(cursor, packet);
	if (cursor.octets[0] >> 4 == 6)
		return read_ipv6(cursor, packet);
	return PACKET_OTHER;
}

/* link */

static bool is_vlan(unsigned type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200;
}

/* type: the EtherType before the cursor */
static enum packet_kind read_ethertype(struct cursor cursor, unsigned type, struct packet *packet)
{
	for (int tags = 0; is_vlan(type) && tags < VLAN_LIMIT; tags++) {
		if (cursor.length < 4)
			return PACKET_BROKEN;
		type = get_u16(cursor.octets + 2);
		advance(&cursor, 4);
	}
	if (type == ETHERTYPE_IPV4)
		return read_ipv4(cursor, packet);
	if (type == ETHERTYPE_IPV6)
		return read_ipv6(cursor, packet);
	return PACKET_OTHER;
}

/* A link header of that length whose EtherType stands at offset type_at. */
static enum packet_kind read_link(struct cursor cursor, size_t header, size_t type_at,
				  struct packet *packet)
{
	if (cursor.length < header)
		return PACKET_BROKEN;
	unsigned type = get_u16(cursor.octets + type_at);
	advance(&cursor, header);
	return type < FIRST_ETHERTYPE ? PACKET_OTHER : read_ethertype(cursor, type, packet);
}

/* The address family, in the byte order of whoever captured: its number differs between
 * systems, so that the version of IP is asked. */
static enum packet_kind read_null(struct cursor cursor, struct packet *packet)
{
	if (cursor.length < 4)
		return PACKET_BROKEN;
	advance(&cursor, 4);
	return read_ip(cursor, packet);
}

enum packet_kind packet_read(uint32_t link_type, const uint8_t *octets, size_t length,
			     struct packet *packet)
{
	struct cursor cursor = { octets, length };

	memset(packet, 0, sizeof(*packet));
	switch (link_type) {
	case LINK_ETHERNET:
		return read_link(cursor, 14, 12, packet);
	case 0:   /* NULL */
	case 108: /* LOOP */
		return read_null(cursor, packet);
	case 12: /* raw, as some systems number it */
	case 14:
	case LINK_RAW:
		return read_ip(cursor, packet);
	case 113: /* LINUX_SLL */
		return read_link(cursor, 16, 14, packet);
	case 276: /* LINUX_SLL2 */
		return read_link(cursor, 20, 0, packet);
	case 228:
		return read_ipv4(cursor, packet);
	case 229:
		return read_ipv6(cursor, packet);
	default:
		return PACKET_OTHER;
	}
}
