#include "fakes/ipsec/esp-table.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

enum { BUCKETS = 256, IPV4_HEADER = 20, IPV6_HEADER = 40 };

struct esp_table {
	size_t most, count;
	bool clings;
	struct esp_pair *first;
	struct esp_pair *last_sent; /* most packets go where the one before went */
	struct esp_pair *buckets[BUCKETS];
};

struct esp_table *esp_table_new(size_t most)
{
	struct esp_table *table = memory_new(sizeof(*table));

	table->most = most;
	return table;
}

static struct esp_pair **bucket_of(struct esp_table *table, uint32_t spi)
{
	return &table->buckets[spi % BUCKETS];
}

static void drop(struct esp_table *table, struct esp_pair **link)
{
	struct esp_pair *pair = *link;
	struct esp_pair **at = bucket_of(table, pair->spi_in);

	*link = pair->next;
	while (*at && *at != pair)
		at = &(*at)->hash_next;
	if (*at)
		*at = pair->hash_next;
	if (table->last_sent == pair)
		table->last_sent = NULL;
	table->count--;
	esp_sa_free(pair->in);
	esp_sa_free(pair->out);
	free(pair);
}

void esp_table_forget(struct esp_table *table, const void *owner)
{
	struct esp_pair **link = &table->first;

	while (*link) {
		if (!owner || (*link)->owner == owner)
			drop(table, link);
		else
			link = &(*link)->next;
	}
}

void esp_table_free(struct esp_table *table)
{
	if (!table)
		return;
	esp_table_forget(table, NULL);
	free(table);
}

static struct esp_sa *sa_of(const struct ikev2_child *child, uint32_t spi, const uint8_t *key,
			    const uint8_t *integrity)
{
	const struct ikev2_suite *suite = &child->suite;
	struct ipsec_cipher *cipher =
		ipsec_cipher_new(suite->encryption, suite->integrity,
				 octets_of(key, ikev2_encryption_octets(suite)),
				 octets_of(integrity, ikev2_integrity_octets(suite)));

	return cipher ? esp_sa_new(spi, suite->esn, cipher) : NULL;
}

/* The one that has been removed for longest; false: none has. */
static bool make_room(struct esp_table *table)
{
	struct esp_pair **oldest = NULL;

	for (struct esp_pair **link = &table->first; *link; link = &(*link)->next)
		if ((*link)->expires != INT64_MAX &&
		    (!oldest || (*link)->expires <= (*oldest)->expires))
			oldest = link;
	if (oldest)
		drop(table, oldest);
	return oldest != NULL;
}

int esp_table_add(struct esp_table *table, const struct ikev2_child *child, void *owner,
		  bool send_now)
{
	struct esp_sa *in, *out;
	struct esp_pair *pair;

	if (table->count >= table->most && !make_room(table))
		return -1;
	in = sa_of(child, child->spi_in, child->key_in, child->integrity_in);
	out = sa_of(child, child->spi_out, child->key_out, child->integrity_out);
	if (!in || !out) {
		esp_sa_free(in);
		esp_sa_free(out);
		return -1;
	}
	pair = memory_new(sizeof(*pair));
	*pair = (struct esp_pair){ .in = in, .out = out, .spi_in = child->spi_in,
				   .spi_out = child->spi_out, .local = child->local,
				   .remote = child->remote, .owner = owner,
				   .encapsulated = child->encapsulated, .may_send = send_now,
				   .expires = INT64_MAX };
	pair->next = table->first;
	table->first = pair;
	pair->hash_next = *bucket_of(table, pair->spi_in);
	*bucket_of(table, pair->spi_in) = pair;
	table->last_sent = NULL;
	table->count++;
	return 0;
}

static struct esp_pair *find(struct esp_table *table, uint32_t spi)
{
	struct esp_pair *pair = *bucket_of(table, spi);

	while (pair && pair->spi_in != spi)
		pair = pair->hash_next;
	return pair;
}

void esp_table_cling(struct esp_table *table)
{
	table->clings = true;
}

void esp_table_remove(struct esp_table *table, uint32_t spi_in, int64_t now)
{
	struct esp_pair *pair = find(table, spi_in);

	if (!pair || table->clings)
		return;
	pair->owner = NULL;
	pair->may_send = false;
	pair->expires = now + ESP_TABLE_LINGER;
	table->last_sent = NULL;
}

int64_t esp_table_expire(struct esp_table *table, int64_t now)
{
	struct esp_pair **link = &table->first;
	int64_t next = INT64_MAX;

	while (*link) {
		if ((*link)->expires <= now) {
			drop(table, link);
			continue;
		}
		if ((*link)->expires < next)
			next = (*link)->expires;
		link = &(*link)->next;
	}
	return next;
}

size_t esp_table_count(const struct esp_table *table)
{
	return table->count;
}

