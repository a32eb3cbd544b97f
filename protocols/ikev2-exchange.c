/* Requests and responses: message IDs, retransmission, fragments, and what is done next
 * (RFC 7296 clauses 2.1 to 2.4, RFC 7383). The window is one in each direction. */
#include <openssl/crypto.h>
#include <string.h>

#include "protocols/ikev2-state.h"

#define RETRANSMIT (2 * (int64_t)SECOND)
#define TRIES 5
#define RETRY (2 * (int64_t)SECOND) /* after TEMPORARY_FAILURE; the responder waits longer */

int ikev2_make_ciphers(struct ikev2_sa *sa)
{
	size_t encryption = ikev2_encryption_octets(&sa->suite);
	size_t integrity = ikev2_integrity_octets(&sa->suite);
	struct ipsec_cipher *i =
		ipsec_cipher_new(sa->suite.encryption, sa->suite.integrity,
				 octets_of(sa->keys.ei, encryption),
				 octets_of(sa->keys.ai, integrity));
	struct ipsec_cipher *r =
		ipsec_cipher_new(sa->suite.encryption, sa->suite.integrity,
				 octets_of(sa->keys.er, encryption),
				 octets_of(sa->keys.ar, integrity));

	sa->out = sa->initiator ? i : r;
	sa->in = sa->initiator ? r : i;
	if (!i || !r)
		return -1;
	ikev2_tell(sa, IKEV2_EVENT_KEYS, NULL, 0, false, "");
	return 0;
}

void ikev2_transmit(struct ikev2_sa *sa, const struct ikev2_datagrams *datagrams)
{
	static const uint8_t marker[4];
	struct ikev2_calls *calls = &sa->node->calls;

	for (size_t i = 0; i < datagrams->count; i++) {
		const struct buffer *one = &datagrams->list[i];
		struct buffer out = { 0 };

		if (!sa->path.encapsulated) {
			calls->send(calls->context, &sa->path,
				    octets_of(one->octets, one->length));
			continue;
		}
		buffer_add(&out, marker, sizeof(marker));
		buffer_add(&out, one->octets, one->length);
		calls->send(calls->context, &sa->path, octets_of(out.octets, out.length));
		buffer_free(&out);
	}
}

void ikev2_start_timer(struct ikev2_sa *sa)
{
	int64_t first = sa->node->settings->retransmit;

	sa->tries = 1;
	sa->due = sa->node->now + (first ? first : RETRANSMIT);
}

/* Seals and sends; false when that cannot be done: then the SA has ended. */
static bool send_sealed(struct ikev2_sa *sa, const struct ikev2_header *header,
			struct ikev2_writer *writer, struct ikev2_datagrams *datagrams)
{
	const struct ikev2_settings *settings = sa->node->settings;
	size_t size = settings->fragment_size ? settings->fragment_size : IKEV2_FRAGMENT_SIZE;
	struct octets inside = ikev2_writer_finish(writer);
	struct ikev2_chain chain;

	if (!sa->peer_fragments || settings->no_fragmentation)
		size = 0;
	if (ikev2_seal(header, writer->first, inside, sa->out, &sa->seals, size, datagrams) < 0) {
		ikev2_sa_end(sa, 0, false, "a message could not be sealed");
		return false;
	}
	if (sa->node->calls.seen &&
	    ikev2_chain_decode(writer->first, inside, &chain, NULL) == 0)
		ikev2_see(sa->node, &sa->path, true,
			  octets_of(datagrams->list[0].octets, datagrams->list[0].length),
			  IKEV2_OPENED, &chain,
			  datagrams->count > 1 ? (unsigned)datagrams->count : 0);
	ikev2_transmit(sa, datagrams);
	return true;
}

static struct ikev2_header header_of(const struct ikev2_sa *sa, uint8_t exchange, bool response,
				     uint32_t id)
{
	struct ikev2_header header = { sa->initiator_spi, sa->responder_spi, 0, IKEV2_VERSION,
				       exchange, 0, id, 0 };

	header.flags = (uint8_t)((sa->initiator ? IKEV2_FLAG_INITIATOR : 0) |
				 (response ? IKEV2_FLAG_RESPONSE : 0));
	return header;
}

static bool has_flaw(const struct ikev2_sa *sa, enum ikev2_flaw flaw)
{
	return sa->node->settings->flaws & flaw;
}

