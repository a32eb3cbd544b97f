/*
 * profile: what the device under test claims (ICS), and its addresses, identities, limits
 * and triggers (IXIT), from a .profile file:
 *
 *   profile  "Simulated HeNB"
 *   include  simulated.inc             -- relative to this file; later lines replace its own
 *   device   henb                      -- the role under test
 *   map      henb-device2              -- scenarios/maps/henb-device2.map; a name with a '/' or
 *                                      -- ending .map is a file, relative to this one
 *   ics
 *       discovery-internet  yes
 *       ipsec               no   "no tunnel in this build"
 *   ixit
 *       device.serial       "000001"
 *       serving-hems.port   7547
 *   limits
 *       limit.session             30 s   lab
 *       limit.connection-request  30 s   standard "TR-069 3.2.2"
 *   triggers
 *       raise-alarm   command "ssh cell alarm $severity"
 *       power-on      ask "Switch the cell on, then press Enter"
 *   rules
 *       CWMP-SOAPACTION  warning "known, being mended"  -- raised or lowered severity
 *
 * A line that begins in the first column is one of the header or begins a section; the lines of
 * a section are indented. -- starts a comment. Durations are those of the scenario language
 * ("30s", "30 s", "500ms", "2 m"); without a source a limit is the lab's. Triggers:
 * command (run by the shell), ask (a question to the operator), http (a URL to GET). The same
 * name twice in one file is a mistake; a name of an included file may be said anew.
 * scenarios/PROFILES.md lists the names that the shipped scenarios use.
 *
 * Memory: the profile owns what it gives.
 */
#ifndef HARNESS_JUDGE_PROFILE_H
#define HARNESS_JUDGE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/chart/chart.h"
#include "harness/chart/diagnostics.h"
#include "harness/chart/vocabulary.h"
#include "harness/judge/data-model-map.h"
#include "harness/judge/map-shelf.h"

struct limit {
	int64_t microseconds;
	enum limit_source source;
	const char *reference; /* or NULL */
	int64_t laboratory;    /* how much of a standard's limit the lab adds, or (< 0) takes off */
};

enum trigger_kind { TRIGGER_COMMAND, TRIGGER_ASK, TRIGGER_HTTP };

struct trigger {
	const char *action;
	enum trigger_kind kind;
	const char *text;
};

struct ics_item {
	const char *name;
	bool supported;
	const char *comment; /* or NULL */
};

struct rule_setting {
	const char *rule; /* its id */
	enum severity severity;
	const char *reason; /* or NULL */
};

struct profile;

/* NULL when there was a mistake in it or in its map. */
struct profile *profile_load(const char *file, const char *map_folder,
			     struct diagnostics *diagnostics);
/* The same; its map is the shelf's, which outlives it (NULL: it loads its own). */
struct profile *profile_load_shelved(const char *file, const char *map_folder,
				     struct map_shelf *shelf, struct diagnostics *diagnostics);
/* From text; file is only its name. Nothing else is read: include is refused, and the map is only
 * named (profile_map gives NULL). */
struct profile *profile_parse(const char *text, size_t length, const char *file,
			      struct diagnostics *diagnostics);
void profile_free(struct profile *profile);
const char *profile_title(const struct profile *profile);
const char *profile_file(const struct profile *profile);
const char *profile_device(const struct profile *profile); /* role under test: "henb" */
const struct data_model_map *profile_map(const struct profile *profile);
const char *profile_map_name(const struct profile *profile); /* as written */
/* A variable of the ixit ("device.serial"), or NULL. */
const char *profile_variable(const struct profile *profile, const char *name);
/* The name of a variable by its number, NULL past the end. */
const char *profile_variable_at(const struct profile *profile, size_t index);
/* Sets one (command line, test); replaces. */
void profile_set(struct profile *profile, const char *name, const char *value);
bool profile_limit(const struct profile *profile, const char *name, struct limit *limit);
/* NULL = not said. */
const struct ics_item *profile_ics(const struct profile *profile, const char *name);
/* NULL past the end. */
const struct ics_item *profile_ics_at(const struct profile *profile, size_t index);
const struct trigger *profile_trigger(const struct profile *profile, const char *action);
/* What the profile makes of a rule's severity; NULL = it says nothing of it. */
const struct rule_setting *profile_rule(const struct profile *profile, const char *rule);
/* NULL past the end. */
const struct rule_setting *profile_rule_at(const struct profile *profile, size_t index);
/* The rule that the line with that index really changes; NULL: there is no such rule, or its
 * severity is what the line says. */
const struct rule *profile_rule_changed(const struct profile *profile, size_t index,
					const struct rules *rules);
/* -1, with an error for each, when it names rules that are not there. */
int profile_check_rules(const struct profile *profile, const struct rules *rules,
			struct diagnostics *diagnostics);
const char *severity_name(enum severity severity); /* "fail", "warning" */
/* Adds the names of its variables and limits, and of its ICS items, to a vocabulary. */
void profile_names(const struct profile *profile, struct vocabulary *vocabulary);

#endif