/* --- selectors --- */

struct packet_ends { /* what a selector looks at (RFC 4301 4.4.1.1) */
	uint8_t family, protocol;
	const uint8_t *source, *destination;
	uint16_t source_port, destination_port;
	bool has_ports;
};

static uint16_t number(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static bool has_ports(uint8_t protocol)
{
	return protocol == 6 || protocol == 17 || protocol == 132;
}

/* false: no IPv4 or IPv6 packet. Extension headers of IPv6 are taken for the protocol. */
static bool read_ends(struct octets packet, struct packet_ends *ends)
{
	const uint8_t *at = packet.at;
	size_t header;
	bool later; /* a fragment that is not the first has no ports */

	if (packet.length >= IPV4_HEADER && at[0] >> 4 == 4) {
		header = (at[0] & 15u) * 4u;
		later = number(at + 6) & 0x1fff;
		*ends = (struct packet_ends){ 4, at[9], at + 12, at + 16, 0, 0, false };
	} else if (packet.length >= IPV6_HEADER && at[0] >> 4 == 6) {
		header = IPV6_HEADER;
		later = false;
		*ends = (struct packet_ends){ 6, at[6], at + 8, at + 24, 0, 0, false };
	} else {
		return false;
	}
	if (has_ports(ends->protocol) && !later && packet.length >= header + 4) {
		ends->source_port = number(at + header);
		ends->destination_port = number(at + header + 2);
		ends->has_ports = true;
	}
	return true;
}

static bool in_range(const struct ikev2_selector *one, const struct packet_ends *ends,
		     const uint8_t *address, uint16_t port)
{
	size_t length = ends->family == 4 ? 4 : 16;

	if (one->first.family != ends->family ||
	    (one->protocol && one->protocol != ends->protocol) ||
	    memcmp(address, one->first.octets, length) < 0 ||
	    memcmp(address, one->last.octets, length) > 0)
		return false;
	if (one->first_port == 0 && one->last_port == UINT16_MAX)
		return true;
	return ends->has_ports && port >= one->first_port && port <= one->last_port;
}

static bool allows(const struct ikev2_selectors *list, const struct packet_ends *ends,
		   const uint8_t *address, uint16_t port)
{
	for (size_t i = 0; i < list->count; i++)
		if (in_range(&list->list[i], ends, address, port))
			return true;
	return false;
}

static bool may_leave(const struct esp_pair *pair, const struct packet_ends *ends)
{
	return pair->owner && allows(&pair->local, ends, ends->source, ends->source_port) &&
	       allows(&pair->remote, ends, ends->destination, ends->destination_port);
}

static bool may_enter(const struct esp_pair *pair, const struct packet_ends *ends)
{
	return allows(&pair->remote, ends, ends->source, ends->source_port) &&
	       allows(&pair->local, ends, ends->destination, ends->destination_port);
}

enum esp_verdict esp_table_open(struct esp_table *table, struct octets packet,
				struct buffer *inner, const struct esp_pair **found)
{
	struct esp_pair *pair = find(table, esp_spi(packet));
	size_t before = inner->length;
	struct packet_ends ends;

	*found = pair;
	if (!pair)
		return ESP_OTHER_SPI;
	enum esp_verdict verdict = esp_decapsulate(pair->in, packet, inner);
	if (verdict == ESP_GOOD &&
	    (!read_ends(octets_of(inner->octets + before, inner->length - before), &ends) ||
	     !may_enter(pair, &ends))) {
		inner->length = before;
		verdict = ESP_MALFORMED;
	}
	/* The peer uses it: so may we. */
	if ((verdict == ESP_GOOD || verdict == ESP_DUMMY) && pair->owner && !pair->may_send) {
		pair->may_send = true;
		table->last_sent = NULL;
	}
	return verdict;
}

/* The newest that may send, or else the newest that there is. */
static struct esp_pair *choose(const struct esp_table *table, const struct packet_ends *ends)
{
	struct esp_pair *otherwise = NULL;

	for (struct esp_pair *pair = table->first; pair; pair = pair->next) {
		if (!may_leave(pair, ends))
			continue;
		if (pair->may_send && !table->clings)
			return pair;
		otherwise = otherwise && !table->clings ? otherwise : pair;
	}
	return otherwise;
}

const struct esp_pair *esp_table_seal(struct esp_table *table, struct octets packet,
				      struct buffer *out)
{
	struct esp_pair *pair = table->last_sent;
	struct packet_ends ends;

	if (!read_ends(packet, &ends))
		return NULL;
	if (!pair || !may_leave(pair, &ends))
		pair = choose(table, &ends);
	if (!pair || esp_encapsulate(pair->out, packet, out, NULL) < 0)
		return NULL;
	table->last_sent = pair;
	return pair;
}
