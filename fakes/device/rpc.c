#include "fakes/device/rpc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/transfers.h"
#include "protocols/cwmp.h"
#include "protocols/xml.h"

static const struct {
	const char *name;
	xmlNode *(*answer)(struct device *device, const xmlNode *request);
} methods[] = {
	{"GetRPCMethods", rpc_get_rpc_methods},
	{"SetParameterValues", rpc_set_parameter_values},
	{"GetParameterValues", rpc_get_parameter_values},
	{"GetParameterNames", rpc_get_parameter_names},
	{"SetParameterAttributes", rpc_set_parameter_attributes},
	{"GetParameterAttributes", rpc_get_parameter_attributes},
	{"AddObject", rpc_add_object},
	{"DeleteObject", rpc_delete_object},
	{"Download", rpc_download},
	{"Reboot", rpc_reboot},
	{"ScheduleInform", rpc_schedule_inform},
	{"FactoryReset", rpc_factory_reset},
};

#define METHODS (sizeof(methods) / sizeof(*methods))

xmlNode *rpc_answer(struct device *device, const xmlNode *request)
{
	for (size_t i = 0; i < METHODS; i++)
		if (!strcmp((const char *)request->name, methods[i].name))
			return methods[i].answer(device, request);
	return cwmp_fault_new(device_has(device, DEFECT_UNKNOWN_METHOD_DENIED) ? 9001 : 9000, NULL);
}

xmlNode *rpc_get_rpc_methods(struct device *device, const xmlNode *request)
{
	xmlNode *body = cwmp_body_new("GetRPCMethodsResponse");
	xmlNode *list = cwmp_array(body, "MethodList", "xsd:string");

	(void)request;
	for (size_t i = 0; i < METHODS; i++)
		if (strcmp(methods[i].name, "SetParameterValues") ||
		    !device_has(device, DEFECT_HIDES_SET_PARAMETER_VALUES))
			message_child(list, "string", methods[i].name);
	return body;
}

int rpc_unsigned(const xmlNode *request, const char *name, unsigned *value)
{
	char *text = xml_child_text(request, name), *end = text;
	unsigned long number = 0;
	bool good = text && *text >= '0' && *text <= '9';

	if (good) {
		errno = 0;
		number = strtoul(text, &end, 10);
		good = !*end && !errno && number <= 0xffffffffUL;
	}
	free(text);
	*value = good ? (unsigned)number : 0;
	return good ? 0 : -1;
}

int rpc_boolean(const xmlNode *request, const char *name, bool *value)
{
	char *text = xml_child_text(request, name);
	bool yes = text && (!strcmp(text, "1") || !strcmp(text, "true"));
	bool no = text && (!strcmp(text, "0") || !strcmp(text, "false"));

	free(text);
	*value = yes;
	return yes || no ? 0 : -1;
}

char *rpc_text(const xmlNode *request, const char *name, size_t length)
{
	char *text = xml_child_text(request, name);

	if (text && strlen(text) > length) {
		free(text);
		return NULL;
	}
	return text;
}

bool rpc_names_something(const struct device *device, const char *name)
{
	size_t length = strlen(name);

	if (length == 0)
		return true;
	if (name[length - 1] == '.')
		return tree_object_find(device->tree, name) != NULL;
	return tree_find(device->tree, name) != NULL;
}

int rpc_each_named(struct device *device, const xmlNode *request,
		   void (*each)(xmlNode *list, const struct parameter *parameter), xmlNode *list)
{
	const xmlNode *names = xml_child(request, "ParameterNames");
	int fault = names && xml_child(names, NULL) ? 0 : 9003;

	for (xmlNode *at = names ? xml_child(names, NULL) : NULL; at && !fault;
	     at = xml_next(at, NULL)) {
		char *name = xml_text(at);
		size_t length = strlen(name);
		bool partial = length == 0 || name[length - 1] == '.';
		if (!rpc_names_something(device, name))
			fault = device_has(device, DEFECT_EMPTY_LIST_FOR_UNKNOWN) ? 0 : 9005;
		for (size_t i = 0; !fault && i < tree_count(device->tree); i++) {
			const struct parameter *parameter = tree_at(device->tree, i);
			if (partial ? path_is_below(parameter->path, name)
				    : !strcmp(parameter->path, name))
				each(list, parameter);
		}
		free(name);
	}
	return fault;
}

void rpc_parameter_key(struct device *device, const char *key)
{
	device_set(device, "ManagementServer.ParameterKey", key);
}

xmlNode *rpc_status(const char *name, int status)
{
	xmlNode *body = cwmp_body_new(name);
	char text[16];

	snprintf(text, sizeof(text), "%d", status);
	message_child(body, "Status", text);
	return body;
}
