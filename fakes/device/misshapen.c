#include "fakes/device/misshapen.h"

#include <stdlib.h>
#include <string.h>

#include "fakes/device/traits.h"
#include "protocols/message.h"
#include "protocols/xml.h"

static bool is(const xmlNode *node, const char *name)
{
	return strcmp((const char *)node->name, name) == 0;
}

static void rename_to(xmlNode *node, const char *name)
{
	if (node)
		xmlNodeSetName(node, (const xmlChar *)name);
}

static void first_last(xmlNode *parent)
{
	xmlNode *first = xml_child(parent, NULL);

	if (!first || !xml_next(first, NULL))
		return;
	xmlUnlinkNode(first);
	xmlAddChild(parent, first);
}

static void remove_node(xmlNode *node)
{
	if (!node)
		return;
	xmlUnlinkNode(node);
	xmlFreeNode(node);
}

static void device_id_order(xmlNode *body)
{
	if (is(body, "Inform"))
		first_last(xml_child(body, "DeviceId"));
}

static void event_key_first(xmlNode *body)
{
	for (xmlNode *event = xml_child(xml_child(body, "Event"), NULL); event;
	     event = xml_next(event, NULL))
		first_last(event);
}

/* A code beside the name: for the programmer of the device it was the same thing. */
static void event_name(xmlNode *body)
{
	xmlNode *event = xml_child(xml_child(body, "Event"), NULL);

	if (event)
		message_child(event, "EventName", "");
}

static void value_before_name(xmlNode *body)
{
	xmlNode *list = is(body, "GetParameterValuesResponse") ? xml_child(body, "ParameterList")
							       : NULL;

	for (xmlNode *row = xml_child(list, NULL); row; row = xml_next(row, NULL))
		first_last(row);
}

static void value_with_type(xmlNode *body)
{
	xmlNode *list = is(body, "GetParameterValuesResponse") ? xml_child(body, "ParameterList")
							       : NULL;

	for (xmlNode *row = xml_child(list, NULL); row; row = xml_next(row, NULL))
		message_child(row, "Type", "string");
}

static void set_fault_value(xmlNode *body)
{
	for (xmlNode *row = xml_child(body, "SetParameterValuesFault"); row;
	     row = xml_next(row, "SetParameterValuesFault"))
		message_child(row, "Value", "perhaps");
}

static void echoed_key(xmlNode *body)
{
	if (is(body, "SetParameterValuesResponse"))
		message_child(body, "ParameterKey", "");
}

static void misspelt_fault_string(xmlNode *body)
{
	if (is(body, "Fault"))
		rename_to(xml_child(body, "FaultString"), "Faultstring");
}

static void set_fault_order(xmlNode *body)
{
	for (xmlNode *row = xml_child(body, "SetParameterValuesFault"); row;
	     row = xml_next(row, "SetParameterValuesFault"))
		first_last(row);
}

static void set_fault_unnamed(xmlNode *body)
{
	xmlNode *row = xml_child(body, "SetParameterValuesFault");

	rename_to(xml_child(row, "ParameterName"), "Name");
}

static void boolean_as_word(xmlNode *body)
{
	xmlNode *list = is(body, "Inform") ? xml_child(body, "ParameterList") : NULL;

	for (xmlNode *row = xml_child(list, NULL); row; row = xml_next(row, NULL)) {
		xmlNode *value = xml_child(row, "Value");
		char *type = xml_attribute(value, "type");

		if (type && strstr(type, ":boolean"))
			xmlNodeSetContent(value, (const xmlChar *)(xml_text_is(value, "0") ||
								   xml_text_is(value, "false")
								       ? "False" : "True"));
		free(type);
	}
}

static void attributes_unlisted(xmlNode *body)
{
	xmlNode *list = is(body, "GetParameterAttributesResponse")
				? xml_child(body, "ParameterList") : NULL;

	for (xmlNode *row = xml_child(list, NULL); row; row = xml_next(row, NULL))
		remove_node(xml_child(row, "AccessList"));
}

static void access_for_everybody(xmlNode *body)
{
	xmlNode *list = is(body, "GetParameterAttributesResponse")
				? xml_child(body, "ParameterList") : NULL;

	for (xmlNode *row = xml_child(list, NULL); row; row = xml_next(row, NULL))
		if (xml_child(row, "AccessList"))
			message_child(xml_child(row, "AccessList"), "string", "Everybody");
}

static void status_unasked(xmlNode *body)
{
	if (is(body, "SetParameterAttributesResponse"))
		message_child(body, "Status", "0");
}

void misshape(const struct device *device, xmlNode *body)
{
	static const struct {
		enum trait defect;
		void (*bend)(xmlNode *body);
	} table[] = {
		{ DEFECT_DEVICE_ID_ORDER, device_id_order },
		{ DEFECT_EVENT_NAME, event_name },
		{ DEFECT_BOOLEAN_AS_WORD, boolean_as_word },
		{ DEFECT_VALUE_BEFORE_NAME, value_before_name },
		{ DEFECT_ECHOED_KEY, echoed_key },
		{ DEFECT_MISSPELT_FAULT_STRING, misspelt_fault_string },
		{ DEFECT_SET_FAULT_ORDER, set_fault_order },
		{ DEFECT_SET_FAULT_UNNAMED, set_fault_unnamed },
		{ DEFECT_ATTRIBUTES_UNLISTED, attributes_unlisted },
		{ DEFECT_STATUS_UNASKED, status_unasked },
		{ DEFECT_EVENT_KEY_FIRST, event_key_first },
		{ DEFECT_VALUE_WITH_TYPE, value_with_type },
		{ DEFECT_SET_FAULT_VALUE, set_fault_value },
		{ DEFECT_ACCESS_FOR_EVERYBODY, access_for_everybody },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (device_has(device, table[i].defect))
			table[i].bend(body);
}
