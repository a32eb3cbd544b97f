#include "captures/recorder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocols/buffer.h"
#include "protocols/memory.h"
#include "protocols/packet-write.h"
#include "protocols/pcapng-write.h"

#define BUCKETS 256
#define SEGMENT 1400
#define WINDOW 65535
#define UNACKNOWLEDGED (1 << 20) /* then the receiver says what it has, as a live one would */
#define STDIO_BUFFER ((size_t)64 << 10)

static const char synthesised[] =
	"Synthesised from the octets of sockets: IP, TCP and UDP headers are made up, nothing "
	"below the octets is evidence.";

struct end {
	struct address address;
	uint32_t next;  /* its next sequence number */
	uint32_t known; /* of its octets, acknowledged by the other end */
	bool finished;
};

struct connection {
	struct connection *chain;
	uint64_t number;
	struct end ends[2]; /* 0 server, 1 client: [from_client] */
};

struct recorder {
	FILE *file;
	int failed; /* errno of the first write that failed */
	uint64_t packets;
	struct connection *buckets[BUCKETS];
	struct buffer comment, packet, block;
	char *folder; /* for Wireshark's profile */
	FILE *tables[2]; /* NULL: it has no row yet */
	bool clear;      /* the file has that interface */
};

enum { OUTSIDE, INSIDE, CLEAR };
enum { IKE_TABLE, ESP_TABLE };
static const char *const table_files[] = { "ikev2_decryption_table", "esp_sa" };
static const char preferences[] =
	"esp.enable_encryption_decode: TRUE\n"
	"esp.enable_authentication_check: TRUE\n"
	"esp.enable_null_encryption_decode_heuristic: FALSE\n";

static void write_block(struct recorder *recorder)
{
	size_t length = recorder->block.length;

	if (!recorder->failed &&
	    fwrite(recorder->block.octets, 1, length, recorder->file) != length)
		recorder->failed = errno;
	buffer_clear(&recorder->block);
}

static uint32_t interface_of(const struct address *source, const struct address *destination)
{
	return source->place == PLACE_CORE || destination->place == PLACE_CORE ? INSIDE : OUTSIDE;
}

/* Writes what stands in recorder->packet. */
static uint64_t write_packet(struct recorder *recorder, uint32_t interface, int64_t time)
{
	const char *comment = recorder->comment.length > 0 ? buffer_text(&recorder->comment) : NULL;

	pcapng_packet(&recorder->block, interface, time, recorder->packet.octets, recorder->packet.length,
		      comment);
	write_block(recorder);
	buffer_clear(&recorder->packet);
	buffer_clear(&recorder->comment);
	return ++recorder->packets;
}

/* --- Wireshark's profile --- */

static char *profile_folder(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? memory_format("%.*s/wireshark", (int)(slash - file), file)
		     : memory_text("wireshark");
}

/* Those that a run before left there are not of this recording. */
static void forget_tables(const struct recorder *recorder)
{
	for (size_t i = 0; i < sizeof(table_files) / sizeof(*table_files); i++) {
		char *path = memory_format("%s/%s", recorder->folder, table_files[i]);

		unlink(path);
		free(path);
	}
}

static FILE *open_in_profile(const struct recorder *recorder, const char *name)
{
	char *path = memory_format("%s/%s", recorder->folder, name);
	FILE *file = NULL;

	if (mkdir(recorder->folder, 0777) == 0 || errno == EEXIST)
		file = fopen(path, "we");
	free(path);
	return file;
}

static void write_preferences(struct recorder *recorder)
{
	FILE *file = open_in_profile(recorder, "preferences");

	if (!file || fputs(preferences, file) < 0)
		recorder->failed = recorder->failed ? recorder->failed : errno;
	if (file && fclose(file) != 0)
		recorder->failed = recorder->failed ? recorder->failed : errno;
}

static void write_key(struct recorder *recorder, size_t table, const char *row)
{
	FILE **file = &recorder->tables[table];

	if (!*file) {
		write_preferences(recorder);
		*file = open_in_profile(recorder, table_files[table]);
	}
	if (!*file || fputs(row, *file) < 0 || fflush(*file) != 0)
		recorder->failed = recorder->failed ? recorder->failed : errno;
}

