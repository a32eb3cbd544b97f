#include "fakes/device/transfers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/configuration-file.h"
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
	buffer_free(&transfer->late);
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
		at->in_session = false;
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

static void forget(struct transfer *transfer)
{
	for (struct transfer **at = &transfer->device->transfers; *at; at = &(*at)->next)
		if (*at == transfer) {
			*at = transfer->next;
			break;
		}
	transfer_free(transfer);
}

/* Is a failure told as success (defects)? */
static bool glossed_over(const struct device *device, int fault)
{
	return (fault == 9010 && device_has(device, DEFECT_FILE_ILLEGAL_IS_WELL)) ||
	       (fault == 9018 && device_has(device, DEFECT_FILE_CORRUPT_IS_WELL)) ||
	       (fault == 9016 && device_has(device, DEFECT_FILE_REFUSED_IS_WELL)) ||
	       (fault == 9012 && device_has(device, DEFECT_FILE_LOGIN_IS_WELL)) ||
	       (fault == 9017 && device_has(device, DEFECT_FILE_CUT_IS_WELL)) ||
	       (fault == 9015 && device_has(device, DEFECT_FILE_UNREACHED_IS_WELL));
}

/* Told with 7 TRANSFER COMPLETE and M Download (TR-069 3.7.1.5); what is told in the session that
 * ordered it needs no event, but for the case that this session breaks. */
static void tell(struct transfer *transfer)
{
	struct device *device = transfer->device;

	events_add(&device->events, "7 TRANSFER COMPLETE", "");
	events_add(&device->events, "M Download", transfer->key);
	if (transfer->in_session)
		events_mark_sent(&device->events);
	device_store_save(device);
	if (transfer->in_session)
		device_session_resume(device);
	else if (!transfer->fault && device_has(device, VARIANT_REBOOTS_FOR_FILE))
		device_restart(device);
	else if (!device_has(device, DEFECT_TRANSFER_TOLD_WHEN_ASKED))
		device_want_session(device, 0);
}

static void begin(void *context);

/* It may pass: it is tried once more. */
static bool tried_again(struct transfer *transfer, int fault)
{
	struct device *device = transfer->device;

	if (!fault || transfer->again || !device_has(device, VARIANT_FETCHES_AGAIN))
		return false;
	transfer->again = true;
	file_client_free(transfer->client);
	transfer->client = NULL;
	transfer->timer = loop_after(device->loop, SECONDS(5), begin, transfer);
	return true;
}

/* The result is there. */
static void done(struct transfer *transfer, int fault, const char *text)
{
	struct device *device = transfer->device;

	if (tried_again(transfer, fault))
		return;
	if (fault && glossed_over(device, fault))
		fault = 0;
	transfer->state = TRANSFER_DONE;
	transfer->fault = fault;
	free(transfer->text);
	transfer->text = memory_text(text);
	set_time(device, &transfer->ended);
	file_client_free(transfer->client);
	transfer->client = NULL;
	if (device_has(device, DEFECT_TRANSFER_NOT_TOLD)) {
		bool waits = transfer->in_session;

		forget(transfer);
		device_store_save(device);
		if (waits)
			device_session_resume(device);
		return;
	}
	tell(transfer);
}

/* A defect: the rest of a file, of which the HNB-GW was asked already. */
static void apply_rest(void *context)
{
	struct transfer *transfer = context;
	struct problem problem = { "" };
	int fault = configuration_file_apply(transfer->device, &transfer->late, &problem);

	transfer->timer = NULL;
	buffer_clear(&transfer->late);
	done(transfer, fault, fault ? problem.text : "");
}

static bool begins_early(struct transfer *transfer, const struct buffer *contents)
{
	struct device *device = transfer->device;

	if (!device_has(device, DEFECT_REGISTERS_BEFORE_APPLIED) ||
	    !configuration_file_begin(device, contents))
		return false;
	buffer_add(&transfer->late, contents->octets, contents->length);
	transfer->timer = loop_after(device->loop, SECONDS(2), apply_rest, transfer);
	return true;
}

static void fetched(void *context, const struct file_client_result *result)
{
	struct transfer *transfer = context;
	struct problem problem = { "the format of the file is not understood" };
	int fault = 9018;

	if (result->fault || !result->contents) {
		if (transfer->configuration && result->part)
			configuration_file_part(transfer->device, result->part);
		done(transfer, result->fault, result->text);
		return;
	}
	if (transfer->configuration && begins_early(transfer, result->contents))
		return;
	if (transfer->configuration && device_has(transfer->device, DEFECT_FILE_APPLIED_LATE)) {
		buffer_add(&transfer->late, result->contents->octets, result->contents->length);
		fault = 0;
	} else if (transfer->configuration) {
		fault = configuration_file_apply(transfer->device, result->contents, &problem);
	}
	done(transfer, fault, fault ? problem.text : "");
}

