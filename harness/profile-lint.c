#include "harness/profile-lint.h"

#include <stdlib.h>
#include <string.h>

#include "harness/chart/roles.h"
#include "harness/chart/vocabulary.h"
#include "protocols/memory.h"

struct want { /* something that the profile lacks */
	char *name;
	const char *scenario; /* the first that asks for it */
	size_t count;         /* of those that do */
};

struct wants {
	struct want *list;
	size_t count;
};

static void want(struct wants *wants, const char *name, const char *scenario)
{
	for (size_t i = 0; i < wants->count; i++)
		if (strcmp(wants->list[i].name, name) == 0) {
			wants->list[i].count++;
			return;
		}
	wants->list = memory_resize(wants->list, wants->count + 1, sizeof(*wants->list));
	wants->list[wants->count++] = (struct want){ memory_text(name), scenario, 1 };
}

static void wants_clear(struct wants *wants)
{
	for (size_t i = 0; i < wants->count; i++)
		free(wants->list[i].name);
	free(wants->list);
}

/* The bench gives what begins with a role; what no profile knows was kept by an arrow. */
static bool lacks(const struct scenario_set *set, const char *variable)
{
	struct limit limit;
	char *first = memory_text_length(variable, strcspn(variable, "."));
	bool of_role = role_find(first) != NULL;

	free(first);
	return !of_role && names_have(&set->vocabulary.variables, variable) &&
	       !profile_variable(set->given, variable) &&
	       !profile_limit(set->given, variable, &limit);
}

static bool is_simulated(const struct profile *profile)
{
	const char *simulated = profile_variable(profile, "device.simulated");

	return simulated && strcmp(simulated, "yes") == 0;
}

static void gather(const struct scenario_set *set, const struct chart *chart,
		   struct wants *variables, struct wants *triggers)
{
	struct names asked = { 0 }, actions = { 0 };
	const char *device = profile_device(set->given);
	size_t length = strlen(device);

	chart_asks(chart, &asked, &actions);
	for (size_t i = 0; i < asked.count; i++)
		if (lacks(set, asked.list[i]))
			want(variables, asked.list[i], chart->name);
	for (size_t i = 0; i < actions.count && !is_simulated(set->given); i++) {
		const char *action = actions.list[i];

		if (strncmp(action, device, length) == 0 && action[length] == ' ' &&
		    !profile_trigger(set->given, action + length + 1))
			want(triggers, action + length + 1, chart->name);
	}
	names_clear(&asked);
	names_clear(&actions);
}

static void say(const struct scenario_set *set, const struct wants *wants, enum diagnostic_kind kind,
		const char *what, struct diagnostics *diagnostics)
{
	const struct place start = { .file = profile_file(set->given), .line = 1, .column = 1,
				     .end_column = 2 };

	for (size_t i = 0; i < wants->count; i++) {
		const struct want *each = &wants->list[i];

		diagnostics_add(diagnostics, kind, &start, NULL,
				"the profile has no %s %s, which %s%s asks for", what, each->name,
				each->scenario, each->count > 1 ? " (not it alone)" : "");
	}
}

void profile_lint(const struct scenario_set *set, struct diagnostics *diagnostics)
{
	const struct proforma *proforma = scenario_proforma(set, set->given);
	struct wants variables = { 0 }, triggers = { 0 };

	if (proforma)
		proforma_check(proforma, set->given, diagnostics);
	for (size_t i = 0; i < set->count; i++)
		if (set->list[i].selected)
			gather(set, set->list[i].chart, &variables, &triggers);
	say(set, &variables, DIAGNOSTIC_ERROR, "value or limit", diagnostics);
	say(set, &triggers, DIAGNOSTIC_WARNING, "trigger", diagnostics);
	wants_clear(&variables);
	wants_clear(&triggers);
}
