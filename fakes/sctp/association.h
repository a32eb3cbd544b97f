/*
 * association: SCTP (RFC 9260) on the loop: servers and clients of associations, over raw sockets
 * of IP protocol 132, so that no kernel needs to know SCTP.
 *
 * The protocol itself is libusrsctp's, without threads of its own: packets go in and out through
 * us, and its timers run on the loop's clock, so that virtual time holds for it, too. The library
 * has but one state in a process; loops that come one after the other find it as new.
 *
 * The names do not begin with sctp: in one program with the library, its own would be ours.
 *
 * Memory: an association belongs to whoever has it until its down is called or it is abandoned.
 * Calls come from the loop only, never from inside one of these functions.
 */
#ifndef FAKES_SCTP_ASSOCIATION_H
#define FAKES_SCTP_ASSOCIATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/loop/loop.h"
#include "harness/loop/tap.h"
#include "protocols/address.h"
#include "protocols/problem.h"

#define ASSOCIATION_STREAMS 8 /* that we offer in each direction; the peer may have less */

struct association_server;
struct association;

enum association_down {
	ASSOCIATION_SHUTDOWN,  /* in order (RFC 9260 9.2) */
	ASSOCIATION_ABORTED,   /* the peer said ABORT (9.1) */
	ASSOCIATION_LOST,      /* the peer answers no more (8.1) */
	ASSOCIATION_NO_ANSWER, /* it never came up: nobody answered (5.1) */
	ASSOCIATION_REFUSED,   /* it never came up: the peer said ABORT */
	ASSOCIATION_TOO_LONG,  /* its message was longer than we take (LIMIT_SCTP_MESSAGE) */
	ASSOCIATION_RESTARTED, /* the peer began anew; the new association has its own up (5.2) */
};

struct association_calls { /* any may be NULL */
	/* A new one at a server, which belongs to the server until it is down; or a client's. */
	void (*up)(void *context, struct association *association);
	/* A whole message; ppid is the payload protocol identifier in host order. */
	void (*message)(void *context, struct association *association, uint32_t ppid,
			uint16_t stream, const void *octets, size_t length);
	/* It is over, and gone when this returns. */
	void (*down)(void *context, struct association *association, enum association_down how);
};

/*
 * Listens at an address; with port 0 it takes one that no other listener of this host has. The tap
 * (NULL = none) sees every packet of IP protocol 132 that comes to the address or goes from there.
 * NULL with why: no right to open a raw socket, or the port is taken.
 */
struct association_server *association_listen(struct loop *loop, const struct address *address,
					      const struct tap *tap,
					      const struct association_calls *calls, void *context,
					      struct problem *problem);
/* Its associations are abandoned. NULL is fine. */
void association_server_close(struct association_server *server);
const struct address *
association_server_address(const struct association_server *server); /* with its port */
/* A silent server is as if switched off: it takes no packet and sends none. */
void association_server_silent(struct association_server *server, bool silent);
/* All associations of a server are abandoned: as if it had forgotten them. */
void association_server_forget(struct association_server *server);

/*
 * Asks for an association with remote, from a port of its own at local; INIT is sent, and sent
 * again at most so many times (at least 1), at 1, 3, 7, ... seconds, and as much later given up
 * (RFC 9260 5.1.6), which the library says with an ABORT. up or down follows. NULL with why: no
 * right to open a raw socket.
 */
struct association *association_connect(struct loop *loop, const struct address *local,
					const struct address *remote, unsigned again,
					const struct association_calls *calls, void *context,
					struct problem *problem);
/* 0, or -1: it is not up, there is no such stream, or too much waits to be sent. */
int association_send(struct association *association, uint32_t ppid, uint16_t stream,
		     const void *octets, size_t length);
/* Ends in order, after what was sent has arrived; down follows. */
void association_shutdown(struct association *association);
/* Ends with an ABORT; it is gone, and no call follows. */
void association_abort(struct association *association);
/* Ends it here, and the peer learns nothing: the power went. It is gone. NULL is fine. */
void association_abandon(struct association *association);
bool association_is_up(const struct association *association);
const struct address *association_local(const struct association *association);
const struct address *association_remote(const struct association *association);
/* What the owner keeps with it; NULL at first. */
void association_keep(struct association *association, void *kept);
void *association_kept(const struct association *association);

#endif
