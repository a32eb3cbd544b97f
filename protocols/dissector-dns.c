#include "protocols/dissector-parts.h"
#include "protocols/dns.h"

/* DNS over TCP: each message after its length in two octets (RFC 1035 4.2.2). */
void dissector_dns_feed(struct dissector *dissector, struct moment *moment, const uint8_t *octets,
			size_t length)
{
	struct stream *stream = &moment->connection->streams[moment->from_client];
	struct buffer *held = &stream->held;
	uint64_t packet = moment->last_packet;
	size_t at = 0;

	if (!held->length)
		stream->first_packet = packet;
	buffer_add(held, octets, length);
	while (held->length - at >= 2) {
		size_t size = (size_t)held->octets[at] << 8 | held->octets[at + 1];
		struct message *message;

		if (held->length - at - 2 < size)
			break;
		message = dns_message_decode(held->octets + at + 2, size, "tcp");
		moment->first_packet = stream->first_packet;
		dissector_give(dissector, moment, message);
		stream->first_packet = packet;
		at += 2 + size;
	}
	buffer_consume(held, at);
}
