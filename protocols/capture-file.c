#include "protocols/capture-file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/capture-time.h"
#include "protocols/capture-window.h"
#include "protocols/memory.h"

#define PCAP_MAGIC 0xa1b2c3d4u
#define PCAP_MAGIC_NANOSECONDS 0xa1b23c4du
#define PCAP_MAGIC_LONG 0xa1b2cd34u /* packet headers of 24 octets */
#define PCAP_HEADER 24
#define BYTE_ORDER_MAGIC 0x1a2b3c4du

#define BLOCK_SECTION 0x0a0d0d0au
#define BLOCK_INTERFACE 1
#define BLOCK_PACKET 2 /* obsolete */
#define BLOCK_SIMPLE 3
#define BLOCK_ENHANCED 6
#define BLOCK_STATISTICS 5
#define BLOCK_SECRETS 10
#define BLOCK_FRAME 12 /* type and length before, length after */

#define OPTION_COMMENT 1
#define OPTION_NAME 2 /* of an interface */
#define OPTION_RESOLUTION 9
#define OPTION_OFFSET 14

#define INTERFACE_LIMIT LIMIT_CAPTURE_INTERFACES
#define MICROSECONDS_RESOLUTION 6

struct interface {
	uint16_t link_type;
	uint8_t resolution;
	uint32_t snap_length; /* 0 = none */
	int64_t offset;
	char name[32]; /* cut when it is longer */
};

struct capture_file {
	struct capture_window window;
	size_t taken; /* octets of the last record, taken at the next call */
	bool big;
	bool pcapng;
	uint8_t resolution; /* pcap */
	uint32_t link_type;
	size_t packet_header;
	struct interface *interfaces;
	size_t interface_count;
	uint64_t packets;
	int64_t time; /* of the last packet: a simple packet block has none */
	struct buffer comment;
};

static uint32_t u32(const struct capture_file *file, const uint8_t *octets)
{
	return capture_u32(octets, file->big);
}

static uint16_t u16(const struct capture_file *file, const uint8_t *octets)
{
	return capture_u16(octets, file->big);
}

/* pcap */

static bool is_pcap_magic(uint32_t magic)
{
	return magic == PCAP_MAGIC || magic == PCAP_MAGIC_NANOSECONDS || magic == PCAP_MAGIC_LONG;
}

static int pcap_start(struct capture_file *file, struct problem *problem)
{
	const uint8_t *header = capture_window_peek(&file->window, PCAP_HEADER);

	if (!header)
		return problem_set(problem, "cut in the header of the file");
	file->big = is_pcap_magic(capture_u32(header, true));
	uint32_t magic = u32(file, header);
	if (u16(file, header + 4) != 2)
		return problem_set(problem, "pcap version %u.%u is not known",
				   u16(file, header + 4), u16(file, header + 6));
	file->resolution = magic == PCAP_MAGIC_NANOSECONDS ? 9 : MICROSECONDS_RESOLUTION;
	file->packet_header = magic == PCAP_MAGIC_LONG ? 24 : 16;
	/* The upper half says how long a frame check sequence is. */
	file->link_type = u32(file, header + 20) & 0xffff;
	file->taken = PCAP_HEADER;
	return 0;
}

static enum capture_result cut(const struct capture_file *file, const char *where,
			       struct problem *problem)
{
	problem_set(problem, "the file is cut at octet %" PRIu64 ", in %s",
		    capture_window_offset(&file->window), where);
	return CAPTURE_CUT;
}

static enum capture_result pcap_next(struct capture_file *file, struct capture_record *record,
				     struct problem *problem)
{
	struct capture_window *window = &file->window;
	const uint8_t *header = capture_window_peek(window, file->packet_header);

