/* Reading a PM file: the facts about its values. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"
#include "protocols/pm-file.h"
#include "protocols/xml.h"

#define PLACES_MOST 4096 /* of a list; more are not compared */

struct reading {
	xmlNode *facet;
	int64_t begin, end; /* INT64_MIN: no dateTime */
	bool zoned, zone_seen; /* all times say their zone; one does */
	bool mixed;            /* some do: they cannot be compared */
	size_t info;      /* number of the measInfo, over the whole file */
	size_t periods;   /* different ends */
	int64_t shortest, report; /* seconds; -1 = none yet, -2 = they differ */
	bool positional;
	/* The measInfo before: where its period ended. */
	char *last_id;
	int64_t last_end;
};

/* Something is wrong that has its own attribute; the first place counts. */
static void wrong(struct reading *reading, const char *name, const char *text)
{
	if (!xmlHasProp(reading->facet, (const xmlChar *)name))
		message_attribute(reading->facet, name, "%s", text);
}

static int64_t time_of(struct reading *reading, const xmlNode *node, const char *name)
{
	char *text = xml_attribute(node, name);
	int64_t seconds = INT64_MIN;
	bool zoned = true;

	if (text && pm_time_parse(text, &seconds, &zoned) < 0)
		seconds = INT64_MIN;
	reading->zoned = reading->zoned && zoned;
	reading->zone_seen |= zoned;
	reading->mixed = reading->zone_seen && !reading->zoned;
	free(text);
	return seconds;
}

/* "PT900S" in seconds; -1: it has not that form. */
static int64_t duration_of(const xmlNode *node)
{
	char *text = xml_attribute(node, "duration");
	int64_t seconds = -1;

	if (text && strncmp(text, "PT", 2) == 0) {
		size_t count = strspn(text + 2, "0123456789");

		if (count > 0 && count < 10 && strcmp(text + 2 + count, "S") == 0)
			seconds = strtoll(text + 2, NULL, 10);
	}
	free(text);
	return seconds;
}

static size_t tokens_of(const xmlNode *list)
{
	char *text = xml_text(list);
	size_t count = 0;

	for (const char *at = text + strspn(text, " \t\r\n"); *at;
	     at += strspn(at, " \t\r\n"), count++)
		at += strcspn(at, " \t\r\n");
	free(text);
	return count;
}

