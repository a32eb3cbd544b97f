/* Two of our own halves: all that goes well. */
#include <stdlib.h>
#include <string.h>

#include "tests/protocols/ikev2-parts.h"
#include "tests/protocols/ikev2-wire.h"
#include "tests/suite.h"

static const char *host(const struct address *address)
{
	static char text[ADDRESS_TEXT];

	return address_host(address, text);
}

/* RFC 7296 2.4: INITIAL_CONTACT would end the one that is up. */
START_TEST(another_beside_the_first)
{
	struct wire wire;

	wire_init(&wire);
	wire.a.settings.flaws = _i ? IKEV2_FLAW_ALWAYS_FIRST : 0;
	wire_start(&wire);
	wire_connect(&wire);
	wire_connect(&wire);
	wire_agree(&wire);
	ck_assert_uint_eq(wire_count(&wire.b, IKEV2_EVENT_ESTABLISHED), 2);
	ck_assert_uint_eq(wire_count(&wire.b, IKEV2_EVENT_CLOSED), (size_t)_i);
	ck_assert_uint_eq(ikev2_node_count(wire.b.node), _i ? 1 : 2);
	wire_end(&wire);
}
END_TEST

START_TEST(a_tunnel_with_a_shared_secret)
{
	struct wire wire;

	wire_init(&wire);
	wire_start(&wire);
	wire_connect(&wire);
	wire_agree(&wire);
	ck_assert_uint_eq(wire.a.sent, 2);
	ck_assert_uint_eq(wire.b.sent, 2);
	ck_assert_str_eq(ikev2_sa_peer(wire.b.sa), "hnb.lab.example");
	ck_assert_str_eq(host(&ikev2_sa_inner(wire.a.sa)->address4), "10.99.1.7");
	ck_assert_str_eq(host(&ikev2_sa_inner(wire.a.sa)->dns[0]), "10.99.0.53");
	/* narrowed: the device's to its inner address, the gateway's to what it has */
	ck_assert_str_eq(host(&wire.a.child.local.list[0].first), "10.99.1.7");
	ck_assert_str_eq(host(&wire.a.child.local.list[0].last), "10.99.1.7");
	ck_assert_str_eq(host(&wire.a.child.remote.list[0].last), "10.99.0.255");
	ck_assert_str_eq(host(&wire.b.child.remote.list[0].first), "10.99.1.7");
	ck_assert(!wire.a.child.encapsulated && !wire.b.child.encapsulated);
	ck_assert_uint_eq(wire.a.seen_sent, 2);
	ck_assert_uint_eq(wire.a.seen_received, 2);
	ck_assert_uint_eq(wire.b.seen_received, 2);
	ck_assert_uint_eq(ikev2_node_half_open(wire.b.node), 0);
	wire_end(&wire);
}
END_TEST

static const struct {
	const char *ike, *esp;
} suites[] = {
	{ "aes128-sha1-modp1024", "aes128-sha1" },
	{ "3des-sha1-modp1024", "3des-sha1" },
	{ "aes128-sha256-modp2048", "null-sha256" },
	{ "aes256-sha384-modp3072", "aes256-sha384-esn" },
	{ "aes128gcm16-prfsha256-ecp256", "aes128gcm16" },
	{ "aes256gcm16-prfsha384-ecp384", "aes256gcm16-esn" },
	{ "aes256-sha512-ecp384", "aes192-sha512" },
};

START_TEST(every_suite)
{
	struct wire wire;

	wire_init(&wire);
	wire_offer(&wire.a, suites[_i].ike, suites[_i].esp);
	wire_offer(&wire.b, suites[_i].ike, suites[_i].esp);
	wire_start(&wire);
	wire_connect(&wire);
	wire_agree(&wire);
	ikev2_rekey(wire.a.sa, wire.now);
	wire_run(&wire);
	ck_assert_uint_eq(wire_count(&wire.b, IKEV2_EVENT_REKEYED), 1);
	ikev2_rekey_child(wire.b.sa, wire.b.child.spi_in, wire.now);
	wire_run(&wire);
	wire_agree(&wire);
	wire_end(&wire);
}
END_TEST

