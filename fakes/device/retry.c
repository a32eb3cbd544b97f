#include "fakes/device/retry.h"

#include "harness/loop/loop.h"

/* TR-069 3.2.1.1, table of session retry wait intervals, in seconds. */
static const struct { int least, most; } intervals[] = {
	{5, 10}, {10, 20}, {20, 40}, {40, 80}, {80, 160},
	{160, 320}, {320, 640}, {640, 1280}, {1280, 2560}, {2560, 5120}, /* 10 and subsequent */
};

struct retry_range retry_range(unsigned number)
{
	unsigned count = sizeof(intervals) / sizeof(*intervals);
	unsigned row = number == 0 ? 0 : number > count ? count - 1 : number - 1;

	return (struct retry_range){SECONDS(intervals[row].least), SECONDS(intervals[row].most)};
}

int64_t retry_wait(unsigned number, struct generator *generator)
{
	struct retry_range range = retry_range(number);

	return generator_between(generator, range.least, range.most);
}
