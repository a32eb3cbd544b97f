/*
 * commands: the subcommands of femtoproof, one file each.
 *
 * A command gets its own name as argv[0] and gives the exit status: 0 good; 1 at least one
 * fail; 2 the command line, a scenario, a profile or a capture is wrong, or nothing was
 * selected; 3 no fail, but at least one inconc or error.
 */
#ifndef HARNESS_COMMANDS_COMMANDS_H
#define HARNESS_COMMANDS_COMMANDS_H

#include <getopt.h>
#include <stdio.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/chart/diagnostics.h"
#include "protocols/problem.h"

enum { EXIT_ALL_PASSED = 0, EXIT_SOME_FAILED = 1, EXIT_WRONG_INPUT = 2, EXIT_NOT_CERTAIN = 3 };

struct option_row { /* one option: the parser and --help read the same row */
	const char *name;     /* "profile" */
	const char *argument; /* "FILE"; NULL = takes none */
	int letter;           /* what getopt_long gives back; a printable one is a short option too */
	const char *help;
};

struct command {
	const char *name;
	const char *arguments; /* "[SCENARIO|FOLDER]..." */
	const char *summary;
	const char *details;   /* more lines for --help, or NULL */
	const struct option_row *options; /* a row with NULL name at the end */
	int (*run)(int argc, char **argv);
};

extern const struct command command_run, command_judge, command_device, command_list,
	command_check, command_explain, command_coverage, command_report, command_profile;

/* The next option's letter, -1 at the end (optind tells where the arguments begin), '?' for a
 * wrong one (already said). --help is answered here: 'h' after it was printed. */
int command_option(const struct command *command, int argc, char **argv);
void command_help(const struct command *command, FILE *out);
/* Prints "femtoproof NAME: text" and gives EXIT_WRONG_INPUT. */
int command_wrong(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Prints what scenarios and profiles have wrong, then problem if it says anything. */
int command_mistakes(const struct command *command, struct diagnostics *diagnostics,
		     const struct problem *problem);

struct word_list { /* values of an option that may stand several times */
	const char **list;
	size_t count;
};

void word_list_add(struct word_list *words, const char *word);

#endif
