/*
 * file-fake-server: the file server fake alone, in real time, for clients that are not ours.
 *
 *   file-fake-server FOLDER [NAME=VALUE]...
 *
 * Sets the variables in the profile, writes ca.pem and the recording run.pcapng into the folder, prints
 * the published variables ("ftp-url=..."), then "ready", then a line for each message that the dissector
 * makes of the octets. Reads cues from its standard input, one a line (hms-script.h); "clear" forgets
 * those that are left, "left" prints how many they are, "reset" begins a new scenario. Ends at the
 * input's end or at SIGTERM.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "captures/recorder.h"
#include "fakes/fake.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"
#include "tests/fakes/hms-script.h"

#define ROLE "file-server"
#define ENDS 256 /* of the last connections */

struct ends {
	struct address client, server;
};

struct server {
	struct loop *loop;
	struct profile *profile;
	struct bench *bench;
	struct pki *pki;
	struct script script;
	struct stage stage;
	struct tap tap;
	struct dissector *dissector;
	struct recorder *recorder;
	struct fake *fake;
	struct buffer input;
	struct watch *watch;
	uint64_t packet;
	struct ends ends[ENDS];
};

static int complain(const char *text)
{
	fprintf(stderr, "file-fake-server: %s\n", text);
	return EXIT_FAILURE;
}

/* --- the tap --- */

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
	struct server *own = context;

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
	struct server *own = context;

	own->packet = recorder_tcp_octets(own->recorder, connection, from_client, time, octets,
					  length);
}

static void tap_plain(void *context, uint64_t connection, bool from_client, int64_t time,
		      const void *octets, size_t length)
{
	struct server *own = context;

	dissector_octets(own->dissector, connection, from_client, time, own->packet, octets, length);
}

static void tap_end(void *context, uint64_t connection, bool from_client, int64_t time,
		    enum stream_end how)
{
	struct server *own = context;

	own->packet = recorder_tcp_end(own->recorder, connection, from_client, time, how);
	dissector_end(own->dissector, connection, from_client, time, own->packet, how);
}

static void tap_tls(void *context, uint64_t connection, bool from_client, int64_t time,
		    const char *message, const char *const *attributes)
{
	struct server *own = context;

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
	struct server *own = context;
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
	struct server *own = context;

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

/* --- cues --- */

static void do_line(struct server *server, const char *line)
{
	if (!strcmp(line, "clear"))
		script_clear(&server->script);
	else if (!strcmp(line, "reset"))
		file_server_fake.reset(server->fake);
	else if (!strcmp(line, "left"))
		printf("left=%zu\n", script_left(&server->script));
	else if (script_add(&server->script, line))
		printf("not understood: %s\n", line);
	printf("heard: %s\n", line);
	recorder_flush(server->recorder);
	fflush(stdout);
	file_server_fake.cue(server->fake);
}

static void on_input(void *context, int fd, int ready)
{
	struct server *server = context;
	char octets[1024], *end;
	ssize_t length = read(fd, octets, sizeof(octets));

	(void)ready;
	if (length <= 0) {
		loop_stop(server->loop);
		return;
	}
	buffer_add(&server->input, octets, (size_t)length);
	while ((end = memchr(server->input.octets, '\n', server->input.length))) {
		size_t line = (size_t)(end - (char *)server->input.octets);

		*end = '\0';
		do_line(server, (const char *)server->input.octets);
		buffer_consume(&server->input, line + 1);
	}
}

/* --- beginning and end --- */

static int load_profile(struct server *server, char **settings)
{
	const char *source = getenv("FEMTOPROOF_SOURCE");
	char *file = memory_format("%s/tests/fakes/hms.profile", source ? source : ".");
	char *maps = memory_format("%s/scenarios/maps", source ? source : ".");
	struct diagnostics diagnostics = { 0 };

	server->profile = profile_load(file, maps, &diagnostics);
	diagnostics_print(&diagnostics, stderr);
	diagnostics_clear(&diagnostics);
	free(file);
	free(maps);
	for (; server->profile && *settings; settings++) {
		char *value = strchr(*settings, '=');

		if (!value)
			return -1;
		*value = '\0';
		profile_set(server->profile, *settings, value + 1);
		*value = '=';
	}
	return server->profile ? 0 : -1;
}

static int start(struct server *server, const char *folder, struct problem *problem)
{
	char *recording = memory_format("%s/run.pcapng", folder);

	server->loop = loop_new(CLOCK_REAL_TIME);
	server->watch = loop_watch(server->loop, STDIN_FILENO, LOOP_READ, on_input, server);
	server->bench = bench_new("loopback", server->profile, problem);
	server->pki = pki_new(loop_now(server->loop) / 1000000, problem);
	server->recorder = recorder_new(recording, "file-fake-server", problem);
	server->dissector = dissector_new(print_message, server);
	free(recording);
	if (!server->bench || !server->pki || !server->recorder ||
	    pki_write(server->pki, folder, problem) || loop_catch_signals(server->loop, problem))
		return -1;
	server->script.from = ROLE;
	server->script.to = "henb";
	server->tap = (struct tap){ .context = server, .open = tap_open, .wire = tap_wire,
				    .plain = tap_plain, .end = tap_end, .tls = tap_tls,
				    .key = tap_key, .limit = tap_limit, .clear = tap_clear };
	server->stage = (struct stage){ .loop = server->loop, .bench = server->bench,
					.pki = server->pki, .profile = server->profile,
					.tap = &server->tap,
					.cue = script_cue, .cue_taken = script_cue_taken,
					.context = &server->script };
	server->fake = file_server_fake.start(&server->stage, ROLE, problem);
	return server->fake ? 0 : -1;
}

static void print_variables(const struct server *server)
{
	static const char *const names[] = { "http-url", "https-url", "ftp-url", "ftpes-url",
					     "ftps-url", "ftp-port", "ftps-port", "sftp-url",
					     "sftp-port", "host-key", "host", "address", "username", "password" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *name = memory_format("%s.%s", ROLE, names[i]);
		const char *value = bench_variable(server->bench, name);

		if (value)
			printf("%s=%s\n", names[i], value);
		free(name);
	}
	puts("ready");
	fflush(stdout);
}

static void stop(struct server *server)
{
	if (server->fake)
		file_server_fake.stop(server->fake);
	dissector_free(server->dissector);
	recorder_close(server->recorder, NULL);
	pki_free(server->pki);
	bench_free(server->bench);
	if (server->loop) {
		loop_unwatch(server->watch);
		loop_free(server->loop);
	}
	if (server->profile)
		profile_free(server->profile);
	buffer_free(&server->input);
}

int main(int argc, char **argv)
{
	static struct server server;
	struct problem problem = { "" };
	int status = EXIT_SUCCESS;

	if (argc < 2)
		return complain("usage: file-fake-server FOLDER [NAME=VALUE]...");
	if (load_profile(&server, argv + 2)) {
		status = complain("no profile");
	} else if (start(&server, argv[1], &problem)) {
		status = complain(problem.text);
	} else {
		print_variables(&server);
		loop_run(server.loop);
	}
	stop(&server);
	return status;
}
