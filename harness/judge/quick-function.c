/* The functions of quick-path.h: XPath's own as libxml2 has them, and those of the language. */
#include <libxml/xmlstring.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/quick-value.h"
#include "harness/judge/xpath-arguments.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

static const char blank[] = " \t\r\n";

static bool count_node(void *context, xmlNode *found)
{
	(void)found;
	++*(size_t *)context;
	return false;
}

/* event(code[, key]) */
static bool event(struct quick_look *look, const struct quick *call, xmlNode *node)
{
	const char *code = quick_text(look, call->first, node);
	const struct quick *key = call->first->next;

	return xpath_has_event(look->evaluation->message, code,
			       key ? quick_text(look, key, node) : NULL);
}

static bool matches(struct quick_look *look, const char *text, const char *regexp)
{
	int result = xpath_regexp_fits(look->evaluation, text, regexp);

	if (result < 0)
		look->stuck = true;
	return result == 1;
}

static bool ics(struct quick_look *look, const char *name)
{
	const struct profile *profile = look->evaluation->profile;
	const struct ics_item *item = profile ? profile_ics(profile, name) : NULL;

	if (!profile)
		look->stuck = true;
	return item && item->supported;
}

static bool truth_of_two(struct quick_look *look, const struct quick *call, xmlNode *node)
{
	const char *first = quick_text(look, call->first, node);
	const char *second = quick_text(look, call->first->next, node);

	if (look->stuck)
		return false;
	switch (call->function) {
	case QUICK_CONTAINS:
		return strstr(first, second) != NULL;
	case QUICK_STARTS_WITH:
		return strncmp(first, second, strlen(second)) == 0;
	default:
		return matches(look, first, second);
	}
}

bool quick_call_holds(struct quick_look *look, const struct quick *call, xmlNode *node)
{
	const char *text = NULL;
	double number;

	if (call->type == QUICK_TEXT_TYPE)
		return quick_call_text(look, call, node)[0] != '\0';
	if (call->type == QUICK_NUMBER_TYPE) {
		number = quick_call_number(look, call, node);
		return number < 0 || number > 0;
	}
	switch (call->function) {
	case QUICK_TRUE:
		return true;
	case QUICK_FALSE:
		return false;
	case QUICK_NOT:
		return !quick_holds(look, call->first, node);
	case QUICK_BOOLEAN:
		return quick_holds(look, call->first, node);
	case QUICK_EVENT:
		return event(look, call, node);
	case QUICK_EVENTS_ORDERED:
		return xpath_events_ordered(look->evaluation->message);
	case QUICK_CONTAINS:
	case QUICK_STARTS_WITH:
	case QUICK_MATCHES:
		return truth_of_two(look, call, node);
	default:
		text = quick_text(look, call->first, node);
	}
	if (look->stuck)
		return false;
	switch (call->function) {
	case QUICK_HAS_PARAMETER:
		return xpath_find_parameter(look->evaluation, text) != NULL;
	case QUICK_ICS:
		return ics(look, text);
	case QUICK_IS_DATE_TIME:
		return xpath_date_time(text);
	case QUICK_KNOWN_EVENT:
		return xpath_event_is_known(text);
	case QUICK_KNOWN_FAULT:
		return xpath_fault_is_known(text);
	default:
		look->stuck = true;
		return false;
	}
}

double quick_call_number(struct quick_look *look, const struct quick *call, xmlNode *node)
{
	size_t count = 0;

	switch (call->function) {
	case QUICK_COUNT:
		quick_each(look, call->first, node, count_node, &count);
		return (double)count;
	case QUICK_ELAPSED:
		return (double)look->evaluation->elapsed / 1e6;
	case QUICK_NUMBER_OF:
		return quick_number(look, call->first, node);
	case QUICK_STRING_LENGTH:
		return xmlUTF8Strlen((const xmlChar *)quick_text(look, call->first, node));
	default:
		look->stuck = true;
		return 0;
	}
}

static const char *copy(struct quick_look *look, const char *text, size_t length)
{
	char *room = quick_room(look, length);

	return room ? memcpy(room, text, length) : "";
}

static const char *lower_case(struct quick_look *look, const char *text)
{
	size_t length = strlen(text);
	char *room = quick_room(look, length);

	for (size_t i = 0; room && i < length; i++)
		room[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i]);
	return room ? room : "";
}

static const char *normalized(struct quick_look *look, const char *text)
{
	char *room = quick_room(look, strlen(text));
	size_t size = 0;

	if (!room)
		return "";
	for (text += strspn(text, blank); *text; text += strspn(text, blank)) {
		size_t length = strcspn(text, blank);

		if (size > 0)
			room[size++] = ' ';
		memcpy(room + size, text, length);
		size += length;
		text += length;
	}
	room[size] = '\0';
	return room;
}

static const char *concatenated(struct quick_look *look, const struct quick *call, xmlNode *node)
{
	const char *text = quick_text(look, call->first, node);

	for (const struct quick *each = call->first->next; each; each = each->next) {
		const char *more = quick_text(look, each, node);
		size_t first = strlen(text), second = strlen(more);
		char *room = quick_room(look, first + second);

		if (!room)
			return "";
		memcpy(room, text, first);
		memcpy(room + first, more, second);
		text = room;
	}
	return text;
}

