/*
 * judge: messages with their times in, verdicts out.
 *
 * A judge walks one chart. It knows no socket, no clock and no file: it is given messages
 * (with roles named) and the time, and says what it found through its listener. A run and
 * its own recording, judged later, therefore get the same verdict.
 *
 * Who is judged. The role under test (the profile's device) is blamed for what it does and
 * fails to do; where another role does not do its part (a capture of another HMS), the
 * verdict is inconc, for the device had no chance.
 *
 * How a message finds its arrow. The enabled arrows are those that could come next: of a
 * sequence the first unfinished item (and what stands behind it as long as what stands
 * between may be left out: opt, a loop at its least count, an arrow whose fault makes it
 * vanish); of an undecided alt the first of each branch; of a par those of all branches.
 * An arrow fits when roles and message name are its own (an arrow with a fault: the name as
 * which the fault appears). First an enabled arrow is looked for that fits and whose checks
 * all hold; when there is none, the first that fits is taken and its step fails with the
 * checks that do not hold. Arrow order is the chart's order over all roles. Two things go
 * before such a failing fit: a message that an arrow with checks in tolerate fits, and a DNS
 * message: a device may ask for other names too; that is only noted.
 *
 * A message that no arrow fits is passed over when it is plumbing (message-names.h), a repeat
 * (401, redirect), said by a role not under test, tolerated by the header (a tolerated message
 * that opens a CWMP session tolerates the whole session), a lawful background message
 * (GetRPCMethods of the device, DNS queries at the DNS roles and their answers), or the answer
 * to an uncharted request (or what it leads to: TransferComplete, an Inform with its M event).
 * Anything else from the role under test is unmatched: it fails the step that was waiting
 * (inconc when that was another role's, and that role said something else instead), and the
 * chart awaits nothing more. A failed check does not stop the chart: the arrow is done. After
 * the last arrow nothing is unmatched: the settle time ($limit.settle) is judged by rules and
 * never alone.
 *
 * Deadlines. within counts from the completion of what came before the arrow. Past it, the
 * step is fail when the limit's source is a standard and the arrow the device's, else inconc. An
 * arrow of the role under test without within has $limit.step (lab), and in a run a played one
 * too. An alt is late when its most patient branch is; a wait that begins a branch settles it.
 *
 * Fragments. Guards are evaluated when control reaches the fragment, on the message that
 * brought it there; of a loop before each turn (false: the loop is over, whatever its least
 * count); a par branch whose guard fails is not there. never watches from when control reaches
 * it (behind what may be left out: from when it may be there, but not for what an arrow
 * awaited) until its time is over or the judging is: then its arrows are steps that passed.
 *
 * Actions and cues. Actions and arrows of played roles are asked for by the runner
 * (judge_action, judge_cue). In a judging of a capture nobody asks: played arrows are waited
 * for as messages like all others, and actions count as done, unless the recording tells when
 * they were (actions_told): then they are asked for at those moments, as in the run.
 */
#ifndef HARNESS_JUDGE_JUDGE_H
#define HARNESS_JUDGE_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/chart/chart.h"
#include "harness/judge/grammar.h"
#include "harness/judge/profile.h"
#include "harness/judge/rule-book.h"
#include "harness/judge/statements.h"
#include "harness/judge/verdict.h"
#include "protocols/message.h"

struct judge;

enum finding_kind {
	FINDING_STEP,      /* an arrow or action is settled: pass, fail, inconc */
	FINDING_RULE,      /* a rule is broken: fail or warning */
	FINDING_NEVER,     /* a message that must never come came */
	FINDING_UNMATCHED, /* a message that nothing awaited */
	FINDING_NOTE,      /* something worth saying, no verdict: tolerated, skipped, inferred */
};

