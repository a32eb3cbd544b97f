/* CREATE_CHILD_SA (RFC 7296 1.3, 2.8, 2.18, 2.25): new Child SAs, and rekeying of both kinds. */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/ikev2-state.h"
#include "protocols/memory.h"

#define REPLACED_LIFE (30 * (int64_t)SECOND) /* the peer deletes what it rekeyed, or we forget it */

void ikev2_pending_clear(struct pending *pending)
{
	ikev2_dh_free(pending->dh);
	ikev2_child_free(pending->child);
	OPENSSL_cleanse(pending, sizeof(*pending));
}

static const struct ikev2_offer *offer_of(const struct ikev2_sa *sa)
{
	return sa->current.kind == TASK_REKEY ? &sa->node->settings->ike :
						&sa->node->settings->esp;
}

/* Is the thing still there that the task is about? */
static bool begin_child(struct ikev2_sa *sa)
{
	struct ikev2_child *old = ikev2_child_in(sa, sa->current.spi), *child;

	if (sa->current.kind == TASK_REKEY)
		return sa->state == SA_ESTABLISHED;
	if (sa->current.kind == TASK_REKEY_CHILD && (!old || old->deleting))
		return false;
	child = ikev2_child_begin(sa);
	ikev2_child_wishes(sa, child);
	if (sa->current.kind == TASK_REKEY_CHILD) {
		child->local = old->local;
		child->remote = old->remote;
		child->replaces = old->spi_in;
	}
	sa->pending.child = child;
	return true;
}

static void write_sa(struct ikev2_sa *sa, struct ikev2_writer *writer)
{
	struct pending *pending = &sa->pending;
	struct ikev2_offer offer;
	uint8_t spi[4];

	if (!pending->child) {
		offer = sa->node->settings->ike;
		pending->spi = ikev2_random_spi();
		for (size_t i = 0; i < offer.count; i++) {
			offer.proposals[i].spi_length = 8;
			offer.proposals[i].spi = pending->spi;
		}
		ikev2_offer_write(writer, &offer);
		return;
	}
	if (pending->child->replaces) {
		for (size_t i = 0; i < 4; i++)
			spi[i] = (uint8_t)(pending->child->replaces >> 8 * (3 - i));
		ikev2_notify_write(writer, IKEV2_REKEY_SA, IKEV2_PROTOCOL_ESP, octets_of(spi, 4),
				   octets_of(NULL, 0));
	}
	ikev2_child_offer(sa, pending->child, writer, true);
}

void ikev2_create_request(struct ikev2_sa *sa)
{
	struct pending *pending = &sa->pending;
	struct ikev2_writer writer = { 0 };
	uint16_t group = pending->group ? pending->group : ikev2_offer_first_group(offer_of(sa));

	ikev2_pending_clear(pending);
	if (!begin_child(sa)) {
		sa->current.kind = TASK_NONE;
		return;
	}
	ikev2_new_nonce(&pending->nonce);
	write_sa(sa, &writer);
	ikev2_octets_write(&writer, IKEV2_NONCE, ikev2_nonce_octets(&pending->nonce));
	if (group) {
		pending->group = group;
		pending->dh = ikev2_dh_new(ikev2_dh_group_find(group));
		if (pending->dh)
			ikev2_ke_write(&writer, group, ikev2_dh_public(pending->dh));
	}
	if (pending->child)
		ikev2_child_selectors(pending->child, true, &writer);
	ikev2_send_request(sa, IKEV2_CREATE_CHILD_SA, &writer);
	ikev2_writer_free(&writer);
}

