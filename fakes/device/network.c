#include "fakes/device/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/resolver.h"
#include "fakes/device/retry.h"
#include "fakes/device/state.h"
#include "fakes/device/tunnel-end.h"
#include "protocols/memory.h"

#define SETTLE_TIME MILLISECONDS(100) /* from a session's end to the tunnel's */

struct network {
	struct device *device;
	struct tunnel *tunnel;
	struct lookup *lookup;
	struct tunnel_end *end, *parked; /* parked: an older one that was not ended (variant) */
	struct address gateway;
	struct ikev2_inner inner;        /* while the tunnel is up */
	struct timer *settle;            /* a session's last octets still go out */
	struct timer *again;             /* to build it anew */
	unsigned tries;                  /* that failed since it was up */
	network_callback callback;       /* of who waits; NULL = nobody */
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

void network_plan(const struct device *device, struct tunnel_plan *plan)
{
	static const char *const names[TUNNEL_GATEWAYS] = {"SecGWServer1", "SecGWServer2",
							   "SecGWServer3"};

	*plan = (struct tunnel_plan){0};
	if (!device->factory.tunnel_ends || !is_true(device, "IpsecUsageIndicator", true))
		return;
	for (int i = 0; i < TUNNEL_GATEWAYS; i++) {
		const struct parameter *gateway = parameter_of(device, names[i]);
		if (gateway)
			tunnel_plan_add(plan, gateway->value);
	}
}

/* Management goes through the tunnel unless UseForCWMP says no (TR-262 FAP.Tunnel.); the models
 * that have no such parameter leave it to the gateway's selectors. */
static bool carries_cwmp(const struct network *network)
{
	return tunnel_is_up(network->tunnel) && is_true(network->device, "UseForCWMP", true);
}

static struct address inner_address(const struct network *network)
{
	struct address address = network->inner.address4.family ? network->inner.address4
								 : network->inner.address6;

	address.port = 0;
	return address;
}

static struct address inner_dns(const struct network *network)
{
	struct address dns = {0};

	if (network->inner.dns_count)
		dns = network->inner.dns[0];
	dns.port = network->device->factory.inner_dns_port ?
			   network->device->factory.inner_dns_port : 53;
	return dns;
}

struct address network_core_local(const struct network *network)
{
	return tunnel_is_up(network->tunnel) ? inner_address(network)
					     : network->device->factory.local;
}

struct address network_core_dns(const struct network *network)
{
	return tunnel_is_up(network->tunnel) ? inner_dns(network) : network->device->factory.dns;
}

struct address network_hms_local(const struct network *network)
{
	return carries_cwmp(network) ? inner_address(network) : network->device->factory.local;
}

struct address network_hms_dns(const struct network *network)
{
	return carries_cwmp(network) ? inner_dns(network) : network->device->factory.dns;
}

bool network_core_ready(const struct network *network)
{
	struct tunnel_plan plan;

	network_plan(network->device, &plan);
	return plan.count == 0 || tunnel_serves(network->tunnel, &plan);
}

/* The Connection Request server moves to where the HMS is to find the cell. told: the new URL is a
 * change of the cell's own (TR-069 3.2.1.5: 4 VALUE CHANGE). */
static bool listen_anew(struct network *network, bool told, struct problem *problem)
{
	struct address local = network_hms_local(network);

	return device_listen(network->device, &local, told, problem);
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
	return !events_have(&device->events, "0 BOOTSTRAP") &&
	       !events_have(&device->events, "1 BOOT");
}

static void note_address(struct network *network, bool told)
{
	struct device *device = network->device;
	struct address inner = inner_address(network);
	char text[ADDRESS_TEXT], time[32];

	device_time(device, time);
	put(device, "IpAddressInTunnel", address_host(&inner, text), told);
	put(device, "IKESA.1.Status", "Completed", false);
	put(device, "IKESA.1.PeerAddress", address_host(&network->gateway, text), false);
	put(device, "IKESA.1.CreationTime", time, false);
	put(device, "IKESA.1.DNSServers",
	    network->inner.dns_count ? address_host(&network->inner.dns[0], text) : "", false);
	listen_anew(network, told, NULL);
	if (told)
		device_changed(device);
}

static void tell(struct network *network, const struct problem *why)
{
	network_callback callback = network->callback;

	network->callback = NULL;
	if (callback)
		callback(network->context, why);
}

static void end_up(void *context, const struct ikev2_inner *inner)
{
	struct network *network = context;

	network->inner = *inner;
	if (tunnel_is_up(network->tunnel)) /* another address in the same tunnel */
		note_address(network, is_news(network->device));
	else
		tunnel_up(network->tunnel);
}

static void close_end(struct network *network, bool politely)
{
	struct tunnel_end *end = network->end;

	network->end = NULL;
	if (end)
		network->device->factory.tunnel_ends->close(end, politely);
}

static void end_down(void *context, const struct problem *why)
{
	struct network *network = context;

	close_end(network, false);
	tunnel_down(network->tunnel, why);
}

static void connect_to(void *context, const struct address *gateway, const char *name)
{
	static const struct tunnel_end_events events = {end_up, end_down};
	struct network *network = context;
	struct problem problem = {""};

	network->gateway = *gateway;
	network->end = network->device->factory.tunnel_ends->open(network->device, gateway, name,
								  &events, network, &problem);
	if (!network->end)
		tunnel_down(network->tunnel, &problem);
}

static void resolved(void *context, const struct resolver_answer *answer,
		     const struct problem *problem)
{
	struct network *network = context;

	network->lookup = NULL;
	tunnel_resolved(network->tunnel, answer ? answer->addresses : NULL,
			answer ? answer->count : 0, problem);
}

/* The gateway stands outside, and so is its name (TS 32.593 5.1.2.2 1.1). */
static void resolve(void *context, const char *name)
{
	static const struct resolver_way way;
	struct network *network = context;
	struct device *device = network->device;

	network->lookup = resolver_ask(device->loop, &device->factory.local, &device->factory.dns,
				       name, &way, &device->random, resolved, network);
}

static void close_parked(struct network *network)
{
	if (network->parked)
		network->device->factory.tunnel_ends->close(network->parked, false);
	network->parked = NULL;
}

static void disconnect(void *context, bool politely)
{
	struct network *network = context;

	resolver_cancel(network->lookup);
	network->lookup = NULL;
	device_leave_address(network->device);
	if (politely && device_has(network->device, VARIANT_LEAVES_TUNNEL)) {
		close_parked(network);
		network->parked = network->end;
		network->end = NULL;
	} else {
		close_end(network, politely);
	}
}

static void build(void *context)
{
	struct network *network = context;
	struct tunnel_plan plan;

	network->again = NULL;
	network_plan(network->device, &plan);
	if (!tunnel_serves(network->tunnel, &plan))
		tunnel_want(network->tunnel, &plan);
}

/* A cell without its tunnel can neither be called nor serve: it is built anew by itself, after
 * the waits of the retry table. */
static void build_later(struct network *network)
{
	int64_t wait = network->tries ? retry_wait(network->tries, &network->device->random) : 0;

	network->tries++;
	loop_cancel(network->again);
	network->again = loop_after(network->device->loop, wait, build, network);
}

static void ready(void *context, const struct problem *why)
{
	struct network *network = context;

	if (!why) {
		network->tries = 0;
		loop_cancel(network->again);
		network->again = NULL;
		note_address(network, is_news(network->device));
	} else if (!network->callback) {
		build_later(network);
	}
	tell(network, why);
}

static void lost(void *context, const struct problem *why)
{
	struct network *network = context;

	put(network->device, "IKESA.1.Status", "Disabled", false);
	device_network_lost(network->device, why);
	if (network->device->powered)
		build_later(network);
}

struct network *network_new(struct device *device)
{
	struct network *network = memory_new(sizeof(*network));
	const struct tunnel_calls calls = {network, resolve, connect_to, disconnect, ready, lost};

