/*
 * CWMP sessions: which one a POST belongs to (TR-069 3.4.2, 3.4.6).
 *
 * First by the session cookie, then by the connection; a device that comes back on a new
 * connection without our cookie is found by its address, when just one session of that
 * address has lost its connection. Whether that was right of the device is the judge's.
 */
#include "fakes/hms/hms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/memory.h"

#define COOKIE "session"
#define AFFINITY "affinity"

void hms_session_end(struct hms *hms, struct hms_session *session)
{
	if (!session)
		return;
	hms_connections_forget(hms, session);
	hms->sessions[session->slot] = NULL;
	free(session->ordered.username);
	free(session->ordered.password);
	free(session);
}

void hms_sessions_clear(struct hms *hms)
{
	for (unsigned i = 0; i < LIMIT_HMS_SESSIONS; i++)
		hms_session_end(hms, hms->sessions[i]);
}

/* The value of a cookie: where it begins in the field and its length; NULL = not there. */
static const char *find_cookie(const char *field, const char *name, size_t *length)
{
	size_t name_length = strlen(name);

	while (*field) {
		field += strspn(field, "; \t,");
		size_t item = strcspn(field, ";,");

		if (item > name_length && field[name_length] == '=' &&
		    !strncmp(field, name, name_length)) {
			const char *value = field + name_length + 1;

			*length = item - name_length - 1;
			while (*length > 0 && strchr(" \t\"", value[*length - 1]))
				--*length;
			if (*length > 0 && *value == '"') {
				value++;
				--*length;
			}
			return value;
		}
		field += item;
	}
	return NULL;
}

static struct hms_session *find_by_cookie(struct hms *hms, const struct http_message *request)
{
	for (size_t i = 0; i < request->header_count; i++) {
		const struct http_header *header = &request->headers[i];
		size_t length;

		if (strcasecmp(header->name, "Cookie"))
			continue;
		const char *value = find_cookie(header->value, COOKIE, &length);

		if (!value)
			continue;
		unsigned long slot = strtoul(value, NULL, 10);
		struct hms_session *session = slot < LIMIT_HMS_SESSIONS ? hms->sessions[slot] : NULL;

		if (session && strlen(session->cookie) == length &&
		    !memcmp(session->cookie, value, length))
			return session;
	}
	return NULL;
}

/* The only session of that address that has no connection any more. */
static struct hms_session *find_by_address(const struct hms *hms, const struct address *remote)
{
	struct hms_session *found = NULL;

	for (unsigned i = 0; i < LIMIT_HMS_SESSIONS; i++) {
		struct hms_session *session = hms->sessions[i];

		if (!session || session->over || !address_same_host(&session->remote, remote) ||
		    hms_session_connected(hms, session))
			continue;
		if (found)
			return NULL;
		found = session;
	}
	return found;
}

/* A session that is over goes on with a TransferComplete (TR-069 A.3.2.8), and with nothing else. */
static struct hms_session *take_up(struct hms_session *session, const struct http_message *request)
{
	static const char method[] = "TransferComplete";

	if (!session || !session->over)
		return session;
	if (!request->body.length || !memmem(request->body.octets, request->body.length, method,
					     sizeof(method) - 1))
		return NULL;
	session->over = false;
	return session;
}

struct hms_session *hms_session_find(struct hms *hms, const struct hms_connection *connection,
				     const struct http_message *request)
{
	struct hms_session *session = take_up(find_by_cookie(hms, request), request);

	if (!session)
		session = take_up(hms_connection_session(connection), request);
	if (!session)
		session = find_by_address(hms, hms_connection_remote(connection));
	if (session)
		session->used = ++hms->uses;
	return session;
}

/* What is left of earlier sessions of the same device: it has one at a time (TR-069 3.7). */
static void drop_orphans(struct hms *hms, const struct address *remote)
{
	for (unsigned i = 0; i < LIMIT_HMS_SESSIONS; i++) {
		struct hms_session *session = hms->sessions[i];

		if (session && address_same_host(&session->remote, remote) &&
		    !hms_session_connected(hms, session))
			hms_session_end(hms, session);
	}
}

static unsigned free_slot(struct hms *hms)
{
	unsigned oldest = 0;

	for (unsigned i = 0; i < LIMIT_HMS_SESSIONS; i++) {
		if (!hms->sessions[i])
			return i;
		if (hms->sessions[i]->used < hms->sessions[oldest]->used)
			oldest = i;
	}
	hms_session_end(hms, hms->sessions[oldest]);
	return oldest;
}

static struct hms_session *session_new(struct hms *hms, struct hms_connection *connection)
{
	struct hms_session *session = memory_new(sizeof(*session));
	char random[33]; /* random numbers are dear: both cookies from one helping */

	session->slot = free_slot(hms);
	session->remote = *hms_connection_remote(connection);
	fake_random_text(random, sizeof(random));
	snprintf(session->cookie, sizeof(session->cookie), "%u-%.20s", session->slot, random);
	snprintf(session->affinity, sizeof(session->affinity), "%s", random + 20);
	session->used = ++hms->uses;
	hms->sessions[session->slot] = session;
	return session;
}

/* The namespace that the answers are in: the Inform's when it is one of those that exist. */
static const char *session_namespace(const struct hms *hms, const struct message *inform)
{
	static const char *const known[] = { CWMP_1_0, CWMP_1_1, CWMP_1_2 };
	const char *ns = CWMP_1_1;
	char *own;

	if (hms->settings.ns)
		return hms->settings.ns;
	own = xml_attribute(inform->body, "ns");
	for (unsigned i = 0; own && i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(own, known[i]))
			ns = known[i];
	free(own);
	return ns;
}

void hms_session_open(struct hms_exchange *exchange, const struct message *inform)
{
	struct hms *hms = exchange->hms;
	struct hms_connection *connection = exchange->connection;
	struct hms_session *session = exchange->session;

	/* An Inform that was not accepted may come again in the same session (fault 8005). */
	if (session && session->informed) {
		hms_session_end(hms, session);
		session = NULL;
	}
	if (!session) {
		drop_orphans(hms, hms_connection_remote(connection));
		session = session_new(hms, connection);
		session->authenticated = true; /* else it would not have come here */
	}
	session->ns = session_namespace(hms, inform);
	session->device = hms_device_get(hms, hms_connection_peer(connection),
					 hms_connection_remote(connection));
	if (session->device)
		hms_device_learn(session->device, inform);
	exchange->session = session;
}

void hms_session_greet(struct hms_session *session, struct http_message *response)
{
	char value[96];

	if (session->greeted)
		return;
	session->greeted = true;
	snprintf(value, sizeof(value), COOKIE "=%s; Path=/", session->cookie);
	http_header_add(response, "Set-Cookie", value);
	snprintf(value, sizeof(value), AFFINITY "=%s; Path=/", session->affinity);
	http_header_add(response, "Set-Cookie", value);
}
