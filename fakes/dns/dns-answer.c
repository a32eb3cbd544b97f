#include "fakes/dns/dns-answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fakes/fake.h"

enum {
	UDP_SIZE = 512,	   /* RFC 1035 4.2.1 */
	OWN_SIZE = 4096,   /* RFC 6891 6.2.5 */
	CLASS_IN = 1,
	CLASS_ANY = 255,
	BADVERS = 16,
	HEADER = 12,
};

static uint8_t rcode_value(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	for (uint8_t rcode = 0; rcode <= BADVERS; rcode++)
		if (strcasecmp(dns_rcode_name(rcode), text) == 0)
			return rcode;
	return *text && *end == '\0' && value <= UINT8_MAX ? (uint8_t)value : DNS_SERVFAIL;
}

static const char *setting(const struct cue *cue, const char *name)
{
	for (size_t i = 0; cue && i < cue->setting_count; i++)
		if (strcmp(cue->settings[i].name, name) == 0)
			return cue->settings[i].value;
	return NULL;
}

static bool has_fault(const struct cue *cue, const char *name)
{
	return cue && fake_fault(cue->arrow, name);
}

static void drop_records(struct dns_message *answer)
{
	answer->answer_count = answer->authority_count = answer->additional_count = 0;
}

/* Instead of the zone's records: the stated addresses of the asked family, in their order. */
static void set_addresses(const struct dns_question *question, const char *list,
			  struct dns_message *answer)
{
	drop_records(answer);
	answer->rcode = DNS_NOERROR;
	while (*list) {
		char word[ADDRESS_TEXT];
		struct address address;
		size_t length;

		list += strspn(list, " ,");
		length = strcspn(list, " ,");
		if (length == 0)
			break;
		snprintf(word, sizeof(word), "%.*s", (int)length, list);
		list += length;
		if (address_parse(word, &address) < 0)
			continue;
		uint16_t type = address.family == 4 ? DNS_A : DNS_AAAA;

		if (question->type == type || question->type == DNS_ANY)
			zone_add_record(answer, question->name, type)->address = address;
	}
}

/* An address of the same kind at which nobody listens: of loopback, or for documentation
 * (RFC 5737, RFC 3849). */
static void spoil_address(struct address *address)
{
	const char *other = "2001:db8:ffff::fffe";

	if (address->family == 4)
		other = address->octets[0] == 127 ? "127.0.255.254" : "192.0.2.254";
	address_parse(other, address);
}

static void spoil_addresses(const struct dns_question *question, struct dns_message *answer)
{
	for (size_t i = 0; i < answer->answer_count; i++)
		if (answer->answers[i].type == DNS_A || answer->answers[i].type == DNS_AAAA)
			spoil_address(&answer->answers[i].address);
	if (answer->answer_count == 0 && question->type == DNS_A)
		set_addresses(question, "127.0.255.254", answer);
}

/* Before each address one at which nobody listens. */
static void add_dead(struct dns_message *answer)
{
	size_t count = answer->answer_count;

	for (size_t i = 0; i < count; i++) {
		struct dns_record good = answer->answers[i];

		if (good.type != DNS_A && good.type != DNS_AAAA)
			continue;
		struct dns_record *last = zone_add_record(answer, good.name, good.type);

		last->address = good.address;
		spoil_address(&answer->answers[i].address);
	}
}

/* The name is another's: a CNAME, and the records under that one. */
static void add_alias(const struct dns_question *question, struct dns_message *answer)
{
	char alias[DNS_NAME];

	if (answer->answer_count == 0)
		return;
	snprintf(alias, sizeof(alias), "alias.%.240s", question->name);
	for (size_t i = 0; i < answer->answer_count; i++)
		snprintf(answer->answers[i].name, DNS_NAME, "%s", alias);
	struct dns_record *record = zone_add_record(answer, question->name, DNS_CNAME);

	snprintf(record->target, sizeof(record->target), "%s", alias);
}

static void apply_settings(const struct dns_question *question, const struct cue *cue,
			   struct dns_message *answer)
{
	const char *address = setting(cue, "address");
	const char *name = setting(cue, "name");
	const char *rcode = setting(cue, "rcode");

