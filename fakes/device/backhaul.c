#include "fakes/device/backhaul.h"

#include <stdlib.h>
#include <string.h>

#include "fakes/device/backhaul-request.h"
#include "fakes/device/resolver.h"
#include "fakes/device/state.h"
#include "fakes/sctp/association.h"
#include "protocols/hnbap.h"
#include "protocols/memory.h"
#include "protocols/s1ap.h"

#define ANSWER_TIME SECONDS(10) /* for the answer to a request */
#define RETRY_TIME SECONDS(30)  /* until a server that did not serve is tried again */
#define LOSS_TIME SECONDS(1)    /* until one is that served, and went */

enum { INIT_AGAIN = 2, STREAM = 0, OVERLOAD_BACKOFF = 60 };

struct link { /* to one server at a time, of its own share of the list */
	struct backhaul *backhaul;
	size_t first, count, at;
	struct resolver_answer answer;
	size_t address; /* of the answer: the next one */
	struct lookup *lookup;
	struct talk *talk;
	struct timer *timer; /* waits for an answer, or for a server's turn */
	bool registered;
};

struct talk { /* an association; it may outlive its link, to end in order */
	struct talk *next;
	struct backhaul *backhaul;
	struct link *link; /* NULL = it ends */
	struct association *association;
};

struct backhaul {
	struct device *device;
	struct backhaul_plan plan;
	struct address local; /* where the links start */
	int64_t not_before[BACKHAUL_SERVERS];
	struct link links[BACKHAUL_SERVERS];
	size_t link_count;
	struct talk *talks;
};

static void try_next(struct link *link);

static bool is_registered(const struct backhaul *backhaul)
{
	for (size_t i = 0; i < backhaul->link_count; i++)
		if (backhaul->links[i].registered)
			return true;
	return false;
}

bool backhaul_serves(const struct backhaul *backhaul)
{
	if (!backhaul->device->factory.backhaul ||
	    device_has(backhaul->device, DEFECT_RADIATES_UNREGISTERED))
		return true;
	return is_registered(backhaul);
}

static void talk_free(struct talk *talk)
{
	struct talk **link = &talk->backhaul->talks;

	while (*link != talk)
		link = &(*link)->next;
	*link = talk->next;
	if (talk->link)
		talk->link->talk = NULL;
	free(talk);
}

static void link_wait(struct link *link, int64_t wait, timer_callback callback)
{
	loop_cancel(link->timer);
	link->timer = loop_after(link->backhaul->device->loop, wait, callback, link);
}

static void link_quiet(struct link *link)
{
	resolver_cancel(link->lookup);
	loop_cancel(link->timer);
	link->lookup = NULL;
	link->timer = NULL;
}

/* The link has no association any more; that which it had ends by itself. */
static void end_talk(struct link *link)
{
	struct talk *talk = link->talk;

	if (!talk)
		return;
	link->talk = NULL;
	talk->link = NULL;
	association_shutdown(talk->association);
}

static void set_registered(struct link *link, bool registered)
{
	struct device *device = link->backhaul->device;

	if (link->registered == registered)
		return;
	link->registered = registered;
	radio_follow(device, true);
	if (registered)
		outage_ends(device, OUTAGE_BACKHAUL);
	else if (!is_registered(link->backhaul))
		outage_begins(device, OUTAGE_BACKHAUL);
}

/* This server does not serve: it is not asked again before the time. */
static void give_up(struct link *link, int64_t wait)
{
	struct backhaul *backhaul = link->backhaul;

	link_quiet(link);
	end_talk(link);
	backhaul->not_before[link->first + link->at] = loop_now(backhaul->device->loop) + wait;
	link->at = (link->at + 1) % link->count;
	set_registered(link, false);
	try_next(link);
}

static void no_answer(void *context)
{
	struct link *link = context;

	link->timer = NULL;
	give_up(link, RETRY_TIME);
}

static void came_up(void *context, struct association *association)
{
	struct talk *talk = context;
	struct link *link = talk->link;

	if (!link)
		return;
	const struct backhaul_plan *plan = &link->backhaul->plan;

	association_send(association, plan->ppid, STREAM, plan->request.octets,
			 plan->request.length);
	link_wait(link, ANSWER_TIME, no_answer);
}

static void connect_next(struct link *link);

static void went_down(void *context, struct association *association, enum association_down how)
{
	struct talk *talk = context;
	struct link *link = talk->link;

	(void)association;
	talk_free(talk);
	if (!link)
		return;
	if (link->registered)
		give_up(link, LOSS_TIME);
	else if (how == ASSOCIATION_NO_ANSWER || how == ASSOCIATION_REFUSED)
		connect_next(link);
	else
		give_up(link, RETRY_TIME);
}

