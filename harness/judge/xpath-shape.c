/* argument-wrong(), events-ordered(), repeated(nodes), range-wrong(), type-wrong(), value-wrong() */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/data-model-map.h"
#include "harness/judge/xpath-arguments.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

/* --- argument-wrong(): the arguments of a method, all and in their order (TR-069 Annex A) --- */

static const char *const *arguments_of(const char *name)
{
	static const char tail[] = "Response";
	size_t length = strlen(name), size = sizeof(tail) - 1;
	bool response = length > size && !strcmp(name + length - size, tail);
	char *method = memory_text_length(name, response ? length - size : length);
	const struct cwmp_method *found = cwmp_method_find(method);

	free(method);
	return !found ? NULL : response ? found->results : found->arguments;
}

void xpath_find_argument(const struct message *message, struct buffer *wrong)
{
	const char *const *wanted = message ? arguments_of(message->name) : NULL;
	const xmlNode *at = wanted ? xml_child(message->body, NULL) : NULL;

	for (; wanted && *wanted; wanted++, at = xml_next(at, NULL)) {
		if (at && !strcmp((const char *)at->name, *wanted))
			continue;
		buffer_format(wrong, xml_child(message->body, *wanted) ? "%s is out of its order"
								       : "%s is missing", *wanted);
		return;
	}
	if (wanted && at)
		buffer_format(wrong, "%s is no argument", (const char *)at->name);
}

/* --- events-ordered(): those with a number stand in the order of their numbers --- */

static int event_number(const xmlNode *event)
{
	const xmlNode *code = xml_child(event, "EventCode");
	const char *text = code ? xml_plain_text(code) : NULL;

	return text && *text >= '0' && *text <= '9' ? atoi(text) : -1;
}

bool xpath_events_ordered(const struct message *message)
{
	const xmlNode *list = message ? xml_child(message->body, "Event") : NULL;
	int last = -1;

	for (const xmlNode *at = xml_child(list, NULL); at; at = xml_next(at, NULL)) {
		int number = event_number(at);

		if (number < 0)
			continue;
		if (number < last)
			return false;
		last = number;
	}
	return true;
}

/* --- repeated(nodes): the first text, in their order, that stands twice --- */

static int by_text(const void *first, const void *second)
{
	return strcmp(*(const char *const *)first, *(const char *const *)second);
}

const char *xpath_text_repeated(const char **texts, size_t count)
{
	if (count < 2)
		return NULL;
	qsort(texts, count, sizeof(*texts), by_text);
	for (size_t i = 1; i < count; i++)
		if (strcmp(texts[i - 1], texts[i]) == 0)
			return texts[i];
	return NULL;
}

void xpath_repeated(xmlXPathParserContext *ctxt, int nargs)
{
	xmlNodeSet *nodes = nargs == 1 ? xmlXPathPopNodeSet(ctxt) : NULL;
	size_t count = nodes ? (size_t)nodes->nodeNr : 0;
	const char **texts = memory_new((count + 1) * sizeof(*texts)), *found;

	if (nargs != 1 || ctxt->error) {
		xpath_cannot(ctxt, "repeated() takes nodes");
	} else {
		for (size_t i = 0; i < count; i++)
			texts[i] = (const char *)xmlXPathCastNodeToString(nodes->nodeTab[i]);
		char **own = memory_new((count + 1) * sizeof(*own));
		memcpy(own, texts, count * sizeof(*own));
		found = xpath_text_repeated(texts, count);
		xpath_give_text(ctxt, found ? found : "");
		for (size_t i = 0; i < count; i++)
			xmlFree(own[i]);
		free(own);
	}
	free(texts);
	xmlXPathFreeNodeSet(nodes);
}

/* --- values: of their own xsi:type, of the model's type, in the model's range --- */

/* What xsi:type says, without prefix; all spellings of one type give the same name. */
static const char *plain_type(const char *type)
{
	const char *colon = strrchr(type, ':'), *name = colon ? colon + 1 : type;

	return strcmp(name, "base64Binary") == 0 ? "base64" : name;
}

static bool is_whole(const char *text, bool may_be_negative)
{
	if (*text == '+' || (*text == '-' && may_be_negative))
		text++;
	return *text && strspn(text, "0123456789") == strlen(text);
}

