/* How a message finds its arrow: see judge.h. */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/judge-state.h"
#include "protocols/memory.h"

bool judge_under_test(const struct judge *judge, const char *role)
{
	return strcmp(judge->device, role) == 0;
}

void judge_about(struct judge *judge, const struct message *message, int64_t since)
{
	evaluation_about(&judge->evaluation, message,
			 judge->now > since ? judge->now - since : 0);
}

static const char *status_appears_as(const struct fault *fault, const char *usual)
{
	int64_t status = fault->number;

	if (status == 401)
		return "HttpChallenge";
	if (status == 301 || status == 302 || status == 307 || status == 308)
		return "HttpRedirect";
	return status < 300 ? "" : usual;
}

/* The name under which the arrow is seen; NULL: nothing is seen of it. */
static const char *appears_as(const struct arrow *arrow)
{
	const char *name = arrow->message;

	for (size_t i = 0; i < arrow->fault_count; i++) {
		const struct fault *fault = &arrow->faults[i];
		const char *as = fault->kind->appears_as;

		if (!as)
			return NULL;
		if (strcmp(fault->kind->name, "http-status") == 0)
			as = status_appears_as(fault, as);
		if (as[0] != '\0')
			name = as;
	}
	return name;
}

static bool arrow_fits(const struct judge *judge, const struct arrow *arrow,
		       const struct message *message)
{
	if (!network_same_role(judge, arrow->from, message->from) ||
	    !network_same_role(judge, arrow->to, message->to))
		return false;
	const char *name = arrow->fault_count > 0 ? appears_as(arrow) : arrow->message;

	return name && strcmp(name, message->name) == 0;
}

size_t arrow_first_failing(struct judge *judge, const struct arrow *arrow,
			   const struct message *message, int64_t since)
{
	size_t i;

	judge_about(judge, message, since);
	for (i = 0; i < arrow->check_count; i++)
		if (evaluation_holds(&judge->evaluation, arrow->checks[i]) != TRUTH_YES)
			break;
	return i;
}

struct search {
	struct judge *judge;
	const struct message *message;
	struct node *full;  /* all its checks hold */
	struct node *named; /* the first that fits */
};

static bool try_node(void *context, struct node *node)
{
	struct search *search = context;
	const struct arrow *arrow = node->item->arrow;

	if (node->item->kind != ITEM_ARROW || !arrow_fits(search->judge, arrow, search->message))
		return false;
	if (arrow_first_failing(search->judge, arrow, search->message,
				run_since(search->judge, node->owner)) == arrow->check_count) {
		search->full = node;
		return true;
	}
	if (!search->named)
		search->named = node;
	return false;
}

static void keep_values(struct judge *judge, const struct arrow *arrow,
			const struct message *message)
{
	for (size_t i = 0; i < arrow->keep_count; i++) {
		const struct keep *keep = &arrow->keeps[i];
		char *value = evaluation_text(&judge->evaluation, keep->value->compiled, NULL);

		if (value)
			judge_keep(judge, keep->name, value);
		else
			finding_error(judge, message->time, arrow, message, keep->value);
		free(value);
	}
}

/* It came, but later than its limit; only what may be left out can come so late. */
static bool too_late(struct judge *judge, const struct node *node, int64_t since,
		     struct finding *finding, char **text)
{
	const struct arrow *arrow = node->item->arrow;
	char took[32], allowed[32];
	struct limit limit;

	if (!arrow->within || !arrow_limit(judge, arrow, &limit) ||
	    judge->now - since <= limit.microseconds)
		return false;
	bool standard = limit.source == LIMIT_STANDARD && judge_under_test(judge, arrow->from);
	finding->verdict = standard ? VERDICT_FAIL : VERDICT_INCONC;
	*text = memory_format("it came after %s, allowed are %s",
			      seconds_text(judge->now - since, took),
			      seconds_text(limit.microseconds, allowed));
	finding->text = *text;
	return true;
}

static void give_step(struct judge *judge, const struct node *node, const struct message *message,
		      int64_t since, bool full)
{
	const struct arrow *arrow = node->item->arrow;
	size_t failing = full ? arrow->check_count
			      : arrow_first_failing(judge, arrow, message, since);
	struct check_texts texts = { .text = NULL };
	char *late = NULL, *awaited = NULL, *came = NULL;
	struct finding finding = {
		.kind = FINDING_STEP,
		.arrow = arrow,
		.message = message,
		.time = message->time,
	};

	if (failing < arrow->check_count)
		finding_check(judge, &finding, &texts, arrow->checks[failing],
			      judge_under_test(judge, arrow->from) ? VERDICT_FAIL : VERDICT_INCONC);
	else if (!too_late(judge, node, since, &finding, &late))
		return finding_passed(judge, node, message, message->time, "as the chart says");
	awaited = arrow_text(arrow);
	came = message_notation(message);
	finding.awaited = awaited;
	finding.came = came;
	finding_give(judge, &finding);
	finding_check_free(&texts);
	free(late);
	free(awaited);
	free(came);
}

