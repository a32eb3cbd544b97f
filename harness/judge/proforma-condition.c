/* Conditions over ICS items: ISO/IEC 9646-7's IF ... THEN ... ELSE. */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/proforma-parts.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"

static void add_term(struct condition *condition, const char *item, bool negated, bool or_before)
{
	condition->terms = memory_resize(condition->terms, condition->count + 1,
					 sizeof(*condition->terms));
	condition->terms[condition->count++] =
		(struct condition_term){ memory_text(item), negated, or_before };
}

bool condition_read(struct data_file *file, size_t first, size_t end, struct condition *condition)
{
	bool or_before = false, negated = false;
	size_t i = first;

	for (;; i++) {
		negated = i < end && data_file_is(file, i, "not");
		i += negated;
		if (i >= end || data_file_is(file, i, "and") || data_file_is(file, i, "or")) {
			data_file_error(file, i, "a condition ends here; expected the name of an ICS item");
			return false;
		}
		add_term(condition, data_file_word(file, i), negated, or_before);
		if (++i >= end)
			return true;
		or_before = data_file_is(file, i, "or");
		if (!or_before && !data_file_is(file, i, "and")) {
			data_file_error(file, i, "\"%s\"; expected and, or, or the end of the condition",
					data_file_word(file, i));
			return false;
		}
	}
}

void condition_clear(struct condition *condition)
{
	for (size_t i = 0; i < condition->count; i++)
		free(condition->terms[i].item);
	free(condition->terms);
	*condition = (struct condition){ 0 };
}

bool condition_holds(const struct condition *condition, const struct profile *profile)
{
	bool holds = true;

	for (size_t i = 0; i < condition->count; i++) {
		const struct condition_term *term = &condition->terms[i];
		const struct ics_item *item = profile_ics(profile, term->item);

		if (term->or_before && holds)
			return true;
		if (term->or_before)
			holds = true;
		holds = holds && (item && item->supported) != term->negated;
	}
	return holds;
}

char *condition_text(const struct condition *condition)
{
	struct buffer text = { 0 };

	for (size_t i = 0; i < condition->count; i++) {
		const struct condition_term *term = &condition->terms[i];

		buffer_format(&text, "%s%s%s", i == 0 ? "" : term->or_before ? " or " : " and ",
			      term->negated ? "not " : "", term->item);
	}
	char *result = memory_text(buffer_text(&text));
	buffer_free(&text);
	return result;
}
