/*
 * alarms: what the device does with an alarm, by the ReportingMechanism of its kind
 * (TS 32.581 FM-FUN-006, TR-196 FaultMgmt):
 *
 *   0 Expedited  ExpeditedEvent and HistoryEvent, told at once by active notification
 *   1 Queued     QueuedEvent and HistoryEvent, told by the next Inform (passive)
 *   2 Logged     HistoryEvent only
 *   3 Disabled   none
 *
 * Whether it is told depends on the attributes that the HMS gave those tables. CurrentAlarm
 * has each alarm from its raising to its clearing. The event tables roll over to their first
 * row; a row that is used anew counts as changed in all its parameters.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/state.h"
#include "protocols/memory.h"

#define EVENT_ROWS 8         /* of an event table that the map gives no rows */
#define CURRENT_MOST 64

enum event_table { TABLE_HISTORY, TABLE_EXPEDITED, TABLE_QUEUED };

static const char *const table_names[] = {"HistoryEvent.", "ExpeditedEvent.", "QueuedEvent."};

struct alarm {
	char *identifier, *severity, *event_type, *probable_cause, *specific_problem;
	char *managed_object, *text;
};

/* "Device.FaultMgmt.", wherever this shape of model has it; NULL = nowhere. */
static const char *fault_management(const struct device *device)
{
	const struct tree_object *object = tree_object_ending(device->tree, ".FaultMgmt.");

	return object ? object->path : NULL;
}

static char *table_path(const struct device *device, const char *table)
{
	const char *base = fault_management(device);

	return base ? memory_format("%s%s", base, table) : NULL;
}

static struct parameter *field(const struct device *device, const char *row, const char *name)
{
	char *path = memory_format("%s%s", row, name);
	struct parameter *parameter = tree_find(device->tree, path);

	free(path);
	return parameter;
}

static const char *field_value(const struct device *device, const char *row, const char *name)
{
	const struct parameter *parameter = field(device, row, name);

	return parameter ? parameter->value : "";
}

static void set_field(const struct device *device, const char *row, const char *name,
		      const char *value)
{
	struct parameter *parameter = field(device, row, name);

	if (parameter && value)
		parameter_change(parameter, value);
}

void alarms_factory(struct device *device)
{
	if (!device_has(device, DEFECT_EXPEDITED_FROM_THE_FACTORY))
		return;
	for (size_t i = 0; i < tree_count(device->tree); i++)
		if (path_ends(tree_at(device->tree, i)->path, ".ReportingMechanism"))
			parameter_set(tree_at(device->tree, i), "0 Expedited");
}

void alarms_boot(struct device *device)
{
	device->alarm_count = 0;
	memset(device->next_row, 0, sizeof(device->next_row));
	memset(device->outages, 0, sizeof(device->outages));
}

/* How well a row of SupportedAlarm fits. The cause says most: the same kind of alarm keeps its
 * row when its severity changes. */
static int agreement(const struct device *device, const char *row, const struct alarm *alarm)
{
	const struct { const char *name, *value; int points; } wanted[] = {
		{"ProbableCause", alarm->probable_cause, 8},
		{"SpecificProblem", alarm->specific_problem, 4},
		{"EventType", alarm->event_type, 2},
		{"PerceivedSeverity", alarm->severity, 1},
	};
	int points = 0;

	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (wanted[i].value &&
		    !strcmp(field_value(device, row, wanted[i].name), wanted[i].value))
			points += wanted[i].points;
	return points;
}

/* The row of the alarm's kind: the one that agrees best, else the first. NULL = no table. */
static char *supported_row(const struct device *device, const struct alarm *alarm)
{
	char *table = table_path(device, "SupportedAlarm.");
	char *best = NULL;
	int most = 0;

	for (size_t i = 0; table && i < tree_rows(device->tree, table); i++) {
		char *row = tree_row(device->tree, table, i);
		int points = agreement(device, row, alarm);
		if (!best || points > most) {
			free(best);
			best = row;
			most = points;
		} else {
			free(row);
		}
	}
	free(table);
	return best;
}