/* What the message should be and is not: said as warnings, which change no verdict. */
static void give_shoulds(struct judge *judge, const struct arrow *arrow,
			 const struct message *message)
{
	for (size_t i = 0; i < arrow->should_count; i++) {
		const struct expression *should = arrow->shoulds[i];
		struct check_texts texts = { .text = NULL };
		struct finding finding = {
			.kind = FINDING_NOTE,
			.arrow = arrow,
			.message = message,
			.time = message->time,
		};

		if (evaluation_holds(&judge->evaluation, should) == TRUTH_YES)
			continue;
		finding_check(judge, &finding, &texts, should, VERDICT_NONE);
		finding.warning = finding.verdict != VERDICT_ERROR;
		finding_give(judge, &finding);
		finding_check_free(&texts);
	}
}

/* The node's arrow is this message, for good or bad. */
static void take(struct judge *judge, struct node *node, const struct message *message, bool full)
{
	const struct arrow *arrow = node->item->arrow;
	int64_t since = run_since(judge, node->owner);

	node_commit(judge, node, judge->now);
	judge->settled[arrow->number] = true;
	judge->last_settled = arrow->number;
	give_step(judge, node, message, since, full);
	judge_about(judge, message, since);
	give_shoulds(judge, arrow, message);
	keep_values(judge, arrow, message);
	judge_charted(judge, message);
	node_done(judge, node, judge->now);
	judge_account(judge, judge->now);
}

/* The device may ask for other names, and again: a query that an arrow awaits otherwise is
 * said, and nothing more. */
static bool only_near(const struct message *message)
{
	return strcmp(message->name, "DnsQuery") == 0 || strcmp(message->name, "DnsResponse") == 0;
}

static void note_near(struct judge *judge, const struct node *node, const struct message *message)
{
	const struct arrow *arrow = node->item->arrow;
	int64_t since = run_since(judge, node->owner);
	size_t failing = arrow_first_failing(judge, arrow, message, since);
	struct check_texts texts = { .text = NULL };
	char *awaited = arrow_text(arrow), *came = message_notation(message);
	struct finding finding = {
		.kind = FINDING_NOTE,
		.arrow = arrow,
		.message = message,
		.time = message->time,
		.awaited = awaited,
		.came = came,
	};

	if (failing < arrow->check_count)
		finding_check(judge, &finding, &texts, arrow->checks[failing], VERDICT_NONE);
	finding.text = "passed over: it is not the one that is awaited";
	if (finding.verdict == VERDICT_NONE)
		finding_give(judge, &finding);
	finding_check_free(&texts);
	free(awaited);
	free(came);
}

/* What is said again is no step, unless it is the chart that has it said again. */
static bool asks_again(const struct message *message)
{
	return strcmp(message->name, "HttpChallenge") == 0 ||
	       strcmp(message->name, "HttpRedirect") == 0 ||
	       strcmp(message->name, "IkeSaInitResponse") == 0;
}

/* The arrow that took the message, or NULL. full: all its checks hold; over: nobody wants it. */
static const struct arrow *match(struct judge *judge, const struct message *message, bool *full,
				 bool *over)
{
	struct search search = { .judge = judge, .message = message };
	bool near = only_near(message), tolerated = false;

	if (!judge->stopped && (!message->repeat || judge->asked_again))
		judge_walk(judge, WALK_FOR_MESSAGE, try_node, &search);
	if (asks_again(message))
		judge->asked_again = search.full != NULL;
	if (!search.full)
		tolerated = judge_tolerates(judge, message, search.named && !near);
	*full = search.full != NULL;
	*over = !search.full && !tolerated && (near || !search.named);
	if (search.named && near && !search.full && !tolerated)
		note_near(judge, search.named, message);
	if (*over || tolerated)
		return NULL;
	struct node *node = search.full ? search.full : search.named;
	const struct arrow *arrow = node->item->arrow;

	take(judge, node, message, *full);
	return arrow;
}

void judge_rules(struct judge *judge, const struct message *message)
{
	if (!judge->started)
		return;
	judge->message = message;
	rules_look(judge, message, NULL);
	judge->message = NULL;
}

void judge_message(struct judge *judge, const struct message *message)
{
	bool full, over;

	if (!judge->started)
		judge_start(judge, message->time);
	if (judge->ended)
		return;
	judge_due(judge, message->time);
	if (judge->closed)
		return;
	judge->message = message;
	never_ready(judge);
	const struct arrow *arrow = match(judge, message, &full, &over);
	bool reported = never_look(judge, message, full);

	if (over)
		judge_pass_over(judge, message, reported);
	rules_look(judge, message, arrow);
	judge->message = NULL;
	judge_due(judge, judge->now); /* what it skipped to may have begun long ago */
}
