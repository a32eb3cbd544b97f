/* matches(s, regex): regular expressions of XML Schema, the whole string. */
#include <libxml/xmlerror.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/xpath-arguments.h"
#include "protocols/memory.h"

#define REGEXPS_MOST 256
#define REGEXP_LENGTH 1024
#define SUBJECT_LENGTH 65536

static void heard_nothing(void *context, xmlError *error)
{
	(void)context;
	(void)error;
}

/* libxml2 says what is wrong with a regular expression only through its own global handler, on
 * the terminal when nobody listens. */
static xmlRegexp *compile_quietly(const xmlChar *text)
{
	xmlStructuredErrorFunc was = xmlStructuredError;
	void *was_context = xmlStructuredErrorContext;

	xmlSetStructuredErrorFunc(NULL, heard_nothing);
	xmlRegexp *compiled = xmlRegexpCompile(text);
	xmlSetStructuredErrorFunc(was_context, was);
	return compiled;
}

static struct evaluation_regexp *keep_compiled(struct evaluation *evaluation, const char *text)
{
	struct evaluation_regexp *regexps = evaluation->regexps;
	xmlRegexp *compiled = compile_quietly(BAD_CAST text);

	if (!compiled)
		return NULL;
	if (evaluation->regexp_count == REGEXPS_MOST) { /* they come from a message: begin anew */
		for (size_t i = 0; i < REGEXPS_MOST; i++) {
			free(regexps[i].text);
			xmlRegFreeRegexp(regexps[i].compiled);
		}
		evaluation->regexp_count = 0;
	}
	if (!regexps)
		evaluation->regexps = regexps = memory_new(REGEXPS_MOST * sizeof(*regexps));
	regexps[evaluation->regexp_count++] = (struct evaluation_regexp){
		.text = memory_text(text),
		.compiled = compiled,
		.answer = -1,
	};
	return &regexps[evaluation->regexp_count - 1];
}

static struct evaluation_regexp *find(struct evaluation *evaluation, const char *text)
{
	for (size_t i = 0; i < evaluation->regexp_count; i++)
		if (strcmp(evaluation->regexps[i].text, text) == 0)
			return &evaluation->regexps[i];
	return keep_compiled(evaluation, text);
}

static int execute(struct evaluation_regexp *regexp, const char *text)
{
	size_t length = strlen(text);

	if (regexp->answer >= 0 && strcmp(regexp->last, text) == 0)
		return regexp->answer;
	int result = xmlRegexpExec(regexp->compiled, (const xmlChar *)text);
	if (length < sizeof(regexp->last) && result >= 0) {
		memcpy(regexp->last, text, length + 1);
		regexp->answer = result;
	}
	return result;
}

/* ^ and $ are ordinary characters in XML Schema: who writes them means something else. */
static const char *odd(const char *regexp)
{
	size_t length = strlen(regexp);

	if (length > REGEXP_LENGTH)
		return "is too long";
	if (regexp[0] == '^')
		return "begins with ^: it is anchored at both ends as it is";
	if (length > 1 && regexp[length - 1] == '$' && regexp[length - 2] != '\\')
		return "ends with $: it is anchored at both ends as it is";
	return NULL;
}

/* 1 or 0; -1 and the evaluation's problem when it cannot be computed. */
int xpath_regexp_fits(struct evaluation *evaluation, const char *text, const char *regexp)
{
	const char *why = odd(regexp);
	struct problem problem = { "" };
	struct evaluation_regexp *compiled = NULL;
	int result = -1;

	if (why)
		problem_set(&problem, "the regular expression '%.80s' %s", regexp, why);
	else if (strlen(text) > SUBJECT_LENGTH)
		problem_set(&problem, "matches(): the text is longer than %d octets",
			    SUBJECT_LENGTH);
	else if (!(compiled = find(evaluation, regexp)))
		problem_set(&problem, "'%.80s' is no regular expression", regexp);
	else if ((result = execute(compiled, text)) < 0)
		problem_set(&problem, "matching '%.80s' takes too long", regexp);
	if (result < 0 && evaluation->problem.text[0] == '\0')
		evaluation->problem = problem;
	return result < 0 ? -1 : result == 1;
}

void xpath_matches(xmlXPathParserContext *ctxt, int nargs)
{
	xmlChar *argument[2];

	if (xpath_arguments(ctxt, nargs, 2, 2, argument) < 0)
		return;
	int result = xpath_regexp_fits(xpath_evaluation(ctxt), (const char *)argument[0],
				       (const char *)argument[1]);

	if (result < 0)
		xpath_cannot(ctxt, "matches() cannot be computed"); /* the problem says why */
	else
		xpath_give_truth(ctxt, result == 1);
	xpath_arguments_free(argument, 2);
}
