#include "harness/profile-scaffold.h"

#include <stdlib.h>
#include <string.h>

#include "harness/chart/roles.h"
#include "protocols/memory.h"

static const char *const sections[] = { "ics", "ixit", "limits", "triggers" };

static void comment(FILE *out, const char *label, const char *text)
{
	if (text[0])
		fprintf(out, "    -- %s%s\n", label, text);
}

static void rests(FILE *out, const struct proforma_row *row)
{
	if (row->rest_count == 0)
		return;
	fputs("    -- rests on ", out);
	for (size_t i = 0; i < row->rest_count; i++)
		fprintf(out, "%s%s", i ? ", " : "", row->rests[i]);
	fputc('\n', out);
}

/* What a device answers that has what is mandatory, and of a group its last: conditions are taken
 * by those answers. A circle of conditions is none, for they look back only. */
static bool answer(const struct proforma *proforma, const struct proforma_row *row, int depth);

/* Does the condition hold by those answers? */
static bool condition_answered(const struct proforma *proforma, const struct condition *condition,
			       int depth)
{
	bool holds = true;

	for (size_t i = 0; i < condition->count; i++) {
		const struct condition_term *term = &condition->terms[i];

		if (term->or_before && holds)
			break;
		if (term->or_before)
			holds = true;
		const struct proforma_row *item = proforma_row(proforma, PROFORMA_ICS, term->item);

		holds = holds && answer(proforma, item, depth + 1) != term->negated;
	}
	return holds;
}

static bool answer(const struct proforma *proforma, const struct proforma_row *row, int depth)
{
	const struct proforma_row *each;
	bool holds = true;

	for (size_t i = 0; row->choice && (each = proforma_row_at(proforma, i)); i++)
		if (each->choice == row->choice && each->table->kind == PROFORMA_ICS)
			holds = each == row;
	if (row->choice)
		return holds;
	if (row->status != ICS_CONDITIONAL || depth > 8)
		return row->status == ICS_MANDATORY;
	holds = condition_answered(proforma, &row->condition, depth);
	return (holds ? row->then : row->otherwise) == ICS_MANDATORY;
}

static void write_item(const struct proforma *proforma, const struct proforma_row *row, FILE *out)
{
	char *status = proforma_status_text(row);

	fprintf(out, "    -- %s, %s. %s\n", row->clause, status, row->asks);
	comment(out, "", row->note);
	rests(out, row);
	fprintf(out, "    %-20s %s\n\n", row->name, answer(proforma, row, 0) ? "yes" : "no");
	free(status);
}

static void value_comment(const struct proforma_row *row, bool needed, FILE *out)
{
	char *condition = condition_text(&row->condition);

	fprintf(out, "    -- %s%s%s\n", strcmp(row->clause, "-") == 0 ? "" : row->clause,
		strcmp(row->clause, "-") == 0 ? "" : ". ", row->asks);
	comment(out, "", row->note);
	if (row->needed)
		fprintf(out, "    -- needed%s%s%s\n", condition[0] ? " when " : "", condition,
			needed ? "" : ", which is not so by the answers above");
	fprintf(out, "    -- %s%s%s%s%s\n", row->words ? "one of " : "", row->expected,
		row->example[0] ? ", as \"" : "", row->example, row->example[0] ? "\"" : "");
	comment(out, "when nothing is said: ", row->standing);
	free(condition);
}

/* The roles of the device that a class names: hms.port is two values. */
static size_t members(const struct proforma *proforma, const char *class_name, const char *names[])
{
	static const struct {
		const char *name;
		enum role_kind kind;
	} classes[] = { { "hms", ROLE_HMS }, { "dns", ROLE_DNS }, { "segw", ROLE_SEGW } };
	bool henb = strcmp(proforma_device(proforma), "henb") == 0;
	size_t count, used = 0;
	const struct role *all = roles(&count);

	for (size_t k = 0; k < 3; k++)
		for (size_t i = 0; strcmp(classes[k].name, class_name) == 0 && i < count; i++)
			if (all[i].kind == classes[k].kind && used < 4 &&
			    (all[i].kind == ROLE_SEGW || all[i].device_is_henb == henb))
				names[used++] = all[i].name;
	return used;
}

