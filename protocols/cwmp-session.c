#include "protocols/cwmp-session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/cwmp.h"
#include "protocols/dissector-limits.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

void cwmp_due_clear(struct cwmp_due *due)
{
	free(due->id);
	due->id = NULL;
	due->name[0] = '\0';
}

void cwmp_due_set(struct cwmp_due *due, const struct message *message)
{
	char *method = xml_attribute(message->body, "method"); /* of an UnknownMethod */

	cwmp_due_clear(due);
	snprintf(due->name, sizeof(due->name), "%s", method ? method : message->name);
	free(method);
	due->id = cwmp_id(message);
	if (due->id && strlen(due->id) > ID_MOST)
		due->id[ID_MOST] = '\0';
}

static char *identity_of(const struct message *inform)
{
	const xmlNode *id = xml_child(inform->body, "DeviceId");
	char *oui = xml_child_text(id, "OUI");
	char *product = xml_child_text(id, "ProductClass");
	char *serial = xml_child_text(id, "SerialNumber");
	char *identity;

	if (serial && *serial)
		identity = memory_format("%s-%s-%s", oui ? oui : "", product ? product : "",
					 serial);
	else
		identity = memory_text("");
	if (strlen(identity) > IDENTITY_MOST)
		identity[IDENTITY_MOST] = '\0';
	free(oui);
	free(product);
	free(serial);
	return identity;
}

struct cwmp_session *cwmp_session_hold(struct cwmp_session *session)
{
	if (session)
		session->references++;
	return session;
}

void cwmp_session_drop(struct cwmp_session *session)
{
	size_t index;

	if (!session || --session->references)
		return;
	for (index = 0; index < session->cookie_count; index++)
		free(session->cookies[index]);
	free(session->cookies);
	free(session->identity);
	free(session->ns);
	cwmp_due_clear(&session->due);
	free(session);
}

struct cwmp_session *cwmp_session_open(struct cwmp_sessions *sessions,
				       const struct address *client, const struct address *server,
				       const struct message *inform)
{
	struct cwmp_session *session = memory_new(sizeof(*session));
	char *ns = xml_attribute(inform->body, "ns");

	session->references = 2; /* the table's and the caller's */
	session->number = ++sessions->opened;
	session->open = true;
	session->client = *client;
	session->server = *server;
	session->identity = identity_of(inform);
	session->ns = ns ? ns : memory_text("");
	session->previous = sessions->last;
	if (sessions->last)
		sessions->last->next = session;
	else
		sessions->first = session;
	sessions->last = session;
	sessions->open_count++;
	return session;
}

void cwmp_session_close(struct cwmp_sessions *sessions, struct cwmp_session *session)
{
	if (!session->open)
		return;
	session->open = false;
	if (session->next)
		session->next->previous = session->previous;
	else
		sessions->last = session->previous;
	if (session->previous)
		session->previous->next = session->next;
	else
		sessions->first = session->next;
	sessions->open_count--;
	cwmp_session_drop(session);
}

/* Does a Cookie field hold this "name=value"? Devices wrongly send attributes along. */
static bool field_has_cookie(const char *field, const char *cookie)
{
	size_t wanted = strlen(cookie);

	while (*field) {
		size_t length;

		field += strspn(field, "; \t");
		length = strcspn(field, ";");
		while (length && (field[length - 1] == ' ' || field[length - 1] == '\t'))
			length--;
		if (length == wanted && !memcmp(field, cookie, length))
			return true;
		field += strcspn(field, ";");
	}
	return false;
}

static bool has_cookie(const struct cwmp_session *session, const struct http_message *request)
{
	size_t index, cookie;

	if (!session->cookie_count)
		return false;
	for (index = 0; index < request->header_count; index++) {
		if (strcasecmp(request->headers[index].name, "Cookie"))
			continue;
		for (cookie = 0; cookie < session->cookie_count; cookie++)
			if (field_has_cookie(request->headers[index].value,
					     session->cookies[cookie]))
				return true;
	}
	return false;
}

struct cwmp_session *cwmp_session_find(const struct cwmp_sessions *sessions,
				       const struct address *client,
				       struct cwmp_session *current,
				       const struct http_message *request,
				       enum session_bound *bound)
{
	struct cwmp_session *session, *only = NULL;
	bool cookies = http_header_get(request, "Cookie") != NULL;
	size_t count = 0;

	if (current && !current->open)
		current = NULL;
	if (current && cookies && has_cookie(current, request)) {
		*bound = BOUND_BOTH;
		return current;
	}
	for (session = sessions->first; cookies && session; session = session->next) {
		if (!has_cookie(session, request))
			continue;
		*bound = BOUND_COOKIE;
		return session;
	}
	if (current) {
		*bound = BOUND_CONNECTION;
		return current;
	}
	for (session = sessions->first; session; session = session->next)
		if (address_same_host(&session->client, client) && !count++)
			only = session;
	*bound = count == 1 ? BOUND_ADDRESS : BOUND_NONE;
	return count == 1 ? only : NULL;
}

struct cwmp_session *cwmp_session_of_device(const struct cwmp_sessions *sessions,
					    const struct address *client,
					    const struct message *inform)
{
	char *identity = identity_of(inform);
	struct cwmp_session *session;

	for (session = sessions->first; session; session = session->next) {
		bool known = *identity && *session->identity;

		if (known ? !strcmp(identity, session->identity)
			  : address_same_host(client, &session->client))
			break;
	}
	free(identity);
	return session;
}

static void keep_cookie(struct cwmp_session *session, const char *value)
{
	size_t length = strcspn(value, ";"), name, index;
	char *cookie;

	while (length && (value[length - 1] == ' ' || value[length - 1] == '\t'))
		length--;
	name = strcspn(value, "=;");
	if (!name || name >= length || length > COOKIE_LENGTH)
		return;
	cookie = memory_text_length(value, length);
	for (index = 0; index < session->cookie_count; index++) {
		if (strncmp(session->cookies[index], cookie, name + 1))
			continue;
		free(session->cookies[index]);
		session->cookies[index] = cookie;
		return;
	}
	if (session->cookie_count == COOKIES_MOST) {
		free(cookie);
		return;
	}
	session->cookies = memory_resize(session->cookies, session->cookie_count + 1,
					 sizeof(*session->cookies));
	session->cookies[session->cookie_count++] = cookie;
}

void cwmp_session_cookies(struct cwmp_session *session, const struct http_message *response)
{
	size_t index;

	for (index = 0; index < response->header_count; index++)
		if (!strcasecmp(response->headers[index].name, "Set-Cookie"))
			keep_cookie(session, response->headers[index].value);
}

const char *cwmp_session_bound(enum session_bound bound)
{
	static const char *const names[] = {"none", "new", "cookie", "connection",
					    "both", "address", "retry"};

	return names[bound];
}
