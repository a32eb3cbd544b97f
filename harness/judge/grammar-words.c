#include "harness/judge/grammar-words.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

#define FILES_MOST 16
#define DEFINES_MOST 512
#define PARTICLES_MOST 64
#define SHOWN_MOST 80     /* octets of a value */
#define DEPTH_MOST 32     /* of references and elements */

struct define {
	const char *name;
	const xmlNode *node;
};

struct grammar_words {
	xmlDoc *files[FILES_MOST]; /* the start schema first */
	char *names[FILES_MOST];
	size_t file_count;
	struct define defines[DEFINES_MOST];
	size_t define_count;
};

static bool is(const xmlNode *node, const char *name)
{
	return strcmp((const char *)node->name, name) == 0;
}

/* Without a namespace of its own a file has that of the file that includes it (RELAX NG 4.8). */
static void inherit_namespace(const xmlDoc *document, const xmlDoc *user)
{
	xmlNode *root = xmlDocGetRootElement(document);
	char *ns = user ? xml_attribute(xmlDocGetRootElement(user), "ns") : NULL;

	if (ns && root && !xmlHasProp(root, (const xmlChar *)"ns"))
		xmlNewProp(root, (const xmlChar *)"ns", (const xmlChar *)ns);
	free(ns);
}

static void read_file(struct grammar_words *words, const char *folder, const char *file,
		      const xmlDoc *user)
{
	char *path;
	xmlDoc *document;

	for (size_t i = 0; i < words->file_count; i++)
		if (strcmp(words->names[i], file) == 0)
			return;
	if (words->file_count == FILES_MOST)
		return;
	path = memory_format("%s/%s", folder, file);
	document = xmlReadFile(path, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR |
				       XML_PARSE_NOWARNING);
	free(path);
	if (!document)
		return;
	inherit_namespace(document, user);
	words->names[words->file_count] = memory_text(file);
	words->files[words->file_count++] = document;
	for (xmlNode *child = xml_child(xmlDocGetRootElement(document), NULL); child;
	     child = xml_next(child, NULL)) {
		if (is(child, "include")) {
			char *other = xml_attribute(child, "href");

			read_file(words, folder, other ? other : "", document);
			free(other);
		} else if ((is(child, "define") || is(child, "start")) &&
			   words->define_count < DEFINES_MOST) {
			words->defines[words->define_count++] = (struct define){
				xml_attribute(child, "name"), child };
		}
	}
}

struct grammar_words *grammar_words_new(const char *folder, const char *file)
{
	struct grammar_words *words = memory_new(sizeof(*words));

	read_file(words, folder, file, NULL);
	return words;
}

void grammar_words_free(struct grammar_words *words)
{
	if (!words)
		return;
	for (size_t i = 0; i < words->define_count; i++)
		free((char *)(uintptr_t)words->defines[i].name);
	for (size_t i = 0; i < words->file_count; i++) {
		xmlFreeDoc(words->files[i]);
		free(words->names[i]);
	}
	free(words);
}

/* --- what may stand in an element --- */

struct particle { /* one place in a sequence of children */
	const xmlNode *first; /* its element patterns are those below this pattern */
	bool may_miss, may_repeat;
};

struct content {
	struct particle particles[PARTICLES_MOST];
	size_t count;
	bool array, text;             /* arrayType is wanted; text may stand */
	const char *documentation;    /* of the type of its text */
};

/* Calls what for each pattern that a reference leads to; true ends it. */
static bool each_define(const struct grammar_words *words, const xmlNode *reference, int depth,
			bool (*what)(const struct grammar_words *words, const xmlNode *define,
				     int depth, void *context),
			void *context)
{
	char *name = xml_attribute(reference, "name");
	bool found = false;

	for (size_t i = 0; depth < DEPTH_MOST && !found && i < words->define_count; i++)
		if (words->defines[i].name && name && !strcmp(words->defines[i].name, name))
			found = what(words, words->defines[i].node, depth + 1, context);
	free(name);
	return found;
}

static const char *documentation_of(const xmlNode *define)
{
	const xmlNode *node = xml_child(define, "documentation");

	return node && node->children ? (const char *)node->children->content : NULL;
}

static bool has_elements(const struct grammar_words *words, const xmlNode *pattern, int depth,
			 void *context)
{
	for (const xmlNode *child = xml_child(pattern, NULL); child; child = xml_next(child, NULL))
		if (is(child, "element") ||
		    (is(child, "ref") && each_define(words, child, depth, has_elements, context)) ||
		    (!is(child, "attribute") && depth < DEPTH_MOST &&
		     has_elements(words, child, depth + 1, context)))
			return true;
	return false;
}

