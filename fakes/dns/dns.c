/* dns: the fake DNS server: one role, UDP and TCP at the same port. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/dns/dns-answer.h"
#include "fakes/dns/zone.h"
#include "fakes/fake.h"
#include "fakes/late-answer.h"
#include "harness/loop/stream.h"
#include "protocols/limits.h"
#include "protocols/memory.h"

enum { PORT_TRIES = 50, TCP_LENGTH = 2, FACES = 8 };

struct face { /* an address where it listens */
	struct fake *fake;
	struct datagram_socket *socket;
	struct listener *listener;
};

struct connection { /* of a TCP client */
	struct connection *next;
	struct fake *fake;
	struct face *face;
	struct stream *stream;
	struct buffer in;
};

struct late { /* to whom an answer is to come later */
	struct face *face;
	struct connection *connection; /* NULL = UDP, to client */
	struct address client;
};

struct fake {
	const struct stage *stage;
	char *role;
	struct zone *zone;
	struct face faces[FACES]; /* the main one first */
	size_t face_count;
	struct connection *connections;
	unsigned connection_count;
	struct late_answers late;
};

static void send_answer(struct face *face, struct connection *connection,
			const struct address *client, struct octets answer)
{
	struct buffer framed = { 0 };

	if (answer.length == 0)
		return;
	if (!connection) {
		datagram_socket_send(face->socket, client, answer.at, answer.length);
		return;
	}
	buffer_add_u16(&framed, (uint16_t)answer.length);
	buffer_add(&framed, answer.at, answer.length);
	stream_write(connection->stream, framed.octets, framed.length);
	buffer_free(&framed);
}

static void send_late(const void *to, struct octets answer)
{
	const struct late *late = to;

	send_answer(late->face, late->connection, &late->client, answer);
}

static bool is_response(void *context, const struct arrow *arrow)
{
	(void)context;
	return strcmp(arrow->message, "DnsResponse") == 0;
}

/* A question that can be served: asks for the cue and does as it says. */
static void answer_query(struct face *face, const struct dns_message *query,
			 struct connection *connection, const struct address *client)
{
	struct fake *fake = face->fake;
	const struct stage *stage = fake->stage;
	const struct fault *delay = NULL;
	const struct cue *cue = NULL;
	struct buffer answer = { 0 };
	bool silent = false;

	if (stage->cue)
		cue = stage->cue(stage->context, fake->role, NULL, is_response, NULL);
	dns_answer_make(fake->zone, query, cue, !connection, &answer);
	if (cue) {
		const struct arrow *arrow = cue->arrow; /* the cue goes with the next call */

		silent = fake_fault(arrow, "drop") || fake_fault(arrow, "no-answer");
		delay = fake_fault(arrow, "delay");
		if (stage->cue_taken)
			stage->cue_taken(stage->context, arrow);
	}
	struct octets octets = octets_of(answer.octets, answer.length);

	if (!silent && delay) {
		const struct late late = { face, connection,
					   client ? *client : (struct address){ .family = 0 } };

		late_answer_add(&fake->late, stage->loop, delay->number, connection, octets,
				send_late, &late, sizeof(late));
	} else if (!silent) {
		send_answer(face, connection, client, octets);
	}
	buffer_free(&answer);
}

static void query_came(struct face *face, const void *octets, size_t length,
		       struct connection *connection, const struct address *client)
{
	struct dns_message query = { 0 };
	struct buffer refusal = { 0 };
	int decoded = dns_decode(octets, length, &query, NULL);

	if (decoded == 0 && !query.response && query.opcode == 0 && query.question_count == 1)
		answer_query(face, &query, connection, client);
	else
		dns_answer_refuse(octets, length,
				  decoded == 0 && query.opcode != 0 ? DNS_NOTIMP : DNS_FORMERR,
				  &refusal);
	send_answer(face, connection, client, octets_of(refusal.octets, refusal.length));
	buffer_free(&refusal);
	if (decoded == 0)
		dns_message_clear(&query);
}

static void datagram_came(void *context, const struct address *source, const void *octets,
			  size_t length)
{
	query_came(context, octets, length, NULL, source);
}

static void connection_close(struct connection *connection)
{
	struct fake *fake = connection->fake;
	struct connection **link = &fake->connections;

	late_answers_forget(&fake->late, connection);
	while (*link != connection)
		link = &(*link)->next;
	*link = connection->next;
	fake->connection_count--;
	stream_close(connection->stream);
	buffer_free(&connection->in);
	free(connection);
}