/* The next row of an event table, made if it has not got its rows yet. */
static char *next_row(struct device *device, enum event_table which)
{
	char *table = table_path(device, table_names[which]), *row;
	size_t rows;

	if (!table || !tree_object_find(device->tree, table)) {
		free(table);
		return NULL;
	}
	const struct map_entry *entry = map_entry_of(device->factory.map, table);
	size_t most = entry && entry->rows > 0 ? (size_t)entry->rows : EVENT_ROWS;
	rows = tree_rows(device->tree, table);
	if (device->next_row[which] >= rows && rows < most)
		tree_add_row(device->tree, table, 0);
	rows = tree_rows(device->tree, table);
	if (device->next_row[which] >= rows) {
		if (device_has(device, DEFECT_NO_ROLL_OVER)) {
			free(table);
			return NULL;
		}
		device->next_row[which] = 0; /* rolls over */
	}
	row = tree_row(device->tree, table, device->next_row[which]++);
	free(table);
	return row;
}

static void fill(struct device *device, const char *row, const struct alarm *alarm)
{
	set_field(device, row, "AlarmIdentifier", alarm->identifier);
	set_field(device, row, "ManagedObjectInstance", alarm->managed_object);
	set_field(device, row, "EventType", alarm->event_type);
	set_field(device, row, "ProbableCause", alarm->probable_cause);
	set_field(device, row, "SpecificProblem", alarm->specific_problem);
	set_field(device, row, "PerceivedSeverity", alarm->severity);
	set_field(device, row, "AdditionalText", alarm->text);
}

static bool is_clear(const char *type)
{
	return !strcmp(type, "ClearedAlarm");
}

static void add_event(struct device *device, enum event_table which, const char *type,
		      const struct alarm *alarm)
{
	char now[32], *row;

	if (which == TABLE_QUEUED && device_has(device, DEFECT_QUEUED_ALARMS_MERGED))
		device->next_row[which] = 0;
	row = next_row(device, which);
	if (!row)
		return;
	device_time(device, now);
	if (!device_has(device, DEFECT_ALARM_WITHOUT_TIME) || which == TABLE_HISTORY)
		set_field(device, row, "EventTime", now);
	set_field(device, row, "NotificationType", type);
	fill(device, row, alarm);
	if (device_has(device, DEFECT_CLEARED_WITHOUT_IDENTIFIER) && is_clear(type))
		set_field(device, row, "AlarmIdentifier", "");
	for (size_t i = 0; i < tree_count(device->tree); i++)
		if (path_is_below(tree_at(device->tree, i)->path, row))
			parameter_touch(tree_at(device->tree, i));
	free(row);
}

static int mechanism_of(const struct device *device, const struct alarm *alarm)
{
	char *row = supported_row(device, alarm);
	const char *value = row ? field_value(device, row, "ReportingMechanism") : "";
	/* Not configured means Logged (TS 32.581 FM-FUN-007). */
	int mechanism = isdigit((unsigned char)*value) ? *value - '0' : 2;

	if (mechanism == 2 && device_has(device, DEFECT_LOGGED_ALARM_REPORTED))
		mechanism = 0;
	if (mechanism == 2 && device_has(device, DEFECT_LOGGED_ALARM_NOT_LOGGED))
		mechanism = 3;
	else if (mechanism == 3 && device_has(device, DEFECT_DISABLED_ALARM_LOGGED))
		mechanism = 2;
	else if (mechanism == 3 && device_has(device, DEFECT_DISABLED_ALARM_REPORTED))
		mechanism = 0;
	free(row);
	return mechanism;
}

/* Defects: the event is not to be told. */
static bool is_kept_back(const struct device *device, const char *type)
{
	return (device_has(device, DEFECT_CLEAR_NOT_REPORTED) && is_clear(type)) ||
	       (device_has(device, DEFECT_ALARM_LOST_IN_SESSION) && device->session);
}