	if (!header) {
		if (window->begin == window->end)
			return CAPTURE_END;
		return cut(file, "a packet header", problem);
	}
	size_t length = u32(file, header + 8);
	if (length > CAPTURE_BLOCK_LIMIT) {
		problem_set(problem, "a packet of %zu octets at octet %" PRIu64
			    ": the file is damaged", length, capture_window_offset(window));
		return CAPTURE_CUT;
	}
	header = capture_window_peek(window, file->packet_header + length);
	if (!header)
		return cut(file, "a packet", problem);
	uint64_t fraction = u32(file, header + 4);
	if (file->resolution == 9)
		fraction /= 1000;
	record->number = ++file->packets;
	record->time = (int64_t)u32(file, header) * 1000000 + (int64_t)fraction;
	record->link_type = file->link_type;
	record->octets = header + file->packet_header;
	record->length = length;
	record->original_length = u32(file, header + 12);
	file->taken = file->packet_header + length;
	return CAPTURE_PACKET;
}

/* pcapng */

struct block {
	uint32_t type;
	const uint8_t *body;
	size_t length; /* of the body */
};

struct option {
	uint16_t code;
	uint16_t length;
	const uint8_t *value;
};

/* The next option of a list, or false at its end and where it makes no sense. */
static bool next_option(const struct capture_file *file, const uint8_t **at, size_t *left,
			struct option *option)
{
	if (*left < 4)
		return false;
	option->code = u16(file, *at);
	option->length = u16(file, *at + 2);
	option->value = *at + 4;
	size_t padded = 4 + (((size_t)option->length + 3) & ~(size_t)3);
	if (option->code == 0 || option->length > *left - 4)
		return false;
	if (padded > *left)
		padded = *left;
	*at += padded;
	*left -= padded;
	return true;
}

static const char *read_comments(struct capture_file *file, const uint8_t *at, size_t left)
{
	struct option option;
	bool any = false;

	buffer_clear(&file->comment);
	while (next_option(file, &at, &left, &option)) {
		if (option.code != OPTION_COMMENT)
			continue;
		if (any)
			buffer_add_u8(&file->comment, '\n');
		buffer_add(&file->comment, option.value, option.length);
		any = true;
	}
	return any ? buffer_text(&file->comment) : NULL;
}

static void read_interface(struct capture_file *file, const struct block *block)
{
	struct interface *interface;
	struct option option;

	if (file->interface_count >= INTERFACE_LIMIT || block->length < 8)
		return;
	file->interfaces = memory_resize(file->interfaces, file->interface_count + 1,
					 sizeof(*file->interfaces));
	interface = &file->interfaces[file->interface_count++];
	*interface = (struct interface){ .link_type = u16(file, block->body),
					 .resolution = MICROSECONDS_RESOLUTION,
					 .snap_length = u32(file, block->body + 4) };
	const uint8_t *at = block->body + 8;
	size_t left = block->length - 8;
	while (next_option(file, &at, &left, &option)) {
		if (option.code == OPTION_NAME)
			snprintf(interface->name, sizeof(interface->name), "%.*s",
				 (int)option.length, (const char *)option.value);
		if (option.code == OPTION_RESOLUTION && option.length >= 1)
			interface->resolution = option.value[0];
		if (option.code == OPTION_OFFSET && option.length >= 8) {
			uint64_t first = u32(file, option.value);
			uint64_t second = u32(file, option.value + 4);

			interface->offset = (int64_t)(file->big ? first << 32 | second
								: second << 32 | first);
		}
	}
}

static enum capture_result read_section(struct capture_file *file, const struct block *block,
					struct capture_record *record)
{
	file->interface_count = 0;
	if (block->length > 16)
		record->comment = read_comments(file, block->body + 16, block->length - 16);
	return CAPTURE_SECTION;
}

