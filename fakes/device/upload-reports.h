/*
 * upload-reports: transfers that nobody ordered and that the HMS wants to hear of: 10 AUTONOMOUS
 * TRANSFER COMPLETE and AutonomousTransferComplete (TR-069 3.7.1.5, A.3.3.3), as
 * ManagementServer.AutonomousTransferCompletePolicy says. Each is told until it is answered.
 */
#ifndef FAKES_DEVICE_UPLOAD_REPORTS_H
#define FAKES_DEVICE_UPLOAD_REPORTS_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

struct device;

struct upload_report {
	struct upload_report *next;
	char *url, *name;
	size_t size;
	int fault;             /* 0: it went well */
	char begun[32], ended[32]; /* dateTime */
	bool refused;          /* a Fault answered it in this session */
};

/* An upload is over. Nothing is remembered where the policy does not want it. */
void upload_reports_add(struct device *device, const char *url, const char *name, size_t size,
			int fault, const char *begun);
/* The next one that this session's Inform announced, as a request; NULL = none. */
xmlNode *upload_reports_new(struct device *device);
/* It was answered; or refused by a Fault, and is told again in a later session. */
void upload_reports_told(struct device *device, bool accepted);
void upload_reports_session(struct device *device); /* a session begins */
void upload_reports_clear(struct device *device);

#endif
