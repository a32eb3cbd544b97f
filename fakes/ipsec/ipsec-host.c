#include "fakes/ipsec/ipsec-host.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/ipsec/ipsec-state.h"
#include "protocols/memory.h"

enum { MOST_CHILDREN = 256 };

static int64_t now(const struct ipsec_host *host)
{
	return loop_now(host->settings.loop);
}

static struct ipsec_end *end_new(struct ipsec_host *host, const struct ikev2_settings *settings,
				 bool gateway)
{
	struct ipsec_end *end = memory_new(sizeof(*end));
	struct ikev2_calls calls = ipsec_calls;

	calls.context = end;
	end->host = host;
	end->gateway = gateway;
	if (!gateway) {
		end->settings = *settings;
		if (!end->settings.nat_port)
			end->settings.nat_port = host->settings.nat_port;
	}
	end->node = ikev2_node_new(gateway ? settings : &end->settings, &calls);
	end->next = host->ends;
	host->ends = end;
	return end;
}

static void end_free(struct ipsec_end *end)
{
	ikev2_node_free(end->node);
	OPENSSL_cleanse(end, sizeof(*end));
	free(end);
}

/* A tunnel's node is kept while it may have to answer something again. */
static void drop_idle_ends(struct ipsec_host *host)
{
	struct ipsec_end **link = &host->ends;

	while (*link) {
		struct ipsec_end *end = *link;

		if (end->gateway || end->tunnel || ikev2_node_count(end->node) > 0) {
			link = &end->next;
			continue;
		}
		*link = end->next;
		end_free(end);
	}
}

static void time_came(void *context);

/* One timer for what the nodes and the table wait for. */
static void set_timer(struct ipsec_host *host)
{
	int64_t first = esp_table_expire(host->table, now(host));

	for (const struct ipsec_end *end = host->ends; end; end = end->next) {
		int64_t deadline = ikev2_deadline(end->node);

		first = deadline < first ? deadline : first;
	}
	if (host->timer && host->timer_at == first)
		return;
	loop_cancel(host->timer);
	host->timer = first == INT64_MAX ? NULL :
					   loop_at(host->settings.loop, first, time_came, host);
	host->timer_at = first;
}

static void really_free(struct ipsec_host *host)
{
	buffer_free(&host->packet);
	buffer_free(&host->last_esp);
	free(host);
}

/* The host is not left while it is at work: it can be freed in the calls that this makes. */
static void enter(struct ipsec_host *host)
{
	host->busy++;
}

static void leave(struct ipsec_host *host)
{
	if (host->busy == 1 && !host->freed) {
		ipsec_flush(host);
		if (!host->freed) {
			drop_idle_ends(host);
			set_timer(host);
		}
	}
	if (--host->busy == 0 && host->freed)
		really_free(host);
}

static void time_came(void *context)
{
	struct ipsec_host *host = context;

	host->timer = NULL;
	enter(host);
	for (struct ipsec_end *end = host->ends; end; end = end->next)
		ikev2_time(end->node, now(host));
	leave(host);
}

static void settle(void *context)
{
	struct ipsec_host *host = context;

	host->settling = NULL;
	enter(host);
	leave(host);
}

/* What an owner's call sends goes at once; what it led to is told after it. */
static void settle_soon(struct ipsec_host *host)
{
	if (host->busy > 0)
		return;
	enter(host);
	ipsec_send_all(host);
	if (!host->freed) {
		set_timer(host);
		if (host->news && !host->settling)
			host->settling = loop_after(host->settings.loop, 0, settle, host);
	}
	if (--host->busy == 0 && host->freed)
		really_free(host);
}

void ipsec_host_ike_came(struct ipsec_host *host, const struct ikev2_path *path,
			 struct octets datagram)
{
	const struct ipsec_host_settings *settings = &host->settings;

	enter(host);
	if (!settings->hooks.incoming ||
	    !settings->hooks.incoming(settings->context, path, datagram))
		for (struct ipsec_end *end = host->ends; end && !host->freed; end = end->next)
			ikev2_receive(end->node, path, datagram, now(host));
	leave(host);
}

void ipsec_host_esp_came(struct ipsec_host *host, struct octets packet)
{
	const struct esp_pair *pair;

	buffer_clear(&host->packet);
	if (esp_table_open(host->table, packet, &host->packet, &pair) != ESP_GOOD)
		return;
	struct octets inner = octets_of(host->packet.octets, host->packet.length);
	if (host->inside)
		ipsec_inside_write(host->inside, inner);
	else if (host->settings.inner)
		host->settings.inner(host->settings.context, inner);
}

void ipsec_host_send_inner(struct ipsec_host *host, struct octets packet)
{
	const struct ipsec_tunnel *tunnel;
	const struct esp_pair *pair;

	buffer_clear(&host->last_esp);
	pair = esp_table_seal(host->table, packet, &host->last_esp);
	tunnel = pair ? pair->owner : NULL;
	if (!tunnel || !tunnel->sa || tunnel->ends) {
		buffer_clear(&host->last_esp);
		return;
	}
	host->last_path = *ikev2_sa_path(tunnel->sa);
	host->last_encapsulated = pair->encapsulated;
	enter(host);
	ipsec_wire_esp(host->wire, &host->last_path, host->last_encapsulated,
		       octets_of(host->last_esp.octets, host->last_esp.length));
	host->busy--;
	if (host->busy == 0 && host->freed)
		really_free(host);
}

int ipsec_host_route(struct ipsec_host *host, const struct address *network, unsigned prefix,
		     struct problem *problem)
{
	if (!host->inside)
		return problem_set(problem, "there is no TUN device");
	return ipsec_inside_route(host->inside, network, prefix, problem);
}

