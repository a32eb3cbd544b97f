#include "tests/loop/talk.h"

#include <stdio.h>
#include <string.h>

#include "tests/suite.h"

static void opened(void *context, struct stream *stream)
{
	struct end *end = context;

	ck_assert_ptr_eq(end->stream, stream);
	end->opened++;
}

static void octets(void *context, struct stream *stream, const void *data, size_t length)
{
	struct end *end = context;

	ck_assert_int_ge(end->opened, 1);
	buffer_add(&end->octets, data, length);
	if (end->echo)
		stream_write(stream, data, length);
}

static void ended(void *context, struct stream *stream, enum stream_end how,
		  const struct problem *problem)
{
	struct end *end = context;

	end->ended++;
	end->how = how;
	end->problem = *problem;
	if (end->keep_open)
		return;
	end->stream = NULL;
	stream_close(stream);
}

const struct stream_events end_events = { opened, octets, ended };

/* Appends a word unless it stands there already. */
static void log_word(struct seen *seen, const char *word)
{
	size_t length = strlen(word);
	const struct buffer *log = &seen->log;

	if (log->length >= length &&
	    memcmp(log->octets + log->length - length, word, length) == 0)
		return;
	buffer_format(&seen->log, "%s%s", log->length > 0 ? " " : "", word);
}

static uint64_t tap_open(void *context, const struct address *client,
			 const struct address *server, int64_t time, enum transport transport)
{
	struct seen *seen = context;

	ck_assert_int_ne(client->port, 0);
	ck_assert_int_ne(server->port, 0);
	ck_assert_int_gt(time, 0);
	ck_assert_int_eq(transport, TRANSPORT_HTTP);
	log_word(seen, "open");
	return ++seen->connections;
}

static void tap_wire(void *context, uint64_t connection, bool from_client, int64_t time,
		     const void *data, size_t length)
{
	struct seen *seen = context;

	(void)time;
	(void)data;
	ck_assert_uint_ge(connection, 1);
	seen->wire[from_client] += length;
	log_word(seen, from_client ? "wire>" : "wire<");
}

static void tap_plain(void *context, uint64_t connection, bool from_client, int64_t time,
		      const void *data, size_t length)
{
	struct seen *seen = context;

	(void)time;
	(void)data;
	ck_assert_uint_ge(connection, 1);
	seen->plain[from_client] += length;
	log_word(seen, from_client ? "plain>" : "plain<");
}

static void tap_end(void *context, uint64_t connection, bool from_client, int64_t time,
		    enum stream_end how)
{
	static const char *const words[2][2] = { { "end<", "reset<" }, { "end>", "reset>" } };
	struct seen *seen = context;

	(void)time;
	ck_assert_uint_ge(connection, 1);
	seen->ends[from_client]++;
	log_word(seen, words[from_client][how == STREAM_RESET]);
}

static void tap_datagram(void *context, const struct address *source,
			 const struct address *destination, int64_t time, const void *data,
			 size_t length)
{
	struct seen *seen = context;

	(void)time;
	buffer_format(&seen->datagrams, "%u>%u:%.*s ", source->octets[2], destination->octets[2],
		      (int)length, (const char *)data);
}

static void tap_tls(void *context, uint64_t connection, bool from_client, int64_t time,
		    const char *message, const char *const *attributes)
{
	struct seen *seen = context;

	(void)time;
	ck_assert_uint_ge(connection, 1);
	buffer_format(&seen->tls, "%s%s(", message, from_client ? ">" : "<");
	for (; attributes[0]; attributes += 2)
		buffer_format(&seen->tls, "%s=%s;", attributes[0], attributes[1]);
	buffer_format(&seen->tls, ") ");
}

static void tap_key(void *context, const char *line)
{
	struct seen *seen = context;

	buffer_format(&seen->keys, "%s\n", line);
}

static void accepted(void *context, struct stream *stream)
{
	struct talk *talk = context;

	talk->accepted++;
	talk->server.stream = stream;
	stream_set_events(stream, &end_events, &talk->server);
}

void talk_start_on(struct talk *talk, struct loop *loop, SSL_CTX *tls)
{
	const struct address address = { .family = 4, .octets = { 127, 0, 21, 1 } };
	struct problem problem = { "" };

	talk->loop = loop;
	talk->tap = (struct tap){
		.context = &talk->seen, .open = tap_open, .wire = tap_wire, .plain = tap_plain,
		.end = tap_end, .datagram = tap_datagram, .tls = tap_tls, .key = tap_key,
	};
	talk->listener = listener_new(loop, &address, tls, &talk->tap, TRANSPORT_HTTP, accepted,
				      talk, &problem);
	ck_assert_msg(talk->listener != NULL, "%s", problem.text);
}

void talk_start(struct talk *talk, enum loop_clock clock, SSL_CTX *tls)
{
	talk_start_on(talk, loop_new(clock), tls);
}

void talk_connect(struct talk *talk, SSL_CTX *tls, const char *server_name)
{
	const struct address local = { .family = 4, .octets = { 127, 0, 1, 1 } };

	talk->client.stream = stream_connect(talk->loop, &local, listener_address(talk->listener),
					     tls, server_name, NULL, TRANSPORT_HTTP, &end_events,
					     &talk->client);
}

void talk_run(struct talk *talk, int rounds)
{
	while (rounds-- > 0 && loop_once(talk->loop))
		continue;
}

void talk_stop(struct talk *talk)
{
	stream_close(talk->client.stream);
	stream_close(talk->server.stream);
	listener_close(talk->listener);
	if (loop_is_virtual(talk->loop)) {
		talk_run(talk, 1000);
		ck_assert_uint_eq(loop_lost(talk->loop), 0);
	}
	loop_free(talk->loop);
	buffer_free(&talk->client.octets);
	buffer_free(&talk->server.octets);
	buffer_free(&talk->seen.log);
	buffer_free(&talk->seen.tls);
	buffer_free(&talk->seen.keys);
	buffer_free(&talk->seen.datagrams);
}
