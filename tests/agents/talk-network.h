/*
 * talk-network: the words of a talk for what goes beside CWMP.
 *
 *   @inside  @outside       what follows is seen inside the operator's network, or outside again
 *   @ike device|segw EXCHANGE [WORD]...   an IKE message: init, auth, child, info or a number. The
 *                           lines below, up to the next @, are its payloads. What is not init is
 *                           encrypted with keys that the folder wireshark beside FILE tells. Words:
 *                           answer, id=N, again (octets as before), nat (port 4500), spoilt (its ICV is
 *                           wrong), foreign (of an SA that nobody knows),
 *                           initiator=HEX, clear, version=N, cut=N (so many octets are left)
 *   @esp device|segw [WORD]...  an ESP packet with an empty datagram in it. Words: nat, spoilt,
 *                           again (the sequence number of the one before), inner=ADDRESS
 *   @sctp device|mme|hnb-gw TYPE [WORD]...   a chunk: init, abort, or data, whose user message stands
 *                           below in hexadecimal. Words: port=N, ppid=N, stream=N, tsn=N, to=ROLE
 *   @udp device|dns HEX     a datagram from or to 192.0.2.53 port 53
 *
 * Payloads: "SA ike|esp PROPOSALS" (as in a profile), "KE", "Nonce [OCTETS]", "NAT right|wrong", "IDi TYPE:TEXT",
 * "CERT", "CERTREQ", "AUTH METHOD", "CP ADDRESS" (a reply), "CP request", "TS", "N NUMBER",
 * "D ike|esp", "EAP".
 */
#ifndef TESTS_AGENTS_TALK_NETWORK_H
#define TESTS_AGENTS_TALK_NETWORK_H

#include <stdbool.h>

#include "protocols/buffer.h"

struct line {
	char *text;
	struct line *next;
};

/* An IP packet for the capture. */
typedef void (*talk_packet)(void *context, const struct buffer *packet);

/* Does the line's word, if it is one of those above, and goes on to the line behind it and what
 * stands below it; false when it is none of them. Keys are written beside the file at path. */
bool talk_network(struct line **line, const char *path, talk_packet packet, void *context);

#endif