START_TEST(the_gateway_wants_another_group)
{
	struct wire wire;

	wire_init(&wire);
	wire_offer(&wire.a, "aes128-sha256-modp2048-ecp256", "aes128-sha256");
	wire_start(&wire);
	wire_connect(&wire); /* INVALID_KE_PAYLOAD, then again */
	wire_agree(&wire);
	ck_assert_uint_eq(wire.a.sent, 3);
	wire_end(&wire);
}
END_TEST

START_TEST(the_gateway_wants_a_cookie)
{
	struct wire wire;

	wire_init(&wire);
	wire_offer(&wire.a, "aes128-sha256-modp2048-ecp256", "aes128-sha256");
	wire.b.settings.always_cookie = true;
	wire_start(&wire);
	wire_connect(&wire); /* cookie, group, and the cookie still goes with it */
	wire_agree(&wire);
	ck_assert_uint_eq(wire.a.sent, 4);
	wire_end(&wire);
}
END_TEST

START_TEST(behind_a_nat)
{
	struct wire wire;

	wire_init(&wire);
	wire.nat = true;
	wire_start(&wire);
	wire_connect(&wire);
	wire_agree(&wire);
	ck_assert(wire.a.child.encapsulated && wire.b.child.encapsulated);
	ck_assert(ikev2_sa_path(wire.a.sa)->encapsulated);
	ck_assert_uint_eq(ikev2_sa_path(wire.a.sa)->remote.port, IKEV2_NAT_PORT);
	ck_assert_uint_eq(ikev2_sa_path(wire.b.sa)->remote.port, 40000);
	ikev2_probe(wire.b.sa, wire.now);
	wire_run(&wire);
	ck_assert_uint_eq(wire_count(&wire.b, IKEV2_EVENT_ALIVE), 1);
	wire_end(&wire);
}
END_TEST

/* An ECDSA or RSA authority, end certificates by an authority between. */
struct credentials {
	EVP_PKEY *root_key, *middle_key, *keys[2];
	X509 *root, *middle, *certificates[2];
	STACK_OF(X509) *roots, *chain;
};

static void set_credentials(struct credentials *credentials, struct wire *wire, bool rsa)
{
	static const char *const names[] = { "hnb.lab.example", "segw.lab.example" };
	struct wire_end *ends[] = { &wire->a, &wire->b };
	int64_t from = WIRE_START / 1000000 - 100;

	credentials->root_key = rsa ? new_rsa_key() : new_ec_key("P-384");
	credentials->middle_key = rsa ? new_rsa_key() : new_ec_key("P-256");
	credentials->root =
		new_certificate(credentials->root_key, "root", NULL, NULL, NULL, from, 30, 1);
	credentials->middle =
	    new_certificate(credentials->middle_key, "middle", NULL, credentials->root,
			    credentials->root_key, from, 30, 1);
	credentials->roots = sk_X509_new_null();
	credentials->chain = sk_X509_new_null();
	sk_X509_push(credentials->roots, credentials->root);
	sk_X509_push(credentials->chain, credentials->middle);
	for (int i = 0; i < 2; i++) {
		credentials->keys[i] = rsa ? new_rsa_key() : new_ec_key("P-256");
		credentials->certificates[i] =
			new_certificate(credentials->keys[i], names[i], names[i],
					credentials->middle, credentials->middle_key, from, 30, 0);
		ends[i]->settings.certificate = credentials->certificates[i];
		ends[i]->settings.key = credentials->keys[i];
		ends[i]->settings.chain = credentials->chain;
		ends[i]->settings.roots = credentials->roots;
		ends[i]->settings.shared_secret = octets_of(NULL, 0);
	}
}