/* Several queries may come on one connection (RFC 7766 6.2.1). */
static void octets_came(void *context, struct stream *stream, const void *octets, size_t length)
{
	struct connection *connection = context;
	struct buffer *in = &connection->in;

	(void)stream;
	buffer_add(in, octets, length);
	while (in->length >= TCP_LENGTH) {
		size_t size = (size_t)in->octets[0] << 8 | in->octets[1];

		if (in->length < TCP_LENGTH + size)
			return;
		query_came(connection->face, in->octets + TCP_LENGTH, size, connection, NULL);
		buffer_consume(in, TCP_LENGTH + size);
	}
}

static void stream_ended(void *context, struct stream *stream, enum stream_end how,
			 const struct problem *problem)
{
	(void)stream;
	(void)how;
	(void)problem;
	connection_close(context);
}

static void accepted(void *context, struct stream *stream)
{
	static const struct stream_events events = { .octets = octets_came, .ended = stream_ended };
	struct face *face = context;
	struct fake *fake = face->fake;
	struct connection *connection;

	if (fake->connection_count >= LIMIT_DNS_CONNECTIONS) {
		stream_tell_limit(stream, "dns.connections", "one more was refused");
		stream_reset(stream);
		return;
	}
	connection = memory_new(sizeof(*connection));
	*connection = (struct connection){ .next = fake->connections, .fake = fake,
					   .face = face, .stream = stream };
	fake->connections = connection;
	fake->connection_count++;
	stream_set_events(stream, &events, connection);
}

/* The kernel picks a port for UDP; TCP must have the same one. */
static int open_face(struct face *face, const struct address *place, struct problem *problem)
{
	const struct stage *stage = face->fake->stage;

	for (int i = 0; i < (place->port ? 1 : PORT_TRIES); i++) {
		face->socket = datagram_socket_new(stage->loop, place, stage->tap, datagram_came,
						   face, problem);
		if (!face->socket)
			return -1;
		face->listener = listener_new(stage->loop, datagram_socket_address(face->socket),
					      NULL, stage->tap, TRANSPORT_DNS, accepted, face,
					      problem);
		if (face->listener)
			return 0;
		datagram_socket_close(face->socket);
		face->socket = NULL;
	}
	return -1;
}

static int open_faces(struct fake *fake, struct problem *problem)
{
	struct address places[FACES];
	size_t count = bench_faces(fake->stage->bench, fake->role, "dns", places, FACES);

	for (size_t i = 0; i < count; i++) {
		fake->faces[i].fake = fake;
		if (open_face(&fake->faces[i], &places[i], problem) < 0)
			return -1;
		fake->face_count++;
	}
	return count ? 0 : problem_set(problem, "%s is nowhere on this bench", fake->role);
}

static void dns_reset(struct fake *fake)
{
	late_answers_forget(&fake->late, NULL);
	while (fake->connections)
		connection_close(fake->connections);
}

static void dns_stop(struct fake *fake)
{
	if (!fake)
		return;
	dns_reset(fake);
	for (size_t i = 0; i < fake->face_count; i++) {
		listener_close(fake->faces[i].listener);
		datagram_socket_close(fake->faces[i].socket);
	}
	zone_free(fake->zone);
	free(fake->role);
	free(fake);
}

static struct fake *dns_start(const struct stage *stage, const char *role,
			      struct problem *problem)
{
	struct fake *fake = memory_new(sizeof(*fake));
	char text[ADDRESS_TEXT];

	fake->stage = stage;
	fake->role = memory_text(role);
	fake->zone = zone_new(stage->bench, stage->profile, role, problem);
	if (!fake->zone || open_faces(fake, problem) < 0) {
		dns_stop(fake);
		return NULL;
	}
	const struct address *address = datagram_socket_address(fake->faces[0].socket);

	bench_publish(stage->bench, role, "address", address_host(address, text));
	snprintf(text, sizeof(text), "%u", address->port);
	bench_publish(stage->bench, role, "port", text);
	return fake;
}

/* A DNS server says nothing by itself. */
static void dns_cue(struct fake *fake)
{
	(void)fake;
}

static int dns_act(struct fake *fake, const char *action,
		   char *(*argument)(void *context, const char *name), void *context,
		   struct problem *problem)
{
	(void)argument;
	(void)context;
	return problem_set(problem, "%s cannot do \"%s\"", fake->role, action);
}

const struct fake_kind dns_fake = {
	.name = "dns",
	.start = dns_start,
	.cue = dns_cue,
	.act = dns_act,
	.reset = dns_reset,
	.stop = dns_stop,
};
