/* A cue -> what a service is to do with one request: the faults of the protocol "file". */
#include <stdlib.h>
#include <string.h>

#include "fakes/fake-settings.h"
#include "fakes/file-server/file-contents.h"
#include "fakes/file-server/file-server.h"
#include "fakes/file-server/file-spoil.h"
#include "protocols/memory.h"

struct wish { /* which arrows would do now */
	const char *message;
};

static bool accept_arrow(void *context, const struct arrow *arrow)
{
	const struct wish *wish = context;

	return !strcmp(arrow->message, wish->message);
}

static const struct cue *find_cue(struct file_server *server, struct wish *wish)
{
	const struct stage *stage = server->stage;

	return stage->cue ? stage->cue(stage->context, server->role, NULL, accept_arrow, wish)
			  : NULL;
}

static void welcome(struct file_order *order)
{
	memset(order, 0, sizeof(*order));
	order->cut_off = order->stalled = order->disk_full = order->announced = -1;
}

static int64_t number(const struct arrow *arrow, const char *name, int64_t otherwise)
{
	const struct fault *fault = fake_fault(arrow, name);

	return fault ? fault->number : otherwise;
}

static enum file_outcome outcome_of(const struct arrow *arrow)
{
	static const struct {
		const char *fault;
		enum file_outcome outcome;
	} refusals[] = {
		{ "not-found", FILE_NOT_FOUND },
		{ "no-permission", FILE_NO_PERMISSION },
		{ "login-refused", FILE_LOGIN },
	};

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (fake_fault(arrow, refusals[i].fault))
			return refusals[i].outcome;
	return FILE_OK;
}

/* What the faults of gets and puts have in common. */
static void strike(const struct arrow *arrow, struct file_order *order)
{
	const struct fault *redirect = fake_fault(arrow, "redirect");

	order->outcome = outcome_of(arrow);
	order->cut_off = file_place(arrow, "cut-off", order->contents.length);
	order->stalled = file_place(arrow, "stalled", order->contents.length);
	order->disk_full = number(arrow, "disk-full", -1);
	order->announced = number(arrow, "wrong-size", -1);
	order->delay = number(arrow, "delay", 0);
	order->slow = number(arrow, "slow", 0);
	order->silent = fake_fault(arrow, "no-answer") != NULL;
	if (redirect)
		order->redirect = redirect->text ? atoi(redirect->text) : 302;
}

static void take(struct file_server *server, const struct arrow *arrow)
{
	const struct stage *stage = server->stage;

	if (stage->cue_taken)
		stage->cue_taken(stage->context, arrow);
}

/* The lab's own fault, and no file goes out. */
static void complain(const struct file_server *server, const struct arrow *arrow,
		     const struct problem *problem)
{
	const struct stage *stage = server->stage;
	char *text = memory_format("the configuration file that the lab is to offer: %s",
				   problem->text);

	if (stage->trouble)
		stage->trouble(stage->context, arrow, text);
	free(text);
}

/* The file of the cue, whole. 0 or -1: it cannot be, or would not be one, and nobody wanted that. */
static int make_file(struct file_server *server, const struct cue *cue, struct buffer *contents)
{
	const struct stage *stage = server->stage;
	const char *serial = profile_variable(stage->profile, "device.serial");
	const struct file_frame frame = {
		.host = server->host,
		.serial = serial ? serial : "",
		.ns = fake_variable(stage, server->role, "cm-namespace", NULL),
		.version = fake_variable(stage, server->role, "cm-version", NULL),
		.local_dn = fake_variable(stage, server->role, "cm-local-dn", NULL),
		.time = loop_now(stage->loop),
	};
	const struct arrow *arrow = cue->arrow;
	struct problem problem = { "" };

	if (file_server_contents(cue, &frame, contents, &problem) == 0 &&
	    (!stage->grammar || fake_fault(arrow, "unfit") ||
	     grammar_file_fits(stage->grammar, contents, &problem)))
		return 0;
	buffer_clear(contents);
	complain(server, arrow, &problem);
	return -1;
}

void file_order_get(struct file_server *server, const struct file_request *request,
		    struct file_order *order)
{
	struct wish wish = { "FileGetResponse" };
	const struct cue *cue = find_cue(server, &wish);

	(void)request; /* whatever its path: the chart says what comes */
	welcome(order);
	if (!cue) {
		order->outcome = FILE_NOT_FOUND;
		return;
	}
	const struct arrow *arrow = cue->arrow; /* the cue goes with the next call */

	bool failed = outcome_of(arrow) == FILE_OK &&
		      make_file(server, cue, &order->contents) < 0;

	file_spoil(arrow, &order->contents);
	strike(arrow, order);
	if (failed)
		order->outcome = FILE_FAILED;
	take(server, arrow);
}

void file_order_put(struct file_server *server, const struct file_request *request,
		    struct file_order *order)
{
	struct wish wish = { "FilePutResponse" };
	const struct cue *cue = find_cue(server, &wish);

	(void)request;
	welcome(order);
	if (!cue)
		return;
	const struct arrow *arrow = cue->arrow;

	strike(arrow, order);
	take(server, arrow);
}

void file_order_clear(struct file_order *order)
{
	buffer_free(&order->contents);
	welcome(order);
}
