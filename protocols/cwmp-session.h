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
#include "protocols/cwmp-cookies.h"
#include "protocols/cwmp-past.h"
#include "protocols/http-auth.h"
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

#define CWMP_CHALLENGES 4

/* A POST that the HMS wants to be said again: after 401 or a redirect. */
struct cwmp_again {
	int status;      /* of the last answer that wanted it; 0: none */
	unsigned times;  /* how often in succession, with that status */
	int64_t time;
	uint64_t connection;
	bool lasting;    /* neither side wanted the connection closed, and it is open still */
	struct http_challenge challenges[CWMP_CHALLENGES]; /* that the device may answer */
	size_t challenge_count;                            /* 0: none could be read */
	char *location; /* of the redirect */
	bool veiled; /* and since then there was TLS that cannot be opened: it went on there, perhaps */
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
	bool lossy;          /* octets of it are missing */
	struct cwmp_record *record; /* of the device; may be NULL */
	struct cwmp_announced announced;
	uint64_t posts, informs;
	bool informed; /* the InformResponse came */
	enum session_before before;
	struct cwmp_cookies cookies;
	bool kept_back; /* HoldRequests came: the device may have requests that it keeps back */
	bool resting;  /* the HMS has no more to say: over, unless the device has kept some back */
	int64_t left; /* when the device closed the connection between exchanges; LEFT_NOT */
	uint64_t left_packet;
	/* What TransferComplete may be about: the CommandKeys of the Inform's M events, and those of
	 * the transfers that the HMS ordered in the session. */
	char **transfers;
	size_t transfer_count;
	struct cwmp_due due; /* what the HMS asked and the device has not answered */
	uint64_t body_hash, body_length; /* of the last POST */
	bool hold;       /* the HMS's last word on HoldRequests */
	bool emptied;    /* the device said, when it was not held, that it has no request more */
	char said[MESSAGE_NAME]; /* the name of the last POST */
	uint64_t which;  /* a hash of what tells it from others of its name; 0 = nothing does */
	int64_t posted;  /* when the last POST came */
	int64_t heard;   /* when the HMS spoke last, or ended the connection */
	bool waiting;    /* the last POST has no answer yet */
	int64_t silent_at; /* when an RPC of the HMS counts as unanswered; INT64_MAX = not */
	char *place;     /* "HOST TARGET" of its POSTs; "" = it cannot be told; NULL = none yet */
	struct cwmp_again *asked_again; /* NULL: never in this session */
	bool requested;  /* its Inform said 6 CONNECTION REQUEST */
	bool clock;      /* its Inform knew what time it is */
	bool retry_asked; /* the HMS answered the last request by fault 8005, and holds nothing back */
	unsigned retries; /* how often in succession it has */
	bool counted;    /* its Inform had this RetryCount */
	uint64_t retry_count;
	bool url_written; /* the HMS set ManagementServer.URL */
	bool in_clear; /* its Inform was not in TLS */
	bool waits_written;      /* the HMS sets retry waits, and is not answered yet: */
	struct cwmp_retry waits; /* they hold when it is answered */
};

#define LEFT_NOT INT64_MAX
#define CWMP_SESSIONS_OVER 16

struct cwmp_sessions {
	struct cwmp_session *first, *last;
	size_t open_count;
	uint64_t opened; /* the number of the newest */
	struct cwmp_records *records; /* made with the first session */
	struct cwmp_pasts pasts;
	struct cwmp_session *over[CWMP_SESSIONS_OVER]; /* that may be taken up; NULL: none */
	unsigned over_next;
	int64_t deadline; /* before it nobody's patience with a device that left is over */
};

void cwmp_due_clear(struct cwmp_due *due);
void cwmp_due_set(struct cwmp_due *due, const struct message *message);

/* Opens one; the caller holds a reference, the table another until it is closed. */
struct cwmp_session *cwmp_session_open(struct cwmp_sessions *sessions,
				       const struct address *client, const struct address *server,
				       const struct message *inform);
void cwmp_session_close(struct cwmp_sessions *sessions, struct cwmp_session *session);
/* The same, and remembers how it ended until the device's next one. time: when that was seen. */
void cwmp_session_close_as(struct cwmp_sessions *sessions, struct cwmp_session *session,
			   enum session_before how, int64_t time);
/* What is remembered of its device, or NULL. */
struct cwmp_past *cwmp_session_past(struct cwmp_sessions *sessions,
				    const struct cwmp_session *session);
/* "OUI-ProductClass-SerialNumber" of an Inform; "" when it has no serial number; new memory. */
char *cwmp_identity(const struct message *inform);
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
/* Puts it among the open ones; the table takes a reference of the caller's. */
void cwmp_session_enter(struct cwmp_sessions *sessions, struct cwmp_session *session);

/* --- cwmp-session-over.c: sessions that ended, in which a transfer was ordered --- */

/* About to be closed as complete: it is put by when a TransferComplete may still come in it. */
void cwmp_session_put_by(struct cwmp_sessions *sessions, struct cwmp_session *session);
/* The session that this TransferComplete goes on with, open again; NULL: none. current: the
 * connection's, or NULL. */
struct cwmp_session *cwmp_session_take_up(struct cwmp_sessions *sessions,
					  const struct address *client,
					  struct cwmp_session *current,
					  const struct http_message *request,
					  const struct message *complete,
					  enum session_bound *bound);
/* The device has a new session, so none of its old ones goes on. identity NULL: of all devices. */
void cwmp_sessions_forget_over(struct cwmp_sessions *sessions, const char *identity);

const char *cwmp_session_bound(enum session_bound bound);
const char *cwmp_session_before(enum session_before before);

/* Takes note of an Inform's M events, or of a transfer that the HMS orders. */
void cwmp_session_transfers(struct cwmp_session *session, const struct message *message);
/* Does the session know of the transfer that a TransferComplete tells of? */
bool cwmp_session_knows_transfer(const struct cwmp_session *session,
				 const struct message *complete);

#endif
