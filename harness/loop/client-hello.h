/*
 * client-hello: what the first message of a TLS handshake says (RFC 8446 4.1.2, RFC 6066 3),
 * read from the octets on the wire before any TLS library sees them: so a fake can choose by
 * it, and a capture or a refused handshake still shows it.
 */
#ifndef HARNESS_LOOP_CLIENT_HELLO_H
#define HARNESS_LOOP_CLIENT_HELLO_H

#include <stddef.h>
#include <stdint.h>

#include "protocols/limits.h"

enum { CLIENT_HELLO_LIMIT = LIMIT_TLS_CLIENT_HELLO }; /* octets; a longer one is HELLO_BAD */

enum hello_state { HELLO_MORE, HELLO_DONE, HELLO_BAD };

struct client_hello {
	char server_name[256]; /* "" = none */
	char versions[128];    /* "TLSv1.3 TLSv1.2", in the order offered */
};

/* octets: all from the start of the connection; HELLO_MORE = the message is not complete yet. */
enum hello_state client_hello_parse(const uint8_t *octets, size_t length,
				    struct client_hello *hello);

#endif