static int compare(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

/* The p of each such child, sorted; their number. */
static size_t places_of(const xmlNode *parent, const char *name, uint32_t *places)
{
	size_t count = 0;

	for (const xmlNode *at = xml_child(parent, name); at && count < PLACES_MOST;
	     at = xml_next(at, name)) {
		char *text = xml_attribute(at, "p");

		places[count++] = (uint32_t)strtoul(text ? text : "0", NULL, 10);
		free(text);
	}
	qsort(places, count, sizeof(*places), compare);
	return count;
}

static size_t count_children(const xmlNode *parent, const char *name)
{
	size_t count = 0;

	for (const xmlNode *at = xml_child(parent, name); at; at = xml_next(at, name))
		count++;
	return count;
}

static void compare_places(struct reading *reading, const xmlNode *info, const xmlNode *value,
			   size_t number)
{
	uint32_t *types = memory_resize(NULL, 2 * PLACES_MOST, sizeof(*types));
	uint32_t *results = types + PLACES_MOST;
	size_t type_count = places_of(info, "measType", types);
	size_t count = places_of(value, "r", results);
	const char *what = NULL;

	for (size_t i = 1; !what && i < type_count; i++)
		if (types[i] == types[i - 1])
			what = "two measTypes have one p";
	for (size_t i = 0; !what && i < count; i++) {
		if (i && results[i] == results[i - 1])
			what = "two results have one p";
		else if (!bsearch(&results[i], types, type_count, sizeof(*types), compare))
			what = "a result has a p that no measType has";
	}
	if (what) {
		char *text = memory_format("measInfo %zu, measValue %zu: %s", reading->info,
					   number, what);

		wrong(reading, "positions", text);
		free(text);
	}
	free(types);
}

/* Each measValue has as many results as there are measTypes. */
static void look_at_values(struct reading *reading, const xmlNode *info)
{
	const xmlNode *list = xml_child(info, "measTypes");
	size_t wanted = list ? tokens_of(list) : count_children(info, "measType"), number = 0;

	reading->positional |= xml_child(info, "measType") != NULL;
	for (const xmlNode *value = xml_child(info, "measValue"); value;
	     value = xml_next(value, "measValue")) {
		const xmlNode *results = xml_child(value, "measResults");
		size_t count = results ? tokens_of(results) : count_children(value, "r");

		number++;
		reading->positional |= xml_child(value, "r") != NULL;
		if (count != wanted) {
			char *text = memory_format(
				"measInfo %zu, measValue %zu: %zu results for %zu measTypes",
				reading->info, number, count, wanted);

			wrong(reading, "counts", text);
			free(text);
		} else if (!list && !results) {
			compare_places(reading, info, value, number);
		}
	}
}

/* Does the period begin where that of the measInfo before, of the same id, ended? One with the same
 * end has the values of other objects; one that ends sooner begins another row of periods. */
static void look_at_period(struct reading *reading, const xmlNode *info, int64_t end,
			   int64_t duration)
{
	char *id = xml_attribute(info, "measInfoId");
	bool same = reading->info > 1 && strcmp(id ? id : "", reading->last_id) == 0;

	if (end != INT64_MIN && reading->end != INT64_MIN && end > reading->end && !reading->mixed) {
		char *text = memory_format("measInfo %zu: its period ends %" PRId64
					   " s behind the file's end", reading->info,
					   end - reading->end);

		wrong(reading, "beyond", text);
		free(text);
	}
	if (same && id && duration >= 0 && reading->last_end != INT64_MIN &&
	    end > reading->last_end && end - duration != reading->last_end) {
		char *text = memory_format("measInfo %zu: its period begins %" PRId64
					   " s from the end of the one before", reading->info,
					   end - duration - reading->last_end);

		wrong(reading, "adjoin", text);
		free(text);
	}
	if (!same || end != reading->last_end)
		reading->periods += reading->info == 1 || end != reading->last_end;
	free(reading->last_id);
	reading->last_id = id ? id : memory_text("");
	reading->last_end = end;
}

static void look_at_info(struct reading *reading, const xmlNode *info)
{
	const xmlNode *period = xml_child(info, "granPeriod"), *report = xml_child(info, "repPeriod");
	int64_t duration = period ? duration_of(period) : -1;
	int64_t interval = report ? duration_of(report) : -1;

	reading->info++;
	look_at_period(reading, info, period ? time_of(reading, period, "endTime") : INT64_MIN,
		       duration);
	if (duration >= 0 && (reading->shortest < 0 || duration < reading->shortest))
		reading->shortest = duration;
	if (reading->report == -1 && reading->info == 1)
		reading->report = interval;
	else if (reading->report != interval)
		reading->report = -2;
	look_at_values(reading, info);
}

static void seconds_attribute(xmlNode *node, const char *name, int64_t seconds, bool known)
{
	if (known)
		message_attribute(node, name, "%" PRId64, seconds);
	else
		message_attribute(node, name, "%s", "");
}

static void copy_attribute(struct reading *reading, const char *name, const xmlNode *node,
			   const char *from)
{
	char *text = node ? xml_attribute(node, from) : NULL;

	message_attribute(reading->facet, name, "%s", text ? text : "");
	free(text);
}

/* The managed element: one for the whole file. */
static void look_at_data(struct reading *reading, const xmlNode *root)
{
	char *first = NULL;

	for (const xmlNode *data = xml_child(root, "measData"); data;
	     data = xml_next(data, "measData")) {
		char *element = xml_attribute(xml_child(data, "managedElement"), "localDn");

		if (first && element && strcmp(first, element) != 0)
			wrong(reading, "elements", "the measData are of different managed elements");
		if (!first)
			first = element ? element : memory_text("");
		else
			free(element);
		for (const xmlNode *info = xml_child(data, "measInfo"); info;
		     info = xml_next(info, "measInfo"))
			look_at_info(reading, info);
	}
	message_attribute(reading->facet, "element", "%s", first ? first : "");
	free(first);
}

static void describe_times(struct reading *reading, const xmlNode *begin, const xmlNode *end)
{
	copy_attribute(reading, "begin", begin, "beginTime");
	copy_attribute(reading, "end", end, "endTime");
	seconds_attribute(reading->facet, "begin-at", reading->begin, reading->begin != INT64_MIN);
	seconds_attribute(reading->facet, "end-at", reading->end, reading->end != INT64_MIN);
	bool known = reading->begin != INT64_MIN && reading->end != INT64_MIN;

	seconds_attribute(reading->facet, "spans", known ? reading->end - reading->begin : 0,
			  known);
	if (known && reading->begin >= reading->end && !reading->mixed)
		wrong(reading, "order", "the file ends when it begins, or before");
}

/* To the minute, as a name has them. */
static bool is_minute(int64_t named, int64_t seconds)
{
	int64_t into = seconds % 60;

	return seconds == INT64_MIN || named == seconds - into - (into < 0 ? 60 : 0);
}

static void compare_times(const struct reading *reading, xmlNode *node, const struct pm_name *parts)
{
	if (!is_minute(parts->begin, reading->begin))
		message_attribute(node, "times", "%s", "it begins at another time than the file");
	else if (!is_minute(parts->end, reading->end))
		message_attribute(node, "times", "%s", "it ends at another time than the file");
}

static void describe_name(struct reading *reading, const xmlNode *body)
{
	char *path = xml_attribute(body, "path");
	const char *name = path && strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	struct problem problem = { "" };
	struct pm_name parts;

	if (name && *name) {
		xmlNode *node = message_child(reading->facet, "name", NULL);

		message_attribute(node, "text", "%s", name);
		if (pm_name_parse(name, &parts, &problem) == 0) {
			message_attribute(node, "type", "%c", parts.type);
			seconds_attribute(node, "begin-at", parts.begin, true);
			seconds_attribute(node, "end-at", parts.end, true);
			message_attribute(node, "unique", "%s", parts.unique);
			message_attribute(node, "packed", "%s", parts.packed ? "gz" : "no");
			seconds_attribute(node, "count", parts.count, parts.count > 0);
			compare_times(reading, node, &parts);
		} else {
			message_attribute(node, "wrong", "%s", problem.text);
		}
	}
	free(path);
}

bool pm_file_describe(struct message *message)
{
	const xmlNode *root = xml_child(message->body, "measCollecFile");
	const xmlNode *header = xml_child(root, "fileHeader");
	const xmlNode *begin = xml_child(header, "measCollec");
	const xmlNode *end = xml_child(xml_child(root, "fileFooter"), "measCollec");

	if (!root)
		return false;
	struct reading reading = {
		.facet = message_facet(message, "pm"), .zoned = true, .shortest = -1, .report = -1,
		.last_id = memory_text(""), .last_end = INT64_MIN,
	};

	reading.begin = begin ? time_of(&reading, begin, "beginTime") : INT64_MIN;
	reading.end = end ? time_of(&reading, end, "endTime") : INT64_MIN;
	describe_times(&reading, begin, end);
	look_at_data(&reading, root);
	copy_attribute(&reading, "sender", xml_child(header, "fileSender"), "localDn");
	copy_attribute(&reading, "prefix", header, "dnPrefix");
	message_attribute(reading.facet, "zoned", "%s", reading.zoned ? "true" : "false");
	message_attribute(reading.facet, "positional", "%s", reading.positional ? "true" : "false");
	message_number(reading.facet, "periods", reading.periods);
	seconds_attribute(reading.facet, "granularity", reading.shortest, reading.shortest >= 0);
	seconds_attribute(reading.facet, "report", reading.report, reading.report >= 0);
	if (reading.report >= 0 && reading.shortest > reading.report)
		message_attribute(reading.facet, "longer", "%s", "true");
	describe_name(&reading, message->body);
	free(reading.last_id);
	return true;
}
