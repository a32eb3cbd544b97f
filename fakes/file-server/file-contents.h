/* file-contents: the CM file that a chart's FileGetResponse sets (TS 32.584, TS 32.594). */
#ifndef FAKES_FILE_SERVER_FILE_CONTENTS_H
#define FAKES_FILE_SERVER_FILE_CONTENTS_H

#include <stdint.h>

#include "harness/judge/judge.h"
#include "protocols/buffer.h"

struct file_frame { /* what stands about the values */
	const char *host;     /* the name of who sends it, in senderName */
	const char *serial;   /* of the cell, in localDn */
	/* Where a supplier's cell wants another (reading I-12); NULL = ours. */
	const char *ns, *version, *local_dn;
	int64_t time;         /* microseconds since 1970, of the run's clock */
};

/* Writes the file of the cue's settings: for an HNB or a HeNB, as the arrow goes. A cue that sets nothing
 * gives a file without values. -1 with problem: a parameter has no place in the format. */
int file_server_contents(const struct cue *cue, const struct file_frame *frame, struct buffer *out,
			 struct problem *problem);

#endif
