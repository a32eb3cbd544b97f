/* Messages that no arrow fits: which are passed over, and which fail the step that waited. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/judge-state.h"
#include "protocols/memory.h"
#include "protocols/message-names.h"
#include "protocols/xml.h"

static bool named(const struct message *message, const char *name)
{
	return strcmp(message->name, name) == 0;
}

static bool role_is(const char *name, enum role_kind kind)
{
	const struct role *role = role_find(name);

	return role && role->kind == kind;
}

static bool session_says(const struct message *message, const char *attribute, const char *wanted)
{
	xmlNode *root = message->document ? xmlDocGetRootElement(message->document) : NULL;
	char *value = xml_attribute(xml_child(root, "session"), attribute);
	bool says = value && strcmp(value, wanted) == 0;

	free(value);
	return says;
}

/* --- tolerated by the header --- */

static bool session_tolerated(const struct judge *judge, uint64_t session)
{
	for (size_t i = 0; session != 0 && i < TOLERATED_MOST; i++)
		if (judge->tolerated[i] == session)
			return true;
	return false;
}

static void tolerate_session(struct judge *judge, const struct message *message)
{
	if (message->session != 0 && named(message, "Inform"))
		judge->tolerated[judge->tolerated_next++ % TOLERATED_MOST] = message->session;
}

bool judge_tolerates(struct judge *judge, const struct message *message, bool checked)
{
	const struct chart *chart = judge->chart;

	if (session_tolerated(judge, message->session))
		return true;
	for (size_t i = 0; i < chart->tolerated_count; i++) {
		const struct arrow *arrow = chart->tolerated[i];

		if (!pattern_fits(arrow, message) || (checked && arrow->check_count == 0) ||
		    arrow_first_failing(judge, arrow, message, judge->now) < arrow->check_count)
			continue;
		tolerate_session(judge, message);
		if (judge_under_test(judge, message->from))
			finding_note(judge, message->time, message, "tolerated by the chart");
		return true;
	}
	return false;
}

/* --- what is not in the chart --- */

static struct uncharted *uncharted_find(struct judge *judge, const char *from, const char *to,
					const char *name)
{
	for (size_t i = 0; i < UNCHARTED_MOST; i++) {
		struct uncharted *known = &judge->uncharted[i];

		if (known->from[0] == from[0] && strcmp(known->from, from) == 0 &&
		    strcmp(known->to, to) == 0 && (!name || strcmp(known->name, name) == 0))
			return known;
	}
	return NULL;
}

static void uncharted_add(struct judge *judge, const struct message *message)
{
	char *method = named(message, "UnknownMethod") ? xml_attribute(message->body, "method")
						       : NULL;
	const char *name = method ? method : message->name;

	if (uncharted_find(judge, message->from, message->to, name)) {
		free(method);
		return;
	}
	struct uncharted *next = &judge->uncharted[judge->uncharted_next++ % UNCHARTED_MOST];

	snprintf(next->from, sizeof(next->from), "%s", message->from);
	snprintf(next->to, sizeof(next->to), "%s", message->to);
	snprintf(next->name, sizeof(next->name), "%s", name);
	free(method);
}

static bool event_of_uncharted(struct judge *judge, const struct message *message);

void judge_charted(struct judge *judge, const struct message *message)
{
	struct uncharted *known =
		uncharted_find(judge, message->from, message->to, message->name);

	if (known)
		memset(known, 0, sizeof(*known));
	/* The Inform of a step has the event, too: the Connection Request is spent on it. */
	if (named(message, "Inform"))
		event_of_uncharted(judge, message);
}

/* The name of the request that a message answers, into name; "" = any. */
static bool answered_name(const struct message *message, char name[MESSAGE_NAME])
{
	const char *response = strstr(message->name, "Response");
	xmlNode *root = message->document ? xmlDocGetRootElement(message->document) : NULL;
	char *answers = xml_attribute(xml_child(root, "answers"), "name");

	name[0] = '\0';
	if (answers)
		snprintf(name, MESSAGE_NAME, "%s", answers);
	else if (named(message, "ConnectionRequestChallenge"))
		snprintf(name, MESSAGE_NAME, "ConnectionRequest");
	else if (named(message, "DnsResponse"))
		snprintf(name, MESSAGE_NAME, "DnsQuery");
	else if (named(message, "HttpResponse"))
		snprintf(name, MESSAGE_NAME, "HttpRequest");
	else if (response && response[strlen("Response")] == '\0')
		snprintf(name, MESSAGE_NAME, "%.*s", (int)(response - message->name),
			 message->name);
	else
		return free(answers), named(message, "Fault");
	free(answers);
	return true;
}

