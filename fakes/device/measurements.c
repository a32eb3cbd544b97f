#include "fakes/device/measurements.h"

#include <stdlib.h>
#include <string.h>

#include "fakes/device/file-client.h"
#include "fakes/device/spelling.h"
#include "fakes/device/state.h"
#include "fakes/device/url.h"
#include "protocols/memory.h"
#include "protocols/pm-file.h"

#define WAITING_MOST 8 /* files that are kept for a server that is not there */
#define RETRY_AFTER SECONDS(30)

struct waiting { /* a file that is not delivered yet */
	struct waiting *next;
	char *name;
	struct buffer octets;
};

struct configuration {
	bool on;
	int64_t interval; /* seconds */
	bool phased;      /* PeriodicUploadTime is known */
	int64_t phase;    /* seconds since 1970 */
};

struct measurements {
	struct device *device;
	struct configuration running;
	struct timer *due, *retry;
	bool late;     /* the interval that runs began behind its time */
	int64_t since; /* seconds of the device's clock: where the next file begins */
	struct measurement_period last; /* that was reported; none: it has no interval */
	struct waiting *first;
	struct file_client *client; /* delivers the first */
	char *url, begun[32];       /* where it does so, and since when */
};

struct measurements *measurements_new(struct device *device)
{
	struct measurements *measurements = memory_new(sizeof(*measurements));

	measurements->device = device;
	return measurements;
}

static void cancel(struct timer **timer)
{
	loop_cancel(*timer);
	*timer = NULL;
}

static void drop_first(struct measurements *measurements)
{
	struct waiting *first = measurements->first;

	measurements->first = first->next;
	free(first->name);
	buffer_free(&first->octets);
	free(first);
}

void measurements_stop(struct measurements *measurements)
{
	cancel(&measurements->due);
	cancel(&measurements->retry);
	file_client_free(measurements->client);
	measurements->client = NULL;
	while (measurements->first)
		drop_first(measurements);
	measurements->running = (struct configuration){ .on = false };
	measurements->last.interval = 0;
}

void measurements_free(struct measurements *measurements)
{
	if (!measurements)
		return;
	measurements_stop(measurements);
	free(measurements->url);
	free(measurements);
}

/* --- the configuration --- */

/* A parameter beside PeriodicUploadInterval; "" when it is not there. */
static const char *value_of(const struct device *device, const char *name)
{
	const struct parameter *interval =
		tree_find_ending(device->tree, ".PeriodicUploadInterval");
	const struct parameter *found;
	char *path;

	if (!interval)
		return "";
	path = memory_format("%.*s.%s", (int)(strrchr(interval->path, '.') - interval->path),
			     interval->path, name);
	found = tree_find(device->tree, path);
	free(path);
	return found ? found->value : "";
}

static struct configuration configuration_of(const struct device *device)
{
	struct configuration now = { 0 };
	bool zoned;

	now.interval = strtoll(value_of(device, "PeriodicUploadInterval"), NULL, 10);
	/* TR-196 issue 1 and TR-262 name the switch differently. */
	now.on = now.interval > 0 && (!strcmp(value_of(device, "PeriodicUploadEnable"), "true") ||
				      !strcmp(value_of(device, "Enable"), "true"));
	/* Who knows no time cannot keep to one. */
	now.phased = pm_time_parse(value_of(device, "PeriodicUploadTime"), &now.phase, &zoned) == 0 &&
		     now.phase >= 0 && !device_has(device, VARIANT_NO_CLOCK);
	if (!now.phased)
		now.phase = 0;
	else if (device_has(device, DEFECT_PM_OWN_PHASE))
		now.phase += now.interval / 2;
	return now;
}

/* Seconds of the device's clock: since 1970, or since its boot when it knows no other time. */
static int64_t clock_now(const struct device *device)
{
	int64_t now = loop_now(device->loop);

	if (device_has(device, VARIANT_NO_CLOCK))
		now -= device->booted;
	return now / 1000000;
}

/* --- delivering --- */

static void deliver(struct measurements *measurements);

static void retry_now(void *context)
{
	struct measurements *measurements = context;

	measurements->retry = NULL;
	deliver(measurements);
}

static void deliver_later(struct measurements *measurements)
{
	if (device_has(measurements->device, DEFECT_PM_STOPS_AT_FAILURE))
		cancel(&measurements->due);
	else if (device_has(measurements->device, VARIANT_PM_GIVES_UP))
		drop_first(measurements);
	else if (!device_has(measurements->device, VARIANT_PM_WAITS_FOR_NEXT))
		measurements->retry = loop_after(measurements->device->loop, RETRY_AFTER, retry_now,
						 measurements);
}

static void delivered(void *context, const struct file_client_result *result)
{
	struct measurements *measurements = context;

	file_client_free(measurements->client);
	measurements->client = NULL;
	upload_reports_add(measurements->device, measurements->url, measurements->first->name,
			   measurements->first->octets.length, result->fault,
			   measurements->begun);
	if (result->fault) {
		deliver_later(measurements);
		return;
	}
	drop_first(measurements);
	deliver(measurements);
}

/* A URL that ends in "/" is a folder; of any other some devices think so, too. */
static char *url_of(const struct device *device)
{
	const char *url = value_of(device, "URL");
	bool folder = *url && url[strlen(url) - 1] == '/';

	return memory_format("%s%s", url,
			     device_has(device, VARIANT_PM_APPENDS_NAME) && !folder ? "/" : "");
}

/* Where the connection to that URL starts (TS 32.583 5.6.2: the file server may be anywhere). */
static struct address local_towards(struct device *device, const char *text)
{
	struct problem problem;
	struct url url;

