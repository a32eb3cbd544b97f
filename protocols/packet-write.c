#include "protocols/packet-write.h"

#include <string.h>

#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define HOPS 64
#define SEGMENT_SIZE 1400

/* RFC 1071: the sum of 16-bit words, not yet folded */
static uint64_t sum(const uint8_t *octets, size_t length, uint64_t start)
{
	for (; length > 1; length -= 2, octets += 2)
		start += (uint64_t)(octets[0] << 8 | octets[1]);
	if (length)
		start += (uint64_t)octets[0] << 8;
	return start;
}

static uint16_t fold(uint64_t value)
{
	while (value >> 16)
		value = (value & 0xffff) + (value >> 16);
	return (uint16_t)~value;
}

static void put_u16(uint8_t *octets, uint16_t value)
{
	octets[0] = (uint8_t)(value >> 8);
	octets[1] = (uint8_t)value;
}

static void write_ipv4(struct buffer *out, const struct address *source,
		       const struct address *destination, uint8_t protocol, size_t length)
{
	size_t start = out->length;

	buffer_add_u16(out, 0x4500);
	buffer_add_u16(out, (uint16_t)(20 + length));
	buffer_add_u16(out, 0);
	buffer_add_u16(out, 0x4000); /* never fragmented */
	buffer_add_u8(out, HOPS);
	buffer_add_u8(out, protocol);
	buffer_add_u16(out, 0);
	buffer_add(out, source->octets, 4);
	buffer_add(out, destination->octets, 4);
	put_u16(out->octets + start + 10, fold(sum(out->octets + start, 20, 0)));
}

static void write_ipv6(struct buffer *out, const struct address *source,
		       const struct address *destination, uint8_t protocol, size_t length)
{
	buffer_add_u32(out, 0x60000000);
	buffer_add_u16(out, (uint16_t)length);
	buffer_add_u8(out, protocol);
	buffer_add_u8(out, HOPS);
	buffer_add(out, source->octets, 16);
	buffer_add(out, destination->octets, 16);
}

/* Writes the IP header; gives the sum of the pseudo header (RFC 9293 3.1, RFC 8200 8.1). */
static uint64_t write_ip(struct buffer *out, const struct address *source,
			 const struct address *destination, uint8_t protocol, size_t length)
{
	size_t size = source->family == 6 ? 16 : 4;

	(size == 16 ? write_ipv6 : write_ipv4)(out, source, destination, protocol, length);
	return sum(source->octets, size, sum(destination->octets, size, protocol + length));
}

void packet_write_tcp(struct buffer *out, const struct packet_tcp *tcp, const void *octets,
		      size_t length)
{
	bool syn = tcp->flags & TCP_SYN;
	size_t header = syn ? 28 : 20;

	if (length > PACKET_WRITE_LIMIT)
		length = PACKET_WRITE_LIMIT;
	uint64_t pseudo = write_ip(out, &tcp->source, &tcp->destination, PROTOCOL_TCP,
				   header + length);
	size_t start = out->length;
	buffer_add_u16(out, tcp->source.port);
	buffer_add_u16(out, tcp->destination.port);
	buffer_add_u32(out, tcp->sequence);
	buffer_add_u32(out, tcp->acknowledgement);
	buffer_add_u8(out, (uint8_t)(header / 4 << 4));
	buffer_add_u8(out, tcp->flags);
	buffer_add_u16(out, tcp->window);
	buffer_add_u32(out, 0); /* checksum, urgent pointer */
	if (syn) {
		buffer_add_u32(out, 0x02040000 | SEGMENT_SIZE);
		buffer_add_u32(out, 0x01030307);
	}
	buffer_add(out, octets, length);
	put_u16(out->octets + start + 16,
		fold(sum(out->octets + start, header + length, pseudo)));
}

void packet_write_ip(struct buffer *out, const struct address *source,
		     const struct address *destination, uint8_t protocol, const void *octets,
		     size_t length)
{
	if (length > PACKET_WRITE_LIMIT)
		length = PACKET_WRITE_LIMIT;
	write_ip(out, source, destination, protocol, length);
	buffer_add(out, octets, length);
}

void packet_write_udp(struct buffer *out, const struct address *source,
		      const struct address *destination, const void *octets, size_t length)
{
	if (length > PACKET_WRITE_LIMIT)
		length = PACKET_WRITE_LIMIT;
	uint64_t pseudo = write_ip(out, source, destination, PROTOCOL_UDP, 8 + length);
	size_t start = out->length;
	buffer_add_u16(out, source->port);
	buffer_add_u16(out, destination->port);
	buffer_add_u16(out, (uint16_t)(8 + length));
	buffer_add_u16(out, 0);
	buffer_add(out, octets, length);
	uint16_t checksum = fold(sum(out->octets + start, 8 + length, pseudo));
	/* RFC 768: 0 would say that there is none */
	put_u16(out->octets + start + 6, checksum ? checksum : 0xffff);
}
