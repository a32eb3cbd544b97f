/*
 * dissector-parts: what the files of the dissector share. Of no interest to others.
 */
#ifndef PROTOCOLS_DISSECTOR_PARTS_H
#define PROTOCOLS_DISSECTOR_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "protocols/cwmp-session.h"
#include "protocols/dissector.h"
#include "protocols/http.h"
#include "protocols/pm-past.h"

/* Microseconds: how long an answer may take (TR-069 3.4.2). */
#define PATIENCE 30000000
#define FILES_ORDERED 16
#define HMS_KNOWN 16
#define CONNECTION_BUCKETS 4096 /* two connections a bucket when full */

enum reading {
	READING_SEEK, /* waits for octets that begin an HTTP message */
	READING_HTTP,
	READING_DNS,
	READING_FTP, READING_FTP_DATA,
	READING_SSH,
	READING_NOTHING,
};

struct ftp_control;   /* dissector-ftp.h */
struct ssh_talk;      /* dissector-ssh.h */
struct dissector_ftp; /* dissector-ftp-transfer.c */

/* One direction of a connection. */
struct stream {
	enum reading reading;
	struct http_parser *parser;
	struct buffer held; /* octets too few to tell what they are; DNS: an open message */
	size_t unfinished;  /* octets of a body that the parser holds */
	bool begun;         /* a message has begun */
	bool headed;        /* its head was looked at */
	bool ended;
	uint64_t first_packet, last_packet; /* of the message being read */
};

enum exchange_kind {
	EXCHANGE_PLAIN, EXCHANGE_CWMP, EXCHANGE_CONNECTION_REQUEST, EXCHANGE_FILE,
};

enum said { SAID_NOTHING, SAID_REQUEST, SAID_ANSWER };

/* A request whose response has not come. */
struct exchange {
	struct exchange *next;
	enum exchange_kind kind;
	bool head; /* a HEAD: its response has no body */
	int64_t time; /* of the request */
	uint64_t digest; /* of method, target and body, to know a repeat */
	uint64_t who;       /* Connection Request: the device's past */
	bool right_path, other_path, authorized, keep; /* the request's; neither: not known */
	struct file_exchange *file; /* of EXCHANGE_FILE */
	/* CWMP only */
	struct cwmp_session *session;
	uint64_t host;      /* cwmp_host_of */
	enum session_bound bound;
	uint64_t post;
	enum said said;
	struct cwmp_due asked;
};

struct connection {
	struct connection *chain;           /* in its bucket */
	struct connection *newer, *older;   /* in order of opening */
	uint64_t number;
	struct address client, server;
	bool connection_requests;
	bool files;   /* a file server is at its end */
	bool guessed; /* nobody said what it carries */
	bool lossy; /* octets of it are missing */
	bool authorized; /* the HMS took credentials on it */
	bool veiled; /* TLS that cannot be opened */
	int64_t opened;
	struct stream streams[2]; /* [1] from the client */
	struct exchange *first, *last;
	size_t exchange_count;
	struct exchange *incoming; /* the file request whose body is being read; or NULL */
	bool unwanted; /* the body that is being read was answered already */
	struct cwmp_session *session; /* the last one that used it */
	int64_t client_left;   /* when the client ended it, and did so first; LEFT_NOT */
	uint64_t repeatable; /* digest of the last plain request if it was answered 401, 3xx */
	char **tls;          /* names and values in pairs, NULL at the end */
	struct ftp_control *ftp; /* it is a control connection of FTP; NULL = it is none */
	uint64_t control;        /* it is a data connection of that one; 0 = it is none */
	bool passive;            /* ... and the FTP client opened it */
	struct ssh_talk *ssh;    /* it is one of SSH; NULL = it is none */
};

