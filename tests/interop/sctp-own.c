/*
 * Our SCTP client on the real clock: sctp-own LOCAL REMOTE PORT PPID HEX says the message, prints
 * what is answered as "PPID STREAM HEX", and ends in order.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fakes/sctp/association.h"
#include "protocols/buffer.h"

struct talk {
	struct loop *loop;
	struct buffer octets; /* to say */
	uint32_t ppid;
	int result;
};

static void came_up(void *context, struct association *association)
{
	struct talk *talk = context;

	association_send(association, talk->ppid, 0, talk->octets.octets, talk->octets.length);
}

static void message_came(void *context, struct association *association, uint32_t ppid,
			 uint16_t stream, const void *octets, size_t length)
{
	struct talk *talk = context;

	printf("%u %u ", (unsigned)ppid, stream);
	for (size_t i = 0; i < length; i++)
		printf("%02x", ((const uint8_t *)octets)[i]);
	printf("\n");
	talk->result = 0;
	association_shutdown(association);
}

static void went_down(void *context, struct association *association, enum association_down how)
{
	struct talk *talk = context;

	(void)association;
	if (how != ASSOCIATION_SHUTDOWN) {
		fprintf(stderr, "sctp-own: the association ended otherwise (%d)\n", how);
		talk->result = 1;
	}
	loop_stop(talk->loop);
}

int main(int count, char **arguments)
{
	static const struct association_calls calls = { came_up, message_came, went_down };
	struct talk talk = { .result = 1 };
	struct address local, remote;
	struct problem problem = { "" };
	unsigned value;

	if (count != 6 || address_parse(arguments[1], &local) < 0 ||
	    address_parse(arguments[2], &remote) < 0) {
		fprintf(stderr, "usage: sctp-own LOCAL REMOTE PORT PPID HEX\n");
		return 2;
	}
	remote.port = (uint16_t)atoi(arguments[3]);
	talk.ppid = (uint32_t)strtoul(arguments[4], NULL, 0);
	for (const char *hex = arguments[5]; sscanf(hex, "%2x", &value) == 1; hex += 2)
		buffer_add_u8(&talk.octets, (uint8_t)value);
	talk.loop = loop_new(CLOCK_REAL_TIME);
	if (!association_connect(talk.loop, &local, &remote, 3, &calls, &talk, &problem)) {
		fprintf(stderr, "sctp-own: %s\n", problem.text);
		return 1;
	}
	loop_run(talk.loop);
	loop_free(talk.loop);
	buffer_free(&talk.octets);
	return talk.result;
}