/* The IKE SA that comes after sa, with all that goes on. from_here: its initiator is this end. */
static struct ikev2_sa *successor(struct ikev2_sa *sa, bool from_here, uint64_t initiator_spi,
				  uint64_t responder_spi, const struct ikev2_suite *suite)
{
	struct ikev2_sa *next = ikev2_sa_new(sa->node, &sa->path, from_here);

	next->initiator_spi = initiator_spi;
	next->responder_spi = responder_spi;
	next->suite = *suite;
	next->peer_fragments = sa->peer_fragments;
	next->peer_hashes = sa->peer_hashes;
	next->behind_nat = sa->behind_nat;
	next->local_nat = sa->local_nat;
	next->peer_id.type = sa->peer_id.type;
	next->peer_id.data =
		octets_of(octets_copy(sa->peer_id.data), sa->peer_id.data.length);
	next->peer = memory_text(sa->peer);
	next->peer_subject = memory_text(sa->peer_subject);
	next->inner = sa->inner;
	next->inner_is_ours = sa->inner_is_ours;
	ikev2_sa_index(next);
	return next;
}

static int key_successor(struct ikev2_sa *sa, struct ikev2_sa *next, const struct ikev2_dh *dh,
			 struct octets peer, struct octets initiator_nonce,
			 struct octets responder_nonce)
{
	uint8_t secret[IKEV2_DH_LIMIT] = { 0 };
	struct ikev2_key_inputs inputs = {
		initiator_nonce,
		responder_nonce,
		next->initiator_spi,
		next->responder_spi,
		octets_of(secret, next->suite.group->secret_octets),
	};
	int result = -1;

	if (ikev2_dh_derive(dh, peer, secret) == 0 &&
	    ikev2_keys_derive(&next->suite, &inputs, sa->suite.prf,
			      octets_of(sa->keys.d, sa->suite.prf->octets), &next->keys) == 0)
		result = ikev2_make_ciphers(next);
	OPENSSL_cleanse(secret, sizeof(secret));
	return result;
}

/* The Child SAs, and what is still to be done with them, go over. */
static void hand_over(struct ikev2_sa *sa, struct ikev2_sa *next)
{
	struct ikev2_event event = { IKEV2_EVENT_REKEYED, next, sa, NULL, 0, !next->initiator, "" };

	next->children = sa->children;
	sa->children = NULL;
	memcpy(next->tasks, sa->tasks, sizeof(sa->tasks));
	next->task_count = sa->task_count;
	sa->task_count = 0;
	ikev2_sa_state(next, SA_ESTABLISHED);
	ikev2_sa_state(sa, SA_REPLACED);
	sa->expires = sa->node->now + REPLACED_LIFE;
	if (sa->node->calls.event)
		sa->node->calls.event(sa->node->calls.context, &event);
}

static bool read_nonce(const struct ikev2_chain *chain, struct octets *nonce)
{
	const struct ikev2_payload *payload = ikev2_chain_find(chain, IKEV2_NONCE);

	return payload && ikev2_nonce_read(payload->body, nonce, NULL) == 0;
}

static bool read_ke(const struct ikev2_chain *chain, struct ikev2_ke *ke)
{
	const struct ikev2_payload *payload = ikev2_chain_find(chain, IKEV2_KE);

	return payload && ikev2_ke_read(payload->body, ke, NULL) == 0;
}

static int take_rekeyed(struct ikev2_sa *sa, const struct ikev2_chain *chain,
			struct problem *problem)
{
	const struct ikev2_payload *payload = ikev2_chain_find(chain, IKEV2_SA);
	struct pending *pending = &sa->pending;
	struct ikev2_offer offer;
	struct ikev2_suite suite;
	struct octets nonce;
	struct ikev2_ke ke;
	struct ikev2_sa *next;

