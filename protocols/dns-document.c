/* Octets -> a message with a document, for the judge. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "protocols/dns-name.h"
#include "protocols/dns.h"

static const char *const rcodes[] = {
	"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP",   "REFUSED",
	"YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH",  "NOTZONE",
};

const char *dns_rcode_name(uint8_t rcode)
{
	static _Thread_local char other[sizeof("255")];

	if (rcode < sizeof(rcodes) / sizeof(rcodes[0]))
		return rcodes[rcode];
	snprintf(other, sizeof(other), "%u", rcode);
	return rcode == 16 ? "BADVERS" : other;
}

static void add_question(xmlNode *body, const struct dns_question *question)
{
	xmlNode *node = message_child(body, "question", NULL);
	char lower[DNS_NAME];
	size_t i = 0;

	for (; question->name[i]; i++)
		lower[i] = (char)tolower((unsigned char)question->name[i]);
	lower[i] = '\0';
	message_attribute(node, "name", "%s", lower);
	message_attribute(node, "spelled", "%s", question->name);
	message_attribute(node, "type", "%s", dns_type_name(question->type));
	if (question->class != 1)
		message_attribute(node, "class", "%u", question->class);
}

static void describe_srv(xmlNode *node, const struct dns_record *record)
{
	message_attribute(node, "value", "%u %u %u %s", record->priority, record->weight,
			  record->port, record->target);
	message_attribute(node, "priority", "%u", record->priority);
	message_attribute(node, "weight", "%u", record->weight);
	message_attribute(node, "port", "%u", record->port);
	message_attribute(node, "target", "%s", record->target);
}

static void describe_naptr(xmlNode *node, const struct dns_record *record)
{
	message_attribute(node, "value", "%u %u \"%s\" \"%s\" \"%s\" %s", record->priority,
			  record->weight, record->flags, record->service, record->regexp,
			  record->target);
	message_attribute(node, "order", "%u", record->priority);
	message_attribute(node, "preference", "%u", record->weight);
	message_attribute(node, "flags", "%s", record->flags);
	message_attribute(node, "service", "%s", record->service);
	message_attribute(node, "regexp", "%s", record->regexp);
	message_attribute(node, "replacement", "%s", record->target);
}

static void describe_mx(xmlNode *node, const struct dns_record *record)
{
	message_attribute(node, "value", "%u %s", record->priority, record->target);
	message_attribute(node, "preference", "%u", record->priority);
	message_attribute(node, "target", "%s", record->target);
}

static unsigned long get_u32(const uint8_t *octets)
{
	return (unsigned long)octets[0] << 24 | (unsigned long)octets[1] << 16 |
	       (unsigned long)octets[2] << 8 | octets[3];
}

static void describe_soa(xmlNode *node, const struct dns_record *record)
{
	static const char *const names[5] = { "serial", "refresh", "retry", "expire", "minimum" };
	char mname[DNS_NAME], rname[DNS_NAME];
	unsigned long numbers[5];
	size_t at = 0;

	if (dns_name_read(record->raw, record->raw_length, &at, mname, NULL) < 0 ||
	    dns_name_read(record->raw, record->raw_length, &at, rname, NULL) < 0 ||
	    record->raw_length - at < 20)
		return;
	for (size_t i = 0; i < 5; i++)
		numbers[i] = get_u32(record->raw + at + 4 * i);
	message_attribute(node, "value", "%s %s %lu %lu %lu %lu %lu", mname, rname, numbers[0],
			  numbers[1], numbers[2], numbers[3], numbers[4]);
	message_attribute(node, "mname", "%s", mname);
	message_attribute(node, "rname", "%s", rname);
	for (size_t i = 0; i < 5; i++)
		message_attribute(node, names[i], "%lu", numbers[i]);
}

/* The character strings of a TXT record put together; false when they do not fill it. */
static bool describe_txt(xmlNode *node, const struct dns_record *record)
{
	char text[sizeof(record->raw) + 1];
	size_t length = 0;

	for (size_t at = 0; at < record->raw_length;) {
		size_t part = record->raw[at++];

		if (part > record->raw_length - at || memchr(record->raw + at, 0, part))
			return false;
		memcpy(text + length, record->raw + at, part);
		length += part;
		at += part;
	}
	text[length] = '\0';
	message_attribute(node, "value", "%s", text);
	return true;
}

