/*
 * zone: what a DNS fake knows: the bench's host names both ways, and the records that the
 * profile adds:
 *
 *   zone.1  "_hems._tcp.lab.example SRV 10 5 7547 serving-hems.lab.example"
 *   zone.2  "hems.lab.example CNAME serving-hems.lab.example"
 *   zone.3  "lab.example NAPTR 10 100 \"s\" \"hems+tcp\" \"\" _hems._tcp.lab.example"
 *
 * numbered without a gap: name, type (A AAAA CNAME NS PTR MX SRV NAPTR TXT), data as in a master
 * file (RFC 1035 5.1), names without final dot. Addresses of the bench are looked up at each
 * question, for a fake may move.
 */
#ifndef FAKES_DNS_ZONE_H
#define FAKES_DNS_ZONE_H

#include "harness/judge/profile.h"
#include "harness/loop/bench.h"
#include "protocols/dns.h"
#include "protocols/problem.h"

struct zone;

/* For the DNS server that role is: an outer one knows no inner element, except on loopback. */
struct zone *zone_new(const struct bench *bench, const struct profile *profile, const char *role,
		      struct problem *problem);
void zone_free(struct zone *zone);
/* Adds the records that answer the question, and rcode: NXDOMAIN for an unknown name. */
void zone_answer(const struct zone *zone, const struct dns_question *question,
		 struct dns_message *answer);
/* Appends an empty record to the answers (to the additional ones if any are there already). */
struct dns_record *zone_add_record(struct dns_message *answer, const char *name, uint16_t type);
/* Reads one line of the form above; 0, or -1 with why. */
int zone_parse_record(const char *line, struct dns_record *record, struct problem *problem);

#endif
