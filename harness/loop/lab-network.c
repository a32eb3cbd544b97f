#include "harness/loop/lab-network.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/loop/lab-gateway.h"
#include "harness/loop/namespace.h"
#include "harness/loop/netlink.h"
#include "harness/loop/tun.h"
#include "protocols/memory.h"

#define IPV4(where, a, b, c, d) { .family = 4, .place = where, .octets = { a, b, c, d } }
#define IPV6(where, net, host)                                                                     \
	{                                                                                          \
		.family = 6, .place = where,                                                       \
		.octets = { 0x20, 0x01, 0x0d, 0xb8, 0, net, 0, 0, 0, 0, 0, 0, 0, 0, 0, host },     \
	}

/* RFC 5737 and RFC 3849: networks for documentation; RFC 1918: behind a customer's router. */
const struct address lab_network_device = IPV4(PLACE_DEVICE, 192, 0, 2, 10);
const struct address lab_network_device6 = IPV6(PLACE_DEVICE, 2, 0x10);
const struct address lab_network_device_behind = IPV4(PLACE_DEVICE, 192, 168, 1, 10);
const struct address lab_network_router = IPV4(PLACE_INTERNET, 192, 0, 2, 1);
const struct address lab_network_router6 = IPV6(PLACE_INTERNET, 2, 1);
const struct address lab_network_gateway_inner = IPV4(PLACE_GATEWAY, 192, 168, 1, 1);
const struct address lab_network_gateway_outer = IPV4(PLACE_GATEWAY, 203, 0, 113, 2);
static const struct address lab_network_access = IPV4(PLACE_INTERNET, 203, 0, 113, 1);
static const struct address everything = { .family = 4 };
static const struct address everything6 = { .family = 6 };

struct realm { /* one of the namespaces */
	int fd;
	struct netlink *netlink;
};

struct lab_network {
	struct realm realms[PLACES]; /* PLACE_HOST stays empty */
	bool ipv6;
	struct lab_interface *interface; /* of INTERNET, when it is real */
};

static int open_realm(struct lab_network *network, enum network_place place,
		      struct problem *problem)
{
	struct realm *realm = &network->realms[place];

	realm->fd = namespace_new(problem);
	if (realm->fd < 0)
		return -1;
	int came_from = namespace_enter(realm->fd);

	if (came_from < 0)
		return problem_set(problem, "cannot enter a network namespace: %s",
				   strerror(errno));
	realm->netlink = netlink_new(problem);
	if (namespace_leave(came_from) < 0)
		return problem_set(problem, "cannot leave a network namespace: %s",
				   strerror(errno));
	return realm->netlink ? netlink_up(realm->netlink, "lo", 0, problem) : -1;
}

/* A link between two places: its ends, with their addresses. */
static int link_places(struct lab_network *network, const char *name, const struct address *address,
		       const char *other_name, const struct address *other,
		       struct problem *problem)
{
	struct realm *one = &network->realms[address->place];
	struct realm *two = &network->realms[other->place];

	if (netlink_veth(one->netlink, name, other_name, two->fd, 0, problem) < 0 ||
	    netlink_up(one->netlink, name, 0, problem) < 0 ||
	    netlink_up(two->netlink, other_name, 0, problem) < 0 ||
	    netlink_await_up(one->netlink, name, problem) < 0 ||
	    netlink_add_address(one->netlink, name, address, 24, problem) < 0)
		return -1;
	return netlink_add_address(two->netlink, other_name, other, 24, problem);
}

static int default_route(struct lab_network *network, enum network_place place, const char *name,
			 const struct address *gateway, struct problem *problem)
{
	const struct address *all = gateway->family == 6 ? &everything6 : &everything;

	return netlink_add_route(network->realms[place].netlink, name, all, 0, gateway, NULL,
				 problem);
}

/* A device that sends from its outer address goes past its tunnel, also to what is reached through
 * it otherwise; where the kernel has no such rules, it cannot. */
static void way_past_tunnels(struct lab_network *network, const struct address *source,
			     const struct address *gateway)
{
	netlink_add_way(network->realms[PLACE_DEVICE].netlink, "eth0", source, gateway, NULL);
}

/* A kernel may be without IPv6: then the bench is. */
static void link_ipv6(struct lab_network *network)
{
	struct realm *device = &network->realms[PLACE_DEVICE];
	struct realm *internet = &network->realms[PLACE_INTERNET];

	network->ipv6 = netlink_add_address(device->netlink, "eth0", &lab_network_device6, 64,
					    NULL) == 0 &&
			netlink_add_address(internet->netlink, "device0", &lab_network_router6, 64,
					    NULL) == 0 &&
			default_route(network, PLACE_DEVICE, "eth0", &lab_network_router6,
				      NULL) == 0;
}

static int link_directly(struct lab_network *network, struct problem *problem)
{
	if (link_places(network, "eth0", &lab_network_device, "device0", &lab_network_router,
			problem) < 0 ||
	    default_route(network, PLACE_DEVICE, "eth0", &lab_network_router, problem) < 0)
		return -1;
	way_past_tunnels(network, &lab_network_device, &lab_network_router);
	link_ipv6(network);
	return 0;
}