/* A device that sent an Inform. */
struct device {
	struct address client;
	struct address requests; /* where it takes Connection Requests; port 0 = nowhere known */
	uint64_t path; /* of it: a hash, 0 = not known */
	uint64_t who;  /* of its past */
	/* Since it spoke last, a GET of its port and path went there: to it, or to another device of
	 * that model. family 0 = none did. */
	struct address perhaps;
};

struct listener {
	struct address server;
	enum transport transport;
	bool connection_requests;
};

struct dissector {
	dissector_sink sink;
	void *context;
	size_t unfinished; /* octets of bodies, in all streams */
	struct connection **buckets;
	struct connection *newest, *oldest;
	size_t connection_count;
	uint64_t opened;
	struct listener *listeners;
	size_t listener_count;
	struct device *devices;
	size_t device_count, device_next;
	struct cwmp_sessions sessions;
	struct dissector_ipsec *ipsec; /* NULL: none was seen */
	struct dissector_sctp *sctp;
	struct dissector_ftp *ftp;
	struct pm_past measurements; /* the files that devices delivered */
	bool told;      /* all listeners were told: nothing of files is guessed */
	struct address hms[HMS_KNOWN]; /* where Informs went last */
	size_t hms_next;
	uint64_t ordered[FILES_ORDERED]; /* the last Downloads: hashes of where they lead */
	size_t ordered_next;
	bool one_sided; /* nothing tells what was seen inside the operator's network */
};

/* When and where a message was completed. */
struct moment {
	struct connection *connection;
	bool from_client;
	int64_t time;
	uint64_t first_packet, last_packet;
};

/* Gives a message out whose ends are known: all messages go this way. */
void dissector_tell(struct dissector *dissector, struct message *message);
/* Fills in addresses, packets and the tcp and tls facets, and gives the message out. */
void dissector_give(struct dissector *dissector, const struct moment *moment,
		    struct message *message);

/* dissector-http.c */
void dissector_http_feed(struct dissector *dissector, struct moment *moment, const uint8_t *octets,
			 size_t length);
void dissector_http_end(struct dissector *dissector, struct moment *moment, enum stream_end how);
/* What is being read is given up; reading goes on at the next message. */
void dissector_http_cut(struct dissector *dissector, const struct moment *moment,
			const char *why);
/* Describes the HTTP message in the http facet. */
void dissector_http_facet(struct message *message, const struct http_message *http);
/* "HttpError" and the like, by the status; with status, reason, body-length. */
struct message *dissector_http_answer(const struct http_message *http);
bool dissector_http_asks_again(int status); /* 401, 301, 302, 307, 308 */
void exchange_free(struct exchange *exchange);

/* dissector-cwmp.c: the POSTs of a device */
/* The message of a POST, or NULL when it is not CWMP; exchange: filled in. */
struct message *dissector_cwmp_request(struct dissector *dissector, const struct moment *moment,
				       const struct http_message *http, struct exchange *exchange);
bool dissector_is_soap(const struct http_message *http);
/* Is the body nothing but white space? */
bool dissector_is_blank(const struct buffer *body);

/* dissector-answer.c: the answers of an HMS */

/* Gives the answer to a CWMP POST, and the end of the session when this was it. */
void dissector_cwmp_response(struct dissector *dissector, const struct moment *moment,
			     const struct http_message *http, struct exchange *exchange);
/* dissector-session.c: what is said of a session, and how it ends when no answer ends it */

struct session_breach {
	const char *cause;
	const char *by; /* "device", "hms", "network"; "" = nobody: more is open than is remembered */
	const char *why;
};

bool dissector_is_response(const struct message *message);
bool dissector_is_request(const struct message *message);
/* Describes the session of the message, or what it answers, in a facet. */
void dissector_session_facet(struct message *message, const struct cwmp_session *session,
			     uint64_t post, enum session_bound bound);
void dissector_answers_facet(struct message *message, const struct cwmp_due *due);
/* Ends a session that did not end by the rules, and says so. moment: where, or NULL. */
void dissector_session_break(struct dissector *dissector, struct cwmp_session *session,
			     const struct moment *moment, int64_t time,
			     const struct session_breach *breach);
