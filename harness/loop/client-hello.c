#include "harness/loop/client-hello.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
	RECORD_HEADER = 5,
	RECORD_HANDSHAKE = 22,
	RECORD_MOST = 16384,
	HANDSHAKE_HEADER = 4,
	HANDSHAKE_CLIENT_HELLO = 1,
	RANDOM_LENGTH = 32,
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_SUPPORTED_VERSIONS = 43,
	NAME_HOST = 0,
};

struct span { /* octets still to be read; bad once anything wanted more than there was */
	const uint8_t *at;
	size_t left;
	bool bad;
};

static const uint8_t *take(struct span *span, size_t count)
{
	const uint8_t *at = span->at;

	if (span->bad || count > span->left) {
		span->bad = true;
		return NULL;
	}
	span->at += count;
	span->left -= count;
	return at;
}

static size_t number(struct span *span, size_t octets)
{
	const uint8_t *at = take(span, octets);
	size_t value = 0;

	for (size_t i = 0; at && i < octets; i++)
		value = value << 8 | at[i];
	return value;
}

/* What a length of so many octets counts off. */
static struct span vector(struct span *span, size_t length_octets)
{
	size_t length = number(span, length_octets);
	const uint8_t *at = take(span, length);

	return (struct span){ at, at ? length : 0, !at };
}

/* GREASE values (RFC 8701) are no versions: 0x0a0a, 0x1a1a, ... */
static void add_version(struct client_hello *hello, size_t version)
{
	static const char *const names[] = { "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3" };
	size_t used = strlen(hello->versions);
	const char *blank = used > 0 ? " " : "";
	size_t room = sizeof(hello->versions) - used;

	if ((version & 0x0f0f) == 0x0a0a)
		return;
	if (version >= 0x0300 && version <= 0x0304)
		snprintf(hello->versions + used, room, "%s%s", blank, names[version - 0x0300]);
	else
		snprintf(hello->versions + used, room, "%s0x%04x", blank, (unsigned)version);
}

static bool read_versions(struct span data, struct client_hello *hello)
{
	struct span list = vector(&data, 1);

	hello->versions[0] = '\0';
	while (list.left > 0 && !list.bad)
		add_version(hello, number(&list, 2));
	return !list.bad && data.left == 0;
}

static bool read_server_name(struct span data, struct client_hello *hello)
{
	struct span list = vector(&data, 2);

	while (list.left > 0 && !list.bad) {
		size_t kind = number(&list, 1);
		struct span name = vector(&list, 2);

		if (name.bad || kind != NAME_HOST || hello->server_name[0])
			continue;
		if (name.left >= sizeof(hello->server_name))
			return false;
		memcpy(hello->server_name, name.at, name.left);
		hello->server_name[name.left] = '\0';
	}
	return !list.bad && data.left == 0;
}

static bool read_extensions(struct span *body, struct client_hello *hello)
{
	if (body->left == 0)
		return !body->bad; /* allowed before TLS 1.3 */
	struct span list = vector(body, 2);

	while (list.left > 0 && !list.bad) {
		size_t kind = number(&list, 2);
		struct span data = vector(&list, 2);

		if (data.bad)
			return false;
		if (kind == EXTENSION_SERVER_NAME && !read_server_name(data, hello))
			return false;
		if (kind == EXTENSION_SUPPORTED_VERSIONS && !read_versions(data, hello))
			return false;
	}
	return !list.bad;
}

static enum hello_state read_message(const uint8_t *octets, size_t length,
				     struct client_hello *hello)
{
	struct span body = { octets, length, false };
	size_t version = number(&body, 2);

	take(&body, RANDOM_LENGTH);
	vector(&body, 1); /* session id */
	vector(&body, 2); /* cipher suites */
	vector(&body, 1); /* compression methods */
	add_version(hello, version);
	if (body.bad || !read_extensions(&body, hello)) {
		memset(hello, 0, sizeof(*hello));
		return HELLO_BAD;
	}
	return HELLO_DONE;
}

/* The handshake message may be spread over records (RFC 8446 5.1): their contents are joined. */
enum hello_state client_hello_parse(const uint8_t *octets, size_t length,
				    struct client_hello *hello)
{
	uint8_t joined[CLIENT_HELLO_LIMIT];
	size_t count = 0;
	struct span span = { octets, length, false };

	memset(hello, 0, sizeof(*hello));
	for (;;) {
		if (span.left > 0 && span.at[0] != RECORD_HANDSHAKE)
			return HELLO_BAD;
		if (span.left > 1 && span.at[1] != 3)
			return HELLO_BAD;
		if (span.left < RECORD_HEADER)
			return HELLO_MORE;
		take(&span, 3);
		size_t size = number(&span, 2);

		if (size == 0 || size > RECORD_MOST)
			return HELLO_BAD;
		bool whole = span.left >= size;

		if (!whole)
			size = span.left;
		if (size > sizeof(joined) - count)
			return HELLO_BAD;
		if (size > 0)
			memcpy(joined + count, take(&span, size), size);
		count += size;
		if (count > 0 && joined[0] != HANDSHAKE_CLIENT_HELLO)
			return HELLO_BAD;
		if (count >= HANDSHAKE_HEADER) {
			struct span header = { joined + 1, 3, false };
			size_t wanted = number(&header, 3);

			if (wanted > sizeof(joined) - HANDSHAKE_HEADER)
				return HELLO_BAD;
			if (count >= HANDSHAKE_HEADER + wanted)
				return read_message(joined + HANDSHAKE_HEADER, wanted, hello);
		}
		if (!whole)
			return HELLO_MORE;
	}
}
