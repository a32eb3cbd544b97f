/* The POSTs of a device: what they say, and which session they belong to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp.h"
#include "protocols/limits.h"
#include "protocols/dissector-parts.h"
#include "protocols/xml.h"

bool dissector_is_blank(const struct buffer *body)
{
	size_t index;

	for (index = 0; index < body->length; index++)
		if (!strchr(" \t\r\n", body->octets[index]) || !body->octets[index])
			return false;
	return true;
}

static bool begins_like_xml(const struct buffer *body)
{
	const char *text = buffer_text(body);

	if (body->length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		text += 3;
	return text[strspn(text, " \t\r\n")] == '<';
}

static bool holds_envelope(const struct buffer *body)
{
	return body->length && memmem(body->octets, body->length, "Envelope", 8);
}

bool dissector_is_soap(const struct http_message *http)
{
	return !http->body_skipped && begins_like_xml(&http->body) && holds_envelope(&http->body);
}

/* An envelope of which only the beginning was kept. */
static struct message *too_large(void)
{
	struct message *message = message_new("cwmp", "Unreadable");

	message_attribute(message->body, "limit", "http.body");
	message_attribute(message->body, "why", "an envelope of more than %zu octets",
			  LIMIT_HTTP_BODY);
	return message;
}

/* Decodes what is in a POST; NULL when it is not CWMP. */
static struct message *decode_post(const struct dissector *dissector, const struct moment *moment,
				   const struct http_message *http, bool in_session,
				   enum session_bound bound)
{
	struct message *message;

	if (dissector_is_blank(&http->body)) {
		if (!in_session && !http_header_get(http, "Cookie") &&
		    !dissector_device_known(dissector, &moment->connection->client))
			return NULL;
		message = message_new("cwmp", "EmptyPost");
		if (http->body.length)
			message_number(message->body, "blank", http->body.length);
		return message;
	}
	if (http->body_skipped)
		return holds_envelope(&http->body) ? too_large() : NULL;
	if (!begins_like_xml(&http->body) && (!in_session || bound == BOUND_ADDRESS))
		return NULL;
	message = cwmp_decode(http->body.octets, http->body.length);
	if (strcmp(message->name, "Unreadable") || in_session || holds_envelope(&http->body))
		return message;
	message_free(message);
	return NULL;
}

static void break_by_inform(struct dissector *dissector, struct cwmp_session *session,
			    const struct moment *moment)
{
	const struct cwmp_due *due = &session->due;
	/* A device need not wait longer than that (TR-069 3.4.2). */
	bool silent = session->waiting && moment->time - session->posted >= PATIENCE;
	/* Its old connection ended with the address, as with a tunnel (RFC 7296 3.15). */
	bool moved = !address_same_host(&session->client, &moment->connection->client);
	char why[MESSAGE_NAME + 128];
	const struct session_breach breach = {
		"inform", silent ? "hms" : moved ? "network" : "device", why
	};

	if (silent)
		snprintf(why, sizeof(why), "the HMS gave no answer for 30 s");
	else if (moved)
		snprintf(why, sizeof(why), "the device has another address now");
	else if (session->waiting)
		snprintf(why, sizeof(why), "a new Inform came before the HMS's answer, %.1f s "
			 "behind the request", (double)(moment->time - session->posted) / 1e6);
	else if (due->name[0] && due->packet)
		snprintf(why, sizeof(why),
			 "%s (packet %llu) was never answered: a new Inform came instead",
			 due->name, (unsigned long long)due->packet);
	else if (due->name[0])
		snprintf(why, sizeof(why), "%s was never answered: a new Inform came instead",
			 due->name);
	else
		snprintf(why, sizeof(why), "a new Inform came before the session had ended");
	dissector_session_break(dissector, session, moment, moment->time, &breach);
}

/* The year 1 stands for a time that is not known (TR-069 A.2.1). */
static bool knows_time(const struct message *inform)
{
	char *now = xml_child_text(inform->body, "CurrentTime");
	bool knows = now && strlen(now) > 4 && strncmp(now, "0001", 4) != 0;

	free(now);
	return knows;
}

/* TLS that could not be opened was a session, perhaps: with the device's HMS, which may change it as
 * it likes. */
static void forget_elsewhere(struct dissector *dissector, const struct connection *connection,
			     const struct message *inform)
{
	char *identity = cwmp_identity(inform);
	uint64_t who = cwmp_past_hash(identity);
	struct cwmp_past *past = cwmp_past_find(&dissector->sessions.pasts, who);

	free(identity);
	if (!past)
		return;
	/* TR-069 3.7.1.5: another URL is told by 0 BOOTSTRAP, there and back. */
	if (past->elsewhere && cwmp_has_event(inform, "0 BOOTSTRAP"))
		dissector_unseen(dissector, who);
	past->hms = connection->server;
	past->settled = past->elsewhere = false;
}

