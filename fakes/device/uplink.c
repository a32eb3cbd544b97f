#include "fakes/device/uplink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/resolver.h"
#include "fakes/device/retry.h"
#include "fakes/device/state.h"
#include "fakes/device/tunnel-end.h"
#include "protocols/memory.h"

#define SETTLE_TIME MILLISECONDS(100) /* from a session's end to the tunnel's */

struct uplink {
	struct device *device;
	struct tunnel *tunnel;
	struct lookup *lookup;
	struct tunnel_end *end, *parked; /* parked: an older one that was not ended (variant) */
	struct address gateway;
	struct ikev2_inner inner;        /* while the tunnel is up */
	struct timer *settle;            /* a session's last octets still go out */
	struct timer *again;             /* to build it anew */
	unsigned tries;                  /* that failed since it was up */
	struct tunnel_plan clung;        /* of before a file came (a defect); none: it goes by the tree */
	bool keeps;                      /* the tunnel that is up until it is lost (a variant) */
	bool renewed;                    /* its tunnel, behind a session, since the power came (a defect) */
	uplink_callback callback;       /* of who waits; NULL = nobody */
	void *context;
};

static struct parameter *parameter_of(const struct device *device, const char *short_name)
{
	char *path = map_path(device->factory.map, short_name);
	struct parameter *parameter = path ? tree_find(device->tree, path) : NULL;

	free(path);
	return parameter;
}

static bool is_true(const struct device *device, const char *short_name, bool absent)
{
	const struct parameter *parameter = parameter_of(device, short_name);

	return parameter ? !strcmp(parameter->value, "true") : absent;
}

/* Is IPsec to be used (TS 32.583 5.2.1 step 5.3, TS 32.593 5.1.3 step 2.1)? */
static bool is_used(const struct device *device)
{
	if (device_has(device, DEFECT_NO_TUNNEL_THOUGH_ON) && device->bootstrapped)
		return false;
	return is_true(device, "IpsecUsageIndicator", true) ||
	       device_has(device, DEFECT_TUNNEL_THOUGH_OFF);
}

void uplink_plan(const struct device *device, struct tunnel_plan *plan)
{
	static const char *const names[TUNNEL_GATEWAYS] = {"SecGWServer1", "SecGWServer2",
							   "SecGWServer3"};

	bool backwards = device_has(device, DEFECT_LAST_GATEWAY_FIRST);

	*plan = (struct tunnel_plan){0};
	if (!device->factory.tunnel_ends || !is_used(device))
		return;
	if (device->uplink && device->uplink->clung.count) {
		*plan = device->uplink->clung;
		return;
	}
	for (int i = 0; i < TUNNEL_GATEWAYS; i++) {
		const struct parameter *gateway =
			parameter_of(device, names[backwards ? TUNNEL_GATEWAYS - 1 - i : i]);
		if (gateway)
			tunnel_plan_add(plan, gateway->value);
	}
}

/* The HMS that the factory set, of a cell without a gateway from there, is on the Internet. */
static bool is_outside(const struct device *device)
{
	return !device->factory.segw && !strcmp(device_value(device, "ManagementServer.URL"),
						device->factory.hms_url);
}

/* Management goes through the tunnel unless UseForCWMP says no (TR-262 FAP.Tunnel.); in the models
 * that have no such parameter all goes that is inside. */
static bool carries_cwmp(const struct uplink *uplink)
{
	return tunnel_is_up(uplink->tunnel) && !is_outside(uplink->device) &&
	       is_true(uplink->device, "UseForCWMP", true);
}

static struct address inner_address(const struct uplink *uplink)
{
	struct address address = uplink->inner.address4.family ? uplink->inner.address4
								 : uplink->inner.address6;

	if (address.family == 0)
		return uplink->device->factory.local; /* it asked for none (a defect) */
	address.place = uplink->device->factory.local.place;
	address.port = 0;
	return address;
}

/* The other one, of a cell that has both. */
struct address uplink_other_local(const struct uplink *uplink)
{
	struct address address = {0};

	if (!carries_cwmp(uplink) || !uplink->inner.address4.family)
		return address;
	address = uplink->inner.address6;
	address.place = uplink->device->factory.local.place;
	return address;
}

