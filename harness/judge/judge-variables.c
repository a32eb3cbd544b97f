/* Variables: what arrows kept, then the caller's, then the profile's. */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/judge-state.h"
#include "protocols/memory.h"

const char *judge_variable(void *context, const char *name)
{
	const struct judge *judge = context;
	const struct judge_environment *environment = &judge->environment;
	const char *value = NULL;

	for (size_t i = 0; i < judge->kept_count; i++)
		if (strcmp(judge->kept[i].name, name) == 0)
			return judge->kept[i].value;
	if (environment->variable)
		value = environment->variable(environment->variable_context, name);
	if (!value && environment->profile)
		value = profile_variable(environment->profile, name);
	return value;
}

void judge_keep(struct judge *judge, const char *name, const char *value)
{
	for (size_t i = 0; i < judge->kept_count; i++) {
		if (strcmp(judge->kept[i].name, name) != 0)
			continue;
		char *copy = memory_text(value);
		free(judge->kept[i].value);
		judge->kept[i].value = copy;
		return;
	}
	judge->kept = memory_resize(judge->kept, judge->kept_count + 1, sizeof(*judge->kept));
	judge->kept[judge->kept_count++] = (struct kept){
		.name = memory_text(name),
		.value = memory_text(value),
	};
}

void judge_inherit(struct judge *judge, const struct judge *earlier)
{
	for (size_t i = 0; i < earlier->kept_count; i++)
		judge_keep(judge, earlier->kept[i].name, earlier->kept[i].value);
}
