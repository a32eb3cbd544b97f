/*
 * packet: a captured packet -> the TCP segment or UDP datagram in it.
 *
 * Link types: Ethernet, raw IP (12, 14, 101, 228, 229), NULL and LOOP, Linux cooked (SLL, SLL2);
 * VLAN tags, stacked too; IPv4 and IPv6 with extension headers. Checksums are never looked at:
 * captures on a sender hold packets whose checksums the card would have filled in.
 */
#ifndef PROTOCOLS_PACKET_H
#define PROTOCOLS_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/address.h"

#define LINK_ETHERNET 1
#define LINK_RAW 101

enum packet_kind {
	PACKET_TCP,
	PACKET_UDP,
	PACKET_FRAGMENT, /* of an IP datagram: see ip-fragments.h */
	PACKET_OTHER,    /* sound, but nothing that is read here (ARP, ICMP, ...) */
	PACKET_BROKEN,   /* cut, or it makes no sense */
};

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_PSH 0x08
#define TCP_ACK 0x10

struct packet {
	struct address source, destination;
	uint8_t protocol; /* of IP: 6 TCP, 17 UDP */
	uint8_t flags;    /* TCP */
	uint32_t sequence, acknowledgement;
	const uint8_t *octets; /* what TCP, UDP or the fragment carries; in the captured octets */
	size_t length;
	size_t missing; /* octets more that were on the wire and that the capture cut off */
	/* PACKET_FRAGMENT */
	uint32_t identification;
	size_t offset;
	bool more;
};

enum packet_kind packet_read(uint32_t link_type, const uint8_t *octets, size_t length,
			     struct packet *packet);
/* Reads TCP or UDP from packet->octets: what packet_read does at its end, and what is to be
 * done with a datagram put together of fragments. */
enum packet_kind packet_read_transport(struct packet *packet);

#endif
