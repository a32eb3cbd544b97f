/*
 * A connection of SSH. The input is a row of events: an octet (bits 0-1: what is on the wire, what is
 * said behind the encryption, an end, octets of a connection that may be anything; bit 2 direction), an
 * octet of length, then that many octets.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "protocols/dissector.h"
#include "protocols/ssh.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

static void drop(void *context, struct message *message)
{
	(void)context;
	if (!message->body || !message->document)
		abort();
	message_free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	struct dissector *dissector = dissector_new(drop, NULL);
	struct address client = { .family = 4, .octets = { 10, 0, 0, 2 }, .port = 1 };
	struct address server = { .family = 4, .octets = { 10, 0, 0, 1 }, .port = SSH_PORT };
	struct address other = { .family = 4, .octets = { 10, 0, 0, 1 }, .port = 4000 };
	uint64_t known = dissector_open(dissector, &client, &server, 0);
	uint64_t guessed = dissector_open(dissector, &client, &other, 0);
	size_t at = 0;

	while (length - at >= 2) {
		bool from_client = octets[at] & 4;
		unsigned what = octets[at] & 3;
		size_t count = octets[at + 1];

		at += 2;
		if (count > length - at)
			count = length - at;
		if (what == 0)
			dissector_octets(dissector, known, from_client, 1, at, octets + at, count);
		else if (what == 1)
			dissector_clear(dissector, from_client ? &client : &server,
					from_client ? &server : &client, 1, at, octets + at, count);
		else if (what == 3)
			dissector_octets(dissector, guessed, from_client, 1, at, octets + at, count);
		else
			dissector_end(dissector, known, from_client, 1, at,
				      (enum stream_end)(count % 3));
		if (what != 2)
			at += count;
	}
	dissector_finish(dissector, 2);
	dissector_free(dissector);
	return 0;
}
