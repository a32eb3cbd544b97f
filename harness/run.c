#include "harness/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/data-folder.h"
#include "harness/run-bench.h"
#include "harness/run-command.h"
#include "harness/run-document.h"
#include "harness/run-scene.h"
#include "protocols/memory.h"
#include "reports/junit.h"

#include <libxml/parser.h>

int run_exit_status(const struct run_totals *totals)
{
	unsigned all = 0;

	for (int verdict = VERDICT_NONE; verdict <= VERDICT_ERROR; verdict++)
		all += totals->verdicts[verdict];
	if (totals->verdicts[VERDICT_FAIL])
		return 1;
	if (totals->stopped || totals->verdicts[VERDICT_INCONC] ||
	    totals->verdicts[VERDICT_ERROR] || totals->verdicts[VERDICT_NONE])
		return 3;
	return all == 0 ? 2 : 0;
}

/* Has a scenario before this one been selected with the same profile? */
static bool profile_seen(const struct scenario_set *set, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (set->list[i].selected && set->list[i].profile == set->list[at].profile)
			return true;
	return false;
}

/* The benches that are asked for, each once: "loopback netns". */
static char *benches(const struct run *run)
{
	const struct scenario_set *set = run->set;
	char *list = memory_text("");

	for (size_t i = 0; i < set->count; i++) {
		const char *bench = set->list[i].selected && !profile_seen(set, i)
					    ? scenario_bench(set->list[i].profile,
							     run->options->bench)
					    : NULL;

		if (!bench || strstr(list, bench))
			continue;
		char *longer = memory_format("%s%s%s", list, *list ? " " : "", bench);

		free(list);
		list = longer;
	}
	return list;
}

static int open_reports(struct run *run, struct problem *problem)
{
	const struct run_options *options = run->options;
	const char *program = "femtoproof " VERSION;
	struct run_log_header header = { .program = program, .command = options->command };

	if (options->terminal)
		run->terminal = terminal_new(options->terminal, options->quiet);
	if (!options->out)
		return 0;
	if (make_folder(options->out, problem) < 0)
		return -1;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	header.started = SECONDS(now.tv_sec) + now.tv_nsec / 1000;
	char *log = memory_format("%s/run.xml", options->out);
	char *recording = memory_format("%s/run.pcapng", options->out);
	char *bench = benches(run);

	header.bench = bench;
	run->log = run_log_new(log, &header, problem);
	if (run->log)
		run->recorder = recorder_new(recording, program, problem);
	free(bench);
	free(log);
	free(recording);
	return run->recorder ? 0 : -1;
}

static void log_input(struct run_log *log, const char *kind, const char *file)
{
	char digest[65];

	file_sha256(file, digest);
	run_log_input(log, kind, file, digest);
}

/* What a simulated device declines it declines of its bench: that is no news. */
static void begin_profile_on_terminal(const struct run *run, const struct profile *profile)
{
	const char *simulated = profile_variable(profile, "device.simulated");

	terminal_severities(run->terminal, profile, &run->set->rules);
	if (!simulated || strcmp(simulated, "yes") != 0)
		terminal_declined(run->terminal, profile, scenario_proforma(run->set, profile));
}

/* A profile whose scenarios are run; it stands in the head what it makes of the rules. */
static void begin_profile(const struct run *run, const struct profile *profile)
{
	if (run->log) {
		log_input(run->log, "profile", profile_file(profile));
		run_log_severities(run->log, profile, &run->set->rules);
		run_log_profile(run->log, profile, scenario_proforma(run->set, profile));
	}
	if (run->terminal)
		begin_profile_on_terminal(run, profile);
}

