#include "harness/run-bench.h"

#include <stdlib.h>
#include <string.h>

#include "harness/chart/roles.h"
#include "harness/data-folder.h"
#include "harness/run-scene.h"
#include "protocols/memory.h"

/* A real device has got the operator's root before the run: ixit operator.ca-folder names where
 * the lab keeps its CA, relative to the profile. */
static int make_pki(struct run *run, struct problem *problem)
{
	const char *folder = profile_variable(run->profile, "operator.ca-folder");
	const char *file = profile_file(run->profile), *slash = file ? strrchr(file, '/') : NULL;

	run->pki = pki_new(loop_now(run->loop) / 1000000, problem);
	if (!run->pki || !folder)
		return run->pki ? 0 : -1;
	char *path = folder[0] == '/' || !slash
			     ? memory_text(folder)
			     : memory_format("%.*s/%s", (int)(slash - file), file, folder);
	int result = make_folder(path, problem);

	if (result == 0)
		result = pki_keep(run->pki, path, problem);
	free(path);
	return result < 0 ? problem_in(problem, "operator.ca-folder") : 0;
}

static struct fake *played(void *context, const char *role)
{
	const struct run *run = context;

	for (size_t i = 0; i < run->played_count; i++)
		if (strcmp(run->played[i].role, role) == 0)
			return run->played[i].fake;
	return NULL;
}

int run_bench_start(struct run *run, struct problem *problem)
{
	const char *simulated = profile_variable(run->profile, "device.simulated");

	run->simulated = simulated && strcmp(simulated, "yes") == 0;
	run->loop = loop_new(run->simulated ? CLOCK_VIRTUAL_TIME : CLOCK_REAL_TIME);
	loop_not_before(run->loop, run->until);
	if (loop_catch_signals(run->loop, problem) < 0)
		return -1;
	run->bench = bench_new(scenario_bench(run->profile, run->options->bench), run->profile,
			       problem);
	if (!run->bench)
		return -1;
	bench_enter(run->bench, run->loop);
	if (make_pki(run, problem) < 0)
		return -1;
	if (run->simulated && profile_map(run->profile))
		run->model = tree_new(profile_map(run->profile));
	run->tap = run_tap;
	run->tap.context = run;
	run->stage = (struct stage){
		.loop = run->loop,
		.bench = run->bench,
		.pki = run->pki,
		.profile = run->profile,
		.tap = &run->tap,
		.cue = scene_cue,
		.cue_taken = scene_cue_taken,
		.trouble = scene_trouble,
		.grammar = run->set->grammar,
		.played = played,
		.context = run,
	};
	return 0;
}

/* On loopback there is nothing behind a security gateway. */
static bool is_network(const struct run *run)
{
	return strcmp(bench_kind(run->bench), "loopback") != 0;
}

static const struct fake_kind *kind_of(const struct run *run, const struct role *role)
{
	switch (role->kind) {
	case ROLE_DNS: return &dns_fake;
	case ROLE_HMS: return &hms_fake;
	case ROLE_SEGW: return is_network(run) ? &segw_fake : NULL;
	case ROLE_MME: return &mme_fake;
	case ROLE_HNB_GW: return &hnb_gw_fake;
	case ROLE_FILE_SERVER: return &file_server_fake;
	default: return NULL;
	}
}

static int play(struct run *run, const struct role *role, struct problem *problem)
{
	const struct fake_kind *kind = kind_of(run, role);

	if (!kind)
		return 0;
	for (size_t i = 0; i < run->played_count; i++)
		if (strcmp(run->played[i].role, role->name) == 0)
			return 0;
	struct fake *fake = kind->start(&run->stage, role->name, problem);
	if (!fake)
		return problem_in(problem, "cannot play %s", role->name);
	run->played = memory_resize(run->played, run->played_count + 1, sizeof(*run->played));
	run->played[run->played_count++] = (struct played){ kind, role->name, fake };
	return 0;
}

int run_bench_play(struct run *run, const struct chart *chart, struct problem *problem)
{
	for (size_t i = 0; i < chart->role_count; i++) {
		const struct role *role = role_find(chart->roles[i].text);

		if (role && play(run, role, problem) < 0)
			return -1;
	}
	/* A device must find names also where the chart does not look at it. */
	bool henb = strcmp(profile_device(run->profile), "henb") == 0;
	if (play(run, role_find(henb ? "public-dns" : "outer-dns"), problem) < 0 ||
	    play(run, role_find(henb ? "private-dns" : "inner-dns"), problem) < 0)
		return -1;
	for (size_t i = 0; i < chart->after_count; i++)
		if (run_bench_play(run, chart->after[i], problem) < 0)
			return -1;
	return 0;
}

bool run_bench_uses_tls(const struct run *run)
{
	for (size_t i = 0; i < run->played_count; i++) {
		char *name = memory_format("%s.scheme", run->played[i].role);
		const char *scheme = bench_variable(run->bench, name);
		bool tls = scheme && strcmp(scheme, "https") == 0;

		free(name);
		if (tls)
			return true;
	}
	return false;
}

int run_bench_write_ca(const struct run *run, struct problem *problem)
{
	if (!run->options->out || !run_bench_uses_tls(run))
		return 0;
	return pki_write(run->pki, run->options->out, problem);
}

void run_bench_clear(struct run *run)
{
	dissector_free(run->dissector);
	run->dissector = NULL;
	run->recorded_before += run->connection_count;
	run->connection_count = 0;
}

void run_bench_stop(struct run *run)
{
	run_bench_clear(run);
	for (size_t i = run->played_count; i-- > 0;)
		run->played[i].kind->stop(run->played[i].fake);
	free(run->played);
	free(run->connections);
	for (size_t i = 0; i < run->key_count; i++)
		free(run->keys[i]);
	free(run->keys);
	run->keys = NULL;
	run->key_count = 0;
	tree_free(run->model);
	run->model = NULL;
	pki_free(run->pki);
	bench_free(run->bench);
	if (run->loop)
		run->until = loop_now(run->loop);
	loop_free(run->loop);
	run->played = NULL;
	run->played_count = 0;
	run->connections = NULL;
	run->connection_count = 0;
	run->pki = NULL;
	run->bench = NULL;
	run->loop = NULL;
}
