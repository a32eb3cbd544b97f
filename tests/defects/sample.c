#include "tests/defects/sample.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/memory.h"
#include "tests/defects/mixture.h"
#include "tests/defects/pool.h"

enum { SCENARIOS_MOST = 1000 };

#define ANYWHERE "discovery-public" /* every device can have it, on every bench */

static int is_scenario(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && strcmp(dot, ".flow") == 0;
}

bool sample_allows(const char *name)
{
	const char *list = pool_environment("SCENARIOS", NULL);
	size_t length = strlen(name);

	if (!strcmp(name, ANYWHERE))
		return true;
	for (const char *at = list; at && (at = strstr(at, name)); at += length)
		if ((at == list || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
			return true;
	return !list;
}

static bool is_taken(const struct sample *sample, const struct dirent *entry, size_t place)
{
	char *name = memory_text(entry->d_name);
	bool taken;

	*strrchr(name, '.') = '\0';
	if (pool_environment("SCENARIOS", NULL))
		taken = sample_allows(name);
	else
		taken = mixture_choice(sample->seed, sample->number * SCENARIOS_MOST + place,
				       sample->every) == 0 ||
			(sample->wanted && sample->wanted(sample->context, name));
	free(name);
	return taken;
}

char *sample_scenarios(const struct sample *sample)
{
	char *folder = memory_format("%s/%s", pool_environment("FEMTOPROOF_DATA", "scenarios"),
				     sample->device);
	struct dirent **entries = NULL;
	bool some = sample->every || pool_environment("SCENARIOS", NULL);
	int count = some ? scandir(folder, &entries, is_scenario, alphasort) : 0;
	struct buffer text = { 0 };

	for (int i = 0; i < count; i++) {
		if (is_taken(sample, entries[i], (size_t)i))
			buffer_format(&text, " %s/%s", sample->device, entries[i]->d_name);
	}
	if (pool_environment("SCENARIOS", NULL) && !strstr(buffer_text(&text), ANYWHERE))
		buffer_format(&text, " %s/" ANYWHERE ".flow", sample->device);
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
	free(folder);
	if (text.length == 0)
		buffer_add_text(&text, sample->device);
	char *taken = memory_text(buffer_text(&text));

	buffer_free(&text);
	return taken;
}
