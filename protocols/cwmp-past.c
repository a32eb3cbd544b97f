#include "protocols/cwmp-past.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

#define SECOND 1000000
#define UNSEEN_MOST 100000
#define RETRY_ROWS 10         /* "10 and subsequent" */
#define GRACE (10 * SECOND)   /* for the name, TCP and TLS, behind the wait */
#define ROUNDING (SECOND / 2) /* timers of a device may be as coarse as this */

uint64_t cwmp_past_hash(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	return hash ? hash : 1;
}

void cwmp_pasts_clear(struct cwmp_pasts *pasts)
{
	for (unsigned i = 0; i < pasts->count; i++)
		free(pasts->list[i].events);
	free(pasts->list);
	*pasts = (struct cwmp_pasts){ 0 };
}

struct cwmp_past *cwmp_past_find(struct cwmp_pasts *pasts, uint64_t who)
{
	for (unsigned i = 0; i < pasts->count; i++)
		if (pasts->list[i].who == who)
			return &pasts->list[i];
	return NULL;
}

struct cwmp_past *cwmp_past_of(struct cwmp_pasts *pasts, const char *identity)
{
	uint64_t who = cwmp_past_hash(identity);
	struct cwmp_past *past = *identity ? cwmp_past_find(pasts, who) : NULL;

	if (past || !*identity)
		return past;
	if (!pasts->list)
		pasts->list = memory_new(LIMIT_SESSIONS_ENDED * sizeof(*pasts->list));
	past = &pasts->list[pasts->next];
	pasts->next = (pasts->next + 1) % LIMIT_SESSIONS_ENDED;
	if (pasts->count < LIMIT_SESSIONS_ENDED)
		pasts->count++;
	free(past->events);
	*past = (struct cwmp_past){
		.who = who,
		.retry = cwmp_retry_defaults(false),
		.unserved_at = INT64_MAX,
		.idle_at = INT64_MAX,
	};
	return past;
}

static const xmlNode *first_event(const struct message *inform)
{
	return xml_child(xml_child(inform->body, "Event"), NULL);
}

bool cwmp_has_event(const struct message *inform, const char *code)
{
	const xmlNode *event;

	for (event = first_event(inform); event; event = xml_next(event, NULL))
		if (xml_text_is(xml_child(event, "EventCode"), code))
			return true;
	return false;
}

/* A line for the event, to be found among those of the Inform before. */
static void event_line(const xmlNode *event, struct buffer *line)
{
	char *code = xml_child_text(event, "EventCode");
	char *key = xml_child_text(event, "CommandKey");

	buffer_format(line, "\n%.80s=%.80s\n", code ? code : "", key ? key : "");
	free(code);
	free(key);
}

/* Can the event be there anew although it was in the Inform before, in the same words? */
static bool may_be_anew(const char *line, enum session_before how, int64_t waited)
{
	static const char *const kept[] = { "\n7 TRANSFER COMPLETE=", "\nM Download=",
					    "\nM Upload=" };

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (!strncmp(line, kept[i], strlen(kept[i])))
			return false;
	if (how == BEFORE_CUT) /* it was delivered */
		return true;
	if (!strncmp(line, "\n2 PERIODIC=", 12)) /* nobody informs as often as that */
		return waited >= CWMP_RETRY_MINIMUM * SECOND;
	return strncmp(line, "\n0 BOOTSTRAP=", 13) != 0 && strncmp(line, "\n1 BOOT=", 8) != 0 &&
	       strncmp(line, "\nM Reboot=", 10) != 0;
}

/* Why is there a session: "retry" of the one before and no other reason; "perhaps-new": that, or
 * the device booted anew; "new": for another reason too, which may come at once. */
