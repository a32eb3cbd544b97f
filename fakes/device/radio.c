/*
 * radio: OpState and RFTxStatus follow AdminState (TR-196 FAPControl): locked means no
 * transmission at once; unlocked, the cell comes up by itself, which is its own change and
 * therefore told by 4 VALUE CHANGE. A cell that has to register with the radio network is not on the
 * air without.
 */
#include <stdlib.h>
#include <string.h>

#include "fakes/device/state.h"
#include "protocols/memory.h"

#define RAMP SECONDS(5)

static bool set_sibling(struct device *device, const struct parameter *admin, const char *name,
			bool on)
{
	size_t length = strlen(admin->path) - strlen("AdminState");
	char *path = memory_format("%.*s%s", (int)length, admin->path, name);
	struct parameter *parameter = tree_find(device->tree, path);

	free(path);
	if (parameter && on && device_has(device, DEFECT_SILENT_RADIO))
		parameter_set(parameter, "true");
	return parameter && parameter_change(parameter, on ? "true" : "false");
}

static bool is_to_serve(const struct device *device, const struct parameter *admin)
{
	return !strcmp(admin->value, "true") && backhaul_serves(device->backhaul);
}

/* A variant: the transmitter comes up when the cell has been operational for a while. */
static void transmit(void *context)
{
	struct device *device = context;
	bool changed = false;

	device->radio = NULL;
	for (size_t i = 0; i < tree_count(device->tree); i++) {
		const struct parameter *admin = tree_at(device->tree, i);
		if (path_ends(admin->path, ".AdminState"))
			changed |= set_sibling(device, admin, "RFTxStatus",
					       is_to_serve(device, admin));
	}
	if (changed)
		device_changed(device);
}

void radio_follow(struct device *device, bool may_switch_on)
{
	bool later = device_has(device, VARIANT_OPERATIONAL_FIRST), changed = false;

	for (size_t i = 0; i < tree_count(device->tree); i++) {
		const struct parameter *admin = tree_at(device->tree, i);
		if (!path_ends(admin->path, ".AdminState"))
			continue;
		bool on = is_to_serve(device, admin);
		if (on ? !may_switch_on : device_has(device, DEFECT_ADMIN_STATE_IGNORED))
			continue;
		changed |= set_sibling(device, admin, "OpState", on);
		if (!on || !later)
			changed |= set_sibling(device, admin, "RFTxStatus", on);
		else if (!device->radio)
			device->radio = loop_after(device->loop, RAMP, transmit, device);
	}
	if (changed)
		device_changed(device);
}
