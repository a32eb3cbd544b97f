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
	const struct cwmp_style *style;
	char soap[40];           /* what stands before a name of SOAP: "soap:", or nothing */
	const char *understand;  /* the prefix of its attributes */
	const char *cwmp, *schema, *instance, *encoding; /* prefixes */
	unsigned depth;          /* elements that are open */
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

/* Text of an element: as it is, or as a CDATA section, which means the same (XML 1.0 2.7). */
static void add_text(const struct encoder *encoder, const char *text)
{
	if (!encoder->style->cdata || !*text || strstr(text, "]]>"))
		add_escaped(encoder->out, text, false);
	else
		buffer_format(encoder->out, "<![CDATA[%s]]>", text);
}

static void add_attribute(struct buffer *out, const char *prefix, const char *name,
			  const char *value)
{
	buffer_format(out, " %s:%s=\"", prefix, name);
	add_escaped(out, value, true);
	buffer_add(out, "\"", 1);
}

static void add_declaration(struct buffer *out, const char *prefix, const char *uri)
{
	buffer_format(out, " xmlns%s%s=\"", *prefix ? ":" : "", prefix);
	add_escaped(out, uri, true);
	buffer_add(out, "\"", 1);
}

/* A namespace where it is used, when the envelope's first tag does not declare all. */
static void declare_here(const struct encoder *encoder, const char *prefix, const char *uri)
{
	if (encoder->style->declare_late)
		add_declaration(encoder->out, prefix, uri);
}

/* Where an element begins or, behind its last child, ends: a new line, a comment. */
static void add_break(const struct encoder *encoder, bool begins)
{
	if (begins && encoder->style->comments)
		buffer_add_text(encoder->out, "<!-- <lawful/> &here; -->");
	if (encoder->style->pretty)
		buffer_format(encoder->out, "\n%*s", (int)encoder->depth * 2, "");
}

/* "ParameterValueStruct" -> cwmp:ParameterValueStruct[N]; simple types are of XML Schema. */
static void add_array_type(const struct encoder *encoder, const xmlNode *node, const char *type)
{
	static const char *const simple[] = {"string", "int", "unsignedInt", "boolean", "dateTime",
					     "base64", "base64Binary", "long", "unsignedLong"};
	const char *prefix = encoder->cwmp, *colon = strchr(type, ':');
	const xmlNode *child;
	size_t index, count = 0;
	char text[128];

	declare_here(encoder, encoder->encoding, SOAP_ENCODING);
	declare_here(encoder, encoder->schema, SCHEMA);
	if (strchr(type, '[') || (colon && strncmp(type, "xsd:", 4) != 0)) {
		add_attribute(encoder->out, encoder->encoding, "arrayType", type);
		return;
	}
	type = colon ? colon + 1 : type;
	for (index = 0; index < sizeof(simple) / sizeof(simple[0]); index++)
		if (!strcmp(type, simple[index]))
			prefix = encoder->schema;
	for (child = xml_child(node, NULL); child; child = xml_next(child, NULL))
		count++;
	snprintf(text, sizeof(text), "%s:%s[%zu]", prefix, type, count);
	add_attribute(encoder->out, encoder->encoding, "arrayType", text);
	if (!encoder->style->typed)
		return;
	declare_here(encoder, encoder->instance, SCHEMA "-instance");
	snprintf(text, sizeof(text), "%s:Array", encoder->encoding);
	add_attribute(encoder->out, encoder->instance, "type", text); /* SOAP 1.1 5.4.2 */
}

static void add_type(const struct encoder *encoder, const char *type)
{
	char text[80];

	if (!strncmp(type, "xsd:", 4)) {
		snprintf(text, sizeof(text), "%s:%s", encoder->schema, type + 4);
		type = text;
	}
	declare_here(encoder, encoder->schema, SCHEMA);
	declare_here(encoder, encoder->instance, SCHEMA "-instance");
	add_attribute(encoder->out, encoder->instance, "type", type);
}

/* A type whose text may stand between white space (XML Schema 2, 4.3.6: collapse). */
static bool collapses(const char *type)
{
	static const char *const types[] = {"int", "unsignedInt", "boolean", "dateTime"};

	for (size_t index = 0; type && index < sizeof(types) / sizeof(types[0]); index++)
		if (!strncmp(type, "xsd:", 4) && !strcmp(type + 4, types[index]))
			return true;
	return false;
}

static void add_value(const struct encoder *encoder, const char *text, const char *type)
{
	bool spaced = encoder->style->spaced && *text && collapses(type);

	if (encoder->style->numeric_booleans && type && !strcmp(type, "xsd:boolean"))
		text = !strcmp(text, "true") ? "1" : !strcmp(text, "false") ? "0" : text;
	if (spaced)
		buffer_add_text(encoder->out, "\n\t ");
	add_text(encoder, text);
	if (spaced)
		buffer_add_text(encoder->out, " \n");
}

