/* Connection Requests (TR-069 3.2.2): what each answer answers, and what comes of it. */
#include <string.h>

#include "protocols/cwmp-past.h"
#include "protocols/limits.h"
#include "protocols/dissector-parts.h"

static struct cwmp_past *past_of(struct dissector *dissector, const struct exchange *exchange)
{
	return exchange->who ? cwmp_past_find(&dissector->sessions.pasts, exchange->who) : NULL;
}

void dissector_request_asked(struct dissector *dissector, const struct moment *moment,
			     const struct http_message *http, struct exchange *exchange)
{
	const struct device *device = dissector_device_at(dissector, &moment->connection->server);
	struct cwmp_past *past;

	if (!device)
		return;
	exchange->who = device->who;
	exchange->right_path = device->path && device->path == cwmp_past_hash(http->target);
	exchange->other_path = device->path && !exchange->right_path;
	if (exchange->other_path) /* of a web page or whatever stands at the same port */
		return;
	past = past_of(dissector, exchange);
	if (!past)
		return;
	past->asking++;
	past->asked = moment->time;
}

static bool in_session(const struct dissector *dissector, uint64_t who)
{
	const struct cwmp_session *session;

	for (session = dissector->sessions.first; session; session = session->next)
		if (*session->identity && cwmp_past_hash(session->identity) == who)
			return true;
	return false;
}

static void accepted(struct dissector *dissector, const struct moment *moment,
		     struct cwmp_past *past, bool busy)
{
	const struct connection *connection = moment->connection;

	past->request_connection = connection->number;
	past->request_packet = moment->last_packet;
	past->device = connection->server;
	past->caller = connection->client;
	past->accepted = moment->time;
	past->taken++;
	/* Several make one session, within 30 s of the first answer. */
	if (past->request == REQUEST_ACCEPTED)
		return;
	past->request = REQUEST_ACCEPTED;
	past->requested = moment->time;
	past->unserved_at = busy ? INT64_MAX : moment->time + REQUEST_PATIENCE;
	if (past->unserved_at < dissector->sessions.deadline)
		dissector->sessions.deadline = past->unserved_at;
}

/* 503, and no session is seen. How often it takes one is its own choice; and a session of its own
 * may be about to be opened, or just over. */
static void refused_idle(struct dissector *dissector, const struct moment *moment,
			 struct cwmp_past *past)
{
	bool bounded = past->accepted && moment->time - past->accepted < REQUEST_PERIOD;

	if (past->request == REQUEST_ACCEPTED || bounded || past->idle_at != INT64_MAX ||
	    moment->time - past->abandoned < REQUEST_BEHIND)
		return;
	past->device = moment->connection->server;
	past->caller = moment->connection->client;
	past->idle_connection = moment->connection->number;
	past->idle_packet = moment->last_packet;
	past->idle_at = moment->time + REQUEST_LAPSE;
	if (past->idle_at < dissector->sessions.deadline)
		dissector->sessions.deadline = past->idle_at;
}

void dissector_request_answered(struct dissector *dissector, const struct moment *moment,
				struct message *message, const struct http_message *http,
				const struct exchange *exchange)
{
	struct cwmp_past *past = past_of(dissector, exchange);
	bool success = http->status >= 200 && http->status < 300, busy;

	message_attribute(message->body, "authorized", "%s",
			  exchange->authorized ? "true" : "false");
	if (!past)
		return;
	busy = in_session(dissector, exchange->who);
	if (exchange->right_path || exchange->other_path)
		message_attribute(message->body, "path", "%s",
				  exchange->right_path ? "right" : "other");
	if (exchange->other_path)
		return;
	if (past->asking)
		past->asking--;
	if (http->status == 503 && !busy)
		refused_idle(dissector, moment, past);
	if (success)
		accepted(dissector, moment, past, busy);
	else if (!cwmp_past_owes(past)) {
		past->request = REQUEST_REFUSED;
		past->requested = moment->time;
	}
}

void dissector_request_forgotten(struct dissector *dissector, const struct exchange *exchange,
				 bool lossy)
{
	struct cwmp_past *past =
	    exchange->kind == EXCHANGE_CONNECTION_REQUEST ? past_of(dissector, exchange) : NULL;

	if (exchange->other_path)
		return;
	if (past && past->asking)
		past->asking--;
	if (past && lossy && past->request != REQUEST_ACCEPTED)
		past->request = REQUEST_NONE;
}

/* What is concluded from a Connection Request long behind its answer, at whose packet it stands. */
static void conclude(struct dissector *dissector, const struct cwmp_past *past, const char *name,
		     int64_t time, uint64_t connection, uint64_t packet)
{
	struct message *message = message_new("http", name);

	message->time = time;
	message->source = past->device;
	message->destination = past->caller;
	message->connection = connection;
	message->first_packet = message->last_packet = packet;
	message_facet(message, "session");
	dissector_tell(dissector, message);
}

void dissector_request_due(struct dissector *dissector, struct cwmp_past *past)
{
	if (past->unserved_at <= past->idle_at) {
		conclude(dissector, past, "ConnectionRequestUnserved", past->unserved_at,
			 past->request_connection, past->request_packet);
		past->unserved_at = INT64_MAX;
	} else {
		conclude(dissector, past, "ConnectionRequestIdle", past->idle_at,
			 past->idle_connection, past->idle_packet);
		past->idle_at = INT64_MAX;
	}
}
