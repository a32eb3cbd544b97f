/* The kinds of values that an IXIT asks for. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/proforma-parts.h"
#include "protocols/address.h"
#include "protocols/memory.h"

static bool any(const char *value)
{
	return value[0] != '\0';
}

static bool is_number(const char *value)
{
	long long number;

	return data_number(value, &number) && number >= 0;
}

static bool is_port(const char *value)
{
	long long number;

	return data_number(value, &number) && number >= 1 && number <= 65535;
}

static bool is_yes_no(const char *value)
{
	return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0;
}

static bool is_address(const char *value)
{
	struct address address;

	return address_parse(value, &address) == 0;
}

/* RFC 1123 2.1: letters, digits, hyphens; dots between. */
static bool is_host(const char *value)
{
	if (is_address(value))
		return true;
	for (const char *at = value; *at; at++)
		if (!isalnum((unsigned char)*at) && *at != '-' &&
		    (*at != '.' || at == value || at[1] == '.'))
			return false;
	return value[0] != '\0' && strlen(value) <= 253;
}

static bool is_url(const char *value)
{
	static const char *const schemes[] = { "http://", "https://" };

	for (size_t i = 0; i < 2; i++)
		if (strncmp(value, schemes[i], strlen(schemes[i])) == 0)
			return value[strlen(schemes[i])] != '\0';
	return false;
}

static bool is_hex(const char *value, size_t digits)
{
	return strlen(value) == digits && strspn(value, "0123456789abcdefABCDEF") == digits;
}

/* TR-069 A.3.3.1: six hexadecimal digits, in upper case. */
static bool is_oui(const char *value)
{
	return strlen(value) == 6 && strspn(value, "0123456789ABCDEF") == 6;
}

/* TS 35.206: K and OPc have 128 bits. */
static bool is_key(const char *value)
{
	return is_hex(value, 32);
}

/* TS 23.003 12.1: MCC of three digits, MNC of two or three. */
static bool is_plmn(const char *value)
{
	size_t length = strlen(value);

	return (length == 5 || length == 6) && strspn(value, "0123456789") == length;
}

static bool is_network(const char *value)
{
	struct address any_address = { .family = 4 };

	return strcmp(value, "none") == 0 || address_in(&any_address, value) >= 0;
}

/* A number as a device writes it, for charts compare it with what the device says. */
static bool in_range(const char *value, long long least, long long most)
{
	long long number;

	return data_number(value, &number) && number >= least && number <= most &&
	       (value[0] != '0' || value[1] == '\0') && value[0] != '-';
}

/* TS 23.003 4.1, 4.2: 16 bits and 8. */
static bool is_area(const char *value)
{
	const char *colon = strchr(value, ':');
	char *lac = memory_text_length(value, colon ? (size_t)(colon - value) : 0);
	bool fits = colon && in_range(lac, 0, 65535) && in_range(colon + 1, 0, 255);

	free(lac);
	return fits;
}

/* TS 23.003 2.2, 14.2: an IMSI has at most 15 digits; one stands before it in a name with a realm. */
static bool is_imsi(const char *value)
{
	size_t digits = strspn(value, "0123456789");

	if (value[digits] == '@')
		return digits >= 7 && digits <= 16 && value[digits + 1] != '\0';
	return value[digits] == '\0' && digits >= 6 && digits <= 15;
}

/* As the bench of a run: an interface has a name of at most 15 octets. */
static bool is_bench(const char *value)
{
	if (strncmp(value, "if:", 3) == 0)
		return value[3] != '\0' && strlen(value + 3) < 16;
	return strcmp(value, "loopback") == 0 || strcmp(value, "netns") == 0;
}

static const struct value_kind kinds[] = {
	{ "text", false, "a text", any },
	{ "secret", true, "a text", any },
	{ "key", true, "32 hexadecimal digits", is_key },
	{ "number", false, "a whole number", is_number },
	{ "port", false, "a port from 1 to 65535", is_port },
	{ "yes-no", false, "yes or no", is_yes_no },
	{ "address", false, "an IPv4 or IPv6 address", is_address },
	{ "host", false, "a host name or an address", is_host },
	{ "url", false, "a URL that begins with http:// or https://", is_url },
	{ "oui", false, "six hexadecimal digits in upper case", is_oui },
	{ "plmn", false, "MCC and MNC, five or six digits", is_plmn },
	{ "area", false, "LAC:RAC, from 0:0 to 65535:255", is_area },
	{ "imsi", false, "an IMSI, or 0IMSI@REALM", is_imsi },
	{ "bench", false, "loopback, netns or if:NAME", is_bench },
	{ "network", false, "a network such as 10.64.0.0/16, or none", is_network },
	{ "file", false, "the name of a file or folder", any },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const struct value_kind *value_kind_find(const char *name)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

const char *const *value_kind_names(size_t *count)
{
	static const char *const names[KINDS] = { "text", "secret", "key", "number", "port",
						  "yes-no", "address", "host", "url", "oui",
						  "plmn", "area", "imsi", "bench", "network",
						  "file" };

	*count = KINDS;
	return names;
}

static bool words_have(const char *words, const char *value)
{
	size_t length = strlen(value);

	for (const char *at = words; length > 0 && (at = strstr(at, value)); at++)
		if ((at == words || at[-1] == '|') && (at[length] == '|' || at[length] == '\0'))
			return true;
	return false;
}

/* In characters: octets that go on with one do not count. */
static long long length_of(const char *text)
{
	long long length = 0;

	for (; *text; text++)
		length += ((unsigned char)*text & 0xc0) != 0x80;
	return length;
}

static bool range_between(const char *word, const char *dots, struct proforma_row *row)
{
	char *least = memory_text_length(word, (size_t)(dots - word));

	row->ranged = data_number(least, &row->least) && data_number(dots + 2, &row->most) &&
		      row->least <= row->most;
	if (row->ranged)
		row->expected = memory_format("a whole number from %lld to %lld, without zeros "
					      "before it", row->least, row->most);
	free(least);
	return row->ranged;
}

bool value_range_read(const char *word, struct proforma_row *row)
{
	const char *dots = strstr(word, "..");

	if (dots)
		return range_between(word, dots, row);
	if (strncmp(word, "text:", 5) != 0 || !data_number(word + 5, &row->most) || row->most < 1)
		return false;
	row->kind = value_kind_find("text");
	row->ranged = true;
	row->least = 1;
	row->expected = memory_format("a text of at most %lld characters", row->most);
	return true;
}

bool value_fits(const struct proforma_row *row, const char *value)
{
	if (row->words)
		return words_have(row->words, value);
	if (!row->ranged)
		return row->kind->fits(value);
	return row->kind ? length_of(value) >= row->least && length_of(value) <= row->most
			 : in_range(value, row->least, row->most);
}
