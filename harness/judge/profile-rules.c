/* The section "rules" of a profile: severities that are raised or lowered. */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/profile-parts.h"
#include "protocols/memory.h"

static const char *const severity_names[] = { "fail", "warning" };

static bool read_severity(struct data_file *file, enum severity *severity)
{
	if (!data_file_need(file, 1, "fail or warning"))
		return false;
	for (int i = 0; i < 2; i++) {
		if (!data_file_is(file, 1, severity_names[i]))
			continue;
		*severity = i == 0 ? SEVERITY_FAIL : SEVERITY_WARNING;
		return true;
	}
	/* What is not looked at cannot be seen in the report: a certificate would be worth nothing. */
	if (data_file_is(file, 1, "off"))
		data_file_error(file, 1, "no rule can be switched off; \"warning\" keeps it in the"
				" report and out of the verdict");
	else
		data_file_unknown(file, 1, "severity", severity_names, 2);
	return false;
}

void profile_read_rule(struct reading *reading)
{
	struct data_file *file = reading->file;
	enum severity severity;

	if (!read_severity(file, &severity))
		return;
	if (file->count > 2 && !profile_need_text(file, 2, "a reason in quotes or the end of the line"))
		return;
	struct setting_line *line = data_file_end(file, 3) ? profile_line_for(reading) : NULL;
	if (!line)
		return;
	line->severity = severity;
	if (file->count > 2)
		line->text = memory_text(data_file_word(file, 2));
}

const struct rule_setting *profile_rule(const struct profile *profile, const char *rule)
{
	const struct setting_line *line = profile_line_find(profile, PART_RULES, rule);

	return line ? &line->rule : NULL;
}

const struct rule_setting *profile_rule_at(const struct profile *profile, size_t index)
{
	const struct part_lines *lines = &profile->parts[PART_RULES];

	return index < lines->count ? &lines->lines[index]->rule : NULL;
}

const struct rule *profile_rule_changed(const struct profile *profile, size_t index,
					const struct rules *rules)
{
	const struct setting_line *line = profile->parts[PART_RULES].lines[index];

	for (size_t i = 0; i < rules->count; i++)
		if (strcmp(rules->rules[i]->id, line->name) == 0)
			return rules->rules[i]->severity != line->severity ? rules->rules[i] : NULL;
	return NULL;
}

static bool is_rule(const char *const *ids, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(ids[i], name) == 0)
			return true;
	return false;
}

int profile_check_rules(const struct profile *profile, const struct rules *rules,
			struct diagnostics *diagnostics)
{
	const struct part_lines *lines = &profile->parts[PART_RULES];
	const char **ids = memory_new((rules->count + 1) * sizeof(*ids));
	int result = 0;

	for (size_t i = 0; i < rules->count; i++)
		ids[i] = rules->rules[i]->id;
	for (size_t i = 0; i < lines->count; i++) {
		const struct setting_line *line = lines->lines[i];

		if (is_rule(ids, rules->count, line->name))
			continue;
		const char *near = nearest_word(line->name, ids, rules->count);
		diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, &line->at, line->file_text,
				"no rule is called \"%s\"%s%s%s", line->name,
				near ? "; did you mean \"" : "; they stand in scenarios/rules",
				near ? near : "", near ? "\"?" : "");
		result = -1;
	}
	free(ids);
	return result;
}

const char *severity_name(enum severity severity)
{
	return severity_names[severity == SEVERITY_FAIL ? 0 : 1];
}
