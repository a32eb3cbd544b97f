#include "protocols/ikev2-nat.h"

#include <openssl/evp.h>
#include <string.h>

void ikev2_nat_hash(const struct ikev2_header *header, const struct address *address,
		    uint8_t hash[IKEV2_NAT_HASH])
{
	struct buffer octets = { 0 };

	buffer_add_u32(&octets, (uint32_t)(header->initiator_spi >> 32));
	buffer_add_u32(&octets, (uint32_t)header->initiator_spi);
	buffer_add_u32(&octets, (uint32_t)(header->responder_spi >> 32));
	buffer_add_u32(&octets, (uint32_t)header->responder_spi);
	buffer_add(&octets, address->octets, address->family == 6 ? 16 : 4);
	buffer_add_u16(&octets, address->port);
	memset(hash, 0, IKEV2_NAT_HASH);
	EVP_Q_digest(NULL, "SHA1", NULL, octets.octets, octets.length, hash, NULL);
	buffer_free(&octets);
}

bool ikev2_nat_translated(const struct ikev2_chain *chain, const struct ikev2_header *header,
			  uint16_t type, const struct address *address)
{
	struct ikev2_notify notify;
	uint8_t hash[IKEV2_NAT_HASH];
	bool there = false;

	ikev2_nat_hash(header, address, hash);
	for (size_t i = 0; i < chain->count; i++) {
		if (chain->payloads[i].type != IKEV2_NOTIFY ||
		    ikev2_notify_read(chain->payloads[i].body, &notify, NULL) < 0 ||
		    notify.type != type)
			continue;
		if (octets_same(notify.data, octets_of(hash, IKEV2_NAT_HASH)))
			return false;
		there = true;
	}
	return there;
}
