#include "protocols/cwmp-asked.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/limits.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

#define KEY_MOST 32 /* characters of a ParameterKey (TR-069 A.3.2.1) */

void cwmp_asked_clear(struct cwmp_asked *asked)
{
	for (size_t i = 0; i < asked->count; i++)
		free(asked->names[i]);
	free(asked->names);
	free(asked->twice);
	free(asked->key);
	free(asked->url);
	*asked = (struct cwmp_asked){0};
}

static void add_name(struct cwmp_asked *asked, char *name)
{
	size_t length = strlen(name) + 1;

	asked->too_many |= strchr(name, '[') != NULL;
	if (asked->too_many || asked->count == LIMIT_ASKED_NAMES ||
	    asked->octets + length > LIMIT_ASKED_OCTETS) {
		asked->too_many = true;
		free(name);
		return;
	}
	if ((asked->count & (asked->count - 1)) == 0)
		asked->names = memory_resize(asked->names, asked->count ? 2 * asked->count : 1,
					     sizeof(*asked->names));
	asked->octets += length;
	asked->names[asked->count++] = name;
}

static bool is_partial(const char *name)
{
	return !*name || name[strlen(name) - 1] == '.';
}

static int by_text(const void *first, const void *second)
{
	return strcmp(*(char *const *)first, *(char *const *)second);
}

static void sort(struct cwmp_asked *asked)
{
	if (asked->count > 1)
		qsort(asked->names, asked->count, sizeof(*asked->names), by_text);
	for (size_t i = 0; i < asked->count; i++) {
		if (!is_partial(asked->names[i]))
			continue;
		if (asked->partial_count < LIMIT_ASKED_PATHS)
			asked->partial[asked->partial_count++] = (uint16_t)i;
		else
			asked->too_many = true;
	}
	for (size_t i = 1; i < asked->count && !asked->twice; i++)
		if (!strcmp(asked->names[i - 1], asked->names[i]))
			asked->twice = memory_text(asked->names[i]);
}

static bool ends(const char *name, const char *tail)
{
	size_t length = strlen(name), size = strlen(tail);

	return length >= size && !strcmp(name + length - size, tail);
}

enum cwmp_usage cwmp_usage_said(const char *name, const xmlNode *parameter)
{
	char *value = ends(name, "IpsecUsageIndicator") ? xml_child_text(parameter, "Value") : NULL;
	enum cwmp_usage usage = USAGE_UNTOLD;

	if (value)
		usage = !strcmp(value, "0") || !strcmp(value, "false") ? USAGE_OFF : USAGE_ON;
	free(value);
	return usage;
}

/* What a write changes beside the parameter itself. */
static void note_write(struct cwmp_asked *asked, const char *name, const xmlNode *entry)
{
	enum cwmp_usage usage = cwmp_usage_said(name, entry);
	char *value;

	if (usage != USAGE_UNTOLD)
		asked->usage = usage;
	if (!strstr(name, ".ManagementServer."))
		return;
	asked->periodic |= strstr(name, ".ManagementServer.PeriodicInform") != NULL;
	value = xml_child_text(entry, "Value");
	if (value && ends(name, ".ManagementServer.URL")) {
		free(asked->url);
		asked->url = value;
		return;
	}
	if (value && ends(name, ".PeriodicInformInterval") && strlen(value) < 12)
		asked->interval = strtoll(value, NULL, 10);
	free(value);
}

static void keep_names(struct cwmp_asked *asked, const xmlNode *list)
{
	for (const xmlNode *at = xml_child(list, NULL); at; at = xml_next(at, NULL))
		add_name(asked, xml_text(at));
}

static void keep_writes(struct cwmp_asked *asked, const xmlNode *list)
{
	for (const xmlNode *at = xml_child(list, NULL); at; at = xml_next(at, NULL)) {
		char *name = xml_child_text(at, "Name");

		if (!name)
			continue;
		note_write(asked, name, at);
		add_name(asked, name);
	}
}

/* "cwmp:ParameterValueStruct[2]", and two are there? */
static bool count_is_right(const xmlNode *list)
{
	char *type = xml_attribute(list, "arrayType"), *end = NULL;
	const char *bracket = type ? strrchr(type, '[') : NULL;
	unsigned long said = bracket ? strtoul(bracket + 1, &end, 10) : 0, count = 0;
	bool right;

	for (const xmlNode *at = xml_child(list, NULL); at; at = xml_next(at, NULL))
		count++;
	right = bracket && end && *end == ']' && said == count && count > 0;
	free(type);
	return right;
}

/* A SetParameterValues that is wrong beside what its parameters are. */
static bool is_malformed(const xmlNode *request)
{
	const xmlNode *list = xml_child(request, "ParameterList"), *at;
	char *key = xml_child_text(request, "ParameterKey");
	bool wrong = !list || !count_is_right(list) || !key || strlen(key) > KEY_MOST;

	for (at = xml_child(list, NULL); at; at = xml_next(at, NULL))
		wrong |= !xml_child(at, "Name") || !xml_child(at, "Value");
	free(key);
	return wrong;
}