static void report(struct device *device, const char *type, const struct alarm *alarm)
{
	int mechanism = mechanism_of(device, alarm);

	if (device_has(device, DEFECT_CHANGED_ALARM_AS_NEW) && !is_clear(type))
		type = "NewAlarm";
	if (mechanism <= 1 && is_kept_back(device, type))
		mechanism = 2;
	if (mechanism <= 2)
		add_event(device, TABLE_HISTORY, type, alarm);
	if (mechanism == 0)
		add_event(device, TABLE_EXPEDITED, type, alarm);
	if (mechanism == 1)
		add_event(device, TABLE_QUEUED, type, alarm);
	if (mechanism == 0 && device_has(device, DEFECT_EXPEDITED_ALARM_LATE))
		return;
	if (mechanism == 1 && device_has(device, DEFECT_QUEUED_ALARM_AT_ONCE))
		device->change_session = true;
	device_changed(device);
}

/* The CurrentAlarm row of an identifier; with "" the latest. New memory or NULL. */
static char *current_row(const struct device *device, const char *identifier)
{
	char *table = table_path(device, "CurrentAlarm.");
	char *found = NULL;

	for (size_t i = 0; table && i < tree_rows(device->tree, table); i++) {
		char *row = tree_row(device->tree, table, i);
		const char *value = field_value(device, row, "AlarmIdentifier");
		if (*value && (!*identifier || !strcmp(value, identifier))) {
			free(found);
			found = row;
		} else {
			free(row);
		}
	}
	free(table);
	return found;
}

static int raise_alarm(struct device *device, struct alarm *alarm, struct problem *problem)
{
	char *table = table_path(device, "CurrentAlarm.");
	char now[32];

	if (!table || !tree_object_find(device->tree, table) ||
	    tree_rows(device->tree, table) >= CURRENT_MOST) {
		free(table);
		return problem_set(problem, "the device has no room for another alarm");
	}
	unsigned number = tree_add_row(device->tree, table, 0);
	char *row = memory_format("%s%u.", table, number);
	device_time(device, now);
	set_field(device, row, "AlarmRaisedTime", now);
	set_field(device, row, "AlarmChangedTime", now);
	fill(device, row, alarm);
	report(device, "NewAlarm", alarm);
	free(row);
	free(table);
	return 0;
}

