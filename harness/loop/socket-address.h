/* socket-address: struct address <-> struct sockaddr, and the sockets made for them. */
#ifndef HARNESS_LOOP_SOCKET_ADDRESS_H
#define HARNESS_LOOP_SOCKET_ADDRESS_H

#include <sys/socket.h>

#include "harness/loop/loop.h"
#include "protocols/address.h"
#include "protocols/problem.h"

/* Returns the length to give to bind or connect; 0 = the address is none. */
socklen_t socket_address_from(const struct address *address, struct sockaddr_storage *storage);
void socket_address_to(const struct sockaddr_storage *storage, struct address *address);
/* Where a socket is bound to. */
void socket_address_local(int fd, struct address *address);
/* A non-blocking socket bound to the address, in the address's place; -1 with why. */
int socket_bound(const struct loop *loop, const struct address *address, int type,
		 struct problem *problem);

#endif
