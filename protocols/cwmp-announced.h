/*
 * cwmp-announced: what an Inform announces that is to follow in its session: a TransferComplete for
 * each M Download and M Upload, and the like (TR-069 3.7.1.5).
 */
#ifndef PROTOCOLS_CWMP_ANNOUNCED_H
#define PROTOCOLS_CWMP_ANNOUNCED_H

#include <stdbool.h>
#include <stddef.h>

#include "protocols/message.h"

struct cwmp_announced {
	char **keys; /* CommandKeys of transfers that were not told of yet */
	size_t count;
	bool autonomous, download; /* AutonomousTransferComplete, RequestDownload */
};

void cwmp_announced_inform(struct cwmp_announced *announced, const struct message *inform);
/* The device says it. */
void cwmp_announced_said(struct cwmp_announced *announced, const struct message *message);
/* In the facet of the session's end: untold= (the first CommandKey), not-said= (the RPC). */
void cwmp_announced_describe(const struct cwmp_announced *announced, xmlNode *facet);
void cwmp_announced_clear(struct cwmp_announced *announced);

#endif
