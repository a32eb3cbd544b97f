#include "captures/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocols/capture-file.h"
#include "protocols/esp.h"
#include "protocols/ikev2.h"
#include "protocols/ip-fragments.h"
#include "protocols/memory.h"
#include "protocols/packet.h"
#include "protocols/sctp-read.h"
#include "protocols/tcp-reassembly.h"

static const char scenario_prefix[] = "femtoproof: scenario ";
static const char scenario_suffix[] = " begins";
static const char admitted_prefix[] = "femtoproof: admitted ";
static const char inside_name[] = "inside"; /* of the interface in the operator's network */
static const char clear_name[] = "clear";   /* of what was said behind an encryption */

struct reader {
	const struct reader_options *options;
	struct reader_summary summary;
	dissector_sink sink;
	void *context;
	struct dissector *dissector;
	struct tcp_reassembly *tcp;
	struct ip_fragments *fragments;
	struct capture_file *file;
	bool within;   /* ESP: what comes out of it is being read */
	bool skipping; /* outside the scenario that is wanted */
};

/* what reassembly and the dissector tell */

static void sink_message(void *context, struct message *message)
{
	struct reader *reader = context;

	reader->summary.messages++;
	reader->sink(reader->context, message);
}

static uint64_t tcp_open(void *context, const struct address *client,
			 const struct address *server, int64_t time)
{
	struct reader *reader = context;

	reader->summary.connections++;
	return dissector_open(reader->dissector, client, server, time);
}

static void tcp_octets(void *context, uint64_t connection, bool from_client, int64_t time,
		       uint64_t packet, const void *octets, size_t length)
{
	struct reader *reader = context;

	dissector_octets(reader->dissector, connection, from_client, time, packet, octets, length);
}

static void tcp_end(void *context, uint64_t connection, bool from_client, int64_t time,
		    uint64_t packet, enum stream_end how)
{
	struct reader *reader = context;

	dissector_end(reader->dissector, connection, from_client, time, packet, how);
}

/* comments */

/* Does the line say that a scenario begins? Then its name, in the line. */
static const char *scenario_name(const char *line, size_t length, size_t *name_length)
{
	size_t prefix = sizeof(scenario_prefix) - 1, suffix = sizeof(scenario_suffix) - 1;

	if (length < prefix + suffix || memcmp(line, scenario_prefix, prefix) != 0 ||
	    memcmp(line + length - suffix, scenario_suffix, suffix) != 0)
		return NULL;
	*name_length = length - prefix - suffix;
	return line + prefix;
}

/* Calls each for every line that says so; how many there are. */
static size_t scenario_lines(const char *comment,
			     void (*each)(void *context, const char *line, size_t length),
			     void *context)
{
	size_t count = 0;

	for (const char *line = comment; line;) {
		size_t length = strcspn(line, "\n"), name_length;

		if (scenario_name(line, length, &name_length)) {
			count++;
			if (each)
				each(context, line, length);
		}
		line = line[length] == '\n' ? line + length + 1 : NULL;
	}
	return count;
}

struct comment_place {
	struct reader *reader;
	uint64_t packet;
	int64_t time;
	const char *text; /* of a mark: all of it is passed on; NULL = the line */
};

static void see_scenario(void *context, const char *line, size_t length)
{
	struct comment_place *place = context;
	const struct reader_options *options = place->reader->options;
	size_t name_length = 0;
	const char *name = scenario_name(line, length, &name_length);
	char text[512];

	if (options->scenario && name)
		place->reader->skipping = strlen(options->scenario) != name_length ||
					  memcmp(options->scenario, name, name_length) != 0;
	if (!options->comment || place->reader->skipping || length >= sizeof(text))
		return;
	if (place->text) {
		options->comment(options->context, place->packet, place->time, place->text);
		return;
	}
	memcpy(text, line, length);
	text[length] = '\0';
	options->comment(options->context, place->packet, place->time, text);
}

/* packets */

static void take_datagram(struct reader *reader, const struct packet *packet, int64_t time,
			  uint64_t number)
{
	bool ike = packet->destination.port == IKEV2_PORT ||
		   packet->destination.port == IKEV2_NAT_PORT;

	if (packet->missing > 0) /* the capture cut it: no device sent it so */
		reader->summary.malformed++;
	else if (!ike || !reader->within)
		dissector_datagram(reader->dissector, &packet->source, &packet->destination, time,
				   number, packet->octets, packet->length);
}