/* Enhanced Packet Block and Packet Block differ in the first 4 octets only. */
static enum capture_result read_packet(struct capture_file *file, const struct block *block,
				       struct capture_record *record)
{
	record->number = ++file->packets;
	if (block->length < 20)
		return CAPTURE_BROKEN;
	const uint8_t *body = block->body;
	record->interface = block->type == BLOCK_PACKET ? u16(file, body) : u32(file, body);
	size_t length = u32(file, body + 12);
	size_t padded = (length + 3) & ~(size_t)3;
	if (record->interface >= file->interface_count || length > block->length - 20)
		return CAPTURE_BROKEN;
	const struct interface *interface = &file->interfaces[record->interface];
	uint64_t stamp = (uint64_t)u32(file, body + 4) << 32 | u32(file, body + 8);
	file->time = capture_time(stamp, interface->resolution, interface->offset);
	record->time = file->time;
	record->link_type = interface->link_type;
	record->interface_name = interface->name;
	record->octets = body + 20;
	record->length = length;
	record->original_length = u32(file, body + 16);
	if (block->length > 20 + padded)
		record->comment = read_comments(file, body + 20 + padded,
						block->length - 20 - padded);
	return CAPTURE_PACKET;
}

static enum capture_result read_mark(struct capture_file *file, const struct block *block,
				     struct capture_record *record)
{
	if (block->length < 12)
		return CAPTURE_MARK;
	record->interface = u32(file, block->body);
	if (record->interface >= file->interface_count)
		return CAPTURE_MARK;
	const struct interface *interface = &file->interfaces[record->interface];
	uint64_t stamp = (uint64_t)u32(file, block->body + 4) << 32 | u32(file, block->body + 8);
	record->time = capture_time(stamp, interface->resolution, interface->offset);
	if (block->length > 12)
		record->comment = read_comments(file, block->body + 12, block->length - 12);
	return CAPTURE_MARK;
}

static enum capture_result read_simple(struct capture_file *file, const struct block *block,
				       struct capture_record *record)
{
	record->number = ++file->packets;
	if (block->length < 4 || file->interface_count == 0)
		return CAPTURE_BROKEN;
	const struct interface *interface = &file->interfaces[0];
	size_t length = u32(file, block->body);
	record->original_length = length;
	if (interface->snap_length > 0 && length > interface->snap_length)
		length = interface->snap_length;
	if (length > block->length - 4)
		return CAPTURE_BROKEN;
	record->time = file->time;
	record->link_type = interface->link_type;
	record->interface_name = interface->name;
	record->octets = block->body + 4;
	record->length = length;
	return CAPTURE_PACKET;
}

static enum capture_result read_secrets(struct capture_file *file, const struct block *block,
					struct capture_record *record)
{
	if (block->length < 8 || u32(file, block->body + 4) > block->length - 8)
		return CAPTURE_BROKEN;
	record->secrets_type = u32(file, block->body);
	record->length = u32(file, block->body + 4);
	record->octets = block->body + 8;
	return CAPTURE_SECRETS;
}

/* The length of the block that begins with header; 0: it cannot be. */
static size_t block_length(struct capture_file *file, const uint8_t header[12])
{
	if (capture_u32(header, true) == BLOCK_SECTION) {
		bool big = capture_u32(header + 8, true) == BYTE_ORDER_MAGIC;

		if (!big && capture_u32(header + 8, false) != BYTE_ORDER_MAGIC)
			return 0;
		file->big = big;
	}
	size_t length = u32(file, header + 4);
	return length < BLOCK_FRAME || length % 4 != 0 ? 0 : length;
}

static enum capture_result damaged(const struct capture_file *file, struct problem *problem)
{
	problem_set(problem, "no block begins at octet %" PRIu64 ": the file is damaged",
		    capture_window_offset(&file->window));
	return CAPTURE_CUT;
}

/* Brings the next block of at most CAPTURE_BLOCK_LIMIT into the window; steps over others. */
static enum capture_result next_block(struct capture_file *file, struct block *block,
				      struct problem *problem)
{
	struct capture_window *window = &file->window;

