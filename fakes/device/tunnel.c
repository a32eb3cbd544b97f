#include "fakes/device/tunnel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/memory.h"

enum tunnel_state { TUNNEL_IDLE, TUNNEL_RESOLVING, TUNNEL_CONNECTING, TUNNEL_UP };

struct tunnel {
	struct tunnel_calls calls;
	struct tunnel_flaws flaws;
	enum tunnel_state state;
	struct tunnel_plan plan;
	size_t gateway; /* of the plan: that which is tried or used */
	struct address addresses[TUNNEL_ADDRESSES];
	size_t address_count, address;
	struct problem why; /* the last one that failed */
};

struct tunnel *tunnel_new(const struct tunnel_calls *calls)
{
	struct tunnel *tunnel = memory_new(sizeof(*tunnel));

	tunnel->calls = *calls;
	return tunnel;
}

void tunnel_free(struct tunnel *tunnel)
{
	free(tunnel);
}

void tunnel_set_flaws(struct tunnel *tunnel, const struct tunnel_flaws *flaws)
{
	tunnel->flaws = *flaws;
}

bool tunnel_plan_same(const struct tunnel_plan *a, const struct tunnel_plan *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = strcasecmp(a->gateways[i], b->gateways[i]) == 0;
	return same;
}

void tunnel_plan_add(struct tunnel_plan *plan, const char *gateway)
{
	size_t length = strlen(gateway);

	if (length == 0 || length >= TUNNEL_NAME || plan->count == TUNNEL_GATEWAYS)
		return;
	memcpy(plan->gateways[plan->count++], gateway, length + 1);
}

bool tunnel_is_up(const struct tunnel *tunnel)
{
	return tunnel->state == TUNNEL_UP;
}

bool tunnel_is_idle(const struct tunnel *tunnel)
{
	return tunnel->state == TUNNEL_IDLE;
}

const char *tunnel_gateway(const struct tunnel *tunnel)
{
	return tunnel_is_up(tunnel) ? tunnel->plan.gateways[tunnel->gateway] : "";
}

bool tunnel_serves(const struct tunnel *tunnel, const struct tunnel_plan *plan)
{
	if (!tunnel_is_up(tunnel) || plan->count == 0)
		return false;
	return tunnel->flaws.keeps_any || tunnel_plan_same(&tunnel->plan, plan) ||
	       strcasecmp(tunnel_gateway(tunnel), plan->gateways[0]) == 0;
}

static void try_gateway(struct tunnel *tunnel)
{
	tunnel->state = TUNNEL_RESOLVING;
	tunnel->address_count = tunnel->address = 0;
	tunnel->calls.resolve(tunnel->calls.context, tunnel->plan.gateways[tunnel->gateway]);
}

static void try_next_gateway(struct tunnel *tunnel)
{
	if (++tunnel->gateway < tunnel->plan.count && !tunnel->flaws.first_gateway_only) {
		try_gateway(tunnel);
	} else {
		struct problem why = tunnel->why;
		tunnel->state = TUNNEL_IDLE;
		tunnel->calls.ready(tunnel->calls.context, &why);
	}
}

static void try_address(struct tunnel *tunnel)
{
	tunnel->state = TUNNEL_CONNECTING;
	tunnel->calls.connect(tunnel->calls.context, &tunnel->addresses[tunnel->address],
			      tunnel->plan.gateways[tunnel->gateway]);
}

void tunnel_want(struct tunnel *tunnel, const struct tunnel_plan *plan)
{
	if (plan->count == 0)
		return;
	if (tunnel_serves(tunnel, plan)) {
		tunnel->calls.ready(tunnel->calls.context, NULL);
		return;
	}
	if (tunnel->state != TUNNEL_IDLE && tunnel->state != TUNNEL_UP &&
	    tunnel_plan_same(&tunnel->plan, plan))
		return;
	tunnel_drop(tunnel, true);
	tunnel->plan = *plan;
	tunnel->gateway = 0;
	try_gateway(tunnel);
}

void tunnel_drop(struct tunnel *tunnel, bool politely)
{
	bool up = tunnel_is_up(tunnel);

	if (tunnel->state == TUNNEL_IDLE)
		return;
	tunnel->state = TUNNEL_IDLE;
	tunnel->calls.disconnect(tunnel->calls.context, politely && up);
}

void tunnel_resolved(struct tunnel *tunnel, const struct address *addresses, size_t count,
		     const struct problem *why)
{
	if (tunnel->state != TUNNEL_RESOLVING)
		return;
	if (count > TUNNEL_ADDRESSES)
		count = TUNNEL_ADDRESSES;
	if (count == 0) {
		tunnel->why = *why;
		try_next_gateway(tunnel);
		return;
	}
	memcpy(tunnel->addresses, addresses, count * sizeof(*addresses));
	tunnel->address_count = count;
	try_address(tunnel);
}

void tunnel_up(struct tunnel *tunnel)
{
	if (tunnel->state != TUNNEL_CONNECTING)
		return;
	tunnel->state = TUNNEL_UP;
	tunnel->calls.ready(tunnel->calls.context, NULL);
}

void tunnel_down(struct tunnel *tunnel, const struct problem *why)
{
	if (tunnel->state == TUNNEL_UP) {
		tunnel->state = TUNNEL_IDLE;
		tunnel->calls.lost(tunnel->calls.context, why);
	} else if (tunnel->state == TUNNEL_CONNECTING) {
		tunnel->why = *why;
		if (++tunnel->address < tunnel->address_count && !tunnel->flaws.first_address_only)
			try_address(tunnel);
		else
			try_next_gateway(tunnel);
	}
}
