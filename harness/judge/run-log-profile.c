/* The ICS and IXIT in a run log. */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/profile-parts.h"
#include "harness/judge/run-log-parts.h"
#include "protocols/memory.h"

static void reference(struct run_log *log, const struct proforma_row *row)
{
	if (!row)
		return;
	run_log_attribute(log, "table", row->table->number);
	if (strcmp(row->clause, "-") != 0)
		run_log_attribute(log, "clause", row->clause);
}

static void rests(struct run_log *log, const struct proforma_row *row)
{
	struct buffer ids = { 0 };

	for (size_t i = 0; row && i < row->rest_count; i++)
		buffer_format(&ids, "%s%s", i ? " " : "", row->rests[i]);
	if (ids.length > 0)
		run_log_attribute(log, "rests", buffer_text(&ids));
	buffer_free(&ids);
}

/* Closes the tag, with the text, and the element. */
static void close_with(struct run_log *log, const char *name, const char *text)
{
	if (!text || !text[0]) {
		buffer_add_text(&log->text, "/>\n");
		return;
	}
	buffer_add_text(&log->text, ">");
	run_log_text(log, text);
	buffer_format(&log->text, "</%s>\n", name);
}

/* An item that the proforma knows, or (row NULL) one of the user's own. */
static void write_item(struct run_log *log, const struct proforma *proforma,
		       const struct proforma_row *row, const struct profile *profile,
		       const struct ics_item *answer)
{
	char *status = row ? proforma_status_text(row) : NULL;

	buffer_add_text(&log->text, "<item");
	reference(log, row);
	run_log_attribute(log, "name", row ? row->name : answer->name);
	run_log_attribute(log, "status", status);
	if (row)
		run_log_attribute(log, "now", ics_status_letter(proforma_status(row, profile)));
	run_log_attribute(log, "answer", !answer ? "none" : answer->supported ? "yes" : "no");
	if (row && proforma_declined(proforma, row, profile))
		run_log_attribute(log, "declined", "true");
	rests(log, row);
	close_with(log, "item", answer ? answer->comment : NULL);
	free(status);
}

static void write_ics(struct run_log *log, const struct profile *profile,
		      const struct proforma *proforma)
{
	const struct proforma_row *row;
	const struct ics_item *item;

	for (size_t i = 0; proforma && (row = proforma_row_at(proforma, i)); i++)
		if (row->table->kind == PROFORMA_ICS)
			write_item(log, proforma, row, profile, profile_ics(profile, row->name));
	for (size_t i = 0; (item = profile_ics_at(profile, i)); i++)
		if (!proforma || !proforma_row(proforma, PROFORMA_ICS, item->name))
			write_item(log, proforma, NULL, profile, item);
}

static void write_values(struct run_log *log, const struct profile *profile,
			 const struct proforma *proforma)
{
	const struct part_lines *lines = &profile->parts[PART_IXIT];

	for (size_t i = 0; i < lines->count; i++) {
		const struct setting_line *line = lines->lines[i];
		const struct proforma_row *row =
			proforma ? proforma_row(proforma, PROFORMA_IXIT, line->name) : NULL;
		bool secret = proforma_secret(proforma, line->name);

		buffer_add_text(&log->text, "<value");
		reference(log, row);
		run_log_attribute(log, "name", line->name);
		if (secret) {
			run_log_attribute(log, "secret", "true");
			run_log_secret(log, line->text);
		}
		close_with(log, "value", secret ? NULL : line->text);
	}
}

static void write_limits(struct run_log *log, const struct profile *profile,
			 const struct proforma *proforma)
{
	const struct part_lines *lines = &profile->parts[PART_LIMITS];

	for (size_t i = 0; i < lines->count; i++) {
		const struct setting_line *line = lines->lines[i];

		buffer_add_text(&log->text, "<limit");
		run_log_attribute(log, "name", line->name);
		buffer_format(&log->text, " seconds=\"%g\"", (double)line->microseconds / 1e6);
		run_log_attribute(log, "source",
				  line->source == LIMIT_STANDARD ? "standard" : "lab");
		run_log_attribute(log, "reference", line->text);
		rests(log, proforma ? proforma_row(proforma, PROFORMA_LIMITS, line->name) : NULL);
		buffer_add_text(&log->text, "/>\n");
	}
}

/* A command and a URL of the lab may hold credentials: they are not told. */
static void write_triggers(struct run_log *log, const struct profile *profile)
{
	static const char *const kinds[] = { "command", "ask", "http" };
	const struct part_lines *lines = &profile->parts[PART_TRIGGERS];

	for (size_t i = 0; i < lines->count; i++) {
		const struct setting_line *line = lines->lines[i];

		buffer_add_text(&log->text, "<trigger");
		run_log_attribute(log, "name", line->name);
		run_log_attribute(log, "kind", kinds[line->kind]);
		close_with(log, "trigger", line->kind == TRIGGER_ASK ? line->text : NULL);
	}
}

static unsigned long long count_declined(const struct profile *profile,
					 const struct proforma *proforma)
{
	const struct proforma_row *row;
	unsigned long long count = 0;

	for (size_t i = 0; proforma && (row = proforma_row_at(proforma, i)); i++)
		count += row->table->kind == PROFORMA_ICS &&
			 proforma_declined(proforma, row, profile);
	return count;
}

void run_log_profile(struct run_log *log, const struct profile *profile,
		     const struct proforma *proforma)
{
	buffer_add_text(&log->text, "<profile");
	run_log_attribute(log, "file", profile_file(profile));
	run_log_attribute(log, "title", profile_title(profile));
	run_log_attribute(log, "device", profile_device(profile));
	run_log_attribute(log, "map", profile_map_name(profile));
	buffer_format(&log->text, " declined=\"%llu\">\n", count_declined(profile, proforma));
	if (proforma) {
		buffer_add_text(&log->text, "<proforma");
		run_log_attribute(log, "title", proforma_title(proforma));
		buffer_add_text(&log->text, "/>\n");
	}
	write_ics(log, profile, proforma);
	write_values(log, profile, proforma);
	write_limits(log, profile, proforma);
	write_triggers(log, profile);
	buffer_add_text(&log->text, "</profile>\n");
}
