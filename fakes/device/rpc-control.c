/*
 * rpc-control: Reboot (TR-069 A.3.2.9), ScheduleInform (A.4.1.2) and FactoryReset (A.4.1.6),
 * and what follows from writes of the HMS.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/rpc.h"
#include "protocols/cwmp.h"

/* Both are done when the session has come to its proper end, not before. */

xmlNode *rpc_reboot(struct device *device, const xmlNode *request)
{
	char *key = rpc_text(request, "CommandKey", 32);

	if (!key)
		return cwmp_fault_new(9003, NULL);
	snprintf(device->reboot_key, sizeof(device->reboot_key), "%s", key);
	device->reboot_due = true;
	free(key);
	return cwmp_body_new("RebootResponse");
}

xmlNode *rpc_factory_reset(struct device *device, const xmlNode *request)
{
	(void)request;
	device->reset_due = true;
	return cwmp_body_new("FactoryResetResponse");
}

xmlNode *rpc_schedule_inform(struct device *device, const xmlNode *request)
{
	char *key = rpc_text(request, "CommandKey", 32);
	unsigned delay;
	int fault = 0;

	if (!key || rpc_unsigned(request, "DelaySeconds", &delay) || delay == 0)
		fault = 9003;
	else if (!device_schedule_free(device))
		fault = 9004;
	else
		device_schedule(device, key, SECONDS(delay));
	free(key);
	return fault ? cwmp_fault_new(fault, NULL) : cwmp_body_new("ScheduleInformResponse");
}

void device_written(struct device *device, struct parameter *parameter)
{
	if (path_ends(parameter->path, ".AdminState")) {
		radio_follow(device, false); /* off at once, on after the session */
		device->radio_due = true;
	} else if (strstr(parameter->path, ".ManagementServer.PeriodicInform")) {
		device_periodic(device);
	}
}

void device_writes_done(struct device *device)
{
	device_store_save(device);
}