void ikev2_send_request(struct ikev2_sa *sa, uint8_t exchange, struct ikev2_writer *writer)
{
	struct ikev2_header header = header_of(sa, exchange, false, sa->next_out);

	if (exchange != IKEV2_AUTH && has_flaw(sa, IKEV2_FLAW_REPEATS_ID))
		header.message_id--;
	if (send_sealed(sa, &header, writer, &sa->request))
		ikev2_start_timer(sa);
}

void ikev2_send_only(struct ikev2_sa *sa, uint8_t exchange, struct ikev2_writer *writer)
{
	struct ikev2_header header = header_of(sa, exchange, false, sa->next_out++);
	struct ikev2_datagrams datagrams = { .count = 0 };

	send_sealed(sa, &header, writer, &datagrams);
	ikev2_datagrams_clear(&datagrams);
}

/* The request that is being answered is next_in; the next one is awaited then. */
void ikev2_send_response(struct ikev2_sa *sa, uint8_t exchange, struct ikev2_writer *writer)
{
	struct ikev2_header header = header_of(sa, exchange, true, sa->next_in++);

	if (has_flaw(sa, IKEV2_FLAW_WRONG_ANSWER_ID))
		header.message_id++;
	send_sealed(sa, &header, writer, &sa->response);
}

void ikev2_queue(struct ikev2_sa *sa, enum task_kind kind, uint32_t spi)
{
	for (size_t i = 0; i < sa->task_count; i++)
		if (sa->tasks[i].kind == kind && sa->tasks[i].spi == spi)
			return;
	if (sa->task_count == TASKS)
		return;
	sa->tasks[sa->task_count].kind = kind;
	sa->tasks[sa->task_count++].spi = spi;
}

static void start_task(struct ikev2_sa *sa)
{
	switch (sa->current.kind) {
	case TASK_REKEY:
	case TASK_REKEY_CHILD:
	case TASK_NEW_CHILD:
		ikev2_create_request(sa);
		break;
	default:
		ikev2_inform_request(sa);
	}
}

void ikev2_next_task(struct ikev2_sa *sa)
{
	while (sa->current.kind == TASK_NONE && sa->task_count > 0 &&
	       sa->retry_at == INT64_MAX &&
	       (sa->state == SA_ESTABLISHED || sa->state == SA_REPLACED)) {
		sa->current = sa->tasks[0];
		memmove(sa->tasks, sa->tasks + 1, --sa->task_count * sizeof(sa->tasks[0]));
		start_task(sa);
	}
}

static void answered(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	struct task done = sa->current;

	sa->due = INT64_MAX;
	sa->next_out++;
	ikev2_datagrams_clear(&sa->request);
	switch (done.kind) {
	case TASK_AUTH:
		ikev2_auth_answered(sa, chain);
		break;
	case TASK_REKEY:
	case TASK_REKEY_CHILD:
	case TASK_NEW_CHILD:
		ikev2_create_answered(sa, chain);
		break;
	default:
		ikev2_inform_answered(sa, chain);
	}
	/* A further IKE_AUTH request may be under way already. */
	sa->current.kind = sa->due != INT64_MAX && done.kind == TASK_AUTH ? TASK_AUTH : TASK_NONE;
	/* RFC 7296 2.25: the peer is about the same thing; once more, a little later. */
	if (done.kind != TASK_AUTH && ikev2_notify_error(chain) == IKEV2_TEMPORARY_FAILURE &&
	    sa->state == SA_ESTABLISHED) {
		ikev2_queue(sa, done.kind, done.spi);
		sa->retry_at = sa->node->now + (sa->initiator ? RETRY : 2 * RETRY);
	}
	ikev2_next_task(sa);
}

static void refuse(struct ikev2_sa *sa, uint8_t exchange, uint16_t notify, struct octets data)
{
	struct ikev2_writer writer = { 0 };

	ikev2_notify_write(&writer, notify, 0, octets_of(NULL, 0), data);
	ikev2_send_response(sa, exchange, &writer);
	ikev2_writer_free(&writer);
}

