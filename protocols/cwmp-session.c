#include "protocols/cwmp-session.h"

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

static bool ends_with_dot(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && name[length - 1] == '.';
}

/* Each full name that was asked for has its entry in the answer; below a partial path there may be
 * none. The empty path of GetParameterNames stands for the root, which is always there. */
static uint64_t least_of(const struct message *message, const struct cwmp_asked *asked)
{
	bool written = !strcmp(message->name, "SetParameterValues");
	uint64_t least = 0;

	for (size_t i = 0; i < asked->count && !written; i++)
		least += !ends_with_dot(asked->names[i]) && /* sorted: who asks twice is told once */
			 (!i || strcmp(asked->names[i - 1], asked->names[i]) != 0);
	return least;
}

void cwmp_due_set(struct cwmp_due *due, const struct message *message)
{
	char *method = xml_attribute(message->body, "method"); /* of an UnknownMethod */

	cwmp_due_clear(due);
	memory_place(due->name, sizeof(due->name), method ? method : message->name);
	free(method);
	due->id = cwmp_id(message);
	if (due->id && strlen(due->id) > LIMIT_SESSION_ID)
		due->id[LIMIT_SESSION_ID] = '\0';
	cwmp_asked_set(&due->asked, message);
	due->least = least_of(message, &due->asked);
}

char *cwmp_identity(const struct message *inform)
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
	cwmp_cookies_clear(&session->cookies);
	if (session->asked_again) {
		free(session->asked_again->location);
		free(session->asked_again);
	}
	for (index = 0; index < session->transfer_count; index++)
		free(session->transfers[index]);
	free(session->transfers);
	free(session->place);
	free(session->identity);
	free(session->ns);
	cwmp_announced_clear(&session->announced);
	cwmp_due_clear(&session->due);
	free(session);
}

void cwmp_session_enter(struct cwmp_sessions *sessions, struct cwmp_session *session)
{
	session->open = true;
	session->next = NULL;
	session->previous = sessions->last;
	if (sessions->last)
		sessions->last->next = session;
	else
		sessions->first = session;
	sessions->last = session;
	sessions->open_count++;
}

struct cwmp_session *cwmp_session_open(struct cwmp_sessions *sessions,
				       const struct address *client, const struct address *server,
				       const struct message *inform)
{
	struct cwmp_session *session = memory_new(sizeof(*session));
	char *ns = xml_attribute(inform->body, "ns");
	struct cwmp_past *past;

	session->references = 2; /* the table's and the caller's */
	session->number = ++sessions->opened;
	session->left = LEFT_NOT;
	session->client = *client;
	session->server = *server;
	session->identity = cwmp_identity(inform);
	session->silent_at = INT64_MAX;
	past = cwmp_past_of(&sessions->pasts, session->identity);
	session->before = past ? past->how : BEFORE_UNKNOWN;
	if (!sessions->records)
		sessions->records = memory_new(sizeof(*sessions->records));
	session->record = cwmp_record_take(sessions->records, session->identity);
	session->ns = ns ? ns : memory_text("");
	cwmp_sessions_forget_over(sessions, session->identity);
	cwmp_session_enter(sessions, session);
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

struct cwmp_past *cwmp_session_past(struct cwmp_sessions *sessions,
				    const struct cwmp_session *session)
{
	if (!*session->identity)
		return NULL;
	return cwmp_past_find(&sessions->pasts, cwmp_past_hash(session->identity));
}

void cwmp_session_close_as(struct cwmp_sessions *sessions, struct cwmp_session *session,
			   enum session_before how, int64_t time)
{
	struct cwmp_past *past = cwmp_session_past(sessions, session);
	int64_t spoke = session->heard > session->posted ? session->heard : session->posted;

	if (session->record)
		session->record->ended = time;
	if (session->open && past) {
		cwmp_past_ended(past, how, session->requested, spoke, time);
		past->cookie_count = cwmp_cookies_hashes(&session->cookies, past->cookies);
		past->settled = how == BEFORE_COMPLETE && session->in_clear && !session->moved &&
				!session->url_written;
		if (session->url_written)
			past->moved = 0;
		if (session->waits_written) /* and what came of it nobody knows */
			past->retry = cwmp_retry_defaults(false);
	}
	cwmp_session_close(sessions, session);
}

void cwmp_sessions_clear(struct cwmp_sessions *sessions)
{
	if (sessions->records)
		cwmp_records_clear(sessions->records);
	free(sessions->records);
	sessions->records = NULL;
	cwmp_sessions_forget_over(sessions, NULL);
	cwmp_pasts_clear(&sessions->pasts);
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
	if (current && cookies && cwmp_cookies_sent(&current->cookies, request)) {
		*bound = BOUND_BOTH;
		return current;
	}
	for (session = sessions->first; cookies && session; session = session->next) {
		if (!cwmp_cookies_sent(&session->cookies, request))
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
	char *identity = cwmp_identity(inform);
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
