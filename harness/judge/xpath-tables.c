/* instance(table, field, value, ...) and field(table, wanted, field, value, ...): rows of a table in
 * the message's ParameterList, found by what stands in them. */
#include <stdlib.h>
#include <string.h>

#include "harness/judge/data-model-map.h"
#include "harness/judge/xpath-arguments.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

enum { FIELDS_MOST = 4, ROW_DIGITS = 10 };

struct query { /* a row whose fields have these values */
	const xmlNode *list;
	char *table; /* "Device.FaultMgmt.SupportedAlarm." or how the message has it */
	const char *fields[FIELDS_MOST], *values[FIELDS_MOST];
	int count;
};

/* Behind the table's path in the name: "3.EventType"; NULL = it is not of this table. A device may
 * have another root than the map. */
static const char *below(const char *name, const char *table)
{
	const char *dot = strchr(table, '.');
	const char *tail = dot && dot[1] ? dot + 1 : table;
	const char *name_dot = strchr(name, '.');

	if (strncmp(name, table, strlen(table)) == 0)
		return name + strlen(table);
	if (name_dot && strncmp(name_dot + 1, tail, strlen(tail)) == 0)
		return name_dot + 1 + strlen(tail);
	return NULL;
}

/* Is it ROW.FIELD? row: to its end, as digits. */
static bool is_field(const char *at, const char *row, size_t row_length, const char *field)
{
	return strncmp(at, row, row_length) == 0 && at[row_length] == '.' &&
	       strcmp(at + row_length + 1, field) == 0;
}

/* The value of the row's field, new memory, or NULL. */
static char *value_of(const struct query *query, const char *row, const char *field)
{
	for (xmlNode *entry = xml_child(query->list, NULL); entry; entry = xml_next(entry, NULL)) {
		char *name = xml_child_text(entry, "Name");
		const char *at = name ? below(name, query->table) : NULL;
		bool found = at && is_field(at, row, strlen(row), field);

		free(name);
		if (found)
			return xml_child_text(entry, "Value");
	}
	return NULL;
}

static bool row_fits(const struct query *query, const char *row)
{
	for (int i = 0; i < query->count; i++) {
		char *value = value_of(query, row, query->fields[i]);
		bool same = value && strcmp(value, query->values[i]) == 0;

		free(value);
		if (!same)
			return false;
	}
	return true;
}

/* The first row that fits; false = none. An entry that is the query's first field names a row. */
static bool find_row(const struct query *query, char row[ROW_DIGITS + 1])
{
	for (xmlNode *entry = query->list ? xml_child(query->list, NULL) : NULL; entry;
	     entry = xml_next(entry, NULL)) {
		char *name = xml_child_text(entry, "Name");
		const char *at = name ? below(name, query->table) : NULL;
		size_t length = at ? strspn(at, "0123456789") : 0;
		bool named = length > 0 && length <= ROW_DIGITS &&
			     is_field(at, at, length, query->fields[0]);

		if (named) {
			memcpy(row, at, length);
			row[length] = '\0';
		}
		free(name);
		if (named && row_fits(query, row))
			return true;
	}
	row[0] = '\0';
	return false;
}

/* arguments[first] and those behind it are fields and values; false: that cannot be. */
static bool query_read(xmlXPathParserContext *ctxt, xmlChar *arguments[], int first, int nargs,
		       struct query *query)
{
	const struct evaluation *evaluation = xpath_evaluation(ctxt);
	const struct data_model_map *map =
		evaluation->profile ? profile_map(evaluation->profile) : NULL;
	const char *table = (const char *)arguments[0];

	*query = (struct query){ 0 };
	if ((nargs - first) % 2) {
		xpath_cannot(ctxt, "%s() wants a value behind each field",
			     (const char *)ctxt->context->function);
		return false;
	}
	for (int i = first; i < nargs; i += 2) {
		query->fields[query->count] = (const char *)arguments[i];
		query->values[query->count++] = (const char *)arguments[i + 1];
	}
	query->table = map ? map_path(map, table) : NULL;
	if (!query->table)
		query->table = memory_text(table);
	if (evaluation->message)
		query->list = xml_child(evaluation->message->body, "ParameterList");
	return true;
}

void xpath_instance(xmlXPathParserContext *ctxt, int nargs)
{
	enum { MOST = 1 + 2 * FIELDS_MOST };
	xmlChar *arguments[MOST];
	char row[ROW_DIGITS + 1] = "";
	struct query query;

	if (xpath_arguments(ctxt, nargs, 3, MOST, arguments) < 0)
		return;
	if (query_read(ctxt, arguments, 1, nargs, &query)) {
		find_row(&query, row);
		xpath_give_text(ctxt, row);
	}
	free(query.table);
	xpath_arguments_free(arguments, MOST);
}

void xpath_field(xmlXPathParserContext *ctxt, int nargs)
{
	enum { MOST = 2 + 2 * FIELDS_MOST };
	xmlChar *arguments[MOST];
	char row[ROW_DIGITS + 1] = "";
	struct query query;

	if (xpath_arguments(ctxt, nargs, 4, MOST, arguments) < 0)
		return;
	if (query_read(ctxt, arguments, 2, nargs, &query)) {
		char *value = find_row(&query, row)
				      ? value_of(&query, row, (const char *)arguments[1]) : NULL;

		xpath_give_text(ctxt, value ? value : "");
		free(value);
	}
	free(query.table);
	xpath_arguments_free(arguments, MOST);
}
