/*
 * hms: the played initial or serving HMS/HeMS; what the files of this room share.
 *
 * One fake listens at one address for one role. A connection reads HTTP requests one by one
 * and answers each before it reads the next. A POST finds its CWMP session, by cookie or by
 * connection; the session says what is owed: an answer to a request of the device, or our own
 * next request. What is owed comes from the cue of the chart; without a cue it is what a
 * well-behaved HMS would say. A cue's faults spoil the octets at the very end.
 *
 *   hms.c            start, settings, actions, stop
 *   hms-connection.c HTTP on a stream: one request at a time, delays, limits
 *   hms-auth.c       challenges and credentials
 *   hms-session.c    cookies, sessions, whose turn it is
 *   hms-answer.c     the good behaviour, and the HTTP answer as a whole
 *   hms-cue.c        a cue -> the body of an envelope
 *   hms-faults.c     a cue's faults -> spoilt octets
 *   hms-device.c     what was learned of a device: where and how to send Connection Requests
 *   connection-request.c  one Connection Request
 *   connection-credentials.c  how it proves who sends it
 *
 * Memory: the fake owns all below it. Everything that a peer can make grow is bounded by
 * limits.h.
 */
#ifndef FAKES_HMS_HMS_H
#define FAKES_HMS_HMS_H

#include "fakes/fake-settings.h"
#include "fakes/fake-tls.h"
#include "fakes/http-guard.h"
#include "harness/loop/stream.h"
#include "protocols/cwmp.h"
#include "protocols/http-auth.h"
#include "protocols/http.h"
#include "protocols/limits.h"
#include "protocols/xml.h"

struct hms_settings { /* from the profile */
	bool tls;
	char *host, *path, *url;
	enum http_auth_scheme authentication;
	bool once_a_session; /* credentials are asked for only once */
	char *username, *password, *realm, *algorithm;
	const char *ns;      /* forced namespace; NULL = the device's own */
	bool close_each;     /* no keep-alive: each answer closes its connection */
	int64_t idle;        /* an unused connection is closed after that */
	int64_t handshake, request; /* one that takes longer is cut off */
};

struct hms_device { /* what was learned of one device */
	struct hms_device *next;
	char *name; /* its role, else its address */
	struct address address;
	char *connection_request_url;
	char *username, *password; /* as this HMS set them */
	struct http_challenge challenge; /* its last to a Connection Request; scheme NONE = none */
	uint32_t nonce_uses; /* of that challenge's nonce */
};

struct hms_credentials { /* set by a request that the device has not confirmed yet */
	char *username, *password;
};

struct hms_session {
	unsigned slot;
	char cookie[48];   /* the value of the session cookie */
	char affinity[20]; /* the value of the second one */
	const char *ns;
	struct address remote;
	struct hms_device *device;
	struct hms_credentials ordered;
	bool greeted;      /* cookies were given */
	bool informed;     /* an InformResponse was sent */
	bool authenticated;
	bool held;         /* HoldRequests stood in what was said last */
	unsigned transfers; /* that the device confirmed in it and has not told of */
	bool over;         /* but for a TransferComplete of those */
	uint64_t used;     /* the fake's count of uses: who is longest unused */
};

struct hms_connection;
struct connection_request;

enum { HMS_FACES = 8 }; /* addresses where it listens */

struct hms {
	const struct stage *stage;
	char *role;
	struct hms_settings settings;
	struct listener *listeners[HMS_FACES]; /* the main one first */
	size_t listener_count;
	struct hms_connection *connections;
	unsigned connection_count;
	size_t held; /* octets of unfinished bodies, in all connections */
	struct hms_session *sessions[LIMIT_HMS_SESSIONS];
	uint64_t uses;
	struct hms_device *devices;
	unsigned device_count;
	struct fake_tls tls;
	struct http_guard guard;
	struct connection_request *connection_requests;
	unsigned connection_request_count;
	unsigned last_id; /* of the requests that we send */
	unsigned last_redirect;
	enum http_auth_scheme challenged; /* the chart asked for such credentials; NONE = it did not */
	int64_t date_time; /* the second that date is of */
	char date[FAKE_DATE];
};