/* The type of an argument that stands without one in the tree. */
static const char *argument_type(const xmlNode *node)
{
	static const struct { const char *name, *type; } types[] = {
		{"MaxEnvelopes", "xsd:unsignedInt"}, {"RetryCount", "xsd:unsignedInt"},
		{"CurrentTime", "xsd:dateTime"}, {"StartTime", "xsd:dateTime"},
		{"CompleteTime", "xsd:dateTime"}, {"Status", "xsd:int"},
		{"InstanceNumber", "xsd:unsignedInt"}, {"Writable", "xsd:boolean"},
		{"Notification", "xsd:int"}, {"FaultCode", "xsd:unsignedInt"},
	};

	for (size_t index = 0; index < sizeof(types) / sizeof(types[0]); index++)
		if (!strcmp((const char *)node->name, types[index].name))
			return types[index].type;
	return "xsd:string";
}

/* An element without child elements. */
static void add_leaf(struct encoder *encoder, const xmlNode *node, const char *tag)
{
	char *own = xml_attribute(node, "type"), *text = xml_text(node);
	char *array = xml_attribute(node, "arrayType");
	const char *type = own ? own : argument_type(node);

	buffer_format(encoder->out, "<%s", tag);
	if (own || (encoder->style->typed && encoder->depth > 2 && !array))
		add_type(encoder, type);
	if (array)
		add_array_type(encoder, node, array);
	if (text && *text) {
		buffer_add(encoder->out, ">", 1);
		add_value(encoder, text, type);
		buffer_format(encoder->out, "</%s>", tag);
	} else {
		buffer_add(encoder->out, "/>", 2);
	}
	free(own);
	free(text);
	free(array);
}

/* Writes an element with all below it; tag: its name with a prefix, or NULL for its own; more:
 * declarations that stand in its tag. */
static void add_element(struct encoder *encoder, const xmlNode *node, const char *tag,
			const char *more)
{
	struct buffer *out = encoder->out;
	char *array = xml_attribute(node, "arrayType");

	if (encoder->depth > DEPTH_MOST) {
		free(array);
		return;
	}
	if (!tag)
		tag = (const char *)node->name;
	add_break(encoder, true);
	if (!xml_child(node, NULL) && !*more) {
		free(array);
		add_leaf(encoder, node, tag);
		return;
	}
	buffer_format(out, "<%s%s", tag, more);
	if (array)
		add_array_type(encoder, node, array);
	free(array);
	buffer_add(out, ">", 1);
	encoder->depth++;
	for (const xmlNode *child = xml_child(node, NULL); child; child = xml_next(child, NULL))
		add_element(encoder, child, NULL, "");
	encoder->depth--;
	add_break(encoder, false);
	buffer_format(out, "</%s>", tag);
}

/* The namespaces that a child of the body needs in its tag; unqualified: what stands in it has
 * no prefix, although SOAP's namespace is the default one. */
static void body_declarations(const struct encoder *encoder, bool method, char *text, size_t size)
{
	const struct cwmp_style *style = encoder->style;
	bool unqualified = !encoder->soap[0];

	snprintf(text, size, "%s%s%s%s%s%s", unqualified ? " xmlns=\"\"" : "",
		 method && style->declare_late ? " xmlns:" : "",
		 method && style->declare_late ? encoder->cwmp : "",
		 method && style->declare_late ? "=\"" : "",
		 method && style->declare_late ? (style->ns ? style->ns : CWMP_1_1) : "",
		 method && style->declare_late ? "\"" : "");
}

/* A SOAP Fault with the CWMP fault in its detail (TR-069 3.5). */
static void add_fault(struct encoder *encoder, const xmlNode *body)
{
	struct buffer *out = encoder->out;
	char *side = xml_attribute(body, "side");
	char *code = xml_child_text(body, "faultcode");
	char *text = xml_child_text(body, "faultstring");
	char plain[160], method[240];
	const xmlNode *child;

	body_declarations(encoder, false, plain, sizeof(plain));
	body_declarations(encoder, true, method, sizeof(method));
	add_break(encoder, true);
	buffer_format(out, "<%sFault><faultcode%s>", encoder->soap, plain);
	if (encoder->style->fault_prefix) /* a QName of SOAP's namespace (SOAP 1.1 4.4) */
		buffer_add_text(out, encoder->soap);
	add_escaped(out, code ? code : side ? side : "Client", false);
	buffer_format(out, "</faultcode><faultstring%s>", plain);
	add_escaped(out, text ? text : "CWMP fault", false);
	buffer_format(out, "</faultstring><detail%s><%s:Fault%s>", plain, encoder->cwmp,
		      encoder->style->declare_late ? method : "");
	encoder->depth += 2;
	for (child = xml_child(body, NULL); child; child = xml_next(child, NULL))
		if (strcmp((const char *)child->name, "faultcode") &&
		    strcmp((const char *)child->name, "faultstring"))
			add_element(encoder, child, NULL, "");
	encoder->depth -= 2;
	buffer_format(out, "</%s:Fault></detail></%sFault>", encoder->cwmp, encoder->soap);
	free(side);
	free(code);
	free(text);
}