/* Where the file is; by a defect, what is at the port of another protocol there. New memory. */
static char *place_of(const struct transfer *transfer)
{
	const char *host = transfer->url + strlen("http://");

	if (!device_has(transfer->device, DEFECT_FILE_OTHER_PROTOCOL) ||
	    strncmp(transfer->url, "http://", strlen("http://")) != 0)
		return memory_text(transfer->url);
	return memory_format("https://%.*s%s", (int)strcspn(host, ":/"), host,
			     host + strcspn(host, "/"));
}

static void begin(void *context)
{
	struct transfer *transfer = context;
	struct device *device = transfer->device;
	struct problem problem = { "" };
	bool other = device_has(device, DEFECT_FILE_OTHER_LOGIN);
	struct file_client_options options = {
		.http = {
			.loop = device->loop,
			.local = uplink_hms_local(device->uplink),
			.other_local = uplink_other_local(device->uplink),
			.dns = uplink_hms_dns(device->uplink),
			.tls = device->factory.tls,
			.username = other ? device_value(device, "ManagementServer.Username")
				    : *transfer->username ? transfer->username : NULL,
			.password = other ? device_value(device, "ManagementServer.Password")
					  : transfer->password,
			.random = &device->random,
		},
	};

	transfer->timer = NULL;
	set_time(device, &transfer->begun);
	spell_files(device, &options);
	char *place = place_of(transfer);
	transfer->client = file_client_get(&options, place, fetched, transfer, &problem);
	free(place);
	if (!transfer->client)
		done(transfer, 9010, problem.text);
}

/* A defect: what was told of as a success is applied only now. */
static void apply_late(struct device *device)
{
	struct problem problem = { "" };
	struct transfer *next;

	for (struct transfer *at = device->transfers; at; at = next) {
		next = at->next;
		if (at->state != TRANSFER_LATE)
			continue;
		configuration_file_apply(device, &at->late, &problem);
		forget(at);
	}
}

static void start(struct transfer *transfer)
{
	transfer->state = TRANSFER_RUNNING;
	transfer->timer = loop_after(transfer->device->loop, SECONDS(transfer->delay), begin,
				     transfer);
}

void transfers_start(struct device *device)
{
	apply_late(device);
	for (struct transfer *at = device->transfers; at; at = at->next)
		if (at->state == TRANSFER_WAITING)
			start(at);
}

void transfers_session(struct device *device)
{
	for (struct transfer *at = device->transfers; at; at = at->next)
		at->refused = at->in_session = false;
}

/* The first whose M Download stands in this session's Inform. */
static struct transfer *in_inform(const struct device *device)
{
	for (struct transfer *at = device->transfers; at; at = at->next)
		if (at->in_session && at->state == TRANSFER_DONE && !at->refused)
			return at;
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
	message_child(body, "CommandKey",
		      device_has(device, DEFECT_TRANSFER_OTHER_KEY) ? "other" : transfer->key);
	bool unknown = transfer->fault || device_has(device, VARIANT_TRANSFER_TIMES_UNKNOWN);
	xmlNode *fault = message_child(body, "FaultStruct", NULL);
	/* CWMP 1.0 knows no more than that the download failed. */
	bool old = device_has(device, VARIANT_CWMP_1_0) && transfer->fault > 9012;
	snprintf(code, sizeof(code), "%d", old ? 9010 : transfer->fault);
	message_child(fault, "FaultCode", code);
	message_child(fault, "FaultString", transfer->fault ? transfer->text : "");
	/* Of a failed transfer the times are not known for certain (A.3.3.2). */
	message_child(body, "StartTime", unknown ? UNKNOWN_TIME : transfer->begun);
	message_child(body, "CompleteTime", unknown ? UNKNOWN_TIME : transfer->ended);
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
	if (told->late.length)
		told->state = TRANSFER_LATE;
	else
		forget(told);
}

void transfers_failed(struct device *device)
{
	struct transfer *told = in_inform(device);

	if (!told || !device_has(device, DEFECT_TRANSFER_TOLD_ONCE))
		return;
	events_transfer_delivered(&device->events, told->key);
	forget(told);
}