static void free_credentials(struct credentials *credentials)
{
	for (int i = 0; i < 2; i++) {
		X509_free(credentials->certificates[i]);
		EVP_PKEY_free(credentials->keys[i]);
	}
	X509_free(credentials->root);
	X509_free(credentials->middle);
	EVP_PKEY_free(credentials->root_key);
	EVP_PKEY_free(credentials->middle_key);
	sk_X509_free(credentials->roots);
	sk_X509_free(credentials->chain);
}

/* bit 0: RSA; bit 1: without RFC 7427; bit 2: without fragmentation */
START_TEST(a_tunnel_with_certificates)
{
	struct credentials credentials;
	struct wire wire;

	wire_init(&wire);
	set_credentials(&credentials, &wire, _i & 1);
	wire.a.settings.no_digital_signature = _i & 2;
	wire.b.settings.no_fragmentation = _i & 4;
	wire_start(&wire);
	wire_connect(&wire);
	wire_agree(&wire);
	ck_assert_str_eq(ikev2_sa_peer_subject(wire.b.sa), "CN=hnb.lab.example");
	ck_assert_str_eq(ikev2_sa_peer_subject(wire.a.sa), "CN=segw.lab.example");
	/* two RSA certificates do not go in one message of 1280 octets */
	if (_i & 1)
		ck_assert_uint_eq(wire.a.sent, _i & 4 ? 2 : 3);
	wire_end(&wire);
	free_credentials(&credentials);
}
END_TEST

/* from: 0 the device rekeys, 1 the gateway; pfs: with a new key exchange */
START_TEST(a_child_sa_is_rekeyed)
{
	struct wire wire;
	bool pfs = _i & 2;
	struct wire_end *end = _i & 1 ? &wire.b : &wire.a, *other = _i & 1 ? &wire.a : &wire.b;

	wire_init(&wire);
	wire_offer(&wire.a, "aes128-sha256-ecp256", pfs ? "aes128-sha256-ecp384" : "aes128-sha256");
	wire_offer(&wire.b, "aes128-sha256-ecp256", pfs ? "aes128-sha256-ecp384" : "aes128-sha256");
	wire_start(&wire);
	wire_connect(&wire);
	ck_assert_ptr_null(end->child.suite.group);
	uint32_t old = end->child.spi_in, old_out = end->child.spi_out;
	ikev2_rekey_child(end->sa, old, wire.now);
	wire_run(&wire);
	wire_agree(&wire);
	ck_assert_uint_ne(end->child.spi_in, old);
	ck_assert_uint_eq(end->child.replaces, old);
	ck_assert_uint_eq(other->child.replaces, old_out);
	ck_assert_int_eq(end->child.suite.group != NULL, pfs);
	ck_assert_uint_eq(wire_count(&wire.a, IKEV2_EVENT_CHILD_UP), 2);
	ck_assert_uint_eq(wire_count(&wire.a, IKEV2_EVENT_CHILD_DOWN), 1);
	ck_assert_uint_eq(wire_count(&wire.b, IKEV2_EVENT_CHILD_DOWN), 1);
	ck_assert_ptr_null(ikev2_sa_children(wire.a.sa)->next);
	ck_assert_str_eq(host(&wire.a.child.local.list[0].first), "10.99.1.7");
	wire_end(&wire);
}
END_TEST