/* The first that can be reached from the inner address. */
static struct address inner_dns(const struct uplink *uplink)
{
	uint8_t family = inner_address(uplink).family;
	struct address dns = {0};

	for (size_t i = uplink->inner.dns_count; i-- > 0;)
		if (uplink->inner.dns[i].family == family || !dns.family)
			dns = uplink->inner.dns[i];
	dns.port = uplink->device->factory.inner_dns_port ?
			   uplink->device->factory.inner_dns_port : 53;
	return dns;
}

static bool asks_outside_for_core(const struct uplink *uplink)
{
	return device_has(uplink->device, DEFECT_ASKS_OUTSIDE_FOR_SERVER);
}

struct address uplink_core_local(const struct uplink *uplink)
{
	return tunnel_is_up(uplink->tunnel) ? inner_address(uplink)
					     : uplink->device->factory.local;
}

struct address uplink_core_dns(const struct uplink *uplink)
{
	return tunnel_is_up(uplink->tunnel) && !asks_outside_for_core(uplink) ?
		       inner_dns(uplink) : uplink->device->factory.dns;
}

struct address uplink_core_dns_local(const struct uplink *uplink)
{
	return asks_outside_for_core(uplink) ? uplink->device->factory.local
					     : uplink_core_local(uplink);
}

struct address uplink_hms_local(const struct uplink *uplink)
{
	bool past = device_has(uplink->device, DEFECT_SPEAKS_PAST_TUNNEL);

	return carries_cwmp(uplink) && !past ? inner_address(uplink)
					     : uplink->device->factory.local;
}

struct address uplink_local_towards(const struct uplink *uplink, const char *host)
{
	const struct tunnel_ends *ends = uplink->device->factory.tunnel_ends;
	struct address literal;

	if (carries_cwmp(uplink) && ends->carries && uplink->end &&
	    address_parse(host, &literal) == 0 && !ends->carries(uplink->end, &literal))
		return uplink->device->factory.local;
	return uplink_hms_local(uplink);
}

/* Names of what is inside are asked inside (TS 32.593 5.1.2.2 1.4). */
static bool asks_inside(const struct uplink *uplink)
{
	return carries_cwmp(uplink) && !device_has(uplink->device, DEFECT_ASKS_OUTSIDE_FOR_HMS);
}

struct address uplink_hms_dns(const struct uplink *uplink)
{
	return asks_inside(uplink) ? inner_dns(uplink) : uplink->device->factory.dns;
}

struct address uplink_dns_local(const struct uplink *uplink)
{
	return asks_inside(uplink) ? inner_address(uplink) : uplink->device->factory.local;
}

bool uplink_core_ready(const struct uplink *uplink)
{
	struct tunnel_plan plan;

	uplink_plan(uplink->device, &plan);
	return plan.count == 0 || tunnel_serves(uplink->tunnel, &plan);
}

/* The Connection Request server moves to where the HMS is to find the cell. told: the new URL is a
 * change of the cell's own (TR-069 3.2.1.5: 4 VALUE CHANGE). */
static bool listen_anew(struct uplink *uplink, bool told, struct problem *problem)
{
	struct address local = uplink_hms_local(uplink);

	return device_listen(uplink->device, &local, told, problem);
}

static void put(struct device *device, const char *short_name, const char *value, bool told)
{
	struct parameter *parameter = parameter_of(device, short_name);

	if (parameter && told)
		parameter_change(parameter, value);
	else if (parameter)
		parameter_set(parameter, value);
}

/* A URL that was not greeted yet hears all in its first Inform, and so does it of a boot. */
static bool is_news(const struct device *device)
{
	if (device_has(device, DEFECT_SILENT_ADDRESS_CHANGE))
		return false;
	return !events_have(&device->events, "0 BOOTSTRAP") &&
	       !events_have(&device->events, "1 BOOT");
}

/* Says that something changed, and what it was (a defect). */
static void tell_old(struct device *device)
{
	parameter_touch(device_parameter(device, "ManagementServer.ConnectionRequestURL"));
	device_changed(device);
}

/* A session for the change, whose Inform does not call it one (a defect). */
static void tell_without_event(struct device *device)
{
	if (!tree_has_changes(device->tree))
		return;
	tree_forget_changes(device->tree);
	device_event(device, "2 PERIODIC", "");
}

