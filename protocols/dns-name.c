#include "protocols/dns-name.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LABEL_LIMIT 63
#define NAME_LIMIT 255 /* RFC 1035 clause 3.1: octets on the wire, the final one included */

struct text {
	char *at;
	size_t length;
};

static int add_octet(struct text *text, uint8_t octet)
{
	char written[5] = { (char)octet, '\0' };

	if (octet == '.' || octet == '\\')
		snprintf(written, sizeof(written), "\\%c", octet);
	else if (octet <= ' ' || octet >= 0x7f)
		snprintf(written, sizeof(written), "\\%03u", octet);
	size_t length = strlen(written);
	if (text->length + length >= DNS_NAME)
		return -1;
	memcpy(text->at + text->length, written, length);
	text->length += length;
	return 0;
}

static int add_label(struct text *text, const uint8_t *octets, size_t length,
		     struct problem *problem)
{
	if (text->length > 0 && text->length + 1 < DNS_NAME)
		text->at[text->length++] = '.';
	for (size_t i = 0; i < length; i++)
		if (add_octet(text, octets[i]) < 0)
			return problem_set(problem, "name too long");
	return 0;
}

/*
 * A pointer must lead to before the part of the name that it stands in: so every jump goes
 * backwards, and a loop cannot be (RFC 1035 clause 4.1.4 speaks of a "prior occurrence").
 */
static int follow(const uint8_t *octets, size_t length, size_t *at, size_t *part,
		  struct problem *problem)
{
	if (*at + 1 >= length)
		return problem_set(problem, "cut inside a compression pointer");
	size_t target = (size_t)(octets[*at] & 0x3f) << 8 | octets[*at + 1];
	if (target >= *part)
		return problem_set(problem, "compression pointer loop: at octet %zu to octet %zu",
				   *at, target);
	*at = *part = target;
	return 0;
}

int dns_name_read(const uint8_t *octets, size_t length, size_t *offset, char name[DNS_NAME],
		  struct problem *problem)
{
	struct text text = { name, 0 };
	size_t at = *offset, part = *offset, wire = 1;
	bool jumped = false;

	for (;;) {
		if (at >= length)
			return problem_set(problem, "cut inside a name");
		uint8_t label = octets[at];
		if ((label & 0xc0) == 0xc0) {
			if (!jumped)
				*offset = at + 2;
			jumped = true;
			if (follow(octets, length, &at, &part, problem) < 0)
				return -1;
			continue;
		}
		if (label > LABEL_LIMIT)
			return problem_set(problem, "label type 0x%02x is not known", label & 0xc0);
		if (label == 0)
			break;
		if (label > length - at - 1)
			return problem_set(problem, "cut inside a name");
		wire += label + 1u;
		if (wire > NAME_LIMIT)
			return problem_set(problem, "name above 255 octets");
		if (add_label(&text, octets + at + 1, label, problem) < 0)
			return -1;
		at += label + 1u;
	}
	if (!jumped)
		*offset = at + 1;
	name[text.length] = '\0';
	return 0;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One octet of a label's text, escapes undone; NULL at "\999". */
static const char *take_octet(const char *text, uint8_t *octet)
{
	if (*text != '\\' || text[1] == '\0') {
		*octet = (uint8_t)*text;
		return text + 1;
	}
	if (!digit(text[1])) {
		*octet = (uint8_t)text[1];
		return text + 2;
	}
	if (!digit(text[2]) || !digit(text[3]))
		return NULL;
	int value = (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
	*octet = (uint8_t)value;
	return value > 255 ? NULL : text + 4;
}

/* The name's octets without the final root label; the length, or -1 when it is no name. */
static int to_wire(const char *name, uint8_t wire[NAME_LIMIT])
{
	size_t length = 0;

	while (*name) {
		size_t head = length++, label = 0;

		while (*name && *name != '.') {
			uint8_t octet;

			name = take_octet(name, &octet);
			if (!name || ++label > LABEL_LIMIT || length + 1 >= NAME_LIMIT)
				return -1;
			wire[length++] = octet;
		}
		if (label == 0 || head + 1 >= NAME_LIMIT)
			return -1;
		wire[head] = (uint8_t)label;
		if (*name == '.')
			name++;
	}
	return (int)length;
}

void dns_name_write(struct buffer *out, const char *name)
{
	uint8_t wire[NAME_LIMIT];
	int length = to_wire(name, wire);

	if (length > 0)
		buffer_add(out, wire, (size_t)length);
	buffer_add_u8(out, 0);
}

bool dns_name_same(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}
