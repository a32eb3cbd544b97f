/*
 * informing: when the device opens a session, and what it does when one is over.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fakes/device/retry.h"
#include "fakes/device/state.h"
#include "fakes/device/transfers.h"
#include "protocols/memory.h"

static void cancel(struct timer **timer)
{
	loop_cancel(*timer);
	*timer = NULL;
}

void device_stop_timers(struct device *device)
{
	cancel(&device->start);
	cancel(&device->retry);
	cancel(&device->periodic);
	cancel(&device->throttle);
	cancel(&device->radio);
	cancel(&device->scan);
	cancel(&device->restart);
	for (int i = 0; i < SCHEDULES_MOST; i++)
		cancel(&device->schedules[i].timer);
}

static void start_now(void *context)
{
	struct device *device = context;

	device->start = NULL;
	device_session_start(device);
}

/* A new event opens a session at once although a retry waits (TR-069 3.2.1.1). Several reasons
 * before it begins make one session. */
void device_want_session(struct device *device, int64_t delay)
{
	if (!device->powered || device->session || device->start || device->restart ||
	    device_has(device, DEFECT_REFUSES_WITHOUT_TUNNEL))
		return;
	if (!strcmp(device_value(device, "ManagementServer.EnableCWMP"), "false"))
		return;
	if (device->retry && device_has(device, DEFECT_NEW_EVENT_WAITS))
		return;
	if (device->retry && device->failure == FAILED_BY_TUNNEL)
		return; /* without a tunnel nobody can be told */
	cancel(&device->retry);
	cancel(&device->throttle);
	device->start = loop_after(device->loop, delay, start_now, device);
}

void device_reachable(struct device *device)
{
	if (!device->retry || device->failure != FAILED_BY_TUNNEL)
		return;
	cancel(&device->retry);
	device_want_session(device, 0);
}

void device_event(struct device *device, const char *code, const char *key)
{
	events_add(&device->events, code, key);
	device_want_session(device, 0);
}

static void throttle_over(void *context)
{
	struct device *device = context;

	device->throttle = NULL;
	device_changed(device);
}

/* DefaultActiveNotificationThrottle: seconds since the end of the last good session before one
 * only for active notifications. */
static int64_t throttled(const struct device *device)
{
	const char *value =
		device_value(device, "ManagementServer.DefaultActiveNotificationThrottle");
	int64_t until = device->last_success + SECONDS(strtoll(value, NULL, 10));
	int64_t now = loop_now(device->loop);

	if (device_has(device, DEFECT_IGNORES_THROTTLE))
		return 0;
	return device->last_success && until > now ? until - now : 0;
}

void device_changed(struct device *device)
{
	if (!device->powered || device->session)
		return;
	if (device->change_session && tree_has_changes(device->tree)) {
		device_want_session(device, 0);
		return;
	}
	if (!tree_wants_session(device->tree))
		return;
	int64_t wait = throttled(device);
	if (wait == 0)
		device_want_session(device, 0);
	else if (!device->throttle)
		device->throttle = loop_after(device->loop, wait, throttle_over, device);
}

static void reboot(struct device *device)
{
	char key[sizeof(device->reboot_key)];

	memcpy(key, device->reboot_key, sizeof(key));
	if (device->reboot_due && !device_has(device, DEFECT_REBOOT_WITHOUT_EVENT)) /* kept over the power cycle */
		events_add(&device->events, "M Reboot", key);
	device_power_off(device);
	device_power_on(device, NULL);
}

/* The URL is another one than that which was last greeted: 0 BOOTSTRAP (TR-069 3.2.1). */
static void greet_new_url(struct device *device)
{
	if (device->bootstrapped &&
	    !strcmp(device->bootstrapped, device_value(device, "ManagementServer.URL")))
		return;
	if (events_have(&device->events, "0 BOOTSTRAP"))
		return;
	tree_forget_changes(device->tree);
	events_add(&device->events, "0 BOOTSTRAP", "");
}

static bool has_unsent(const struct device *device)
{
	for (size_t i = 0; i < device->events.count; i++)
		if (!device->events.list[i].sent)
			return true;
	return false;
}

static void leave_backhaul(struct device *device)
{
	bool wordless = device->reset_due && device_has(device, DEFECT_RESETS_WITHOUT_WORD);

	backhaul_stop(device->backhaul, !wordless);
}

void device_restart(struct device *device)
{
	leave_backhaul(device);
	uplink_stop(device->uplink, true); /* an orderly end: the gateway is told */
	if (device->reset_due) {
		device_power_off(device);
		device_reset(device);
		device_power_on(device, NULL);
	} else {
		reboot(device);
	}
}

static void restart_now(void *context)
{
	struct device *device = context;

	device->restart = NULL;
	device_restart(device);
}

