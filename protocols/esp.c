#include "protocols/esp.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

#define TRAILER 2  /* pad length and next header */
#define ALIGN 4    /* RFC 4303 2.4 */

struct esp_sa {
	uint32_t spi;
	bool esn;
	struct ipsec_cipher *cipher;
	uint64_t sequence; /* outbound: of the last packet; inbound: the highest authentic one */
	uint64_t window;   /* bit n: sequence - n was seen */
	uint64_t packets;
};

struct esp_sa *esp_sa_new(uint32_t spi, bool esn, struct ipsec_cipher *cipher)
{
	struct esp_sa *sa = memory_new(sizeof(*sa));

	sa->spi = spi;
	sa->esn = esn;
	sa->cipher = cipher;
	return sa;
}

void esp_sa_free(struct esp_sa *sa)
{
	if (!sa)
		return;
	ipsec_cipher_free(sa->cipher);
	free(sa);
}

uint32_t esp_sa_spi(const struct esp_sa *sa)
{
	return sa->spi;
}

uint64_t esp_sa_packets(const struct esp_sa *sa)
{
	return sa->packets;
}

void esp_sa_set_sequence(struct esp_sa *sa, uint64_t sequence)
{
	sa->sequence = sequence;
	sa->window = 1;
}

static void put_u32(uint8_t *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* What is authenticated beside the packet's own octets: the high half of an extended sequence
 * number, in AEAD between SPI and low half (RFC 4106 5), otherwise behind all (RFC 4303 2.2.1). */
struct associated {
	uint8_t head[12], tail[4];
	size_t head_length, tail_length;
};

static struct associated associated_of(const struct esp_sa *sa, uint64_t sequence)
{
	struct associated data = { .head_length = ESP_HEADER };
	bool aead = ipsec_cipher_is_aead(sa->cipher);

	put_u32(data.head, sa->spi);
	if (sa->esn && aead) {
		put_u32(data.head + 4, (uint32_t)(sequence >> 32));
		put_u32(data.head + 8, (uint32_t)sequence);
		data.head_length = 12;
		return data;
	}
	put_u32(data.head + 4, (uint32_t)sequence);
	if (sa->esn) {
		put_u32(data.tail, (uint32_t)(sequence >> 32));
		data.tail_length = 4;
	}
	return data;
}

/* The packet with padding 1, 2, 3 ... (RFC 4303 2.4), its length and the next header. */
static size_t pad(const struct esp_sa *sa, struct octets packet, uint8_t next, uint8_t *plain)
{
	size_t block = ipsec_cipher_block(sa->cipher), length = packet.length;
	size_t padding;

	block = block < ALIGN ? ALIGN : block;
	padding = (block - (length + TRAILER) % block) % block;
	memcpy(plain, packet.at, length);
	for (size_t i = 0; i < padding; i++)
		plain[length++] = (uint8_t)(i + 1);
	plain[length++] = (uint8_t)padding;
	plain[length++] = next;
	return length;
}

int esp_encapsulate(struct esp_sa *sa, struct octets packet, struct buffer *out,
		    struct problem *problem)
{
	uint8_t plain[ESP_PACKET_LIMIT + 64], sealed[ESP_PACKET_LIMIT + 192];
	uint8_t version = packet.length ? packet.at[0] >> 4 : 0;
	struct associated data;

	if ((version != 4 && version != 6) || packet.length > ESP_PACKET_LIMIT - 256)
		return problem_set(problem, "%zu octets are no IP packet to encapsulate",
				   packet.length);
	if (sa->sequence >= (sa->esn ? UINT64_MAX : UINT32_MAX))
		return problem_set(problem, "the sequence numbers of the SA are used up");
	size_t length = pad(sa, packet, version == 4 ? ESP_IPV4 : ESP_IPV6, plain);
	data = associated_of(sa, ++sa->sequence);
	if (ipsec_cipher_seal(sa->cipher, sa->sequence, octets_of(data.head, data.head_length),
			      octets_of(data.tail, data.tail_length), octets_of(plain, length),
			      sealed) < 0)
		return problem_set(problem, "the packet cannot be sealed");
	buffer_add_u32(out, sa->spi);
	buffer_add_u32(out, (uint32_t)sa->sequence);
	buffer_add(out, sealed, length + ipsec_cipher_overhead(sa->cipher));
	sa->packets++;
	return 0;
}

/* The whole number of which only the low half was sent (RFC 4303 A2.1). */
static uint64_t extended(const struct esp_sa *sa, uint32_t low)
{
	uint32_t high = (uint32_t)(sa->sequence >> 32), top = (uint32_t)sa->sequence;
	uint32_t bottom = top - ESP_WINDOW + 1;

	if (!sa->esn)
		return low;
	if (top >= ESP_WINDOW - 1)
		high += low < bottom ? 1 : 0;
	else
		high -= low >= bottom ? 1 : 0;
	return (uint64_t)high << 32 | low;
}

static bool is_replayed(const struct esp_sa *sa, uint64_t sequence)
{
	if (sequence == 0)
		return true;
	if (sequence > sa->sequence)
		return false;
	return sa->sequence - sequence >= ESP_WINDOW ||
	       (sa->window >> (sa->sequence - sequence) & 1);
}

static void mark(struct esp_sa *sa, uint64_t sequence)
{
	if (sequence <= sa->sequence) {
		sa->window |= UINT64_C(1) << (sa->sequence - sequence);
		return;
	}
	uint64_t ahead = sequence - sa->sequence;
	sa->window = ahead < ESP_WINDOW ? sa->window << ahead | 1 : 1;
	sa->sequence = sequence;
}

/* Without padding and trailer: the length of the packet, or -1. */
static long strip(const uint8_t *plain, size_t length)
{
	size_t padding;

	if (length < TRAILER)
		return -1;
	padding = plain[length - TRAILER];
	if (padding + TRAILER > length)
		return -1;
	length -= padding + TRAILER;
	for (size_t i = 0; i < padding; i++) /* RFC 4303 2.4: should be looked at */
		if (plain[length + i] != i + 1)
			return -1;
	return (long)length;
}

/* Is it the IP packet that its next header says, with room in front of its length? */
static enum esp_verdict check_inner(const uint8_t *plain, size_t length, uint8_t next)
{
	if (next == ESP_NOTHING)
		return ESP_DUMMY;
	if (length < 20 || (next != ESP_IPV4 && next != ESP_IPV6) ||
	    plain[0] >> 4 != (next == ESP_IPV4 ? 4 : 6))
		return ESP_MALFORMED;
	return ESP_GOOD;
}

enum esp_verdict esp_look(struct esp_sa *sa, struct octets packet, struct buffer *out,
			  bool *replayed)
{
	uint8_t plain[ESP_PACKET_LIMIT];
	struct octets rest = packet;
	struct associated data;
	uint32_t spi, low;
	size_t length = 0;

	if (packet.length > ESP_PACKET_LIMIT || octets_u32(&rest, &spi) < 0 ||
	    octets_u32(&rest, &low) < 0)
		return ESP_MALFORMED;
	if (spi != sa->spi)
		return ESP_OTHER_SPI;
	uint64_t sequence = extended(sa, low);
	*replayed = is_replayed(sa, sequence);
	data = associated_of(sa, sequence);
	int opened = ipsec_cipher_open(sa->cipher, octets_of(data.head, data.head_length),
				       octets_of(data.tail, data.tail_length), rest, plain,
				       &length);
	if (opened < 0)
		return opened == -2 ? ESP_WRONG : ESP_MALFORMED;
	if (!*replayed)
		mark(sa, sequence);
	sa->packets++;
	long inner = strip(plain, length);
	enum esp_verdict verdict = inner < 0 ? ESP_MALFORMED :
			check_inner(plain, (size_t)inner, plain[length - 1]);
	if (verdict == ESP_GOOD)
		buffer_add(out, plain, (size_t)inner);
	return verdict;
}

enum esp_verdict esp_decapsulate(struct esp_sa *sa, struct octets packet, struct buffer *out)
{
	struct octets rest = packet;
	uint32_t spi, low;
	bool replayed;

	if (packet.length <= ESP_PACKET_LIMIT && octets_u32(&rest, &spi) == 0 &&
	    octets_u32(&rest, &low) == 0 && spi == sa->spi && is_replayed(sa, extended(sa, low)))
		return ESP_REPLAYED;
	return esp_look(sa, packet, out, &replayed);
}

const char *esp_verdict_text(enum esp_verdict verdict)
{
	static const char *const texts[] = {
		[ESP_GOOD] = "good",
		[ESP_DUMMY] = "a dummy packet",
		[ESP_MALFORMED] = "malformed",
		[ESP_OTHER_SPI] = "of another SA",
		[ESP_REPLAYED] = "replayed",
		[ESP_WRONG] = "the integrity check fails",
	};

	return texts[verdict];
}

enum udp_encapsulated udp_encapsulated(struct octets datagram)
{
	uint32_t marker;

	if (datagram.length == 1 && datagram.at[0] == 0xff)
		return UDP_KEEPALIVE;
	if (octets_u32(&datagram, &marker) < 0)
		return UDP_NEITHER;
	return marker == 0 ? UDP_IKE : UDP_ESP;
}

uint32_t esp_spi(struct octets packet)
{
	uint32_t spi = 0;

	return octets_u32(&packet, &spi) == 0 ? spi : 0;
}