START_TEST(an_ike_sa_is_rekeyed)
{
	struct wire wire;
	struct wire_end *end = _i ? &wire.b : &wire.a;

	wire_init(&wire);
	wire_start(&wire);
	wire_connect(&wire);
	uint64_t old = ikev2_sa_initiator_spi(end->sa);
	struct ikev2_keys keys = end->keys;
	for (int i = 0; i < 3; i++) {
		ikev2_rekey(end->sa, wire.now);
		wire_run(&wire);
	}
	wire_agree(&wire);
	ck_assert_uint_ne(ikev2_sa_initiator_spi(end->sa), old);
	ck_assert_mem_ne(&keys, &end->keys, sizeof(keys));
	ck_assert(ikev2_sa_is_initiator(end->sa));
	ck_assert_uint_eq(wire_count(&wire.a, IKEV2_EVENT_REKEYED), 3);
	ck_assert_uint_eq(wire_count(&wire.b, IKEV2_EVENT_REKEYED), 3);
	/* The Child SA went over, and nobody was told that anything closed. */
	ck_assert_uint_eq(ikev2_sa_children(wire.a.sa)->spi_in, wire.a.child.spi_in);
	ck_assert_uint_eq(wire_count(&wire.a, IKEV2_EVENT_CLOSED), 0);
	ck_assert_uint_eq(wire_count(&wire.b, IKEV2_EVENT_CLOSED), 0);
	while (wire_wait(&wire, wire.now + 60 * 1000000LL))
		; /* what answered the last delete lingers */
	ck_assert_uint_eq(ikev2_node_count(wire.a.node), 1);
	ck_assert_uint_eq(ikev2_node_count(wire.b.node), 1);
	ck_assert_str_eq(host(&ikev2_sa_inner(wire.a.sa)->address4), "10.99.1.7");
	ikev2_rekey_child(wire.a.sa, wire.a.child.spi_in, wire.now);
	wire_run(&wire);
	wire_agree(&wire);
	/* Whoever began which IKE SA: the inner address is the device's. */
	ikev2_rekey_child(wire.b.sa, wire.b.child.spi_in, wire.now);
	wire_run(&wire);
	wire_agree(&wire);
	ck_assert_uint_eq(wire_count(&wire.a, IKEV2_EVENT_CHILD_UP), 3);
	ck_assert_str_eq(host(&wire.a.child.local.list[0].first), "10.99.1.7");
	wire_end(&wire);
}
END_TEST

/* Both ends at once: 0 the IKE SA, 1 the Child SA. One of them gets its way, later. */
START_TEST(both_rekey_at_once)
{
	struct wire wire;

	wire_init(&wire);
	wire_start(&wire);
	wire_connect(&wire);
	if (_i == 0) {
		ikev2_rekey(wire.a.sa, wire.now);
		ikev2_rekey(wire.b.sa, wire.now);
	} else {
		ikev2_rekey_child(wire.a.sa, wire.a.child.spi_in, wire.now);
		ikev2_rekey_child(wire.b.sa, wire.b.child.spi_in, wire.now);
	}
	wire_run(&wire);
	while (wire_wait(&wire, wire.now + 60 * 1000000LL))
		;
	wire_agree(&wire);
	ck_assert_uint_eq(ikev2_node_count(wire.a.node), 1);
	ck_assert_uint_eq(ikev2_node_count(wire.b.node), 1);
	ck_assert_ptr_null(ikev2_sa_children(wire.a.sa)->next);
	ck_assert_ptr_null(ikev2_sa_children(wire.b.sa)->next);
	ck_assert_uint_eq(wire_count(&wire.a, IKEV2_EVENT_CLOSED), 0);
	wire_end(&wire);
}
END_TEST

START_TEST(a_second_child_sa)
{
	struct wire wire;

	wire_init(&wire);
	wire_start(&wire);
	wire_connect(&wire);
	uint32_t first = wire.a.child.spi_in;
	ikev2_new_child(wire.a.sa, wire.now);
	wire_run(&wire);
	wire_agree(&wire);
	ck_assert_uint_ne(wire.a.child.spi_in, first);
	ck_assert_ptr_nonnull(ikev2_sa_children(wire.b.sa)->next);
	ikev2_delete_child(wire.b.sa, wire.b.child.spi_in, wire.now);
	wire_run(&wire);
	ck_assert_ptr_null(ikev2_sa_children(wire.a.sa)->next);
	ck_assert_uint_eq(ikev2_sa_children(wire.a.sa)->spi_in, first);
	wire_end(&wire);
}
END_TEST

