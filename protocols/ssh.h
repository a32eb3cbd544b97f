/*
 * ssh: what of SSH stands on the wire in clear: a server's octets up to its host key (RFC 4253 4.2,
 * 6, 7, 8). What is behind it is encrypted.
 */
#ifndef PROTOCOLS_SSH_H
#define PROTOCOLS_SSH_H

#include <stdbool.h>

#include "protocols/buffer.h"
#include "protocols/octets.h"

#define SSH_PORT 22
#define SSH_ALGORITHM 64   /* a name of RFC 4250 4.6.1 with its NUL */
#define SSH_FINGERPRINT 51 /* "SHA256:", 43 characters of base64, NUL */

struct ssh_host_key {
	char algorithm[SSH_ALGORITHM]; /* "ssh-ed25519": the key's, not the signature's */
	char fingerprint[SSH_FINGERPRINT];
};

struct ssh_server_side { /* zeroed = nothing came yet */
	struct buffer held;
	bool greeted; /* its identification was read */
};

/* Do these first octets of a connection, of either end, begin an SSH identification? */
bool ssh_greets(const void *octets, size_t length);
/* Reads on. 1: the host key is there; 0: more is needed; -1: there will be none: it is no SSH, the
 * keys were taken into use without one, or it is longer than LIMIT_SSH_CLEAR. Not called again after
 * 1 or -1. */
int ssh_server_feed(struct ssh_server_side *side, const void *octets, size_t length,
		    struct ssh_host_key *key);
void ssh_server_clear(struct ssh_server_side *side);
/* Of a public key as RFC 4253 6.6 encodes it. 0, or -1: it is none. */
int ssh_host_key_read(struct octets blob, struct ssh_host_key *key);

#endif
