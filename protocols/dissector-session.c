/* What is said of a CWMP session, and how it ends when no answer ends it. */
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp.h"
#include "protocols/dissector-parts.h"
#include "protocols/xml.h"

#define TRANSFER_PATIENCE ((int64_t)3600 * 1000000)

static bool ends_as_response(const char *name)
{
	size_t length = strlen(name), tail = sizeof("Response") - 1;

	return length > tail && !strcmp(name + length - tail, "Response");
}

bool dissector_is_response(const struct message *message)
{
	char *method;
	bool response;

	if (strcmp(message->name, "UnknownMethod") != 0)
		return !strcmp(message->name, "Fault") ||
		       (ends_as_response(message->name) &&
			strcmp(message->name, "EmptyResponse") != 0);
	method = xml_attribute(message->body, "method"); /* of a vendor's */
	response = method && ends_as_response(method);
	free(method);
	return response;
}

bool dissector_is_request(const struct message *message)
{
	return cwmp_method_find(message->name) ||
	       (!strcmp(message->name, "UnknownMethod") && !dissector_is_response(message));
}

/* How long a device may stay away in mid-session. A DownloadResponse may come behind the transfer
 * (TR-069 A.3.2.8): that takes as long as it takes. */
static int64_t patience(const struct cwmp_session *session)
{
	const char *due = session->due.name;

	return !strcmp(due, "Download") || !strcmp(due, "Upload") ? TRANSFER_PATIENCE : PATIENCE;
}

void dissector_session_facet(struct message *message, const struct cwmp_session *session,
			     uint64_t post, enum session_bound bound)
{
	xmlNode *facet = message_facet(message, "session");

	message->session = session->number;
	message_number(facet, "number", session->number);
	message_number(facet, "post", post);
	message_number(facet, "informs", session->informs);
	message_attribute(facet, "bound", "%s", cwmp_session_bound(bound));
	message_number(facet, "cookies", session->cookies.count);
	if (session->before != BEFORE_UNKNOWN)
		message_attribute(facet, "before", "%s", cwmp_session_before(session->before));
	message_attribute(facet, "cwmp", "%s", session->ns);
	if (session->hms_ns[0])
		message_attribute(facet, "hms-cwmp", "%s", session->hms_ns);
	if (session->due.name[0])
		message_attribute(facet, "due", "%s", session->due.name);
}

void dissector_answers_facet(struct message *message, const struct cwmp_due *due)
{
	xmlNode *facet = message_facet(message, "answers");

	message_attribute(facet, "name", "%s", due->name);
	message_attribute(facet, "id", "%s", due->id ? due->id : "");
	message_attribute(facet, "has-id", "%s", due->id ? "true" : "false");
	message_number(facet, "least", due->least);
	if (due->packet)
		message_number(facet, "packet", due->packet);
	cwmp_asked_describe(&due->asked, message, facet);
}

static struct message *session_message(const char *name, struct cwmp_session *session,
				       int64_t time)
{
	struct message *message = message_new("cwmp", name);

	dissector_session_facet(message, session, session->posts, BOUND_CONNECTION);
	message->time = time;
	message->source = session->client;
	message->destination = session->server;
	message->connection = session->connection;
	return message;
}

/* What the device never answered. */
static void describe_due(xmlNode *body, const struct cwmp_due *due)
{
	if (!due->name[0])
		return;
	message_attribute(body, "due", "%s", due->name);
	if (due->packet)
		message_number(body, "due-packet", due->packet);
}

/* Ends a session that did not end by the rules, and says so. moment: where, or NULL. */
void dissector_session_break(struct dissector *dissector, struct cwmp_session *session,
			     const struct moment *moment, int64_t time,
			     const struct session_breach *breach)
{
	struct message *message;

	if (!session->open)
		return;
	if (!session->spoiled) {
		message = session_message("SessionBroken", session, time);
		message_attribute(message->body, "cause", "%s", breach->cause);
		message_attribute(message->body, "by", "%s", breach->by);
		message_attribute(message->body, "why", "%s", breach->why);
		describe_due(message->body, &session->due);
		if (moment) {
			message->first_packet = moment->first_packet;
			message->last_packet = moment->last_packet;
		}
		dissector_tell(dissector, message);
	}
	cwmp_record_over(session->record, false, session->due.name);
	cwmp_session_close_as(&dissector->sessions, session,
			      !*breach->by	  ? BEFORE_UNKNOWN
			      : session->informed ? BEFORE_CUT
						  : BEFORE_FAILED,
			      time);
}

