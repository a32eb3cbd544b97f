#include "fakes/device/transfers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/file-client.h"
#include "fakes/device/rpc.h"
#include "fakes/device/spelling.h"
#include "fakes/device/state.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

#define UNKNOWN_TIME "0001-01-01T00:00:00Z"

void transfer_free(struct transfer *transfer)
{
	loop_cancel(transfer->timer);
	file_client_free(transfer->client);
	free(transfer->key);
	free(transfer->url);
	free(transfer->username);
	free(transfer->password);
	free(transfer->text);
	free(transfer->begun);
	free(transfer->ended);
	free(transfer);
}

bool transfers_add(struct device *device, struct transfer *transfer)
{
	struct transfer **end = &device->transfers;
	int count = 0;

	for (; *end; end = &(*end)->next)
		count++;
	if (count >= TRANSFERS_MOST)
		return false;
	transfer->device = device;
	transfer->next = NULL;
	*end = transfer;
	return true;
}

void transfers_stop(struct device *device)
{
	for (struct transfer *at = device->transfers; at; at = at->next) {
		loop_cancel(at->timer);
		at->timer = NULL;
		file_client_free(at->client);
		at->client = NULL;
		if (at->state == TRANSFER_RUNNING)
			at->state = TRANSFER_WAITING;
	}
}

void transfers_forget(struct device *device)
{
	while (device->transfers) {
		struct transfer *first = device->transfers;
		device->transfers = first->next;
		transfer_free(first);
	}
}

static void set_time(const struct device *device, char **field)
{
	char text[32];

	device_time(device, text);
	free(*field);
	*field = memory_text(text);
}

/* The result is there: told with 7 TRANSFER COMPLETE and M Download (TR-069 3.7.1.5). */
static void done(struct transfer *transfer, int fault, const char *text)
{
	struct device *device = transfer->device;

	file_client_free(transfer->client);
	transfer->client = NULL;
	transfer->state = TRANSFER_DONE;
	transfer->fault = fault;
	free(transfer->text);
	transfer->text = memory_text(text);
	set_time(device, &transfer->ended);
	events_add(&device->events, "7 TRANSFER COMPLETE", "");
	events_add(&device->events, "M Download", transfer->key);
	device_store_save(device);
	device_want_session(device, 0);
}

static void fetched(void *context, const struct file_client_result *result)
{
	struct transfer *transfer = context;

	if (result->fault)
		done(transfer, result->fault, result->text);
	else if (transfer->size && result->contents->length != transfer->size)
		done(transfer, 9018, "the file has another size than was announced");
	else
		done(transfer, 9018, "the format of the file is not understood");
}

static void begin(void *context)
{
	struct transfer *transfer = context;
	struct device *device = transfer->device;
	struct problem problem;
	struct file_client_options options = {
		.http = {
			.loop = device->loop,
			.local = uplink_hms_local(device->uplink),
			.dns = uplink_hms_dns(device->uplink),
			.tls = device->factory.tls,
			.username = *transfer->username ? transfer->username : NULL,
			.password = transfer->password,
			.random = &device->random,
		},
	};

	transfer->timer = NULL;
	set_time(device, &transfer->begun);
	spell_http(device, &options.http);
	transfer->client = file_client_get(&options, transfer->url, fetched, transfer, &problem);
	if (!transfer->client)
		done(transfer, 9010, problem.text);
}

void transfers_start(struct device *device)
{
	for (struct transfer *at = device->transfers; at; at = at->next) {
		if (at->state != TRANSFER_WAITING)
			continue;
		at->state = TRANSFER_RUNNING;
		at->timer = loop_after(device->loop, SECONDS(at->delay), begin, at);
	}
}

void transfers_session(struct device *device)
{
	for (struct transfer *at = device->transfers; at; at = at->next)
		at->refused = false;
}

/* The first whose M Download stands in this session's Inform. */
static struct transfer *in_inform(const struct device *device)
{
	for (struct transfer *at = device->transfers; at; at = at->next)
		for (size_t i = 0; at->state == TRANSFER_DONE && !at->refused &&
				   i < device->events.count; i++) {
			const struct event *event = &device->events.list[i];
			if (event->sent && !strcmp(event->code, "M Download") &&
			    !strcmp(event->key, at->key))
				return at;
		}
	return NULL;
}

bool transfers_to_tell(const struct device *device)
{
	for (size_t i = 0; i < device->events.count; i++)
		if (!strcmp(device->events.list[i].code, "M Download") &&
		    !device->events.list[i].sent)
			return true;
	return false;
}

xmlNode *transfers_complete_new(struct device *device)
{
	const struct transfer *transfer = in_inform(device);
	char code[16];

	if (!transfer)
		return NULL;
	xmlNode *body = cwmp_body_new("TransferComplete");
	message_child(body, "CommandKey", transfer->key);
	xmlNode *fault = message_child(body, "FaultStruct", NULL);
	/* CWMP 1.0 knows no more than that the download failed. */
	bool old = device_has(device, VARIANT_CWMP_1_0) && transfer->fault > 9012;
	snprintf(code, sizeof(code), "%d", old ? 9010 : transfer->fault);
	message_child(fault, "FaultCode", code);
	message_child(fault, "FaultString", transfer->fault ? transfer->text : "");
	/* Of a failed transfer the times are not known for certain (A.3.3.2). */
	message_child(body, "StartTime", transfer->fault ? UNKNOWN_TIME : transfer->begun);
	message_child(body, "CompleteTime", transfer->fault ? UNKNOWN_TIME : transfer->ended);
	return body;
}

void transfers_told(struct device *device, bool accepted)
{
	struct transfer *told = in_inform(device);

	if (!told)
		return;
	if (!accepted) {
		told->refused = true; /* the events stay: told again in a later session */
		return;
	}
	events_transfer_delivered(&device->events, told->key);
	for (struct transfer **at = &device->transfers; *at; at = &(*at)->next)
		if (*at == told) {
			*at = told->next;
			break;
		}
	transfer_free(told);
}

xmlNode *rpc_download(struct device *device, const xmlNode *request)
{
	struct transfer *transfer = memory_new(sizeof(*transfer));
	int fault = 0;

	transfer->key = xml_child_text(request, "CommandKey");
	transfer->url = xml_child_text(request, "URL");
	transfer->username = xml_child_text(request, "Username");
	transfer->password = xml_child_text(request, "Password");
	if (!transfer->key || strlen(transfer->key) > 32 || !transfer->url ||
	    rpc_unsigned(request, "DelaySeconds", &transfer->delay) ||
	    rpc_unsigned(request, "FileSize", &transfer->size))
		fault = 9003;
	else
		fault = file_client_url_fault(transfer->url);
	if (!transfer->username)
		transfer->username = memory_text("");
	if (!transfer->password)
		transfer->password = memory_text("");
	if (!fault && !transfers_add(device, transfer))
		fault = 9004;
	if (fault) {
		transfer_free(transfer);
		return cwmp_fault_new(fault, NULL);
	}
	xmlNode *body = cwmp_body_new("DownloadResponse");
	message_child(body, "Status", "1"); /* not yet */
	message_child(body, "StartTime", UNKNOWN_TIME);
	message_child(body, "CompleteTime", UNKNOWN_TIME);
	return body;
}
