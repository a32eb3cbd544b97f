/*
 * outages: alarms that the cell raises by itself (TS 32.581 6): its tunnel failed, or its association
 * with the MME or HNB gateway did. Each is there until what failed is back, and is told by the
 * ReportingMechanism of its kind as any other alarm.
 */
#include <string.h>

#include "fakes/device/state.h"
#include "protocols/memory.h"

/* The rows of SupportedAlarm are found by the problem. */
static const struct { const char *identifier, *problem, *severity; } kinds[OUTAGES] = {
	[OUTAGE_TUNNEL] = {"outage-tunnel", "IPsec tunnel lost", "Critical"},
	[OUTAGE_BACKHAUL] = {"outage-backhaul", "S1 or Iuh association lost", "Critical"},
};

static char *argument(void *context, const char *name)
{
	const enum outage *outage = context;

	if (!strcmp(name, "identifier"))
		return memory_text(kinds[*outage].identifier);
	if (!strcmp(name, "specific-problem"))
		return memory_text(kinds[*outage].problem);
	return !strcmp(name, "severity") ? memory_text(kinds[*outage].severity) : NULL;
}

void outage_begins(struct device *device, enum outage outage)
{
	if (!device->powered || device->outages[outage] || device_has(device, DEFECT_OUTAGE_UNTOLD))
		return;
	device->outages[outage] = true;
	alarms_act(device, "raise-alarm", argument, &outage, NULL);
}

void outage_ends(struct device *device, enum outage outage)
{
	if (!device->outages[outage] || device_has(device, DEFECT_OUTAGE_NEVER_OVER))
		return;
	device->outages[outage] = false;
	alarms_act(device, "clear-alarm", argument, &outage, NULL);
}
