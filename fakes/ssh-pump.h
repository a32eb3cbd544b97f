/*
 * ssh-pump: a session of libssh that has no socket of its own: it speaks into a pair of sockets, and
 * whoever owns the other end pumps octets between that and a stream of the loop. All happens within
 * ssh_pump_run: between two calls nothing is on its way, so virtual time stays exact, and no octet
 * passes the tap unseen.
 */
#ifndef FAKES_SSH_PUMP_H
#define FAKES_SSH_PUMP_H

#define LIBSSH_LEGACY_0_4 /* its old names, without a prefix, are not declared */
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <stdbool.h>
#include <stddef.h>

#include "protocols/buffer.h"
#include "protocols/problem.h"

struct ssh_pump {
	ssh_session session;
	ssh_event event;
	int outer; /* our end of the pair */
	struct buffer in; /* from the network, not taken yet */
	bool running, attached;
	/* What a client or a server does next of its own accord; true: it has got on. May be NULL. */
	bool (*step)(void *context);
	void *context;
};

/* A session, and the end of the pair that is to be given to it (it closes it); -1 with problem. */
int ssh_pump_open(struct ssh_pump *pump, int *inner, struct problem *problem);
/* These octets came from the network (none is fine); adds to out what is to go there. When called from
 * inside itself (by a callback), it does nothing: the outer call goes on. */
void ssh_pump_run(struct ssh_pump *pump, const void *octets, size_t length, struct buffer *out);
/* Is the session at its end: closed, or failed? Why, for people. */
bool ssh_pump_ended(const struct ssh_pump *pump);
const char *ssh_pump_why(const struct ssh_pump *pump);
/* Frees it; a zeroed one is fine. Not from inside a callback of libssh. */
void ssh_pump_close(struct ssh_pump *pump);

#endif
