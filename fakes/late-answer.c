#include "fakes/late-answer.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

struct late_answer {
	struct late_answer *next;
	struct late_answers *answers;
	struct timer *timer;
	const void *whose;
	struct octets octets; /* owned */
	late_answer_send send;
	void *to; /* owned */
};

static void unlink_answer(struct late_answer *answer)
{
	struct late_answer **link = &answer->answers->first;

	while (*link != answer)
		link = &(*link)->next;
	*link = answer->next;
}

static void free_answer(struct late_answer *answer)
{
	loop_cancel(answer->timer);
	free((void *)(uintptr_t)answer->octets.at);
	free(answer->to);
	free(answer);
}

/* What it sends may lead to a reset, which forgets all that are in the list. */
static void leave(void *context)
{
	struct late_answer *answer = context;

	answer->timer = NULL;
	unlink_answer(answer);
	answer->send(answer->to, answer->octets);
	free_answer(answer);
}

void late_answer_add(struct late_answers *answers, struct loop *loop, int64_t delay,
		     const void *whose, struct octets answer, late_answer_send send, const void *to,
		     size_t size)
{
	struct late_answer *late = memory_new(sizeof(*late));

	*late = (struct late_answer){
		.next = answers->first,
		.answers = answers,
		.whose = whose,
		.octets = octets_of(octets_copy(answer), answer.length),
		.send = send,
		.to = memory_new(size),
	};
	memcpy(late->to, to, size);
	answers->first = late;
	late->timer = loop_after(loop, delay, leave, late);
}

void late_answers_forget(struct late_answers *answers, const void *whose)
{
	struct late_answer *next;

	for (struct late_answer *one = answers->first; one; one = next) {
		next = one->next;
		if (whose && one->whose != whose)
			continue;
		unlink_answer(one);
		free_answer(one);
	}
}
