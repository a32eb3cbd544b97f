/*
 * late-answer: answers that a fault ("with delay 5s") keeps back, until they leave or are
 * forgotten.
 */
#ifndef FAKES_LATE_ANSWER_H
#define FAKES_LATE_ANSWER_H

#include "harness/loop/loop.h"
#include "protocols/octets.h"

struct late_answer;

struct late_answers { /* of one fake; zeroed: none */
	struct late_answer *first;
};

/* Sends it; to is the copy of what late_answer_add was given. The fake may be reset from inside. */
typedef void (*late_answer_send)(const void *to, struct octets answer);

/* Copies the answer's octets and what to points to, of that size. delay: microseconds. whose tells
 * the answers of one peer from those of others. */
void late_answer_add(struct late_answers *answers, struct loop *loop, int64_t delay,
		     const void *whose, struct octets answer, late_answer_send send, const void *to,
		     size_t size);
/* Those of one peer; NULL: all. */
void late_answers_forget(struct late_answers *answers, const void *whose);

#endif
