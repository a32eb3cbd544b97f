/*
 * data-model-map: short parameter names -> full paths, for one shape of data model, with what
 * the standard says of each, from a .map file. One line a parameter or object:
 *
 *   root Device.
 *   at   Services.FAPService.1.FAPControl.LTE.
 *   -- short            path                         type         access flags   default
 *   S1SigLinkServerList Gateway.S1SigLinkServerList  string[256]  rw     -       ""
 *   S1SigLinkPort       Gateway.S1SigLinkPort        uint(:65535) rw     -       36412
 *   at   FaultMgmt.
 *   SupportedAlarm      SupportedAlarm.{i}.          object       r      rows=4  -
 *   ReportingMechanism  SupportedAlarm.{i}.ReportingMechanism
 *                                    enum("0 Expedited","1 Queued",...) rw - "2 Logged"
 *   row SupportedAlarm.1  EventType="Equipment Alarm"  PerceivedSeverity=Major
 *   include parts/location.part        -- more lines; relative to this file
 *
 * (An entry stands on one line.) The map's name is the file's, without folder and ending. A
 * path is relative to the last "at", which is relative to the root; with the root in front it
 * is full; "at ." goes back to the root; a part's "at" ends with the part. {i} stands for an
 * instance. A short name "-" has only its path. Objects above an entry that have no line of
 * their own are made by themselves.
 *
 * types: object, string, string(most), string(least:most), int, int(least:most), uint(...),
 * boolean, dateTime, base64(most), enum("a","b"); behind it [] or [most]: a comma-separated
 * list of that, most characters long as a whole. access: r, rw; of a table, rw = rows can be
 * added and deleted. flags, comma-separated: forced (forced Inform), active
 * (forceDefaultEnabled), active-fixed (forceEnabled), can-deny, hidden (reads empty), location,
 * secret (not to be shown in reports), rows=N (rows that are there from the start); "-" = none.
 * default: "-" = the type's own (empty, least number that is not below 0, false, unknown time,
 * first enum value; of XNumberOfEntries, the rows of table X).
 */
#ifndef HARNESS_JUDGE_DATA_MODEL_MAP_H
#define HARNESS_JUDGE_DATA_MODEL_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/chart/diagnostics.h"
#include "harness/chart/vocabulary.h"

enum parameter_type { TYPE_OBJECT, TYPE_STRING, TYPE_INT, TYPE_UNSIGNED, TYPE_BOOLEAN,
		      TYPE_DATE_TIME, TYPE_BASE64, TYPE_ENUM };

struct map_entry {
	const char *name;  /* short, or NULL */
	const char *path;  /* full; ends "." for an object; {i} for instances */
	enum parameter_type type;
	long long least, most;       /* of a number; of a string, of its length; LLONG_MAX = no limit */
	const char *const *values;   /* of an enum, NULL at the end; else NULL */
	bool list;                   /* comma-separated list of the type */
	long long list_most;         /* length of the whole list; LLONG_MAX = no limit */
	bool writable;               /* for a table ({i}. at its end): rows can be added and deleted */
	bool forced, active, active_fixed, can_deny, hidden, location, secret;
	int rows;                    /* of a table: instances there from the start, 1..rows */
	const char *value;           /* default; never NULL for a parameter, NULL for an object */
};

struct data_model_map;

/* NULL when there was a mistake in it (also: it cannot be read); diagnostics says where. */
struct data_model_map *map_load(const char *file, struct diagnostics *diagnostics);
/* From text; file is only its name. folder: of the included files; NULL = include is refused. */
struct data_model_map *map_parse(const char *text, size_t length, const char *file,
				 const char *folder, struct diagnostics *diagnostics);
void map_free(struct data_model_map *map);
const char *map_name(const struct data_model_map *map); /* "henb-device2" */
const char *map_root(const struct data_model_map *map); /* "Device." */
/* In the file's order, an object always before what stands in it. NULL past the end. */
const struct map_entry *map_at(const struct data_model_map *map, size_t index);
/* By short name. */
const struct map_entry *map_find(const struct data_model_map *map, const char *name);
/* The entry that a full path is an instance of ("Device.X.3.Y" -> "Device.X.{i}.Y"), or NULL. The
 * table itself ("Device.X.") and a row ("Device.X.3.") both give the table's entry. */
const struct map_entry *map_entry_of(const struct data_model_map *map, const char *path);
/* Full path of a name: a short one; SHORT.rest of an object; a full path as it is. {i} of the
 * entry's path becomes 1 when the name gives no instance; but a table's short name alone is the
 * table: SupportedAlarm -> Device.FaultMgmt.SupportedAlarm. , SupportedAlarm.2.EventType ->
 * Device.FaultMgmt.SupportedAlarm.2.EventType , ReportingMechanism ->
 * Device.FaultMgmt.SupportedAlarm.1.ReportingMechanism. New memory, NULL when unknown here. */
char *map_path(const struct data_model_map *map, const char *name);
/* What a full path (instances, no {i}) holds at the factory: the row's own value when a row line
 * gives one, else the entry's default. NULL: no such parameter. */
const char *map_value(const struct data_model_map *map, const char *path);
/* The row's own value alone, or NULL. */
const char *map_row_value(const struct data_model_map *map, const char *path);
/* Adds the short names to a vocabulary. */
void map_names(const struct data_model_map *map, struct vocabulary *vocabulary);
/* Is value lawful for the entry? NULL = yes, else a static word: "type" (9006): its text is not of
 * the type at all; or "value" (9007): too long, out of range, not in the enumeration. */
const char *map_value_wrong(const struct map_entry *entry, const char *value);
/* "xsd:string", "xsd:unsignedInt", ... */
const char *map_type_name(const struct map_entry *entry);

#endif
