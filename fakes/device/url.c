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
