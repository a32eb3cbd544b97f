/*
 * sctp-read: SCTP packets (RFC 9260 3) -> chunks, and the fragments of user messages put together.
 *
 * Bounds are checked, the checksum only told: captures on a sender hold packets whose checksums the
 * card would have filled in.
 */
#ifndef PROTOCOLS_SCTP_READ_H
#define PROTOCOLS_SCTP_READ_H

#include "protocols/buffer.h"
#include "protocols/octets.h"
#include "protocols/problem.h"

#define SCTP_PROTOCOL 132 /* of IP */
#define SCTP_HEADER 12

enum sctp_chunk_type { /* RFC 9260 3.2; others are passed over */
	SCTP_DATA = 0, SCTP_INIT = 1, SCTP_INIT_ACK = 2, SCTP_SACK = 3, SCTP_HEARTBEAT = 4,
	SCTP_HEARTBEAT_ACK = 5, SCTP_ABORT = 6, SCTP_SHUTDOWN = 7, SCTP_SHUTDOWN_ACK = 8,
	SCTP_ERROR = 9, SCTP_COOKIE_ECHO = 10, SCTP_COOKIE_ACK = 11, SCTP_SHUTDOWN_COMPLETE = 14,
};

struct sctp_header {
	uint16_t source_port, destination_port;
	uint32_t tag;
	uint32_t checksum; /* as it would be if the octets were a number in network order */
};

struct sctp_chunk {
	uint8_t type, flags;
	struct octets body; /* behind the chunk's header, without padding */
};

struct sctp_init { /* of INIT and INIT ACK */
	uint32_t tag, tsn;
	uint16_t outbound, inbound; /* streams */
};

struct sctp_data {
	uint32_t tsn, ppid;
	uint16_t stream, number;
	bool first, last, unordered; /* fragment of its user message */
	struct octets octets;
};

/* Takes the common header off: 0, or -1 with why. */
int sctp_header_read(struct octets *packet, struct sctp_header *header, struct problem *problem);
/* Takes the next chunk off: 1, 0 when there is none, -1 with why (too short, longer than what is
 * there). */
int sctp_chunk_next(struct octets *chunks, struct sctp_chunk *chunk, struct problem *problem);
int sctp_init_read(const struct sctp_chunk *chunk, struct sctp_init *init,
		   struct problem *problem);
int sctp_data_read(const struct sctp_chunk *chunk, struct sctp_data *data,
		   struct problem *problem);
/* The code of the first error cause in an ABORT or ERROR (RFC 9260 3.3.10), 0 when there is none,
 * and its name ("Protocol Violation", or "" for one without). */
uint16_t sctp_cause_read(const struct sctp_chunk *chunk);
const char *sctp_cause_name(uint16_t code);
/* The CRC32c that the whole packet should have (RFC 9260 6.8, Appendix A). */
uint32_t sctp_checksum(struct octets packet);

/* Fragments of the user messages of one direction. A zeroed struct is an empty one. */
#define SCTP_PIECES 64            /* fragments that wait; the oldest gives way */
#define SCTP_MESSAGE_LIMIT 65536  /* octets of a message put together */
#define SCTP_REMEMBERED 64        /* TSNs known again when they are sent twice */
struct sctp_piece {
	struct sctp_data data; /* octets: of the buffer */
	struct buffer octets;
	uint64_t packet;
};
struct sctp_reassembly {
	struct sctp_piece pieces[SCTP_PIECES];
	size_t count;
	uint32_t seen[SCTP_REMEMBERED];
	size_t seen_count;
};
/* Takes a DATA chunk of the packet with this number. 1: a message is whole: its octets in out
 * (added), the first fragment's fields in *whole (octets: those of out), *packet the first one's
 * packet. 0: more is to come. -1: it was there before. */
int sctp_reassemble(struct sctp_reassembly *reassembly, const struct sctp_data *data,
		    uint64_t packet, struct buffer *out, struct sctp_data *whole,
		    uint64_t *first_packet);
void sctp_reassembly_clear(struct sctp_reassembly *reassembly);

#endif