bool transfers_in_session(struct device *device, bool new_one)
{
	struct transfer *last = NULL;
	bool at_once = device_has(device, VARIANT_DOWNLOADS_IN_SESSION) ||
		       device_has(device, VARIANT_REFUSES_WHAT_FAILED) ||
		       device_has(device, VARIANT_ANSWERS_BEHIND_FETCH);

	if (new_one ? !at_once : !device_has(device, VARIANT_TELLS_IN_SESSION))
		return false;
	for (struct transfer *at = device->transfers; at; at = at->next)
		if (at->state == TRANSFER_WAITING && at->delay == 0)
			last = at;
	if (!last)
		return false;
	last->state = TRANSFER_RUNNING;
	last->in_session = true;
	last->timer = loop_after(device->loop, 0, begin, last);
	return true;
}

/* It is told of in another session. */
static void tell_later(struct device *device, const struct transfer *transfer)
{
	for (size_t i = 0; i < device->events.count; i++)
		if (!strcmp(device->events.list[i].key, transfer->key) ||
		    !strcmp(device->events.list[i].code, "7 TRANSFER COMPLETE"))
			device->events.list[i].sent = false;
}

/* Of the codes of A.5.1 a Fault to a Download has these. */
static xmlNode *refusal(const struct transfer *transfer)
{
	return cwmp_fault_new(transfer->fault == 9012 ? 9012 : 9010, transfer->text);
}

xmlNode *transfers_into_response(struct device *device, xmlNode *response)
{
	struct transfer *last = device->transfers;

	while (last && !last->in_session)
		last = last->next;
	if (!last)
		return response;
	last->in_session = false;
	if (device_has(device, VARIANT_ANSWERS_BEHIND_FETCH) ||
	    (last->fault && !device_has(device, VARIANT_REFUSES_WHAT_FAILED))) {
		tell_later(device, last); /* Status 1 */
		return response;
	}
	if (last->fault) {
		xmlFreeDoc(response->doc);
		response = refusal(last);
	} else {
		xmlNodeSetContent(xml_child(response, "Status"), (const xmlChar *)"0");
		xmlNodeSetContent(xml_child(response, "StartTime"), (const xmlChar *)last->begun);
		xmlNodeSetContent(xml_child(response, "CompleteTime"),
				  (const xmlChar *)last->ended);
	}
	events_transfer_delivered(&device->events, last->key);
	forget(last);
	return response;
}

/* What a Download asks for: 0, or the fault code that refuses it. */
static int read_order(struct device *device, const xmlNode *request, struct transfer *transfer)
{
	char *type = xml_child_text(request, "FileType");

	transfer->configuration = type && !strcmp(type, "3 Vendor Configuration File");
	free(type);
	transfer->key = xml_child_text(request, "CommandKey");
	transfer->url = xml_child_text(request, "URL");
	transfer->username = xml_child_text(request, "Username");
	transfer->password = xml_child_text(request, "Password");
	if (!transfer->username)
		transfer->username = memory_text("");
	if (!transfer->password)
		transfer->password = memory_text("");
	if (!transfer->key || strlen(transfer->key) > 32 || !transfer->url ||
	    rpc_unsigned(request, "DelaySeconds", &transfer->delay) ||
	    rpc_unsigned(request, "FileSize", &transfer->size))
		return 9003;
	if (transfer->configuration && device_has(device, DEFECT_REFUSES_FILES))
		return 9001;
	int fault = file_client_url_fault(transfer->url);

	return fault == 9013 && device_has(device, DEFECT_SCHEME_OTHER_CODE) ? 9003 : fault;
}

xmlNode *rpc_download(struct device *device, const xmlNode *request)
{
	struct transfer *transfer = memory_new(sizeof(*transfer));
	int fault = read_order(device, request, transfer);
	bool drops = (fault == 9013 && device_has(device, DEFECT_SCHEME_UNSAID)) ||
		     (!fault && transfer->configuration &&
		      device_has(device, DEFECT_STATUS_ZERO_UNAPPLIED));
	char now[32] = UNKNOWN_TIME;

	if (!fault && !drops && !transfers_add(device, transfer))
		fault = 9004;
	if (fault || drops)
		transfer_free(transfer);
	if (fault && !drops)
		return cwmp_fault_new(fault, NULL);
	if (drops && !fault)
		device_time(device, now);
	xmlNode *body = cwmp_body_new("DownloadResponse");
	message_child(body, "Status", drops && !fault ? "0" : "1"); /* not yet */
	message_child(body, "StartTime", now);
	message_child(body, "CompleteTime", now);
	return body;
}