/* Ends a session in which the device had kept nothing back after all. */
void dissector_session_rested(struct dissector *dissector, struct cwmp_session *session,
			      int64_t time);
/* The connection ended while these answers were due; by_device: it was the device that ended it. */
void dissector_cwmp_lost(struct dissector *dissector, const struct moment *moment,
			 const struct exchange *exchange, const char *cause, bool by_device);
/* Both ends are silent on the connection: did the device leave it, and its session, behind? */
void dissector_cwmp_left(struct dissector *dissector, const struct connection *connection,
			 int64_t time, uint64_t packet);
/* Breaks the sessions whose device did not come back in time. */
void dissector_cwmp_time(struct dissector *dissector, int64_t now);
void dissector_cwmp_finish(struct dissector *dissector);
uint64_t dissector_hash(uint64_t hash, const void *octets, size_t length);

/* One end closed or reset the connection. */
void dissector_cwmp_closed(struct connection *connection, const struct moment *moment);

/* dissector-post.c: what a POST says beside its envelope, held against what the HMS asked for */

/* Is the Inform that follows a 401 or a redirect one of a session of its own? */
bool dissector_post_is_new(const struct cwmp_session *session, const struct message *inform,
			   int64_t time);
/* Says of a POST in a session how it stands to cookies, challenges and redirects. */
void dissector_post_look(struct dissector *dissector, const struct moment *moment,
			 struct cwmp_session *session, struct message *message,
			 const struct http_message *http);
/* The answer to it came. */
void dissector_post_answered(const struct moment *moment, struct cwmp_session *session,
			     const struct http_message *http, const struct exchange *exchange);

/* dissector-request.c: Connection Requests */

void dissector_request_asked(struct dissector *dissector, const struct moment *moment,
			     const struct http_message *http, struct exchange *exchange);
/* Says of its answer what it answers, and takes note of it. */
void dissector_request_answered(struct dissector *dissector, const struct moment *moment,
				struct message *message, const struct http_message *http,
				const struct exchange *exchange);
/* An exchange is over without an answer; lossy: without one that was seen. */
void dissector_request_forgotten(struct dissector *dissector, const struct exchange *exchange,
				 bool lossy);
/* It is time to say that no session came of one, or that none was there when one was refused. */
void dissector_request_due(struct dissector *dissector, struct cwmp_past *past);

/* dissector-devices.c */
void dissector_device_learn(struct dissector *dissector, const struct address *client,
			    const struct message *inform);
bool dissector_device_known(const struct dissector *dissector, const struct address *client);
/* The device that takes Connection Requests there, or NULL. */
const struct device *dissector_device_at(const struct dissector *dissector,
					 const struct address *server);
/* A GET is at the port and the path of a device, and at an address that it has not told: it is there
 * now, if all listeners were told and one device only can be meant; else perhaps, and the request
 * counts for nobody. false when no device has such a port and path. */
bool dissector_device_moved(struct dissector *dissector, const struct address *server,
			    const char *target);
/* What is remembered of a device may have been changed by a session that nobody saw. */
void dissector_unseen(struct dissector *dissector, uint64_t who);
/* A client had a connection that cannot be read: a session of the devices at its address, perhaps. */
void dissector_veiled(struct dissector *dissector, const struct connection *connection);
bool dissector_takes_requests(const struct dissector *dissector, const struct address *server);

/* An Inform went there. */
void dissector_hms_learn(struct dissector *dissector, const struct address *server);
/* Has a device sent an Inform there? */
bool dissector_is_hms(const struct dissector *dissector, const struct address *server);

