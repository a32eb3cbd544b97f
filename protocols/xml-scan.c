#include "protocols/xml-scan.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "protocols/xml-build.h"

#define DEPTH_MOST 100     /* of open elements; libxml2 takes 256 */
#define ATTRIBUTES_MOST 24 /* of one element, declarations of namespaces among them */
#define NAMESPACES_MOST 48 /* in force at one place */

/* Classes of octets. */
enum { BEGINS = 1, CONTINUES = 2, SPACE = 4, PLAIN = 8, VALUE = 16 };

struct part { /* of the document */
	const char *text;
	size_t length;
};

struct namespace {
	struct part prefix;
	const xmlChar *kept; /* the prefix in the dictionary; NULL = the default namespace */
	const xmlChar *uri;
	unsigned depth;
};

struct attribute {
	struct part prefix, name, value;
};

struct scan {
	const char *at, *end;
	xmlDict *dictionary;
	const struct xml_scan_handler *handler;
	void *context;
	unsigned depth;
	struct part open[DEPTH_MOST]; /* the names as they stand in the start tags */
	struct {
		const xmlChar *name, *prefix, *uri;
	} names[DEPTH_MOST];
	struct namespace namespaces[NAMESPACES_MOST];
	size_t namespace_count;
	struct attribute attributes[ATTRIBUTES_MOST];
	size_t attribute_count;
};

static unsigned class_of(char c)
{
	static const uint8_t classes[128] = {
		['\t'] = SPACE | PLAIN, ['\n'] = SPACE | PLAIN, ['\r'] = SPACE,
		[' '] = SPACE | PLAIN | VALUE, ['!'] = PLAIN | VALUE, ['"'] = PLAIN,
		['#'] = PLAIN | VALUE, ['$'] = PLAIN | VALUE, ['%'] = PLAIN | VALUE,
		['\''] = PLAIN, ['('] = PLAIN | VALUE, [')'] = PLAIN | VALUE,
		['*'] = PLAIN | VALUE, ['+'] = PLAIN | VALUE, [','] = PLAIN | VALUE,
		['-'] = PLAIN | VALUE | CONTINUES, ['.'] = PLAIN | VALUE | CONTINUES,
		['/'] = PLAIN | VALUE, ['0' ... '9'] = PLAIN | VALUE | CONTINUES,
		[':'] = PLAIN | VALUE, [';'] = PLAIN | VALUE, ['='] = PLAIN | VALUE,
		['>'] = PLAIN | VALUE, ['?'] = PLAIN | VALUE, ['@'] = PLAIN | VALUE,
		['A' ... 'Z'] = PLAIN | VALUE | CONTINUES | BEGINS, ['['] = PLAIN | VALUE,
		['\\'] = PLAIN | VALUE, [']'] = VALUE, ['^'] = PLAIN | VALUE,
		['_'] = PLAIN | VALUE | CONTINUES | BEGINS, ['`'] = PLAIN | VALUE,
		['a' ... 'z'] = PLAIN | VALUE | CONTINUES | BEGINS, ['{'] = PLAIN | VALUE,
		['|'] = PLAIN | VALUE, ['}'] = PLAIN | VALUE, ['~'] = PLAIN | VALUE,
	};
	unsigned char octet = (unsigned char)c;

	return octet < 128 ? classes[octet] : 0;
}

static bool equal(struct part a, struct part b)
{
	return a.length == b.length && !memcmp(a.text, b.text, a.length);
}

static bool is(struct part part, const char *text)
{
	return part.length == strlen(text) && !memcmp(part.text, text, part.length);
}

static const xmlChar *keep(struct scan *scan, struct part part)
{
	return xml_build_keep(scan->dictionary, part.text, part.length);
}

static void skip_space(struct scan *scan)
{
	while (scan->at < scan->end && (class_of(*scan->at) & SPACE))
		scan->at++;
}

/* "NAME" or "PREFIX:NAME". */
static int read_name(struct scan *scan, struct part *prefix, struct part *name)
{
	const char *at = scan->at;

	*prefix = (struct part){at, 0};
	for (;;) {
		const char *begin = at;

		if (at == scan->end || !(class_of(*at) & BEGINS))
			return -1;
		while (at < scan->end && (class_of(*at) & CONTINUES))
			at++;
		*name = (struct part){begin, (size_t)(at - begin)};
		if (at == scan->end)
			return -1;
		if (*at != ':')
			break;
		if (prefix->length)
			return -1;
		*prefix = *name;
		at++;
	}
	scan->at = at;
	return 0;
}

static int read_attribute(struct scan *scan)
{
	struct attribute *attribute = &scan->attributes[scan->attribute_count];
	char quote;

	if (scan->attribute_count == ATTRIBUTES_MOST ||
	    read_name(scan, &attribute->prefix, &attribute->name) < 0)
		return -1;
	skip_space(scan);
	if (scan->at == scan->end || *scan->at++ != '=')
		return -1;
	skip_space(scan);
	if (scan->at == scan->end || (*scan->at != '"' && *scan->at != '\''))
		return -1;
	quote = *scan->at++;
	attribute->value.text = scan->at;
	while (scan->at < scan->end && (class_of(*scan->at) & VALUE))
		scan->at++;
	if (scan->at == scan->end || *scan->at != quote)
		return -1;
	attribute->value.length = (size_t)(scan->at - attribute->value.text);
	scan->at++;
	scan->attribute_count++;
	return 0;
}

