/*
 * device-stand: what the tests of the simulated device stand on: a loop on virtual time, a data
 * model, a device, and tiny HMSs that answer each Inform, send the requests that a test has put
 * in their queue, and remember all that they were told.
 */
#ifndef TESTS_FAKES_DEVICE_STAND_H
#define TESTS_FAKES_DEVICE_STAND_H

#include <libxml/tree.h>

#include "fakes/device/device.h"
#include "harness/loop/loop.h"
#include "harness/loop/stream.h"
#include "protocols/http.h"
#include "protocols/message.h"

#define HEARD_MOST 1000
#define CALLERS_MOST 8

struct tiny_caller {
	struct tiny_hms *hms;
	struct stream *stream;
	struct http_parser *parser;
};

struct heard { /* one POST */
	struct message *message; /* NULL = an empty one */
	struct http_message *post;
	int64_t time;
	int connection;
	char from[ADDRESS_TEXT]; /* host */
};

struct tiny_hms {
	struct stand *stand;
	struct listener *listener;
	char url[128];
	struct tiny_caller callers[CALLERS_MOST];
	int connections;
	struct heard heard[HEARD_MOST];
	size_t heard_count;
	xmlNode *queue[32]; /* requests to send, a body each */
	size_t queued, sent;
	int refuse;         /* so many Informs are answered by status 500 first */
	int full;           /* so many files are answered by status 507 first */
	int fault;          /* so many Informs are answered by fault 8005 first */
	const char *redirect; /* Informs are sent there */
	bool digest;        /* credentials are asked for */
	bool hold;          /* InformResponse with HoldRequests */
	bool silent;        /* nothing is answered */
	unsigned spoil;     /* not 0: each answer has another bit flipped, or is cut */
	const char *cookie; /* Set-Cookie with the InformResponse */
	const char *ns;     /* NULL = 1.1 */
	const char *file;   /* what a GET gets */
	int file_status;    /* 0 = 200 */
	int file_gets;      /* so many came */
};

struct stand {
	struct loop *loop;
	struct data_model_map *map;
	struct grammar *grammar;
	struct device *device;
	struct device_factory factory;
	struct tiny_hms initial, serving;
};

/* map: "henb-device2". The device is not yet switched on; its HMS is initial. */
void stand_make(struct stand *stand, const char *map);
void stand_clear(struct stand *stand);
/* The HMS listens at another address, and has another URL. */
void stand_move(struct tiny_hms *hms, const struct address *address);
/* Runs until the virtual time is later by so much. */
void stand_run(struct stand *stand, int64_t time);
/* An action with name, value, ..., NULL. 0 or -1. */
int stand_act(struct stand *stand, const char *action, ...) __attribute__((sentinel));
void stand_queue(struct tiny_hms *hms, xmlNode *request); /* owned from then on */
/* What the HMS heard, in order: "Inform - SetParameterValuesResponse", "-" for an empty POST.
 * Owned by a static buffer. */
const char *stand_heard(const struct tiny_hms *hms);
/* The n-th message of that name (from 0), or NULL. */
struct message *stand_message(const struct tiny_hms *hms, const char *name, size_t n);
/* "0 BOOTSTRAP, 1 BOOT" of the n-th Inform. */
const char *stand_events(const struct tiny_hms *hms, size_t n);
/* A parameter's value in the n-th Inform; NULL = not there. Owned by a static buffer. */
const char *stand_informed(const struct tiny_hms *hms, size_t n, const char *path);
/* Requests. */
xmlNode *request_set(const char *key, ...) __attribute__((sentinel)); /* name, value, type, ... */
xmlNode *request_get(const char *name);
xmlNode *request_attributes(const char *name, int notification);
xmlNode *request_text(const char *method, ...) __attribute__((sentinel)); /* child, text, ... */
/* A value in a GetParameterValuesResponse; NULL = not there. Owned by a static buffer. */
const char *response_value(const xmlNode *body, const char *path);

#endif
