#include "fakes/device/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int parse_port(const char *text, size_t length, struct url *url, struct problem *problem)
{
	unsigned port = 0;

	if (length == 0)
		return 0; /* "host:" means the scheme's own port (RFC 3986 3.2.3) */
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return problem_set(problem, "the port of a URL is not a number");
		port = port * 10 + (unsigned)(text[i] - '0');
		if (port > 65535)
			return problem_set(problem, "the port of a URL is above 65535");
	}
	if (port == 0)
		return problem_set(problem, "the port of a URL is 0");
	url->port = (uint16_t)port;
	url->port_given = true;
	return 0;
}

static int parse_authority(const char *text, size_t length, struct url *url,
			   struct problem *problem)
{
	const char *end = text + length, *host = text, *after;

	if (memchr(text, '@', length))
		return problem_set(problem, "a URL with user information is not accepted");
	if (length && *text == '[') {
		host++;
		after = memchr(host, ']', length - 1);
		if (!after)
			return problem_set(problem, "a URL has [ without ]");
	} else {
		after = memchr(host, ':', length);
		if (!after)
			after = end;
	}
	size_t host_length = (size_t)(after - host);
	if (host_length == 0 || host_length >= sizeof(url->host))
		return problem_set(problem, "a URL has no host, or a very long one");
	memcpy(url->host, host, host_length);
	url->host[host_length] = '\0';
	if (after < end && *after == ']')
		after++;
	if (after == end)
		return 0;
	if (*after != ':')
		return problem_set(problem, "a URL has something other than a port after its host");
	return parse_port(after + 1, (size_t)(end - after - 1), url, problem);
}

/* What stands behind "://". */
static int parse_rest(const char *text, struct url *url, struct problem *problem)
{
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == 127)
			return problem_set(problem, "a URL has white space or control characters");
	size_t authority = strcspn(text, "/?#");
	if (parse_authority(text, authority, url, problem))
		return -1;
	text += authority;
	size_t length = strcspn(text, "#");
	if (length + 2 > sizeof(url->target))
		return problem_set(problem, "a URL is too long");
	snprintf(url->target, sizeof(url->target), "%s%.*s", *text == '/' ? "" : "/", (int)length,
		 text);
	return 0;
}

int url_parse(const char *text, struct url *url, struct problem *problem)
{
	memset(url, 0, sizeof(*url));
	if (!strncasecmp(text, "http://", 7)) {
		text += 7;
		url->port = 80;
	} else if (!strncasecmp(text, "https://", 8)) {
		text += 8;
		url->port = 443;
		url->secure = true;
	} else {
		return problem_set(problem, "a URL is neither http nor https");
	}
	return parse_rest(text, url, problem);
}

int url_parse_file(const char *text, struct url *url, struct problem *problem)
{
	static const struct {
		const char *scheme;
		uint16_t port;
		bool secure;
	} schemes[] = {
		{ "ftp://", 21, false }, { "ftpes://", 21, true }, { "ftps://", 990, true },
		{ "sftp://", 22, true },
	};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t length = strlen(schemes[i].scheme);

		if (strncasecmp(text, schemes[i].scheme, length) != 0)
			continue;
		memset(url, 0, sizeof(*url));
		url->port = schemes[i].port;
		url->secure = schemes[i].secure;
		return parse_rest(text + length, url, problem);
	}
	return problem_set(problem, "a URL is neither of FTP nor of SFTP");
}

/* The value of a hexadecimal digit, -1 = it is none. */
static int digit_of(char letter)
{
	const char *digits = "0123456789abcdef", *at;

	if (letter >= 'A' && letter <= 'F')
		letter = (char)(letter - 'A' + 'a');
	at = letter ? strchr(digits, letter) : NULL;
	return at ? (int)(at - digits) : -1;
}

int url_path(const struct url *url, char path[URL_PATH], struct problem *problem)
{
	size_t length = 0;

	for (const char *at = url->target; *at; at++) {
		int high = *at == '%' ? digit_of(at[1]) : -1;
		int low = high >= 0 ? digit_of(at[2]) : -1;
		char letter = low >= 0 ? (char)(high * 16 + low) : *at;

		if (*at == '%' && low < 0)
			return problem_set(problem, "a URL has %% without two digits");
		if ((unsigned char)letter < ' ' || letter == 127)
			return problem_set(problem, "a URL has control characters");
		path[length++] = letter;
		at += low >= 0 ? 2 : 0;
	}
	path[length] = '\0';
	return 0;
}

int url_relative(const struct url *base, const char *location, struct url *url,
		 struct problem *problem)
{
	if (strncasecmp(location, "http", 4) == 0 && strstr(location, "://"))
		return url_parse(location, url, problem);
	if (location[0] != '/' || location[1] == '/' || strlen(location) >= sizeof(url->target))
		return problem_set(problem, "a redirect goes to no usable URL");
	*url = *base;
	snprintf(url->target, sizeof(url->target), "%s", location);
	return 0;
}

bool url_same_origin(const struct url *a, const struct url *b)
{
	return a->secure == b->secure && a->port == b->port && !strcasecmp(a->host, b->host);
}

void url_authority(const struct url *url, char *text, int size)
{
	bool literal = strchr(url->host, ':') != NULL;
	int length = snprintf(text, (size_t)size, "%s%s%s", literal ? "[" : "", url->host,
			      literal ? "]" : "");

	if (url->port_given && length >= 0 && length < size)
		snprintf(text + length, (size_t)(size - length), ":%u", url->port);
}
