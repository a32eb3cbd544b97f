#include "protocols/cwmp-session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/cwmp.h"
#include "protocols/limits.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

void cwmp_due_clear(struct cwmp_due *due)
{
	free(due->id);
	due->id = NULL;
	due->name[0] = '\0';
	due->packet = 0;
	due->least = 0;
	cwmp_asked_clear(&due->asked);
}

static bool ends_with_dot(const xmlNode *name)
{
	char *text = xml_text(name);
	size_t length = strlen(text);
	bool dot = length > 0 && text[length - 1] == '.';

	free(text);
	return dot;
}

/* Each full name that was asked for has its entry in the answer; below a partial path there may be
 * none. The empty path of GetParameterNames stands for the root, which is always there. */
static uint64_t least_of(const struct message *message)
{
	const xmlNode *names = xml_child(message->body, "ParameterNames"), *name;
	const xmlNode *path = xml_child(message->body, "ParameterPath");
	uint64_t least = 0;

	for (name = xml_child(names, NULL); name; name = xml_next(name, NULL))
		least += !ends_with_dot(name);
	return path ? !ends_with_dot(path) : least;
}

void cwmp_due_set(struct cwmp_due *due, const struct message *message)
{
	char *method = xml_attribute(message->body, "method"); /* of an UnknownMethod */

	cwmp_due_clear(due);
	snprintf(due->name, sizeof(due->name), "%s", method ? method : message->name);
	free(method);
	due->id = cwmp_id(message);
	if (due->id && strlen(due->id) > LIMIT_SESSION_ID)
		due->id[LIMIT_SESSION_ID] = '\0';
	due->least = least_of(message);
	cwmp_asked_set(&due->asked, message);
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
	if (strlen(identity) > LIMIT_SESSION_IDENTITY)
		identity[LIMIT_SESSION_IDENTITY] = '\0';
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
		free(session->cookies[index].text);
	free(session->cookies);
	for (index = 0; index < session->transfer_count; index++)
		free(session->transfers[index]);
	free(session->transfers);
	free(session->identity);
	free(session->ns);
	cwmp_announced_clear(&session->announced);
	cwmp_due_clear(&session->due);
	free(session);
}

/* Takes what is remembered of the device's last session. */
static enum session_before take_ended(struct cwmp_sessions *sessions, const char *identity)
{
	size_t index;

	for (index = 0; *identity && index < LIMIT_SESSIONS_ENDED; index++) {
		struct cwmp_ended *ended = &sessions->ended[index];

		if (!ended->identity || strcmp(ended->identity, identity) != 0)
			continue;
		free(ended->identity);
		ended->identity = NULL;
		return ended->how;
	}
	return BEFORE_UNKNOWN;
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
	session->left = LEFT_NOT;
	session->client = *client;
	session->server = *server;
	session->identity = identity_of(inform);
	session->before = take_ended(sessions, session->identity);
	if (!sessions->records)
		sessions->records = memory_new(sizeof(*sessions->records));
	session->record = cwmp_record_take(sessions->records, session->identity);
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
	cwmp_record_drop(session->record);
	session->record = NULL;
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

void cwmp_session_close_as(struct cwmp_sessions *sessions, struct cwmp_session *session,
			   enum session_before how)
{
	struct cwmp_ended *ended;

	if (session->open && *session->identity) {
		take_ended(sessions, session->identity);
		ended = &sessions->ended[sessions->ended_next++ % LIMIT_SESSIONS_ENDED];
		free(ended->identity);
		ended->identity = memory_text(session->identity);
		ended->how = how;
	}
	cwmp_session_close(sessions, session);
}

void cwmp_sessions_clear(struct cwmp_sessions *sessions)
{
	size_t index;

	for (index = 0; index < LIMIT_SESSIONS_ENDED; index++) {
		free(sessions->ended[index].identity);
		sessions->ended[index].identity = NULL;
	}
	if (sessions->records)
		cwmp_records_clear(sessions->records);
	free(sessions->records);
	sessions->records = NULL;
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
					     session->cookies[cookie].text))
				return true;
	}
	return false;
}

void cwmp_session_cookies_missing(const struct cwmp_session *session,
				  const struct http_message *request, struct buffer *names)
{
	size_t index, cookie;

	for (cookie = 0; cookie < session->cookie_count; cookie++) {
		const char *text = session->cookies[cookie].text;
		bool found = !session->cookies[cookie].owed;

		for (index = 0; index < request->header_count && !found; index++)
			found = !strcasecmp(request->headers[index].name, "Cookie") &&
				field_has_cookie(request->headers[index].value, text);
		if (!found)
			buffer_format(names, "%s%.*s", names->length ? " " : "",
				      (int)strcspn(text, "="), text);
	}
}