/* Takes the declarations out of the attributes. What is odd in them is libxml2's. */
static int declare(struct scan *scan, size_t *declared)
{
	size_t index, kept = 0, first = scan->namespace_count, other;

	for (index = 0; index < scan->attribute_count; index++) {
		const struct attribute *attribute = &scan->attributes[index];
		struct namespace *namespace = &scan->namespaces[scan->namespace_count];
		bool whole = !attribute->prefix.length && is(attribute->name, "xmlns");

		if (!whole && !is(attribute->prefix, "xmlns")) {
			scan->attributes[kept++] = *attribute;
			continue;
		}
		if (scan->namespace_count == NAMESPACES_MOST ||
		    (!whole && (!strncmp(attribute->name.text, "xml", 3) ||
				!attribute->value.length)) ||
		    memmem(attribute->value.text, attribute->value.length, "www.w3.org/XML", 14) ||
		    memmem(attribute->value.text, attribute->value.length, "/xmlns", 6) ||
		    memchr(attribute->value.text, ' ', attribute->value.length))
			return -1;
		namespace->prefix = whole ? (struct part){"", 0} : attribute->name;
		namespace->kept = whole ? NULL : keep(scan, attribute->name);
		namespace->uri = keep(scan, attribute->value);
		namespace->depth = scan->depth;
		for (other = first; other < scan->namespace_count; other++)
			if (scan->namespaces[other].kept == namespace->kept)
				return -1;
		scan->namespace_count++;
	}
	scan->attribute_count = kept;
	*declared = scan->namespace_count - first;
	return 0;
}

/* Gives up for a prefix that is not declared. */
static int resolve(const struct scan *scan, struct part prefix, const xmlChar **kept,
		   const xmlChar **uri)
{
	size_t index = scan->namespace_count;

	*kept = NULL;
	*uri = NULL;
	while (index--) {
		const struct namespace *namespace = &scan->namespaces[index];

		if (!equal(namespace->prefix, prefix))
			continue;
		*kept = namespace->kept;
		*uri = *namespace->uri ? namespace->uri : NULL;
		return 0;
	}
	return prefix.length ? -1 : 0;
}

static int give_start(struct scan *scan, struct part prefix, struct part name)
{
	const xmlChar *pairs[2 * NAMESPACES_MOST], *given[5 * ATTRIBUTES_MOST];
	size_t declared, index, other, first;
	unsigned own = scan->depth - 1;

	if (declare(scan, &declared) < 0 ||
	    resolve(scan, prefix, &scan->names[own].prefix, &scan->names[own].uri) < 0)
		return -1;
	scan->names[own].name = keep(scan, name);
	first = scan->namespace_count - declared;
	for (index = 0; index < declared; index++) {
		pairs[2 * index] = scan->namespaces[first + index].kept;
		pairs[2 * index + 1] = scan->namespaces[first + index].uri;
	}
	for (index = 0; index < scan->attribute_count; index++) {
		const struct attribute *attribute = &scan->attributes[index];
		const xmlChar **five = &given[5 * index];

		five[0] = keep(scan, attribute->name);
		five[1] = NULL;
		five[2] = NULL;
		if (attribute->prefix.length &&
		    resolve(scan, attribute->prefix, &five[1], &five[2]) < 0)
			return -1;
		five[3] = (const xmlChar *)attribute->value.text;
		five[4] = five[3] + attribute->value.length;
		for (other = 0; other < index; other++)
			if (given[5 * other] == five[0] && given[5 * other + 2] == five[2])
				return -1;
	}
	scan->handler->start(scan->context, scan->names[own].name, scan->names[own].prefix,
			     scan->names[own].uri, (int)declared, pairs,
			     (int)scan->attribute_count, 0, given);
	return 0;
}

static void give_end(struct scan *scan)
{
	unsigned own = scan->depth - 1;

	scan->handler->end(scan->context, scan->names[own].name, scan->names[own].prefix,
			   scan->names[own].uri);
	while (scan->namespace_count &&
	       scan->namespaces[scan->namespace_count - 1].depth == scan->depth)
		scan->namespace_count--;
	scan->depth--;
}

