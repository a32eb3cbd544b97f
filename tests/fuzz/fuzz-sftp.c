/* A stream of SFTP packets; each that is read must be written again as it was read. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/limits.h"
#include "protocols/sftp.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

static void read_names(struct octets rest)
{
	struct sftp_name name;
	size_t before = rest.length;

	while (!sftp_read_name(&rest, &name)) {
		if (rest.length >= before)
			abort();
		before = rest.length;
	}
}

/* What is written is read as the same, and written as the same. */
static void again(const struct sftp_packet *packet)
{
	struct buffer first = { 0 }, second = { 0 };
	struct sftp_packet read;
	struct octets stream, whole;

	sftp_write(&first, packet);
	stream = octets_of(first.octets, first.length);
	if (sftp_take(&stream, &whole) == 1) { /* what was optional may make it too long */
		if (stream.length || sftp_read(whole, &read, NULL))
			abort();
		sftp_write(&second, &read);
		if (first.length != second.length ||
		    memcmp(first.octets, second.octets, first.length) != 0)
			abort();
	}
	buffer_free(&first);
	buffer_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	struct octets stream = octets_of(octets, length), whole;
	struct sftp_packet packet;
	struct problem problem;
	char text[64];

	while (sftp_take(&stream, &whole) == 1) {
		if (whole.length > LIMIT_SFTP_PACKET)
			abort();
		sftp_describe(whole, text, 1 + whole.length % sizeof(text));
		if (sftp_read(whole, &packet, &problem))
			continue;
		if (packet.type == SFTP_NAME)
			read_names(packet.rest);
		again(&packet);
	}
	return 0;
}