START_TEST(deleted_by_either)
{
	struct wire wire;
	struct wire_end *end = _i ? &wire.b : &wire.a, *other = _i ? &wire.a : &wire.b;

	wire_init(&wire);
	wire_start(&wire);
	wire_connect(&wire);
	ikev2_delete_sa(end->sa, wire.now);
	wire_run(&wire);
	ck_assert(!wire.a.sa && !wire.b.sa);
	ck_assert(!wire_event(end, IKEV2_EVENT_CLOSED)->by_peer);
	ck_assert(wire_event(other, IKEV2_EVENT_CLOSED)->by_peer);
	ck_assert_uint_eq(wire_count(&wire.a, IKEV2_EVENT_CHILD_DOWN), 1);
	ck_assert_uint_eq(wire_count(&wire.b, IKEV2_EVENT_CHILD_DOWN), 1);
	while (wire_wait(&wire, wire.now + 60 * 1000000LL))
		;
	ck_assert_uint_eq(ikev2_node_count(wire.a.node), 0);
	ck_assert_uint_eq(ikev2_node_count(wire.b.node), 0);
	wire_end(&wire);
}
END_TEST

START_TEST(everything_twice)
{
	struct wire wire;

	wire_init(&wire);
	wire.twice = true;
	wire_start(&wire);
	wire_connect(&wire);
	ikev2_rekey(wire.a.sa, wire.now);
	ikev2_rekey_child(wire.b.sa, wire.b.child.spi_in, wire.now);
	wire_run(&wire);
	while (wire_wait(&wire, wire.now + 60 * 1000000LL))
		;
	wire_agree(&wire);
	ck_assert_uint_eq(ikev2_node_count(wire.b.node), 1);
	ck_assert_uint_eq(wire_count(&wire.b, IKEV2_EVENT_ESTABLISHED), 1);
	ikev2_delete_sa(wire.a.sa, wire.now);
	wire_run(&wire);
	ck_assert(!wire.a.sa && !wire.b.sa);
	wire_end(&wire);
}
END_TEST

/* One datagram is lost, whichever: everything comes about all the same. */
START_TEST(one_is_lost)
{
	struct credentials credentials;
	struct wire wire;

	wire_init(&wire);
	set_credentials(&credentials, &wire, true); /* fragments too */
	*(_i & 1 ? &wire.drop_from_a : &wire.drop_from_b) = (size_t)_i / 2 + 1;
	wire_start(&wire);
	wire_connect(&wire);
	for (int i = 0; i < 5 && !(wire.a.sa && wire.b.sa); i++)
		wire_wait(&wire, wire.now + 60 * 1000000LL);
	wire_agree(&wire);
	ikev2_rekey(wire.a.sa, wire.now);
	wire_run(&wire);
	wire_wait(&wire, wire.now + 2 * 1000000LL);
	ikev2_rekey_child(wire.a.sa, wire.a.child.spi_in, wire.now);
	wire_run(&wire);
	while (wire_wait(&wire, wire.now + 60 * 1000000LL))
		;
	wire_agree(&wire);
	ck_assert_uint_eq(wire_count(&wire.a, IKEV2_EVENT_REKEYED), 1);
	ck_assert_uint_eq(ikev2_node_count(wire.a.node), 1);
	ck_assert_uint_eq(ikev2_node_count(wire.b.node), 1);
	wire_end(&wire);
	free_credentials(&credentials);
}
END_TEST

