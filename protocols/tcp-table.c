#include "protocols/tcp-table.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

static bool same(const struct address *a, const struct address *b)
{
	return a->port == b->port && a->family == b->family &&
	       memcmp(a->octets, b->octets, a->family == 4 ? 4 : 16) == 0;
}

static uint64_t mix(uint64_t value)
{
	value ^= value >> 32;
	value *= 0x9e3779b97f4a7c15u;
	return value ^ value >> 29;
}

static uint64_t hash_end(const struct address *end)
{
	uint64_t words[2] = { 0 };

	memcpy(words, end->octets, end->family == 4 ? 4 : 16);
	return mix(mix(words[0] + end->port) + words[1]);
}

/* The same for both directions. */
static uint32_t hash_ends(const struct address *a, const struct address *b)
{
	return (uint32_t)mix(hash_end(a) + hash_end(b)) % TCP_TABLE_LIMIT;
}

static bool matches(const struct tcp_connection *connection, const struct address *source,
		    const struct address *destination, bool *from_client)
{
	*from_client = true;
	if (same(&connection->client, source) && same(&connection->server, destination))
		return true;
	*from_client = false;
	return same(&connection->server, source) && same(&connection->client, destination);
}

struct tcp_connection *tcp_table_find(struct tcp_table *table, const struct address *source,
				      const struct address *destination, bool *from_client)
{
	struct tcp_connection *at = table->recent;

	if (at && matches(at, source, destination, from_client))
		return at;
	for (at = table->buckets[hash_ends(source, destination)]; at; at = at->chain) {
		if (matches(at, source, destination, from_client)) {
			table->recent = at;
			return at;
		}
	}
	return NULL;
}

static void age_out(struct tcp_ages *ages, struct tcp_connection *connection)
{
	if (connection->older)
		connection->older->younger = connection->younger;
	else
		ages->oldest = connection->younger;
	if (connection->younger)
		connection->younger->older = connection->older;
	else
		ages->youngest = connection->older;
}

static void age_in(struct tcp_ages *ages, struct tcp_connection *connection)
{
	connection->older = ages->youngest;
	connection->younger = NULL;
	if (ages->youngest)
		ages->youngest->younger = connection;
	else
		ages->oldest = connection;
	ages->youngest = connection;
}

struct tcp_connection *tcp_table_add(struct tcp_table *table, const struct address *client,
				     const struct address *server)
{
	struct tcp_connection *connection = memory_new(sizeof(*connection));

	connection->client = *client;
	connection->server = *server;
	connection->hash = hash_ends(client, server);
	connection->chain = table->buckets[connection->hash];
	table->buckets[connection->hash] = connection;
	age_in(&table->open, connection);
	table->recent = connection;
	table->count++;
	return connection;
}

void tcp_table_remove(struct tcp_table *table, struct tcp_connection *connection)
{
	struct tcp_connection **at = &table->buckets[connection->hash];

	while (*at != connection)
		at = &(*at)->chain;
	*at = connection->chain;
	age_out(connection->closed ? &table->closed : &table->open, connection);
	if (table->recent == connection)
		table->recent = NULL;
	table->count--;
	tcp_stream_clear(&connection->streams[0]);
	tcp_stream_clear(&connection->streams[1]);
	free(connection);
}

void tcp_table_touch(struct tcp_table *table, struct tcp_connection *connection)
{
	struct tcp_ages *ages = connection->closed ? &table->closed : &table->open;

	if (ages->youngest == connection)
		return;
	age_out(ages, connection);
	age_in(ages, connection);
}

void tcp_table_close(struct tcp_table *table, struct tcp_connection *connection)
{
	if (connection->closed)
		return;
	age_out(&table->open, connection);
	connection->closed = true;
	age_in(&table->closed, connection);
}

struct tcp_connection *tcp_table_surplus(const struct tcp_table *table)
{
	if (table->count < TCP_TABLE_LIMIT)
		return NULL;
	return table->closed.oldest ? table->closed.oldest : table->open.oldest;
}