static void take_other(struct reader *reader, const struct packet *packet, int64_t time,
		       uint64_t number)
{
	bool read = packet->protocol == SCTP_PROTOCOL ||
		    (packet->protocol == ESP_PROTOCOL && !reader->within);

	if (!read)
		reader->summary.skipped++;
	else if (packet->missing > 0)
		reader->summary.malformed++;
	else
		dissector_packet(reader->dissector, &packet->source, &packet->destination,
				 packet->protocol, time, number, packet->octets, packet->length);
}

/* inside: it was seen in the operator's network, or in a tunnel to it. */
static void read_octets(struct reader *reader, uint32_t link_type, struct octets octets, bool inside,
			int64_t time, uint64_t number)
{
	struct reader_summary *summary = &reader->summary;
	struct packet packet;
	enum packet_kind kind = packet_read(link_type, octets.at, octets.length, &packet);

	if (kind == PACKET_FRAGMENT)
		kind = ip_fragments_add(reader->fragments, &packet, time);
	if (inside)
		packet.source.place = packet.destination.place = PLACE_CORE;
	switch (kind) {
	case PACKET_TCP:
		tcp_reassembly_add(reader->tcp, &packet, time, number);
		break;
	case PACKET_UDP:
		take_datagram(reader, &packet, time, number);
		break;
	case PACKET_FRAGMENT:
		break;
	case PACKET_OTHER:
		take_other(reader, &packet, time, number);
		break;
	case PACKET_BROKEN:
		summary->malformed++;
		break;
	}
}

/* In our own recordings: a piece of what one end of a connection says behind SSH. */
static void read_clear(struct reader *reader, const struct capture_record *record)
{
	struct packet packet;

	if (packet_read(record->link_type, record->octets, record->length, &packet) != PACKET_UDP ||
	    packet.missing > 0)
		reader->summary.malformed++;
	else
		dissector_clear(reader->dissector, &packet.source, &packet.destination,
				record->time, record->number, packet.octets, packet.length);
}

static void read_packet(struct reader *reader, const struct capture_record *record)
{
	if (record->interface_name && strcmp(record->interface_name, clear_name) == 0) {
		read_clear(reader, record);
		return;
	}
	bool inside = record->interface_name && strcmp(record->interface_name, inside_name) == 0;

	dissector_set_one_sided(reader->dissector,
				!capture_file_has_interface(reader->file, inside_name));
	read_octets(reader, record->link_type, octets_of(record->octets, record->length), inside,
		    record->time, record->number);
}

/* What came out of ESP. */
static void take_inner(void *context, int64_t time, uint64_t packet, const void *octets,
		       size_t length)
{
	struct reader *reader = context;

	if (reader->within || capture_file_has_interface(reader->file, inside_name))
		return;
	reader->within = true;
	read_octets(reader, LINK_RAW, octets_of(octets, length), true, time, packet);
	reader->within = false;
}

static void count_packet(struct reader_summary *summary, const struct capture_record *record)
{
	if (summary->octets == 0)
		summary->first_time = record->time;
	if (summary->octets == 0 || record->time > summary->last_time)
		summary->last_time = record->time;
	summary->packets++;
	summary->octets += record->length;
}

/* "127.0.10.1:40000" or "[fd00::1]:80" at the beginning of a text; false: it is none. */
static bool read_place(const char *text, struct address *address)
{
	char host[ADDRESS_TEXT] = "";
	unsigned port = 0;

	if (sscanf(text, "%63[0-9.]:%5u", host, &port) != 2 &&
	    sscanf(text, "[%63[0-9a-f.:]]:%5u", host, &port) != 2)
		return false;
	if (address_parse(host, address) < 0 || port > UINT16_MAX)
		return false;
	address->port = (uint16_t)port;
	return true;
}

static void see_listeners_of(struct reader *reader, const char *comment, const char *prefix,
			     enum transport transport)
{
	for (const char *at = strstr(comment, prefix); at; at = strstr(at + 1, prefix)) {
		struct address server;

		if (read_place(at + strlen(prefix), &server))
			dissector_listener(reader->dissector, &server, transport, false);
	}
}

