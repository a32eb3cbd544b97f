/*
 * samples: valid envelopes, one or more for each RPC of CWMP and for what stands in headers and
 * faults; and what can be made of one of them by one change.
 */
#ifndef TESTS_GRAMMAR_SAMPLES_H
#define TESTS_GRAMMAR_SAMPLES_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

struct sample {
	int since;          /* CWMP 1.n */
	const char *header; /* behind the ID; NULL = nothing */
	const char *body;
};

extern const struct sample samples[];
extern const size_t sample_count;

/* The namespace of CWMP 1.version. */
const char *sample_namespace(int version);
/* The whole envelope, new memory. Prefixes: s, e, c, x, i. */
char *sample_envelope(const struct sample *sample, int version);

struct mutation { /* what was done, for people and for the list of differences */
	const char *kind;  /* static text: "remove" */
	char element[64];  /* to which */
	bool is_rpc;       /* it stands in the Body */
	char detail[1100]; /* with what */
};

/* The number of changes that one envelope has; what change number does to the document. 0: it
 * does not fit there, and nothing was done. */
size_t mutations(const xmlDoc *document);
int mutate(xmlDoc *document, size_t number, struct mutation *done);

#endif