/* What the verdicts rest on, with hashes; and what is not run, with why. */
static void log_inputs(struct run *run)
{
	const struct scenario_set *set = run->set;

	for (size_t i = 0; i < set->count; i++) {
		const struct scenario *scenario = &set->list[i];

		if (!scenario->selected) {
			run->totals->not_selected++;
			if (run->log)
				run_log_not_selected(run->log, scenario->chart, scenario->item,
						     scenario->reason);
			continue;
		}
		if (!profile_seen(set, i))
			begin_profile(run, scenario->profile);
		if (run->log)
			log_input(run->log, "scenario", scenario->chart->file);
	}
}

int run_write_junit(const char *folder, struct problem *problem)
{
	char *log = memory_format("%s/run.xml", folder);
	char *file = memory_format("%s/junit.xml", folder);
	xmlDoc *document = run_document(log);
	FILE *out = document ? fopen(file, "w") : NULL;
	int result = out ? junit_write(document, out) : -1;

	if (out && fclose(out) != 0)
		result = -1;
	if (result < 0)
		problem_set(problem, "cannot write %s: %s", file, strerror(errno));
	xmlFreeDoc(document);
	free(log);
	free(file);
	return result;
}

static int close_reports(struct run *run, struct problem *problem)
{
	int result = 0;

	if (run->recorder && recorder_close(run->recorder, problem) < 0)
		result = -1;
	if (run->log && run_log_close(run->log, problem) < 0)
		result = -1;
	if (run->log && result == 0)
		result = run_write_junit(run->options->out, problem);
	if (run->terminal && (run->log || !run->options->out))
		terminal_summary(run->terminal, run->totals->verdicts, run->totals->not_selected,
				 run->options->out);
	terminal_free(run->terminal);
	return result;
}

/* Which mode of its bench the verdicts of a profile rest on. */
static void tell_bench(const struct run *run)
{
	const char *kind = bench_kind(run->bench), *mode = bench_mode(run->bench);

	if (run->log)
		run_log_bench(run->log, profile_file(run->profile), kind, mode);
	if (run->terminal && strcmp(kind, "loopback") != 0)
		terminal_bench(run->terminal, profile_title(run->profile), kind, mode);
}

/* All selected scenarios that share one profile, on one bench. */
static int run_profile(struct run *run, size_t *number, size_t count, struct problem *problem)
{
	const struct scenario_set *set = run->set;
	int result = run_bench_start(run, problem);

	if (result == 0)
		tell_bench(run);
	for (size_t i = 0; result == 0 && i < set->count; i++)
		if (set->list[i].selected && set->list[i].profile == run->profile)
			result = run_bench_play(run, set->list[i].chart, problem);
	if (result == 0)
		result = run_bench_write_ca(run, problem);
	if (result == 0 && run->options->device_command) {
		run->command = run_command_new(run, run->options->device_command, problem);
		result = run->command ? 0 : -1;
	}
	for (size_t i = 0; result == 0 && i < set->count && !run->totals->stopped; i++) {
		if (!set->list[i].selected || set->list[i].profile != run->profile)
			continue;
		run->totals->verdicts[scene_run(run, &set->list[i], ++*number, count)]++;
		run->totals->stopped = loop_signal(run->loop) != 0;
	}
	run_command_free(run->command);
	run->command = NULL;
	run_bench_stop(run);
	return result;
}

int run_scenarios(const struct scenario_set *set, const struct run_options *options,
		  struct run_totals *totals, struct problem *problem)
{
	struct run run = { .set = set, .options = options, .totals = totals };
	size_t number = 0, count = scenario_set_selected(set);
	int result = open_reports(&run, problem);

	if (result == 0)
		log_inputs(&run);
	for (size_t i = 0; result == 0 && i < set->profile_count && !totals->stopped; i++) {
		bool wanted = false;

		for (size_t j = 0; j < set->count; j++)
			wanted |= set->list[j].selected && set->list[j].profile == set->profiles[i];
		if (!wanted)
			continue;
		run.profile = set->profiles[i];
		result = run_profile(&run, &number, count, problem);
	}
	struct problem closing = { "" };
	if (close_reports(&run, &closing) < 0 && result == 0) {
		result = -1;
		*problem = closing;
	}
	return result;
}
