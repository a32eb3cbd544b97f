/*
 * dns: DNS messages (RFC 1035, 2782, 3403, 3596, 6891) from octets and to octets.
 */
#ifndef PROTOCOLS_DNS_H
#define PROTOCOLS_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/address.h"
#include "protocols/buffer.h"
#include "protocols/message.h"
#include "protocols/problem.h"

#define DNS_NAME 256

enum dns_type {
	DNS_A = 1, DNS_NS = 2, DNS_CNAME = 5, DNS_SOA = 6, DNS_PTR = 12, DNS_MX = 15, DNS_TXT = 16,
	DNS_AAAA = 28, DNS_SRV = 33, DNS_NAPTR = 35, DNS_OPT = 41, DNS_ANY = 255,
};

enum dns_rcode { DNS_NOERROR = 0, DNS_FORMERR = 1, DNS_SERVFAIL = 2, DNS_NXDOMAIN = 3,
		 DNS_NOTIMP = 4, DNS_REFUSED = 5 };

struct dns_record {
	char name[DNS_NAME];
	uint16_t type;
	uint16_t class;
	uint32_t ttl;
	struct address address;  /* A, AAAA */
	char target[DNS_NAME];   /* CNAME, NS, PTR, MX, SRV, NAPTR replacement, SOA MNAME */
	uint16_t priority;       /* SRV, MX preference, NAPTR order */
	uint16_t weight;         /* SRV, NAPTR preference */
	uint16_t port;           /* SRV */
	char flags[32], service[64], regexp[256]; /* NAPTR */
	uint8_t raw[544];        /* other types: RDATA as it came, raw_length octets; SOA: with its
				  * names uncompressed; room for a whole one of these */
	size_t raw_length;
	bool raw_cut;            /* RDATA was longer than raw: the rest is not kept */
};

struct dns_question {
	char name[DNS_NAME]; /* case kept; "" is the root; no final dot */
	uint16_t type;
	uint16_t class;
};

struct dns_message {
	uint16_t id;
	bool response, authoritative, truncated, recursion_desired, recursion_available;
	uint8_t opcode, rcode;
	struct dns_question questions[4];
	size_t question_count;
	struct dns_record *answers; /* answers, authority, additional, in this order; owned */
	size_t answer_count, authority_count, additional_count;
	bool edns; /* there is an OPT record (RFC 6891); it does not stand among the records */
	uint16_t edns_size;
	uint8_t edns_version;
	bool dnssec_ok;
};

/* 0, or -1 with why (bounds, pointer loop, more than 64 records, label too long). */
int dns_decode(const void *octets, size_t length, struct dns_message *message,
	       struct problem *problem);
/* Writes it, names uncompressed but for a pointer to the first question; cuts at limit octets
 * (0 = 65535) by setting TC and dropping records from the last on; the OPT record stays. */
void dns_encode(const struct dns_message *message, size_t limit, struct buffer *out);
void dns_message_clear(struct dns_message *message);
/* "A"; for a type that the table lacks "TYPE99", which holds until the next call. */
const char *dns_type_name(uint16_t type);
uint16_t dns_type_value(const char *name);  /* "A", "TYPE99"; 0 = unknown */
const char *dns_rcode_name(uint8_t rcode);  /* "NXDOMAIN"; a number likewise */
/* "DnsQuery" or "DnsResponse" message: body attributes id, rcode ("NXDOMAIN"), transport,
 * truncated, authoritative, recursion-desired; children question(name,type,spelled),
 * answer(name,type,ttl,value and the fields of its type), authority, additional, and
 * edns(size,version,dnssec-ok). The name in a question is in lower case in name= and as it
 * came in spelled=. Fields of types: SRV priority weight port target; MX preference target;
 * NAPTR order preference flags service regexp replacement; SOA mname rname serial refresh
 * retry expire minimum. The value is what a zone file would have, for an unknown type in
 * hexadecimal. Octets that are no DNS: a message DnsMalformed with attribute why. Never NULL. */
struct message *dns_message_decode(const void *octets, size_t length, const char *transport);

#endif