/* "femtoproof: dns at 127.0.10.1:40000", in any line of a comment */
static void see_listeners(struct reader *reader, const char *comment)
{
	see_listeners_of(reader, comment, "femtoproof: dns at ", TRANSPORT_DNS);
	see_listeners_of(reader, comment, "femtoproof: ike at ", TRANSPORT_IKE);
	see_listeners_of(reader, comment, "femtoproof: files at ", TRANSPORT_FILES);
	see_listeners_of(reader, comment, "femtoproof: ftp at ", TRANSPORT_FTP);
	see_listeners_of(reader, comment, "femtoproof: sftp at ", TRANSPORT_SFTP);
	if (scenario_lines(comment, NULL, NULL) > 0)
		dissector_set_told(reader->dissector);
}

/* What comes of the passing of time comes before what the record brings. */
static void pass_time(struct reader *reader, const struct capture_record *record)
{
	if (!reader->skipping)
		dissector_time(reader->dissector, record->time);
}

static void take_packet(struct reader *reader, const struct capture_record *record)
{
	pass_time(reader, record);
	if (record->comment && reader->options) {
		struct comment_place place = { reader, record->number, record->time, NULL };

		scenario_lines(record->comment, see_scenario, &place);
		see_listeners(reader, record->comment);
	}
	if (reader->skipping)
		return;
	count_packet(&reader->summary, record);
	read_packet(reader, record);
}

/* "femtoproof: admitted 127.0.1.1:40000 at 127.0.40.1:80": the file server let a request in. */
static void take_admitted(struct reader *reader, const struct capture_record *record)
{
	struct address client, server;
	const char *text = record->comment + sizeof(admitted_prefix) - 1;
	const char *at = strstr(text, " at ");

	if (reader->skipping || !at || !read_place(text, &client) || !read_place(at + 4, &server))
		return;
	pass_time(reader, record);
	dissector_admitted_between(reader->dissector, &client, &server, record->time);
}

/* A run's recording says when a scenario began and ended, and when its actions were done: between
 * that and its packets, time passed and nothing came. */
static void take_mark(struct reader *reader, const struct capture_record *record)
{
	const struct reader_options *options = reader->options;

	if (record->comment && strncmp(record->comment, admitted_prefix,
				       sizeof(admitted_prefix) - 1) == 0)
		take_admitted(reader, record);
	if (!options || !record->comment ||
	    strncmp(record->comment, scenario_prefix, sizeof(scenario_prefix) - 1) != 0)
		return;
	pass_time(reader, record);
	struct comment_place place = { reader, 0, record->time, record->comment };

	if (scenario_lines(record->comment, see_scenario, &place) > 0) {
		see_listeners(reader, record->comment);
		return;
	}
	if (!options->comment || reader->skipping)
		return;
	if (record->time > reader->summary.last_time)
		reader->summary.last_time = record->time;
	options->comment(options->context, 0, record->time, record->comment);
}

static void read_all(struct reader *reader, struct capture_file *file)
{
	struct capture_record record;
	struct problem problem;

	while (!reader->options || !reader->options->enough || !*reader->options->enough) {
		switch (capture_file_next(file, &record, &problem)) {
		case CAPTURE_PACKET:
			take_packet(reader, &record);
			break;
		case CAPTURE_BROKEN:
			reader->summary.packets += !reader->skipping;
			reader->summary.malformed++;
			break;
		case CAPTURE_MARK:
			take_mark(reader, &record);
			break;
		case CAPTURE_SECRETS:
		case CAPTURE_SECTION:
			break;
		case CAPTURE_CUT:
			reader->summary.malformed++;
			return;
		case CAPTURE_END:
			return;
		}
	}
}

/* files */

static size_t input(void *context, void *octets, size_t length)
{
	const int *descriptor = context;

	for (;;) {
		ssize_t got = read(*descriptor, octets, length);

		if (got >= 0)
			return (size_t)got;
		if (errno != EINTR)
			return 0;
	}
}

static int open_file(const char *file, struct problem *problem)
{
	struct stat status;
	int descriptor = open(file, O_RDONLY | O_CLOEXEC);

	if (descriptor < 0)
		return problem_set(problem, "%s: %s", file, strerror(errno));
	if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
		close(descriptor);
		return problem_set(problem, "%s: is a folder, not a capture", file);
	}
	posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
	return descriptor;
}

/* Packets at the beginning among which a recording of our own says that a scenario begins. */
#define BEGIN_WITHIN 1000

/* Does a packet's comment say that a scenario begins? A recording of our own has it at its
 * start, so a long capture from elsewhere is not read twice. */
