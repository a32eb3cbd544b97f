/*
 * account: what is on its way between two sockets of this process (virtual time only).
 *
 * A loop has a directory of its own sockets. Who connects to, or sends to, an address of the
 * directory writes into the account of the receiving end what is due there: octets, a
 * connection to be accepted (1), a FIN or RST (1), a datagram (1). The receiving end settles
 * it, at the latest when it closes. Peers outside this process have no account.
 */
#ifndef HARNESS_LOOP_ACCOUNT_H
#define HARNESS_LOOP_ACCOUNT_H

#include "harness/loop/loop.h"
#include "protocols/address.h"

struct account { /* what is due at one end */
	struct loop *loop;
	int64_t due;
	unsigned epoch;
};

void account_expect(struct account *account, int64_t amount);
void account_settle(struct account *account, int64_t amount);
void account_clear(struct account *account); /* settles all */

struct directory;

struct directory *directory_new(void);
void directory_free(struct directory *directory);

/* RAW: a raw socket; the port of its address is the IP protocol. */
enum resident_kind { RESIDENT_LISTENER, RESIDENT_DATAGRAM, RESIDENT_RAW };

struct resident { /* a listening or datagram socket of this process; part of its owner */
	struct resident *next, **link;
	enum resident_kind kind;
	struct address address;
	struct account account; /* datagrams due here */
};

void resident_add(struct loop *loop, struct resident *resident, enum resident_kind kind,
		  const struct address *address);
void resident_remove(struct resident *resident);
/* The one that gets what is sent to the address; NULL = none of ours. */
struct resident *resident_find(const struct loop *loop, enum resident_kind kind,
			       const struct address *address);

/* A datagram came here. The same address may be in two networks, and only the kernel's routes know
 * which of the two gets it: what was expected at the other one is settled then. */
void resident_settle(struct resident *resident);

enum pair_end { PAIR_CLIENT, PAIR_SERVER };

struct pair; /* a connection of which both ends are ours */

/* The client connects. NULL when the other end is not ours, or time is real. */
struct pair *pair_connect(struct loop *loop, const struct address *client,
			  const struct address *server);
/* The server accepted; NULL when the client is not ours. */
struct pair *pair_accept(struct loop *loop, const struct address *client,
			 const struct address *server);
/* In all these pair may be NULL. due: at which end. */
void pair_sent(struct pair *pair, enum pair_end due, int64_t amount);
void pair_received(struct pair *pair, enum pair_end due, int64_t amount);
void pair_received_all(struct pair *pair, enum pair_end due); /* it saw FIN or RST */
/* Connecting failed: nobody will accept. */
void pair_refused(struct pair *pair);
/* This end is closed: nothing is due there any more. */
void pair_leave(struct pair *pair, enum pair_end end);

#endif
