#include "fakes/device/upload-reports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/state.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"

#define EVENT "10 AUTONOMOUS TRANSFER COMPLETE"
#define POLICY "ManagementServer.AutonomousTransferCompletePolicy."
#define REPORTS_MOST 8

static bool is_wanted(const struct device *device)
{
	/* CWMP 1.0 has no such method. */
	return !strcmp(device_value(device, POLICY "Enable"), "true") &&
	       strcmp(device_value(device, POLICY "TransferTypeFilter"), "Download") != 0 &&
	       !device_has(device, VARIANT_CWMP_1_0);
}

static void drop_first(struct device *device)
{
	struct upload_report *first = device->upload_reports;

	device->upload_reports = first->next;
	free(first->url);
	free(first->name);
	free(first);
}

void upload_reports_clear(struct device *device)
{
	while (device->upload_reports)
		drop_first(device);
}

void upload_reports_add(struct device *device, const char *url, const char *name, size_t size,
			int fault, const char *begun)
{
	struct upload_report *report, **end = &device->upload_reports;
	int count = 0;

	if (!is_wanted(device))
		return;
	for (; *end; end = &(*end)->next)
		count++;
	if (count >= REPORTS_MOST)
		return;
	report = memory_new(sizeof(*report));
	report->url = memory_text(url);
	report->name = memory_text(name);
	report->size = size;
	report->fault = fault;
	memory_place(report->begun, sizeof(report->begun), begun);
	device_time(device, report->ended);
	*end = report;
	device_event(device, EVENT, "");
}

/* Does this session's Inform announce them? */
static bool is_announced(const struct device *device)
{
	for (size_t i = 0; i < device->events.count; i++)
		if (!strcmp(device->events.list[i].code, EVENT) && device->events.list[i].sent)
			return true;
	return false;
}

xmlNode *upload_reports_new(struct device *device)
{
	const struct upload_report *report = device->upload_reports;
	char text[64];

	if (!report || report->refused || !is_announced(device))
		return NULL;
	xmlNode *body = cwmp_body_new("AutonomousTransferComplete");

	message_child(body, "AnnounceURL", "");
	message_child(body, "TransferURL", device_has(device, DEFECT_REPORTS_OTHER_URL)
						? "http://192.0.2.80/" : report->url);
	message_child(body, "IsDownload",
		      device_has(device, DEFECT_REPORTS_DOWNLOAD) ? "1" : "0");
	snprintf(text, sizeof(text), "X %s Measurement File", device->factory.oui);
	message_child(body, "FileType", text);
	snprintf(text, sizeof(text), "%zu", report->size);
	message_child(body, "FileSize", text);
	message_child(body, "TargetFileName", report->name);
	xmlNode *fault = message_child(body, "FaultStruct", NULL);

	snprintf(text, sizeof(text), "%d", report->fault);
	message_child(fault, "FaultCode", text);
	message_child(fault, "FaultString", report->fault ? "the file was not delivered" : "");
	message_child(body, "StartTime", report->begun);
	message_child(body, "CompleteTime", report->ended);
	return body;
}

void upload_reports_told(struct device *device, bool accepted)
{
	if (!device->upload_reports)
		return;
	if (accepted)
		drop_first(device);
	else
		device->upload_reports->refused = true;
	if (!device->upload_reports)
		events_remove(&device->events, EVENT);
}

void upload_reports_session(struct device *device)
{
	if (device->upload_reports)
		device->upload_reports->refused = false;
}
