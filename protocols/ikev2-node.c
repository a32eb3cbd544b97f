/* One end with its SAs: the table of them, and which of them a datagram is for. */
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/ikev2-state.h"
#include "protocols/memory.h"

#define LINGER (10 * (int64_t)SECOND)
#define LINGERING_MOST 64 /* the oldest has to go */

struct ikev2_node *ikev2_node_new(const struct ikev2_settings *settings,
				  const struct ikev2_calls *calls)
{
	struct ikev2_node *node = memory_new(sizeof(*node));

	node->settings = settings;
	node->calls = *calls;
	ikev2_random(node->cookie_secret, sizeof(node->cookie_secret));
	return node;
}

int ikev2_random(void *to, size_t length)
{
	return RAND_bytes(to, (int)length) == 1 ? 0 : -1;
}

uint64_t ikev2_random_spi(void)
{
	uint64_t spi = 0;

	while (spi == 0 && ikev2_random(&spi, sizeof(spi)) == 0)
		;
	return spi;
}

void ikev2_new_nonce(struct nonce *nonce)
{
	nonce->length = NONCE_OCTETS;
	ikev2_random(nonce->octets, NONCE_OCTETS);
}

struct octets ikev2_nonce_octets(const struct nonce *nonce)
{
	return octets_of(nonce->octets, nonce->length);
}

void ikev2_set_nonce(struct nonce *nonce, struct octets octets)
{
	nonce->length = octets.length < NONCE_LIMIT ? octets.length : NONCE_LIMIT;
	memcpy(nonce->octets, octets.at, nonce->length);
}

uint64_t ikev2_local_spi(const struct ikev2_sa *sa)
{
	return sa->initiator ? sa->initiator_spi : sa->responder_spi;
}

struct ikev2_sa *ikev2_sa_new(struct ikev2_node *node, const struct ikev2_path *path,
			      bool initiator)
{
	struct ikev2_sa *sa = memory_new(sizeof(*sa));

	sa->node = node;
	sa->initiator = initiator;
	sa->path = *path;
	sa->state = SA_INIT;
	sa->expires = sa->due = sa->retry_at = INT64_MAX;
	sa->heard = node->now;
	sa->previous = node->last;
	if (node->last)
		node->last->next = sa;
	else
		node->first = sa;
	node->last = sa;
	node->count++;
	return sa;
}

void ikev2_sa_index(struct ikev2_sa *sa)
{
	struct ikev2_sa **bucket = &sa->node->buckets[ikev2_local_spi(sa) % BUCKETS];

	sa->hash_next = *bucket;
	*bucket = sa;
}

struct ikev2_sa *ikev2_sa_find(struct ikev2_node *node, uint64_t local_spi)
{
	for (struct ikev2_sa *sa = node->buckets[local_spi % BUCKETS]; sa; sa = sa->hash_next)
		if (ikev2_local_spi(sa) == local_spi && sa->state != SA_DEAD)
			return sa;
	return NULL;
}

/* Half-open SAs of the responder are counted: they cost memory before anybody is known. */
void ikev2_sa_state(struct ikev2_sa *sa, enum sa_state state)
{
	if (!sa->initiator && sa->state == SA_HALF_OPEN)
		sa->node->half_open--;
	sa->state = state;
	if (!sa->initiator && state == SA_HALF_OPEN)
		sa->node->half_open++;
}

static void sa_free(struct ikev2_sa *sa)
{
	for (struct ikev2_child *child = sa->children, *next; child; child = next) {
		next = child->next;
		ikev2_child_free(child);
	}
	ikev2_pending_clear(&sa->pending);
	ikev2_hosting_free(sa);
	ipsec_cipher_free(sa->in);
	ipsec_cipher_free(sa->out);
	ikev2_dh_free(sa->dh);
	buffer_free(&sa->init_request);
	buffer_free(&sa->init_response);
	buffer_free(&sa->cookie);
	ikev2_datagrams_clear(&sa->request);
	ikev2_datagrams_clear(&sa->response);
	ikev2_reassembly_clear(&sa->requests);
	ikev2_reassembly_clear(&sa->responses);
	free((void *)sa->peer_id.data.at);
	free(sa->peer);
	free(sa->peer_subject);
	OPENSSL_cleanse(sa, sizeof(*sa));
	free(sa);
}

static void unlink_sa(struct ikev2_sa *sa)
{
	struct ikev2_node *node = sa->node;
	struct ikev2_sa **at = &node->buckets[ikev2_local_spi(sa) % BUCKETS];

	while (*at && *at != sa)
		at = &(*at)->hash_next;
	if (*at)
		*at = sa->hash_next;
	*(sa->previous ? &sa->previous->next : &node->first) = sa->next;
	*(sa->next ? &sa->next->previous : &node->last) = sa->previous;
	node->count--;
}

