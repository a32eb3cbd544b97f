/*
 * cwmp-retry: the waits before a device tries a failed session again (TR-069 3.2.1.1), as far as
 * they are known: an HMS may have set others than the defaults before anybody looked.
 */
#ifndef PROTOCOLS_CWMP_RETRY_H
#define PROTOCOLS_CWMP_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "protocols/message.h"

/* ManagementServer.CWMPRetryMinimumWaitInterval in s, CWMPRetryIntervalMultiplier in 1/1000. */
struct cwmp_retry {
	uint64_t minimum, multiplier; /* the defaults where they are not known */
	bool minimum_known, multiplier_known;
};

#define CWMP_RETRY_MINIMUM 5 /* s: the default */

/* The defaults; known: they are sure. */
struct cwmp_retry cwmp_retry_defaults(bool known);
/* Those hold that count for sure, whatever they may have been set to: the shortest. */
struct cwmp_retry cwmp_retry_shortest(const struct cwmp_retry *retry);
bool cwmp_retry_known(const struct cwmp_retry *retry);
/* Where the range of that retry begins, in microseconds; the next begins where it ends. number: of
 * the retry from 1 on; "10 and subsequent" are one. */
int64_t cwmp_retry_begin(const struct cwmp_retry *retry, uint64_t number);
/* Takes those of the two that stand in the ParameterList of the message. */
void cwmp_retry_take(struct cwmp_retry *retry, const struct message *message);
/* The device says 0 BOOTSTRAP and 1 BOOT: it comes from the factory, or was reset; or it was only
 * given another URL before the boot. first: it was not seen before. */
void cwmp_retry_bootstrap(struct cwmp_retry *retry, bool first);

#endif