	if (!payload || ikev2_offer_read(payload->body, &offer, NULL) < 0 || offer.count != 1 ||
	    offer.proposals[0].spi_length != 8 || offer.proposals[0].spi == 0 ||
	    !read_nonce(chain, &nonce) || !read_ke(chain, &ke) || !pending->dh)
		return problem_set(problem, "the answer to the rekeying is not complete");
	if (ikev2_choice_check(&offer.proposals[0], &sa->node->settings->ike, true, problem) < 0)
		return -1;
	if (ikev2_suite_of(&offer.proposals[0], &suite) < 0 ||
	    suite.group != ikev2_dh_group(pending->dh) || ke.group != suite.group->id)
		return problem_set(problem, "the answer's group is not that of its KE payload");
	next = successor(sa, true, pending->spi, offer.proposals[0].spi, &suite);
	if (key_successor(sa, next, pending->dh, ke.data, ikev2_nonce_octets(&pending->nonce),
			  nonce) < 0) {
		ikev2_sa_state(next, SA_DEAD);
		return problem_set(problem, "no keys come of the peer's KE payload");
	}
	hand_over(sa, next);
	ikev2_queue(sa, TASK_DELETE, 0);
	ikev2_next_task(next);
	return 0;
}

static int take_child(struct ikev2_sa *sa, const struct ikev2_chain *chain,
		      struct problem *problem)
{
	struct pending *pending = &sa->pending;
	struct ikev2_child *child = pending->child;
	uint8_t secret[IKEV2_DH_LIMIT] = { 0 };
	struct octets nonce, shared = octets_of(NULL, 0);
	struct ikev2_ke ke;
	int result;

	if (!read_nonce(chain, &nonce))
		return problem_set(problem, "the answer has no nonce");
	if (ikev2_child_take(sa, chain, true, child, problem) < 0)
		return -1;
	if (child->suite.group) {
		if (!pending->dh || child->suite.group != ikev2_dh_group(pending->dh) ||
		    !read_ke(chain, &ke) || ke.group != child->suite.group->id ||
		    ikev2_dh_derive(pending->dh, ke.data, secret) < 0)
			return problem_set(problem, "the answer's KE payload is not usable");
		shared = octets_of(secret, child->suite.group->secret_octets);
	}
	result = ikev2_child_key(sa, child, true, ikev2_nonce_octets(&pending->nonce), nonce,
				 shared);
	OPENSSL_cleanse(secret, sizeof(secret));
	if (result < 0)
		return problem_set(problem, "the Child SA's keys cannot be made");
	pending->child = NULL;
	ikev2_child_up(sa, child, false);
	if (child->replaces)
		ikev2_queue(sa, TASK_DELETE_CHILD, child->replaces);
	return 0;
}

/* The peer wants another group: once more with that one. */
static bool other_group(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	struct task task = sa->current;
	struct ikev2_notify notify;
	uint16_t group;

	if (!ikev2_notify_find(chain, IKEV2_INVALID_KE_PAYLOAD, &notify) ||
	    octets_u16(&notify.data, &group) < 0 || group == sa->pending.group ||
	    !ikev2_offer_has_group(offer_of(sa), group))
		return false;
	ikev2_pending_clear(&sa->pending);
	sa->pending.group = group;
	ikev2_queue(sa, task.kind, task.spi);
	return true;
}

void ikev2_create_answered(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	uint16_t error = ikev2_notify_error(chain);
	struct ikev2_child *old = ikev2_child_in(sa, sa->current.spi);
	struct problem problem = { "" };
	int result = -1;

	if (error == IKEV2_INVALID_KE_PAYLOAD && other_group(sa, chain))
		return;
	if (error)
		problem_set(&problem, "%s", ikev2_name(IKEV2_NOTIFIES, error));
	else if (sa->current.kind == TASK_REKEY)
		result = take_rekeyed(sa, chain, &problem);
	else
		result = take_child(sa, chain, &problem);
	if (result < 0 && error != IKEV2_TEMPORARY_FAILURE)
		ikev2_tell(sa, IKEV2_EVENT_CHILD_REFUSED, NULL, error, error != 0, problem.text);
	if (error == IKEV2_CHILD_SA_NOT_FOUND && old)
		ikev2_child_down(sa, old, true);
	ikev2_pending_clear(&sa->pending);
}

/* --- responder --- */