void uplink_rekeyed(struct uplink *uplink)
{
	if (device_has(uplink->device, DEFECT_INFORMS_ON_REKEY))
		tell_old(uplink->device);
}

static void note_address(struct uplink *uplink, bool told)
{
	struct device *device = uplink->device;
	struct address inner = inner_address(uplink);
	char text[ADDRESS_TEXT], time[32];

	device_time(device, time);
	if (told && device_has(device, DEFECT_STALE_INNER_ADDRESS)) {
		tell_old(device);
		return;
	}
	put(device, "IpAddressInTunnel", address_host(&inner, text), told);
	put(device, "IKESA.1.Status", "Completed", false);
	put(device, "IKESA.1.PeerAddress", address_host(&uplink->gateway, text), false);
	put(device, "IKESA.1.CreationTime", time, false);
	put(device, "IKESA.1.DNSServers",
	    uplink->inner.dns_count ? address_host(&uplink->inner.dns[0], text) : "", false);
	listen_anew(uplink, told, NULL);
	if (told && device_has(device, DEFECT_ADDRESS_WITHOUT_EVENT))
		tell_without_event(device);
	else if (told && !device_has(device, DEFECT_ADDRESS_TOLD_WHEN_ASKED))
		device_changed(device);
	backhaul_follow(device->backhaul);
}

static void tell(struct uplink *uplink, const struct problem *why)
{
	uplink_callback callback = uplink->callback;

	uplink->callback = NULL;
	if (callback)
		callback(uplink->context, why);
}

static void end_up(void *context, const struct ikev2_inner *inner)
{
	struct uplink *uplink = context;

	uplink->inner = *inner;
	if (tunnel_is_up(uplink->tunnel)) /* another address in the same tunnel */
		note_address(uplink, is_news(uplink->device));
	else
		tunnel_up(uplink->tunnel);
}

static void close_end(struct uplink *uplink, bool politely)
{
	struct tunnel_end *end = uplink->end;

	uplink->end = NULL;
	if (end)
		uplink->device->factory.tunnel_ends->close(end, politely);
}

static void end_down(void *context, const struct problem *why)
{
	struct uplink *uplink = context;

	close_end(uplink, false);
	tunnel_down(uplink->tunnel, why);
}

static void connect_to(void *context, const struct address *gateway, const char *name)
{
	static const struct tunnel_end_events events = {end_up, end_down};
	struct uplink *uplink = context;
	struct problem problem = {""};

	uplink->gateway = *gateway;
	uplink->end = uplink->device->factory.tunnel_ends->open(uplink->device, gateway, name,
								  &events, uplink, &problem);
	if (!uplink->end)
		tunnel_down(uplink->tunnel, &problem);
}

static void resolved(void *context, const struct resolver_answer *answer,
		     const struct problem *problem)
{
	struct uplink *uplink = context;

	uplink->lookup = NULL;
	tunnel_resolved(uplink->tunnel, answer ? answer->addresses : NULL,
			answer ? answer->count : 0, problem);
}

/* The gateway stands outside, and so is its name (TS 32.593 5.1.2.2 1.1). */
static void resolve(void *context, const char *name)
{
	struct uplink *uplink = context;
	struct device *device = uplink->device;
	const struct resolver_way way = { .needlessly = device_has(device, DEFECT_ASKS_FOR_ADDRESS) };

	bool inside = device_has(device, DEFECT_ASKS_INSIDE_FOR_GATEWAY);

	uplink->lookup = resolver_ask(device->loop, &device->factory.local,
				      inside ? &device->factory.wrong_dns : &device->factory.dns,
				      name, &way, &device->random, resolved, uplink);
}

int uplink_authenticate(struct uplink *uplink, struct problem *problem)
{
	const struct tunnel_ends *ends = uplink->device->factory.tunnel_ends;

	if (!tunnel_is_up(uplink->tunnel) || !ends->authenticate)
		return problem_set(problem, "the device has no tunnel to authenticate anew for");
	ends->authenticate(uplink->end);
	return 0;
}

static void close_parked(struct uplink *uplink, bool politely)
{
	if (uplink->parked)
		uplink->device->factory.tunnel_ends->close(uplink->parked, politely);
	uplink->parked = NULL;
}

