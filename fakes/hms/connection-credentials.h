/*
 * connection-credentials: by what a Connection Request proves who sends it (TR-069 3.2.2).
 *
 * Mostly libcurl does it: it answers the challenge of the device. A request by an old nonce is
 * written here: its first GET bears credentials from the nonce of a challenge to an earlier
 * request, and, when the device asks again, one more bears such from the new nonce.
 */
#ifndef FAKES_HMS_CONNECTION_CREDENTIALS_H
#define FAKES_HMS_CONNECTION_CREDENTIALS_H

#include <curl/curl.h>
#include <stdbool.h>

#include "fakes/hms/hms.h"

struct connection_credentials;

/* Those of the arrow's request to this URL of a role: with its faults. Owned by the caller; easy
 * is set up by it, and must end before it. */
struct connection_credentials *connection_credentials_new(struct hms *hms, const char *role,
							  const struct arrow *arrow,
							  const char *url, CURL *easy);
/* The transfer is over: true when it is to be done once more, with the new nonce, for which easy is
 * set up. At most once. */
bool connection_credentials_again(struct connection_credentials *credentials);
void connection_credentials_free(struct connection_credentials *credentials); /* NULL is fine */

#endif
