/*
 * rpc-objects: AddObject (TR-069 A.3.2.6) and DeleteObject (A.3.2.7).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/rpc.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"

/* Reads ObjectName and ParameterKey; 0 or a fault code. The object must be there and may be
 * changed: a table for AddObject, a row for DeleteObject. */
static int read_object(const struct device *device, const xmlNode *request, bool table,
		       char **name, char **key)
{
	const struct tree_object *object;

	*name = rpc_text(request, "ObjectName", 256);
	*key = rpc_text(request, "ParameterKey", 32);
	if (!*name || !*key)
		return 9003;
	object = tree_object_find(device->tree, *name);
	if (!object || !object->writable || object->table != table)
		return 9005; /* A.3.2.6: instead of the more general 9003 */
	return 0;
}

xmlNode *rpc_add_object(struct device *device, const xmlNode *request)
{
	char *name, *key, number[16];
	int fault = read_object(device, request, true, &name, &key);
	unsigned row = fault ? 0 : tree_add_row(device->tree, name, 0);
	xmlNode *body;

	if (!fault && row == 0)
		fault = 9004;
	if (fault == 9005 && device_has(device, DEFECT_ADDS_TO_NO_TABLE))
		fault = 0;
	if (device_has(device, DEFECT_WRONG_INSTANCE_NUMBER))
		row += 10;
	if (fault) {
		body = cwmp_fault_new(fault, NULL);
	} else {
		body = cwmp_body_new("AddObjectResponse");
		snprintf(number, sizeof(number), "%u", row);
		message_child(body, "InstanceNumber", number);
		message_child(body, "Status",
			      device_has(device, DEFECT_ADD_OBJECT_WRONG_STATUS) ? "2" : "0");
		if (!device_has(device, DEFECT_ADD_OBJECT_KEEPS_KEY))
			rpc_parameter_key(device, key);
		device_writes_done(device);
	}
	free(name);
	free(key);
	return body;
}

/* 0 or a fault code. */
static int delete_row(struct device *device, const char *name)
{
	char *table = memory_text(name), *row;
	size_t end = strlen(table) - 1;

	while (end > 0 && table[end - 1] != '.')
		table[--end] = '\0';
	if (device_has(device, DEFECT_DELETES_NEIGHBOURS))
		while ((row = tree_row(device->tree, table, 0))) {
			tree_remove_row(device->tree, row);
			free(row);
		}
	else if (!device_has(device, DEFECT_DELETE_KEEPS_OBJECT) &&
		 !tree_remove_row(device->tree, name))
		end = 0;
	free(table);
	return end ? 0 : 9005;
}

xmlNode *rpc_delete_object(struct device *device, const xmlNode *request)
{
	char *name, *key;
	int fault = read_object(device, request, false, &name, &key);
	xmlNode *body;

	if (!fault)
		fault = delete_row(device, name);
	if (fault == 9005 && device_has(device, DEFECT_DELETES_NO_ROW))
		fault = 0;
	if (fault) {
		body = cwmp_fault_new(fault, NULL);
	} else {
		body = rpc_status("DeleteObjectResponse", 0);
		rpc_parameter_key(device, key);
		device_writes_done(device);
	}
	free(name);
	free(key);
	return body;
}