static void refuse(struct ikev2_sa *sa, uint16_t notify, struct octets data)
{
	struct ikev2_writer writer = { 0 };

	ikev2_notify_write(&writer, notify, 0, octets_of(NULL, 0), data);
	ikev2_send_response(sa, IKEV2_CREATE_CHILD_SA, &writer);
	ikev2_writer_free(&writer);
}

/* The KE payload has to be of the chosen group: a new key pair then; NULL when it was refused. */
static struct ikev2_dh *answer_group(struct ikev2_sa *sa, const struct ikev2_dh_group *group,
				     const struct ikev2_chain *chain, struct ikev2_ke *ke)
{
	struct ikev2_dh *dh = NULL;
	uint8_t wanted[2] = { (uint8_t)(group->id >> 8), (uint8_t)group->id };

	if (!read_ke(chain, ke) || ke->group != group->id) {
		refuse(sa, IKEV2_INVALID_KE_PAYLOAD, octets_of(wanted, 2));
		return NULL;
	}
	dh = ikev2_dh_new(group);
	if (!dh)
		refuse(sa, IKEV2_NO_PROPOSAL_CHOSEN, octets_of(NULL, 0));
	return dh;
}

static void answer_rekey(struct ikev2_sa *sa, const struct ikev2_chain *chain,
			 const struct ikev2_offer *offered, struct octets nonce)
{
	struct ikev2_offer offer = { .count = 1 };
	struct ikev2_proposal *chosen = &offer.proposals[0];
	struct ikev2_writer writer = { 0 };
	struct ikev2_suite suite;
	struct nonce own;
	struct ikev2_dh *dh;
	struct ikev2_ke ke;
	struct ikev2_sa *next;

	if (sa->node->settings->refuse_child) {
		refuse(sa, sa->node->settings->refuse_child, octets_of(NULL, 0));
		return;
	}
	if (ikev2_offer_choose(offered, &sa->node->settings->ike, true, chosen) < 0 ||
	    ikev2_suite_of(chosen, &suite) < 0 || chosen->spi_length != 8 || chosen->spi == 0) {
		refuse(sa, IKEV2_NO_PROPOSAL_CHOSEN, octets_of(NULL, 0));
		return;
	}
	dh = answer_group(sa, suite.group, chain, &ke);
	if (!dh)
		return;
	ikev2_new_nonce(&own);
	next = successor(sa, false, chosen->spi, ikev2_random_spi(), &suite);
	chosen->spi = next->responder_spi;
	if (key_successor(sa, next, dh, ke.data, nonce, ikev2_nonce_octets(&own)) < 0) {
		ikev2_sa_state(next, SA_DEAD);
		refuse(sa, IKEV2_INVALID_SYNTAX, octets_of(NULL, 0));
	} else {
		ikev2_offer_write(&writer, &offer);
		ikev2_octets_write(&writer, IKEV2_NONCE, ikev2_nonce_octets(&own));
		ikev2_ke_write(&writer, suite.group->id, ikev2_dh_public(dh));
		ikev2_send_response(sa, IKEV2_CREATE_CHILD_SA, &writer);
		hand_over(sa, next);
	}
	ikev2_writer_free(&writer);
	ikev2_dh_free(dh);
}

/* Writes the answer; false: it was refused. */
static bool answer_child_keys(struct ikev2_sa *sa, const struct ikev2_chain *chain,
			      struct ikev2_child *child, const struct ikev2_proposal *chosen,
			      struct octets nonce, struct ikev2_writer *writer)
{
	uint8_t secret[IKEV2_DH_LIMIT] = { 0 };
	struct octets shared = octets_of(NULL, 0);
	struct ikev2_dh *dh = NULL;
	struct ikev2_ke ke;
	struct nonce own;
	bool good;

