#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

#define SOAP_ENCODING "http://schemas.xmlsoap.org/soap/encoding/"
#define SCHEMA "http://www.w3.org/2001/XMLSchema"
#define DEPTH_MOST 100 /* below it nothing is written; the deepest RPC needs 6 */

struct encoder {
	struct buffer *out;
	const char *soap, *cwmp; /* prefixes */
};

static void add_escaped(struct buffer *out, const char *text, bool attribute)
{
	while (*text) {
		size_t plain = strcspn(text, attribute ? "&<>\"\t\n\r" : "&<>\r");

		buffer_add(out, text, plain);
		text += plain;
		switch (*text) {
		case '\0':
			return;
		case '&':
			buffer_add_text(out, "&amp;");
			break;
		case '<':
			buffer_add_text(out, "&lt;");
			break;
		case '>':
			buffer_add_text(out, "&gt;");
			break;
		case '"':
			buffer_add_text(out, "&quot;");
			break;
		default: /* white space that a reader would change */
			buffer_format(out, "&#%d;", *text);
			break;
		}
		text++;
	}
}

static void add_attribute(struct buffer *out, const char *name, const char *value)
{
	buffer_format(out, " %s=\"", name);
	add_escaped(out, value, true);
	buffer_add(out, "\"", 1);
}

/* "ParameterValueStruct" -> cwmp:ParameterValueStruct[N]; simple types are of XML Schema. */
static void add_array_type(const struct encoder *encoder, const xmlNode *node, const char *type)
{
	static const char *const simple[] = {"string", "int", "unsignedInt", "boolean", "dateTime",
					     "base64", "base64Binary", "long", "unsignedLong"};
	const char *prefix = encoder->cwmp;
	const xmlNode *child;
	size_t index, count = 0;
	char text[128];

	if (strpbrk(type, "[:")) {
		add_attribute(encoder->out, "soapenc:arrayType", type);
		return;
	}
	for (index = 0; index < sizeof(simple) / sizeof(simple[0]); index++)
		if (!strcmp(type, simple[index]))
			prefix = "xsd";
	for (child = xml_child(node, NULL); child; child = xml_next(child, NULL))
		count++;
	snprintf(text, sizeof(text), "%s:%s[%zu]", prefix, type, count);
	add_attribute(encoder->out, "soapenc:arrayType", text);
}

static void add_attributes(const struct encoder *encoder, const xmlNode *node)
{
	char *type = xml_attribute(node, "type");
	char *array = xml_attribute(node, "arrayType");

	if (type)
		add_attribute(encoder->out, "xsi:type", type);
	if (array)
		add_array_type(encoder, node, array);
	free(type);
	free(array);
}

/* Writes an element with all below it; tag: its name with a prefix, or NULL for its own. */
static void add_element(const struct encoder *encoder, const xmlNode *node, const char *tag,
			unsigned depth)
{
	struct buffer *out = encoder->out;
	const xmlNode *child;

	if (depth > DEPTH_MOST)
		return;
	if (!tag)
		tag = (const char *)node->name;
	buffer_format(out, "<%s", tag);
	add_attributes(encoder, node);
	if (!node->children) {
		buffer_add(out, "/>", 2);
		return;
	}
	buffer_add(out, ">", 1);
	for (child = node->children; child; child = child->next) {
		if (child->type == XML_ELEMENT_NODE)
			add_element(encoder, child, NULL, depth + 1);
		else if (child->content && (child->type == XML_TEXT_NODE ||
					    child->type == XML_CDATA_SECTION_NODE))
			add_escaped(out, (const char *)child->content, false);
	}
	buffer_format(out, "</%s>", tag);
}

/* A SOAP Fault with the CWMP fault in its detail (TR-069 3.5). */
static void add_fault(const struct encoder *encoder, const xmlNode *body)
{
	struct buffer *out = encoder->out;
	char *side = xml_attribute(body, "side");
	char *code = xml_child_text(body, "faultcode");
	char *text = xml_child_text(body, "faultstring");
	const xmlNode *child;

	buffer_format(out, "<%s:Fault><faultcode>", encoder->soap);
	add_escaped(out, code ? code : side ? side : "Client", false);
	buffer_add_text(out, "</faultcode><faultstring>");
	add_escaped(out, text ? text : "CWMP fault", false);
	buffer_format(out, "</faultstring><detail><%s:Fault>", encoder->cwmp);
	for (child = xml_child(body, NULL); child; child = xml_next(child, NULL))
		if (strcmp((const char *)child->name, "faultcode") &&
		    strcmp((const char *)child->name, "faultstring"))
			add_element(encoder, child, NULL, 0);
	buffer_format(out, "</%s:Fault></detail></%s:Fault>", encoder->cwmp, encoder->soap);
	free(side);
	free(code);
	free(text);
}

