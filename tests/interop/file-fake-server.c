/*
 * file-fake-server: the file server fake alone, in real time, for clients that are not ours.
 *
 *   file-fake-server FOLDER [NAME=VALUE]...
 *
 * Beside what fake-server.h says it writes the recording run.pcapng into the folder, and prints a line for
 * each message that the dissector makes of the octets.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "captures/recorder.h"
#include "protocols/memory.h"
#include "tests/interop/fake-server.h"

#define ENDS 256 /* of the last connections */

struct ear { /* hears what goes over the wire */
	struct dissector *dissector;
	struct recorder *recorder;
	uint64_t packet;
	struct ends {
		struct address client, server;
	} ends[ENDS];
};

static void print_message(void *context, struct message *message)
{
	(void)context;
	printf("%s", message->name);
	for (const xmlAttr *at = message->body->properties; at; at = at->next)
		printf(" %s=%s", (const char *)at->name,
		       at->children ? (const char *)at->children->content : "");
	puts("");
	fflush(stdout);
	message_free(message);
}

static uint64_t tap_open(void *context, const struct address *client, const struct address *server,
			 int64_t time, enum transport transport)
{
	struct ear *own = context;

	if (transport != TRANSPORT_GUESS)
		dissector_listener(own->dissector, server, transport, false);
	uint64_t number = dissector_open(own->dissector, client, server, time);

	own->ends[number % ENDS] = (struct ends){ *client, *server };
	own->packet = recorder_tcp_open(own->recorder, number, client, server, time);
	return number;
}

static void tap_wire(void *context, uint64_t connection, bool from_client, int64_t time,
		     const void *octets, size_t length)
{
	struct ear *own = context;

	own->packet = recorder_tcp_octets(own->recorder, connection, from_client, time, octets,
					  length);
}

static void tap_plain(void *context, uint64_t connection, bool from_client, int64_t time,
		      const void *octets, size_t length)
{
	struct ear *own = context;

	dissector_octets(own->dissector, connection, from_client, time, own->packet, octets, length);
}

static void tap_end(void *context, uint64_t connection, bool from_client, int64_t time,
		    enum stream_end how)
{
	struct ear *own = context;

	own->packet = recorder_tcp_end(own->recorder, connection, from_client, time, how);
	dissector_end(own->dissector, connection, from_client, time, own->packet, how);
}

static void tap_tls(void *context, uint64_t connection, bool from_client, int64_t time,
		    const char *message, const char *const *attributes)
{
	struct ear *own = context;

	(void)from_client;
	(void)time;
	if (!strcmp(message, "TlsEstablished"))
		dissector_tls(own->dissector, connection, attributes);
	printf("%s", message);
	for (; attributes[0]; attributes += 2)
		printf(" %s=%s", attributes[0], attributes[1] ? attributes[1] : "");
	puts("");
	fflush(stdout);
}

static void tap_clear(void *context, uint64_t connection, bool from_client, int64_t time,
		      const void *octets, size_t length)
{
	struct ear *own = context;
	const struct ends *ends = &own->ends[connection % ENDS];
	const struct address *source = from_client ? &ends->client : &ends->server;
	const struct address *destination = from_client ? &ends->server : &ends->client;

	for (size_t part; length; octets = (const char *)octets + part, length -= part) {
		part = length < 32768 ? length : 32768;
		own->packet = recorder_clear(own->recorder, source, destination, time, octets, part);
		dissector_clear(own->dissector, source, destination, time, own->packet, octets, part);
	}
}

static void tap_key(void *context, const char *line)
{
	struct ear *own = context;

	recorder_tls_key(own->recorder, line);
}

static void tap_limit(void *context, uint64_t connection, bool from_client, int64_t time,
		      const char *limit, const char *why)
{
	(void)context;
	(void)connection;
	(void)from_client;
	(void)time;
	printf("LimitReached limit=%s why=%s\n", limit, why);
	fflush(stdout);
}

static void flush(void *context)
{
	struct ear *own = context;

	recorder_flush(own->recorder);
}

int main(int argc, char **argv)
{
	static const char *const variables[] = { "http-url", "https-url", "http-port", "https-port",
						 "ftp-url", "ftpes-url", "ftps-url", "ftp-port",
						 "ftps-port", "sftp-url", "sftp-port", "host-key",
						 "host", "address", "username", "password", NULL };
	static struct ear ear;
	const struct tap tap = { .context = &ear, .open = tap_open, .wire = tap_wire,
				 .plain = tap_plain, .end = tap_end, .tls = tap_tls, .key = tap_key,
				 .limit = tap_limit, .clear = tap_clear };
	static struct fake_server server;
	struct problem problem = { "" };
	int status = EXIT_FAILURE;

	if (argc < 2) {
		fprintf(stderr, "usage: file-fake-server FOLDER [NAME=VALUE]...\n");
		return status;
	}
	char *recording = memory_format("%s/run.pcapng", argv[1]);

	server = (struct fake_server){ .name = "file-fake-server", .role = "file-server",
				       .kind = &file_server_fake, .variables = variables,
				       .tap = &tap, .heard = flush, .context = &ear };
	ear.recorder = recorder_new(recording, "file-fake-server", &problem);
	ear.dissector = dissector_new(print_message, &ear);
	if (ear.recorder)
		status = fake_server_run(&server, argv[1], argv + 2);
	else
		fprintf(stderr, "file-fake-server: %s\n", problem.text);
	dissector_free(ear.dissector);
	recorder_close(ear.recorder, NULL);
	free(recording);
	return status;
}
