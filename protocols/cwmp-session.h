/*
 * cwmp-session: which CWMP sessions are open, and which of them a POST belongs to (TR-069
 * 3.7.1). The table of the dissector; it makes no messages.
 */
#ifndef PROTOCOLS_CWMP_SESSION_H
#define PROTOCOLS_CWMP_SESSION_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stdint.h>

#include "protocols/address.h"
#include "protocols/buffer.h"
#include "protocols/cwmp-announced.h"
#include "protocols/cwmp-asked.h"
#include "protocols/cwmp-record.h"
#include "protocols/http.h"
#include "protocols/limits.h"
#include "protocols/message.h"

enum session_bound { /* how a POST was found to belong to its session */
	BOUND_NONE,
	BOUND_NEW, /* it opened the session */
	BOUND_COOKIE,
	BOUND_CONNECTION,
	BOUND_BOTH,
	BOUND_ADDRESS, /* its client has no other open session */
	BOUND_RETRY,   /* the same device, after a 401, a redirect or fault 8005 */
};

/* A request that was asked and not answered yet. */
struct cwmp_due {
	char name[MESSAGE_NAME]; /* empty: none */
	char *id;                /* NULL: it had none */
	uint64_t packet;         /* of the request; 0: not recorded */
	/* How many entries the list in its answer holds at least: what it asked for by full name. */
	uint64_t least;
	struct cwmp_asked asked;
};

/* How the session before ended, as far as it was seen. */
enum session_before {
	BEFORE_UNKNOWN,
	BEFORE_COMPLETE,
	BEFORE_CUT,    /* behind its InformResponse */
	BEFORE_FAILED, /* no InformResponse came */
};

struct cwmp_cookie {
	char *text; /* "name=value" as the HMS set it */
	bool owed;  /* it goes with every later POST, whatever its target */
};

struct cwmp_session {
	struct cwmp_session *next, *previous; /* among the open ones, oldest first */
	unsigned references;
	uint64_t number;
	bool open;
	bool spoiled;  /* the HMS answered with what a device refuses: the end is not the device's */
	bool again;    /* the last POST is to be said again: after 401, redirect, fault 8005 */
	bool redirected; /* ... because of 401 or a redirect, so the same octets are a repeat */
	struct address client, server;
	uint64_t connection; /* the last one */
	char *identity;      /* "OUI-ProductClass-SerialNumber"; "" = unknown */
	char *ns;            /* of the Inform */
	char hms_ns[64];     /* of the InformResponse; empty = none yet */
	bool moved;          /* a redirect led it to another URL */
	bool held;           /* the HMS's last envelope had HoldRequests */
	bool lossy;          /* octets of it are missing */
	struct cwmp_record *record; /* of the device; may be NULL */
	struct cwmp_announced announced;
	uint64_t posts, informs;
	bool informed; /* the InformResponse came */
	enum session_before before;
	struct cwmp_cookie *cookies;
	size_t cookie_count;
	int64_t left; /* when the device closed the connection between exchanges; LEFT_NOT */
	uint64_t left_packet;
	/* What TransferComplete may be about: the CommandKeys of the Inform's M events, and those of
	 * the transfers that the HMS ordered in the session. */
	char **transfers;
	size_t transfer_count;
	struct cwmp_due due; /* what the HMS asked and the device has not answered */
	uint64_t body_hash, body_length; /* of the last POST */
};

#define LEFT_NOT INT64_MAX

struct cwmp_ended { /* how a device's last session ended */
	char *identity;
	enum session_before how;
};

struct cwmp_sessions {
	struct cwmp_session *first, *last;
	size_t open_count;
	uint64_t opened; /* the number of the newest */
	struct cwmp_ended ended[LIMIT_SESSIONS_ENDED];
	size_t ended_next;
	struct cwmp_records *records; /* made with the first session */
	int64_t deadline; /* before it nobody's patience with a device that left is over */
};

void cwmp_due_clear(struct cwmp_due *due);
void cwmp_due_set(struct cwmp_due *due, const struct message *message);

/* Opens one; the caller holds a reference, the table another until it is closed. */
struct cwmp_session *cwmp_session_open(struct cwmp_sessions *sessions,
				       const struct address *client, const struct address *server,
				       const struct message *inform);
void cwmp_session_close(struct cwmp_sessions *sessions, struct cwmp_session *session);
/* The same, and remembers how it ended until the device's next one. */
void cwmp_session_close_as(struct cwmp_sessions *sessions, struct cwmp_session *session,
			   enum session_before how);
void cwmp_sessions_clear(struct cwmp_sessions *sessions);
struct cwmp_session *cwmp_session_hold(struct cwmp_session *session); /* NULL is fine */
void cwmp_session_drop(struct cwmp_session *session);                 /* NULL is fine */
/* The open session a request belongs to, or NULL. current: the connection's, or NULL. */
struct cwmp_session *cwmp_session_find(const struct cwmp_sessions *sessions,
				       const struct address *client,
				       struct cwmp_session *current,
				       const struct http_message *request,
				       enum session_bound *bound);
/* An open session of the device that sent this Inform, or NULL. */
struct cwmp_session *cwmp_session_of_device(const struct cwmp_sessions *sessions,
					    const struct address *client,
					    const struct message *inform);
/* Keeps the cookies that an answer sets. */
void cwmp_session_cookies(struct cwmp_session *session, const struct http_message *response);
/* None of them is owed any more: the next target may be another's. */
void cwmp_session_cookies_forgive(struct cwmp_session *session);
/* The names of the owed cookies that a POST does not send back as they were set; "" = none. */
void cwmp_session_cookies_missing(const struct cwmp_session *session,
				  const struct http_message *request, struct buffer *names);
const char *cwmp_session_bound(enum session_bound bound);
const char *cwmp_session_before(enum session_before before);

/* Takes note of an Inform's M events, or of a transfer that the HMS orders. */
void cwmp_session_transfers(struct cwmp_session *session, const struct message *message);
/* Does the session know of the transfer that a TransferComplete tells of? */
bool cwmp_session_knows_transfer(const struct cwmp_session *session,
				 const struct message *complete);

#endif
