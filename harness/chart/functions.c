#include "harness/chart/functions.h"

#include <string.h>

#define OWN(name, least, most, literal, kind, meaning)                                             \
	{                                                                                          \
		name, least, most, true, literal, kind, meaning                                    \
	}
#define CORE(name, least, most)                                                                    \
	{                                                                                          \
		name, least, most, false, 0, LITERAL_ANY, "XPath 1.0 clause 4"                     \
	}

static const struct function_kind table[] = {
	OWN("event", 1, 2, 0, LITERAL_EVENT,
	    "true when the Inform lists the event code, with that CommandKey if one is given"),
	OWN("parameter", 1, 1, 0, LITERAL_PARAMETER,
	    "the value in the message's ParameterList, as text; empty when it is not there"),
	OWN("has-parameter", 1, 1, 0, LITERAL_PARAMETER,
	    "true when the message's ParameterList has the parameter"),
	OWN("path", 1, 1, 0, LITERAL_PARAMETER,
	    "the full path of a parameter in this device's model"),
	OWN("instance", 3, 9, 0, LITERAL_PARAMETER,
	    "the number of the table's first row in the ParameterList whose fields have these values; "
	    "empty when none has"),
	OWN("field", 4, 10, 0, LITERAL_PARAMETER,
	    "the value of the field named second, of the row that instance() would find"),
	OWN("matches", 2, 2, 1, LITERAL_REGEXP,
	    "true when the whole text fits the regular expression"),
	OWN("address-in", 2, 2, 1, LITERAL_PREFIX, "true when the address is in the network"),
	OWN("elapsed", 0, 0, 0, LITERAL_ANY, "seconds since the step before was complete"),
	OWN("inside", 0, 0, 0, LITERAL_ANY,
	    "true when the message came through the tunnel, or was seen inside the operator's network"),
	OWN("ics", 1, 1, 0, LITERAL_ITEM, "true when the profile claims the item"),
	OWN("header", 1, 1, 0, LITERAL_ANY, "the value of an HTTP header field"),
	OWN("digest-response", 1, 1, 0, LITERAL_ANY,
	    "the response that the message's digest credentials have with this password; empty when it "
	    "cannot be computed"),
	OWN("host-of", 1, 1, 0, LITERAL_ANY, "the host of a URL"),
	OWN("port-of", 1, 1, 0, LITERAL_ANY, "the port of a URL, the scheme's own if it has none"),
	OWN("scheme-of", 1, 1, 0, LITERAL_ANY, "the scheme of a URL, in lower case"),
	OWN("lower-case", 1, 1, 0, LITERAL_ANY, "the text in lower case"),
	OWN("is-date-time", 1, 1, 0, LITERAL_ANY, "true when the text is an xsd:dateTime"),
	OWN("known-event", 1, 1, 0, LITERAL_ANY, "true when TR-069 knows the event code"),
	OWN("known-fault", 1, 1, 0, LITERAL_ANY, "true when TR-069 knows the fault code"),
	OWN("forced-missing", 0, 0, 0, LITERAL_ANY,
	    "the forced Inform parameters that are missing, as text; empty when none is"),
	OWN("grammar-breach", 0, 0, 0, LITERAL_ANY,
	    "what breaks the grammar of CWMP, or of a file the schema of its kind; empty: nothing"),
	OWN("argument-wrong", 0, 0, 0, LITERAL_ANY,
	    "what is wrong with the arguments of the method, as text; empty when nothing is"),
	OWN("events-ordered", 0, 0, 0, LITERAL_ANY,
	    "true when the events with a number stand in the order of their numbers"),
	OWN("repeated", 1, 1, 0, LITERAL_ANY,
	    "a text that two of the nodes have; empty when each has its own"),
	OWN("value-wrong", 0, 0, 0, LITERAL_ANY,
	    "the first value without the form of its xsi:type, as text; empty when there is none"),
	OWN("type-wrong", 0, 0, 0, LITERAL_ANY,
	    "the first value without its parameter's type in the model, as text"),
	OWN("range-wrong", 0, 0, 0, LITERAL_ANY,
	    "the first value that the model does not allow, as text; empty when there is none"),
	CORE("last", 0, 0),
	CORE("position", 0, 0),
	CORE("count", 1, 1),
	CORE("id", 1, 1),
	CORE("local-name", 0, 1),
	CORE("namespace-uri", 0, 1),
	CORE("name", 0, 1),
	CORE("string", 0, 1),
	CORE("concat", 2, -1),
	CORE("starts-with", 2, 2),
	CORE("contains", 2, 2),
	CORE("substring-before", 2, 2),
	CORE("substring-after", 2, 2),
	CORE("substring", 2, 3),
	CORE("string-length", 0, 1),
	CORE("normalize-space", 0, 1),
	CORE("translate", 3, 3),
	CORE("boolean", 1, 1),
	CORE("not", 1, 1),
	CORE("true", 0, 0),
	CORE("false", 0, 0),
	CORE("lang", 1, 1),
	CORE("number", 0, 1),
	CORE("sum", 1, 1),
	CORE("floor", 1, 1),
	CORE("ceiling", 1, 1),
	CORE("round", 1, 1),
};

const struct function_kind *functions(size_t *count)
{
	*count = sizeof(table) / sizeof(table[0]);
	return table;
}

const struct function_kind *function_find(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strncmp(table[i].name, name, length) == 0 && table[i].name[length] == '\0')
			return &table[i];
	return NULL;
}
