/*
 * association-inside: what the files of SCTP share; nobody else looks here.
 *
 * libusrsctp speaks of a peer by an opaque address (AF_CONN). Ours are the numbers of paths: a
 * path is a pair of hosts, one of them with a raw socket of ours. A number is never used again, so
 * that whatever the library still has of an old path finds nothing.
 */
#ifndef FAKES_SCTP_ASSOCIATION_INSIDE_H
#define FAKES_SCTP_ASSOCIATION_INSIDE_H

#include <usrsctp.h>

#include "fakes/sctp/association.h"
#include "harness/loop/raw-socket.h"
#include "protocols/buffer.h"

#define ASSOCIATION_TICK MILLISECONDS(10)
#define SCTP_HEADER_OCTETS 12 /* octets before the first chunk */

struct association_endpoint { /* a socket of the library: one of each port that is listened at, in
			       * all of the process, and one of each client's association */
	struct association_endpoint *next;
	struct socket *socket;
	uint16_t port;
	bool listening;
	unsigned users;
};

struct association_host { /* an address of ours */
	struct association_host *next;
	struct association_stack *stack;
	struct address address; /* port 0 */
	struct raw_socket *socket;
	const struct tap *tap;
	bool silent;
	unsigned users;
};

struct association_path {
	struct association_path *next;
	uintptr_t number;
	struct association_host *host;
	struct address remote; /* port 0 */
	unsigned users;        /* associations */
	bool client;           /* of one association of ours */
	unsigned dead;         /* what the library wants sent there now is not */
	int64_t used;
};

struct association_server {
	struct association_server *next;
	struct association_stack *stack;
	struct association_host *host;
	struct association_endpoint *endpoint;
	struct address address;
	int reservation; /* a UDP socket of the same port, which no other process can have; -1 */
	const struct association_calls *calls;
	void *context;
};

struct association {
	struct association *next;
	struct association_stack *stack;
	struct association_server *server; /* NULL = a client's */
	struct association_endpoint *endpoint;
	struct association_path *path;
	sctp_assoc_t number;
	struct address local, remote;
	bool up, ending;
	const struct association_calls *calls;
	void *context, *kept;
};

struct association_stack { /* of a loop; there as long as it has a server or an association */
	struct association_stack *next;
	struct loop *loop;
	int64_t ticked; /* the library's timers have come so far */
	int64_t busy;   /* when a packet went or came last */
	struct timer *tick, *soon;
	struct association_host *hosts;
	struct association_path *paths;
	struct association_server *servers;
	struct association *associations;
	unsigned inside; /* calls that are under way: it stays */
};

/* association-stack.c */
struct association_stack *association_stack_of(struct loop *loop);
struct association_stack *association_stacks(void);            /* the first of the process */
void association_stack_leave(struct association_stack *stack); /* frees it when nobody needs it */
/* Round every call of the library: time goes on before, and what it gave is carried out after;
 * events only when dispatch, else soon. */
void association_stack_enter(struct association_stack *stack);
void association_stack_exit(struct association_stack *stack, bool dispatch);

/* association-path.c */
struct association_host *association_host_of(struct association_stack *stack,
					     const struct address *address, const struct tap *tap,
					     struct problem *problem); /* one more user */
void association_host_release(struct association_host *host);
struct association_path *association_path_new(struct association_host *host,
					      const struct address *remote);
struct association_path *
association_path_find(uintptr_t number); /* of any stack; NULL = it is gone */
void association_path_release(struct association_path *path);
void association_paths_free(struct association_stack *stack);
void association_path_send(struct association_path *path, const void *octets, size_t length);

/* association.c */
struct association_saying { /* what the library said, in the order of its saying */
	enum { SAYS_MESSAGE, SAYS_UP, SAYS_RESTARTED, SAYS_TOO_LONG, SAYS_DOWN } kind;
	enum association_down how;
	struct socket *socket;
	uintptr_t path;
	sctp_assoc_t association;
	uint32_t ppid;
	uint16_t stream;
	uint16_t peer_port;
	struct buffer octets;
};
void association_saying_handle(const struct association_saying *saying);
bool association_waits(const struct association *association);

/* association-library.c: all that is process-wide */
struct association_endpoint *
association_endpoint_listen(uint16_t port, bool heartbeats,
			    struct problem *problem); /* one more user */
struct association_endpoint *association_endpoint_client(unsigned again, bool heartbeats,
							 struct problem *problem);
void association_endpoint_release(struct association_endpoint *endpoint);
struct association_endpoint *association_endpoint_find(const struct socket *socket);
struct sockaddr_conn association_library_address(uintptr_t path, uint16_t port);
/* What it wants sent, and what it says, since the last look. false = nothing. */
bool association_library_packet(uintptr_t *path, struct buffer *packet);
bool association_library_saying(struct association_saying *saying);
bool association_library_said(void);      /* is there any */
uintptr_t association_library_path(void); /* a new number, known to the library */
void association_library_forget(uintptr_t path);

#endif
