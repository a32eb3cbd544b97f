#include "protocols/ftp.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

/* A decimal number of at most that value at *text, which goes behind it; -1 = there is none. */
static long take_number(const char **text, long most)
{
	const char *at = *text;
	long value = 0;

	if (!isdigit((unsigned char)*at))
		return -1;
	for (; isdigit((unsigned char)*at); at++) {
		value = 10 * value + (*at - '0');
		if (value > most)
			return -1;
	}
	*text = at;
	return value;
}

int ftp_port_parse(const char *text, struct address *address)
{
	uint8_t octets[6];

	for (size_t i = 0; i < sizeof(octets); i++) {
		long value;

		if (i > 0 && *text++ != ',')
			return -1;
		value = take_number(&text, 255);
		if (value < 0)
			return -1;
		octets[i] = (uint8_t)value;
	}
	address->family = 4;
	memset(address->octets, 0, sizeof(address->octets));
	memcpy(address->octets, octets, 4);
	address->port = (uint16_t)(octets[4] << 8 | octets[5]);
	return address->port ? 0 : -1;
}

int ftp_pasv_parse(const char *text, struct address *address)
{
	while (*text && !isdigit((unsigned char)*text))
		text++;
	return ftp_port_parse(text, address);
}

void ftp_port_write(struct buffer *out, const struct address *address)
{
	for (size_t i = 0; i < 4; i++)
		buffer_format(out, "%u,", address->octets[i]);
	buffer_format(out, "%u,%u", address->port >> 8, address->port & 0xff);
}

/* What stands before the delimiter, in *part; text goes behind it. */
static int take_part(const char **text, char delimiter, char *part, size_t size)
{
	const char *end = strchr(*text, delimiter);

	if (!end || (size_t)(end - *text) >= size)
		return -1;
	memory_place(part, (size_t)(end - *text) + 1, *text);
	*text = end + 1;
	return 0;
}

static bool is_delimiter(char letter)
{
	return letter >= 33 && letter <= 126 && !isdigit((unsigned char)letter);
}

/* A port between two delimiters. */
static int take_port(const char **text, char delimiter, uint16_t *port)
{
	long value = take_number(text, 65535);

	if (value < 1 || *(*text)++ != delimiter)
		return -1;
	*port = (uint16_t)value;
	return 0;
}

int ftp_eprt_parse(const char *text, struct address *address)
{
	char family[4], host[ADDRESS_TEXT], delimiter = *text;
	struct address found;

	if (!is_delimiter(delimiter))
		return -1;
	text++;
	if (take_part(&text, delimiter, family, sizeof(family)) ||
	    take_part(&text, delimiter, host, sizeof(host)) || address_parse(host, &found) ||
	    take_port(&text, delimiter, &found.port) ||
	    strcmp(family, found.family == 4 ? "1" : "2") != 0)
		return -1;
	found.place = address->place;
	*address = found;
	return 0;
}

void ftp_eprt_write(struct buffer *out, const struct address *address)
{
	char host[ADDRESS_TEXT];

	buffer_format(out, "|%d|%s|%u|", address->family == 4 ? 1 : 2,
		      address_host(address, host), address->port);
}

int ftp_epsv_parse(const char *text, uint16_t *port)
{
	for (text = strchr(text, '('); text; text = strchr(text + 1, '(')) {
		char delimiter = text[1];
		const char *at = text;

		if (!is_delimiter(delimiter) || text[2] != delimiter || text[3] != delimiter)
			continue;
		at += 4;
		if (take_port(&at, delimiter, port) == 0)
			return 0;
	}
	return -1;
}

/* --- names --- */

/* Takes the last part off. */
static void go_up(struct buffer *path)
{
	while (path->length && path->octets[path->length - 1] != '/')
		path->length--;
	if (path->length)
		path->length--;
	if (path->octets)
		path->octets[path->length] = '\0';
}

static void go_down(struct buffer *path, const char *names)
{
	while (*names) {
		size_t length = strcspn(names, "/");

		if (length == 2 && !strncmp(names, "..", 2)) {
			go_up(path);
		} else if (length > 0 && !(length == 1 && *names == '.')) {
			buffer_add_u8(path, '/');
			buffer_add(path, names, length);
		}
		names += length + (names[length] == '/');
	}
}

char *ftp_path(const char *folder, const char *name)
{
	struct buffer path = { 0 };

	if (*name != '/')
		go_down(&path, folder);
	go_down(&path, name);
	char *text = memory_text(path.length ? buffer_text(&path) : "/");

	buffer_free(&path);
	return text;
}

char *ftp_quoted_parse(const char *text)
{
	struct buffer path = { 0 };
	char *copy;

	text = strchr(text, '"');
	if (!text)
		return NULL;
	for (text++; *text; text++) {
		if (*text == '"' && *++text != '"') {
			copy = memory_text(buffer_text(&path));
			buffer_free(&path);
			return copy;
		}
		buffer_add_u8(&path, (uint8_t)*text);
	}
	buffer_free(&path);
	return NULL;
}

void ftp_quoted_write(struct buffer *out, const char *path)
{
	buffer_add_u8(out, '"');
	for (; *path; path++) {
		if (*path == '"')
			buffer_add_u8(out, '"');
		buffer_add_u8(out, (uint8_t)*path);
	}
	buffer_add_u8(out, '"');
}

/* --- numbers --- */

/* The digits at *text, which goes behind them; -1 = none, or too many. */
static int64_t take_size(const char **text)
{
	int64_t value = 0;

	if (!isdigit((unsigned char)**text))
		return -1;
	for (; isdigit((unsigned char)**text); (*text)++) {
		if (value > (INT64_MAX - 9) / 10)
			return -1;
		value = 10 * value + (**text - '0');
	}
	return value;
}

int64_t ftp_announced(const char *text)
{
	for (text = strchr(text, '('); text; text = strchr(text + 1, '(')) {
		const char *at = text + 1;
		int64_t size = take_size(&at);

		if (size >= 0 && !strncmp(at, " byte", 5))
			return size;
	}
	return -1;
}

int64_t ftp_number(const char *text)
{
	int64_t value = take_size(&text);

	while (*text == ' ')
		text++;
	return *text ? -1 : value;
}
