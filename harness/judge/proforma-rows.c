/* What a proforma says of one name. */
#include <stdlib.h>
#include <string.h>

#include "harness/chart/roles.h"
#include "harness/judge/proforma-parts.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"

const char *proforma_title(const struct proforma *proforma)
{
	return proforma->title;
}

const char *proforma_device(const struct proforma *proforma)
{
	return proforma->device;
}

const struct proforma_row *proforma_row_at(const struct proforma *proforma, size_t index)
{
	return index < proforma->row_count ? proforma->rows[index] : NULL;
}

/* "hms.port" of a row is that of serving-hms, "role.port" that of any role. */
static bool fits_class(const char *row, const char *name)
{
	static const struct {
		const char *name;
		unsigned kinds;
	} classes[] = { { "hms", ROLE_BIT(ROLE_HMS) }, { "dns", ROLE_BIT(ROLE_DNS) },
			{ "segw", ROLE_BIT(ROLE_SEGW) }, { "role", ~0u } };
	size_t length = strcspn(row, "."), given = strcspn(name, ".");

	if (strcmp(row + length, name + given) != 0)
		return false;
	char *who = memory_text_length(name, given);
	const struct role *role = role_find(who);

	free(who);
	for (size_t i = 0; role && i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strlen(classes[i].name) == length &&
		    strncmp(classes[i].name, row, length) == 0 &&
		    (classes[i].kinds & ROLE_BIT(role->kind)))
			return true;
	return false;
}

const struct proforma_row *proforma_row(const struct proforma *proforma, enum proforma_kind kind,
					const char *name)
{
	const struct proforma_row *of_class = NULL;

	for (size_t i = 0; i < proforma->row_count; i++) {
		const struct proforma_row *row = proforma->rows[i];

		if (row->table->kind != kind)
			continue;
		if (strcmp(row->name, name) == 0)
			return row;
		if (kind == PROFORMA_IXIT && !of_class && fits_class(row->name, name))
			of_class = row;
	}
	return of_class;
}

enum ics_status proforma_status(const struct proforma_row *row, const struct profile *profile)
{
	if (row->status != ICS_CONDITIONAL)
		return row->status;
	return condition_holds(&row->condition, profile) ? row->then : row->otherwise;
}

static bool said_yes(const struct profile *profile, const char *item)
{
	const struct ics_item *answer = profile_ics(profile, item);

	return answer && answer->supported;
}

/* Of a group none is answered yes, and the row is its first. */
static bool group_declined(const struct proforma *proforma, const struct proforma_row *row,
			   const struct profile *profile)
{
	bool first = true;

	for (size_t i = 0; i < proforma->row_count; i++) {
		const struct proforma_row *each = proforma->rows[i];

		if (each->choice != row->choice || each->table->kind != PROFORMA_ICS)
			continue;
		if ((first && each != row) || said_yes(profile, each->name))
			return false;
		first = false;
	}
	return true;
}

bool proforma_declined(const struct proforma *proforma, const struct proforma_row *row,
		       const struct profile *profile)
{
	if (row->choice)
		return group_declined(proforma, row, profile);
	return proforma_status(row, profile) == ICS_MANDATORY && !said_yes(profile, row->name);
}

char *proforma_status_text(const struct proforma_row *row)
{
	if (row->choice)
		return memory_format("o.%d", row->choice);
	if (row->status != ICS_CONDITIONAL)
		return memory_text(ics_status_letter(row->status));
	char *condition = condition_text(&row->condition);
	char *text = memory_format("c: %s when %s, else %s", ics_status_letter(row->then), condition,
				   ics_status_letter(row->otherwise));
	free(condition);
	return text;
}

/* Does the last part of the name speak of something secret: password, connection-request-password? */
static bool sounds_secret(const char *name)
{
	static const char *const words[] = { "password", "secret", "passphrase", "psk", "token",
					     "private-key", "usim-k", "usim-opc" };
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t size = strlen(words[i]);

		if (length > size && strcmp(name + length - size, words[i]) == 0 &&
		    strchr(".-", name[length - size - 1]))
			return true;
	}
	return false;
}

bool proforma_secret(const struct proforma *proforma, const char *name)
{
	const struct proforma_row *row =
		proforma ? proforma_row(proforma, PROFORMA_IXIT, name) : NULL;

	return sounds_secret(name) || (row && row->kind && row->kind->secret);
}
