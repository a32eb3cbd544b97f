/*
 * judge-state: where a judge stands in its chart. Private to the judge's files.
 *
 * The state mirrors the chart: a run is a sequence that is under way, a node an item of it.
 * A run holds the nodes from the one whose turn it is onwards, as far as they were looked at;
 * the runs of a fragment's branches hang below its node. What was passed is freed, so the
 * state is as large as what could come next, however long the chart is.
 *
 * Nodes are made when somebody looks at them; being looked at changes nothing. Control
 * reaches a node when all before it is done: then its guard is evaluated for good, a never
 * starts, a wait begins. Committing to a node settles all choices that lead to it: what stands
 * before it and was left out is dropped, its branch of an alt is the chosen one.
 */
#ifndef HARNESS_JUDGE_JUDGE_STATE_H
#define HARNESS_JUDGE_JUDGE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/chart/roles.h"
#include "harness/judge/evaluation.h"
#include "harness/judge/explanation.h"
#include "harness/judge/judge.h"
#include "harness/judge/pattern.h"
#include "harness/judge/rule-index.h"

enum guard_state { GUARD_OPEN /* not evaluated for good */, GUARD_HOLDS, GUARD_FAILS };

struct run {
	struct node *parent; /* NULL: the chart's body */
	const struct sequence *sequence;
	struct node *first;      /* the node whose turn it is, and what was looked at behind it */
	const struct item *rest; /* the item of first when first is not made yet; NULL = the end */
	bool begun;              /* first and rest are in use */
	enum guard_state guard;
	bool touched; /* something of it was settled */
	bool dated;   /* since is its own, else the run's around it */
	int64_t since; /* when what came last in it was complete */
	struct run *next; /* the next branch */
};

struct node {
	struct run *owner;
	const struct item *item;
	struct node *next;
	struct run *runs;   /* the branches; of a loop the iteration under way, then the next one */
	struct run *chosen; /* of an alt, once settled */
	int iterations;     /* of a loop: complete ones */
	bool reached;       /* control came here */
	bool taken;         /* its cue or action is being carried out; a never: it is watching */
};

struct never { /* one that is watching */
	const struct item *item;
	int64_t start, end; /* end INT64_MAX = with the chart */
	bool sure; /* control is past it; else what stands before it may still come */
	bool watching, was_sure; /* as it stood when the message came that is being judged */
	bool broken;
};

enum { UNCHARTED_MOST = 64, TOLERATED_MOST = 64, BREACHES_SHOWN = 20 };

struct uncharted { /* a request that is no step of the chart: its answer is none either */
	char from[ROLE_NAME], to[ROLE_NAME], name[MESSAGE_NAME];
};

struct kept { /* a value that an arrow kept */
	char *name, *value;
};

struct rule_state { /* of the rule with the same index */
	enum truth guard_truth; /* of its guard, for the message with the number: */
	uint64_t guard_number;
	int breaches;
	uint64_t broken_number; /* the message that broke it last: judge->looked then */
	uint64_t broken_in;     /* the session whose last POST of that kind broke it; 0 = none */
	bool unknown; /* its failure to be computed was said */
};

/* What came of a rule, when it was looked at last. */
enum rule_outcome { OUTCOME_UNKNOWN = -2, OUTCOME_KEPT = -1 /* else the check that did not hold */ };

struct rule_view { /* how the rules of an index stand in this judgement */
	int *outcomes; /* of its entries; unless unknown for the facts as they are now; all owned: */
	struct fact_contents contents; /* of the last such message */
	uint64_t *restless; /* the entries whose outcome is not OUTCOME_KEPT */
	uint64_t *visited;  /* room for those that are to be looked at */
};

