#include "fakes/device/tunnel-ipsec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/state.h"
#include "fakes/ipsec/ipsec-host.h"
#include "protocols/ikev2-proposal.h"
#include "protocols/memory.h"

#define WEAK_IKE "3des-sha1-modp1024"
#define OTHER_IKE "aes128-sha256-ecp384-modp2048-ecp256"

struct cell_ipsec { /* what the tunnels of a cell share */
	struct ipsec_host *host;
	struct tunnel_end *ends;
};

struct tunnel_end {
	struct tunnel_end *next;
	struct device *device;
	struct ipsec_tunnel *tunnel; /* NULL: it is gone */
	struct ipsec_tunnel *heir;   /* that is to take its place: RFC 7296 2.8.3; or NULL */
	struct ipsec_tunnel *former; /* whose place it took, while its DELETE is under way */
	bool closed;                 /* its owner has done with it; the DELETE is under way */
	struct tunnel_end_events events;
	void *context;
	struct ikev2_settings settings;
	char name[TUNNEL_NAME];
	struct address gateway;
	struct timer *rekey, *rekey_child, *anew, *repeat;
};

int device_ipsec_check(const struct device_ipsec *ipsec, struct problem *problem)
{
	struct ikev2_offer offer;

	if (ikev2_offer_parse(ipsec->ike, IKEV2_PROTOCOL_IKE, true, &offer, problem) < 0)
		return problem_in(problem, "the device's IKE algorithms");
	if (ikev2_offer_parse(ipsec->esp, IKEV2_PROTOCOL_ESP, true, &offer, problem) < 0)
		return problem_in(problem, "the device's ESP algorithms");
	return 0;
}

static void free_end(struct tunnel_end *end)
{
	struct tunnel_end **link = &end->device->ipsec->ends;

	while (*link != end)
		link = &(*link)->next;
	*link = end->next;
	if (end->heir)
		ipsec_tunnel_abandon(end->heir);
	if (end->former)
		ipsec_tunnel_abandon(end->former);
	loop_cancel(end->anew);
	loop_cancel(end->rekey);
	loop_cancel(end->rekey_child);
	loop_cancel(end->repeat);
	free(end);
}

/* A number of seconds that the configuration sets; where the model has none, the usual. */
static int64_t lifetime(const struct device *device, const char *short_name, int seconds)
{
	char *path = map_path(device->factory.map, short_name);
	const struct parameter *parameter = path ? tree_find(device->tree, path) : NULL;
	int64_t set = parameter ? strtoll(parameter->value, NULL, 10) : seconds;

	free(path);
	return SECONDS(set > 0 ? set : seconds);
}

static void rekey_now(void *context)
{
	struct tunnel_end *end = context;

	end->rekey = NULL;
	if (end->tunnel && !end->closed)
		ipsec_tunnel_rekey(end->tunnel);
}

static void rekey_child_now(void *context)
{
	struct tunnel_end *end = context;

	end->rekey_child = NULL;
	if (end->tunnel && !end->closed)
		ipsec_tunnel_rekey_child(end->tunnel);
}

/* A defect: the last packet of the first session once more. */
static void repeat(void *context)
{
	struct tunnel_end *end = context;

	end->repeat = NULL;
	if (end->tunnel && !end->closed)
		ipsec_host_replay(end->device->ipsec->host);
}

/* RFC 7296 2.8.3: who proves anew who it is makes a new IKE SA, and deletes the old one then. */
static void authenticate_anew(void *context)
{
	struct tunnel_end *end = context;

	end->anew = NULL;
	if (!end->tunnel || end->closed || end->heir)
		return;
	end->heir = ipsec_host_connect(end->device->ipsec->host, &end->gateway, &end->settings);
	ipsec_tunnel_set_mark(end->heir, end);
}

static bool authenticates_anew(const struct device *device)
{
	return device_has(device, VARIANT_AUTHENTICATES_ANEW) ||
	       device_has(device, DEFECT_CLAIMS_FIRST_CONTACT);
}

