#include "fakes/device/file-sftp.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

enum { BLOCK = 32768, SMALL_BLOCK = 512, FIRST_BLOCK = 100, /* octets of a read or a write */
       AHEAD = 4 };                      /* requests on their way, when it reads ahead */

static void say(struct sftp_transfer *transfer, enum sftp_step step, struct sftp_packet *packet)
{
	packet->id = ++transfer->id;
	transfer->step = step;
	file_connection_patience(&transfer->connection);
	sftp_write(&transfer->out, packet);
}

static const char *name_of(const struct sftp_transfer *transfer)
{
	const char *path = transfer->path;

	return transfer->options.sftp.no_folder && strrchr(path, '/') ? strrchr(path, '/') : path;
}

static struct octets path_of(const struct sftp_transfer *transfer)
{
	return octets_of(name_of(transfer), strlen(name_of(transfer)));
}

/* The path of a file that is under way, perhaps; new memory. */
static char *first_path(const struct sftp_transfer *transfer)
{
	return memory_format("%s%s", name_of(transfer),
			     transfer->put && transfer->options.sftp.renames ? ".part" : "");
}

static struct octets handle_of(const struct sftp_transfer *transfer)
{
	return octets_of(transfer->handle.octets, transfer->handle.length);
}

static size_t block_of(const struct sftp_transfer *transfer)
{
	if (transfer->options.sftp.first_read && !transfer->put)
		return FIRST_BLOCK;
	return transfer->options.sftp.small_blocks ? SMALL_BLOCK : BLOCK;
}

/* --- requests --- */

void sftp_talk_begin(struct sftp_transfer *transfer)
{
	const struct sftp_packet init = { .type = SFTP_INIT, .id = SFTP_VERSION };

	transfer->step = TALK_INIT;
	sftp_write(&transfer->out, &init);
}

static void say_realpath(struct sftp_transfer *transfer)
{
	struct sftp_packet packet = { .type = SFTP_REALPATH, .path = octets_of(".", 1) };

	say(transfer, TALK_REALPATH, &packet);
}

static void say_stat(struct sftp_transfer *transfer)
{
	struct sftp_packet packet = { .type = SFTP_STAT, .path = path_of(transfer) };

	say(transfer, TALK_STAT, &packet);
}

static void say_open(struct sftp_transfer *transfer)
{
	char *path = first_path(transfer);
	struct sftp_packet packet = {
		.type = SFTP_OPEN, .path = octets_of(path, strlen(path)),
		.value = transfer->put ? SFTP_FOR_WRITE | SFTP_CREATE | SFTP_TRUNCATE
				       : SFTP_FOR_READ,
	};

	say(transfer, TALK_OPEN, &packet);
	free(path);
}

static void say_fstat(struct sftp_transfer *transfer)
{
	struct sftp_packet packet = { .type = SFTP_FSTAT, .handle = handle_of(transfer) };

	say(transfer, TALK_FSTAT, &packet);
}

static void say_close(struct sftp_transfer *transfer)
{
	struct sftp_packet packet = { .type = SFTP_CLOSE, .handle = handle_of(transfer) };

	if (transfer->options.sftp.left_open) /* a defect: that was it, for this device */
		sftp_transfer_over(transfer, 0, "");
	else
		say(transfer, TALK_CLOSE, &packet);
}

static void say_rename(struct sftp_transfer *transfer)
{
	char *path = first_path(transfer);
	struct sftp_packet packet = { .type = SFTP_RENAME, .path = octets_of(path, strlen(path)),
				      .other = path_of(transfer) };

	say(transfer, TALK_RENAME, &packet);
	free(path);
}

static void say_write(struct sftp_transfer *transfer)
{
	size_t left = transfer->octets.length - (size_t)transfer->offset;
	size_t length = left < block_of(transfer) ? left : block_of(transfer);
	struct sftp_packet packet = {
		.type = SFTP_WRITE, .handle = handle_of(transfer), .offset = transfer->offset,
		.data = octets_of(transfer->octets.octets + transfer->offset, length),
	};

	transfer->offset += length;
	transfer->open++;
	say(transfer, TALK_FILE, &packet);
}

static void say_read(struct sftp_transfer *transfer, uint64_t offset)
{
	struct sftp_packet packet = { .type = SFTP_READ, .handle = handle_of(transfer),
				      .offset = offset,
				      .length = (uint32_t)block_of(transfer) };

	transfer->open++;
	say(transfer, TALK_FILE, &packet);
}

/* The next octets of the file, or its end. */
static void go_on(struct sftp_transfer *transfer)
{
	unsigned most = transfer->options.sftp.ahead ? AHEAD : 1;

	if (!transfer->put && !transfer->ended) {
		say_read(transfer, transfer->octets.length);
		return;
	}
	while (transfer->put && transfer->offset < transfer->octets.length && transfer->open < most)
		say_write(transfer);
	if (!transfer->open)
		say_close(transfer);
}

