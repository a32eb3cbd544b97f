#include "fakes/device/resolver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/loop/stream.h"
#include "protocols/buffer.h"
#include "protocols/dns.h"
#include "protocols/memory.h"

#define TRIES_MOST 4      /* of one question over UDP, waiting 1, 2, 4, 8 s */
#define CNAMES_MOST 8     /* in a chain, over all answers */
#define TCP_PATIENCE SECONDS(10)

struct lookup {
	struct loop *loop;
	struct address local, server;
	char name[DNS_NAME]; /* asked for now: the name, or what a CNAME led to */
	uint16_t type;
	struct resolver_way way;
	struct address literal; /* what is asked for needlessly */
	uint16_t id;
	int tries, cnames;
	struct generator *random;
	struct datagram_socket *socket;
	struct stream *stream;
	struct buffer octets; /* of the TCP answer */
	struct timer *timer;
	struct resolver_answer answer;
	struct problem problem;
	resolver_callback callback;
	void *context;
};

static void ask(struct lookup *lookup);

static void stop_asking(struct lookup *lookup)
{
	loop_cancel(lookup->timer);
	lookup->timer = NULL;
	datagram_socket_close(lookup->socket);
	lookup->socket = NULL;
	stream_close(lookup->stream);
	lookup->stream = NULL;
	buffer_clear(&lookup->octets);
}

void resolver_cancel(struct lookup *lookup)
{
	if (!lookup)
		return;
	stop_asking(lookup);
	buffer_free(&lookup->octets);
	free(lookup);
}

static void finish(struct lookup *lookup)
{
	if (!lookup->answer.count && lookup->literal.family)
		lookup->answer.addresses[lookup->answer.count++] = lookup->literal;
	stop_asking(lookup);
	lookup->callback(lookup->context, lookup->answer.count ? &lookup->answer : NULL,
			 &lookup->problem);
	buffer_free(&lookup->octets);
	free(lookup);
}

static void fail(struct lookup *lookup, const char *why)
{
	problem_set(&lookup->problem, "%s cannot be resolved: %s", lookup->name, why);
	lookup->answer.count = 0;
	finish(lookup);
}

static void write_question(const struct lookup *lookup, struct buffer *out)
{
	struct dns_message message = {.id = lookup->id, .recursion_desired = true,
				      .question_count = 1};

	snprintf(message.questions[0].name, sizeof(message.questions[0].name), "%s",
		 lookup->name);
	message.questions[0].type = lookup->type;
	message.questions[0].class = 1; /* IN */
	dns_encode(&message, 0, out);
}

static bool same_name(const char *a, const char *b)
{
	return !strcasecmp(a, b);
}

/* Is it an answer to what was asked? Else it is passed over (RFC 5452 9.1). */
static bool fits(const struct lookup *lookup, const struct dns_message *message)
{
	if (lookup->way.any_answer)
		return message->response;
	return message->response && message->id == lookup->id && message->question_count == 1 &&
	       message->questions[0].type == lookup->type && message->questions[0].class == 1 &&
	       same_name(message->questions[0].name, lookup->name);
}

/* Takes the addresses of the name that the chain of CNAMEs in the answer ends at, which
 * becomes the name. */
static void take_addresses(struct lookup *lookup, const struct dns_message *message)
{
	for (bool moved = true; moved && lookup->cnames < CNAMES_MOST;) {
		moved = false;
		for (size_t i = 0; i < message->answer_count && !moved; i++) {
			const struct dns_record *record = &message->answers[i];
			if (record->type != DNS_CNAME || record->class != 1 ||
			    !same_name(record->name, lookup->name))
				continue;
			snprintf(lookup->name, sizeof(lookup->name), "%s", record->target);
			if (record->ttl < lookup->answer.ttl)
				lookup->answer.ttl = record->ttl;
			lookup->cnames++;
			moved = true;
		}
	}
	for (size_t i = 0; i < message->answer_count; i++) {
		const struct dns_record *record = &message->answers[i];
		if (record->type == lookup->type && record->class == 1 &&
		    same_name(record->name, lookup->name) &&
		    lookup->answer.count < RESOLVER_ADDRESSES) {
			if (record->ttl < lookup->answer.ttl)
				lookup->answer.ttl = record->ttl;
			lookup->answer.addresses[lookup->answer.count] = record->address;
			lookup->answer.addresses[lookup->answer.count++].port = 0;
		}
	}
}

static void next_question(struct lookup *lookup)
{
	stop_asking(lookup);
	lookup->tries = 0;
	ask(lookup);
}

static void handle_answer(struct lookup *lookup, const struct dns_message *message)
{
	int cnames = lookup->cnames;

	if (message->rcode == DNS_NXDOMAIN) {
		fail(lookup, "the DNS server says that there is no such name");
		return;
	}
	if (message->rcode != DNS_NOERROR) {
		fail(lookup, "the DNS server answers with an error");
		return;
	}
	take_addresses(lookup, message);
	if (lookup->answer.count) {
		finish(lookup);
	} else if (lookup->cnames > cnames && lookup->cnames < CNAMES_MOST) {
		next_question(lookup); /* the alias came without its address */
	} else if (!lookup->way.ipv4_only &&
		   lookup->type == (lookup->way.ipv6_first ? DNS_AAAA : DNS_A)) {
		lookup->type = lookup->way.ipv6_first ? DNS_A : DNS_AAAA;
		next_question(lookup);
	} else {
		fail(lookup, "the DNS server has no address for it");
	}
}

