#include "harness/commands/commands.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

#define OPTION_LIMIT 32 /* rows of one command */

void command_help(const struct command *command, FILE *out)
{
	fprintf(out, "usage: femtoproof %s%s %s\n\n%s\n", command->name,
		command->options && command->options[0].name ? " [options]" : "",
		command->arguments, command->summary);
	if (command->details)
		fprintf(out, "\n%s\n", command->details);
	fputs("\noptions:\n", out);
	for (const struct option_row *row = command->options; row && row->name; row++) {
		char *left = memory_format("--%s%s%s", row->name, row->argument ? " " : "",
					   row->argument ? row->argument : "");

		fprintf(out, "  %-26s %s\n", left, row->help);
		free(left);
	}
	fprintf(out, "  %-26s %s\n", "--help", "this text");
}

int command_option(const struct command *command, int argc, char **argv)
{
	struct option long_options[OPTION_LIMIT + 2] = { 0 };
	char letters[2 * OPTION_LIMIT + 2];
	size_t count = 0, used = 0;

	for (const struct option_row *row = command->options; row && row->name; row++) {
		if (count == OPTION_LIMIT)
			break;
		long_options[count++] = (struct option){
			row->name, row->argument ? required_argument : no_argument, NULL,
			row->letter };
		if (row->letter < 128 && isalnum(row->letter)) {
			letters[used++] = (char)row->letter;
			if (row->argument)
				letters[used++] = ':';
		}
	}
	letters[used] = '\0';
	long_options[count] = (struct option){ "help", no_argument, NULL, 'h' };
	int letter = getopt_long(argc, argv, letters, long_options, NULL);

	if (letter == 'h')
		command_help(command, stdout);
	if (letter == '?')
		fprintf(stderr, "try: femtoproof %s --help\n", command->name);
	return letter;
}

int command_wrong(const struct command *command, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "femtoproof %s: ", command->name);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return EXIT_WRONG_INPUT;
}

int command_mistakes(const struct command *command, struct diagnostics *diagnostics,
		     const struct problem *problem)
{
	diagnostics_print(diagnostics, stderr);
	if (problem->text[0])
		command_wrong(command, "%s", problem->text);
	diagnostics_clear(diagnostics);
	return EXIT_WRONG_INPUT;
}

void word_list_add(struct word_list *words, const char *word)
{
	words->list = memory_resize(words->list, words->count + 1, sizeof(*words->list));
	words->list[words->count++] = word;
}