/* At the name of a start tag. */
static int read_start(struct scan *scan)
{
	const char *begin = scan->at;
	struct part prefix, name;
	bool empty;

	if (scan->depth == DEPTH_MOST || read_name(scan, &prefix, &name) < 0)
		return -1;
	scan->open[scan->depth++] = (struct part){begin, (size_t)(scan->at - begin)};
	scan->attribute_count = 0;
	for (;;) {
		const char *before = scan->at;

		skip_space(scan);
		if (scan->at == scan->end)
			return -1;
		if (*scan->at == '>' || *scan->at == '/')
			break;
		if (scan->at == before || read_attribute(scan) < 0)
			return -1;
	}
	empty = *scan->at == '/';
	scan->at += empty;
	if (scan->at == scan->end || *scan->at++ != '>')
		return -1;
	if (give_start(scan, prefix, name) < 0)
		return -1;
	if (empty)
		give_end(scan);
	return 0;
}

/* At the name of an end tag: it must be the very text of the start tag. */
static int read_end(struct scan *scan)
{
	struct part open;

	if (!scan->depth)
		return -1;
	open = scan->open[scan->depth - 1];
	if ((size_t)(scan->end - scan->at) <= open.length ||
	    memcmp(scan->at, open.text, open.length))
		return -1;
	scan->at += open.length;
	skip_space(scan);
	if (scan->at == scan->end || *scan->at++ != '>')
		return -1;
	give_end(scan);
	return 0;
}

/* At '&'. */
static int read_entity(struct scan *scan)
{
	static const struct {
		const char *entity, *text;
	} entities[] = {{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}, {"&quot;", "\""},
			{"&apos;", "'"}};
	size_t index;

	for (index = 0; index < sizeof(entities) / sizeof(entities[0]); index++) {
		size_t length = strlen(entities[index].entity);

		if ((size_t)(scan->end - scan->at) < length ||
		    memcmp(scan->at, entities[index].entity, length))
			continue;
		scan->handler->text(scan->context, (const xmlChar *)entities[index].text, 1);
		scan->at += length;
		return 0;
	}
	return -1;
}

static void tell_text(struct scan *scan, const char *begin, const char *end)
{
	if (end > begin)
		scan->handler->text(scan->context, (const xmlChar *)begin, (int)(end - begin));
}

/* White space up to a tag with carriage returns in it, alone or before a line feed: each is told as
 * a line feed (XML 1.0 2.11). */
static int read_lines(struct scan *scan)
{
	const char *begin = scan->at;

	skip_space(scan);
	if (scan->at == scan->end || *scan->at != '<')
		return -1;
	for (const char *at = begin; at < scan->at; at++) {
		if (*at != '\r')
			continue;
		tell_text(scan, begin, at);
		if (at[1] != '\n')
			scan->handler->text(scan->context, (const xmlChar *)"\n", 1);
		begin = at + 1;
	}
	tell_text(scan, begin, scan->at);
	return 0;
}

/* Text up to a tag. A carriage return is only taken in white space between tags. */
static int read_text(struct scan *scan)
{
	const char *begin = scan->at, *at = begin;

	while (at < scan->end && (class_of(*at) & PLAIN))
		at++;
	if (at < scan->end && *at == '\r')
		return read_lines(scan);
	tell_text(scan, begin, at);
	scan->at = at;
	if (at == scan->end)
		return -1;
	return *at == '&' ? read_entity(scan) : *at == '<' ? 0 : -1;
}

/* Past an XML declaration that says version 1.0 and, if anything more, UTF-8. */
static int read_declaration(struct scan *scan)
{
	static const char *const forms[] = {
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>",
		"<?xml version='1.0' encoding='UTF-8'?>",
		"<?xml version='1.0' encoding='utf-8'?>",
		"<?xml version=\"1.0\" encoding=\"UTF-8\" ?>",
		"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>",
		"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>",
		"<?xml version=\"1.0\"?>",
	};
	size_t index;

	if (scan->end - scan->at < 5 || memcmp(scan->at, "<?xml", 5))
		return 0;
	for (index = 0; index < sizeof(forms) / sizeof(forms[0]); index++) {
		size_t length = strlen(forms[index]);

		if ((size_t)(scan->end - scan->at) < length ||
		    memcmp(scan->at, forms[index], length))
			continue;
		scan->at += length;
		return 0;
	}
	return -1;
}

int xml_scan(const char *octets, size_t length, xmlDict *dictionary,
	     const struct xml_scan_handler *handler, void *context)
{
	struct scan scan;
	int result = 0;

	scan.at = octets;
	scan.end = octets + length;
	scan.dictionary = dictionary;
	scan.handler = handler;
	scan.context = context;
	scan.depth = 0;
	scan.namespace_count = 0;
	if (read_declaration(&scan) < 0)
		return -1;
	skip_space(&scan);
	if (scan.end - scan.at < 2 || *scan.at != '<' || !(class_of(scan.at[1]) & BEGINS))
		return -1;
	do {
		if (*scan.at != '<') {
			result = read_text(&scan);
		} else if (++scan.at == scan.end) {
			result = -1;
		} else if (*scan.at == '/') {
			scan.at++;
			result = read_end(&scan);
		} else {
			result = read_start(&scan);
		}
		if (result < 0 || (scan.depth && scan.at == scan.end))
			return -1;
	} while (scan.depth);
	skip_space(&scan);
	return scan.at == scan.end ? 0 : -1;
}