/* Does it say nothing to this request (a flaw)? */
static bool passes_over(const struct ikev2_sa *sa, uint8_t exchange,
			const struct ikev2_chain *chain)
{
	if (exchange == IKEV2_CREATE_CHILD_SA)
		return has_flaw(sa, IKEV2_FLAW_NO_REKEY_ANSWER);
	if (exchange != IKEV2_INFORMATIONAL)
		return false;
	return (chain->count == 0 && has_flaw(sa, IKEV2_FLAW_NO_PROBE_ANSWER)) ||
	       (ikev2_chain_find(chain, IKEV2_DELETE) && has_flaw(sa, IKEV2_FLAW_IGNORES_DELETE));
}

static void request(struct ikev2_sa *sa, uint8_t exchange, const struct ikev2_chain *chain)
{
	const struct ikev2_payload *critical = ikev2_chain_critical(chain);
	bool established = sa->state == SA_ESTABLISHED || sa->state == SA_REPLACED;

	if (passes_over(sa, exchange, chain))
		return;
	if (critical) {
		refuse(sa, exchange, IKEV2_UNSUPPORTED_CRITICAL_PAYLOAD,
		       octets_of(&critical->type, 1));
		return;
	}
	if (exchange == IKEV2_AUTH && sa->state == SA_HALF_OPEN && !sa->initiator)
		ikev2_auth_respond(sa, chain);
	else if (exchange == IKEV2_CREATE_CHILD_SA && established)
		ikev2_create_respond(sa, chain);
	else if (exchange == IKEV2_INFORMATIONAL && established)
		ikev2_inform_respond(sa, chain);
	else
		refuse(sa, exchange, IKEV2_INVALID_SYNTAX, octets_of(NULL, 0));
	ikev2_next_task(sa);
}

/* RFC 7296 2.21.3: a message that is authentic and cannot be read is the end of its SA. */
static void malformed(struct ikev2_sa *sa, const struct ikev2_header *header, const char *why)
{
	if (!(header->flags & IKEV2_FLAG_RESPONSE))
		refuse(sa, header->exchange, IKEV2_INVALID_SYNTAX, octets_of(NULL, 0));
	ikev2_sa_end(sa, IKEV2_INVALID_SYNTAX, false, why);
}

/* The message is authentic. The peer's address may have changed behind a NAT (RFC 7296 2.23). */
static void opened(struct ikev2_sa *sa, const struct ikev2_path *path, struct octets octets,
		   const struct ikev2_message *message, uint8_t first, const struct buffer *plain,
		   unsigned fragments)
{
	const struct ikev2_header *header = &message->header;
	struct problem problem = { "" };
	struct ikev2_chain chain;

	sa->heard = sa->node->now;
	if (sa->behind_nat || sa->state == SA_HALF_OPEN)
		sa->path = *path;
	if (ikev2_chain_decode(first, octets_of(plain->octets, plain->length), &chain, &problem) <
	    0) {
		malformed(sa, header, problem.text);
		return;
	}
	ikev2_see(sa->node, path, false, octets, IKEV2_OPENED, &chain, fragments);
	for (size_t i = 0; i < chain.count; i++)
		if (ikev2_payload_check(&chain.payloads[i], &problem) < 0) {
			malformed(sa, header, problem.text);
			return;
		}
	if (header->flags & IKEV2_FLAG_RESPONSE)
		answered(sa, &chain);
	else
		request(sa, header->exchange, &chain);
}

static void open_and_use(struct ikev2_sa *sa, const struct ikev2_path *path,
			 struct octets octets, const struct ikev2_message *message)
{
	bool response = message->header.flags & IKEV2_FLAG_RESPONSE;
	struct ikev2_reassembly *reassembly = response ? &sa->responses : &sa->requests;
	struct buffer plain = { 0 };
	uint8_t first = message->chain.inner;
	unsigned fragments = 0;
	int result;

	if (ikev2_chain_find(&message->chain, IKEV2_SKF)) {
		struct ikev2_fragment fragment;
		const struct ikev2_payload *last =
			&message->chain.payloads[message->chain.count - 1];

		result = ikev2_reassemble(reassembly, octets, message, sa->in, &plain, &first,
					  NULL);
		if (result == 1 && ikev2_fragment_read(last->body, &fragment, NULL) == 0)
			fragments = fragment.total;
	} else {
		result = ikev2_open(octets, message, sa->in, &plain, NULL) == 0 ? 1 : -1;
	}
	if (result == 1)
		opened(sa, path, octets, message, first, &plain, fragments);
	if (plain.octets)
		OPENSSL_cleanse(plain.octets, plain.length);
	buffer_free(&plain);
}

