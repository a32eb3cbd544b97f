/*
 * dns-answer: the octets that a DNS fake answers a query with: what the zone says, changed by
 * the cue's settings (address, name, rcode), spoilt by its faults.
 *
 *   set address = "192.0.2.1 192.0.2.2"   these, in this order (A and AAAA, as asked)
 *   set name    = "other.example"         the owner of the answer's records
 *   set rcode   = "REFUSED"               a name or a number
 */
#ifndef FAKES_DNS_DNS_ANSWER_H
#define FAKES_DNS_DNS_ANSWER_H

#include "fakes/dns/zone.h"
#include "harness/judge/judge.h"
#include "protocols/buffer.h"

/* cue: NULL = as the zone says. udp: cut to what the client can take. */
void dns_answer_make(const struct zone *zone, const struct dns_message *query,
		     const struct cue *cue, bool udp, struct buffer *out);
/* The answer to what cannot be read or is not served: FORMERR, NOTIMP; nothing when even the
 * id is missing or it is no query. */
void dns_answer_refuse(const void *octets, size_t length, int rcode, struct buffer *out);

#endif