void ikev2_sweep(struct ikev2_node *node)
{
	for (struct ikev2_sa *sa = node->first, *next; sa; sa = next) {
		next = sa->next;
		if (sa->state != SA_DEAD)
			continue;
		unlink_sa(sa);
		sa_free(sa);
	}
}

void ikev2_node_free(struct ikev2_node *node)
{
	if (!node)
		return;
	for (struct ikev2_sa *sa = node->first, *next; sa; sa = next) {
		next = sa->next;
		sa_free(sa);
	}
	OPENSSL_cleanse(node, sizeof(*node));
	free(node);
}

void ikev2_tell(struct ikev2_sa *sa, enum ikev2_event_type type,
		const struct ikev2_child *child, uint16_t notify, bool by_peer, const char *why)
{
	struct ikev2_event event = { type, sa, NULL, child, notify, by_peer, why };

	if (sa->node->calls.event)
		sa->node->calls.event(sa->node->calls.context, &event);
}

void ikev2_see(struct ikev2_node *node, const struct ikev2_path *path, bool sent,
	       struct octets octets, enum ikev2_encrypted state,
	       const struct ikev2_chain *inner, unsigned fragments)
{
	struct message *message;

	if (!node->calls.seen)
		return;
	message = ikev2_document(octets, state, inner, fragments);
	message->time = node->now;
	message->source = sent ? path->local : path->remote;
	message->destination = sent ? path->remote : path->local;
	node->calls.seen(node->calls.context, path, sent, message);
}

static void finish(struct ikev2_sa *sa, enum sa_state last, uint16_t notify, bool by_peer,
		   const char *why)
{
	enum sa_state state = sa->state;

	if (state == SA_DEAD)
		return;
	ikev2_sa_state(sa, last);
	while (sa->children)
		ikev2_child_down(sa, sa->children, by_peer);
	if (state == SA_INIT || state == SA_HALF_OPEN)
		ikev2_tell(sa, IKEV2_EVENT_FAILED, NULL, notify, by_peer, why);
	else if (state == SA_ESTABLISHED)
		ikev2_tell(sa, IKEV2_EVENT_CLOSED, NULL, notify, by_peer, why);
}

void ikev2_sa_end(struct ikev2_sa *sa, uint16_t notify, bool by_peer, const char *why)
{
	finish(sa, SA_DEAD, notify, by_peer, why);
}

/* Who connects and deletes over and over is not to fill the memory with what lingers. */
static void limit_lingering(struct ikev2_node *node)
{
	struct ikev2_sa *oldest = NULL;
	size_t count = 0;

	for (struct ikev2_sa *sa = node->first; sa; sa = sa->next) {
		if (sa->state != SA_CLOSING)
			continue;
		if (!oldest)
			oldest = sa;
		count++;
	}
	if (count > LINGERING_MOST)
		ikev2_sa_state(oldest, SA_DEAD);
}

void ikev2_sa_linger(struct ikev2_sa *sa, uint16_t notify, bool by_peer, const char *why)
{
	sa->due = sa->retry_at = INT64_MAX;
	sa->task_count = 0;
	sa->expires = sa->node->now + LINGER;
	finish(sa, SA_CLOSING, notify, by_peer, why);
	limit_lingering(sa->node);
}

void ikev2_forget(struct ikev2_sa *sa)
{
	unlink_sa(sa);
	if (!sa->initiator && sa->state == SA_HALF_OPEN)
		sa->node->half_open--;
	sa_free(sa);
}

struct ikev2_sa *ikev2_connect(struct ikev2_node *node, const struct ikev2_path *path,
			       int64_t now)
{
	struct ikev2_sa *sa;

	node->now = now;
	sa = ikev2_sa_new(node, path, true);
	sa->initiator_spi = ikev2_random_spi();
	sa->inner_is_ours = true;
	ikev2_sa_index(sa);
	ikev2_new_nonce(&sa->initiator_nonce);
	ikev2_init_request(sa);
	return sa;
}

/* RFC 7296 2.5: what cannot be understood at all is told so, once and in clear. */
static void refuse_version(struct ikev2_node *node, const struct ikev2_path *path,
			   const struct ikev2_header *request)
{
	static const uint8_t marker[4];
	struct ikev2_header header = *request;
	struct ikev2_writer writer = { 0 };
	struct buffer out = { 0 };

	header.version = IKEV2_VERSION;
	header.flags = (uint8_t)(IKEV2_FLAG_RESPONSE |
				 (~request->flags & IKEV2_FLAG_INITIATOR));
	ikev2_status_write(&writer, IKEV2_INVALID_MAJOR_VERSION);
	if (path->encapsulated)
		buffer_add(&out, marker, sizeof(marker));
	ikev2_encode(&header, &writer, &out);
	node->calls.send(node->calls.context, path, octets_of(out.octets, out.length));
	ikev2_writer_free(&writer);
	buffer_free(&out);
}

