/*
 * reader: a pcap or pcapng file -> messages, in the order of time.
 *
 * A recording of our own says in its first packet's comment where name servers and security gateways
 * listen: "femtoproof: dns at ADDRESS:PORT", "femtoproof: ike at ADDRESS:PORT", "femtoproof: files at
 * ADDRESS:PORT" (HTTP of a file server), "femtoproof: ftp at ADDRESS:PORT", "femtoproof: sftp at ADDRESS:PORT", a line each. An
 * interface "clear" has what was said behind SSH (dissector_clear). A
 * mark "femtoproof: admitted CLIENT at SERVER" says that the file server let in the request that it had
 * read (dissector_admitted).
 *
 * Keys of IKE and ESP come from the folder "wireshark" beside the file (ikev2_decryption_table,
 * esp_sa) and from the files in the options; what comes out of ESP is read like the rest, as come
 * inside (PLACE_CORE). Not so where the file has an interface "inside" of its own: there it stands
 * a second time.
 *
 * Packets are read one by one; memory is bounded by what is open (connections, fragments),
 * not by the file.
 */
#ifndef CAPTURES_READER_H
#define CAPTURES_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "protocols/address.h"
#include "protocols/dissector.h"
#include "protocols/problem.h"

struct reader_options {
	/* Reads only what lies between the packet whose comment is "femtoproof: scenario NAME
	 * begins" and the next such comment; NULL = all. When the file has no such comment at all,
	 * everything is read. */
	const char *scenario;
	/* Called for each such comment seen, and for every mark of the scenario that is being
	 * read (packet 0); may be NULL. */
	void (*comment)(void *context, uint64_t packet, int64_t time, const char *text);
	void *context;
	/* Reading ends early once this is true; may be NULL. */
	const bool *enough;
	/* Files with keys of IKE and ESP: rows of Wireshark's tables, # before a comment. */
	const char *const *keys;
	size_t key_count;
	/* Known listeners, before anything is read (dissector_listener). */
	void (*prepare)(void *context, struct dissector *dissector);
};

struct reader_summary {
	uint64_t packets, octets, messages, connections;
	uint64_t skipped;   /* packets of kinds that are not read (ARP, ...) */
	uint64_t malformed; /* packets cut or broken */
	uint64_t lost;      /* octets that TCP says were sent and that the file does not have */
	int64_t first_time, last_time;
};

/* Does the file begin like a capture? 0, or -1 with why not. */
int capture_probe(const char *file, struct problem *problem);

/* Reads the whole file, giving each message to sink (which owns it). 0, or -1 with why (not a
 * capture, cut in the first header, ...); a file cut later is read up to there and noted in
 * summary->malformed. summary may be NULL. */
int capture_read(const char *file, const struct reader_options *options, dissector_sink sink,
		 void *context, struct reader_summary *summary, struct problem *problem);

#endif
