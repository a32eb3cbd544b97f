#include "harness/scenario-set.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/chart/roles.h"
#include "harness/data-folder.h"
#include "harness/judge/data-model-map.h"
#include "harness/judge/grammar.h"
#include "harness/judge/statements.h"
#include "harness/loop/lab-network.h"
#include "protocols/memory.h"

/* The short names of all maps: which one is in use is the profile's to say, but a name that
 * no map has is a mistake in every case. */
static int load_map_names(struct scenario_set *set, struct diagnostics *diagnostics,
			  struct problem *problem)
{
	struct files files = { 0 };
	char *folder = memory_format("%s/maps", set->folder);
	int result = files_below(folder, ".map", &files, problem);

	for (size_t i = 0; result == 0 && i < files.count; i++) {
		const struct data_model_map *map =
			map_shelf_take(set->maps, files.list[i], diagnostics);

		if (!map) {
			result = -1;
			break;
		}
		map_names(map, &set->vocabulary);
	}
	free(folder);
	files_clear(&files);
	return result;
}

static int load_statements(struct scenario_set *set, struct diagnostics *diagnostics)
{
	char *folder = memory_format("%s/statements", set->folder);

	set->statements = statements_load(folder, diagnostics);
	free(folder);
	if (!set->statements)
		return -1;
	statements_names(set->statements, &set->vocabulary);
	return 0;
}

static const char *const proforma_devices[] = { "henb", "hnb" };

/* A data folder of one's own may have none. */
static int load_proformas(struct scenario_set *set, struct diagnostics *diagnostics)
{
	int result = 0;

	for (size_t i = 0; i < 2; i++) {
		char *file = memory_format("%s/profiles/%s.proforma", set->folder,
					   proforma_devices[i]);

		if (is_file(file)) {
			set->proformas[i] = proforma_load(file, diagnostics);
			result = set->proformas[i] ? result : -1;
		}
		free(file);
	}
	return result;
}

const struct proforma *scenario_proforma(const struct scenario_set *set,
					 const struct profile *profile)
{
	for (size_t i = 0; i < 2; i++)
		if (strcmp(profile_device(profile), proforma_devices[i]) == 0)
			return set->proformas[i];
	return NULL;
}

static struct profile *load_profile(struct scenario_set *set, const char *name,
				    struct diagnostics *diagnostics)
{
	char *maps = memory_format("%s/maps", set->folder);
	char *file = memory_text(name);

	if (!is_file(file)) { /* a name of one that comes with the program */
		char *own = memory_format("%s/profiles/%s.profile", set->folder, name);

		if (is_file(own)) {
			free(file);
			file = own;
		} else {
			free(own);
		}
	}
	struct profile *profile = profile_load_shelved(file, maps, set->maps, diagnostics);
	free(file);
	free(maps);
	if (profile)
		profile_names(profile, &set->vocabulary);
	return profile;
}

static int load_profiles(struct scenario_set *set, const struct scenario_options *options,
			 struct diagnostics *diagnostics)
{
	static const char *const unknown[] = { "unknown-henb", "unknown-hnb", NULL };
	/* The first of a device's is the plain Internet; tunnels need more of the machine. */
	static const char *const simulated[] = {
		"simulated-henb",	  "simulated-hnb",
		"simulated-henb-private", "simulated-henb-internet",
		"simulated-hnb-private",  "simulated-hnb-internet",
		"simulated-henb-addresses", "simulated-hnb-addresses",
		"simulated-henb-inside6", "simulated-hnb-inside6",
		"simulated-henb-nat",	    "simulated-hnb-nat",
		"simulated-henb-hosting",   "simulated-hnb-hosting",
		"simulated-henb-outside6",  "simulated-hnb-outside6",  NULL,
	};
	const char *const *names = options->unknown ? unknown : simulated;
	size_t count = 0;

	_Static_assert(sizeof(simulated) / sizeof(*simulated) <= SCENARIO_PROFILES,
		       "those, and one that is given in the place of the NULL");

	if (options->profile) {
		set->given = set->profiles[0] = load_profile(set, options->profile, diagnostics);
		if (!set->given)
			return -1;
		count = set->profile_count = 1;
	}
	/* The names that the shipped profiles know are known to all scenarios: a profile that lacks
	 * one gives a verdict "error" with the name, never a silent empty value. */
	for (size_t i = 0; names[i]; i++, set->profile_count = count) {
		set->profiles[count] = load_profile(set, names[i], diagnostics);
		if (!set->profiles[count++])
			return -1;
	}
	return 0;
}

static int load_rules(struct scenario_set *set, struct diagnostics *diagnostics,
		      struct problem *problem)
{
	struct files files = { 0 };
	char *folder = memory_format("%s/rules", set->folder);
	int result = files_below(folder, ".rules", &files, problem);

	for (size_t i = 0; i < files.count; i++)
		if (rules_load(files.list[i], &set->vocabulary, &set->rules, diagnostics) < 0)
			result = -1;
	free(folder);
	files_clear(&files);
	return result;
}

