/*
 * What the dissector keeps at most. A capture or a peer can be hostile; beyond a limit the
 * oldest is let go, so that memory stays bounded.
 */
#ifndef PROTOCOLS_DISSECTOR_LIMITS_H
#define PROTOCOLS_DISSECTOR_LIMITS_H

#define PATIENCE 30000000 /* microseconds: how long an answer may take (TR-069 3.4.2) */

#define CONNECTIONS_MOST 8192 /* open at once: captures lose the ends of many connections */
#define CONNECTION_BUCKETS 4096 /* two connections a bucket when full */
#define EXCHANGES_MOST 64       /* requests without an answer: CWMP allows one, RFC 9112 more */
#define SESSIONS_MOST 4096      /* open at once: one a device */
#define COOKIES_MOST 16         /* in a session; TR-069 3.4.4 asks devices for far less */
#define COOKIE_LENGTH 4096      /* octets in one: what browsers allow */
#define ENDED_MOST 64           /* devices whose last session is remembered */
#define TRANSFERS_MOST 80       /* of a session: an Inform has 64 events at most */
#define IDENTITY_MOST 256       /* octets of OUI, ProductClass and SerialNumber together */
#define ID_MOST 1024            /* octets of a header ID kept for the answer */
#define DEVICES_MOST 4096       /* remembered with their ConnectionRequestURL */
#define LISTENERS_MOST 1024     /* a bench has about ten */
#define BODY_MOST ((size_t)1 << 40) /* octets in an HTTP body: files pass through too ... */
#define BODY_KEPT (4u << 20)        /* ... but only envelopes are of interest: seldom 1 MiB */

#endif
