/*
 * A cue -> the body of an envelope, by the table of methods (TR-069 Annex A): arguments stand
 * in their order; a setting gives the value of the one of its name, a table the usual value.
 * Parameters of the data model go to the list that the method has for them.
 */
#include "fakes/hms/hms.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/judge/data-model-map.h"
#include "protocols/memory.h"

/* The usual value of an argument; "" when it is not here. */
static const struct {
	const char *method, *argument, *value;
} usual_values[] = {
	{ "GetParameterNames", "NextLevel", "0" },
	{ "Download", "FileType", "3 Vendor Configuration File" },
	{ "Download", "FileSize", "0" },
	{ "Download", "DelaySeconds", "0" },
	{ "ScheduleDownload", "FileType", "1 Firmware Upgrade Image" },
	{ "ScheduleDownload", "FileSize", "0" },
	{ "Upload", "FileType", "1 Vendor Configuration File" },
	{ "Upload", "DelaySeconds", "0" },
	{ "ScheduleInform", "DelaySeconds", "1" }, /* A.4.1.2: more than 0 */
	{ "InformResponse", "MaxEnvelopes", "1" }, /* A.3.3.1 */
};

static const char *cue_value(const struct cue *cue, const char *name)
{
	for (size_t i = 0; cue && i < cue->setting_count; i++)
		if (!cue->settings[i].is_parameter && !strcmp(cue->settings[i].name, name))
			return cue->settings[i].value;
	return NULL;
}

static bool is_true(const char *value)
{
	return value && (!strcmp(value, "1") || !strcasecmp(value, "true"));
}

static xmlNode *add(xmlNode *parent, const char *name, const char *value)
{
	return message_child(parent, name, value);
}

static const char *usual_value(const char *method, const char *argument)
{
	for (size_t i = 0; i < sizeof(usual_values) / sizeof(usual_values[0]); i++)
		if (!strcmp(usual_values[i].method, method) &&
		    !strcmp(usual_values[i].argument, argument))
			return usual_values[i].value;
	return "";
}

/* A list of names; with none given, the whole data model. */
static void add_names(struct hms_exchange *exchange, xmlNode *body, const struct cue *cue)
{
	xmlNode *list = cwmp_array(body, "ParameterNames", "xsd:string");
	const struct data_model_map *map = profile_map(exchange->hms->stage->profile);
	size_t added = 0;

	for (size_t i = 0; cue && i < cue->setting_count; i++)
		if (cue->settings[i].is_parameter) {
			add(list, "string", cue->settings[i].name);
			added++;
		}
	if (!added)
		add(list, "string", map ? map_root(map) : "Device.");
}

static void add_values(struct hms_exchange *exchange, xmlNode *body, const struct cue *cue)
{
	xmlNode *list = cwmp_array(body, "ParameterList", "ParameterValueStruct");

	for (size_t i = 0; cue && i < cue->setting_count; i++) {
		const struct judge_setting *setting = &cue->settings[i];

		if (!setting->is_parameter)
			continue;
		const char *value = setting->value ? setting->value : "";

		cwmp_parameter(list, setting->name, value,
			       setting->type ? setting->type : "xsd:string");
		hms_device_order(exchange->session, setting->name, value);
	}
}

/* A.3.2.4: only the notification is to change. */
static void add_attributes(xmlNode *body, const struct cue *cue)
{
	xmlNode *list = cwmp_array(body, "ParameterList", "SetParameterAttributesStruct");

	for (size_t i = 0; cue && i < cue->setting_count; i++) {
		const struct judge_setting *setting = &cue->settings[i];

		if (!setting->is_parameter)
			continue;
		xmlNode *item = add(list, "SetParameterAttributesStruct", NULL);

		add(item, "Name", setting->name);
		add(item, "NotificationChange", setting->value ? "1" : "0");
		add(item, "Notification", setting->value ? setting->value : "0");
		add(item, "AccessListChange", "0");
		cwmp_array(item, "AccessList", "xsd:string");
	}
}

static const char *cue_value_or(const struct cue *cue, const char *name, const char *otherwise)
{
	const char *value = cue_value(cue, name);

	return value ? value : otherwise;
}

/* CWMP 1.2 A.4.1.8: one window, that opens now. */
static void add_windows(xmlNode *body, const struct cue *cue)
{
	static const char *const fields[][2] = {
		{ "WindowStart", "0" },	  { "WindowEnd", "3600" }, { "WindowMode", "1 At Any Time" },
		{ "UserMessage", "" },	  { "MaxRetries", "0" },
	};
	xmlNode *list = cwmp_array(body, "TimeWindowList", "TimeWindowStruct");
	xmlNode *window = add(list, "TimeWindowStruct", NULL);

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		add(window, fields[i][0], cue_value_or(cue, fields[i][0], fields[i][1]));
}

/* CWMP 1.2 A.4.1.10: one operation, of the kind that Operation names. */
static void add_operations(xmlNode *body, const struct cue *cue)
{
	static const struct {
		const char *type, *fields[6];
	} kinds[] = {
		{ "InstallOpStruct", { "URL", "UUID", "Username", "Password", "ExecutionEnvRef" } },
		{ "UpdateOpStruct", { "UUID", "Version", "URL", "Username", "Password" } },
		{ "UninstallOpStruct", { "UUID", "Version", "ExecutionEnvRef" } },
	};
	const char *wanted = cue_value_or(cue, "Operation", "Install");
	xmlNode *list = cwmp_array(body, "Operations", "OperationStruct");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strncmp(kinds[i].type, wanted, strlen(wanted)))
			continue;
		xmlNode *operation = add(list, kinds[i].type, NULL);

		for (size_t j = 0; kinds[i].fields[j]; j++)
			add(operation, kinds[i].fields[j],
			    cue_value_or(cue, kinds[i].fields[j], ""));
	}
}