	network->device = device;
	network->tunnel = tunnel_new(&calls);
	return network;
}

void network_free(struct network *network)
{
	if (!network)
		return;
	network_stop(network, false);
	tunnel_free(network->tunnel);
	free(network);
}

bool network_start(struct network *network, struct problem *problem)
{
	struct tunnel_plan plan;

	network->tries = 0;
	network_plan(network->device, &plan);
	if (plan.count && is_true(network->device, "UseForCWMP", true))
		return true; /* it can be called when it is inside */
	return listen_anew(network, false, problem);
}

void network_stop(struct network *network, bool politely)
{
	network->callback = NULL;
	loop_cancel(network->again);
	loop_cancel(network->settle);
	network->again = network->settle = NULL;
	tunnel_drop(network->tunnel, politely);
	close_parked(network);
	network->inner = (struct ikev2_inner){0};
}

static void go_outside(struct network *network)
{
	bool told = is_news(network->device);

	tunnel_drop(network->tunnel, true);
	network->inner = (struct ikev2_inner){0};
	put(network->device, "IpAddressInTunnel", "", told);
	put(network->device, "IKESA.1.Status", "Disabled", false);
	listen_anew(network, told, NULL);
	tell(network, NULL);
	if (told)
		device_changed(network->device);
}

bool network_prepare(struct network *network, network_callback callback, void *context)
{
	struct tunnel_plan plan;

	network_plan(network->device, &plan);
	if (!network->settle && plan.count == 0 && !tunnel_is_idle(network->tunnel))
		go_outside(network);
	if (!network->settle && (plan.count == 0 || tunnel_serves(network->tunnel, &plan)))
		return true;
	network->callback = callback;
	network->context = context;
	if (!network->settle)
		tunnel_want(network->tunnel, &plan);
	return false;
}

void network_forget(struct network *network)
{
	network->callback = NULL;
}

static void settled(void *context)
{
	struct network *network = context;
	struct tunnel_plan plan;

	network->settle = NULL;
	network_plan(network->device, &plan);
	if (plan.count == 0)
		go_outside(network);
	else
		tunnel_want(network->tunnel, &plan);
}

void network_follow(struct network *network)
{
	struct tunnel_plan plan;

	network_plan(network->device, &plan);
	if (network->settle || (plan.count == 0 ? tunnel_is_idle(network->tunnel)
						: tunnel_serves(network->tunnel, &plan)))
		return;
	network->settle = loop_after(network->device->loop, SETTLE_TIME, settled, network);
}