static struct cwmp_session *open_session(struct dissector *dissector, const struct moment *moment,
					 struct message *inform)
{
	const struct connection *connection = moment->connection;

	forget_elsewhere(dissector, connection, inform);

	struct cwmp_session *session = cwmp_session_open(
		&dissector->sessions, &connection->client, &connection->server, inform);
	struct cwmp_past *past = cwmp_session_past(&dissector->sessions, session);
	bool own = !connection->session;

	session->in_clear = !connection->tls;
	session->clock = knows_time(inform);
	if (!past)
		return session;
	past->hms = connection->server;
	session->requested = cwmp_has_event(inform, "6 CONNECTION REQUEST");
	cwmp_past_inform(past, inform, moment->time, own ? connection->opened : moment->time);
	session->counted = past->counted;
	session->retry_count = past->retry_count;
	return session;
}

/* An Inform opens a session, unless it is said again because the HMS asked for that. */
static struct cwmp_session *take_inform(struct dissector *dissector, const struct moment *moment,
					struct message *inform, enum session_bound *bound)
{
	static const struct session_breach forgotten = {
		"forgotten", "", "more sessions are open than can be remembered"
	};
	const struct connection *connection = moment->connection;
	struct cwmp_sessions *sessions = &dissector->sessions;
	struct cwmp_session *session =
		cwmp_session_of_device(sessions, &connection->client, inform);

	dissector_device_learn(dissector, &connection->client, inform);
	dissector_hms_learn(dissector, &connection->server);
	if (session && session->again && !dissector_post_is_new(session, inform, moment->time)) {
		*bound = BOUND_RETRY;
		return cwmp_session_hold(session);
	}
	if (session && session->resting)
		dissector_session_rested(dissector, session, moment->time);
	else if (session && session->again) /* the HMS refused it, the device gave it up */
		cwmp_session_close_as(sessions, session,
				      session->asked_again && session->asked_again->veiled
					      ? BEFORE_UNKNOWN
				      : session->informed ? BEFORE_CUT
							  : BEFORE_FAILED,
				      session->heard);
	else if (session)
		break_by_inform(dissector, session, moment);
	if (sessions->open_count == LIMIT_DISSECTOR_SESSIONS)
		dissector_session_break(dissector, sessions->first, NULL, moment->time, &forgotten);
	*bound = BOUND_NEW;
	return open_session(dissector, moment, inform);
}

/* Requests of its own a device sends before its empty POST, and not while it is held; it answers
 * what it was asked (TR-069 3.7.1.3). */
static void say_order(struct cwmp_session *session, struct message *message)
{
	xmlNode *facet = message_facet(message, "session");
	bool empty = !strcmp(message->name, "EmptyPost");

	if (empty)
		session->emptied |= !session->hold && !session->due.name[0];
	else if (session->waiting || session->spoiled)
		return; /* the HMS's last word is not seen, or is none to be understood */
	else if (dissector_is_request(message) && session->hold)
		message_attribute(facet, "held", "true");
	else if (dissector_is_request(message) && session->emptied && !session->again)
		message_attribute(facet, "late", "true");
	else if (dissector_is_response(message) && !session->due.name[0])
		message_attribute(facet, "unasked", "true");
}

/* What is known of the device from before is told of the POST, and what the POST says is kept. */
static void recall(struct dissector *dissector, const struct moment *moment,
		   const struct http_message *http, struct cwmp_session *session,
		   struct message *message)
{
	xmlNode *facet = message_facet(message, "session");
	struct cwmp_past *past = cwmp_session_past(&dissector->sessions, session);
	struct cwmp_record *record = session->record;
	const char *host = session->moved ? NULL : http_header_get(http, "Host");

	session->lossy |= moment->connection->lossy;
	if (session->lossy)
		cwmp_record_forget(record);
	if (session->lossy && past)
		past->retry = cwmp_retry_defaults(false);
	message->time = moment->time;
	message->destination = moment->connection->server;
	if (!strcmp(message->name, "Inform")) {
		if (!session->again) /* fault 8005 makes it come once more */
			cwmp_announced_inform(&session->announced, message);
		cwmp_record_inform(record, message, session->before == BEFORE_FAILED,
				   dissector->told, facet);
		return;
	}
	cwmp_announced_said(&session->announced, message);
	if (!strcmp(message->name, "TransferComplete"))
		cwmp_record_transfer(record, message, session->number, facet);
	if (session->due.name[0])
		cwmp_record_answer(record, session->number, &session->due.asked, message, host,
				   session->due.name);
	if (!strcmp(message->name, "GetParameterValuesResponse"))
		cwmp_record_values(record, session->number, message, facet);
	if (session->clock && (!strcmp(message->name, "DownloadResponse") ||
			       !strcmp(message->name, "UploadResponse")))
		message_attribute(facet, "clock", "set");
}

