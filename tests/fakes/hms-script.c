#include "tests/fakes/hms-script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/chart/fault-table.h"

static int add_fault(struct script_step *step, char **rest)
{
	struct fault *fault = &step->faults[step->arrow.fault_count];
	const char *name = strtok_r(NULL, " ", rest), *value;

	if (!name || step->arrow.fault_count == SCRIPT_FAULTS)
		return -1;
	fault->kind = fault_kind_find(name);
	if (!fault->kind)
		return -1;
	step->arrow.fault_count++;
	if (fault->kind->argument == ARGUMENT_NONE)
		return 0;
	value = strtok_r(NULL, " ", rest);
	if (!value)
		return -1;
	fault->number = strtoll(value, NULL, 10);
	if (fault->kind->argument == ARGUMENT_DURATION)
		fault->number *= 1000000;
	fault->text = (char *)(size_t)value;
	return 0;
}

static int add_setting(struct script_step *step, char *word)
{
	struct judge_setting *setting = &step->settings[step->cue.setting_count];
	char *value = strchr(word, '=');

	if (step->cue.setting_count == SCRIPT_SETTINGS)
		return -1;
	if (value)
		*value++ = '\0';
	for (char *at = value; at && (at = strchr(at, '_')); at++)
		*at = ' ';
	setting->name = word;
	setting->is_parameter = strchr(word, '.') != NULL;
	char *type = value && setting->is_parameter ? strstr(value, ":xsd:") : NULL;

	setting->type = type ? type + 1 : "xsd:string";
	if (type)
		*type = '\0';
	setting->value = value;
	step->cue.setting_count++;
	return 0;
}

int script_add(struct script *script, const char *line)
{
	struct script_step *step = &script->steps[script->count];
	char *rest = NULL;

	if (script->count == SCRIPT_STEPS)
		return -1;
	memset(step, 0, sizeof(*step));
	snprintf(step->line, sizeof(step->line), "%s", line);
	const char *message = strtok_r(step->line, " ", &rest);

	if (!message)
		return -1;
	snprintf(step->message, sizeof(step->message), "%s", message);
	step->arrow.from = script->from;
	step->arrow.to = script->to;
	step->arrow.message = step->message;
	step->arrow.faults = step->faults;
	step->arrow.number = (int)script->count + 1;
	step->cue.arrow = &step->arrow;
	step->cue.to = script->to;
	step->cue.settings = step->settings;
	for (char *word; (word = strtok_r(NULL, " ", &rest));)
		if (strcmp(word, "with") ? add_setting(step, word) : add_fault(step, &rest))
			return -1;
	script->count++;
	return 0;
}

void script_clear(struct script *script)
{
	script->count = 0;
}

size_t script_left(const struct script *script)
{
	size_t left = 0;

	for (size_t i = 0; i < script->count; i++)
		left += !script->steps[i].taken;
	return left;
}

const struct cue *script_cue(void *context, const char *role, const char *peer,
			     bool (*accept)(void *accept_context, const struct arrow *arrow),
			     void *accept_context)
{
	struct script *script = context;

	(void)peer;
	for (size_t i = 0; i < script->count; i++) {
		struct script_step *step = &script->steps[i];

		if (step->taken)
			continue;
		if (strcmp(role, step->arrow.from) || (accept && !accept(accept_context, &step->arrow)))
			return NULL;
		return &step->cue;
	}
	return NULL;
}

void script_cue_taken(void *context, const struct arrow *arrow)
{
	struct script *script = context;

	script->steps[arrow->number - 1].taken = true;
}
