#include "harness/commands/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/data-folder.h"
#include "protocols/memory.h"
#include "reports/conformance.h"
#include "reports/junit.h"

#include <libxml/parser.h>

enum { OPTION_JUNIT = 256 };

static const struct option_row options[] = {
	{ "junit", NULL, OPTION_JUNIT, "JUnit XML, in the place of the text" },
	{ "output", "FILE", 'o', "write there instead of to standard output" },
	{ NULL, NULL, 0, NULL },
};

static int write_report(const char *run, bool junit, const char *output)
{
	char *log = is_folder(run) ? memory_format("%s/run.xml", run) : memory_text(run);
	xmlDoc *document = xmlReadFile(log, NULL, XML_PARSE_NONET | XML_PARSE_HUGE |
				       XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	FILE *out = output ? NULL : stdout;
	int status = EXIT_ALL_PASSED;

	if (!document)
		status = command_wrong(&command_report, "%s is not a run log that can be read", log);
	else if (output && !(out = fopen(output, "w")))
		status = command_wrong(&command_report, "cannot write %s: %s", output,
				       strerror(errno));
	else if ((junit ? junit_write(document, out) : conformance_write(document, out)) < 0 || (output && fclose(out) != 0))
		status = command_wrong(&command_report, "the report could not be written");
	xmlFreeDoc(document);
	free(log);
	return status;
}

static int report(int argc, char **argv)
{
	const char *output = NULL;
	bool junit = false;
	int letter;

	while ((letter = command_option(&command_report, argc, argv)) != -1) {
		if (letter == 'h' || letter == '?')
			return letter == 'h' ? EXIT_ALL_PASSED : EXIT_WRONG_INPUT;
		if (letter == 'o')
			output = optarg;
		else
			junit = true;
	}
	if (argc - optind != 1)
		return command_wrong(&command_report, "give one run: femtoproof report RUN");
	return write_report(argv[optind], junit, output);
}

const struct command command_report = {
	.name = "report",
	.arguments = "RUN",
	.summary = "make a report from a run's log",
	.details = "RUN is a report folder or its run.xml; also one of a run that was killed. The text has the\n"
		   "whole ICS and IXIT, then the verdict of each scenario; no secret of the profile.",
	.options = options,
	.run = report,
};
