/*
 * same-verdicts: the same suite says the same each time. The honest devices are run again and
 * again, and each defect once more; every verdict and finding, with its time and place, is compared
 * with that of the first run, which for a defect test-defects has kept. What a finding says in words
 * is not: ports and nonces stand there. Nor is the number of its packet: on a bench of network
 * namespaces the kernel decides into how many packets octets go, and when it acknowledges.
 *
 *   same-verdicts [--runs N] [--kept FOLDER] [--trust]
 */
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/device.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"
#include "tests/defects/findings.h"
#include "tests/defects/pool.h"

struct repeats {
	size_t runs; /* of the honest devices; then each defect on each device */
	size_t other;
	const char *kept; /* the folder where test-defects has put what it found, or NULL */
	struct buffer first; /* what the first of the same runs found */
};

static const char *device_of(size_t number)
{
	return number % 2 == 0 ? "henb" : "hnb";
}

static char *repeat_arguments(void *context, size_t number)
{
	const struct repeats *repeats = context;
	size_t count;
	const struct device_trait *defects = device_defects(&count);

	if (number < repeats->runs)
		return memory_text("henb hnb");
	number -= repeats->runs;
	return memory_format("--defect %s %s", defects[number / 2].name, device_of(number));
}

/* The first line that differs, for people. */
static void print_difference(const char *first, const char *other)
{
	size_t at = 0, line = 0;

	while (first[at] && first[at] == other[at])
		if (first[at++] == '\n')
			line = at;
	printf("# first %.*s\n# now   %.*s\n", (int)strcspn(first + line, "\n"), first + line,
	       (int)strcspn(other + line, "\n"), other + line);
}

/* Takes the numbers of packets out. */
static void forget_packets(struct buffer *found)
{
	static const char mark[] = " packet=";
	struct buffer kept = { 0 };

	for (const char *at = buffer_text(found), *next; at; at = next) {
		next = strstr(at, mark);
		buffer_add(&kept, at, next ? (size_t)(next - at) : strlen(at));
		if (next)
			next += sizeof(mark) - 1 + strspn(next + sizeof(mark) - 1, "0123456789");
	}
	buffer_free(found);
	*found = kept;
}

/* What the first of the same runs found: in memory, or kept by test-defects. */
static char *first_found(const struct repeats *repeats, size_t number)
{
	size_t count;
	const struct device_trait *defects = device_defects(&count);

	if (number < repeats->runs)
		return memory_text(buffer_text(&repeats->first));
	number -= repeats->runs;
	char *kept = findings_kept(repeats->kept, defects[number / 2].name, device_of(number));
	struct buffer found = { 0 };

	buffer_add(&found, kept, strlen(kept));
	free(kept);
	forget_packets(&found);
	kept = memory_text(buffer_text(&found));
	buffer_free(&found);
	return kept;
}

static void ended(void *context, const struct pool_run *run)
{
	struct repeats *repeats = context;
	struct buffer found = { 0 };

	findings_list(&found, run->log, run->status);
	forget_packets(&found);
	if (run->number == 0 && repeats->runs > 0) {
		repeats->first = found;
		return;
	}
	char *first = first_found(repeats, run->number);
	if (strcmp(buffer_text(&found), first) != 0) {
		char *arguments = repeat_arguments(context, run->number);

		repeats->other++;
		print_difference(first, buffer_text(&found));
		printf("# run %zu: femtoproof run %s\n", run->number, arguments);
		free(arguments);
	}
	free(first);
	buffer_free(&found);
}

int main(int argc, char **argv)
{
	struct repeats repeats = { .runs = strtoull(pool_environment("RUNS", "20"), NULL, 10) };
	bool trust = false;
	size_t count;

	for (int i = 1; i < argc; i++) {
		trust |= strcmp(argv[i], "--trust") == 0;
		if (strcmp(argv[i], "--runs") == 0 && i + 1 < argc)
			repeats.runs = strtoull(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--kept") == 0 && i + 1 < argc)
			repeats.kept = argv[++i];
	}
	device_defects(&count);
	size_t again = repeats.kept ? 2 * count : 0;
	const struct pool_work work = { .count = repeats.runs + again, .context = &repeats,
					.arguments = repeat_arguments, .ended = ended };
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!pool_run(&work))
		return 99;
	if (trust)
		printf("trust changed-verdicts %zu/%zu\n", repeats.other,
		       repeats.runs + again);
	else
		printf("1..1\n%s 1 - %zu runs of the honest devices, and %zu of defects, say the "
		       "same\n", repeats.other ? "not ok" : "ok", repeats.runs, again);
	buffer_free(&repeats.first);
	xmlCleanupParser();
	return trust && repeats.other ? 1 : 0;
}
