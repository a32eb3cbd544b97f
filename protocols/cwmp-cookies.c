#include "protocols/cwmp-cookies.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/cwmp-past.h"
#include "protocols/limits.h"
#include "protocols/memory.h"

#define HOST_MOST 256
#define STORAGE 512 /* octets of cookies that a device keeps at least (TR-069 3.4.2) */

uint64_t cwmp_host_of(const struct http_message *request)
{
	const char *field = http_header_get(request, "Host");
	char host[HOST_MOST];
	size_t length, i;

	if (!field || strchr(field, '/'))
		return 0;
	length = *field == '[' ? strcspn(field, "]") : strcspn(field, ":");
	if (length == 0 || length >= sizeof(host))
		return 0;
	for (i = 0; i < length; i++)
		host[i] = (char)tolower((unsigned char)field[i]);
	host[length] = '\0';
	return cwmp_past_hash(host);
}

bool cwmp_cookies_named_alike(const struct cwmp_cookies *cookies)
{
	static const char *const attributes[] = { "path",     "domain",  "expires",  "max-age",
						  "samesite", "version", "httponly", "secure" };

	for (size_t i = 0; i < cookies->count; i++) {
		const char *text = cookies->list[i].text;
		size_t length = strcspn(text, "=");

		for (size_t k = 0; k < sizeof(attributes) / sizeof(attributes[0]); k++)
			if (strlen(attributes[k]) == length &&
			    !strncasecmp(text, attributes[k], length))
				return true;
	}
	return false;
}

/* A value may stand in quotes where it was set without, and without where it was set in quotes
 * (RFC 2965 3.3.4). */
static void unquote(const char **value, size_t *length)
{
	if (*length >= 2 && (*value)[0] == '"' && (*value)[*length - 1] == '"') {
		*value += 1;
		*length -= 2;
	}
}

static bool is_cookie(const char *text, size_t length, const char *cookie)
{
	size_t name = strcspn(cookie, "=") + 1, wanted = strlen(cookie);
	const char *value = text + name, *value_wanted = cookie + name;

	if (length < name || memcmp(text, cookie, name) != 0)
		return false;
	length -= name;
	wanted -= name;
	unquote(&value, &length);
	unquote(&value_wanted, &wanted);
	return length == wanted && !memcmp(value, value_wanted, length);
}

/* Does a Cookie field hold this "name=value"? Devices wrongly send attributes along; a comma may
 * stand for the semicolon (RFC 2965 3.3.4), unless it belongs to the value. */
static bool field_has_cookie(const char *field, const char *cookie)
{
	const char *between = strchr(cookie, ',') ? ";" : ";,";

	while (*field) {
		size_t length;

		field += strspn(field, ";, \t");
		length = strcspn(field, between);
		while (length && (field[length - 1] == ' ' || field[length - 1] == '\t'))
			length--;
		if (is_cookie(field, length, cookie))
			return true;
		field += strcspn(field, between);
	}
	return false;
}

/* Is it in one of the request's Cookie fields? */
static bool sends(const struct http_message *request, const struct cwmp_cookie *cookie)
{
	for (size_t i = 0; i < request->header_count; i++)
		if (!strcasecmp(request->headers[i].name, "Cookie") &&
		    field_has_cookie(request->headers[i].value, cookie->text))
			return true;
	return false;
}

bool cwmp_cookies_sent(const struct cwmp_cookies *cookies, const struct http_message *request)
{
	for (size_t i = 0; i < cookies->count; i++)
		if (sends(request, &cookies->list[i]))
			return true;
	return false;
}

static void add_name(struct buffer *names, const char *cookie, size_t length)
{
	buffer_format(names, "%s%.*s", names->length ? " " : "", (int)length, cookie);
}

/* RFC 6265 5.1.4 */
static bool below(const char *target, const char *path)
{
	size_t length = path ? strlen(path) : 0, whole = strcspn(target, "?");

	if (length == 0 || *path != '/')
		return true;
	if (length > whole || strncmp(target, path, length) != 0)
		return false;
	return length == whole || path[length - 1] == '/' || target[length] == '/';
}

