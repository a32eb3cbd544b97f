/* Cues and actions: what the runner asks for. */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/data-model-map.h"
#include "harness/judge/judge-state.h"
#include "protocols/memory.h"

struct cue_search {
	const struct judge *judge;
	const char *role, *peer;
	bool (*accept)(void *context, const struct arrow *arrow);
	void *accept_context;
	const struct arrow *arrow;   /* only this one */
	const struct action *action;
	struct node *found;
};

static bool try_cue(void *context, struct node *node)
{
	struct cue_search *search = context;
	const struct arrow *arrow = node->item->arrow;

	if (node->item->kind != ITEM_ARROW || node->taken ||
	    !network_same_role(search->judge, arrow->from, search->role) ||
	    (search->peer && !network_same_role(search->judge, arrow->to, search->peer)) ||
	    (search->arrow && arrow != search->arrow) ||
	    (search->accept && !search->accept(search->accept_context, arrow)))
		return false;
	search->found = node;
	return true;
}

static void cue_clear(struct judge *judge)
{
	struct judge_setting *settings =
		(struct judge_setting *)(uintptr_t)judge->cue.settings;

	for (size_t i = 0; i < judge->cue.setting_count; i++) {
		free((char *)(uintptr_t)settings[i].name);
		free((char *)(uintptr_t)settings[i].value);
		free((char *)(uintptr_t)settings[i].type);
	}
	free(settings);
	memset(&judge->cue, 0, sizeof(judge->cue));
}

void judge_cue_free(struct judge *judge)
{
	cue_clear(judge);
}

static char *setting_value(struct judge *judge, const struct arrow *arrow,
			   const struct expression *value)
{
	char *text = evaluation_text(&judge->evaluation, value->compiled, NULL);

	if (!text)
		finding_error(judge, judge->now, arrow, NULL, value);
	return text ? text : memory_text("");
}

static struct judge_setting evaluate(struct judge *judge, const struct arrow *arrow,
				     const struct setting *setting)
{
	const struct profile *profile = judge->environment.profile;
	const struct data_model_map *map = profile ? profile_map(profile) : NULL;
	char *name = setting->name_value ? setting_value(judge, arrow, setting->name_value)
					 : memory_text(setting->name);
	char *path = setting->is_parameter && map ? map_path(map, name) : NULL;
	const struct map_entry *entry = path ? map_entry_of(map, path) : NULL;
	const char *type = setting->type ? setting->type
			   : entry	 ? map_type_name(entry) : "xsd:string";

	if (path)
		free(name);
	return (struct judge_setting){
		.name = path ? path : name,
		.is_parameter = setting->is_parameter,
		.value = setting->value ? setting_value(judge, arrow, setting->value) : NULL,
		.type = memory_text(type),
	};
}

const struct cue *judge_cue(struct judge *judge, const char *role, const char *peer,
			    bool (*accept)(void *context, const struct arrow *arrow), void *context)
{
	struct cue_search search = {
		.judge = judge,
		.role = role,
		.peer = peer,
		.accept = accept,
		.accept_context = context,
	};

	cue_clear(judge);
	if (!judge->started || judge->stopped || judge->ended || judge->closed)
		return NULL;
	judge_walk(judge, WALK_FOR_CUE, try_cue, &search);
	if (!search.found)
		return NULL;
	const struct arrow *arrow = search.found->item->arrow;
	struct judge_setting *settings = memory_new((arrow->setting_count + 1) * sizeof(*settings));

	judge_about(judge, NULL, judge->now);
	for (size_t i = 0; i < arrow->setting_count; i++)
		settings[i] = evaluate(judge, arrow, &arrow->settings[i]);
	judge->cue = (struct cue){
		.arrow = arrow,
		.to = arrow->to,
		.settings = settings,
		.setting_count = arrow->setting_count,
	};
	return &judge->cue;
}

void judge_cue_taken(struct judge *judge, const struct arrow *arrow)
{
	struct cue_search search = { .judge = judge, .role = arrow->from, .arrow = arrow };

	if (!judge->started || judge->stopped || judge->ended || judge->closed)
		return;
	judge_walk(judge, WALK_FOR_CUE, try_cue, &search);
	struct node *node = search.found;
	if (!node)
		return;
	struct node *before = run_first(node->owner);
	bool early = before && node_delivered(before) == node;

	node_commit(judge, early ? before : node, judge->now);
	node->taken = true;
	if (!early && arrow_vanishes(arrow)) {
		finding_passed(judge, node, NULL, judge->now, "nothing of it is to be seen");
		node_done(judge, node, judge->now);
	}
	judge_account(judge, judge->now);
}

static bool try_action(void *context, struct node *node)
{
	struct cue_search *search = context;

	if (node->item->kind != ITEM_ACTION ||
	    (search->action && (node->item->action != search->action || !node->taken)))
		return false;
	search->found = node;
	return true;
}

bool judge_actions_pass(const struct judge *judge)
{
	return judge->environment.observing && !judge->environment.actions_told;
}

const struct action *judge_action(struct judge *judge)
{
	struct cue_search search = { .role = NULL };

	if (!judge->started || judge->stopped || judge->ended || judge->closed ||
	    judge_actions_pass(judge))
		return NULL;
	judge_walk(judge, WALK_FOR_ACTION, try_action, &search);
	if (!search.found)
		return NULL;
	if (!search.found->taken) {
		node_commit(judge, search.found, judge->now);
		search.found->taken = true;
		judge_account(judge, judge->now);
	}
	return search.found->item->action;
}

char *judge_action_value(struct judge *judge, const struct action *action, const char *name)
{
	for (size_t i = 0; i < action->argument_count; i++) {
		const struct expression *value = action->arguments[i].value;

		if (strcmp(action->arguments[i].name, name) != 0)
			continue;
		judge_about(judge, NULL, judge->now);
		char *text = evaluation_text(&judge->evaluation, value->compiled, NULL);
		if (!text)
			finding_error(judge, judge->now, NULL, NULL, value);
		return text ? text : memory_text("");
	}
	return NULL;
}

void judge_action_done(struct judge *judge, const struct action *action, enum verdict verdict,
		       const char *text)
{
	struct cue_search search = { .action = action };

	if (judge->ended)
		return;
	bool good = verdict == VERDICT_NONE || verdict == VERDICT_PASS;
	struct finding finding = {
		.kind = FINDING_STEP,
		.verdict = good ? VERDICT_PASS : verdict,
		.action = action,
		.time = judge->now,
		.text = text ? text : good ? "done" : "it could not be done",
	};
	judge->settled[action->number] = true;
	judge->last_settled = action->number;
	finding_give(judge, &finding);
	if (judge->stopped || judge->closed)
		return;
	judge_walk(judge, WALK_FOR_ACTION, try_action, &search);
	if (search.found) {
		node_done(judge, search.found, judge->now);
		judge_account(judge, judge->now);
	}
	if (!good)
		judge_stop(judge, action->number, judge->now);
}
