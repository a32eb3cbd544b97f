/*
 * run-document: a run log read again without its messages: the findings and verdicts alone.
 * A log is nearly all messages, and most reports look at none of them.
 */
#ifndef HARNESS_RUN_DOCUMENT_H
#define HARNESS_RUN_DOCUMENT_H

#include <libxml/tree.h>

xmlDoc *run_document(const char *file); /* NULL: it cannot be read */

#endif