/* Ends a session in which the device had kept nothing back after all. */
void dissector_session_rested(struct dissector *dissector, struct cwmp_session *session,
			      int64_t time)
{
	struct message *message = session_message("SessionEnd", session, time);

	message->first_packet = message->last_packet = session->left_packet;
	cwmp_record_over(session->record, true, "");
	dissector_tell(dissector, message);
	cwmp_session_put_by(&dissector->sessions, session);
	cwmp_session_close_as(&dissector->sessions, session, BEFORE_COMPLETE, time);
}

void dissector_cwmp_lost(struct dissector *dissector, const struct moment *moment,
			 const struct exchange *exchange, const char *cause, bool by_device)
{
	const struct session_breach breach = {
		cause, by_device ? "device" : "hms",
		by_device ? "the device ended the connection before the answer came"
			  : "the HMS ended the connection and gave no answer",
	};

	if (exchange->session)
		dissector_session_break(dissector, exchange->session, moment, moment->time, &breach);
}

void dissector_cwmp_left(struct dissector *dissector, const struct connection *connection,
			 int64_t time, uint64_t packet)
{
	struct cwmp_session *session = connection->session;

	/* What is to be said again after 401 or a redirect need not be said here, or at all. */
	if (connection->client_left == LEFT_NOT || connection->first || !session ||
	    !session->open || session->again || session->left != LEFT_NOT ||
	    session->connection != connection->number)
		return;
	session->left = time;
	session->left_packet = packet;
	if (time + patience(session) < dissector->sessions.deadline)
		dissector->sessions.deadline = time + patience(session);
}

static void give_left(struct dissector *dissector, struct cwmp_session *session)
{
	static const struct session_breach gone = {
		"closed", "device",
		"the device closed the connection in mid-session and did not come back within 30 s"
	};
	struct moment moment = {.first_packet = session->left_packet,
				.last_packet = session->left_packet};

	if (session->resting)
		dissector_session_rested(dissector, session, session->left + PATIENCE);
	else
		dissector_session_break(dissector, session, &moment,
					session->left + patience(session), &gone);
}

/* The device leaves an RPC without an answer, and the connection open. It is not over yet. */
static void give_silent(struct dissector *dissector, struct cwmp_session *session)
{
	struct message *message = session_message("SessionSilent", session, session->silent_at);

	describe_due(message->body, &session->due);
	message->first_packet = session->due.packet;
	message->last_packet = session->due.packet;
	session->silent_at = INT64_MAX;
	dissector_tell(dissector, message);
}

void dissector_cwmp_closed(struct connection *connection, const struct moment *moment)
{
	struct cwmp_session *session = connection->session;

	if (!session || session->connection != connection->number)
		return;
	session->silent_at = INT64_MAX;
	if (moment->from_client)
		return;
	session->heard = moment->time;
	if (session->asked_again)
		session->asked_again->lasting = false;
}

/* What is due first, by the passing of time alone. */
struct due {
	int64_t time; /* INT64_MAX = nothing */
	struct cwmp_session *left, *silent;
	struct cwmp_past *request;
};

static struct due due_first(struct dissector *dissector)
{
	struct due due = {.time = INT64_MAX};
	struct cwmp_session *session;

	for (session = dissector->sessions.first; session; session = session->next) {
		if (session->left != LEFT_NOT && session->left + patience(session) < due.time)
			due = (struct due){.time = session->left + patience(session),
					   .left = session};
		if (session->silent_at < due.time)
			due = (struct due){.time = session->silent_at, .silent = session};
	}
	for (unsigned i = 0; i < dissector->sessions.pasts.count; i++) {
		struct cwmp_past *past = &dissector->sessions.pasts.list[i];

		if (past->unserved_at < due.time)
			due = (struct due){.time = past->unserved_at, .request = past};
		if (past->idle_at < due.time)
			due = (struct due){.time = past->idle_at, .request = past};
	}
	return due;
}

void dissector_cwmp_time(struct dissector *dissector, int64_t now)
{
	struct due due = due_first(dissector);

	for (; due.time <= now && due.time != INT64_MAX; due = due_first(dissector)) {
		if (due.left)
			give_left(dissector, due.left);
		else if (due.silent)
			give_silent(dissector, due.silent);
		else
			dissector_request_due(dissector, due.request);
	}
	dissector->sessions.deadline = due.time;
}

/* Where a recording ends is nobody's fault. */
void dissector_cwmp_finish(struct dissector *dissector)
{
	while (dissector->sessions.first)
		cwmp_session_close(&dissector->sessions, dissector->sessions.first);
}