struct finding {
	enum finding_kind kind;
	enum verdict verdict;         /* what this finding makes of the verdict; none for notes */
	bool warning;
	const struct arrow *arrow;    /* the step (of a rule: what the message is), or NULL */
	const struct action *action;
	const struct rule *rule;
	const struct rule_setting *setting; /* by which the profile changes the rule's severity, or NULL */
	const struct message *message; /* what came, or NULL (a deadline) */
	int64_t time;
	/* For people. text: one sentence. awaited and came: in the chart's notation, one above the
	 * other; field, expected, actual: of the first check that failed. NULL where not
	 * fitting. */
	const char *text, *awaited, *came, *field, *expected, *actual, *clause;
	const struct expression *check; /* that did not hold, or NULL */
	const char *rests; /* "I-03: SENTENCE": readings on which what is wrong rests; NULL = none */
};

struct judge_listener { /* gets every finding, as it is made; pointers live for the call only */
	void (*finding)(void *context, const struct finding *finding);
	void *context;
};

struct judge_setting { /* of a cue, evaluated */
	const char *name;  /* full path of a parameter, or the argument's name */
	bool is_parameter;
	const char *value; /* NULL for get */
	const char *type;  /* as written, else the map's, else "xsd:string" */
};

struct cue {
	const struct arrow *arrow;
	const char *to; /* the role it goes to */
	const struct judge_setting *settings;
	size_t setting_count;
};

struct judge_environment { /* what a judge is given; all of it outlives the judge */
	const struct profile *profile;
	struct rule_book *rules; /* NULL = none are looked at */
	const struct statements *statements; /* whose readings findings rest on; NULL = ids alone */
	struct grammar *grammar; /* of the envelopes; NULL = rules cannot ask for it */
	/* Variables that the profile does not know ("serving-hems.url"); NULL = unknown. May be
	 * NULL itself. */
	const char *(*variable)(void *context, const char *name);
	void *variable_context;
	bool observing;   /* a capture: nobody is played */
	bool actions_told; /* of observing: the recording tells when actions begin and are over */
	double time_scale; /* stretches lab limits; 0 = 1 */
};

struct judge *judge_new(const struct chart *chart, const struct judge_environment *environment,
			const struct judge_listener *listener);
void judge_free(struct judge *judge);
/* Values kept by an earlier stage (an after chart) are known in this one. */
void judge_inherit(struct judge *judge, const struct judge *earlier);

void judge_start(struct judge *judge, int64_t time);
void judge_message(struct judge *judge, const struct message *message);
/* The rules alone: for what stands in a capture behind the end of the chart. */
void judge_rules(struct judge *judge, const struct message *message);
void judge_time(struct judge *judge, int64_t now);
/* When judge_time must be called next; INT64_MAX = never. */
int64_t judge_deadline(const struct judge *judge);
/* The next enabled arrow from role to peer (NULL = any) that accept (NULL = all) takes; its
 * settings evaluated. Valid until the next call on the judge. NULL: no cue. */
const struct cue *judge_cue(struct judge *judge, const char *role, const char *peer,
			    bool (*accept)(void *context, const struct arrow *arrow),
			    void *context);
/* The cue is being carried out. An arrow whose fault makes it vanish is settled by this; any
 * other is no longer offered as a cue and is settled when its message is seen. */
void judge_cue_taken(struct judge *judge, const struct arrow *arrow);
/* The lab cannot do that cue as it should: an error, whatever the device does. */
void judge_trouble(struct judge *judge, const struct arrow *arrow, int64_t time, const char *text);
/* The action whose turn it is, or NULL; arguments evaluated by judge_action_value. The same one
 * until judge_action_done; asking settles the choices that lead to it, and from then on what it
 * brings about may come. */
const struct action *judge_action(struct judge *judge);
/* New memory; NULL = no such argument. */
char *judge_action_value(struct judge *judge, const struct action *action, const char *name);
/* ok false: the step is error (our own fault) or inconc (an operator said no), as verdict says. */
void judge_action_done(struct judge *judge, const struct action *action, enum verdict verdict,
		       const char *text);
/* All items done, never timers run out (settle: and the settle time over). */
bool judge_finished(const struct judge *judge, bool settle);
/* Nothing more will come: what still waits is inconc with the reason ("the capture ends"). */
void judge_end(struct judge *judge, int64_t time, const char *reason);
enum verdict judge_verdict(const struct judge *judge);

#endif