	if (child->suite.group) {
		dh = answer_group(sa, child->suite.group, chain, &ke);
		if (!dh)
			return false;
		shared = octets_of(secret, child->suite.group->secret_octets);
	}
	ikev2_new_nonce(&own);
	good = (!dh || ikev2_dh_derive(dh, ke.data, secret) == 0) &&
	       ikev2_child_key(sa, child, false, nonce, ikev2_nonce_octets(&own), shared) == 0;
	if (good) {
		ikev2_child_answer(writer, child, chosen);
		ikev2_octets_write(writer, IKEV2_NONCE, ikev2_nonce_octets(&own));
		if (dh)
			ikev2_ke_write(writer, child->suite.group->id, ikev2_dh_public(dh));
		ikev2_child_selectors(child, false, writer);
	} else {
		refuse(sa, IKEV2_INVALID_SYNTAX, octets_of(NULL, 0));
	}
	ikev2_dh_free(dh);
	OPENSSL_cleanse(secret, sizeof(secret));
	return good;
}

static void answer_child(struct ikev2_sa *sa, const struct ikev2_chain *chain,
			 struct ikev2_child *old, struct octets nonce)
{
	struct ikev2_child *child = ikev2_child_begin(sa);
	struct ikev2_writer writer = { 0 };
	struct ikev2_proposal chosen;
	uint16_t error;

	ikev2_child_wishes(sa, child);
	child->replaces = old ? old->spi_in : 0;
	error = ikev2_child_choose(sa, chain, true, child, &chosen);
	if (error) {
		refuse(sa, error, octets_of(NULL, 0));
		ikev2_tell(sa, IKEV2_EVENT_CHILD_REFUSED, NULL, error, false,
			   ikev2_name(IKEV2_NOTIFIES, error));
		ikev2_child_free(child);
	} else if (answer_child_keys(sa, chain, child, &chosen, nonce, &writer)) {
		ikev2_send_response(sa, IKEV2_CREATE_CHILD_SA, &writer);
		ikev2_child_up(sa, child, true);
	} else {
		ikev2_child_free(child);
	}
	ikev2_writer_free(&writer);
}

/* RFC 7296 2.25: is this end about the same thing? */
static bool collides(const struct ikev2_sa *sa, bool rekey, const struct ikev2_child *old)
{
	enum task_kind kind = sa->current.kind;

	if (sa->state == SA_REPLACED || kind == TASK_DELETE || kind == TASK_REKEY)
		return true;
	if (rekey)
		return kind == TASK_REKEY_CHILD || kind == TASK_NEW_CHILD ||
		       kind == TASK_DELETE_CHILD;
	return old && (old->deleting ||
		       (kind == TASK_REKEY_CHILD && sa->current.spi == old->spi_in));
}

void ikev2_create_respond(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	const struct ikev2_payload *payload = ikev2_chain_find(chain, IKEV2_SA);
	struct ikev2_child *old = NULL;
	struct ikev2_notify notify;
	struct ikev2_offer offer;
	struct octets nonce;
	uint32_t spi;

	if (!payload || ikev2_offer_read(payload->body, &offer, NULL) < 0 ||
	    !read_nonce(chain, &nonce)) {
		refuse(sa, IKEV2_INVALID_SYNTAX, octets_of(NULL, 0));
		return;
	}
	bool rekey = offer.proposals[0].protocol == IKEV2_PROTOCOL_IKE;
	if (!rekey && ikev2_notify_find(chain, IKEV2_REKEY_SA, &notify)) {
		if (octets_u32(&notify.spi, &spi) == 0)
			old = ikev2_child_out(sa, spi);
		if (!old) {
			refuse(sa, IKEV2_CHILD_SA_NOT_FOUND, octets_of(NULL, 0));
			return;
		}
	}
	if (collides(sa, rekey, old))
		refuse(sa, IKEV2_TEMPORARY_FAILURE, octets_of(NULL, 0));
	else if (rekey)
		answer_rekey(sa, chain, &offer, nonce);
	else
		answer_child(sa, chain, old, nonce);
}
