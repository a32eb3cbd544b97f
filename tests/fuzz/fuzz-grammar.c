/*
 * An envelope that is remembered by its skeleton gets the answer that libxml2 gives; the quick
 * reader and libxml2 tell the same skeleton; and what is blamed is blamed in words.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/grammar.h"
#include "protocols/cwmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

static enum grammar_answer ask(struct grammar *grammar, const struct message *message)
{
	const struct grammar_breach *breach;
	struct problem problem = { "" };
	enum grammar_answer answer = grammar_ask(grammar, message, &breach, &problem);

	if (answer == GRAMMAR_UNKNOWN) {
		fprintf(stderr, "%s\n", problem.text);
		abort();
	}
	if ((answer == GRAMMAR_BROKEN) != (breach != NULL) ||
	    (breach && !(breach->field[0] && breach->expected[0] && breach->actual)))
		abort();
	return answer;
}

static struct grammar *new_grammar(bool remember)
{
	const char *source = getenv("FEMTOPROOF_SOURCE");
	char folder[4096];
	struct grammar *grammar;

	snprintf(folder, sizeof(folder), "%s/schemas", DATA_FOLDER);
	if (source)
		snprintf(folder, sizeof(folder), "%s/scenarios/schemas", source);
	grammar = grammar_new(folder);
	grammar_remember(grammar, remember);
	return grammar;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	static struct grammar *remembering, *forgetful; /* for all inputs: what one leaves behind */
	struct message *message, *slow;

	if (!remembering) {
		remembering = new_grammar(true);
		forgetful = new_grammar(false);
	}
	message = cwmp_decode(octets, length);
	slow = cwmp_decode_slowly(octets, length);
	if (message->skeleton.length != slow->skeleton.length)
		abort();
	if (message->document->dict == slow->document->dict && message->skeleton.length &&
	    memcmp(message->skeleton.octets, slow->skeleton.octets, slow->skeleton.length) != 0)
		abort();
	if (ask(remembering, message) != ask(forgetful, message) ||
	    ask(remembering, slow) != ask(forgetful, message))
		abort();
	message_free(message);
	message_free(slow);
	return 0;
}
