/*
 * lawful-devices: lawful devices pass all scenarios, without fail, inconc, error or warning: the
 * honest one in every shape and surroundings, each variant, seeded mixtures of them. Prints TAP.
 *
 *   lawful-devices [--mixtures N] [--seed S] [--complete] [--trust]
 *
 * The honest one takes all scenarios, the others one in six, each variant in one shape. --trust:
 * all take all, and the figures at the end; --complete: and each variant in each shape.
 */
#include <libxml/parser.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/device.h"
#include "protocols/memory.h"
#include "tests/defects/mixture.h"
#include "tests/defects/pool.h"
#include "tests/defects/sample.h"
#include "tests/defects/shape.h"

enum { MIX_LEAST = 2, MIX_MOST = 6, PROGRESS = 100, DRAWN = 6 };

struct trial {
	const struct shape *shape;
	struct mixture mixture;
	uint64_t number; /* of a mixture of the series; 0 = none of it */
};

struct trials {
	struct trial *list;
	size_t count;
	uint64_t seed;
	size_t every; /* of the scenarios one is taken where the device is not honest; 0 = all */
	bool quiet; /* soak: only progress and failures */
	size_t failed, honest_failed, mixtures_failed, honest, mixtures;
};

static void add(struct trials *trials, const struct trial *trial)
{
	if (!shape_possible(trial->shape))
		return;
	trials->list = memory_resize(trials->list, trials->count + 1, sizeof(*trials->list));
	trials->list[trials->count++] = *trial;
}

static void add_variants(struct trials *trials, bool complete)
{
	size_t count;
	const struct device_trait *variants = device_variants(&count);

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < SHAPES_AND_SURROUNDINGS; k++) {
			struct trial trial = { .shape = &shapes[k] };

			/* Else one shape after the other has its turn. */
			if (!complete && (i + trials->seed) % SHAPES_AND_SURROUNDINGS != k)
				continue;
			trial.mixture = (struct mixture){ { &variants[i] }, 1 };
			add(trials, &trial);
		}
}

static void add_mixtures(struct trials *trials, size_t count)
{
	for (size_t i = 1; i <= count; i++) {
		struct trial trial = { .number = i,
				       .shape = &shapes[i % SHAPES_AND_SURROUNDINGS] };

		mixture_draw(trials->seed, i, MIX_LEAST, MIX_MOST, &trial.mixture);
		add(trials, &trial);
	}
}

static char *trial_arguments(void *context, size_t number)
{
	const struct trials *trials = context;
	const struct trial *trial = &trials->list[number];
	const struct sample sample = { .device = trial->shape->device, .seed = trials->seed,
				       .number = number,
				       .every = trial->mixture.count ? trials->every : 0 };
	char *variants = mixture_arguments(&trial->mixture), *scenarios = sample_scenarios(&sample);
	char *shape = shape_arguments(trial->shape, scenarios);
	char *text = memory_format("%s %s", variants, shape);

	free(variants);
	free(scenarios);
	free(shape);
	return text;
}

static char *trial_name(const struct trials *trials, const struct trial *trial)
{
	char *shape = shape_name(trial->shape), *variants = mixture_arguments(&trial->mixture);
	char *text, *name = memory_new(strlen(variants) + 1), *to = name;

	for (const char *at = variants; *at;) { /* the names alone */
		size_t option = strncmp(at, "--variant ", 10) == 0 ? 10 : 0;

		at += option;
		*to++ = *at++;
	}
	*to = '\0';
	if (trial->number)
		text = memory_format("mixture %llu of seed %llu:%s, %s",
				     (unsigned long long)trial->number,
				     (unsigned long long)trials->seed, name, shape);
	else
		text = memory_format("%s, %s", trial->mixture.count ? name + 1 : "honest", shape);
	free(shape);
	free(variants);
	free(name);
	return text;
}

static void print_said(const char *said)
{
	for (const char *at = said; *at;) {
		size_t length = strcspn(at, "\n");

		if (length && strncmp(at, "pass ", 5) != 0)
			printf("# %.*s\n", (int)length, at);
		at += length + (at[length] == '\n');
	}
}

/* Is every warning that was said due to a variant? Of a rule "  warning ID: ", of a check of a chart
 * "  warning: "; not "2 warnings", the sum. */
static bool warned_rightly(const char *said, const struct mixture *mixture)
{
	static const char word[] = "  warning";

	for (const char *at = said; (at = strstr(at, word));) {
		char rule[80];
		size_t length;

		at += sizeof(word) - 1;
		at += *at == ' ';
		length = strcspn(at, ":\n");
		snprintf(rule, sizeof(rule), "%.*s", (int)length, at);
		if (at[length] == ':' && !mixture_warns(mixture, rule))
			return false;
	}
	return true;
}

static void ended(void *context, const struct pool_run *run)
{
	struct trials *trials = context;
	const struct trial *trial = &trials->list[run->number];
	char *name = trial_name(trials, trial), *arguments;
	bool good = run->status == 0 && strstr(run->said, ", 0 inconc, 0 fail, 0 error") &&
		    warned_rightly(run->said, &trial->mixture);
	bool honest = trial->mixture.count == 0;

	trials->failed += !good;
	trials->honest += honest;
	trials->honest_failed += honest && !good;
	trials->mixtures += !honest;
	trials->mixtures_failed += !honest && !good;
	if (!good) {
		arguments = trial_arguments(context, run->number);
		print_said(run->said);
		printf("# again: femtoproof run%s\n", arguments);
		free(arguments);
	}
	if (!good || !trials->quiet)
		printf("%s %zu - %s\n", good ? "ok" : "not ok", run->number + 1, name);
	if (trials->quiet && (run->number + 1) % PROGRESS == 0)
		printf("# %zu of %zu runs, %zu failed\n", run->number + 1, trials->count,
		       trials->failed);
	free(name);
}

int main(int argc, char **argv)
{
	struct trials trials = { .seed = strtoull(pool_environment("SEED", "1"), NULL, 10) };
	size_t mixtures = strtoull(pool_environment("MIXTURES", "10"), NULL, 10);
	bool complete = false, trust = false;

	for (int i = 1; i < argc; i++) {
		complete |= strcmp(argv[i], "--complete") == 0;
		trust |= strcmp(argv[i], "--trust") == 0;
		trials.quiet |= strcmp(argv[i], "--quiet") == 0;
		if (strcmp(argv[i], "--mixtures") == 0 && i + 1 < argc)
			mixtures = strtoull(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
			trials.seed = strtoull(argv[++i], NULL, 10);
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	trials.every = complete || trust ? 0 : DRAWN;
	for (size_t i = 0; i < SHAPES_AND_SURROUNDINGS; i++)
		add(&trials, &(struct trial){ .shape = &shapes[i] });
	add_variants(&trials, complete);
	add_mixtures(&trials, mixtures);
	const struct pool_work work = { .count = trials.count, .arguments = trial_arguments,
					.ended = ended, .context = &trials, .bare = true };
	printf("1..%zu\n# seed %llu, %zu mixtures\n", trials.count,
	       (unsigned long long)trials.seed, mixtures);
	if (!pool_run(&work))
		return 99;
	if (trust)
		printf("trust honest-runs-with-a-fail %zu/%zu\ntrust variant-mixtures-with-a-fail "
		       "%zu/%zu\n", trials.honest_failed, trials.honest, trials.mixtures_failed,
		       trials.mixtures);
	free(trials.list);
	xmlCleanupParser();
	return trust && trials.failed ? 1 : 0;
}
