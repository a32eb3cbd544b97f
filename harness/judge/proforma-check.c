/* A profile against the proforma: what a test laboratory would send back to the client. */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/profile-parts.h"
#include "harness/judge/proforma-parts.h"
#include "protocols/memory.h"

struct check {
	const struct proforma *proforma;
	const struct profile *profile;
	struct diagnostics *diagnostics;
};

/* At the line of the profile; NULL, or a line that no file says: at its beginning. */
#define SAY(check, kind, line, ...)                                                             \
	diagnostics_add((check)->diagnostics, kind, place_of(check, line),                      \
			source_of(check, line), __VA_ARGS__)

static bool has_place(const struct setting_line *line)
{
	return line && line->at.file;
}

static const struct place *place_of(const struct check *check, const struct setting_line *line)
{
	static struct place start = { .line = 1, .column = 1, .end_column = 2 };

	start.file = check->profile->file;
	return has_place(line) ? &line->at : &start;
}

static const char *source_of(const struct check *check, const struct setting_line *line)
{
	return has_place(line) ? line->file_text
	       : check->profile->source_count ? check->profile->sources[0].text : NULL;
}

static bool is_own(const char *name)
{
	return strncmp(name, "x-", 2) == 0;
}

/* "no WHAT is called NAME; did you mean ...?", of the rows of a kind. */
static void unknown(const struct check *check, const struct setting_line *line,
		    enum proforma_kind kind, const char *what)
{
	const char **names = memory_new((check->proforma->row_count + 1) * sizeof(*names));
	size_t count = 0;

	for (size_t i = 0; i < check->proforma->row_count; i++)
		if (check->proforma->rows[i]->table->kind == kind)
			names[count++] = check->proforma->rows[i]->name;
	const char *near = nearest_word(line->name, names, count);
	SAY(check, DIAGNOSTIC_ERROR, line, "the proforma has no %s \"%s\"%s%s%s", what, line->name,
	    near ? "; did you mean \"" : "; one of your own begins with x-", near ? near : "",
	    near ? "\"?" : "");
	free(names);
}

/* --- ICS --- */

static void say_declined(const struct check *check, const struct proforma_row *row,
			 const struct setting_line *line, const char *status,
			 const char *condition)
{
	const char *answer = line ? "answered no" : "not answered";

	if (row->choice)
		SAY(check, DIAGNOSTIC_WARNING, line,
		    "no item of the group %s is answered yes, and one is mandatory (%s): declared "
		    "not conformant", status, row->clause);
	else if (row->status == ICS_CONDITIONAL)
		SAY(check, DIAGNOSTIC_WARNING, line,
		    "%s is %s, and is mandatory (%s) when %s: declared not conformant", row->name,
		    answer, row->clause, condition);
	else
		SAY(check, DIAGNOSTIC_WARNING, line,
		    "%s is %s, and is mandatory (%s): declared not conformant", row->name, answer,
		    row->clause);
}

static void check_answer(const struct check *check, const struct proforma_row *row,
			 const struct setting_line *line)
{
	enum ics_status status = proforma_status(row, check->profile);
	char *condition = condition_text(&row->condition);
	char *text = proforma_status_text(row);

	if (!line && status != ICS_EXCLUDED &&
	    !proforma_declined(check->proforma, row, check->profile))
		SAY(check, DIAGNOSTIC_WARNING, NULL, "the ICS does not answer %s (%s): %s", row->name,
		    text, row->asks);
	if (line && line->supported && row->status == ICS_EXCLUDED)
		SAY(check, DIAGNOSTIC_ERROR, line, "%s is answered yes, and is not of a %s", row->name,
		    check->proforma->device);
	else if (line && line->supported && status == ICS_EXCLUDED)
		SAY(check, DIAGNOSTIC_ERROR, line,
		    "%s is answered yes, which contradicts what else the ICS says: it is there only "
		    "when %s", row->name, condition);
	if (proforma_declined(check->proforma, row, check->profile))
		say_declined(check, row, line, text, condition);
	free(condition);
	free(text);
}