static void disconnect(void *context, bool politely)
{
	struct uplink *uplink = context;

	resolver_cancel(uplink->lookup);
	uplink->lookup = NULL;
	device_leave_address(uplink->device);
	if (politely && (device_has(uplink->device, VARIANT_LEAVES_TUNNEL) ||
			 device_has(uplink->device, VARIANT_NEW_TUNNEL_FIRST))) {
		close_parked(uplink, false);
		uplink->parked = uplink->end;
		uplink->end = NULL;
	} else {
		close_end(uplink, politely);
	}
}

static void build(void *context)
{
	struct uplink *uplink = context;
	struct tunnel_plan plan;

	uplink->again = NULL;
	uplink_plan(uplink->device, &plan);
	if (device_has(uplink->device, DEFECT_BACK_TO_INITIAL_GATEWAY)) {
		plan.count = 0;
		tunnel_plan_add(&plan, uplink->device->factory.segw ?
						uplink->device->factory.segw : "");
	}
	if (!tunnel_serves(uplink->tunnel, &plan))
		tunnel_want(uplink->tunnel, &plan);
}

/* A cell without its tunnel can neither be called nor serve: it is built anew by itself, after
 * the waits of the retry table. */
static void build_later(struct uplink *uplink)
{
	int64_t wait = uplink->tries ? retry_wait(uplink->tries, &uplink->device->random) : 0;

	uplink->tries++;
	loop_cancel(uplink->again);
	uplink->again = loop_after(uplink->device->loop, wait, build, uplink);
}

static void ready(void *context, const struct problem *why)
{
	struct uplink *uplink = context;

	if (!why) {
		uplink->tries = 0;
		loop_cancel(uplink->again);
		uplink->again = NULL;
		note_address(uplink, is_news(uplink->device));
		outage_ends(uplink->device, OUTAGE_TUNNEL);
		if (device_has(uplink->device, VARIANT_NEW_TUNNEL_FIRST))
			close_parked(uplink, true);
	} else if (!uplink->callback) {
		build_later(uplink);
	}
	tell(uplink, why);
	if (!why)
		device_reachable(uplink->device);
}

static void lost(void *context, const struct problem *why)
{
	struct uplink *uplink = context;

	put(uplink->device, "IKESA.1.Status", "Disabled", false);
	device_uplink_lost(uplink->device, why);
	backhaul_follow(uplink->device->backhaul);
	if (device_has(uplink->device, DEFECT_ALARM_LOST_WITH_TUNNEL))
		tree_forget_changes(uplink->device->tree);
	outage_begins(uplink->device, OUTAGE_TUNNEL);
	if (uplink->device->powered &&
	    !device_has(uplink->device, DEFECT_NEVER_REBUILDS_TUNNEL))
		build_later(uplink);
}

struct uplink *uplink_new(struct device *device)
{
	struct uplink *uplink = memory_new(sizeof(*uplink));
	const struct tunnel_calls calls = {uplink, resolve, connect_to, disconnect, ready, lost};

	uplink->device = device;
	uplink->tunnel = tunnel_new(&calls);
	return uplink;
}

void uplink_free(struct uplink *uplink)
{
	if (!uplink)
		return;
	uplink_stop(uplink, false);
	tunnel_free(uplink->tunnel);
	free(uplink);
}

static void set_flaws(struct uplink *uplink)
{
	const struct tunnel_flaws flaws = {
		.first_address_only =
			device_has(uplink->device, DEFECT_FIRST_GATEWAY_ADDRESS_ONLY),
		.first_gateway_only = device_has(uplink->device, DEFECT_FIRST_GATEWAY_ONLY),
		.keeps_any = uplink->keeps ||
			     device_has(uplink->device, DEFECT_STAYS_AT_OLD_GATEWAY),
	};

	tunnel_set_flaws(uplink->tunnel, &flaws);
}

void uplink_file_comes(struct uplink *uplink)
{
	if (device_has(uplink->device, DEFECT_FILE_GATEWAY_UNUSED))
		uplink_plan(uplink->device, &uplink->clung);
	uplink->keeps = device_has(uplink->device, VARIANT_KEEPS_TUNNEL) &&
			tunnel_is_up(uplink->tunnel);
	set_flaws(uplink);
}

