#include "tests/fakes/ipsec-stand.h"

#include <string.h>
#include <unistd.h>

#include "protocols/ikev2-proposal.h"
#include "tests/suite.h"

enum { IKE_PORT = 50500, NAT_PORT = 54500, PACKET = 60 };

static const char secret[] = "the secret of the lab";

static void tell(void *context, struct ipsec_tunnel *tunnel, const struct ipsec_news *news)
{
	struct ipsec_side *side = context;

	side->told[news->type]++;
	side->last = *news;
	side->tunnel = news->is_gone ? NULL : tunnel;
}

static void inner_came(void *context, struct octets packet)
{
	struct ipsec_side *side = context;

	ck_assert_uint_le(packet.length, sizeof(side->packet));
	memcpy(side->packet, packet.at, packet.length);
	side->length = packet.length;
	side->packets++;
}

static int assign(void *context, struct ipsec_host *host, const char *peer,
		  const struct ikev2_cp *request, struct ikev2_inner *inner)
{
	struct ipsec_side *side = context;
	struct ipsec_stand *stand =
		(struct ipsec_stand *)((char *)side - offsetof(struct ipsec_stand, gateway));

	(void)host;
	(void)request;
	ck_assert_str_eq(peer, "henb.lab.example");
	if (stand->no_address)
		return -1;
	*inner = (struct ikev2_inner){
		.address4 = { .family = 4, .octets = { 10, 99, 30, (uint8_t)++stand->leases } },
		.dns = { { .family = 4, .octets = { 10, 99, 0, 11 } } },
		.dns_count = 1,
	};
	return 0;
}

static void ike_key(void *context, const char *row)
{
	struct ipsec_side *side = context;

	ck_assert_ptr_nonnull(strchr(row, '\n'));
	side->keys++;
}

static void esp_key(void *context, const char *row)
{
	struct ipsec_side *side = context;

	ck_assert_ptr_nonnull(strstr(row, "IPv4"));
	side->esp_keys++;
}

static void datagram(void *context, const struct address *source,
		     const struct address *destination, int64_t time, const void *octets,
		     size_t length)
{
	struct ipsec_side *side = context;

	(void)source;
	(void)destination;
	(void)time;
	(void)octets;
	(void)length;
	side->datagrams++;
}

static void whole(struct ikev2_selectors *selectors)
{
	selectors->count = 1;
	selectors->list[0] = (struct ikev2_selector){
		.type = IKEV2_TS_IPV4,
		.last_port = 65535,
		.first = { .family = 4 },
		.last = { .family = 4, .octets = { 255, 255, 255, 255 } },
	};
}

/* Of this process alone: another test may run at the same time. */
struct address ipsec_stand_address(uint8_t number)
{
	unsigned process = (unsigned)getpid();

	return (struct address){ .family = 4, .port = IKE_PORT,
				 .octets = { 127, (uint8_t)(64 + process / 250 % 190),
					     (uint8_t)(process % 250), number } };
}

static void side_init(struct ipsec_side *side, const char *name, uint8_t number,
		      struct loop *loop)
{
	side->ike.local_id = (struct ikev2_id){ IKEV2_ID_FQDN, octets_of(name, strlen(name)) };
	side->ike.shared_secret = octets_of(secret, strlen(secret));
	whole(&side->ike.local);
	whole(&side->ike.remote);
	side->tap = (struct tap){ .context = side, .datagram = datagram, .ike_key = ike_key,
				  .esp_key = esp_key };
	side->settings = (struct ipsec_host_settings){
		.loop = loop,
		.tap = &side->tap,
		.outer = ipsec_stand_address(number),
		.nat_port = NAT_PORT,
		.inner = inner_came,
		.tell = tell,
		.context = side,
	};
}

