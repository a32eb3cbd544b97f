/* The hosting party: EAP-AKA after the device's own authentication (RFC 4739). */
#include <string.h>

#include "tests/protocols/ikev2-wire.h"
#include "tests/suite.h"

#define MINUTE (60 * 1000000LL)

static void prepare(struct wire *wire)
{
	wire_init(wire);
	for (uint8_t i = 0; i < 16; i++) {
		wire->a.usim.k[i] = wire->b.usim.k[i] = i;
		wire->a.usim.opc[i] = wire->b.usim.opc[i] = (uint8_t)(i * 3);
	}
	wire->a.usim.highest_sqn = 10;
	wire->b.usim.highest_sqn = 32;
	wire->a.settings.usim = &wire->a.usim;
	wire->a.settings.usim_identity = octets_of("0001010000000001@example", 24);
	wire->b.settings.hosting_party = true;
}

static void has_tunnel(struct wire *wire, size_t requests)
{
	wire_agree(wire);
	ck_assert_uint_eq(wire->a.sent, requests);
	ck_assert_uint_eq(wire->a.usim.highest_sqn, wire->b.usim.highest_sqn);
	/* The device stays who it is; the address is that of its first request. */
	ck_assert_str_eq(ikev2_sa_peer(wire->b.sa), "hnb.lab.example");
	ck_assert_uint_eq(ikev2_sa_inner(wire->a.sa)->address4.family, 4);
	ikev2_rekey_child(wire->a.sa, wire->a.child.spi_in, wire->now);
	wire_run(wire);
	wire_agree(wire);
}

START_TEST(both_are_authenticated)
{
	struct wire wire;

	prepare(&wire);
	wire.twice = _i;
	wire_start(&wire);
	wire_connect(&wire); /* SA_INIT, the device, the identity, the challenge, the proof */
	has_tunnel(&wire, 5);
	ck_assert_uint_eq(wire.b.usim.highest_sqn, 33);
	wire_end(&wire);
}
END_TEST

START_TEST(the_usim_is_further)
{
	struct wire wire;

	prepare(&wire);
	wire.a.usim.highest_sqn = 1000;
	wire_start(&wire);
	wire_connect(&wire); /* AUTS, and a second challenge */
	has_tunnel(&wire, 6);
	ck_assert_uint_eq(wire.b.usim.highest_sqn, 1001);
	wire_end(&wire);
}
END_TEST

/* Either the number is one of long ago for the whole attempt, which the second challenge does not
 * mend, or the peer does not look at it. */
START_TEST(a_challenge_of_long_ago)
{
	struct wire wire;

	prepare(&wire);
	wire.b.settings.old_sqn = true;
	wire.a.usim.any_sqn = _i;
	wire_start(&wire);
	wire_connect(&wire);
	ck_assert_int_eq(wire.a.sa != NULL, _i);
	ck_assert_uint_eq(wire.a.usim.highest_sqn, 10); /* it has used none of them */
	wire_end(&wire);
}
END_TEST

START_TEST(a_peer_that_believes_any_network)
{
	struct wire wire;

	prepare(&wire);
	wire.b.settings.wrong_autn = wire.a.usim.any_network = true;
	wire_start(&wire);
	wire_connect(&wire);
	wire_agree(&wire);
	wire_end(&wire);
}
END_TEST

START_TEST(one_is_lost)
{
	struct wire wire;

	prepare(&wire);
	*(_i & 1 ? &wire.drop_from_a : &wire.drop_from_b) = (size_t)_i / 2 + 1;
	wire_start(&wire);
	wire_connect(&wire);
	while (!wire.a.sa && wire_wait(&wire, wire.now + MINUTE))
		;
	wire_agree(&wire);
	ck_assert_uint_eq(wire.b.usim.highest_sqn, 33);
	wire_end(&wire);
}
END_TEST

static void no_usim(struct wire *wire)
{
	wire->a.settings.usim = NULL;
}