/* What a POST that is no repeat changes in its session. */
static void advance(struct cwmp_session *session, struct message *message,
		    struct exchange *exchange)
{
	bool inform = !strcmp(message->name, "Inform") && !session->again;
	bool due = session->due.name[0] && strcmp(message->name, "Unreadable");

	session->posts++;
	if (inform)
		session->informs++;
	else
		say_order(session, message);
	/* The next POST is to be the answer (TR-069 3.7.1.3), whatever it is. */
	if (due)
		dissector_answers_facet(message, &session->due);
	if (due && dissector_is_response(message))
		cwmp_due_clear(&session->due);
	if (inform)
		cwmp_session_transfers(session, message);
	exchange->said = dissector_is_request(message)    ? SAID_REQUEST
			 : dissector_is_response(message) ? SAID_ANSWER
						: SAID_NOTHING;
	if (exchange->said == SAID_REQUEST)
		cwmp_due_set(&exchange->asked, message);
}

/* A repeat answers what the first saying answered, so that is kept in the session facet only. */
static void repeat(struct message *message, struct exchange *exchange)
{
	message->repeat = true;
	exchange->said = dissector_is_request(message)    ? SAID_REQUEST
			 : dissector_is_response(message) ? SAID_ANSWER
						: SAID_NOTHING;
	if (exchange->said == SAID_REQUEST)
		cwmp_due_set(&exchange->asked, message);
}

/* The waits of the retry table hold when the device has said that they do. */
static void keep_retry_waits(struct dissector *dissector, struct cwmp_session *session,
			     const struct message *message)
{
	struct cwmp_past *past = cwmp_session_past(&dissector->sessions, session);

	if (!past)
		return;
	if (!strcmp(message->name, "GetParameterValuesResponse"))
		cwmp_retry_take(&past->retry, message);
	if (session->waits_written && !strcmp(message->name, "SetParameterValuesResponse"))
		past->retry = session->waits;
	else if (session->waits_written && strcmp(message->name, "Fault") != 0)
		past->retry = cwmp_retry_defaults(false); /* what came of it nobody knows */
	session->waits_written = false;
}

struct message *dissector_cwmp_request(struct dissector *dissector, const struct moment *moment,
				       const struct http_message *http, struct exchange *exchange)
{
	struct connection *connection = moment->connection;
	enum session_bound bound = BOUND_NONE;
	struct cwmp_session *session =
		cwmp_session_find(&dissector->sessions, &connection->client, connection->session,
				  http, &bound);
	uint64_t hash = dissector_hash(0, http->body.octets, http->body.length);
	struct message *message = decode_post(dissector, moment, http, session != NULL, bound);

	if (!message)
		return NULL;
	exchange->kind = EXCHANGE_CWMP;
	if (!session && !strcmp(message->name, "TransferComplete"))
		session = cwmp_session_take_up(&dissector->sessions, &connection->client,
					       connection->session, http, message, &bound);
	if (!strcmp(message->name, "Inform"))
		session = take_inform(dissector, moment, message, &bound);
	else
		cwmp_session_hold(session);
	if (!session) {
		exchange->said = dissector_is_request(message) ? SAID_REQUEST : SAID_NOTHING;
		if (exchange->said == SAID_REQUEST)
			cwmp_due_set(&exchange->asked, message);
		/* A recording can begin in the middle of a session, or have holes. */
		if (connection->lossy ||
		    ((dissector_is_response(message) || http_header_get(http, "Cookie")) &&
		     !dissector_device_known(dissector, &connection->client)))
			message_attribute(message_facet(message, "session"), "bound", "unseen");
		return message;
	}
	/* An Inform may be made anew for its repetition: its CurrentTime is another then. */
	if (session->again && session->redirected &&
	    (bound == BOUND_RETRY ||
	     (session->body_hash == hash && session->body_length == http->body.length))) {
		repeat(message, exchange);
	} else {
		recall(dissector, moment, http, session, message);
		advance(session, message, exchange);
	}
	if (exchange->said == SAID_REQUEST && strcmp(message->name, "Inform") != 0)
		session->kept_back = false;
	dissector_post_look(dissector, moment, session, message, http);
	session->again = false;
	session->left = LEFT_NOT;
	session->resting = false;
	session->posted = moment->time;
	session->waiting = true;
	session->silent_at = INT64_MAX;
	keep_retry_waits(dissector, session, message);
	session->body_hash = hash;
	session->body_length = http->body.length;
	session->connection = connection->number;
	session->server = connection->server;
	exchange->host = cwmp_host_of(http);
	exchange->session = session; /* the reference goes with it */
	exchange->bound = bound;
	exchange->post = session->posts;
	cwmp_session_drop(connection->session);
	connection->session = cwmp_session_hold(session);
	dissector_session_facet(message, session, session->posts, bound);
	if (!strcmp(message->name, "TransferComplete"))
		message_attribute(message_facet(message, "session"), "transfer", "%s",
				  cwmp_session_knows_transfer(session, message) ? "known"
										: "unknown");
	return message;
}
