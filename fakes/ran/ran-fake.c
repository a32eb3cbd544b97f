#include "fakes/ran/ran-fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/late-answer.h"
#include "fakes/sctp/association.h"
#include "protocols/memory.h"

enum { FACES = 8, STREAM = 0 };

struct peer { /* somebody with an association */
	struct peer *next;
	struct fake *fake;
	struct association *association;
};

struct late { /* an answer that is to come later */
	struct association *association;
	uint32_t ppid;
};

struct fake {
	const struct ran_element *element;
	const struct stage *stage;
	char *role;
	struct association_server *servers[FACES];
	size_t server_count;
	struct peer *peers; /* the newest first */
	struct late_answers late;
};

const char *ran_setting(const struct ran_asked *asked, const char *name)
{
	const struct cue *cue = asked->cue;

	for (size_t i = 0; cue && i < cue->setting_count; i++)
		if (strcmp(cue->settings[i].name, name) == 0)
			return cue->settings[i].value;
	return NULL;
}

uint32_t ran_setting_number(const struct ran_asked *asked, const char *name, uint32_t most,
			    uint32_t otherwise)
{
	const char *text = ran_setting(asked, name);
	char *end = NULL;
	unsigned long value = text ? strtoul(text, &end, 10) : 0;

	return text && *text && !*end && value <= most ? (uint32_t)value : otherwise;
}

const char *ran_setting_cause(const struct ran_asked *asked, const char *otherwise, char group[32])
{
	const char *cause = ran_setting(asked, "Cause");
	const char *slash = cause ? strchr(cause, '/') : NULL;

	if (!slash) {
		cause = otherwise;
		slash = strchr(cause, '/');
	}
	snprintf(group, 32, "%.*s", (int)(slash - cause), cause);
	return slash + 1;
}

const char *ran_variable(const struct ran_asked *asked, const char *name, const char *otherwise)
{
	char full[96];

	snprintf(full, sizeof(full), "%s.%s", asked->role, name);
	const char *value = profile_variable(asked->stage->profile, full);

	return value ? value : otherwise;
}

static void send_late(const void *to, struct octets answer)
{
	const struct late *late = to;

	association_send(late->association, late->ppid, STREAM, answer.at, answer.length);
}

/* It is not to be read: the kind of PDU and the criticality are none that there are. */
static void write_garbage(struct buffer *out)
{
	buffer_add(out, "\xe0\xff\xc0\xff\xff\xff", 6);
}

static void peer_forget(struct peer *peer)
{
	struct fake *fake = peer->fake;
	struct peer **link = &fake->peers;

	late_answers_forget(&fake->late, peer->association);
	while (*link != peer)
		link = &(*link)->next;
	*link = peer->next;
	free(peer);
}

static void break_off(struct peer *peer)
{
	struct association *association = peer->association;

	peer_forget(peer);
	association_abort(association);
}

/* Says the message, as its cue wants it. The cue goes when it is taken. */
static void say(struct peer *peer, const struct ran_asked *asked, const char *message)
{
	struct fake *fake = peer->fake;
	const struct arrow *arrow = asked->cue ? asked->cue->arrow : NULL;
	uint32_t ppid = fake_fault(arrow, "wrong-ppid") ? 0 : fake->element->ppid;
	const struct fault *delay = fake_fault(arrow, "delay");
	bool silent = fake_fault(arrow, "no-answer"), breaks = fake_fault(arrow, "abort");
	struct association *association = peer->association;
	struct buffer octets = { 0 };

	if (fake_fault(arrow, "malformed-s1ap") || fake_fault(arrow, "malformed-hnbap"))
		write_garbage(&octets);
	else
		fake->element->write(asked, message, &octets);
	if (arrow && fake->stage->cue_taken)
		fake->stage->cue_taken(fake->stage->context, arrow);
	if (breaks && !silent) {
		break_off(peer);
	} else if (delay && !silent) {
		const struct late late = { association, ppid };

		late_answer_add(&fake->late, fake->stage->loop, delay->number, association,
				octets_of(octets.octets, octets.length), send_late, &late,
				sizeof(late));
	} else if (!silent) {
		association_send(association, ppid, STREAM, octets.octets, octets.length);
	}
	buffer_free(&octets);
}