static char *keep_key(const xmlNode *request)
{
	char *key = xml_child_text(request, "ParameterKey");

	if (!key)
		key = xml_child_text(request, "CommandKey");
	if (key && strlen(key) > LIMIT_SESSION_ID)
		key[LIMIT_SESSION_ID] = '\0';
	return key;
}

void cwmp_asked_set(struct cwmp_asked *asked, const struct message *request)
{
	const xmlNode *body = request->body;
	char *text;

	cwmp_asked_clear(asked);
	asked->key = keep_key(body);
	if (!strcmp(request->name, "GetParameterValues") ||
	    !strcmp(request->name, "GetParameterAttributes")) {
		keep_names(asked, xml_child(body, "ParameterNames"));
	} else if (!strcmp(request->name, "GetParameterNames")) {
		asked->is_path = true;
		text = xml_child_text(body, "ParameterPath");
		add_name(asked, text ? text : memory_text(""));
		text = xml_child_text(body, "NextLevel");
		asked->next_level = text && (!strcmp(text, "1") || !strcmp(text, "true"));
		free(text);
	} else if (!strcmp(request->name, "SetParameterValues")) {
		keep_writes(asked, xml_child(body, "ParameterList"));
		asked->malformed = is_malformed(body);
	} else {
		text = xml_child_text(body, "DelaySeconds");
		asked->delayed = text && *text && strspn(text, "0") != strlen(text);
		free(text);
		text = xml_child_text(body, "FileType");
		asked->configuration = text && text[0] == '3';
		free(text);
	}
	sort(asked);
}

/* Does GetParameterNames with that path name it? With NextLevel what stands directly below, else
 * the path itself and all below it (A.3.2.3). */
static bool path_covers(const struct cwmp_asked *asked, const char *name)
{
	const char *path = asked->names[0], *dot;
	size_t length = strlen(path);

	if (!is_partial(path))
		return !strcmp(path, name);
	if (strncmp(name, path, length))
		return false;
	if (!asked->next_level)
		return true;
	dot = strchr(name + length, '.');
	return name[length] && (!dot || !dot[1]);
}

/* By its full name (then its index is put in *full) or by a partial path above it. */
static bool is_covered(const struct cwmp_asked *asked, const char *name, size_t *full)
{
	char *const *found = bsearch(&name, asked->names, asked->count, sizeof(*asked->names),
				     by_text);

	if (found) {
		*full = (size_t)(found - asked->names);
		while (*full && !strcmp(asked->names[*full - 1], name))
			--*full;
		return true;
	}
	if (asked->is_path)
		return path_covers(asked, name);
	for (size_t i = 0; i < asked->partial_count; i++) {
		const char *path = asked->names[asked->partial[i]];

		if (!strncmp(name, path, strlen(path)))
			return true;
	}
	return false;
}

static void describe_list(const struct cwmp_asked *asked, const xmlNode *list, xmlNode *facet)
{
	bool *seen = memory_new(asked->count * sizeof(*seen) + 1), extra = false;

	for (const xmlNode *at = xml_child(list, NULL); at; at = xml_next(at, NULL)) {
		const xmlNode *node = xml_child(at, "Name");
		const char *plain = xml_plain_text(node ? node : at);
		char *text = plain ? NULL : xml_text(node ? node : at);
		const char *name = plain ? plain : text;
		size_t full = asked->count;
		/* The path itself is not one of those directly below it. */
		bool covered = is_covered(asked, name, &full) &&
			       !(asked->next_level && full < asked->count && is_partial(name));

		if (full < asked->count)
			seen[full] = true;
		if (!covered && !extra)
			message_attribute(facet, "extra", "%.256s", name);
		extra |= !covered;
		free(text);
	}
	for (size_t i = 0; i < asked->count; i++) {
		if (seen[i] || is_partial(asked->names[i]) ||
		    (i && !strcmp(asked->names[i - 1], asked->names[i])))
			continue;
		message_attribute(facet, "missing", "%.256s", asked->names[i]);
		break;
	}
	free(seen);
}

/* The bad parameters of a SetParameterValues that a Fault names and that were not written. */
static void describe_fault(const struct cwmp_asked *asked, const xmlNode *fault, xmlNode *facet)
{
	const xmlNode *at = xml_child(fault, "SetParameterValuesFault");

	for (; at; at = xml_next(at, "SetParameterValuesFault")) {
		char *name = xml_child_text(at, "ParameterName");
		bool known = name && bsearch(&name, asked->names, asked->count,
					     sizeof(*asked->names), by_text);

		if (!known && name)
			message_attribute(facet, "extra", "%.256s", name);
		free(name);
		if (!known)
			return;
	}
}

void cwmp_asked_describe(const struct cwmp_asked *asked, const struct message *answer,
			 xmlNode *facet)
{
	const xmlNode *list = xml_child(answer->body, "ParameterList");

	if (asked->twice)
		message_attribute(facet, "twice", "%.256s", asked->twice);
	if (asked->malformed)
		message_attribute(facet, "malformed", "true");
	if (asked->delayed)
		message_attribute(facet, "delayed", "true");
	if (!asked->count || asked->too_many)
		return;
	if (!strcmp(answer->name, "Fault"))
		describe_fault(asked, answer->body, facet);
	else if (list)
		describe_list(asked, list, facet);
}
