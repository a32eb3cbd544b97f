/* The kinds of values that an IXIT asks for. */
#include <ctype.h>
#include <string.h>

#include "harness/judge/proforma-parts.h"
#include "protocols/address.h"

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
						  "plmn", "network", "file" };

	*count = KINDS;
	return names;
}

bool words_have(const char *words, const char *value)
{
	size_t length = strlen(value);

	for (const char *at = words; length > 0 && (at = strstr(at, value)); at++)
		if ((at == words || at[-1] == '|') && (at[length] == '|' || at[length] == '\0'))
			return true;
	return false;
}