struct judge {
	const struct chart *chart;
	struct judge_environment environment;
	struct judge_listener listener;
	const char *device; /* the role under test */
	struct evaluation evaluation;
	struct run *body;
	bool started, stopped, ended, closed;
	int64_t now;
	int64_t complete; /* since when nothing is owed any more; INT64_MAX = something is */
	int64_t settle;   /* microseconds */
	enum verdict verdict;
	const struct message *message; /* the one that is being judged */
	bool *settled;                 /* by number of the arrow or action */
	int last_settled;
	bool asked_again; /* by a 401, a redirect or a cookie that is in the chart */
	bool speaks_of_tunnels, speaks_of_backhaul; /* the chart has IKE, or S1AP and HNBAP */
	bool speaks_of_fetches, speaks_of_deliveries; /* FileGet, FilePut */
	char other_spoke[ROLE_NAME]; /* the role that said something else than was awaited */
	struct never *nevers; size_t never_count;
	struct kept *kept; size_t kept_count;
	struct uncharted uncharted[UNCHARTED_MOST]; size_t uncharted_next;
	uint64_t tolerated[TOLERATED_MOST]; size_t tolerated_next;
	struct rule_state *rules;
	uint64_t looked; /* messages that the rules have seen */
	bool rules_broken; /* one has a session in broken_in */
	struct rule_view **rule_views; size_t rule_view_count; /* by the number of the index */
	struct cue cue; /* what judge_cue gave last */
	bool limit_missing;
};

/* --- judge-network.c: IKE, ESP, and what goes over SCTP --- */

/* Which of these the chart has a part of. */
void network_prepare(struct judge *judge);
/* Do two names mean one element? The initial and the serving gateway do when their hosts are one. */
bool network_same_role(const struct judge *judge, const char *a, const char *b);
/* Is the message no step, because the chart has none of its kind, or because it keeps a tunnel up
 * (a probe, a rekeying) and says nothing of a procedure? */
bool network_background(const struct judge *judge, const struct message *message);

/* --- judge-run.c: runs and nodes --- */

struct run *run_new(struct node *parent, const struct sequence *sequence);
void run_free(struct run *run); /* and the branches behind it */
struct node *run_first(struct run *run); /* NULL = the run is over */
struct node *node_next(struct node *node);
/* When what came before the run's first node was complete. */
int64_t run_since(const struct judge *judge, const struct run *run);
/* The guards that are not settled yet are tried anew, each time. */
bool run_feasible(struct judge *judge, struct run *run);
struct run *node_runs(struct node *node); /* its branches, made when they are not there */
struct run *loop_following(struct node *node); /* the iteration behind the one under way */
bool loop_may_go_on(const struct node *node);
/* Control goes on from where it stands as far as it can. */
void run_advance(struct judge *judge, struct run *run, int64_t time);
/* Settles all choices on the way to the node. */
void node_commit(struct judge *judge, struct node *node, int64_t time);
/* The node (committed to) is done. */
void node_done(struct judge *judge, struct node *node, int64_t time);
bool arrow_vanishes(const struct arrow *arrow);

/* What is left of a run will not come: it was all to be left out. */
void run_leave(struct judge *judge, struct run *run, int64_t time);

/* --- judge-walk.c: what could come next --- */

enum walk {
	WALK_STOP, /* the visitor has what it wants */
	WALK_SHUT, /* nothing behind can come yet */
	WALK_OPEN, /* what stands there may all be left out */
};
enum walk_for {
	WALK_FOR_ACTION,
	WALK_FOR_CUE,     /* how a delivery is to end is asked for when it begins: its FilePutResponse
			   * counts although the FileContents before it has not come */
	WALK_FOR_MESSAGE, /* what stands behind an action that is being carried out counts too */
};
/* Visits every arrow, action or never that could come next, in the chart's order; true from
 * the visitor ends the walk. visit may be NULL. */
enum walk judge_walk(struct judge *judge, enum walk_for what,
		     bool (*visit)(void *context, struct node *node), void *context);

/* The FilePutResponse right behind this FileContents; NULL when it is none, or none is there. */
struct node *node_delivered(struct node *node);

/* --- judge-time.c: deadlines --- */

enum { AWAITED_MOST = 8 };

struct awaited { /* what has to come next */
	struct node *nodes[AWAITED_MOST];
	size_t count;
	struct node *late; /* the first whose time runs out, and when */
	int64_t late_at;   /* INT64_MAX = never */
	struct node *wait; /* the first wait that ends, and when */
	int64_t wait_until;
	bool open; /* nothing has to come: the chart may end here */
};

void judge_awaited(struct judge *judge, struct awaited *awaited);
/* The limit of an arrow, stretched, and where it comes from. false = it has none. */
bool arrow_limit(struct judge *judge, const struct arrow *arrow, struct limit *limit);
struct limit duration_limit(struct judge *judge, const struct duration *duration);
/* "30 s", "1.5 s" */
const char *seconds_text(int64_t microseconds, char text[32]);
/* Everything that is due until the time is done, in its order. */
void judge_due(struct judge *judge, int64_t time);
/* After each step: is anything owed still? */
void judge_account(struct judge *judge, int64_t time);
/* The chart awaits nothing any more, for what the step with the number needed is not there. */
void judge_stop(struct judge *judge, int number, int64_t time);
/* What ends with the judging: open nevers, rules broken often. */
void judge_close(struct judge *judge, int64_t time);