int ipsec_host_replay(struct ipsec_host *host)
{
	if (host->last_esp.length == 0)
		return -1;
	ipsec_wire_esp(host->wire, &host->last_path, host->last_encapsulated,
		       octets_of(host->last_esp.octets, host->last_esp.length));
	return 0;
}

void ipsec_host_send(struct ipsec_host *host, const struct ikev2_path *path,
		     struct octets datagram)
{
	ipsec_wire_ike(host->wire, path, datagram);
}

void ipsec_host_silence(struct ipsec_host *host, bool silent)
{
	host->silent = silent;
}

/* RFC 3948 4: the NAT before us forgets whom nobody writes from. */
static void keep_alive(void *context)
{
	static const uint8_t keepalive = 0xff;
	struct ipsec_host *host = context;

	host->keepalive = loop_after(host->settings.loop, host->settings.keepalive, keep_alive,
				     host);
	enter(host);
	for (struct ipsec_tunnel *tunnel = host->tunnels; tunnel; tunnel = tunnel->next)
		if (tunnel->sa && tunnel->established && ikev2_sa_local_nat(tunnel->sa))
			ipsec_outbox_add(host, ikev2_sa_path(tunnel->sa),
					 octets_of(&keepalive, 1));
	leave(host);
}

struct ipsec_host *ipsec_host_new(const struct ipsec_host_settings *settings,
				  struct problem *problem)
{
	struct ipsec_host *host = memory_new(sizeof(*host));

	host->settings = *settings;
	host->last_news = &host->news;
	host->last_tunnel = &host->tunnels;
	host->last_outgoing = &host->outbox;
	host->table = esp_table_new(settings->most ? settings->most : MOST_CHILDREN);
	if (settings->clings_to_esp)
		esp_table_cling(host->table);
	host->wire = ipsec_wire_new(host, problem);
	if (host->wire && settings->tun)
		host->inside = ipsec_inside_new(host, problem);
	if (!host->wire || (settings->tun && !host->inside)) {
		ipsec_host_free(host);
		return NULL;
	}
	if (settings->gateway)
		end_new(host, settings->gateway, true);
	if (settings->keepalive > 0)
		host->keepalive = loop_after(settings->loop, settings->keepalive, keep_alive,
					     host);
	return host;
}

void ipsec_host_clear(struct ipsec_host *host)
{
	bool gateway = host->settings.gateway != NULL;

	ipsec_outbox_clear(host);
	while (host->tunnels)
		ipsec_tunnel_free(host->tunnels);
	while (host->ends) {
		struct ipsec_end *end = host->ends;

		host->ends = end->next;
		end_free(end);
	}
	esp_table_forget(host->table, NULL);
	buffer_clear(&host->last_esp);
	host->silent = false;
	if (gateway)
		end_new(host, host->settings.gateway, true);
}

void ipsec_host_free(struct ipsec_host *host)
{
	if (!host || host->freed)
		return;
	host->settings.gateway = NULL;
	ipsec_host_clear(host);
	loop_cancel(host->timer);
	loop_cancel(host->settling);
	loop_cancel(host->keepalive);
	host->timer = host->settling = host->keepalive = NULL;
	if (host->inside)
		ipsec_inside_free(host->inside);
	ipsec_wire_free(host->wire);
	esp_table_free(host->table);
	host->inside = NULL;
	host->wire = NULL;
	host->table = NULL;
	host->freed = true;
	if (host->busy == 0)
		really_free(host);
}

struct ipsec_tunnel *ipsec_host_connect(struct ipsec_host *host, const struct address *gateway,
					const struct ikev2_settings *settings)
{
	struct ikev2_path path = { *ipsec_wire_address(host->wire), *gateway, false };
	struct ipsec_end *end = end_new(host, settings, false);
	uint16_t nat_port = host->settings.nat_port ? host->settings.nat_port : IKEV2_NAT_PORT;

	path.remote.port = gateway->port ? gateway->port : IKEV2_PORT;
	if (path.remote.port == nat_port) { /* RFC 7296 2.23 lets it begin there, too */
		path.encapsulated = true;
		path.local.port = nat_port;
	}
	path.remote.place = path.local.place;
	end->tunnel = ipsec_tunnel_new(host, end);
	end->tunnel->remote = path.remote;
	enter(host);
	struct ikev2_sa *sa = ikev2_connect(end->node, &path, now(host));
	if (!end->tunnel->over)
		end->tunnel->sa = sa;
	host->busy--;
	struct ipsec_tunnel *tunnel = end->tunnel;
	settle_soon(host);
	return tunnel;
}

void ipsec_host_do(struct ipsec_tunnel *tunnel, void (*what)(struct ikev2_sa *sa, int64_t now))
{
	struct ipsec_host *host = tunnel->host;

	if (!tunnel->sa || !tunnel->established)
		return;
	what(tunnel->sa, now(host));
	settle_soon(host);
}

void ipsec_tunnel_abandon(struct ipsec_tunnel *tunnel)
{
	struct ipsec_host *host = tunnel->host;

	if (tunnel->sa)
		ikev2_forget(tunnel->sa);
	ipsec_tunnel_free(tunnel);
	settle_soon(host);
}

struct ipsec_tunnel *ipsec_host_tunnel(struct ipsec_host *host, size_t index)
{
	struct ipsec_tunnel *tunnel = host->tunnels;

	while (tunnel && index-- > 0)
		tunnel = tunnel->next;
	return tunnel;
}

size_t ipsec_host_half_open(const struct ipsec_host *host)
{
	size_t count = 0;

	for (const struct ipsec_end *end = host->ends; end; end = end->next)
		count += ikev2_node_half_open(end->node);
	return count;
}

size_t ipsec_host_children(const struct ipsec_host *host)
{
	return esp_table_count(host->table);
}
