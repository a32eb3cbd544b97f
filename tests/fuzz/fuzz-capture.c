#include <string.h>

#include "protocols/capture-file.h"
#include "protocols/ip-fragments.h"
#include "protocols/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

struct source {
	const uint8_t *octets;
	size_t length, at;
};

static size_t piecewise(void *context, void *octets, size_t length)
{
	struct source *source = context;
	size_t part = source->length - source->at;

	if (part > 61)
		part = 61;
	if (part > length)
		part = length;
	memcpy(octets, source->octets + source->at, part);
	source->at += part;
	return part;
}

static unsigned read_octets(const uint8_t *octets, size_t length)
{
	unsigned sum = 0;

	for (size_t i = 0; i < length; i++)
		sum += octets[i];
	return sum;
}

/* A sum over all that is given, so that a read outside is seen; the number of records. */
static unsigned read_all(struct capture_file *file, unsigned *sum)
{
	struct ip_fragments *fragments = ip_fragments_new();
	struct capture_record record;
	struct problem problem;
	unsigned count = 0;

	for (; file; count++) {
		enum capture_result result = capture_file_next(file, &record, &problem);
		struct packet packet;

		if (result == CAPTURE_END || result == CAPTURE_CUT)
			break;
		if (record.comment)
			*sum += (unsigned)strlen(record.comment);
		*sum += read_octets(record.octets, record.length);
		if (result != CAPTURE_PACKET)
			continue;
		enum packet_kind kind = packet_read(record.link_type, record.octets,
						    record.length, &packet);
		if (kind == PACKET_FRAGMENT)
			kind = ip_fragments_add(fragments, &packet, record.time);
		if (kind == PACKET_TCP || kind == PACKET_UDP)
			*sum += read_octets(packet.octets, packet.length);
	}
	ip_fragments_free(fragments);
	capture_file_free(file);
	return count;
}

/* From memory and piece by piece, the same is read. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	struct source source = { octets, length, 0 };
	unsigned sums[2] = { 0, 0 };

	unsigned count = read_all(capture_file_memory(octets, length, NULL), &sums[0]);
	if (count != read_all(capture_file_new(piecewise, &source, NULL), &sums[1]) ||
	    sums[0] != sums[1])
		__builtin_trap();
	return 0;
}
