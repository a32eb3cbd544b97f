/* Child SAs: what is offered and chosen, traffic selectors and their narrowing (RFC 7296 2.9). */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/ikev2-state.h"
#include "protocols/memory.h"

#define FIRST_SPI 256 /* RFC 4303 2.1: those below are reserved */

struct ikev2_child *ikev2_child_in(const struct ikev2_sa *sa, uint32_t spi_in)
{
	struct ikev2_child *child = sa->children;

	while (child && child->spi_in != spi_in)
		child = child->next;
	return child;
}

struct ikev2_child *ikev2_child_out(const struct ikev2_sa *sa, uint32_t spi_out)
{
	struct ikev2_child *child = sa->children;

	while (child && child->spi_out != spi_out)
		child = child->next;
	return child;
}

static bool spi_is_used(const struct ikev2_node *node, uint32_t spi)
{
	for (const struct ikev2_sa *sa = node->first; sa; sa = sa->next)
		if (ikev2_child_in(sa, spi))
			return true;
	return false;
}

struct ikev2_child *ikev2_child_begin(struct ikev2_sa *sa)
{
	struct ikev2_child *child = memory_new(sizeof(*child));

	do
		ikev2_random(&child->spi_in, sizeof(child->spi_in));
	while (child->spi_in < FIRST_SPI || spi_is_used(sa->node, child->spi_in));
	child->encapsulated = (sa->behind_nat || sa->path.encapsulated) &&
			      !(sa->node->settings->flaws &
				(IKEV2_FLAW_PLAIN_ESP | IKEV2_FLAW_STAYS_AT_500));
	return child;
}

void ikev2_child_free(struct ikev2_child *child)
{
	if (!child)
		return;
	OPENSSL_cleanse(child, sizeof(*child));
	free(child);
}

static void add_range(struct ikev2_selectors *selectors, const struct address *first,
		      const struct address *last)
{
	struct ikev2_selector *selector = &selectors->list[selectors->count++];

	memset(selector, 0, sizeof(*selector));
	selector->type = first->family == 4 ? IKEV2_TS_IPV4 : IKEV2_TS_IPV6;
	selector->first = *first;
	selector->last = *last;
	selector->last_port = UINT16_MAX;
}

static void add_any(struct ikev2_selectors *selectors, uint8_t family)
{
	struct address first = { .family = family }, last = { .family = family };

	memset(last.octets, 0xff, family == 4 ? 4 : 16);
	add_range(selectors, &first, &last);
}

void ikev2_child_wishes(struct ikev2_sa *sa, struct ikev2_child *child)
{
	const struct ikev2_settings *settings = sa->node->settings;
	struct ikev2_selectors *inner = sa->inner_is_ours ? &child->local : &child->remote;

	child->local = settings->local;
	child->remote = settings->remote;
	if (sa->inner.address4.family || sa->inner.address6.family) {
		inner->count = 0;
		if (sa->inner.address4.family)
			add_range(inner, &sa->inner.address4, &sa->inner.address4);
		if (sa->inner.address6.family)
			add_range(inner, &sa->inner.address6, &sa->inner.address6);
	} else if (sa->inner_is_ours && (settings->ask_address4 || settings->ask_address6)) {
		inner->count = 0;
		if (settings->ask_address4)
			add_any(inner, 4);
		if (settings->ask_address6)
			add_any(inner, 6);
	}
}

static void drop_groups(struct ikev2_proposal *proposal)
{
	size_t kept = 0;

	for (size_t i = 0; i < proposal->count; i++)
		if (proposal->transforms[i].type != IKEV2_DH)
			proposal->transforms[kept++] = proposal->transforms[i];
	proposal->count = kept;
}

void ikev2_child_offer(struct ikev2_sa *sa, const struct ikev2_child *child,
		       struct ikev2_writer *writer, bool with_group)
{
	struct ikev2_offer offer = sa->node->settings->esp;

