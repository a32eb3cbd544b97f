/*
 * ran-message: from the octets of S1AP or HNBAP to a message for the judge, by tables of the
 * procedures and their information elements.
 *
 * The body has the attributes criticality=, missing= (mandatory elements that are not there),
 * repeated=, misplaced= (elements out of the order of the standard's list), wrong-criticality=
 * (each a list of names, absent when empty), a child for each element, and <Unknown id=
 * criticality= length=/> for those that the table lacks.
 */
#ifndef PROTOCOLS_RAN_MESSAGE_H
#define PROTOCOLS_RAN_MESSAGE_H

#include <libxml/tree.h>

#include "protocols/message.h"
#include "protocols/ran-pdu.h"

struct ran_element { /* one that a message may have */
	uint16_t id;
	const char *name;
	enum ran_criticality criticality;
	bool mandatory, extension;
	void (*read)(struct per_reader *reader, xmlNode *body); /* adds what it says to the body */
};

struct ran_procedure {
	uint8_t code;
	enum ran_kind kind;
	enum ran_criticality criticality;
	const char *message; /* "S1SetupRequest" */
	const struct ran_element *elements; /* in the standard's order */
	size_t element_count;
};

struct ran_protocol {
	const char *name; /* "s1ap" */
	enum ran_frame frame;
	const char *malformed, *other; /* messages that cannot be read, and those of no table */
	const struct ran_procedure *procedures;
	size_t procedure_count;
};

/* Never NULL. Octets that cannot be read become protocol->malformed with the attribute why. */
struct message *ran_message_decode(const struct ran_protocol *protocol, const void *octets,
				   size_t length);

#endif
