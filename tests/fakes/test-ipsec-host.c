/* Two IPsec hosts of ours against each other. */
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "fakes/ipsec/address-range.h"
#include "tests/fakes/ipsec-stand.h"
#include "tests/suite.h"

static struct ipsec_stand stand;

static void up(void)
{
	ipsec_stand_start(&stand);
	ipsec_stand_connect(&stand);
	ck_assert_uint_eq(stand.device.told[IPSEC_UP], 1);
	ck_assert_uint_eq(stand.gateway.told[IPSEC_UP], 1);
}

START_TEST(a_tunnel_carries)
{
	const struct ikev2_inner *inner;

	ipsec_stand_init(&stand);
	up();
	inner = ipsec_tunnel_inner(stand.device.tunnel);
	ck_assert_uint_eq(inner->address4.octets[3], 1);
	ck_assert_uint_eq(inner->dns_count, 1);
	ck_assert_str_eq(ipsec_tunnel_peer(stand.gateway.tunnel), "henb.lab.example");
	ck_assert(ipsec_tunnel_is_encapsulated(stand.device.tunnel));
	ipsec_stand_carries(&stand);
	ck_assert_uint_eq(stand.gateway.keys, 1);
	ck_assert_uint_eq(stand.gateway.esp_keys, 2);
	ck_assert_uint_gt(stand.gateway.datagrams, 4);
	ipsec_stand_end(&stand);
}
END_TEST

static const struct {
	const char *ike, *esp;
} suites[] = {
	{ "aes128-sha1-modp2048", "aes128-sha1" },
	{ "3des-sha1-modp1024", "3des-sha1" },
	{ "aes256-sha384-modp3072", "null-sha256" },
	{ "aes256-sha256-ecp384", "aes256-sha256-esn" },
	{ "aes128gcm16-prfsha256-ecp256", "aes128gcm16" },
	{ "aes256gcm16-prfsha384-ecp384", "aes256gcm16-esn" },
};

START_TEST(every_suite_carries)
{
	ipsec_stand_init(&stand);
	ipsec_stand_offer(&stand, suites[_i].ike, suites[_i].esp);
	up();
	ipsec_stand_carries(&stand);
	ipsec_stand_end(&stand);
}
END_TEST

/* Packets both ways all the time while both SAs are rekeyed from both sides: none is lost. */
START_TEST(rekeying_loses_nothing)
{
	struct ipsec_side *sides[] = { &stand.device, &stand.gateway };
	unsigned sent = 0;

	ipsec_stand_init(&stand);
	up();
	for (unsigned i = 0; i < 200; i++) {
		struct ipsec_side *side = sides[i / 10 % 2];

		if (i % 10 == 0)
			ipsec_tunnel_rekey_child(side->tunnel);
		if (i % 40 == 5)
			ipsec_tunnel_rekey(side->tunnel);
		ipsec_stand_send(&stand, &stand.device, 1);
		ipsec_stand_send(&stand, &stand.gateway, 2);
		loop_once(stand.loop);
		sent++;
	}
	ipsec_stand_pass(&stand, SECONDS(2));
	ck_assert_uint_eq(stand.device.packets, sent);
	ck_assert_uint_eq(stand.gateway.packets, sent);
	ck_assert_uint_ge(stand.device.told[IPSEC_CHILD_REKEYED], 10);
	ck_assert_uint_ge(stand.device.told[IPSEC_REKEYED], 3);
	ck_assert_uint_eq(stand.device.told[IPSEC_UP], 1);
	/* old ones go, and only then */
	ipsec_stand_pass(&stand, SECONDS(30));
	ck_assert_uint_eq(ipsec_host_children(stand.device.host), 1);
	ck_assert_uint_eq(ipsec_host_children(stand.gateway.host), 1);
	ipsec_stand_carries(&stand);
	ipsec_stand_end(&stand);
}
END_TEST

START_TEST(deleted_from_either_side)
{
	struct ipsec_side *sides[] = { &stand.device, &stand.gateway };

	ipsec_stand_init(&stand);
	up();
	ipsec_tunnel_delete(sides[_i]->tunnel);
	ipsec_stand_pass(&stand, SECONDS(1));
	ck_assert_uint_eq(stand.device.told[IPSEC_DOWN], 1);
	ck_assert_uint_eq(stand.gateway.told[IPSEC_DOWN], 1);
	ck_assert(stand.device.last.is_gone && stand.device.last.by_peer == (_i == 1));
	ck_assert_ptr_null(ipsec_host_tunnel(stand.gateway.host, 0));
	ipsec_stand_connect(&stand); /* and again, with another address */
	ck_assert_uint_eq(ipsec_tunnel_inner(stand.device.tunnel)->address4.octets[3], 2);
	ipsec_stand_carries(&stand);
	ipsec_stand_end(&stand);
}
END_TEST

