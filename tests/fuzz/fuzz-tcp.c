/*
 * TCP reassembly. The input is a row of segments of 8 octets and what they carry: flags with
 * bit 7 for the direction and bit 6 for the connection, sequence and acknowledgement relative
 * to a base near the wrap (2 octets each), time step, length.
 */
#include <stdlib.h>

#include "protocols/tcp-reassembly.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

#define BASE 0xffffff80u
#define CONNECTIONS 4096

struct stand {
	uint64_t opened;
	bool over[CONNECTIONS][2];
	unsigned sum;
};

static uint64_t on_open(void *context, const struct address *client, const struct address *server,
			int64_t time)
{
	struct stand *stand = context;

	(void)client;
	(void)server;
	(void)time;
	return ++stand->opened;
}

static void check(const struct stand *stand, uint64_t connection, bool from_client)
{
	if (connection == 0 || connection > stand->opened ||
	    stand->over[connection % CONNECTIONS][from_client])
		__builtin_trap();
}

static void on_octets(void *context, uint64_t connection, bool from_client, int64_t time,
		      uint64_t packet, const void *octets, size_t length)
{
	const uint8_t *at = octets;
	struct stand *stand = context;

	(void)time;
	(void)packet;
	check(stand, connection, from_client);
	if (length == 0)
		__builtin_trap();
	for (size_t i = 0; i < length; i++)
		stand->sum += at[i];
}

static void on_end(void *context, uint64_t connection, bool from_client, int64_t time,
		   uint64_t packet, enum stream_end how)
{
	struct stand *stand = context;

	(void)time;
	(void)packet;
	check(stand, connection, from_client);
	if (how == STREAM_LOST)
		return;
	stand->over[connection % CONNECTIONS][from_client] = true;
	if (how == STREAM_RESET)
		stand->over[connection % CONNECTIONS][!from_client] = true;
}

static uint32_t number(const uint8_t *octets)
{
	return BASE + (uint32_t)(octets[0] << 8 | octets[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	struct stand *stand = calloc(1, sizeof(*stand));
	const struct tcp_sink sink = { stand, on_open, on_octets, on_end };
	struct tcp_reassembly *tcp = tcp_reassembly_new(&sink);
	int64_t time = 0;

	if (!stand)
		abort();
	for (uint64_t packet = 1; length >= 8 && packet < CONNECTIONS; packet++) {
		struct address ends[2] = { { 4, { 1 }, 80, PLACE_HOST }, { 4, { 2 }, 4000, PLACE_HOST } };
		bool from_client = octets[0] & 0x80;
		size_t carried = octets[6] < length - 8 ? octets[6] : length - 8;
		struct packet segment = { .flags = octets[0] & 0x3f, .sequence = number(octets + 1),
					  .acknowledgement = number(octets + 3),
					  .octets = octets + 8, .length = carried,
					  .missing = octets[7] };

		ends[1].port = (uint16_t)(ends[1].port + (octets[0] & 0x40));
		segment.source = ends[from_client];
		segment.destination = ends[!from_client];
		time += (int64_t)octets[5] * 100000;
		tcp_reassembly_add(tcp, &segment, time, packet);
		octets += 8 + carried;
		length -= 8 + carried;
	}
	tcp_reassembly_finish(tcp, time);
	tcp_reassembly_free(tcp);
	free(stand);
	return 0;
}
