/*
 * esp: ESP in tunnel mode (RFC 4303): an IP packet in, an ESP packet out, and back. Whether it then
 * goes in IP protocol 50 or in UDP port 4500 (RFC 3948) is the caller's; what came at that port
 * udp_encapsulated tells.
 */
#ifndef PROTOCOLS_ESP_H
#define PROTOCOLS_ESP_H

#include "protocols/buffer.h"
#include "protocols/ipsec-cipher.h"
#include "protocols/problem.h"

#define ESP_PROTOCOL 50     /* of IP */
#define ESP_WINDOW 64         /* packets that may come late, RFC 4303 3.4.3 */
#define ESP_HEADER 8          /* SPI and sequence number */
#define ESP_PACKET_LIMIT 65535

enum esp_next_header { ESP_IPV4 = 4, ESP_IPV6 = 41, ESP_NOTHING = 59 };

struct esp_sa; /* one direction */

/* spi: of the receiving end. esn: extended sequence numbers. The cipher is owned from then on. */
struct esp_sa *esp_sa_new(uint32_t spi, bool esn, struct ipsec_cipher *cipher);
void esp_sa_free(struct esp_sa *sa); /* NULL is fine */
uint32_t esp_sa_spi(const struct esp_sa *sa);
uint64_t esp_sa_packets(const struct esp_sa *sa);
/* The number that the next packet gets, or that the highest one had: for tests of long lives. */
void esp_sa_set_sequence(struct esp_sa *sa, uint64_t sequence);

/* Adds the ESP packet for an IP packet to out. -1: the packet is no IPv4 or IPv6 packet, is too
 * long, or the sequence numbers are used up (RFC 4303 3.3.3: then a new SA is needed). */
int esp_encapsulate(struct esp_sa *sa, struct octets packet, struct buffer *out,
		    struct problem *problem);

enum esp_verdict {
	ESP_GOOD,
	ESP_DUMMY,     /* next header 59: to be dropped silently, RFC 4303 2.6 */
	ESP_MALFORMED,
	ESP_OTHER_SPI,
	ESP_REPLAYED,  /* seen before, or too old for the window */
	ESP_WRONG,     /* the integrity check fails */
};

/* The IP packet in an ESP packet (which begins with its SPI) is added to out. The window moves only
 * for what is authentic. */
enum esp_verdict esp_decapsulate(struct esp_sa *sa, struct octets packet, struct buffer *out);
/* The same for one who only looks on: what was seen before is opened too, and *replayed tells. */
enum esp_verdict esp_look(struct esp_sa *sa, struct octets packet, struct buffer *out,
			  bool *replayed);
const char *esp_verdict_text(enum esp_verdict verdict);

/* What a datagram at UDP port 4500 is (RFC 3948 2.2, 2.3). */
enum udp_encapsulated { UDP_IKE, UDP_ESP, UDP_KEEPALIVE, UDP_NEITHER };
enum udp_encapsulated udp_encapsulated(struct octets datagram);
/* The SPI that an ESP packet begins with; 0 when it is too short. */
uint32_t esp_spi(struct octets packet);

#endif