	for (size_t i = 0; i < offer.count; i++) {
		offer.proposals[i].spi_length = 4;
		offer.proposals[i].spi = child->spi_in;
		if (!with_group)
			drop_groups(&offer.proposals[i]);
	}
	ikev2_offer_write(writer, &offer);
}

void ikev2_child_selectors(const struct ikev2_child *child, bool from_here,
			   struct ikev2_writer *writer)
{
	ikev2_selectors_write(writer, IKEV2_TSI, from_here ? &child->local : &child->remote);
	ikev2_selectors_write(writer, IKEV2_TSR, from_here ? &child->remote : &child->local);
}

static int compare(const struct address *a, const struct address *b)
{
	return memcmp(a->octets, b->octets, a->family == 4 ? 4 : 16);
}

/* What both allow. */
static bool intersect(const struct ikev2_selector *a, const struct ikev2_selector *b,
		      struct ikev2_selector *both)
{
	if (a->first.family == 0 || a->first.family != b->first.family ||
	    (a->protocol && b->protocol && a->protocol != b->protocol))
		return false;
	*both = *a;
	both->protocol = a->protocol ? a->protocol : b->protocol;
	both->first_port = a->first_port > b->first_port ? a->first_port : b->first_port;
	both->last_port = a->last_port < b->last_port ? a->last_port : b->last_port;
	both->first = compare(&a->first, &b->first) > 0 ? a->first : b->first;
	both->last = compare(&a->last, &b->last) < 0 ? a->last : b->last;
	/* first 65535 and last 0 is OPAQUE: for it both have to say so */
	return (both->first_port <= both->last_port ||
		(a->first_port == b->first_port && a->last_port == b->last_port)) &&
	       compare(&both->first, &both->last) <= 0;
}

static bool has(const struct ikev2_selectors *list, const struct ikev2_selector *one)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct ikev2_selector *other = &list->list[i];

		if (other->protocol == one->protocol && other->first_port == one->first_port &&
		    other->last_port == one->last_port &&
		    other->first.family == one->first.family &&
		    compare(&other->first, &one->first) == 0 &&
		    compare(&other->last, &one->last) == 0)
			return true;
	}
	return false;
}

/* The peer's selectors as far as they are allowed; false: none is. */
static bool narrow(const struct ikev2_selectors *asked, const struct ikev2_selectors *allowed,
		   struct ikev2_selectors *result)
{
	struct ikev2_selectors narrowed = { 0 };
	struct ikev2_selector both;

	for (size_t i = 0; i < asked->count; i++)
		for (size_t k = 0; k < allowed->count; k++)
			if (intersect(&asked->list[i], &allowed->list[k], &both) &&
			    !has(&narrowed, &both) && narrowed.count < IKEV2_SELECTORS)
				narrowed.list[narrowed.count++] = both;
	*result = narrowed;
	return narrowed.count > 0;
}

static int read_selectors(const struct ikev2_chain *chain, struct ikev2_selectors *initiator,
			  struct ikev2_selectors *responder)
{
	const struct ikev2_payload *i = ikev2_chain_find(chain, IKEV2_TSI);
	const struct ikev2_payload *r = ikev2_chain_find(chain, IKEV2_TSR);

	return i && r && ikev2_selectors_read(i->body, initiator, NULL) == 0 &&
			       ikev2_selectors_read(r->body, responder, NULL) == 0 ? 0 : -1;
}

/* A wish for transport mode is not heard: an answer without it says tunnel mode (RFC 7296 1.3.1).
 */
uint16_t ikev2_child_choose(struct ikev2_sa *sa, const struct ikev2_chain *chain, bool with_group,
			    struct ikev2_child *child, struct ikev2_proposal *chosen)
{
	const struct ikev2_payload *payload = ikev2_chain_find(chain, IKEV2_SA);
	struct ikev2_selectors initiator, responder;
	struct ikev2_offer offer;