/* A field of the Header that must be understood. */
static void add_field(struct encoder *encoder, const char *name, const char *value)
{
	const struct cwmp_style *style = encoder->style;
	struct buffer *out = encoder->out;

	add_break(encoder, true);
	buffer_format(out, "<%s:%s", encoder->cwmp, name);
	declare_here(encoder, encoder->cwmp, style->ns ? style->ns : CWMP_1_1);
	if (!encoder->soap[0])
		add_declaration(out, encoder->understand,
				style->envelope_ns ? style->envelope_ns : SOAP_1_1);
	add_attribute(out, encoder->understand, "mustUnderstand", "1");
	buffer_add(out, ">", 1);
	add_text(encoder, value);
	buffer_format(out, "</%s:%s>", encoder->cwmp, name);
}

static void add_header(struct encoder *encoder)
{
	const struct cwmp_style *style = encoder->style;
	struct buffer *out = encoder->out;

	if (!style->id && !style->hold_requests)
		return;
	add_break(encoder, true);
	buffer_format(out, "<%sHeader>", encoder->soap);
	encoder->depth++;
	if (style->id)
		add_field(encoder, "ID", style->id);
	if (style->hold_requests)
		add_field(encoder, "HoldRequests", "1");
	encoder->depth--;
	add_break(encoder, false);
	buffer_format(out, "</%sHeader>", encoder->soap);
}

static void add_body(struct encoder *encoder, const xmlNode *body)
{
	struct buffer *out = encoder->out;
	char tag[160], declarations[240];

	add_break(encoder, true);
	buffer_format(out, "<%sBody>", encoder->soap);
	encoder->depth++;
	if (!strcmp((const char *)body->name, "Fault")) {
		add_fault(encoder, body);
	} else {
		snprintf(tag, sizeof(tag), "%s:%s", encoder->cwmp, (const char *)body->name);
		body_declarations(encoder, true, declarations, sizeof(declarations));
		add_element(encoder, body, tag, declarations);
	}
	encoder->depth--;
	add_break(encoder, false);
	buffer_format(out, "</%sBody>", encoder->soap);
}

static const char *or_usual(const char *prefix, const char *usual)
{
	return prefix ? prefix : usual;
}

void cwmp_encode(const xmlNode *body, const struct cwmp_style *style, struct buffer *out)
{
	const char *soap = or_usual(style->soap_prefix, "soap");
	struct encoder encoder = {
		.out = out, .style = style, .depth = 1,
		.understand = *soap ? soap : "soap",
		.cwmp = or_usual(style->cwmp_prefix, "cwmp"),
		.schema = or_usual(style->schema_prefix, "xsd"),
		.instance = or_usual(style->instance_prefix, "xsi"),
		.encoding = or_usual(style->encoding_prefix, "soapenc"),
	};

	snprintf(encoder.soap, sizeof(encoder.soap), "%s%s", soap, *soap ? ":" : "");
	if (style->declaration)
		buffer_add_text(out, style->declaration);
	else if (!style->no_declaration)
		buffer_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	buffer_format(out, "<%sEnvelope", encoder.soap);
	add_declaration(out, soap, or_usual(style->envelope_ns, SOAP_1_1));
	if (!style->declare_late) {
		add_declaration(out, encoder.encoding, SOAP_ENCODING);
		add_declaration(out, encoder.schema, SCHEMA);
		add_declaration(out, encoder.instance, SCHEMA "-instance");
		add_declaration(out, encoder.cwmp, or_usual(style->ns, CWMP_1_1));
	}
	if (style->typed && *soap) /* SOAP 1.1 4.1.1 */
		add_attribute(out, soap, "encodingStyle", SOAP_ENCODING);
	buffer_add(out, ">", 1);
	add_header(&encoder);
	add_body(&encoder, body);
	encoder.depth--;
	add_break(&encoder, false);
	buffer_format(out, "</%sEnvelope>", encoder.soap);
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
