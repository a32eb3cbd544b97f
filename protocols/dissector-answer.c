/* The answers of an HMS: what they change in their sessions, and whether they end them. */
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp.h"
#include "protocols/dissector-parts.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

#define FAULT_RETRY "8005"

static struct message *decode_answer(const struct http_message *http)
{
	struct message *message;

	if (dissector_http_asks_again(http->status))
		return dissector_http_answer(http);
	if (http->status >= 300 && !dissector_is_soap(http))
		return dissector_http_answer(http);
	if (dissector_is_blank(&http->body)) {
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
	else if (dissector_is_response(message) && exchange->said == SAID_REQUEST)
		cwmp_record_delivered(session->record, message, exchange->asked.asked.key);
	if (strcmp(message->name, "InformResponse") != 0 || session->hms_ns[0])
		return;
	ns = xml_attribute(message->body, "ns");
	memory_place(session->hms_ns, sizeof(session->hms_ns), ns ? ns : "");
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
	if (dissector_is_response(message) && exchange->said == SAID_REQUEST)
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
	struct cwmp_past *past = cwmp_session_past(&dissector->sessions, session);

	session->silent_at = moment->time + PATIENCE;
	if (session->silent_at < dissector->sessions.deadline)
		dissector->sessions.deadline = session->silent_at;
	session->url_written |= !strcmp(message->name, "FactoryReset");
	if (!strcmp(message->name, "SetParameterValues"))
		cwmp_record_asked(session->record, message);
	if (!past || strcmp(message->name, "SetParameterValues"))
		return;
	session->waits_written = cwmp_sets(message, ".CWMPRetryMinimumWaitInterval") ||
				 cwmp_sets(message, ".CWMPRetryIntervalMultiplier");
	session->waits = past->retry;
	cwmp_retry_take(&session->waits, message);
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
	session->retry_asked = exchange->said == SAID_REQUEST && is_retry_fault(message) &&
			       !holds(message);
	if (session->retry_asked)
		session->retries++;
	else if (!session->redirected) /* a 401 stands between two of them */
		session->retries = 0;
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
	else if (dissector_is_request(message)) {
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
	dissector_session_facet(message, session, exchange->post, exchange->bound);
	if (!session->hold && !session->lossy)
		cwmp_announced_describe(&session->announced, message_facet(message, "session"));
	cwmp_record_over(session->record, true, "");
	dissector_give(dissector, &ending, message);
	cwmp_session_put_by(&dissector->sessions, session);
	cwmp_session_close_as(&dissector->sessions, session, BEFORE_COMPLETE, moment->time);
}

void dissector_cwmp_response(struct dissector *dissector, const struct moment *moment,
			     const struct http_message *http, struct exchange *exchange)
{
	struct cwmp_session *session = exchange->session;
	struct message *message = decode_answer(http);
	bool over = false;

	dissector_http_facet(message, http);
	if (dissector_is_response(message) && exchange->said == SAID_REQUEST)
		dissector_answers_facet(message, &exchange->asked);
	if (session) {
		dissector_post_answered(moment, session, http, exchange);
		dissector_session_facet(message, session, exchange->post, exchange->bound);
		if (session->open)
			over = settle(dissector, session, moment, http, message, exchange);
	}
	dissector_give(dissector, moment, message);
	if (over)
		give_session_end(dissector, moment, session, exchange);
}
