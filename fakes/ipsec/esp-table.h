/*
 * esp-table: the ESP SAs of one end, in pairs: which one a packet that came belongs to, and which
 * one a packet for the other side goes by (RFC 4301 clauses 4.4, 5). Bounded.
 *
 * When a Child SA is rekeyed both pairs are there for a while. The end that began it sends by the
 * new one at once, the other one as soon as the peer does, or the old one is deleted (RFC 7296
 * 2.8). What was sent by the old one is still taken for some time after that.
 */
#ifndef FAKES_IPSEC_ESP_TABLE_H
#define FAKES_IPSEC_ESP_TABLE_H

#include "protocols/esp.h"
#include "protocols/ikev2-sa.h"

#define ESP_TABLE_LINGER 5000000 /* microseconds that a deleted one still receives */

struct esp_table;

struct esp_pair { /* to be read only */
	struct esp_pair *next;      /* newest first */
	struct esp_pair *hash_next;
	struct esp_sa *in, *out;
	uint32_t spi_in, spi_out;
	struct ikev2_selectors local, remote;
	void *owner;                /* the caller's; NULL once it was removed */
	bool encapsulated;          /* ESP goes in UDP */
	bool may_send;
	int64_t expires;            /* when a removed one goes; INT64_MAX: not removed */
};

/* most: pairs at a time, removed ones with them. */
struct esp_table *esp_table_new(size_t most);
void esp_table_free(struct esp_table *table); /* wipes the keys */
/* A Child SA is up. send_now: this end began the exchange. In a full table the place of one that
 * was removed is taken. 0, or -1: there is none such, or the keys do not fit the algorithms. */
int esp_table_add(struct esp_table *table, const struct ikev2_child *child, void *owner,
		  bool send_now);
/* It is down: nothing is sent by it any more. Where there is none nothing happens. */
void esp_table_remove(struct esp_table *table, uint32_t spi_in, int64_t now);
/* A flaw: what is removed goes on, and the oldest is sent by. */
void esp_table_cling(struct esp_table *table);
/* All of an owner's that is no more, at once; NULL: all. */
void esp_table_forget(struct esp_table *table, const void *owner);
/* Lets those go that were removed long enough ago; gives the time to call again, or INT64_MAX. */
int64_t esp_table_expire(struct esp_table *table, int64_t now);

/* The IP packet that an ESP packet holds is added to inner; *pair gets its SA pair, or NULL when
 * there is none of its SPI (ESP_OTHER_SPI). A packet that its selectors do not allow is
 * ESP_MALFORMED (RFC 4301 5.2). */
enum esp_verdict esp_table_open(struct esp_table *table, struct octets packet,
				struct buffer *inner, const struct esp_pair **pair);
/* The ESP packet for an IP packet is added to out; gives the pair that it goes by, or NULL: the
 * packet fits no SA's selectors (RFC 4301 5.1: it is discarded). */
const struct esp_pair *esp_table_seal(struct esp_table *table, struct octets packet,
				      struct buffer *out);
size_t esp_table_count(const struct esp_table *table);

#endif