static const char *reason_of(const struct cwmp_past *past, const struct message *inform,
			     int64_t waited)
{
	bool perhaps = past->how == BEFORE_CUT;
	const xmlNode *event;

	for (event = first_event(inform); event; event = xml_next(event, NULL)) {
		struct buffer line = { 0 };

		event_line(event, &line);
		const char *text = buffer_text(&line);
		bool known = past->events && strstr(past->events, text);
		bool anew = !known || may_be_anew(text, past->how, waited);

		perhaps |= !strncmp(text, "\n1 BOOT=", 8) || !strncmp(text, "\n2 PERIODIC=", 12);
		buffer_free(&line);
		if (anew)
			return "new";
	}
	return perhaps ? "perhaps-new" : "retry";
}

static void keep_events(struct cwmp_past *past, const struct message *inform)
{
	struct buffer lines = { 0 };
	const xmlNode *event;

	for (event = first_event(inform); event; event = xml_next(event, NULL))
		event_line(event, &lines);
	free(past->events);
	past->events = memory_text(buffer_text(&lines));
	buffer_free(&lines);
}

static uint64_t row_of(uint64_t number)
{
	return number < 1 ? 1 : number > RETRY_ROWS ? RETRY_ROWS : number;
}

/* A device may have failed without being seen, at a name server or while it connected. How far can
 * its count have come? Each attempt takes its wait. */
static uint64_t count_most(const struct cwmp_past *past, int64_t waited)
{
	struct cwmp_retry retry = cwmp_retry_shortest(&past->retry);
	uint64_t most = past->retry_count + 1, number = past->failures;

	waited += ROUNDING;
	for (waited -= cwmp_retry_begin(&retry, row_of(number)); waited > 0; most++) {
		int64_t least = cwmp_retry_begin(&retry, row_of(++number));

		if (least < SECOND)
			least = SECOND;
		waited -= least;
		if (waited < 0)
			break;
	}
	return most;
}

/* How many attempts can have failed in that time behind a session that went well, without being
 * seen? The first of them may come at once. */
static uint64_t attempts_most(const struct cwmp_past *past, int64_t waited)
{
	struct cwmp_retry retry = cwmp_retry_shortest(&past->retry);
	uint64_t most = 0;

	for (waited += ROUNDING; most < UNSEEN_MOST; most++) {
		int64_t least = cwmp_retry_begin(&retry, row_of(most + 1));

		waited -= least < SECOND ? SECOND : least;
		if (waited < 0)
			break;
	}
	return most;
}

static void seconds_attribute(xmlNode *facet, const char *name, int64_t microseconds)
{
	message_attribute(facet, name, "%.3f", (double)microseconds / SECOND);
}

/* RetryCount of an Inform; false when it has none. */
static bool retry_count_of(const struct message *inform, uint64_t *count)
{
	char *text = xml_child_text(inform->body, "RetryCount"), *end = text;

	*count = text ? strtoul(text, &end, 10) : 0;
	bool number = text && *text && !*end;
	free(text);
	return number;
}

/* A session that says 1 BOOT again and comes too soon for a retry is taken for one of a reboot, once:
 * not a second time in succession. */
static void take_boot(struct cwmp_past *past, const struct message *inform, bool too_soon,
		      xmlNode *facet)
{
	bool excused = too_soon && !past->excused && cwmp_has_event(inform, "1 BOOT");

	past->excused = excused;
	if (excused)
		message_attribute(facet, "boot", "%s", "perhaps");
}

/* The range in which the retry has to come. Waits that nobody saw set may be any: then only what is
 * too soon for all of them is said, and the range of the defaults beside it. */
static void say_range(const struct cwmp_past *past, uint64_t most, bool whole, xmlNode *facet)
{
	struct cwmp_retry sure = cwmp_retry_shortest(&past->retry);
	int64_t most_time = cwmp_retry_begin(&past->retry, row_of(most) + 1) + GRACE;
	uint64_t row = row_of(past->failures);
	bool known = cwmp_retry_known(&past->retry);

	seconds_attribute(facet, "wait-least", cwmp_retry_begin(&sure, row) - ROUNDING);
	if (!known)
		seconds_attribute(facet, "wait-usual-least",
				  cwmp_retry_begin(&past->retry, row) - ROUNDING);
	if (whole)
		seconds_attribute(facet, known ? "wait-most" : "wait-usual-most", most_time);
}

