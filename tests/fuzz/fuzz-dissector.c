/*
 * The input is a row of events: an octet (bits 0-1 what, bit 2 direction, bits 3-4 which
 * connection, bit 5 that of a file server, which lets in what came), an octet of length, then that many octets.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "protocols/dissector.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

enum { FILES_PORT = 8080 };

static void drop(void *context, struct message *message)
{
	(void)context;
	if (!message->body || !message->document)
		abort();
	message_free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	static const uint16_t ports[4] = {80, 53, 7548, 21};
	struct dissector *dissector = dissector_new(drop, NULL);
	struct address client = {.family = 4, .octets = {10, 0, 0, 2}, .port = 1};
	struct address server = {.family = 4, .octets = {10, 0, 0, 1}};
	uint64_t numbers[4] = {0};
	int64_t time = 0;
	size_t at = 0;

	server.port = FILES_PORT;
	dissector_listener(dissector, &server, TRANSPORT_FILES, false);
	while (length - at >= 2) {
		unsigned what = octets[at], which = what >> 3 & 3;
		size_t count = octets[at + 1];

		at += 2;
		time += 4000000 * (what >> 6 & 1); /* some wait a device out */
		dissector_time(dissector, time);
		if (count > length - at)
			count = length - at;
		server.port = what & 0x20 ? FILES_PORT : ports[which];
		if (!numbers[which])
			numbers[which] = dissector_open(dissector, &client, &server, 0);
		if ((what & 3) < 2) {
			dissector_octets(dissector, numbers[which], what & 4, time, at,
					 octets + at, count);
		} else if ((what & 3) == 2) {
			dissector_datagram(dissector, &client, &server, time, at, octets + at,
					   count);
		} else {
			dissector_end(dissector, numbers[which], what & 4, time, at,
				      (enum stream_end)(count % 3));
			count = 0;
		}
		if (what & 0x20)
			dissector_admitted(dissector, numbers[which], time);
		if (what & 0x80)
			numbers[which] = 0;
		at += count;
	}
	dissector_finish(dissector, time);
	dissector_free(dissector);
	return 0;
}