START_TEST(a_replayed_packet_is_not_taken_twice)
{
	ipsec_stand_init(&stand);
	up();
	ipsec_stand_carries(&stand);
	ck_assert_int_eq(ipsec_host_replay(stand.device.host), 0);
	ipsec_stand_pass(&stand, MILLISECONDS(10));
	ck_assert_uint_eq(stand.gateway.packets, 1);
	ipsec_stand_end(&stand);
}
END_TEST

START_TEST(what_no_selector_allows_is_discarded)
{
	uint8_t packet[60] = { 0x45, 0, 0, 60, [8] = 64, [9] = 17, [12] = 10, 99, 30, 77,
			       [16] = 10, 99, 0, 11 };

	ipsec_stand_init(&stand);
	up();
	ipsec_host_send_inner(stand.device.host, octets_of(packet, sizeof(packet)));
	ipsec_host_send_inner(stand.device.host, octets_of(packet, 3));
	ipsec_host_send_inner(stand.device.host, octets_of("\x60", 1));
	ipsec_stand_pass(&stand, MILLISECONDS(10));
	ck_assert_uint_eq(stand.gateway.packets, 0);
	ipsec_stand_end(&stand);
}
END_TEST

START_TEST(refused_with_a_reason)
{
	static const char other[] = "another secret";

	ipsec_stand_init(&stand);
	stand.device.ike.shared_secret = octets_of(other, strlen(other));
	ipsec_stand_start(&stand);
	ipsec_stand_connect(&stand);
	ck_assert_uint_eq(stand.device.told[IPSEC_REFUSED], 1);
	ck_assert_uint_eq(stand.device.last.notify, IKEV2_AUTHENTICATION_FAILED);
	ck_assert(stand.device.last.is_gone && stand.device.last.by_peer);
	ipsec_stand_pass(&stand, SECONDS(60));
	ck_assert_ptr_null(ipsec_host_tunnel(stand.device.host, 0));
	ipsec_stand_end(&stand);
}
END_TEST

/* RFC 7296 3.15.4: the IKE SA is there, the Child SA is not. */
START_TEST(no_inner_address)
{
	ipsec_stand_init(&stand);
	stand.no_address = true;
	ipsec_stand_start(&stand);
	ipsec_stand_connect(&stand);
	ck_assert_uint_eq(stand.device.told[IPSEC_REFUSED], 1);
	ck_assert_uint_eq(stand.device.last.notify, IKEV2_INTERNAL_ADDRESS_FAILURE);
	ck_assert(!stand.device.last.is_gone);
	ipsec_tunnel_delete(stand.device.tunnel);
	ipsec_stand_pass(&stand, SECONDS(1));
	ck_assert_uint_eq(stand.device.told[IPSEC_DOWN], 1);
	ipsec_stand_end(&stand);
}
END_TEST

START_TEST(a_silent_gateway_is_given_up)
{
	ipsec_stand_init(&stand);
	stand.device.ike.dead_peer = SECONDS(30);
	up();
	ipsec_host_silence(stand.gateway.host, true);
	ipsec_stand_pass(&stand, SECONDS(300));
	ck_assert_uint_eq(stand.device.told[IPSEC_DOWN], 1);
	ck_assert_str_eq(stand.device.last.why, "the peer does not answer");
	ipsec_host_silence(stand.gateway.host, false);
	ipsec_stand_connect(&stand);
	ipsec_stand_carries(&stand);
	/* it begins anew: what it had there before is gone (INITIAL_CONTACT) */
	ck_assert_uint_eq(stand.gateway.told[IPSEC_DOWN], 1);
	ipsec_stand_end(&stand);
}
END_TEST

/* A device may have a tunnel to an initial and one to a serving gateway. */
START_TEST(two_tunnels_at_a_time)
{
	struct ipsec_tunnel *first;

	ipsec_stand_init(&stand);
	up();
	first = stand.device.tunnel;
	ipsec_stand_connect(&stand);
	ck_assert_ptr_ne(first, stand.device.tunnel);
	ck_assert_uint_eq(ipsec_tunnel_inner(stand.device.tunnel)->address4.octets[3], 2);
	ipsec_stand_pass(&stand, SECONDS(1));
	ipsec_stand_carries(&stand);
	ipsec_tunnel_abandon(ipsec_host_tunnel(stand.device.host, 0));
	ipsec_stand_carries(&stand);
	ipsec_host_clear(stand.device.host);
	ck_assert_ptr_null(ipsec_host_tunnel(stand.device.host, 0));
	ck_assert_uint_eq(ipsec_host_children(stand.device.host), 0);
	ipsec_stand_end(&stand);
}
END_TEST

/* In a full table those that were deleted make room, and nobody else does. */
START_TEST(the_table_of_esp_is_bounded)
{
	ipsec_stand_init(&stand);
	stand.gateway.settings.most = stand.device.settings.most = 2;
	up();
	for (unsigned i = 0; i < 4; i++) {
		ipsec_tunnel_delete(stand.device.tunnel);
		ipsec_stand_pass(&stand, MILLISECONDS(10));
		ipsec_stand_connect(&stand);
		ipsec_stand_carries(&stand);
		ck_assert_uint_le(ipsec_host_children(stand.gateway.host), 2);
	}
	ipsec_stand_pass(&stand, SECONDS(60));
	ipsec_stand_connect(&stand);
	ck_assert_uint_eq(stand.device.told[IPSEC_REFUSED], 0);
	ipsec_stand_connect(&stand);
	ck_assert_uint_eq(stand.device.told[IPSEC_REFUSED], 1);
	ck_assert_str_eq(stand.device.last.why, "there is no room for its ESP SAs");
	ipsec_stand_end(&stand);
}
END_TEST

