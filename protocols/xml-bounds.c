#include "protocols/xml-bounds.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "protocols/limits.h"

/*
 * Up to its first mistake a document is read here as libxml2 reads it; what comes after one does
 * not matter, for there libxml2 gives up.
 */
struct survey {
	const char *at, *end;
	size_t depth, elements, in_force;
	unsigned declared[LIMIT_XML_DEPTH + 1]; /* namespaces, by the elements that are open */
	struct problem *problem;
};

static const char *exceeded(struct survey *survey, const char *limit, const char *what, size_t most)
{
	problem_set(survey->problem, "more than %zu %s (limit %s)", most, what, limit);
	return limit;
}

/* Behind the text, which must follow from at; the end when it does not come. */
static const char *behind(const char *at, const char *end, const char *text)
{
	size_t length = strlen(text);
	const char *found = memmem(at, (size_t)(end - at), text, length);

	return found ? found + length : end;
}

static bool begins(const struct survey *survey, const char *text)
{
	size_t length = strlen(text);

	return (size_t)(survey->end - survey->at) >= length && !memcmp(survey->at, text, length);
}

static void leave(struct survey *survey)
{
	if (survey->depth) {
		survey->in_force -= survey->declared[survey->depth];
		survey->depth--;
	}
}

/* To the end of a value in quotes. */
static void skip_value(struct survey *survey)
{
	const char *from = survey->at + 1;
	const char *end = memchr(from, *survey->at, (size_t)(survey->end - from));

	survey->at = end ? end : survey->end - 1;
}

/* From the end of the element's name to the tag's '>'. Each value in quotes is an attribute. */
static const char *attributes(struct survey *survey, unsigned *declared)
{
	const char *name = NULL;
	size_t count = 0;

	for (; survey->at < survey->end && *survey->at != '>'; survey->at++) {
		if (*survey->at == '"' || *survey->at == '\'') {
			if (++count > LIMIT_XML_ATTRIBUTES)
				return exceeded(survey, "xml.attributes", "attributes of an element",
						LIMIT_XML_ATTRIBUTES);
			*declared += name && survey->end - name > 5 && !memcmp(name, "xmlns", 5);
			name = NULL;
			skip_value(survey);
		} else if (!name && !memchr(" \t\r\n=/", *survey->at, 6)) {
			name = survey->at;
		}
	}
	return NULL;
}

/* At the name of a start tag. */
static const char *start_tag(struct survey *survey)
{
	unsigned *declared = &survey->declared[survey->depth + 1];
	const char *limit;

	if (++survey->elements > LIMIT_XML_ELEMENTS)
		return exceeded(survey, "xml.elements", "elements", LIMIT_XML_ELEMENTS);
	if (survey->depth == LIMIT_XML_DEPTH)
		return exceeded(survey, "xml.depth", "elements inside one another", LIMIT_XML_DEPTH);
	survey->depth++;
	*declared = 0;
	while (survey->at < survey->end && !memchr(" \t\r\n/>", *survey->at, 6))
		survey->at++;
	limit = attributes(survey, declared);
	survey->in_force += *declared;
	if (!limit && survey->in_force > LIMIT_XML_NAMESPACES)
		limit = exceeded(survey, "xml.namespaces", "namespace declarations in force",
				 LIMIT_XML_NAMESPACES);
	if (!limit && survey->at < survey->end && survey->at[-1] == '/')
		leave(survey);
	return limit;
}

/* At what follows a '<'. */
static const char *markup(struct survey *survey)
{
	if (begins(survey, "!--"))
		survey->at = behind(survey->at + 3, survey->end, "-->");
	else if (begins(survey, "![CDATA["))
		survey->at = behind(survey->at, survey->end, "]]>");
	else if (begins(survey, "?"))
		survey->at = behind(survey->at, survey->end, "?>");
	else if (begins(survey, "/"))
		leave(survey);
	else if (!begins(survey, "!")) /* a document type is refused: nothing is read after it */
		return start_tag(survey);
	return NULL;
}

/* Does each octet of the document that looks like markup stand for it, whatever else is there? */
static bool is_plain(const char *octets, size_t length)
{
	static const char *const plain[] = {"UTF-8", "UTF8", "US-ASCII", "ASCII", "ISO-8859-",
					    "ISO8859-", "LATIN", "WINDOWS-125", "CP125"};
	const char *end = memchr(octets, '>', length), *at;
	size_t index;

	if (length < 4 || memchr(octets, '\0', 4) || strchr("\xfe\xff\x4c", octets[0]))
		return length < 4;
	if (memcmp(octets, "<?xml", 5 < length ? 5 : length) || !end)
		return true;
	at = memmem(octets, (size_t)(end - octets), "encoding", 8);
	if (!at)
		return true;
	for (at += 8; at < end && strchr(" \t\r\n='\"", *at) && *at;)
		at++;
	for (index = 0; index < sizeof(plain) / sizeof(plain[0]); index++)
		if ((size_t)(end - at) > strlen(plain[index]) &&
		    !strncasecmp(at, plain[index], strlen(plain[index])))
			return true;
	return false;
}

const char *xml_bounds_exceeded(const char *octets, size_t length, struct problem *problem)
{
	struct survey survey = {.at = octets, .end = octets + length, .problem = problem};

	if (length > LIMIT_XML_DOCUMENT)
		return exceeded(&survey, "xml.document", "octets", LIMIT_XML_DOCUMENT);
	if (length > LIMIT_XML_RECODED && !is_plain(octets, length))
		return exceeded(&survey, "xml.recoded", "octets in an encoding that is not read as it "
				"stands", LIMIT_XML_RECODED);
	while (survey.at < survey.end &&
	       (survey.at = memchr(survey.at, '<', (size_t)(survey.end - survey.at)))) {
		const char *limit;

		survey.at++;
		limit = markup(&survey);
		if (limit)
			return limit;
	}
	return NULL;
}
