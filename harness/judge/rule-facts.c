#include "harness/judge/rule-facts.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"
#include "protocols/xml.h"

#define CONTENT_MOST 65536 /* of one fact: what is longer counts as changed each time */

/* What comes next in a content; names and texts end in NUL. */
enum mark { MARK_ELEMENT = 1, MARK_ATTRIBUTE, MARK_TEXT, MARK_VALUE, MARK_END };

/* --- facts and their numbers --- */

unsigned facet_scope(unsigned facet, bool attribute)
{
	return SCOPES + 2 * facet + attribute;
}

static unsigned place_of(unsigned scope, const char *name)
{
	uint32_t hash = scope * 0x9e3779b1u + 1;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x01000193u;
	return (hash ^ hash >> 15) % FACT_PLACES;
}

/* The place of the fact, or the free one where it would stand. */
static unsigned find(const struct facts *facts, unsigned scope, const char *name)
{
	unsigned place = place_of(scope, name);

	for (; facts->places[place]; place = (place + 1) % FACT_PLACES) {
		const struct fact *fact = &facts->list[facts->places[place] - 1];

		if (fact->scope == scope && !strcmp(fact->name, name))
			break;
	}
	return place;
}

unsigned fact_number(struct facts *facts, unsigned scope, const char *name)
{
	unsigned place = find(facts, scope, name);

	if (facts->places[place])
		return facts->places[place] - 1u;
	if (facts->count == FACTS_MOST)
		return FACTS_MOST;
	facts->list[facts->count++] = (struct fact){ .scope = scope, .name = name };
	facts->places[place] = (uint16_t)facts->count;
	return facts->count - 1;
}

unsigned fact_number_contents(struct facts *facts, unsigned scope, const char *name)
{
	unsigned number = fact_number(facts, scope, name);

	if (number == FACTS_MOST)
		return FACTS_MOST;
	struct fact *fact = &facts->list[number];
	if (scope == SCOPE_CHILD && !fact->contents) {
		fact->shape = fact_number(facts, SCOPE_SHAPE, name);
		if (fact->shape == FACTS_MOST)
			return FACTS_MOST;
		facts->list[fact->shape].contents = true;
	}
	if (scope == SCOPE_HEADS)
		facts->heads = number + 1;
	fact->contents = true;
	return number;
}

void fact_set_add(struct fact_set *set, unsigned number)
{
	if (number < FACTS_MOST)
		set->words[number / 64] |= UINT64_C(1) << number % 64;
}

void fact_set_add_all(struct fact_set *set, const struct fact_set *other)
{
	for (int i = 0; i < FACT_WORDS; i++)
		set->words[i] |= other->words[i];
}

/* --- contents --- */

/* Goes along what is there while it is the same; from the first difference on it is written. */
static void put(struct fact_content *content, const char *octets, size_t length)
{
	if (content->same) {
		if (length <= content->length - content->at &&
		    !memcmp(content->octets + content->at, octets, length)) {
			content->at += length;
			return;
		}
		content->same = false;
	}
	if (length > CONTENT_MOST - content->at)
		content->wrong = true;
	if (content->wrong)
		return;
	if (content->at + length > content->capacity) {
		content->capacity = 2 * (content->at + length) + 32;
		content->octets = memory_resize(content->octets, content->capacity, 1);
	}
	memcpy(content->octets + content->at, octets, length);
	content->at += length;
}

static void put_mark(struct fact_content *content, char mark)
{
	if (content->same && content->at < content->length && content->octets[content->at] == mark)
		content->at++;
	else
		put(content, &mark, 1);
}

static void put_text(struct fact_content *content, const xmlChar *text)
{
	const char *there = text ? (const char *)text : "";

	put(content, there, strlen(there) + 1);
}

static void put_value(struct fact_content *content, const xmlAttr *attribute)
{
	const xmlNode *text = attribute->children;

	if (attribute->ns || (text && (text->next || text->type != XML_TEXT_NODE)))
		content->wrong = true;
	else
		put_text(content, text ? text->content : NULL);
}

/* The start tag. */
static void put_head(struct fact_content *content, const xmlNode *element)
{
	put_mark(content, MARK_ELEMENT);
	put_text(content, element->name);
	if (element->ns || element->nsDef)
		content->wrong = true;
	for (const xmlAttr *at = element->properties; at; at = at->next) {
		put_mark(content, MARK_ATTRIBUTE);
		put_text(content, at->name);
		put_value(content, at);
	}
}

/* Is it the Value of a member that has a Name? Its text is in the contents of the values. */
static bool is_value(const xmlNode *element, unsigned depth)
{
	return depth == 2 && !strcmp((const char *)element->name, "Value") &&
	       xml_child(element->parent, "Name");
}

/* What is in the Value itself; an element there is seldom. */
static void put_values(struct fact_content *content, struct fact_content *values,
		       const xmlNode *value)
{
	put_mark(values, MARK_VALUE);
	for (const xmlNode *at = value->children; at; at = at->next) {
		if (at->type != XML_TEXT_NODE) {
			values->wrong = content->wrong = true;
			return;
		}
		put_mark(values, MARK_TEXT);
		put_text(values, at->content);
	}
}

