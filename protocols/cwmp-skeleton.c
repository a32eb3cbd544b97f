#include "protocols/cwmp-skeleton.h"

#include <string.h>

enum mark { /* what comes next in a skeleton; what follows has a length of its own */
	MARK_ELEMENT = 1,
	MARK_ATTRIBUTE,
	MARK_TYPE,
	MARK_END,
	MARK_FREE,
	MARK_TIME,
	MARK_NUMBER,
	MARK_AS_IT_STANDS,
};

/* A mark and the names behind it. */
static void add_names(struct skeleton *skeleton, uint8_t mark, const xmlChar *name,
		      const xmlChar *uri)
{
	uint8_t octets[1 + 2 * sizeof(name)];

	octets[0] = mark;
	memcpy(octets + 1, &name, sizeof(name));
	memcpy(octets + 1 + sizeof(name), &uri, sizeof(uri));
	buffer_add(&skeleton->octets, octets, sizeof(octets));
}

static void add_text(struct skeleton *skeleton, const char *text, size_t length)
{
	uint32_t size = (uint32_t)length;

	if (length > SKELETON_MOST || skeleton->octets.length > SKELETON_MOST) {
		skeleton->none = true;
		return;
	}
	buffer_add(&skeleton->octets, &size, sizeof(size));
	buffer_add(&skeleton->octets, text, length);
}

bool skeleton_is_free(const char *name)
{
	static const bool begins[128] = { /* one of them */
		['C'] = true, ['F'] = true, ['I'] = true, ['M'] = true, ['N'] = true,
		['P'] = true, ['S'] = true, ['T'] = true, ['U'] = true, ['V'] = true,
		['f'] = true,
	};
	static const char *const names[] = {
		"CommandKey", "FaultString", "ID", "Manufacturer", "Name", "ParameterKey",
		"ParameterName", "Password", "ProductClass", "SerialNumber", "TargetFileName",
		"Username", "Value", "faultstring",
	};
	size_t index;

	if ((unsigned char)name[0] >= sizeof(begins) || !begins[(unsigned char)name[0]])
		return false;
	for (index = 0; index < sizeof(names) / sizeof(names[0]); index++)
		if (names[index][0] == name[0] && !strcmp(names[index], name))
			return true;
	return false;
}

void skeleton_start(struct skeleton *skeleton, const xmlChar *name, const xmlChar *uri)
{
	skeleton->none = skeleton->none || skeleton->octets.length > SKELETON_MOST;
	if (skeleton->none)
		return;
	add_names(skeleton, MARK_ELEMENT, name, uri);
	skeleton->free = skeleton_is_free((const char *)name);
	skeleton->typed = skeleton->other = false;
}

void skeleton_attribute(struct skeleton *skeleton, const xmlChar *name, const xmlChar *uri,
			const char *value, size_t length)
{
	if (skeleton->none)
		return;
	add_names(skeleton, MARK_ATTRIBUTE, name, uri);
	add_text(skeleton, value, length);
}

static bool ends_in(const char *value, size_t length, const char *name)
{
	size_t size = strlen(name);

	return length > size && value[length - size - 1] == ':' &&
	       !memcmp(value + length - size, name, size);
}

void skeleton_type(struct skeleton *skeleton, const xmlChar *type_uri, const char *value,
		   size_t length)
{
	if (skeleton->none)
		return;
	add_names(skeleton, MARK_TYPE, type_uri, NULL);
	if (ends_in(value, length, "string"))
		return;
	skeleton->typed = true;
	skeleton->other = !ends_in(value, length, "int") &&
			  !ends_in(value, length, "unsignedInt") &&
			  !ends_in(value, length, "boolean") &&
			  !ends_in(value, length, "dateTime");
}

/* The limit that the text keeps: of characters, not of octets. */
static uint8_t bucket(const char *text, size_t length)
{
	static const size_t limits[] = {32, 64, 256, 1024};
	size_t count = 0, index;
	uint8_t found = 0;

	for (index = 0; index < length; index++)
		count += ((unsigned char)text[index] & 0xc0u) != 0x80;
	while (found < sizeof(limits) / sizeof(limits[0]) && count > limits[found])
		found++;
	return found;
}

/* Is its length as a token (white space collapsed) the length that it has? */
static bool is_token(const char *text, size_t length)
{
	size_t index;

	for (index = 0; index < length; index++)
		if (text[index] == '\t' || text[index] == '\n' || text[index] == '\r' ||
		    (text[index] == ' ' && index + 1 < length && text[index + 1] == ' '))
			return false;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int two_digits(const char *text)
{
	return is_digit(text[0]) && is_digit(text[1]) ? (text[0] - '0') * 10 + text[1] - '0' : -1;
}

static bool within(int value, int least, int most)
{
	return value >= least && value <= most;
}

static bool is_zone(const char *text, size_t length)
{
	if (!length)
		return true;
	if (length == 1)
		return text[0] == 'Z';
	return length == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' &&
	       within(two_digits(text + 1), 0, 13) && within(two_digits(text + 4), 0, 59);
}

/* Sure to be one; which others are is libxml2's to say. */
static bool is_time(const char *text, size_t length)
{
	size_t at = 19;

	if (length < at || length > 35 || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
	    text[13] != ':' || text[16] != ':' || two_digits(text) < 0 ||
	    two_digits(text + 2) < 0 || two_digits(text) + two_digits(text + 2) == 0 ||
	    !within(two_digits(text + 5), 1, 12) || !within(two_digits(text + 8), 1, 28) ||
	    !within(two_digits(text + 11), 0, 23) || !within(two_digits(text + 14), 0, 59) ||
	    !within(two_digits(text + 17), 0, 59))
		return false;
	if (at < length && text[at] == '.') {
		size_t first = ++at;

		while (at < length && is_digit(text[at]))
			at++;
		if (at == first || at - first > 9)
			return false;
	}
	return is_zone(text + at, length - at);
}

/* Four digits may be a fault code, one digit may be anything: these stand as they are. */
static bool is_number(const char *text, size_t length)
{
	size_t index;

	if (length < 2 || length > 9 || length == 4 || text[0] == '0')
		return false;
	for (index = 0; index < length; index++)
		if (!is_digit(text[index]))
			return false;
	return true;
}

void skeleton_text(struct skeleton *skeleton, const char *text, size_t length, bool padded)
{
	uint8_t mark[3] = {MARK_AS_IT_STANDS, padded, 0};

	if (skeleton->none)
		return;
	if (!length) {
		mark[2] = 0; /* nothing but white space is not nothing */
	} else if (skeleton->free && !skeleton->typed && is_token(text, length)) {
		mark[0] = MARK_FREE;
		mark[2] = bucket(text, length);
	} else if (!skeleton->other && is_time(text, length)) {
		mark[0] = MARK_TIME;
		mark[2] = bucket(text, length);
	} else if (!skeleton->other && is_number(text, length)) {
		mark[0] = MARK_NUMBER;
		mark[2] = (uint8_t)length;
	}
	buffer_add(&skeleton->octets, mark, sizeof(mark));
	if (mark[0] == MARK_AS_IT_STANDS)
		add_text(skeleton, text, length);
}

void skeleton_end(struct skeleton *skeleton)
{
	if (!skeleton->none)
		buffer_add_u8(&skeleton->octets, MARK_END);
}
