/*
 * ikev2-nat: NAT detection (RFC 7296 2.23): is somebody between two ends who changes addresses?
 */
#ifndef PROTOCOLS_IKEV2_NAT_H
#define PROTOCOLS_IKEV2_NAT_H

#include "protocols/ikev2-payload.h"

#define IKEV2_NAT_HASH 20

/* What NAT_DETECTION_SOURCE_IP or NAT_DETECTION_DESTINATION_IP says of an address and port. */
void ikev2_nat_hash(const struct ikev2_header *header, const struct address *address,
		    uint8_t hash[IKEV2_NAT_HASH]);
/* Is there a notify of this type, and does none of them have the hash of the address? */
bool ikev2_nat_translated(const struct ikev2_chain *chain, const struct ikev2_header *header,
			  uint16_t type, const struct address *address);

#endif