/* The restart that a session brought about. What the session's connection says at its end would
 * come behind the DELETE of a tunnel that went with it: it is let out first. */
static void restart_behind(struct device *device)
{
	int64_t wait = uplink_settle_time(device->uplink);

	if (wait == 0) {
		device_restart(device);
		return;
	}
	device_stop_timers(device);
	alarms_stop(device);
	device_leave_address(device);
	leave_backhaul(device);
	device->restart = loop_after(device->loop, wait, restart_now, device);
}

static void after_success(struct device *device)
{
	device->retry_count = 0;
	device->wait_number = 0;
	device->last_success = loop_now(device->loop);
	if (device->reset_due || device->reboot_due || device->restart_due) {
		restart_behind(device);
		return;
	}
	if (device->remembered && device_has(device, DEFECT_REGISTERS_AFTER_RESET))
		device_set(device, "ManagementServer.URL", device->remembered);
	free(device->remembered);
	device->remembered = NULL;
	if (device->radio_due)
		radio_follow(device, true);
	device->radio_due = false;
	greet_new_url(device);
	device_store_save(device);
	uplink_follow(device->uplink);
	backhaul_follow(device->backhaul);
	transfers_start(device);
	if (device->request_again)
		events_add(&device->events, "6 CONNECTION REQUEST", "");
	device->request_again = false;
	if (device->other_sessions > 0) {
		device->other_sessions--;
		events_add(&device->events, "6 CONNECTION REQUEST", "");
	}
	if (device_has(device, DEFECT_STOPS_AFTER_DISCOVERY) &&
	    events_have(&device->events, "0 BOOTSTRAP")) {
		events_remove(&device->events, "0 BOOTSTRAP");
		return;
	}
	if (has_unsent(device) || transfers_to_tell(device))
		device_want_session(device, 0);
	else
		device_changed(device);
}

static void retry_now(void *context)
{
	struct device *device = context;

	device->retry = NULL;
	device_want_session(device, 0);
}

/* Defects: this failure is the last. */
static bool gives_up(const struct device *device)
{
	return device_has(device, DEFECT_NEVER_RETRIES) ||
	       (device->failure == FAILED_BY_STATUS && device_has(device, DEFECT_GIVES_UP_AFTER_500)) ||
	       (device->failure == FAILED_BY_FAULT && device_has(device, DEFECT_GIVES_UP_AFTER_FAULT)) ||
	       (device->failure == FAILED_BY_CUT && device_has(device, DEFECT_GIVES_UP_AT_CUT)) ||
	       (device->failure == FAILED_BY_DNS && device_has(device, DEFECT_GIVES_UP_AT_SERVFAIL)) ||
	       (device->failure == FAILED_BY_REDIRECT &&
		device_has(device, DEFECT_GIVES_UP_AT_SIXTH_REDIRECT)) ||
	       (device->failure == FAILED_BY_CONNECTION &&
		device_has(device, DEFECT_GIVES_UP_AT_DEAD_ADDRESS)) ||
	       (device->failure == FAILED_BY_TUNNEL &&
		device_has(device, DEFECT_GIVES_UP_WITHOUT_TUNNEL)) ||
	       (device->retry_count > 10 && device_has(device, DEFECT_GIVES_UP_AFTER_TEN));
}

static void after_failure(struct device *device)
{
	bool requested = false;
	int64_t wait;

	for (size_t i = 0; i < device->events.count; i++)
		if (!strcmp(device->events.list[i].code, "6 CONNECTION REQUEST") &&
		    !device->events.list[i].sent)
			requested = true;
	events_failed(&device->events);
	if (device_has(device, DEFECT_ALARM_LOST_ON_RETRY))
		tree_changes_delivered(device->tree);
	else
		tree_changes_failed(device->tree);
	device->retry_count += device_has(device, DEFECT_RETRY_COUNT_DOUBLED) ? 2 : 1;
	device->wait_number++;
	if (device->reset_due && device_has(device, DEFECT_RESETS_THOUGH_BROKEN)) {
		device_restart(device);
		return;
	}
	greet_new_url(device);
	device_store_save(device);
	if (gives_up(device))
		return;
	if (device_has(device, DEFECT_RETRY_AT_ONCE) ||
	    (device->failure == FAILED_BY_TUNNEL &&
	     device_has(device, DEFECT_TUNNEL_RETRY_AT_ONCE)))
		wait = SECONDS(1);
	else if (device_has(device, DEFECT_CONSTANT_RETRY_WAIT))
		wait = SECONDS(12);
	else if (device_has(device, VARIANT_RETRY_SOON))
		wait = retry_range(device->wait_number).least;
	else if (device_has(device, VARIANT_RETRY_LATE))
		wait = retry_range(device->wait_number).most;
	else
		wait = retry_wait(device->wait_number, &device->random);
	if (device_has(device, DEFECT_RETRY_WAIT_CAPPED) && wait > SECONDS(80))
		wait = SECONDS(80);
	if (requested)
		device_want_session(device, 0);
	else
		device->retry = loop_after(device->loop, wait, retry_now, device);
}

