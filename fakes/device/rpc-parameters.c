/*
 * rpc-parameters: SetParameterValues (TR-069 A.3.2.1) and GetParameterValues (A.3.2.2).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/rpc.h"
#include "fakes/device/spelling.h"
#include "fakes/device/url.h"
#include "fakes/device/writes.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

static void add_value(xmlNode *list, const struct parameter *parameter)
{
	/* Hidden ones (passwords) read empty. */
	cwmp_parameter(list, parameter->path, parameter->entry->hidden ? "" : parameter->value,
		       map_type_name(parameter->entry));
}

xmlNode *rpc_get_parameter_values(struct device *device, const xmlNode *request)
{
	xmlNode *body = cwmp_body_new("GetParameterValuesResponse");
	xmlNode *list = cwmp_array(body, "ParameterList", "ParameterValueStruct");
	int fault = rpc_each_named(device, request, add_value, list);

	if (device_has(device, VARIANT_NAMES_REVERSED))
		spell_reversed(list);
	if (!fault)
		return body;
	xmlFreeDoc(body->doc);
	return cwmp_fault_new(fault, NULL);
}

static bool read_writes(const xmlNode *request, struct writes *writes)
{
	const xmlNode *list = xml_child(request, "ParameterList");
	size_t count = 0;

	writes->key = rpc_text(request, "ParameterKey", 32);
	if (!list || !writes->key)
		return false;
	for (xmlNode *at = xml_child(list, NULL); at; at = xml_next(at, NULL))
		count++;
	writes->list = memory_new((count + 1) * sizeof(*writes->list));
	for (xmlNode *at = xml_child(list, NULL); at; at = xml_next(at, NULL)) {
		struct write *write = &writes->list[writes->count++];
		xmlNode *value = xml_child(at, "Value");
		write->name = xml_child_text(at, "Name");
		write->value = value ? xml_text(value) : NULL;
		write->type = value ? xml_attribute(value, "type") : NULL;
		if (!write->name || !write->value)
			return false;
	}
	return true;
}

void writes_free(struct writes *writes)
{
	for (size_t i = 0; i < writes->count; i++) {
		free(writes->list[i].name);
		free(writes->list[i].value);
		free(writes->list[i].type);
	}
	free(writes->list);
	free(writes->key);
}

/* Does the xsi:type fit the parameter's? One kind of integer goes for another; none given, or
 * anySimpleType, says nothing. */
static bool type_fits(const struct map_entry *entry, const char *type)
{
	static const char *const integers[] = {"int", "unsignedInt", "integer", "long",
					       "unsignedLong", "short", "unsignedShort"};
	const char *wanted = map_type_name(entry), *colon = type ? strrchr(type, ':') : NULL;

	if (!type || path_ends(type, "anySimpleType"))
		return true;
	if (colon)
		type = colon + 1;
	colon = strrchr(wanted, ':');
	if (colon)
		wanted = colon + 1;
	if (!strcmp(type, wanted))
		return true;
	if (strcmp(wanted, "int") && strcmp(wanted, "unsignedInt"))
		return false;
	for (size_t i = 0; i < sizeof(integers) / sizeof(*integers); i++)
		if (!strcmp(type, integers[i]))
			return true;
	return false;
}

/* A lawful string that nevertheless means nothing here. */
static bool meaningless(const struct device *device, const struct write *write)
{
	struct url url;

	return write->parameter == device_parameter(device, "ManagementServer.URL") &&
	       (url_parse(write->value, &url, NULL) ||
		device_has(device, DEFECT_REFUSES_ASSIGNMENT));
}

static bool empties_server(const struct write *write)
{
	return !*write->value && (path_ends(write->name, ".S1SigLinkServerList") ||
				  path_ends(write->name, ".FAPGWServer1"));
}

/* Is it a mistake that the device does not see (defects)? */
static bool overlooked(const struct device *device, const struct write *write, const char *wrong)
{
	const struct map_entry *entry = write->parameter->entry;
	bool text = entry->type == TYPE_STRING;

	if (!strcmp(write->value, "0"))
		return (device_has(device, DEFECT_ACCEPTS_ZERO_INTERVAL) &&
			path_ends(write->name, ".PeriodicUploadInterval")) ||
		       (device_has(device, DEFECT_ACCEPTS_ZERO_PERIOD) &&
			path_ends(write->name, ".PeriodicInformInterval"));
	if (!strcmp(wrong, "type"))
		return device_has(device, DEFECT_ACCEPTS_TEXT_FOR_NUMBER) &&
		       (entry->type == TYPE_UNSIGNED || entry->type == TYPE_INT);
	if (path_ends(write->name, ".ManagementServer.URL"))
		return device_has(device, DEFECT_ACCEPTS_LONG_URL);
	return text ? device_has(device, DEFECT_ACCEPTS_LONG_NAME)
		    : device_has(device, DEFECT_ACCEPTS_OUT_OF_RANGE) &&
			      (entry->type == TYPE_UNSIGNED || entry->type == TYPE_INT);
}

static int check_write(const struct device *device, const struct write *write)
{
	const struct parameter *parameter = write->parameter;
	const char *wrong;

	if (!parameter) /* unknown, or a partial path */
		return device_has(device, DEFECT_UNKNOWN_NAME_IGNORED) ? 0 : 9005;
	if (!parameter->entry->writable)
		return device_has(device, DEFECT_WRITES_READ_ONLY) ? 0 : 9008;
	if (device_has(device, DEFECT_ACCEPTS_BAD_MECHANISM) &&
	    path_ends(parameter->path, ".ReportingMechanism"))
		return 0;
	wrong = type_fits(parameter->entry, write->type)
			? map_value_wrong(parameter->entry, write->value) : "type";
	if (wrong && overlooked(device, write, wrong))
		return 0;
	if (wrong)
		return !strcmp(wrong, "type") ? 9006 : 9007;
	if (empties_server(write) && device_has(device, DEFECT_REFUSES_EMPTY_VALUE))
		return 9007;
	return meaningless(device, write) ? 9007 : 0;
}