static bool reads_children(const struct grammar_words *words, const xmlNode *pattern, int depth,
			   void *context);

static void add_particle(struct content *content, const xmlNode *pattern, bool miss, bool repeat)
{
	if (content->count < PARTICLES_MOST)
		content->particles[content->count++] = (struct particle){ pattern, miss, repeat };
}

static void read_pattern(const struct grammar_words *words, const xmlNode *pattern, int depth,
			 struct content *content)
{
	bool miss = is(pattern, "optional") || is(pattern, "zeroOrMore");
	bool repeat = is(pattern, "oneOrMore") || is(pattern, "zeroOrMore");

	if (is(pattern, "element"))
		add_particle(content, pattern, false, false);
	else if (is(pattern, "ref"))
		each_define(words, pattern, depth, reads_children, content);
	else if (is(pattern, "text") || is(pattern, "data") || is(pattern, "value"))
		content->text = true;
	else if ((miss || repeat || is(pattern, "choice")) &&
		 has_elements(words, pattern, depth, NULL))
		add_particle(content, pattern, miss, repeat);
	else if (!is(pattern, "attribute") && depth < DEPTH_MOST)
		reads_children(words, pattern, depth + 1, content);
}

static bool reads_children(const struct grammar_words *words, const xmlNode *pattern, int depth,
			   void *context)
{
	struct content *content = context;

	if (is(pattern, "define")) {
		char *name = xml_attribute(pattern, "name");

		content->array = content->array || (name && !strcmp(name, "array"));
		free(name);
		if (!content->documentation)
			content->documentation = documentation_of(pattern);
	}
	for (const xmlNode *child = xml_child(pattern, NULL); child; child = xml_next(child, NULL))
		if (!is(child, "documentation") && depth < DEPTH_MOST)
			read_pattern(words, child, depth, content);
	return false;
}

/* --- which pattern is an element's --- */

static const char *local_name(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon ? colon + 1 : name;
}

static char *namespace_of(const xmlNode *pattern, const char *name)
{
	const char *colon = strchr(name, ':');
	char *ns = NULL;

	if (colon) {
		char *prefix = memory_text_length(name, (size_t)(colon - name));
		const xmlNs *found = xmlSearchNs(pattern->doc, (xmlNode *)(uintptr_t)pattern,
						 (const xmlChar *)prefix);

		free(prefix);
		return memory_text(found ? (const char *)found->href : "");
	}
	for (; pattern && pattern->type == XML_ELEMENT_NODE && !ns; pattern = pattern->parent)
		ns = xml_attribute(pattern, "ns");
	return ns ? ns : memory_text("");
}

enum fit { FITS_NOT, FITS_BY_NAME /* in another namespace */, FITS };

static enum fit fits(const xmlNode *pattern, const xmlNode *element)
{
	char *name = xml_attribute(pattern, "name");
	enum fit fit = FITS_NOT;

	if (name && strcmp(local_name(name), (const char *)element->name) == 0) {
		char *ns = namespace_of(pattern, name);
		const char *own = element->ns ? (const char *)element->ns->href : "";

		fit = strcmp(ns, own) == 0 ? FITS : FITS_BY_NAME;
		free(ns);
	}
	free(name);
	return fit;
}

struct search {
	const xmlNode *element;
	const xmlNode *found;
	enum fit fit;
};

static bool search_below(const struct grammar_words *words, const xmlNode *pattern, int depth,
			 void *context);

static bool search_in(const struct grammar_words *words, const xmlNode *pattern, int depth,
		      void *context)
{
	struct search *search = context;

	if (is(pattern, "element")) {
		enum fit fit = fits(pattern, search->element);

		if (fit > search->fit) {
			search->fit = fit;
			search->found = pattern;
		}
		return search->fit == FITS;
	}
	if (is(pattern, "ref"))
		return each_define(words, pattern, depth, search_below, context);
	return !is(pattern, "attribute") && depth < DEPTH_MOST &&
	       search_below(words, pattern, depth + 1, context);
}

static bool search_below(const struct grammar_words *words, const xmlNode *pattern, int depth,
			 void *context)
{
	for (const xmlNode *child = xml_child(pattern, NULL); child; child = xml_next(child, NULL))
		if (search_in(words, child, depth, context))
			return true;
	return false;
}

static struct search find(const struct grammar_words *words, const xmlNode *pattern,
			  const xmlNode *element)
{
	struct search search = { element, NULL, FITS_NOT };

	search_below(words, pattern, 0, &search);
	return search;
}