/* A line about a rule that is not there would change nothing, and nobody would see it. */
static int check_profiles(const struct scenario_set *set, struct diagnostics *diagnostics)
{
	int result = 0;

	for (size_t i = 0; i < set->profile_count; i++)
		if (profile_check_rules(set->profiles[i], &set->rules, diagnostics) < 0)
			result = -1;
	return result;
}

static int gather_files(const struct scenario_set *set, const char *argument, struct files *files,
			struct problem *problem)
{
	char *inside = memory_format("%s/%s", set->folder, argument);
	int result = 0;

	if (is_folder(argument))
		result = files_below(argument, ".flow", files, problem);
	else if (is_file(argument))
		files_add(files, argument);
	else if (is_folder(inside))
		result = files_below(inside, ".flow", files, problem);
	else if (is_file(inside))
		files_add(files, inside);
	else
		result = problem_set(problem, "there is no scenario or folder %s (looked here and in %s)",
				     argument, set->folder);
	free(inside);
	return result;
}

const char *chart_device(const struct chart *chart)
{
	for (size_t i = 0; i < chart->role_count; i++) {
		const struct role *role = role_find(chart->roles[i].text);

		if (role && role->kind == ROLE_DEVICE)
			return role->name;
	}
	return NULL;
}

static void select_anew(struct scenario *scenario)
{
	free(scenario->item);
	free(scenario->reason);
	scenario->selected = true;
	scenario->item = scenario->reason = NULL;
}

static void deselect(struct scenario *scenario, const char *item, char *reason)
{
	select_anew(scenario);
	scenario->selected = false;
	scenario->item = memory_text(item);
	scenario->reason = reason;
}

static bool has_tag(const struct chart *chart, const struct scenario_options *options)
{
	for (size_t i = 0; i < chart->tag_count; i++)
		for (size_t j = 0; j < options->tag_count; j++)
			if (strcmp(chart->tags[i].text, options->tags[j]) == 0)
				return true;
	return options->tag_count == 0;
}

static bool is_declined(const struct scenario_set *set, const struct profile *profile,
			const char *item)
{
	const struct proforma *proforma = scenario_proforma(set, profile);
	const struct proforma_row *row =
		proforma ? proforma_row(proforma, PROFORMA_ICS, item) : NULL;

	return row && !row->choice && proforma_declined(proforma, row, profile);
}

/* Selection by the ICS: every item that the chart and its preambles need. */
static bool needs_met(const struct scenario_set *set, struct scenario *scenario,
		      const struct chart *chart)
{
	for (size_t i = 0; i < chart->need_count; i++) {
		const struct reference *need = &chart->needs[i];
		const struct ics_item *item = profile_ics(scenario->profile, need->text);
		bool supported = item && item->supported;

		if (supported != need->negated)
			continue;
		const char *comment = item && item->comment ? item->comment : NULL;
		deselect(scenario, need->text,
			 memory_format("needs %s%s, and the ICS says %s%s%s%s",
				       need->negated ? "not " : "", need->text,
				       !item ? "nothing of it" : supported ? "yes" : "no",
				       is_declined(set, scenario->profile, need->text)
					       ? ", though it is mandatory (declared not conformant)" : "",
				       comment ? ": " : "", comment ? comment : ""));
		return false;
	}
	for (size_t i = 0; i < chart->after_count; i++)
		if (!needs_met(set, scenario, chart->after[i]))
			return false;
	return true;
}

const char *scenario_bench(const struct profile *profile, const char *override)
{
	const char *own = profile_variable(profile, "lab.bench");

	return override ? override : own ? own : "loopback";
}

/* Namespaces are tried once, in a child, and only when a profile wants them. */
static const struct netns_trial *try_netns(struct scenario_set *set, const struct profile *profile)
{
	const char *gateway = profile_variable(profile, "lab.home-gateway");
	const struct ics_item *inside = profile_ics(profile, "inner-ipv6");
	const struct ics_item *outside = profile_ics(profile, "outer-ipv6");
	const struct lab_network_options options = {
		.home_gateway = gateway && strcmp(gateway, "yes") == 0,
		.needs_ipv6 = (inside && inside->supported) || (outside && outside->supported),
	};
	struct netns_trial *trial = &set->netns[options.home_gateway + 2 * options.needs_ipv6];

	if (!trial->tried)
		trial->possible = lab_network_possible(&options, &trial->why_not) == 0;
	trial->tried = true;
	return trial;
}

/* Selection by the bench: one that cannot be made, or that has not what the profile is about. */
static bool bench_there(struct scenario_set *set, struct scenario *scenario,
			const struct scenario_options *options)
{
	const char *own = scenario_bench(scenario->profile, NULL);
	const char *bench = scenario_bench(scenario->profile, options->bench);

	if (strcmp(own, "netns") == 0 && strcmp(bench, "loopback") == 0) {
		deselect(scenario, "lab.bench", memory_text("its profile is of a netns bench, and "
							    "--bench loopback has no tunnels"));
		return false;
	}
	if (!options->to_run || strcmp(bench, "netns") != 0)
		return true;
	const struct netns_trial *trial = try_netns(set, scenario->profile);

	if (!trial->possible)
		deselect(scenario, "lab.bench",
			 memory_format("its netns bench cannot be made here: %s",
				       trial->why_not.text));
	return trial->possible;
}