void ipsec_stand_init(struct ipsec_stand *stand)
{
	memset(stand, 0, sizeof(*stand));
	stand->loop = loop_new(CLOCK_VIRTUAL_TIME);
	side_init(&stand->device, "henb.lab.example", 1, stand->loop);
	side_init(&stand->gateway, "segw.lab.example", 31, stand->loop);
	stand->device.ike.ask_address4 = true;
	stand->device.ike.encapsulate = true;
	stand->gateway.settings.gateway = &stand->gateway.ike;
	stand->gateway.settings.assign = assign;
	stand->gateway.ike.local.list[0].first.octets[0] = 10;
	memcpy(stand->gateway.ike.local.list[0].first.octets, "\12\143\0\0", 4);
	memcpy(stand->gateway.ike.local.list[0].last.octets, "\12\143\0\377", 4);
	ipsec_stand_offer(stand, "aes128-sha256-ecp256", "aes128-sha256");
}

void ipsec_stand_offer(struct ipsec_stand *stand, const char *ike, const char *esp)
{
	struct ikev2_settings *sides[] = { &stand->device.ike, &stand->gateway.ike };

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(ikev2_offer_parse(ike, IKEV2_PROTOCOL_IKE, true, &sides[i]->ike,
						   NULL),
				 0);
		ck_assert_int_eq(ikev2_offer_parse(esp, IKEV2_PROTOCOL_ESP, true, &sides[i]->esp,
						   NULL),
				 0);
	}
}

void ipsec_stand_start(struct ipsec_stand *stand)
{
	struct problem problem = { "" };

	stand->gateway.host = ipsec_host_new(&stand->gateway.settings, &problem);
	ck_assert_msg(stand->gateway.host != NULL, "%s", problem.text);
	stand->device.host = ipsec_host_new(&stand->device.settings, &problem);
	ck_assert_msg(stand->device.host != NULL, "%s", problem.text);
}

void ipsec_stand_end(struct ipsec_stand *stand)
{
	ipsec_host_free(stand->device.host);
	ipsec_host_free(stand->gateway.host);
	loop_free(stand->loop);
}

static void time_is_up(void *context)
{
	loop_stop(context);
}

void ipsec_stand_pass(struct ipsec_stand *stand, int64_t time)
{
	loop_after(stand->loop, time, time_is_up, stand->loop);
	loop_run(stand->loop);
}

void ipsec_stand_connect(struct ipsec_stand *stand)
{
	const unsigned *told = stand->device.told;
	unsigned up = told[IPSEC_UP], refused = told[IPSEC_REFUSED];

	ipsec_host_connect(stand->device.host, &stand->gateway.settings.outer,
			   &stand->device.ike);
	while (told[IPSEC_UP] == up && told[IPSEC_REFUSED] == refused)
		ipsec_stand_pass(stand, MILLISECONDS(10));
}

void ipsec_stand_send(struct ipsec_stand *stand, struct ipsec_side *from, uint8_t number)
{
	uint8_t packet[PACKET] = { 0x45, 0, 0, PACKET, [8] = 64, [9] = 17, [12] = 10, 99, 0, 11,
				   [16] = 10, 99, 30, (uint8_t)stand->leases, [PACKET - 1] = number };

	if (from == &stand->device) {
		memcpy(packet + 16, packet + 12, 4);
		memcpy(packet + 12, ipsec_tunnel_inner(from->tunnel)->address4.octets, 4);
	}
	ipsec_host_send_inner(from->host, octets_of(packet, sizeof(packet)));
}

static void one_way(struct ipsec_stand *stand, struct ipsec_side *from, struct ipsec_side *to,
		    uint8_t number)
{
	unsigned before = to->packets;

	ipsec_stand_send(stand, from, number);
	ipsec_stand_pass(stand, MILLISECONDS(10));
	ck_assert_uint_eq(to->packets, before + 1);
	ck_assert_uint_eq(to->length, PACKET);
	ck_assert_uint_eq(to->packet[PACKET - 1], number);
}

void ipsec_stand_carries(struct ipsec_stand *stand)
{
	one_way(stand, &stand->device, &stand->gateway, 1);
	one_way(stand, &stand->gateway, &stand->device, 2);
}
