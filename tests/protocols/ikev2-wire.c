#include "tests/protocols/ikev2-wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/ikev2-proposal.h"
#include "protocols/ipsec-wireshark.h"
#include "protocols/memory.h"
#include "tests/suite.h"

static void send_datagram(void *context, const struct ikev2_path *path, struct octets datagram)
{
	struct wire_end *end = context;
	struct wire *wire = end->wire;
	bool from_a = end == &wire->a;
	size_t number = ++end->sent;

	if (wire->silent || number == (from_a ? wire->drop_from_a : wire->drop_from_b))
		return;
	for (int copies = wire->twice ? 2 : 1; copies > 0; copies--) {
		ck_assert_uint_lt(wire->tail - wire->head, 512);
		size_t at = wire->tail++ % 512;

		wire->queue[at].to_b = from_a;
		wire->queue[at].path = *path;
		wire->queue[at].length = datagram.length;
		wire->queue[at].octets = memory_new(datagram.length);
		memcpy(wire->queue[at].octets, datagram.at, datagram.length);
		if (from_a && number == wire->flip_datagram &&
		    wire->flip_bit < 8 * datagram.length)
			wire->queue[at].octets[wire->flip_bit / 8] ^=
				(uint8_t)(1u << wire->flip_bit % 8);
	}
}

/* As the initiator has them, once. */
static void show_keys(const struct wire_end *end, const struct ikev2_event *event)
{
	const struct wire *wire = end->wire;
	const struct address *a = &wire->a.address, *b = &wire->b.address;
	char *row;

	if (!wire->key || end != &wire->a)
		return;
	if (event->type == IKEV2_EVENT_KEYS || event->type == IKEV2_EVENT_REKEYED) {
		row = ikev2_wireshark_row(event->sa);
		wire->key(wire->context, row);
		free(row);
	}
	for (int inbound = 0; event->type == IKEV2_EVENT_CHILD_UP && inbound < 2; inbound++) {
		row = esp_wireshark_row(event->child, inbound, inbound ? b : a, inbound ? a : b);
		wire->key(wire->context, row);
		free(row);
	}
}

static void on_event(void *context, const struct ikev2_event *event)
{
	struct wire_end *end = context;
	size_t at = end->event_count < WIRE_EVENTS ? end->event_count++ : WIRE_EVENTS - 1;

	show_keys(end, event);
	end->events[at] = *event;
	snprintf(end->whys[at], sizeof(end->whys[at]), "%s", event->why);
	end->events[at].why = end->whys[at];
	switch (event->type) {
	case IKEV2_EVENT_ESTABLISHED:
	case IKEV2_EVENT_REKEYED:
		end->sa = event->sa;
		end->keys = *ikev2_sa_keys(event->sa);
		break;
	case IKEV2_EVENT_CLOSED:
		end->sa = end->sa == event->sa ? NULL : end->sa;
		break;
	case IKEV2_EVENT_CHILD_UP:
		end->child = *event->child;
		break;
	default:
		break;
	}
}

static int assign(void *context, struct ikev2_sa *sa, const struct ikev2_cp *request,
		  struct ikev2_inner *inner)
{
	struct wire_end *end = context;

	(void)sa;
	ck_assert_uint_gt(request->count, 0);
	if (end->no_address)
		return -1;
	address_parse("10.99.1.7", &inner->address4);
	address_parse("2001:db8:1::7", &inner->address6);
	inner->prefix6 = 64;
	address_parse("10.99.0.53", &inner->dns[inner->dns_count++]);
	return 0;
}

static void on_seen(void *context, const struct ikev2_path *path, bool sent,
		    struct message *message)
{
	struct wire_end *end = context;

	(void)path;
	*(sent ? &end->seen_sent : &end->seen_received) += 1;
	message_free(message);
}

static struct eap_aka_usim *subscriber(void *context, struct octets identity)
{
	struct wire_end *end = context;

	return octets_same(identity, octets_of("0001010000000001@example", 24)) ? &end->usim :
										 NULL;
}

void wire_offer(struct wire_end *end, const char *ike, const char *esp)
{
	struct problem problem = { "" };

	ck_assert_msg(ikev2_offer_parse(ike, IKEV2_PROTOCOL_IKE, true, &end->settings.ike,
					&problem) == 0, "%s", problem.text);
	ck_assert_msg(ikev2_offer_parse(esp, IKEV2_PROTOCOL_ESP, true, &end->settings.esp,
					&problem) == 0, "%s", problem.text);
}

static void set_any(struct ikev2_selectors *selectors, const char *first, const char *last)
{
	struct ikev2_selector *selector = &selectors->list[selectors->count++];

	selector->type = IKEV2_TS_IPV4;
	selector->last_port = 65535;
	address_parse(first, &selector->first);
	address_parse(last, &selector->last);
}

