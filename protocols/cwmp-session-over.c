/*
 * Sessions that are over by the HMS's empty answer, of whose transfers the device may tell yet.
 *
 * A device may keep its session while it fetches a file in another connection (TR-069 3.4.3), and says
 * TransferComplete in the session that ordered the transfer (A.3.2.8). When it is not held that is behind
 * its empty POST, where the HMS takes the session for over (3.7.2.4): both are the standard's words.
 */
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp-session.h"
#include "protocols/xml.h"

/* Is there a transfer that was ordered in the session, and not told of? key: just this one; or NULL. */
static bool owes_transfer(const struct cwmp_session *session, const struct cwmp_record *record,
			  const char *key)
{
	for (unsigned i = 0; record && i < LIMIT_RECORD_ORDERS; i++) {
		const struct cwmp_order *order = &record->orders[i];

		if (order->key && order->state == ORDER_PENDING &&
		    order->session == session->number && (!key || !strcmp(order->key, key)))
			return true;
	}
	return false;
}

void cwmp_session_put_by(struct cwmp_sessions *sessions, struct cwmp_session *session)
{
	struct cwmp_session **place;

	if (!owes_transfer(session, session->record, NULL))
		return;
	place = &sessions->over[sessions->over_next++ % CWMP_SESSIONS_OVER];
	cwmp_session_drop(*place);
	*place = cwmp_session_hold(session);
}

static bool is_of(const struct cwmp_session *session, const struct address *client,
		  struct cwmp_session *current, const struct http_message *request,
		  enum session_bound *bound)
{
	bool cookie = http_header_get(request, "Cookie") &&
		      cwmp_cookies_sent(&session->cookies, request);

	*bound = cookie && current == session ? BOUND_BOTH
		 : cookie		      ? BOUND_COOKIE
		 : current == session	      ? BOUND_CONNECTION
					      : BOUND_ADDRESS;
	return *bound != BOUND_ADDRESS || address_same_host(&session->client, client);
}

struct cwmp_session *cwmp_session_take_up(struct cwmp_sessions *sessions,
					  const struct address *client,
					  struct cwmp_session *current,
					  const struct http_message *request,
					  const struct message *complete,
					  enum session_bound *bound)
{
	char *key = xml_child_text(complete->body, "CommandKey");
	struct cwmp_session *found = NULL;

	for (unsigned i = 0; key && !found && i < CWMP_SESSIONS_OVER; i++) {
		struct cwmp_session *session = sessions->over[i];

		if (!session || !is_of(session, client, current, request, bound))
			continue;
		session->record = cwmp_record_take(sessions->records, session->identity);
		if (owes_transfer(session, session->record, key)) {
			sessions->over[i] = NULL; /* the reference goes to the table */
			found = session;
		} else {
			cwmp_record_drop(session->record);
			session->record = NULL;
		}
	}
	free(key);
	if (found)
		cwmp_session_enter(sessions, found);
	else
		*bound = BOUND_NONE;
	return found;
}

void cwmp_sessions_forget_over(struct cwmp_sessions *sessions, const char *identity)
{
	for (unsigned i = 0; i < CWMP_SESSIONS_OVER; i++) {
		struct cwmp_session **place = &sessions->over[i];

		if (!*place || (identity && strcmp((*place)->identity, identity) != 0))
			continue;
		cwmp_session_drop(*place);
		*place = NULL;
	}
}