/* TCP: two octets of length, then the message (RFC 1035 4.2.2). */

static void tcp_ended(void *context, struct stream *stream, enum stream_end how,
		      const struct problem *problem)
{
	(void)stream;
	(void)how;
	(void)problem;
	fail(context, "the DNS server closed the TCP connection without an answer");
}

static void tcp_octets(void *context, struct stream *stream, const void *octets, size_t length)
{
	struct lookup *lookup = context;
	struct dns_message message;

	(void)stream;
	buffer_add(&lookup->octets, octets, length);
	if (lookup->octets.length < 2)
		return;
	size_t wanted = (size_t)lookup->octets.octets[0] << 8 | lookup->octets.octets[1];
	if (lookup->octets.length < wanted + 2)
		return;
	if (dns_decode(lookup->octets.octets + 2, wanted, &message, NULL)) {
		fail(lookup, "the DNS server's answer cannot be read");
		return;
	}
	if (fits(lookup, &message))
		handle_answer(lookup, &message);
	else
		fail(lookup, "the DNS server answered something else over TCP");
	dns_message_clear(&message);
}

static void tcp_late(void *context)
{
	struct lookup *lookup = context;

	lookup->timer = NULL;
	fail(lookup, "the DNS server does not answer over TCP");
}

static void ask_tcp(struct lookup *lookup)
{
	static const struct stream_events events = {.octets = tcp_octets, .ended = tcp_ended};
	struct buffer question = {0}, framed = {0};

	stop_asking(lookup);
	write_question(lookup, &question);
	buffer_add_u16(&framed, (uint16_t)question.length);
	buffer_add(&framed, question.octets, question.length);
	lookup->stream = stream_connect(lookup->loop, &lookup->local, &lookup->server, NULL, NULL,
					NULL, TRANSPORT_DNS, &events, lookup);
	stream_write(lookup->stream, framed.octets, framed.length);
	lookup->timer = loop_after(lookup->loop, TCP_PATIENCE, tcp_late, lookup);
	buffer_free(&question);
	buffer_free(&framed);
}

static void received(void *context, const struct address *source, const void *octets,
		     size_t length)
{
	struct lookup *lookup = context;
	struct dns_message message;

	if (!address_same(source, &lookup->server) ||
	    dns_decode(octets, length, &message, NULL))
		return; /* not the server, or rubbish: wait on */
	if (fits(lookup, &message)) {
		if (message.truncated)
			ask_tcp(lookup);
		else
			handle_answer(lookup, &message);
	}
	dns_message_clear(&message);
}

static void late(void *context)
{
	struct lookup *lookup = context;

	lookup->timer = NULL;
	if (lookup->tries >= TRIES_MOST)
		fail(lookup, "the DNS server does not answer");
	else
		ask(lookup);
}

static void ask(struct lookup *lookup)
{
	struct buffer question = {0};

	if (lookup->way.tcp) {
		lookup->id = (uint16_t)generator_next(lookup->random);
		ask_tcp(lookup);
		return;
	}
	if (!lookup->socket) {
		lookup->socket = datagram_socket_new(lookup->loop, &lookup->local, NULL, received,
						     lookup, &lookup->problem);
		lookup->id = (uint16_t)generator_next(lookup->random);
	}
	if (lookup->socket) {
		write_question(lookup, &question);
		datagram_socket_send(lookup->socket, &lookup->server, question.octets,
				     question.length);
		buffer_free(&question);
	}
	lookup->timer = loop_after(lookup->loop, SECONDS(1) << lookup->tries, late, lookup);
	lookup->tries++;
}

static void answer_literal(void *context)
{
	struct lookup *lookup = context;

	lookup->timer = NULL;
	if (lookup->answer.count)
		finish(lookup);
	else
		fail(lookup, "there is no DNS server to ask");
}

struct lookup *resolver_ask(struct loop *loop, const struct address *local,
			    const struct address *server, const char *name,
			    const struct resolver_way *way, struct generator *random, resolver_callback callback, void *context)
{
	struct lookup *lookup = memory_new(sizeof(*lookup));

	lookup->loop = loop;
	lookup->local = *local;
	lookup->local.port = 0;
	lookup->server = *server;
	lookup->random = random;
	lookup->way = *way;
	lookup->type = way->ipv6_first && !way->ipv4_only ? DNS_AAAA : DNS_A;
	lookup->answer.ttl = UINT32_MAX;
	lookup->callback = callback;
	lookup->context = context;
	snprintf(lookup->name, sizeof(lookup->name), "%s", name);
	if (!address_parse(name, &lookup->answer.addresses[0]))
		lookup->answer.count = 1;
	if (lookup->answer.count && way->needlessly && server->family != 0) {
		lookup->literal = lookup->answer.addresses[0];
		lookup->answer.count = 0;
	}
	if (lookup->answer.count || server->family == 0)
		lookup->timer = loop_after(loop, 0, answer_literal, lookup);
	else
		ask(lookup);
	return lookup;
}