void device_session_over(struct device *device, bool success)
{
	device->session = NULL;
	if (success)
		after_success(device);
	else
		after_failure(device);
}

/* Seconds since 1970 of a dateTime; false for an unknown one (year 1 or 0) or rubbish. */
static bool parse_time(const char *text, int64_t *seconds)
{
	struct tm parts = {0};

	if (sscanf(text, "%d-%d-%dT%d:%d:%d", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
		   &parts.tm_hour, &parts.tm_min, &parts.tm_sec) != 6 ||
	    parts.tm_year < 1970 || parts.tm_year > 9999)
		return false;
	parts.tm_year -= 1900;
	parts.tm_mon -= 1;
	*seconds = timegm(&parts);
	return true;
}

static void periodic_due(void *context)
{
	struct device *device = context;

	device->periodic = NULL;
	device_periodic(device);
	device_event(device, "2 PERIODIC", "");
}

/* Seconds; 0 = no periodic Informs. */
static int64_t periodic_interval(struct device *device)
{
	int64_t interval = strtoll(device_value(device, "ManagementServer.PeriodicInformInterval"),
				   NULL, 10);

	if (interval < 1 ||
	    strcmp(device_value(device, "ManagementServer.PeriodicInformEnable"), "true") != 0)
		interval = 0;
	if (interval > 0xffffffffLL)
		interval = 0xffffffffLL;
	if (interval && device_has(device, DEFECT_PERIODIC_IGNORES_INTERVAL))
		interval = 86400;
	if (interval && device->old_interval &&
	    device_has(device, DEFECT_PERIODIC_KEEPS_OLD_INTERVAL))
		interval = device->old_interval;
	device->old_interval = interval;
	return interval;
}

/* Informs at PeriodicInformTime plus or minus any number of intervals; without a time the
 * device picks the phase (cwmp: periodic Inform). */
void device_periodic(struct device *device)
{
	int64_t interval = periodic_interval(device), phase, wait;

	if (interval == 0 && device_has(device, DEFECT_PERIODIC_WHEN_DISABLED))
		return;
	cancel(&device->periodic);
	if (!device->powered || interval == 0)
		return;
	wait = SECONDS(interval);
	if (parse_time(device_value(device, "ManagementServer.PeriodicInformTime"), &phase)) {
		if (device_has(device, DEFECT_PERIODIC_OUT_OF_PHASE))
			phase += interval / 2;
		int64_t since = (loop_now(device->loop) - SECONDS(phase)) % wait;
		wait -= since < 0 ? since + wait : since;
	}
	device->periodic = loop_after(device->loop, wait, periodic_due, device);
}

static void schedule_due(void *context)
{
	struct schedule *schedule = context;

	schedule->timer = NULL;
	device_event(schedule->device, "3 SCHEDULED", "");
	if (!device_has(schedule->device, DEFECT_SCHEDULE_WITHOUT_EVENT))
		device_event(schedule->device, "M ScheduleInform", schedule->key);
}

bool device_schedule_free(const struct device *device)
{
	for (int i = 0; i < SCHEDULES_MOST; i++)
		if (!device->schedules[i].timer)
			return true;
	return false;
}

void device_schedule(struct device *device, const char *key, int64_t delay)
{
	for (int i = 0; i < SCHEDULES_MOST; i++) {
		struct schedule *schedule = &device->schedules[i];
		if (schedule->timer && device_has(device, DEFECT_SCHEDULE_KEEPS_FIRST))
			return;
		if (schedule->timer)
			continue;
		if (device_has(device, DEFECT_SCHEDULE_EARLY))
			delay /= 2;
		schedule->device = device;
		snprintf(schedule->key, sizeof(schedule->key), "%s",
			 device_has(device, DEFECT_SCHEDULE_WITHOUT_KEY) ? "" : key);
		schedule->timer = loop_after(device->loop, delay, schedule_due, schedule);
		return;
	}
}

static const char *request_username(void *context)
{
	return device_value(context, "ManagementServer.ConnectionRequestUsername");
}

static const char *request_password(void *context)
{
	return device_value(context, "ManagementServer.ConnectionRequestPassword");
}

/* Has it accepted two in the last minute? */
static bool has_enough(struct device *device)
{
	int64_t now = loop_now(device->loop);

	if (!device_has(device, VARIANT_LIMITS_REQUESTS))
		return false;
	if (device->taken[0] && now - device->taken[0] < SECONDS(60))
		return true;
	device->taken[0] = device->taken[1];
	device->taken[1] = now;
	return false;
}

/* Busy from the beginning of a session to its end: 503 each time, or one session after this
 * one (TR-069 3.2.2); never both. */