void recorder_ike_key(struct recorder *recorder, const char *row)
{
	write_key(recorder, IKE_TABLE, row);
}

void recorder_esp_key(struct recorder *recorder, const char *row)
{
	write_key(recorder, ESP_TABLE, row);
}

struct recorder *recorder_new(const char *file, const char *program, struct problem *problem)
{
	FILE *opened = fopen(file, "wbe");

	if (!opened) {
		problem_set(problem, "%s: %s", file, strerror(errno));
		return NULL;
	}
	setvbuf(opened, NULL, _IOFBF, STDIO_BUFFER);
	struct recorder *recorder = memory_new(sizeof(*recorder));
	recorder->file = opened;
	recorder->folder = profile_folder(file);
	forget_tables(recorder);
	pcapng_section(&recorder->block, program, synthesised);
	pcapng_interface(&recorder->block, LINK_RAW, "outside");
	pcapng_interface(&recorder->block, LINK_RAW, "inside");
	write_block(recorder);
	recorder_flush(recorder);
	return recorder;
}

int recorder_close(struct recorder *recorder, struct problem *problem)
{
	int failed;

	if (!recorder)
		return 0;
	if (fclose(recorder->file) != 0 && !recorder->failed)
		recorder->failed = errno;
	for (size_t i = 0; i < 2; i++)
		if (recorder->tables[i] && fclose(recorder->tables[i]) != 0 && !recorder->failed)
			recorder->failed = errno;
	failed = recorder->failed;
	free(recorder->folder);
	for (size_t i = 0; i < BUCKETS; i++) {
		while (recorder->buckets[i]) {
			struct connection *connection = recorder->buckets[i];

			recorder->buckets[i] = connection->chain;
			free(connection);
		}
	}
	buffer_free(&recorder->comment);
	buffer_free(&recorder->packet);
	buffer_free(&recorder->block);
	free(recorder);
	return failed ? problem_set(problem, "the recording is not whole: %s", strerror(failed))
		      : 0;
}

void recorder_comment(struct recorder *recorder, const char *text)
{
	if (recorder->comment.length > 0)
		buffer_add_u8(&recorder->comment, '\n');
	buffer_add_text(&recorder->comment, text);
}

void recorder_mark(struct recorder *recorder, int64_t time, const char *text)
{
	pcapng_mark(&recorder->block, 0, time, text);
	write_block(recorder);
}

/* connections */

static struct connection **find(struct recorder *recorder, uint64_t number)
{
	struct connection **at = &recorder->buckets[number % BUCKETS];

	while (*at && (*at)->number != number)
		at = &(*at)->chain;
	return at;
}

static void forget(struct recorder *recorder, uint64_t number)
{
	struct connection **place = find(recorder, number), *connection = *place;

	if (connection) {
		*place = connection->chain;
		free(connection);
	}
}

/* One segment; it acknowledges all that the other end has sent. */
static uint64_t write_segment(struct recorder *recorder, struct connection *connection,
			      bool from_client, uint8_t flags, int64_t time, const void *octets,
			      size_t length)
{
	struct end *sender = &connection->ends[from_client];
	struct end *receiver = &connection->ends[!from_client];
	struct packet_tcp tcp = {
		.source = sender->address,
		.destination = receiver->address,
		.sequence = sender->next,
		.flags = flags,
		.window = WINDOW,
	};

	if (flags & TCP_ACK) {
		tcp.acknowledgement = receiver->next;
		receiver->known = receiver->next;
	}
	packet_write_tcp(&recorder->packet, &tcp, octets, length);
	sender->next += (uint32_t)length + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
	return write_packet(recorder, interface_of(&tcp.source, &tcp.destination), time);
}