static void dispatch(struct ikev2_node *node, const struct ikev2_path *path,
		     struct octets octets, const struct ikev2_message *message)
{
	const struct ikev2_header *header = &message->header;
	bool response = header->flags & IKEV2_FLAG_RESPONSE;
	bool from_initiator = header->flags & IKEV2_FLAG_INITIATOR;
	struct ikev2_sa *sa;

	if (header->exchange == IKEV2_SA_INIT && !response && from_initiator &&
	    header->responder_spi == 0 && header->message_id == 0) {
		ikev2_init_respond(node, path, octets, message);
		return;
	}
	sa = ikev2_sa_find(node, from_initiator ? header->responder_spi : header->initiator_spi);
	if (!sa || sa->initiator == from_initiator)
		return;
	if (header->exchange == IKEV2_SA_INIT) {
		if (sa->state == SA_INIT && response && header->message_id == 0)
			ikev2_init_answered(sa, path, octets, message);
		return;
	}
	if (sa->in && header->initiator_spi == sa->initiator_spi &&
	    header->responder_spi == sa->responder_spi)
		ikev2_exchange_receive(sa, path, octets, message);
}

void ikev2_receive(struct ikev2_node *node, const struct ikev2_path *path,
		   struct octets datagram, int64_t now)
{
	static const uint8_t marker[4];
	struct octets octets = datagram;
	struct ikev2_message message;

	node->now = now;
	if (path->encapsulated) {
		struct octets head;

		if (octets_take(&octets, sizeof(marker), &head) < 0 ||
		    memcmp(head.at, marker, sizeof(marker)) != 0)
			return;
	}
	if (octets.length > IKEV2_MESSAGE_LIMIT || ikev2_decode(octets, &message, NULL) < 0)
		return;
	if (message.header.version >> 4 == IKEV2_VERSION >> 4)
		dispatch(node, path, octets, &message);
	else if (message.header.version >> 4 > IKEV2_VERSION >> 4 &&
		 !(message.header.flags & IKEV2_FLAG_RESPONSE))
		refuse_version(node, path, &message.header);
	ikev2_sweep(node);
}

int64_t ikev2_deadline(const struct ikev2_node *node)
{
	int64_t first = INT64_MAX;

	for (const struct ikev2_sa *sa = node->first; sa; sa = sa->next) {
		int64_t deadline = ikev2_sa_deadline(sa);

		first = deadline < first ? deadline : first;
	}
	return first;
}

void ikev2_time(struct ikev2_node *node, int64_t now)
{
	node->now = now;
	for (struct ikev2_sa *sa = node->first; sa; sa = sa->next)
		if (ikev2_sa_deadline(sa) <= now)
			ikev2_sa_time(sa);
	ikev2_sweep(node);
}

uint64_t ikev2_sa_initiator_spi(const struct ikev2_sa *sa)
{
	return sa->initiator_spi;
}

uint64_t ikev2_sa_responder_spi(const struct ikev2_sa *sa)
{
	return sa->responder_spi;
}

bool ikev2_sa_is_initiator(const struct ikev2_sa *sa)
{
	return sa->initiator;
}

bool ikev2_sa_local_nat(const struct ikev2_sa *sa)
{
	return sa->local_nat;
}

const struct ikev2_path *ikev2_sa_path(const struct ikev2_sa *sa)
{
	return &sa->path;
}

const struct ikev2_suite *ikev2_sa_suite(const struct ikev2_sa *sa)
{
	return &sa->suite;
}

const struct ikev2_keys *ikev2_sa_keys(const struct ikev2_sa *sa)
{
	return &sa->keys;
}

const struct ikev2_inner *ikev2_sa_inner(const struct ikev2_sa *sa)
{
	return &sa->inner;
}

struct ikev2_child *ikev2_sa_children(const struct ikev2_sa *sa)
{
	return sa->children;
}

const char *ikev2_sa_peer(const struct ikev2_sa *sa)
{
	return sa->peer ? sa->peer : "";
}

const char *ikev2_sa_peer_subject(const struct ikev2_sa *sa)
{
	return sa->peer_subject ? sa->peer_subject : "";
}

size_t ikev2_node_count(const struct ikev2_node *node)
{
	return node->count;
}

size_t ikev2_node_half_open(const struct ikev2_node *node)
{
	return node->half_open;
}