	if (device_has(device, DEFECT_PM_PAST_TUNNEL))
		return device->factory.local;
	if (device_has(device, DEFECT_PM_ALL_INSIDE) ||
	    (url_parse(text, &url, &problem) < 0 && url_parse_file(text, &url, &problem) < 0))
		return uplink_hms_local(device->uplink);
	return uplink_local_towards(device->uplink, url.host);
}

static void deliver(struct measurements *measurements)
{
	struct device *device = measurements->device;
	const char *username = value_of(device, "Username");
	struct problem problem;
	struct file_client_options options = {
		.http = {
			.loop = device->loop,
			.other_local = uplink_other_local(device->uplink),
			.dns = uplink_hms_dns(device->uplink),
			.dns_local = uplink_dns_local(device->uplink),
			.tls = device->factory.tls,
			.username = *username && !device_has(device, DEFECT_PM_NO_CREDENTIALS)
					    ? username : NULL,
			.password = value_of(device, "Password"),
			.random = &device->random,
		},
		.post = device_has(device, DEFECT_PM_POST) || device_has(device, DEFECT_PM_FORM),
		.form = device_has(device, DEFECT_PM_FORM),
	};

	cancel(&measurements->retry);
	if (measurements->client || !measurements->first)
		return;
	if (!measurements->url || !device_has(device, DEFECT_PM_KEEPS_OLD_URL)) {
		free(measurements->url);
		measurements->url = url_of(device);
	}
	options.http.local = local_towards(device, measurements->url);
	options.http.clear = device_has(device, DEFECT_PM_IN_CLEAR) &&
			     !strncmp(measurements->url, "https", 5);
	device_time(device, measurements->begun);
	spell_files(device, &options);
	measurements->client = file_client_put(&options, measurements->url,
					       measurements->first->name,
					       &measurements->first->octets, delivered,
					       measurements, &problem);
	if (!measurements->client)
		deliver_later(measurements);
}

/* --- the grid --- */

static void arm(struct measurements *measurements);

static void enqueue(struct measurements *measurements, const struct measurement_period *period)
{
	struct waiting *file = memory_new(sizeof(*file)), **end = &measurements->first;
	int count = 0;

	for (; *end; end = &(*end)->next)
		count++;
	file->name = measurement_file(measurements->device, period, &file->octets);
	*end = file;
	if (count >= WAITING_MOST && !measurements->client)
		drop_first(measurements);
}

/* Defects: what the file before had comes again, or what is between them comes never. */
static void misdate(struct measurements *measurements, struct measurement_period *period)
{
	struct measurement_period *last = &measurements->last;

	if (device_has(measurements->device, DEFECT_PM_TWICE) && last->interval) {
		last->count++;
		enqueue(measurements, last);
	}
	if (device_has(measurements->device, DEFECT_PM_OVERLAPS) && last->interval)
		period->begin -= period->interval / 3;
	if (device_has(measurements->device, DEFECT_PM_SKIPS) && last->interval)
		period->begin += period->interval / 3;
}

static void due(void *context)
{
	struct measurements *measurements = context;
	struct measurement_period period = {
		.begin = measurements->since,
		.end = clock_now(measurements->device),
		.interval = measurements->running.interval,
	};

	measurements->due = NULL;
	measurements->since = period.end;
	arm(measurements);
	misdate(measurements, &period);
	if (period.end > period.begin)
		enqueue(measurements, &period);
	measurements->last = period;
	deliver(measurements);
}

/* What may be off an interval (reading I-08), in microseconds: 5 s or 5 %. */
static int64_t tolerance(const struct configuration *running)
{
	int64_t share = SECONDS(running->interval) / 20;

	return share > SECONDS(5) ? share : SECONDS(5);
}

/* Every second interval is late, by nearly as much as is lawful. */
static int64_t slipped(struct measurements *measurements, int64_t wait)
{
	int64_t slip = tolerance(&measurements->running) * 4 / 5;

	if (measurements->late && !measurements->running.phased)
		wait -= slip;
	measurements->late = !measurements->late;
	return measurements->late ? wait + slip : wait;
}

static void arm(struct measurements *measurements)
{
	const struct configuration *running = &measurements->running;
	struct loop *loop = measurements->device->loop;
	int64_t interval = SECONDS(running->interval), wait = interval;

	cancel(&measurements->due);
	if (device_has(measurements->device, DEFECT_PM_NEVER))
		return;
	if (device_has(measurements->device, DEFECT_PM_HALF_INTERVAL))
		wait = interval /= 2;
	if (device_has(measurements->device, DEFECT_PM_DRIFTS)) {
		wait += tolerance(running) * 8 / 5;
	} else if (running->phased) {
		int64_t since = (loop_now(loop) - SECONDS(running->phase)) % interval;

		wait -= since < 0 ? since + interval : since;
	}
	if (device_has(measurements->device, VARIANT_PM_UNSTEADY))
		wait = slipped(measurements, wait);
	measurements->due = loop_after(loop, wait, due, measurements);
}

static bool same(const struct configuration *a, const struct configuration *b)
{
	return a->on == b->on && a->interval == b->interval && a->phased == b->phased &&
	       a->phase == b->phase;
}

void measurements_follow(struct measurements *measurements)
{
	struct device *device = measurements->device;
	struct configuration now = configuration_of(device);
	bool was_on = measurements->running.on;

	if (!device->powered || same(&now, &measurements->running))
		return;
	if (!now.on && was_on && device_has(device, DEFECT_PM_WHEN_DISABLED))
		return;
	if (was_on && now.on && device_has(device, DEFECT_PM_KEEPS_OLD_INTERVAL))
		now.interval = measurements->running.interval;
	if (!now.on) {
		measurements_stop(measurements);
		return;
	}
	if (!was_on)
		measurements->since = clock_now(device);
	measurements->running = now;
	measurements->late = false;
	arm(measurements);
}
