/* Changes are numbered: of each element below the SOAP frame all that apply to it, in one order. */
#include <stdio.h>
#include <string.h>

#include "protocols/xml.h"
#include "tests/grammar/samples.h"

#define XSI "http://www.w3.org/2001/XMLSchema-instance"

static const char *const texts[] = {
	"", "x", " 1 ", "0", "2", "3", "4", "7", "-1", "+1", "00", "1.0", "1 2", "true", "TRUE",
	"99", "256", "8005", "8006", "8050", "8850", "8900", "9000", "9013", "9014", "9021", "9033",
	"9850", "9900", "65536", "2147483648", "4294967295", "4294967296", "123456", "00000000",
	"2026-02-30T00:00:00Z", "2026-02-03T04:05:06", "2026-02-03T04:05:06.5+01:00", "2026-02-03",
	"0000-01-01T00:00:00Z", "2026-02-03T24:00:00Z", "aGk", "aGk=", "a b c", "Subscriber",
	"1 BOOT", "2 PERIODIC X", "10 AUTONOMOUS TRANSFER COMPLETE", "14 SOMETHING", "M Foo",
	"M X_00D09E_Foo", "X 00D09E foo", "X 00d09e foo", "X VENDOR foo", "1 Foo  Bar", "3 Foo 7",
	"1 Vendor Configuration File", "00D09E", "00d09e", "D.", "D.A", "Installed", "Failed",
	"http://x.example:80/a?b=c#d", "a:b", "\303\244\303\244",
};
static const size_t lengths[] = {32, 33, 64, 65, 256, 257, 1024, 1025};
static const char *const types[] = {
	"x:string", "x:int", "x:unsignedInt", "x:boolean", "x:dateTime", "x:base64Binary",
	"x:hexBinary", "x:long", "x:unsignedByte", "x:foo", "c:foo", "e:Array", "e:base64",
};
enum change {
	REMOVE, DOUBLE, RENAME, SWAP, QUALIFY, UNQUALIFY, NEW_CHILD, NEW_BEFORE, TEXT_BETWEEN,
	ATTRIBUTE, FOREIGN_ATTRIBUTE, ID_ATTRIBUTE, NIL, NO_ARRAY_TYPE, OTHER_ARRAY_TYPE,
	NO_UNDERSTAND, OTHER_UNDERSTAND, NO_TYPE, EMPTY_ARRAY, CHANGES
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define EACH (CHANGES + COUNT(texts) + COUNT(lengths) + COUNT(types))

/* The next element in the document's order. */
static xmlNode *following(xmlNode *node)
{
	xmlNode *child = xml_child(node, NULL);

	if (child)
		return child;
	while (node && node->type == XML_ELEMENT_NODE && !xml_next(node, NULL))
		node = node->parent;
	return node && node->type == XML_ELEMENT_NODE ? xml_next(node, NULL) : NULL;
}

/* Envelope, Header and Body are SOAP's: left alone. */
static bool is_frame(const xmlNode *node)
{
	return !node->parent->parent || !node->parent->parent->parent;
}

static xmlNode *element_number(const xmlDoc *document, size_t number)
{
	xmlNode *node = xmlDocGetRootElement(document);

	for (; node; node = following(node))
		if (!is_frame(node) && !number--)
			return node;
	return NULL;
}

size_t mutations(const xmlDoc *document)
{
	size_t count = 0;

	while (element_number(document, count))
		count++;
	return count * EACH;
}

static xmlNs *ns_of(xmlNode *node, const char *prefix)
{
	return xmlSearchNs(node->doc, node, (const xmlChar *)prefix);
}

static void set_text(xmlNode *node, const char *text)
{
	xmlNodeSetContent(node, NULL);
	xmlNodeAddContent(node, (const xmlChar *)text);
}

static bool no_attribute(xmlNode *node, const char *name, const char *prefix, const char *instead)
{
	xmlNs *ns = ns_of(node, prefix);
	xmlAttr *attribute = xmlHasNsProp(node, (const xmlChar *)name, ns->href);

	if (!attribute)
		return false;
	if (instead)
		xmlSetNsProp(node, ns, (const xmlChar *)name, (const xmlChar *)instead);
	else
		xmlRemoveProp(attribute);
	return true;
}

static bool swap(xmlNode *node)
{
	xmlNode *next = xml_next(node, NULL);

	if (!next || !xmlStrcmp(next->name, node->name))
		return false;
	xmlAddNextSibling(next, node);
	return true;
}

static bool change_names(xmlNode *node, enum change change)
{
	char name[80];

	switch (change) {
	case RENAME:
		snprintf(name, sizeof(name), "%sx", (const char *)node->name);
		xmlNodeSetName(node, (const xmlChar *)name);
		return true;
	case QUALIFY:
		if (node->ns)
			return false;
		xmlSetNs(node, ns_of(node, "c"));
		return true;
	default:
		if (!node->ns || xmlStrcmp(node->ns->prefix, (const xmlChar *)"c"))
			return false;
		xmlSetNs(node, NULL);
		return true;
	}
}

static bool change_structure(xmlNode *node, enum change change)
{
	xmlNode *copy;

	switch (change) {
	case REMOVE:
		xmlUnlinkNode(node);
		xmlFreeNode(node);
		return true;
	case DOUBLE:
		copy = xmlCopyNode(node, 1);
		xmlAddNextSibling(node, copy);
		return true;
	case SWAP:
		return swap(node);
	case NEW_CHILD:
		xmlNewChild(node, NULL, (const xmlChar *)"Extra", NULL);
		node->last->ns = NULL;
		return true;
	case NEW_BEFORE:
		xmlAddPrevSibling(node, xmlNewNode(NULL, (const xmlChar *)"Extra"));
		return true;
	case TEXT_BETWEEN:
		if (!xml_child(node, NULL))
			return false;
		xmlAddPrevSibling(xml_child(node, NULL), xmlNewText((const xmlChar *)"text"));
		return true;
	case EMPTY_ARRAY:
		if (!xmlHasNsProp(node, (const xmlChar *)"arrayType", ns_of(node, "e")->href))
			return false;
		xmlNodeSetContent(node, NULL);
		return true;
	default:
		return false;
	}
}

static bool change_attributes(xmlNode *node, enum change change)
{
	switch (change) {
	case ATTRIBUTE:
		xmlSetProp(node, (const xmlChar *)"foo", (const xmlChar *)"1");
		return true;
	case FOREIGN_ATTRIBUTE:
		xmlSetNsProp(node, ns_of(node, "s"), (const xmlChar *)"encodingStyle",
			     (const xmlChar *)"http://x.example/");
		return true;
	case ID_ATTRIBUTE:
		xmlSetProp(node, (const xmlChar *)"id", (const xmlChar *)"a1");
		return true;
	case NIL:
		xmlNodeSetContent(node, NULL);
		xmlSetNsProp(node, ns_of(node, "i"), (const xmlChar *)"nil",
			     (const xmlChar *)"true");
		return true;
	case NO_ARRAY_TYPE:
		return no_attribute(node, "arrayType", "e", NULL);
	case OTHER_ARRAY_TYPE:
		return no_attribute(node, "arrayType", "e", "foo");
	case NO_UNDERSTAND:
		return no_attribute(node, "mustUnderstand", "s", NULL);
	case OTHER_UNDERSTAND:
		return no_attribute(node, "mustUnderstand", "s", "0");
	default:
		return no_attribute(node, "type", "i", NULL);
	}
}

static const char *const kinds[CHANGES] = {
	"remove", "double", "rename", "swap", "qualify", "unqualify", "new-child", "new-before",
	"text-between", "attribute", "foreign-attribute", "id-attribute", "nil", "no-array-type",
	"other-array-type", "no-understand", "other-understand", "no-type", "empty-array",
};

int mutate(xmlDoc *document, size_t number, struct mutation *done)
{
	xmlNode *node = element_number(document, number / EACH);
	size_t change = number % EACH;
	bool leaf = !xml_child(node, NULL);

	*done = (struct mutation){ .kind = "" };
	done->is_rpc = !xmlStrcmp(node->parent->name, (const xmlChar *)"Body");
	snprintf(done->element, sizeof(done->element), "%s", (const char *)node->name);
	if (change < CHANGES) {
		done->kind = kinds[change];
		if (change == RENAME || change == QUALIFY || change == UNQUALIFY)
			return change_names(node, (enum change)change);
		if (change < ATTRIBUTE || change == EMPTY_ARRAY)
			return change_structure(node, (enum change)change);
		return change_attributes(node, (enum change)change);
	}
	change -= CHANGES;
	done->kind = change < COUNT(texts) + COUNT(lengths) ? "text" : "type";
	if (change < COUNT(texts)) {
		snprintf(done->detail, sizeof(done->detail), "%s", texts[change]);
	} else if (change < COUNT(texts) + COUNT(lengths)) {
		memset(done->detail, 'x', lengths[change - COUNT(texts)]);
	} else {
		snprintf(done->detail, sizeof(done->detail), "%s",
			 types[change - COUNT(texts) - COUNT(lengths)]);
		xmlSetNsProp(node, ns_of(node, "i"), (const xmlChar *)"type",
			     (const xmlChar *)done->detail);
		return true;
	}
	if (leaf)
		set_text(node, done->detail);
	return leaf;
}
