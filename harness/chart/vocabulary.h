/*
 * vocabulary: the names that a scenario may use, gathered before it is loaded, so that an
 * unknown one is an error at its place. Fixed tables (roles, messages, faults, actions,
 * XPath functions) are the language's own; the lists here come from files.
 */
#ifndef HARNESS_CHART_VOCABULARY_H
#define HARNESS_CHART_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>

struct names { /* a list of owned words */
	char **list;
	size_t count;
	size_t *slots; /* an index by hash: number in list + 1, 0 = empty */
	size_t slot_count;
};

void names_add(struct names *names, const char *name); /* not twice */
bool names_have(const struct names *names, const char *name);
void names_clear(struct names *names);

struct vocabulary {
	struct names parameters; /* short names: from all data model maps */
	struct names umts_file, lte_file; /* of those: what a CM file can hold, of an HNB, of a HeNB */
	struct names statements; /* ids of the catalogue; empty = not checked */
	struct names items;      /* ICS items; empty = not checked */
	struct names variables;  /* of the profile: "device.serial", "limit.session" */
};

void vocabulary_clear(struct vocabulary *vocabulary);
/* Is this the name of a parameter: a short one, SHORT.rest below an object's short name, or a full
 * path ("Device." or "InternetGatewayDevice." in front)? */
bool vocabulary_parameter(const struct vocabulary *vocabulary, const char *name);
/* Has a CM file of one of these generations (cm-element.h) a place for such a parameter? */
bool vocabulary_file_parameter(const struct vocabulary *vocabulary, unsigned generations,
			       const char *name);

#endif