uint64_t recorder_tcp_open(struct recorder *recorder, uint64_t number,
			   const struct address *client, const struct address *server, int64_t time)
{
	struct connection *connection = memory_new(sizeof(*connection));
	struct connection **bucket = &recorder->buckets[number % BUCKETS];
	/* Differs between connections: ports that are used again show as a new connection. */
	uint32_t first = (uint32_t)number * 2654435761u;

	forget(recorder, number);
	connection->number = number;
	connection->ends[1] = (struct end){ .address = *client, .next = first };
	connection->ends[0] = (struct end){ .address = *server, .next = ~first };
	connection->chain = *bucket;
	*bucket = connection;
	write_segment(recorder, connection, true, TCP_SYN, time, NULL, 0);
	write_segment(recorder, connection, false, TCP_SYN | TCP_ACK, time, NULL, 0);
	return write_segment(recorder, connection, true, TCP_ACK, time, NULL, 0);
}

uint64_t recorder_tcp_octets(struct recorder *recorder, uint64_t number, bool from_client,
			     int64_t time, const void *octets, size_t length)
{
	struct connection *connection = *find(recorder, number);
	const uint8_t *at = octets;
	uint64_t packet = 0;

	if (!connection || connection->ends[from_client].finished)
		return 0;
	const struct end *sender = &connection->ends[from_client];
	while (length > 0) {
		size_t part = length < SEGMENT ? length : SEGMENT;
		uint8_t flags = part == length ? TCP_ACK | TCP_PSH : TCP_ACK;

		if (sender->next - sender->known > UNACKNOWLEDGED)
			write_segment(recorder, connection, !from_client, TCP_ACK, time, NULL, 0);
		packet = write_segment(recorder, connection, from_client, flags, time, at, part);
		at += part;
		length -= part;
	}
	return packet;
}

uint64_t recorder_tcp_end(struct recorder *recorder, uint64_t number, bool from_client,
			  int64_t time, enum stream_end how)
{
	struct connection *connection = *find(recorder, number);
	uint64_t packet;

	if (!connection || connection->ends[from_client].finished)
		return 0;
	if (how != STREAM_CLOSED) {
		packet = write_segment(recorder, connection, from_client, TCP_RST | TCP_ACK, time,
				       NULL, 0);
		forget(recorder, number);
		return packet;
	}
	connection->ends[from_client].finished = true;
	packet = write_segment(recorder, connection, from_client, TCP_FIN | TCP_ACK, time, NULL, 0);
	if (connection->ends[!from_client].finished) {
		write_segment(recorder, connection, !from_client, TCP_ACK, time, NULL, 0);
		forget(recorder, number);
	}
	return packet;
}

uint64_t recorder_udp(struct recorder *recorder, const struct address *source,
		      const struct address *destination, int64_t time, const void *octets,
		      size_t length)
{
	packet_write_udp(&recorder->packet, source, destination, octets, length);
	return write_packet(recorder, interface_of(source, destination), time);
}

uint64_t recorder_packet(struct recorder *recorder, const struct address *source,
			 const struct address *destination, uint8_t protocol, int64_t time,
			 const void *octets, size_t length)
{
	packet_write_ip(&recorder->packet, source, destination, protocol, octets, length);
	return write_packet(recorder, interface_of(source, destination), time);
}

uint64_t recorder_clear(struct recorder *recorder, const struct address *source,
			const struct address *destination, int64_t time, const void *octets,
			size_t length)
{
	if (!recorder->clear) {
		pcapng_interface(&recorder->block, LINK_RAW, "clear");
		write_block(recorder);
	}
	recorder->clear = true;
	packet_write_udp(&recorder->packet, source, destination, octets, length);
	return write_packet(recorder, CLEAR, time);
}

void recorder_tls_key(struct recorder *recorder, const char *line)
{
	struct buffer text = { 0 };

	buffer_add_text(&text, line);
	if (text.length == 0 || text.octets[text.length - 1] != '\n')
		buffer_add_u8(&text, '\n');
	pcapng_secrets(&recorder->block, PCAPNG_TLS_KEYS, text.octets, text.length);
	write_block(recorder);
	buffer_free(&text);
}

void recorder_flush(struct recorder *recorder)
{
	if (fflush(recorder->file) != 0 && !recorder->failed)
		recorder->failed = errno;
}