static bool accept_request(void *context)
{
	struct device *device = context;

	if (device->session && device_has(device, DEFECT_BUSY_AND_FORGETS))
		return true;
	if (device->session && !device_has(device, VARIANT_ACCEPTS_WHEN_BUSY))
		return false;
	if (has_enough(device))
		return false;
	if (++device->requests == 6 && device_has(device, DEFECT_NO_SESSION_FOR_SIXTH_REQUEST))
		return true;
	device->request_again = device_has(device, DEFECT_CONNECTION_REQUEST_TWICE);
	if (device_has(device, DEFECT_SESSION_EACH_REQUEST) && device->start)
		device->other_sessions++;
	events_add(&device->events, "6 CONNECTION REQUEST", "");
	device_want_session(device, MILLISECONDS(20)); /* the answer goes out first */
	return true;
}

static bool busy_at_once(void *context)
{
	const struct device *device = context;

	return device->session && device_has(device, VARIANT_BUSY_AT_ONCE) &&
	       !device_has(device, VARIANT_ACCEPTS_WHEN_BUSY);
}

/* Of a right name the password is not looked at, of a wrong one nothing is. */
static bool without_secret(void *context, const char *username)
{
	bool known = !strcmp(username, request_username(context));

	return device_has(context, known ? DEFECT_SESSION_ON_WRONG_PASSWORD
					 : DEFECT_SESSION_ON_WRONG_USERNAME);
}

static bool without_credentials(void *context)
{
	return device_has(context, DEFECT_UNAUTHENTICATED_CONNECTION_REQUEST);
}

static void refused_request(void *context)
{
	if (device_has(context, DEFECT_SESSION_FOR_REFUSED_REQUEST))
		accept_request(context);
}

/* The port of before the power cycle, if it is free; a port that the factory fixed, or none. */
static void open_server(struct device *device, const struct address *local,
			struct problem *problem)
{
	struct connection_request_owner owner = {
		.username = request_username,
		.password = request_password,
		.accept = accept_request,
		.busy_at_once = busy_at_once,
		.refused = refused_request,
		.without_credentials = without_credentials,
		.without_secret = without_secret,
		.no_content = device_has(device, VARIANT_NO_CONTENT),
		.nonce_once = device_has(device, VARIANT_NONCE_ONCE),
		.body = device_has(device, DEFECT_CONNECTION_REQUEST_BODY),
		.basic = device_has(device, DEFECT_CONNECTION_REQUEST_BASIC),
		.not_found = device_has(device, DEFECT_CONNECTION_REQUEST_NOT_FOUND),
		.anywhere = device_has(device, DEFECT_CONNECTION_REQUEST_ANYWHERE),
		.stale_for_good = device_has(device, DEFECT_STALE_FOR_GOOD),
		.stale_silent = device_has(device, DEFECT_SILENT_AT_OLD_NONCE),
		.known_nonce_enough = device_has(device, DEFECT_SESSION_ON_OLD_NONCE),
		.context = device,
	};
	struct address address = *local;

	if (address.port == 0 && device->request_port != 0) {
		address.port = device->request_port;
		device->connection_requests = connection_requests_new(device->loop, &address,
			device->request_path, &device->random, &owner, NULL);
		address.port = 0;
	}
	if (!device->connection_requests)
		device->connection_requests = connection_requests_new(device->loop, &address,
			device->request_path, &device->random, &owner, problem);
}

void device_leave_address(struct device *device)
{
	connection_requests_free(device->connection_requests);
	device->connection_requests = NULL;
	http_client_free(device->idle);
	device->idle = NULL;
	device->dns_cache = (struct resolver_cache){0};
	device->dns_failed = 0;
}

bool device_listen(struct device *device, const struct address *local, bool told,
		   struct problem *problem)
{
	struct parameter *parameter;
	struct address address;
	char text[ADDRESS_TEXT];

	device_leave_address(device);
	if (!device->request_path && device_has(device, DEFECT_CONNECTION_REQUEST_URL_BARE))
		device->request_path = memory_text("/");
	if (!device->request_path)
		device->request_path = memory_format("/%016llx",
			(unsigned long long)generator_next(&device->random));
	open_server(device, local, problem);
	if (!device->connection_requests)
		return false;
	address = *connection_requests_address(device->connection_requests);
	device->request_port = address.port;
	char *url = memory_format("%s://%s%s",
		device_has(device, DEFECT_CONNECTION_REQUEST_URL_HTTPS) ? "https" : "http",
		address_text(&address, text),
		strcmp(device->request_path, "/") != 0 ? device->request_path : "");
	parameter = device_parameter(device, "ManagementServer.ConnectionRequestURL");
	if (parameter && told)
		parameter_change(parameter, url);
	else if (parameter)
		parameter_set(parameter, url);
	free(url);
	return true;
}