/* One after the other, and nothing is kept of them. */
START_TEST(many_tunnels)
{
	size_t before = 0;

	ipsec_stand_init(&stand);
	up();
	for (unsigned i = 0; i < 330; i++) {
		ipsec_tunnel_delete(stand.device.tunnel);
		ipsec_stand_pass(&stand, MILLISECONDS(10));
		if (i == 30) {
			ipsec_stand_pass(&stand, SECONDS(60));
			before = mallinfo2().uordblks;
		}
		stand.leases = 0;
		ipsec_stand_connect(&stand);
	}
	ipsec_tunnel_delete(stand.device.tunnel);
	ipsec_stand_pass(&stand, SECONDS(60));
	ck_assert_uint_eq(stand.device.told[IPSEC_UP], 331);
	ck_assert_uint_lt(mallinfo2().uordblks, before + 20000);
	ipsec_stand_end(&stand);
}
END_TEST

static void free_it(void *context, struct ipsec_tunnel *tunnel, const struct ipsec_news *news)
{
	struct ipsec_side *side = context;

	(void)tunnel;
	(void)news;
	ipsec_host_free(side->host);
	side->host = NULL;
	side->told[IPSEC_UP]++;
}

START_TEST(freed_from_inside)
{
	ipsec_stand_init(&stand);
	stand.device.settings.tell = free_it;
	ipsec_stand_start(&stand);
	ipsec_stand_connect(&stand);
	ck_assert_ptr_null(stand.device.host);
	ipsec_stand_end(&stand);
}
END_TEST

static size_t networks(const char *first, const char *last, const char *without,
		       struct address_prefix *list)
{
	struct address a, b, c = { 0 };

	ck_assert_int_eq(address_parse(first, &a), 0);
	ck_assert_int_eq(address_parse(last, &b), 0);
	if (without)
		ck_assert_int_eq(address_parse(without, &c), 0);
	return address_range_prefixes(&a, &b, &c, list);
}

START_TEST(ranges_as_networks)
{
	struct address_prefix list[ADDRESS_PREFIXES];
	char text[ADDRESS_TEXT];

	ck_assert_uint_eq(networks("10.99.0.0", "10.99.255.255", NULL, list), 1);
	ck_assert_uint_eq(list[0].length, 16);
	ck_assert_uint_eq(networks("10.99.0.1", "10.99.0.6", NULL, list), 4);
	ck_assert_str_eq(address_host(&list[1].first, text), "10.99.0.2");
	ck_assert_uint_eq(list[1].length, 31);
	ck_assert_uint_eq(networks("0.0.0.0", "255.255.255.255", NULL, list), 1);
	ck_assert_uint_eq(list[0].length, 0);
	ck_assert_uint_eq(networks("0.0.0.0", "255.255.255.255", "198.51.100.31", list), 32);
	for (size_t i = 0; i < 32; i++) {
		struct address gateway = { .family = 4, .octets = { 198, 51, 100, 31 } };
		char prefix[ADDRESS_TEXT + 8];

		snprintf(prefix, sizeof(prefix), "%s/%u", address_host(&list[i].first, text),
			 list[i].length);
		ck_assert_int_eq(address_in(&gateway, prefix), 0);
	}
	ck_assert_uint_eq(networks("198.51.100.31", "198.51.100.31", "198.51.100.31", list), 0);
	ck_assert_uint_eq(networks("fd00::", "fd00::ffff", NULL, list), 1);
	ck_assert_uint_eq(list[0].length, 112);
	ck_assert_uint_eq(networks("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, list), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ipsec-host");
	TCase *tests = tcase_create("all");

	tcase_add_test(tests, a_tunnel_carries);
	tcase_add_loop_test(tests, every_suite_carries, 0,
			    (int)(sizeof(suites) / sizeof(suites[0])));
	tcase_add_test(tests, rekeying_loses_nothing);
	tcase_add_loop_test(tests, deleted_from_either_side, 0, 2);
	tcase_add_test(tests, a_replayed_packet_is_not_taken_twice);
	tcase_add_test(tests, what_no_selector_allows_is_discarded);
	tcase_add_test(tests, refused_with_a_reason);
	tcase_add_test(tests, no_inner_address);
	tcase_add_test(tests, a_silent_gateway_is_given_up);
	tcase_add_test(tests, two_tunnels_at_a_time);
	tcase_add_test(tests, the_table_of_esp_is_bounded);
	tcase_add_test(tests, many_tunnels);
	tcase_add_test(tests, freed_from_inside);
	tcase_add_test(tests, ranges_as_networks);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
