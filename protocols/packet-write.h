/*
 * packet-write: IPv4 and IPv6 packets with TCP, UDP or anything else, checksums right, made up
 * around octets.
 */
#ifndef PROTOCOLS_PACKET_WRITE_H
#define PROTOCOLS_PACKET_WRITE_H

#include "protocols/buffer.h"
#include "protocols/packet.h"

#define PACKET_WRITE_LIMIT 65000 /* octets of a segment or datagram that fit in a packet */

struct packet_tcp {
	struct address source, destination; /* of one family; 0 is taken as 0.0.0.0 */
	uint32_t sequence, acknowledgement;
	uint8_t flags; /* with TCP_SYN, options: segment size and a window scale of 7 */
	uint16_t window;
};

/* Adds the packet: IP header first (link type RAW). Octets above the limit are left out. */
void packet_write_tcp(struct buffer *out, const struct packet_tcp *tcp, const void *octets,
		      size_t length);
/* Another protocol: octets are all that stands behind the IP header. */
void packet_write_ip(struct buffer *out, const struct address *source,
		     const struct address *destination, uint8_t protocol, const void *octets,
		     size_t length);
void packet_write_udp(struct buffer *out, const struct address *source,
		      const struct address *destination, const void *octets, size_t length);

#endif
