/*
 * conformance: a run log -> the report of a conformance test as text, in the order of ISO/IEC 9646-5:
 * what was tested and by what, the ICS, the IXIT, and the verdicts, case by case.
 */
#ifndef REPORTS_CONFORMANCE_H
#define REPORTS_CONFORMANCE_H

#include <libxml/tree.h>
#include <stdio.h>

/* Writes the report of a parsed run log (run.xml). Returns 0, or -1 when out has an error. */
int conformance_write(const xmlDoc *run, FILE *out);

#endif