static void add_vouchers(xmlNode *body, const struct cue *cue)
{
	xmlNode *list = cwmp_array(body, "VoucherList", "xsd:base64");

	if (cue_value(cue, "Voucher"))
		add(list, "base64", cue_value(cue, "Voucher"));
}

/* A.3.1.1: the methods that this end answers, as far as the namespace has them. */
static void add_methods(const struct hms_exchange *exchange, xmlNode *body)
{
	xmlNode *list = cwmp_array(body, "MethodList", "xsd:string");
	const char *ns = exchange->session ? exchange->session->ns : CWMP_1_1;
	size_t count;
	const struct cwmp_method *methods = cwmp_methods(&count);

	for (size_t i = 0; i < count; i++) {
		const char *name = methods[i].name;

		if (methods[i].device_answers && strcmp(name, "GetRPCMethods"))
			continue;
		if (!strcmp(ns, CWMP_1_0) && !strcmp(name, "AutonomousTransferComplete"))
			continue;
		if (strcmp(ns, CWMP_1_2) && strstr(name, "DUStateChange"))
			continue;
		add(list, "string", name);
	}
}

/* A name may be short: the full one, or itself. */
static void add_path(struct hms_exchange *exchange, xmlNode *body, const char *argument,
		     const struct cue *cue)
{
	const struct data_model_map *map = profile_map(exchange->hms->stage->profile);
	const char *value = cue_value(cue, argument);
	char *full;

	for (size_t i = 0; !value && cue && i < cue->setting_count; i++)
		if (cue->settings[i].is_parameter)
			value = cue->settings[i].name;
	full = map && value && *value ? map_path(map, value) : NULL;
	add(body, argument, full ? full : value ? value : "");
	free(full);
}

/* One argument of a request or result of an answer. */
static void add_argument(struct hms_exchange *exchange, xmlNode *body, const char *argument,
			 const struct cue *cue)
{
	const char *method = (const char *)body->name;

	if (!strcmp(argument, "ParameterNames"))
		add_names(exchange, body, cue);
	else if (!strcmp(argument, "ParameterList") && !strcmp(method, "SetParameterAttributes"))
		add_attributes(body, cue);
	else if (!strcmp(argument, "ParameterList"))
		add_values(exchange, body, cue);
	else if (!strcmp(argument, "ObjectName") || !strcmp(argument, "ParameterPath"))
		add_path(exchange, body, argument, cue);
	else if (!strcmp(argument, "TimeWindowList"))
		add_windows(body, cue);
	else if (!strcmp(argument, "Operations"))
		add_operations(body, cue);
	else if (!strcmp(argument, "VoucherList"))
		add_vouchers(body, cue);
	else if (!strcmp(argument, "MethodList"))
		add_methods(exchange, body);
	else
		add(body, argument, cue_value_or(cue, argument, usual_value(method, argument)));
}

/* The body of a request ("Reboot") or an answer ("InformResponse"); NULL = neither. */
static xmlNode *method_body(struct hms_exchange *exchange, const char *message,
			    const struct cue *cue)
{
	const struct cwmp_method *method = cwmp_method_find(message);
	const char *const *arguments = method ? method->arguments : NULL;
	size_t length = strlen(message);
	xmlNode *body;

	if (!method && length > 8 && !strcmp(message + length - 8, "Response")) {
		char *name = memory_text_length(message, length - 8);

		method = cwmp_method_find(name);
		arguments = method ? method->results : NULL;
		free(name);
	}
	if (!arguments)
		return NULL;
	body = cwmp_body_new(message);
	for (; *arguments; arguments++)
		add_argument(exchange, body, *arguments, cue);
	return body;
}

xmlNode *hms_default_body(struct hms_exchange *exchange, const char *message)
{
	xmlNode *body = method_body(exchange, message, NULL);

	return body ? body : cwmp_fault_new(8000, NULL);
}

static xmlNode *fault_body(const struct cue *cue)
{
	const char *code = cue_value_or(cue, "FaultCode", "8002");
	xmlNode *body = cwmp_fault_new(atoi(code), cue_value(cue, "FaultString"));

	if (cue_value(cue, "Side"))
		message_attribute(body, "side", "%s", cue_value(cue, "Side"));
	return body;
}

/* The chart may also ask for an HTTP answer by its name. */
static bool http_answer(struct hms_exchange *exchange, const struct cue *cue)
{
	const char *name = cue->arrow->message;

	if (!strcmp(name, "HttpChallenge")) {
		hms_challenge(exchange, true);
	} else if (!strcmp(name, "HttpRedirect")) {
		exchange->status = atoi(cue_value_or(cue, "Status", "302"));
		exchange->location = memory_text(
			cue_value_or(cue, "Location", exchange->hms->settings.url));
	} else if (!strcmp(name, "HttpError")) {
		exchange->status = atoi(cue_value_or(cue, "Status", "503"));
	} else {
		return false;
	}
	if (exchange->status < 300 || exchange->status > 999)
		exchange->status = 503;
	return true;
}

void hms_cue_body(struct hms_exchange *exchange, const struct cue *cue)
{
	const char *message = cue->arrow->message;

	exchange->style.hold_requests = is_true(cue_value(cue, "HoldRequests"));
	if (http_answer(exchange, cue))
		return;
	if (!strcmp(message, "EmptyResponse")) {
		exchange->status = 204;
		return;
	}
	exchange->status = 200;
	if (!strcmp(message, "UnknownMethod")) {
		exchange->body = cwmp_body_new("NoSuchMethod"); /* TR-069 has none of this name */
		return;
	}
	exchange->body = strcmp(message, "Fault") ? method_body(exchange, message, cue)
						  : fault_body(cue);
}
