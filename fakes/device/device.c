/*
 * device: the life of a cell: made, switched on and off, acted upon.
 */
#include "fakes/device/device.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fakes/device/state.h"
#include "fakes/device/transfers.h"
#include "fakes/device/url.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"

#define BOOT_TIME MILLISECONDS(200) /* from power to the first session */

struct parameter *device_parameter(const struct device *device, const char *name)
{
	char *path = memory_format("%s%s", map_root(device->factory.map), name);
	struct parameter *parameter = tree_find(device->tree, path);

	free(path);
	return parameter;
}

const char *device_value(const struct device *device, const char *name)
{
	const struct parameter *parameter = device_parameter(device, name);

	return parameter ? parameter->value : "";
}

void device_set(struct device *device, const char *name, const char *value)
{
	struct parameter *parameter = device_parameter(device, name);

	if (parameter && value)
		parameter_set(parameter, value);
}

void device_time(const struct device *device, char text[32])
{
	time_t seconds = (time_t)(loop_now(device->loop) / 1000000);
	struct tm parts;

	if (device_has(device, VARIANT_NO_CLOCK)) { /* TR-106 3.2: year 1, and no zone */
		seconds -= (time_t)(device->booted / 1000000);
		gmtime_r(&seconds, &parts);
		strftime(text, 32, "0001-%m-%dT%H:%M:%S", &parts);
		return;
	}
	gmtime_r(&seconds, &parts);
	strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

static void add_vendor_parameter(struct device *device)
{
	static const struct map_entry entry = {.type = TYPE_STRING, .most = 32, .writable = true,
					       .value = "vendor"};
	char *path = memory_format("%sDeviceInfo.X_ABCDEF_Note", map_root(device->factory.map));

	tree_add_parameter(device->tree, &entry, path);
	free(path);
}

static void set_named(struct device *device, const char *short_name, const char *value)
{
	char *path = map_path(device->factory.map, short_name);
	struct parameter *parameter = path ? tree_find(device->tree, path) : NULL;

	free(path);
	if (parameter)
		parameter_set(parameter, value);
}

/* The tree as it leaves the factory. */
static void make_tree(struct device *device)
{
	const struct device_factory *factory = &device->factory;

	tree_free(device->tree);
	if (!factory->model && !device->model)
		device->model = tree_new(factory->map);
	device->tree = tree_copy(factory->model ? factory->model : device->model);
	device_set(device, "DeviceInfo.Manufacturer", factory->manufacturer);
	device_set(device, "DeviceInfo.ManufacturerOUI", factory->oui);
	device_set(device, "DeviceInfo.ProductClass", factory->product_class);
	device_set(device, "DeviceInfo.SerialNumber", factory->serial);
	device_set(device, "ManagementServer.URL", factory->hms_url);
	if (factory->segw)
		set_named(device, "SecGWServer1", factory->segw);
	if (factory->tunnel_ends)
		set_named(device, "UseForCWMP", "true");
	device_set(device, "ManagementServer.Username", factory->username);
	device_set(device, "ManagementServer.Password", factory->password);
	if (!*device_value(device, "ManagementServer.ConnectionRequestUsername"))
		device_set(device, "ManagementServer.ConnectionRequestUsername", "cr-user");
	if (!*device_value(device, "ManagementServer.ConnectionRequestPassword"))
		device_set(device, "ManagementServer.ConnectionRequestPassword", "cr-secret");
	if (device_has(device, VARIANT_PERIODIC_INFORM) ||
	    device_has(device, VARIANT_PERIODIC_OFTEN)) {
		bool often = device_has(device, VARIANT_PERIODIC_OFTEN);
		device_set(device, "ManagementServer.PeriodicInformEnable", "true");
		device_set(device, "ManagementServer.PeriodicInformInterval", often ? "7" : "60");
	}
	if (device_has(device, VARIANT_THROTTLE_PRESET))
		device_set(device, "ManagementServer.DefaultActiveNotificationThrottle", "100");
	if (device_has(device, VARIANT_VENDOR_PARAMETER))
		add_vendor_parameter(device);
	location_factory(device);
	alarms_factory(device);
	measurements_factory(device);
	tree_forget_changes(device->tree);
}

void device_factory_state(struct device *device)
{
	free(device->bootstrapped);
	device->bootstrapped = NULL;
	device->retry_count = 0;
	device->events.count = 0;
	device->reset_due = device->reboot_due = device->radio_due = false;
	device->restart_due = device->locked = false;
	transfers_forget(device);
	make_tree(device);
	device_store_forget(device);
}

/* What a factory reset should have forgotten (defects): copied from the tree of before. */
static void keep_behind_reset(struct device *device, const struct parameter_tree *before)
{
	for (size_t i = 0; i < tree_count(before); i++) {
		const struct parameter *old = tree_at(before, i);
		bool address = path_ends(old->path, ".SecGWServer1") ||
			       path_ends(old->path, ".FAPGWServer1") ||
			       path_ends(old->path, ".S1SigLinkServerList");
		bool url = path_ends(old->path, ".ManagementServer.URL");
		bool key = path_ends(old->path, ".ManagementServer.ParameterKey");
		if ((address && device_has(device, DEFECT_KEEPS_SERVING_DATA)) ||
		    (url && device_has(device, DEFECT_KEEPS_SERVING_URL)) ||
		    (key && device_has(device, DEFECT_KEEPS_PARAMETER_KEY)))
			parameter_set(tree_find(device->tree, old->path), old->value);
		if (url) {
			free(device->remembered);
			device->remembered = memory_text(old->value);
		}
	}
}

void device_reset(struct device *device)
{
	struct parameter_tree *before = tree_copy(device->tree);

	device_factory_state(device);
	keep_behind_reset(device, before);
	tree_free(before);
	device_store_keep(device);
}

static uint64_t seed_of(const struct device *device)
{
	uint64_t seed = UINT64_C(1469598103934665603);

	/* On virtual time a run must repeat itself; on real time the path of the
	 * ConnectionRequestURL and nonces must not be guessed. */
	if (!loop_is_virtual(device->loop)) {
		if (RAND_bytes((unsigned char *)&seed, sizeof(seed)) == 1)
			return seed;
		return seed ^ (uint64_t)loop_now(device->loop);
	}
	for (const char *c = device->factory.serial; *c; c++)
		seed = (seed ^ (unsigned char)*c) * UINT64_C(1099511628211);
	return seed;
}

static void copy_factory(struct device *device, const struct device_factory *factory)
{
	struct device_factory *own = &device->factory;

	*own = *factory;
	own->manufacturer = memory_text(factory->manufacturer ? factory->manufacturer : "");
	own->oui = memory_text(factory->oui ? factory->oui : "");
	own->product_class = memory_text(factory->product_class ? factory->product_class : "");
	own->serial = memory_text(factory->serial ? factory->serial : "");
	own->hms_url = memory_text(factory->hms_url);
	own->other_url = memory_text(factory->other_url);
	own->username = memory_text(factory->username);
	own->password = memory_text(factory->password);
	own->ns = memory_text(factory->ns ? factory->ns : CWMP_1_1);
	own->store = memory_text(factory->store);
	own->segw = memory_text(factory->segw);
	own->file_host_key = memory_text(factory->file_host_key);
}

static void free_factory(struct device_factory *factory)
{
	free((char *)factory->manufacturer);
	free((char *)factory->oui);
	free((char *)factory->product_class);
	free((char *)factory->serial);
	free((char *)factory->hms_url);
	free((char *)factory->other_url);
	free((char *)factory->username);
	free((char *)factory->password);
	free((char *)factory->ns);
	free((char *)factory->store);
	free((char *)factory->segw);
	free((char *)factory->file_host_key);
}

struct device *device_new(struct loop *loop, const struct device_factory *factory,
			  struct problem *problem)
{
	struct device *device;
	struct url url;

	if (!factory->map || !factory->hms_url) {
		problem_set(problem, "a device needs a data model and the URL of an HMS");
		return NULL;
	}
	if (url_parse(factory->hms_url, &url, problem))
		return NULL;
	device = memory_new(sizeof(*device));
	device->loop = loop;
	copy_factory(device, factory);
	generator_seed(&device->random, seed_of(device));
	make_tree(device);
	device->uplink = uplink_new(device);
	device->backhaul = backhaul_new(device);
	device->measurements = measurements_new(device);
	if (device_store_open(device, problem)) {
		device_free(device);
		return NULL;
	}
	return device;
}

void device_free(struct device *device)
{
	if (!device)
		return;
	device_power_off(device);
	measurements_free(device->measurements);
	backhaul_free(device->backhaul);
	uplink_free(device->uplink);
	transfers_forget(device);
	tree_free(device->tree);
	tree_free(device->model);
	buffer_free(&device->kept);
	free(device->bootstrapped);
	free(device->request_path);
	free(device->remembered);
	free(device->kept_cookies);
	free_factory(&device->factory);
	free(device);
}

void device_power_off(struct device *device)
{
	if (!device->powered)
		return;
	device_store_keep(device);
	device->powered = false;
	device_session_abandon(device);
	device_stop_timers(device);
	alarms_stop(device);
	transfers_stop(device);
	measurements_stop(device->measurements);
	upload_reports_clear(device);
	backhaul_stop(device->backhaul, false);
	uplink_stop(device->uplink, false);
	device_leave_address(device);
	device->events.count = 0;
	device->reset_due = device->reboot_due = device->radio_due = false;
	device->restart_due = device->locked = false;
	device->change_session = false;
	if (!device_has(device, DEFECT_WAITS_KEPT_AT_REBOOT))
		device->wait_number = 0;
	device->old_interval = 0;
	device->last_success = 0;
}

/* What the first Inform tells: 0 BOOTSTRAP when this URL never had it, which discards all
 * others; 1 BOOT; then what was not delivered before. */
static void boot_events(struct device *device)
{
	struct events kept = device->events;

	device->events.count = 0;
	if (device->bootstrapped && !device_has(device, DEFECT_BOOTSTRAP_AT_BOOT) &&
	    !strcmp(device->bootstrapped, device_value(device, "ManagementServer.URL"))) {
		events_add(&device->events, "1 BOOT", "");
		for (size_t i = 0; i < kept.count; i++)
			events_add(&device->events, kept.list[i].code, kept.list[i].key);
	} else {
		events_add(&device->events, "0 BOOTSTRAP", "");
		events_add(&device->events, "1 BOOT", "");
		if (!device_has(device, DEFECT_BOOTSTRAP_AT_BOOT))
			kept.count = 0;
		for (size_t i = 0; i < kept.count; i++)
			events_add(&device->events, kept.list[i].code, kept.list[i].key);
	}
}

int device_power_on(struct device *device, struct problem *problem)
{
	if (device->powered)
		return 0;
	device->powered = true;
	device->booted = loop_now(device->loop);
	make_tree(device);
	device_store_load(device);
	alarms_boot(device);
	boot_events(device);
	char text[ADDRESS_TEXT];
	/* Where the model wants the WAN address in each Inform (TR-098, Device:1). */
	set_named(device, "WanAddress", address_host(&device->factory.local, text));
	if (!uplink_start(device->uplink, problem)) {
		device_power_off(device);
		return -1;
	}
	tree_forget_changes(device->tree);
	device_store_save(device);
	device_periodic(device);
	location_scan(device);
	transfers_start(device);
	measurements_follow(device->measurements);
	device_want_session(device, BOOT_TIME);
	return 0;
}

static int change_value(struct device *device,
			char *(*argument)(void *context, const char *name), void *context,
			struct problem *problem)
{
	char *name = argument(context, "parameter"), *value = argument(context, "value");
	char *path = name ? map_path(device->factory.map, name) : NULL;
	struct parameter *parameter = path ? tree_find(device->tree, path) : NULL;
	const char *wrong = parameter && value ? map_value_wrong(parameter->entry, value) : NULL;
	int result = 0;

	if (!name || !value) {
		result = problem_set(problem, "change-value needs parameter and value");
	} else if (!parameter) {
		result = problem_set(problem, "the device has no parameter \"%s\"", name);
	} else if (wrong) {
		result = problem_set(problem, "\"%s\" is no lawful %s for %s", value, wrong,
				     parameter->path);
	} else if (parameter_change(parameter, value)) {
		device_changed(device);
	}
	free(name);
	free(value);
	free(path);
	return result;
}

int device_act(struct device *device, const char *action,
	       char *(*argument)(void *context, const char *name), void *context,
	       struct problem *problem)
{
	if (!strcmp(action, "power-on") || !strcmp(action, "power-cycle")) {
		if (!strcmp(action, "power-cycle"))
			device_power_off(device);
		return device_power_on(device, problem);
	}
	if (!strcmp(action, "power-off")) {
		device_power_off(device);
		return 0;
	}
	if (!strcmp(action, "forget")) {
		device_power_off(device);
		device_factory_state(device);
		return 0;
	}
	if (strcmp(action, "raise-alarm") && strcmp(action, "change-alarm") &&
	    strcmp(action, "clear-alarm") && strcmp(action, "change-value") &&
	    strcmp(action, "move") && strcmp(action, "authenticate-anew"))
		return problem_set(problem, "the simulated device cannot do \"%s\"", action);
	if (!device->powered)
		return problem_set(problem, "\"%s\" happened to a device that is switched off",
				   action);
	if (!strcmp(action, "change-value"))
		return change_value(device, argument, context, problem);
	if (!strcmp(action, "authenticate-anew"))
		return uplink_authenticate(device->uplink, problem);
	if (!strcmp(action, "move"))
		return location_move(device, argument, context, problem);
	return alarms_act(device, action, argument, context, problem);
}