static bool has_scenarios(int descriptor)
{
	struct capture_file *file = capture_file_new(input, &descriptor, NULL);
	struct capture_record record;
	bool found = false;
	unsigned packets = 0;

	for (bool more = file != NULL; more && !found && packets < BEGIN_WITHIN;) {
		enum capture_result result = capture_file_next(file, &record, NULL);

		more = result != CAPTURE_END && result != CAPTURE_CUT;
		packets += result == CAPTURE_PACKET;
		if ((result == CAPTURE_PACKET || result == CAPTURE_MARK) && record.comment)
			found = scenario_lines(record.comment, NULL, NULL) > 0;
	}
	capture_file_free(file);
	return found;
}

/* --- keys --- */

static int read_keys(struct reader *reader, const char *path, struct problem *problem)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	unsigned number = 0;
	int result = 0;

	if (!file)
		return problem_set(problem, "%s: %s", path, strerror(errno));
	while (result == 0 && getline(&line, &room, file) > 0) {
		number++;
		if (line[0] == '#' || line[0] == '\n' || line[0] == '\r')
			continue;
		result = dissector_key(reader->dissector, line, problem);
	}
	if (result < 0)
		problem_in(problem, "%s:%u", path, number);
	free(line);
	fclose(file);
	return result;
}

/* Beside the capture, as a run leaves them; that there are none is no mistake. */
static int read_keys_beside(struct reader *reader, const char *capture, struct problem *problem)
{
	static const char *const names[] = { "ikev2_decryption_table", "esp_sa" };
	const char *slash = strrchr(capture, '/');
	int result = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && result == 0; i++) {
		char *path = memory_format("%.*swireshark/%s",
					   slash ? (int)(slash - capture) + 1 : 0, capture,
					   names[i]);

		if (access(path, R_OK) == 0)
			result = read_keys(reader, path, problem);
		free(path);
	}
	return result;
}

static int read_all_keys(struct reader *reader, const char *capture, struct problem *problem)
{
	const struct reader_options *options = reader->options;
	int result = read_keys_beside(reader, capture, problem);

	for (size_t i = 0; options && i < options->key_count && result == 0; i++)
		result = read_keys(reader, options->keys[i], problem);
	return result;
}

static int run(struct reader *reader, const char *name, struct capture_file *file,
	       struct problem *problem)
{
	const struct tcp_sink tcp = { reader, tcp_open, tcp_octets, tcp_end };

	reader->file = file;
	reader->dissector = dissector_new(sink_message, reader);
	if (read_all_keys(reader, name, problem) < 0) {
		dissector_free(reader->dissector);
		return -1;
	}
	dissector_set_inner(reader->dissector, take_inner, reader);
	reader->tcp = tcp_reassembly_new(&tcp);
	reader->fragments = ip_fragments_new();
	if (reader->options && reader->options->prepare)
		reader->options->prepare(reader->options->context, reader->dissector);
	read_all(reader, file);
	tcp_reassembly_finish(reader->tcp, reader->summary.last_time);
	dissector_finish(reader->dissector, reader->summary.last_time);
	reader->summary.lost = tcp_reassembly_lost(reader->tcp);
	ip_fragments_free(reader->fragments);
	tcp_reassembly_free(reader->tcp);
	dissector_free(reader->dissector);
	return 0;
}

int capture_probe(const char *file, struct problem *problem)
{
	int descriptor = open_file(file, problem);

	if (descriptor < 0)
		return -1;
	struct capture_file *capture = capture_file_new(input, &descriptor, problem);

	close(descriptor);
	if (!capture)
		return problem_in(problem, "%s", file);
	capture_file_free(capture);
	return 0;
}

int capture_read(const char *file, const struct reader_options *options, dissector_sink sink,
		 void *context, struct reader_summary *summary, struct problem *problem)
{
	struct reader reader = { .options = options, .sink = sink, .context = context };
	int descriptor = open_file(file, problem);
	struct capture_file *capture;

	if (descriptor < 0)
		return -1;
	if (options && options->scenario) {
		reader.skipping = has_scenarios(descriptor);
		if (lseek(descriptor, 0, SEEK_SET) != 0) {
			close(descriptor);
			return problem_set(problem, "%s: %s", file, strerror(errno));
		}
	}
	capture = capture_file_new(input, &descriptor, problem);
	if (!capture) {
		close(descriptor);
		return problem_in(problem, "%s", file);
	}
	int result = run(&reader, file, capture, problem);
	capture_file_free(capture);
	close(descriptor);
	if (summary && result == 0)
		*summary = reader.summary;
	return result;
}