	if (address)
		set_addresses(question, address, answer);
	for (size_t i = 0; name && i < answer->answer_count; i++)
		snprintf(answer->answers[i].name, DNS_NAME, "%s", name);
	if (rcode) {
		answer->rcode = rcode_value(rcode);
		if (answer->rcode != DNS_NOERROR)
			drop_records(answer);
	}
}

static void apply_faults(const struct dns_question *question, const struct cue *cue,
			 struct dns_message *answer)
{
	static const struct {
		const char *fault;
		uint8_t rcode;
	} errors[] = {
		{ "servfail", DNS_SERVFAIL },
		{ "nxdomain", DNS_NXDOMAIN },
		{ "refused", DNS_REFUSED },
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (!has_fault(cue, errors[i].fault))
			continue;
		drop_records(answer);
		answer->rcode = errors[i].rcode;
	}
	if (has_fault(cue, "wrong-address"))
		spoil_addresses(question, answer);
	if (has_fault(cue, "empty-answer"))
		drop_records(answer);
	if (has_fault(cue, "dead-first"))
		add_dead(answer);
	if (has_fault(cue, "alias"))
		add_alias(question, answer);
	if (has_fault(cue, "other-question"))
		snprintf(answer->questions[0].name, DNS_NAME, "another.%.240s", question->name);
	if (has_fault(cue, "truncated-answer")) {
		drop_records(answer);
		answer->truncated = true;
	}
	if (has_fault(cue, "wrong-dns-id"))
		answer->id = (uint16_t)(answer->id ^ 0x5555);
}

/* Header and question as they should be, then an answer whose name points at itself
 * (RFC 1035 4.1.4 allows pointers to what came before only). */
static void write_loop(struct dns_message *answer, struct buffer *out)
{
	size_t start = out->length;

	drop_records(answer);
	answer->edns = false;
	dns_encode(answer, 0, out);
	size_t at = out->length - start;

	out->octets[start + 7] = 1; /* ANCOUNT */
	buffer_add_u16(out, (uint16_t)(0xc000 | at));
	buffer_add_u16(out, DNS_A);
	buffer_add_u16(out, CLASS_IN);
	buffer_add_u32(out, 60);
	buffer_add_u16(out, 4);
	buffer_add(out, "\x7f\x00\xff\xfe", 4);
}

static struct dns_message begin_answer(const struct dns_message *query)
{
	struct dns_message answer = {
		.id = query->id,
		.response = true,
		.authoritative = true,
		.recursion_desired = query->recursion_desired,
		.recursion_available = true,
		.opcode = query->opcode,
		.question_count = 1,
		.edns = query->edns,
		.edns_size = OWN_SIZE,
	};

	answer.questions[0] = query->questions[0];
	return answer;
}

static size_t size_limit(const struct dns_message *query)
{
	if (!query->edns || query->edns_size < UDP_SIZE)
		return UDP_SIZE;
	return query->edns_size < OWN_SIZE ? query->edns_size : OWN_SIZE;
}

void dns_answer_make(const struct zone *zone, const struct dns_message *query,
		     const struct cue *cue, bool udp, struct buffer *out)
{
	struct dns_message answer = begin_answer(query);
	const struct dns_question *question = &query->questions[0];

	if (query->edns && query->edns_version > 0)
		answer.rcode = BADVERS;
	else if (question->class != CLASS_IN && question->class != CLASS_ANY)
		answer.rcode = DNS_REFUSED;
	else
		zone_answer(zone, question, &answer);
	apply_settings(question, cue, &answer);
	apply_faults(question, cue, &answer);
	if (has_fault(cue, "compression-loop"))
		write_loop(&answer, out);
	else
		dns_encode(&answer, udp ? size_limit(query) : 0, out);
	free(answer.answers);
}

void dns_answer_refuse(const void *octets, size_t length, int rcode, struct buffer *out)
{
	const uint8_t *query = octets;

	if (length < HEADER || query[2] & 0x80)
		return;
	buffer_add(out, query, 2);
	buffer_add_u8(out, (uint8_t)(0x80 | (query[2] & 0x79)));
	buffer_add_u8(out, (uint8_t)rcode);
	for (int i = 0; i < 4; i++)
		buffer_add_u16(out, 0);
}
