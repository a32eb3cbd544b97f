/* What a run log must not show: the secrets of the profile, wherever they are said. */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/run-log-parts.h"
#include "protocols/memory.h"

/* Shorter ones are no secrets, and as a whole text too common: the log could not be read. */
enum { SHORTEST = 4 };

void run_log_secret(struct run_log *log, const char *value)
{
	if (strlen(value) < SHORTEST || run_log_is_secret(log, value))
		return;
	log->secrets = memory_resize(log->secrets, log->secret_count + 1, sizeof(*log->secrets));
	log->secrets[log->secret_count++] = memory_text(value);
}

bool run_log_is_secret(const struct run_log *log, const char *text)
{
	for (size_t i = 0; i < log->secret_count; i++)
		if (strcmp(log->secrets[i], text) == 0)
			return true;
	return false;
}

/* Replaces a run of octets of what was said since then. */
static void put(struct run_log *log, size_t at, size_t length, const char *text)
{
	struct buffer rest = { 0 };

	buffer_add(&rest, log->text.octets + at + length, log->text.length - at - length);
	log->text.length = at;
	buffer_add_text(&log->text, text);
	buffer_add(&log->text, rest.octets, rest.length);
	buffer_free(&rest);
}

/* The text of an element, or the value of an attribute: the whole of it. */
static void hide_whole(struct run_log *log, size_t before, const char *secret)
{
	size_t length = strlen(secret), step = strlen(RUN_LOG_SECRET);
	const char *found;

	while (before < log->text.length &&
	       (found = strstr((const char *)log->text.octets + before, secret))) {
		size_t at = (size_t)(found - (const char *)log->text.octets);
		char first = at > 0 ? (char)log->text.octets[at - 1] : '\0', last = found[length];

		before = at + length;
		if ((first == '>' && last == '<') || (first == '"' && last == '"')) {
			put(log, at, length, RUN_LOG_SECRET);
			before = at + step;
		}
	}
}

/* RFC 7617 2: user name and password stand there for all to read. */
static void hide_basic(struct run_log *log, size_t before)
{
	static const char basic[] = ">Basic ";
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				       "0123456789+/=";
	const char *found;

	while (before < log->text.length &&
	       (found = strstr((const char *)log->text.octets + before, basic))) {
		const char *token = found + strlen(basic);
		size_t at = (size_t)(token - (const char *)log->text.octets);
		size_t length = strspn(token, alphabet);

		before = at;
		if (length > 0 && token[length] == '<')
			put(log, at, length, RUN_LOG_SECRET);
	}
}

void run_log_hide(struct run_log *log, size_t before)
{
	for (size_t i = 0; i < log->secret_count; i++)
		hide_whole(log, before, log->secrets[i]);
	hide_basic(log, before);
}
