#include "fakes/dns/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/dns-name.h"
#include "protocols/memory.h"

enum { CNAMES = 8, RECORDS = 60, TTL = 60, CLASS_IN = 1 };

struct zone {
	const struct bench *bench;
	bool outer; /* does not know the inner elements */
	struct dns_record *records;
	size_t count;
};

/* An element behind the security gateway: an outer DNS has no name for it. */
static bool is_inner(const struct bench *bench, const char *role)
{
	struct address address = { 0 };

	bench_address(bench, role, &address);
	return address.place == PLACE_CORE;
}

struct zone *zone_new(const struct bench *bench, const struct profile *profile, const char *role,
		      struct problem *problem)
{
	struct zone *zone = memory_new(sizeof(*zone));

	zone->bench = bench;
	zone->outer = !is_inner(bench, role);
	for (int number = 1; profile; number++) {
		char name[32];

		snprintf(name, sizeof(name), "zone.%d", number);
		const char *line = profile_variable(profile, name);

		if (!line)
			break;
		zone->records = memory_resize(zone->records, zone->count + 1,
					      sizeof(*zone->records));
		if (zone_parse_record(line, &zone->records[zone->count], problem) < 0) {
			problem_in(problem, "%s", name);
			zone_free(zone);
			return NULL;
		}
		zone->count++;
	}
	return zone;
}

void zone_free(struct zone *zone)
{
	if (!zone)
		return;
	free(zone->records);
	free(zone);
}

struct dns_record *zone_add_record(struct dns_message *answer, const char *name, uint16_t type)
{
	size_t count = answer->answer_count + answer->authority_count + answer->additional_count;

	answer->answers = memory_resize(answer->answers, count + 1, sizeof(*answer->answers));
	struct dns_record *record = &answer->answers[count];

	memset(record, 0, sizeof(*record));
	snprintf(record->name, sizeof(record->name), "%s", name);
	record->type = type;
	record->class = CLASS_IN;
	record->ttl = TTL;
	if (answer->additional_count > 0)
		answer->additional_count++;
	else
		answer->answer_count++;
	return record;
}

/* What a lookup of one name found. */
struct found {
	bool name;            /* the name exists, with whatever type */
	size_t records;       /* that were added */
	const char *canonical; /* the target of a CNAME, or NULL */
};

static bool wanted(const struct dns_question *question, uint16_t type)
{
	return question->type == type || question->type == DNS_ANY;
}

static bool full(const struct dns_message *answer)
{
	return answer->answer_count + answer->additional_count >= RECORDS;
}

static void look_at_records(const struct zone *zone, const struct dns_question *question,
			    const char *name, struct dns_message *answer, struct found *found)
{
	for (size_t i = 0; i < zone->count && !full(answer); i++) {
		const struct dns_record *record = &zone->records[i];

		if (!dns_name_same(record->name, name))
			continue;
		found->name = true;
		bool alias = record->type == DNS_CNAME && !wanted(question, DNS_CNAME);

		if (!alias && !wanted(question, record->type))
			continue;
		struct dns_record *added = zone_add_record(answer, name, record->type);

		*added = *record;
		snprintf(added->name, sizeof(added->name), "%s", name);
		found->records++;
		if (alias)
			found->canonical = record->target;
	}
}

static void look_at_hosts(const struct zone *zone, const struct dns_question *question,
			  const char *name, struct dns_message *answer, struct found *found)
{
	const char *role;

	for (size_t i = 0; (role = bench_role_at(zone->bench, i)) != NULL && !full(answer); i++) {
		struct address address;

		if (!dns_name_same(bench_host(zone->bench, role), name))
			continue;
		if (zone->outer && is_inner(zone->bench, role))
			continue;
		found->name = true;
		bench_address(zone->bench, role, &address);
		uint16_t type = address.family == 4 ? DNS_A : DNS_AAAA;

		if (!wanted(question, type))
			continue;
		zone_add_record(answer, name, type)->address = address;
		found->records++;
	}
}

