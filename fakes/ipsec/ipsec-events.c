/* What the IKE nodes tell while they are called, and what is made of it when they are done: they
 * may not be called from inside, and what a datagram sets off at the tap may lead anywhere. */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/ipsec/ipsec-state.h"
#include "protocols/ipsec-wireshark.h"
#include "protocols/memory.h"

struct ipsec_tunnel *ipsec_tunnel_new(struct ipsec_host *host, struct ipsec_end *end)
{
	struct ipsec_tunnel *tunnel = memory_new(sizeof(*tunnel));

	tunnel->host = host;
	tunnel->end = end;
	tunnel->peer = memory_text("");
	tunnel->subject = memory_text("");
	*host->last_tunnel = tunnel;
	host->last_tunnel = &tunnel->next;
	return tunnel;
}

static void drop_news(struct ipsec_host *host, const struct ipsec_tunnel *tunnel)
{
	struct news_item **link = &host->news;

	while (*link) {
		struct news_item *item = *link;

		if (item->tunnel == tunnel) {
			*link = item->next;
			free(item);
		} else {
			link = &item->next;
		}
	}
	host->last_news = link;
}

void ipsec_tunnel_free(struct ipsec_tunnel *tunnel)
{
	struct ipsec_host *host = tunnel->host;
	struct ipsec_tunnel **link = &host->tunnels;

	while (*link != tunnel)
		link = &(*link)->next;
	*link = tunnel->next;
	if (host->last_tunnel == &tunnel->next)
		host->last_tunnel = link;
	if (tunnel->end && tunnel->end->tunnel == tunnel)
		tunnel->end->tunnel = NULL;
	if (host->inside)
		ipsec_inside_down(host->inside, tunnel);
	esp_table_forget(host->table, tunnel);
	drop_news(host, tunnel);
	free(tunnel->peer);
	free(tunnel->subject);
	free(tunnel);
}

static void add_news(struct ipsec_tunnel *tunnel, enum ipsec_news_type type,
		     const struct ikev2_event *event, bool is_gone)
{
	struct ipsec_host *host = tunnel->host;
	struct news_item *item = memory_new(sizeof(*item));

	item->tunnel = tunnel;
	item->news.type = type;
	item->news.is_gone = is_gone;
	if (event) {
		item->news.notify = event->notify;
		item->news.by_peer = event->by_peer;
		snprintf(item->news.why, sizeof(item->news.why), "%s", event->why);
	}
	*host->last_news = item;
	host->last_news = &item->next;
}

static struct ipsec_tunnel *find(struct ipsec_end *end, const struct ikev2_sa *sa)
{
	if (!end->gateway)
		return end->tunnel;
	for (struct ipsec_tunnel *tunnel = end->host->tunnels; tunnel; tunnel = tunnel->next)
		if (tunnel->sa == sa)
			return tunnel;
	return NULL;
}

void ipsec_outbox_add(struct ipsec_host *host, const struct ikev2_path *path,
		      struct octets datagram)
{
	struct outgoing *one = memory_new(sizeof(*one));

	one->path = *path;
	buffer_add(&one->datagram, datagram.at, datagram.length);
	*host->last_outgoing = one;
	host->last_outgoing = &one->next;
}

static void send_later(void *context, const struct ikev2_path *path, struct octets datagram)
{
	ipsec_outbox_add(((struct ipsec_end *)context)->host, path, datagram);
}

static void show_key(void (*show)(void *context, const char *row), void *context, char *row)
{
	if (show)
		show(context, row);
	OPENSSL_cleanse(row, strlen(row));
	free(row);
}

static void show_ike_key(const struct ipsec_host *host, const struct ikev2_sa *sa)
{
	const struct tap *tap = host->settings.tap;

	if (tap && tap->ike_key)
		show_key(tap->ike_key, tap->context, ikev2_wireshark_row(sa));
}

