#include "protocols/capture-time.h"

#include <stdbool.h>

#define MICROSECONDS 1000000
#define EXACT 44 /* bits of a binary fraction that can be multiplied by a million in 64 */

static int64_t decimal(uint64_t stamp, unsigned digits)
{
	for (; digits > 6 && stamp > 0; digits--)
		stamp /= 10;
	for (; digits < 6; digits++)
		if (__builtin_mul_overflow(stamp, 10u, &stamp))
			return INT64_MAX;
	return stamp > INT64_MAX ? INT64_MAX : (int64_t)stamp;
}

static int64_t binary(uint64_t stamp, unsigned bits)
{
	uint64_t seconds = bits < 64 ? stamp >> bits : 0;
	uint64_t fraction = bits < 64 ? stamp - (seconds << bits) : stamp;
	int64_t time;

	if (bits > EXACT) {
		fraction = bits - EXACT < 64 ? fraction >> (bits - EXACT) : 0;
		bits = EXACT;
	}
	if (seconds > INT64_MAX / MICROSECONDS)
		return INT64_MAX;
	int64_t part = (int64_t)(fraction * MICROSECONDS >> bits);
	if (__builtin_add_overflow((int64_t)seconds * MICROSECONDS, part, &time))
		return INT64_MAX;
	return time;
}

static int64_t within_limit(int64_t time)
{
	if (time > CAPTURE_TIME_LIMIT)
		return CAPTURE_TIME_LIMIT;
	return time < -CAPTURE_TIME_LIMIT ? -CAPTURE_TIME_LIMIT : time;
}

int64_t capture_time(uint64_t stamp, uint8_t resolution, int64_t offset)
{
	unsigned digits = resolution & 0x7f;
	int64_t time = resolution & 0x80 ? binary(stamp, digits) : decimal(stamp, digits);
	int64_t shift;

	if (offset == 0)
		return within_limit(time);
	if (__builtin_mul_overflow(offset, (int64_t)MICROSECONDS, &shift) ||
	    __builtin_add_overflow(time, shift, &time))
		return offset < 0 ? -CAPTURE_TIME_LIMIT : CAPTURE_TIME_LIMIT;
	return within_limit(time);
}
