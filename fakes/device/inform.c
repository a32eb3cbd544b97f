/*
 * inform: the Inform of TR-069 A.3.3.1, with what the device has to tell now.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/spelling.h"
#include "fakes/device/state.h"
#include "protocols/cwmp.h"

static void add_device_id(struct device *device, xmlNode *inform)
{
	bool empty = device_has(device, DEFECT_EMPTY_DEVICE_ID);
	bool other = device_has(device, DEFECT_SERIAL_CHANGES) &&
		     events_have(&device->events, "6 CONNECTION REQUEST");
	const struct device_factory *factory = &device->factory;
	xmlNode *id = message_child(inform, "DeviceId", NULL);

	message_child(id, "Manufacturer", factory->manufacturer);
	message_child(id, "OUI", empty ? "" : factory->oui);
	message_child(id, "ProductClass", factory->product_class);
	message_child(id, "SerialNumber", empty ? "" : other ? "other" : factory->serial);
}

static void add_event(xmlNode *list, const char *code, const char *key)
{
	xmlNode *event = message_child(list, "EventStruct", NULL);

	message_child(event, "EventCode", code);
	message_child(event, "CommandKey", key);
}

/* 4 VALUE CHANGE is there exactly when a changed parameter is; among the others by number. */
static void add_events(struct device *device, xmlNode *inform, bool value_change)
{
	xmlNode *list = cwmp_array(inform, "Event", "EventStruct");
	const struct events *events = &device->events;

	for (size_t i = 0; i < events->count; i++) {
		const struct event *event = &events->list[i];
		const char *key = event->key, *code = event->code;
		if (value_change && (event->code[0] == 'M' || atoi(event->code) > 4)) {
			add_event(list, "4 VALUE CHANGE", "");
			value_change = false;
		}
		if (!strcmp(event->code, "0 BOOTSTRAP") &&
		    device_has(device, DEFECT_MISSING_BOOTSTRAP))
			continue;
		if (!strcmp(code, "0 BOOTSTRAP") && device->bootstrapped &&
		    device_has(device, DEFECT_BOOTSTRAP_ONCE)) {
			if (events_have(events, "1 BOOT"))
				continue;
			code = "1 BOOT";
		}
		if (!strcmp(code, "1 BOOT") && device_has(device, DEFECT_EVENT_COMMAND_KEY))
			key = "boot";
		add_event(list, code, key);
	}
	if (value_change)
		add_event(list, "4 VALUE CHANGE", "");
	if (device_has(device, VARIANT_VENDOR_EVENT))
		add_event(list, "X ABCDEF READY", "");
}

/* Forced ones, changed ones, and the location; the last not beside a change, when the list may
 * hold nothing but the first two (A.3.3.1). */
static bool belongs(const struct device *device, const struct parameter *parameter,
		    bool value_change)
{
	if (parameter->changed)
		return true;
	if (parameter->entry->forced)
		return !device_has(device, DEFECT_MISSING_FORCED_PARAMETER) ||
		       !path_ends(parameter->path, ".ConnectionRequestURL");
	if (value_change)
		return false;
	if (parameter->entry->location)
		return !device_has(device, DEFECT_NO_LOCATION);
	return device_has(device, VARIANT_MORE_PARAMETERS) &&
	       (path_ends(parameter->path, "DeviceInfo.UpTime") ||
		path_ends(parameter->path, "DeviceInfo.ModelName") ||
		strstr(parameter->path, ".X_"));
}

static void add_parameters(struct device *device, xmlNode *inform, bool value_change)
{
	xmlNode *list = cwmp_array(inform, "ParameterList", "ParameterValueStruct");

	for (size_t i = 0; i < tree_count(device->tree); i++) {
		const struct parameter *parameter = tree_at(device->tree, i);
		if (belongs(device, parameter, value_change))
			cwmp_parameter(list, parameter->path,
				       parameter->entry->hidden ? "" : parameter->value,
				       map_type_name(parameter->entry));
	}
	if (device_has(device, VARIANT_INFORM_REVERSED))
		spell_reversed(list);
}

xmlNode *device_inform(struct device *device)
{
	bool value_change = tree_has_changes(device->tree);
	bool stuck = device->retry_count > 1 && device_has(device, DEFECT_RETRY_COUNT_STUCK);
	xmlNode *inform = cwmp_body_new("Inform");
	char text[32];

	add_device_id(device, inform);
	add_events(device, inform, value_change);
	message_child(inform, "MaxEnvelopes", "1");
	spell_time(device, text);
	message_child(inform, "CurrentTime", text);
	snprintf(text, sizeof(text), "%u",
		 stuck ? 1 : device->retry_count + (device_has(device, DEFECT_RETRY_COUNT_KEPT) &&
					device->last_success > 0));
	message_child(inform, "RetryCount", text);
	add_parameters(device, inform, value_change);
	events_mark_sent(&device->events);
	tree_mark_informed(device->tree);
	return inform;
}