static void select_with(struct scenario_set *set, struct scenario *scenario,
			const struct scenario_options *options)
{
	const char *tested = profile_device(scenario->profile);

	select_anew(scenario);
	if (scenario->device && tested && strcmp(scenario->device, tested) != 0)
		deselect(scenario, tested,
			 memory_format("is for a device in the role %s, and the profile's is %s",
				       scenario->device, tested));
	else if (needs_met(set, scenario, scenario->chart))
		bench_there(set, scenario, options);
}

static bool is_candidate(const struct scenario_set *set, const struct scenario *scenario, size_t i)
{
	const char *device = scenario->device ? scenario->device : "henb";

	return set->given ? i == 0 : strcmp(profile_device(set->profiles[i]), device) == 0;
}

/* The first profile that selects it; when none does, the first one, with its reason: unless a later
 * one would have, had its bench been there. */
static void select_scenario(struct scenario_set *set, struct scenario *scenario,
			    const struct scenario_options *options)
{
	const struct profile *first = NULL;

	for (size_t i = 0; i < set->profile_count; i++) {
		if (!is_candidate(set, scenario, i))
			continue;
		first = first ? first : set->profiles[i];
		scenario->profile = set->profiles[i];
		select_with(set, scenario, options);
		if (scenario->selected || strcmp(scenario->item, "lab.bench") == 0)
			break;
	}
	if (!scenario->selected && strcmp(scenario->item, "lab.bench") != 0) {
		scenario->profile = first;
		select_with(set, scenario, options);
	}
	if (!has_tag(scenario->chart, options))
		deselect(scenario, "--tag", memory_text("has none of the tags asked for"));
}

static void add_chart(struct scenario_set *set, struct chart *chart,
		      const struct scenario_options *options)
{
	set->list = memory_resize(set->list, set->count + 1, sizeof(*set->list));
	struct scenario *scenario = &set->list[set->count++];

	*scenario = (struct scenario){ .chart = chart, .device = chart_device(chart) };
	select_scenario(set, scenario, options);
}

static int load_charts(struct scenario_set *set, const struct scenario_options *options,
		       struct diagnostics *diagnostics, struct problem *problem)
{
	struct files files = { 0 };
	int result = 0;

	if (options->argument_count == 0)
		result = gather_files(set, set->folder, &files, problem);
	for (int i = 0; result == 0 && i < options->argument_count; i++)
		result = gather_files(set, options->arguments[i], &files, problem);
	for (size_t i = 0; result == 0 && i < files.count; i++) {
		struct chart *chart = chart_load(files.list[i], set->folder, &set->vocabulary,
						 diagnostics);

		if (!chart)
			continue;
		if (chart->is_fragment && !options->fragments_too)
			chart_free(chart);
		else
			add_chart(set, chart, options);
	}
	files_clear(&files);
	if (diagnostics->errors > 0 && !options->keep_going)
		return -1;
	return result;
}

int scenario_set_begin(struct scenario_set *set, const struct scenario_options *options,
		       struct diagnostics *diagnostics, struct problem *problem)
{
	*set = (struct scenario_set){ .folder = find_data_folder(problem) };
	if (!set->folder)
		return -1;
	char *schemas = memory_format("%s/schemas", set->folder);
	set->grammar = grammar_new(schemas);
	free(schemas);
	set->maps = map_shelf_new();
	if (load_map_names(set, diagnostics, problem) < 0 ||
	    load_statements(set, diagnostics) < 0 ||
	    load_proformas(set, diagnostics) < 0 ||
	    load_profiles(set, options, diagnostics) < 0 ||
	    load_rules(set, diagnostics, problem) < 0)
		return -1;
	set->book = rule_book_new(&set->rules);
	return check_profiles(set, diagnostics);
}

int scenario_set_load(struct scenario_set *set, const struct scenario_options *options,
		      struct diagnostics *diagnostics, struct problem *problem)
{
	if (scenario_set_begin(set, options, diagnostics, problem) < 0)
		return -1;
	return load_charts(set, options, diagnostics, problem);
}

void scenario_set_clear(struct scenario_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		chart_free(set->list[i].chart);
		free(set->list[i].item);
		free(set->list[i].reason);
	}
	free(set->list);
	rule_book_free(set->book);
	rules_free(&set->rules);
	grammar_free(set->grammar);
	if (set->statements)
		statements_free(set->statements);
	for (size_t i = 0; i < set->profile_count; i++)
		profile_free(set->profiles[i]);
	map_shelf_free(set->maps);
	proforma_free(set->proformas[0]);
	proforma_free(set->proformas[1]);
	vocabulary_clear(&set->vocabulary);
	free(set->folder);
	*set = (struct scenario_set){ 0 };
}

size_t scenario_set_selected(const struct scenario_set *set)
{
	size_t selected = 0;

	for (size_t i = 0; i < set->count; i++)
		selected += set->list[i].selected;
	return selected;
}