static void say_wait(struct cwmp_past *past, const struct message *inform, int64_t now,
		     int64_t connected, xmlNode *facet)
{
	int64_t waited = now - past->failed, short_wait = connected - past->abandoned;
	int64_t least = cwmp_retry_begin(&past->retry, row_of(past->failures)) - ROUNDING;
	uint64_t most = past->retry_count + 1, count;
	bool counted = retry_count_of(inform, &count);

	if (most < past->failures)
		most = past->failures;
	const char *reason = reason_of(past, inform, waited);

	message_attribute(facet, "reason", "%s", reason);
	seconds_attribute(facet, "waited", waited);
	seconds_attribute(facet, "waited-at-least", short_wait > 0 ? short_wait : 0);
	take_boot(past, inform, !strcmp(reason, "perhaps-new") && waited < least, facet);
	/* A count that jumped says that there were attempts which nobody saw. */
	say_range(past, most, !past->counted || !counted || count <= past->retry_count + 1, facet);
	message_number(facet, "retry", past->failures);
	if (!past->counted)
		return;
	message_number(facet, "retry-before", past->retry_count);
	message_number(facet, "retry-most", count_most(past, waited));
}

static void say_flood(struct cwmp_past *past, int64_t now, xmlNode *facet)
{
	int64_t *oldest = &past->opened[past->opened_next++ % FLOOD_SESSIONS];

	if (past->opened_next > FLOOD_SESSIONS && now - *oldest < FLOOD_TIME)
		seconds_attribute(facet, "flood", now - *oldest);
	*oldest = now;
}

bool cwmp_past_owes(const struct cwmp_past *past)
{
	return past->request == REQUEST_ACCEPTED || past->request == REQUEST_PERHAPS ||
	       past->request == REQUEST_OWED;
}

/* What was remembered of Connection Requests is too old to have to do with a session now. An
 * accepted one that has no session yet is not: the session is late. */
static void let_lapse(struct cwmp_past *past, int64_t now)
{
	if (past->request != REQUEST_ACCEPTED && now - past->requested > REQUEST_LAPSE)
		past->request = REQUEST_NONE;
	if (now - past->asked > REQUEST_LAPSE)
		past->asking = 0;
}

/* A session comes of the requests that were accepted: does none follow it? One that was accepted
 * while the session was opened may have a session of its own (TR-069 3.2.2), and that may have begun
 * as soon as the first was accepted: with the question for a name, which need not be seen. What came
 * during a session before has one in all. */
static enum request_state served(const struct cwmp_past *past, int64_t connected)
{
	bool behind_session = past->requested > past->accepted;

	if (past->request != REQUEST_ACCEPTED)
		return past->request == REQUEST_NONE ? REQUEST_NONE : REQUEST_SERVED;
	if (past->taken < 2 || behind_session)
		return REQUEST_SERVED;
	return past->accepted >= connected ? REQUEST_OWED : REQUEST_PERHAPS;
}

static void say_request(struct cwmp_past *past, const struct message *inform, int64_t now,
			int64_t connected, xmlNode *facet)
{
	static const char *const names[] = { "",       "refused", "accepted", "served",
					     "perhaps", "",	    "failed" };

	/* Until this session is over: then one that is owed still counts anew. */
	past->unserved_at = INT64_MAX;
	past->idle_at = INT64_MAX; /* this is what it was busy with, perhaps */
	if (!cwmp_has_event(inform, "6 CONNECTION REQUEST"))
		return;
	let_lapse(past, now);
	if (past->asking && !cwmp_past_owes(past))
		message_attribute(facet, "request", "unanswered");
	else if (*names[past->request])
		message_attribute(facet, "request", "%s", names[past->request]);
	if (past->request == REQUEST_ACCEPTED) {
		int64_t late = now - past->requested - REQUEST_LONGEST;

		seconds_attribute(facet, "request-waited", now - past->requested);
		seconds_attribute(facet, "request-late", late > 0 ? late : 0);
	}
	past->request = served(past, connected);
	past->taken = 0;
}