/* What the action does not say stays as it is in CurrentAlarm. */
static void complete(const struct device *device, const char *row, struct alarm *alarm)
{
	const struct { char **value; const char *name; } fields[] = {
		{&alarm->identifier, "AlarmIdentifier"},
		{&alarm->severity, "PerceivedSeverity"},
		{&alarm->event_type, "EventType"},
		{&alarm->probable_cause, "ProbableCause"},
		{&alarm->specific_problem, "SpecificProblem"},
		{&alarm->managed_object, "ManagedObjectInstance"},
		{&alarm->text, "AdditionalText"},
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (!*fields[i].value)
			*fields[i].value = memory_text(field_value(device, row, fields[i].name));
}

static int change_alarm(struct device *device, struct alarm *alarm, bool clear,
			struct problem *problem)
{
	char *row = current_row(device, alarm->identifier ? alarm->identifier : "");
	char now[32];

	if (!row)
		return problem_set(problem, "the device has no current alarm \"%s\"",
				   alarm->identifier ? alarm->identifier : "");
	complete(device, row, alarm);
	device_time(device, now);
	if (clear) {
		free(alarm->severity);
		alarm->severity = memory_text("Cleared");
		if (!device_has(device, DEFECT_CLEARED_ALARM_STAYS))
			tree_remove_row(device->tree, row);
	} else {
		set_field(device, row, "AlarmChangedTime", now);
		fill(device, row, alarm);
	}
	report(device, clear ? "ClearedAlarm" : "ChangedAlarm", alarm);
	free(row);
	return 0;
}

/* A new alarm's fields that nobody gave: those of its kind. */
static void complete_new(struct device *device, struct alarm *alarm)
{
	char *row = supported_row(device, alarm);

	if (!alarm->severity)
		alarm->severity = memory_text("Major");
	if (!alarm->identifier)
		alarm->identifier = memory_format("%u", ++device->alarm_count);
	if (!alarm->managed_object)
		alarm->managed_object = memory_text(fault_management(device));
	if (row) {
		if (!alarm->event_type)
			alarm->event_type = memory_text(field_value(device, row, "EventType"));
		if (!alarm->probable_cause)
			alarm->probable_cause =
				memory_text(field_value(device, row, "ProbableCause"));
		if (!alarm->specific_problem)
			alarm->specific_problem =
				memory_text(field_value(device, row, "SpecificProblem"));
	}
	free(row);
}

static const char *severity_wrong(const char *severity)
{
	static const char *const lawful[] = {"Critical", "Major", "Minor", "Warning",
					     "Indeterminate"};

	for (size_t i = 0; severity && i < sizeof(lawful) / sizeof(*lawful); i++)
		if (!strcmp(severity, lawful[i]))
			return NULL;
	return severity;
}

static void alarm_free(struct alarm *alarm)
{
	free(alarm->identifier);
	free(alarm->severity);
	free(alarm->event_type);
	free(alarm->probable_cause);
	free(alarm->specific_problem);
	free(alarm->managed_object);
	free(alarm->text);
}

static int act(struct device *device, const char *action, struct alarm *alarm,
	       struct problem *problem)
{
	char *row = alarm->identifier ? current_row(device, alarm->identifier) : NULL;
	int result;

	if (strcmp(action, "raise-alarm") != 0) {
		result = change_alarm(device, alarm, !strcmp(action, "clear-alarm"), problem);
	} else if (row && !device_has(device, DEFECT_CLEARED_ALARM_STAYS)) {
		result = problem_set(problem, "alarm \"%s\" is raised already", alarm->identifier);
	} else {
		complete_new(device, alarm);
		result = raise_alarm(device, alarm, problem);
	}
	free(row);
	return result;
}

/* What happened, and is not noticed yet (a variant). */
struct happening {
	struct device *device;
	struct timer *timer;
	char action[16];
	struct alarm alarm;
	struct happening *next;
};

static void noticed(void *context)
{
	struct happening *happening = context, **at = &happening->device->happenings;

	while (*at != happening)
		at = &(*at)->next;
	*at = happening->next;
	act(happening->device, happening->action, &happening->alarm, NULL);
	alarm_free(&happening->alarm);
	free(happening);
}

static void notice_later(struct device *device, const char *action, const struct alarm *alarm)
{
	struct happening *happening = memory_new(sizeof(*happening));

	*happening = (struct happening){.device = device, .alarm = *alarm,
					.next = device->happenings};
	snprintf(happening->action, sizeof(happening->action), "%s", action);
	happening->timer = loop_after(device->loop, SECONDS(3), noticed, happening);
	device->happenings = happening;
}

void alarms_stop(struct device *device)
{
	while (device->happenings) {
		struct happening *happening = device->happenings;

		device->happenings = happening->next;
		loop_cancel(happening->timer);
		alarm_free(&happening->alarm);
		free(happening);
	}
}

int alarms_act(struct device *device, const char *action,
	       char *(*argument)(void *context, const char *name), void *context,
	       struct problem *problem)
{
	struct alarm alarm = {
		.identifier = argument(context, "identifier"),
		.severity = argument(context, "severity"),
		.event_type = argument(context, "event-type"),
		.probable_cause = argument(context, "probable-cause"),
		.specific_problem = argument(context, "specific-problem"),
		.managed_object = argument(context, "managed-object"),
		.text = argument(context, "text"),
	};
	const char *wrong = severity_wrong(alarm.severity);
	int result;

	if (!wrong && device_has(device, VARIANT_ALARM_LATER)) {
		notice_later(device, action, &alarm);
		return 0;
	}
	if (wrong)
		result = problem_set(problem, "\"%s\" is no severity of an alarm", wrong);
	else
		result = act(device, action, &alarm, problem);
	alarm_free(&alarm);
	return result;
}
