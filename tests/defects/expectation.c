#include "tests/defects/expectation.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

enum { DEFECT, SCENARIO, VERDICT, FINDING, PLACE_HENB, PLACE_HNB, WORDS, HENB, HNB };

static char *trimmed(char *text)
{
	text += strspn(text, " \t\n");
	for (size_t length = strlen(text); length > 0 && strchr(" \t\n", text[length - 1]);)
		text[--length] = '\0';
	return text;
}

static void replace(char *text, size_t size, const char *old, const char *new)
{
	char *at = strstr(text, old);
	char rest[160];

	if (!at)
		return;
	snprintf(rest, sizeof(rest), "%s", at + strlen(old));
	snprintf(at, size - (size_t)(at - text), "%s%s", new, rest);
}

/* A place in the words of the HNB. */
static void to_hnb(char *text, size_t size)
{
	replace(text, size, "henb", "hnb");
	replace(text, size, "-hems", "-hms");
	replace(text, size, "public-dns", "outer-dns");
	replace(text, size, "private-dns", "inner-dns");
}

static bool take_row(struct expectation *row, char *line, const char *device)
{
	char *field[EXPECTATION_FIELDS];
	size_t count = 0;
	bool hnb = strcmp(device, "hnb") == 0;

	row->line = line;
	for (char *at = line; at && count < EXPECTATION_FIELDS; count++) {
		char *next = strstr(at, " | ");

		if (next)
			*next = '\0';
		field[count] = trimmed(at);
		at = next ? next + 2 : NULL; /* its blank may also begin the next: "| |" */
	}
	if (count < EXPECTATION_FIELDS)
		return false;
	row->defect = field[DEFECT];
	row->scenario = field[SCENARIO];
	row->verdict = field[VERDICT];
	row->finding = field[FINDING];
	row->words = field[WORDS];
	row->statement = field[hnb ? HNB : HENB];
	if (strcmp(row->statement, "-") == 0)
		row->statement = NULL;
	row->foreign = !row->statement && strcmp(field[hnb ? HENB : HNB], "-") != 0;
	bool own = hnb && strcmp(field[PLACE_HNB], "=") != 0;
	snprintf(row->place, sizeof(row->place), "%s", field[own ? PLACE_HNB : PLACE_HENB]);
	if (hnb && !own)
		to_hnb(row->place, sizeof(row->place));
	return true;
}

/* Adds the rows of one table; false when it cannot be read, and why is printed. */
static bool read_table(struct expectations *expectations, const char *path, const char *device)
{
	FILE *file = fopen(path, "r");
	char line[512];
	bool good = file != NULL;

	while (good && fgets(line, sizeof(line), file)) {
		char *text = trimmed(line);

		if (*text == '\0' || strncmp(text, "--", 2) == 0)
			continue;
		expectations->list = memory_resize(expectations->list, expectations->count + 1,
						   sizeof(*expectations->list));
		good = take_row(&expectations->list[expectations->count++], memory_text(text),
				device);
		if (!good)
			printf("Bail out! a row of %s has too few fields: %s\n", path, text);
	}
	if (!file)
		printf("Bail out! %s cannot be read\n", path);
	else
		fclose(file);
	return good;
}

static int is_table(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && strcmp(dot, ".table") == 0;
}

bool expectations_read(struct expectations *expectations, const char *folder, const char *device)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_table, alphasort);
	bool good = count > 0;

	*expectations = (struct expectations){ 0 };
	if (!good)
		printf("Bail out! no table in %s\n", folder);
	for (int i = 0; i < count; i++) {
		char *path = memory_format("%s/%s", folder, entries[i]->d_name);

		good = good && read_table(expectations, path, device);
		free(path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return good;
}

void expectations_clear(struct expectations *expectations)
{
	for (size_t i = 0; i < expectations->count; i++)
		free(expectations->list[i].line);
	free(expectations->list);
}

const struct expectation *expectation_find(const struct expectations *expectations,
					   const char *defect, const char *scenario)
{
	for (size_t i = 0; i < expectations->count; i++) {
		const struct expectation *row = &expectations->list[i];

		if (!row->foreign && strcmp(row->defect, defect) == 0 &&
		    strcmp(row->scenario, scenario) == 0)
			return row;
	}
	return NULL;
}

size_t expectation_statement(const char **at)
{
	*at += *at ? strspn(*at, ", ") : 0;
	return *at ? strcspn(*at, ", ") : 0;
}

bool expectation_about(const struct expectation *row, const char *statement, size_t length)
{
	const char *at = row->statement;

	for (size_t own; (own = expectation_statement(&at)); at += own)
		if (own == length && strncmp(at, statement, length) == 0)
			return true;
	return false;
}

bool exclusions_read(struct exclusions *exclusions, const char *file)
{
	FILE *stream = fopen(file, "r");
	char line[512];

	*exclusions = (struct exclusions){ 0 };
	while (stream && fgets(line, sizeof(line), stream)) {
		char *text = trimmed(line);

		if (*text == '\0' || strncmp(text, "--", 2) == 0)
			continue;
		exclusions->list = memory_resize(exclusions->list, exclusions->count + 1,
						 sizeof(*exclusions->list));
		exclusions->list[exclusions->count++] = memory_text(text);
	}
	if (!stream)
		printf("Bail out! %s cannot be read\n", file);
	else
		fclose(stream);
	return stream != NULL;
}

void exclusions_clear(struct exclusions *exclusions)
{
	for (size_t i = 0; i < exclusions->count; i++)
		free(exclusions->list[i]);
	free(exclusions->list);
}

bool exclusion_find(const struct exclusions *exclusions, const char *defect, const char *variant)
{
	char *start = memory_format("%s | %s | ", defect, variant);
	bool found = false;

	for (size_t i = 0; i < exclusions->count; i++)
		found |= strncmp(exclusions->list[i], start, strlen(start)) == 0;
	free(start);
	return found;
}
