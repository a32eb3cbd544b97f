/* The table of the language's own XPath functions, and what they share. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/judge/xpath-arguments.h"
#include "protocols/xml.h"

struct evaluation *xpath_evaluation(xmlXPathParserContext *ctxt)
{
	return ctxt->context->userData;
}

void xpath_cannot(xmlXPathParserContext *ctxt, const char *format, ...)
{
	struct problem *problem = &xpath_evaluation(ctxt)->problem;
	va_list list;

	if (problem->text[0] == '\0') {
		va_start(list, format);
		vsnprintf(problem->text, sizeof(problem->text), format, list);
		va_end(list);
	}
	ctxt->error = XPATH_EXPR_ERROR;
}

int xpath_arguments(xmlXPathParserContext *ctxt, int nargs, int least, int most,
		    xmlChar *arguments[])
{
	for (int i = 0; i < most; i++)
		arguments[i] = NULL;
	if (nargs < least || nargs > most) {
		xpath_cannot(ctxt, "%s() is given %d arguments",
			     (const char *)ctxt->context->function, nargs);
		return -1;
	}
	for (int i = nargs - 1; i >= 0; i--)
		arguments[i] = xmlXPathPopString(ctxt);
	for (int i = 0; i < nargs; i++) {
		if (arguments[i] && ctxt->error == XPATH_EXPRESSION_OK)
			continue;
		xpath_arguments_free(arguments, most);
		xpath_cannot(ctxt, "an argument of %s() cannot be computed",
			     (const char *)ctxt->context->function);
		return -1;
	}
	return 0;
}

void xpath_arguments_free(xmlChar *arguments[], int count)
{
	for (int i = 0; i < count; i++) {
		xmlFree(arguments[i]);
		arguments[i] = NULL;
	}
}

void xpath_give_text(xmlXPathParserContext *ctxt, const char *text)
{
	valuePush(ctxt, xmlXPathNewCString(text));
}

void xpath_give_truth(xmlXPathParserContext *ctxt, bool truth)
{
	valuePush(ctxt, xmlXPathNewBoolean(truth));
}

/* elapsed(): seconds since what came before was complete. */
static void elapsed(xmlXPathParserContext *ctxt, int nargs)
{
	if (xpath_arguments(ctxt, nargs, 0, 0, NULL) == 0)
		valuePush(ctxt, xmlXPathNewFloat((double)xpath_evaluation(ctxt)->elapsed / 1e6));
}

/* ics(name): does the profile claim it? What it does not say it does not claim. */
static void ics(xmlXPathParserContext *ctxt, int nargs)
{
	const struct profile *profile = xpath_evaluation(ctxt)->profile;
	xmlChar *name[1];

	if (xpath_arguments(ctxt, nargs, 1, 1, name) < 0)
		return;
	const struct ics_item *item = profile ? profile_ics(profile, (const char *)name[0]) : NULL;
	if (profile)
		xpath_give_truth(ctxt, item && item->supported);
	else
		xpath_cannot(ctxt, "ics('%s'): there is no profile", (const char *)name[0]);
	xpath_arguments_free(name, 1);
}

static bool header_is(const xmlNode *field, const char *name)
{
	const xmlAttr *is = xmlHasProp((xmlNode *)(uintptr_t)field, BAD_CAST "name");
	const xmlNode *text = is ? is->children : NULL;

	return text && !text->next && text->content &&
	       xmlStrcasecmp(text->content, BAD_CAST name) == 0;
}

const xmlNode *xpath_find_header(const struct message *message, const char *name)
{
	const xmlNode *field = NULL;

	if (message) {
		xmlNode *http = xml_child(xmlDocGetRootElement(message->document), "http");
		field = xml_child(http, "header");
	}
	while (field && !header_is(field, name))
		field = xml_next(field, "header");
	return field;
}

/* header(name): the value of the message's HTTP header field, "" when there is none. */
static void header(xmlXPathParserContext *ctxt, int nargs)
{
	const xmlNode *field;
	xmlChar *name[1];

	if (xpath_arguments(ctxt, nargs, 1, 1, name) < 0)
		return;
	field = xpath_find_header(xpath_evaluation(ctxt)->message, (const char *)name[0]);
	xmlChar *value = field ? xmlNodeGetContent(field) : NULL;
	xpath_give_text(ctxt, value ? (const char *)value : "");
	xmlFree(value);
	xpath_arguments_free(name, 1);
}

/* inside(): did the message come through the tunnel? */
static void inside(xmlXPathParserContext *ctxt, int nargs)
{
	const struct message *message = xpath_evaluation(ctxt)->message;

	if (xpath_arguments(ctxt, nargs, 0, 0, NULL) == 0)
		xpath_give_truth(ctxt, message && message_is_inside(message));
}

static const struct {
	const char *name;
	xmlXPathFunction function;
} functions[] = {
	{ "address-in", xpath_address_in },
	{ "digest-response", xpath_digest_response },
	{ "elapsed", elapsed },
	{ "event", xpath_event },
	{ "field", xpath_field },
	{ "forced-missing", xpath_forced_missing },
	{ "grammar-breach", xpath_grammar_breach },
	{ "has-parameter", xpath_has_parameter },
	{ "header", header },
	{ "host-of", xpath_host_of },
	{ "ics", ics },
	{ "inside", inside },
	{ "instance", xpath_instance },
	{ "is-date-time", xpath_is_date_time },
	{ "known-event", xpath_known_event },
	{ "known-fault", xpath_known_fault },
	{ "lower-case", xpath_lower_case },
	{ "matches", xpath_matches },
	{ "parameter", xpath_parameter },
	{ "path", xpath_path },
	{ "port-of", xpath_port_of },
	{ "argument-wrong", xpath_argument_wrong },
	{ "events-ordered", xpath_events_in_order },
	{ "range-wrong", xpath_range_wrong },
	{ "repeated", xpath_repeated },
	{ "type-wrong", xpath_type_wrong },
	{ "value-wrong", xpath_value_wrong },
	{ "scheme-of", xpath_scheme_of },
};

void xpath_functions_register(xmlXPathContext *context)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		xmlXPathRegisterFunc(context, BAD_CAST functions[i].name, functions[i].function);
}
