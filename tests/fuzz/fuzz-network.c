/* IKE, ESP and SCTP as a dissector sees them. The input is a list of packets: a kind (bit 0: the
 * other way; then 0 UDP 500, 1 UDP 4500, 2 ESP, 3 SCTP, 4 a row of keys, 5 a chain of payloads that is
 * sealed first, 6 what ESP holds, sealed first), a length of two octets, the octets. */
#include <stdlib.h>
#include <string.h>

#include "protocols/dissector.h"
#include "protocols/esp.h"
#include "protocols/ikev2-crypto.h"
#include "protocols/ipsec-key-rows.h"
#include "protocols/memory.h"
#include "protocols/sctp-read.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

#define KEY "000102030405060708090a0b0c0d0e0f"

static const char ike_row[] = "1111111111111111,2222222222222222," KEY "01020304," KEY "01020304,"
			      "\"AES-GCM-128 with 16 octet ICV [RFC5282]\",,,\"NONE [RFC4306]\"";
static const char esp_row[] = "\"IPv4\",\"*\",\"*\",\"0x01020304\","
			      "\"AES-GCM with 16 octet ICV [RFC4106]\",\"0x" KEY "01020304\","
			      "\"NULL\",\"\"";

static void drop(void *context, struct message *message)
{
	(void)context;
	message_free(message);
}

static void drop_inner(void *context, int64_t time, uint64_t packet, const void *octets,
		       size_t length)
{
	(void)context;
	(void)time;
	(void)packet;
	(void)octets;
	(void)length;
}

struct feed {
	struct dissector *dissector;
	int64_t time;
	uint32_t sequence;
	bool back;
	struct address ends[2];
};

static void give_udp(struct feed *feed, uint16_t port, struct octets octets)
{
	feed->ends[0].port = feed->ends[1].port = port;
	dissector_datagram(feed->dissector, &feed->ends[feed->back], &feed->ends[!feed->back],
			   feed->time += 1000, 1, octets.at, octets.length);
}

static void give_ip(struct feed *feed, uint8_t protocol, struct octets octets)
{
	dissector_packet(feed->dissector, &feed->ends[feed->back], &feed->ends[!feed->back],
			 protocol, feed->time += 400000, 1, octets.at, octets.length);
}

/* The first octet: the exchange and flags; the second the message ID; the third the first payload. */
static void give_sealed(struct feed *feed, struct octets octets)
{
	struct ikev2_datagrams *datagrams = memory_new(sizeof(*datagrams));
	struct ikev2_header header = { .initiator_spi = 0x1111111111111111u,
				       .responder_spi = 0x2222222222222222u,
				       .version = IKEV2_VERSION };
	struct ike_key_row row;
	uint64_t number = 0;
	uint8_t how, id, first;

	if (octets_u8(&octets, &how) == 0 && octets_u8(&octets, &id) == 0 &&
	    octets_u8(&octets, &first) == 0 && ike_key_row_read(ike_row, &row, NULL) == 0) {
		header.exchange = (uint8_t)(IKEV2_AUTH + (how & 3));
		header.flags = (uint8_t)((how & IKEV2_FLAG_RESPONSE) |
					 (feed->back ? 0 : IKEV2_FLAG_INITIATOR));
		header.message_id = id;
		ikev2_seal(&header, first, octets, row.ciphers[!feed->back], &number,
			   how & 4 ? 150 : 0, datagrams);
		for (size_t i = 0; i < datagrams->count; i++)
			give_udp(feed, IKEV2_PORT, octets_of(datagrams->list[i].octets,
							     datagrams->list[i].length));
		ike_key_row_clear(&row);
	}
	ikev2_datagrams_clear(datagrams);
	free(datagrams);
}

static void give_inner(struct feed *feed, struct octets octets)
{
	struct buffer out = { 0 };
	struct esp_key_row row;

	if (esp_key_row_read(esp_row, &row, NULL) < 0)
		return;
	esp_sa_set_sequence(row.sa, feed->sequence++);
	if (octets.length < 1500 && esp_encapsulate(row.sa, octets, &out, NULL) == 0)
		give_ip(feed, ESP_PROTOCOL, octets_of(out.octets, out.length));
	buffer_free(&out);
	esp_key_row_clear(&row);
}

static void give_row(struct feed *feed, struct octets octets)
{
	char *text = memory_text_length((const char *)octets.at, octets.length);

	(void)dissector_key(feed->dissector, text, NULL);
	free(text);
}

static void give(struct feed *feed, uint8_t kind, struct octets octets)
{
	feed->back = kind & 1;
	switch (kind >> 1 & 7) {
	case 0: give_udp(feed, IKEV2_PORT, octets); break;
	case 1: give_udp(feed, IKEV2_NAT_PORT, octets); break;
	case 2: give_ip(feed, ESP_PROTOCOL, octets); break;
	case 3: give_ip(feed, SCTP_PROTOCOL, octets); break;
	case 4: give_row(feed, octets); break;
	case 5: give_sealed(feed, octets); break;
	default: give_inner(feed, octets); break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	struct feed feed = { .dissector = dissector_new(drop, NULL), .time = 1000000 };
	struct octets rest = octets_of(octets, length), part;
	uint16_t size;
	uint8_t kind;

	address_parse("192.0.2.1", &feed.ends[0]);
	address_parse("192.0.2.2", &feed.ends[1]);
	dissector_set_inner(feed.dissector, drop_inner, NULL);
	if (dissector_key(feed.dissector, ike_row, NULL) < 0 ||
	    dissector_key(feed.dissector, esp_row, NULL) < 0)
		__builtin_trap();
	while (octets_u8(&rest, &kind) == 0 && octets_u16(&rest, &size) == 0) {
		size_t most = size < rest.length ? size : rest.length;

		octets_take(&rest, most, &part);
		give(&feed, kind, part);
	}
	dissector_finish(feed.dissector, feed.time);
	dissector_free(feed.dissector);
	return 0;
}