static void describe_raw(xmlNode *node, const struct dns_record *record)
{
	char text[2 * sizeof(record->raw) + 1] = "";

	for (size_t i = 0; i < record->raw_length; i++)
		snprintf(text + 2 * i, 3, "%02x", record->raw[i]);
	message_attribute(node, "value", "%s", text);
	if (record->raw_cut)
		message_attribute(node, "cut", "true");
}

static void describe(xmlNode *node, const struct dns_record *record)
{
	char text[ADDRESS_TEXT];

	switch (record->class == 1 || record->type == DNS_TXT ? record->type : 0) {
	case DNS_A:
	case DNS_AAAA:
		message_attribute(node, "value", "%s", address_host(&record->address, text));
		break;
	case DNS_CNAME:
	case DNS_NS:
	case DNS_PTR:
		message_attribute(node, "value", "%s", record->target);
		break;
	case DNS_MX:
		describe_mx(node, record);
		break;
	case DNS_SRV:
		describe_srv(node, record);
		break;
	case DNS_NAPTR:
		describe_naptr(node, record);
		break;
	case DNS_SOA:
		describe_soa(node, record);
		break;
	case DNS_TXT:
		if (!record->raw_cut && describe_txt(node, record))
			break;
		/* fall through */
	default:
		describe_raw(node, record);
	}
}

static void add_records(xmlNode *body, const char *section, const struct dns_record *records,
			size_t count)
{
	for (size_t i = 0; i < count; i++) {
		xmlNode *node = message_child(body, section, NULL);

		message_attribute(node, "name", "%s", records[i].name);
		message_attribute(node, "type", "%s", dns_type_name(records[i].type));
		if (records[i].class != 1)
			message_attribute(node, "class", "%u", records[i].class);
		message_attribute(node, "ttl", "%lu", (unsigned long)records[i].ttl);
		describe(node, &records[i]);
	}
}

static const char *truth(bool value)
{
	return value ? "true" : "false";
}

static void add_edns(xmlNode *body, const struct dns_message *dns)
{
	xmlNode *node = message_child(body, "edns", NULL);

	message_attribute(node, "size", "%u", dns->edns_size);
	message_attribute(node, "version", "%u", dns->edns_version);
	message_attribute(node, "dnssec-ok", "%s", truth(dns->dnssec_ok));
}

static void add_header(xmlNode *body, const struct dns_message *dns, const char *transport)
{
	message_attribute(body, "id", "%u", dns->id);
	message_attribute(body, "rcode", "%s", dns_rcode_name(dns->rcode));
	message_attribute(body, "transport", "%s", transport);
	message_attribute(body, "truncated", "%s", truth(dns->truncated));
	message_attribute(body, "authoritative", "%s", truth(dns->authoritative));
	message_attribute(body, "recursion-desired", "%s", truth(dns->recursion_desired));
	if (dns->opcode != 0)
		message_attribute(body, "opcode", "%u", dns->opcode);
}

struct message *dns_message_decode(const void *octets, size_t length, const char *transport)
{
	struct problem problem = { "" };
	struct dns_message dns;

	if (dns_decode(octets, length, &dns, &problem) < 0) {
		struct message *malformed = message_new("dns", "DnsMalformed");

		message_attribute(malformed->body, "why", "%s", problem.text);
		message_attribute(malformed->body, "transport", "%s", transport);
		return malformed;
	}
	struct message *message = message_new("dns", dns.response ? "DnsResponse" : "DnsQuery");
	const struct dns_record *records = dns.answers;

	add_header(message->body, &dns, transport);
	for (size_t i = 0; i < dns.question_count; i++)
		add_question(message->body, &dns.questions[i]);
	add_records(message->body, "answer", records, dns.answer_count);
	if (records)
		records += dns.answer_count;
	add_records(message->body, "authority", records, dns.authority_count);
	if (records)
		records += dns.authority_count;
	add_records(message->body, "additional", records, dns.additional_count);
	if (dns.edns)
		add_edns(message->body, &dns);
	dns_message_clear(&dns);
	return message;
}