/* Are they more than a device has to keep? */
static bool too_many(const struct cwmp_cookies *cookies)
{
	size_t length = 0;

	for (size_t i = 0; i < cookies->count; i++)
		length += strlen(cookies->list[i].text);
	return length > STORAGE;
}

void cwmp_cookies_missing(const struct cwmp_cookies *cookies, const struct http_message *request,
			  struct buffer *names)
{
	if (too_many(cookies))
		return;
	for (size_t i = 0; i < cookies->count; i++) {
		const struct cwmp_cookie *cookie = &cookies->list[i];

		if (cookie->owed && below(request->target, cookie->path) && !sends(request, cookie))
			add_name(names, cookie->text, strcspn(cookie->text, "="));
	}
}

/* May it go there? host: of the request. */
static bool belongs(const struct cwmp_cookie *cookie, const struct http_message *request,
		    uint64_t host)
{
	if (host && cookie->host && host != cookie->host)
		return false;
	/* An absolute target is for a proxy: its path stands elsewhere in it. */
	return *request->target != '/' || below(request->target, cookie->path);
}

/* Is there another of the same name and value, which may go there? */
static bool has_twin(const struct cwmp_cookies *cookies, const struct cwmp_cookie *cookie,
		     const struct http_message *request, uint64_t host)
{
	for (size_t i = 0; i < cookies->count; i++)
		if (&cookies->list[i] != cookie && !strcmp(cookies->list[i].text, cookie->text) &&
		    belongs(&cookies->list[i], request, host))
			return true;
	return false;
}

void cwmp_cookies_elsewhere(const struct cwmp_cookies *cookies, const struct http_message *request,
			    struct buffer *names)
{
	uint64_t host = cwmp_host_of(request);

	for (size_t i = 0; i < cookies->count; i++) {
		const struct cwmp_cookie *cookie = &cookies->list[i];

		if (!belongs(cookie, request, host) && sends(request, cookie) &&
		    !has_twin(cookies, cookie, request, host))
			add_name(names, cookie->text, strcspn(cookie->text, "="));
	}
}

void cwmp_cookies_forgive(struct cwmp_cookies *cookies)
{
	for (size_t i = 0; i < cookies->count; i++)
		cookies->list[i].owed = false;
}

unsigned cwmp_cookies_hashes(const struct cwmp_cookies *cookies, uint64_t *hashes)
{
	unsigned count = 0;

	for (size_t i = 0; i < cookies->count && count < LIMIT_SESSION_COOKIES; i++)
		if (!cookies->list[i].lasting)
			hashes[count++] = cwmp_past_hash(cookies->list[i].text);
	return count;
}

static bool among(const uint64_t *hashes, unsigned count, uint64_t hash)
{
	for (unsigned i = 0; i < count; i++)
		if (hashes[i] == hash)
			return true;
	return false;
}

static void names_in_field(const uint64_t *hashes, unsigned count, const char *field,
			   struct buffer *names)
{
	while (*field) {
		size_t length;

		field += strspn(field, "; \t");
		length = strcspn(field, ";");
		char *text = memory_text_length(field, length);
		while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
			text[--length] = '\0';
		if (among(hashes, count, cwmp_past_hash(text)))
			add_name(names, text, strcspn(text, "="));
		free(text);
		field += strcspn(field, ";");
	}
}

void cwmp_cookies_of_hashes(const uint64_t *hashes, unsigned count,
			    const struct http_message *request, struct buffer *names)
{
	for (size_t i = 0; count && i < request->header_count; i++)
		if (!strcasecmp(request->headers[i].name, "Cookie"))
			names_in_field(hashes, count, request->headers[i].value, names);
}

static bool begins(const char *attribute, size_t length, const char *name)
{
	return length >= strlen(name) && strncasecmp(attribute, name, strlen(name)) == 0;
}

