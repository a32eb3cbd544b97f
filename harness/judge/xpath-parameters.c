/* parameter(name), has-parameter(name), path(name), forced-missing(). */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/data-model-map.h"
#include "harness/judge/xpath-arguments.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

static const struct data_model_map *map_in(const struct evaluation *evaluation)
{
	return evaluation->profile ? profile_map(evaluation->profile) : NULL;
}

static const struct data_model_map *map_of(xmlXPathParserContext *ctxt)
{
	return map_in(xpath_evaluation(ctxt));
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Is name an instance of the pattern, where {i} stands for a number? */
static bool instance_of(const char *name, const char *pattern)
{
	while (*pattern) {
		if (strncmp(pattern, "{i}", 3) == 0) {
			if (!digit(*name))
				return false;
			while (digit(*name))
				name++;
			pattern += 3;
		} else if (*name++ != *pattern++) {
			return false;
		}
	}
	return *name == '\0';
}

/* The same, from any dot of the name on: the pattern without its root. */
static bool tail_of(const char *name, const char *pattern)
{
	for (const char *dot = name; dot; dot = strchr(dot, '.')) {
		dot += *dot == '.';
		if (instance_of(dot, pattern))
			return true;
	}
	return false;
}

static const char *rootless(const struct data_model_map *map, const char *path)
{
	const char *root = map ? map_root(map) : NULL;

	if (root && strncmp(path, root, strlen(root)) == 0)
		return path + strlen(root);
	return path;
}

/* Entries of a ParameterList (values, attributes, infos) and of ParameterNames. */
static xmlNode *first_entry(const struct message *message)
{
	if (!message)
		return NULL;
	xmlNode *list = xml_child(message->body, "ParameterList");

	if (!list)
		list = xml_child(message->body, "ParameterNames");
	return list ? xml_child(list, NULL) : NULL;
}

static const xmlNode *name_node(const xmlNode *entry)
{
	const xmlNode *name = xml_child(entry, "Name");

	return name ? name : entry;
}

static char *entry_name(const xmlNode *entry)
{
	return xml_text(name_node(entry));
}

typedef bool (*name_fits)(const char *name, const char *pattern);

static bool same(const char *name, const char *pattern)
{
	return strcmp(name, pattern) == 0;
}

static xmlNode *search(const struct message *message, name_fits fits, const char *pattern)
{
	for (xmlNode *entry = first_entry(message); entry; entry = xml_next(entry, NULL)) {
		const xmlNode *node = name_node(entry);
		const char *plain = xml_plain_text(node);
		char *name = plain ? NULL : xml_text(node);
		bool found = fits(plain ? plain : name, pattern);

		free(name);
		if (found)
			return entry;
	}
	return NULL;
}

/* By full path first; then by a short name's path below any root and of any instance, as a
 * device may use another root or instance number than the profile's map; a name that the map
 * does not know as the end of a path. */
static xmlNode *find_parameter(const struct evaluation *evaluation, const char *name)
{
	const struct message *message = evaluation->message;
	const struct data_model_map *map = map_in(evaluation);
	char *path = map ? map_path(map, name) : NULL;
	xmlNode *entry = search(message, same, path ? path : name);
	bool is_full = path && strcmp(path, name) == 0;

	if (!entry && !is_full) {
		const struct map_entry *known = map ? map_find(map, name) : NULL;

		entry = search(message, tail_of,
			       rootless(map, known ? known->path : path ? path : name));
	}
	free(path);
	return entry;
}

/* Several rules ask about the same parameter, one after the other. */
xmlNode *xpath_find_parameter(struct evaluation *evaluation, const char *name)
{
	struct evaluation_parameter *last = &evaluation->parameter;

	if (!last->known || strcmp(last->name, name) != 0) {
		last->entry = find_parameter(evaluation, name);
		last->known = strlen(name) < sizeof(last->name);
		memory_place(last->name, sizeof(last->name), name);
	}
	return last->entry;
}

void xpath_parameter(xmlXPathParserContext *ctxt, int nargs)
{
	xmlChar *name[1];

	if (xpath_arguments(ctxt, nargs, 1, 1, name) < 0)
		return;
	xmlNode *entry = xpath_find_parameter(xpath_evaluation(ctxt), (const char *)name[0]);
	char *value = entry ? xml_child_text(entry, "Value") : NULL;

	xpath_give_text(ctxt, value ? value : "");
	free(value);
	xpath_arguments_free(name, 1);
}

void xpath_has_parameter(xmlXPathParserContext *ctxt, int nargs)
{
	xmlChar *name[1];

	if (xpath_arguments(ctxt, nargs, 1, 1, name) < 0)
		return;
	xpath_give_truth(ctxt, xpath_find_parameter(xpath_evaluation(ctxt),
						    (const char *)name[0]) != NULL);
	xpath_arguments_free(name, 1);
}

void xpath_path(xmlXPathParserContext *ctxt, int nargs)
{
	const struct data_model_map *map = map_of(ctxt);
	xmlChar *name[1];

	if (xpath_arguments(ctxt, nargs, 1, 1, name) < 0)
		return;
	char *path = map ? map_path(map, (const char *)name[0]) : NULL;

	if (path)
		xpath_give_text(ctxt, path);
	else
		xpath_cannot(ctxt, "the data model map %s has no parameter '%.80s'",
			     map ? map_name(map) : "(none)", (const char *)name[0]);
	free(path);
	xpath_arguments_free(name, 1);
}

/* The root object of the Inform's parameters: "Device.", new memory; empty when it has none. */
static char *root_of(const struct message *inform)
{
	xmlNode *entry = first_entry(inform);
	char *name = entry ? entry_name(entry) : memory_text("");

	name[strcspn(name, ".")] = '\0';
	char *root = *name ? memory_format("%s.", name) : memory_text("");

	free(name);
	return root;
}

static bool ends_with(const char *name, const char *tail)
{
	size_t length = strlen(name), wanted = strlen(tail);

	return length >= wanted && strcmp(name + length - wanted, tail) == 0;
}

static bool holds(const char *name, const char *part)
{
	return strstr(name, part) != NULL;
}

enum forced_when { OF_IGD = 1, OF_DEVICE_1 = 2, OF_DEVICE_2 = 4, OF_FAP = 8 };

/* What every version of a data model forces into an Inform: for a device whose own model nobody has
 * described. What later versions brought (DeviceSummary, RootDataModelVersion) is left out. */
static const struct {
	int when;
	const char *tail;
} forced_anywhere[] = {
	{ OF_IGD, ".DeviceInfo.SpecVersion" },
	{ OF_IGD | OF_DEVICE_1 | OF_DEVICE_2, ".DeviceInfo.HardwareVersion" },
	{ OF_IGD | OF_DEVICE_1 | OF_DEVICE_2, ".DeviceInfo.SoftwareVersion" },
	{ OF_IGD | OF_DEVICE_2, ".DeviceInfo.ProvisioningCode" },
	{ OF_IGD | OF_DEVICE_1 | OF_DEVICE_2, ".ManagementServer.ParameterKey" },
	{ OF_IGD | OF_DEVICE_1 | OF_DEVICE_2, ".ManagementServer.ConnectionRequestURL" },
	{ OF_FAP, ".OpState" },
	{ OF_FAP, ".RFTxStatus" },
};

static int model_of(const struct message *inform, const char *root)
{
	int model = strcmp(root, "InternetGatewayDevice.") == 0 ? OF_IGD
		    : strcmp(root, "Device.") != 0		? 0
		    : search(inform, ends_with, ".DeviceSummary") ? OF_DEVICE_1
								  : OF_DEVICE_2;

	return search(inform, holds, ".FAPService.") ? model | OF_FAP : model;
}

static void missing_anywhere(const struct message *inform, const char *root,
			     struct buffer *missing)
{
	int model = model_of(inform, root);

	for (size_t i = 0; i < sizeof(forced_anywhere) / sizeof(forced_anywhere[0]); i++)
		if ((forced_anywhere[i].when & model) &&
		    !search(inform, ends_with, forced_anywhere[i].tail))
			buffer_format(missing, "%s%s", missing->length > 0 ? " " : "",
				      forced_anywhere[i].tail + 1);
}

static void missing_by_map(const struct message *inform, const struct data_model_map *map,
			   struct buffer *missing)
{
	const struct map_entry *entry;

	for (size_t i = 0; (entry = map_at(map, i)); i++) {
		if (!entry->forced || search(inform, instance_of, entry->path))
			continue;
		buffer_format(missing, "%s%s", missing->length > 0 ? " " : "",
			      entry->name ? entry->name : entry->path);
	}
}

/* The parameters that every Inform has to hold (forcedInform of the data model) and this one
 * does not: their short names, blank-separated. When the profile is not this device's, or its map
 * has another root than the Inform, the list is the one that holds for any model of that root. */
bool xpath_find_missing(const struct evaluation *evaluation, struct buffer *missing)
{
	const struct data_model_map *map = map_in(evaluation);

	if (!map)
		return false;
	char *root = root_of(evaluation->message);

	if (*root && (profile_variable(evaluation->profile, "device.stand-in") ||
		      strcmp(root, map_root(map)) != 0))
		missing_anywhere(evaluation->message, root, missing);
	else
		missing_by_map(evaluation->message, map, missing);
	free(root);
	return true;
}

void xpath_forced_missing(xmlXPathParserContext *ctxt, int nargs)
{
	struct buffer missing = { 0 };

	if (xpath_arguments(ctxt, nargs, 0, 0, NULL) < 0)
		return;
	if (xpath_find_missing(xpath_evaluation(ctxt), &missing))
		xpath_give_text(ctxt, buffer_text(&missing));
	else
		xpath_cannot(ctxt, "forced-missing(): the profile has no data model map");
	buffer_free(&missing);
}
