/*
 * cwmp-past: what is remembered of a device from one session to the next: how the last one ended,
 * which wait before the next is lawful (TR-069 3.2.1.1), what it was asked for by Connection
 * Requests (TR-069 3.2.2). The facts go into the session facet of its next Inform.
 */
#ifndef PROTOCOLS_CWMP_PAST_H
#define PROTOCOLS_CWMP_PAST_H

#include <stdbool.h>
#include <stdint.h>

#include "protocols/cwmp-retry.h"
#include "protocols/limits.h"
#include "protocols/message.h"

/* How the session before ended, as far as it was seen. */
enum session_before {
	BEFORE_UNKNOWN,
	BEFORE_COMPLETE,
	BEFORE_CUT,    /* behind its InformResponse */
	BEFORE_FAILED, /* no InformResponse came */
};

/* What became of the last Connection Request. */
enum request_state {
	REQUEST_NONE,     /* none was seen */
	REQUEST_REFUSED,  /* answered 401, 503 or otherwise than by success */
	REQUEST_ACCEPTED, /* and its session has not come yet */
	REQUEST_SERVED,   /* its session came */
	REQUEST_PERHAPS,  /* likewise; another was accepted while it was opened, perhaps: one more */
	REQUEST_OWED,     /* and here for sure */
	REQUEST_FAILED,   /* its session came, and failed before the InformResponse */
};

/* A session comes within 30 s of the answer to a Connection Request (TR-069 3.2.2): and some more
 * for names, TCP and TLS. */
#define REQUEST_LONGEST 30000000
#define REQUEST_PATIENCE 40000000
#define REQUEST_LAPSE 60000000  /* behind it a session comes of one that nobody saw */
#define REQUEST_PERIOD 60000000 /* a device may bound how many it takes in a time */
#define REQUEST_BEHIND 5000000  /* so long it may not have noticed that its session is over */
#define SHORTEST_WAIT 4000000   /* no retry comes sooner: TR-069 3.2.1.1 begins at 5 s */
#define FLOOD_SESSIONS 20       /* so many sessions of a device ... */
#define FLOOD_TIME 10000000     /* ... in this time are said to be a flood */

struct cwmp_past {
	uint64_t who; /* hash of the device's identity */
	enum session_before how;
	int64_t failed;    /* the earliest that the device can have known that the session failed */
	int64_t abandoned; /* and the latest */
	bool counted;      /* its Inform had a RetryCount */
	uint64_t retry_count;
	unsigned failures; /* sessions that failed one after another, since a success or a boot */
	bool excused;      /* its last session came too soon, but for a reboot */
	char *events;      /* of its Inform: a line "CODE=KEY" for each */
	struct cwmp_retry retry;        /* its waits */
	int64_t opened[FLOOD_SESSIONS]; /* when the last sessions began */
	unsigned opened_next;
	uint64_t cookies[LIMIT_SESSION_COOKIES]; /* hashes of "name=value", of the last session */
	unsigned cookie_count;
	uint64_t origin,
	    moved;      /* where the last session began, and was redirected to; 0 = nowhere */
	uint64_t nonce; /* hash of the last digest nonce that it used */
	uint32_t nonce_count;
	struct address hms; /* where its last session went */
	/* That was in clear, went well, and nothing in it led elsewhere: TLS to another host is no
	 * session, or the URL was set by something unseen, and the next Inform is 0 BOOTSTRAP. */
	bool settled;
	bool elsewhere; /* and there was such TLS since */
	bool password_written; /* the HMS set one: what was known before need not hold */
	enum request_state request;
	int64_t accepted; /* when the last was accepted; 0 = never */
	unsigned taken;   /* accepted since the last session that came of one */
	/* When the session for it could begin, at the latest; when it was refused; when the session
	 * that came of it was over. */
	int64_t requested;
	int64_t unserved_at;           /* when it is said that none came; INT64_MAX = not */
	/* When it is said that 503 had no session to be busy with: a session begins before its first
	 * octet is seen (a name is asked for, or the device thinks). INT64_MAX = not. */
	int64_t idle_at;
	uint64_t idle_connection, idle_packet; /* of that answer */
	unsigned asking;               /* Connection Requests that have no answer yet */
	int64_t asked;                 /* the last of them */
	struct address device, caller; /* of the last one */
	uint64_t request_connection, request_packet;
};

struct cwmp_pasts {
	struct cwmp_past *list; /* of LIMIT_SESSIONS_ENDED */
	unsigned count, next;
};

/* A hash of text; never 0. */
uint64_t cwmp_past_hash(const char *text);
void cwmp_pasts_clear(struct cwmp_pasts *pasts);
/* The device's, made when it is not known; NULL for an empty identity. */
struct cwmp_past *cwmp_past_of(struct cwmp_pasts *pasts, const char *identity);
/* That of the hash, or NULL. */
struct cwmp_past *cwmp_past_find(struct cwmp_pasts *pasts, uint64_t who);

/* An Inform opens a session: says what the past has to do with it, and takes note of it. now: its
 * time; connected: when its connection was opened, when that was for it, else now. */
void cwmp_past_inform(struct cwmp_past *past, struct message *inform, int64_t now,
		      int64_t connected);
/* Did it accept a Connection Request whose session is still to come, perhaps? */
bool cwmp_past_owes(const struct cwmp_past *past);
/* A Connection Request was to it, or to another device: a session may come of it, and need not. */
void cwmp_past_asked_perhaps(struct cwmp_past *past);
/* A session ended. failed, abandoned: see above. */
void cwmp_past_ended(struct cwmp_past *past, enum session_before how, bool requested,
		     int64_t failed, int64_t abandoned);
/* Is a parameter with that end of its name in the list? */
bool cwmp_sets(const struct message *message, const char *end);
/* There was a session, perhaps, of which nothing can be known: what it may have changed is not known
 * any more. */
void cwmp_past_unseen(struct cwmp_past *past);
/* Was a session of any of these devices at that host? */
bool cwmp_pasts_know_hms(const struct cwmp_pasts *pasts, const struct address *server);
bool cwmp_has_event(const struct message *inform, const char *code);

#endif
