#include <string.h>

#include "protocols/dns-name.h"
#include "protocols/dns.h"

#define HEADER 12
#define CLASS_IN 1
#define OPT_SIZE 11
#define MESSAGE_LIMIT 65535 /* RFC 1035 clause 4.2.2: the length of TCP has two octets */

static void put_u16(uint8_t *octets, size_t value)
{
	octets[0] = (uint8_t)(value >> 8);
	octets[1] = (uint8_t)value;
}

static void write_name(struct buffer *out, const struct dns_message *message, const char *name)
{
	const char *first = message->question_count > 0 ? message->questions[0].name : "";

	if (*first && dns_name_same(first, name))
		buffer_add_u16(out, 0xc000 | HEADER);
	else
		dns_name_write(out, name);
}

static void write_string(struct buffer *out, const char *text)
{
	size_t length = strlen(text);

	buffer_add_u8(out, (uint8_t)length);
	buffer_add(out, text, length);
}

static void write_data(struct buffer *out, const struct dns_record *record)
{
	switch (record->class == CLASS_IN ? record->type : 0) {
	case DNS_A:
		buffer_add(out, record->address.octets, 4);
		break;
	case DNS_AAAA:
		buffer_add(out, record->address.octets, 16);
		break;
	case DNS_CNAME:
	case DNS_NS:
	case DNS_PTR:
		dns_name_write(out, record->target);
		break;
	case DNS_MX:
		buffer_add_u16(out, record->priority);
		dns_name_write(out, record->target);
		break;
	case DNS_SRV:
		buffer_add_u16(out, record->priority);
		buffer_add_u16(out, record->weight);
		buffer_add_u16(out, record->port);
		dns_name_write(out, record->target);
		break;
	case DNS_NAPTR:
		buffer_add_u16(out, record->priority);
		buffer_add_u16(out, record->weight);
		write_string(out, record->flags);
		write_string(out, record->service);
		write_string(out, record->regexp);
		dns_name_write(out, record->target);
		break;
	default:
		buffer_add(out, record->raw, record->raw_length);
	}
}

static void write_record(struct buffer *out, const struct dns_message *message,
			 const struct dns_record *record)
{
	write_name(out, message, record->name);
	buffer_add_u16(out, record->type);
	buffer_add_u16(out, record->class);
	buffer_add_u32(out, record->ttl);
	size_t at = out->length;
	buffer_add_u16(out, 0);
	write_data(out, record);
	put_u16(out->octets + at, out->length - at - 2);
}

/* RFC 6891 clause 6.1.2 */
static void write_edns(struct buffer *out, const struct dns_message *message)
{
	buffer_add_u8(out, 0);
	buffer_add_u16(out, DNS_OPT);
	buffer_add_u16(out, message->edns_size);
	buffer_add_u8(out, message->rcode >> 4);
	buffer_add_u8(out, message->edns_version);
	buffer_add_u16(out, message->dnssec_ok ? 0x8000 : 0);
	buffer_add_u16(out, 0);
}

static void write_header(struct buffer *out, const struct dns_message *message)
{
	buffer_add_u16(out, message->id);
	buffer_add_u8(out, (uint8_t)((message->response ? 0x80 : 0) |
				     (message->opcode & 0x0f) << 3 |
				     (message->authoritative ? 0x04 : 0) |
				     (message->truncated ? 0x02 : 0) |
				     (message->recursion_desired ? 0x01 : 0)));
	buffer_add_u8(out, (uint8_t)((message->recursion_available ? 0x80 : 0) |
				     (message->rcode & 0x0f)));
	buffer_add_u16(out, (uint16_t)message->question_count);
	for (int i = 0; i < 3; i++)
		buffer_add_u16(out, 0);
	for (size_t i = 0; i < message->question_count; i++) {
		dns_name_write(out, message->questions[i].name);
		buffer_add_u16(out, message->questions[i].type);
		buffer_add_u16(out, message->questions[i].class);
	}
}

/* Writes records while they fit; the number that did of each section goes to counts. */
static bool write_records(struct buffer *out, const struct dns_message *message, size_t end,
			  size_t counts[3])
{
	const struct dns_record *record = message->answers;
	const size_t wanted[3] = { message->answer_count, message->authority_count,
				   message->additional_count };

	for (size_t section = 0; section < 3; section++) {
		for (size_t i = 0; i < wanted[section]; i++, record++) {
			size_t before = out->length;

			write_record(out, message, record);
			if (out->length > end) {
				out->length = before;
				out->octets[before] = '\0';
				return false;
			}
			counts[section]++;
		}
	}
	return true;
}

void dns_encode(const struct dns_message *message, size_t limit, struct buffer *out)
{
	/* Pointers count from the message's start, which need not be the buffer's. */
	struct buffer whole = { 0 };
	size_t counts[3] = { 0 };
	size_t edns = message->edns ? OPT_SIZE : 0;

	if (limit == 0 || limit > MESSAGE_LIMIT)
		limit = MESSAGE_LIMIT;
	write_header(&whole, message);
	if (!write_records(&whole, message, limit > edns ? limit - edns : 0, counts))
		whole.octets[2] |= 0x02;
	if (message->edns) {
		write_edns(&whole, message);
		counts[2]++;
	}
	for (size_t i = 0; i < 3; i++)
		put_u16(whole.octets + 6 + 2 * i, counts[i]);
	buffer_add(out, whole.octets, whole.length);
	buffer_free(&whole);
}
