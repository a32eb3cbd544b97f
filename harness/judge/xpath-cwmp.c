/* event(code[, key]), known-event(code), known-fault(code). */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/xpath-arguments.h"
#include "protocols/cwmp.h"
#include "protocols/xml.h"

static bool child_is(const xmlNode *parent, const char *name, const xmlChar *wanted)
{
	char *text = xml_child_text(parent, name);
	bool same = text && strcmp(text, (const char *)wanted) == 0;

	free(text);
	return same;
}

/* Is there an EventStruct with that EventCode, and that CommandKey when one is asked for? */
void xpath_event(xmlXPathParserContext *ctxt, int nargs)
{
	const struct message *message = xpath_evaluation(ctxt)->message;
	xmlChar *argument[2];
	xmlNode *event = NULL;

	if (xpath_arguments(ctxt, nargs, 1, 2, argument) < 0)
		return;
	if (message)
		event = xml_child(xml_child(message->body, "Event"), "EventStruct");
	for (; event; event = xml_next(event, "EventStruct"))
		if (child_is(event, "EventCode", argument[0]) &&
		    (nargs == 1 || child_is(event, "CommandKey", argument[1])))
			break;
	xpath_give_truth(ctxt, event != NULL);
	xpath_arguments_free(argument, 2);
}

static bool upper_hexadecimal(const char *text, size_t count)
{
	return strspn(text, "0123456789ABCDEF") >= count;
}

/* "X <OUI> <event>" and "M X_<OUI>_<event>" are the vendors' (TR-069 3.7.1.5). */
static bool vendor_event(const char *code)
{
	if (strncmp(code, "X ", 2) == 0)
		return upper_hexadecimal(code + 2, 6) && code[8] == ' ' && code[9] != '\0';
	return strncmp(code, "M X_", 4) == 0 && code[4] != '\0';
}

void xpath_known_event(xmlXPathParserContext *ctxt, int nargs)
{
	xmlChar *code[1];

	if (xpath_arguments(ctxt, nargs, 1, 1, code) < 0)
		return;
	xpath_give_truth(ctxt, cwmp_event_find((const char *)code[0]) != NULL ||
				       vendor_event((const char *)code[0]));
	xpath_arguments_free(code, 1);
}

void xpath_known_fault(xmlXPathParserContext *ctxt, int nargs)
{
	xmlChar *code[1];

	if (xpath_arguments(ctxt, nargs, 1, 1, code) < 0)
		return;
	const char *text = (const char *)code[0];
	size_t digits = strspn(text, "0123456789");
	bool number = digits > 0 && digits <= 6 && text[digits] == '\0';

	xpath_give_truth(ctxt, number && cwmp_fault_find(atoi(text)) != NULL);
	xpath_arguments_free(code, 1);
}