/* --- judge-match.c --- */

/* The index of the first check that does not hold, check_count when all do. */
size_t arrow_first_failing(struct judge *judge, const struct arrow *arrow,
			   const struct message *message, int64_t since);
bool judge_under_test(const struct judge *judge, const char *role);
/* Do actions count as done when control reaches them? */
bool judge_actions_pass(const struct judge *judge);
void judge_about(struct judge *judge, const struct message *message, int64_t since);

/* --- judge-passed.c: messages that no arrow fits --- */

void judge_pass_over(struct judge *judge, const struct message *message, bool reported);
/* Tolerated by the header, or in a session that is? checked: only by an arrow with checks
 * (something else is awaited by the same name, and a bare name must not hide that it is wrong). */
bool judge_tolerates(struct judge *judge, const struct message *message, bool checked);
/* The request is a step: its answer is one. */
void judge_charted(struct judge *judge, const struct message *message);

/* --- judge-never.c --- */

void never_start(struct judge *judge, const struct item *item, int64_t time, bool sure);
/* Control is past one that watches already. */
void never_sure(struct judge *judge, const struct item *item);
/* A message is about to be judged: what it leads to does not concern it. */
void never_ready(struct judge *judge);
/* true when the message is one that must not come (it is then reported). taken: an arrow
 * awaited it. */
bool never_look(struct judge *judge, const struct message *message, bool taken);
int64_t never_due(const struct judge *judge); /* when the next one ends by its own time */
/* Those that are over by the time; all: all others too, reason: why before their time. */
void never_over(struct judge *judge, int64_t time, bool all, const char *reason);

/* --- judge-rules.c --- */

void rules_free_states(struct judge *judge);
void rules_look(struct judge *judge, const struct message *message, const struct arrow *arrow);
void rules_sum_up(struct judge *judge, int64_t time);

/* --- judge-rule-view.c --- */

/* The judge's view of the index; the judge's, made when it is not there yet. */
struct rule_view *rule_view_of(struct judge *judge, const struct rule_index *index);
/* Which entries have to be looked at, when the facts have changed (NULL: all of them). */
const uint64_t *rule_view_visits(struct rule_view *view, const struct rule_index *index,
				 const struct fact_set *changed);
void rule_views_free(struct judge *judge);

/* --- judge-cue.c --- */

void judge_cue_free(struct judge *judge);

/* --- judge-variables.c --- */

const char *judge_variable(void *context, const char *name);
void judge_keep(struct judge *judge, const char *name, const char *value);

/* --- judge-findings.c --- */

/* Gives the finding to the listener and to the verdict; fills clause when it is NULL. */
void finding_give(struct judge *judge, struct finding *finding);
void finding_note(struct judge *judge, int64_t time, const struct message *message,
		  const char *format, ...) __attribute__((format(printf, 4, 5)));
/* An expression cannot be computed: verdict error. arrow and message may be NULL. */
void finding_error(struct judge *judge, int64_t time, const struct arrow *arrow,
		   const struct message *message, const struct expression *expression);
/* A check does not hold: fills verdict, text, field, expected and actual; the strings of
 * texts are to be freed by finding_check_free. */
struct check_texts {
	char *text;
	struct explanation explanation;
};
void finding_check(struct judge *judge, struct finding *finding, struct check_texts *texts,
		   const struct expression *check, enum verdict verdict);
void finding_check_free(struct check_texts *texts);
/* An arrow or action is settled well. text NULL: an action that nobody could see. */
void finding_passed(struct judge *judge, const struct node *node, const struct message *message,
		    int64_t time, const char *text);
/* "henb -> serving-hems : Inform" of a message; new memory. */
char *message_notation(const struct message *message);
/* What has to come, one line each; new memory. */
char *awaited_notation(const struct awaited *awaited);
const struct node *awaited_blamed(const struct judge *judge, const struct awaited *awaited);
int node_number(const struct node *node); /* 0 = it has none */

#endif