static void check_ics(const struct check *check)
{
	const struct part_lines *lines = &check->profile->parts[PART_ICS];

	for (size_t i = 0; i < lines->count; i++)
		if (!is_own(lines->lines[i]->name) &&
		    !proforma_row(check->proforma, PROFORMA_ICS, lines->lines[i]->name))
			unknown(check, lines->lines[i], PROFORMA_ICS, "ICS item");
	for (size_t i = 0; i < check->proforma->row_count; i++) {
		const struct proforma_row *row = check->proforma->rows[i];

		if (row->table->kind == PROFORMA_ICS)
			check_answer(check, row,
				     profile_line_find(check->profile, PART_ICS, row->name));
	}
}

/* --- IXIT --- */

/* What need not be filled in may be left out: the row is needed by answers that are not given. */
static void unfilled(const struct check *check, const struct proforma_row *row,
		     const struct setting_line *line)
{
	char *condition = condition_text(&row->condition);
	bool needed = !row->needed || condition_holds(&row->condition, check->profile);

	SAY(check, DIAGNOSTIC_ERROR, line, "%s is still to be filled in (%s); expected %s%s%s",
	    line->name, row->asks, row->expected,
	    needed ? "" : ", or no such line: it is needed only when ", needed ? "" : condition);
	free(condition);
}

static void check_value(const struct check *check, const struct setting_line *line)
{
	const struct proforma_row *row = proforma_row(check->proforma, PROFORMA_IXIT, line->name);

	if (!row && !is_own(line->name))
		unknown(check, line, PROFORMA_IXIT, "value");
	else if (row && strcmp(line->text, "?") == 0)
		unfilled(check, row, line);
	else if (row && !value_fits(row, line->text))
		SAY(check, DIAGNOSTIC_ERROR, line, "\"%s\" does not fit %s; expected %s",
		    row->kind && row->kind->secret ? "(secret)" : line->text, line->name,
		    row->expected);
}

static void check_ixit(const struct check *check)
{
	const struct part_lines *lines = &check->profile->parts[PART_IXIT];

	for (size_t i = 0; i < lines->count; i++)
		check_value(check, lines->lines[i]);
	for (size_t i = 0; i < check->proforma->row_count; i++) {
		const struct proforma_row *row = check->proforma->rows[i];
		char *condition = condition_text(&row->condition);

		if (row->table->kind == PROFORMA_IXIT && row->needed &&
		    condition_holds(&row->condition, check->profile) &&
		    !profile_line_find(check->profile, PART_IXIT, row->name))
			SAY(check, DIAGNOSTIC_ERROR, NULL,
			    "the ixit lacks %s (%s), which is needed%s%s; expected %s", row->name,
			    row->asks, condition[0] ? " when " : "", condition, row->expected);
		free(condition);
	}
}

/* --- limits --- */

static void check_limit(const struct check *check, const struct setting_line *line)
{
	const struct proforma_row *row = proforma_row(check->proforma, PROFORMA_LIMITS, line->name);

	if (!row && strncmp(line->name, "limit.x-", 8) != 0)
		unknown(check, line, PROFORMA_LIMITS, "limit");
	else if (row && row->source == LIMIT_STANDARD && line->source != LIMIT_STANDARD)
		SAY(check, DIAGNOSTIC_WARNING, line,
		    "%s is set by %s; as the lab's it can make a verdict inconc only", line->name,
		    row->clause);
}

static void check_limits(const struct check *check)
{
	const struct part_lines *lines = &check->profile->parts[PART_LIMITS];

	for (size_t i = 0; i < lines->count; i++)
		check_limit(check, lines->lines[i]);
	for (size_t i = 0; i < check->proforma->row_count; i++) {
		const struct proforma_row *row = check->proforma->rows[i];

		if (row->table->kind == PROFORMA_LIMITS && !row->standing[0] &&
		    !profile_line_find(check->profile, PART_LIMITS, row->name))
			SAY(check, DIAGNOSTIC_WARNING, NULL,
			    "the limits lack %s (%s): scenarios that ask for it cannot be judged",
			    row->name, row->asks);
	}
}

void proforma_check(const struct proforma *proforma, const struct profile *profile,
		    struct diagnostics *diagnostics)
{
	const struct check check = { proforma, profile, diagnostics };

	if (strcmp(profile->title, "?") == 0)
		SAY(&check, DIAGNOSTIC_ERROR, NULL, "the title is still to be filled in");
	check_ics(&check);
	check_ixit(&check);
	check_limits(&check);
}
