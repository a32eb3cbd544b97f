/*
 * tcp-table: the connections of a capture, found by their two ends; a bounded number of them.
 */
#ifndef PROTOCOLS_TCP_TABLE_H
#define PROTOCOLS_TCP_TABLE_H

#include "protocols/address.h"
#include "protocols/limits.h"
#include "protocols/tcp-stream.h"

#define TCP_TABLE_LIMIT LIMIT_CAPTURE_CONNECTIONS

struct tcp_connection {
	struct tcp_connection *chain;           /* of the hash table */
	struct tcp_connection *older, *younger; /* by the last packet */
	struct address client, server;
	uint64_t number;               /* the sink's */
	struct tcp_stream streams[2];  /* 0 the server's octets, 1 the client's: [from_client] */
	uint32_t hash;
	bool whole;                    /* its start was seen */
	bool closed;                   /* over: remembered to know late packets by */
};

struct tcp_ages {
	struct tcp_connection *oldest, *youngest;
};

struct tcp_table {
	struct tcp_connection *buckets[TCP_TABLE_LIMIT];
	struct tcp_connection *recent; /* the last one found */
	struct tcp_ages open, closed;
	size_t count;
};

/* NULL: not there. *from_client: does source stand at its client? */
struct tcp_connection *tcp_table_find(struct tcp_table *table, const struct address *source,
				      const struct address *destination, bool *from_client);
/* A new connection; the table must have room. */
struct tcp_connection *tcp_table_add(struct tcp_table *table, const struct address *client,
				     const struct address *server);
void tcp_table_remove(struct tcp_table *table, struct tcp_connection *connection); /* frees it */
/* A packet of it came: it becomes the youngest of its kind. */
void tcp_table_touch(struct tcp_table *table, struct tcp_connection *connection);
void tcp_table_close(struct tcp_table *table, struct tcp_connection *connection);
/* The connection to forget when there is no room: NULL while there is. */
struct tcp_connection *tcp_table_surplus(const struct tcp_table *table);

#endif
