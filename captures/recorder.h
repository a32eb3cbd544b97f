/*
 * recorder: the octets of sockets -> a pcapng with IP, TCP and UDP headers made up around
 * them (link type RAW), TLS secrets as Decryption Secrets Blocks. Needs no privilege. Marked as
 * synthesised in the section's comment. Written as the run goes: a killed run leaves a file
 * that can be read up to its last whole block.
 *
 * It has two interfaces: 0 "outside", and 1 "inside" for what has an end inside the operator's
 * network (PLACE_CORE); and 2 "clear" once something was said behind SSH. Keys of IKE and ESP stand in a folder "wireshark" beside it, a profile of
 * Wireshark's: WIRESHARK_CONFIG_DIR=DIR/wireshark tshark -r DIR/run.pcapng.
 */
#ifndef CAPTURES_RECORDER_H
#define CAPTURES_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/address.h"
#include "protocols/dissector.h"
#include "protocols/problem.h"

struct recorder;

/* Starts a file; program: "femtoproof VERSION" for the section header. */
struct recorder *recorder_new(const char *file, const char *program, struct problem *problem);
/* Writes out and closes; 0, or -1 when some of it could not be written (disk full). */
int recorder_close(struct recorder *recorder, struct problem *problem);
/* The next packet gets this comment (several are joined with a line feed). */
void recorder_comment(struct recorder *recorder, const char *text);
/* Says something at a time at which no packet passes. */
void recorder_mark(struct recorder *recorder, int64_t time, const char *text);
/* Each gives the number of the (last) packet written for it. */
uint64_t recorder_tcp_open(struct recorder *recorder, uint64_t connection,
			   const struct address *client, const struct address *server, int64_t time);
uint64_t recorder_tcp_octets(struct recorder *recorder, uint64_t connection, bool from_client,
			     int64_t time, const void *octets, size_t length);
uint64_t recorder_tcp_end(struct recorder *recorder, uint64_t connection, bool from_client,
			  int64_t time, enum stream_end how);
uint64_t recorder_udp(struct recorder *recorder, const struct address *source,
		      const struct address *destination, int64_t time, const void *octets,
		      size_t length);
/* A packet of another protocol of IP (50, 132): what stands behind the IP header. */
uint64_t recorder_packet(struct recorder *recorder, const struct address *source,
			 const struct address *destination, uint8_t protocol, int64_t time,
			 const void *octets, size_t length);
/* What is said behind an encryption that no key opens: in a datagram of the interface "clear", which the
 * file then has beside the others. At most PACKET_WRITE_LIMIT octets. */
uint64_t recorder_clear(struct recorder *recorder, const struct address *source,
			const struct address *destination, int64_t time, const void *octets,
			size_t length);
/* A row of ikev2_decryption_table or esp_sa, with its line's end. */
void recorder_ike_key(struct recorder *recorder, const char *row);
void recorder_esp_key(struct recorder *recorder, const char *row);
void recorder_tls_key(struct recorder *recorder, const char *line);
void recorder_flush(struct recorder *recorder);

#endif
