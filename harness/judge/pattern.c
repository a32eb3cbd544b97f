#include "harness/judge/pattern.h"

#include <string.h>

#include "harness/chart/roles.h"

/* The classes of roles that a rule's pattern can name. */
static const struct {
	const char *name;
	enum role_kind kind;
} classes[] = {
	{ "device", ROLE_DEVICE },
	{ "dns", ROLE_DNS },
	{ "hms", ROLE_HMS },
	{ "segw", ROLE_SEGW },
	{ "any-mme", ROLE_MME },
	{ "any-hnb-gw", ROLE_HNB_GW },
};

static struct pattern_end read_end(const char *text)
{
	struct pattern_end end = { .name = text, .kind = -1, .any = strcmp(text, "*") == 0 };

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strcmp(text, classes[i].name) == 0)
			end.kind = (int)classes[i].kind;
	return end;
}

struct pattern pattern_read(const struct arrow *arrow)
{
	return (struct pattern){
		.message = strcmp(arrow->message, "*") == 0 ? NULL : arrow->message,
		.from = read_end(arrow->from),
		.to = read_end(arrow->to),
	};
}

static bool end_fits(const struct pattern_end *end, const char *name, int kind)
{
	if (end->any || (end->kind >= 0 && end->kind == kind))
		return true;
	return end->name[0] == name[0] && strcmp(end->name, name) == 0;
}

static int kind_of(const char *name)
{
	const struct role *role = role_find(name);

	return role ? (int)role->kind : -2;
}

struct pattern_message pattern_about(const struct message *message)
{
	return (struct pattern_message){ message, kind_of(message->from), kind_of(message->to) };
}

bool pattern_holds(const struct pattern *pattern, const struct pattern_message *about)
{
	const char *name = about->message->name;

	if (pattern->message &&
	    (pattern->message[0] != name[0] || strcmp(pattern->message, name) != 0))
		return false;
	return end_fits(&pattern->from, about->message->from, about->from) &&
	       end_fits(&pattern->to, about->message->to, about->to);
}

bool pattern_fits(const struct arrow *arrow, const struct message *message)
{
	const struct pattern pattern = pattern_read(arrow);
	const struct pattern_message about = pattern_about(message);

	return pattern_holds(&pattern, &about);
}