void wire_init(struct wire *wire)
{
	memset(wire, 0, sizeof(*wire));
	wire->now = WIRE_START;
	wire->a.wire = wire->b.wire = wire;
	address_parse("192.0.2.2", &wire->a.address);
	address_parse("192.0.2.1", &wire->b.address);
	wire->a.settings.local_id =
		(struct ikev2_id){ IKEV2_ID_FQDN, octets_of("hnb.lab.example", 15) };
	wire->b.settings.local_id =
		(struct ikev2_id){ IKEV2_ID_FQDN, octets_of("segw.lab.example", 16) };
	wire->a.settings.remote_id = wire->b.settings.local_id;
	wire->a.settings.shared_secret = wire->b.settings.shared_secret = octets_of("secret", 6);
	wire->a.settings.ask_address4 = true;
	set_any(&wire->a.settings.local, "192.0.2.2", "192.0.2.2");
	set_any(&wire->a.settings.remote, "0.0.0.0", "255.255.255.255");
	set_any(&wire->b.settings.local, "10.99.0.0", "10.99.0.255");
	set_any(&wire->b.settings.remote, "0.0.0.0", "255.255.255.255");
	wire_offer(&wire->a, "aes128-sha256-ecp256", "aes128-sha256");
	wire_offer(&wire->b, "aes128-sha256-ecp256", "aes128-sha256");
}

static void start(struct wire_end *end)
{
	struct ikev2_calls calls = { end, send_datagram, on_event, assign, on_seen, subscriber,
				     NULL };

	end->node = ikev2_node_new(&end->settings, &calls);
}

void wire_start(struct wire *wire)
{
	start(&wire->a);
	start(&wire->b);
}

static void deliver(struct wire *wire)
{
	size_t at = wire->head++ % 512;
	struct wire_end *to = wire->queue[at].to_b ? &wire->b : &wire->a;
	struct ikev2_path path = { wire->queue[at].path.remote, wire->queue[at].path.local,
				   wire->queue[at].path.encapsulated };

	if (wire->nat && to == &wire->b) {
		address_parse("203.0.113.9", &path.remote);
		path.remote.port = wire->queue[at].path.encapsulated ? 40000 : 30000;
	}
	if (wire->nat && to == &wire->a) {
		path.local = wire->a.address;
		path.local.port = path.encapsulated ? IKEV2_NAT_PORT : IKEV2_PORT;
	}
	if (wire->show && to == &wire->b)
		wire->show(wire->context, &path.remote, &path.local,
			   octets_of(wire->queue[at].octets, wire->queue[at].length));
	if (wire->show && to == &wire->a)
		wire->show(wire->context, &wire->queue[at].path.local,
			   &wire->queue[at].path.remote,
			   octets_of(wire->queue[at].octets, wire->queue[at].length));
	ikev2_receive(to->node, &path,
		      octets_of(wire->queue[at].octets, wire->queue[at].length), wire->now);
	free(wire->queue[at].octets);
}

void wire_run(struct wire *wire)
{
	for (int i = 0; i < 2000 && wire->head != wire->tail; i++)
		deliver(wire);
	ck_assert_uint_eq(wire->head, wire->tail);
}

bool wire_wait(struct wire *wire, int64_t limit)
{
	int64_t a = ikev2_deadline(wire->a.node), b = ikev2_deadline(wire->b.node);
	int64_t next = a < b ? a : b;

	if (next > limit)
		return false;
	ck_assert_int_ge(next, wire->now);
	wire->now = next;
	ikev2_time(wire->a.node, next);
	ikev2_time(wire->b.node, next);
	wire_run(wire);
	return true;
}

void wire_connect(struct wire *wire)
{
	struct ikev2_path path = { wire->a.address, wire->b.address, false };

	path.local.port = path.remote.port = IKEV2_PORT;
	ikev2_connect(wire->a.node, &path, wire->now);
	wire_run(wire);
}

void wire_end(struct wire *wire)
{
	for (; wire->head != wire->tail; wire->head++)
		free(wire->queue[wire->head % 512].octets);
	ikev2_node_free(wire->a.node);
	ikev2_node_free(wire->b.node);
}

size_t wire_count(const struct wire_end *end, enum ikev2_event_type type)
{
	size_t count = 0;

	for (size_t i = 0; i < end->event_count; i++)
		count += end->events[i].type == type;
	return count;
}

const struct ikev2_event *wire_event(const struct wire_end *end, enum ikev2_event_type type)
{
	for (size_t i = end->event_count; i > 0; i--)
		if (end->events[i - 1].type == type)
			return &end->events[i - 1];
	return NULL;
}

void wire_agree(const struct wire *wire)
{
	const struct ikev2_child *a = &wire->a.child, *b = &wire->b.child;

	ck_assert(wire->a.sa && wire->b.sa);
	ck_assert_mem_eq(&wire->a.keys, &wire->b.keys, sizeof(wire->a.keys));
	ck_assert_uint_ne(a->spi_in, 0);
	ck_assert_uint_eq(a->spi_in, b->spi_out);
	ck_assert_uint_eq(a->spi_out, b->spi_in);
	ck_assert_mem_eq(a->key_in, b->key_out, sizeof(a->key_in));
	ck_assert_mem_eq(a->key_out, b->key_in, sizeof(a->key_in));
	ck_assert_mem_eq(a->integrity_in, b->integrity_out, sizeof(a->integrity_in));
	ck_assert_mem_eq(a->integrity_out, b->integrity_in, sizeof(a->integrity_in));
	if (a->suite.encryption->key_octets)
		ck_assert_mem_ne(a->key_in, a->key_out, 16);
	ck_assert(a->suite.encryption == b->suite.encryption);
	ck_assert_int_eq(a->suite.esn, b->suite.esn);
}