static void show_esp_keys(const struct ipsec_host *host, const struct ikev2_event *event)
{
	const struct tap *tap = host->settings.tap;
	const struct ikev2_path *path = ikev2_sa_path(event->sa);

	if (!tap || !tap->esp_key)
		return;
	show_key(tap->esp_key, tap->context,
		 esp_wireshark_row(event->child, true, &path->remote, &path->local));
	show_key(tap->esp_key, tap->context,
		 esp_wireshark_row(event->child, false, &path->local, &path->remote));
}

static void replace(char **text, const char *with)
{
	free(*text);
	*text = memory_text(with);
}

static void established(struct ipsec_end *end, const struct ikev2_event *event)
{
	struct ipsec_tunnel *tunnel =
		end->gateway ? ipsec_tunnel_new(end->host, end) : end->tunnel;

	if (!tunnel)
		return;
	tunnel->sa = event->sa;
	tunnel->established = true;
	tunnel->inner = *ikev2_sa_inner(event->sa);
	tunnel->remote = ikev2_sa_path(event->sa)->remote;
	replace(&tunnel->peer, ikev2_sa_peer(event->sa));
	replace(&tunnel->subject, ikev2_sa_peer_subject(event->sa));
}

static void child_up(struct ipsec_host *host, struct ipsec_tunnel *tunnel,
		     const struct ikev2_event *event)
{
	show_esp_keys(host, event);
	if (!tunnel)
		return;
	if (esp_table_add(host->table, event->child, tunnel, !event->by_peer) < 0) {
		struct ikev2_event full = { .why = "there is no room for its ESP SAs" };

		add_news(tunnel, IPSEC_REFUSED, &full, false);
		return;
	}
	tunnel->child = event->child->spi_in;
	if (tunnel->up) {
		if (event->child->replaces)
			add_news(tunnel, IPSEC_CHILD_REKEYED, event, false);
		return;
	}
	tunnel->up = true;
	if (host->inside && !tunnel->end->gateway)
		ipsec_inside_up(host->inside, tunnel, event->child);
	add_news(tunnel, IPSEC_UP, event, false);
}

/* Its last one, while the IKE SA goes on: nothing is carried any more. */
static void child_down(struct ipsec_host *host, struct ipsec_tunnel *tunnel,
		       const struct ikev2_event *event)
{
	const struct ikev2_child *left = ikev2_sa_children(event->sa);

	esp_table_remove(host->table, event->child->spi_in, loop_now(host->settings.loop));
	if (tunnel && tunnel->child == event->child->spi_in)
		tunnel->child = left ? left->spi_in : 0;
}

static void over(struct ipsec_tunnel *tunnel, const struct ikev2_event *event)
{
	add_news(tunnel, tunnel->established ? IPSEC_DOWN : IPSEC_REFUSED, event, true);
	tunnel->sa = NULL;
	tunnel->up = false;
	tunnel->over = true;
}

static void on_event(void *context, const struct ikev2_event *event)
{
	struct ipsec_end *end = context;
	struct ipsec_host *host = end->host;
	struct ipsec_tunnel *tunnel = find(end, event->old ? event->old : event->sa);

	switch (event->type) {
	case IKEV2_EVENT_KEYS:
		show_ike_key(host, event->sa);
		break;
	case IKEV2_EVENT_ESTABLISHED:
		established(end, event);
		break;
	case IKEV2_EVENT_CHILD_UP:
		child_up(host, tunnel, event);
		break;
	case IKEV2_EVENT_CHILD_DOWN:
		child_down(host, tunnel, event);
		break;
	case IKEV2_EVENT_CHILD_REFUSED:
		if (tunnel)
			add_news(tunnel, IPSEC_REFUSED, event, false);
		break;
	case IKEV2_EVENT_REKEYED:
		if (tunnel) {
			tunnel->sa = event->sa;
			add_news(tunnel, IPSEC_REKEYED, event, false);
		}
		break;
	case IKEV2_EVENT_FAILED:
	case IKEV2_EVENT_CLOSED:
		if (tunnel && !tunnel->over && (!tunnel->sa || tunnel->sa == event->sa))
			over(tunnel, event);
		break;
	case IKEV2_EVENT_ALIVE:
		if (tunnel)
			add_news(tunnel, IPSEC_ALIVE, event, false);
	}
}