START_TEST(a_dead_peer_is_noticed)
{
	struct wire wire;

	wire_init(&wire);
	wire.a.settings.dead_peer = 300 * 1000000LL;
	wire_start(&wire);
	wire_connect(&wire);
	ck_assert(wire_wait(&wire, WIRE_START + 300 * 1000000LL));
	ck_assert_int_eq(wire.now, WIRE_START + 300 * 1000000LL);
	ck_assert_uint_eq(wire_count(&wire.a, IKEV2_EVENT_ALIVE), 1);
	wire.silent = true;
	while (wire.a.sa && wire_wait(&wire, INT64_MAX - 1))
		;
	ck_assert_str_eq(wire_event(&wire.a, IKEV2_EVENT_CLOSED)->why, "the peer does not answer");
	/* 300 s to the second probe; it and four more, doubled from 2 s on: 2 + 4 + 8 + 16 + 32 */
	ck_assert_int_eq(wire.now, WIRE_START + 662 * 1000000LL);
	wire_end(&wire);
}
END_TEST

START_TEST(it_begins_anew)
{
	struct wire wire;

	wire_init(&wire);
	wire_start(&wire);
	wire_connect(&wire);
	ikev2_forget(wire.a.sa); /* power off */
	wire_connect(&wire);
	wire_agree(&wire);
	ck_assert_uint_eq(wire_count(&wire.b, IKEV2_EVENT_CLOSED), 1);
	ck_assert_uint_eq(ikev2_node_count(wire.b.node), 1);
	wire_end(&wire);
}
END_TEST

START_TEST(without_an_inner_address)
{
	struct wire wire;

	wire_init(&wire);
	wire.a.settings.ask_address4 = false;
	wire_start(&wire);
	wire_connect(&wire);
	wire_agree(&wire);
	ck_assert_str_eq(host(&wire.b.child.remote.list[0].first), "192.0.2.2");
	wire_end(&wire);
	wire_init(&wire);
	wire.a.settings.ask_address6 = true;
	memset(wire.b.settings.local.list[0].last.octets, 0xff, 4);
	struct ikev2_selector *six = &wire.a.settings.remote.list[1];
	*six = (struct ikev2_selector){ .type = IKEV2_TS_IPV6, .last_port = 65535 };
	address_parse("::", &six->first);
	address_parse("ffff::", &six->last);
	wire.b.settings.local.list[1] = *six;
	wire.a.settings.remote.count = wire.b.settings.local.count = 2;
	wire_start(&wire);
	wire_connect(&wire);
	wire_agree(&wire);
	ck_assert_uint_eq(wire.a.child.local.count, 2);
	ck_assert_str_eq(host(&wire.a.child.local.list[1].first), "2001:db8:1::7");
	ck_assert_uint_eq(ikev2_sa_inner(wire.a.sa)->prefix6, 64);
	wire_end(&wire);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ikev2-sa");
	TCase *begin = tcase_create("establish"), *later = tcase_create("later");

	prepare_rsa_keys();
	tcase_add_loop_test(begin, another_beside_the_first, 0, 2);
	tcase_add_test(begin, a_tunnel_with_a_shared_secret);
	tcase_add_loop_test(begin, every_suite, 0, sizeof(suites) / sizeof(suites[0]));
	tcase_add_test(begin, the_gateway_wants_another_group);
	tcase_add_test(begin, the_gateway_wants_a_cookie);
	tcase_add_test(begin, behind_a_nat);
	tcase_add_loop_test(begin, a_tunnel_with_certificates, 0, 8);
	tcase_add_test(begin, without_an_inner_address);
	tcase_add_loop_test(later, a_child_sa_is_rekeyed, 0, 4);
	tcase_add_loop_test(later, an_ike_sa_is_rekeyed, 0, 2);
	tcase_add_loop_test(later, both_rekey_at_once, 0, 2);
	tcase_add_test(later, a_second_child_sa);
	tcase_add_loop_test(later, deleted_by_either, 0, 2);
	tcase_add_test(later, everything_twice);
	tcase_add_loop_test(later, one_is_lost, 0, 16);
	tcase_add_test(later, a_dead_peer_is_noticed);
	tcase_add_test(later, it_begins_anew);
	suite_add_tcase(suite, begin);
	suite_add_tcase(suite, later);
	return suite_run(suite);
}