void cwmp_past_inform(struct cwmp_past *past, struct message *inform, int64_t now,
		      int64_t connected)
{
	bool failed = past->how == BEFORE_FAILED || past->how == BEFORE_CUT;
	xmlNode *facet = message_facet(inform, "session");
	uint64_t count;
	bool counted = retry_count_of(inform, &count);

	say_flood(past, now, facet);
	say_request(past, inform, now, connected, facet);
	if (failed)
		say_wait(past, inform, now, connected, facet);
	else if (past->how == BEFORE_COMPLETE)
		message_number(facet, "retry-most", attempts_most(past, now - past->failed));
	if (failed && counted && past->counted && count > past->retry_count + 1 &&
	    count <= count_most(past, now - past->failed))
		past->failures += (unsigned)(count - past->retry_count - 1);
	/* The wait index is that of the retries since the boot. */
	bool known = past->events && strstr(past->events, "\n1 BOOT=");

	if (cwmp_has_event(inform, "1 BOOT") && (!known || (failed && past->excused)))
		past->failures = 0;
	if (cwmp_has_event(inform, "0 BOOTSTRAP") && cwmp_has_event(inform, "1 BOOT") &&
	    !(past->events && strstr(past->events, "\n0 BOOTSTRAP=")))
		cwmp_retry_bootstrap(&past->retry, !past->events);
	past->how = BEFORE_UNKNOWN;
	past->counted = counted;
	past->retry_count = count;
	keep_events(past, inform);
	cwmp_retry_take(&past->retry, inform);
}

void cwmp_past_asked_perhaps(struct cwmp_past *past)
{
	past->asking = 0;
	if (past->request == REQUEST_ACCEPTED)
		past->taken++; /* one more session than the one that is due, perhaps */
	else
		past->request = REQUEST_NONE;
}

void cwmp_past_ended(struct cwmp_past *past, enum session_before how, bool requested,
		     int64_t failed, int64_t abandoned)
{
	past->how = how;
	past->failed = failed;
	past->abandoned = abandoned;
	if (how == BEFORE_FAILED || how == BEFORE_CUT)
		past->failures++;
	else
		past->failures = 0;
	if (how == BEFORE_FAILED && requested && past->request == REQUEST_SERVED)
		past->request = REQUEST_FAILED;
	if (requested && past->request != REQUEST_ACCEPTED && past->request != REQUEST_REFUSED)
		past->requested = abandoned;
	/* One that was accepted meanwhile has its session behind this one (TR-069 3.2.2). */
	if (past->request == REQUEST_ACCEPTED && past->requested < abandoned) {
		past->requested = abandoned;
		past->unserved_at = abandoned + REQUEST_PATIENCE;
	}
}

void cwmp_past_unseen(struct cwmp_past *past)
{
	past->how = BEFORE_UNKNOWN;
	past->counted = false;
	past->failures = 0;
	past->retry = cwmp_retry_defaults(false);
	free(past->events);
	past->events = memory_text("");
	past->cookie_count = 0;
	past->moved = past->nonce = 0;
	past->password_written = true;
	past->settled = past->elsewhere = false;
	past->request = REQUEST_NONE;
	past->asking = past->taken = 0;
	past->unserved_at = past->idle_at = INT64_MAX;
}

bool cwmp_pasts_know_hms(const struct cwmp_pasts *pasts, const struct address *server)
{
	for (unsigned i = 0; i < pasts->count; i++)
		if (pasts->list[i].hms.family && address_same_host(&pasts->list[i].hms, server))
			return true;
	return false;
}

static bool ends_with(const char *text, size_t length, const char *end)
{
	size_t tail = strlen(end);

	return length >= tail && !memcmp(text + length - tail, end, tail);
}

bool cwmp_sets(const struct message *message, const char *end)
{
	const xmlNode *entry = xml_child(xml_child(message->body, "ParameterList"), NULL);

	for (; entry; entry = xml_next(entry, NULL)) {
		const char *name = xml_plain_text(xml_child(entry, "Name"));

		if (name && ends_with(name, strlen(name), end))
			return true;
	}
	return false;
}
