/*
 * hms-fake-server: the HMS fake alone, in real time, for clients that are not ours; or the file server,
 * when that is the ROLE.
 *
 *   hms-fake-server ROLE FOLDER [NAME=VALUE]...
 *
 * Sets the variables in the profile, writes ca.pem, device.pem and device.key into the folder,
 * prints the published variables ("url=..."), then "ready". Reads cues from its standard
 * input, one a line (hms-script.h); "clear" forgets those that are left, "left" prints how
 * many they are. Ends at the input's end or at SIGTERM.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fakes/fake.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"
#include "tests/fakes/hms-script.h"

struct server {
	struct loop *loop;
	struct profile *profile;
	struct bench *bench;
	struct pki *pki;
	struct script script;
	struct stage stage;
	const struct fake_kind *kind;
	struct fake *fake;
	struct buffer input;
	struct watch *watch;
};

static int complain(const char *text)
{
	fprintf(stderr, "hms-fake-server: %s\n", text);
	return EXIT_FAILURE;
}

static void do_line(struct server *server, const char *line)
{
	if (!strcmp(line, "clear"))
		script_clear(&server->script);
	else if (!strcmp(line, "left"))
		printf("left=%zu\n", script_left(&server->script));
	else if (script_add(&server->script, line))
		printf("not understood: %s\n", line);
	fflush(stdout);
	server->kind->cue(server->fake);
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

static int start(struct server *server, const char *role, const char *folder,
		 struct problem *problem)
{
	server->loop = loop_new(CLOCK_REAL_TIME);
	server->watch = loop_watch(server->loop, STDIN_FILENO, LOOP_READ, on_input, server);
	server->bench = bench_new("loopback", server->profile, problem);
	server->pki = pki_new(loop_now(server->loop) / 1000000, problem);
	if (!server->bench || !server->pki ||
	    !pki_client(server->pki, "henb", true, server->loop, problem) ||
	    pki_write(server->pki, folder, problem) || loop_catch_signals(server->loop, problem))
		return -1;
	server->script.from = role;
	server->script.to = "henb";
	server->stage = (struct stage){ .loop = server->loop, .bench = server->bench,
					.pki = server->pki, .profile = server->profile,
					.cue = script_cue, .cue_taken = script_cue_taken,
					.context = &server->script };
	server->kind = strcmp(role, "file-server") ? &hms_fake : &file_server_fake;
	server->fake = server->kind->start(&server->stage, role, problem);
	return server->fake ? 0 : -1;
}

static void print_variables(const struct server *server, const char *role)
{
	static const char *const names[] = {
		"url",	     "host",	  "address",  "port",	  "path",     "http-url",
		"https-url", "http-port", "https-port", "ftp-url", "ftpes-url", "ftps-url",
		"sftp-url",  "username",  "password", "host-key",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *name = memory_format("%s.%s", role, names[i]);

		if (bench_variable(server->bench, name))
			printf("%s=%s\n", names[i], bench_variable(server->bench, name));
		free(name);
	}
	puts("ready");
	fflush(stdout);
}

static void stop(struct server *server)
{
	if (server->fake)
		server->kind->stop(server->fake);
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

	if (argc < 3)
		return complain("usage: hms-fake-server ROLE FOLDER [NAME=VALUE]...");
	if (load_profile(&server, argv + 3)) {
		status = complain("no profile");
	} else if (start(&server, argv[1], argv[2], &problem)) {
		status = complain(problem.text);
	} else {
		print_variables(&server, argv[1]);
		loop_run(server.loop);
	}
	stop(&server);
	return status;
}
