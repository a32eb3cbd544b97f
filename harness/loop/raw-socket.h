/*
 * raw-socket: whole IP payloads of one protocol: ESP (50, RFC 4303), SCTP (132, RFC 9260).
 */
#ifndef HARNESS_LOOP_RAW_SOCKET_H
#define HARNESS_LOOP_RAW_SOCKET_H

#include "harness/loop/loop.h"
#include "protocols/address.h"
#include "protocols/problem.h"

enum { IP_PROTOCOL_ESP = 50, IP_PROTOCOL_SCTP = 132 };

struct raw_socket;

/* payload is what follows the IP header. The socket may be closed from inside. */
typedef void (*raw_callback)(void *context, const struct address *source,
			     const struct address *destination, const void *payload,
			     size_t length);

/* Takes what comes to local, in local's place; an address of zeros takes all of its family there.
 * NULL with why: it wants the right to raw sockets, which a namespace of ours has. */
struct raw_socket *raw_socket_new(struct loop *loop, const struct address *local, int protocol,
				  raw_callback callback, void *context,
				  struct problem *problem);
/* Sends from source, an address of this place. 0, or -1 with errno: lost. */
int raw_socket_send(struct raw_socket *socket, const struct address *source,
		    const struct address *destination, const void *payload, size_t length);
void raw_socket_close(struct raw_socket *socket); /* NULL is fine */

#endif