static bool listed(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

static bool is_answer(void *context, const struct arrow *arrow)
{
	const struct fake *fake = context;

	return listed(fake->element->answers, arrow->message);
}

static bool is_unasked(void *context, const struct arrow *arrow)
{
	const struct fake *fake = context;

	return listed(fake->element->unasked, arrow->message);
}

static void answer(struct peer *peer, const struct message *request)
{
	struct fake *fake = peer->fake;
	const struct stage *stage = fake->stage;
	struct ran_asked asked = { .stage = stage, .role = fake->role, .request = request };

	if (stage->cue)
		asked.cue = stage->cue(stage->context, fake->role, NULL, is_answer, fake);
	const char *message = asked.cue ? asked.cue->arrow->message : fake->element->usual(&asked);

	if (message)
		say(peer, &asked, message);
}

static void came_up(void *context, struct association *association)
{
	struct fake *fake = context;
	struct peer *peer = memory_new(sizeof(*peer));

	*peer = (struct peer){ .next = fake->peers, .fake = fake, .association = association };
	fake->peers = peer;
	association_keep(association, peer);
}

static void went_down(void *context, struct association *association, enum association_down how)
{
	(void)context;
	(void)how;
	peer_forget(association_kept(association));
}

/* What is of another protocol, or cannot be read, gets no answer. */
static void message_came(void *context, struct association *association, uint32_t ppid,
			 uint16_t stream, const void *octets, size_t length)
{
	struct fake *fake = context;
	struct peer *peer = association_kept(association);

	(void)stream;
	if (ppid != fake->element->ppid || !peer)
		return;
	struct message *message = fake->element->decode(octets, length);

	if (strcmp(message->name, fake->element->request) == 0)
		answer(peer, message);
	message_free(message);
}

static const struct association_calls calls = {
	.up = came_up,
	.message = message_came,
	.down = went_down,
};

static int listen_everywhere(struct fake *fake, struct problem *problem)
{
	const struct stage *stage = fake->stage;
	struct address faces[FACES];
	size_t count = bench_faces(stage->bench, fake->role, fake->element->service, faces, FACES);

	for (size_t i = 0; i < count; i++) {
		struct association_server *server =
		    association_listen(stage->loop, &faces[i], stage->tap, &calls, fake, problem);

		if (!server)
			return -1;
		fake->servers[fake->server_count++] = server;
	}
	return 0;
}

/* Raw sockets want a right that a run on loopback does not need otherwise. */
static bool is_needed(const struct fake *fake)
{
	const struct ics_item *item = profile_ics(fake->stage->profile, fake->element->item);

	return strcmp(bench_kind(fake->stage->bench), "loopback") != 0 || (item && item->supported);
}

static void publish(const struct fake *fake)
{
	struct bench *bench = fake->stage->bench;
	struct address address;
	char text[ADDRESS_TEXT];

	bench_place(bench, fake->role, fake->element->service, &address);
	if (fake->server_count > 0)
		address = *association_server_address(fake->servers[0]);
	bench_publish(bench, fake->role, "address", address_host(&address, text));
	snprintf(text, sizeof(text), "%u", address.port);
	bench_publish(bench, fake->role, "port", text);
}

struct fake *ran_fake_start(const struct ran_element *element, const struct stage *stage,
			    const char *role, struct problem *problem)
{
	struct fake *fake = memory_new(sizeof(*fake));

	fake->element = element;
	fake->stage = stage;
	fake->role = memory_text(role);
	if (is_needed(fake) && listen_everywhere(fake, problem) < 0) {
		ran_fake_stop(fake);
		return NULL;
	}
	publish(fake);
	return fake;
}

/* To the one that came last. */
void ran_fake_cue(struct fake *fake)
{
	const struct stage *stage = fake->stage;
	struct ran_asked asked = { .stage = stage, .role = fake->role };

	if (!fake->peers || !fake->element->unasked[0] || !stage->cue)
		return;
	asked.cue = stage->cue(stage->context, fake->role, NULL, is_unasked, fake);
	if (asked.cue)
		say(fake->peers, &asked, asked.cue->arrow->message);
}

static void set_silent(struct fake *fake, bool silent)
{
	for (size_t i = 0; i < fake->server_count; i++)
		association_server_silent(fake->servers[i], silent);
}

int ran_fake_act(struct fake *fake, const char *action,
		 char *(*argument)(void *context, const char *name), void *context,
		 struct problem *problem)
{
	bool breaks = strcmp(action, "abort-association") == 0;

	(void)argument;
	(void)context;
	if (strcmp(action, "go-silent") == 0 || strcmp(action, "answer-again") == 0) {
		set_silent(fake, action[0] == 'g');
		return 0;
	}
	if (!breaks && strcmp(action, "close-association") != 0)
		return problem_set(problem, "%s cannot do \"%s\"", fake->role, action);
	if (!breaks)
		for (struct peer *peer = fake->peers; peer; peer = peer->next)
			association_shutdown(peer->association);
	while (breaks && fake->peers)
		break_off(fake->peers);
	return 0;
}

void ran_fake_reset(struct fake *fake)
{
	late_answers_forget(&fake->late, NULL);
	while (fake->peers)
		peer_forget(fake->peers);
	for (size_t i = 0; i < fake->server_count; i++)
		association_server_forget(fake->servers[i]);
	set_silent(fake, false);
}

void ran_fake_stop(struct fake *fake)
{
	if (!fake)
		return;
	ran_fake_reset(fake);
	for (size_t i = 0; i < fake->server_count; i++)
		association_server_close(fake->servers[i]);
	free(fake->role);
	free(fake);
}
