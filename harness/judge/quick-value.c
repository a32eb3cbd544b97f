#include "harness/judge/quick-value.h"

#include <string.h>

#include "protocols/memory.h"

#define ROOM 16384
#define VISITED_MOST 500000

struct walk { /* along the steps of a path */
	struct quick_look *look;
	bool (*visit)(void *context, xmlNode *found);
	void *context;
};

char *quick_room(struct quick_look *look, size_t length)
{
	struct evaluation *evaluation = look->evaluation;

	if (!evaluation->room)
		evaluation->room = memory_new(ROOM);
	if (length >= ROOM - look->used) {
		look->stuck = true;
		return NULL;
	}
	char *text = evaluation->room + look->used;
	text[length] = '\0';
	look->used += length + 1;
	return text;
}

/* --- texts of nodes --- */

static bool is_text(const xmlNode *node)
{
	return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

/* Adds the texts below the parent, at any depth, to the room. */
static bool gather(struct quick_look *look, const xmlNode *parent, size_t *length)
{
	const xmlNode *node = parent->children;

	while (node) {
		if (is_text(node)) {
			size_t size = node->content ? strlen((const char *)node->content) : 0;
			char *room = quick_room(look, size);

			if (!room)
				return false;
			memcpy(room, node->content ? (const char *)node->content : "", size);
			look->used--; /* the next goes over the NUL */
			*length += size;
		} else if (node->type != XML_ELEMENT_NODE && node->type != XML_COMMENT_NODE &&
			   node->type != XML_PI_NODE) {
			look->stuck = true;
			return false;
		}
		if (node->type == XML_ELEMENT_NODE && node->children) {
			node = node->children;
			continue;
		}
		while (!node->next && node->parent != parent)
			node = node->parent;
		node = node->next;
	}
	return true;
}

const char *quick_node_text(struct quick_look *look, const xmlNode *node)
{
	const xmlNode *child = node->children;
	size_t length = 0;

	if (node->type != XML_ELEMENT_NODE && node->type != XML_ATTRIBUTE_NODE) {
		look->stuck = true;
		return "";
	}
	if (!child)
		return "";
	if (!child->next && is_text(child))
		return child->content ? (const char *)child->content : "";
	if (!quick_room(look, 0))
		return "";
	look->used--;
	const char *start = look->evaluation->room + look->used;
	if (!gather(look, node, &length))
		return "";
	return quick_room(look, 0) ? start : "";
}

/* --- paths --- */

static bool along(struct walk *walk, const struct quick_step *step, xmlNode *node);

static inline bool other_name(const struct quick_step *step, const xmlChar *name)
{
	return step->name && (name[0] != (xmlChar)step->name[0] ||
			      strcmp((const char *)name, step->name) != 0);
}

/* A name without prefix is one in no namespace; messages have none. */
static bool in_namespace(const struct quick_step *step, const xmlNode *node)
{
	const xmlNs *ns = node->type == XML_ATTRIBUTE_NODE ? ((const xmlAttr *)node)->ns : node->ns;

	return step->name && ns;
}

/* Predicates count what reached them, of one step from one node. */
#define PREDICATES_MOST 4

static bool passes(struct quick_look *look, const struct quick_step *step, xmlNode *node,
		   unsigned counts[PREDICATES_MOST])
{
	size_t index = 0;

	for (const struct quick *each = step->predicates; each; each = each->next, index++) {
		if (index == PREDICATES_MOST) {
			look->stuck = true;
			return false;
		}
		counts[index]++;
		if (each->kind == QUICK_NUMBER ? counts[index] != each->number
					       : !quick_holds(look, each, node))
			return false;
	}
	return true;
}

/* The node has the step's name: goes on behind it. true: the walk is over. */
static bool try_node(struct walk *walk, const struct quick_step *step, xmlNode *node,
		     unsigned counts[PREDICATES_MOST])
{
	struct quick_look *look = walk->look;

	if (look->visited > VISITED_MOST || in_namespace(step, node))
		look->stuck = true;
	if (look->stuck)
		return true;
	if (step->predicates && !passes(look, step, node, counts))
		return look->stuck;
	return along(walk, step->next, node);
}

static bool along_attributes(struct walk *walk, const struct quick_step *step, xmlNode *node)
{
	unsigned counts[PREDICATES_MOST] = { 0 };

	if (node->type != XML_ELEMENT_NODE)
		return false;
	for (xmlAttr *each = node->properties; each; each = each->next) {
		walk->look->visited++;
		if (!other_name(step, each->name) && try_node(walk, step, (xmlNode *)each, counts))
			return true;
	}
	return false;
}

/* Elements from first until end (not any more). */
static bool along_siblings(struct walk *walk, const struct quick_step *step, xmlNode *first,
			   const xmlNode *end)
{
	unsigned counts[PREDICATES_MOST] = { 0 };

	for (xmlNode *each = first; each && each != end; each = each->next) {
		walk->look->visited++;
		if (each->type == XML_ELEMENT_NODE && !other_name(step, each->name) &&
		    try_node(walk, step, each, counts))
			return true;
	}
	return false;
}

static bool has_children(const xmlNode *node)
{
	return node->type == XML_ELEMENT_NODE || node->type == XML_DOCUMENT_NODE;
}

/* The attributes of the node and of everything below it. */
static bool along_all(struct walk *walk, const struct quick_step *step, xmlNode *top)
{
	xmlNode *node = top;

	while (node) {
		if (++walk->look->visited > VISITED_MOST)
			walk->look->stuck = true;
		if (walk->look->stuck || along_attributes(walk, step, node))
			return true;
		if (has_children(node) && node->children) {
			node = node->children;
			continue;
		}
		while (node != top && !node->next)
			node = node->parent;
		node = node == top ? NULL : node->next;
	}
	return false;
}

static bool along(struct walk *walk, const struct quick_step *step, xmlNode *node)
{
	unsigned counts[PREDICATES_MOST] = { 0 };

	if (!step)
		return walk->visit(walk->context, node);
	switch (step->axis) {
	case QUICK_CHILD:
		return has_children(node) && along_siblings(walk, step, node->children, NULL);
	case QUICK_ATTRIBUTE:
		return along_attributes(walk, step, node);
	case QUICK_SELF:
		if (step->any)
			return along(walk, step->next, node);
		walk->look->visited++;
		return node->type == XML_ELEMENT_NODE && !other_name(step, node->name) &&
		       try_node(walk, step, node, counts);
	case QUICK_PRECEDING_SIBLING:
		return node->type == XML_ELEMENT_NODE && node->parent &&
		       along_siblings(walk, step, node->parent->children, node);
	case QUICK_ANY_ATTRIBUTE:
		return has_children(node) && along_all(walk, step, node);
	}
	return false;
}

bool quick_each(struct quick_look *look, const struct quick *path, xmlNode *node,
		bool (*visit)(void *context, xmlNode *found), void *context)
{
	struct walk walk = { look, visit, context };

	return along(&walk, path->steps, path->absolute ? (xmlNode *)node->doc : node);
}

static bool keep_first(void *context, xmlNode *found)
{
	*(xmlNode **)context = found;
	return true;
}

/* Most paths are the name of one child or attribute. */
static bool is_one_name(const struct quick *path)
{
	const struct quick_step *step = path->steps;

	return !path->absolute && !step->next && !step->predicates && step->name &&
	       step->axis == QUICK_CHILD;
}

static xmlNode *child_named(struct quick_look *look, const struct quick_step *step,
			    const xmlNode *node)
{
	size_t visited = look->visited;
	xmlNode *each = has_children(node) ? node->children : NULL;

	for (; each; each = each->next) {
		visited++;
		if (each->type == XML_ELEMENT_NODE && !other_name(step, each->name))
			break;
	}
	look->visited = visited;
	if (each && (each->ns || visited > VISITED_MOST))
		look->stuck = true;
	return look->stuck ? NULL : each;
}

xmlNode *quick_first(struct quick_look *look, const struct quick *path, xmlNode *node)
{
	xmlNode *first = NULL;

	if (is_one_name(path))
		return child_named(look, path->steps, node);

	quick_each(look, path, node, keep_first, &first);
	return first;
}

/* --- comparisons, XPath 1.0 clause 3.4 --- */

static bool ordered(enum quick_kind kind, double left, double right)
{
	switch (kind) {
	case QUICK_EQUAL: return left == right;
	case QUICK_UNEQUAL: return left != right;
	case QUICK_LESS: return left < right;
	case QUICK_LESS_EQUAL: return left <= right;
	case QUICK_MORE: return left > right;
	default: return left >= right;
	}
}

static double text_number(const char *text)
{
	return xmlXPathCastStringToNumber((const xmlChar *)text);
}

struct compare { /* each node with one value, or with all of a path */
	struct quick_look *look;
	enum quick_kind kind;
	bool by_number;
	bool node_is_right;
	const char *text;
	double number;
	const struct quick *path;
	xmlNode *from;
};

static bool compare_node(void *context, xmlNode *found)
{
	struct compare *compare = context;
	size_t used = compare->look->used;
	const char *text = quick_node_text(compare->look, found);
	bool holds;

	if (compare->by_number) {
		double number = text_number(text);

		holds = compare->node_is_right ? ordered(compare->kind, compare->number, number)
					       : ordered(compare->kind, number, compare->number);
	} else {
		holds = (strcmp(text, compare->text) == 0) == (compare->kind == QUICK_EQUAL);
	}
	compare->look->used = used;
	return holds && !compare->look->stuck;
}

static bool compare_pairs(void *context, xmlNode *found)
{
	const struct compare *pairs = context;
	size_t used = pairs->look->used;
	struct compare compare = {
		.look = pairs->look,
		.kind = pairs->kind,
		.text = quick_node_text(pairs->look, found),
	};
	bool holds = quick_each(pairs->look, pairs->path, pairs->from, compare_node, &compare);

	pairs->look->used = used;
	return holds && !pairs->look->stuck;
}

static bool compare_nodes(struct quick_look *look, const struct quick *quick, xmlNode *node)
{
	bool node_is_right = quick->first->type != QUICK_NODES_TYPE;
	const struct quick *path = node_is_right ? quick->first->next : quick->first;
	const struct quick *other = node_is_right ? quick->first : quick->first->next;
	struct compare compare = { .look = look, .kind = quick->kind,
				   .node_is_right = node_is_right };

	if (other->type == QUICK_NODES_TYPE) {
		compare.path = other;
		compare.from = node;
		return quick_each(look, path, node, compare_pairs, &compare);
	}
	bool equality = quick->kind == QUICK_EQUAL || quick->kind == QUICK_UNEQUAL;
	compare.by_number = !equality || other->type == QUICK_NUMBER_TYPE;
	if (compare.by_number)
		compare.number = quick_number(look, other, node);
	else
		compare.text = quick_text(look, other, node);
	return quick_each(look, path, node, compare_node, &compare);
}

static bool compare_values(struct quick_look *look, const struct quick *quick, xmlNode *node)
{
	const struct quick *left = quick->first, *right = left->next;
	bool equality = quick->kind == QUICK_EQUAL || quick->kind == QUICK_UNEQUAL;

	if (left->type == QUICK_TRUTH_TYPE || right->type == QUICK_TRUTH_TYPE) {
		double first = quick_holds(look, left, node);
		double second = quick_holds(look, right, node);

		if (!equality) /* only then is the other one a number: libxml2's */
			look->stuck = true;
		return ordered(quick->kind, first, second);
	}
	if (left->type == QUICK_NODES_TYPE || right->type == QUICK_NODES_TYPE)
		return compare_nodes(look, quick, node);
	if (!equality || left->type == QUICK_NUMBER_TYPE || right->type == QUICK_NUMBER_TYPE) {
		double first = quick_number(look, left, node);
		double second = quick_number(look, right, node);

		return ordered(quick->kind, first, second);
	}
	const char *first = quick_text(look, left, node), *second = quick_text(look, right, node);
	return (strcmp(first, second) == 0) == (quick->kind == QUICK_EQUAL);
}

/* --- values --- */

/* A variable's value may live for one question only: it is copied. */
static const char *variable_text(struct quick_look *look, const char *name)
{
	struct evaluation *evaluation = look->evaluation;
	const char *value = evaluation->variable(evaluation->variable_context, name);
	size_t length = value ? strlen(value) : 0;
	char *copy = value ? quick_room(look, length) : NULL;

	if (!copy) { /* a limit, or nobody knows it */
		look->stuck = true;
		return "";
	}
	return memcpy(copy, value, length);
}

bool quick_holds(struct quick_look *look, const struct quick *quick, xmlNode *node)
{
	switch (quick->kind) {
	case QUICK_OR:
		return quick_holds(look, quick->first, node) ||
		       (!look->stuck && quick_holds(look, quick->first->next, node));
	case QUICK_AND:
		return quick_holds(look, quick->first, node) && !look->stuck &&
		       quick_holds(look, quick->first->next, node);
	case QUICK_LITERAL:
	case QUICK_VARIABLE:
		return quick_text(look, quick, node)[0] != '\0';
	case QUICK_NUMBER:
		return quick->number != 0;
	case QUICK_PATH:
		return quick_first(look, quick, node) != NULL;
	case QUICK_CALL:
		return quick_call_holds(look, quick, node);
	default:
		return compare_values(look, quick, node);
	}
}

double quick_number(struct quick_look *look, const struct quick *quick, xmlNode *node)
{
	if (quick->kind == QUICK_NUMBER)
		return quick->number;
	if (quick->type == QUICK_NUMBER_TYPE)
		return quick_call_number(look, quick, node);
	return text_number(quick_text(look, quick, node));
}

const char *quick_text(struct quick_look *look, const struct quick *quick, xmlNode *node)
{
	switch (quick->kind) {
	case QUICK_LITERAL:
		return quick->text;
	case QUICK_VARIABLE:
		return variable_text(look, quick->text);
	case QUICK_PATH: {
		const xmlNode *first = quick_first(look, quick, node);

		return first ? quick_node_text(look, first) : "";
	}
	case QUICK_CALL:
		if (quick->type == QUICK_TEXT_TYPE)
			return quick_call_text(look, quick, node);
		break;
	default:
		break;
	}
	look->stuck = true; /* a number or truth as text: libxml2's */
	return "";
}

enum truth quick_truth(struct evaluation *evaluation, const struct quick *quick)
{
	struct quick_look look = { .evaluation = evaluation };
	xmlNode *node = evaluation->message ? evaluation->message->body
					    : xmlDocGetRootElement(evaluation->empty);
	bool holds = node && quick_holds(&look, quick, node);

	if (look.stuck || !node)
		return TRUTH_UNKNOWN;
	return holds ? TRUTH_YES : TRUTH_NO;
}
