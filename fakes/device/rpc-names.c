/*
 * rpc-names: GetParameterNames (TR-069 A.3.2.3).
 */
#include <stdlib.h>
#include <string.h>

#include "fakes/device/rpc.h"
#include "fakes/device/spelling.h"
#include "protocols/cwmp.h"
#include "protocols/xml.h"

static void add_name(const struct device *device, xmlNode *list, const char *name, bool writable)
{
	xmlNode *info = message_child(list, "ParameterInfoStruct", NULL);

	writable |= device_has(device, DEFECT_ALL_WRITABLE);
	message_child(info, "Name", name);
	message_child(info, "Writable", writable ? "1" : "0");
}

/* Is it directly below the path: nothing but one component behind it? */
static bool is_next_level(const char *name, const char *path)
{
	size_t length = strlen(path);

	if (strncmp(name, path, length) || !name[length])
		return false;
	const char *dot = strchr(name + length, '.');
	return !dot || !dot[1];
}

/* Objects and parameters in one order: each object before what is below it. */
static void add_names(const struct device *device, xmlNode *list, const char *path, bool next)
{
	for (size_t i = 0; i < tree_object_count(device->tree); i++) {
		const struct tree_object *object = tree_object_at(device->tree, i);
		if (next ? is_next_level(object->path, path) : path_is_below(object->path, path))
			add_name(device, list, object->path, object->writable);
	}
	for (size_t i = 0; i < tree_count(device->tree); i++) {
		const struct parameter *parameter = tree_at(device->tree, i);
		if (next ? is_next_level(parameter->path, path)
			 : path_is_below(parameter->path, path))
			add_name(device, list, parameter->path, parameter->entry->writable);
	}
}

xmlNode *rpc_get_parameter_names(struct device *device, const xmlNode *request)
{
	char *path = rpc_text(request, "ParameterPath", 256);
	bool next = false;
	int fault = 0;

	if (!path || rpc_boolean(request, "NextLevel", &next))
		fault = 9003;
	else if (!rpc_names_something(device, path))
		fault = device_has(device, DEFECT_UNKNOWN_PATH_EMPTY_LIST) ? 0 : 9005;
	else if (!*path && device_has(device, DEFECT_EMPTY_PATH_FAULT))
		fault = 9005;
	else if (next && *path && path[strlen(path) - 1] != '.')
		fault = 9003; /* a parameter has no next level */
	if (fault) {
		free(path);
		return cwmp_fault_new(fault, NULL);
	}
	if (device_has(device, DEFECT_NAMES_WHOLE_TREE))
		next = false;
	if (device_has(device, DEFECT_NAMES_ONE_LEVEL))
		next = true;
	xmlNode *body = cwmp_body_new("GetParameterNamesResponse");
	xmlNode *list = cwmp_array(body, "ParameterList", "ParameterInfoStruct");
	const struct parameter *parameter = tree_find(device->tree, path);
	if (parameter)
		add_name(device, list, path, parameter->entry->writable);
	else
		add_names(device, list, path, next);
	if (device_has(device, VARIANT_NAMES_REVERSED))
		spell_reversed(list);
	free(path);
	return body;
}
