/*
 * ran-pdu: the frame that S1AP (TS 36.413 9.3) and HNBAP (TS 25.469 9.3) have in common: kind,
 * procedure, and a list of information elements, each with its number, criticality and value.
 */
#ifndef PROTOCOLS_RAN_PDU_H
#define PROTOCOLS_RAN_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"
#include "protocols/per.h"
#include "protocols/problem.h"

#define RAN_FIELDS 64 /* elements in a message; the largest of our procedures has 14 */

enum ran_kind { RAN_INITIATING, RAN_SUCCESSFUL, RAN_UNSUCCESSFUL };
enum ran_criticality { RAN_REJECT, RAN_IGNORE, RAN_NOTIFY };

/* HNBAP's messages may have a second list, protocolExtensions; S1AP's have none. */
enum ran_frame { RAN_S1AP, RAN_HNBAP };

struct ran_field { /* an information element */
	uint16_t id;
	enum ran_criticality criticality;
	bool extension;      /* it stands among the protocolExtensions */
	const uint8_t *value; /* points into the octets that were decoded */
	size_t length;
};

struct ran_pdu {
	enum ran_kind kind;
	uint8_t procedure;
	enum ran_criticality criticality;
	struct ran_field fields[RAN_FIELDS];
	size_t count;
};

/* "reject", "ignore", "notify" */
const char *ran_criticality_name(enum ran_criticality criticality);

/* 0, or -1 with why (too short, more than RAN_FIELDS, octets behind the end). */
int ran_pdu_decode(enum ran_frame frame, const void *octets, size_t length, struct ran_pdu *pdu,
		   struct problem *problem);

/* A message being written: its elements one after the other, in any order, lawful or not. A
 * zeroed struct is an empty one; ran_finish leaves it empty again. */
struct ran_writer {
	struct buffer values;
	struct {
		uint16_t id;
		enum ran_criticality criticality;
		bool extension;
		size_t start;
	} fields[RAN_FIELDS];
	size_t count;
};

/* Begins an element; its value is written to the result. At most RAN_FIELDS. */
struct per_writer ran_field(struct ran_writer *writer, uint16_t id,
			    enum ran_criticality criticality);
/* The same, among the protocolExtensions of HNBAP. */
struct per_writer ran_extension(struct ran_writer *writer, uint16_t id,
				enum ran_criticality criticality);
/* Adds the whole message to out. */
void ran_finish(struct ran_writer *writer, enum ran_frame frame, enum ran_kind kind,
		uint8_t procedure, enum ran_criticality criticality, struct buffer *out);

/* A SEQUENCE of one of the values: what may stand behind its parts. */
struct ran_sequence {
	bool additions; /* of later versions (X.691 18.7 to 18.9) */
	bool container; /* iE-Extensions */
};

/* The head of an extensible SEQUENCE whose only optional part is iE-Extensions. */
struct ran_sequence ran_sequence_begin(struct per_reader *reader);
/* Passes over what stands behind the parts that are read. */
void ran_sequence_end(struct per_reader *reader, struct ran_sequence sequence);

#endif
