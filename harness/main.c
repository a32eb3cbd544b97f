/* femtoproof: the table of subcommands. */
#include <curl/curl.h>
#include <libxml/parser.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "harness/chart/diagnostics.h"
#include "harness/commands/commands.h"

static const struct command *const commands[] = {
	&command_run,    &command_judge,   &command_device,   &command_list,    &command_check,
	&command_explain, &command_coverage, &command_report, &command_profile,
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *out)
{
	fputs("femtoproof " VERSION ": proves that a femtocell follows the management procedures of\n"
	      "3GPP TS 32.583 (Home NodeB) and TS 32.593 (Home eNodeB)\n\n"
	      "usage: femtoproof COMMAND [options] [arguments]\n\ncommands:\n", out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-9s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\nfemtoproof COMMAND --help tells more.\n", out);
}

static int unknown(const char *name)
{
	const char *names[COMMAND_COUNT];

	for (size_t i = 0; i < COMMAND_COUNT; i++)
		names[i] = commands[i]->name;
	const char *near = nearest_word(name, names, COMMAND_COUNT);
	fprintf(stderr, "femtoproof: there is no command %s", name);
	if (near)
		fprintf(stderr, "; did you mean %s?", near);
	fputs("\n", stderr);
	usage(stderr);
	return EXIT_WRONG_INPUT;
}

int main(int argc, char **argv)
{
	int status = -1;

	if (argc < 2) {
		usage(stderr);
		return EXIT_WRONG_INPUT;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("femtoproof " VERSION);
		return 0;
	}
	signal(SIGPIPE, SIG_IGN);
	xmlInitParser();
	curl_global_init(CURL_GLOBAL_DEFAULT);
	for (size_t i = 0; i < COMMAND_COUNT && status < 0; i++)
		if (strcmp(argv[1], commands[i]->name) == 0)
			status = commands[i]->run(argc - 1, argv + 1);
	if (status < 0)
		status = unknown(argv[1]);
	curl_global_cleanup();
	xmlCleanupParser();
	return status;
}
