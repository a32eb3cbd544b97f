/* Rules: checks that hold for every message of their kind, in every scenario. */
#include <stdlib.h>

#include "harness/judge/judge-state.h"
#include "protocols/memory.h"

static enum severity severity_of(const struct judge *judge, const struct rule *rule)
{
	enum severity severity = rule->severity;
	const struct profile *profile = judge->environment.profile;

	if (profile)
		profile_rule_severity(profile, rule->id, &severity);
	return severity;
}

static void breach(struct judge *judge, const struct rule *rule, const struct expression *check,
		   const struct message *message, const struct arrow *arrow)
{
	bool ours = judge_under_test(judge, message->from);
	bool warning = !ours || severity_of(judge, rule) == SEVERITY_WARNING;
	struct check_texts texts = { .text = NULL };
	char *came = message_notation(message);
	char *clause = rule->standard && rule->clause
			       ? memory_format("%s %s", rule->standard, rule->clause) : NULL;
	char *text = memory_format("%s%s: %s", ours ? "" : "not the device's: ", rule->id,
				   rule->statement ? rule->statement : check->text);
	struct finding finding = {
		.kind = FINDING_RULE,
		.arrow = arrow,
		.rule = rule,
		.message = message,
		.time = message->time,
		.came = came,
		.clause = clause ? clause : rule->clause ? rule->clause : "",
	};

	finding_check(judge, &finding, &texts, check, VERDICT_FAIL);
	if (warning && finding.verdict != VERDICT_ERROR)
		finding.verdict = VERDICT_NONE;
	finding.warning = warning && finding.verdict != VERDICT_ERROR;
	if (finding.verdict != VERDICT_ERROR)
		finding.text = text;
	finding_give(judge, &finding);
	finding_check_free(&texts);
	free(came);
	free(clause);
	free(text);
}

static void look(struct judge *judge, const struct rule *rule, struct rule_state *state,
		 const struct message *message, const struct arrow *arrow)
{
	struct evaluation *evaluation = &judge->evaluation;

	if (rule->guard) {
		enum truth truth = evaluation_truth(evaluation, rule->guard->compiled);

		if (truth == TRUTH_UNKNOWN && !state->unknown) {
			state->unknown = true;
			finding_error(judge, message->time, NULL, message, rule->guard);
		}
		if (truth != TRUTH_YES)
			return;
	}
	for (size_t i = 0; i < rule->pattern->check_count; i++) {
		const struct expression *check = rule->pattern->checks[i];

		if (evaluation_truth(evaluation, check->compiled) == TRUTH_YES)
			continue;
		if (++state->breaches <= BREACHES_SHOWN)
			breach(judge, rule, check, message, arrow);
		return;
	}
}

void rules_look(struct judge *judge, const struct message *message, const struct arrow *arrow)
{
	const struct rules *rules = judge->environment.rules;

	if (!rules || message->repeat ||
	    (!judge_under_test(judge, message->from) && !judge->environment.observing))
		return;
	judge_about(judge, message, run_since(judge, judge->body));
	for (size_t i = 0; i < rules->count; i++)
		if (pattern_fits(rules->rules[i]->pattern, message))
			look(judge, rules->rules[i], &judge->rules[i], message, arrow);
}

void rules_sum_up(struct judge *judge, int64_t time)
{
	for (size_t i = 0; judge->environment.rules && i < judge->environment.rules->count; i++) {
		if (judge->rules[i].breaches > BREACHES_SHOWN)
			finding_note(judge, time, NULL,
				     "%s is broken %d times; the first %d are shown",
				     judge->environment.rules->rules[i]->id,
				     judge->rules[i].breaches, BREACHES_SHOWN);
		judge->rules[i].breaches = 0;
	}
}