/* One HTTP request and the answer to it, while it is being thought out. */
struct hms_exchange {
	struct hms *hms;
	struct hms_connection *connection;
	const struct http_message *request;
	struct hms_session *session;  /* NULL = none (yet) */
	bool about_to_end;            /* the session ends with this answer */
	const struct arrow *arrow;    /* the cue that is carried out, or NULL */
	/* The answer. */
	int status;
	xmlNode *body;                /* of the envelope; NULL = no envelope; owned */
	struct cwmp_style style;
	char *id;                     /* style.id, owned */
	char *location;               /* owned */
	struct buffer challenge;      /* WWW-Authenticate */
	bool close;
};

enum hms_after { AFTER_KEEP, AFTER_CLOSE, AFTER_RESET };

struct hms_reply { /* octets that are ready to go */
	struct buffer octets;
	enum hms_after after;
	int64_t delay;
	bool silent; /* nothing is sent, now or later */
};

/* hms.c */
const struct cue *hms_cue(struct hms *hms, const char *peer,
			  bool (*accept)(void *context, const struct arrow *arrow), void *context);

/* hms-connection.c */
void hms_accept(void *context, struct stream *stream);
void hms_connections_close(struct hms *hms);
const char *hms_connection_peer(const struct hms_connection *connection); /* role, or NULL */
const struct address *hms_connection_remote(const struct hms_connection *connection);
struct hms_session *hms_connection_session(const struct hms_connection *connection);
void hms_connection_bind(struct hms_connection *connection, struct hms_session *session);
/* Is the session one of an open connection? */
bool hms_session_connected(const struct hms *hms, const struct hms_session *session);
/* A session is gone: no connection may name it any more. */
void hms_connections_forget(struct hms *hms, const struct hms_session *session);

/* hms-auth.c */
/* May the request pass? If not, the exchange is made a 401. */
bool hms_authenticate(struct hms_exchange *exchange);
/* A 401 though there was nothing wrong (TR-069 3.4.4: at any time). */
void hms_challenge(struct hms_exchange *exchange, bool stale);

/* hms-session.c */
/* The session that the request belongs to; NULL = none. */
struct hms_session *hms_session_find(struct hms *hms, const struct hms_connection *connection,
				     const struct http_message *request);
/* An Inform came: the session that it opens becomes the exchange's. */
void hms_session_open(struct hms_exchange *exchange, const struct message *inform);
void hms_session_end(struct hms *hms, struct hms_session *session);
void hms_sessions_clear(struct hms *hms);
/* Adds the Set-Cookie fields that are due. */
void hms_session_greet(struct hms_session *session, struct http_message *response);

/* hms-answer.c */
/* Thinks out the answer to a request and makes its octets. */
void hms_answer(struct hms_connection *connection, struct hms *hms,
		const struct http_message *request, struct hms_reply *reply);
/* An answer without any thought: status, empty body, close. */
void hms_refuse(struct hms *hms, int status, struct hms_reply *reply);

/* hms-cue.c */
/* The body that the cue asks for; style and the exchange's status, location likewise. */
void hms_cue_body(struct hms_exchange *exchange, const struct cue *cue);
/* The default body of a method's answer. */
xmlNode *hms_default_body(struct hms_exchange *exchange, const char *message);

/* hms-faults.c */
/* The faults that change what is said: ID, namespace, status, redirect. */
void hms_faults_before(struct hms_exchange *exchange);
/* Those that change octets: envelope spoils the XML, message makes the reply. */
void hms_faults_envelope(const struct hms_exchange *exchange, struct buffer *envelope);
void hms_faults_message(const struct hms_exchange *exchange, struct http_message *response,
			struct hms_reply *reply);

/* hms-device.c */
struct hms_device *hms_device_get(struct hms *hms, const char *role, const struct address *remote);
struct hms_device *hms_device_of_role(struct hms *hms, const char *role);
void hms_device_learn(struct hms_device *device, const struct message *inform);
/* A parameter is being set: Connection Request credentials are kept for later. */
void hms_device_order(struct hms_session *session, const char *parameter, const char *value);
/* The device confirmed, or refused, what was ordered. */
void hms_device_confirm(struct hms_session *session, bool accepted);
void hms_devices_clear(struct hms *hms);

/* connection-request.c */
/* Begins the Connection Request that the chart asks for, if it does. */
void connection_request_cue(struct hms *hms);
void connection_requests_end(struct hms *hms);

#endif
