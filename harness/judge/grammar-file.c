#include "harness/judge/grammar.h"
#include "protocols/file-message.h"

bool grammar_file_fits(struct grammar *grammar, const struct buffer *octets,
		       struct problem *problem)
{
	struct file_contents *contents = file_contents_new();
	const struct grammar_breach *breach;

	file_contents_add(contents, octets->octets, octets->length);
	struct message *message = file_message_get_response(
		&(struct file_request){ .transport = "http" }, &(struct file_answer){ FILE_OK, 200, "" },
		contents, true, -1);
	enum grammar_answer answer = grammar_ask(grammar, message, &breach, problem);

	if (answer == GRAMMAR_BROKEN)
		problem_set(problem, "%s", breach->text);
	message_free(message);
	file_contents_free(contents);
	return answer == GRAMMAR_VALID;
}
