/*
 * tcp-reassembly: TCP segments of a capture -> the octets of connections, in order.
 *
 * Octets that come in order are passed on where they stand, without copying. What comes early
 * is kept until the gap before it is filled, or is given up, which happens when
 *   - the receiver acknowledges octets beyond it while sending octets itself: it has read them,
 *     so the capture lacks them;
 *   - the receiver acknowledged octets beyond it one second ago;
 *   - more waits than may wait (1 MiB or 512 segments in a direction, 16 MiB in all), or longer
 *     than 60 seconds;
 *   - the connection ends.
 * Then end(STREAM_LOST) is called for that direction and what follows the gap is passed on. The
 * same is called for both directions right after open, when the capture lacks the connection's
 * start. Where segments overlap, the octets that came first in the stream's order stay.
 * At most 16384 connections are remembered: closed ones are forgotten first, then those that
 * were silent longest (end(STREAM_CLOSED) on both sides).
 */
#ifndef PROTOCOLS_TCP_REASSEMBLY_H
#define PROTOCOLS_TCP_REASSEMBLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/dissector.h"
#include "protocols/packet.h"

struct tcp_reassembly;

struct tcp_sink {
	void *context;
	/* A connection: by its SYN, or by the first octets of one whose start is missing; then
	 * client and server are guessed. What it gives is handed to the other two. */
	uint64_t (*open)(void *context, const struct address *client, const struct address *server,
			 int64_t time);
	void (*octets)(void *context, uint64_t connection, bool from_client, int64_t time,
		       uint64_t packet, const void *octets, size_t length);
	/* STREAM_CLOSED once for each direction, STREAM_RESET once for what had not ended yet (for
	 * the direction of who sent it, unless that had ended), STREAM_LOST as often as octets
	 * are missing. */
	void (*end)(void *context, uint64_t connection, bool from_client, int64_t time,
		    uint64_t packet, enum stream_end how);
};

/* sink is copied */
struct tcp_reassembly *tcp_reassembly_new(const struct tcp_sink *sink);
void tcp_reassembly_free(struct tcp_reassembly *all);
/* number: of the packet in the capture */
void tcp_reassembly_add(struct tcp_reassembly *all, const struct packet *segment, int64_t time,
			uint64_t number);
/* The capture is over: passes on what still waits behind gaps. No end is called for
 * connections that the capture did not see ending. */
void tcp_reassembly_finish(struct tcp_reassembly *all, int64_t time);
uint64_t tcp_reassembly_lost(const struct tcp_reassembly *all); /* octets, until now */

#endif