	if (sa->node->settings->refuse_child)
		return sa->node->settings->refuse_child;
	if (!payload || ikev2_offer_read(payload->body, &offer, NULL) < 0 ||
	    read_selectors(chain, &initiator, &responder) < 0)
		return IKEV2_INVALID_SYNTAX;
	if (ikev2_offer_choose(&offer, &sa->node->settings->esp, with_group, chosen) < 0 ||
	    chosen->spi_length != 4 || ikev2_suite_of(chosen, &child->suite) < 0)
		return IKEV2_NO_PROPOSAL_CHOSEN;
	child->spi_out = (uint32_t)chosen->spi;
	if (!narrow(&initiator, &child->remote, &child->remote) ||
	    !narrow(&responder, &child->local, &child->local))
		return IKEV2_TS_UNACCEPTABLE;
	return 0;
}

void ikev2_child_answer(struct ikev2_writer *writer, const struct ikev2_child *child,
			const struct ikev2_proposal *chosen)
{
	struct ikev2_offer offer = { .count = 1 };

	offer.proposals[0] = *chosen;
	offer.proposals[0].spi = child->spi_in;
	ikev2_offer_write(writer, &offer);
}

int ikev2_child_take(struct ikev2_sa *sa, const struct ikev2_chain *chain, bool with_group,
		     struct ikev2_child *child, struct problem *problem)
{
	const struct ikev2_payload *payload = ikev2_chain_find(chain, IKEV2_SA);
	struct ikev2_selectors initiator, responder;
	struct ikev2_offer offer;

	if (!payload || ikev2_offer_read(payload->body, &offer, NULL) < 0 || offer.count != 1)
		return problem_set(problem, "the answer has no chosen proposal");
	const struct ikev2_proposal *chosen = &offer.proposals[0];
	if (ikev2_choice_check(chosen, &sa->node->settings->esp, with_group, problem) < 0)
		return -1;
	if (chosen->spi_length != 4 || ikev2_suite_of(chosen, &child->suite) < 0)
		return problem_set(problem, "the chosen proposal cannot be used");
	child->spi_out = (uint32_t)chosen->spi;
	if (read_selectors(chain, &initiator, &responder) < 0)
		return problem_set(problem, "the answer has no traffic selectors");
	if (!narrow(&initiator, &child->local, &child->local) ||
	    !narrow(&responder, &child->remote, &child->remote))
		return problem_set(problem, "the traffic selectors are none of those asked for");
	return 0;
}

int ikev2_child_key(struct ikev2_sa *sa, struct ikev2_child *child, bool from_here,
		    struct octets initiator_nonce, struct octets responder_nonce,
		    struct octets secret)
{
	struct ikev2_key_inputs inputs = { initiator_nonce, responder_nonce, 0, 0, secret };
	struct ikev2_child_keys keys;

	if (ikev2_child_keys_derive(&child->suite, sa->suite.prf,
				    octets_of(sa->keys.d, sa->suite.prf->octets), &inputs,
				    &keys) < 0)
		return -1;
	memcpy(child->key_out, from_here ? keys.ei : keys.er, IPSEC_KEY_LIMIT);
	memcpy(child->integrity_out, from_here ? keys.ai : keys.ar, IPSEC_KEY_LIMIT);
	memcpy(child->key_in, from_here ? keys.er : keys.ei, IPSEC_KEY_LIMIT);
	memcpy(child->integrity_in, from_here ? keys.ar : keys.ai, IPSEC_KEY_LIMIT);
	OPENSSL_cleanse(&keys, sizeof(keys));
	return 0;
}

void ikev2_child_up(struct ikev2_sa *sa, struct ikev2_child *child, bool by_peer)
{
	child->next = sa->children;
	sa->children = child;
	ikev2_tell(sa, IKEV2_EVENT_CHILD_UP, child, 0, by_peer, "");
}

void ikev2_child_down(struct ikev2_sa *sa, struct ikev2_child *child, bool by_peer)
{
	struct ikev2_child **at = &sa->children;

	while (*at && *at != child)
		at = &(*at)->next;
	if (*at)
		*at = child->next;
	ikev2_tell(sa, IKEV2_EVENT_CHILD_DOWN, child, 0, by_peer, "");
	ikev2_child_free(child);
}
