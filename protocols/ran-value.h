/*
 * ran-value: values that S1AP and HNBAP have in common: networks and causes.
 */
#ifndef PROTOCOLS_RAN_VALUE_H
#define PROTOCOLS_RAN_VALUE_H

#include <libxml/tree.h>

#include "protocols/per.h"

#define RAN_PLMN_TEXT 7

/* "00101" or "001001" (MCC and MNC) from its three octets, two digits in each, the low one first: a
 * network code of two digits has a filler before it (TS 36.413 9.2.3.8), unlike in TS 24.008, where
 * its third digit stands there. A digit that is none is shown as in hexadecimal. */
void ran_plmn_text(const uint8_t octets[3], char text[RAN_PLMN_TEXT]);
/* The octets; false when the text is not five or six digits. */
bool ran_plmn_octets(const char *text, uint8_t octets[3]);
void ran_read_plmn(struct per_reader *reader, char text[RAN_PLMN_TEXT]);
/* A text that is no network is written as octets of ones. */
void ran_write_plmn(struct per_writer *writer, const char *text);

/* <NAME>number</NAME> under parent */
void ran_add_number(xmlNode *parent, const char *name, uint32_t number);

struct ran_cause_group {
	const char *name;             /* "radioNetwork" */
	const char *const *values;    /* of the root, in their order; NULL where it has no name here */
	unsigned count;               /* of the root: gives the number of bits */
};

struct ran_causes { /* the CHOICE Cause of a protocol */
	const struct ran_cause_group *groups;
	unsigned count;
};

/* <Cause group= value=/>; a value without a name is its number. */
void ran_read_cause(const struct ran_causes *causes, struct per_reader *reader, xmlNode *body);
/* false, and nothing written, when the tables have no such cause. */
bool ran_write_cause(const struct ran_causes *causes, struct per_writer *writer,
		     const char *group, const char *value);

#endif