/* RFC 7296 2.8: an SA is replaced before it has been used too long. */
static void grow_old(struct tunnel_end *end, bool ike, bool child)
{
	bool often = device_has(end->device, VARIANT_REKEYS_OFTEN);
	struct loop *loop = end->device->loop;

	if (ike && authenticates_anew(end->device)) {
		loop_cancel(end->anew);
		end->anew = loop_after(loop, SECONDS(55), authenticate_anew, end);
	}
	if (ike) {
		loop_cancel(end->rekey);
		end->rekey = loop_after(loop, often ? SECONDS(70) :
					lifetime(end->device, "IKERekeyLifetime", 86400),
					rekey_now, end);
	}
	if (child) {
		loop_cancel(end->rekey_child);
		end->rekey_child = loop_after(loop, often ? SECONDS(40) :
					      lifetime(end->device, "IPsecRekeyLifetimeTime",
						       28800), rekey_child_now, end);
	}
}

static bool same_inner(const struct ikev2_inner *a, const struct ikev2_inner *b)
{
	return a->address4.family == b->address4.family &&
	       a->address6.family == b->address6.family &&
	       (!a->address4.family || address_same_host(&a->address4, &b->address4)) &&
	       (!a->address6.family || address_same_host(&a->address6, &b->address6));
}

static void inherit(struct tunnel_end *end)
{
	struct ikev2_inner inner = *ipsec_tunnel_inner(end->heir);
	const struct ikev2_inner *before = ipsec_tunnel_inner(end->tunnel);
	bool same = before && same_inner(before, &inner);

	end->former = end->tunnel;
	end->tunnel = end->heir;
	end->heir = NULL;
	ipsec_tunnel_delete(end->former);
	grow_old(end, true, true);
	if (!same)
		end->events.up(end->context, &inner);
}

/* Of an heir, or of a former tunnel. */
static void tell_of_other(struct tunnel_end *end, const struct ipsec_tunnel *tunnel,
			  const struct ipsec_news *news)
{
	if (tunnel == end->former) {
		if (news->is_gone)
			end->former = NULL;
	} else if (news->type == IPSEC_UP && !end->former && end->tunnel) {
		inherit(end);
	} else if (news->is_gone) {
		end->heir = NULL;
	}
}

static void tell(void *context, struct ipsec_tunnel *tunnel, const struct ipsec_news *news)
{
	struct tunnel_end *end = ipsec_tunnel_mark(tunnel);
	struct problem why;

	(void)context;
	if (tunnel != end->tunnel) {
		tell_of_other(end, tunnel, news);
		return;
	}
	if (news->is_gone)
		end->tunnel = NULL;
	if (end->closed) {
		if (news->is_gone)
			free_end(end);
		return;
	}
	switch (news->type) {
	case IPSEC_UP:
		grow_old(end, true, true);
		if (device_has(end->device, DEFECT_REPEATS_ESP))
			end->repeat = loop_after(end->device->loop, MILLISECONDS(50), repeat, end);
		end->events.up(end->context, ipsec_tunnel_inner(tunnel));
		break;
	case IPSEC_REFUSED:
	case IPSEC_DOWN:
		problem_set(&why, "%s: %s", end->name, news->why);
		end->events.down(end->context, &why);
		break;
	case IPSEC_REKEYED:
	case IPSEC_CHILD_REKEYED:
		grow_old(end, news->type == IPSEC_REKEYED, news->type == IPSEC_CHILD_REKEYED);
		uplink_rekeyed(end->device->uplink);
		break;
	default:
		break;
	}
}

static struct cell_ipsec *ipsec_of(struct device *device, struct problem *problem)
{
	const struct ipsec_host_settings settings = {
		.loop = device->loop,
		.outer = device->factory.local,
		.plain_esp = true,
		.tun = "cell",
		.tun_place = device->factory.local.place,
		.keepalive = device_has(device, DEFECT_NO_NAT_KEEPALIVE) ? 0 :
				     SECONDS(20), /* RFC 3948 4 */
		.clings_to_esp = device_has(device, DEFECT_CLINGS_TO_OLD_SPI),
		.tell = tell,
		.context = device,
	};

	if (device->ipsec)
		return device->ipsec;
	struct ipsec_host *host = ipsec_host_new(&settings, problem);
	if (host) {
		device->ipsec = memory_new(sizeof(*device->ipsec));
		device->ipsec->host = host;
	}
	return device->ipsec;
}