static bool answers_uncharted(struct judge *judge, const struct message *message)
{
	char name[MESSAGE_NAME];

	return answered_name(message, name) &&
	       uncharted_find(judge, message->to, message->from, name[0] ? name : NULL);
}

/* Does the Inform hold the event that an uncharted request brings about (TR-069 3.7.1.5)? */
static bool event_of_uncharted(struct judge *judge, const struct message *message)
{
	xmlNode *event = xml_child(xml_child(message->body, "Event"), "EventStruct");
	bool found = false;

	for (; event && !found; event = xml_next(event, "EventStruct")) {
		char *code = xml_child_text(event, "EventCode");
		const char *request = NULL;

		if (code && strcmp(code, "6 CONNECTION REQUEST") == 0)
			request = "ConnectionRequest";
		else if (code && strncmp(code, "M ", 2) == 0)
			request = code + 2;
		struct uncharted *known =
			request ? uncharted_find(judge, message->to, message->from, request) : NULL;

		found = known != NULL;
		/* One Connection Request makes one session (TR-069 3.2.2). */
		if (known && strcmp(request, "ConnectionRequest") == 0)
			memset(known, 0, sizeof(*known));
		free(code);
	}
	return found;
}

/* Did anybody order a transfer of the device, that it may now carry out with whomever? */
static bool transfer_ordered(const struct judge *judge, const char *device)
{
	static const char *const orders[] = { "Download", "Upload", "ScheduleDownload" };

	for (size_t i = 0; i < UNCHARTED_MOST; i++)
		for (size_t order = 0; order < sizeof(orders) / sizeof(orders[0]); order++)
			if (strcmp(judge->uncharted[i].to, device) == 0 &&
			    strcmp(judge->uncharted[i].name, orders[order]) == 0)
				return true;
	return false;
}

/* What an uncharted request leads to later is as little a step as its answer. */
static bool follows_uncharted(struct judge *judge, const struct message *message)
{
	const char *from = message->to, *to = message->from;

	if (named(message, "TransferComplete"))
		return uncharted_find(judge, from, to, "Download") ||
		       uncharted_find(judge, from, to, "Upload") ||
		       uncharted_find(judge, from, to, "ScheduleDownload");
	if (named(message, "HttpRequest"))
		return transfer_ordered(judge, message->from);
	if (!named(message, "Inform") || !event_of_uncharted(judge, message))
		return false;
	tolerate_session(judge, message);
	return true;
}

/* What a device may say in any session for reasons of its own. Rules look at it all the same. */
static bool of_its_own(const struct message *message)
{
	static const char *const names[] = {
		"GetRPCMethods", "AutonomousTransferComplete", "RequestDownload", "Kicked",
	};
	bool own = false;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !own; i++)
		own = named(message, names[i]);
	return own || (named(message, "TransferComplete") &&
		       session_says(message, "transfer", "known"));
}

/* HEAD and the like at a file server, where what asks for a file or delivers one has its own name:
 * nothing is transferred, and nobody awaits it. */
static bool looks_around(const struct message *message)
{
	return named(message, "HttpRequest") && role_is(message->to, ROLE_FILE_SERVER);
}

static bool background(const struct message *message)
{
	if (looks_around(message))
		return true;
	if (of_its_own(message))
		return role_is(message->to, ROLE_HMS);
	/* What is no DNS is for a rule to say (DNS-FORM). */
	return ((named(message, "DnsQuery") || named(message, "DnsMalformed")) &&
		role_is(message->to, ROLE_DNS)) ||
	       (named(message, "DnsResponse") && role_is(message->from, ROLE_DNS));
}

/* --- unmatched --- */