/* The pattern of an element: that of its parent leads to it. NULL: a vendor's, or unknown. */
static const xmlNode *pattern_of(const struct grammar_words *words, const xmlNode *element)
{
	const xmlNode *line[DEPTH_MOST], *pattern = NULL;
	size_t depth = 0;

	for (; element && element->type == XML_ELEMENT_NODE; element = element->parent) {
		if (depth == DEPTH_MOST)
			return NULL;
		line[depth++] = element;
	}
	for (size_t i = 0; i < words->define_count && !pattern; i++)
		if (is(words->defines[i].node, "start"))
			pattern = words->defines[i].node;
	while (depth-- > 0 && pattern)
		pattern = find(words, pattern, line[depth]).found;
	return pattern;
}

/* --- saying it --- */

static void add_name(struct buffer *text, const char *name)
{
	buffer_format(text, "%s%s", text->length ? " or " : "", local_name(name));
}

static void add_names(const struct grammar_words *words, const xmlNode *pattern, int depth,
		      struct buffer *text);

static bool names_of_define(const struct grammar_words *words, const xmlNode *define, int depth,
			    void *context)
{
	const char *documentation = documentation_of(define);

	if (documentation)
		buffer_format(context, "%s%s", ((struct buffer *)context)->length ? " or " : "",
			      documentation);
	for (const xmlNode *child = xml_child(define, NULL); child && !documentation;
	     child = xml_next(child, NULL))
		add_names(words, child, depth + 1, context);
	return false;
}

static void add_names(const struct grammar_words *words, const xmlNode *pattern, int depth,
		      struct buffer *text)
{
	char *name = is(pattern, "element") ? xml_attribute(pattern, "name") : NULL;

	if (name && !strstr(buffer_text(text), local_name(name)))
		add_name(text, name);
	else if (is(pattern, "ref"))
		each_define(words, pattern, depth, names_of_define, text);
	else if (!is(pattern, "element") && depth < DEPTH_MOST)
		names_of_define(words, pattern, depth, text);
	free(name);
}

static void add_step(struct buffer *path, const xmlNode *element)
{
	size_t same = 0, before = 1;

	if (element->parent && element->parent->type == XML_ELEMENT_NODE) {
		const xmlNode *other = element->parent->children;
		bool past = false;

		for (; other; other = other->next) {
			past = past || other == element;
			if (other->type != XML_ELEMENT_NODE ||
			    xmlStrcmp(other->name, element->name) != 0)
				continue;
			same++;
			before += !past;
		}
	}
	buffer_format(path, "%s%s", path->length ? "/" : "", (const char *)element->name);
	if (same > 1)
		buffer_format(path, "[%zu]", before);
}

/* "Inform/DeviceId/OUI (line 4)": from the RPC on, what stands in the header from there. */
static char *where(const xmlNode *element)
{
	const xmlNode *line[DEPTH_MOST];
	struct buffer path = { 0 };
	size_t depth = 0;
	char *text;

	for (const xmlNode *at = element; at && at->type == XML_ELEMENT_NODE && depth < DEPTH_MOST;
	     at = at->parent)
		line[depth++] = at;
	for (size_t i = depth; i-- > 0;)
		if (depth == DEPTH_MOST || depth <= 2 || i + 2 < depth ||
		    (i + 2 == depth && is(line[i], "Header")))
			add_step(&path, line[i]);
	buffer_format(&path, " (line %ld)", xmlGetLineNo((xmlNode *)(uintptr_t)element));
	text = memory_text(buffer_text(&path));
	buffer_free(&path);
	return text;
}

static char *shown(const char *text)
{
	size_t length = strlen(text), most = SHOWN_MOST;

	if (length <= most)
		return length ? memory_text(text) : memory_text("nothing");
	while (most > 0 && ((unsigned char)text[most] & 0xc0u) == 0x80)
		most--;
	return memory_format("%.*s... (%d characters)", (int)most, text,
			     xmlUTF8Strlen((const xmlChar *)text));
}

static void say(struct grammar_breach *breach, const xmlNode *place, char *expected, char *actual)
{
	breach->field = where(place);
	breach->expected = expected;
	breach->actual = actual;
}

