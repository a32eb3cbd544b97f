/*
 * location: what a GPS receiver found (TR-196, TR-262 GPS). The cell is moved by an action.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/state.h"
#include "protocols/memory.h"

#define FACTORY_TIME "2020-01-01T00:00:00Z" /* of the scan that was made when it was tested */

static bool set(struct device *device, const char *ending, const char *value)
{
	struct parameter *parameter = tree_find_ending(device->tree, ending);

	return parameter && parameter_change(parameter, value);
}

static bool unset(const struct device *device, const char *ending)
{
	const struct parameter *parameter = tree_find_ending(device->tree, ending);

	return parameter && (!*parameter->value || !strcmp(parameter->value, "0") ||
			     !strncmp(parameter->value, "0001-", 5) ||
			     !strcmp(parameter->value, "Indeterminate"));
}

void location_factory(struct device *device)
{
	static const struct { const char *ending, *value; } found[] = {
		{".GPS.ScanStatus", "Success"},
		{".GPS.LastScanTime", FACTORY_TIME},
		{".GPS.LastSuccessfulScanTime", FACTORY_TIME},
		{".GPS.LockedLatitude", "48137154"},
		{".GPS.LockedLongitude", "11576124"},
		{".GPS.NumberOfSatellites", "7"},
	};

	for (size_t i = 0; i < sizeof(found) / sizeof(*found); i++)
		if (unset(device, found[i].ending))
			set(device, found[i].ending, found[i].value);
	if (device_has(device, DEFECT_LOCATION_OFF_EARTH))
		set(device, ".GPS.LockedLatitude", "481371540");
}

static void scanned(void *context)
{
	struct device *device = context;
	char text[32];

	device->scan = NULL;
	device_time(device, text);
	if (set(device, ".GPS.LastScanTime", text))
		device_changed(device);
	location_scan(device);
}

void location_scan(struct device *device)
{
	if (device_has(device, VARIANT_SCANS_OFTEN))
		device->scan = loop_after(device->loop, SECONDS(17), scanned, device);
}

/* Degrees ("48.137154") or millionths of them ("48137154") -> millionths. */
static bool read_degrees(const char *text, long limit, long *millionths)
{
	char *end;
	double value = strtod(text, &end);

	if (!*text || *end)
		return false;
	if (strchr(text, '.') || (value >= -180 && value <= 180))
		value *= 1000000;
	if (!(value >= -1e6 * (double)limit && value <= 1e6 * (double)limit))
		return false;
	*millionths = (long)(value < 0 ? value - 0.5 : value + 0.5);
	return true;
}

static void note_place(struct device *device, long north, long east)
{
	char text[32];

	if (!device_has(device, DEFECT_STAYS_WHERE_IT_WAS)) {
		snprintf(text, sizeof(text), "%ld", north);
		set(device, ".GPS.LockedLatitude", text);
		snprintf(text, sizeof(text), "%ld", east);
		set(device, ".GPS.LockedLongitude", text);
	}
	device_time(device, text);
	set(device, ".GPS.LastSuccessfulScanTime", text);
	set(device, ".GPS.LastScanTime", text);
	if (device_has(device, DEFECT_MOVE_UNTOLD))
		tree_forget_changes(device->tree);
	device_changed(device);
}

int location_move(struct device *device, char *(*argument)(void *context, const char *name),
		  void *context, struct problem *problem)
{
	char *latitude = argument(context, "latitude");
	char *longitude = argument(context, "longitude");
	long north, east;
	int result = 0;

	if (!latitude || !longitude || !read_degrees(latitude, 90, &north) ||
	    !read_degrees(longitude, 180, &east)) {
		result = problem_set(problem,
				     "move needs latitude and longitude in degrees or millionths");
	} else {
		note_place(device, north, east);
	}
	free(latitude);
	free(longitude);
	return result;
}