/* A Path, without quotes. */
static void take_path(struct cwmp_cookie *cookie, const char *value, size_t length)
{
	unquote(&value, &length);
	free(cookie->path);
	cookie->path = memory_text_length(value, length);
}

/* One that depends on anything but its path (TLS, time, a domain) is not asked for. */
static void take_attribute(struct cwmp_cookie *cookie, const char *attribute, size_t length)
{
	static const char *const harmless[] = { "HttpOnly", "Discard",
						"Version=", "SameSite=", "Comment=" };

	if (begins(attribute, length, "Path=")) {
		take_path(cookie, attribute + 5, length - 5);
		return;
	}
	if (begins(attribute, length, "Expires=") || begins(attribute, length, "Max-Age="))
		cookie->lasting = true;
	if (begins(attribute, length, "Domain="))
		cookie->host = 0;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (begins(attribute, length, harmless[i]))
			return;
	cookie->owed = false;
}

static void take_attributes(struct cwmp_cookie *cookie, const char *field)
{
	const char *attribute = field + strcspn(field, ";");

	while (*attribute) {
		size_t length;

		attribute += strspn(attribute, "; \t");
		length = strcspn(attribute, ";");
		while (length && (attribute[length - 1] == ' ' || attribute[length - 1] == '\t'))
			length--;
		if (length)
			take_attribute(cookie, attribute, length);
		attribute += strcspn(attribute, ";");
	}
}

static bool same_path(const char *path, const char *other)
{
	return path && other ? !strcmp(path, other) : path == other;
}

/* Where the cookie of that name and path stands, or a new place; NULL when there is none left. One
 * of the same name and another path is another cookie (RFC 6265 5.3); who keeps them by name alone
 * has lost it. */
static struct cwmp_cookie *place_of(struct cwmp_cookies *cookies, const struct cwmp_cookie *new)
{
	size_t name = strcspn(new->text, "=") + 1;
	struct cwmp_cookie *same = NULL;

	for (size_t i = 0; i < cookies->count; i++) {
		struct cwmp_cookie *cookie = &cookies->list[i];

		if (strncmp(cookie->text, new->text, name) != 0)
			continue;
		cookie->owed = false;
		if (same_path(cookie->path, new->path))
			same = cookie;
	}
	if (same || cookies->count == LIMIT_SESSION_COOKIES)
		return same;
	cookies->list = memory_resize(cookies->list, cookies->count + 1, sizeof(*cookies->list));
	cookies->list[cookies->count] = (struct cwmp_cookie){ 0 };
	return &cookies->list[cookies->count++];
}

static void cookie_swap(struct cwmp_cookie *a, struct cwmp_cookie *b)
{
	struct cwmp_cookie kept = *a;

	*a = *b;
	*b = kept;
}

static void keep_cookie(struct cwmp_cookies *cookies, const char *field, uint64_t host)
{
	size_t length = strcspn(field, ";"), name;
	struct cwmp_cookie *place, cookie = { .host = host, .owed = true };

	while (length && (field[length - 1] == ' ' || field[length - 1] == '\t'))
		length--;
	name = strcspn(field, "=;");
	if (!name || name >= length || length > LIMIT_SESSION_COOKIE)
		return;
	cookie.text = memory_text_length(field, length);
	take_attributes(&cookie, field);
	place = place_of(cookies, &cookie);
	if (place)
		cookie_swap(place, &cookie);
	free(cookie.text);
	free(cookie.path);
}

void cwmp_cookies_set(struct cwmp_cookies *cookies, const struct http_message *response,
		      uint64_t host)
{
	for (size_t i = 0; i < response->header_count; i++)
		if (!strcasecmp(response->headers[i].name, "Set-Cookie"))
			keep_cookie(cookies, response->headers[i].value, host);
}

void cwmp_cookies_clear(struct cwmp_cookies *cookies)
{
	for (size_t i = 0; i < cookies->count; i++) {
		free(cookies->list[i].text);
		free(cookies->list[i].path);
	}
	free(cookies->list);
	*cookies = (struct cwmp_cookies){ 0 };
}