static void write_value(const struct proforma *proforma, const struct proforma_row *row, FILE *out)
{
	const char *dot = strchr(row->name, '.'), *names[4];
	char *first = memory_text_length(row->name, (size_t)(dot - row->name));
	size_t count = members(proforma, first, names);
	bool needed = row->needed && condition_answered(proforma, &row->condition, 0);

	value_comment(row, needed, out);
	if (needed)
		fprintf(out, "    %-35s \"?\"\n", row->name);
	else if (strcmp(first, "role") == 0)
		fprintf(out, "    --   ROLE%s VALUE\n", dot);
	else if (count == 0)
		fprintf(out, "    --   %s VALUE\n", row->name);
	for (size_t i = 0; !needed && i < count; i++)
		fprintf(out, "    --   %s%s VALUE\n", names[i], dot);
	fputc('\n', out);
	free(first);
}

static void write_limit(const struct proforma_row *row, FILE *out)
{
	double seconds = (double)row->microseconds / 1e6;
	bool clause = strcmp(row->clause, "-") != 0;

	fprintf(out, "    -- %s%s%s\n", row->asks, clause ? ": " : "", clause ? row->clause : "");
	rests(out, row);
	if (row->standing[0])
		fprintf(out, "    --   %s %g s lab\n\n", row->name, seconds);
	else if (row->source == LIMIT_STANDARD)
		fprintf(out, "    %-25s %6g s   standard \"%s\"\n\n", row->name, seconds, row->clause);
	else
		fprintf(out, "    %-25s %6g s   lab\n\n", row->name, seconds);
}

static void write_trigger(const struct proforma_row *row, FILE *out)
{
	bool clause = strcmp(row->clause, "-") != 0;

	fprintf(out, "    -- %s%s%s\n    --   %s command \"...\"\n    %-15s ask \"%s\"\n\n", row->asks,
		clause ? " " : "", clause ? row->clause : "", row->name, row->name, row->asks);
}

static void write_row(const struct proforma *proforma, const struct proforma_row *row, FILE *out)
{
	switch (row->table->kind) {
	case PROFORMA_ICS:
		if (row->status != ICS_EXCLUDED)
			write_item(proforma, row, out);
		break;
	case PROFORMA_IXIT: write_value(proforma, row, out); break;
	case PROFORMA_LIMITS: write_limit(row, out); break;
	case PROFORMA_TRIGGERS: write_trigger(row, out); break;
	}
}

void profile_scaffold(const struct proforma *proforma, FILE *out)
{
	const struct proforma_table *table = NULL;
	const struct proforma_row *row;
	bool henb = strcmp(proforma_device(proforma), "henb") == 0;

	fprintf(out, "-- %s, to be filled in: every \"?\" below, and every answer.\n"
		"-- Then: femtoproof profile check THIS-FILE. scenarios/PROFILES.md tells more.\n"
		"-- m mandatory, o optional, o.N one of those with that N, c by its condition, x excluded.\n\n"
		"profile  \"?\"\ndevice   %s\n"
		"map      %s   -- the shape of its data model: scenarios/maps\n",
		proforma_title(proforma), proforma_device(proforma),
		henb ? "henb-device2" : "hnb-tr262");
	for (size_t i = 0; (row = proforma_row_at(proforma, i)); i++) {
		if (!table || row->table->kind != table->kind)
			fprintf(out, "\n%s\n", sections[row->table->kind]);
		if (row->table != table)
			fprintf(out, "    -- %s %s --\n\n", row->table->number, row->table->title);
		table = row->table;
		write_row(proforma, row, out);
	}
}
