/*
 * limits: what femtoproof takes at most of what comes from outside: from a device under test, from
 * a peer, from a capture. All of it stands here and in the table of limits.c, with the reasons;
 * scenarios/LIMITS.md is that table for readers (a test compares the two).
 *
 * A limit is no rule of a standard. Where one is reached, the message is cut, refused or forgotten,
 * so that time and memory stay bounded, and where that takes the ground from under a verdict, the
 * verdict is inconc and names the limit (message LimitReached, attribute limit).
 */
#ifndef PROTOCOLS_LIMITS_H
#define PROTOCOLS_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* HTTP, as server and in captures. */
#define LIMIT_HTTP_LINE 8192
#define LIMIT_HTTP_HEADERS 200
#define LIMIT_HTTP_EMPTY_LINES 8
#define LIMIT_HTTP_BODY ((size_t)16 << 20)
#define LIMIT_HTTP_FILE ((size_t)1 << 40)
#define LIMIT_HTTP_FIELD 512
#define LIMIT_HTTP_PASSWORD 514
#define LIMIT_HTTP_QUEUE ((size_t)1 << 20)
#define LIMIT_HTTP_EXCHANGES 64

/* FTP, as server, as client and in captures. */
#define LIMIT_FTP_LINE 8192
#define LIMIT_FTP_REPLY ((size_t)64 << 10)
#define LIMIT_FTP_COMMANDS 64
#define LIMIT_FTP_CONNECTIONS 64
#define LIMIT_FTP_HANDSHAKE 30
#define LIMIT_FTP_IDLE 300
#define LIMIT_FTP_DATA 60
#define LIMIT_FTP_WAITING ((size_t)64 << 10)
#define LIMIT_FTP_FILES 64

/* SFTP, likewise. */
#define LIMIT_SFTP_PACKET ((size_t)256 << 10)
#define LIMIT_SFTP_HANDLES 64
#define LIMIT_SFTP_ASKED 1024
#define LIMIT_SFTP_CONNECTIONS 64
#define LIMIT_SFTP_LOGINS 6
#define LIMIT_SFTP_HANDSHAKE 30
#define LIMIT_SFTP_IDLE 300
#define LIMIT_SFTP_REST 30
#define LIMIT_SFTP_WAITING ((size_t)8 << 20)
#define LIMIT_SSH_CLEAR ((size_t)64 << 10)

/* XML. */
#define LIMIT_FILE_KEPT ((size_t)16 << 20)
#define LIMIT_XML_DOCUMENT ((size_t)64 << 20)
#define LIMIT_XML_DEPTH 200
#define LIMIT_XML_ELEMENTS 500000
#define LIMIT_XML_ATTRIBUTES 256
#define LIMIT_XML_NAMESPACES 128
#define LIMIT_XML_RECODED ((size_t)256 << 10)
#define LIMIT_XML_NAMES 20000
#define LIMIT_XML_GRAMMAR ((size_t)2 << 20)

/* Streams. */
#define LIMIT_STREAM_UNSENT ((size_t)16 << 20)
#define LIMIT_STREAM_LEAVING 128
#define LIMIT_STREAM_AFTER_CLOSE ((size_t)1 << 20)
#define LIMIT_STREAM_DRAIN 30
#define LIMIT_STREAM_LINGER 2
#define LIMIT_TLS_CLIENT_HELLO 20000
#define LIMIT_TLS_RECORD 16640

/* The played HMS. */
#define LIMIT_HMS_CONNECTIONS 256
#define LIMIT_HMS_CONNECTIONS_EACH 128
#define LIMIT_HMS_HANDSHAKE 30
#define LIMIT_HMS_REQUEST 120
#define LIMIT_HMS_IDLE 300
#define LIMIT_HMS_BODIES ((size_t)40 << 20)
#define LIMIT_HMS_SESSIONS 256
#define LIMIT_HMS_DEVICES 64
#define LIMIT_HMS_NONCES 64
#define LIMIT_HMS_CONNECTION_REQUESTS 16
#define LIMIT_CONNECTION_REQUEST_ANSWER ((size_t)64 << 10)
#define LIMIT_CONNECTION_REQUEST_TIME 30

/* The played file server. */
#define LIMIT_FILE_CONNECTIONS 128
#define LIMIT_FILE_HANDSHAKE 30
#define LIMIT_FILE_REQUEST 120
#define LIMIT_FILE_IDLE 300

/* The played DNS. */
#define LIMIT_DNS_CONNECTIONS 64
#define LIMIT_DNS_RECORDS 64

/* The played MME and HNB-GW. */
#define LIMIT_SCTP_ASSOCIATIONS 64
#define LIMIT_SCTP_STRANGERS 64
#define LIMIT_SCTP_MESSAGE ((size_t)64 << 10)

/* What is remembered of the messages that passed. */
#define LIMIT_DISSECTOR_CONNECTIONS 8192
#define LIMIT_DISSECTOR_SESSIONS 4096
#define LIMIT_DISSECTOR_DEVICES 4096
#define LIMIT_DISSECTOR_LISTENERS 1024
#define LIMIT_DISSECTOR_DATA 256
#define LIMIT_DISSECTOR_BODIES ((size_t)64 << 20)
#define LIMIT_DISSECTOR_KEYS 4096
#define LIMIT_DISSECTOR_IKE_SAS 256
#define LIMIT_DISSECTOR_ESP_FLOWS 256
#define LIMIT_DISSECTOR_ASSOCIATIONS 256
#define LIMIT_SESSION_COOKIES 16
#define LIMIT_SESSION_COOKIE 4096
#define LIMIT_SESSION_TRANSFERS 80
#define LIMIT_SESSION_IDENTITY 256
#define LIMIT_SESSION_ID 1024
#define LIMIT_SESSIONS_ENDED 64
#define LIMIT_ASKED_NAMES 4096
#define LIMIT_ASKED_OCTETS ((size_t)64 << 10)
#define LIMIT_ASKED_PATHS 64
#define LIMIT_RECORDS 64
#define LIMIT_RECORD_ORDERS 16
#define LIMIT_RECORD_EVENTS 64

/* Captures. */
#define LIMIT_CAPTURE_BLOCK ((size_t)16 << 20)
#define LIMIT_CAPTURE_INTERFACES 4096
#define LIMIT_CAPTURE_CONNECTIONS 16384
#define LIMIT_CAPTURE_WAITING ((size_t)16 << 20)

/* A run: of each scenario. */
#define LIMIT_RUN_CONNECTIONS 65536
#define LIMIT_RUN_MESSAGES ((size_t)32 << 20)
#define LIMIT_RUN_RECORDING ((size_t)256 << 20)

/* One row of the table. */
struct message;

struct bound {
	const char *name; /* "http.body"; what LimitReached says */
	uint64_t most;
	const char *unit;
	const char *what;    /* is bounded */
	const char *reached; /* what happens at it */
	const char *reason;
};

#define BOUNDS_MOST 96 /* rows of the table */

/* The row with the index, NULL behind the last. */
const struct bound *bound_at(size_t index);
const struct bound *bound_find(const char *name); /* NULL = there is none of that name */

/* Does no verdict suffer when it is reached, and is that only said? */
bool bound_is_harmless(const struct bound *bound);
/* What says that it was reached, and why: without ends, time and packet; new. */
struct message *bound_reached(const struct bound *bound, const char *why);
size_t bound_index(const struct bound *bound); /* less than BOUNDS_MOST */

#endif