static int link_gateway(struct lab_network *network, struct problem *problem)
{
	if (link_places(network, "eth0", &lab_network_device_behind, "lan0",
			&lab_network_gateway_inner, problem) < 0 ||
	    link_places(network, "wan0", &lab_network_gateway_outer, "access0", &lab_network_access,
			problem) < 0 ||
	    default_route(network, PLACE_DEVICE, "eth0", &lab_network_gateway_inner, problem) < 0)
		return -1;
	if (default_route(network, PLACE_GATEWAY, "wan0", &lab_network_access, problem) < 0)
		return -1;
	return lab_gateway_set_up(network->realms[PLACE_GATEWAY].fd, problem);
}

static int build_on_interface(struct lab_network *network,
			      const struct lab_network_options *options, struct problem *problem)
{
	network->interface = lab_interface_new(options->interface, problem);
	if (!network->interface)
		return -1;
	network->ipv6 = lab_interface_has_ipv6(network->interface);
	return open_realm(network, PLACE_CORE, problem);
}

static int build(struct lab_network *network, const struct lab_network_options *options,
		 struct problem *problem)
{
	if (options->interface)
		return build_on_interface(network, options, problem);
	for (int place = PLACE_DEVICE; place < PLACES; place++)
		if ((place != PLACE_GATEWAY || options->home_gateway) &&
		    open_realm(network, (enum network_place)place, problem) < 0)
			return -1;
	return options->home_gateway ? link_gateway(network, problem)
				     : link_directly(network, problem);
}

/* May this process make network namespaces as it is? */
static bool has_right(void)
{
	int fd = namespace_new(NULL);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

struct lab_network *lab_network_new(const struct lab_network_options *options,
				    struct problem *problem)
{
	struct lab_network *network = memory_new(sizeof(*network));
	int result = 0;

	for (int place = 0; place < PLACES; place++)
		network->realms[place].fd = -1;
	if (options->interface)
		result = 0; /* the machine's own is no ordinary user's */
	else if (options->ordinary ? !namespace_is_user() : !has_right())
		result = namespace_become_user(problem);
	if (result == 0)
		result = build(network, options, problem);
	if (result == 0 && options->needs_ipv6 && !network->ipv6)
		result = problem_set(problem, "this kernel has no IPv6, which the profile is about");
	if (result == 0)
		return network;
	lab_network_free(network);
	return NULL;
}

void lab_network_free(struct lab_network *network)
{
	if (!network)
		return;
	lab_interface_free(network->interface);
	for (int place = 0; place < PLACES; place++) {
		netlink_free(network->realms[place].netlink);
		if (network->realms[place].fd >= 0)
			close(network->realms[place].fd);
	}
	free(network);
}

int lab_network_possible(const struct lab_network_options *options, struct problem *problem)
{
	int ends[2];
	char text[256] = "the trial of it died";

	if (pipe(ends) < 0)
		return problem_set(problem, "cannot make a pipe: %s", strerror(errno));
	fflush(NULL); /* or the child would write what the parent has still to write */
	pid_t child = fork();

	if (child == 0) {
		struct problem why = { "" };
		struct lab_network *network = lab_network_new(options, &why);
		const char *says = network ? "" : *why.text ? why.text : "it cannot be made";

		_exit(write(ends[1], says, strlen(says) + 1) < 0);
	}
	close(ends[1]);
	ssize_t length = child > 0 ? read(ends[0], text, sizeof(text) - 1) : 0;

	close(ends[0]);
	if (child > 0)
		waitpid(child, NULL, 0);
	/* What it says counts, not its status: a tool that looks for leaks may change that. */
	if (length > 0)
		text[length] = '\0';
	if (length == 1)
		return 0;
	return problem_set(problem, "%s", text);
}

const char *lab_network_mode(const struct lab_network *network)
{
	if (network->interface)
		return "a real interface, which a guardian process puts back";
	if (tun_possible())
		return namespace_is_user() ? "network namespaces of an ordinary user"
					   : "network namespaces";
	return namespace_is_user()
		       ? "network namespaces of an ordinary user, veth in the place of TUN"
		       : "network namespaces, veth in the place of TUN";
}

void lab_network_enter(const struct lab_network *network, struct loop *loop)
{
	for (int place = PLACE_DEVICE; place < PLACES; place++)
		loop_set_place(loop, (enum network_place)place, network->realms[place].fd);
}

int lab_network_add_address(struct lab_network *network, const struct address *address,
			struct problem *problem)
{
	const struct realm *realm = &network->realms[address->place];

	if (network->interface && address->place == PLACE_INTERNET)
		return lab_interface_add_address(network->interface, address, problem);
	return netlink_add_address(realm->netlink, "lo", address, address->family == 6 ? 128 : 32,
				   problem);
}

int lab_network_serve(struct lab_network *network, struct problem *problem)
{
	return network->interface ? lab_interface_serve(network->interface, problem) : 0;
}

bool lab_network_has_ipv6(const struct lab_network *network)
{
	return network->ipv6;
}
