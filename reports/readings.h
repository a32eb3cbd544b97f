/* readings: on which readings of unclear places a scenario of a run log rests, as lines of text. */
#ifndef REPORTS_READINGS_H
#define REPORTS_READINGS_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stdio.h>

/* Does the scenario rest on any that no finding of it has named yet? */
bool readings_any(const xmlNode *scenario);
/* A line for each of those: "rests on  I-04: the sentence", behind indent; where a finding has named
 * one, "the scenario also rests on". put writes a text, escaped as the report wants it. */
void readings_write(FILE *out, const xmlNode *scenario, const char *indent,
		    void (*put)(FILE *out, const char *text));

#endif
