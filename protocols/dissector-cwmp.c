#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/cwmp.h"
#include "protocols/limits.h"
#include "protocols/dissector-parts.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

#define FAULT_RETRY "8005"

static bool is_blank(const struct buffer *body)
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

static bool is_response(const struct message *message)
{
	size_t length = strlen(message->name), tail = sizeof("Response") - 1;

	return !strcmp(message->name, "Fault") ||
	       (length > tail && !strcmp(message->name + length - tail, "Response") &&
		strcmp(message->name, "EmptyResponse"));
}

static bool is_request(const struct message *message)
{
	return cwmp_method_find(message->name) || !strcmp(message->name, "UnknownMethod");
}

static void session_facet(struct message *message, const struct cwmp_session *session,
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

static void answers_facet(struct message *message, const struct cwmp_due *due)
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

	session_facet(message, session, session->posts, BOUND_CONNECTION);
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

struct breach {
	const char *cause;
	const char *by; /* "device", "hms"; "" = nobody: more is open than can be remembered */
	const char *why;
};

/* Ends a session that did not end by the rules, and says so. moment: where, or NULL. */
static void session_break(struct dissector *dissector, struct cwmp_session *session,
			  const struct moment *moment, int64_t time, const struct breach *breach)
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
		dissector->sink(dissector->context, message);
	}
	cwmp_record_over(session->record, false, session->due.name);
	cwmp_session_close_as(&dissector->sessions, session,
			      !*breach->by	  ? BEFORE_UNKNOWN
			      : session->informed ? BEFORE_CUT
						  : BEFORE_FAILED,
			      time);
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

/* Ends a session in which the device had kept nothing back after all. */
static void session_rested(struct dissector *dissector, struct cwmp_session *session, int64_t time)
{
	struct message *message = session_message("SessionEnd", session, time);

	message->first_packet = message->last_packet = session->left_packet;
	cwmp_record_over(session->record, true, "");
	dissector->sink(dissector->context, message);
	cwmp_session_close_as(&dissector->sessions, session, BEFORE_COMPLETE, time);
}

/* Decodes what is in a POST; NULL when it is not CWMP. */
static struct message *decode_post(const struct dissector *dissector, const struct moment *moment,
				   const struct http_message *http, bool in_session,
				   enum session_bound bound)
{
	struct message *message;