/* The element with all that is in it; values NULL: those are no matter of their own. */
static void put_element(struct fact_content *content, struct fact_content *values,
			const xmlNode *top)
{
	const xmlNode *node = top;
	unsigned depth = 0;

	for (;;) {
		bool inside = false;

		if (node->type == XML_ELEMENT_NODE) {
			put_head(content, node);
			if (values && is_value(node, depth))
				put_values(content, values, node);
			else
				inside = node->children != NULL;
		} else if (node->type == XML_TEXT_NODE) {
			put_mark(content, MARK_TEXT);
			put_text(content, node->content);
		} else {
			content->wrong = true;
		}
		if (inside) {
			node = node->children;
			depth++;
			continue;
		}
		while (node != top && !node->next) {
			put_mark(content, MARK_END);
			node = node->parent;
			depth--;
		}
		if (node == top)
			return;
		node = node->next;
	}
}

/* --- of a message --- */

struct gathering {
	const struct facts *facts;
	struct fact_contents *contents; /* NULL = they are not wanted */
	struct fact_set set;
};

static struct fact_content *content_of(struct gathering *gathering, unsigned number)
{
	struct fact_content *content = &gathering->contents->list[number];
	uint64_t bit = UINT64_C(1) << number % 64;

	if (!(gathering->set.words[number / 64] & bit)) {
		content->at = 0;
		content->same = true;
		content->wrong = false;
		gathering->set.words[number / 64] |= bit;
	}
	return content;
}

/* The fact when somebody asks for it. */
static const struct fact *asked(const struct facts *facts, unsigned scope, const xmlChar *name)
{
	unsigned number = facts->places[find(facts, scope, (const char *)name)];

	return number ? &facts->list[number - 1] : NULL;
}

static void note_attributes(struct gathering *gathering, const xmlNode *element, unsigned scope)
{
	for (const xmlAttr *at = element->properties; at; at = at->next) {
		const struct fact *fact = asked(gathering->facts, scope, at->name);

		if (!fact)
			continue;
		unsigned number = (unsigned)(fact - gathering->facts->list);
		if (gathering->contents && fact->contents)
			put_value(content_of(gathering, number), at);
		fact_set_add(&gathering->set, number);
	}
}

static void note_child(struct gathering *gathering, const xmlNode *child, unsigned scope)
{
	const struct fact *fact = asked(gathering->facts, scope, child->name);

	if (!fact)
		return;
	unsigned number = (unsigned)(fact - gathering->facts->list);
	if (gathering->contents && fact->contents) {
		struct fact_content *content = content_of(gathering, number);

		if (scope == SCOPE_CHILD)
			put_element(content_of(gathering, fact->shape), content, child);
		else
			put_element(content, NULL, child);
	}
	fact_set_add(&gathering->set, number);
}

static void note_children(struct gathering *gathering, const xmlNode *element, unsigned scope)
{
	unsigned heads = scope == SCOPE_CHILD && gathering->contents ? gathering->facts->heads : 0;

	for (const xmlNode *at = element->children; at; at = at->next) {
		if (at->type != XML_ELEMENT_NODE)
			continue;
		if (heads)
			put_head(content_of(gathering, heads - 1), at);
		note_child(gathering, at, scope);
	}
}

/* What is there now and was not so before, and what was there and is no more. */
static void settle(struct gathering *gathering, struct fact_set *changed)
{
	struct fact_contents *contents = gathering->contents;

	for (unsigned i = 0; i < FACT_WORDS; i++) {
		uint64_t now = gathering->set.words[i];

		changed->words[i] = now ^ contents->present.words[i];
		for (; now; now &= now - 1) {
			unsigned number = 64 * i + (unsigned)__builtin_ctzll(now);
			struct fact_content *content = &contents->list[number];

			if (!gathering->facts->list[number].contents)
				continue;
			if (content->wrong || content->was_wrong || !content->same ||
			    content->at != content->length)
				fact_set_add(changed, number);
			content->length = content->at;
			content->was_wrong = content->wrong;
		}
	}
	contents->present = gathering->set;
}

struct fact_set rule_facts(const struct facts *facts, const struct message *message,
			   struct fact_contents *contents, struct fact_set *changed)
{
	struct gathering gathering = { .facts = facts, .contents = contents };
	const xmlNode *root = message->document ? xmlDocGetRootElement(message->document) : NULL;

	if (!root || !message->body) {
		memset(&gathering.set, 0xff, sizeof(gathering.set));
		return gathering.set;
	}
	note_children(&gathering, message->body, SCOPE_CHILD);
	note_attributes(&gathering, message->body, SCOPE_ATTRIBUTE);
	for (const xmlNode *at = root->children; at; at = at->next) {
		const struct fact *facet = at->type != XML_ELEMENT_NODE
						   ? NULL : asked(facts, SCOPE_FACET, at->name);

		if (!facet)
			continue;
		unsigned number = (unsigned)(facet - facts->list);
		fact_set_add(&gathering.set, number);
		note_attributes(&gathering, at, facet_scope(number, true));
		note_children(&gathering, at, facet_scope(number, false));
	}
	if (contents)
		settle(&gathering, changed);
	return gathering.set;
}

void fact_contents_clear(struct fact_contents *contents)
{
	for (size_t i = 0; i < FACTS_MOST; i++)
		free(contents->list[i].octets);
	*contents = (struct fact_contents){ .present = { { 0 } } };
}