/* <TimeToWait seconds=/>, <BackoffTimer seconds=/>; 0 = it does not say. */
static int64_t told_to_wait(const struct message *message)
{
	for (const xmlNode *node = message->body->children; node; node = node->next) {
		if (strcmp((const char *)node->name, "TimeToWait") != 0 &&
		    strcmp((const char *)node->name, "BackoffTimer") != 0)
			continue;
		xmlChar *text = xmlGetProp(node, (const xmlChar *)"seconds");
		long seconds = text ? strtol((const char *)text, NULL, 10) : 0;

		xmlFree(text);
		return SECONDS(seconds);
	}
	return 0;
}

/* A refusal, or the end of what was granted. */
static void refused(struct link *link, const struct message *message)
{
	const struct device *device = link->backhaul->device;
	int64_t wait = told_to_wait(message);

	if (device_has(device, DEFECT_IGNORES_TIME_TO_WAIT))
		wait = LOSS_TIME;
	else if (wait < RETRY_TIME)
		wait = RETRY_TIME;
	give_up(link, wait);
}

static void message_came(void *context, struct association *association, uint32_t ppid,
			 uint16_t stream, const void *octets, size_t length)
{
	struct talk *talk = context;
	struct link *link = talk->link;
	bool henb = talk->backhaul->device->factory.is_henb;

	(void)association;
	(void)stream;
	if (!link || ppid != (henb ? S1AP_PPID : HNBAP_PPID))
		return;
	struct message *message =
	    henb ? s1ap_message_decode(octets, length) : hnbap_message_decode(octets, length);

	if (!strcmp(message->name, "S1SetupResponse") ||
	    !strcmp(message->name, "HnbRegisterAccept")) {
		link_quiet(link);
		set_registered(link, true);
	} else if (!strcmp(message->name, "S1SetupFailure") ||
		   !strcmp(message->name, "HnbRegisterReject") ||
		   !strcmp(message->name, "HnbDeRegister")) {
		refused(link, message);
	}
	message_free(message);
}

/* The next address of the server; when there is none left, the next server. */
static void connect_next(struct link *link)
{
	static const struct association_calls calls = { came_up, message_came, went_down };
	struct backhaul *backhaul = link->backhaul;
	struct talk *talk;

	if (link->address >= link->answer.count) {
		give_up(link, RETRY_TIME);
		return;
	}
	struct address remote = link->answer.addresses[link->address++];

	remote.port = backhaul->plan.port;
	talk = memory_new(sizeof(*talk));
	*talk = (struct talk){ .next = backhaul->talks, .backhaul = backhaul, .link = link };
	backhaul->talks = talk;
	link->talk = talk;
	talk->association = association_connect(backhaul->device->loop, &backhaul->local, &remote,
						INIT_AGAIN, &calls, talk, NULL);
	if (!talk->association) {
		talk_free(talk);
		connect_next(link);
	}
}

static void resolved(void *context, const struct resolver_answer *answer,
		     const struct problem *problem)
{
	struct link *link = context;

	(void)problem;
	link->lookup = NULL;
	link->address = 0;
	link->answer = answer ? *answer : (struct resolver_answer){ .count = 0 };
	connect_next(link);
}

static void turn_came(void *context)
{
	struct link *link = context;

	link->timer = NULL;
	try_next(link);
}

static void ask_server(struct link *link)
{
	static const struct resolver_way way;
	struct backhaul *backhaul = link->backhaul;
	struct device *device = backhaul->device;
	struct address dns = uplink_core_dns(device->uplink);
	struct address local = uplink_core_dns_local(device->uplink);

	link->lookup = resolver_ask(device->loop, &local, &dns,
				    backhaul->plan.servers[link->first + link->at], &way,
				    &device->random, resolved, link);
}

/* The first whose turn it is, from the one on that the link has come to; else it waits. */
static void try_next(struct link *link)
{
	struct backhaul *backhaul = link->backhaul;
	int64_t now = loop_now(backhaul->device->loop), soonest = INT64_MAX;

	for (size_t i = 0; i < link->count; i++) {
		size_t at = (link->at + i) % link->count;
		int64_t time = backhaul->not_before[link->first + at];

		if (time <= now) {
			link->at = at;
			ask_server(link);
			return;
		}
		if (time < soonest)
			soonest = time;
	}
	link_wait(link, soonest - now, turn_came);
}

static void add_link(struct backhaul *backhaul, size_t first, size_t count)
{
	struct link *link = &backhaul->links[backhaul->link_count++];

	*link = (struct link){ .backhaul = backhaul, .first = first, .count = count };
	try_next(link);
}

static void begin(struct backhaul *backhaul)
{
	const struct device *device = backhaul->device;
	bool first_only = device_has(device, DEFECT_NO_FAILOVER);
	bool all = (backhaul->plan.all && !device_has(device, DEFECT_IGNORES_S1_MODE)) ||
		   device_has(device, DEFECT_CONNECTS_TO_ALL);

	memset(backhaul->not_before, 0, sizeof(backhaul->not_before));
	if (!all)
		add_link(backhaul, 0, first_only ? 1 : backhaul->plan.count);
	for (size_t i = 0; all && i < backhaul->plan.count; i++)
		add_link(backhaul, i, 1);
}

