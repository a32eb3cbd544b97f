#include "fakes/device/misstated.h"

#include <stdlib.h>
#include <string.h>

#include "fakes/device/parameter-tree.h"
#include "fakes/device/traits.h"
#include "protocols/memory.h"
#include "protocols/message.h"
#include "protocols/xml.h"

static bool is(const xmlNode *node, const char *name)
{
	return strcmp((const char *)node->name, name) == 0;
}

static xmlNode *list_of(xmlNode *body, const char *message)
{
	return is(body, message) ? xml_child(body, "ParameterList") : NULL;
}

static void set_text(xmlNode *node, const char *text)
{
	if (node)
		xmlNodeSetContent(node, (const xmlChar *)text);
}

static void add_event(xmlNode *body, const char *code, const char *key)
{
	xmlNode *list = is(body, "Inform") ? xml_child(body, "Event") : NULL;
	xmlNode *event = list ? message_child(list, "EventStruct", NULL) : NULL;

	if (!event)
		return;
	message_child(event, "EventCode", code);
	message_child(event, "CommandKey", key);
}

static void parameter_twice(xmlNode *body)
{
	xmlNode *list = list_of(body, "Inform"), *row = xml_child(list, NULL);

	if (row)
		xmlAddChild(list, xmlCopyNode(row, 1));
}

static void transfer_untold(xmlNode *body)
{
	add_event(body, "7 TRANSFER COMPLETE", "");
	add_event(body, "M Download", "untold");
}

static void transfer_event_alone(xmlNode *body)
{
	add_event(body, "M Download", "alone");
}

static void reboot_event_alone(xmlNode *body)
{
	const xmlNode *event = xml_child(xml_child(body, "Event"), NULL);

	for (; event; event = xml_next(event, NULL))
		if (xml_text_is(xml_child(event, "EventCode"), "1 BOOT"))
			return;
	add_event(body, "M Reboot", "alone");
}

static void long_command_key(xmlNode *body)
{
	add_event(body, "X ABCDEF LONG", "123456789012345678901234567890123");
}

/* The row of the first parameter whose name ends so. */
static xmlNode *row_of(xmlNode *list, const char *tail)
{
	xmlNode *row = xml_child(list, NULL);

	for (; row; row = xml_next(row, NULL)) {
		char *name = xml_child_text(row, "Name");
		bool found = name && path_ends(name, tail);

		free(name);
		if (found)
			return row;
	}
	return NULL;
}

static void type_unlike_model(xmlNode *body)
{
	xmlNode *row = row_of(list_of(body, "Inform"), ".OpState");

	if (row)
		xmlSetProp(xml_child(row, "Value"), (const xmlChar *)"type",
			   (const xmlChar *)"xsd:string");
}

static void parameter_key_lost(xmlNode *body)
{
	set_text(xml_child(row_of(list_of(body, "Inform"), ".ParameterKey"), "Value"), "lost");
}

/* A copy of the first row, under a name behind its own. */
static void add_row(xmlNode *list, const char *tail)
{
	xmlNode *row = xml_child(list, NULL), *copy = row ? xmlCopyNode(row, 1) : NULL;
	char *name = copy ? xml_child_text(copy, "Name") : NULL;
	char *other = name ? memory_format("%s%s", name, tail) : NULL;

	if (other)
		set_text(xml_child(copy, "Name"), other);
	if (copy)
		xmlAddChild(list, copy);
	free(name);
	free(other);
}

static void values_too_many(xmlNode *body)
{
	xmlNode *list = list_of(body, "GetParameterValuesResponse");

	if (list && xml_child(list, NULL) && !xml_next(xml_child(list, NULL), NULL))
		add_row(list, "Too");
}

static void fault_code_inside(xmlNode *body)
{
	set_text(xml_child(xml_child(body, "SetParameterValuesFault"), "FaultCode"), "9010");
}

static void numbered_faultcode(xmlNode *body)
{
	char *code = is(body, "Fault") ? xml_child_text(body, "FaultCode") : NULL;

	if (code)
		message_attribute(body, "side", "%s", code);
	free(code);
}

static void names_too_deep(xmlNode *body)
{
	add_row(list_of(body, "GetParameterNamesResponse"), ".Two.Levels");
}

static void writable_as_word(xmlNode *body)
{
	xmlNode *row = xml_child(list_of(body, "GetParameterNamesResponse"), NULL);

	for (; row; row = xml_next(row, NULL))
		set_text(xml_child(row, "Writable"),
			 xml_text_is(xml_child(row, "Writable"), "1") ? "yes" : "no");
}

static void instance_zero(xmlNode *body)
{
	set_text(xml_child(body, "InstanceNumber"), "0");
}

static void long_method(xmlNode *body)
{
	xmlNode *list = xml_child(body, "MethodList");

	if (list)
		message_child(list, "string", "X_ABCDEF_A234567890123456789012345678901234567890"
					      "123456789012345678901");
}

void misstate(const struct device *device, xmlNode *body)
{
	static const struct {
		enum trait defect;
		void (*bend)(xmlNode *body);
	} table[] = {
		{ DEFECT_PARAMETER_TWICE, parameter_twice },
		{ DEFECT_TRANSFER_UNTOLD, transfer_untold },
		{ DEFECT_TRANSFER_EVENT_ALONE, transfer_event_alone },
		{ DEFECT_REBOOT_EVENT_ALONE, reboot_event_alone },
		{ DEFECT_LONG_COMMAND_KEY, long_command_key },
		{ DEFECT_TYPE_UNLIKE_MODEL, type_unlike_model },
		{ DEFECT_PARAMETER_KEY_LOST, parameter_key_lost },
		{ DEFECT_VALUES_TOO_MANY, values_too_many },
		{ DEFECT_FAULT_CODE_INSIDE, fault_code_inside },
		{ DEFECT_NUMBERED_FAULTCODE, numbered_faultcode },
		{ DEFECT_NAMES_TOO_DEEP, names_too_deep },
		{ DEFECT_WRITABLE_AS_WORD, writable_as_word },
		{ DEFECT_INSTANCE_ZERO, instance_zero },
		{ DEFECT_LONG_METHOD, long_method },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (device_has(device, table[i].defect))
			table[i].bend(body);
}