static void add_everything(struct ikev2_selectors *selectors, uint8_t family)
{
	struct ikev2_selector *one = &selectors->list[selectors->count++];

	*one = (struct ikev2_selector){
		.type = family == 4 ? IKEV2_TS_IPV4 : IKEV2_TS_IPV6,
		.last_port = 65535,
		.first = {.family = family},
		.last = {.family = family},
	};
	memset(one->last.octets, 255, family == 4 ? 4 : 16);
}

static void everything(struct ikev2_selectors *selectors, const struct ikev2_settings *settings)
{
	selectors->count = 0;
	if (settings->ask_address4)
		add_everything(selectors, 4);
	if (settings->ask_address6)
		add_everything(selectors, 6);
}

/* Whom the gateway must turn out to be: the name or address that it was configured by (TS 32.583
 * 5.1: consistent with its certificate). */
static struct ikev2_id expected_identity(struct tunnel_end *end)
{
	struct address literal;

	if (address_parse(end->name, &literal))
		return (struct ikev2_id){IKEV2_ID_FQDN, octets_of(end->name, strlen(end->name))};
	return (struct ikev2_id){literal.family == 4 ? IKEV2_ID_IPV4_ADDR : IKEV2_ID_IPV6_ADDR,
				 octets_of(end->gateway.octets, literal.family == 4 ? 4 : 16)};
}

/* Defects of IKE, each a flaw of the node. */
static unsigned flaws_of(const struct device *device)
{
	static const struct {
		enum trait trait;
		enum ikev2_flaw flaw;
	} table[] = {
		{DEFECT_NO_CERTREQ, IKEV2_FLAW_NO_CERTREQ},
		{DEFECT_ACCEPTS_UNTRUSTED_GATEWAY, IKEV2_FLAW_ANY_ROOT},
		{DEFECT_ACCEPTS_EXPIRED_GATEWAY, IKEV2_FLAW_EXPIRED},
		{DEFECT_ACCEPTS_EARLY_GATEWAY, IKEV2_FLAW_NOT_YET_VALID},
		{DEFECT_ACCEPTS_MISNAMED_GATEWAY, IKEV2_FLAW_ANY_IDENTITY},
		{DEFECT_ACCEPTS_BAD_AUTH, IKEV2_FLAW_ANY_AUTH},
		{DEFECT_IGNORES_IKE_DELETE, IKEV2_FLAW_IGNORES_DELETE},
		{DEFECT_KEEPS_DELETED_TUNNEL, IKEV2_FLAW_KEEPS_DELETED},
		{DEFECT_NO_DPD_ANSWER, IKEV2_FLAW_NO_PROBE_ANSWER},
		{DEFECT_NO_REKEY_ANSWER, IKEV2_FLAW_NO_REKEY_ANSWER},
		{DEFECT_REPEATS_MESSAGE_ID, IKEV2_FLAW_REPEATS_ID},
		{DEFECT_WRONG_ANSWER_ID, IKEV2_FLAW_WRONG_ANSWER_ID},
		{DEFECT_STAYS_AT_PORT_500, IKEV2_FLAW_STAYS_AT_500},
		{DEFECT_PLAIN_ESP_BEHIND_NAT, IKEV2_FLAW_PLAIN_ESP},
		{DEFECT_CLAIMS_FIRST_CONTACT, IKEV2_FLAW_ALWAYS_FIRST},
	};
	unsigned flaws = 0;

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (device_has(device, table[i].trait))
			flaws |= table[i].flaw;
	return flaws;
}

static void spoil(const struct device *device, struct ikev2_settings *settings)
{
	static const char stranger[] = "another.lab.example";
	struct ikev2_selector *remote = &settings->remote.list[0];

	settings->flaws = flaws_of(device);
	settings->no_nat_detection = device_has(device, DEFECT_NO_NAT_DETECTION);
	if (device_has(device, DEFECT_NO_INNER_ADDRESS))
		settings->ask_address4 = settings->ask_address6 = false;
	if (device_has(device, DEFECT_WRONG_IKE_IDENTITY))
		settings->local_id.data = octets_of(stranger, sizeof(stranger) - 1);
	if (device_has(device, VARIANT_OTHER_GROUP_FIRST))
		ikev2_offer_parse(OTHER_IKE, IKEV2_PROTOCOL_IKE, true, &settings->ike, NULL);
	if (device_has(device, DEFECT_WEAK_IKE_PROPOSAL))
		ikev2_offer_parse(WEAK_IKE, IKEV2_PROTOCOL_IKE, true, &settings->ike, NULL);
	if (device_has(device, DEFECT_SPEAKS_PAST_TUNNEL)) { /* only names go through it */
		remote->first = remote->last = device->factory.wrong_dns;
		remote->first.port = remote->last.port = 0;
	}
}