/* dissector-file.c: the requests to a file server */
void file_exchange_free(struct file_exchange *file);
/* A Download was ordered: its URL is remembered. */
void dissector_file_ordered(struct dissector *dissector, const struct message *download);
/* The head of a request is there. Is it one for a file? Then exchange is filled in. */
bool dissector_file_head(struct dissector *dissector, const struct moment *moment,
			 const struct http_message *http, struct exchange *exchange);
/* Its body is there; whole false: as far as it came. */
void dissector_file_body(struct dissector *dissector, const struct moment *moment,
			 const struct http_message *http, struct exchange *exchange, bool whole);
/* The server has let in the oldest request that it had not yet. */
void dissector_file_admit(struct dissector *dissector, const struct moment *moment);
void dissector_file_answered(struct dissector *dissector, const struct moment *moment,
			     const struct http_message *http, struct exchange *exchange);
/* The answer broke off behind its head. */
void dissector_file_cut_answer(struct dissector *dissector, const struct moment *moment,
			       const struct http_message *http, struct exchange *exchange);
/* No answer will come; by_server: it was the server that ended the connection. */
void dissector_file_lost(struct dissector *dissector, const struct moment *moment,
			 struct exchange *exchange, bool by_server);

/* dissector-ipsec.c */
struct dissector_ipsec *dissector_ipsec(struct dissector *dissector); /* made when missing */
void dissector_ipsec_free(struct dissector *dissector);
/* A datagram at an IKE port: IKE, ESP or a keepalive. */
void dissector_ipsec_datagram(struct dissector *dissector, const struct address *source,
			      const struct address *destination, int64_t time, uint64_t packet,
			      const void *octets, size_t length);
/* A packet of IP protocol 50. */
void dissector_ipsec_packet(struct dissector *dissector, const struct address *source,
			    const struct address *destination, int64_t time, uint64_t packet,
			    const void *octets, size_t length);
/* What is known of the tunnel of this host: "up", "refused", ... or NULL. */
const char *dissector_ipsec_tunnel(const struct dissector *dissector, const struct address *host);

/* dissector-sctp.c */
void dissector_sctp_packet(struct dissector *dissector, const struct address *source,
			   const struct address *destination, int64_t time, uint64_t packet,
			   const void *octets, size_t length);
void dissector_sctp_free(struct dissector *dissector);

/* dissector.c */
struct connection *dissector_connection(struct dissector *dissector, uint64_t number); /* or NULL */

/* dissector-ftp.c */
void dissector_ftp_control(struct connection *connection); /* it is one */
/* Are these first octets of a server the greeting of one of FTP, or of what is like it? */
bool dissector_ftp_greets(const struct connection *connection, const uint8_t *octets,
			  size_t length);
void dissector_ftp_feed(struct dissector *dissector, const struct moment *moment,
			const uint8_t *octets, size_t length);
void dissector_ftp_end(struct dissector *dissector, const struct moment *moment,
		       enum stream_end how);
void dissector_ftp_free(struct ftp_control *control); /* NULL is fine */

/* dissector-ftp-transfer.c */
/* Is this new connection one for data that was announced? */
void dissector_ftp_opened(struct dissector *dissector, struct connection *connection);
void dissector_ftp_data(struct dissector *dissector, const struct moment *moment,
			const uint8_t *octets, size_t length);
void dissector_ftp_data_end(struct dissector *dissector, const struct moment *moment,
			    enum stream_end how);
void dissector_ftp_forget(struct dissector *dissector);

/* dissector-ssh.c */
void dissector_ssh_begin(struct connection *connection); /* it is one */
void dissector_ssh_feed(struct dissector *dissector, const struct moment *moment,
			const uint8_t *octets, size_t length);
void dissector_ssh_end(struct dissector *dissector, const struct moment *moment,
		       enum stream_end how);
void dissector_ssh_free(struct ssh_talk *talk); /* NULL is fine */

/* dissector-dns.c */
void dissector_dns_feed(struct dissector *dissector, struct moment *moment, const uint8_t *octets,
			size_t length);

#endif