/* Walks the children along the sequence; true when it said what is wrong. */
static bool say_sequence(const struct grammar_words *words, const xmlNode *parent,
			 const xmlNode *pattern, struct grammar_breach *breach)
{
	struct content content = { .count = 0 };
	const xmlNode *child = xml_child(parent, NULL);
	struct buffer names = { 0 };
	size_t at = 0;

	reads_children(words, pattern, 0, &content);
	if (!content.count)
		return false;
	for (; at < content.count; at++) {
		const struct particle *particle = &content.particles[at];
		size_t count = 0;

		/* A wrong namespace of an otherwise right name is told of, not passed over. */
		while (child && (!count || particle->may_repeat)) {
			struct search search = { child, NULL, FITS_NOT };

			search_in(words, particle->first, 0, &search);
			if (search.fit != FITS)
				break;
			count++;
			child = xml_next(child, NULL);
		}
		if (!count || particle->may_repeat)
			add_names(words, particle->first, 0, &names);
		if (!count && !particle->may_miss)
			break;
		if (count && !particle->may_repeat)
			buffer_clear(&names);
	}
	if (at == content.count && !child) {
		buffer_free(&names);
		return false;
	}
	const char *ns = child && child->ns ? (const char *)child->ns->href : NULL;
	char *expected = at == content.count && !names.length
				 ? memory_text("nothing more")
				 : memory_format("%s%s", buffer_text(&names),
						 at == content.count ? " or nothing more" : "");
	char *actual = !child ? memory_format("the end of %s", (const char *)parent->name)
		       : ns   ? memory_format("%s in the namespace %s", (const char *)child->name,
					      ns)
			      : memory_format("%s", (const char *)child->name);
	say(breach, child ? child : parent, expected, actual);
	buffer_free(&names);
	return true;
}

static bool has_text_between(const xmlNode *element)
{
	for (const xmlNode *node = element->children; node; node = node->next)
		if (node->type == XML_TEXT_NODE && !xmlIsBlankNode(node))
			return true;
	return false;
}

static const char *soapenc = "http://schemas.xmlsoap.org/soap/encoding/";

/* The type that an xsi:type names, as the documentation of the schema has it. */
static char *type_words(const xmlNode *element, const char *otherwise)
{
	xmlChar *type = xmlGetNsProp(element, (const xmlChar *)"type",
				     (const xmlChar *)"http://www.w3.org/2001/XMLSchema-instance");
	char *text = type ? memory_format("a value of its type %s", (const char *)type)
			  : memory_text(otherwise);

	xmlFree(type);
	return text;
}

struct attribute_search {
	const xmlNode *element;
	const char *known;   /* is there an attribute of this name? */
	bool found;
	const xmlNode *missing;
};

static bool search_attributes(const struct grammar_words *words, const xmlNode *pattern, int depth,
			      void *context)
{
	struct attribute_search *search = context;

	for (const xmlNode *child = xml_child(pattern, NULL); child && depth < DEPTH_MOST;
	     child = xml_next(child, NULL)) {
		if (is(child, "attribute")) {
			char *name = xml_attribute(child, "name");

			if (name && search->known && !strcmp(name, search->known))
				search->found = true;
			if (name && !is(pattern, "optional") && !search->missing &&
			    !xmlHasProp(search->element, (const xmlChar *)name))
				search->missing = child;
			free(name);
		} else if (is(child, "ref")) {
			each_define(words, child, depth, search_attributes, search);
		} else if (!is(child, "element")) {
			search_attributes(words, child, depth + 1, search);
		}
	}
	return false;
}

/* In a file: one that must be there, or has a wrong value. */
static bool say_file_attribute(const struct grammar_words *words, const xmlNode *element,
			       const xmlNode *pattern, struct grammar_breach *breach)
{
	struct attribute_search search = { .element = element };

	if (pattern)
		search_attributes(words, pattern, 0, &search);
	if (search.missing) {
		char *name = xml_attribute(search.missing, "name");

		say(breach, element, memory_format("the attribute %s", name), memory_text("none"));
		free(name);
		return true;
	}
	for (const xmlAttr *at = element->properties; pattern && at; at = at->next) {
		search = (struct attribute_search){ .element = element,
						    .known = (const char *)at->name };
		search_attributes(words, pattern, 0, &search);
		if (search.found)
			continue;
		say(breach, element, memory_format("no attribute %s", (const char *)at->name),
		    memory_text((const char *)at->name));
		return true;
	}
	return false;
}

/* The file's document is below no SOAP envelope. */
static bool is_of_file(const xmlNode *element)
{
	const xmlNode *root = xmlDocGetRootElement(element->doc);

	return root && !is(root, "Envelope");
}

/* Of no namespace and not SOAP's id, or nil, which hardly anything may be. */
static bool say_attribute(const xmlNode *element, struct grammar_breach *breach)
{
	const xmlAttr *attribute = element->properties;
	xmlChar *value;

	while (attribute && (attribute->ns ? strcmp((const char *)attribute->name, "nil") != 0
					   : !strcmp((const char *)attribute->name, "id")))
		attribute = attribute->next;
	if (!attribute)
		return false;
	value = xmlNodeGetContent((const xmlNode *)attribute);
	say(breach, element, memory_format("no attribute %s", (const char *)attribute->name),
	    memory_format("%s=\"%.40s\"", (const char *)attribute->name, (const char *)value));
	xmlFree(value);
	return true;
}

