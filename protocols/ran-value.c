#include "protocols/ran-value.h"

#include <stdio.h>
#include <string.h>

#include "protocols/message.h"

void ran_plmn_text(const uint8_t octets[3], char text[RAN_PLMN_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	size_t count = 0;

	for (size_t i = 0; i < 6; i++) {
		uint8_t nibble = octets[i / 2] >> (i % 2 ? 4 : 0) & 15;

		if (i != 3 || nibble != 15)
			text[count++] = digits[nibble];
	}
	text[count] = '\0';
}

bool ran_plmn_octets(const char *text, uint8_t octets[3])
{
	size_t length = strlen(text);
	uint8_t nibbles[6];

	if ((length != 5 && length != 6) || strspn(text, "0123456789") != length)
		return false;
	for (size_t i = 0; i < 6; i++)
		nibbles[i] = length == 5 && i == 3 ? 15 : (uint8_t)(*text++ - '0');
	for (size_t i = 0; i < 3; i++)
		octets[i] = (uint8_t)(nibbles[2 * i + 1] << 4 | nibbles[2 * i]);
	return true;
}

void ran_read_plmn(struct per_reader *reader, char text[RAN_PLMN_TEXT])
{
	uint8_t octets[3];

	per_read_fixed(reader, octets, sizeof(octets));
	ran_plmn_text(octets, text);
}

void ran_write_plmn(struct per_writer *writer, const char *text)
{
	uint8_t octets[3] = { 0xff, 0xff, 0xff };

	ran_plmn_octets(text, octets);
	per_write_fixed(writer, octets, sizeof(octets));
}

void ran_add_number(xmlNode *parent, const char *name, uint32_t number)
{
	char text[12];

	snprintf(text, sizeof(text), "%u", number);
	message_child(parent, name, text);
}

void ran_read_cause(const struct ran_causes *causes, struct per_reader *reader, xmlNode *body)
{
	if (per_read_flag(reader)) { /* a group that no version has */
		reader->broken = true;
		return;
	}
	const struct ran_cause_group *group =
		&causes->groups[per_read_integer(reader, 0, causes->count - 1)];
	bool extended = per_read_flag(reader);
	unsigned value;
	if (extended) { /* a normally small number: behind those of the root */
		reader->broken |= per_read_flag(reader);
		value = group->count + per_read_bits(reader, 6);
	} else {
		value = (unsigned)per_read_integer(reader, 0, group->count - 1);
	}
	xmlNode *cause = message_child(body, "Cause", NULL);
	message_attribute(cause, "group", "%s", group->name);
	if (value < group->count && group->values[value])
		message_attribute(cause, "value", "%s", group->values[value]);
	else
		message_number(cause, "value", value);
}

bool ran_write_cause(const struct ran_causes *causes, struct per_writer *writer, const char *group,
		     const char *value)
{
	for (unsigned i = 0; i < causes->count; i++) {
		const struct ran_cause_group *at = &causes->groups[i];

		for (unsigned k = 0; strcmp(at->name, group) == 0 && k < at->count; k++) {
			if (!at->values[k] || strcmp(at->values[k], value) != 0)
				continue;
			per_write_flag(writer, false);
			per_write_integer(writer, i, 0, causes->count - 1);
			per_write_flag(writer, false);
			per_write_integer(writer, k, 0, at->count - 1);
			return true;
		}
	}
	return false;
}
