/* event(code[, key]), known-event(code), known-fault(code), grammar-breach(). */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/xpath-arguments.h"
#include "protocols/cwmp.h"
#include "protocols/xml.h"

static bool child_is(const xmlNode *parent, const char *name, const char *wanted)
{
	const xmlNode *child = xml_child(parent, name);

	return child && xml_text_is(child, wanted);
}

/* Is there an EventStruct with that EventCode, and that CommandKey when one is asked for? */
bool xpath_has_event(const struct message *message, const char *code, const char *key)
{
	const xmlNode *event = NULL;

	if (message)
		event = xml_child(xml_child(message->body, "Event"), "EventStruct");
	while (event && !(child_is(event, "EventCode", code) &&
			  (!key || child_is(event, "CommandKey", key))))
		event = xml_next(event, "EventStruct");
	return event != NULL;
}

void xpath_event(xmlXPathParserContext *ctxt, int nargs)
{
	xmlChar *argument[2];

	if (xpath_arguments(ctxt, nargs, 1, 2, argument) < 0)
		return;
	xpath_give_truth(ctxt, xpath_has_event(xpath_evaluation(ctxt)->message,
					       (const char *)argument[0],
					       (const char *)argument[1]));
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

bool xpath_event_is_known(const char *code)
{
	return cwmp_event_find(code) != NULL || vendor_event(code);
}

void xpath_known_event(xmlXPathParserContext *ctxt, int nargs)
{
	xmlChar *code[1];

	if (xpath_arguments(ctxt, nargs, 1, 1, code) < 0)
		return;
	xpath_give_truth(ctxt, xpath_event_is_known((const char *)code[0]));
	xpath_arguments_free(code, 1);
}

bool xpath_fault_is_known(const char *code)
{
	size_t digits = strspn(code, "0123456789");
	bool number = digits > 0 && digits <= 6 && code[digits] == '\0';

	return number && cwmp_fault_find(atoi(code)) != NULL;
}

void xpath_known_fault(xmlXPathParserContext *ctxt, int nargs)
{
	xmlChar *code[1];

	if (xpath_arguments(ctxt, nargs, 1, 1, code) < 0)
		return;
	xpath_give_truth(ctxt, xpath_fault_is_known((const char *)code[0]));
	xpath_arguments_free(code, 1);
}

bool xpath_find_breach(struct evaluation *evaluation, const struct grammar_breach **breach)
{
	*breach = NULL;
	if (!evaluation->grammar) {
		problem_set(&evaluation->problem, "grammar-breach(): there are no schemas");
		return false;
	}
	return !evaluation->message ||
	       grammar_ask(evaluation->grammar, evaluation->message, breach,
			   &evaluation->problem) != GRAMMAR_UNKNOWN;
}

void xpath_grammar_breach(xmlXPathParserContext *ctxt, int nargs)
{
	const struct grammar_breach *breach;
	struct problem problem;

	if (xpath_arguments(ctxt, nargs, 0, 0, NULL) < 0)
		return;
	if (xpath_find_breach(xpath_evaluation(ctxt), &breach)) {
		xpath_give_text(ctxt, breach ? breach->text : "");
		return;
	}
	problem = xpath_evaluation(ctxt)->problem;
	xpath_cannot(ctxt, "%s", problem.text);
}