static void add_header(const struct encoder *encoder, const struct cwmp_style *style)
{
	struct buffer *out = encoder->out;

	if (!style->id && !style->hold_requests)
		return;
	buffer_format(out, "<%s:Header>", encoder->soap);
	if (style->id) {
		buffer_format(out, "<%s:ID %s:mustUnderstand=\"1\">", encoder->cwmp,
			      encoder->soap);
		add_escaped(out, style->id, false);
		buffer_format(out, "</%s:ID>", encoder->cwmp);
	}
	if (style->hold_requests)
		buffer_format(out, "<%s:HoldRequests %s:mustUnderstand=\"1\">1</%s:HoldRequests>",
			      encoder->cwmp, encoder->soap, encoder->cwmp);
	buffer_format(out, "</%s:Header>", encoder->soap);
}

static void add_declaration(struct buffer *out, const char *prefix, const char *uri)
{
	buffer_format(out, " xmlns:%s=\"", prefix);
	add_escaped(out, uri, true);
	buffer_add(out, "\"", 1);
}

void cwmp_encode(const xmlNode *body, const struct cwmp_style *style, struct buffer *out)
{
	struct encoder encoder = {out, style->soap_prefix ? style->soap_prefix : "soap",
				  style->cwmp_prefix ? style->cwmp_prefix : "cwmp"};
	char tag[160];

	if (!style->no_declaration)
		buffer_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	buffer_format(out, "<%s:Envelope", encoder.soap);
	add_declaration(out, encoder.soap, style->envelope_ns ? style->envelope_ns : SOAP_1_1);
	add_declaration(out, "soapenc", SOAP_ENCODING);
	add_declaration(out, "xsd", SCHEMA);
	add_declaration(out, "xsi", SCHEMA "-instance");
	add_declaration(out, encoder.cwmp, style->ns ? style->ns : CWMP_1_1);
	buffer_add(out, ">", 1);
	add_header(&encoder, style);
	buffer_format(out, "<%s:Body>", encoder.soap);
	if (!strcmp((const char *)body->name, "Fault")) {
		add_fault(&encoder, body);
	} else {
		snprintf(tag, sizeof(tag), "%s:%s", encoder.cwmp, (const char *)body->name);
		add_element(&encoder, body, tag, 0);
	}
	buffer_format(out, "</%s:Body></%s:Envelope>", encoder.soap, encoder.soap);
}

xmlNode *cwmp_body_new(const char *name)
{
	xmlDoc *document = xmlNewDoc((const xmlChar *)"1.0");
	xmlNode *node = xmlNewDocNode(document, NULL, (const xmlChar *)name, NULL);

	if (!document || !node)
		memory_exhausted();
	xmlDocSetRootElement(document, node);
	return node;
}

xmlNode *cwmp_array(xmlNode *parent, const char *name, const char *type)
{
	xmlNode *node = message_child(parent, name, NULL);

	message_attribute(node, "arrayType", "%s", type);
	return node;
}

void cwmp_parameter(xmlNode *list, const char *name, const char *value, const char *type)
{
	xmlNode *parameter = message_child(list, "ParameterValueStruct", NULL);
	xmlNode *node;

	message_child(parameter, "Name", name);
	node = message_child(parameter, "Value", value);
	if (type)
		message_attribute(node, "type", "%s", type);
}

/* Whose mistake the code tells of: the one who asked, or the one who was asked (A.5). */
static const char *fault_side(int code)
{
	return code == 8003 || code == 9003 || (code >= 9005 && code <= 9008) ? "Client"
									     : "Server";
}

xmlNode *cwmp_fault_new(int code, const char *text)
{
	const struct cwmp_fault_code *known = cwmp_fault_find(code);
	xmlNode *body = cwmp_body_new("Fault");
	char number[16];

	snprintf(number, sizeof(number), "%d", code);
	message_attribute(body, "side", "%s", fault_side(code));
	message_child(body, "FaultCode", number);
	message_child(body, "FaultString", text ? text : known ? known->text : "Unknown fault");
	return body;
}
