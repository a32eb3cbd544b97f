/*
 * capture-file: pcap and pcapng files -> packets, as a stream.
 *
 * Reads from a callback, or from memory. Memory is bounded by one block (at most 16 MiB), not by
 * the file. What is read:
 *   pcap: both byte orders, microseconds, nanoseconds, and the form with longer packet headers
 *   pcapng: several sections, each with its own byte order and interfaces; Interface
 *     Description (if_tsresol, if_tsoffset), Enhanced, Simple and the obsolete Packet Block,
 *     packet comments, Decryption Secrets Block; every other block is stepped over
 */
#ifndef PROTOCOLS_CAPTURE_FILE_H
#define PROTOCOLS_CAPTURE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/limits.h"
#include "protocols/problem.h"

#define CAPTURE_BLOCK_LIMIT LIMIT_CAPTURE_BLOCK

struct capture_file;

/* Reads at most length octets; gives their number, 0 at the end (and when reading fails). */
typedef size_t (*capture_input)(void *context, void *octets, size_t length);

enum capture_result {
	CAPTURE_PACKET,  /* the record is a packet */
	CAPTURE_SECRETS, /* the record is a Decryption Secrets Block */
	CAPTURE_MARK,    /* an Interface Statistics Block: its time and comment */
	CAPTURE_SECTION, /* a pcapng section begins; the comment is the section's */
	CAPTURE_BROKEN,  /* a packet that makes no sense; reading can go on */
	CAPTURE_CUT,     /* no more can be read: the file is cut or damaged (problem says how) */
	CAPTURE_END,
};

struct capture_record { /* what it points to holds until the next call */
	uint64_t number;    /* of the packet, from 1 */
	int64_t time;       /* microseconds since 1970 */
	uint32_t link_type; /* LINKTYPE_ number */
	uint32_t interface;
	const char *interface_name; /* pcapng's if_name; "" = none is given */
	const uint8_t *octets;
	size_t length;
	size_t original_length; /* on the wire */
	const char *comment;    /* several joined with a line feed; NULL = none */
	uint32_t secrets_type;  /* CAPTURE_SECRETS: "TLSK" is 0x544c534b */
};

/* Reads the first header. NULL with why: no capture at all. */
struct capture_file *capture_file_new(capture_input input, void *context, struct problem *problem);
/* The same from memory, which must outlive it. */
struct capture_file *capture_file_memory(const void *octets, size_t length,
					 struct problem *problem);
enum capture_result capture_file_next(struct capture_file *file, struct capture_record *record,
				      struct problem *problem);
/* Was an interface of this name described so far, in this section? */
bool capture_file_has_interface(const struct capture_file *file, const char *name);
void capture_file_free(struct capture_file *file);

#endif
