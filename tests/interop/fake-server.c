#include "tests/interop/fake-server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocols/memory.h"

static int complain(const struct fake_server *server, const char *text)
{
	fprintf(stderr, "%s: %s\n", server->name, text);
	return EXIT_FAILURE;
}

/* --- cues --- */

static void do_line(struct fake_server *server, const char *line)
{
	if (!strcmp(line, "clear"))
		script_clear(&server->script);
	else if (!strcmp(line, "reset"))
		server->kind->reset(server->fake);
	else if (!strcmp(line, "left"))
		printf("left=%zu\n", script_left(&server->script));
	else if (script_add(&server->script, line))
		printf("not understood: %s\n", line);
	printf("heard: %s\n", line);
	if (server->heard)
		server->heard(server->context);
	fflush(stdout);
	server->kind->cue(server->fake);
}

static void on_input(void *context, int fd, int ready)
{
	struct fake_server *server = context;
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

static int load_profile(struct fake_server *server, char **settings)
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

static int start(struct fake_server *server, const char *folder, struct problem *problem)
{
	server->loop = loop_new(CLOCK_REAL_TIME);
	server->watch = loop_watch(server->loop, STDIN_FILENO, LOOP_READ, on_input, server);
	server->bench = bench_new("loopback", server->profile, problem);
	server->pki = pki_new(loop_now(server->loop) / 1000000, problem);
	if (!server->bench || !server->pki ||
	    !pki_client(server->pki, "henb", true, server->loop, problem) ||
	    pki_write(server->pki, folder, problem) || loop_catch_signals(server->loop, problem))
		return -1;
	server->script.from = server->role;
	server->script.to = "henb";
	server->stage = (struct stage){ .loop = server->loop, .bench = server->bench,
					.pki = server->pki, .profile = server->profile,
					.tap = server->tap,
					.cue = script_cue, .cue_taken = script_cue_taken,
					.context = &server->script };
	server->fake = server->kind->start(&server->stage, server->role, problem);
	return server->fake ? 0 : -1;
}

static void print_variables(const struct fake_server *server)
{
	for (const char *const *at = server->variables; *at; at++) {
		char *name = memory_format("%s.%s", server->role, *at);
		const char *value = bench_variable(server->bench, name);

		if (value)
			printf("%s=%s\n", *at, value);
		free(name);
	}
	puts("ready");
	fflush(stdout);
}

static void stop(struct fake_server *server)
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

int fake_server_run(struct fake_server *server, const char *folder, char **settings)
{
	struct problem problem = { "" };
	int status = EXIT_SUCCESS;

	if (load_profile(server, settings)) {
		status = complain(server, "no profile");
	} else if (start(server, folder, &problem)) {
		status = complain(server, problem.text);
	} else {
		print_variables(server);
		loop_run(server->loop);
	}
	stop(server);
	return status;
}