static void settle_on(struct tunnel_end *end)
{
	const struct device_ipsec *ipsec = end->device->factory.ipsec;
	struct ikev2_settings *settings = &end->settings;

	ikev2_offer_parse(ipsec->ike, IKEV2_PROTOCOL_IKE, true, &settings->ike, NULL);
	ikev2_offer_parse(ipsec->esp, IKEV2_PROTOCOL_ESP, true, &settings->esp, NULL);
	settings->local_id = (struct ikev2_id){
		IKEV2_ID_FQDN, octets_of(ipsec->identity, strlen(ipsec->identity))};
	settings->remote_id = expected_identity(end);
	settings->certificate = ipsec->certificate;
	settings->key = ipsec->key;
	settings->roots = ipsec->roots;
	if (ipsec->usim && !device_has(end->device, DEFECT_SKIPS_HOSTING_PARTY)) {
		ipsec->usim->any_network = device_has(end->device, DEFECT_ACCEPTS_ANY_NETWORK);
		ipsec->usim->any_sqn = device_has(end->device, DEFECT_ACCEPTS_OLD_CHALLENGE);
		settings->usim = ipsec->usim;
		settings->usim_identity =
			octets_of(ipsec->usim_identity, strlen(ipsec->usim_identity));
	}
	settings->ask_address4 = ipsec->inside4 ||
				 device_has(end->device, DEFECT_ASKS_INSIDE_IPV4);
	settings->ask_address6 = (ipsec->inside6 ||
				  device_has(end->device, VARIANT_ASKS_BOTH_FAMILIES)) &&
				 !device_has(end->device, DEFECT_ASKS_INSIDE_IPV4);
	settings->dead_peer = lifetime(end->device, "DPDTimer", 300);
	everything(&settings->local, settings);
	everything(&settings->remote, settings);
	spoil(end->device, settings);
}

static struct tunnel_end *open_end(struct device *device, const struct address *gateway,
				   const char *name, const struct tunnel_end_events *events,
				   void *context, struct problem *problem)
{
	struct cell_ipsec *ipsec = ipsec_of(device, problem);
	struct tunnel_end *end;

	if (!ipsec)
		return NULL;
	end = memory_new(sizeof(*end));
	end->next = ipsec->ends;
	ipsec->ends = end;
	end->device = device;
	end->events = *events;
	end->context = context;
	end->gateway = *gateway;
	snprintf(end->name, sizeof(end->name), "%s", name);
	settle_on(end);
	if (device_has(device, VARIANT_IKE_AT_4500))
		end->gateway.port = 4500;
	end->tunnel = ipsec_host_connect(ipsec->host, &end->gateway, &end->settings);
	ipsec_tunnel_set_mark(end->tunnel, end);
	return end;
}

static void close_end(struct tunnel_end *end, bool politely)
{
	if (end->tunnel && politely) {
		end->closed = true; /* what it was made of is needed until it is gone */
		if (end->heir)
			ipsec_tunnel_abandon(end->heir);
		end->heir = NULL;
		ipsec_tunnel_delete(end->tunnel);
		return;
	}
	if (end->tunnel)
		ipsec_tunnel_abandon(end->tunnel);
	free_end(end);
}

static void stop(struct device *device)
{
	struct cell_ipsec *ipsec = device->ipsec;

	if (!ipsec)
		return;
	ipsec_host_free(ipsec->host);
	while (ipsec->ends)
		free_end(ipsec->ends);
	free(ipsec);
	device->ipsec = NULL;
}

static bool carries(const struct tunnel_end *end, const struct address *address)
{
	return end->tunnel && ipsec_tunnel_carries(end->tunnel, address);
}

static void authenticate(struct tunnel_end *end)
{
	loop_cancel(end->anew);
	authenticate_anew(end);
}

const struct tunnel_ends ipsec_tunnel_ends = {open_end, close_end, stop, carries,
					       authenticate};