static int hexadecimal(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* "1.21.0.127.in-addr.arpa" (RFC 1035 3.5), 32 nibbles before "ip6.arpa" (RFC 3596 2.5). */
static bool reverse_address(const char *name, struct address *address)
{
	unsigned part[4];
	int used = 0;

	memset(address, 0, sizeof(*address));
	if (sscanf(name, "%3u.%3u.%3u.%3u.%n", &part[0], &part[1], &part[2], &part[3],
		   &used) == 4 &&
	    used > 0 && strcasecmp(name + used, "in-addr.arpa") == 0) {
		address->family = 4;
		for (int i = 0; i < 4; i++) {
			if (part[i] > 255)
				return false;
			address->octets[3 - i] = (uint8_t)part[i];
		}
		return true;
	}
	if (strlen(name) != 64 + strlen("ip6.arpa") || strcasecmp(name + 64, "ip6.arpa") != 0)
		return false;
	address->family = 6;
	for (int i = 0; i < 32; i++) {
		int nibble = hexadecimal(name[2 * i]);

		if (nibble < 0 || name[2 * i + 1] != '.')
			return false;
		int octet = 15 - i / 2;

		address->octets[octet] |= (uint8_t)(i % 2 ? nibble << 4 : nibble);
	}
	return true;
}

static void look_at_addresses(const struct zone *zone, const struct dns_question *question,
			      const char *name, struct dns_message *answer, struct found *found)
{
	struct address asked;
	const char *role;

	if (!reverse_address(name, &asked))
		return;
	for (size_t i = 0; (role = bench_role_at(zone->bench, i)) != NULL && !full(answer); i++) {
		struct address address;

		bench_address(zone->bench, role, &address);
		if (!address_same_host(&asked, &address) || (zone->outer && is_inner(zone->bench, role)))
			continue;
		found->name = true;
		if (!wanted(question, DNS_PTR))
			continue;
		struct dns_record *record = zone_add_record(answer, name, DNS_PTR);

		snprintf(record->target, sizeof(record->target), "%s",
			 bench_host(zone->bench, role));
		found->records++;
	}
}

static struct found look_up(const struct zone *zone, const struct dns_question *question,
			    const char *name, struct dns_message *answer)
{
	struct found found = { 0 };

	look_at_records(zone, question, name, answer, &found);
	if (found.canonical)
		return found;
	look_at_hosts(zone, question, name, answer, &found);
	look_at_addresses(zone, question, name, answer, &found);
	return found;
}

/* The addresses of what SRV records point at go along (RFC 2782, "Additional"). */
static void add_targets(const struct zone *zone, struct dns_message *answer)
{
	static const uint16_t types[] = { DNS_A, DNS_AAAA };
	size_t answers = answer->answer_count;
	struct dns_message more = { 0 };

	for (size_t i = 0; i < answers; i++) {
		if (answer->answers[i].type != DNS_SRV)
			continue;
		for (size_t t = 0; t < 2; t++) {
			const struct dns_question question = { .type = types[t],
							       .class = CLASS_IN };

			look_up(zone, &question, answer->answers[i].target, &more);
		}
	}
	for (size_t i = 0; i < more.answer_count && !full(answer); i++) {
		struct dns_record *added = zone_add_record(answer, "", 0);

		*added = more.answers[i];
		if (answer->additional_count == 0) {
			answer->answer_count--;
			answer->additional_count = 1;
		}
	}
	free(more.answers);
}

void zone_answer(const struct zone *zone, const struct dns_question *question,
		 struct dns_message *answer)
{
	const char *name = question->name;

	answer->rcode = DNS_NXDOMAIN;
	for (int i = 0; i < CNAMES; i++) {
		struct found found = look_up(zone, question, name, answer);

		if (found.name)
			answer->rcode = DNS_NOERROR;
		else if (i > 0)
			answer->rcode = DNS_NXDOMAIN; /* RFC 6604: the last name's */
		if (!found.canonical)
			break;
		name = found.canonical;
	}
	add_targets(zone, answer);
}
