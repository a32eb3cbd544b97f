#include "harness/judge/evaluation.h"

#include <libxml/xmlerror.h>
#include <libxml/xpathInternals.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/quick-value.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"

/* Operations that one expression may take: a check needs some hundred; a quadratic one over a
 * message of 16 MiB is stopped. */
#define OPERATIONS_MOST 5000000

#define NODES_SHOWN 16

/* libxml2 tells here what it would otherwise print; the first word on it is the best. */
static void heard(void *context, xmlError *error)
{
	struct evaluation *evaluation = context;
	const char *text = error && error->message ? error->message : "unknown";

	if (evaluation->problem.text[0] != '\0')
		return;
	problem_set(&evaluation->problem, "%s", text);
	evaluation->problem.text[strcspn(evaluation->problem.text, "\n")] = '\0';
}

/* $limit.session in an expression is its number of seconds. */
static xmlXPathObject *limit_value(const struct evaluation *evaluation, const char *name)
{
	struct limit limit;

	if (!evaluation->profile || strncmp(name, "limit.", 6) != 0 ||
	    !profile_limit(evaluation->profile, name, &limit))
		return NULL;
	return xmlXPathNewFloat((double)limit.microseconds / 1e6);
}

static xmlXPathObject *look_up(void *context, const xmlChar *name, const xmlChar *ns)
{
	struct evaluation *evaluation = context;
	const char *value = NULL;

	if (!ns) {
		value = evaluation->variable(evaluation->variable_context, (const char *)name);
		if (value)
			return xmlXPathNewCString(value);
		xmlXPathObject *limit = limit_value(evaluation, (const char *)name);
		if (limit)
			return limit;
	}
	problem_set(&evaluation->problem, "the variable $%s has no value", (const char *)name);
	return NULL;
}

void evaluation_begin(struct evaluation *evaluation, const struct profile *profile,
		      const char *(*variable)(void *context, const char *name), void *context)
{
	memset(evaluation, 0, sizeof(*evaluation));
	evaluation->profile = profile;
	evaluation->variable = variable;
	evaluation->variable_context = context;
	evaluation->empty = xmlNewDoc(BAD_CAST "1.0");
	xmlDocSetRootElement(evaluation->empty,
			     xmlNewDocNode(evaluation->empty, NULL, BAD_CAST "message", NULL));
	evaluation->context = xmlXPathNewContext(evaluation->empty);
	evaluation->context->opLimit = OPERATIONS_MOST;
	evaluation->context->userData = evaluation;
	evaluation->context->error = heard;
	xmlXPathContextSetCache(evaluation->context, 1, -1, 0);
	xmlXPathRegisterVariableLookup(evaluation->context, look_up, evaluation);
	xpath_functions_register(evaluation->context);
	evaluation_about(evaluation, NULL, 0);
}

void evaluation_end(struct evaluation *evaluation)
{
	for (size_t i = 0; i < evaluation->regexp_count; i++) {
		free(evaluation->regexps[i].text);
		xmlRegFreeRegexp(evaluation->regexps[i].compiled);
	}
	free(evaluation->regexps);
	free(evaluation->room);
	xmlXPathFreeContext(evaluation->context);
	xmlFreeDoc(evaluation->empty);
	memset(evaluation, 0, sizeof(*evaluation));
}

void evaluation_about(struct evaluation *evaluation, const struct message *message,
		      int64_t elapsed)
{
	xmlXPathContext *context = evaluation->context;

	if (message && (!message->document || !message->body))
		message = NULL;
	evaluation->message = message;
	evaluation->parameter.known = false;
	evaluation->elapsed = elapsed;
	context->doc = message ? message->document : evaluation->empty;
	context->node = message ? message->body : xmlDocGetRootElement(evaluation->empty);
}

static void prepare(struct evaluation *evaluation)
{
	evaluation->problem.text[0] = '\0';
	evaluation->context->opCount = 0;
	evaluation->context->depth = 0;
	/* An earlier expression may have left these where it stopped. */
	evaluation_about(evaluation, evaluation->message, evaluation->elapsed);
}

static void say_unknown(struct evaluation *evaluation)
{
	if (evaluation->problem.text[0] == '\0')
		problem_set(&evaluation->problem, "it cannot be computed");
}

enum truth evaluation_truth(struct evaluation *evaluation, xmlXPathCompExpr *compiled)
{
	prepare(evaluation);
	int result = compiled ? xmlXPathCompiledEvalToBoolean(compiled, evaluation->context) : -1;

	if (result < 0 || evaluation->problem.text[0] != '\0') {
		say_unknown(evaluation);
		return TRUTH_UNKNOWN;
	}
	return result ? TRUTH_YES : TRUTH_NO;
}

enum truth evaluation_holds(struct evaluation *evaluation, const struct expression *expression)
{
	enum truth truth = TRUTH_UNKNOWN;

	evaluation->problem.text[0] = '\0';
	if (expression->quick)
		truth = quick_truth(evaluation, expression->quick);
	return truth == TRUTH_UNKNOWN ? evaluation_truth(evaluation, expression->compiled) : truth;
}

static char *joined(const xmlNodeSet *nodes)
{
	struct buffer text = { 0 };

	for (int i = 0; nodes && i < nodes->nodeNr; i++) {
		if (i == NODES_SHOWN) {
			buffer_add_text(&text, ", ...");
			break;
		}
		xmlChar *value = xmlXPathCastNodeToString(nodes->nodeTab[i]);
		buffer_add_text(&text, i > 0 ? ", " : "");
		buffer_add_text(&text, value ? (const char *)value : "");
		xmlFree(value);
	}
	char *result = memory_text(buffer_text(&text));
	buffer_free(&text);
	return result;
}

char *evaluation_text(struct evaluation *evaluation, xmlXPathCompExpr *compiled, bool *found)
{
	char *text = NULL;

	prepare(evaluation);
	xmlXPathObject *object =
		compiled ? xmlXPathCompiledEval(compiled, evaluation->context) : NULL;
	if (!object || evaluation->problem.text[0] != '\0') {
		say_unknown(evaluation);
		xmlXPathFreeObject(object);
		return NULL;
	}
	if (found)
		*found = object->type != XPATH_NODESET ||
			 (object->nodesetval && object->nodesetval->nodeNr > 0);
	if (object->type == XPATH_NODESET) {
		text = joined(object->nodesetval);
	} else {
		xmlChar *value = xmlXPathCastToString(object);
		text = memory_text(value ? (const char *)value : "");
		xmlFree(value);
	}
	xmlXPathFreeObject(object);
	return text;
}

static xmlXPathCompExpr *compile(struct evaluation *evaluation, const char *text, size_t length)
{
	char *copy = memory_text_length(text, length);
	xmlXPathCompExpr *compiled;

	prepare(evaluation);
	compiled = xmlXPathCtxtCompile(evaluation->context, BAD_CAST copy);
	free(copy);
	return compiled;
}

enum truth evaluation_truth_of(struct evaluation *evaluation, const char *text, size_t length)
{
	xmlXPathCompExpr *compiled = compile(evaluation, text, length);
	enum truth truth = compiled ? evaluation_truth(evaluation, compiled) : TRUTH_UNKNOWN;

	xmlXPathFreeCompExpr(compiled);
	return truth;
}

char *evaluation_text_of(struct evaluation *evaluation, const char *text, size_t length,
			 bool *found)
{
	xmlXPathCompExpr *compiled = compile(evaluation, text, length);
	char *value = compiled ? evaluation_text(evaluation, compiled, found) : NULL;

	xmlXPathFreeCompExpr(compiled);
	return value;
}
