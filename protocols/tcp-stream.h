/*
 * tcp-stream: one direction of a connection: what came early waits here, sorted, until the gap
 * before it is filled or given up. All arithmetic on sequence numbers wraps (RFC 9293 clause 3.4).
 */
#ifndef PROTOCOLS_TCP_STREAM_H
#define PROTOCOLS_TCP_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TCP_STREAM_WINDOW (64 << 20) /* octets further ahead than this are nonsense */
#define TCP_STREAM_SEGMENTS 512
#define TCP_STREAM_OCTETS ((size_t)1 << 20)

struct tcp_waiting {
	struct tcp_waiting *next;
	uint64_t packet;
	uint32_t sequence, length;
	uint8_t octets[];
};

struct tcp_stream {
	struct tcp_waiting *first, *last;
	size_t segments, octets; /* that wait */
	int64_t gap_time;        /* since when something waits */
	int64_t acknowledged_time;
	uint32_t next;           /* the sequence number of the octet awaited */
	uint32_t initial;        /* of the SYN */
	uint32_t fin;            /* the FIN's, once has_fin */
	uint32_t acknowledged;   /* beyond next, by a bare acknowledgement at acknowledged_time */
	bool started;            /* next is known */
	bool has_initial, has_fin;
	bool ended;
	bool has_acknowledged;
};

/* a - b, positive when a is later */
static inline int32_t tcp_distance(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/* Keeps a copy of octets that lie after stream->next. */
void tcp_stream_keep(struct tcp_stream *stream, uint32_t sequence, const uint8_t *octets,
		     uint32_t length, uint64_t packet);
/* Takes out the first waiting segment when its turn has come (it may overlap what has been
 * read, wholly too): the caller frees it. NULL: none, or a gap is before it. */
struct tcp_waiting *tcp_stream_take(struct tcp_stream *stream);
void tcp_stream_clear(struct tcp_stream *stream); /* forgets all that waits */

#endif