bool uplink_start(struct uplink *uplink, struct problem *problem)
{
	struct tunnel_plan plan;

	uplink->keeps = uplink->renewed = false;
	set_flaws(uplink);
	uplink->tries = 0;
	uplink_plan(uplink->device, &plan);
	if (plan.count && !is_outside(uplink->device) &&
	    is_true(uplink->device, "UseForCWMP", true))
		return true; /* it can be called when it is inside */
	return listen_anew(uplink, false, problem);
}

void uplink_stop(struct uplink *uplink, bool politely)
{
	uplink->callback = NULL;
	loop_cancel(uplink->again);
	loop_cancel(uplink->settle);
	uplink->again = uplink->settle = NULL;
	tunnel_drop(uplink->tunnel, politely);
	close_parked(uplink, false);
	uplink->inner = (struct ikev2_inner){0};
	if (uplink->device->factory.tunnel_ends)
		uplink->device->factory.tunnel_ends->stop(uplink->device);
}

static void go_outside(struct uplink *uplink)
{
	bool told = is_news(uplink->device);

	/* What it says at its end would come behind the DELETE. */
	backhaul_stop(uplink->device->backhaul, false);
	tunnel_drop(uplink->tunnel, true);
	if (device_has(uplink->device, VARIANT_NEW_TUNNEL_FIRST))
		close_parked(uplink, true);
	uplink->inner = (struct ikev2_inner){0};
	put(uplink->device, "IpAddressInTunnel", "", told);
	put(uplink->device, "IKESA.1.Status", "Disabled", false);
	listen_anew(uplink, told, NULL);
	backhaul_follow(uplink->device->backhaul);
	tell(uplink, NULL);
	if (told)
		device_changed(uplink->device);
}

bool uplink_prepare(struct uplink *uplink, uplink_callback callback, void *context)
{
	struct tunnel_plan plan;

	uplink_plan(uplink->device, &plan);
	if (device_has(uplink->device, DEFECT_SPEAKS_BEFORE_TUNNEL) &&
	    tunnel_is_idle(uplink->tunnel))
		return true;
	if (!uplink->settle && plan.count == 0 && !tunnel_is_idle(uplink->tunnel))
		go_outside(uplink);
	if (!uplink->settle && (plan.count == 0 || tunnel_serves(uplink->tunnel, &plan)))
		return true;
	uplink->callback = callback;
	uplink->context = context;
	if (!uplink->settle)
		tunnel_want(uplink->tunnel, &plan);
	return false;
}

void uplink_forget(struct uplink *uplink)
{
	uplink->callback = NULL;
}

static void settled(void *context)
{
	struct uplink *uplink = context;
	struct tunnel_plan plan;

	uplink->settle = NULL;
	uplink_plan(uplink->device, &plan);
	if (plan.count == 0)
		go_outside(uplink);
	else
		tunnel_want(uplink->tunnel, &plan);
}

int64_t uplink_settle_time(const struct uplink *uplink)
{
	return tunnel_is_up(uplink->tunnel) ? SETTLE_TIME : 0;
}

static bool renews_needlessly(struct uplink *uplink)
{
	bool first = !uplink->renewed;

	if (!tunnel_is_up(uplink->tunnel))
		return false;
	uplink->renewed = true;
	return device_has(uplink->device, DEFECT_NEW_TUNNEL_EACH_SESSION) ||
	       (first && device_has(uplink->device, DEFECT_NEW_TUNNEL_ONCE));
}

void uplink_follow(struct uplink *uplink)
{
	struct tunnel_plan plan;

	uplink_plan(uplink->device, &plan);
	if (renews_needlessly(uplink))
		tunnel_drop(uplink->tunnel, true);
	if (uplink->settle || (plan.count == 0 ? tunnel_is_idle(uplink->tunnel)
						: tunnel_serves(uplink->tunnel, &plan)))
		return;
	http_client_free(uplink->device->idle); /* a connection that was kept goes before its tunnel */
	uplink->device->idle = NULL;
	uplink->settle = loop_after(uplink->device->loop, SETTLE_TIME, settled, uplink);
}
