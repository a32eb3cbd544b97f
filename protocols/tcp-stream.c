#include "protocols/tcp-stream.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

static bool covers(const struct tcp_waiting *waiting, uint32_t sequence, uint32_t length)
{
	return tcp_distance(sequence, waiting->sequence) >= 0 &&
	       tcp_distance(waiting->sequence + waiting->length, sequence + length) >= 0;
}

static struct tcp_waiting *copy(uint32_t sequence, const uint8_t *octets, uint32_t length,
				uint64_t packet)
{
	struct tcp_waiting *waiting = memory_resize(NULL, 1, sizeof(*waiting) + length);

	waiting->next = NULL;
	waiting->packet = packet;
	waiting->sequence = sequence;
	waiting->length = length;
	memcpy(waiting->octets, octets, length);
	return waiting;
}

void tcp_stream_keep(struct tcp_stream *stream, uint32_t sequence, const uint8_t *octets,
		     uint32_t length, uint64_t packet)
{
	struct tcp_waiting **place = &stream->first;

	if (stream->last && tcp_distance(sequence, stream->last->sequence) >= 0)
		place = &stream->last->next;
	if (stream->last && covers(stream->last, sequence, length))
		return;
	while (*place && tcp_distance(sequence, (*place)->sequence) >= 0) {
		if (covers(*place, sequence, length))
			return;
		place = &(*place)->next;
	}
	struct tcp_waiting *waiting = copy(sequence, octets, length, packet);
	waiting->next = *place;
	*place = waiting;
	if (!waiting->next)
		stream->last = waiting;
	stream->segments++;
	stream->octets += length;
}

struct tcp_waiting *tcp_stream_take(struct tcp_stream *stream)
{
	struct tcp_waiting *waiting = stream->first;

	if (!waiting || tcp_distance(waiting->sequence, stream->next) > 0)
		return NULL;
	stream->first = waiting->next;
	if (!stream->first)
		stream->last = NULL;
	stream->segments--;
	stream->octets -= waiting->length;
	return waiting;
}

void tcp_stream_clear(struct tcp_stream *stream)
{
	while (stream->first) {
		struct tcp_waiting *waiting = stream->first;

		stream->first = waiting->next;
		free(waiting);
	}
	stream->last = NULL;
	stream->segments = 0;
	stream->octets = 0;
}
