/*
 * pm-past: what a device delivered before, so that a measurement file can be held against the one
 * before it: their periods adjoin, and no period comes twice (TS 32.435, TS 32.584 5.2).
 *
 * Into the <pm> facet (pm-file.h) of FileContents goes, when a file of this device came before,
 *   <previous begin-at= end-at= gap= same="true|false" taken="true|false" waited=/>
 * gap: seconds from the end of the file before to the beginning of this one, negative where they
 * overlap; same: it is the same period; taken: the server had taken that one (what it refused may
 * come again, or be given up); waited: seconds between the two.
 */
#ifndef PROTOCOLS_PM_PAST_H
#define PROTOCOLS_PM_PAST_H

#include <stdbool.h>
#include <stdint.h>

#include "protocols/message.h"

#define PM_DEVICES_MOST 64

struct pm_delivery { /* the last whole file of one sender */
	struct address sender; /* its host */
	int64_t time;          /* when it was complete */
	int64_t begin, end;    /* seconds since 1970 */
	bool taken;            /* the server said that it has it */
};

struct pm_past { /* a zeroed struct is empty */
	struct pm_delivery list[PM_DEVICES_MOST];
	unsigned count, next;
};

/* Looks at any message, with its addresses and time: describes a FileContents that is a PM file, and
 * takes note of it and of its FilePutResponse. */
void pm_past_look(struct pm_past *past, struct message *message);

#endif
