/*
 * The security gateway as the runner sees it: start, actions, and what its tunnels tell.
 */
#include "fakes/segw/segw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/chart/roles.h"
#include "protocols/memory.h"

enum { NAME_SIZE = 16 }; /* of a network interface */

struct fake { /* a role */
	const char *role; /* of the table of roles */
	struct segw *segw;
};

static int assign(void *context, struct ipsec_host *host, const char *peer,
		  const struct ikev2_cp *request, struct ikev2_inner *inner)
{
	struct segw *segw = context;
	struct bench *bench = segw->stage->bench;
	const char *device = profile_device(segw->stage->profile);

	(void)host;
	memset(inner, 0, sizeof(*inner));
	if (segw->no_address || address_pool_assign(segw->pool, peer, request, inner) < 0)
		return -1;
	const struct address *list[] = { &inner->address4, &inner->address6 };
	for (int i = 0; i < 2; i++) {
		if (!list[i]->family)
			continue;
		bench_return(bench, list[i]); /* it may have had it before */
		bench_lend(bench, device, list[i]);
		if (segw->dns[i].family)
			inner->dns[inner->dns_count++] = segw->dns[i];
	}
	return 0;
}

static struct eap_aka_usim *subscriber(void *context, struct octets identity)
{
	struct segw *segw = context;
	const char *known = segw->usim_identity;
	uint64_t time = (uint64_t)loop_now(segw->stage->loop) / 100;

	if (!known || !octets_same(identity, octets_of(known, strlen(known))))
		return NULL;
	/* TS 33.102 C.1.1.3: by a clock, so that all gateways of a network count on from each other. */
	if (segw->usim.highest_sqn < time)
		segw->usim.highest_sqn = time;
	return &segw->usim;
}

static uint16_t port_of(const struct segw *segw, const char *name)
{
	return (uint16_t)atoi(segw_variable(segw, name, "0"));
}

/* Its pools are reached by its TUN, from inside. */
static int add_routes(struct segw *segw, struct problem *problem)
{
	struct address network;
	unsigned prefix;

	for (uint8_t family = 4; family <= 6; family = (uint8_t)(family + 2)) {
		if (!address_pool_network(segw->pool, family, &network, &prefix))
			continue;
		/* A kernel without IPv6 does without the second. */
		if (ipsec_host_route(segw->host, &network, prefix, family == 4 ? problem : NULL) <
			    0 &&
		    family == 4)
			return -1;
	}
	return 0;
}

static int open_host(struct segw *segw, struct problem *problem)
{
	const struct stage *stage = segw->stage;
	struct ipsec_host_settings settings = {
		.loop = stage->loop,
		.tap = stage->tap,
		.nat_port = port_of(segw, "nat-port"),
		.gateway = &segw->current,
		.assign = assign,
		.subscriber = subscriber,
		.hooks = { segw_incoming, segw_outgoing },
		.context = segw,
		.tun_place = PLACE_CORE,
	};
	char name[NAME_SIZE];

	bench_address(stage->bench, segw->roles[0], &settings.outer);
	settings.outer.port = port_of(segw, "ike-port");
	snprintf(name, sizeof(name), "%s", segw->roles[0]);
	if (settings.outer.place != PLACE_HOST) {
		settings.plain_esp = true;
		settings.tun = name;
	}
	segw->host = ipsec_host_new(&settings, problem);
	if (!segw->host)
		return -1;
	return settings.tun ? add_routes(segw, problem) : 0;
}

static void segw_free(struct segw *segw)
{
	ipsec_host_free(segw->host);
	segw_faults_reset(segw);
	segw_unconfigure(segw);
	free(segw);
}

static struct segw *segw_new(const struct stage *stage, const char *role,
			     struct problem *problem)
{
	struct segw *segw = memory_new(sizeof(*segw));

	segw->stage = stage;
	segw->roles[segw->role_count++] = role;
	if (segw_configure(segw, problem) == 0 && open_host(segw, problem) == 0)
		return segw;
	segw_free(segw);
	return NULL;
}

/* The other role's gateway, when it is the same element: both have one address. */
static struct segw *same_element(const struct stage *stage, const char *role)
{
	const char *other = strcmp(role, "initial-segw") == 0 ? "serving-segw" : "initial-segw";
	struct address here, there;

	bench_address(stage->bench, role, &here);
	bench_address(stage->bench, other, &there);
	struct fake *fake = stage->played ? stage->played(stage->context, other) : NULL;

	return fake && address_same_host(&here, &there) ? fake->segw : NULL;
}