static bool is_base64(const char *text)
{
	static const char signs[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/ \t\r\n";

	text += strspn(text, signs);
	return strspn(text, "= \t\r\n") == strlen(text);
}

/* Has the text the form of the type (XML Schema part 2)? Other types than TR-069's always have. */
static bool has_form(const char *type, const char *text)
{
	static const char *const booleans[] = { "0", "1", "true", "false" };

	if (strcmp(type, "boolean") == 0) {
		for (size_t i = 0; i < 4; i++)
			if (strcmp(text, booleans[i]) == 0)
				return true;
		return false;
	}
	if (strcmp(type, "int") == 0 || strcmp(type, "long") == 0)
		return is_whole(text, true);
	if (strcmp(type, "unsignedInt") == 0 || strcmp(type, "unsignedLong") == 0)
		return is_whole(text, false);
	if (strcmp(type, "dateTime") == 0)
		return xpath_date_time(text);
	return strcmp(type, "base64") != 0 || is_base64(text);
}

struct value { /* of a ParameterValueStruct; what had to be put together is owned */
	const char *name, *text, *type;
	char *own[3];
};

static const char *text_of(const xmlNode *node, char **own)
{
	const char *plain = xml_plain_text(node);

	return plain ? plain : (*own = xml_text(node));
}

static const char *type_of(const xmlNode *node, char **own)
{
	const xmlAttr *type = xmlHasProp((xmlNode *)(uintptr_t)node, BAD_CAST "type");
	const xmlNode *text = type ? type->children : NULL;

	if (!type)
		return NULL;
	return text && !text->next && text->content ? (const char *)text->content
						    : (*own = xml_attribute(node, "type"));
}

static bool value_read(const xmlNode *entry, struct value *value)
{
	const xmlNode *name = xml_child(entry, "Name"), *text = xml_child(entry, "Value");

	*value = (struct value){ .name = NULL };
	if (!name || !text)
		return false;
	value->name = text_of(name, &value->own[0]);
	value->text = text_of(text, &value->own[1]);
	value->type = type_of(text, &value->own[2]);
	return true;
}

static void value_clear(struct value *value)
{
	for (size_t i = 0; i < 3; i++)
		free(value->own[i]);
}

static void form_wrong(const struct value *value, struct buffer *wrong)
{
	const char *type = value->type ? plain_type(value->type) : "";

	if (*type && !has_form(type, value->text))
		buffer_format(wrong, "%.256s: \"%.64s\" is no %.32s", value->name, value->text, type);
}

static void model_wrong(const struct value *value, const struct map_entry *entry, bool range,
			struct buffer *wrong)
{
	const char *wanted = plain_type(map_type_name(entry));
	const char *word;

	if (!range && value->type && strcmp(plain_type(value->type), wanted) != 0) {
		buffer_format(wrong, "%.256s: %.32s instead of %s", value->name,
			      plain_type(value->type), wanted);
		return;
	}
	/* What is not to be read is shown empty. */
	word = entry->hidden && !*value->text ? NULL : map_value_wrong(entry, value->text);
	if (word && strcmp(word, range ? "value" : "type") == 0)
		buffer_format(wrong, "%.256s: \"%.64s\" is %s %s", value->name, value->text,
			      range ? "outside of what the model allows for its" : "no", wanted);
}

/* The model of a device that nobody described is not known. */
static const struct data_model_map *known_map(const struct evaluation *evaluation)
{
	const struct profile *profile = evaluation->profile;

	return profile && !profile_variable(profile, "device.stand-in") ? profile_map(profile)
									: NULL;
}

void xpath_find_value(const struct evaluation *evaluation, enum value_question question,
		      struct buffer *wrong)
{
	const struct message *message = evaluation->message;
	const struct data_model_map *map =
		question == VALUE_FORM ? NULL : known_map(evaluation);
	const xmlNode *list = message ? xml_child(message->body, "ParameterList") : NULL;

	if (question != VALUE_FORM && !map)
		return;
	for (const xmlNode *at = xml_child(list, NULL); at && !wrong->length;
	     at = xml_next(at, NULL)) {
		struct value value;

		if (value_read(at, &value)) {
			const struct map_entry *entry =
				map ? map_entry_of(map, value.name) : NULL;

			if (!map)
				form_wrong(&value, wrong);
			else if (entry && entry->type != TYPE_OBJECT)
				model_wrong(&value, entry, question == VALUE_RANGE, wrong);
		}
		value_clear(&value);
	}
}

static void give(xmlXPathParserContext *ctxt, int nargs, enum value_question question)
{
	struct buffer wrong = { 0 };

	if (xpath_arguments(ctxt, nargs, 0, 0, NULL) < 0)
		return;
	xpath_find_value(xpath_evaluation(ctxt), question, &wrong);
	xpath_give_text(ctxt, buffer_text(&wrong));
	buffer_free(&wrong);
}

void xpath_value_wrong(xmlXPathParserContext *ctxt, int nargs)
{
	give(ctxt, nargs, VALUE_FORM);
}

void xpath_type_wrong(xmlXPathParserContext *ctxt, int nargs)
{
	give(ctxt, nargs, VALUE_TYPE);
}

void xpath_range_wrong(xmlXPathParserContext *ctxt, int nargs)
{
	give(ctxt, nargs, VALUE_RANGE);
}

void xpath_argument_wrong(xmlXPathParserContext *ctxt, int nargs)
{
	struct buffer wrong = { 0 };

	if (xpath_arguments(ctxt, nargs, 0, 0, NULL) < 0)
		return;
	xpath_find_argument(xpath_evaluation(ctxt)->message, &wrong);
	xpath_give_text(ctxt, buffer_text(&wrong));
	buffer_free(&wrong);
}

void xpath_events_in_order(xmlXPathParserContext *ctxt, int nargs)
{
	if (xpath_arguments(ctxt, nargs, 0, 0, NULL) == 0)
		xpath_give_truth(ctxt, xpath_events_ordered(xpath_evaluation(ctxt)->message));
}
