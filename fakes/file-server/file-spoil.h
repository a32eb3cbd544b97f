/* file-spoil: the faults of a cue that damage a configuration file before it goes out. */
#ifndef FAKES_FILE_SERVER_FILE_SPOIL_H
#define FAKES_FILE_SERVER_FILE_SPOIL_H

#include "harness/chart/chart.h"
#include "protocols/buffer.h"

/* Where in a file of that length the arrow's fault of the name strikes, in octets from its beginning;
 * -1 = the arrow has no such fault. */
int64_t file_place(const struct arrow *arrow, const char *fault, size_t length);
/* Damages the file as the arrow's faults say: wrong-root, no-header, no-footer, corrupted,
 * truncated-file. */
void file_spoil(const struct arrow *arrow, struct buffer *contents);

#endif
