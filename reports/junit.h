/*
 * junit: a run log -> JUnit XML. A fail is a <failure>; inconc and error are an <error>
 * (type "inconclusive" or "error"): neither may look green; not selected is <skipped> with the
 * ICS's reason.
 */
#ifndef REPORTS_JUNIT_H
#define REPORTS_JUNIT_H

#include <libxml/tree.h>
#include <stdio.h>

/* Writes the report of a parsed run log (run.xml). Returns 0, or -1 when out has an error. */
int junit_write(const xmlDoc *run, FILE *out);

#endif