void cwmp_session_cookies_forgive(struct cwmp_session *session)
{
	size_t index;

	for (index = 0; index < session->cookie_count; index++)
		session->cookies[index].owed = false;
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

static bool attribute_is(const char *attribute, size_t length, const char *wanted)
{
	return length == strlen(wanted) && strncasecmp(attribute, wanted, length) == 0;
}

/* Is the cookie to be sent back with every POST of the session? Not when its attributes make that
 * depend on the target, on TLS or on time. */
static bool cookie_is_owed(const char *value)
{
	const char *attribute = value + strcspn(value, ";");

	while (*attribute) {
		size_t length;

		attribute += strspn(attribute, "; \t");
		length = strcspn(attribute, ";");
		while (length && (attribute[length - 1] == ' ' || attribute[length - 1] == '\t'))
			length--;
		if (length && !attribute_is(attribute, length, "Path=/") &&
		    !attribute_is(attribute, length, "Path=\"/\"") &&
		    !attribute_is(attribute, length, "HttpOnly") &&
		    !attribute_is(attribute, length, "Discard") &&
		    strncasecmp(attribute, "Version=", 8) != 0 &&
		    strncasecmp(attribute, "SameSite=", 9) != 0 &&
		    strncasecmp(attribute, "Comment=", 8) != 0)
			return false;
		attribute += strcspn(attribute, ";");
	}
	return true;
}

static void keep_cookie(struct cwmp_session *session, const char *value)
{
	size_t length = strcspn(value, ";"), name, index;
	char *cookie;

	while (length && (value[length - 1] == ' ' || value[length - 1] == '\t'))
		length--;
	name = strcspn(value, "=;");
	if (!name || name >= length || length > LIMIT_SESSION_COOKIE)
		return;
	cookie = memory_text_length(value, length);
	for (index = 0; index < session->cookie_count; index++) {
		if (strncmp(session->cookies[index].text, cookie, name + 1))
			continue;
		free(session->cookies[index].text);
		session->cookies[index].text = cookie;
		session->cookies[index].owed = cookie_is_owed(value);
		return;
	}
	if (session->cookie_count == LIMIT_SESSION_COOKIES) {
		free(cookie);
		return;
	}
	session->cookies = memory_resize(session->cookies, session->cookie_count + 1,
					 sizeof(*session->cookies));
	session->cookies[session->cookie_count].text = cookie;
	session->cookies[session->cookie_count++].owed = cookie_is_owed(value);
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

const char *cwmp_session_before(enum session_before before)
{
	static const char *const names[] = {"unknown", "complete", "cut", "failed"};

	return names[before];
}

static void keep_transfer(struct cwmp_session *session, const xmlNode *parent)
{
	char *key = xml_child_text(parent, "CommandKey");

	if (!key || session->transfer_count == LIMIT_SESSION_TRANSFERS || strlen(key) > LIMIT_SESSION_ID) {
		free(key);
		return;
	}
	session->transfers = memory_resize(session->transfers, session->transfer_count + 1,
					   sizeof(*session->transfers));
	session->transfers[session->transfer_count++] = key;
}

static bool is_transfer(const char *name)
{
	return !strcmp(name, "Download") || !strcmp(name, "Upload") ||
	       !strcmp(name, "ScheduleDownload");
}

void cwmp_session_transfers(struct cwmp_session *session, const struct message *message)
{
	const xmlNode *list = xml_child(message->body, "Event"), *event;

	if (is_transfer(message->name))
		keep_transfer(session, message->body);
	if (strcmp(message->name, "Inform"))
		return;
	for (event = xml_child(list, NULL); event; event = xml_next(event, NULL)) {
		char *code = xml_child_text(event, "EventCode");

		if (code && !strncmp(code, "M ", 2) && is_transfer(code + 2))
			keep_transfer(session, event);
		free(code);
	}
}

bool cwmp_session_knows_transfer(const struct cwmp_session *session,
				 const struct message *complete)
{
	char *key = xml_child_text(complete->body, "CommandKey");
	bool known = false;
	size_t index;

	for (index = 0; key && index < session->transfer_count && !known; index++)
		known = !strcmp(session->transfers[index], key);
	free(key);
	return known;
}
