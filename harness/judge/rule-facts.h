/*
 * rule-facts: what a message has that rules ask about, gathered once for all of them.
 *
 * A fact is that the body has a child or an attribute of a name, or that a facet is there, or a
 * child or an attribute of it. Most facts have contents, too: what stands there in this message.
 * They are compared with those of the message before, so that a rule whose facts all stand as they
 * stood need not be looked at again (rule-reads.h).
 */
#ifndef HARNESS_JUDGE_RULE_FACTS_H
#define HARNESS_JUDGE_RULE_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "protocols/message.h"

enum { FACTS_MOST = 320, FACT_PLACES = 1024, FACT_WORDS = FACTS_MOST / 64 };

struct fact_set {
	uint64_t words[FACT_WORDS];
};

/* Where a name stands. Each facet has two scopes of its own, by the facet's number. */
enum fact_scope {
	SCOPE_FACET,     /* a child of <message>; no contents */
	SCOPE_CHILD,     /* of the body: the texts of its members' Value elements */
	SCOPE_SHAPE,     /* the same child: all that is not in those */
	SCOPE_ATTRIBUTE, /* of the body */
	SCOPE_HEADS,     /* no name: the names and attributes of all children of the body */
	SCOPES,
};

struct fact {
	unsigned scope;
	const char *name; /* the rules' own text */
	unsigned shape;   /* of a child whose contents are asked for: the other half's number */
	bool contents;    /* they are asked for */
};

struct facts { /* that rules ask for, by number */
	struct fact list[FACTS_MOST];
	unsigned count;
	uint16_t places[FACT_PLACES]; /* by hash: number + 1; 0 = free */
	unsigned heads;               /* number + 1 of the fact of SCOPE_HEADS */
};

struct fact_content { /* of one fact, one text of its own making */
	char *octets;
	size_t length, capacity;
	size_t at;  /* of the message that is being read: how much there is */
	bool same;  /* as far as that */
	bool wrong; /* it is too long, or what is seldom in a message: it counts as changed */
	bool was_wrong; /* that of the message before */
};

struct fact_contents { /* of the message before */
	struct fact_content list[FACTS_MOST];
	struct fact_set present;
};

unsigned facet_scope(unsigned facet, bool attribute);
/* The number of the fact, a new one when nobody asked for it yet; FACTS_MOST: there is no room. */
unsigned fact_number(struct facts *facts, unsigned scope, const char *name);
/* The same, and its contents are asked for; of a child: of its values. */
unsigned fact_number_contents(struct facts *facts, unsigned scope, const char *name);
void fact_set_add(struct fact_set *set, unsigned number);
void fact_set_add_all(struct fact_set *set, const struct fact_set *other);

/* The facts of the message; of one without a document, all. With contents (for a message that has
 * a document), those are made the message's, and changed becomes the facts that are not as they
 * were in the message before. */
struct fact_set rule_facts(const struct facts *facts, const struct message *message,
			   struct fact_contents *contents, struct fact_set *changed);
void fact_contents_clear(struct fact_contents *contents);

static inline bool fact_set_has(const struct fact_set *set, const struct fact_set *needs)
{
	uint64_t missing = 0;

	for (int i = 0; i < FACT_WORDS; i++)
		missing |= needs->words[i] & ~set->words[i];
	return !missing;
}

static inline bool fact_set_meets(const struct fact_set *set, const struct fact_set *other)
{
	uint64_t both = 0;

	for (int i = 0; i < FACT_WORDS; i++)
		both |= set->words[i] & other->words[i];
	return both != 0;
}

#endif