static void say_goodbye(struct link *link)
{
	struct buffer octets = { 0 };

	const struct device *device = link->backhaul->device;
	bool normal = !device_has(device, DEFECT_LEAVES_AS_OVERLOADED);

	if (!link->registered || !link->talk || device->factory.is_henb ||
	    device_has(device, VARIANT_LEAVES_WITHOUT_WORD))
		return;
	hnbap_write_de_register("radioNetwork", normal ? "normal" : "overload",
				normal ? -1 : OVERLOAD_BACKOFF, &octets);
	association_send(link->talk->association, link->backhaul->plan.ppid, STREAM, octets.octets,
			 octets.length);
	buffer_free(&octets);
}

void backhaul_stop(struct backhaul *backhaul, bool politely)
{
	for (size_t i = 0; i < backhaul->link_count; i++) {
		struct link *link = &backhaul->links[i];

		link_quiet(link);
		if (politely)
			say_goodbye(link);
		if (politely)
			end_talk(link);
	}
	while (!politely && backhaul->talks) {
		struct association *association = backhaul->talks->association;

		talk_free(backhaul->talks);
		association_abandon(association);
	}
	backhaul->link_count = 0;
	backhaul_plan_clear(&backhaul->plan);
	if (politely) /* it is to be registered nowhere, or elsewhere */
		outage_ends(backhaul->device, OUTAGE_BACKHAUL);
}

/* The serving HMS, which gave the configuration, heard of this boot, and nothing is left to say
 * to another one (TS 32.593 5.1.3 4; TS 32.583 5.2.1 7). */
static bool is_configured(const struct device *device)
{
	if (device_has(device, DEFECT_EARLY_S1))
		return true;
	return device->last_success && !device->session && device->bootstrapped &&
	       !strcmp(device->bootstrapped, device_value(device, "ManagementServer.URL"));
}

static bool is_ready(const struct device *device)
{
	return device->powered && device->factory.backhaul && uplink_core_ready(device->uplink);
}

static bool same_start(const struct address *a, const struct address *b)
{
	return address_same_host(a, b) && a->place == b->place;
}

/* What serves nobody any more leaves: it was locked, or has no server left (TS 32.583 5.4). */
static bool is_to_leave(const struct backhaul *backhaul, const struct backhaul_plan *plan)
{
	return is_ready(backhaul->device) && backhaul->link_count &&
	       (backhaul->device->locked || !plan->count);
}

/* Leaves as it should, and is back before anybody let it in again (a defect). */
static void come_back(struct backhaul *backhaul)
{
	for (size_t i = 0; i < backhaul->link_count; i++) {
		say_goodbye(&backhaul->links[i]);
		give_up(&backhaul->links[i], RETRY_TIME);
	}
}

/* Defects of a cell that is to leave. */
static bool clings(struct backhaul *backhaul, const struct backhaul_plan *plan)
{
	const struct device *device = backhaul->device;

	if (!is_to_leave(backhaul, plan))
		return false;
	if (device_has(device, DEFECT_COMES_BACK_LOCKED) && backhaul_serves(backhaul))
		come_back(backhaul);
	return device_has(device, DEFECT_STAYS_REGISTERED) ||
	       device_has(device, DEFECT_COMES_BACK_LOCKED);
}

void backhaul_follow(struct backhaul *backhaul)
{
	struct device *device = backhaul->device;
	struct backhaul_plan plan = { .count = 0 };
	struct address local = device_has(device, DEFECT_S1_OUTSIDE_TUNNEL)
				   ? device->factory.local
				   : uplink_core_local(device->uplink);

	if (!device->factory.backhaul)
		return;
	if (is_ready(device) && !backhaul->link_count && !is_configured(device))
		return;
	if (is_ready(device) && !device->locked)
		backhaul_plan_make(device, &plan);
	bool old = (backhaul->link_count && plan.count &&
		    device_has(device, DEFECT_S1_TO_OLD_SERVER)) ||
		   clings(backhaul, &plan);

	if (old ||
	    (backhaul_plan_same(&plan, &backhaul->plan) && same_start(&local, &backhaul->local))) {
		backhaul_plan_clear(&plan);
		return;
	}
	backhaul_stop(backhaul, true);
	radio_follow(device, true);
	backhaul->plan = plan;
	backhaul->local = local;
	if (plan.count)
		begin(backhaul);
}

struct backhaul *backhaul_new(struct device *device)
{
	struct backhaul *backhaul = memory_new(sizeof(*backhaul));

	backhaul->device = device;
	return backhaul;
}

void backhaul_free(struct backhaul *backhaul)
{
	if (!backhaul)
		return;
	backhaul_stop(backhaul, false);
	free(backhaul);
}