/* The limit of femtoproof at which the message was cut off; NULL = none. New memory. */
static char *limit_of(const struct message *message)
{
	static const char *const names[] = { "LimitReached", "HttpTruncated", "Unreadable" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (named(message, names[i]))
			return xml_attribute(message->body, "limit");
	return NULL;
}

/* Why an unmatched message is no good; new memory. */
static char *unmatched_text(const struct message *message, const struct arrow *no_chance,
			    const char *limit)
{
	if (no_chance)
		return memory_format("%s did something else before", no_chance->from);
	bool spoilt = limit || named(message, "HttpTruncated") || named(message, "Unreadable");
	char *why = spoilt ? xml_attribute(message->body, "why") : NULL;
	char *text = memory_format("%s%s%s%s",
				   limit ? "it was cut off at a limit of femtoproof's own, "
					 : "nothing awaited it",
				   limit ? limit : "", why ? ": " : "", why ? why : "");

	free(why);
	return text;
}

/* limit: the one that cut it off, or NULL. A limit of our own is no fault of the device's. */
static void unmatched(struct judge *judge, const struct message *message, const char *limit)
{
	struct awaited awaited;

	judge_awaited(judge, &awaited);
	if (awaited.open)
		return;
	const struct node *blamed = awaited_blamed(judge, &awaited);
	const struct arrow *arrow =
		blamed && blamed->item->kind == ITEM_ARROW ? blamed->item->arrow : NULL;
	/* The other role had its turn and did something else: no chance for the device. */
	bool no_chance = arrow && !judge_under_test(judge, arrow->from) &&
			 strcmp(judge->other_spoke, arrow->from) == 0;
	char *notation = awaited_notation(&awaited), *came = message_notation(message);
	char *text = unmatched_text(message, no_chance ? arrow : NULL, limit);
	struct finding finding = {
		.kind = FINDING_UNMATCHED,
		.verdict = no_chance || limit ? VERDICT_INCONC : VERDICT_FAIL,
		.arrow = arrow,
		.action = blamed && !arrow ? blamed->item->action : NULL,
		.message = message,
		.time = message->time,
		.text = text,
		.awaited = notation,
		.came = came,
	};

	finding_give(judge, &finding);
	if (blamed)
		judge->settled[node_number(blamed)] = true;
	judge_stop(judge, blamed ? node_number(blamed) : 0, judge->now);
	free(notation);
	free(came);
	free(text);
}

static void other_said(struct judge *judge, const struct message *message,
		       const struct message_name *row)
{
	bool plumbing = row && row->plumbing;

	if (row && !plumbing &&
	    (row->kind == KIND_REQUEST || named(message, "UnknownMethod"))) {
		uncharted_add(judge, message);
		if (!judge->stopped && judge->complete == INT64_MAX)
			finding_note(judge, message->time, message, "not in the chart: %s said %s",
				     message->from, message->name);
	}
	if (!plumbing || named(message, "EmptyResponse"))
		memory_place(judge->other_spoke, sizeof(judge->other_spoke), message->from);
}

/* A session that the HMS broke off, or a message that is only not seen to its end: not the device's
 * doing. */
static bool broken_by_others(const struct message *message)
{
	bool broken = named(message, "SessionBroken");
	char *by = broken || named(message, "HttpTruncated") ? xml_attribute(message->body, "by")
							     : NULL;
	bool others = by && (broken ? strcmp(by, "device") != 0 : *by == '\0');

	free(by);
	return others;
}

/* An answer in a session that began before the capture. */
static bool began_before(const struct message *message)
{
	return session_says(message, "bound", "unseen");
}

/* What is no step of any chart, or not the device's doing. */
static bool is_no_step(const struct judge *judge, const struct message *message,
		       const struct message_name *row)
{
	bool stranger = judge->environment.observing && message->to[0] == '\0';

	return stranger || message->repeat || (row && row->plumbing) || background(message) ||
	       network_background(judge, message) ||
	       broken_by_others(message) || began_before(message);
}

/* What is cut off can be judged no more; where nothing is awaited, it is only said. */
static void cut_off(struct judge *judge, const struct message *message, const char *limit)
{
	char *harmless = xml_attribute(message->body, "harmless");
	bool only_said = harmless && strcmp(harmless, "true") == 0;

	free(harmless);
	if (!only_said && !judge->stopped && judge->complete == INT64_MAX) {
		unmatched(judge, message, limit);
		return;
	}
	char *text = unmatched_text(message, NULL, limit);

	finding_note(judge, message->time, message, "%s", text);
	free(text);
}

void judge_pass_over(struct judge *judge, const struct message *message, bool reported)
{
	const struct message_name *row = message_name_find(message->name);

	if (!judge_under_test(judge, message->from)) {
		other_said(judge, message, row);
		return;
	}
	/* What comes of that is not the device's doing either. */
	if (named(message, "SessionBroken") && broken_by_others(message))
		snprintf(judge->other_spoke, sizeof(judge->other_spoke), "%s", message->to);
	char *limit = limit_of(message);

	if (limit) {
		cut_off(judge, message, limit);
		free(limit);
		return;
	}
	if (reported || is_no_step(judge, message, row) || judge->stopped ||
	    judge->complete != INT64_MAX || answers_uncharted(judge, message) ||
	    follows_uncharted(judge, message))
		return;
	unmatched(judge, message, NULL);
}
