/*
 * rule-book: what is found out about rules once, for every judge that they are given to: what their
 * patterns mean, which share a guard, and which of them speak of a message of a name from one role
 * to another, with what they need of it and read in it. The state of a judgement is not in here:
 * judges that follow one another share a book.
 */
#ifndef HARNESS_JUDGE_RULE_BOOK_H
#define HARNESS_JUDGE_RULE_BOOK_H

#include "harness/chart/chart.h"

struct rule_book;

/* The rules outlive the book. The caller frees it, when no judge has it any more. */
struct rule_book *rule_book_new(const struct rules *rules);
void rule_book_free(struct rule_book *book);

#endif
