/* The TUN device: inner packets to and from the kernel, and what a tunnel that was begun here puts
 * on it: the inner address, and routes to what its selectors say is behind the gateway. */
#include <stdlib.h>
#include <string.h>

#include "fakes/ipsec/address-range.h"
#include "fakes/ipsec/ipsec-state.h"
#include "harness/loop/tun.h"
#include "protocols/memory.h"

enum { MTU = 1400, ROUTES_MOST = 160 };

struct route { /* to a network, for a tunnel */
	const struct ipsec_tunnel *tunnel;
	struct address_prefix network;
	struct address source;
};

struct ipsec_inside {
	struct ipsec_host *host;
	struct tun *tun;
	struct route routes[ROUTES_MOST];
	size_t route_count;
};

static void packet_came(void *context, const void *packet, size_t length)
{
	struct ipsec_inside *inside = context;

	ipsec_host_send_inner(inside->host, octets_of(packet, length));
}

struct ipsec_inside *ipsec_inside_new(struct ipsec_host *host, struct problem *problem)
{
	const struct ipsec_host_settings *settings = &host->settings;
	struct ipsec_inside *inside = memory_new(sizeof(*inside));

	inside->host = host;
	inside->tun = tun_open(settings->loop, settings->tun_place, settings->tun,
			       settings->mtu ? settings->mtu : MTU, packet_came, inside, problem);
	if (inside->tun)
		return inside;
	free(inside);
	return NULL;
}

void ipsec_inside_free(struct ipsec_inside *inside)
{
	if (!inside)
		return;
	tun_close(inside->tun);
	free(inside);
}

void ipsec_inside_write(struct ipsec_inside *inside, struct octets packet)
{
	tun_write(inside->tun, packet.at, packet.length); /* a full queue loses, as a router does */
}

int ipsec_inside_route(struct ipsec_inside *inside, const struct address *network, unsigned prefix,
		       struct problem *problem)
{
	return tun_add_route(inside->tun, network, prefix, NULL, problem);
}

static void add_route(struct ipsec_inside *inside, const struct ipsec_tunnel *tunnel,
		      const struct address_prefix *network, const struct address *source)
{
	struct route *route = &inside->routes[inside->route_count];

	if (inside->route_count == ROUTES_MOST)
		return;
	*route = (struct route){ tunnel, *network, *source };
	if (tun_add_route(inside->tun, &network->first, network->length, source, NULL) == 0)
		inside->route_count++;
}

/* The gateway's own outer address must not be looked for behind the gateway. */
static void add_routes(struct ipsec_inside *inside, const struct ipsec_tunnel *tunnel,
		       const struct ikev2_selectors *remote, const struct address *source)
{
	struct address_prefix networks[ADDRESS_PREFIXES];

	for (size_t i = 0; i < remote->count; i++) {
		const struct ikev2_selector *one = &remote->list[i];

		if (one->first.family != source->family)
			continue;
		size_t count = address_range_prefixes(&one->first, &one->last, &tunnel->remote,
						      networks);
		for (size_t k = 0; k < count; k++)
			add_route(inside, tunnel, &networks[k], source);
	}
}

void ipsec_inside_up(struct ipsec_inside *inside, struct ipsec_tunnel *tunnel,
		     const struct ikev2_child *child)
{
	const struct ikev2_inner *inner = &tunnel->inner;

	if (inner->address4.family) {
		tun_add_address(inside->tun, &inner->address4, 32, NULL);
		add_routes(inside, tunnel, &child->remote, &inner->address4);
	}
	if (inner->address6.family) {
		tun_add_address(inside->tun, &inner->address6, 128, NULL);
		add_routes(inside, tunnel, &child->remote, &inner->address6);
	}
	tunnel->is_on_tun = true;
}

/* Another tunnel may lead to the same network: then it is the one from now on. */
static void remove_route(struct ipsec_inside *inside, size_t index)
{
	struct route gone = inside->routes[index];

	inside->routes[index] = inside->routes[--inside->route_count];
	for (size_t i = 0; i < inside->route_count; i++) {
		const struct route *other = &inside->routes[i];

		if (other->network.length == gone.network.length &&
		    address_same_host(&other->network.first, &gone.network.first)) {
			tun_add_route(inside->tun, &gone.network.first, gone.network.length,
				      &other->source, NULL);
			return;
		}
	}
	tun_remove_route(inside->tun, &gone.network.first, gone.network.length, NULL);
}

static bool is_used(const struct ipsec_inside *inside, const struct ipsec_tunnel *but,
		    const struct address *address)
{
	for (const struct ipsec_tunnel *one = inside->host->tunnels; one; one = one->next)
		if (one != but && one->is_on_tun &&
		    (address_same_host(&one->inner.address4, address) ||
		     address_same_host(&one->inner.address6, address)))
			return true;
	return false;
}

void ipsec_inside_down(struct ipsec_inside *inside, struct ipsec_tunnel *tunnel)
{
	const struct ikev2_inner *inner = &tunnel->inner;

	if (!tunnel->is_on_tun)
		return;
	tunnel->is_on_tun = false;
	for (size_t i = inside->route_count; i-- > 0;)
		if (inside->routes[i].tunnel == tunnel)
			remove_route(inside, i);
	if (inner->address4.family && !is_used(inside, tunnel, &inner->address4))
		tun_remove_address(inside->tun, &inner->address4, 32, NULL);
	if (inner->address6.family && !is_used(inside, tunnel, &inner->address6))
		tun_remove_address(inside->tun, &inner->address6, 128, NULL);
}
