/*
 * grammar: is an envelope what CWMP's grammar allows? The grammar is in RELAX NG
 * (scenarios/schemas), one schema for each version of CWMP; libxml2 judges by it. An envelope with
 * the skeleton (cwmp-skeleton.h) of one that was found valid is valid, too, and not judged again.
 *
 * The versions 1.2, 1.3 and 1.4 share a namespace, so that an envelope does not say which of them
 * it follows: it is held to the widest.
 *
 * A message of a file is held to the schema of its document, which its namespace names: CM files of
 * TS 32.584 and TS 32.594, PM files of TS 32.435. A file of another namespace is valid.
 */
#ifndef HARNESS_JUDGE_GRAMMAR_H
#define HARNESS_JUDGE_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"
#include "protocols/message.h"
#include "protocols/problem.h"

struct grammar;

struct grammar_breach { /* the first thing that is wrong; owned by the grammar */
	char *field;    /* where: "Inform/DeviceId/OUI (line 4)" */
	char *expected; /* "six hexadecimal digits in upper case" */
	char *actual;   /* "00d09e" */
	char *text;     /* all of it in one line */
};

enum grammar_answer { GRAMMAR_VALID, GRAMMAR_BROKEN, GRAMMAR_UNKNOWN /* see problem */ };

/* folder: where the schemas are; they are read when the first message asks for them. */
struct grammar *grammar_new(const char *folder);
void grammar_free(struct grammar *grammar);
/* A message without an envelope is valid. *breach lives until the next question. */
enum grammar_answer grammar_ask(struct grammar *grammar, const struct message *message,
				const struct grammar_breach **breach, struct problem *problem);
/* A file by itself: does it have the form that the schema of its namespace wants? False with problem. */
bool grammar_file_fits(struct grammar *grammar, const struct buffer *octets,
		       struct problem *problem);
/* Off: every envelope is judged by libxml2. For the tests. */
void grammar_remember(struct grammar *grammar, bool on);
/* How many envelopes libxml2 has judged. */
uint64_t grammar_judged(const struct grammar *grammar);

#endif