static int on_assign(void *context, struct ikev2_sa *sa, const struct ikev2_cp *request,
		     struct ikev2_inner *inner)
{
	struct ipsec_host *host = ((struct ipsec_end *)context)->host;
	const struct ipsec_host_settings *settings = &host->settings;

	return settings->assign ? settings->assign(settings->context, host, ikev2_sa_peer(sa),
						   request, inner) :
				  -1;
}

static struct eap_aka_usim *on_subscriber(void *context, struct octets identity)
{
	const struct ipsec_host_settings *settings =
		&((struct ipsec_end *)context)->host->settings;

	return settings->subscriber ? settings->subscriber(settings->context, identity) : NULL;
}

/* One whose DELETE is under way is none any more. */
static bool has_other(void *context, const struct ikev2_sa *sa)
{
	const struct ipsec_end *end = context;

	for (const struct ipsec_tunnel *one = end->host->tunnels; one; one = one->next)
		if (one != end->tunnel && one->sa && one->established && !one->ends &&
		    address_same_host(&one->remote, &ikev2_sa_path(sa)->remote))
			return true;
	return false;
}

const struct ikev2_calls ipsec_calls = {
	.send = send_later,
	.event = on_event,
	.assign = on_assign,
	.subscriber = on_subscriber,
	.has_other = has_other,
};

/* --- when the nodes are done --- */

void ipsec_outbox_clear(struct ipsec_host *host)
{
	while (host->outbox) {
		struct outgoing *one = host->outbox;

		host->outbox = one->next;
		buffer_free(&one->datagram);
		free(one);
	}
	host->last_outgoing = &host->outbox;
}

void ipsec_send_all(struct ipsec_host *host)
{
	const struct ipsec_host_settings *settings = &host->settings;

	while (host->outbox && !host->freed) {
		struct outgoing *one = host->outbox;
		struct octets datagram = octets_of(one->datagram.octets, one->datagram.length);

		host->outbox = one->next;
		if (!host->outbox)
			host->last_outgoing = &host->outbox;
		if (!settings->hooks.outgoing ||
		    !settings->hooks.outgoing(settings->context, &one->path, datagram))
			ipsec_wire_ike(host->wire, &one->path, datagram);
		buffer_free(&one->datagram);
		free(one);
	}
}

static void find_childless(struct ipsec_host *host)
{
	struct ikev2_event why = { .why = "its last Child SA was deleted" };

	for (struct ipsec_tunnel *tunnel = host->tunnels; tunnel; tunnel = tunnel->next) {
		if (!tunnel->up || tunnel->child || !tunnel->sa)
			continue;
		tunnel->up = false;
		add_news(tunnel, IPSEC_DOWN, &why, false);
	}
}

static void tell_all(struct ipsec_host *host)
{
	while (host->news && !host->freed) {
		struct news_item item = *host->news;

		free(host->news);
		host->news = item.next;
		if (!host->news)
			host->last_news = &host->news;
		if (host->inside && item.news.type == IPSEC_DOWN)
			ipsec_inside_down(host->inside, item.tunnel);
		if (item.news.is_gone)
			esp_table_forget(host->table, item.tunnel);
		if (host->settings.tell)
			host->settings.tell(host->settings.context, item.tunnel, &item.news);
		if (!item.news.is_gone || host->freed)
			continue;
		/* The owner may have abandoned it, or cleared everything. */
		for (struct ipsec_tunnel *tunnel = host->tunnels; tunnel; tunnel = tunnel->next)
			if (tunnel == item.tunnel) {
				ipsec_tunnel_free(tunnel);
				break;
			}
	}
}

void ipsec_flush(struct ipsec_host *host)
{
	find_childless(host);
	while ((host->outbox || host->news) && !host->freed) {
		ipsec_send_all(host);
		tell_all(host);
		if (!host->freed)
			find_childless(host);
	}
}
