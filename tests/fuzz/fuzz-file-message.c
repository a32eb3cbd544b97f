/*
 * First octet: bit 0 whole, bit 1 in two pieces, bit 2 the second one first, bits 3-6 how far the second
 * is moved. The rest is the contents of a file, a gzip file perhaps.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "protocols/file-message.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

static void fill(struct file_contents *contents, unsigned how, const uint8_t *octets, size_t length)
{
	size_t half = how & 2 ? length / 2 : length;
	uint64_t moved = half + (how >> 3 & 15);

	if (how & 4)
		file_contents_put(contents, moved, octets + half, length - half);
	file_contents_put(contents, 0, octets, half);
	if (!(how & 4))
		file_contents_put(contents, moved, octets + half, length - half);
	if (how & 0x80)
		file_contents_skip(contents, 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	static const struct file_request request = { .transport = "sftp", .path = "/f" };
	struct file_contents *contents;
	struct message *message;

	if (!length)
		return 0;
	contents = file_contents_new();
	fill(contents, octets[0], octets + 1, length - 1);
	message = file_message_contents(&request, contents, octets[0] & 1, (int64_t)length);
	if (!message->body || file_contents_size(contents) < length - 1)
		abort();
	message_free(message);
	file_contents_free(contents);
	return 0;
}
