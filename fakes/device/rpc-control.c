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
	snprintf(device->reboot_key, sizeof(device->reboot_key), "%s",
		 device_has(device, DEFECT_FORGETS_REBOOT_KEY) ? "" : key);
	device->reboot_due = true;
	free(key);
	return cwmp_body_new("RebootResponse");
}

xmlNode *rpc_factory_reset(struct device *device, const xmlNode *request)
{
	(void)request;
	if (device_has(device, DEFECT_DENIES_FACTORY_RESET))
		return cwmp_fault_new(9001, NULL);
	device->reset_due = true;
	return cwmp_body_new("FactoryResetResponse");
}

xmlNode *rpc_schedule_inform(struct device *device, const xmlNode *request)
{
	char *key = rpc_text(request, "CommandKey", 32);
	unsigned delay;
	int fault = 0;

	bool zero = device_has(device, DEFECT_ACCEPTS_ZERO_DELAY);

	if (!key || rpc_unsigned(request, "DelaySeconds", &delay) || (delay == 0 && !zero))
		fault = 9003;
	else if (!device_schedule_free(device))
		fault = 9004;
	else
		device_schedule(device, key, SECONDS(delay));
	free(key);
	return fault ? cwmp_fault_new(fault, NULL) : cwmp_body_new("ScheduleInformResponse");
}

static bool is_server(const char *path)
{
	return path_ends(path, ".S1SigLinkServerList") || path_ends(path, ".FAPGWServer1");
}

/* With the server goes the cell's name (a defect). */
static void lose_name(struct device *device)
{
	struct parameter *name = tree_find_ending(device->tree, ".HNBName");

	if (name)
		parameter_set(name, "");
}

/* With a new HMS goes the server (a defect). */
static void lose_server(struct device *device)
{
	for (size_t i = 0; i < tree_count(device->tree); i++)
		if (is_server(tree_at(device->tree, i)->path))
			parameter_set(tree_at(device->tree, i), "");
}

/* The server's port goes back to what it was from the factory (a defect). */
static void lose_port(struct device *device, const char *server)
{
	bool s1 = path_ends(server, ".S1SigLinkServerList");

	struct parameter *port = tree_find_ending(device->tree, s1 ? ".S1SigLinkPort"
								   : ".FAPGWPort");
	if (port)
		parameter_set(port, s1 ? "36412" : "29169");
}

void device_written(struct device *device, struct parameter *parameter)
{
	bool server = is_server(parameter->path);

	if (server && device_has(device, DEFECT_ORDER_DEPENDENT_SET))
		lose_port(device, parameter->path);
	if (server && !*parameter->value && device_has(device, DEFECT_DEPROVISION_TOUCHES_OTHERS))
		lose_name(device);
	if (path_ends(parameter->path, ".ManagementServer.URL") &&
	    device_has(device, DEFECT_FORGETS_GATEWAY))
		lose_server(device);
	if (path_ends(parameter->path, ".AdminState")) {
		radio_follow(device, false); /* off at once, on after the session */
		device->radio_due = true;
		device->locked = strcmp(parameter->value, "true") != 0;
	} else if (strstr(parameter->path, ".ManagementServer.PeriodicInform")) {
		device_periodic(device);
	}
}

void device_writes_done(struct device *device)
{
	device_store_save(device);
	measurements_follow(device->measurements);
	if (device_has(device, DEFECT_EARLY_S1))
		backhaul_follow(device->backhaul);
}
