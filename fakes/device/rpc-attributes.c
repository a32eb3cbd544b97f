/*
 * rpc-attributes: SetParameterAttributes (TR-069 A.3.2.4) and GetParameterAttributes (A.3.2.5).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/rpc.h"
#include "protocols/cwmp.h"
#include "protocols/xml.h"

struct attributes { /* one SetParameterAttributesStruct */
	char *name;
	int notification, subscriber; /* -1 = stays */
};

/* 0 or a fault code. */
static int read_attributes(const struct device *device, const xmlNode *entry,
			   struct attributes *attributes)
{
	bool notification_change, access_change;
	unsigned notification = 0;

	attributes->notification = attributes->subscriber = -1;
	attributes->name = rpc_text(entry, "Name", 256);
	if (!attributes->name || rpc_boolean(entry, "NotificationChange", &notification_change) ||
	    rpc_boolean(entry, "AccessListChange", &access_change))
		return 9003;
	if (!rpc_names_something(device, attributes->name))
		return device_has(device, DEFECT_UNKNOWN_ATTRIBUTE_IGNORED) ? 0 : 9005;
	if (notification_change) {
		if (rpc_unsigned(entry, "Notification", &notification) || notification > 2)
			return 9003;
		if (notification == 2 && !strstr(attributes->name, ".FaultMgmt.") &&
		    device_has(device, DEFECT_REFUSES_9009_FOR_ALL))
			return 9009;
		attributes->notification = (int)notification;
	}
	if (!access_change)
		return 0;
	attributes->subscriber = 0;
	const xmlNode *list = xml_child(entry, "AccessList");
	for (xmlNode *at = list ? xml_child(list, NULL) : NULL; at; at = xml_next(at, NULL)) {
		char *entity = xml_text(at);
		bool known = !strcmp(entity, "Subscriber"); /* the only one that is defined */
		free(entity);
		if (!known)
			return 9003;
		attributes->subscriber = 1;
	}
	return 0;
}

static int set_attributes(struct device *device, const xmlNode *list, bool really)
{
	int fault = 0;

	for (xmlNode *at = xml_child(list, NULL); at && !fault; at = xml_next(at, NULL)) {
		struct attributes attributes;
		fault = read_attributes(device, at, &attributes);
		bool lost = !fault && device_has(device, DEFECT_ATTRIBUTES_NOT_STORED) &&
			    !strstr(attributes.name, ".FaultMgmt.");
		if (!fault && really && !lost)
			tree_set_attributes(device->tree, attributes.name,
					    attributes.notification, attributes.subscriber);
		free(attributes.name);
	}
	return fault;
}

xmlNode *rpc_set_parameter_attributes(struct device *device, const xmlNode *request)
{
	const xmlNode *list = xml_child(request, "ParameterList");
	int fault = list && xml_child(list, NULL) ? 0 : 9003;

	/* All or nothing: first the whole list is checked. */
	if (!fault)
		fault = set_attributes(device, list, false);
	if (fault && device_has(device, DEFECT_ATTRIBUTES_PARTIAL) && list)
		set_attributes(device, list, true);
	if (fault)
		return cwmp_fault_new(fault, NULL);
	set_attributes(device, list, true);
	device_store_save(device);
	return cwmp_body_new("SetParameterAttributesResponse");
}

static void add_attributes(xmlNode *list, const struct parameter *parameter)
{
	xmlNode *entry = message_child(list, "ParameterAttributeStruct", NULL);
	char text[16];

	message_child(entry, "Name", parameter->path);
	snprintf(text, sizeof(text), "%d", parameter->notification);
	message_child(entry, "Notification", text);
	xmlNode *access = cwmp_array(entry, "AccessList", "xsd:string");
	if (parameter->subscriber)
		message_child(access, "string", "Subscriber");
}

xmlNode *rpc_get_parameter_attributes(struct device *device, const xmlNode *request)
{
	xmlNode *body = cwmp_body_new("GetParameterAttributesResponse");
	xmlNode *list = cwmp_array(body, "ParameterList", "ParameterAttributeStruct");
	int fault = rpc_each_named(device, request, add_attributes, list);

	if (!fault)
		return body;
	xmlFreeDoc(body->doc);
	return cwmp_fault_new(fault, NULL);
}
