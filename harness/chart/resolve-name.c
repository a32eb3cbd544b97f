/* Names of parameters with variables in them: SupportedAlarm.{$row}.ReportingMechanism. */
#include <stdlib.h>
#include <string.h>

#include "harness/chart/resolve.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"

struct hole { /* {$variable} in a name: where it begins, and what its variable is called */
	const char *at, *variable;
	size_t variable_length, length;
};

/* The next hole of the name; false when there is none. */
static bool next_hole(const char *name, struct hole *hole)
{
	hole->at = strstr(name, "{$");
	if (!hole->at)
		return false;
	hole->variable = hole->at + 2;
	hole->variable_length = strcspn(hole->variable, "}");
	hole->length = hole->variable_length + 3;
	return true;
}

static struct place place_of(const struct setting *setting, const struct hole *hole)
{
	struct place at = setting->at;

	at.column += (int)(hole->at - setting->name) + 1;
	at.end_column = at.column + (int)hole->variable_length + 1;
	return at;
}

static bool variables_known(struct resolver *resolver, const struct frame *frame,
			    const struct setting *setting)
{
	struct hole hole;
	bool known = true;

	for (const char *at = setting->name; next_hole(at, &hole); at = hole.at + hole.length) {
		char *name = memory_text_length(hole.variable, hole.variable_length);
		struct place place = place_of(setting, &hole);

		if (!resolve_variable(resolver, frame, name)) {
			resolve_unknown_variable(resolver, frame, &place, name);
			known = false;
		}
		free(name);
	}
	return known;
}

/* The name as an expression: concat('SupportedAlarm.', $row, '.ReportingMechanism'). A name has no
 * quotes in it. */
static char *as_expression(struct resolver *resolver, const char *name)
{
	struct buffer text = { 0 };
	struct hole hole;

	buffer_add_text(&text, "concat(''");
	for (; next_hole(name, &hole); name = hole.at + hole.length)
		buffer_format(&text, ", '%.*s', $%.*s", (int)(hole.at - name), name,
			      (int)hole.variable_length, hole.variable);
	buffer_format(&text, ", '%s')", name);
	char *expression = store_text(resolver->store, buffer_text(&text));

	buffer_free(&text);
	return expression;
}

/* With the first instance in each hole it has to be a parameter. */
static char *as_instance(struct resolver *resolver, const char *name)
{
	struct buffer text = { 0 };
	struct hole hole;

	for (; next_hole(name, &hole); name = hole.at + hole.length)
		buffer_format(&text, "%.*s1", (int)(hole.at - name), name);
	buffer_add_text(&text, name);
	char *instance = store_text(resolver->store, buffer_text(&text));

	buffer_free(&text);
	return instance;
}

void resolve_setting_name(struct resolver *resolver, const struct frame *frame,
			  struct setting *setting)
{
	struct hole hole;

	if (!next_hole(setting->name, &hole)) {
		resolve_parameter(resolver, setting->name, &setting->at);
		return;
	}
	if (!resolve_parameter(resolver, as_instance(resolver, setting->name), &setting->at) ||
	    !variables_known(resolver, frame, setting))
		return;
	setting->name_value = store_expression(
		resolver->store, as_expression(resolver, setting->name), &setting->at);
	resolve_expression(resolver, frame, setting->name_value);
}