	if (is_blank(&http->body)) {
		if (!in_session &&
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
	char why[MESSAGE_NAME + 128];
	const struct breach breach = { "inform", silent ? "hms" : "device", why };

	if (silent)
		snprintf(why, sizeof(why), "the HMS gave no answer for 30 s");
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
	session_break(dissector, session, moment, moment->time, &breach);
}

static struct cwmp_session *open_session(struct dissector *dissector, const struct moment *moment,
					 struct message *inform)
{
	const struct connection *connection = moment->connection;
	struct cwmp_session *session = cwmp_session_open(
		&dissector->sessions, &connection->client, &connection->server, inform);
	struct cwmp_past *past = cwmp_session_past(&dissector->sessions, session);
	bool own = !connection->session;

	if (!past)
		return session;
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
	static const struct breach forgotten = {
		"forgotten", "", "more sessions are open than can be remembered"
	};
	const struct connection *connection = moment->connection;
	struct cwmp_sessions *sessions = &dissector->sessions;
	struct cwmp_session *session =
		cwmp_session_of_device(sessions, &connection->client, inform);

	dissector_device_learn(dissector, &connection->client, inform);
	if (session && session->again && !dissector_post_is_new(session, inform, moment->time)) {
		*bound = BOUND_RETRY;
		return cwmp_session_hold(session);
	}
	if (session && session->resting)
		session_rested(dissector, session, moment->time);
	else if (session && session->again) /* the HMS refused it, the device gave it up */
		cwmp_session_close_as(sessions, session,
				      session->informed ? BEFORE_CUT : BEFORE_FAILED,
				      session->heard);
	else if (session)
		break_by_inform(dissector, session, moment);
	if (sessions->open_count == LIMIT_DISSECTOR_SESSIONS)
		session_break(dissector, sessions->first, NULL, moment->time, &forgotten);
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
	else if (is_request(message) && session->hold)
		message_attribute(facet, "held", "true");
	else if (is_request(message) && session->emptied && !session->again)
		message_attribute(facet, "late", "true");
	else if (is_response(message) && !session->due.name[0])
		message_attribute(facet, "unasked", "true");
}

/* What is known of the device from before is told of the POST, and what the POST says is kept. */
static void recall(const struct moment *moment, const struct http_message *http,
		   struct cwmp_session *session, struct message *message)
{
	xmlNode *facet = message_facet(message, "session");
	struct cwmp_record *record = session->record;
	const char *host = session->moved ? NULL : http_header_get(http, "Host");

	session->lossy |= moment->connection->lossy;
	if (session->lossy)
		cwmp_record_forget(record);
	message->time = moment->time;
	message->destination = moment->connection->server;
	if (!strcmp(message->name, "Inform")) {
		cwmp_announced_inform(&session->announced, message);
		cwmp_record_inform(record, message, session->before == BEFORE_FAILED, facet);
		return;
	}
	cwmp_announced_said(&session->announced, message);
	if (!strcmp(message->name, "TransferComplete"))
		cwmp_record_transfer(record, message, session->number, facet);
	if (session->due.name[0])
		cwmp_record_answer(record, session->number, &session->due.asked, message, host,
				   session->due.name);
	if (!strcmp(message->name, "GetParameterValuesResponse"))
		cwmp_record_values(record, message, facet);
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
		answers_facet(message, &session->due);
	if (due && is_response(message))
		cwmp_due_clear(&session->due);
	if (inform)
		cwmp_session_transfers(session, message);
	exchange->said = is_request(message)    ? SAID_REQUEST
			 : is_response(message) ? SAID_ANSWER
						: SAID_NOTHING;
	if (exchange->said == SAID_REQUEST)
		cwmp_due_set(&exchange->asked, message);
}

/* A repeat answers what the first saying answered, so that is kept in the session facet only. */
static void repeat(struct message *message, struct exchange *exchange)
{
	message->repeat = true;
	exchange->said = is_request(message)    ? SAID_REQUEST
			 : is_response(message) ? SAID_ANSWER
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
		cwmp_past_values(past, message);
	if (!strcmp(message->name, "SetParameterValuesResponse") && session->minimum) {
		past->minimum = session->minimum;
		past->multiplier = session->multiplier;
	}
	session->minimum = 0;
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
	if (!strcmp(message->name, "Inform"))
		session = take_inform(dissector, moment, message, &bound);
	else
		cwmp_session_hold(session);
	if (!session) {
		exchange->said = is_request(message) ? SAID_REQUEST : SAID_NOTHING;
		if (exchange->said == SAID_REQUEST)
			cwmp_due_set(&exchange->asked, message);
		/* A recording can begin in the middle of a session, or have holes. */
		if (connection->lossy ||
		    (is_response(message) &&
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
		recall(moment, http, session, message);
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
	session_facet(message, session, session->posts, bound);
	if (!strcmp(message->name, "TransferComplete"))
		message_attribute(message_facet(message, "session"), "transfer", "%s",
				  cwmp_session_knows_transfer(session, message) ? "known"
										: "unknown");
	return message;
}

static struct message *decode_answer(const struct http_message *http)
{
	struct message *message;

	if (dissector_http_asks_again(http->status))
		return dissector_http_answer(http);
	if (http->status >= 300 && !dissector_is_soap(http))
		return dissector_http_answer(http);
	if (is_blank(&http->body)) {
		message = message_new("cwmp", "EmptyResponse");
		message_number(message->body, "status", (uint64_t)http->status);
		return message;
	}
	message = cwmp_decode(http->body.octets, http->body.length);
	if (http->status < 300 || strcmp(message->name, "Unreadable"))
		return message;
	message_free(message);
	return dissector_http_answer(http);
}

static bool is_retry_fault(const struct message *message)
{
	char *code = !strcmp(message->name, "Fault") ? xml_child_text(message->body, "FaultCode")
						     : NULL;
	bool retry = code && !strcmp(code, FAULT_RETRY);

	free(code);
	return retry;
}

/* What an answer of the HMS takes from the device. */
static void learn(struct cwmp_session *session, const struct message *message,
		  const struct exchange *exchange)
{
	char *ns;

	if (session->spoiled)
		cwmp_record_forget(session->record);
	else if (is_response(message) && exchange->said == SAID_REQUEST)
		cwmp_record_delivered(session->record, message, exchange->asked.asked.key);
	if (strcmp(message->name, "InformResponse") != 0 || session->hms_ns[0])
		return;
	ns = xml_attribute(message->body, "ns");
	snprintf(session->hms_ns, sizeof(session->hms_ns), "%s", ns ? ns : "");
	free(ns);
}

/* A device may refuse it and end the session: it is in another envelope than SOAP 1.1 (TR-069 3.5),
 * in no known namespace, or does not have the ID of its request. */
static bool is_refusable(const struct message *message, const struct exchange *exchange)
{
	xmlNode *root = xmlDocGetRootElement(message->document);
	char *envelope = xml_attribute(xml_child(root, "soap"), "ns");
	char *ns = xml_attribute(message->body, "ns");
	char *id = cwmp_id(message);
	bool wrong = envelope && strcmp(envelope, SOAP_1_1) != 0;

	wrong |= ns && strcmp(ns, CWMP_1_0) != 0 && strcmp(ns, CWMP_1_1) != 0 &&
		 strcmp(ns, CWMP_1_2) != 0;
	if (is_response(message) && exchange->said == SAID_REQUEST)
		wrong |= exchange->asked.id ? !id || strcmp(id, exchange->asked.id) != 0 : id != NULL;
	free(envelope);
	free(ns);
	free(id);
	return wrong;
}

/* What the HMS asks the device to do, as far as it bears on what the device says later. */
static void take_order(struct dissector *dissector, struct cwmp_session *session,
		       const struct moment *moment, const struct message *message)
{
	struct cwmp_past *past = cwmp_session_past(&dissector->sessions, session), wanted;

	session->silent_at = moment->time + PATIENCE;
	if (session->silent_at < dissector->sessions.deadline)
		dissector->sessions.deadline = session->silent_at;
	if (!past || strcmp(message->name, "SetParameterValues"))
		return;
	wanted = *past;
	cwmp_past_values(&wanted, message);
	session->minimum = wanted.minimum;
	session->multiplier = wanted.multiplier;
	past->password_written |= cwmp_sets(message, ".ManagementServer.Password");
	session->url_written |= cwmp_sets(message, ".ManagementServer.URL");
}

static bool holds(const struct message *message)
{
	const xmlNode *soap = xml_child(xmlDocGetRootElement(message->document), "soap");
	const xmlNode *hold = xml_child(xml_child(soap, "Header"), "HoldRequests");

	return hold && (xml_text_is(hold, "1") || xml_text_is(hold, "true"));
}

/* The HMS has no more to say, but it had held back requests (TR-069 3.5): the device may come with
 * them now, or has none. Which, its next POST tells, or that none comes. */
static void rest(struct dissector *dissector, struct cwmp_session *session,
		 const struct moment *moment)
{
	session->kept_back = false;
	session->resting = true;
	session->left = moment->time;
	session->left_packet = moment->last_packet;
	if (moment->time + PATIENCE < dissector->sessions.deadline)
		dissector->sessions.deadline = moment->time + PATIENCE;
}

/*
 * What an answer changes in its session. Gives true when the session is over by the four
 * criteria of TR-069 3.7.1.4: the HMS's answer was empty; the device had no more to ask; it
 * has all answers; it gave all answers.
 */
static bool settle(struct dissector *dissector, struct cwmp_session *session,
		   const struct moment *moment, const struct http_message *http,
		   const struct message *message, const struct exchange *exchange)
{
	bool inform = !strcmp(exchange->asked.name, "Inform");

	session->redirected = dissector_http_asks_again(http->status);
	session->again = session->redirected || is_retry_fault(message);
	if (session->redirected && http->status != 401) {
		cwmp_cookies_forgive(&session->cookies); /* the new target may be another's */
		session->moved = true;
	}
	if (!session->again)
		session->hold = holds(message);
	/* An Inform that is not answered at all opens no session: what becomes of it is the HMS's
	 * doing. */
	if (!strcmp(message->name, "EmptyResponse") && inform && exchange->said == SAID_REQUEST)
		session->spoiled = true;
	if (!strcmp(message->name, "EmptyResponse")) {
		bool over = exchange->said != SAID_REQUEST && !session->due.name[0];

		if (over && session->kept_back)
			rest(dissector, session, moment);
		return over && !session->resting;
	}
	session->kept_back |= holds(message);
	if (!strcmp(message->name, "Unreadable"))
		session->spoiled = true;
	else if (is_request(message)) {
		cwmp_due_set(&session->due, message);
		session->due.packet = moment->last_packet;
		cwmp_session_transfers(session, message);
		take_order(dissector, session, moment, message);
	}
	session->spoiled |= is_refusable(message, exchange);
	learn(session, message, exchange);
	session->informed |= !strcmp(message->name, "InformResponse");
	/* The HMS itself made the session fail: there is nothing left that could break. */
	if (!strcmp(message->name, "HttpError") ||
	    (inform && !strcmp(message->name, "Fault") && !session->again))
		cwmp_session_close_as(&dissector->sessions, session,
				      session->informed ? BEFORE_CUT : BEFORE_FAILED,
				      moment->time);
	return false;
}

static void give_session_end(struct dissector *dissector, const struct moment *moment,
			     struct cwmp_session *session, const struct exchange *exchange)
{
	struct message *message = message_new("cwmp", "SessionEnd");
	struct moment ending = *moment;

	ending.from_client = true;
	session_facet(message, session, exchange->post, exchange->bound);
	if (!session->hold && !session->lossy)
		cwmp_announced_describe(&session->announced, message_facet(message, "session"));
	cwmp_record_over(session->record, true, "");
	dissector_give(dissector, &ending, message);
	cwmp_session_close_as(&dissector->sessions, session, BEFORE_COMPLETE, moment->time);
}

void dissector_cwmp_response(struct dissector *dissector, const struct moment *moment,
			     const struct http_message *http, struct exchange *exchange)
{
	struct cwmp_session *session = exchange->session;
	struct message *message = decode_answer(http);
	bool over = false;

	dissector_http_facet(message, http);
	if (is_response(message) && exchange->said == SAID_REQUEST)
		answers_facet(message, &exchange->asked);
	if (session) {
		dissector_post_answered(moment, session, http, exchange);
		session_facet(message, session, exchange->post, exchange->bound);
		if (session->open)
			over = settle(dissector, session, moment, http, message, exchange);
	}
	dissector_give(dissector, moment, message);
	if (over)
		give_session_end(dissector, moment, session, exchange);
}

void dissector_cwmp_lost(struct dissector *dissector, const struct moment *moment,
			 const struct exchange *exchange, const char *cause, bool by_device)
{
	const struct breach breach = {
		cause, by_device ? "device" : "hms",
		by_device ? "the device ended the connection before the answer came"
			  : "the HMS ended the connection and gave no answer",
	};

	if (exchange->session)
		session_break(dissector, exchange->session, moment, moment->time, &breach);
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
	if (time + PATIENCE < dissector->sessions.deadline)
		dissector->sessions.deadline = time + PATIENCE;
}

static void give_left(struct dissector *dissector, struct cwmp_session *session)
{
	static const struct breach gone = {
		"closed", "device",
		"the device closed the connection in mid-session and did not come back within 30 s"
	};
	struct moment moment = {.first_packet = session->left_packet,
				.last_packet = session->left_packet};

	if (session->resting)
		session_rested(dissector, session, session->left + PATIENCE);
	else
		session_break(dissector, session, &moment, session->left + PATIENCE, &gone);
}

/* The device leaves an RPC without an answer, and the connection open. It is not over yet. */
static void give_silent(struct dissector *dissector, struct cwmp_session *session)
{
	struct message *message = session_message("SessionSilent", session, session->silent_at);

	describe_due(message->body, &session->due);
	message->first_packet = session->due.packet;
	message->last_packet = session->due.packet;
	session->silent_at = INT64_MAX;
	dissector->sink(dissector->context, message);
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
	struct cwmp_past *unserved;
};

static struct due due_first(struct dissector *dissector)
{
	struct due due = {.time = INT64_MAX};
	struct cwmp_session *session;

	for (session = dissector->sessions.first; session; session = session->next) {
		if (session->left != LEFT_NOT && session->left + PATIENCE < due.time)
			due = (struct due){.time = session->left + PATIENCE, .left = session};
		if (session->silent_at < due.time)
			due = (struct due){.time = session->silent_at, .silent = session};
	}
	for (unsigned i = 0; i < dissector->sessions.pasts.count; i++) {
		struct cwmp_past *past = &dissector->sessions.pasts.list[i];

		if (past->unserved_at < due.time)
			due = (struct due){.time = past->unserved_at, .unserved = past};
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
			dissector_request_unserved(dissector, due.unserved);
	}
	dissector->sessions.deadline = due.time;
}

/* Where a recording ends is nobody's fault. */
void dissector_cwmp_finish(struct dissector *dissector)
{
	while (dissector->sessions.first)
		cwmp_session_close(&dissector->sessions, dissector->sessions.first);
}