static struct fake *start(const struct stage *stage, const char *role, struct problem *problem)
{
	const struct role *known = role_find(role);
	struct segw *segw = same_element(stage, role);
	struct address address;
	char text[ADDRESS_TEXT];

	if (segw)
		segw->roles[segw->role_count++] = known->name;
	else
		segw = segw_new(stage, known->name, problem);
	if (!segw)
		return NULL;
	struct fake *fake = memory_new(sizeof(*fake));

	fake->role = known->name;
	fake->segw = segw;
	bench_address(stage->bench, role, &address);
	bench_publish(stage->bench, role, "address", address_host(&address, text));
	return fake;
}

static void stop(struct fake *fake)
{
	struct segw *segw = fake->segw;

	for (size_t i = 0; i < segw->role_count; i++)
		if (segw->roles[i] == fake->role) {
			segw->roles[i] = segw->roles[--segw->role_count];
			break;
		}
	if (segw->role_count == 0)
		segw_free(segw);
	free(fake);
}

/* Its tunnels, its pool and what it lent to the device are gone. */
static void reset(struct fake *fake)
{
	segw_faults_reset(fake->segw);
	ipsec_host_clear(fake->segw->host);
	address_pool_reset(fake->segw->pool);
}

/* A gateway begins nothing by itself: actions say so. */
static void nothing(struct fake *fake)
{
	(void)fake;
}

/* --- actions --- */

static int go_silent(struct segw *segw)
{
	ipsec_host_silence(segw->host, true);
	return 0;
}

static int answer_again(struct segw *segw)
{
	ipsec_host_silence(segw->host, false);
	return 0;
}

static int replay_packet(struct segw *segw)
{
	return ipsec_host_replay(segw->host);
}

/* With each tunnel that is up; -1: there is none. */
static int with_tunnels(struct segw *segw, void (*what)(struct ipsec_tunnel *tunnel))
{
	struct ipsec_tunnel *tunnel;
	int result = -1;

	for (size_t i = 0; (tunnel = ipsec_host_tunnel(segw->host, i)) != NULL; i++) {
		if (!ipsec_tunnel_is_up(tunnel))
			continue;
		what(tunnel);
		result = 0;
	}
	return result;
}

static int delete_sa(struct segw *segw)
{
	return with_tunnels(segw, ipsec_tunnel_delete);
}

static int rekey(struct segw *segw)
{
	return with_tunnels(segw, ipsec_tunnel_rekey);
}

static int rekey_child(struct segw *segw)
{
	return with_tunnels(segw, ipsec_tunnel_rekey_child);
}

static int probe(struct segw *segw)
{
	return with_tunnels(segw, ipsec_tunnel_probe);
}

/* A device's inner address is for the life of its IKE SA: it gets another with the next one. */
static int renumber(struct segw *segw)
{
	struct ipsec_tunnel *tunnel;
	size_t count = 0;

	while ((tunnel = ipsec_host_tunnel(segw->host, count)) != NULL) {
		address_pool_change(segw->pool, ipsec_tunnel_peer(tunnel));
		count++;
	}
	return count > 0 ? 0 : -1;
}

static int change_inner_address(struct segw *segw)
{
	renumber(segw);
	return delete_sa(segw);
}

static const struct {
	const char *name;
	int (*act)(struct segw *segw);
	const char *otherwise;
} table[] = {
	{ "go-silent", go_silent, "" },
	{ "answer-again", answer_again, "" },
	{ "delete-sa", delete_sa, "no tunnel is up" },
	{ "rekey", rekey, "no tunnel is up" },
	{ "rekey-child", rekey_child, "no tunnel is up" },
	{ "probe", probe, "no tunnel is up" },
	{ "change-inner-address", change_inner_address, "no tunnel is up" },
	{ "renumber", renumber, "no tunnel is up" },
	{ "replay-packet", replay_packet, "it has sent no ESP packet yet" },
};

static int act(struct fake *fake, const char *action,
	       char *(*argument)(void *context, const char *name), void *context,
	       struct problem *problem)
{
	(void)argument;
	(void)context;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(table[i].name, action) != 0)
			continue;
		if (table[i].act(fake->segw) == 0)
			return 0;
		return problem_set(problem, "%s cannot %s: %s", fake->role, action,
				   table[i].otherwise);
	}
	return problem_set(problem, "%s cannot do \"%s\"", fake->role, action);
}

const struct fake_kind segw_fake = {
	.name = "segw",
	.start = start,
	.cue = nothing,
	.act = act,
	.reset = reset,
	.stop = stop,
};
