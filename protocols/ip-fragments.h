/*
 * ip-fragments: IP fragments -> datagrams. Memory is bounded: at most 64 datagrams wait (the
 * oldest gives way), none is above 65535 octets, none waits above 60 seconds of the capture
 * (RFC 8200 clause 4.5).
 */
#ifndef PROTOCOLS_IP_FRAGMENTS_H
#define PROTOCOLS_IP_FRAGMENTS_H

#include "protocols/packet.h"

struct ip_fragments;

struct ip_fragments *ip_fragments_new(void);
void ip_fragments_free(struct ip_fragments *fragments);
/* Takes a PACKET_FRAGMENT. When it completes its datagram, gives the kind of that and makes
 * packet say what is in it (octets hold until the next call); PACKET_FRAGMENT when more is to
 * come; PACKET_BROKEN when it cannot be used. */
enum packet_kind ip_fragments_add(struct ip_fragments *fragments, struct packet *packet,
				  int64_t time);

#endif
