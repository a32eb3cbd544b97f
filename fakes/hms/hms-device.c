/* What was learned of a device: where it takes Connection Requests, with which credentials. */
#include "fakes/hms/hms.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

/* Does a full parameter name end with this one, at a dot? */
static bool ends_with(const char *name, const char *end)
{
	size_t length = strlen(name), end_length = strlen(end);

	if (length < end_length || strcmp(name + length - end_length, end))
		return false;
	return length == end_length || name[length - end_length - 1] == '.';
}

struct hms_device *hms_device_of_role(struct hms *hms, const char *role)
{
	for (struct hms_device *device = hms->devices; device; device = device->next)
		if (!strcmp(device->name, role))
			return device;
	return NULL;
}

struct hms_device *hms_device_get(struct hms *hms, const char *role, const struct address *remote)
{
	char text[ADDRESS_TEXT];
	const char *name = role ? role : address_host(remote, text);
	struct hms_device *device = hms_device_of_role(hms, name);

	if (device || hms->device_count >= LIMIT_HMS_DEVICES)
		return device;
	device = memory_new(sizeof(*device));
	device->name = memory_text(name);
	device->address = *remote;
	device->next = hms->devices;
	hms->devices = device;
	hms->device_count++;
	return device;
}

void hms_device_learn(struct hms_device *device, const struct message *inform)
{
	const xmlNode *list = xml_child(inform->body, "ParameterList");
	const xmlNode *item = list ? xml_child(list, NULL) : NULL;

	for (; item; item = xml_next(item, NULL)) {
		char *name = xml_child_text(item, "Name");

		if (name && ends_with(name, "ManagementServer.ConnectionRequestURL")) {
			free(device->connection_request_url);
			device->connection_request_url = xml_child_text(item, "Value");
		}
		free(name);
	}
}

static void keep(char **place, const char *value)
{
	free(*place);
	*place = memory_text(value);
}

void hms_device_order(struct hms_session *session, const char *parameter, const char *value)
{
	if (!session || !value)
		return;
	if (ends_with(parameter, "ManagementServer.ConnectionRequestUsername"))
		keep(&session->ordered.username, value);
	if (ends_with(parameter, "ManagementServer.ConnectionRequestPassword"))
		keep(&session->ordered.password, value);
}

void hms_device_confirm(struct hms_session *session, bool accepted)
{
	struct hms_credentials *ordered = &session->ordered;

	if (accepted && session->device) {
		if (ordered->username)
			keep(&session->device->username, ordered->username);
		if (ordered->password)
			keep(&session->device->password, ordered->password);
	}
	free(ordered->username);
	free(ordered->password);
	memset(ordered, 0, sizeof(*ordered));
}

void hms_devices_clear(struct hms *hms)
{
	while (hms->devices) {
		struct hms_device *device = hms->devices;

		hms->devices = device->next;
		free(device->name);
		free(device->connection_request_url);
		free(device->username);
		free(device->password);
		free(device);
	}
	hms->device_count = 0;
}
