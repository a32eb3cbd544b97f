/* Fuzz target: the line-oriented files. The first octet chooses: 'm' a data model map, 's' a
 * catalogue of statements, anything else a profile. No other file is read. */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/data-model-map.h"
#include "harness/judge/profile.h"
#include "harness/judge/statements.h"

int LLVMFuzzerTestOneInput(const unsigned char *octets, size_t length);

/* Every entry must be found again by its own path and name, and its default be lawful. */
static void use_map(const struct data_model_map *map)
{
	const struct map_entry *entry;

	for (size_t i = 0; (entry = map_at(map, i)); i++) {
		if (map_entry_of(map, entry->path) != entry)
			abort();
		char *path = entry->name ? map_path(map, entry->name) : NULL;
		if (entry->name && (!path || map_entry_of(map, path) != entry))
			abort();
		free(path);
		if (entry->type != TYPE_OBJECT && map_value_wrong(entry, entry->value))
			abort();
	}
}

static void use_profile(const struct profile *profile)
{
	struct vocabulary vocabulary = { 0 };
	const char *name;

	for (size_t i = 0; (name = profile_variable_at(profile, i)); i++) {
		if (!profile_variable(profile, name))
			abort();
	}
	profile_names(profile, &vocabulary);
	vocabulary_clear(&vocabulary);
}

static void use_statements(const struct statements *statements)
{
	for (size_t i = 0; i < statements_count(statements); i++) {
		const struct statement *statement = statements_at(statements, i);
		if (statements_find(statements, statement->id) != statement)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *octets, size_t length)
{
	struct diagnostics diagnostics = { 0 };
	const char *text = (const char *)octets;
	char kind = length > 0 ? text[0] : 0;

	if (kind == 'm') {
		struct data_model_map *map = map_parse(text + 1, length - 1, "fuzz.map", NULL,
						       &diagnostics);
		if (map)
			use_map(map);
		map_free(map);
	} else if (kind == 's') {
		struct statements *statements =
			statements_parse(text + 1, length - 1, "fuzz.statements", &diagnostics);
		if (statements)
			use_statements(statements);
		statements_free(statements);
	} else {
		struct profile *profile = profile_parse(text, length, "fuzz.profile", &diagnostics);
		if (profile)
			use_profile(profile);
		profile_free(profile);
	}
	diagnostics_clear(&diagnostics);
	return 0;
}