static const char *part(struct quick_look *look, const struct quick *call, xmlNode *node)
{
	const char *text = quick_text(look, call->first, node);
	const char *mark = quick_text(look, call->first->next, node);
	const char *found = strstr(text, mark);

	if (!found)
		return "";
	if (call->function == QUICK_SUBSTRING_AFTER)
		return found + strlen(mark);
	return copy(look, text, (size_t)(found - text));
}

static const char *name_of(struct quick_look *look, const struct quick *call, xmlNode *node)
{
	xmlNode *named = call->first ? quick_first(look, call->first, node) : node;

	if (!named)
		return "";
	if ((named->type != XML_ELEMENT_NODE || named->ns) &&
	    (named->type != XML_ATTRIBUTE_NODE || ((const xmlAttr *)named)->ns)) {
		look->stuck = true;
		return "";
	}
	return (const char *)named->name;
}

static const char *parameter(struct quick_look *look, const char *name)
{
	const xmlNode *entry = xpath_find_parameter(look->evaluation, name);
	const xmlNode *value = xml_child(entry, "Value");
	const char *text = value ? quick_node_text(look, value) : "";
	size_t length;

	text += strspn(text, blank);
	length = strlen(text);
	if (length == 0 || !strchr(blank, text[length - 1]))
		return text;
	while (length > 0 && strchr(blank, text[length - 1]))
		length--;
	return copy(look, text, length);
}

/* What the functions of the language find wrong, as text. */
static const char *found_wrong(struct quick_look *look, enum quick_function function)
{
	struct buffer wrong = { 0 };
	const char *text = "";

	if (function == QUICK_ARGUMENT_WRONG)
		xpath_find_argument(look->evaluation->message, &wrong);
	else if (function == QUICK_FORCED_MISSING)
		look->stuck |= !xpath_find_missing(look->evaluation, &wrong);
	else
		xpath_find_value(look->evaluation,
				 function == QUICK_VALUE_WRONG	? VALUE_FORM
				 : function == QUICK_TYPE_WRONG ? VALUE_TYPE
								: VALUE_RANGE, &wrong);
	if (wrong.length > 0)
		text = copy(look, buffer_text(&wrong), wrong.length);
	buffer_free(&wrong);
	return text;
}

static const char *grammar_breach(struct quick_look *look)
{
	const struct grammar_breach *breach = NULL;

	if (!xpath_find_breach(look->evaluation, &breach)) {
		look->stuck = true;
		return "";
	}
	return breach ? copy(look, breach->text, strlen(breach->text)) : "";
}

struct texts {
	struct quick_look *look;
	const char **list;
	size_t count, capacity;
};

static bool add_text(void *context, xmlNode *found)
{
	struct texts *texts = context;

	if (texts->count == texts->capacity) {
		texts->capacity = texts->capacity ? 2 * texts->capacity : 32;
		texts->list = memory_resize(texts->list, texts->capacity, sizeof(*texts->list));
	}
	texts->list[texts->count++] = quick_node_text(texts->look, found);
	return texts->look->stuck;
}

static const char *repeated(struct quick_look *look, const struct quick *path, xmlNode *node)
{
	struct texts texts = { .look = look };
	const char *found = NULL;

	quick_each(look, path, node, add_text, &texts);
	if (!look->stuck)
		found = xpath_text_repeated(texts.list, texts.count);
	free(texts.list);
	return found ? found : "";
}

const char *quick_call_text(struct quick_look *look, const struct quick *call, xmlNode *node)
{
	const xmlNode *field;
	const char *text;

	switch (call->function) {
	case QUICK_ARGUMENT_WRONG:
	case QUICK_FORCED_MISSING:
	case QUICK_RANGE_WRONG:
	case QUICK_TYPE_WRONG:
	case QUICK_VALUE_WRONG:
		return found_wrong(look, call->function);
	case QUICK_GRAMMAR_BREACH:
		return grammar_breach(look);
	case QUICK_REPEATED:
		return repeated(look, call->first, node);
	case QUICK_CONCAT:
		return concatenated(look, call, node);
	case QUICK_NAME:
		return name_of(look, call, node);
	case QUICK_SUBSTRING_AFTER:
	case QUICK_SUBSTRING_BEFORE:
		return part(look, call, node);
	default:
		text = quick_text(look, call->first, node);
	}
	if (look->stuck)
		return "";
	switch (call->function) {
	case QUICK_HEADER:
		field = xpath_find_header(look->evaluation->message, text);
		return field ? quick_node_text(look, field) : "";
	case QUICK_LOWER_CASE:
		return lower_case(look, text);
	case QUICK_NORMALIZE_SPACE:
		return normalized(look, text);
	case QUICK_PARAMETER:
		return parameter(look, text);
	case QUICK_STRING:
		return text;
	default:
		look->stuck = true;
		return "";
	}
}
