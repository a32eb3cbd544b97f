/*
 * pm-past: what a device delivered before, so that a measurement file can be held against the one
 * before it: their periods adjoin, and no period comes twice (TS 32.435, TS 32.584 5.2).
 *
 * Into the <pm> facet (pm-file.h) of FileContents goes, when a file of this device came before,
 *   <previous begin-at= end-at= gap= same="true|false" taken="true|false" steady="true|false"
 *     waited= overlap= twentieth=/>
 * gap: seconds from the end of the file before to the beginning of this one, negative where it begins
 * sooner; same: it is the same period; taken: the server had taken that one (what it refused may come
 * again, or be given up); steady: both say one report period, no granularity period is longer than it,
 * and no more than one and a half of it passed, so that none in between is missing; waited: seconds
 * between the two; overlap: seconds that are in both, of files of different periods that are steady,
 * and twentieth, that part of the report period in seconds; only there when there are some.
 */
#ifndef PROTOCOLS_PM_PAST_H
#define PROTOCOLS_PM_PAST_H

#include <stdbool.h>
#include <stdint.h>

#include "protocols/message.h"

#define PM_DEVICES_MOST 64

struct pm_delivery { /* the last whole file of one sender */
	struct address sender; /* its host */
	char element[128];     /* its managed element: several devices may have one address (NAT) */
	int64_t time;          /* when it was complete */
	int64_t begin, end;    /* seconds since 1970 */
	int64_t report;        /* repPeriod, seconds; -1 = not known */
	bool longer;           /* a granularity period is longer than that */
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
