/*
 * rpc: the CPE methods of TR-069 Annex A, each answering a request's element by a body of its
 * own: the Response, or a Fault.
 */
#ifndef FAKES_DEVICE_RPC_H
#define FAKES_DEVICE_RPC_H

#include <libxml/tree.h>
#include <stdbool.h>

#include "fakes/device/state.h"

xmlNode *rpc_get_rpc_methods(struct device *device, const xmlNode *request);
xmlNode *rpc_set_parameter_values(struct device *device, const xmlNode *request);
xmlNode *rpc_get_parameter_values(struct device *device, const xmlNode *request);
xmlNode *rpc_get_parameter_names(struct device *device, const xmlNode *request);
xmlNode *rpc_set_parameter_attributes(struct device *device, const xmlNode *request);
xmlNode *rpc_get_parameter_attributes(struct device *device, const xmlNode *request);
xmlNode *rpc_add_object(struct device *device, const xmlNode *request);
xmlNode *rpc_delete_object(struct device *device, const xmlNode *request);
xmlNode *rpc_reboot(struct device *device, const xmlNode *request);
xmlNode *rpc_factory_reset(struct device *device, const xmlNode *request);
xmlNode *rpc_schedule_inform(struct device *device, const xmlNode *request);

/* What they share. */

/* A child's number; -1 when it is missing or none of 32 bits. */
int rpc_unsigned(const xmlNode *request, const char *name, unsigned *value);
int rpc_boolean(const xmlNode *request, const char *name, bool *value);
/* A child's text of at most length octets (new memory); NULL when missing or longer. */
char *rpc_text(const xmlNode *request, const char *name, size_t length);
/* Is it the name of a parameter, or a partial path (with "." at its end, or empty)? */
bool rpc_names_something(const struct device *device, const char *name);
/* Calls each for every parameter that the names of a request's array mean, in their order; gives
 * 0, 9005 when a name means nothing, or 9003 when there is no such array. */
int rpc_each_named(struct device *device, const xmlNode *request,
		   void (*each)(xmlNode *list, const struct parameter *parameter), xmlNode *list);
void rpc_parameter_key(struct device *device, const char *key);
/* A response whose only result is Status. */
xmlNode *rpc_status(const char *name, int status);

#endif
