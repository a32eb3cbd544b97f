/* capture-time: the timestamps of captures -> microseconds since 1970. */
#ifndef PROTOCOLS_CAPTURE_TIME_H
#define PROTOCOLS_CAPTURE_TIME_H

#include <stdint.h>

/* Two times within these bounds have a difference. */
#define CAPTURE_TIME_LIMIT (INT64_MAX / 4)

/* resolution: if_tsresol of pcapng: n is 10^-n, 0x80 + n is 2^-n. offset: seconds to add.
 * What is beyond CAPTURE_TIME_LIMIT, on either side, is held there. */
int64_t capture_time(uint64_t stamp, uint8_t resolution, int64_t offset);

#endif