static void another_key(struct wire *wire)
{
	wire->a.usim.k[0] ^= 1;
}

static void another_operator(struct wire *wire)
{
	wire->b.usim.opc[0] ^= 1;
}

static void another_network(struct wire *wire)
{
	wire->b.settings.wrong_autn = true;
}

static void nobody(struct wire *wire)
{
	wire->a.settings.usim_identity = octets_of("0001010000000002@example", 24);
}

static void not_even_the_device(struct wire *wire)
{
	wire->a.settings.wrong_auth = true;
}

static const struct {
	void (*change)(struct wire *wire);
	const char *why;
} refusals[] = {
	{ no_usim, "no hosting party follows" },
	{ another_key, "the hosting party is not authenticated" },
	{ another_operator, "the hosting party is not authenticated" },
	{ another_network, "the hosting party is not authenticated" },
	{ nobody, "the hosting party is not known" },
	{ not_even_the_device, "the shared secret is another" },
};

START_TEST(refused)
{
	struct wire wire;

	prepare(&wire);
	refusals[_i].change(&wire);
	wire_start(&wire);
	wire_connect(&wire);
	ck_assert(!wire.a.sa && !wire.b.sa);
	ck_assert_uint_eq(wire_event(&wire.a, IKEV2_EVENT_FAILED)->notify,
			  IKEV2_AUTHENTICATION_FAILED);
	ck_assert_str_eq(wire_event(&wire.b, IKEV2_EVENT_FAILED)->why, refusals[_i].why);
	ck_assert_uint_eq(wire.a.child.spi_in + wire.b.child.spi_in, 0);
	ck_assert_uint_eq(wire_count(&wire.b, IKEV2_EVENT_ESTABLISHED), 0);
	while (wire_wait(&wire, wire.now + MINUTE))
		;
	ck_assert_uint_eq(ikev2_node_count(wire.b.node), 0);
	ck_assert_uint_eq(ikev2_node_half_open(wire.b.node), 0);
	wire_end(&wire);
}
END_TEST

/* A device with a USIM at a gateway that does not ask for it: the device alone is enough. */
START_TEST(a_gateway_that_does_not_ask)
{
	struct wire wire;

	prepare(&wire);
	wire.b.settings.hosting_party = false;
	wire_start(&wire);
	wire_connect(&wire);
	wire_agree(&wire);
	ck_assert_uint_eq(wire.a.sent, 2);
	ck_assert_uint_eq(wire.b.usim.highest_sqn, 32);
	wire_end(&wire);
}
END_TEST

/* A bit turned in any of the device's encrypted datagrams: dropped, sent again, and all is well. */
START_TEST(a_bit_is_turned_on_the_way)
{
	for (size_t bit = 8 * 32; bit < 8 * 120; bit += 37) {
		struct wire wire;

		prepare(&wire);
		wire.flip_bit = bit;
		wire.flip_datagram = 2 + (size_t)_i;
		wire_start(&wire);
		wire_connect(&wire);
		while (!wire.a.sa && wire_wait(&wire, wire.now + MINUTE))
			;
		wire_agree(&wire);
		ck_assert_uint_eq(wire.b.usim.highest_sqn, 33);
		wire_end(&wire);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ikev2-hosting");
	TCase *hosting = tcase_create("hosting party");

	tcase_add_loop_test(hosting, both_are_authenticated, 0, 2);
	tcase_add_test(hosting, the_usim_is_further);
	tcase_add_loop_test(hosting, a_challenge_of_long_ago, 0, 2);
	tcase_add_test(hosting, a_peer_that_believes_any_network);
	tcase_add_loop_test(hosting, one_is_lost, 0, 10);
	tcase_add_loop_test(hosting, refused, 0, sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(hosting, a_gateway_that_does_not_ask);
	tcase_add_loop_test(hosting, a_bit_is_turned_on_the_way, 0, 4);
	suite_add_tcase(suite, hosting);
	return suite_run(suite);
}