size_t writes_check(struct device *device, struct writes *writes)
{
	size_t bad = 0;

	for (size_t i = 0; i < writes->count; i++) {
		struct write *write = &writes->list[i];
		write->parameter = tree_find(device->tree, write->name);
		write->fault = check_write(device, write);
		for (size_t k = 0; k < i && !write->fault; k++)
			if (!strcmp(writes->list[k].name, write->name) &&
			    !device_has(device, DEFECT_ACCEPTS_DUPLICATE))
				write->fault = 9007;
		bad += write->fault != 0;
	}
	return bad;
}

static xmlNode *refuse(const struct device *device, const struct writes *writes)
{
	bool denies = device_has(device, DEFECT_DENIES_INSTEAD);
	xmlNode *fault = cwmp_fault_new(denies ? 9001 : 9003, NULL);
	char text[16];

	for (size_t i = 0; i < writes->count; i++) {
		const struct write *write = &writes->list[i];
		int code = write->fault;
		if (!code)
			continue;
		if (device_has(device, DEFECT_WRONG_FAULT_CODE))
			code = code == 9005 ? 9007 : 9005;
		xmlNode *entry = message_child(fault, "SetParameterValuesFault", NULL);
		message_child(entry, "ParameterName", write->name);
		snprintf(text, sizeof(text), "%d", code);
		message_child(entry, "FaultCode", text);
		message_child(entry, "FaultString", cwmp_fault_find(code)->text);
		if (device_has(device, DEFECT_LISTS_FIRST_BAD_ONLY))
			break;
	}
	return fault;
}

/* Is it confirmed and nevertheless not stored (defects)? */
static bool dropped(const struct device *device, const struct write *write)
{
	if (!write->parameter)
		return true;
	return (device_has(device, DEFECT_IGNORES_EMPTY_VALUE) && empties_server(write)) ||
	       (device_has(device, DEFECT_KEEPS_OLD_MECHANISM) &&
		path_ends(write->name, ".ReportingMechanism")) ||
	       (device_has(device, DEFECT_DROPS_USAGE_INDICATOR) &&
		path_ends(write->name, "_IpsecUsageIndicator")) ||
	       (device_has(device, DEFECT_KEEPS_OLD_PERIOD) &&
		path_ends(write->name, ".PeriodicUploadInterval"));
}

void writes_apply(struct device *device, const struct writes *writes)
{
	for (size_t i = 0; i < writes->count; i++) {
		const struct write *write = &writes->list[i];
		if (write->fault && device_has(device, DEFECT_APPLIES_UP_TO_BAD))
			break;
		if (write->fault || dropped(device, write))
			continue;
		parameter_set(write->parameter, write->value);
		/* What the HMS knows it need not be told, not even a change of before. */
		write->parameter->changed = write->parameter->informed = false;
		if (device_has(device, DEFECT_VALUE_CHANGE_FOR_HMS_WRITE))
			write->parameter->changed = device->change_session = true;
		if (device_has(device, DEFECT_VALUE_CHANGE_WHEN_NOTIFIED))
			write->parameter->changed = write->parameter->notification > 0;
		device_written(device, write->parameter);
	}
	device_writes_done(device);
}

/* 1: something takes effect only behind the session, as the radio and the HMS's URL do. */
static int status(const struct device *device, const struct writes *writes)
{
	bool restarts = device_has(device, VARIANT_RESTARTS_TO_APPLY);

	if (!restarts && !device_has(device, VARIANT_STATUS_ONE))
		return 0;
	for (size_t i = 0; i < writes->count; i++) {
		const char *name = writes->list[i].name;
		if (path_ends(name, "ManagementServer.URL") ||
		    (!restarts && path_ends(name, ".AdminState")) ||
		    (restarts && (path_ends(name, ".S1SigLinkServerList") ||
				  path_ends(name, ".FAPGWServer1"))))
			return 1;
	}
	return 0;
}

xmlNode *rpc_set_parameter_values(struct device *device, const xmlNode *request)
{
	struct writes writes = {0};
	xmlNode *answer;

	if (!read_writes(request, &writes)) {
		writes_free(&writes);
		return cwmp_fault_new(9003, NULL);
	}
	/* All or nothing (A.3.2.1). */
	if (writes_check(device, &writes) == 0) {
		rpc_parameter_key(device, writes.key);
		writes_apply(device, &writes);
		device->restart_due |= status(device, &writes) &&
				       device_has(device, VARIANT_RESTARTS_TO_APPLY);
		answer = rpc_status("SetParameterValuesResponse", status(device, &writes));
	} else {
		answer = refuse(device, &writes);
		if (device_has(device, DEFECT_PARTIAL_APPLY) ||
		    device_has(device, DEFECT_APPLIES_UP_TO_BAD))
			writes_apply(device, &writes);
		if (device_has(device, DEFECT_PARAMETER_KEY_ON_FAILURE))
			rpc_parameter_key(device, writes.key);
		if (device_has(device, DEFECT_STATUS_WITH_FAULT)) {
			xmlFreeDoc(answer->doc);
			answer = rpc_status("SetParameterValuesResponse", 0);
		}
	}
	writes_free(&writes);
	return answer;
}
