/*
 * xpath-arguments: what the XPath functions of the language share: taking arguments, giving
 * results, and saying why one cannot be computed.
 */
#ifndef HARNESS_JUDGE_XPATH_ARGUMENTS_H
#define HARNESS_JUDGE_XPATH_ARGUMENTS_H

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "harness/judge/evaluation.h"
#include "protocols/buffer.h"

struct evaluation *xpath_evaluation(xmlXPathParserContext *ctxt);
/* Takes the arguments as strings, the first first; the rest of arguments[] is NULL. Each is to
 * be freed with xmlFree. -1 (and the evaluation fails) when their number is not in order. */
int xpath_arguments(xmlXPathParserContext *ctxt, int nargs, int least, int most,
		    xmlChar *arguments[]);
void xpath_arguments_free(xmlChar *arguments[], int count);
void xpath_give_text(xmlXPathParserContext *ctxt, const char *text);
void xpath_give_truth(xmlXPathParserContext *ctxt, bool truth);
/* Fails the evaluation with a sentence. */
void xpath_cannot(xmlXPathParserContext *ctxt, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What the functions find, for libxml2 and for quick-function.c. message may be NULL. */
bool xpath_has_event(const struct message *message, const char *code,
		     const char *key /* NULL = any */);
bool xpath_event_is_known(const char *code);
bool xpath_fault_is_known(const char *code);
bool xpath_date_time(const char *text);
const xmlNode *xpath_find_header(const struct message *message, const char *name);
xmlNode *xpath_find_parameter(struct evaluation *evaluation, const char *name);
/* The forced parameters that are not there, blank-separated; false: there is no map. */
bool xpath_find_missing(const struct evaluation *evaluation, struct buffer *missing);
/* What breaks the grammar, NULL = nothing; false: it cannot be told, and the problem says why. */
bool xpath_find_breach(struct evaluation *evaluation, const struct grammar_breach **breach);
/* What is wrong with the body's arguments by the table of methods; nothing is added when all is
 * right or the method is none of TR-069's. */
void xpath_find_argument(const struct message *message, struct buffer *wrong);
bool xpath_events_ordered(const struct message *message);
/* A text that stands twice, or NULL; sorts them. */
const char *xpath_text_repeated(const char **texts, size_t count);
/* The first value of the ParameterList that has not the form of its own xsi:type, not the type that
 * the profile's map says, or is outside of the map's range. */
enum value_question { VALUE_FORM, VALUE_TYPE, VALUE_RANGE };
void xpath_find_value(const struct evaluation *evaluation, enum value_question question,
		      struct buffer *wrong);
/* -1: it cannot be computed, the evaluation's problem says why. */
int xpath_regexp_fits(struct evaluation *evaluation, const char *text, const char *regexp);

/* The functions, by subject; each file gives its own. */
void xpath_matches(xmlXPathParserContext *ctxt, int nargs);

void xpath_host_of(xmlXPathParserContext *ctxt, int nargs);
void xpath_port_of(xmlXPathParserContext *ctxt, int nargs);
void xpath_scheme_of(xmlXPathParserContext *ctxt, int nargs);
void xpath_address_in(xmlXPathParserContext *ctxt, int nargs);

void xpath_digest_response(xmlXPathParserContext *ctxt, int nargs);

void xpath_lower_case(xmlXPathParserContext *ctxt, int nargs);
void xpath_is_date_time(xmlXPathParserContext *ctxt, int nargs);

void xpath_event(xmlXPathParserContext *ctxt, int nargs);
void xpath_grammar_breach(xmlXPathParserContext *ctxt, int nargs);
void xpath_known_event(xmlXPathParserContext *ctxt, int nargs);
void xpath_known_fault(xmlXPathParserContext *ctxt, int nargs);

void xpath_parameter(xmlXPathParserContext *ctxt, int nargs);
void xpath_has_parameter(xmlXPathParserContext *ctxt, int nargs);
void xpath_path(xmlXPathParserContext *ctxt, int nargs);
void xpath_forced_missing(xmlXPathParserContext *ctxt, int nargs);

void xpath_instance(xmlXPathParserContext *ctxt, int nargs);
void xpath_field(xmlXPathParserContext *ctxt, int nargs);


void xpath_argument_wrong(xmlXPathParserContext *ctxt, int nargs);
void xpath_events_in_order(xmlXPathParserContext *ctxt, int nargs);
void xpath_repeated(xmlXPathParserContext *ctxt, int nargs);
void xpath_range_wrong(xmlXPathParserContext *ctxt, int nargs);
void xpath_type_wrong(xmlXPathParserContext *ctxt, int nargs);
void xpath_value_wrong(xmlXPathParserContext *ctxt, int nargs);

#endif