	for (;;) {
		const uint8_t *header = capture_window_peek(window, BLOCK_FRAME);
		if (!header && window->begin == window->end)
			return CAPTURE_END;
		if (!header)
			return cut(file, "a block header", problem);
		size_t length = block_length(file, header);
		if (length == 0)
			return damaged(file, problem);
		if (length > CAPTURE_BLOCK_LIMIT) {
			if (!capture_window_skip(window, length))
				return cut(file, "a block", problem);
			continue;
		}
		header = capture_window_peek(window, length);
		if (!header)
			return cut(file, "a block", problem);
		if (u32(file, header + length - 4) != length)
			return damaged(file, problem);
		*block = (struct block){ u32(file, header), header + 8, length - BLOCK_FRAME };
		file->taken = length;
		return CAPTURE_PACKET;
	}
}

static enum capture_result pcapng_next(struct capture_file *file, struct capture_record *record,
				       struct problem *problem)
{
	for (;;) {
		struct block block;
		enum capture_result result = next_block(file, &block, problem);

		if (result != CAPTURE_PACKET)
			return result;
		switch (block.type) {
		case BLOCK_SECTION:
			return read_section(file, &block, record);
		case BLOCK_INTERFACE:
			read_interface(file, &block);
			break;
		case BLOCK_PACKET:
		case BLOCK_ENHANCED:
			return read_packet(file, &block, record);
		case BLOCK_SIMPLE:
			return read_simple(file, &block, record);
		case BLOCK_STATISTICS:
			return read_mark(file, &block, record);
		case BLOCK_SECRETS:
			return read_secrets(file, &block, record);
		default:
			break;
		}
		capture_window_take(&file->window, file->taken);
		file->taken = 0;
	}
}

/* both */

static int start(struct capture_file *file, struct problem *problem)
{
	const uint8_t *magic = capture_window_peek(&file->window, 4);

	if (!magic)
		return problem_set(problem, file->window.end == 0 ? "the file is empty"
							  : "not a capture: too short");
	if (is_pcap_magic(capture_u32(magic, true)) || is_pcap_magic(capture_u32(magic, false)))
		return pcap_start(file, problem);
	file->pcapng = capture_u32(magic, true) == BLOCK_SECTION;
	if (!file->pcapng)
		return problem_set(problem, "neither pcap nor pcapng: it begins with "
				   "%02x %02x %02x %02x", magic[0], magic[1], magic[2], magic[3]);
	const uint8_t *header = capture_window_peek(&file->window, BLOCK_FRAME);
	if (!header)
		return problem_set(problem, "cut in the header of the file");
	if (block_length(file, header) == 0)
		return problem_set(problem, "the pcapng section header makes no sense");
	return 0;
}

static struct capture_file *begin(struct capture_file *file, struct problem *problem)
{
	if (start(file, problem) == 0)
		return file;
	capture_file_free(file);
	return NULL;
}

struct capture_file *capture_file_new(capture_input input, void *context, struct problem *problem)
{
	struct capture_file *file = memory_new(sizeof(*file));

	file->window.input = input;
	file->window.context = context;
	return begin(file, problem);
}

struct capture_file *capture_file_memory(const void *octets, size_t length,
					 struct problem *problem)
{
	struct capture_file *file = memory_new(sizeof(*file));

	file->window.octets = octets;
	file->window.end = length;
	return begin(file, problem);
}

enum capture_result capture_file_next(struct capture_file *file, struct capture_record *record,
				      struct problem *problem)
{
	memset(record, 0, sizeof(*record));
	capture_window_take(&file->window, file->taken);
	file->taken = 0;
	if (file->pcapng)
		return pcapng_next(file, record, problem);
	return pcap_next(file, record, problem);
}

bool capture_file_has_interface(const struct capture_file *file, const char *name)
{
	for (size_t i = 0; i < file->interface_count; i++)
		if (strcmp(file->interfaces[i].name, name) == 0)
			return true;
	return false;
}

void capture_file_free(struct capture_file *file)
{
	if (!file)
		return;
	capture_window_free(&file->window);
	buffer_free(&file->comment);
	free(file->interfaces);
	free(file);
}
