/* Rules: checks that hold for every message of their kind, in every scenario. */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/judge-state.h"
#include "protocols/memory.h"

/* What the profile makes of it; NULL = what it is. */
static const struct rule_setting *changed(const struct judge *judge, const struct rule *rule)
{
	const struct profile *profile = judge->environment.profile;
	const struct rule_setting *setting = profile ? profile_rule(profile, rule->id) : NULL;

	return setting && setting->severity != rule->severity ? setting : NULL;
}

static void breach(struct judge *judge, const struct rule *rule, const struct expression *check,
		   const struct message *message, const struct arrow *arrow)
{
	bool ours = judge_under_test(judge, message->from);
	const struct rule_setting *setting = changed(judge, rule);
	enum severity severity = setting ? setting->severity : rule->severity;
	bool warning = !ours || severity == SEVERITY_WARNING;
	struct check_texts texts = { .text = NULL };
	char *came = message_notation(message);
	char *clause = rule->standard && rule->clause
			       ? memory_format("%s %s", rule->standard, rule->clause) : NULL;
	char *text = memory_format("%s%s", ours ? "" : "not the device's: ",
				   rule->statement ? rule->statement : check->text);
	struct finding finding = {
		.kind = FINDING_RULE,
		.arrow = arrow,
		.rule = rule,
		.setting = ours ? setting : NULL,
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

static const struct rules *rules_of(const struct judge *judge)
{
	return judge->environment.rules ? judge->environment.rules->rules : NULL;
}

void rules_free_states(struct judge *judge)
{
	free(judge->rules);
	rule_views_free(judge);
}

/* Many rules have the same guard. One that cannot be computed is tried anew, for the reason. */
static enum truth guard_holds(struct judge *judge, const struct rule *rule, size_t number)
{
	size_t guard_rule = judge->environment.rules->readings[number].guard_rule;
	struct rule_state *first = &judge->rules[guard_rule];

	if (first->guard_number != judge->looked || first->guard_truth == TRUTH_UNKNOWN) {
		first->guard_truth = evaluation_holds(&judge->evaluation, rule->guard);
		first->guard_number = judge->looked;
	}
	return first->guard_truth;
}

/*
 * A repeat (behind a 401, a redirect) says again what has been looked at, but not with the same
 * header fields: its credentials, its cookies come only now. So the rules look at it, too; what the
 * first saying broke already is not said twice.
 */
static bool is_said(struct rule_state *state, const struct message *message)
{
	bool said = message->repeat && message->session && state->broken_in == message->session;

	state->broken_in = message->session;
	return said;
}

/* Another POST of the kind, in the session that broke the rule: a repeat of it is another's. */
static void forget_said(struct judge *judge, const struct message *message)
{
	const struct rule_book *book = judge->environment.rules;
	const struct pattern_message about = pattern_about(message);

	judge->rules_broken = false;
	for (size_t i = 0; i < book->rules->count; i++) {
		struct rule_state *state = &judge->rules[i];

		if (state->broken_in == message->session &&
		    pattern_holds(&book->readings[i].pattern, &about))
			state->broken_in = 0;
		judge->rules_broken |= state->broken_in != 0;
	}
}

struct looking { /* at one message */
	const struct message *message;
	struct rule_view *view;
	const struct arrow *arrow;
	struct fact_set facts;
	struct fact_set changed; /* those that are not as in the last message of the name */
	bool whole;              /* it has a document: facts tell of it */
};

static enum truth guard_of(struct judge *judge, size_t number, const struct message *message)
{
	const struct rule *rule = rules_of(judge)->rules[number];
	struct rule_state *state = &judge->rules[number];
	enum truth truth = rule->guard ? guard_holds(judge, rule, number) : TRUTH_YES;

	if (truth == TRUTH_UNKNOWN && !state->unknown) {
		state->unknown = true;
		finding_error(judge, message->time, NULL, message, rule->guard);
	}
	return truth;
}

/* The first check that does not hold. */
static int look(struct judge *judge, const struct rule_entry *entry, const struct looking *looking)
{
	const struct rule *rule = rules_of(judge)->rules[entry->rule];
	enum truth truth = guard_of(judge, entry->rule, looking->message);

	if (truth != TRUTH_YES)
		return truth == TRUTH_NO ? OUTCOME_KEPT : OUTCOME_UNKNOWN;
	for (size_t i = 0; i < rule->pattern->check_count; i++) {
		const struct expression *check = rule->pattern->checks[i];

		if (fact_set_has(&looking->facts, &entry->checks[i]) &&
		    evaluation_holds(&judge->evaluation, check) != TRUTH_YES)
			return (int)i;
	}
	return OUTCOME_KEPT;
}

static void broken(struct judge *judge, const struct rule_entry *entry, int check,
		   const struct looking *looking)
{
	const struct rule *rule = rules_of(judge)->rules[entry->rule];
	struct rule_state *state = &judge->rules[entry->rule];

	state->broken_number = judge->looked;
	judge->rules_broken = true;
	if (!is_said(state, looking->message) && ++state->breaches <= BREACHES_SHOWN)
		breach(judge, rule, rule->pattern->checks[check], looking->message,
		       looking->arrow);
}

static bool is_said_better(const struct judge *judge, size_t number)
{
	const struct rule_reading *reading = &judge->environment.rules->readings[number];

	for (size_t i = 0; i < reading->after_count; i++)
		if (judge->rules[reading->after[i]].broken_number == judge->looked)
			return true;
	return false;
}

/* Looks at the rule, unless all that it reads is as it was when somebody looked at it last. */
static void judge_entry(struct judge *judge, const struct rule_entry *entry, int *last,
			const struct looking *looking)
{
	int outcome = *last;

	if (outcome == OUTCOME_UNKNOWN || !looking->whole ||
	    fact_set_meets(&entry->reads, &looking->changed)) {
		outcome = fact_set_has(&looking->facts, &entry->needs)
				  ? look(judge, entry, looking) : OUTCOME_KEPT;
		if (looking->whole && entry->reads_facts)
			*last = outcome;
	}
	if (outcome >= 0)
		broken(judge, entry, outcome, looking);
}

static void visit(struct judge *judge, const struct rule_index *index, size_t number,
		  const struct looking *looking)
{
	struct rule_view *view = looking->view;
	uint64_t bit = UINT64_C(1) << number % 64;

	if (number >= index->count)
		return;
	const struct rule_entry *entry = &index->entries[number];
	/* Those that come after others say the same in worse words. */
	if (number < index->late || !is_said_better(judge, entry->rule))
		judge_entry(judge, entry, &view->outcomes[number], looking);
	else
		view->outcomes[number] = OUTCOME_UNKNOWN;
	if (view->outcomes[number] == OUTCOME_KEPT)
		view->restless[number / 64] &= ~bit;
	else
		view->restless[number / 64] |= bit;
}

void rules_look(struct judge *judge, const struct message *message, const struct arrow *arrow)
{
	struct rule_book *book = judge->environment.rules;

	if (!book || (!judge_under_test(judge, message->from) && !judge->environment.observing))
		return;
	const struct rule_index *index = rule_index_of(book, message);
	struct looking looking = { .message = message, .arrow = arrow,
				   .view = rule_view_of(judge, index) };

	looking.whole = message->document && message->body;
	looking.facts = rule_facts(&book->facts, message,
				   looking.whole ? &looking.view->contents : NULL,
				   &looking.changed);
	judge->looked++;
	judge_about(judge, message, run_since(judge, judge->body));
	if (judge->rules_broken && !message->repeat)
		forget_said(judge, message);
	const uint64_t *visits =
		rule_view_visits(looking.view, index, looking.whole ? &looking.changed : NULL);
	for (size_t word = 0; word < index->words; word++)
		for (uint64_t left = visits[word]; left; left &= left - 1)
			visit(judge, index, 64 * word + (size_t)__builtin_ctzll(left), &looking);
}

void rules_sum_up(struct judge *judge, int64_t time)
{
	const struct rules *rules = rules_of(judge);

	for (size_t i = 0; rules && i < rules->count; i++) {
		if (judge->rules[i].breaches > BREACHES_SHOWN)
			finding_note(judge, time, NULL,
				     "%s is broken %d times; the first %d are shown",
				     rules->rules[i]->id, judge->rules[i].breaches, BREACHES_SHOWN);
		judge->rules[i].breaches = 0;
	}
}