/* A request that was answered comes again: so does the answer; of a fragmented one once. */
static void answer_again(struct ikev2_sa *sa, const struct ikev2_message *message)
{
	struct ikev2_fragment fragment;
	const struct ikev2_payload *last;

	if (message->chain.count == 0 || sa->response.count == 0)
		return;
	last = &message->chain.payloads[message->chain.count - 1];
	if (last->type == IKEV2_SKF && (ikev2_fragment_read(last->body, &fragment, NULL) < 0 ||
					fragment.number != 1))
		return;
	ikev2_transmit(sa, &sa->response);
}

void ikev2_exchange_receive(struct ikev2_sa *sa, const struct ikev2_path *path,
			    struct octets octets, const struct ikev2_message *message)
{
	const struct ikev2_header *header = &message->header;

	if (header->flags & IKEV2_FLAG_RESPONSE) {
		if (sa->current.kind != TASK_NONE && sa->current.kind != TASK_INIT &&
		    sa->due != INT64_MAX && header->message_id == sa->next_out)
			open_and_use(sa, path, octets, message);
		return;
	}
	if (header->message_id + 1 == sa->next_in)
		answer_again(sa, message);
	else if (header->message_id == sa->next_in && sa->state != SA_CLOSING)
		open_and_use(sa, path, octets, message);
}

int64_t ikev2_sa_deadline(const struct ikev2_sa *sa)
{
	int64_t probe = sa->node->settings->dead_peer;
	int64_t first = sa->expires < sa->due ? sa->expires : sa->due;

	if (sa->retry_at < first)
		first = sa->retry_at;
	if (probe > 0 && sa->state == SA_ESTABLISHED && sa->current.kind == TASK_NONE &&
	    sa->heard + probe < first)
		first = sa->heard + probe;
	return sa->state == SA_DEAD ? INT64_MAX : first;
}

static void send_again(struct ikev2_sa *sa)
{
	const struct ikev2_settings *settings = sa->node->settings;
	int64_t first = settings->retransmit ? settings->retransmit : RETRANSMIT;
	unsigned tries = settings->tries ? settings->tries : TRIES;

	if (sa->tries >= tries) {
		ikev2_sa_end(sa, 0, false, "the peer does not answer");
		return;
	}
	ikev2_transmit(sa, &sa->request);
	sa->due = sa->node->now + (first << (sa->tries < 16 ? sa->tries : 16));
	sa->tries++;
}

void ikev2_sa_time(struct ikev2_sa *sa)
{
	int64_t now = sa->node->now, probe = sa->node->settings->dead_peer;

	if (sa->expires <= now) {
		ikev2_sa_end(sa, 0, false, sa->state == SA_HALF_OPEN ?
						   "the peer does not authenticate" : "");
		return;
	}
	if (sa->due <= now)
		send_again(sa);
	if (sa->retry_at <= now)
		sa->retry_at = INT64_MAX;
	if (probe > 0 && sa->state == SA_ESTABLISHED && sa->current.kind == TASK_NONE &&
	    sa->heard + probe <= now)
		ikev2_queue(sa, TASK_PROBE, 0);
	ikev2_next_task(sa);
}

static void do_task(struct ikev2_sa *sa, enum task_kind kind, uint32_t spi, int64_t now)
{
	struct ikev2_node *node = sa->node;

	node->now = now;
	ikev2_queue(sa, kind, spi);
	ikev2_next_task(sa);
	ikev2_sweep(node);
}

void ikev2_rekey(struct ikev2_sa *sa, int64_t now)
{
	do_task(sa, TASK_REKEY, 0, now);
}

void ikev2_rekey_child(struct ikev2_sa *sa, uint32_t spi_in, int64_t now)
{
	do_task(sa, TASK_REKEY_CHILD, spi_in, now);
}

void ikev2_new_child(struct ikev2_sa *sa, int64_t now)
{
	do_task(sa, TASK_NEW_CHILD, 0, now);
}

void ikev2_delete_sa(struct ikev2_sa *sa, int64_t now)
{
	do_task(sa, TASK_DELETE, 0, now);
}

void ikev2_delete_child(struct ikev2_sa *sa, uint32_t spi_in, int64_t now)
{
	do_task(sa, TASK_DELETE_CHILD, spi_in, now);
}

void ikev2_probe(struct ikev2_sa *sa, int64_t now)
{
	do_task(sa, TASK_PROBE, 0, now);
}
