/*
 * rule-index: the parts of a rule book, for the judge's files: its rules as they were read, and of
 * each message (by its name and roles) the rules that speak of it, found when the first one comes.
 */
#ifndef HARNESS_JUDGE_RULE_INDEX_H
#define HARNESS_JUDGE_RULE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/judge/pattern.h"
#include "harness/judge/rule-book.h"
#include "harness/judge/rule-facts.h"
#include "protocols/message.h"

struct rule_reading { /* of the rule with the same index */
	struct pattern pattern;
	size_t guard_rule; /* the first rule with the same guard: it is evaluated once */
	size_t *after;     /* the rules that it comes after, by index; owned */
	size_t after_count;
};

struct rule_entry { /* a rule whose pattern fits */
	size_t rule; /* by index */
	struct fact_set needs;   /* for it to be broken */
	struct fact_set *checks; /* for each of its checks not to hold; owned */
	bool reads_facts;        /* it looks at nothing else than these: */
	struct fact_set reads;
};

struct rule_index { /* the rules that speak of a message, by its name and roles */
	struct rule_index *next;
	size_t number; /* in the book */
	char name[MESSAGE_NAME], from[ROLE_NAME], to[ROLE_NAME];
	struct rule_entry *entries; size_t count; /* owned */
	size_t late; /* from here on: those that come after others */
	size_t words;      /* of a set of entries */
	uint64_t *readers; /* by fact: the entries that read it; owned */
};

enum { RULE_INDEXES = 32 };

struct rule_book {
	const struct rules *rules;
	struct rule_reading *readings; /* owned */
	struct facts facts;            /* that the rules ask for */
	struct rule_index *indexes[RULE_INDEXES]; /* by hash of the message's name; owned */
	size_t index_count;
};

/* The rules that speak of such a message; the book's, and it stays. */
const struct rule_index *rule_index_of(struct rule_book *book, const struct message *message);
void rule_indexes_free(struct rule_book *book);

#endif