/* --- answers --- */

static void on_handle(struct sftp_transfer *transfer, const struct sftp_packet *packet)
{
	transfer->begun = true;
	buffer_add(&transfer->handle, packet->handle.at, packet->handle.length);
	if (transfer->put)
		go_on(transfer);
	else
		say_fstat(transfer);
}

static void on_data(struct sftp_transfer *transfer, const struct sftp_packet *packet)
{
	transfer->open--;
	buffer_add(&transfer->octets, packet->data.at, packet->data.length);
	/* A defect: what it asks for first may be less than the file. */
	if (transfer->options.sftp.first_read || !packet->data.length)
		transfer->ended = true;
	go_on(transfer);
}

/* The fault of TR-069 A.5.1 that a refusal means. */
static int fault_of(const struct sftp_transfer *transfer, uint32_t status)
{
	if (transfer->begun)
		return 9017;
	return transfer->step == TALK_OPEN &&
			       (status == SFTP_NO_SUCH_FILE || status == SFTP_PERMISSION_DENIED)
		       ? 9016 : 9010;
}

static void finished(struct sftp_transfer *transfer)
{
	bool short_of = !transfer->put && transfer->announced >= 0 &&
			(uint64_t)transfer->announced > transfer->octets.length &&
			!transfer->options.sftp.first_read;

	if (short_of)
		sftp_transfer_over(transfer, 9017, "less than was announced came of the file");
	else
		sftp_transfer_over(transfer, 0, "");
}

static void on_status(struct sftp_transfer *transfer, const struct sftp_packet *packet)
{
	const char *name = sftp_status_name(packet->value);
	bool counts = transfer->options.sftp.refusal_counts && transfer->step == TALK_OPEN;

	if (transfer->step == TALK_FILE)
		transfer->open--;
	if (transfer->step == TALK_FILE && !transfer->put && packet->value == SFTP_EOF) {
		transfer->ended = true;
		go_on(transfer);
	} else if (transfer->step == TALK_STAT) { /* of a file that is to be made there is nothing */
		say_open(transfer);
	} else if (transfer->step == TALK_FSTAT) { /* the size is a good thing to know, no more */
		go_on(transfer);
	} else if (packet->value != SFTP_OK) {
		sftp_transfer_over(transfer, counts ? 0 : fault_of(transfer, packet->value),
				   name ? name : "the server says no");
	} else if (transfer->step == TALK_CLOSE && transfer->put &&
		   transfer->options.sftp.renames) {
		say_rename(transfer);
	} else if (transfer->step == TALK_CLOSE || transfer->step == TALK_RENAME) {
		finished(transfer);
	} else {
		go_on(transfer);
	}
}

static void on_attributes(struct sftp_transfer *transfer, const struct sftp_packet *packet)
{
	if (transfer->step == TALK_STAT) {
		say_open(transfer);
		return;
	}
	if ((packet->attributes.has & SFTP_HAS_SIZE) && packet->attributes.size <= INT64_MAX)
		transfer->announced = (int64_t)packet->attributes.size;
	go_on(transfer);
}

static void on_packet(struct sftp_transfer *transfer, const struct sftp_packet *packet)
{
	bool before = packet->type == SFTP_VERSION_PACKET;

	if (before ? transfer->step != TALK_INIT
		   : packet->id > transfer->id || transfer->step == TALK_INIT)
		return; /* it answers nothing */
	file_connection_patience(&transfer->connection);
	if (before && transfer->options.sftp.looks)
		say_realpath(transfer);
	else if (before)
		say_open(transfer);
	else if (packet->type == SFTP_STATUS)
		on_status(transfer, packet);
	else if (packet->type == SFTP_NAME && transfer->step == TALK_REALPATH)
		say_stat(transfer);
	else if (packet->type == SFTP_ATTRS &&
		 (transfer->step == TALK_STAT || transfer->step == TALK_FSTAT))
		on_attributes(transfer, packet);
	else if (packet->type == SFTP_HANDLE && transfer->step == TALK_OPEN)
		on_handle(transfer, packet);
	else if (packet->type == SFTP_DATA && transfer->step == TALK_FILE && !transfer->put)
		on_data(transfer, packet);
	else
		sftp_transfer_over(transfer, transfer->begun ? 9017 : 9010,
				   "the server's answer is to something else");
}

bool sftp_talk_read(struct sftp_transfer *transfer)
{
	struct octets stream = octets_of(transfer->in.octets, transfer->in.length), octets;
	struct sftp_packet packet;
	int taken = 0;

	while (!transfer->over && (taken = sftp_take(&stream, &octets)) > 0)
		if (sftp_read(octets, &packet, NULL) == 0)
			on_packet(transfer, &packet);
	bool some = stream.length < transfer->in.length;

	buffer_consume(&transfer->in, transfer->in.length - stream.length);
	if (taken < 0)
		sftp_transfer_over(transfer, 9010, "what the server says is no SFTP");
	return some;
}