static bool wants_understanding(const xmlNode *element)
{
	const xmlNode *parent = element->parent;

	return parent && parent->type == XML_ELEMENT_NODE && is(parent, "Header");
}

static void say_understanding(const xmlNode *element, struct grammar_breach *breach)
{
	xmlChar *value = xmlGetNsProp(element, (const xmlChar *)"mustUnderstand",
				      element->parent->ns ? element->parent->ns->href : NULL);

	say(breach, element,
	    memory_text(is(element, "SessionTimeout") ? "mustUnderstand 0 and a whole number"
			: is(element, "ID") ? "mustUnderstand 1"
					    : "mustUnderstand 1 and a boolean"),
	    value ? memory_format("mustUnderstand %s, %s", (const char *)value,
				  element->children ? "and its text" : "and no text")
		  : memory_text("no mustUnderstand"));
	xmlFree(value);
}

/* What is wrong is the element's own: its attributes or its text. */
static void say_own(const struct grammar_words *words, const xmlNode *element,
		    const xmlNode *pattern, struct grammar_breach *breach)
{
	struct content content = { .count = 0 };

	if (pattern)
		reads_children(words, pattern, 0, &content);
	if (content.array &&
	    !xmlHasNsProp(element, (const xmlChar *)"arrayType", (const xmlChar *)soapenc)) {
		say(breach, element, memory_text("the attribute arrayType"),
		    memory_text("none"));
	} else if (is_of_file(element) ? say_file_attribute(words, element, pattern, breach)
				       : say_attribute(element, breach)) {
		return;
	} else if (wants_understanding(element)) {
		say_understanding(element, breach);
	} else if (content.count && has_text_between(element)) {
		say(breach, element, memory_text("elements only"),
		    memory_text("text between them"));
	} else if (content.text && xml_child(element, NULL)) {
		say(breach, element, memory_text("text only"), memory_text("elements in it"));
	} else if (content.text) {
		char *text = xml_text(element);

		say(breach, element,
		    type_words(element, content.documentation ? content.documentation
							      : "another text"), shown(text));
		free(text);
	} else if (!content.count && element->children) {
		const xmlNode *child = xml_child(element, NULL);

		say(breach, child ? child : element, memory_text("nothing in it"),
		    child ? memory_text((const char *)child->name) : xml_text(element));
	} else {
		say(breach, element, memory_text("only what the grammar allows in it"),
		    memory_text("an attribute or a text below it that it does not allow"));
	}
}

/* Where there should be no element at all. */
static bool say_no_child(const struct grammar_words *words, const xmlNode *child,
			 const xmlNode *pattern, struct grammar_breach *breach)
{
	struct content content = { .count = 0 };

	reads_children(words, pattern, 0, &content);
	if (content.count)
		return false;
	if (content.text)
		say(breach, child->parent, memory_text("text only"),
		    memory_text("elements in it"));
	else
		say(breach, child, memory_text("nothing in it"),
		    memory_text((const char *)child->name));
	return true;
}

/* libxml2 forgets what it found in an optional element: the place may be further down. */
static bool say_below(const struct grammar_words *words, const xmlNode *node, int depth,
		      struct grammar_breach *breach)
{
	const xmlNode *pattern = depth < DEPTH_MOST ? pattern_of(words, node) : NULL;

	if (!pattern)
		return false;
	if (say_sequence(words, node, pattern, breach))
		return true;
	for (const xmlNode *child = xml_child(node, NULL); child; child = xml_next(child, NULL))
		if (say_below(words, child, depth + 1, breach))
			return true;
	return false;
}

void grammar_words_find(const struct grammar_words *words, const xmlNode *node,
			struct grammar_breach *breach)
{
	const xmlNode *parent = node->parent, *pattern;

	if (parent && parent->type == XML_ELEMENT_NODE) {
		pattern = pattern_of(words, parent);
		if (pattern && (say_sequence(words, parent, pattern, breach) ||
				say_no_child(words, node, pattern, breach)))
			return;
		if (has_text_between(parent) && xml_child(parent, NULL)) {
			say(breach, parent, memory_text("elements only"),
			    memory_text("text between them"));
			return;
		}
	}
	if (!say_below(words, node, 0, breach))
		say_own(words, node, pattern_of(words, node), breach);
}
