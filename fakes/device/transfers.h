/*
 * transfers: files that the HMS told the device to download (TR-069 A.3.2.8). The file is
 * really fetched (file-client.h), after the session, and a configuration file is applied, all of it or
 * nothing (configuration-file.h). Of what is no such file it says 9018.
 */
#ifndef FAKES_DEVICE_TRANSFERS_H
#define FAKES_DEVICE_TRANSFERS_H

#include <libxml/tree.h>
#include <stdbool.h>

#include "protocols/buffer.h"

struct device;

/* Late: told of, and not yet applied (a defect). */
enum transfer_state { TRANSFER_WAITING, TRANSFER_RUNNING, TRANSFER_DONE, TRANSFER_LATE };

struct transfer {
	struct transfer *next;
	struct device *device;
	enum transfer_state state;
	char *key, *url, *username, *password;
	unsigned delay;        /* seconds after the session */
	unsigned size;         /* as announced; 0 = unknown */
	int fault;             /* when done */
	char *text;            /* of the fault */
	char *begun, *ended;   /* dateTime */
	bool configuration;    /* "3 Vendor Configuration File" */
	bool in_session;       /* it is done while a session waits (variants) */
	struct buffer late;    /* a file that is applied after the session that tells (a defect) */
	bool again;            /* it failed once (a variant) */
	bool refused;          /* a Fault answered its TransferComplete in this session */
	struct file_client *client;
	struct timer *timer;
};

#define TRANSFERS_MOST 8

/* Adds one (the struct is owned from then on); false when the queue is full. */
bool transfers_add(struct device *device, struct transfer *transfer);
void transfer_free(struct transfer *transfer);
/* The session is over: those that wait begin. Those that the power cut begin anew. */
void transfers_start(struct device *device);
void transfers_stop(struct device *device);   /* power off; they are kept */
void transfers_forget(struct device *device); /* factory state */
/* Is a result still to be told by a session of its own? */
bool transfers_to_tell(const struct device *device);
void transfers_session(struct device *device); /* a session begins */
/* The next TransferComplete of this session, or NULL. */
xmlNode *transfers_complete_new(struct device *device);
/* It was answered; or refused by a Fault, and is told again in a later session. */
void transfers_told(struct device *device, bool accepted);
/* Variants: a transfer without delay that waits is done now, and device_session_resume is called when it
 * is. new_one: only one that the HMS ordered in the request before. */
bool transfers_in_session(struct device *device, bool new_one);
/* The answer to the newest, of which response is the one that it is not done yet: when it was done well,
 * Status 0, and it is forgotten; a variant makes it a Fault when it failed. Frees response when it
 * gives another. */
xmlNode *transfers_into_response(struct device *device, xmlNode *response);
/* The session with a TransferComplete failed. */
void transfers_failed(struct device *device);
xmlNode *rpc_download(struct device *device, const xmlNode *request);

#endif
